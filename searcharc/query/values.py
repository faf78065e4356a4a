"""The values of fields: numbers, dates, sizes, exact values -> leaves of the tree.

Part of the parser (`query.parser`): every fault is an error with its place and a remedy.
"""

from __future__ import annotations

import difflib
import re
from datetime import datetime

from searcharc.analysis import fold_case
from searcharc.errors import QueryError
from searcharc.fields import HAS_VALUES, IS_VALUES, Field, Kind
from searcharc.message.numbers import number_integer, parse_number
from searcharc.query.dates import parse_age, parse_date
from searcharc.query.lexer import Piece
from searcharc.query.tree import Node, Span, Value

_SIZE = re.compile(r"(\d{1,15})(k|m|g)?b?\Z", re.IGNORECASE)


def date_span(spec: Field, piece: Piece, now: datetime) -> Node:
    """The span of time that a field of dates names."""
    text, where = piece.text, piece.value_position
    if spec.kind in (Kind.NEWER, Kind.OLDER):
        instant = parse_age(text, now=now, position=where)
        return Span("date", instant, None) if spec.kind is Kind.NEWER else Span("date", None, instant - 1)
    low: int | None
    high: int | None
    if ".." in text and spec.kind in (Kind.DATE, Kind.YEAR):
        first, _, last = text.partition("..")
        if not (first.strip() or last.strip()):
            raise QueryError("the range has no end", position=where, hint=f"as in {spec.example}")
        low = parse_date(first, now=now, position=where)[0] if first.strip() else None
        high = parse_date(last, now=now, position=where + len(first) + 2)[1] if last.strip() else None
        if low is not None and high is not None and low > high:
            raise QueryError(
                f"{text!r} ends before it begins", position=where, hint="write the earlier date first"
            )
    else:
        low, high = parse_date(text, now=now, position=where)
    match spec.kind:
        case Kind.AFTER:
            return Span("date", low, None)
        case Kind.BEFORE:
            return Span("date", None, low - 1 if low is not None else None)
        case Kind.UNTIL:
            return Span("date", None, high)
        case Kind.YEAR:
            return Span("year", low, high)
        case _:
            return Span("date", low, high)


def number_leaf(spec: Field, piece: Piece) -> Node:
    text, where = piece.text.strip(), piece.value_position
    hint = f"as in {spec.example}"
    if ".." in text:
        first, _, last = text.partition("..")
        ends: list[int | None] = []
        for end in (first, last):
            number = parse_number(end) if end.strip() else None
            if end.strip() and number is None:
                raise QueryError(f"{end!r} is no paragraph number", position=where, hint=hint)
            ends.append(number_integer(str(number)) if number is not None else None)
        low, high = ends
        if low is None and high is None:
            raise QueryError("the range has no end", position=where, hint=hint)
        if low is not None and high is not None and low > high:
            raise QueryError(
                f"{text!r} ends before it begins", position=where, hint="write the smaller number first"
            )
        return Span(spec.name, low, high)
    number = parse_number(text)
    if number is None:
        raise QueryError(f"{text!r} is no paragraph number", position=where, hint=hint)
    return Value(spec.name, str(number))


def value_leaf(spec: Field, piece: Piece) -> Node:
    text = fold_case(piece.text.strip())
    if spec.name in ("id", "thread"):
        text = piece.text.strip().strip("<>")
    known = {"has": HAS_VALUES, "is": IS_VALUES}.get(spec.name)
    if known and text not in known:
        near = difflib.get_close_matches(text, known, n=1)
        raise QueryError(
            f"{spec.name}: knows no {piece.text!r}",
            position=piece.value_position,
            hint=f"did you mean {spec.name}:{near[0]}?" if near else "one of " + ", ".join(known),
        )
    return Value(
        spec.name,
        text,
        not piece.quoted and ("*" in text or "?" in text) and spec.name not in ("id", "thread"),
    )


def size_leaf(spec: Field, piece: Piece) -> Node:
    text = piece.text.strip()
    first, dots, last = text.partition("..")
    ends: list[int | None] = []
    for end in (first, last if dots else first):
        match = _SIZE.match(end.strip())
        if end.strip() and not match:
            raise QueryError(
                f"{end!r} is no size", position=piece.value_position, hint=f"as in {spec.example}"
            )
        ends.append(
            int(match.group(1)) << {"k": 10, "m": 20, "g": 30}.get((match.group(2) or "").lower(), 0)
            if match
            else None
        )
    if ends == [None, None]:
        raise QueryError("the range has no end", position=piece.value_position, hint=f"as in {spec.example}")
    low, high = ends
    if low is not None and high is not None and low > high:
        raise QueryError(
            f"{text!r} ends before it begins",
            position=piece.value_position,
            hint="write the smaller size before the larger",
        )
    return Span(spec.name, low, high)
