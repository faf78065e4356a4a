"""Random edits of a tree of archives, and the demand that adding ends as building anew.

`check_script` makes a tree, indexes it, edits it at random as people and mail programs do, updates, and
compares all records and some answers with those of a new index of the same tree and the same purges.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from searcharc import Index
from searcharc.indexer import Options, run_index
from searcharc.manifest import Manifest, read_manifest, write_manifest
from searcharc.models import IndexReport
from searcharc.records import message_record
from searcharc.upkeep import lift_purge, purge_messages, remove_source
from tests.mail import make_maildir, mbox, plain, write

Dump = dict[str, dict[str, Any]]

PACKERS = {".gz": lambda b: gzip.compress(b, mtime=0), ".bz2": bz2.compress, ".xz": lzma.compress}
QUERIES = ("report", '"first line"', "para:1..5", "list:list1", "traces OR another", "word1*", "-tag")


def dump(folder: Path) -> Dump:
    """Every record of an index by its key, as `show --json` would give it; the counts must fit."""
    with Index.open(folder) as index:
        index.check()
        hits = index.search("*", limit=None).hits
        records = {h.key: message_record(index.message(h.key)) for h in hits}
        assert len(records) == len(hits) == index.count("*") == index.manifest.messages
        assert sum(len(r["paragraphs"]) for r in records.values()) == index.manifest.paragraphs
    return records


def answers(folder: Path) -> list[tuple[str, ...]]:
    """The keys that some queries find, in order of date."""
    with Index.open(folder) as index:
        return [index.keys(query) for query in QUERIES]


def run(folder: Path, *sources: Path, **options: Any) -> IndexReport:
    """A run, whose counts must add up."""
    report = run_index(folder, sources, options=Options(**options))
    assert report.seen == report.indexed + report.unchanged + report.duplicate + report.failed
    assert report.seen == sum(a.messages for a in report.archives) + report.failed
    return report


def contents(records: Dump) -> set[str]:
    """What each message says, whatever its key and place."""
    told = ("message_id", "date", "sender", "paragraphs")
    return {json.dumps([r[name] for name in told]) for r in records.values()}


class Tree:
    """A folder of archives and the random edits that people and mail programs make to it."""

    EDITS = (
        "new_file", "append", "append", "append", "grow", "insert", "remove", "replace", "rewrite", "shuffle",
        "copy", "rename", "delete", "touch", "compress", "unpack", "rotate", "cut", "deliver", "flag", "expunge",
        "edit_file",
    )  # fmt: skip

    def __init__(self, top: Path, chance: random.Random) -> None:
        self.top, self.chance = top, chance
        self.boxes: dict[str, list[bytes]] = {}
        self.fresh = 0
        self.maildir = make_maildir(top / "Maildir")
        for _ in range(3):
            self.new_file()
        for _ in range(2):
            self.deliver()

    def message(self) -> bytes:
        """A new message; sometimes another text under an old id, a copy with other traces, or one without id."""
        number = self.fresh = self.fresh + 1
        old = self.chance.randrange(1, number + 1)
        match self.chance.randrange(8):
            case 0:
                return plain(old)
            case 1:
                return plain(old, body=f"Another text {self.chance.randrange(3)} under the same id.")
            case 2:
                return plain(old, fields=[f"Received: from host{self.chance.randrange(3)}"])
            case 3:
                return plain(old, message_id=None)
            case 4:
                return plain(number, fields=[f"List-Id: <list{self.chance.randrange(2)}.example.org>"])
            case 5:
                return plain(old, subject=f"[tag] Report {old}")
            case _:
                return plain(number)

    def pick(self) -> str:
        return self.chance.choice(sorted(self.boxes))

    def save(self, name: str) -> None:
        """Writes a box in place, as a program that locks it does."""
        pack = PACKERS.get(Path(name).suffix, bytes)
        write(self.top / name, pack(mbox(*self.boxes[name])))

    def new_file(self) -> None:
        ending = self.chance.choice(["", ".mbox", *PACKERS])
        name = f"{self.chance.choice('abcdxyz')}{self.fresh}{ending}"
        self.boxes[name] = [self.message() for _ in range(self.chance.randrange(1, 5))]
        self.save(name)

    def append(self) -> None:
        name = self.pick()
        self.boxes[name].append(self.message())
        self.save(name)

    def grow(self) -> None:
        """Several messages at once, the last of them cut in its text: a delivery that is not finished."""
        name = self.pick()
        self.boxes[name] += [self.message() for _ in range(3)]
        self.boxes[name].append(self.message()[:-10])
        self.save(name)

    def insert(self) -> None:
        name = self.pick()
        self.boxes[name].insert(0, self.message())
        self.save(name)

    def remove(self) -> None:
        name = self.pick()
        if len(self.boxes[name]) > 1:
            self.boxes[name].pop(self.chance.randrange(len(self.boxes[name])))
            self.save(name)

    def replace(self) -> None:
        name = self.pick()
        self.boxes[name][self.chance.randrange(len(self.boxes[name]))] = self.message()
        self.save(name)

    def rewrite(self) -> None:
        """One letter of one message becomes another: the size stays."""
        name = self.pick()
        place = self.chance.randrange(len(self.boxes[name]))
        self.boxes[name][place] = self.boxes[name][place].replace(b"First", b"Fifth")
        self.save(name)

    def shuffle(self) -> None:
        name = self.pick()
        self.chance.shuffle(self.boxes[name])
        self.save(name)

    def copy(self) -> None:
        self.boxes[self.pick()].append(self.chance.choice(self.boxes[self.pick()]))
        for name in self.boxes:
            self.save(name)

    def rename(self) -> None:
        old = self.pick()
        self.move(old, f"{self.chance.choice('abcdxyz')}-{len(old)}-{old[-8:]}")

    def move(self, old: str, new: str) -> bool:
        if new in self.boxes:
            return False
        self.boxes[new] = self.boxes.pop(old)
        (self.top / old).rename(self.top / new)
        return True

    def delete(self) -> None:
        if len(self.boxes) > 1:
            name = self.pick()
            del self.boxes[name]
            (self.top / name).unlink()

    def touch(self) -> None:
        os.utime(self.top / self.pick())

    def compress(self) -> None:
        """A box becomes a packed one, as logrotate does."""
        name = self.pick()
        if Path(name).suffix not in PACKERS and self.move(name, f"{name}.gz"):
            self.save(f"{name}.gz")

    def unpack(self) -> None:
        name = self.pick()
        if Path(name).suffix in PACKERS and self.move(name, Path(name).stem):
            self.save(Path(name).stem)

    def rotate(self) -> None:
        """A box takes another name, and a new one its place."""
        name = self.pick()
        if self.move(name, f"{name}.1"):
            self.boxes[name] = [self.message()]
            self.save(name)

    def cut(self) -> None:
        """A plain box loses its end in the middle of its last message's text."""
        name = self.pick()
        if Path(name).suffix not in PACKERS:
            self.boxes[name][-1] = self.boxes[name][-1][: -self.chance.randrange(3, 20)]
            path = self.top / name
            write(path, mbox(*self.boxes[name]).removesuffix(b"\n"))

    def deliver(self) -> None:
        self.fresh += 1
        write(self.maildir / f"new/{self.fresh}.x.host", self.message())

    def flag(self) -> None:
        files = sorted((self.maildir / "cur").iterdir()) + sorted((self.maildir / "new").iterdir())
        if files:
            file = self.chance.choice(files)
            name = file.name.split(":")[0]
            file.rename(self.maildir / f"cur/{name}:2,{self.chance.choice(['', 'S', 'RS'])}")

    def expunge(self) -> None:
        files = sorted((self.maildir / "cur").iterdir())
        if files:
            self.chance.choice(files).unlink()

    def edit_file(self) -> None:
        """A file of the Maildir is written anew under its name, as by a mail program that drops attachments."""
        files = sorted((self.maildir / "cur").iterdir()) + sorted((self.maildir / "new").iterdir())
        if files:
            write(self.chance.choice(files), self.message())

    def edit(self) -> str:
        """One edit; its name."""
        name = self.chance.choice(self.EDITS)
        getattr(self, name)()
        return name


