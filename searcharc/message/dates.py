"""Date header, Received fields and envelope line -> when a message was sent, and how that is known.

Reads RFC 5322 dates and what senders write instead. What cannot be a date is None: no date is
invented. Nothing raises.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from searcharc.message.headers import Headers, decode_header
from searcharc.models import DateSource

YEARS = range(1900, 2101)  # a year outside is a broken clock or a forgery
_LONGEST = 256  # characters of a date that are read

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january janvier enero januar jänner gennaio janeiro ene gen",
            "feb february février fevrier fév fev febrero februar febbraio fevereiro",
            "mar march mars marzo märz maerz mär mrz março marco",
            "apr april avril abril aprile avr abr",
            "may mai mayo maggio maio mag",
            "jun june juin junio juni giugno junho giu",
            "jul july juillet julio juli luglio julho juil lug",
            "aug august août aout agosto aoû ago",
            "sep sept september septembre septiembre settembre setembro set",
            "oct october octobre octubre oktober okt ottobre outubro ott out",
            "nov november novembre noviembre novembro",
            "dec december décembre decembre diciembre dezember dez dicembre dezembro déc dic",
        ),
        start=1,
    )
    for name in names.split()
}

# RFC 5322 4.3, and names that mail programs outside North America write. Hours east of Greenwich.
_ZONES = {
    "ut": 0.0, "utc": 0.0, "gmt": 0.0, "z": 0.0, "wet": 0.0, "west": 1.0, "bst": 1.0, "cet": 1.0,
    "met": 1.0, "mez": 1.0, "cest": 2.0, "mest": 2.0, "mesz": 2.0, "eet": 2.0, "eest": 3.0, "sast": 2.0,
    "msk": 3.0, "msd": 4.0, "jst": 9.0, "kst": 9.0, "hkt": 8.0, "sgt": 8.0, "aest": 10.0, "aedt": 11.0,
    "acst": 9.5, "acdt": 10.5, "awst": 8.0, "nzst": 12.0, "nzdt": 13.0, "nst": -3.5, "ndt": -2.5,
    "ast": -4.0, "adt": -3.0, "est": -5.0, "edt": -4.0, "cst": -6.0, "cdt": -5.0, "mst": -7.0, "mdt": -6.0,
    "pst": -8.0, "pdt": -7.0, "akst": -9.0, "akdt": -8.0, "hst": -10.0, "brt": -3.0,
}  # fmt: skip

_STRICT = re.compile(
    r"\s*(?:[A-Za-z]{3},? +)?(\d{1,2}) +([A-Za-z]{3}) +(\d{4}) +"
    r"(\d{1,2}):(\d{2}):(\d{2}) +([+-]\d{4})(?![\d:])"
)
_ISO = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?)?"
)
_CLOCK = re.compile(r"(?<![\d.:])(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?(?:[.,]\d{1,9})?(?![\d:])")
_DOTTED_CLOCK = re.compile(r"(?<![\d.:])(\d{1,2})\.(\d{2})(?:\.(\d{2}))?(?![\d.])")
_HALF = re.compile(r"\s*([ap])\.?m\b\.?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:^|\s|GMT|UTC|Z)([+-])(\d{1,2})(?::?(\d{2}))?(?![\d:-])", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+|\d+")
_NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")


def parse_date(text: str | bytes | None) -> datetime | None:
    """An aware datetime, with the offset that was written, or None where the text is no date.

    "Tue, 6 Nov 101 09:12:00 +0000" -> 2001: years of two digits are 1950 to 2049, of three digits
    counted from 1900 (RFC 5322 4.3). A zone outside +-14:00, or not readable, counts as UTC.
    "Sat, 30 Feb 2002 10:00:00 +0000", a year outside 1900 to 2100, "03/04/2010" (which is the
    month?) -> None.
    """
    if text is None:
        return None
    if isinstance(text, bytes):
        text = text[:_LONGEST].decode("utf-8", "replace")
    text = text[:_LONGEST]
    if "=?" in text:  # RFC 2047 forbids it; some programs encode each field
        text = decode_header(text.encode("utf-8", "replace"))
    strict = _STRICT.match(text)
    if strict:
        month = _MONTHS.get(strict[2].lower())
        if month:
            clock = (int(strict[4]), int(strict[5]), int(strict[6]))
            return _build(int(strict[3]), month, int(strict[1]), clock, _offset(strict[7]))
    return _parse_loose(_without_comments(text))


def _without_comments(text: str) -> str:
    if "(" not in text:
        return text
    kept: list[str] = []
    depth = 0
    for char in text:
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(char)
    return "".join(kept)


def _parse_loose(text: str) -> datetime | None:
    iso = _ISO.search(text)
    if iso:
        clock = (int(iso[4] or 0), int(iso[5] or 0), int(iso[6] or 0))
        return _build(int(iso[1]), int(iso[2]), int(iso[3]), clock, _offset(text[iso.end() :]))
    match = _CLOCK.search(text)
    if match is None:
        # Dots: only where a month's name stands too, else "10.30.45" might be a date.
        match = _DOTTED_CLOCK.search(text) if _month_in(text) else None
    before, after, clock = text, "", (0, 0, 0)
    if match:
        hour = int(match[1])
        before, after = text[: match.start()], text[match.end() :]
        half = _HALF.match(after)
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half[1].lower() == "p" else 0)
            after = after[half.end() :]
        clock = (hour, int(match[2]), int(match[3] or 0))
    offset = _offset(after)
    day_month_year = _day_month_year(before, _OFFSET.sub(" ", after))
    if day_month_year is None:
        return None
    day, month, year = day_month_year
    return _build(year, month, day, clock, offset)


def _month_in(text: str) -> int | None:
    for word in _WORD.findall(text):
        if word.lower() in _MONTHS:
            return _MONTHS[word.lower()]
    return None


def _day_month_year(before: str, after: str) -> tuple[int, int, int] | None:
    """Day, month and year from what stands before and behind the time of day."""
    numeric = _NUMERIC.search(before) or _NUMERIC.search(after)
    if numeric:
        first, second, year = int(numeric[1]), int(numeric[3]), int(numeric[4])
        if numeric[2] == "." or first > 12 or first == second:
            return first, second, year
        return (second, first, year) if second > 12 else None
    month: int | None = None
    numbers: list[str] = []
    for word in _WORD.findall(f"{before} {after}"):
        if word.isdecimal():
            numbers.append(word)
        elif month is None:
            month = _MONTHS.get(word.lower())
    if month is None or len(numbers) < 2:
        return None
    day, digits = numbers[0], numbers[1]
    if len(day) > 2 and len(digits) <= 2:  # "2014 Mar 3"
        day, digits = digits, day
    if len(day) > 2 or len(digits) > 4:
        return None
    return int(day), month, _full_year(digits)


def _full_year(digits: str) -> int:
    """RFC 5322 4.3: "06" -> 2006, "99" -> 1999, "101" -> 2001."""
    year = int(digits)
    if len(digits) <= 2:
        return year + (2000 if year < 50 else 1900)
    return year + 1900 if len(digits) == 3 else year


def _offset(text: str) -> timedelta:
    """The zone in a text, as time east of Greenwich; UTC where it is unreadable or impossible."""
    match = _OFFSET.search(text)
    if match:
        value = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if value > timedelta(hours=14) or int(match[3] or 0) > 59:
            return timedelta()
        return -value if match[1] == "-" else value
    for word in re.findall(r"[A-Za-z]+", text):
        hours = _ZONES.get(word.lower())
        if hours is not None:
            return timedelta(hours=hours)
    return timedelta()


def _build(
    year: int, month: int, day: int, clock: tuple[int, int, int], offset: timedelta
) -> datetime | None:
    if year not in YEARS:
        return None
    zone = timezone(offset) if offset else UTC
    try:
        # Second 60 is a leap second; Python has none.
        return datetime(
            year, month, day, clock[0], clock[1], min(clock[2], 59) if clock[2] <= 60 else 61, tzinfo=zone
        )
    except ValueError:
        return None


_WEEKDAY = re.compile(rb"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b")
_COMMIT = re.compile(rb"From [0-9a-f]{40} ")


def message_date(headers: Headers, envelope: bytes | None = None) -> tuple[datetime | None, DateSource]:
    """The date of a message and where it was taken from.

    The Date field; else the Received field that stands first (the last hop, the archive's own side,
    whose clock a sender cannot set); else the envelope line of the mbox; else (None, NONE).
    """
    for value in headers.get_all("date"):
        date = parse_date(value)
        if date is not None:
            return date, DateSource.HEADER
    for value in headers.get_all("received"):
        date = parse_date(value.rpartition(b";")[2][-_LONGEST:]) if b";" in value else None
        if date is not None:
            return date, DateSource.RECEIVED
    if envelope and not _COMMIT.match(envelope):
        line = envelope[-_LONGEST:]
        weekday = next(reversed(list(_WEEKDAY.finditer(line))), None)
        date = parse_date(line[weekday.start() :]) if weekday else None
        if date is not None:
            return date, DateSource.ENVELOPE
    return None, DateSource.NONE
