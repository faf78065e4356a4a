"""A signature's lines -> the organisations and roles it states.

Path: signature paragraphs -> here -> `message.affiliation`. Each line is cut into cells (at
wide gaps and bars) and each cell into pieces (at commas, dashes, "at"); a piece is the
sender's name, a role, an organisation, a unit, a contact, or nothing known. An unknown piece
is an organisation only beside a role, or where a mail or web domain spells it. What a motto
says is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from searcharc.message import organisations as words
from searcharc.message.closings import is_sign_off
from searcharc.message.domains import is_silent, registered_domain
from searcharc.message.pieces import SENTENCE_WORD, Kind
from searcharc.message.rows import Row, read_row
from searcharc.message.zoned import fold_words

_LONGEST_LINE = 240
_MOST_LINES = 40
_SENTENCE_WORDS = 3  # a line with so many is prose, whatever it names
_MOST_STATEMENTS = 4
_LETTERS = re.compile(r"[^\W\d_]{2}")
_URL_HOST = re.compile(
    r"(?:https?://(?:www\d?\.)?|www\d?\.|[\w.+-]@|\sat\s)([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE
)
_CAPITALS = re.compile(r"[A-Z][A-Z0-9&./-]*[A-Z][A-Z0-9]*")


@dataclass(frozen=True, slots=True)
class Statement:
    """An organisation that a signature names. line: the line it stands in; sure: by its own word."""

    name: str
    role: str | None
    line: str
    sure: bool


@lru_cache(maxsize=4096)  # senders sign each of their mails alike
def read_signature(
    lines: tuple[str, ...], *, name_words: frozenset[str], domain_label: str | None
) -> tuple[Statement, ...]:
    """The organisations that a signature's lines state, each with its role.

    ["Ann Example", "Director", "Tarnholm Institute"] -> Tarnholm Institute, role Director.
    "Directrice / Director" over "Institut Tarnholm / Tarnholm Institute" are two pairs.
    name_words: the sender's name, folded. domain_label: "tarnholm" of ann@tarnholm.example.
    """
    hosts = _hosts(lines)
    if domain_label:
        hosts.add(domain_label)
    rows = [
        read_row(line, name_words, hosts)
        for line in lines[:_MOST_LINES]
        if len(line) <= _LONGEST_LINE
        and _LETTERS.search(line)
        and not is_sign_off(line.strip())
        and len(SENTENCE_WORD.findall(line)) < _SENTENCE_WORDS
    ]
    return tuple(_statements(list(_present(_of_sender(rows)))))


def _of_sender(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows without those of others who sign the same letter: "Bo Sample, Quillmere Society"."""
    if not any(row.pieces and row.pieces[0][0] is Kind.NAME and row.of(Kind.WHOLE, Kind.BODY) for row in rows):
        return rows
    return [row for row in rows if not _names_other(row)]


def _names_other(row: Row) -> bool:
    kinds = [kind for kind, _ in row.pieces]
    return (
        len(kinds) > 1
        and kinds[0] is Kind.PLAIN
        and 2 <= len(row.pieces[0][1].split()) <= 3
        and Kind.NAME not in kinds
        and any(kind in (Kind.WHOLE, Kind.BODY, Kind.ROLE) for kind in kinds[1:])
    )


def _present(rows: Sequence[Row]) -> Iterator[Row]:
    """The rows without offices that are over, and what they were of."""
    over = False
    for row in rows:
        if words.FORMER.match(row.line):
            over = not row.of(Kind.WHOLE, Kind.BODY, Kind.UNIT)
        elif over and not row.of(Kind.ROLE) and row.of(Kind.WHOLE, Kind.BODY, Kind.UNIT, Kind.PLAIN):
            over = False
        else:
            yield row


def _hosts(lines: Sequence[str]) -> set[str]:
    """Labels of the domains in a signature: "https://www.tarnholm.example" -> tarnholm."""
    labels: set[str] = set()
    for line in lines:
        if "." in line:
            for match in _URL_HOST.finditer(line[:_LONGEST_LINE]):
                domain = registered_domain(match[1])
                if domain is not None and not is_silent(match[1], domain):
                    labels.add(domain.split(".", 1)[0])
    return labels


