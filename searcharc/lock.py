"""One writer at a time: a lock file that says who holds it and since when.

The lock is the kernel's (flock): it goes with its process, so that a killed run leaves none.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from searcharc import files
from searcharc.access import refuse_foreign
from searcharc.errors import IndexLockedError, IndexWriteError

LOCK_NAME = "searcharc.lock"
_PAUSE = 0.1  # seconds between two tries


class WriteLock:
    """Held while in the block.

    wait: seconds to wait for another writer; 0 fails at once. name: of the lock file; one for each thing
    that is written by itself.

    Raises:
        IndexForeignError: the folder is another user's, or open to all.
        IndexLockedError: another process writes; names it and since when.
        IndexWriteError: the folder does not let the lock file be written, or has no locks.
    """

    def __init__(self, folder: Path, *, wait: float = 0.0, name: str = LOCK_NAME) -> None:
        self._path = folder / name
        self._wait = wait
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        refuse_foreign(self._path.parent)
        try:
            self._descriptor = files.create(self._path, keep=True)
        except OSError as error:
            raise self._not_written(error) from error
        try:
            self._take(self._descriptor)
        except BaseException:
            self._close()
            raise
        since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        self._say(f"{os.getpid()} {since}\n")
        return self

    def _take(self, descriptor: int) -> None:
        deadline = time.monotonic() + self._wait
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise self._not_written(error) from error
            if time.monotonic() >= deadline:
                raise IndexLockedError(
                    f"the index in {self._path.parent} is being written{_holder(descriptor)}",
                    hint="wait for it to end, or run again with --wait SECONDS",
                )
            time.sleep(_PAUSE)

    def _not_written(self, error: OSError) -> IndexWriteError:
        return IndexWriteError(
            f"the index in {self._path.parent} cannot be written: {error.strerror}",
            hint="check the folder's permissions",
        )

    def _say(self, text: str) -> None:
        """Writes down who holds the lock. What holds it is the kernel: a full disk is no reason to stop."""
        if self._descriptor is None:
            return
        with contextlib.suppress(OSError):
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.ftruncate(self._descriptor, 0)
            if text:
                files.write(self._descriptor, text.encode("ascii"))

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._say("")
        self._close()


def writer_of(folder: Path) -> dict[str, str | bool] | None:
    """process, since and alive of the run that writes, or that was killed; None where none is or was."""
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        pid, _, since = os.pread(descriptor, 200, 0).decode("ascii", "replace").strip().partition(" ")
        return {"process": pid, "since": since, "alive": _alive(int(pid))} if pid.isdigit() else None
    finally:
        os.close(descriptor)


def _alive(pid: int) -> bool:
    """Whether there is such a process. The lock is not asked: to try it could make a writer fail."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _holder(descriptor: int) -> str:
    text = os.pread(descriptor, 200, 0).decode("ascii", "replace").strip()
    pid, _, since = text.partition(" ")
    return f" by process {pid} since {since}" if pid.isdigit() else ""
