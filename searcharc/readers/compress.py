"""Source -> stream of uncompressed bytes, judged by content and never by name.

plain, gzip (RFC 1952, several members), bzip2 (several streams), xz and zstd (RFC 8878, several
and skippable frames). What lies before the damage in a damaged file is delivered, then the damage
is raised. Memory stays bounded whatever the input holds. Knows nothing of mail.
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

import zstandard

from searcharc.errors import ReadError
from searcharc.readers.sources import LIMITS, Budget, FileSource, Limits, Source, open_file

# Compressed bytes handed to a decoder at once. A decoder that fails keeps back what it made from
# the last piece, so small pieces lose little; and a piece cannot swell to more than some MiB.
_PIECE = 512
_ZSTD_PIECE = 64
_OUTPUT = 1 << 18
_INPUT = 1 << 13
# xz -9 needs 65 MiB; a header may ask for 4 GiB.
_XZ_MEMORY = 256 << 20


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gzip:
    """zlib behind the interface of bz2 and lzma; 512 bytes inflate to 528 kB at most (1032:1)."""

    needs_input = True

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inflate.decompress(data)


class _Zstd:
    """zstandard behind the same interface; 64 bytes of run-length blocks give 2 MiB at most."""

    needs_input = True

    def __init__(self) -> None:
        self._frame = zstandard.ZstdDecompressor().decompressobj()

    @property
    def eof(self) -> bool:
        return self._frame.eof

    @property
    def unused_data(self) -> bytes:
        return self._frame.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._frame.decompress(data)


@dataclass(frozen=True, slots=True)
class _Codec:
    name: str
    magic: tuple[bytes, ...]
    new: Callable[[], _Decoder]
    piece: int = _PIECE

    @property
    def magic_size(self) -> int:
        return max(map(len, self.magic))


# The skippable frames of zstd (RFC 8878 3.1.2) are what pzstd and seekable zstd begin with.
_ZSTD_MAGIC = (b"\x28\xb5\x2f\xfd", *(bytes((0x50 + low,)) + b"\x2a\x4d\x18" for low in range(16)))

_CODECS = (
    _Codec("gzip", (b"\x1f\x8b\x08",), _Gzip),
    _Codec("bzip2", tuple(b"BZh" + bytes((digit,)) for digit in b"123456789"), bz2.BZ2Decompressor),
    _Codec("xz", (b"\xfd7zXZ\0",), lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)),
    _Codec("zstd", _ZSTD_MAGIC, _Zstd, _ZSTD_PIECE),
)

_MAGIC = 6
"""Bytes that tell every codec."""

_DAMAGE = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, ValueError, EOFError)


class ByteStream:
    """The uncompressed bytes of one source. A context manager; not thread-safe.

    codec: "plain", "gzip", "bzip2", "xz" or "zstd".
    size, mtime_ns, inode, device: of the file on disk as it was when opened, `size` in packed bytes; 0
        where the source is no file.
    error: what ended the stream before its time, as far as `peek` or `read` met it.
    budget: shared by all that is read out of one packed file; without it, a compressed source has its
        own, and a plain one needs none.

    Raises:
        ReadError: not even the first bytes can be read.
    """

    def __init__(self, source: Source, *, limits: Limits = LIMITS, budget: Budget | None = None) -> None:
        self._source = source
        self._own = Budget(limits)
        self._shared = budget
        # What was read and not asked for yet, from index `_at` on.
        self._left = b""
        self._at = 0
        self.error: ReadError | None = None
        self._close_also: list[Callable[[], None]] = []
        file = source if isinstance(source, FileSource) else None
        self.size = file.size if file else 0
        self.mtime_ns = file.mtime_ns if file else 0
        self.inode = file.inode if file else 0
        self.device = file.device if file else 0
        head = self._head()
        codec = next((codec for codec in _CODECS if head.startswith(codec.magic)), None)
        self.codec = codec.name if codec else "plain"
        self._pieces = self._decode(codec, head) if codec else None
        if codec is None:
            self._left = head

    def __enter__(self) -> ByteStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the source; twice is fine."""
        for close in (self._source.close, *self._close_also):
            close()

    def closing(self, also: Callable[[], None]) -> None:
        """Let `close` close what the source itself was opened from, too."""
        self._close_also.append(also)

    def read(self, size: int) -> bytes:
        """The next 1 to `size` bytes, b"" at the end.

        Raises:
            ReadError: the source is damaged here, a bomb, or shrank; what came before was delivered.
        """
        if self._at < len(self._left):
            if self._pieces is None and len(self._left) - self._at < size and self.error is None:
                self._gather(size)  # the few bytes that told the codec are no piece worth having
            piece = self._left[self._at : self._at + size]
            self._at += len(piece)
            return piece
        if self.error:
            raise self.error
        if self._pieces is None:
            return self._read_plain(size)
        self._gather(size)
        if not self._left and self.error:
            raise self.error
        self._at = size
        return self._left[:size]

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, fewer before an end or damage; they are still to be read."""
        if len(self._left) - self._at < size and self.error is None:
            self._gather(size)
        return self._left[self._at : self._at + size]

    def skip(self, count: int) -> None:
        """Pass over `count` bytes, or all that are left; a plain file is not read for it."""
        if self._pieces is None:
            step = min(count, len(self._left) - self._at)
            self._at += step
            self._source.skip(count - step)
            return
        while count > 0 and (passed := len(self.read(min(count, 1 << 20)))):
            count -= passed

    def _gather(self, size: int) -> None:
        """Have `size` bytes left, if there are so many; what ends them early is kept for later."""
        gathered = [self._left[self._at :]]
        have = len(gathered[0])
        while have < size and self.error is None:
            try:
                piece = next(self._pieces, b"") if self._pieces else self._read_plain(size - have)
            except ReadError as error:
                self.error = error
                break
            if not piece:
                break
            gathered.append(piece)
            have += len(piece)
        self._left = b"".join(gathered)
        self._at = 0

    def _read_plain(self, size: int) -> bytes:
        piece = self._source.read(size)
        if self._shared:
            self._shared.spend(len(piece))
        return piece

    def _head(self) -> bytes:
        """The first bytes, as many as tell the codec."""
        head = b""
        while len(head) < _MAGIC and (piece := self._source.read(_MAGIC - len(head))):
            head += piece
        return head

    def _decode(self, codec: _Codec, pending: bytes) -> Iterator[bytes]:
        decoder: _Decoder | None = None
        own, shared = self._own, self._shared
        own.consumed = len(pending)
        while True:
            if not pending and not (pending := self._read_packed()):
                if decoder is not None:
                    raise ReadError(f"the {codec.name} data ends early: the file is cut")
                return
            if decoder is None:
                pending = self._next_member(codec, pending)
                if not pending:
                    continue
                decoder = codec.new()
            piece, pending = pending[: codec.piece], pending[codec.piece :]
            while True:
                try:
                    output = decoder.decompress(piece, _OUTPUT)
                except _DAMAGE as error:
                    raise ReadError(f"damaged {codec.name} data: {error}") from error
                if output:
                    own.spend(len(output))
                    if shared:
                        shared.spend(len(output))
                    yield output
                piece = b""
                if decoder.eof or decoder.needs_input:
                    break
            if decoder.eof:
                pending = decoder.unused_data + pending
                decoder = None

    def _read_packed(self) -> bytes:
        piece = self._source.read(_INPUT)
        self._own.consumed += len(piece)
        return piece

    def _next_member(self, codec: _Codec, pending: bytes) -> bytes:
        """The input from the next member on; b"" where only padding was left in `pending`."""
        # Tapes and xz pad with zero bytes; gzip(1) passes over them too.
        pending = pending.lstrip(b"\0")
        if pending and len(pending) < codec.magic_size:
            pending += self._read_packed()
        if pending and not pending.startswith(codec.magic):
            raise ReadError(f"other bytes follow the {codec.name} data: they were not read")
        return pending


def open_bytes(path: bytes | Path | str, *, limits: Limits = LIMITS) -> ByteStream:
    """Open a regular file to read its uncompressed bytes.

    Raises:
        FileNotFoundError: nothing has this name.
        ReadError: no permission, no regular file (a folder, FIFO, device or socket), or it cannot be read.
    """
    source = open_file(path)
    try:
        return ByteStream(source, limits=limits)
    except BaseException:
        source.close()
        raise
