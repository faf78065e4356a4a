"""The one layer through which an index folder is written: create, sync, rename, remove.

Every file of an index goes through `write_file`, so that a test can make the Nth write, sync or
rename fail, and so that no file is named by a manifest before it is durable.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

Bytes = bytes | memoryview


def write_file(path: Path, parts: Iterable[Bytes]) -> None:
    """Writes a file whole, from parts, and syncs it; a reader never sees it half written.

    Raises:
        OSError: as the system says; what stood under this name before is untouched.
    """
    temporary = path.with_name(f"{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for part in parts:
            file.write(part)
        file.flush()
        sync(file.fileno())
    rename(temporary, path)


def sync(descriptor: int) -> None:
    """Makes what was written through a descriptor durable."""
    os.fsync(descriptor)


def rename(old: Path, new: Path) -> None:
    """Gives a file its name, in place of what bore it."""
    old.replace(new)


def remove(path: Path) -> None:
    """Removes a file."""
    path.unlink()


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)
