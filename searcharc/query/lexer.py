"""Query text -> lexemes: words, phrases, brackets and operators with their places.

A word runs to the next blank, quote or unmatched bracket: `para:OP21bis(a)` is one word, and so is
a URL with colons. Operators are operators in capitals only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from searcharc.errors import LimitError, QueryError

MAX_LENGTH = 4096
"""Longest query in characters."""


class Lexeme(StrEnum):
    """What a piece of a query is."""

    OPEN = "("
    CLOSE = ")"
    NOT = "NOT"
    AND = "AND"
    OR = "OR"
    NEAR = "NEAR"
    ATOM = "word"
    END = "end"


@dataclass(frozen=True, slots=True)
class Piece:
    """One lexeme. position: 0-based offset in the query.

    field: the name before a colon as written ("" = none); for OPEN: that of `field:(`.
    text: the word, or what stands between quotes; quoted tells which.
    exact: "=" stood before it. distance: behind `"..."~` or `NEAR/`.
    value_position: where the value begins, behind the field's colon.
    braced: the text stood between { and }: a query of its own.
    """

    kind: Lexeme
    position: int
    text: str = ""
    field: str = ""
    quoted: bool = False
    exact: bool = False
    distance: int | None = None
    value_position: int = 0
    braced: bool = False


_QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»"}
_FIELD = re.compile(r"([A-Za-z_]+~?):(?!:)")
_REPLY = re.compile(r"(?:re|fwd?|aw|sv|wg|antw|vs|tr)\Z", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|mailto:|urn:|news:|tel:|cid:|mid:(?=//)", re.IGNORECASE)
_NEAR = re.compile(r"NEAR(?:/(\d{1,6}))?\Z")
_SLOP = re.compile(r"~(\d{1,6})")
DEFAULT_NEAR = 10
"""Distance of NEAR without a number."""
MAX_NEAR = 1000
"""Largest distance of NEAR/n and of "..."~n."""


def split_query(text: str) -> list[Piece]:
    """The lexemes of a query, with an END behind the last.

    Raises:
        QueryError: a quote that is not closed.
        LimitError: longer than MAX_LENGTH.
    """
    if len(text) > MAX_LENGTH:
        raise LimitError(
            f"the query has {len(text)} characters", position=MAX_LENGTH, hint=f"at most {MAX_LENGTH}"
        )
    pieces: list[Piece] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char.isspace() or char == "\0":
            place += 1
        elif char == "(":
            pieces.append(Piece(Lexeme.OPEN, place))
            place += 1
        elif char == ")":
            pieces.append(Piece(Lexeme.CLOSE, place))
            place += 1
        elif (
            char == "-" and place + 1 < len(text) and not text[place + 1].isspace() and text[place + 1] != "-"
        ):
            pieces.append(Piece(Lexeme.NOT, place, "-"))
            place += 1
        else:
            piece, place = _atom(text, place)
            pieces.append(piece)
    pieces.append(Piece(Lexeme.END, len(text)))
    return pieces


def _atom(text: str, start: int) -> tuple[Piece, int]:
    """A word, phrase or operator at `start`, and where it ends."""
    field, place = "", start
    if not _SCHEME.match(text, start) and (match := _FIELD.match(text, start)):
        behind = text[match.end() : match.end() + 1]
        # "Re:" and "Re:lantern" are words of a subject, and so is any name with nothing behind it.
        if not _REPLY.match(match.group(1)):
            field, place = match.group(1), match.end()
            if behind == "(":
                return Piece(Lexeme.OPEN, start, field=field, value_position=place), place + 1
            if not behind or behind.isspace() or behind == ")":
                return Piece(Lexeme.ATOM, start, field=field, value_position=place), place
    value = place
    if field and text[place] == "{":
        closed = _brace_end(text, place)
        return Piece(
            Lexeme.ATOM, start, text[place + 1 : closed], field, value_position=value, braced=True
        ), closed + 1
    exact = text[place] == "=" and place + 1 < len(text) and not text[place + 1].isspace()
    if exact:
        place += 1
    if text[place] in _QUOTES:
        closing = _QUOTES[text[place]] + ('"' if text[place] != '"' else "")
        end = next((i for i in range(place + 1, len(text)) if text[i] in closing), None)
        if end is None:
            raise QueryError("a quote is not closed", position=place, hint='add the closing "')
        inner, end = text[place + 1 : end], end + 1
        slop = _SLOP.match(text, end)
        distance = _distance(slop.group(1), end) if slop else None
        return (
            Piece(Lexeme.ATOM, start, inner, field, True, exact, distance, value),
            slop.end() if slop else end,
        )
    end = _word_end(text, place)
    word = text[place:end]
    if not field and not exact:
        if word in ("AND", "OR", "NOT"):
            return Piece(Lexeme(word), start, word), end
        if near := _NEAR.match(word):
            return Piece(Lexeme.NEAR, start, word, distance=_distance(near.group(1), start)), end
    return Piece(Lexeme.ATOM, start, word, field, False, exact, None, value), end


def _brace_end(text: str, opening: int) -> int:
    """Where the brace at `opening` is closed; braces in quotes do not count."""
    depth, quoted = 0, False
    for place in range(opening, len(text)):
        char = text[place]
        if char == '"':
            quoted = not quoted
        elif char == "{" and not quoted:
            depth += 1
        elif char == "}" and not quoted:
            depth -= 1
            if not depth:
                return place
    raise QueryError("a brace is not closed", position=opening, hint="add the closing }")


def _distance(digits: str | None, position: int) -> int:
    distance = int(digits) if digits else DEFAULT_NEAR
    if not 1 <= distance <= MAX_NEAR:
        raise LimitError(f"{distance} is no distance", position=position, hint=f"1 to {MAX_NEAR} words")
    return distance


def _word_end(text: str, start: int) -> int:
    """Where the word at `start` ends: at a blank, or at a bracket that it did not open."""
    if text[start] == "/":  # a regular expression keeps its brackets
        end = next((i for i in range(start, len(text)) if text[i].isspace()), len(text))
        closing = text.rfind("/", start + 1, end)
        if closing > start and not text[closing + 1 : end].strip(")"):
            return closing + 1
    depth = 0
    for place in range(start, len(text)):
        char = text[place]
        if char.isspace():
            return place
        if char == "(" and place > start and _closes(text, place):
            depth += 1
        elif char == "(":
            return max(place, start + 1)
        elif char == ")":
            if not depth:
                return place
            depth -= 1
    return len(text)


def _closes(text: str, opening: int) -> bool:
    """Whether the bracket at `opening` is closed before the next blank or bracket."""
    for char in text[opening + 1 : opening + 64]:
        if char == ")":
            return True
        if char.isspace() or char == "(":
            return False
    return False
