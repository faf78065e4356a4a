"""A zip that lost its directory, as a download that broke off does -> the members before the cut.

Each member has a header of its own before its content (PKWARE's APPNOTE 4.3.7), which is enough for what is
stored or deflated. Only `packed` comes here, when `zips` finds no directory.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from searcharc.errors import ReadError
from searcharc.readers.compress import ByteStream

CUT = "the zip has no directory, so it is cut: what comes before the cut is read"

_HEADER = struct.Struct("<4sHHHHHIIIHH")
_SIGN = b"PK\x03\x04"
_ENCRYPTED, _SIZES_BEHIND = 0x1, 0x8
_STORED, _DEFLATED = 0, 8
_LARGE = 0xFFFFFFFF
_PIECE = 1 << 13


@dataclass(frozen=True, slots=True)
class CutMember:
    """name: bytes as they stand in the zip. refusal: why it is not read, "" for a file."""

    name: bytes
    refusal: str
    is_folder: bool


class CutZipReader:
    """Walks the members of a zip from its start; the content of the one at hand is read through `read`."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._pending = b""  # read, and not yet used
        self._left: int | None = 0  # packed bytes of the member at hand, None where only its end tells
        self._inflate: zlib._Decompress | None = None
        self._descriptor = False

    def members(self) -> Iterator[CutMember]:
        """The members in their order, as far as they go.

        Raises:
            ReadError: always at the end, since the end is missing.
        """
        while True:
            self._pass_rest()
            header = self._exactly(_HEADER.size)
            if len(header) < _HEADER.size or not header.startswith(_SIGN):
                raise ReadError(CUT)
            _, _, flags, method, _, _, _, packed, _, name_length, extra_length = _HEADER.unpack(header)
            name = self._exactly(name_length)
            extra = self._exactly(extra_length)
            self._descriptor = bool(flags & _SIZES_BEHIND)
            self._left = None if self._descriptor else _large_size(extra) if packed == _LARGE else packed
            self._inflate = zlib.decompressobj(-15) if method == _DEFLATED else None
            refusal = ""
            if flags & _ENCRYPTED:
                refusal = "encrypted: not read"
            elif method not in (_STORED, _DEFLATED):
                refusal = "packed in a way that cannot be read without the directory"
            if self._left is None and (refusal or not self._inflate):
                raise ReadError(CUT)  # where it ends cannot be told
            yield CutMember(name, refusal, name.endswith(b"/"))

    def read(self, size: int) -> bytes:
        """The next 1 to `size` bytes of the member at hand, b"" at its end.

        Raises:
            ReadError: the zip is cut or damaged here.
        """
        if self._inflate is None:
            return self._some(size)
        inflate = self._inflate
        while not inflate.eof:
            packed = inflate.unconsumed_tail or self._some(_PIECE)
            if not packed:
                raise ReadError("damaged zip: a member ends early")
            try:
                output = inflate.decompress(packed, size)
            except zlib.error as error:
                raise ReadError(f"damaged zip: {error}") from error
            if inflate.eof and self._left is None:
                self._pending = inflate.unused_data + self._pending
                self._left = 0
            if output:
                return output
        return b""

    def skip(self, count: int) -> None:
        """Pass over `count` bytes of the member at hand, or all that are left."""
        while count > 0 and (passed := len(self.read(min(count, 1 << 20)))):
            count -= passed

    def close(self) -> None:
        """Nothing is to be closed: the stream stays open for the next member."""

    def _pass_rest(self) -> None:
        """Go to the end of the member at hand, and past the sizes that may stand behind it."""
        if self._left is None:
            while self.read(1 << 16):
                pass
        while self._left and self._some(1 << 20):
            pass
        if self._descriptor:
            sizes = self._exactly(12)
            if sizes.startswith(b"PK\x07\x08"):
                self._exactly(4)
            next_sign = self._exactly(4)
            self._pending = next_sign + self._pending
            if not next_sign.startswith(b"PK"):  # sizes of eight bytes each
                self._exactly(8)

    def _some(self, size: int) -> bytes:
        """The next packed bytes of the member at hand, at most `size`; b"" at its known end."""
        wanted = size if self._left is None else min(size, self._left)
        if not wanted:
            return b""
        piece, self._pending = self._pending[:wanted], self._pending[wanted:]
        piece = piece or self._stream.read(wanted)
        if not piece:
            raise ReadError(CUT)
        if self._left is not None:
            self._left -= len(piece)
        return piece

    def _exactly(self, count: int) -> bytes:
        pieces = [self._pending[:count]]
        self._pending = self._pending[count:]
        count -= len(pieces[0])
        while count > 0 and (piece := self._stream.read(count)):
            pieces.append(piece)
            count -= len(piece)
        return b"".join(pieces)


def _large_size(extra: bytes) -> int:
    """The packed size in the zip64 field of a header."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1 and length >= 16 and at + 20 <= len(extra):
            return int(struct.unpack_from("<Q", extra, at + 12)[0])
        at += 4 + length
    raise ReadError("damaged zip: a member without a size")
