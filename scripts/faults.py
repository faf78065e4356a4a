"""What becomes of an index when things go wrong. Every subcommand prints what it tried and what failed.

usage: faults.py stops|powerloss|failing|damage|kill|readers|doubles|memory|network [--count N] [--seed N]

stops      every change of the index folder in a run (create, write, sync, rename, remove) is a moment at which
           the run stops; from each, the index opens as before or as after, and the next run ends it
powerloss  --count states that a power cut could leave: what was not synced is lost, kept, or mixed
failing    the Nth call of the file layer fails, for every N, with ENOSPC, EIO and EACCES
damage     --count bits flipped, files cut (an eighth as many), each file emptied and deleted, in turn
kill       --count rounds of kill -9 at a random moment, through the command line
readers    four processes search while another indexes, for --count seconds
doubles    --count times two runs are started together
memory     the largest RssAnon of any process that indexes --count MiB: as many mails, as one mail, as fields of
           a header; and of one that reads a gzip bomb
network    index, search and show with every socket forbidden

The seed of a failure makes it again. Exit code 1 where anything failed.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import io
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faultprocesses as processes
from faultlayer import CALLS, Disk, Failing, Recorder, Result, contents, restore
from faultmail import mails

from searcharc import Index
from searcharc.cli import main as command_line
from searcharc.errors import IndexMissingError, MessageNotFoundError, SearcharcError, UsageError
from searcharc.indexer import Options, run_index
from searcharc.lock import LOCK_NAME, WriteLock
from searcharc.manifest import PURGED_NAME
from searcharc.records import message_record
from searcharc.upkeep import purge_messages, remove_source

Held = dict[str, Any]
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)
MOST_SECONDS, MOST_BYTES = 10.0, 1 << 30


def held(folder: Path) -> Held | None:
    """All that an index holds, whose files are as they were written; None where there is no index yet."""
    try:
        with Index.open(folder) as index:
            index.check()
            records = {
                h.key: message_record(index.message(h.key)) for h in index.search("*", limit=None).hits
            }
            assert len(records) == index.count("*") == index.manifest.messages
            return records
    except IndexMissingError:
        return None


def run(folder: Path, *sources: Path, **options: Any) -> None:
    """A run in this process; its counts must add up."""
    report = run_index(folder, sources, options=Options(jobs=1, **options))
    total = report.indexed + report.unchanged + report.duplicate + report.failed
    assert report.seen == total, f"{report.seen} seen, {total} counted"


# Runs that are recorded, stopped and made to fail.


@dataclass(frozen=True)
class Scenario:
    """A run that changes an index. again: whether the next update ends what this one began."""

    name: str
    start: dict[str, bytes]
    before: Held | None
    change: Callable[[Path], None]
    again: bool = True


def scenarios(top: Path) -> Iterator[Scenario]:
    """Runs of every kind; each yields with its archives in place and is used before the next."""
    mail, folder = top / "mail", top / "prepared"
    mail.mkdir()
    box, other = mail / "a.mbox", mail / "b.mbox"
    box.write_bytes(mails(1, 2, 3))

    def scenario(name: str, change: Callable[[Path], None], *, again: bool = True) -> Scenario:
        return Scenario(name, contents(folder), held(folder), change, again)

    yield Scenario("first", {}, None, lambda f: run(f, mail))
    run(folder, mail)
    box.write_bytes(mails(1, 3, 4) + mails(1, text="Another text."))
    other.write_bytes(mails(3, 5))
    yield scenario("update", lambda f: run(f, mail))
    yield scenario("rebuild", lambda f: run(f, mail, rebuild=True))
    run(folder, mail)
    yield scenario("purge", lambda f: purge(f, "m4@example.org"), again=False)
    for number in range(10, 16):  # one more segment makes eight, which are merged
        box.write_bytes(mails(1, 3, *range(10, number + 1)))
        run(folder, mail)
    box.write_bytes(mails(1, 3, *range(10, 19)))
    yield scenario("merge", lambda f: run(f, mail))
    run(folder, mail)
    single = top / "c.mbox"
    single.write_bytes(mails(3, 20))
    run(folder, single)
    yield scenario("remove", lambda f: remove(f, mail), again=False)


def purge(folder: Path, key: str) -> None:
    """Purges a message that may be purged already."""
    with contextlib.suppress(MessageNotFoundError):
        purge_messages(folder, [key], by=key)


def remove(folder: Path, source: Path) -> None:
    """Forgets a source that may be forgotten already."""
    with contextlib.suppress(UsageError):
        remove_source(folder, source)


def recorded(top: Path, scenario: Scenario) -> tuple[Recorder, Held | None]:
    """The steps of a scenario, which must account for every file of the folder, and what it ends with."""
    folder = restore(top / "index", scenario.start)
    recorder = Recorder(folder)
    with recorder.in_place():
        scenario.change(folder)
    whole = Disk.after(recorder.start, recorder.steps).now()
    assert whole == contents(folder), "something was written past the file layer"
    return recorder, held(folder)


def verdict(folder: Path, scenario: Scenario, after: Held | None) -> str:
    """What is wrong with an index that a run left behind; "" for nothing."""
    try:
        found = held(folder)
        if found not in (scenario.before, after):
            return "neither the old state nor the new one"
        if found is None or scenario.again:
            scenario.change(folder)
            wanted = after
        else:
            run(folder)
            wanted = found
        if held(folder) != wanted:
            return "the next run does not end it"
        with Index.open(folder) as index:
            named = {f.name for f in index.manifest.files} | {"manifest.json"}
        left = {p.name for p in folder.iterdir()} - named - {LOCK_NAME, PURGED_NAME}
        return f"left behind: {sorted(left)}" if left else ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def stops(count: int = 0, seed: int = 0) -> Result:
    """A stop at every change of the folder; `count` of them at random, 0 for all."""
    result = Result()
    chance = random.Random(seed)
    with scratch() as top:
        for scenario in scenarios(top):
            recorder, after = recorded(top, scenario)
            moments = list(range(len(recorder.steps) + 1))
            if count:
                moments = sorted(chance.sample(moments, min(count, len(moments))))
            for moment in moments:
                disk = Disk.after(recorder.start, recorder.steps[:moment])
                fault = verdict(restore(top / "index", disk.now()), scenario, after)
                result.tried += 1
                result.counts[scenario.name] += 1
                if fault:
                    result.faults.append(f"{scenario.name}, stopped before step {moment}: {fault}")
    return result


def powerloss(count: int, seed: int) -> Result:
    """States that a power cut at a random moment could leave, the same number for each scenario."""
    result = Result()
    with scratch() as top:
        for scenario in scenarios(top):
            recorder, after = recorded(top, scenario)
            for number in range(-(-count // 6)):
                chance = random.Random(f"{seed}-{scenario.name}-{number}")
                moment = chance.randrange(1, len(recorder.steps) + 1)
                disk = Disk.after(recorder.start, recorder.steps[:moment])
                state = disk.after_power_cut(chance)
                result.tried += 1
                result.counts["torn" if state != disk.now() else "as written"] += 1
                fault = verdict(restore(top / "index", state), scenario, after)
                if fault:
                    result.faults.append(f"--seed {seed}, {scenario.name} {number}, step {moment}: {fault}")
    return result


def failing(count: int = 0, seed: int = 0) -> Result:
    """The Nth call fails, for all N (or, with a count, every so many of them) and each error."""
    result = Result()
    with scratch() as top:
        for scenario in scenarios(top):
            _, after = recorded(top, scenario)
            calls = Failing(0)
            with calls.in_place():
                scenario.change(restore(top / "index", scenario.start))
            step = max(1, calls.count // count) if count else 1
            for code in ERRORS:
                for number in range(1 + seed % step, calls.count + 1, step):
                    fault = failed_at(
                        restore(top / "index", scenario.start), scenario, after, number, code, result
                    )
                    if fault:
                        result.faults.append(
                            f"{scenario.name}, call {number}, {errno.errorcode[code]}: {fault}"
                        )
    return result


def failed_at(
    folder: Path, scenario: Scenario, after: Held | None, number: int, code: int, result: Result
) -> str:
    """What is wrong when this call fails; "" for nothing."""
    result.tried += 1
    broken = Failing(number, code)
    try:
        with broken.in_place(CALLS):
            scenario.change(folder)
    except SearcharcError as error:
        result.counts["refused"] += 1
        if not error.message or error.exit_code != 3:
            return f"{broken.failed} gave {error!r}"
    except Exception as error:
        return f"{broken.failed} gave {type(error).__name__}: {error}"
    else:
        result.counts["done all the same"] += 1
    try:
        with WriteLock(folder):
            pass
    except SearcharcError as error:
        return f"after {broken.failed}: {error}"
    fault = verdict(folder, scenario, after)
    return f"after {broken.failed}: {fault}" if fault else ""


# Damage.


def command(*words: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command line, in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in "oe")
    before = sys.argv
    sys.argv = ["searcharc", *map(str, words)]
    code: Any = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            command_line()
    except SystemExit as end:
        code = end.code or 0
    finally:
        sys.argv = before
    texts = [stream.buffer.getvalue().decode("utf-8") for stream in (out, err)]  # type: ignore[attr-defined]
    return int(code), texts[0], texts[1]


QUESTIONS = (
    ("search", "--format", "ndjson", "harbour"),
    ("search", "--format", "ids", "--sort", "date", "word*"),
    ("search", "--format", "ids", '"quarry road" from:ines'),
    ("search", "--format", "ids", "para:7"),
    ("count", "*"),
    ("show", "--json", "m7@example.org"),
    ("status",),
)


def damages(whole: dict[str, bytes], count: int, seed: int) -> Iterator[tuple[str, str, bytes | None]]:
    """(what, file, its content; None for no file)."""
    names = sorted(whole)
    weights = [len(whole[n]) for n in names]
    for number in range(count):
        chance = random.Random(f"{seed}-flip-{number}")
        # Half by size, as a disk would; half by file, so that the small ones get their share.
        name = chance.choices(names, weights if number % 2 else None)[0]
        place = chance.randrange(len(whole[name]))
        data = bytearray(whole[name])
        data[place] ^= 1 << chance.randrange(8)
        yield f"flip {number} at {place}", name, bytes(data)
    for number in range(-(-count * 3 // 20)):
        chance = random.Random(f"{seed}-cut-{number}")
        name = chance.choice(names)
        yield f"cut {number}", name, whole[name][: chance.randrange(len(whole[name]))]
    for name in names:
        yield "emptied", name, b""
        yield "deleted", name, None


def damage(count: int, seed: int) -> Result:
    """Damages to every file of an index; `check` must find each, and nothing may end in a traceback."""
    result = Result()
    with scratch() as top:
        box = top / "a.mbox"
        folder = top / "index"
        for end in (40, 50, 60):
            box.write_bytes(mails(*range(end)))
            run(folder, box)
        box.write_bytes(mails(*range(5, 60)))
        run(folder, box)
        whole = contents(folder)
        right = {words: command(*at(folder, words))[:2] for words in QUESTIONS}
        assert all(code == 0 for code, _ in right.values())
        for what, name, data in damages(whole, count, seed):
            restore(folder, whole)
            (folder / name).unlink()
            if data is not None:
                (folder / name).write_bytes(data)
            for fault in damage_faults(folder, right, result):
                result.faults.append(f"--seed {seed}, {name}, {what}: {fault}")
            if result.tried % 20 == 0 and command(*at(folder, ("index", "--rebuild", str(box))))[0] != 0:
                result.faults.append(f"--seed {seed}, {name}, {what}: cannot be rebuilt")
    if (peak := resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024) > MOST_BYTES:
        result.faults.append(f"{peak >> 20} MB of memory")
    result.counts["peak MB"] = peak >> 20
    result.counts["files"] = len(whole)
    return result


def at(folder: Path, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a command with its index."""
    return words[0], "--index", str(folder), *words[1:]


