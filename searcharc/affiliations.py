"""A user's table of who spoke for whom, and when: its CSV file, and what it says of one message.

Path: `searcharc index --affiliations FILE` -> rows, kept in the manifest -> `assigning` puts what they
say of a message before what the message itself says. Only a table's entries are put in and taken out
again; what a message states stays as it was read, so that a table can be changed or dropped at any time.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from io import StringIO
from pathlib import Path

from searcharc.errors import UsageError
from searcharc.models import Affiliation, Evidence, Message

_COLUMNS = {
    "address": "who",
    "domain": "who",
    "address or domain": "who",
    "name": "name",
    "organisation": "name",
    "organization": "name",
    "role": "role",
    "from": "start",
    "to": "end",
}
_HEADER = "address, name, role, from, to"
_WHO = re.compile(r"(?:[^\s@,;<>]+@)?[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_LONGEST = 200  # characters of a cell
_MOST_NAMED = 8  # faults that are named at once
_PERSONAL_FACTOR = 0.5  # as `message.affiliation` weighs what is said in a personal capacity


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row. who: an address or a domain (it holds for those below it too), lower case.

    start, end: ISO days, both included; "" is open. role: "" where none is given.
    """

    who: str
    name: str
    role: str = ""
    start: str = ""
    end: str = ""

    @property
    def text(self) -> str:
        """The row as a table writes it."""
        return ", ".join((self.who, self.name, self.role, self.start, self.end)).rstrip(", ")

    def holds(self, day: str | None) -> bool:
        """Whether it speaks of this day (ISO); of None, a message without a date, only where it is open."""
        if day is None:
            return not self.start and not self.end
        return (not self.start or self.start <= day) and (not self.end or day <= self.end)


def read_table(path: Path) -> tuple[TableRow, ...]:
    """The rows of a CSV file: UTF-8 with or without a byte order mark, parted by commas or semicolons.

    The first row names the columns: `address` or `domain`, `name` (the organisation's), and where wanted
    `role`, `from`, `to` (ISO dates; a year or a month stands for all its days).

    Raises:
        UsageError: a file that cannot be read, or rows that cannot; each is named by its line.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror}", hint=f"name a CSV file with the columns {_HEADER}"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}, line {line}: not UTF-8", hint="save the table as UTF-8") from None
    rows: list[TableRow] = []
    faults: list[str] = []
    columns: list[str] | None = None
    for line, cells in _cells(path, text):
        if columns is None:
            columns = _columns(path, line, cells)
            continue
        try:
            rows.append(_row(columns, cells))
        except ValueError as fault:
            faults.append(f"line {line}: {fault}")
    if columns is None:
        raise UsageError(f"{path} is empty", hint=f"its first line names the columns: {_HEADER}")
    if faults:
        more = [f"and {len(faults) - _MOST_NAMED} more"] if len(faults) > _MOST_NAMED else []
        raise UsageError(
            f"{path}: {'; '.join(faults[:_MOST_NAMED] + more)}", hint="mend these lines; nothing was done"
        )
    return tuple(dict.fromkeys(rows))


def _cells(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row that is not blank; the line is the one on which the row begins."""
    head = text.lstrip("\r\n").partition("\n")[0]
    reader = csv.reader(
        StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True
    )
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, [" ".join(cell.split()) for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UsageError(f"{path}, line {begins}: {error}", hint="is a quotation mark left open?") from None


def _columns(path: Path, line: int, cells: Sequence[str]) -> list[str]:
    """What each column holds: fields of TableRow."""
    found = [_COLUMNS.get(cell.casefold(), "") for cell in cells]
    unknown = [cell for cell, column in zip(cells, found, strict=True) if cell and not column]
    hint = f"the first line names the columns: {_HEADER}"
    if unknown:
        raise UsageError(f"{path}, line {line}: no column is named {unknown[0][:60]!r}", hint=hint)
    for needed, name in (("who", "address or domain"), ("name", "name")):
        if needed not in found:
            raise UsageError(f"{path}, line {line}: there is no column {name}", hint=hint)
    for column in ("name", "role", "start", "end"):
        if found.count(column) > 1:
            raise UsageError(f"{path}, line {line}: a column stands there twice", hint=hint)
    return found


def _row(columns: Sequence[str], cells: Sequence[str]) -> TableRow:
    """Raises: ValueError says what is wrong."""
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        raise ValueError(f"{len(cells)} cells where the header has {len(columns)}")
    held: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        if not cell:
            continue
        if len(cell) > _LONGEST or not cell.isprintable():
            raise ValueError(f"{cell[:40]!r} is too long or not text")
        if column in held:  # a table may have a column of addresses beside one of domains
            raise ValueError(f"both {held[column]} and {cell} are given")
        held[column] = cell
    who = held.get("who", "").lstrip("@").lower()
    if not who:
        raise ValueError("no address or domain")
    if _WHO.fullmatch(who) is None:
        raise ValueError(f"{who!r} is no address and no domain")
    if "name" not in held:
        raise ValueError(f"no name for {who}")
    start, end = _day(held.get("start", ""), last=False), _day(held.get("end", ""), last=True)
    if start and end and end < start:
        raise ValueError(f"it ends ({held['end']}) before it begins ({held['start']})")
    return TableRow(who, held["name"], held.get("role", ""), start, end)


def _day(text: str, *, last: bool) -> str:
    """The first or last day of a year, month or day: "2010-05" -> "2010-05-01" or "2010-05-31"."""
    if not text:
        return ""
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        year, month, day = int(match[1]), int(match[2] or (12 if last else 1)), match[3]
        if day:
            return date(year, month, int(day)).isoformat()
        if not last:
            return date(year, month, 1).isoformat()
        return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).isoformat()
    except ValueError:
        raise ValueError(f"{text!r} is no ISO date, as in 2010-05-28") from None


class AffiliationTable:
    """Rows, asked message by message."""

    def __init__(self, rows: Iterable[TableRow] = ()) -> None:
        self._rows: dict[str, list[TableRow]] = {}
        for row in rows:
            self._rows.setdefault(row.who, []).append(row)

    @property
    def domains(self) -> frozenset[str]:
        """Those whose messages it may speak of, with all below them."""
        return frozenset(who.rpartition("@")[2] for who in self._rows)

    def rows_for(self, address: str, day: str | None) -> list[TableRow]:
        """The rows that hold: the address's own, else of the domain, else of the next one above it."""
        address = address.lower()
        labels = address.rpartition("@")[2].split(".")
        for who in (address, *(".".join(labels[at:]) for at in range(len(labels)))):
            held = [row for row in self._rows.get(who, ()) if row.holds(day)]
            if held:
                return held
        return []

    def assigned(self, message: Message) -> Message:
        """The message with what the table says before what it says itself, and nothing of another table."""
        day = message.date.astimezone(UTC).date().isoformat() if message.date else None
        sure = _PERSONAL_FACTOR if message.capacity else 1.0
        told = tuple(
            Affiliation(row.name, row.role or None, Evidence.TABLE, row.text, sure)
            for row in self.rows_for(message.sender.address, day)
        )
        stated = tuple(a for a in message.affiliations if a.evidence is not Evidence.TABLE)
        return replace(message, affiliations=(*told, *stated))
