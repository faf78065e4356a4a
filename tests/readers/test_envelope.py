from __future__ import annotations

import time

import pytest

from searcharc.readers.envelope import Separators

HEADER = b"Subject: one\n\nbody\n"

SEPARATORS = [
    b"From ann@example.org Mon Mar  3 10:01:00 2014",
    b"From ann@example.org  Mon Mar 03 10:01:00 2014",
    b"From ann@example.org Mon Mar  3 10:01 2014",
    b"From ann@example.org Mon Mar  3 10:01:00 EST 2014",
    b"From ann@example.org Mon Mar  3 10:01:00 2014 +0100",
    b"From ann@example.org Mon Mar  3 10:01:00 MET DST 2014",
    b"From ann@example.org Mon Mar  3 10:01:00 2014 (CET)",
    b"From ann Mon Mar  3 10:01:00 2014 remote from hal",
    b"From ann@example.org Mon, 3 Mar 2014 10:01:00 -0400 (EDT)",
    b"From ann@example.org Mon, 3 Mar 99 10:01:00 GMT",
    b"From ann@example.org 3 Mar 2014 10:01:00 +0000",
    b"From ann@example.org Mon 03 Mar 2014 03:01:00 PM CEST",
    b"From ann@example.org Monday, March 3, 10:01:00 2014",
    b"From ann@example.org 2014-03-03T10:01:00Z",
    b"From ann at example.org  Mon Mar  3 10:01:00 2014",
    b"From ann em example.org  Mon Mar  3 10:01:00 2014",
    b"From @nn @end|ng |rom ex@mp|e@org  Mon Mar  3 10:01:00 2014",
    b"From Ann B. Example <ann@example.org>  Mon Mar  3 10:01:00 2014",
    b"From Ann de la Example Mon Mar  3 10:01:00 2014",
    b"From MAILER-DAEMON Mon Mar  3 10:01:00 2014",
    b"From - Mon Mar 03 10:01:00 2014",
    b"From ???@??? Mon Mar 03 10:01:00 2014",
    b"From  Mon Mar  3 10:01:00 2014",
    b"From Mon Mar  3 10:01:00 2014",
    b"From J\xf3n at example.org Mon Mar  3 10:01:00 2014",
    b"From ann@example.org mon mar  3 10:01:00 2014",
    b"From ann@example.org Mon Mar  3 10:01:00 2014\r",
    b"From ann@example.org Mon Mar  3 10:01:00 2014  ",
]

PROSE = [
    b"From the chair we heard nothing new.",
    b"From now on: see below",
    b"From me, that is all.",
    b"From Monday to Friday we meet at 10:00 in 2014",
    b"From March 3 2014 the office is closed",
    b"From ann@example.org I heard this on Mon Mar  3 10:01:00 2014, as you know",
    b"From ann@example.org Mon Mar  3 10:01:00 2014 she wrote",
    b"From ann@example.org",
    b"From ",
    b"From Mon Mar 3",
    b"From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001",
]


@pytest.mark.parametrize("line", SEPARATORS)
def test_an_envelope_with_a_header_behind_it_separates(line: bytes) -> None:
    view = line + b"\n" + HEADER
    assert Separators().separates(view, 0) == len(line) + 1
    assert Separators().opens(view, 0) == len(line) + 1


@pytest.mark.parametrize("line", SEPARATORS)
def test_an_envelope_without_a_header_opens_a_file_but_does_not_separate(line: bytes) -> None:
    view = line + b"\nplain words, no header\n"
    assert Separators().separates(view, 0) is None
    assert Separators().opens(view, 0) == len(line) + 1


@pytest.mark.parametrize("line", PROSE)
@pytest.mark.parametrize("behind", [HEADER, b"no header\n", b"\n", b""])
def test_prose_does_not_separate(line: bytes, behind: bytes) -> None:
    assert Separators().separates(line + b"\n" + behind, 0) is None


@pytest.mark.parametrize("behind", [b"Agenda: the budget\n", b"http://example.org/\n"])
def test_a_sentence_that_ends_in_a_date_is_prose(behind: bytes) -> None:
    view = b"From our last call on Mon Mar  3 10:01:00 2014\n" + behind
    assert Separators().separates(view, 0) is None


@pytest.mark.parametrize(
    ("behind", "separates"),
    [
        (b"X-Any-Name: 1\n", True),
        (b"Subject : blank before the colon\n", True),
        (b">From bo@example.net Mon Mar  3 09:00:00 2014\nSubject: passed on\n", True),
        (b"\tid 12\nReceived: by example.org\n", True),
        (b"\nSubject: too late\n", False),
        (b">From bo\n\nSubject: too late\n", False),
        (b"\n", False),
        (b"", False),
    ],
)
def test_what_may_stand_behind_an_envelope(behind: bytes, separates: bool) -> None:
    view = SEPARATORS[0] + b"\n" + behind
    assert (Separators().separates(view, 0) is not None) is separates


def test_git_lines_separate_only_where_one_opens_the_file() -> None:
    line = b"From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n"
    view = line + HEADER
    separators = Separators()
    assert separators.separates(view, 0) is None
    assert separators.opens(view, 0) == len(line)
    assert separators.separates(view, 0) == len(line)


def test_lines_without_a_date_separate_only_where_one_opens_the_file_and_behind_a_blank_line() -> None:
    view = b"From \n" + HEADER + b"\nFrom bo@example.net\n" + HEADER
    at = view.rindex(b"From ")
    assert Separators().separates(view, at) is None
    separators = Separators()
    assert separators.opens(view, 0) == 6
    assert separators.separates(view, at) == at + 20
    glued = view.replace(b"\n\nFrom bo", b"\nFrom bo")
    assert separators.separates(glued, glued.rindex(b"From ")) is None


@pytest.mark.parametrize("filler", [b" ", b"@", b"\t ", b"Mon ", b"1", b"a@", b". ", b">From \n ", b"-"])
def test_a_hostile_line_is_judged_quickly(filler: bytes) -> None:
    view = b"From " + filler * 200_000
    start = time.perf_counter()
    Separators().opens(view, 0)
    Separators().separates(view, 0)
    assert time.perf_counter() - start < 0.5
