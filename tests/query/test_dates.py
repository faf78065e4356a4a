"""A date covers what it says: a year, a month, a day, a minute, a second; in UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcharc.errors import QueryError
from searcharc.query.dates import parse_age, parse_date

NOW = datetime(2024, 3, 31, 12, 30, 15, tzinfo=UTC)
FORM = "%Y-%m-%dT%H:%M:%S"


def covered(text: str, now: datetime = NOW) -> tuple[str, str]:
    first, last = parse_date(text, now=now)
    return tuple(datetime.fromtimestamp(t, UTC).strftime(FORM) for t in (first, last))  # type: ignore[return-value]


def day(text: str) -> tuple[str, str]:
    return (f"{text}T00:00:00", f"{text}T23:59:59")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2010", ("2010-01-01T00:00:00", "2010-12-31T23:59:59")),
        ("2010-05", ("2010-05-01T00:00:00", "2010-05-31T23:59:59")),
        ("2010-5", ("2010-05-01T00:00:00", "2010-05-31T23:59:59")),
        ("2010/05", ("2010-05-01T00:00:00", "2010-05-31T23:59:59")),
        ("2010-12", ("2010-12-01T00:00:00", "2010-12-31T23:59:59")),
        ("2008-02", ("2008-02-01T00:00:00", "2008-02-29T23:59:59")),
        ("1900-02", ("1900-02-01T00:00:00", "1900-02-28T23:59:59")),
        ("2010-05-28", day("2010-05-28")),
        ("2010/5/28", day("2010-05-28")),
        ("20100528", day("2010-05-28")),
        (" 2010-05-28 ", day("2010-05-28")),
        ("28 May 2010", day("2010-05-28")),
        ("May 28, 2010", day("2010-05-28")),
        ("28-May-2010", day("2010-05-28")),
        ("may 2010", ("2010-05-01T00:00:00", "2010-05-31T23:59:59")),
        ("September 2010", ("2010-09-01T00:00:00", "2010-09-30T23:59:59")),
        ("2010-05-28T18:02", ("2010-05-28T18:02:00", "2010-05-28T18:02:59")),
        ("2010-05-28T18:02:11", ("2010-05-28T18:02:11", "2010-05-28T18:02:11")),
        ("2010-05-28T18:02:11Z", ("2010-05-28T18:02:11", "2010-05-28T18:02:11")),
        ("2010-05-28T18:02:11+02:00", ("2010-05-28T16:02:11", "2010-05-28T16:02:11")),
        ("today", day("2024-03-31")),
        ("Yesterday", day("2024-03-30")),
        ("1d", day("2024-03-30")),
        ("3w", day("2024-03-10")),
        ("1m", day("2024-02-29")),  # no 31 February
        ("13m", day("2023-02-28")),
        ("1y", day("2023-03-31")),
        ("2 years", day("2022-03-31")),
        ("0001", ("0001-01-01T00:00:00", "0001-12-31T23:59:59")),
    ],
)
def test_a_date_covers_what_it_says(text: str, wanted: tuple[str, str]) -> None:
    first, last = parse_date(text, now=NOW)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert tuple((epoch + timedelta(seconds=t)).isoformat()[:19] for t in (first, last)) == wanted


def test_the_last_year_of_the_calendar_is_a_date() -> None:
    first, last = parse_date("9999", now=NOW)
    assert covered("9999-12-31")[0] == "9999-12-31T00:00:00"
    assert first < last


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2009-13", "2009-00", "2010-02-30", "2010-05-32", "0000", "10", "201", "20101", "28 Foo 2010",
        "31 June 2010", "2010-05-28T25:00", "tomorrowish", "2010-05-28T18:02:11+99:00", "-2010", "٢٠١٠-١٣", "3x", "w",
    ],
)  # fmt: skip
def test_what_no_calendar_has_is_an_error_with_place_and_hint(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_date(text, now=NOW, position=7)
    assert caught.value.position == 7
    assert "2010-05-28" in caught.value.hint


def test_today_is_the_day_in_utc() -> None:
    late = datetime(2024, 3, 30, 20, 0, tzinfo=timezone(timedelta(hours=-8)))
    assert covered("today", late) == day("2024-03-31")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12h", "2024-03-31T00:30:15"),
        ("3d", "2024-03-28T12:30:15"),
        ("2w", "2024-03-17T12:30:15"),
        ("1m", "2024-02-29T12:30:15"),
        ("2y", "2022-03-31T12:30:15"),
        ("1 month", "2024-02-29T12:30:15"),
        ("99999y", "0001-01-01T00:00:00"),
        ("99999d", "1750-06-17T12:30:15"),
    ],
)
def test_an_age_counts_back_from_now(text: str, wanted: str) -> None:
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=parse_age(text, now=NOW))
    assert instant.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") == wanted


@pytest.mark.parametrize("text", ["", "3", "d", "3 weeks ago", "-3d", "2010-05", "3.5d", "999999d"])
def test_what_is_no_age_is_an_error(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_age(text, now=NOW, position=4)
    assert caught.value.position == 4
    assert caught.value.hint


@settings(max_examples=500, deadline=None)
@given(st.dates())
def test_every_day_is_found_by_its_own_name(date: datetime) -> None:
    first, last = parse_date(date.isoformat(), now=NOW)
    assert last - first == 86399
    year = parse_date(f"{date.year:04}", now=NOW)
    month = parse_date(f"{date.year:04}-{date.month:02}", now=NOW)
    assert year[0] <= month[0] <= first <= last <= month[1] <= year[1]


@settings(max_examples=1000, deadline=None)
@given(st.text(max_size=24) | st.text("0123456789-/.: TZhdwmy", max_size=24))
def test_any_text_is_a_date_or_an_error(text: str) -> None:
    try:
        first, last = parse_date(text, now=NOW)
    except QueryError as error:
        assert error.hint
    else:
        assert first <= last
