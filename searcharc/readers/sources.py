"""Where packed bytes come from: a file on disk, or something else that gives bytes in order.

`compress` unpacks what a source gives. Knows nothing of codecs or mail.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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


@dataclass(slots=True)
class Budget:
    """How much may come out of one packed file. consumed, produced: bytes in and out so far.

    spent: whether a limit was met; then nothing more should be read of the file.
    """

    limits: Limits = LIMITS
    consumed: int = 0
    produced: int = 0
    spent: bool = False

    def spend(self, count: int) -> None:
        """Counts `count` bytes of output.

        Raises:
            ReadError: they are more than the limits allow.
        """
        self.produced += count
        limits = self.limits
        if self.produced > limits.total:
            self.spent = True
            raise ReadError(f"unpacks to more than {limits.total} bytes: not read further")
        if self.produced > limits.suspicious and self.produced > limits.ratio * self.consumed:
            self.spent = True
            raise ReadError(
                f"looks like a decompression bomb ({self.consumed} bytes gave {self.produced}):"
                " not read further",
                hint="unpack the file yourself if it is genuine",
            )


class Source(Protocol):
    """Bytes in order."""

    def read(self, size: int) -> bytes:
        """The next 1 to `size` bytes, b"" at the end; a ReadError where it is damaged."""

    def skip(self, count: int) -> None:
        """Pass over `count` bytes, or all that are left."""

    def close(self) -> None:
        """Twice is fine."""


class FileSource:
    """The bytes of one regular file, as many as it had when it was opened.

    A file that grows meanwhile ends where it ended at the start.
    """

    def __init__(self, descriptor: int) -> None:
        status = os.fstat(descriptor)
        self.size = status.st_size
        self.mtime_ns = status.st_mtime_ns
        self.inode = status.st_ino
        self.device = status.st_dev
        self._descriptor = descriptor
        self._unread = status.st_size

    def read(self, size: int) -> bytes:
        """The next 1 to `size` bytes, b"" at the end.

        Raises:
            ReadError: the disk fails, or the file shrank.
        """
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

    def skip(self, count: int) -> None:
        """Pass over `count` bytes, or all that are left, without reading them."""
        step = min(count, self._unread)
        os.lseek(self._descriptor, step, os.SEEK_CUR)
        self._unread -= step

    def close(self) -> None:
        """Close the file; twice is fine."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def open_file(path: bytes | Path | str) -> FileSource:
    """Open a regular file to read its bytes as they are.

    Raises:
        FileNotFoundError: nothing has this name.
        ReadError: no permission, or no regular file (a folder, FIFO, device or socket).
    """
    descriptor = open_regular(path)
    try:
        return FileSource(descriptor)
    except BaseException:
        os.close(descriptor)
        raise


def open_regular(path: bytes | Path | str, *, flags: int = 0) -> int:
    """A descriptor of a regular file. flags: for os.open, beside those for reading.

    Raises:
        FileNotFoundError, ReadError: as `open_file`.
    """
    try:
        # O_NONBLOCK: a FIFO without a writer would block in open() for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | flags)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror}") from error
    try:
        regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
    except OSError as error:
        os.close(descriptor)
        raise ReadError(f"cannot be read: {error.strerror}") from error
    if not regular:
        os.close(descriptor)
        raise ReadError("not a regular file: not read")
    return descriptor
