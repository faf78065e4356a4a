"""What a walk reaches: sources within sources, an index within the mail, and what is shut or not there."""

from __future__ import annotations

import gzip
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from searcharc import Index, reading
from searcharc.access import refuse_missing
from searcharc.errors import (
    IndexDamagedError,
    IndexUnusableError,
    MessageNotFoundError,
    UsageError,
    unreadable_index,
)
from searcharc.runs import innermost, reach
from tests.conftest import Command
from tests.edits import dump, run
from tests.mail import mbox, numbered, plain, write

DENIED = PermissionError(13, "Permission denied")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """mail/outer.mbox and mail/sub/inner.mbox."""
    write(tmp_path / "mail/outer.mbox", numbered(1, 2))
    write(tmp_path / "mail/sub/inner.mbox", numbered(3, 4))
    return tmp_path / "mail"


def shut(monkeypatch: pytest.MonkeyPatch, call: str, path: Path) -> None:
    """Lets a call of `os` say of this path that it may not be looked at; root may look everywhere."""
    real: Callable[..., Any] = getattr(os, call)

    def refusing(name: Any, *args: Any, **options: Any) -> Any:
        if not isinstance(name, int) and os.fsdecode(name) == str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return real(name, *args, **options)

    monkeypatch.setattr(os, call, refusing)


# Sources within sources.


@pytest.mark.parametrize("inner_first", [False, True])
@pytest.mark.parametrize("inner", ["sub", "sub/inner.mbox"])
def test_an_archive_belongs_to_the_innermost_source(
    searcharc: Command, home: Path, tree: Path, inner: str, inner_first: bool
) -> None:
    commands = [(tree,), (tree / inner, "--list", "harbour")]
    for command in reversed(commands) if inner_first else commands:
        assert searcharc("index", *command).code == 0
    for again in (("update",), ("index", tree), ("update", "--verify")):
        assert searcharc(*again).code == 0
        assert searcharc("search", "-f", "ids", "list:harbour").out.split() == [
            "r4@example.org",
            "r3@example.org",
        ], again
    grown = dump(home)
    (outside, inside) = searcharc("status", "--json").json["sources"][:: -1 if inner_first else 1]
    assert (outside["messages"], inside["messages"]) == (2, 2)
    assert {outside["state"], inside["state"]} == {"fresh"}
    searcharc("index", "--rebuild")
    assert dump(home) == grown


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_source_gives_its_own_list_in_one_run(
    home: Path, tmp_path: Path, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "WORTH_WORKERS", 0)
    boxes = [write(tmp_path / f"{name}.mbox", numbered(1)) for name in ("a", "b", "c")]
    for path, name in zip(boxes, ("harbour", None, "quarry"), strict=True):
        run(home, path, list_name=name)
    for number, path in enumerate(boxes, 2):
        write(path, numbered(1, number))
    run(home, jobs=jobs)
    lists = {key: record["lists"] for key, record in dump(home).items()}
    assert lists == {
        "r1@example.org": ["harbour", "b", "quarry"],
        "r2@example.org": ["harbour"],
        "r3@example.org": ["b"],
        "r4@example.org": ["quarry"],
    }
    grown = dump(home)
    run(home, rebuild=True, jobs=jobs)
    assert dump(home) == grown


def test_the_list_of_a_source_goes_with_it(
    searcharc: Command, home: Path, tree: Path, tmp_path: Path
) -> None:
    searcharc("index", tree / "sub", "--list", "harbour")
    searcharc("index", tree)
    assert searcharc("remove", tree / "sub").code == 0
    assert searcharc("count", "list:harbour").out == "0\n"
    run(tmp_path / "anew", tree)
    assert dump(home) == dump(tmp_path / "anew")


def test_innermost() -> None:
    sources = {"/", "/a", "/a/b"}
    names = ["/a/b", "/a/b/c", "/a/bc", "/x"]
    assert [innermost(name, sources) for name in names] == ["/a/b", "/a/b", "/a", "/"]
    assert innermost("/x", {"/y"}) is None


