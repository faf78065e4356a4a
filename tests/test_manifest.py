"""The manifest says what an index folder holds, and is the moment of a commit."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from searcharc import files
from searcharc.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexUnusableError,
    IndexVersionError,
    IndexWriteError,
)
from searcharc.manifest import (
    FORMAT_VERSION,
    MANIFEST_NAME,
    ArchiveEntry,
    FileEntry,
    Manifest,
    SourceEntry,
    file_entry,
    inherited,
    read_manifest,
    sealed,
    verify_files,
    write_manifest,
)

SHA_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1
WHOLE = Manifest(
    generation=3,
    sources=(SourceEntry("/a/caf\\xe9", "governance"), SourceEntry("/b")),
    archives=(ArchiveEntry("/b/x", "mbox", "/b", "f" * 64, 7, "ledger-3-0"),),
    files=(FileEntry("part", 3, SHA_OF_ABC),),
    messages=7,
    paragraphs=20,
    last_run={"messages": {"seen": 7}},
)


def forge(folder: Path, record: dict[str, Any]) -> None:
    """Writes a manifest with a checksum that fits."""
    rest = {name: value for name, value in record.items() if name != "checksum"}
    (folder / MANIFEST_NAME).write_bytes(sealed(rest))


def test_every_byte_of_a_manifest_counts(tmp_path: Path) -> None:
    write_manifest(tmp_path, WHOLE)
    path = tmp_path / MANIFEST_NAME
    whole = path.read_bytes()
    for place in range(len(whole)):
        for bit in (0x01, 0x20):  # 0x20 makes capitals of small letters, as in hexadecimal digits
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            with pytest.raises((IndexDamagedError, IndexVersionError)):
                read_manifest(tmp_path)
    path.write_bytes(whole)
    assert read_manifest(tmp_path) == WHOLE


def test_a_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    write_manifest(tmp_path, WHOLE)
    assert read_manifest(tmp_path) == WHOLE
    assert [p.name for p in tmp_path.iterdir()] == [MANIFEST_NAME]
    assert WHOLE.size == 3


def test_no_manifest_is_a_missing_index(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(IndexMissingError) as caught:
            read_manifest(folder)
        assert "searcharc index" in caught.value.hint


def test_a_whoosh_index_without_manifest_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "_MAIN_1.toc").write_bytes(b"x")
    with pytest.raises(IndexDamagedError):
        read_manifest(tmp_path)


@pytest.mark.parametrize("name", ["format", "analysis", "rules"])
@pytest.mark.parametrize("change", [1, -1])
def test_another_version_is_named_with_the_command_that_rebuilds(
    tmp_path: Path, name: str, change: int
) -> None:
    write_manifest(tmp_path, replace(WHOLE, **{name: getattr(WHOLE, name) + change}))
    with pytest.raises(IndexVersionError) as caught:
        read_manifest(tmp_path)
    assert "--rebuild" in caught.value.hint
    assert inherited(tmp_path).sources == WHOLE.sources


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "3", '"x"', "{}", '{"format": null}', "\x00", '{"format": 1}', "[" * 100_000],
    ids=lambda t: repr(t[:12]),
)
def test_a_manifest_that_is_none_is_damage(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST_NAME).write_text(text)
    with pytest.raises((IndexDamagedError, IndexVersionError)) as caught:
        read_manifest(tmp_path)
    assert "--rebuild" in caught.value.hint


def test_a_manifest_that_is_not_utf8_is_damage(tmp_path: Path) -> None:
    (tmp_path / MANIFEST_NAME).write_bytes(b'{"format": "\xff"}')
    with pytest.raises(IndexDamagedError):
        read_manifest(tmp_path)


ODD: tuple[Any, ...] = (None, -1, "x", [], {}, [1], ["x"], [None], {"a": 1}, True, 10**30)


@pytest.mark.parametrize(
    "name",
    ["generation", "engine", "format", "languages", "sources", "archives", "files", "messages", "last_run"],
)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_odd_values_are_errors_of_ours_or_do_no_harm(tmp_path: Path, name: str, value: Any) -> None:
    write_manifest(tmp_path, replace(WHOLE, files=()))
    record = json.loads((tmp_path / MANIFEST_NAME).read_text())
    record[name] = value
    forge(tmp_path, record)
    try:
        manifest = read_manifest(tmp_path)
        verify_files(tmp_path, manifest, content=True)
    except IndexUnusableError as error:
        assert error.exit_code == 3
    else:
        assert json.loads(json.dumps(record[name])) == value
    assert isinstance(inherited(tmp_path), Manifest)


def test_a_manifest_with_unknown_or_missing_names_is_damage(tmp_path: Path) -> None:
    write_manifest(tmp_path, WHOLE)
    record = json.loads((tmp_path / MANIFEST_NAME).read_text())
    for changed in ({**record, "surprise": 1}, {k: v for k, v in record.items() if k != "files"}):
        forge(tmp_path, changed)
        with pytest.raises(IndexDamagedError):
            read_manifest(tmp_path)


def test_files_are_compared_with_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(b"abc")
    assert file_entry(tmp_path / "part") == FileEntry("part", 3, SHA_OF_ABC)
    verify_files(tmp_path, WHOLE, content=True)
    for content, sure in ((b"abd", True), (b"ab", False), (b"", False), (b"abcd", False)):
        (tmp_path / "part").write_bytes(content)
        with pytest.raises(IndexDamagedError) as caught:
            verify_files(tmp_path, WHOLE, content=sure)
        assert "part" in caught.value.message
    (tmp_path / "part").unlink()
    with pytest.raises(IndexDamagedError):
        verify_files(tmp_path, WHOLE, content=False)


@pytest.mark.parametrize("name", ["../part", "/etc/passwd", "a/b", "..", ""])
def test_a_manifest_cannot_name_files_outside_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(IndexDamagedError):
        verify_files(tmp_path, replace(WHOLE, files=(FileEntry(name, 3, SHA_OF_ABC),)), content=False)


def test_a_link_is_not_the_file_that_was_written(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"abc")
    (tmp_path / "part").symlink_to("elsewhere")
    with pytest.raises(IndexDamagedError):
        verify_files(tmp_path, WHOLE, content=True)


@pytest.mark.parametrize("step", ["create", "write", "sync", "rename"])
def test_a_failing_write_leaves_the_old_manifest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    write_manifest(tmp_path, WHOLE)

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, step, full)
    with pytest.raises(IndexWriteError) as caught:
        write_manifest(tmp_path, replace(WHOLE, messages=8))
    assert "No space left" in caught.value.message
    monkeypatch.undo()
    assert read_manifest(tmp_path) == WHOLE


def test_the_format_has_a_version() -> None:
    assert FORMAT_VERSION >= 1
