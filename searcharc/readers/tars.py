"""A tar, as a stream -> its members, one after the other; nothing is ever written to disk.

Reads the old (V7), POSIX and GNU forms: pax(1) "ustar Interchange Format" and "pax Header", and
"Basic Tar Format" of the GNU tar manual. Python's own `tarfile` keeps every header in memory and reads a
long name of any length. Says what a member is; whether it is followed says `packed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from searcharc.errors import ReadError
from searcharc.readers.compress import ByteStream

BLOCK = 512
"""Bytes; headers and the starts of contents stand at multiples of it."""

CUT = "the tar ends early: the file is cut"

_LONGEST_EXTENSION = 1 << 20  # bytes of a long name, or of a pax header with its attributes
_RECORD = re.compile(rb"(\d{1,9}) ")
_OCTAL = re.compile(rb"[ \0]*([0-7]+)[ \0]*\Z")
_FILE_TYPES = (b"0", b"\0", b"7")
_NOT_FOLLOWED = {
    b"1": "hard link: not followed",
    b"2": "symbolic link: not followed",
    b"3": "device: not read",
    b"4": "device: not read",
    b"6": "FIFO: not read",
    b"S": "sparse file: not read",
    b"M": "part of a file that begins on another volume: not read",
}
_WITHOUT_CONTENT = (b"1", b"2", b"3", b"4", b"5", b"6")


@dataclass(frozen=True, slots=True)
class TarMember:
    """name: bytes as they stand in the tar. size: bytes. refusal: why it is not read, "" for a file.

    is_folder: it has no content of interest.
    """

    name: bytes
    size: int
    refusal: str
    is_folder: bool


def is_tar(head: bytes) -> bool:
    """Whether a tar header stands in the first 512 bytes: its checksum tells, or the magic of a cut one."""
    return head[257:262] == b"ustar" or (len(head) >= BLOCK and head[0] != 0 and _checksum_fits(head[:BLOCK]))


class TarReader:
    """Walks the members of a tar; the content of the one at hand is read through `read`."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._left = 0  # bytes of the member at hand, and of the padding behind it
        self._padding = 0
        self._at = 0

    def members(self) -> Iterator[TarMember]:
        """The members in their order; the next one is looked for behind what was not read of the last.

        Raises:
            ReadError: the tar is damaged or cut here; what came before was given.
        """
        long_name: bytes | None = None
        pax: dict[bytes, bytes] = {}
        ended = False
        while header := self._header():
            if not header.strip(b"\0"):
                ended = True  # two zero blocks end a tar; others may be joined behind
                continue
            if not _checksum_fits(header):
                if ended:
                    return
                raise ReadError(f"damaged tar: no header at byte {self._at - BLOCK}")
            kind = header[156:157]
            size = _number(header[124:136])
            if kind in (b"L", b"K", b"x", b"g"):
                data = self._extension(size)
                if kind == b"L":
                    long_name = data.rstrip(b"\0")
                elif kind == b"x":
                    pax = _pax_records(data)
                continue
            if kind == b"S":
                self._pass_sparse_map(header)
            name = pax.get(b"path") or long_name or _name(header)
            size = int(pax[b"size"]) if pax.get(b"size", b"").isdigit() else size
            refusal = _NOT_FOLLOWED.get(kind, "")
            if any(key.startswith(b"GNU.sparse.") for key in pax):
                refusal = _NOT_FOLLOWED[b"S"]
            is_folder = kind in (b"5", b"V", b"D") or (kind in _FILE_TYPES and name.endswith(b"/"))
            if not refusal and not is_folder and kind not in _FILE_TYPES:
                refusal = "a kind of member that is not known: not read"
            self._open(0 if kind in _WITHOUT_CONTENT else size)
            yield TarMember(name, size, refusal, is_folder)
            long_name, pax = None, {}

    def read(self, size: int) -> bytes:
        """The next 1 to `size` bytes of the member at hand, b"" at its end.

        Raises:
            ReadError: the tar is damaged or cut here.
        """
        wanted = min(size, self._left)
        if not wanted:
            return b""
        piece = self._stream.read(wanted)
        if not piece:
            raise ReadError(CUT)
        self._left -= len(piece)
        self._at += len(piece)
        return piece

    def close(self) -> None:
        """Nothing is to be closed: the stream stays open for the next member."""

    def skip(self, count: int) -> None:
        """Pass over `count` bytes of the member at hand, or all that are left."""
        step = min(count, self._left)
        self._stream.skip(step)
        self._left -= step
        self._at += step

    def _open(self, size: int) -> None:
        self._left = size
        self._padding = -size % BLOCK

    def _header(self) -> bytes:
        """The next header block behind the member at hand; b"" at the end."""
        passed = self._left + self._padding
        self._stream.skip(passed)
        self._at += passed
        self._open(0)
        header = self._exactly(BLOCK)
        if header and len(header) < BLOCK:
            if header.strip(b"\0"):
                raise ReadError(CUT)
            return b""
        return header

    def _exactly(self, count: int) -> bytes:
        pieces = []
        while count > 0 and (piece := self._stream.read(count)):
            pieces.append(piece)
            count -= len(piece)
        data = b"".join(pieces)
        self._at += len(data)
        return data

    def _extension(self, size: int) -> bytes:
        """The content of a header that speaks of the next member."""
        if size > _LONGEST_EXTENSION:
            raise ReadError(f"damaged tar: a header of {size} bytes before byte {self._at}")
        data = self._exactly(size)
        if len(data) < size:
            raise ReadError(CUT)
        self._padding = -size % BLOCK
        return data

    def _pass_sparse_map(self, header: bytes) -> None:
        """The map of an old GNU sparse file goes on in blocks, each of which says whether one follows."""
        more = header[482:483]
        while more not in (b"", b"\0"):
            more = self._exactly(BLOCK)[504:505]


def _checksum_fits(header: bytes) -> bool:
    """Whether the header's own checksum is right; some old programs summed signed bytes."""
    match = _OCTAL.match(header[148:156])
    if not match:
        return False
    unsigned = sum(header) - sum(header[148:156]) + 8 * 0x20
    high = sum(byte > 127 for byte in header[:148] + header[156:])
    return int(match[1], 8) in (unsigned, unsigned - 256 * high)


def _number(field: bytes) -> int:
    """An octal number, or a binary one behind a byte 0x80 (GNU, for 8 GiB and more)."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    match = _OCTAL.match(field)
    if match:
        return int(match[1], 8)
    if field.strip(b" \0"):
        raise ReadError("damaged tar: a member without a size")
    return 0


def _name(header: bytes) -> bytes:
    name = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0] if header[257:263] == b"ustar\0" else b""
    return prefix + b"/" + name if prefix else name


def _pax_records(data: bytes) -> dict[bytes, bytes]:
    """The records "LENGTH KEY=VALUE\\n" of a pax header; what is behind a broken one is left out."""
    records: dict[bytes, bytes] = {}
    at = 0
    while match := _RECORD.match(data, at):
        length = int(match[1])
        record = data[match.end() : at + length]
        if length <= match.end() - at or not record.endswith(b"\n"):
            break
        key, _, value = record[:-1].partition(b"=")
        records[key] = value
        at += length
    return records