def test_what_lies_elsewhere_now_is_not_read_in_its_place(home: Path, tmp_path: Path) -> None:
    """The record of a copy is read again where the first is forgotten; by then another mail may stand there."""
    first = write(tmp_path / "a.mbox", numbered(2))
    two, three = (plain(n, fields=["X-Way: b"]) for n in (2, 3))
    assert len(two) == len(three)
    second = write(tmp_path / "b.mbox", mbox(two, three))
    run(home, first, second)
    write(second, mbox(three, two))
    with Index.open(home) as index:
        index.remove(first)
        message = index.message("r2@example.org")
        assert message.message_id == "r2@example.org"
        assert message.subject == "Report 2"
        assert message.source.archive == str(second)
    run(home)
    run(tmp_path / "anew", second)
    assert dump(home) == dump(tmp_path / "anew")


# An index within the mail.


def test_files_of_an_index_in_the_tree_are_passed_over(searcharc: Command, tree: Path) -> None:
    for home in (tree / "index", tree):
        for command in (("index", tree), ("update",), ("update", "--wait", "1"), ("update",)):
            answer = searcharc(*command, index=home)
            assert (answer.code, answer.err) == (0, ""), (home, command)
        with Index.open(home) as index:
            index.saved().add("first", "word1")
        assert searcharc("purge", "r1@example.org", index=home).code == 0
        assert (searcharc("update", index=home).err, searcharc("check", index=home).code) == ("", 0)
        assert searcharc("status", "--json", index=home).json["stale"] is False


def test_a_file_that_only_bears_such_a_name_is_named(searcharc: Command, tree: Path) -> None:
    write(tree / "sub/manifest.json", b'{"mine": 1}\n')
    answer = searcharc("index", tree)
    assert answer.code == 4
    assert "sub/manifest.json" in answer.err


# Shut, empty, not there.


