"""Trials with processes: the command line is killed, doubled, watched, and cut off from the network.

Used by faults.py. As a program: faultprocesses.py FOLDER SEED reads the index in FOLDER until the file `stop`
lies beside it, and prints what it met.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from faultlayer import Result
from faultmail import ENVELOPE, mails

from searcharc import Index
from searcharc.errors import IndexMissingError
from searcharc.lock import LOCK_NAME

PROGRAM = (sys.executable, "-c", "from searcharc.cli import main; main()")
BATCH = 10
"""Messages that are added together while others read."""

MB = 1_000_000
LIMITS = {"mails": 500 * MB, "one mail": 1000 * MB, "fields": 1000 * MB, "bomb": 500 * MB}
"""The largest RssAnon of a process, in bytes."""


def command(*words: object) -> list[str]:
    return [*PROGRAM, *map(str, words)]


def done(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*words), capture_output=True, text=True, timeout=600)


def keys_of(folder: Path) -> list[str]:
    """The keys of an index whose files are as they were written; none where there is no index."""
    try:
        with Index.open(folder) as index:
            index.check()
            return list(index.keys("*"))
    except IndexMissingError:
        return []


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def wait_for_lock(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Waits until the process writes, or has ended."""
    lock = folder / LOCK_NAME
    while process.poll() is None and not (lock.exists() and lock.read_text().strip()):
        time.sleep(0.001)


