"""A file of named arrays: how a segment lies on disk.

Layout: MAGIC, the arrays (each at a multiple of ALIGNMENT, little-endian), a directory in JSON
(name -> offset, type, count, CRC-32), and a trailer with the directory's offset, length and CRC-32.
Readers map the file and see the arrays where they lie; nothing is copied, nothing is run.
"""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from struct import Struct
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from searcharc import files
from searcharc.errors import REBUILD, IndexDamagedError
from searcharc.files import write_file

MAGIC = b"searcharc arrays 1\n\0\0\0\0\0"
ALIGNMENT = 8
_TRAILER = Struct("<QQI4s")
_END = b"sArC"
_TYPES = {"u1", "<u2", "<u4", "<u8", "<i8"}

Array = npt.NDArray[Any]


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Writes the arrays, one-dimensional and of the types u1, u2, u4, u8 or i8.

    Raises:
        OSError: as the system says.
    """
    parts: list[bytes | memoryview] = [MAGIC]
    place = len(MAGIC)
    directory: dict[str, list[Any]] = {}
    for name, array in arrays.items():
        kind = "u1" if array.dtype == np.uint8 else array.dtype.newbyteorder("<").str
        if kind not in _TYPES:
            raise TypeError(f"array {name} is of type {array.dtype}")
        data = np.ascontiguousarray(array, dtype=kind).tobytes()
        directory[name] = [place, kind, len(array), zlib.crc32(data)]
        padding = -len(data) % ALIGNMENT
        parts += [data, b"\0" * padding]
        place += len(data) + padding
    text = orjson.dumps(directory)
    parts += [text, _TRAILER.pack(place, len(text), zlib.crc32(text), _END)]
    write_file(path, parts)


class ArrayFile:
    """The arrays of a file, mapped.

    Raises:
        IndexDamagedError: the file is cut, or its directory is not what was written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        descriptor = files.open_file(path)
        try:
            size = os.fstat(descriptor).st_size
            if size < len(MAGIC) + _TRAILER.size:
                raise self._damaged("is cut")
            self._map = mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)
        finally:
            os.close(descriptor)
        start, length, checksum, end = _TRAILER.unpack(self._map[-_TRAILER.size :])
        text = self._map[start : start + length]
        if (
            self._map[: len(MAGIC)] != MAGIC
            or end != _END
            or start + length + _TRAILER.size != size
            or zlib.crc32(text) != checksum
        ):
            raise self._damaged("is not what was written")
        self._directory: dict[str, list[Any]] = orjson.loads(text)

    def _damaged(self, what: str) -> IndexDamagedError:
        return IndexDamagedError(
            f"the index is damaged: {self.path} {what}",
            hint=REBUILD,
        )

    def __contains__(self, name: str) -> bool:
        return name in self._directory

    def __getitem__(self, name: str) -> Array:
        """The array of this name; an empty one where the file has none."""
        entry = self._directory.get(name)
        if entry is None:
            return np.zeros(0, np.uint8)
        return np.frombuffer(self._map, entry[1], entry[2], entry[0])

    def bytes(self, name: str, start: int, end: int) -> bytes:
        """Bytes start to end of an array of bytes."""
        place = self._directory[name][0]
        return self._map[place + start : place + end]

    def names(self) -> list[str]:
        """The names of all arrays."""
        return list(self._directory)

    def verify(self) -> None:
        """Compares every array with its checksum.

        Raises:
            IndexDamagedError: names the first that differs.
        """
        for name, (_, _, _, checksum) in self._directory.items():
            if zlib.crc32(self[name].tobytes()) != checksum:
                raise self._damaged(f"({name}) is not what was written")
