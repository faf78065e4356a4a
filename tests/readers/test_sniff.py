from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.readers.sniff import SNIFFED, Kind, judge

from .builders import ENVELOPE, boxed, crlf, mail


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", Kind.EMPTY),
        (b"\r\n \n", Kind.EMPTY),
        (b"\n" * SNIFFED, Kind.NO_MAIL),
        (boxed(mail("one")), Kind.MBOX),
        (crlf(boxed(mail("one"))), Kind.MBOX),
        (b"\xef\xbb\xbf\n\n" + boxed(mail("one")), Kind.MBOX),
        (ENVELOPE + b"\nno header\n", Kind.MBOX),
        (b"From \nSubject: no date\n\nx\n", Kind.MBOX),
        (b"From here on it is prose\n\nSubject: x\n", Kind.NO_MAIL),
        (mail("one"), Kind.MESSAGE),
        (crlf(mail("one")), Kind.MESSAGE),
        (b"\n\n" + mail("one"), Kind.MESSAGE),
        (b"sUBJECT: case does not count\n", Kind.MESSAGE),
        (b"Subject :the old syntax\r\n\r\nx", Kind.MESSAGE),
        (b"X-First: 1\nSecond: 2\nMessage-ID: <1@example.org>\n\nx\n", Kind.MESSAGE),
        (b"Foo: 1\nthis line is broken\nDate: today\n\nx\n", Kind.MESSAGE),
        (b">From ann Mon Mar  3\nSubject: passed on\n\nx\n", Kind.MESSAGE),
        (b"Note: read this first\n\nFrom: the authors\n", Kind.NO_MAIL),
        (b"Note: read this first\r\n\r\nFrom: the authors\r\n", Kind.NO_MAIL),
        (b"A broken first line\nSubject: too late\n", Kind.NO_MAIL),
        (b"http://example.org/\nSubject: x\n", Kind.NO_MAIL),
        (b'{"subject": "one"}', Kind.NO_MAIL),
        (b"<html><body>From: ann</body></html>", Kind.NO_MAIL),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), Kind.NO_MAIL),
        (b"PK\x03\x04" + bytes(100), Kind.ZIP),
        (bytes(257) + b"ustar\x0000", Kind.TAR),
        (b"half a message\n\n" + boxed(mail("one"), mail("two")), Kind.MBOX),
        (b"How an mbox looks:\n\n" + boxed(mail("one")), Kind.NO_MAIL),
    ],
)
def test_files_are_judged_by_their_first_bytes(head: bytes, kind: Kind) -> None:
    assert judge(head) is kind


@given(
    st.binary(max_size=300) | st.lists(st.sampled_from([b"From ", b"\n", b"a:", b" ", b">"])).map(b"".join)
)
def test_any_bytes_are_judged(head: bytes) -> None:
    assert judge(head) in Kind