class Script:
    """One random script: two trees as two sources, an index of them, and what is done to all three."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = random.Random(seed)
        self.folder, self.home = folder, folder / "index"
        self.trees = [Tree(folder / name, self.chance) for name in ("north", "south")]
        self.known = [tree.top for tree in self.trees]
        self.purged: set[str] = set()
        self.done: list[str] = []

    def play(self, steps: int) -> None:
        """Plays it; each step ends with a comparison.

        Raises:
            AssertionError: with the script so far.
        """
        run(self.home, *self.known)
        for _ in range(steps):
            try:
                self.step()
                self.compare()
            except AssertionError as error:
                raise AssertionError(f"after {self.done}: {error}") from error
        idle = run(self.home, verify=True)
        assert idle.seen == idle.unchanged, idle
        run(self.home, rebuild=True)
        self.compare()

    def step(self) -> None:
        for _ in range(self.chance.randrange(1, 4)):
            self.done.append(self.chance.choice(self.trees).edit())
        before = contents(dump(self.home))
        report = run(self.home)
        after = contents(dump(self.home))
        assert report.removed == len(before - after), report
        assert report.indexed >= len(after - before), report
        match self.chance.randrange(6):
            case 0:
                self.purge()
            case 1:
                self.undo()
            case 2:
                self.forget_or_add()

    def purge(self) -> None:
        with Index.open(self.home) as index:
            keys = index.keys("*")
        if keys:
            chosen = self.chance.sample(keys, min(len(keys), self.chance.randrange(1, 3)))
            self.done.append(f"purge {chosen}")
            before = dump(self.home)
            report = purge_messages(self.home, chosen, by="a test")
            assert report.removed == len(chosen) == len(before) - len(dump(self.home))

    def undo(self) -> None:
        if purged := read_manifest(self.home).purged:
            number = self.chance.randrange(len(purged)) + 1
            self.done.append(f"undo {number}")
            lift_purge(self.home, str(number))

    def forget_or_add(self) -> None:
        if len(self.known) == 2:
            gone = self.known.pop(self.chance.randrange(2))
            self.done.append(f"forget {gone.name}")
            remove_source(self.home, gone)
        else:
            self.known.append(next(t.top for t in self.trees if t.top not in self.known))
            self.done.append(f"add {self.known[-1].name}")
            run(self.home, self.known[-1])

    def compare(self) -> None:
        """All records and some answers are those of a new index."""
        fresh = self.folder / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        purged = read_manifest(self.home).purged
        if purged:
            write_manifest(fresh, replace(Manifest(), purged=purged))
        run(fresh, *self.known)
        held, wanted = dump(self.home), dump(fresh)
        assert held.keys() == wanted.keys(), held.keys() ^ wanted.keys()
        for key in held:
            assert held[key] == wanted[key], key
        assert answers(self.home) == answers(fresh)


def check_script(folder: Path, seed: int, steps: int = 4) -> None:
    """Plays the script of this seed in an empty folder.

    Raises:
        AssertionError: the index is not what a new one would be.
    """
    Script(folder, seed).play(steps)
