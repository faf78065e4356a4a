"""One writer at a time: a lock file that says who holds it and since when.

The lock is the kernel's (flock): it goes with its process, so that a killed run leaves none.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from searcharc.errors import IndexLockedError, IndexWriteError

LOCK_NAME = "searcharc.lock"
_PAUSE = 0.1  # seconds between two tries


class WriteLock:
    """Held while in the block.

    wait: seconds to wait for another writer; 0 fails at once.

    Raises:
        IndexLockedError: another process writes; names it and since when.
        IndexWriteError: the folder does not let the lock file be written.
    """

    def __init__(self, folder: Path, *, wait: float = 0.0) -> None:
        self._path = folder / LOCK_NAME
        self._wait = wait
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        try:
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise IndexWriteError(
                f"the index in {self._path.parent} cannot be written: {error.strerror}",
                hint="check the folder's permissions",
            ) from error
        deadline = time.monotonic() + self._wait
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    self._close()
                    raise
                if time.monotonic() >= deadline:
                    holder = self._holder()
                    self._close()
                    raise IndexLockedError(
                        f"the index in {self._path.parent} is being written{holder}",
                        hint="wait for it to end, or run again with --wait SECONDS",
                    ) from None
                time.sleep(_PAUSE)
            else:
                break
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()} {since}\n".encode(), 0)
        return self

    def _holder(self) -> str:
        text = os.pread(self._descriptor or 0, 200, 0).decode("ascii", "replace").strip()
        pid, _, since = text.partition(" ")
        return f" by process {pid} since {since}" if pid.isdigit() else ""

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
        self._close()
