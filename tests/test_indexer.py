"""What a run does with archives that came, went or changed: counts add up, nothing is lost or doubled."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from searcharc import Index, files
from searcharc.engines.whoosh.engine import WhooshWriter
from searcharc.errors import IndexWriteError, UsageError
from searcharc.indexer import Progress, run_index
from searcharc.lock import WriteLock
from searcharc.manifest import sealed
from searcharc.message.parse import parse_raw
from searcharc.models import IndexReport
from tests.conftest import Command
from tests.edits import Dump, Tree, dump
from tests.edits import run as index
from tests.mail import ENVELOPE, mail, make_maildir, mbox, numbered, plain, write


def counts(report: IndexReport) -> dict[str, int]:
    """What is not nought."""
    names = ("seen", "indexed", "unchanged", "duplicate", "removed", "failed")
    return {n: getattr(report, n) for n in names if getattr(report, n)}


def rebuilt(tmp_path: Path, *sources: Path, **options: Any) -> Dump:
    """What a new index of the same sources holds."""
    fresh = tmp_path / "fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    index(fresh, *sources, **options)
    return dump(fresh)


def keys(folder: Path) -> set[str]:
    return set(dump(folder))


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return write(tmp_path / "mail/reports.mbox", numbered(1, 2, 3))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "index"


# What a run finds.


def test_a_first_run_indexes_all(home: Path, box: Path) -> None:
    report = index(home, box)
    assert counts(report) == {"seen": 3, "indexed": 3}
    assert [(a.path, a.format, a.messages) for a in report.archives] == [(str(box), "mbox", 3)]
    assert report.problems == ()
    assert report.index["messages"] == 3
    assert report.index["bytes"] > 0
    assert keys(home) == {"r1@example.org", "r2@example.org", "r3@example.org"}


def test_a_second_run_finds_all_unchanged_and_writes_no_document(home: Path, box: Path) -> None:
    index(home, box)
    before, files = dump(home), listing(home)
    report = index(home, box)
    assert counts(report) == {"seen": 3, "unchanged": 3}
    assert dump(home) == before
    files_now = listing(home)
    assert {n: f for n, f in files_now.items() if n != "manifest.json"} == {
        n: f for n, f in files.items() if n != "manifest.json"
    }


def test_an_appended_message_is_the_only_one_read(home: Path, box: Path, tmp_path: Path) -> None:
    index(home, box)
    write(box, numbered(1, 2, 3, 4))
    assert counts(index(home)) == {"seen": 4, "indexed": 1, "unchanged": 3}
    assert dump(home) == rebuilt(tmp_path, box)


def test_a_removed_message_leaves_the_index(home: Path, box: Path, tmp_path: Path) -> None:
    index(home, box)
    write(box, numbered(1, 3))
    assert counts(index(home)) == {"seen": 2, "unchanged": 2, "removed": 1}
    assert keys(home) == {"r1@example.org", "r3@example.org"}
    assert dump(home) == rebuilt(tmp_path, box)
    with Index.open(home) as opened:
        assert opened.count("word2") == 0


def test_a_changed_message_takes_the_place_of_the_old_one(home: Path, box: Path, tmp_path: Path) -> None:
    index(home, box)
    write(box, mbox(plain(1), plain(2, body="A lantern in its place."), plain(3)))
    report = index(home)
    assert (report.seen, report.indexed, report.unchanged) == (3, 1, 2)
    assert dump(home) == rebuilt(tmp_path, box)
    with Index.open(home) as opened:
        assert (opened.count("word2"), opened.count("lantern")) == (0, 1)


def test_a_touched_file_is_read_and_nothing_changes(home: Path, box: Path) -> None:
    index(home, box)
    before = dump(home)
    os.utime(box, (1, 1))
    assert counts(index(home)) == {"seen": 3, "unchanged": 3}
    assert dump(home) == before


def test_a_renamed_file_keeps_its_messages(home: Path, box: Path, tmp_path: Path) -> None:
    index(home, box.parent)
    moved = box.rename(box.with_name("moved.mbox"))
    report = index(home)
    assert report.removed == 0
    assert {r["source"]["archive"] for r in dump(home).values()} == {str(moved)}
    assert dump(home) == rebuilt(tmp_path, box.parent)
    with Index.open(home) as opened:
        assert opened.raw(opened.message("r2@example.org")) == plain(2)


def test_a_deleted_file_of_a_folder_takes_its_messages_with_it(home: Path, box: Path, tmp_path: Path) -> None:
    other = write(box.with_name("other.mbox"), numbered(7, 8))
    index(home, box.parent)
    box.unlink()
    assert counts(index(home)) == {"seen": 2, "unchanged": 2, "removed": 3}
    assert dump(home) == rebuilt(tmp_path, box.parent)
    assert {r["source"]["archive"] for r in dump(home).values()} == {str(other)}


def test_a_new_file_of_a_folder_is_found(home: Path, box: Path, tmp_path: Path) -> None:
    index(home, box.parent)
    write(box.parent / "deep/new.mbox", numbered(9))
    assert counts(index(home)) == {"seen": 4, "indexed": 1, "unchanged": 3}
    assert dump(home) == rebuilt(tmp_path, box.parent)


def test_only_the_given_sources_are_walked(home: Path, box: Path, tmp_path: Path) -> None:
    index(home, box)
    write(box, numbered(1, 2, 3, 4))
    other = write(tmp_path / "elsewhere.mbox", numbered(9))
    assert counts(index(home, other)) == {"seen": 1, "indexed": 1}
    assert "r4@example.org" not in keys(home)
    assert counts(index(home)) == {"seen": 5, "indexed": 1, "unchanged": 4}


def test_a_source_given_twice_is_read_once(home: Path, box: Path) -> None:
    assert counts(index(home, box, box, box.parent)) == {"seen": 3, "indexed": 3}
    assert counts(index(home)) == {"seen": 3, "unchanged": 3}


def test_maildir_flags_and_moves_from_new_to_cur_change_nothing_but_the_place(
    home: Path, tmp_path: Path
) -> None:
    folder = make_maildir(tmp_path / "Maildir", [("cur/1.a.host:2,", plain(1)), ("new/2.b.host", plain(2))])
    assert counts(index(home, folder)) == {"seen": 2, "indexed": 2}
    (folder / "cur/1.a.host:2,").rename(folder / "cur/1.a.host:2,RS")
    (folder / "new/2.b.host").rename(folder / "cur/2.b.host:2,S")
    assert counts(index(home)) == {"seen": 2, "unchanged": 2}
    assert dump(home) == rebuilt(tmp_path, folder)
    with Index.open(home) as opened:
        assert opened.raw(opened.message("r1@example.org")) == plain(1)


# The same message more than once.


def test_one_message_in_two_lists_is_one_with_both(home: Path, tmp_path: Path) -> None:
    one = write(tmp_path / "mail/harbour.mbox", numbered(1))
    two = write(tmp_path / "mail/quarry.mbox", mbox(plain(1, fields=["Received: by another host"])))
    report = index(home, one.parent)
    assert counts(report) == {"seen": 2, "indexed": 1, "duplicate": 1}
    (record,) = dump(home).values()
    assert record["lists"] == ["harbour", "quarry"]
    assert record["source"]["archive"] == str(one)
    assert [c["archive"] for c in record["copies"]] == [str(two)]
    with Index.open(home) as opened:
        assert [opened.count(f"list:{n}") for n in ("harbour", "quarry", "meadow")] == [1, 1, 0]
    two.unlink()
    index(home)
    (record,) = dump(home).values()
    assert (record["lists"], record["copies"]) == (["harbour"], [])
    with Index.open(home) as opened:
        assert opened.count("list:quarry") == 0


def test_a_copy_that_loses_its_source_takes_its_place(home: Path, tmp_path: Path) -> None:
    one = write(tmp_path / "mail/harbour.mbox", numbered(1, 2))
    write(tmp_path / "mail/quarry.mbox", numbered(1))
    index(home, one.parent)
    one.unlink()
    report = index(home)
    assert report.removed == 1
    assert dump(home) == rebuilt(tmp_path, one.parent)
    with Index.open(home) as opened:
        assert opened.raw(opened.message("r1@example.org")) == plain(1)


def test_footers_and_list_tags_make_no_other_message(home: Path, tmp_path: Path) -> None:
    footer = "_______________________________________________\nWatershed mailing list\nWatershed@lists.example.org\nhttp://lists.example.org/listinfo/watershed"
    one = write(tmp_path / "mail/a.mbox", mbox(plain(1)))
    tagged = plain(
        1,
        subject="[watershed] Report 1",
        body=f"First line of report 1.\n\n1. The word1 stands in a paragraph.\n\n{footer}",
    )
    write(tmp_path / "mail/b.mbox", mbox(tagged))
    assert counts(index(home, one.parent)) == {"seen": 2, "indexed": 1, "duplicate": 1}
    assert len(dump(home)) == 1


def test_the_same_id_with_other_content_is_a_message_of_its_own(home: Path, tmp_path: Path) -> None:
    box = write(tmp_path / "a.mbox", mbox(plain(1), plain(1, body="Another text about a lantern.")))
    assert counts(index(home, box)) == {"seen": 2, "indexed": 2}
    records = dump(home)
    assert len(records) == 2
    assert {r["message_id"] for r in records.values()} == {"r1@example.org"}
    first = records.pop("r1@example.org")
    assert "word1" in first["paragraphs"][-1]["text"]
    ((key, second),) = records.items()
    assert "lantern" in second["paragraphs"][0]["text"]
    with Index.open(home) as opened:
        assert opened.message(key).key == key
        assert opened.count("id:r1@example.org") == 2


def test_messages_without_an_id_get_the_key_of_their_content(home: Path, tmp_path: Path) -> None:
    nameless = [plain(n, message_id=None) for n in (1, 2, 1)]
    box = write(tmp_path / "a.mbox", mbox(*nameless))
    assert counts(index(home, box)) == {"seen": 3, "indexed": 2, "duplicate": 1}
    before = dump(home)
    assert all(r["message_id"] is None and r["key"].startswith("sha-") for r in before.values())
    write(box, mbox(*reversed(nameless)))
    index(home)
    assert set(dump(home)) == set(before)


def test_content_without_an_id_and_the_same_under_a_used_id_have_keys_of_their_own(
    home: Path, tmp_path: Path
) -> None:
    other = plain(1, body="Another text about a lantern.")
    index(home, write(tmp_path / "a.mbox", mbox(other, plain(1), plain(1, message_id=None))))
    with Index.open(home) as opened:
        hits = opened.search("*", limit=None).hits
        assert len({h.key for h in hits}) == len(hits) == 3
        assert [opened.message(h.key) for h in hits] == [h.message for h in hits]


def test_the_list_that_is_given_stands_for_the_archive(home: Path, box: Path, tmp_path: Path) -> None:
    index(home, box, list_name="governance")
    assert {tuple(r["lists"]) for r in dump(home).values()} == {("governance",)}
    index(home, box)  # what was said once stays said
    assert {tuple(r["lists"]) for r in dump(home).values()} == {("governance",)}
    report = index(home, box, list_name="watershed")
    assert report.seen == 3
    assert dump(home) == rebuilt(tmp_path, box, list_name="watershed")


# Bad input.


def test_a_missing_source_stops_the_run_before_anything_is_done(
    searcharc: Command, home: Path, box: Path, tmp_path: Path
) -> None:
    answer = searcharc("index", box, tmp_path / "nowhere.mbox")
    assert answer.code == 2
    assert "nowhere.mbox" in answer.err
    assert not home.exists()
    searcharc("index", box)
    before = listing(home)
    assert searcharc("index", "--json", tmp_path / "nowhere.mbox").json["error"]["kind"] == "usage"
    assert listing(home) == before


@pytest.mark.parametrize("how", ["file gone", "folder gone", "folder empty"])
def test_messages_of_a_vanished_archive_stay_and_it_is_named(
    searcharc: Command, home: Path, box: Path, tmp_path: Path, how: str
) -> None:
    other = write(tmp_path / "other.mbox", numbered(8))
    source = box if how == "file gone" else box.parent
    searcharc("index", source, other)
    before = dump(home)
    away = box.rename(tmp_path / "away.mbox")
    if how == "folder gone":
        box.parent.rmdir()
    write(other, numbered(8, 9))
    answer = searcharc("update", "--json")
    assert answer.code == 4
    assert [p["archive"] for p in answer.json["problems"]] == [str(source)]
    assert answer.json["messages"] == {
        "seen": 5, "indexed": 1, "unchanged": 4, "duplicate": 0, "removed": 0, "failed": 0
    }  # fmt: skip
    assert {k: v for k, v in dump(home).items() if k != "r9@example.org"} == before
    assert json.loads(searcharc("status", "--json").out)["stale"] is True
    write(box, away.read_bytes())
    answer = searcharc("update", "--json")
    assert (answer.code, answer.json["messages"]["unchanged"]) == (0, 5)


def test_what_comes_before_the_cut_of_a_gz_is_kept(searcharc: Command, home: Path, tmp_path: Path) -> None:
    chance = random.Random(3)
    noise = {n: " ".join(f"w{chance.randrange(10**6)}" for _ in range(900)) for n in range(8)}
    whole = gzip.compress(mbox(*(plain(n, body=f"word{n} {noise[n]}") for n in range(8))))
    box = write(tmp_path / "a.mbox.gz", whole[: len(whole) * 2 // 3])
    other = write(tmp_path / "b.mbox", numbered(9))
    for expected in ("first", "again"):
        answer = searcharc("index", "--json", box, other)
        assert answer.code == 4, expected
        assert "a.mbox.gz" in answer.err
        held = keys(home)
        assert "r9@example.org" in held
        assert 4 <= len(held) <= 7
    box.write_bytes(whole)
    assert searcharc("update").code == 0
    assert dump(home) == rebuilt(tmp_path, box, other)
    assert len(keys(home)) == 9
    box.write_bytes(whole[: len(whole) // 3])
    assert searcharc("update").code == 4
    assert len(keys(home)) == 9, "what could not be reached is kept"


def test_files_that_are_no_mail_are_named_and_the_rest_is_indexed(
    searcharc: Command, home: Path, box: Path
) -> None:
    write(box.with_name("picture.png"), b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    write(box.with_name("notes.txt"), b"Only notes.\nNothing else.\n")
    write(box.with_name("empty"), b"")
    answer = searcharc("index", "--json", box.parent)
    assert answer.code == 4
    assert sorted(Path(p["archive"]).name for p in answer.json["problems"]) == ["notes.txt", "picture.png"]
    assert len(keys(home)) == 3
    assert searcharc("index", box.with_name("notes.txt")).code == 4


@pytest.mark.parametrize(
    ("name", "content", "query"),
    [
        (
            "unknown charset",
            mail(body="café quarry", fields=["Content-Type: text/plain; charset=x-unknown"]),
            "café quarry",
        ),
        ("NUL bytes", mail(subject="Har\0bour", body="before\0after quarry"), "quarry"),
        ("no date", mail(date=None), "quarry"),
        ("a date that is none", mail(date="Sat, 30 Feb 2002 10:00:00 +0000"), "quarry"),
        ("no header but one", b"Subject: quarry\n\ntext\n", "quarry"),
        ("no body", b"From: ann@example.org\nSubject: quarry\n\n", "subject:quarry"),
        ("no end of the header", b"From: ann@example.org\nSubject: quarry\n", "subject:quarry"),
        ("bytes of no charset", mail(body=b"caf\xe9 quarry \x81\x8d\xff"), "quarry"),
        ("a lone surrogate in UTF-8", mail(body=b"quarry \xed\xa0\x80 end"), "quarry"),
        (
            "base64 that is none",
            mail(body="quarry !!!", fields=["Content-Transfer-Encoding: base64"]),
            "subject:harbour",
        ),
        ("an id of brackets", mail(message_id="<<[odd]>>"), "quarry"),
        ("an id of 5000 characters", mail(message_id="x" * 5000 + "@example.org"), "quarry"),
        ("an id with a blank and a hash", mail(message_id="a b#p7@example.org"), "quarry"),
        ("a term of 5000 letters", mail(body="x" * 5000 + " quarry"), "quarry"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_odd_mail_is_indexed_and_found_and_shown(
    searcharc: Command, home: Path, tmp_path: Path, name: str, content: bytes, query: str
) -> None:
    box = write(tmp_path / "a.mbox", ENVELOPE + content + b"\n" + ENVELOPE + plain(7))
    answer = searcharc("index", "--json", box)
    assert answer.code == 0
    assert answer.json["messages"]["indexed"] == 2
    with Index.open(home) as opened:
        (hit,) = opened.search(query).hits
        assert opened.raw(hit.message) == content
    assert searcharc("show", "--", hit.key).code == 0
    assert searcharc("show", "--raw", "--", hit.key).bytes_out == content
    assert dump(home) == rebuilt(tmp_path, box)


def test_a_long_message_is_cut_named_and_the_next_is_read(
    searcharc: Command, home: Path, tmp_path: Path
) -> None:
    long = plain(1, body="early " + "filler " * 500 + "late")
    box = write(tmp_path / "a.mbox", mbox(long, plain(2)))
    answer = searcharc("index", "--json", "--max-message", "2k", box)
    assert answer.code == 4
    (problem,) = answer.json["problems"]
    assert (problem["archive"], problem["offset"]) == (str(box), len(ENVELOPE))
    assert answer.json["messages"]["indexed"] == 2
    records = dump(home)
    assert records["r1@example.org"]["defects"]
    assert records["r1@example.org"]["source"]["length"] == len(long)
    with Index.open(home) as opened:
        assert (opened.count("early"), opened.count("late"), opened.count("word2")) == (1, 0, 1)
        assert opened.raw(opened.message("r1@example.org")) == long


def test_a_message_that_breaks_the_parser_is_counted_and_named_and_the_rest_is_indexed(
    searcharc: Command, home: Path, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sometimes(raw: Any, **options: Any) -> Any:
        if b"word2 " in raw.raw:
            raise ValueError("a fault of the parser")
        return parse_raw(raw, **options)

    for module, name in everywhere("parse_raw"):
        monkeypatch.setattr(module, name, sometimes)
    answer = searcharc("index", "--json", box)
    assert answer.code == 4
    assert answer.json["messages"]["seen"] == 3
    assert answer.json["messages"]["failed"] + answer.json["messages"]["indexed"] == 3
    (problem,) = answer.json["problems"]
    assert problem["offset"] is not None
    assert {"r1@example.org", "r3@example.org"} <= keys(home)


# Other processes.


@pytest.mark.parametrize("jobs", [2, 3])
def test_the_number_of_jobs_changes_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    chance = random.Random(99)
    tree = Tree(tmp_path / "tree", chance)
    write(tmp_path / "tree/long.mbox", numbered(*range(100, 300)))
    alone = rebuilt(tmp_path, tree.top, jobs=1)
    for module, name in everywhere("WORTH_WORKERS"):
        monkeypatch.setattr(module, name, 0)
    assert index(home, tree.top, jobs=jobs).indexed == len(alone)
    assert dump(home) == alone
    tree.append()
    tree.replace()
    index(home, jobs=jobs)
    assert dump(home) == rebuilt(tmp_path, tree.top, jobs=1)


# What fails leaves the old index.


def listing(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Every file below a folder: size, time, content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(".lock"):
            status = path.stat()
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[str(path.relative_to(folder))] = (status.st_size, status.st_mtime_ns, digest)
    return found


class Failing:
    """Lets the Nth call of some functions fail; `calls` counts them all."""

    def __init__(
        self, patch: pytest.MonkeyPatch, places: Iterable[tuple[Any, str]], number: int, error: BaseException
    ) -> None:
        self.calls = 0
        for home, name in places:
            patch.setattr(home, name, self.wrap(getattr(home, name), number, error))

    def wrap(self, call: Any, number: int, error: BaseException) -> Any:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls == number:
                raise error
            return call(*arguments, **options)

        return counted


def everywhere(name: str) -> list[tuple[Any, str]]:
    """The modules of the program that know something by this name."""
    modules = [
        m for n, m in sorted(sys.modules.items()) if n.startswith("searcharc.") and n != "searcharc.archive"
    ]
    found = [(m, name) for m in modules if name in vars(m)]
    assert found, name
    return found


def places_of(step: str) -> list[tuple[Any, str]]:
    match step:
        case "parse":
            return everywhere("parse_raw")
        case "write":
            return [(files, "sync"), (files, "rename")]
        case "open":
            return [(files, "create")]
        case _:
            return [(WhooshWriter, "commit"), *everywhere("write_manifest"), *everywhere("write_ledger")]


ERRORS: dict[str, BaseException] = {
    "full": OSError(28, "No space left on device"),
    "io": OSError(5, "Input/output error"),
    "interrupt": KeyboardInterrupt(),
    "refused": IndexWriteError("the index cannot be written"),
}


@pytest.mark.parametrize("rebuild", [False, True], ids=["update", "rebuild"])
@pytest.mark.parametrize(
    ("step", "kind"),
    [("parse", "interrupt"), ("write", "full"), ("write", "io"), ("write", "interrupt"), ("open", "full"),
     ("commit", "refused"), ("commit", "interrupt")],
)  # fmt: skip
def test_a_run_that_fails_at_any_step_leaves_the_old_index_and_the_next_succeeds(
    home: Path, tmp_path: Path, step: str, kind: str, rebuild: bool
) -> None:
    first = write(tmp_path / "mail/a.mbox", numbered(1, 2, 3))
    index(home, first.parent)
    before = dump(home)
    write(first, mbox(plain(1), plain(3), plain(4), plain(1, body="Another text.")))
    write(tmp_path / "mail/b.mbox", numbered(3, 5))
    wanted = rebuilt(tmp_path, first.parent)
    saved = tmp_path / "saved"
    shutil.copytree(home, saved)
    number = failures = 0
    while True:
        number += 1
        shutil.rmtree(home)
        shutil.copytree(saved, home)
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, places_of(step), number, ERRORS[kind])
            try:
                index(home, rebuild=rebuild)
            except (IndexWriteError, KeyboardInterrupt, OSError) as error:
                failures += 1
                assert isinstance(error, IndexWriteError | KeyboardInterrupt), f"call {number}: {error!r}"
            except Exception as error:
                pytest.fail(f"call {number} of {step}: {error!r}")
        if failing.calls < number:
            break
        held = dump(home)
        assert held in (before, wanted), f"call {number}"
        index(home)
        assert dump(home) == wanted, f"call {number}"
    assert failures >= 2


def test_a_first_run_that_fails_leaves_a_folder_that_can_be_indexed_into(
    home: Path, box: Path, searcharc: Command
) -> None:
    for number in range(1, 40):
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(patch, places_of("write"), number, ERRORS["full"])
            answer = searcharc("index", box)
        if failing.calls < number:
            assert answer.code == 0
            break
        if answer.code:
            assert answer.code == 3
            assert "No space left" in answer.err
            assert searcharc("search", "word1").code in (0, 3)  # 0: only the last sync was refused
        assert searcharc("index", box).code == 0
        assert len(dump(home)) == 3
        shutil.rmtree(home)
    else:
        pytest.fail("the run never ended")
    assert number > 2


def test_leftovers_of_failed_runs_are_swept(home: Path, box: Path) -> None:
    index(home, box)
    write(box, numbered(1, 2, 3, 4))
    for number in (3, 5, 7):
        with pytest.MonkeyPatch.context() as patch:
            Failing(patch, places_of("write"), number, ERRORS["full"])
            with pytest.raises(IndexWriteError):
                index(home)
    index(home)
    index(home)
    with Index.open(home) as opened:
        named = {f.name for f in opened.manifest.files} | {"manifest.json"}
    assert {p.name for p in home.iterdir() if not p.name.endswith((".lock", "LOCK"))} == named


def test_a_reader_goes_on_from_its_commit_while_others_write(home: Path, box: Path) -> None:
    index(home, box)
    with Index.open(home) as reader:
        for n in range(4, 10):
            write(box, numbered(*range(2, n)))
            index(home)
            assert reader.count("*") == 3
            assert reader.search("word1").hits[0].message.paragraphs
        reader.refresh()
        assert reader.count("*") == 7
        assert reader.count("word1") == 0


# Who may write, and on what.


def test_a_second_writer_is_told_who_writes(searcharc: Command, home: Path, box: Path) -> None:
    searcharc("index", box)
    with WriteLock(home):
        for command in (("index", box), ("update",), ("index", "--rebuild", box)):
            answer = searcharc(*command)
            assert answer.code == 3
            assert f"process {os.getpid()} since" in answer.err
        answer = searcharc("update", "--json")
        assert answer.json["error"]["kind"] == "index-locked"
        assert searcharc("search", "word1").code == 0, "readers need no lock"
    assert searcharc("update").code == 0


def test_a_folder_that_cannot_be_written_is_named(
    searcharc: Command, home: Path, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcharc("index", box)
    write(box, numbered(1, 2, 3, 4))
    opened = os.open

    def read_only(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        if str(path).startswith(str(home)) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            raise OSError(30, "Read-only file system")
        return opened(path, flags, *arguments, **options)

    monkeypatch.setattr(os, "open", read_only)
    answer = searcharc("update")
    assert answer.code == 3
    assert "Read-only file system" in answer.err
    assert searcharc("search", "word3").code == 0
    monkeypatch.undo()


def test_an_index_folder_that_is_a_file_is_refused(searcharc: Command, box: Path, tmp_path: Path) -> None:
    place = write(tmp_path / "afile", b"x")
    assert searcharc("index", box, index=place).code in (2, 3)
    assert searcharc("index", box, index=place / "deeper").code in (2, 3)
    assert searcharc("search", "x", index=place).code == 3
    assert place.read_bytes() == b"x"


@pytest.mark.parametrize("name", ["format", "rules", "analysis"])
def test_an_index_of_another_version_says_how_to_rebuild_and_can_be(
    searcharc: Command, home: Path, box: Path, name: str
) -> None:
    searcharc("index", box)
    before = dump(home)
    record = json.loads((home / "manifest.json").read_text())
    record[name] += 1
    (home / "manifest.json").write_text(json.dumps(record))
    for command in (
        ("search", "word1"),
        ("count", "word1"),
        ("status",),
        ("check",),
        ("update",),
        ("index", box),
        ("show", "x"),
    ):
        answer = searcharc(*command)
        assert answer.code == 3, command
        assert "--rebuild" in answer.err, command
    assert searcharc("index", "--rebuild").code == 0
    assert dump(home) == before


def test_an_index_is_never_made_beside_a_strangers_whoosh_files(
    searcharc: Command, tmp_path: Path, box: Path
) -> None:
    """The table of contents of this one makes a folder when it is unpickled."""
    import pickle

    from whoosh import fields as whoosh_fields
    from whoosh import index as whoosh_index

    folder, marker = tmp_path / "evil", tmp_path / "ran"
    folder.mkdir()

    class Bomb:
        def __reduce__(self) -> Any:
            return (os.mkdir, (str(marker),))

    made = whoosh_index.create_in(str(folder), whoosh_fields.Schema(body=whoosh_fields.TEXT(stored=True)))
    writer = made.writer()
    writer.add_document(body="hello")
    writer.commit()
    made.close()
    table = sorted(folder.glob("_MAIN_*.toc"))[-1]
    table.write_bytes(table.read_bytes()[:64] + pickle.dumps(Bomb(), 2) * 20)
    untouched = listing(folder)
    for command in (
        ("search", "*"),
        ("count", "*"),
        ("status",),
        ("check",),
        ("show", "x"),
        ("update",),
        ("index", box),
    ):
        answer = searcharc(*command, index=folder)
        assert answer.code == 3, command
        assert not marker.exists(), command
    assert listing(folder) == untouched


def test_code_in_the_files_of_a_real_index_is_not_run(
    searcharc: Command, home: Path, box: Path, tmp_path: Path
) -> None:
    import pickle

    marker = tmp_path / "ran"

    class Bomb:
        def __reduce__(self) -> Any:
            return (os.mkdir, (str(marker),))

    searcharc("index", box)
    saved = tmp_path / "saved"
    shutil.copytree(home, saved)
    names = [f["name"] for f in json.loads((home / "manifest.json").read_text())["files"]]
    assert names
    for name in names:
        shutil.rmtree(home)
        shutil.copytree(saved, home)
        whole = (home / name).read_bytes()
        for content in (
            pickle.dumps(Bomb(), 2),
            whole[:16] + pickle.dumps(Bomb(), 2) * 9,
            whole + pickle.dumps(Bomb(), 2),
        ):
            (home / name).write_bytes(content)
            record = json.loads((home / "manifest.json").read_text())
            for entry in record["files"]:  # whoever changes the file can change the manifest too
                if entry["name"] == name:
                    entry.update(size=len(content), sha256=hashlib.sha256(content).hexdigest())
            del record["checksum"]
            (home / "manifest.json").write_bytes(sealed(record))
            for command in (
                ("search", "word1"),
                ("show", "r1@example.org"),
                ("status",),
                ("check",),
                ("update",),
            ):
                assert searcharc(*command).code in (0, 1, 3), (name, command)
            assert not marker.exists(), name


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "longer", "flipped", "swapped"])
def test_damage_to_any_file_is_found_and_said(
    searcharc: Command, home: Path, box: Path, tmp_path: Path, damage: str
) -> None:
    write(box.with_name("b.mbox"), numbered(3, 4))
    searcharc("index", box.parent)
    before = dump(home)
    saved = tmp_path / "saved"
    shutil.copytree(home, saved)
    record = json.loads((home / "manifest.json").read_text())
    chance = random.Random(5)
    for name in [f["name"] for f in record["files"]]:
        whole = (saved / name).read_bytes()
        path = home / name
        match damage:
            case "gone":
                path.unlink()
            case "empty":
                path.write_bytes(b"")
            case "cut":
                path.write_bytes(whole[: chance.randrange(len(whole))])
            case "longer":
                path.write_bytes(whole + b"x")
            case "flipped":
                at = chance.randrange(len(whole))
                path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
            case "swapped":
                path.write_bytes(bytes(reversed(whole)))
        checked = searcharc("check")
        assert checked.code == 3, name
        assert name in checked.err
        assert "--rebuild" in checked.err
        for command in (
            ("search", "--json", "word3"),
            ("count", "*"),
            ("status",),
            ("show", "r1@example.org"),
        ):
            assert searcharc(*command).code in (0, 3), (name, command)
        if damage in ("gone", "empty", "cut", "longer"):
            assert searcharc("search", "word3").code == 3, name
        assert searcharc("index", "--rebuild").code == 0, name
        assert dump(home) == before
        shutil.rmtree(home)
        shutil.copytree(saved, home)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"format": 1}'])
def test_a_damaged_manifest_is_no_traceback(
    searcharc: Command, home: Path, box: Path, content: bytes
) -> None:
    searcharc("index", box)
    (home / "manifest.json").write_bytes(content)
    for command in (("search", "word1"), ("status",), ("check",), ("update",), ("index", box), ("show", "x")):
        answer = searcharc(*command)
        assert answer.code == 3, command
        assert answer.err
    assert searcharc("index", "--rebuild", box).code == 0
    assert len(dump(home)) == 3


def test_no_index_is_said_with_the_command_that_makes_one(searcharc: Command, home: Path) -> None:
    for command in (("search", "x"), ("count", "x"), ("status",), ("check",), ("update",), ("show", "x")):
        answer = searcharc(*command)
        assert (answer.code, "searcharc index" in answer.err) == (3, True), command
    assert not home.exists(), "asking makes no folder"


def test_other_files_in_the_folder_are_left_alone(home: Path, box: Path) -> None:
    write(home / "README.md", b"mine")
    write(home / "notes/deep.txt", b"mine too")
    index(home, box)
    index(home, box, rebuild=True)
    index(home)
    assert (home / "README.md").read_bytes() == b"mine"
    assert (home / "notes/deep.txt").read_bytes() == b"mine too"


def test_archives_are_never_written(searcharc: Command, home: Path, tmp_path: Path) -> None:
    top = tmp_path / "mail"
    write(top / "a.mbox", numbered(1, 2))
    write(top / "b.mbox.gz", gzip.compress(numbered(2, 3)))
    write(top / "broken.gz", gzip.compress(numbered(4))[:-9])
    write(top / "one.eml", plain(5))
    make_maildir(top / "Maildir", [("new/1.a", plain(6)), ("cur/2.b:2,S", plain(7)), ("tmp/3.c", plain(8))])
    before = listing(top)
    folders = {p: p.stat().st_mtime_ns for p in (top, *top.rglob("*")) if p.is_dir()}
    searcharc("index", top)
    searcharc("update")
    searcharc("index", "--rebuild")
    searcharc("search", "*")
    searcharc("show", "r1@example.org")
    searcharc("show", "--raw", "r3@example.org")
    searcharc("inspect", top)
    searcharc("status")
    searcharc("check")
    assert listing(top) == before
    assert {p: p.stat().st_mtime_ns for p in (top, *top.rglob("*")) if p.is_dir()} == folders


# Through Python.


def test_progress_counts_what_is_seen(home: Path, tmp_path: Path) -> None:
    box = write(tmp_path / "a.mbox", numbered(*range(1, 121)))
    steps: list[Progress] = []
    run_index(home, [box], progress=steps.append)
    assert steps
    assert all(s.archives_total == 1 and s.bytes_total == box.stat().st_size for s in steps)
    assert [s.messages for s in steps] == sorted(s.messages for s in steps)
    assert all(0 <= s.bytes_done <= s.bytes_total for s in steps)


def test_an_index_object_creates_updates_and_answers(home: Path, box: Path) -> None:
    with Index.create(home) as opened:
        assert opened.count("*") == 0
        report = opened.update([box], list_name="governance")
        assert report.indexed == 3
        assert opened.count("list:governance") == 3
        write(box, numbered(1))
        assert opened.update().removed == 2
        assert opened.count("*") == 1
    with Index.create(home) as again:
        assert again.count("*") == 1


def test_an_index_that_knows_no_archive_cannot_be_updated(home: Path) -> None:
    Index.create(home).close()
    with pytest.raises(UsageError), Index.open(home) as opened:
        opened.update()
