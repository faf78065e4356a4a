"""Opening an index runs nothing that is in it, and takes no file from where another could have put it."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import whoosh.index
from whoosh.query import Term

from searcharc import Index
from searcharc.engines.whoosh import compat
from searcharc.errors import IndexDamagedError, IndexForeignError, IndexUnusableError
from searcharc.indexer import run_index
from searcharc.lock import WriteLock
from searcharc.manifest import MANIFEST_NAME, file_entry, read_manifest, sealed
from tests.conftest import Command
from tests.mail import numbered, write

COMMANDS: tuple[tuple[str, ...], ...] = (
    ("search", "word1"), ("count", "*"), ("show", "r1@example.org"), ("thread", "r1@example.org"), ("status",),
    ("check",), ("facets", "*", "--by", "year"), ("update",),
)  # fmt: skip


class Payload:
    """Makes a folder when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> Any:
        return (os.mkdir, (str(self.marker),))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    box = write(tmp_path / "a.mbox", numbered(1, 2, 3))
    run_index(tmp_path / "index", [box])
    return tmp_path / "index"


def fit_manifest(home: Path) -> None:
    """Makes the manifest name the files as they are now: whoever changes those can change it too."""
    record = json.loads((home / MANIFEST_NAME).read_text())
    del record["checksum"]
    for entry in record["files"]:
        now = file_entry(home / entry["name"])
        entry.update(size=now.size, sha256=now.sha256)
    (home / MANIFEST_NAME).write_bytes(sealed(record))


def test_the_payload_of_these_tests_works(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Payload(tmp_path / "ran")))  # noqa: S301 - it is ours
    assert (tmp_path / "ran").is_dir()


def test_a_pickle_in_the_place_of_any_file_is_not_run(home: Path, searcharc: Command, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    shutil.copytree(home, tmp_path / "saved")
    names = [p.name for p in home.iterdir() if not p.name.endswith(".lock")]
    assert len(names) >= 5
    for name in (*names, "saved.json", "failed.json"):
        shutil.rmtree(home)
        shutil.copytree(tmp_path / "saved", home)
        (home / name).write_bytes(pickle.dumps(Payload(marker), 2))
        if name != MANIFEST_NAME:
            fit_manifest(home)
        for command in (*COMMANDS, ("saved", "list", "--index", str(home))):
            assert searcharc(*command).code in (0, 1, 2, 3), (name, command)
            assert not marker.exists(), (name, command)


def poisoned_table(home: Path, marker: Path) -> None:
    """Puts the payload at both places of Whoosh's table of contents that are unpickled."""
    (table,) = home.glob("_MAIN_*.toc")
    whole = table.read_bytes()
    (schema, end) = whole.index(b"\x80\x02"), whole.rindex(b"\x80")
    bomb = pickle.dumps(Payload(marker), 2)
    assert len(bomb) < end - schema
    table.write_bytes(whole[:schema] + bomb + whole[schema + len(bomb) : end] + bomb)


def test_whoosh_opens_an_index_without_its_pickles(home: Path, tmp_path: Path) -> None:
    poisoned_table(home, tmp_path / "ran")
    with whoosh.index.open_dir(str(home)).searcher() as searcher:
        assert searcher.search(Term("text", "word1"))[0]["key"] == "r1@example.org"
    assert not (tmp_path / "ran").exists()


def test_whoosh_by_itself_would_have_run_them(home: Path, tmp_path: Path) -> None:
    """So the test above can fail."""
    poisoned_table(home, tmp_path / "ran")
    program = "import sys, whoosh.index; whoosh.index.open_dir(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, str(home)], capture_output=True, timeout=60)
    assert (tmp_path / "ran").exists()


def test_searcharcs_own_way_for_whoosh_refuses_what_was_changed(home: Path, tmp_path: Path) -> None:
    with compat.open_dir(home).searcher() as searcher:
        assert searcher.search(Term("text", "word2"))[0]["key"] == "r2@example.org"
    poisoned_table(home, tmp_path / "ran")
    with pytest.raises(IndexDamagedError):
        compat.open_dir(home)


def test_other_indexes_of_whoosh_are_opened_as_ever(tmp_path: Path) -> None:
    from whoosh.fields import TEXT, Schema

    made = whoosh.index.create_in(str(tmp_path), Schema(body=TEXT(stored=True)))
    with made.writer() as writer:
        writer.add_document(body="harbour")
    with whoosh.index.open_dir(str(tmp_path)).searcher() as searcher:
        assert len(searcher.search(Term("body", "harbour"))) == 1


def test_folder_and_files_are_for_their_owner_alone(home: Path) -> None:
    with Index.open(home) as index:
        index.saved().add("first", "word1")
    before = os.umask(0)
    try:
        run_index(home.with_name("open"), [home.with_name("a.mbox")])
    finally:
        os.umask(before)
    for folder in (home, home.with_name("open")):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()} == {0o600}


