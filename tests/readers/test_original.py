from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from searcharc.errors import ReadError
from searcharc.readers import FileState, read_raw, stat_archive

from .builders import PACKERS, archives, boxed, crlf, mail, read_bytes


@pytest.mark.parametrize("packing", PACKERS)
def test_a_message_that_is_still_there_is_read_back(tmp_path: Path, packing: str) -> None:
    data = boxed(*(mail(f"m{n}", b"x" * 997 * n + b"\n") for n in range(30)))
    for written in (data, crlf(data)):
        messages, _ = read_bytes(tmp_path, PACKERS[packing](written))
        assert len(messages) == 30
        assert [read_raw(message.origin) for message in messages] == [message.raw for message in messages]
        assert read_raw(messages[9].origin, limit=50) == messages[9].raw[:50]


def test_an_archive_that_grew_still_holds_its_messages(tmp_path: Path) -> None:
    messages, _ = read_bytes(tmp_path, boxed(mail("one"), mail("two")))
    with (tmp_path / "box").open("ab") as writer:
        writer.write(boxed(mail("three")))
    assert read_raw(messages[1].origin) == mail("two")


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize(
    "changed",
    [
        boxed(mail("one")),
        boxed(mail("one, edited"), mail("two"), mail("three")),
        boxed(mail("one"), mail("two, with more"), mail("three")),
        boxed(mail("one"))[:-30],
        b"",
        mail("a letter" * 90),
    ],
)
def test_an_archive_that_changed_raises(tmp_path: Path, packing: str, changed: bytes) -> None:
    messages, _ = read_bytes(tmp_path, boxed(mail("one"), mail("two"), mail("three")))
    (tmp_path / "box").write_bytes(PACKERS[packing](changed))
    with pytest.raises(ReadError, match="box changed"):
        read_raw(messages[1].origin)


@pytest.mark.parametrize("size", [-1, 1])
def test_a_loose_file_that_changed_raises(tmp_path: Path, size: int) -> None:
    (message,), _ = read_bytes(tmp_path, mail("one"))
    origin = dataclasses.replace(message.origin, length=message.origin.length + size)
    with pytest.raises(ReadError, match="changed"):
        read_raw(origin)


def test_an_archive_that_is_gone_raises(tmp_path: Path) -> None:
    (message,), _ = read_bytes(tmp_path, boxed(mail("one")))
    (tmp_path / "box").unlink()
    with pytest.raises(ReadError, match="not there any more"):
        read_raw(message.origin)
    with pytest.raises(ReadError, match="not there any more"):
        read_raw(dataclasses.replace(message.origin, file="cur/1", format="maildir"))


def test_the_state_of_a_file_tells_size_time_and_identity(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(boxed(mail("one")))
    (archive,) = archives(path)
    before = stat_archive(archive)
    assert before.files == (FileState("", archive.size, archive.mtime_ns, archive.inode),)
    assert stat_archive(archive).fingerprint == before.fingerprint
    with path.open("ab") as writer:
        writer.write(boxed(mail("two")))
    assert stat_archive(archive).fingerprint != before.fingerprint
    path.unlink()
    with pytest.raises(ReadError, match="box"):
        stat_archive(archive)