def _statements(rows: Sequence[Row]) -> list[Statement]:
    found: list[tuple[int, Statement]] = []  # rank and statement
    role: str | None = None  # of the rows that follow, until the next role
    roles: list[str] = []
    bound = False  # whether an organisation has taken it
    for index, row in enumerate(rows):
        here = row.of(Kind.ROLE)
        if here and _looks_up(index, rows, found):
            rank, above = found[-1]
            found[-1] = rank, Statement(above.name, ", ".join(here), above.line, above.sure)
            role, roles, bound = None, [], True
            continue
        waiting = (role, roles, False) if role is not None and not bound else None
        if here:
            roles, role, bound = here, (" / " if "/" in row.line else ", ").join(here), False
        names = _organisations(row, role is not None and not bound, index, rows)
        for position, (rank, name) in enumerate(names):
            own = roles[position] if len(roles) == len(names) > 1 else role
            found.append((rank, Statement(name, own, row.line, rank != 1)))
        if here and names and waiting is not None:
            role, roles, bound = waiting  # a role above still waits for its organisation
        elif names and names[0][0] >= 1:
            bound = True
    if roles and not bound and found and found[-1][1].role is None:
        # "Tarnholm Ltd", an address, then "Director": the role stands below.
        rank, above = found[-1]
        found[-1] = rank, Statement(above.name, role, above.line, above.sure)
    return _best(found)


def _organisations(row: Row, role_open: bool, index: int, rows: Sequence[Row]) -> list[tuple[int, str]]:
    """The organisations of a row, ranked: 3 whole, 2 body, 1 plain, 0 unit."""
    wholes = row.of(Kind.WHOLE)
    if wholes:
        return [(3, name) for name in wholes]
    bodies = row.of(Kind.BODY)
    units = row.of(Kind.UNIT)
    plain = row.of(Kind.PLAIN)
    if bodies:
        return [(2, bodies[0])]
    if units:
        # "Department X - FAC - UNI" climbs to the whole, "UNI - LAB - UMR 12" descends from it.
        if plain and row.pieces[0][0] is Kind.PLAIN and _CAPITALS.fullmatch(plain[0]):
            return [(3, plain[0])]
        if plain and row.pieces[-1][0] is Kind.PLAIN and _CAPITALS.fullmatch(plain[-1]):
            return [(3, plain[-1])]
        return [(0, units[0])]
    if plain and any(fold_words(text) and fold_words(text) <= words.PLACES for _, text in row.pieces):
        return []
    if plain and row.of(Kind.NAME) and len(row.pieces) > 2 and _generic(row.pieces[-1][1]):
        return [(2, plain[0])]
    if len(plain) == 1 and len(row.pieces) > 1 and _generic(row.pieces[-1][1]):
        return [(2, plain[0])]
    if plain and role_open and (row.of(Kind.ROLE) or _beside_role(index, rows)):
        return [(1, plain[0])]
    if plain and row.of(Kind.NAME) and _CAPITALS.match(plain[0]):
        return [(1, plain[0])]
    return []


def _generic(text: str) -> bool:
    return words.BODY.fullmatch(text) is not None


def _looks_up(index: int, rows: Sequence[Row], found: Sequence[tuple[int, Statement]]) -> bool:
    """Whether a role belongs to the organisation on the line above: none stands on its own or the next."""
    if not found or index == 0 or found[-1][1].role is not None or found[-1][1].line != rows[index - 1].line:
        return False
    if found[-1][0] < 2 or rows[index].of(Kind.WHOLE, Kind.BODY, Kind.PLAIN, Kind.UNIT):
        return False
    return index + 1 == len(rows) or not rows[index + 1].of(Kind.WHOLE, Kind.BODY)


def _beside_role(index: int, rows: Sequence[Row]) -> bool:
    return index > 0 and bool(rows[index - 1].of(Kind.ROLE)) and rows[index].pieces[0][0] is Kind.PLAIN


def _best(found: Sequence[tuple[int, Statement]]) -> list[Statement]:
    """For each role the largest bodies named with it; units and unknown names only where nothing else is."""
    if not found:
        return []
    top = max(rank for rank, _ in found)
    largest: dict[str | None, int] = {}
    for rank, statement in found:
        largest[statement.role] = max(rank, largest.get(statement.role, 0))
    kept = [
        statement
        for rank, statement in found
        if rank == top or (rank == largest[statement.role] and rank >= 2 and statement.role is not None)
    ]
    return kept[:_MOST_STATEMENTS]
