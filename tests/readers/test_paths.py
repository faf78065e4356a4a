from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.readers.paths import escape_path, to_path, unescape_path


@pytest.mark.parametrize(
    ("raw", "escaped"),
    [
        (b"inbox", "inbox"),
        ("café/谢谢".encode(), "café/谢谢"),
        (b"caf\xe9", r"caf\xe9"),
        (b"\xff\xfe", r"\xff\xfe"),
        (rb"a\x41", r"a\x5cx41"),
        (rb"a\x4", r"a\x4"),
        (rb"back\slash", r"back\slash"),
        (b"\\\xff", "\\" + r"\xff"),
        (b"\xed\xa0\x80", r"\xed\xa0\x80"),
    ],
)
def test_names_are_escaped_only_where_they_must_be(raw: bytes, escaped: str) -> None:
    assert escape_path(raw) == escaped
    assert unescape_path(escaped) == raw


@given(st.binary() | st.lists(st.sampled_from([b"\\", b"x", b"5", b"c", b"\xff", b"\xc3\xa9"])).map(b"".join))
def test_escaping_is_reversible_and_valid_unicode(raw: bytes) -> None:
    escaped = escape_path(raw)
    escaped.encode("utf-8")
    assert unescape_path(escaped) == raw


def test_path_text_and_bytes_escape_alike(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9"
    path = Path(os.fsdecode(raw))
    path.write_bytes(b"x")
    assert escape_path(path) == escape_path(str(path)) == escape_path(raw)
    assert to_path(escape_path(path)).read_bytes() == b"x"