def kill(count: int, seed: int) -> Result:
    """kill -9 of the command line at random moments; with several processes, and while rebuilding too."""
    result = Result()
    chance = random.Random(seed)
    with scratch() as top:
        folder, mail = top / "index", top / "mail"
        mail.mkdir()
        box, total = mail / "a.mbox", 300
        box.write_bytes(mails(*range(total)))
        filler = b"QUJD" * 19 + b"\n"
        # Enough bytes for other processes to be started; most of them cost little to read.
        big = mails(*range(10**6, 10**6 + 24), text="x", filler=filler * 5000)
        (mail / "big.mbox").write_bytes(big)
        assert done("index", "--index", folder, mail).returncode == 0
        known = set(keys_of(folder))
        assert len(known) == total + 24
        for number in range(count):
            with box.open("ab") as file:
                file.write(mails(*range(total, total + 20)))
            total += 20
            options = ((), ("--jobs", "2"), ("--rebuild", "--jobs", "2"), ())[number % 4]
            process = subprocess.Popen(
                command("index", "--index", folder, mail, *options),
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            if number % 5:
                wait_for_lock(folder, process)
            time.sleep(chance.random() * (2.0 if "--rebuild" in options else 0.6))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                result.counts["killed"] += 1
            process.wait()
            result.tried += 1
            fault = ""
            try:
                keys = keys_of(folder)
                if len(keys) != len(set(keys)) or not known <= set(keys):
                    fault = "messages are lost or doubled"
                elif len(keys) not in (len(known), total + 24):
                    fault = "half a run is in the index"
                known |= set(keys)
            except Exception as error:
                fault = f"{type(error).__name__}: {error}"
            if fault:
                result.faults.append(f"--seed {seed}, round {number}: {fault}")
        last = done("index", "--index", folder, mail)
        if last.returncode or sorted(keys_of(folder)) != sorted(
            {*known, *(f"m{n}@example.org" for n in range(total))}
        ):
            result.faults.append(f"the last run: exit {last.returncode}, {last.stderr}")
        with Index.open(folder) as index:
            named = {f.name for f in index.manifest.files} | {"manifest.json", LOCK_NAME}
        if left := {p.name for p in folder.iterdir()} - named:
            result.faults.append(f"left behind: {sorted(left)}")
    return result


# Readers while another writes.


def readers(count: int, seed: int) -> Result:
    """Four processes read for `count` seconds while this one adds batches and builds anew now and then."""
    result = Result()
    with scratch() as top:
        folder, box = top / "index", top / "a.mbox"
        numbers = itertools.count()
        box.write_bytes(mails(*itertools.islice(numbers, BATCH)))
        assert done("index", "--index", folder, box).returncode == 0
        from searcharc.indexer import Options, run_index

        others = [
            subprocess.Popen(
                [sys.executable, str(Path(__file__)), str(folder), str(seed + n)],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )
            for n in range(4)
        ]  # fmt: skip
        end = time.monotonic() + count
        try:
            while time.monotonic() < end:
                with box.open("ab") as file:
                    file.write(mails(*itertools.islice(numbers, BATCH)))
                run_index(folder, [box], options=Options(jobs=1))
                result.counts["commits"] += 1
                if result.counts["commits"] % 25 == 0:
                    run_index(folder, [box], options=Options(jobs=1, rebuild=True))
                    result.counts["rebuilds"] += 1
        finally:
            (top / "stop").touch()
            for process in others:
                said, _ = process.communicate(timeout=60)
                try:
                    told = json.loads(said)
                except ValueError:
                    result.faults.append(said[-500:])
                    continue
                result.tried += told["opened"]
                result.counts["states met"] += told["states"]
                result.faults += told["faults"]
    return result


def read_until_stopped(folder: Path, seed: int) -> None:
    """What a reader does: opens or refreshes, counts, searches, now and then checks."""
    chance = random.Random(seed)
    opened, most, faults, states = 0, 0, [], set()
    index = Index.open(folder)
    while not (folder.parent / "stop").exists() and len(faults) < 20:
        opened += 1
        try:
            if chance.randrange(2):
                index.refresh()
            else:
                index.close()
                index = Index.open(folder)
            counted = index.count("*")
            found = [h.message.subject for h in index.search("harbour", limit=5).hits]
            if counted % BATCH or counted < most or len(index.keys("quarry")) != counted or len(found) != 5:
                faults.append(f"{counted} messages after {most}")
            most = max(most, counted)
            states.add(counted)
            if chance.randrange(20) == 0:
                index.check()
        except Exception as error:
            faults.append(f"{type(error).__name__}: {error}")
    print(json.dumps({"opened": opened, "faults": faults, "states": len(states)}))


def doubles(count: int, seed: int) -> Result:
    """Two runs are started together: both end, one after the other, or one is told who writes."""
    result = Result()
    chance = random.Random(seed)
    with scratch() as top:
        folder = top / "index"
        wanted: set[str] = set()
        for number in range(count):
            if number % 10 == 0:
                shutil.rmtree(folder, ignore_errors=True)
                wanted = set()
            waits = number % 3 == 0
            pair = []
            for which in range(2):
                first = 1000 * number + 500 * which
                box = top / f"{number}-{which}.mbox"
                box.write_bytes(mails(*range(first, first + 300)))
                words = ("index", "--index", folder, box, *(("--wait", 60) if waits else ()))
                process = subprocess.Popen(
                    command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
                )
                pair.append((process, {f"m{n}@example.org" for n in range(first, first + 300)}))
                time.sleep(chance.random() * 0.1)
            for process, keys in pair:
                _, err = process.communicate(timeout=120)
                result.counts[f"exit {process.returncode}"] += 1
                if process.returncode == 0:
                    wanted |= keys
                elif process.returncode != 3 or waits or "is being written by process" not in err:
                    result.faults.append(f"--seed {seed}, round {number}: exit {process.returncode}: {err}")
            result.tried += 1
            try:
                found = keys_of(folder)
                if len(found) != len(set(found)) or set(found) != wanted:
                    result.faults.append(f"--seed {seed}, round {number}: a mixed state")
            except Exception as error:
                result.faults.append(f"--seed {seed}, round {number}: {type(error).__name__}: {error}")
    return result


# Memory.


@dataclass
class Watched:
    """A process that ended: exit code, stderr, the largest RssAnon of it or its children in bytes."""

    code: int
    err: str
    peak: int
    seconds: float


def watched(*words: object) -> Watched:
    """Runs the command line and looks at the memory of its processes fifty times a second."""
    started = time.perf_counter()
    peak = 0
    with tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command(*words), stdout=subprocess.DEVNULL, stderr=err)
        while process.poll() is None:
            peak = max([peak, *map(rss_anon, family(process.pid))])
            time.sleep(0.02)
        err.seek(0)
        return Watched(process.returncode, err.read(), peak, time.perf_counter() - started)


