"""Runs that are killed, and archives that change while they are read."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from searcharc import Index
from searcharc.errors import IndexMissingError
from searcharc.indexer import run_index
from tests.mail import make_maildir, numbered, plain, write

PROGRAM = [sys.executable, "-c", "from searcharc.cli import main; main()"]
ROUNDS = 8


def held(folder: Path) -> list[str]:
    try:
        with Index.open(folder) as index:
            index.check()
            return [h.key for h in index.search("*", limit=None).hits]
    except IndexMissingError:
        return []


def test_a_killed_run_loses_nothing_doubles_nothing_and_needs_no_help(tmp_path: Path) -> None:
    chance = random.Random(11)
    folder, box = tmp_path / "index", tmp_path / "a.mbox"
    total = 300
    write(box, numbered(*range(total)))
    command = [*PROGRAM, "index", "--index", str(folder), str(box)]
    assert subprocess.run(command, stdout=subprocess.DEVNULL, timeout=60).returncode == 0
    known = set(held(folder))
    assert len(known) == total
    killed = 0
    for number in range(ROUNDS):
        total += 100
        write(box, numbered(*range(total)))
        options = [["--rebuild"], ["--jobs", "2"], []][number % 3]
        process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, start_new_session=True)
        while process.poll() is None and not (folder / "searcharc.lock").read_text().strip():
            time.sleep(0.002)
        time.sleep(0.3 * chance.random())
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            killed += 1
        process.wait()
        keys = held(folder)
        assert len(keys) == len(set(keys))
        assert known <= set(keys)
        assert len(keys) in (len(known), total)
        known = set(keys)
    assert killed >= ROUNDS // 2, "else nothing was tried"
    assert subprocess.run(command, stdout=subprocess.DEVNULL, timeout=60).returncode == 0
    assert len(held(folder)) == total
    with Index.open(folder) as index:
        named = {f.name for f in index.manifest.files} | {"manifest.json"}
    assert {p.name for p in folder.iterdir() if not p.name.endswith((".lock", "LOCK"))} == named


def test_an_interrupt_ends_in_a_sentence_and_leaves_the_index(tmp_path: Path) -> None:
    folder, box = tmp_path / "index", write(tmp_path / "a.mbox", numbered(*range(5)))
    run_index(folder, [box])
    write(box, numbered(*range(3000)))
    process = subprocess.Popen(
        [*PROGRAM, "index", "--index", str(folder), str(box)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while process.poll() is None and not (folder / "searcharc.lock").read_text().strip():
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert b"Traceback" not in err
    if process.returncode:
        assert process.returncode == 130
        assert b"interrupted" in err
        assert len(held(folder)) == 5
    run_index(folder, [box])
    assert len(held(folder)) == 3000
    assert out == b"" or process.returncode == 0


def test_a_maildir_whose_files_move_while_it_is_read_gives_its_messages_once(tmp_path: Path) -> None:
    folder = make_maildir(tmp_path / "Maildir", [(f"new/{n}.x.host", plain(n)) for n in range(60)])
    index = tmp_path / "index"
    stop = threading.Event()

    def churn() -> None:
        chance = random.Random(5)
        number = 60
        while not stop.is_set():
            files = [*(folder / "cur").iterdir(), *(folder / "new").iterdir()]
            for file in chance.sample(files, 1):
                name = file.name.split(":")[0]
                file.rename(folder / f"cur/{name}:2,{''.join(sorted(chance.sample('DFPRST', 2)))}")
            write(folder / f"tmp/{number}.x.host", plain(number)).rename(folder / f"new/{number}.x.host")
            number += 1
            time.sleep(0.02)

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        for _ in range(12):
            report = run_index(index, [folder])
            assert report.seen == report.indexed + report.unchanged + report.duplicate + report.failed
            assert report.failed == 0
            keys = held(index)
            assert len(keys) == len(set(keys))
            assert {f"r{n}@example.org" for n in range(60)} <= set(keys), (
                "no message is lost because its flags changed"
            )
    finally:
        stop.set()
        thread.join()
    run_index(index)
    assert set(held(index)) == {
        f"r{n}@example.org" for n in range(len([*(folder / "cur").iterdir(), *(folder / "new").iterdir()]))
    }


def test_readers_meet_no_error_while_others_commit(tmp_path: Path) -> None:
    folder, box = tmp_path / "index", write(tmp_path / "a.mbox", numbered(*range(5)))
    run_index(folder, [box])
    stop = threading.Event()
    faults: list[str] = []
    counts: list[int] = []

    def read() -> None:
        while not stop.is_set():
            try:
                with Index.open(folder) as index:
                    counts.append(index.count("*"))
                    assert len(index.search("report", limit=None).hits) == counts[-1]
            except Exception as error:
                faults.append(repr(error))

    thread = threading.Thread(target=read)
    thread.start()
    try:
        for n in range(6, 46):
            write(box, numbered(*range(n)))
            run_index(folder, [box])
    finally:
        stop.set()
        thread.join()
    assert faults == []
    assert counts == sorted(counts), "an index never goes back"
    assert len(set(counts)) > 5
