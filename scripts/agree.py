"""Asks random queries of random mail in every way there is and says where the answers differ.

usage: agree.py [--trees N] [--seed N]

For each hundred trees an archive is invented. Each tree is answered by the reference engine, which reads
documents one by one; by the arrays, over the archive in 1, 2, 7 and 50 segments and merged from 50 commits, and
over each of these after a quarter of the messages was deleted; and by stock Whoosh over the same files, but for
those of 50 segments, which take it long and hold what those of 7 hold.

The arrays must give the reference's messages, paragraphs, scores and order, and in order of date what sorting
by date gives. Whoosh must give the same messages with the same dates; what it has no words for is counted and named.

Prints each difference with the smallest part of its tree that still shows it. Exit code 1 where there is one.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from agreemail import MailMaker, TreeMaker
from agreewhoosh import NotInWhooshError, StockWhoosh

from searcharc.engines.base import Matches, Sort
from searcharc.engines.memory import MemoryEngine
from searcharc.engines.whoosh import engine
from searcharc.engines.whoosh.engine import SegmentStream, WhooshEngine, WhooshWriter, create
from searcharc.engines.whoosh.generation import read_list
from searcharc.models import Message
from searcharc.query.scope import Plan, Scope, bind
from searcharc.query.tree import All, Any, Node, Not, Thread

MESSAGES = 60
"""Messages of an invented archive."""

TREES = 100
"""Trees asked of one archive."""

SPLITS = (1, 2, 7, 50)
"""Segments that an archive is cut into."""

SPLITS_FOR_WHOOSH = (1, 2, 7)


@dataclass
class Tally:
    """What was asked, and what came of it.

    found: trees that some of the messages satisfy, but not all. whoosh: how many answers Whoosh gave.
    left_out: trees that it could not be asked, by reason.
    """

    trees: int = 0
    found: int = 0
    whoosh: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


class Index:
    """An archive on disk, open for the arrays' search and, where it is asked, for stock Whoosh."""

    def __init__(self, name: str, folder: Path, generation: int, *, for_whoosh: bool) -> None:
        self.name = f"{name}, {len(read_list(folder, generation))} segments"
        self.arrays = WhooshEngine(folder, generation)
        self.whoosh = StockWhoosh(folder) if for_whoosh else None


@dataclass
class Archive:
    """Messages, the reference engine over them, and indexes that hold the same."""

    messages: dict[str, Message]
    reference: MemoryEngine
    indexes: list[Index]


def agree(trees: int, seed: int, messages: int = MESSAGES, told: Callable[[str], None] = print) -> Tally:
    """Asks so many trees, and tells each difference when it is found."""
    tally = Tally()
    for number in range(math.ceil(trees / TREES)):
        chance = random.Random(f"{seed}/{number}")
        mail = MailMaker(chance).messages(messages)
        maker = TreeMaker(chance, mail)
        with tempfile.TemporaryDirectory(prefix="searcharc-agree-") as folder:
            archives = archives_of(Path(folder), mail, chance)
            for _ in range(min(TREES, trees - tally.trees)):
                tree, scope = maker.tree(chance.choice((0, 1, 2, 2, 3))), chance.choice(tuple(Scope))
                known = len(tally.differences)
                ask(tree, scope, archives, tally)
                for difference in tally.differences[known:]:
                    told(f"archive {seed}/{number}, {difference}")
    return tally


def archives_of(folder: Path, messages: list[Message], chance: random.Random) -> tuple[Archive, Archive]:
    """All messages, and what is left when a quarter of them was deleted."""
    gone = {m.key for m in messages if chance.random() < 0.25}
    return _archive(folder / "all", messages, set()), _archive(folder / "left", messages, gone)


