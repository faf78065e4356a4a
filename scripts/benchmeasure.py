"""What bench.py measures, and how."""

from __future__ import annotations

import re
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

QUERIES: dict[str, list[str]] = {
    "word": ["meeting", "draft", "page", "review", "compression", "ministry", "error", "thanks"],
    "and": ["page cache", "draft resolution", "error path", "review patch", "meeting agenda"],
    "or": ["page OR cache", "draft OR resolution", "error OR failure"],
    "phrase": ['"page cache"', '"for the"', '"draft resolution"', '"in the"'],
    "near": ["page NEAR/5 cache", "draft NEAR/3 text"],
    "prefix": ["compress*", "draf*", "resol*"],
    "wildcard": ["*ression", "c?che"],
    "from": ["from:li", "from:ann"],
    "date": ["draft date:2010..2022", "page after:2021"],
    "para": ["para:2", "para:1..5 the"],
    "sorted": ["page", "draft"],
}


@dataclass
class Figure:
    """What was measured of one program.

    index, update, add, start: seconds of indexing, of a run in which nothing changed, of a run that adds a
    hundred messages, of one search by a new process. size: bytes on disk. peak: bytes of anonymous memory.
    first, queries: class of query -> milliseconds of each query, when first asked and when asked again.
    """

    name: str
    index: float = 0.0
    size: int = 0
    peak: int = 0
    update: float = 0.0
    add: float = 0.0
    start: float = 0.0
    first: dict[str, list[float]] = field(default_factory=dict)
    queries: dict[str, list[float]] = field(default_factory=dict)


def size_of(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


class Peak:
    """The most anonymous memory (RssAnon) of any one process of a family while the block lasts.

    Mapped files are not counted: the system takes them back when it needs the room.
    """

    def __init__(self, pid: int) -> None:
        self.bytes = 0
        self._pid = pid
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._done.wait(0.1):
            self.bytes = max([self.bytes, *map(anonymous_memory, _family(self._pid))])

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._watcher.join()


def anonymous_memory(pid: int) -> int:
    """Bytes of a process; 0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"RssAnon:\s+(\d+)", status)
    return int(found.group(1)) * 1024 if found else 0


def timed(command: list[str], env: dict[str, str] | None = None) -> tuple[float, int]:
    """Seconds of a command, and the most anonymous memory of one of its processes."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with Peak(process.pid) as peak:
        code = process.wait()
    seconds = time.perf_counter() - started
    if code not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit {code}")
    return seconds, peak.bytes


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            continue
        found += [int(c) for c in children]
    return found


def ask(
    runs: int, search: Callable[[str, str], Any], kinds: Collection[str] = tuple(QUERIES)
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Class of query -> milliseconds of each query: when first asked, and the median of the runs after it."""
    first: dict[str, list[float]] = {}
    again: dict[str, list[float]] = {}
    for kind in kinds:
        for query in QUERIES[kind]:
            times = []
            for _ in range(runs + 1):
                started = time.perf_counter()
                search(kind, query)
                times.append((time.perf_counter() - started) * 1000)
            first.setdefault(kind, []).append(times[0])
            again.setdefault(kind, []).append(statistics.median(times[1:]))
    return first, again