def damage_faults(
    folder: Path, right: dict[tuple[str, ...], tuple[int, str]], result: Result
) -> Iterator[str]:
    """What is wrong with the answers of a damaged index."""
    result.tried += 1
    code, _, err = command(*at(folder, ("check",)))
    if code != 3 or "Traceback" in err:
        yield f"check: exit {code}, {err.strip()}"
    kinds = set()
    for words, (_, wanted) in right.items():
        started = time.perf_counter()
        code, out, err = command(*at(folder, words))
        took = time.perf_counter() - started
        if code not in (0, 1, 3) or "Traceback" in err or "unexpected fault" in err:
            yield f"{' '.join(words)}: exit {code}, {err.strip()}"
        elif code == 3:
            kinds.add("refused")
        elif out != wanted:
            kinds.add("different")
        if took > MOST_SECONDS:
            yield f"{' '.join(words)}: {took:.1f} s"
    kind = "different" if "different" in kinds else "refused" if kinds else "right"
    result.counts[f"without check: {kind}"] += 1


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """A folder that goes away; in memory where the system has one there, for the tries are many."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(dir=place, prefix="faults-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


WHAT: dict[str, tuple[Callable[[int, int], Any], int]] = {
    "stops": (stops, 0),
    "powerloss": (powerloss, 500),
    "failing": (failing, 0),
    "damage": (damage, 400),
    "kill": (processes.kill, 200),
    "readers": (processes.readers, 600),
    "doubles": (processes.doubles, 50),
    "memory": (processes.memory, 1024),
    "network": (processes.network, 0),
}
"""The function of each subcommand, and how many tries when nothing is said."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=list(WHAT))
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    function, count = WHAT[options.what]
    started = time.perf_counter()
    result = function(count if options.count is None else options.count, options.seed)
    print(*result.faults, sep="\n", end="\n" if result.faults else "")
    for name, number in sorted(result.counts.items()):
        print(f"  {name:30} {number:>8,}")
    print(
        f"{options.what}: {result.tried:,} tries, {len(result.faults)} faults, {time.perf_counter() - started:.0f} s"
    )
    sys.exit(bool(result.faults))


if __name__ == "__main__":
    main()
