"""One writer at a time; the next one learns who writes and since when."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from searcharc import files
from searcharc.errors import IndexLockedError, IndexWriteError
from searcharc.lock import LOCK_NAME, WriteLock


def test_a_second_writer_learns_who_holds_the_lock(tmp_path: Path) -> None:
    started = time.monotonic()
    with WriteLock(tmp_path), pytest.raises(IndexLockedError) as caught, WriteLock(tmp_path):
        pass
    assert time.monotonic() - started < 1
    assert f"process {os.getpid()} since 20" in caught.value.message
    assert "--wait" in caught.value.hint
    with WriteLock(tmp_path):
        pass


def test_a_waiting_writer_gets_the_lock_when_it_is_free(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path)
    lock.__enter__()
    threading.Timer(0.3, lambda: lock.__exit__(None, None, None)).start()
    started = time.monotonic()
    with WriteLock(tmp_path, wait=10):
        assert 0.2 < time.monotonic() - started < 5


def test_a_waiting_writer_gives_up_in_time(tmp_path: Path) -> None:
    started = time.monotonic()
    with WriteLock(tmp_path), pytest.raises(IndexLockedError), WriteLock(tmp_path, wait=0.3):
        pass
    assert 0.3 <= time.monotonic() - started < 3


def test_an_error_in_the_block_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(KeyError), WriteLock(tmp_path):
        raise KeyError
    with WriteLock(tmp_path):
        assert (tmp_path / LOCK_NAME).read_text().startswith(f"{os.getpid()} ")


def test_a_killed_process_holds_no_lock(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from searcharc.lock import WriteLock\n"
        "with WriteLock(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(IndexLockedError) as caught, WriteLock(tmp_path):
            pass
        assert f"process {process.pid} " in caught.value.message
        process.kill()
        process.wait()
    with WriteLock(tmp_path):
        pass


def test_a_folder_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    with pytest.raises(IndexWriteError), WriteLock(tmp_path / "nowhere"):
        pass


def test_a_full_disk_is_no_reason_not_to_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who holds the lock is a courtesy; what holds it is the kernel."""

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write", full)
    for _ in range(2):
        with WriteLock(tmp_path), pytest.raises(IndexLockedError), WriteLock(tmp_path):
            pass


def test_an_interrupt_while_waiting_leaves_no_descriptor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    with WriteLock(tmp_path):
        before = os.listdir("/proc/self/fd")  # noqa: PTH208 - the names, as the kernel gives them
        monkeypatch.setattr(time, "sleep", interrupted)
        with pytest.raises(KeyboardInterrupt), WriteLock(tmp_path, wait=9):
            pass
        assert os.listdir("/proc/self/fd") == before  # noqa: PTH208 - as above
