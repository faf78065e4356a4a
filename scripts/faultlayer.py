"""Other calls in the place of those in searcharc.files: calls that fail, and calls that are written down.

What is written down is played back as a disk: as it stood at a moment, or as a power cut at this moment
could have left it. The model of a power cut is meaner than any file system. What was not synced is there,
or not, or in part, or full of zeros; and until its folder is synced, each name stands for any file it stood
for since the last sync, independently of all other names.
"""

from __future__ import annotations

import os
import random
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from searcharc import files
from searcharc.lock import LOCK_NAME

CALLS = ("create", "write", "sync", "rename", "remove", "make_folder", "open_file")
CHANGES = ("create", "write", "sync", "rename", "remove")
BLOCK = 512  # bytes that reach a disk together


@dataclass
class Result:
    """What was tried, what failed (in words), and further counts."""

    tried: int = 0
    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


@contextmanager
def replaced(
    make: Callable[[str, Callable[..., Any]], Callable[..., Any]], calls: tuple[str, ...]
) -> Iterator[None]:
    """Puts `make(name, call)` in the place of each call."""
    before = {name: getattr(files, name) for name in calls}
    try:
        for name, call in before.items():
            setattr(files, name, make(name, call))
        yield
    finally:
        for name, call in before.items():
            setattr(files, name, call)


@dataclass
class Failing:
    """Counts calls, and lets the Nth (from 1) fail with an error number; 0 lets none fail."""

    number: int
    code: int = 0
    count: int = 0
    failed: str = ""

    @contextmanager
    def in_place(self, calls: tuple[str, ...] = CALLS) -> Iterator[None]:
        def make(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
            def counted(*arguments: Any, **options: Any) -> Any:
                self.count += 1
                if self.count == self.number:
                    self.failed = name
                    raise OSError(self.code, os.strerror(self.code))
                return call(*arguments, **options)

            return counted

        with replaced(make, calls):
            yield


Step = tuple[Any, ...]
"""("create", name, file) | ("write", file, bytes) | ("sync", file) | ("rename", old, new) | ("remove", name) |
("sync_folder",); files are numbered."""


class Recorder:
    """Writes down what happens to the files of one folder; nothing is really synced."""

    def __init__(self, folder: Path) -> None:
        self.start = contents(folder)
        self.steps: list[Step] = []
        self._folder = folder
        self._open: dict[int, int] = {}
        self._count = 0

    @contextmanager
    def in_place(self) -> Iterator[None]:
        def make(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *arguments, **options: getattr(self, f"_{name}")(call, *arguments, **options)

        with replaced(make, CHANGES):
            yield

    def _create(self, call: Callable[..., int], path: Path, *, keep: bool = False) -> int:
        descriptor = call(path, keep=keep)
        if path.parent == self._folder and path.name != LOCK_NAME:
            self._count += 1
            self._open[descriptor] = self._count
            self.steps.append(("create", path.name, self._count))
        else:
            self._open.pop(descriptor, None)
        return descriptor

    def _write(self, call: Callable[..., None], descriptor: int, data: files.Bytes) -> None:
        call(descriptor, data)
        if descriptor in self._open:
            self.steps.append(("write", self._open[descriptor], bytes(data)))

    def _sync(self, call: Callable[..., None], descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            self.steps.append(("sync_folder",))
        elif descriptor in self._open:
            self.steps.append(("sync", self._open.pop(descriptor)))

    def _rename(self, call: Callable[..., None], old: Path, new: Path) -> None:
        call(old, new)
        self.steps.append(("rename", old.name, new.name))

    def _remove(self, call: Callable[..., None], path: Path) -> None:
        call(path)
        self.steps.append(("remove", path.name))


@dataclass
class File:
    """A file on the disk: what is durable of it, and what was written."""

    durable: bytes = b""
    written: bytes = b""


@dataclass
class Disk:
    """A folder as the steps leave it. names: name -> file; could_be: name -> files since the last sync."""

    names: dict[str, File | None] = field(default_factory=dict)
    could_be: dict[str, list[File | None]] = field(default_factory=dict)
    numbered: dict[int, File] = field(default_factory=dict)

    @classmethod
    def after(cls, start: dict[str, bytes], steps: list[Step]) -> Disk:
        """The disk that held these files when the steps began."""
        disk = cls({name: File(data, data) for name, data in start.items()})
        for step in steps:
            disk._apply(*step)
        return disk

    def _apply(self, kind: str, *told: Any) -> None:
        match kind:
            case "create":
                name, number = told
                # An emptied file is a new one here: the old content may come back with its name.
                self.numbered[number] = File()
                self._name(name, self.numbered[number])
            case "write":
                self.numbered[told[0]].written += told[1]
            case "sync":
                self.numbered[told[0]].durable = self.numbered[told[0]].written
            case "rename":
                old, new = told
                self._name(new, self.names[old])
                self._name(old, None)
            case "remove":
                self._name(told[0], None)
            case "sync_folder":
                self.could_be.clear()

    def _name(self, name: str, file: File | None) -> None:
        self.could_be.setdefault(name, [self.names.get(name)]).append(file)
        self.names[name] = file

    def now(self) -> dict[str, bytes]:
        """All that was done: what a killed process leaves."""
        return {name: f.written for name, f in self.names.items() if f is not None}

    def after_power_cut(self, chance: random.Random) -> dict[str, bytes]:
        """One of the states that a power cut could leave."""
        state = {}
        for name in sorted(self.names):
            file = chance.choice(self.could_be.get(name, [self.names[name]]))
            if file is not None:
                state[name] = file.durable if file.durable == file.written else _torn(file, chance)
        return state


def _torn(file: File, chance: random.Random) -> bytes:
    data, new = file.written, len(file.durable)
    match chance.randrange(4):
        case 0:
            return file.durable
        case 1:
            return data
        case 2:
            return data[: chance.randrange(new, len(data) + 1)]
        case _:
            blocks = [data[p : p + BLOCK] for p in range(new, len(data), BLOCK)]
            return file.durable + b"".join(b if chance.randrange(2) else bytes(len(b)) for b in blocks)


def contents(folder: Path) -> dict[str, bytes]:
    """Name -> bytes of a folder's files, without the lock."""
    if not folder.is_dir():
        return {}
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and p.name != LOCK_NAME}


def restore(folder: Path, state: dict[str, bytes]) -> Path:
    """Makes a folder with these files and no others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, data in state.items():
        (folder / name).write_bytes(data)
    return folder