def test_a_folder_that_all_may_write_to_is_refused(home: Path, searcharc: Command, tmp_path: Path) -> None:
    home.chmod(0o777)
    for command in (*COMMANDS, ("index", "--rebuild"), ("index", str(tmp_path / "a.mbox"))):
        answer = searcharc(*command)
        assert (answer.code, "chmod go-w" in answer.err) == (3, True), command
    home.chmod(0o755)
    assert searcharc("search", "word1").code == 0


def test_a_folder_of_another_user_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: home.stat().st_uid + 1)
    if home.stat().st_uid == 0:  # root's folders are trusted by all: give it to somebody else
        os.chown(home, 4321, -1)
    for use in (Index.open, read_manifest, run_index, Index.create):
        with pytest.raises(IndexForeignError) as caught:
            use(home)
        assert "belongs to another user" in caught.value.message
    with pytest.raises(IndexForeignError), WriteLock(home):
        pass


def test_a_link_to_an_index_is_followed_and_links_in_it_are_not(home: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(home)
    with Index.open(link) as index:
        assert index.count("*") == 3
        index.check()
    assert run_index(link).unchanged == 3
    names = [p.name for p in home.iterdir() if not p.name.endswith(".lock")]
    for name in names:
        (home / name).rename(tmp_path / "elsewhere")
        (home / name).symlink_to(tmp_path / "elsewhere")
        with pytest.raises(IndexUnusableError) as caught:
            Index.open(home)
        assert name in caught.value.message
        (home / name).unlink()
        (tmp_path / "elsewhere").rename(home / name)
    with Index.open(home) as index:
        index.check()


def test_nothing_is_written_through_a_link(home: Path, tmp_path: Path) -> None:
    precious = write(tmp_path / "precious", b"mine")
    write(tmp_path / "a.mbox", numbered(1, 2, 3, 4))
    (home / "searcharc.lock").unlink()
    for name in ("searcharc.lock", "manifest.json.new"):
        (home / name).symlink_to(precious)
        with pytest.raises(IndexUnusableError) if name == "searcharc.lock" else pytest.MonkeyPatch.context():
            run_index(home)
        assert precious.read_bytes() == b"mine"
        if (home / name).is_symlink():
            (home / name).unlink()
    assert run_index(home).seen == 4


def test_a_pipe_in_the_place_of_a_file_keeps_nobody_waiting(home: Path, searcharc: Command) -> None:
    for name in ("manifest.json", next(home.glob("MAIN_*.arrays")).name, next(home.glob("ledger-*")).name):
        whole = (home / name).read_bytes()
        (home / name).unlink()
        os.mkfifo(home / name)
        for command in (("search", "word1"), ("check",), ("update",)):
            assert searcharc(*command).code == 3, (name, command)
        (home / name).unlink()
        (home / name).write_bytes(whole)
    assert searcharc("check").code == 0


@pytest.mark.parametrize("change", ["append", "remove"])
def test_an_update_of_a_damaged_index_neither_hides_nor_spreads_the_damage(
    home: Path, searcharc: Command, tmp_path: Path, change: str
) -> None:
    box = tmp_path / "a.mbox"
    for last in range(4, 10):  # the next segment makes eight, which are merged
        write(box, numbered(*range(1, last + 1)))
        run_index(home)
    shutil.copytree(home, tmp_path / "saved")
    write(box, numbered(*range(2 if change == "remove" else 1, 12)))
    segments = sorted(p.name for p in home.glob("*.arrays"))
    assert len(segments) == 7
    for number, name in enumerate(segments):
        shutil.rmtree(home)
        shutil.copytree(tmp_path / "saved", home)
        data = bytearray((home / name).read_bytes())
        data[len(data) * (number + 1) // 9] ^= 0x04
        (home / name).write_bytes(data)
        assert searcharc("update").code in (0, 3)
        assert searcharc("check").code == 3, name
    (home / segments[0]).unlink()
    assert searcharc("update").code == 3
