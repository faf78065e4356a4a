"""The one layer through which an index folder is written and read: open, write, sync, rename, remove.

Every change of an index is one of the calls under "The calls" below. So a test can put others in their
place: make the Nth fail, write down all of them, or play them back as a power cut would have left them.
For that they are called as `files.rename(...)`, and never imported by name.

A file comes into being whole: it is written under another name, synced and then renamed. Links are not
followed within the folder, and what is no regular file is not read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

Bytes = bytes | memoryview

NEW = ".new"
"""Ends the name of a file that is being written."""

_BLOCK = 1 << 20  # small parts are written together, for each call costs


def write_file(path: Path, parts: Iterable[Bytes]) -> None:
    """Writes a file whole, from parts, and syncs it; a reader never sees it half written.

    Its name is durable only after `sync_folder`.

    Raises:
        OSError: as the system says; what stood under this name before is untouched.
    """
    temporary = path.with_name(path.name + NEW)
    try:
        descriptor = create(temporary)
        try:
            for block in _blocks(parts):
                write(descriptor, block)
            sync(descriptor)
        finally:
            os.close(descriptor)
        rename(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):  # on a full disk the half file is the first thing in the way
            remove(temporary)
        raise


def _blocks(parts: Iterable[Bytes]) -> Iterator[Bytes]:
    held: list[Bytes] = []
    size = 0
    for part in parts:
        if len(part) >= _BLOCK:  # on its own: joining it would copy it
            yield b"".join(held)
            yield part
            held, size = [], 0
            continue
        held.append(part)
        size += len(part)
        if size >= _BLOCK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def read_file(path: Path) -> bytes:
    """A file's content.

    Raises:
        OSError: as the system says; ELOOP for a link, EINVAL for what is no regular file.
    """
    with os.fdopen(open_file(path), "rb") as file:
        return file.read()


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


# The calls.


def create(path: Path, *, keep: bool = False) -> int:
    """Opens a file to write, for its owner alone, and gives the descriptor.

    keep: leaves what is in it; else it is emptied.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | (0 if keep else os.O_TRUNC)
    return os.open(path, flags, 0o600)


def write(descriptor: int, data: Bytes) -> None:
    """Writes all of the data where the descriptor stands."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def sync(descriptor: int) -> None:
    """Makes what was written through a descriptor durable."""
    os.fsync(descriptor)


def rename(old: Path, new: Path) -> None:
    """Gives a file its name, in place of what bore it."""
    old.replace(new)


def remove(path: Path) -> None:
    """Removes a file."""
    path.unlink()


def make_folder(path: Path) -> None:
    """Makes a folder for its owner alone, and the folders above it where they are not there; durably."""
    missing = [p for p in (path, *path.parents) if not p.exists()]
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for made in missing:
        sync_folder(made.parent)


def open_file(path: Path) -> int:
    """Opens a regular file to read and gives the descriptor."""
    # A pipe of this name would else keep whoever opens it waiting.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "is no regular file")
    return descriptor
