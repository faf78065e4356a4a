"""Dates of real archives are read, impossible ones are None, and it is known where a date came from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.dates import message_date, parse_date
from searcharc.message.headers import Headers, parse_headers
from searcharc.models import DateSource


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("=?utf-8?q?Wed=2C_8_Nov_2006_12=3A00=3A00_+0000?=", "2006-11-08T12:00:00"),
        ("Tue, 6 Nov 101 09:12:00 +0000", "2001-11-06T09:12:00"),
        ("Thu, 9 Mar 100 18:30:05 -0700 (PDT)", "2000-03-10T01:30:05"),
        ("Tue, 2 Feb 99 12:00:00 GMT", "1999-02-02T12:00:00"),
        ("Wed, 8 Nov 06 12:00 EST", "2006-11-08T17:00:00"),
        ("Fri, 5 Aug 2005 10:20:30 -0-200", "2005-08-05T10:20:30"),
        ("Wed, 9 Apr 2008 09.15.45 +0200", "2008-04-09T07:15:45"),
        ("Sun, 3 Aug 2008 01:02:03 +0200 CEST", "2008-08-02T23:02:03"),
        ("17-MAR-2021 08:09:10", "2021-03-17T08:09:10"),
        ("Wed, 20 Jan 2038 03:14:08 +0000", "2038-01-20T03:14:08"),
        ("Wed, 31 Dec 1969 23:59:59 +0000", "1969-12-31T23:59:59"),
        ("Fri, 31 Jan 2014 23:30:00 -0500", "2014-02-01T04:30:00"),
        ("Wed, 8 Nov 2006 12:00:00 +9999", "2006-11-08T12:00:00"),
        ("Tue, 5 Mar 2013 10:00:00 +0000 (GMT+00:00)", "2013-03-05T10:00:00"),
        ("Mon Mar  3 10:01:00 2014", "2014-03-03T10:01:00"),
        ("Mon Mar 3 10:01:00 JST 2014", "2014-03-03T01:01:00"),
        ("2014-03-03T10:01:02Z", "2014-03-03T10:01:02"),
        ("2014-03-03 10:01:02.5 +01:00", "2014-03-03T09:01:02"),
        ("Mo, 3 Mrz 2014 10:01:00 +0100", "2014-03-03T09:01:00"),
        ("lun. 3 mars 2014 10:01", "2014-03-03T10:01:00"),
        ("March 3, 2014 5:04 PM", "2014-03-03T17:04:00"),
        ("Mon, 3 Mar 2014 12:04 AM", "2014-03-03T00:04:00"),
        ("3.4.2010 10:00", "2010-04-03T10:00:00"),
        ("Mon, 3 Mar 2014 10:01:00 GMT+0200", "2014-03-03T08:01:00"),
        ("Thursday, 3-Mar-94 10:01:00 CET", "1994-03-03T09:01:00"),
        ("Mon, 3 Mar 2014 6:5:3 +0000", "2014-03-03T06:05:03"),
        ("Mon, 3 (three) Mar 2014 10:01:60 +0000", "2014-03-03T10:01:59"),
        ("Thu, 1 Jan 2015 00:00:00 +1400", "2014-12-31T10:00:00"),
        ("Thu, 1 Jan 2015 00:00:00 +1401", "2015-01-01T00:00:00"),
    ],
)
def test_dates_are_read(text: str, utc: str) -> None:
    date = parse_date(text)
    assert date is not None and date.tzinfo is not None
    assert date.astimezone(UTC).replace(tzinfo=None).isoformat() == utc
    assert parse_date(text.encode()) == date


def test_the_offset_that_was_written_is_kept() -> None:
    date = parse_date("Fri, 31 Jan 2014 23:30:00 -0530")
    assert date is not None and date.utcoffset() == -timedelta(hours=5, minutes=30)


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 7 Nov 8888888888 12:00:00 +0000",
        "Sat, 30 Feb 2002 10:00:00 +0000",
        "Mon, 20 Nov 0000 12:00:00 +0000",
        "Mon, 3 Mar 2014 25:01:00 +0000",
        "Mon, 3 Mar 2014 10:61:00 +0000",
        "Mon, 3 Mar 1899 10:00:00 +0000",
        "Mon, 3 Mar 2101 10:00:00 +0000",
        "03/04/2010 10:00",
        "10:00",
        "garbage",
        "",
        None,
    ],
)
def test_what_cannot_be_a_date_is_none(text: str | None) -> None:
    assert parse_date(text) is None


def headers(text: str) -> Headers:
    return parse_headers(text.encode())


ENVELOPE = b"From ann at example.org  Mon Mar  3 10:01:00 2014"
RECEIVED = (
    "Received: from a by b; Tue, 4 Mar 2014 08:00:00 +0000\n"
    "Received: from x by a; Mon, 3 Mar 2014 01:00:00 +0000\n"
)


def test_the_header_comes_first_then_the_last_hop_then_the_envelope() -> None:
    assert message_date(headers("Date: Sun, 2 Mar 2014 10:00:00 +0000\n" + RECEIVED), ENVELOPE) == (
        datetime(2014, 3, 2, 10, tzinfo=UTC),
        DateSource.HEADER,
    )
    assert message_date(headers("Date: soon\n" + RECEIVED), ENVELOPE) == (
        datetime(2014, 3, 4, 8, tzinfo=UTC),
        DateSource.RECEIVED,
    )
    assert message_date(headers("Date: Sat, 30 Feb 2002 10:00:00\n"), ENVELOPE) == (
        datetime(2014, 3, 3, 10, 1, tzinfo=UTC),
        DateSource.ENVELOPE,
    )
    assert message_date(headers("Subject: x\n"), None) == (None, DateSource.NONE)


def test_the_fixed_date_of_git_patches_is_no_date() -> None:
    envelope = b"From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001"
    assert message_date(headers("Subject: x\n"), envelope) == (None, DateSource.NONE)


@given(st.text(max_size=80))
def test_any_text_gives_a_plausible_date_or_none(text: str) -> None:
    date = parse_date(text)
    assert date is None or (date.tzinfo is not None and 1900 <= date.year <= 2100)
    message_date(parse_headers(b"Date: " + text.encode("utf-8", "ignore")), text.encode("utf-8", "ignore"))


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 12, 31)), st.integers(-14 * 60, 14 * 60))
def test_a_written_date_is_read_back(moment: datetime, minutes: int) -> None:
    sign = "-" if minutes < 0 else "+"
    zone = f"{sign}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    month = "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * moment.month - 3 : 3 * moment.month]
    date = parse_date(f"{moment.day} {month} {moment.year} {moment:%H:%M:%S} {zone}")
    assert date is not None
    assert date.replace(tzinfo=None) == moment.replace(microsecond=0)
    assert date.utcoffset() == timedelta(minutes=minutes)
