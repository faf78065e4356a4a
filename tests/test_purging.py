"""Purged messages are out of the answers and out of the files, and stay out until that is lifted."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard

from searcharc import Index, files
from searcharc.errors import IndexWriteError
from tests.conftest import Command
from tests.edits import dump, run
from tests.mail import mbox, numbered, plain, write


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return write(tmp_path / "mail/reports.mbox", numbered(1, 2, 3))


def keys(folder: Path) -> set[str]:
    return set(dump(folder))


def listing(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def unpacked(content: bytes) -> Iterator[bytes]:
    """Each run of bytes that zstandard can unpack, wherever it begins."""
    at = content.find(zstandard.FRAME_HEADER)
    while at >= 0:
        with contextlib.suppress(zstandard.ZstdError):
            yield zstandard.ZstdDecompressor().decompressobj().decompress(content[at:])
        at = content.find(zstandard.FRAME_HEADER, at + 1)


def files_with(folder: Path, word: bytes) -> list[str]:
    """The files of an index in which a word stands, packed or not."""
    found = []
    for path in folder.iterdir():
        content = path.read_bytes()
        if word in content or any(word in piece for piece in unpacked(content)):
            found.append(path.name)
    return sorted(found)


def test_a_purged_message_leaves_no_byte_of_its_text(home: Path, box: Path) -> None:
    secret = plain(2, body="The lighthouse keeper is Ambrose Quillfeather.")
    write(box, mbox(plain(1), secret, plain(3)))
    run(home, box)
    write(box.with_name("later.mbox"), numbered(4))
    run(home, box.parent)
    assert files_with(home, b"Quillfeather"), "else the test cannot see into records"
    assert files_with(home, b"quillfeather"), "nor into terms"
    with Index.open(home) as index:
        report = index.purge("r2@example.org")
        assert (report.removed, index.count("*")) == (1, 3)
    assert files_with(home, b"Quillfeather") == files_with(home, b"quillfeather") == []
    # A copy that lies in an archive of its own, with the same bytes and with others, comes later.
    other = secret.replace(b"\n\n", b"\nReceived: from another host\n\n", 1)
    write(box.with_name("copy.mbox"), mbox(secret, other, *map(plain, range(5, 15))))
    report = run(home, box.parent)
    assert (report.indexed, report.duplicate, report.removed) == (10, 0, 0)
    assert files_with(home, b"Quillfeather") == files_with(home, b"quillfeather") == []
    assert keys(home) == {f"r{n}@example.org" for n in (1, *range(3, 15))}


def test_text_of_a_version_that_was_replaced_before_goes_too(home: Path, box: Path) -> None:
    """A copy in another list makes a new record of a message; the old one is only marked as deleted."""
    write(box, numbered(*range(1, 30)))
    run(home, box)
    write(box.with_name("quarry.mbox"), numbered(2))
    run(home, box.parent)
    run(home)
    with Index.open(home) as index:
        index.purge("r2@example.org")
    assert files_with(home, b"word2 ") == []
    assert files_with(home, b"word3 ") != []


@pytest.mark.parametrize("how", ["update", "touched", "moved", "verify", "rebuild", "appended", "forgotten"])
def test_a_purged_message_does_not_come_back(home: Path, box: Path, how: str) -> None:
    run(home, box.parent)
    with Index.open(home) as index:
        index.purge("word2")
    match how:
        case "touched":
            os.utime(box)
        case "moved":
            box.rename(box.with_name("moved.mbox"))
        case "appended":
            write(box, numbered(1, 2, 3, 2))
        case "forgotten":
            with Index.open(home) as index:
                index.remove(box.parent)
    sources = [box.parent] if how == "forgotten" else []
    report = run(home, *sources, verify=how == "verify", rebuild=how == "rebuild")
    assert keys(home) == {"r1@example.org", "r3@example.org"}
    assert report.seen == (4 if how == "appended" else 3)
    assert report.duplicate == report.removed == 0


def test_purged_messages_are_unchanged_in_the_sums(searcharc: Command, box: Path) -> None:
    searcharc("index", box)
    answer = searcharc("purge", "--json", "r2@example.org")
    assert (answer.code, answer.json["messages"]["removed"], answer.json["index"]["messages"]) == (0, 1, 2)
    assert searcharc("update", "--json").json["messages"] == {
        "seen": 3, "indexed": 0, "unchanged": 3, "duplicate": 0, "removed": 0, "failed": 0
    }  # fmt: skip
    assert searcharc("status", "--json").json["sums"] == {
        "seen": 3,
        "messages": 2,
        "duplicate": 0,
        "purged": 1,
    }


def test_only_the_same_content_is_kept_out(home: Path, box: Path) -> None:
    run(home, box)
    with Index.open(home) as index:
        index.purge("r2@example.org")
    write(box, mbox(plain(1), plain(2), plain(3), plain(2, body="A lantern under the old id.")))
    assert run(home).indexed == 1
    with Index.open(home) as index:
        assert index.message("r2@example.org").paragraphs[0].text == "A lantern under the old id."


def test_purges_are_listed_and_lifted(searcharc: Command, box: Path) -> None:
    searcharc("index", box)
    before = dump(box.parent.parent / "index")
    assert searcharc("purge", "--list").code == 1
    assert searcharc("purge", "word1").code == 0
    assert searcharc("purge", "word2", "OR", "word3").code == 0
    listed = searcharc("purge", "--list", "--json").json["purges"]
    assert [(p["number"], p["by"], p["messages"]) for p in listed] == [
        (1, "word1", ["r1@example.org"]), (2, "word2 OR word3", ["r2@example.org", "r3@example.org"])
    ]  # fmt: skip
    assert "word2 OR word3" in searcharc("purge", "--list").out
    assert searcharc("purge", "--undo", "r3@example.org").out == "1 message is back\n"
    assert searcharc("count", "*").out == "1\n"
    assert searcharc("purge", "--undo", "1").code == 0
    assert searcharc("purge", "--undo").code == 0
    assert dump(box.parent.parent / "index") == before
    answer = searcharc("purge", "--undo")
    assert (answer.code, answer.err.splitlines()[0]) == (2, "searcharc: nothing is purged")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2),
        (("--list", "word1"), 2),
        (("nothinglikeit",), 1),
        (("subjct:x",), 2),
        (("--undo", "word9"), 2),
    ],
)
def test_a_purge_of_nothing_is_said(searcharc: Command, box: Path, words: tuple[str, ...], code: int) -> None:
    searcharc("index", box)
    searcharc("purge", "word2")
    before = listing(box.parent.parent / "index")
    answer = searcharc("purge", *words)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err
    assert listing(box.parent.parent / "index") == before


def test_what_is_purged_in_an_archive_that_is_away_comes_back_with_it(
    home: Path, box: Path, tmp_path: Path
) -> None:
    run(home, box)
    wanted = dump(home)
    with Index.open(home) as index:
        index.purge("r2@example.org")
        away = box.rename(tmp_path / "away.mbox")
        report = index.unpurge()
        assert [p.archive for p in report.problems] == [str(box)]
        assert index.count("*") == 2
    away.rename(box)
    assert run(home).indexed == 1
    assert dump(home) == wanted


@pytest.mark.parametrize("step", ["sync", "rename"])
def test_a_purge_that_fails_at_any_step_is_done_or_not(
    home: Path, box: Path, tmp_path: Path, step: str
) -> None:
    run(home, box)
    before = dump(home)
    shutil.copytree(home, tmp_path / "saved")
    for number in range(1, 50):
        shutil.rmtree(home)
        shutil.copytree(tmp_path / "saved", home)
        home.chmod(0o700)
        failed = False
        with pytest.MonkeyPatch.context() as patch:
            calls = failing(patch, step, number)
            try:
                with Index.open(home) as index:
                    index.purge("word2")
            except IndexWriteError:
                failed = True
        held = dump(home)
        with Index.open(home) as index:
            purged = len(index.manifest.purged)
        assert (held == before) == (purged == 0)
        assert held.keys() == before.keys() - ({"r2@example.org"} if purged else set())
        run(home)
        assert dump(home) == held
        if calls() < number:
            assert not failed
            break
    assert number > 3


def failing(patch: pytest.MonkeyPatch, step: str, number: int) -> Callable[[], int]:
    """Lets the Nth call of a step of writing fail; gives how many there were."""
    count, call = 0, getattr(files, step)

    def counted(*arguments: object) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise OSError(28, "No space left on device")
        call(*arguments)

    patch.setattr(files, step, counted)
    return lambda: count


def test_an_index_of_another_version_hands_its_purges_to_the_next(
    searcharc: Command, box: Path, home: Path
) -> None:
    searcharc("index", box)
    searcharc("purge", "word2")
    manifest = json.loads((home / "manifest.json").read_text())
    manifest["rules"] -= 1
    for message in manifest["purged"][0]["messages"]:
        message["content"] = "as other rules had it"
    (home / "manifest.json").write_text(json.dumps(manifest))
    assert searcharc("count", "*").code == 3
    assert searcharc("index", "--rebuild").code == 0
    assert keys(home) == {"r1@example.org", "r3@example.org"}


@pytest.mark.parametrize("content", [b"", b"{", b"[]"])
def test_a_lost_manifest_brings_no_purged_message_back(
    searcharc: Command, box: Path, home: Path, content: bytes
) -> None:
    searcharc("index", box)
    searcharc("purge", "word1")
    searcharc("purge", "word2")
    searcharc("purge", "--undo", "word1")
    (home / "manifest.json").write_bytes(content)
    assert searcharc("check").code == 3
    assert searcharc("index", "--rebuild", box).code == 0
    assert keys(home) == {"r1@example.org", "r3@example.org"}
    assert searcharc("purge", "--undo").code == 0
    assert len(keys(home)) == 3


@pytest.mark.parametrize("grown", [False, True])
@pytest.mark.parametrize("purged", [(2, 5), (1,), (1, 2, 3, 4, 5), (5,)], ids=str)
def test_what_is_let_in_may_lie_anywhere_in_its_archive(
    home: Path, box: Path, tmp_path: Path, purged: tuple[int, ...], grown: bool
) -> None:
    write(box, numbered(1, 2, 3, 4, 5))
    run(home, box)
    with Index.open(home) as index:
        index.purge(" OR ".join(f"word{number}" for number in purged))
        if grown:
            write(box, numbered(1, 2, 3, 4, 5, 6))
        assert index.unpurge().indexed == len(purged) + grown
    run(tmp_path / "anew", box)
    assert dump(home) == dump(tmp_path / "anew")
