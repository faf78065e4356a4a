from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searcharc.models import Problem, RawMessage
from searcharc.readers import Archive, read_messages, read_raw

from .builders import ENVELOPE, PACKERS, boxed, crlf, mail, read_bytes


@pytest.mark.parametrize("packing", PACKERS)
def test_a_loose_file_is_one_message_with_the_time_of_its_file(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"")
    data = crlf(mail("one", b"no end"))
    messages, problems = read_bytes(tmp_path, PACKERS[packing](data))
    os.utime(path, ns=(10**18, 10**18))
    messages, problems = read_bytes(tmp_path, PACKERS[packing](data))
    assert problems == []
    (message,) = messages
    assert (message.raw, message.envelope, message.defects) == (data, None, ())
    assert (message.origin.format, message.origin.offset, message.origin.length) == ("eml", 0, len(data))
    assert message.modified == path.stat().st_mtime_ns / 1e9
    assert read_raw(message.origin) == data


def test_envelopes_inside_a_loose_file_do_not_split_it(tmp_path: Path) -> None:
    data = mail("one", b"see:\n\n" + boxed(mail("two"), mail("three")))
    messages, _ = read_bytes(tmp_path, data)
    assert [message.content for message in messages] == [data]


@pytest.mark.parametrize("lead", [b"\n\n", b"\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n"])
def test_what_leads_the_header_lies_outside_and_is_a_defect(tmp_path: Path, lead: bytes) -> None:
    (message,), problems = read_bytes(tmp_path, lead + mail("one"))
    assert message.raw == mail("one")
    assert message.origin.offset == len(lead)
    assert message.defects == ("blank lines or a byte order mark before the header",)
    assert problems == []
    assert read_raw(message.origin) == mail("one")


def folder_archive(top: Path, *files: tuple[str, bytes]) -> Archive:
    (top / "cur").mkdir()
    for name, data in files:
        (top / "cur" / name).write_bytes(data)
    return Archive(top, str(top), "maildir")


def test_an_envelope_at_the_top_of_a_maildir_file_lies_outside(tmp_path: Path) -> None:
    body = mail("one", b"x\n\n" + boxed(mail("two")))
    (message,) = read_messages(folder_archive(tmp_path, ("1000.a.host", ENVELOPE + b"\n" + body)))
    assert isinstance(message, RawMessage)
    assert (message.raw, message.envelope) == (body, ENVELOPE)
    assert read_raw(message.origin) == body


def test_any_field_makes_a_message_in_a_maildir_and_prose_does_not(tmp_path: Path) -> None:
    archive = folder_archive(tmp_path, ("1.a", b"Odd-Name: 1\n\nx\n"), ("2.a", b"prose\n"), ("3.a", b""))
    first, second = read_messages(archive)
    assert isinstance(first, RawMessage)
    assert first.origin.file == "cur/1.a"
    assert second == Problem(f"{tmp_path}/cur/2.a", "no mail found in it")


@pytest.mark.parametrize("extra", [-5, 0, 5])
def test_a_long_file_is_cut_and_named(tmp_path: Path, extra: int) -> None:
    data = mail("long", b"x" * 200_000)
    (message,), problems = read_bytes(tmp_path, data, max_message=len(data) + extra)
    assert message.raw == data[: len(data) + extra]
    assert message.origin.length == len(data)
    cut = f"cut at {len(data) + extra} bytes"
    assert message.defects == ((f"message {cut}",) if extra < 0 else ())
    assert problems == (
        [Problem(f"{tmp_path}/box", f"message of {len(data)} bytes {cut}", 0)] if extra < 0 else []
    )


def test_a_cut_packed_file_is_a_message_with_a_defect(tmp_path: Path) -> None:
    packed = PACKERS["gz"](mail("one", bytes(range(256)) * 400))
    (message,), problems = read_bytes(tmp_path, packed[:-300])
    assert message.raw.startswith(mail("one", b""))
    assert message.defects == ("message cut where the file is damaged",)
    assert [problem.reason for problem in problems] == ["the gzip data ends early: the file is cut"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.binary(max_size=80), st.sampled_from([b"", b"From ", b"Subject: x\n", b"\n", b"\x1f\x8b\x08"]))
def test_any_bytes_are_read_or_named(tmp_path: Path, data: bytes, head: bytes) -> None:
    path = tmp_path / "1000.a"
    path.write_bytes(head + data)
    for form in ("eml", "mbox"):
        for result in read_messages(Archive(path, str(path), form)):
            assert isinstance(result, Problem) or read_raw(result.origin) == result.raw
