"""What is done to an index beside adding: remove, verify; and what status and check tell of it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from searcharc import Index, files
from searcharc.errors import UsageError
from searcharc.indexer import run_index
from searcharc.lock import LOCK_NAME
from searcharc.manifest import read_manifest, write_manifest
from searcharc.readers import open_bytes, read_messages
from searcharc.status import status_record
from tests.conftest import Command
from tests.edits import Dump, dump, run
from tests.mail import ENVELOPE, make_maildir, mbox, numbered, plain, write


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return write(tmp_path / "mail/reports.mbox", numbered(1, 2, 3))


def keys(folder: Path) -> set[str]:
    return set(dump(folder))


def rebuilt(tmp_path: Path, *sources: Path) -> Dump:
    """What a new index of these sources holds."""
    fresh = tmp_path / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    run(fresh, *sources)
    return dump(fresh)


def listing(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.iterdir() if p.name != LOCK_NAME}


# Remove.


def test_a_source_is_forgotten_with_its_messages(searcharc: Command, box: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other.mbox", numbered(3, 4))
    searcharc("index", box.parent, other)
    answer = searcharc("remove", box.parent)
    assert (answer.code, answer.out) == (0, f"forgot {box.parent}: 2 messages removed\n")
    assert dump(tmp_path / "index") == rebuilt(tmp_path, other)
    assert box.exists()
    assert searcharc("update", "--json").json["messages"]["seen"] == 2
    answer = searcharc("remove", box.parent)
    assert answer.code == 2
    assert str(other) in answer.err


def test_a_source_that_is_gone_from_the_disk_can_be_forgotten(
    searcharc: Command, box: Path, tmp_path: Path
) -> None:
    searcharc("index", box, write(tmp_path / "other.mbox", numbered(4)))
    box.unlink()
    assert searcharc("remove", box).code == 0
    answer = searcharc("update", "--json")
    assert (answer.code, answer.json["messages"]["seen"]) == (0, 1)


def test_an_archive_within_a_source_is_none(searcharc: Command, box: Path, tmp_path: Path) -> None:
    searcharc("index", box.parent)
    answer = searcharc("remove", box)
    assert answer.code == 2
    assert str(box.parent) in answer.err
    assert keys(tmp_path / "index") == {f"r{n}@example.org" for n in (1, 2, 3)}


@pytest.mark.parametrize("whole_first", [True, False])
def test_an_archive_of_two_sources_stays_with_the_other(
    home: Path, box: Path, tmp_path: Path, whole_first: bool
) -> None:
    write(box.with_name("second.mbox"), numbered(7))
    sources = (box.parent, box) if whole_first else (box, box.parent)
    run(home, sources[0])
    run(home, sources[1])
    with Index.open(home) as index:
        index.remove(box.parent)
    assert dump(home) == rebuilt(tmp_path, box)
    assert run(home).unchanged == 3
    with Index.open(home) as index:
        assert {a.source for a in index.manifest.archives} == {str(box)}
        with pytest.raises(UsageError):
            index.remove(box.parent)


# What is read.


def test_of_an_mbox_that_grew_only_the_end_is_read(
    home: Path, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(box, numbered(*range(1, 41)))
    run(home, box)
    starts: list[int | None] = []

    def noted(*arguments: object, **options: object) -> object:
        starts.append(options["start"])  # type: ignore[arg-type]
        return read_messages(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("searcharc.reading.read_messages", noted)
    with box.open("ab") as file:
        file.write(numbered(41))
    report = run(home)
    assert (report.seen, report.indexed, report.unchanged) == (41, 1, 40)
    assert starts == [len(numbered(*range(1, 40))) + len(ENVELOPE)]
    # Anything that is no growth is read whole: another message at the front, or the same size.
    for content in (numbered(*range(2, 42), 1, 42), numbered(*range(2, 42), 42, 1)):
        write(box, content)
        run(home)
    assert starts[1:] == [None, None]


def test_a_box_in_which_all_moved_is_not_taken_for_one_that_grew(
    home: Path, box: Path, tmp_path: Path
) -> None:
    run(home, box)
    write(box, numbered(2, 3, 3, 4))  # the third message stands where it stood
    run(home)
    assert dump(home) == rebuilt(tmp_path, box)


def test_a_change_that_left_the_size_is_found_by_reading(home: Path, box: Path, tmp_path: Path) -> None:
    write(box, numbered(*range(100, 300)))
    run(home, box)
    for number in (101, 104, 107):
        write(box, box.read_bytes().replace(f"word{number}".encode(), f"lamp{number}".encode()))
    assert run(home).indexed == 3
    assert dump(home) == rebuilt(tmp_path, box)


def test_of_a_maildir_only_files_that_are_new_or_were_written_are_read(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = [(f"cur/100{n}.a.host:2,", plain(n)) for n in range(1, 6)]
    folder = make_maildir(tmp_path / "Maildir", [*mails, ("new/1009.a.host", plain(9))])
    long = write(folder / "cur/1008.a.host:2,", plain(8, body="word " * 500))
    assert len(run(home, folder, max_message=1024).problems) == 1
    (folder / "cur/1001.a.host:2,").rename(folder / "cur/1001.a.host:2,RS")
    (folder / "new/1009.a.host").rename(folder / "cur/1009.a.host:2,S")
    (folder / "cur/1002.a.host:2,").unlink()
    write(folder / "cur/1003.a.host:2,", plain(3, body="A lantern in its place."))
    write(folder / "new/1010.a.host", plain(10))
    opened: list[str] = []

    def noted(path: bytes) -> object:
        opened.append(Path(os.fsdecode(path)).name)
        return open_bytes(path)

    monkeypatch.setattr("searcharc.readers.maildir.open_bytes", noted)
    report = run(home, max_message=1024)
    assert set(opened) == {"1003.a.host:2,", "1010.a.host"}
    assert (report.seen, report.indexed, report.unchanged) == (7, 2, 5)
    with Index.open(home) as index:
        (problem,) = status_record(index)["problems"]
        assert problem["archive"] == str(long), "what was not read again is still known"
        assert index.message("r9@example.org").source.file == "cur/1009.a.host:2,S"
    monkeypatch.undo()
    run(tmp_path / "fresh", folder, max_message=1024)
    assert dump(home) == dump(tmp_path / "fresh")


@pytest.mark.parametrize("cut", [1, 20, 60, 200])
def test_a_delivery_that_was_cut_is_whole_when_it_goes_on(
    home: Path, box: Path, tmp_path: Path, cut: int
) -> None:
    whole = numbered(1, 2, 3, 4)
    write(box, whole[:-cut])
    run(home, box)
    write(box, whole + numbered(5))
    run(home)
    assert dump(home) == rebuilt(tmp_path, box)


def test_text_that_follows_the_last_message_belongs_to_it(home: Path, box: Path, tmp_path: Path) -> None:
    run(home, box)
    with box.open("ab") as file:
        file.write(b"From a distance it looked like more of the text.\nMore text.\n")
    run(home)
    assert dump(home) == rebuilt(tmp_path, box)
    with Index.open(home) as index:
        assert index.message("r3@example.org").paragraphs[-1].text.endswith("More text.")


def test_verify_finds_what_left_size_and_time_as_they_were(home: Path, box: Path, tmp_path: Path) -> None:
    run(home, box)
    before = box.stat()
    write(box, numbered(1, 2, 3).replace(b"word2", b"wordX"))
    os.utime(box, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run(home).unchanged == 3
    assert run(home, verify=True).indexed == 1
    assert dump(home) == rebuilt(tmp_path, box)


def test_verify_writes_no_document_where_nothing_changed(home: Path, box: Path, tmp_path: Path) -> None:
    make_maildir(tmp_path / "mail/Maildir", [("cur/1.a.host:2,S", plain(9))])
    run(home, box.parent)
    before = dump(home)
    report = run(home, verify=True)
    assert (report.seen, report.unchanged, report.removed) == (4, 4, 0)
    assert dump(home) == before


def test_if_changed_says_and_writes_nothing_where_nothing_changed(
    searcharc: Command, box: Path, home: Path
) -> None:
    searcharc("index", box)
    before = listing(home)
    answer = searcharc("update", "--if-changed")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert listing(home) == before
    assert searcharc("update", "--if-changed", "--json").json["messages"]["unchanged"] == 3
    write(box, numbered(1, 2, 3, 4))
    answer = searcharc("update", "--if-changed")
    assert (answer.code, answer.out.count("\n"), answer.err) == (0, 1, "")
    assert answer.out.startswith("4 seen, 1 indexed, 3 unchanged in ")
    box.unlink()
    answer = searcharc("update", "--if-changed")
    assert (answer.code, answer.out) == (4, "")
    assert str(box) in answer.err


# Status and check.


def test_status_adds_up_with_copies_purges_and_what_was_not_read(searcharc: Command, box: Path) -> None:
    write(box.with_name("other.mbox"), numbered(2, 3, 4))
    notes = write(box.with_name("notes.txt"), b"No mail at all.\n")
    long = mbox(plain(5, body="word " * 500), plain(6))
    write(box.with_name("long.mbox"), long)
    assert searcharc("index", "--max-message", "1k", box.parent).code == 4
    searcharc("purge", "r3@example.org")
    status = searcharc("status", "--json").json
    assert status["sums"] == {"seen": 8, "messages": 5, "duplicate": 1, "purged": 2}
    assert status["sums"]["seen"] == sum(a["messages"] for a in status["archives"])
    assert [p["archive"] for p in status["problems"]] == [str(box.with_name("long.mbox"))]
    searcharc("update", "--max-message", "1k")
    status = searcharc("status", "--json").json
    assert [p["archive"] for p in status["problems"]] == [str(box.with_name("long.mbox")), str(notes)]
    text = searcharc("status").out
    assert "8 in the archives = 5 messages + 1 duplicate + 2 purged" in text
    assert "long.mbox at byte" in text


def test_status_tells_what_is_stale(searcharc: Command, box: Path) -> None:
    write(box.with_name("other.mbox"), numbered(7))
    searcharc("index", box.parent)
    assert searcharc("status", "--json").json["sources"][0]["changes"] == {
        "came": [],
        "changed": [],
        "went": [],
        "unread": [],
    }
    write(box, numbered(1))
    box.with_name("other.mbox").rename(box.with_name("new.mbox"))
    (source,) = searcharc("status", "--json").json["sources"]
    assert source["state"] == "stale"
    assert source["changes"] == {
        "came": [str(box.with_name("new.mbox"))], "changed": [str(box)], "went": [str(box.with_name("other.mbox"))],
        "unread": [],
    }  # fmt: skip


def test_status_tells_why_the_last_run_failed(
    searcharc: Command, box: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcharc("index", box)
    assert searcharc("status", "--json").json["failed_run"] is None
    write(box, numbered(1, 2, 3, 4))
    full = True

    def rename(old: Path, new: Path) -> None:
        if full and new.suffix == ".arrays":
            raise OSError(28, "No space left on device")
        old.replace(new)

    monkeypatch.setattr(files, "rename", rename)
    assert searcharc("update").code == 3
    failed = searcharc("status", "--json").json["failed_run"]
    assert "No space left on device" in failed["error"]
    assert "No space left on device" in searcharc("status").out
    full = False
    assert searcharc("update").code == 0
    assert searcharc("status", "--json").json["failed_run"] is None


def test_status_tells_of_a_run_that_goes_on_and_of_one_that_was_killed(
    searcharc: Command, box: Path, home: Path
) -> None:
    searcharc("index", box)
    assert searcharc("status", "--json").json["writer"] is None
    lock = home / LOCK_NAME
    lock.write_text(f"{os.getpid()} 2014-03-03 10:00:00 UTC\n")
    assert searcharc("status", "--json").json["writer"] == {
        "process": str(os.getpid()), "since": "2014-03-03 10:00:00 UTC", "alive": True
    }  # fmt: skip
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    lock.write_text(f"{ended.pid} 2014-03-03 10:00:00 UTC\n")
    assert "did not end" in searcharc("status").out
    assert searcharc("update").code == 0
    assert searcharc("status", "--json").json["writer"] is None


def test_check_offers_a_command_that_mends(searcharc: Command, box: Path, tmp_path: Path) -> None:
    home = tmp_path / "an index"
    searcharc("index", box, index=home)
    searcharc("purge", "word2", index=home)
    assert searcharc("check", "--json", index=home).json["files"] == len(
        json.loads((home / "manifest.json").read_text())["files"]
    )
    segment = next(home.glob("*.arrays"))
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    answer = searcharc("check", index=home)
    assert answer.code == 3
    assert segment.name in answer.err
    command = shlex.split(answer.err.splitlines()[-1].partition("searcharc ")[2])
    assert searcharc(*command).code == 0
    assert searcharc("check", index=home).code == 0
    assert keys(home) == {"r1@example.org", "r3@example.org"}


def test_a_run_without_sources_is_refused_after_the_last_was_removed(home: Path, box: Path) -> None:
    run_index(home, [box])
    with Index.open(home) as index:
        index.remove(box)
        assert index.count("*") == 0
    with pytest.raises(UsageError):
        run_index(home)


# Archives that are away.


def test_archives_of_a_disk_that_is_not_mounted_in_a_source_stay(
    searcharc: Command, box: Path, home: Path, tmp_path: Path
) -> None:
    """What shows it is the file system's number, which is another one where the disk was."""
    disk = write(box.parent / "disk/far/second.mbox", numbered(7)).parent.parent
    searcharc("index", box.parent)
    before = dump(home)
    away = disk.rename(tmp_path / "away")
    disk.mkdir()
    manifest = read_manifest(home)
    elsewhere = [replace(a, device=a.device + ("second" in a.path)) for a in manifest.archives]
    write_manifest(home, replace(manifest, archives=tuple(elsewhere)))
    answer = searcharc("update", "--json")
    assert (answer.code, answer.json["messages"]["unchanged"], answer.json["messages"]["removed"]) == (
        4,
        4,
        0,
    )
    assert [p["archive"] for p in answer.json["problems"]] == [str(disk)]
    assert dump(home) == before
    disk.rmdir()
    away.rename(disk)
    assert searcharc("update").code == 0
    assert dump(home) == before
    shutil.rmtree(disk)
    assert searcharc("update", "--json").json["messages"]["removed"] == 1


def test_a_folder_that_was_deleted_is_gone(searcharc: Command, box: Path, home: Path) -> None:
    folder = write(box.parent / "folder/second.mbox", numbered(7)).parent
    searcharc("index", box.parent)
    shutil.rmtree(folder)
    assert searcharc("update", "--json").json["messages"]["removed"] == 1


def test_a_run_goes_on_where_the_only_copy_left_is_away(home: Path, box: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "zoo/quarry.mbox", mbox(plain(2, fields=["Received: from another host"])))
    run(home, box, other)
    away = other.rename(tmp_path / "away.mbox")
    write(box, numbered(1, 3))
    report = run(home)
    assert [p.archive for p in report.problems] == [str(other)]
    record = dump(home)["r2@example.org"]
    assert (record["source"]["archive"], record["copies"], record["lists"]) == (str(other), [], ["quarry"])
    away.rename(other)
    assert run(home).problems == ()
    assert dump(home) == rebuilt(tmp_path, box, other)