def test_a_source_that_may_not_be_looked_at_is_named(
    searcharc: Command, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut(monkeypatch, "stat", tree)
    for command in (("index", tree), ("inspect", tree)):
        answer = searcharc(*command)
        assert answer.code == 2, command
        assert answer.err == (
            f"searcharc: {tree} cannot be read: Permission denied\n"
            "  check its permissions, and those of the folders above it\n"
        )


def test_nothing_beside_a_file_can_be_a_source(tree: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        refuse_missing(tree / "outer.mbox/x")


def test_a_source_that_is_shut_keeps_its_messages_and_says_why(
    searcharc: Command, home: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcharc("index", tree)
    before = dump(home)
    with monkeypatch.context() as patch:
        shut(patch, "scandir", tree)
        answer = searcharc("update")
        assert (answer.code, answer.err) == (
            4, f"searcharc: {tree}: folder cannot be read: Permission denied\n"
        )  # fmt: skip
        (source,) = searcharc("status", "--json").json["sources"]
        assert (source["state"], source["changes"]["went"]) == ("missing", [])
    with monkeypatch.context() as patch:
        shut(patch, "scandir", tree / "sub")
        assert searcharc("update").code == 4
        (source,) = searcharc("status", "--json").json["sources"]
        assert (source["state"], source["changes"]["unread"]) == ("unread", [str(tree / "sub/inner.mbox")])
    assert dump(home) == before
    assert searcharc("update").code == 0


def test_a_source_without_mail_keeps_its_messages_but_not_in_a_new_index(
    searcharc: Command, home: Path, tree: Path
) -> None:
    searcharc("index", tree)
    before = dump(home)
    for path in list(files_of(tree)):
        path.unlink()
    answer = searcharc("update")
    assert (answer.code, "holds no mail now; its messages stay" in answer.err) == (4, True)
    assert dump(home) == before
    answer = searcharc("index", "--rebuild")
    assert (answer.code, answer.err) == (4, f"searcharc: {tree}: holds no mail now\n")
    assert not dump(home)


def test_reach_of_a_source_that_is_not_there(tmp_path: Path) -> None:
    name = str(tmp_path / "away")
    reached = reach(name, {f"{name}/a.mbox": 0})
    assert (reached.archives, reached.gone, reached.kept) == ([], [], [f"{name}/a.mbox"])
    assert [(p.archive, p.reason) for p in reached.problems] == [
        (name, "is not there; its messages stay in the index")
    ]


def test_a_cut_file_does_not_count_as_changed(searcharc: Command, tmp_path: Path) -> None:
    cut = write(tmp_path / "cut.mbox.gz", gzip.compress(numbered(*range(1, 60)))[:-200])
    assert searcharc("index", cut).code == 4
    (source,) = searcharc("status", "--json").json["sources"]
    assert (source["state"], source["changes"]["changed"]) == ("unread", [])
    assert "not all of it can be read" in searcharc("status").out


# What cannot be used as an index.


def test_what_is_shut_is_not_called_damaged(
    searcharc: Command, home: Path, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcharc("index", tree)
    for path in (home / "manifest.json", next(home.glob("*.arrays")), next(home.glob("MAIN_*.json"))):
        with monkeypatch.context() as patch:
            shut(patch, "open", path)
            for command in (("count", "*"), ("status",), ("search", "word1", "--json")):
                answer = searcharc(*command)
                assert answer.code == 3, command
                assert f"{path}: Permission denied" in answer.err
                assert "--rebuild" not in answer.err
    assert type(unreadable_index("x", DENIED)) is IndexUnusableError
    assert type(unreadable_index("x", OSError(5, "Input/output error"))) is IndexDamagedError


def test_the_remedy_can_be_pasted(searcharc: Command, tree: Path, tmp_path: Path) -> None:
    home = tmp_path / "an index"
    searcharc("index", tree, index=home)
    segment = next(home.glob("*.arrays"))
    segment.write_bytes(segment.read_bytes()[:-1])
    for command in (("count", "*"), ("update",), ("check",), ("search", "word1", "--json")):
        answer = searcharc(*command, index=home)
        assert f"searcharc index --rebuild --index '{home}'\n" in answer.err, command
    assert searcharc("index", "--rebuild", index=home).code == 0


def test_an_index_whose_manifest_is_lost_is_built_anew_without_what_was_purged(
    searcharc: Command, home: Path, tree: Path
) -> None:
    searcharc("index", tree)
    searcharc("purge", "r2@example.org")
    before = dump(home)
    (home / "manifest.json").unlink()
    for command in (("count", "*"), ("update",), ("index", tree), ("index", "--rebuild")):
        answer = searcharc(*command)
        assert (answer.code, f"--rebuild --index {home} SOURCE..." in answer.err) == (3, True), command
    assert searcharc("index", "--rebuild", tree).code == 0
    assert dump(home) == before


def files_of(top: Path) -> Iterator[Path]:
    return (path for path in top.rglob("*") if path.is_file())


# All of it together.


@pytest.mark.parametrize("seed", range(5))
def test_whatever_is_done_ends_as_building_anew_would(home: Path, tmp_path: Path, seed: int) -> None:
    """Sources within sources come and go, with lists and without; mail changes, is purged and let in again."""
    chance = random.Random(seed)
    top = tmp_path / "mail"
    boxes = [top / name for name in ("a.mbox", "sub/b.mbox", "sub/c.mbox", "sub/deep/d.mbox")]
    sources = [top, top / "sub", top / "sub/b.mbox", top / "sub/deep", top / "a.mbox"]

    def refill(path: Path) -> None:
        write(path, mbox(*(_letter(chance) for _ in range(chance.randrange(1, 5)))))

    for path in boxes:
        refill(path)
    run(home, top)
    for step in range(9):
        refill(chance.choice(boxes))
        with Index.open(home) as index, suppress(UsageError, MessageNotFoundError):
            match chance.randrange(5):
                case 0:
                    index.remove(chance.choice(sources))
                case 1:
                    index.purge(f"r{chance.randrange(1, 6)}@example.org")
                case 2:
                    index.unpurge()
                case _:
                    index.update(
                        [chance.choice(sources)], list_name=chance.choice([None, "harbour", "quarry"])
                    )
        with suppress(UsageError):  # where no source is left
            run(home)
            shutil.rmtree(tmp_path / "copy", ignore_errors=True)
            shutil.copytree(home, tmp_path / "copy")
            run(tmp_path / "copy", rebuild=True)
            assert dump(home) == dump(tmp_path / "copy"), step


def _letter(chance: random.Random) -> bytes:
    """One of five mails, sometimes with another way, another list, or other words under the same id."""
    number = chance.randrange(1, 6)
    fields = chance.choice([[], ["X-Way: west"], ["List-Id: <lake.example.org>"]])
    changes: dict[str, object] = {"body": "Other words."} if chance.random() < 0.2 else {}
    return plain(number, fields=fields, **changes)