def _archive(folder: Path, messages: list[Message], gone: set[str]) -> Archive:
    left = {m.key: m for m in messages if m.key not in gone}
    archive = Archive(left, MemoryEngine(left.values()), [])
    for split in SPLITS:
        place = folder / str(split)
        generation = split_index(place, messages, split, gone)
        asked = split in SPLITS_FOR_WHOOSH
        archive.indexes.append(Index(f"cut in {split}", place, generation, for_whoosh=asked))
    generation = merged_index(folder / "merged", messages, gone)
    archive.indexes.append(Index("merged", folder / "merged", generation, for_whoosh=True))
    return archive


def split_index(folder: Path, messages: Sequence[Message], parts: int, gone: set[str]) -> int:
    """An index in so many segments, in which deleted messages are marked and stay; gives its generation."""
    folder.mkdir(parents=True)
    writer = WhooshWriter(folder, create(folder))
    for number in range(parts):
        stream = SegmentStream(folder, writer.generation, f"p{number}")
        for message in messages[len(messages) * number // parts : len(messages) * (number + 1) // parts]:
            stream.add(message)
        writer.adopt(stream.finish())
    with patch.object(engine, "LARGEST_MERGED", 0), patch.object(engine, "_DEAD_SHARE", 1.0):
        return _deleted(folder, writer.commit(), gone)


def merged_index(folder: Path, messages: Sequence[Message], gone: set[str]) -> int:
    """An index that grew by a message or two at a time and was merged on the way; gives its generation."""
    folder.mkdir(parents=True)
    generation = create(folder)
    for first in range(0, len(messages), 2):
        with WhooshWriter(folder, generation) as writer:
            for message in messages[first : first + 2]:
                writer.add(message)
            generation = writer.commit()
    return _deleted(folder, generation, gone)


def _deleted(folder: Path, generation: int, gone: set[str]) -> int:
    if not gone:
        return generation
    with WhooshWriter(folder, generation) as writer:
        for key in gone:
            writer.delete(key)
        return writer.commit()


def ask(tree: Node, scope: Scope, archives: Sequence[Archive], tally: Tally) -> None:
    """Asks one tree of every index and enters into the tally what came of it."""
    tally.trees += 1
    plan = bind(tree, scope)
    left_out = ""
    for archive in archives:
        wanted = archive.reference.search(plan, limit=None)
        tally.found += archive is archives[0] and 0 < wanted.total < len(archive.messages)
        for index in archive.indexes:
            _check(differs_in_arrays, tree, scope, index, archive, wanted, tally)
            if index.whoosh is None:
                continue
            try:
                _check(differs_in_whoosh, tree, scope, index, archive, wanted, tally)
                tally.whoosh += 1
            except NotInWhooshError as error:
                left_out = str(error)
    if left_out:
        tally.left_out[left_out] += 1


Differs = Callable[[Index, Plan, Archive, Matches], str]
"""Tells how an index's answer differs from what is wanted; "" where it does not."""


def _check(
    differs: Differs, tree: Node, scope: Scope, index: Index, archive: Archive, wanted: Matches, tally: Tally
) -> None:
    """Enters a difference into the tally, with the smallest tree that shows one."""

    def still_differs(part: Node) -> bool:
        plan = bind(part, scope)
        with contextlib.suppress(NotInWhooshError):
            return bool(differs(index, plan, archive, archive.reference.search(plan, limit=None)))
        return False

    difference = differs(index, bind(tree, scope), archive, wanted)
    if difference:
        part = smallest(tree, still_differs)
        tally.differences.append(f"{index.name}, by {scope}: {difference}\n    {part}")


def differs_in_arrays(index: Index, plan: Plan, archive: Archive, wanted: Matches) -> str:
    """Messages, paragraphs, their order, scores to nine digits, and both orders of date."""
    got = index.arrays.search(plan, limit=None)
    keys, wanted_keys = [m.key for m in got.page], [m.key for m in wanted.page]
    if set(keys) != set(wanted_keys):
        return f"arrays: {_unlike(set(keys), set(wanted_keys))}"
    if (got.total, got.total_paragraphs) != (wanted.total, wanted.total_paragraphs):
        return f"arrays: {got.total_paragraphs} paragraphs, not {wanted.total_paragraphs}"
    if keys != wanted_keys:
        return f"arrays: by relevance {_first_unlike(keys, wanted_keys)}"
    for one, other in zip(got.page, wanted.page, strict=True):
        if one.ordinals != other.ordinals:
            return f"arrays: {one.key}: paragraphs {one.ordinals}, not {other.ordinals}"
        if not math.isclose(one.score, other.score, rel_tol=1e-9, abs_tol=1e-9):
            return f"arrays: {one.key}: score {one.score}, not {other.score}"
    for sort in (Sort.DATE, Sort.NEWEST):
        keys = [m.key for m in index.arrays.search(plan, sort=sort, limit=None).page]
        dated = by_date(wanted_keys, archive.messages, newest_first=sort is Sort.NEWEST)
        if keys != dated:
            return f"arrays: by {sort} {_first_unlike(keys, dated)}"
    return ""


def differs_in_whoosh(index: Index, plan: Plan, archive: Archive, wanted: Matches) -> str:
    """Messages, and their order by the dates that are stored.

    Raises:
        NotInWhooshError: the plan cannot be asked.
    """
    assert index.whoosh is not None
    keys, wanted_keys = index.whoosh.keys(plan), {m.key for m in wanted.page}
    if keys != wanted_keys:
        return f"Whoosh: {_unlike(keys, wanted_keys)}"
    dated = by_date(list(keys), index.whoosh.messages, newest_first=False)
    wanted_dated = by_date(list(keys), archive.messages, newest_first=False)
    return "" if dated == wanted_dated else f"Whoosh: by date {_first_unlike(dated, wanted_dated)}"


def by_date(keys: Sequence[str], messages: dict[str, Message], *, newest_first: bool) -> list[str]:
    """The keys in order of their messages' dates; the undated last, ties by key."""
    rows = []
    for key in keys:
        date = messages[key].date
        seconds = int(date.timestamp()) if date else 0
        rows.append((date is None, -seconds if newest_first else seconds, key))
    return [key for _, _, key in sorted(rows)]


def _unlike(got: set[str], wanted: set[str]) -> str:
    few = [f"{word} {len(keys)} ({', '.join(sorted(keys)[:3])})"
           for word, keys in (("lacks", wanted - got), ("has besides", got - wanted)) if keys]  # fmt: skip
    return ", ".join(few)


def _first_unlike(got: Sequence[str], wanted: Sequence[str]) -> str:
    place = next(
        (i for i, (a, b) in enumerate(zip(got, wanted, strict=False)) if a != b), min(len(got), len(wanted))
    )
    return f"at place {place + 1}: {', '.join(got[place : place + 2])}, not {', '.join(wanted[place : place + 2])}"


def smallest(tree: Node, differs: Callable[[Node], bool]) -> Node:
    """The smallest part of a tree, or the tree with a child left out, that still differs."""
    for part in _smaller(tree):
        if differs(part):
            return smallest(part, differs)
    return tree


def _smaller(tree: Node) -> Iterator[Node]:
    match tree:
        case Not(child) | Thread(child):
            yield child
            yield from (type(tree)(part) for part in _smaller(child))
        case All(children) | Any(children):
            yield from children
            if len(children) > 2:
                yield from (type(tree)((*children[:i], *children[i + 1 :])) for i in range(len(children)))
            for i, child in enumerate(children):
                yield from (type(tree)((*children[:i], part, *children[i + 1 :])) for part in _smaller(child))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trees", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.perf_counter()
    tally = agree(options.trees, options.seed)
    print(
        f"{tally.trees} trees, {tally.found} of them with some messages but not all; "
        f"{len(tally.differences)} differences; {time.perf_counter() - started:.0f} s"
    )
    left = tally.left_out.total()
    print(
        f"Whoosh gave {tally.whoosh} answers; {left} trees ({left / max(1, tally.trees):.0%}) it has no words for:"
    )
    for reason, count in tally.left_out.most_common():
        print(f"  {count:5} {reason}")
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main())
