"""File -> stream of uncompressed bytes, judged by content and never by name.

plain, gzip (RFC 1952, several members), bzip2 (several streams), xz and zstd (RFC 8878, several
and skippable frames). What lies before the damage in a damaged file is delivered, then the damage
is raised. Memory stays bounded whatever the input holds. Knows nothing of mail.
"""

from __future__ import annotations

import bz2
import lzma
import os
import stat
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

import zstandard

from searcharc.errors import ReadError


@dataclass(frozen=True, slots=True)
class Limits:
    """When a compressed file is taken for a decompression bomb.

    Either `total` bytes of output, or more than `suspicious` bytes that are also more than `ratio`
    times the compressed bytes read so far. Mail text reaches 10:1, a log of equal mails 100:1.
    """

    ratio: int = 200
    suspicious: int = 1 << 30
    total: int = 20 << 30


LIMITS = Limits()

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

_DAMAGE = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, ValueError, EOFError)


class ByteStream:
    """The uncompressed bytes of one regular file. A context manager; not thread-safe.

    codec: "plain", "gzip", "bzip2", "xz" or "zstd".
    size, mtime_ns, inode, device: of the file as it was when opened; no more than `size` bytes of
        it are read, so a file that grows meanwhile ends where it ended at the start.
    """

    def __init__(self, descriptor: int, *, limits: Limits = LIMITS) -> None:
        status = os.fstat(descriptor)
        self._descriptor = descriptor
        self._unread = status.st_size
        self._limits = limits
        # Output that was not asked for yet, from index `_at` on.
        self._left = b""
        self._at = 0
        self._error: ReadError | None = None
        self.size = status.st_size
        self.mtime_ns = status.st_mtime_ns
        self.inode = status.st_ino
        self.device = status.st_dev
        head = os.pread(descriptor, 6, 0)
        codec = next((codec for codec in _CODECS if head.startswith(codec.magic)), None)
        self.codec = codec.name if codec else "plain"
        self._pieces = self._decode(codec) if codec else None

    def __enter__(self) -> ByteStream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; twice is fine."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def read(self, size: int) -> bytes:
        """The next 1 to `size` bytes, b"" at the end.

        Raises:
            ReadError: the file is damaged here, a bomb, or shrank; what came before was delivered.
        """
        if self._pieces is None:
            return self._read_file(size)
        if self._at < len(self._left):
            piece = self._left[self._at : self._at + size]
            self._at += len(piece)
            return piece
        gathered = []
        have = 0
        while have < size and self._error is None:
            try:
                piece = next(self._pieces)
            except StopIteration:
                break
            except ReadError as error:
                self._error = error
                break
            gathered.append(piece)
            have += len(piece)
        if not have and self._error:
            raise self._error
        self._left = b"".join(gathered)
        self._at = size
        return self._left[:size]

    def skip(self, count: int) -> None:
        """Pass over `count` bytes, or all that are left; a plain file is not read for it."""
        if self._pieces is None:
            step = min(count, self._unread)
            os.lseek(self._descriptor, step, os.SEEK_CUR)
            self._unread -= step
            return
        while count > 0 and (passed := len(self.read(min(count, 1 << 20)))):
            count -= passed

    def _read_file(self, size: int) -> bytes:
        wanted = min(size, self._unread)
        if wanted <= 0:
            return b""
        try:
            piece = os.read(self._descriptor, wanted)
        except OSError as error:
            self._unread = 0
            raise ReadError(f"cannot be read further: {error.strerror}") from error
        if not piece:
            missing, self._unread = self._unread, 0
            raise ReadError(f"the file became {missing} bytes shorter while it was read")
        self._unread -= len(piece)
        return piece

    def _decode(self, codec: _Codec) -> Iterator[bytes]:
        decoder: _Decoder | None = None
        produced = 0
        pending = b""
        while True:
            if not pending and not (pending := self._read_file(_INPUT)):
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
                    produced += len(output)
                    self._refuse_bomb(produced)
                    yield output
                piece = b""
                if decoder.eof or decoder.needs_input:
                    break
            if decoder.eof:
                pending = decoder.unused_data + pending
                decoder = None

    def _next_member(self, codec: _Codec, pending: bytes) -> bytes:
        """The input from the next member on; b"" where only padding was left in `pending`."""
        # Tapes and xz pad with zero bytes; gzip(1) passes over them too.
        pending = pending.lstrip(b"\0")
        if pending and len(pending) < codec.magic_size:
            pending += self._read_file(_INPUT)
        if pending and not pending.startswith(codec.magic):
            raise ReadError(f"other bytes follow the {codec.name} data: they were not read")
        return pending

    def _refuse_bomb(self, produced: int) -> None:
        consumed = self.size - self._unread
        limits = self._limits
        if produced > limits.total:
            raise ReadError(f"unpacks to more than {limits.total} bytes: not read further")
        if produced > limits.suspicious and produced > limits.ratio * consumed:
            raise ReadError(
                f"looks like a decompression bomb ({consumed} bytes gave {produced}): not read further",
                hint="unpack the file yourself if it is genuine",
            )


def open_bytes(path: bytes | Path | str, *, limits: Limits = LIMITS) -> ByteStream:
    """Open a regular file to read its uncompressed bytes.

    Raises:
        FileNotFoundError: nothing has this name.
        ReadError: no permission, or no regular file (a folder, FIFO, device or socket).
    """
    try:
        # O_NONBLOCK: a FIFO without a writer would block in open() for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ReadError("not a regular file: not read")
        return ByteStream(descriptor, limits=limits)
    except OSError as error:
        os.close(descriptor)
        raise ReadError(f"cannot be read: {error.strerror}") from error
    except BaseException:
        os.close(descriptor)
        raise
