"""A zip on disk -> its members (PKWARE's APPNOTE), by its directory; nothing is ever written to disk.

Says what a member is; whether it is followed says `packed`.
"""

from __future__ import annotations

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from searcharc.errors import ReadError
from searcharc.readers.sources import open_regular

# What `zipfile` raises for damaged data, besides its own error.
_DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError, EOFError, NotImplementedError,
           RuntimeError, OverflowError, IndexError)  # fmt: skip
_ENCRYPTED = 0x1
_NAME_IS_UTF8 = 0x800
_UNIX = 3
# The directory is held in memory whole, at some five times its size.
_LARGEST_DIRECTORY = 64 << 20
_END = b"PK\x05\x06"  # 22 bytes, and a comment of up to 65,535
_END_64 = b"PK\x06\x06"
_LONGEST_END = 22 + 65_535


@dataclass(frozen=True, slots=True)
class ZipMember:
    """name: bytes as they stand in the zip. refusal: why it is not read, "" for a file.

    is_folder: it has no content. info: opens it.
    """

    name: bytes
    refusal: str
    is_folder: bool
    info: zipfile.ZipInfo


class NoDirectoryError(ReadError):
    """The directory of a zip is missing or damaged."""


class ZipReader:
    """An open zip.

    Raises:
        FileNotFoundError: nothing has this name.
        NoDirectoryError: as it says.
        ReadError: it cannot be opened, or its directory is too large.
    """

    def __init__(self, path: bytes | Path | str) -> None:
        self._file = os.fdopen(open_regular(path), "rb")
        try:
            if _directory_size(self._file) > _LARGEST_DIRECTORY:
                raise ReadError(f"a zip whose directory is larger than {_LARGEST_DIRECTORY} bytes: not read")
            self._zip = zipfile.ZipFile(self._file)
        except _DAMAGE as error:
            self._file.close()
            raise NoDirectoryError(f"damaged zip: {error}") from error
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file; twice is fine."""
        self._zip.close()
        self._file.close()

    def members(self) -> Iterator[ZipMember]:
        """The members in the order of the directory."""
        for info in self._zip.infolist():
            yield ZipMember(_name(info), _refusal(info), info.filename.endswith("/"), info)

    def open(self, member: ZipMember) -> ZipContent:
        """The content of a member.

        Raises:
            ReadError: it is damaged, or packed in a way that cannot be read.
        """
        # `zipfile` compares the checksum before it gives the last bytes, and so would keep them back.
        info = copy(member.info)
        del info.CRC
        try:
            content = cast("zipfile.ZipExtFile", self._zip.open(info))
            return ZipContent(content, member.info.CRC)
        except _DAMAGE as error:
            raise ReadError(f"cannot be unpacked: {error}") from error


class ZipContent:
    """The unpacked bytes of one member, in order."""

    def __init__(self, content: zipfile.ZipExtFile, checksum: int) -> None:
        self._content = content
        self._checksum = checksum
        self._sum = 0

    def read(self, size: int) -> bytes:
        """The next 1 to `size` bytes, b"" at the end.

        Raises:
            ReadError: the member is damaged here, or it ends and its checksum is another.
        """
        try:
            piece = self._content.read1(size)
        except _DAMAGE as error:
            raise ReadError(f"damaged zip: {error}") from error
        self._sum = zlib.crc32(piece, self._sum)
        if not piece and self._sum != self._checksum:
            raise ReadError("damaged zip: the bytes do not fit their checksum")
        return piece

    def skip(self, count: int) -> None:
        """Pass over `count` bytes, or all that are left."""
        while count > 0 and (passed := len(self.read(min(count, 1 << 20)))):
            count -= passed

    def close(self) -> None:
        """Twice is fine."""
        self._content.close()


def _directory_size(file: BinaryIO) -> int:
    """Bytes of the directory, as the record at the end of the zip says; 0 where there is none."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - _LONGEST_END - 76))  # 20 bytes of locator and 56 of record, where it is zip64
    tail = file.read()
    found = tail.rfind(_END)
    if found < 0 or len(tail) - found < 22:
        return 0
    size = int(struct.unpack_from("<I", tail, found + 12)[0])
    found_64 = tail.rfind(_END_64, 0, found)
    if 0 <= found_64 <= found - 56:
        size = max(size if size != 0xFFFFFFFF else 0, int(struct.unpack_from("<Q", tail, found_64 + 40)[0]))
    return size


def _name(info: zipfile.ZipInfo) -> bytes:
    """The name's bytes: `zipfile` reads them as code page 437 where the zip does not say UTF-8."""
    if info.flag_bits & _NAME_IS_UTF8:
        return info.orig_filename.encode("utf-8", "surrogateescape")
    return info.orig_filename.encode("cp437", "replace")


def _refusal(info: zipfile.ZipInfo) -> str:
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        return "symbolic link: not followed"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "not a regular file: not read"
    if info.flag_bits & _ENCRYPTED:
        return "encrypted: not read"
    return ""