def family(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    with contextlib.suppress(OSError):
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in path.read_text().split():
                yield from family(int(child))


def rss_anon(pid: int) -> int:
    """Bytes of memory that no file backs; 0 where the process is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0


def memory(count: int, seed: int) -> Result:
    """What a run takes that reads `count` MiB in four forms; none may change the archive."""
    result = Result()
    for name, make in (
        ("mails", many_mails),
        ("one mail", one_mail),
        ("fields", many_fields),
        ("bomb", bomb),
    ):
        with scratch() as top:
            path = top / ("a.mbox.gz" if name == "bomb" else "a.mbox")
            make(path, count, random.Random(seed))
            before = path.stat()
            run = watched("index", "--index", top / "index", path)
            after = path.stat()
            result.tried += 1
            result.counts[f"{name}: MB"] = run.peak // MB
            result.counts[f"{name}: seconds"] = round(run.seconds)
            if run.peak > LIMITS[name]:
                result.faults.append(f"{name}: {run.peak // MB} MB")
            if run.code not in (0, 4) or "Traceback" in run.err or "unexpected" in run.err:
                result.faults.append(f"{name}: exit {run.code}, {run.err[-300:]}")
            if (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                result.faults.append(f"{name}: the archive was changed")
            if done("check", "--index", top / "index").returncode:
                result.faults.append(f"{name}: the index is not whole")
    return result


def many_mails(path: Path, size: int, chance: random.Random) -> None:
    """An mbox of `size` MiB: one part in sixteen is prose of new words, the rest attachments."""
    attachment = (
        b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 19 + b"\n"
    )
    attachment += (b"QUJD" * 19 + b"\n") * 800
    with path.open("wb") as file:
        number = 0
        while file.tell() < size << 20:
            words = " ".join(f"word{chance.randrange(200_000)}" for _ in range(400))
            head = mails(number).replace(b"Subject:", b"Content-Type: multipart/mixed; boundary=bb\nSubject:")
            head, _, _ = head.partition(b"\n\n")
            file.write(head + b"\n\n--bb\n\n" + words.encode() + b"\n\n--bb\n" + attachment + b"--bb--\n\n")
            number += 1


def one_mail(path: Path, size: int, chance: random.Random) -> None:
    """One message of `size` MiB of text."""
    with path.open("wb") as file:
        file.write(mails(1))
        block = b"".join(
            f"line word{chance.randrange(10**6)} of the quarry road\n".encode() for _ in range(30_000)
        )
        while file.tell() < size << 20:
            file.write(block)


def many_fields(path: Path, size: int, chance: random.Random) -> None:
    """A message with about 1,000 header fields for each MiB asked for."""
    with path.open("wb") as file:
        file.write(ENVELOPE + b"From: ines@example.org\n")
        for number in range(size * 977):
            file.write(b"X-Field-%d: value %d\n" % (number, chance.randrange(10**6)))
        file.write(b"\nThe body.\n")


def bomb(path: Path, size: int, chance: random.Random) -> None:
    """A small gzip file that unpacks to four times `size` MiB."""
    packer = zlib.compressobj(9, wbits=31)
    zeros = packer.compress(bytes(64 << 20)) + packer.flush()
    with path.open("wb") as file:
        for _ in range(max(1, size * 4 // 64)):
            file.write(zeros)


# Network.

HOOK = """
import os, sys
def hook(event, arguments):
    if event.startswith("socket."):
        with open(os.environ["FAULTS_LOG"], "a") as file:
            file.write(f"{event} {arguments[1:]}\\n")
sys.addaudithook(hook)
"""


def network(count: int, seed: int) -> Result:
    """Every command in a process, and with processes, that write down each event of a socket."""
    result = Result()
    with scratch() as top:
        (top / "hook").mkdir()
        (top / "hook" / "sitecustomize.py").write_text(HOOK)
        log, folder, box = top / "log", top / "index", top / "a.mbox"
        log.touch()
        html = '<img src="http://example.org/a.png"><script src="//example.org/x.js"></script><p>word</p>'
        page = mails(1, text=html).replace(b"Subject:", b"Content-Type: text/html\nSubject:", 1)
        box.write_bytes(page + mails(2, 3, filler=(b"QUJD" * 19 + b"\n") * 60_000))
        environment = {**os.environ, "FAULTS_LOG": str(log), "PYTHONPATH": str(top / "hook")}
        for words in (
            ("index", "--index", folder, "--jobs", "2", box),
            ("update", "--index", folder),
            ("search", "--index", folder, "--json", "word"),
            ("show", "--index", folder, "m1@example.org"),
            ("status", "--index", folder),
            ("check", "--index", folder),
            ("inspect", box),
        ):
            ended = subprocess.run(command(*words), capture_output=True, env=environment, timeout=120)
            result.tried += 1
            if ended.returncode:
                result.faults.append(f"{words[0]}: exit {ended.returncode}: {ended.stderr.decode()[-300:]}")
            if said := log.read_text():
                result.faults.append(f"{words[0]}: {said}")
                log.write_text("")
        control = "import socket; socket.socket(socket.AF_UNIX).bind('')"
        subprocess.run([sys.executable, "-c", control], env=environment, capture_output=True, timeout=60)
        if "socket.bind" not in log.read_text():
            result.faults.append("the hook hears nothing")
    return result


if __name__ == "__main__":
    read_until_stopped(Path(sys.argv[1]), int(sys.argv[2]))
