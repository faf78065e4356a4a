"""The index folder as one thing: readers and commits, leftovers, and two that make it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from searcharc import Index, files, folder
from searcharc.errors import IndexDamagedError, IndexWriteError
from searcharc.indexer import Options, run_index
from searcharc.lock import WriteLock
from searcharc.manifest import Manifest, read_manifest
from tests.mail import numbered, write


@pytest.fixture
def home(tmp_path: Path) -> Path:
    run_index(tmp_path / "index", [write(tmp_path / "a.mbox", numbered(1, 2))])
    return tmp_path / "index"


def test_a_reader_whose_files_a_commit_swept_takes_the_new_commit(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = folder.read_manifest
    lasts = [3, 4, 5, 6]

    def overtaken(path: Path) -> Manifest:
        manifest = read(path)
        if lasts and manifest.messages < lasts[-1]:
            monkeypatch.setattr(folder, "read_manifest", read)
            write(tmp_path / "a.mbox", numbered(*range(1, lasts.pop(0) + 1)))
            run_index(home, [tmp_path / "a.mbox"])
            run_index(home, [tmp_path / "a.mbox"])
            monkeypatch.setattr(folder, "read_manifest", overtaken)
        return manifest

    monkeypatch.setattr(folder, "read_manifest", overtaken)
    with Index.open(home) as index:
        assert index.count("*") == 6
    assert not lasts


def test_a_file_that_is_gone_though_its_manifest_stands_is_damage(home: Path) -> None:
    next(home.glob("*.arrays")).unlink()
    with pytest.raises(IndexDamagedError):
        Index.open(home)


def test_an_index_that_another_made_meanwhile_is_not_made_empty(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "prepare", lambda path: Manifest())  # as it was before the other came
    Index.create(home).close()
    assert read_manifest(home).messages == 2


def test_nothing_is_removed_before_the_manifest_is_durable(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = write(home / "MAIN_9.json", b"[]")

    def broken(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with WriteLock(home), monkeypatch.context() as patch:
        patch.setattr(files, "sync", broken)
        folder.sweep(home, read_manifest(home))
        assert orphan.exists()
    folder.sweep(home, read_manifest(home))
    assert not orphan.exists()


def test_a_run_that_fails_leaves_the_disk_as_full_as_it_was(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {p.name for p in home.iterdir()}
    write(tmp_path / "a.mbox", numbered(1, 2, 3))
    rename = files.rename

    def full(old: Path, new: Path) -> None:
        if new.name.endswith(".toc"):
            raise OSError(28, "No space left on device")
        rename(old, new)

    for rebuild in (False, True):
        with monkeypatch.context() as patch, pytest.raises(IndexWriteError):
            patch.setattr(files, "rename", full)
            run_index(home, [tmp_path / "a.mbox"], options=Options(rebuild=rebuild))
        assert {p.name for p in home.iterdir()} - {"failed.json"} == before
    assert run_index(home).indexed == 1
