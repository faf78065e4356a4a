"""Dates of a query: text -> the instants it covers, in seconds since 1970, UTC.

A date is as wide as it is written: `2010` is a year, `2010-05` a month, `2010-05-28` a day.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from searcharc.errors import QueryError

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMERIC = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?|(\d\d)(\d\d)?)?", re.ASCII)
_INSTANT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
_NAMED = re.compile(r"(?:(\d{1,2})[ .-]+)?([a-z]{3,9})\.?[ ,-]+(?:(\d{1,2})(?:st|nd|rd|th)?[ ,]+)?(\d{4})")
_AGE = re.compile(r"(\d{1,5}) ?(h|d|w|m|y|hours?|days?|weeks?|months?|years?)")
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

HINT = "a date is 2010, 2010-05, 2010-05-28, May 2010, today, yesterday or an age such as 3w"


def parse_date(text: str, *, now: datetime, position: int | None = None) -> tuple[int, int]:
    """The first and the last second that a date covers: "2010-05" -> all of May 2010.

    now: aware; what `today`, `yesterday` and ages (`3w`: the day three weeks ago) count from.

    Raises:
        QueryError: no date, or one that no calendar has.
    """
    try:
        first, after = _interval(text.strip().lower(), now.astimezone(UTC))
    except (ValueError, OverflowError):
        raise QueryError(f"{text!r} is no date", position=position, hint=HINT) from None
    return int(first.timestamp()), int(after.timestamp()) - (after < _LAST)


def parse_age(text: str, *, now: datetime, position: int | None = None) -> int:
    """The instant this long ago: "2y" -> two years before `now`.

    Raises:
        QueryError: no number with h, d, w, m or y behind it.
    """
    match = _AGE.fullmatch(text.strip().lower())
    if not match:
        raise QueryError(f"{text!r} is no age", position=position, hint="an age is 12h, 3d, 2w, 6m or 1y")
    return int(_ago(match, now.astimezone(UTC)).timestamp())


def _interval(text: str, now: datetime) -> tuple[datetime, datetime]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    day = timedelta(days=1)
    if text in ("today", "yesterday"):
        first = today if text == "today" else today - day
        return first, first + day
    if match := _NUMERIC.fullmatch(text):
        year, *rest = (int(g) for g in match.groups() if g)
        return _calendar(year, *rest)
    if match := _INSTANT.fullmatch(text):
        instant = datetime.fromisoformat(match.group().upper())
        instant = instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
        return instant, instant + (timedelta(seconds=1) if match.group(6) else timedelta(minutes=1))
    if match := _AGE.fullmatch(text):
        instant = _ago(match, now)
        if match.group(2).startswith("h"):
            return instant, instant + timedelta(hours=1)
        first = instant.replace(hour=0, minute=0, second=0, microsecond=0)
        return first, first + day
    if match := _NAMED.fullmatch(text):
        before, name, behind, year_text = match.groups()
        if name[:3] in _MONTHS:
            date_text = before or behind
            return _calendar(
                int(year_text), _MONTHS.index(name[:3]) + 1, int(date_text) if date_text else None
            )
    raise ValueError(text)


def _calendar(year: int, month: int | None = None, day: int | None = None) -> tuple[datetime, datetime]:
    first = datetime(year, 1 if month is None else month, 1 if day is None else day, tzinfo=UTC)
    if day is not None:
        return first, _LAST if _LAST - first < timedelta(days=1) else first + timedelta(days=1)
    if month is not None:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    else:
        year, month = year + 1, 1
    return first, datetime(year, month, 1, tzinfo=UTC) if year <= _LAST.year else _LAST


def _ago(match: re.Match[str], now: datetime) -> datetime:
    count, unit = int(match.group(1)), match.group(2)[0]
    if unit in "hdw":
        step = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[unit]
        return max(_FIRST, now - count * step) if count * step < now - _FIRST else _FIRST
    months = now.year * 12 + now.month - 1 - count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    if year < 1:
        return _FIRST
    for date in range(now.day, 27, -1):  # 31 May less three months is the last of February
        try:
            return now.replace(year=year, month=month + 1, day=date)
        except ValueError:
            continue
    return now.replace(year=year, month=month + 1, day=min(now.day, 28))
