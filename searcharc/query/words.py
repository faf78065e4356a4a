"""Words and phrases of a query -> tests of tokens: stems, wildcards, regular expressions, edits.

Part of the parser (`query.parser`): every fault is an error with its place and a remedy.
"""

from __future__ import annotations

import re

from searcharc.analysis import MAX_TERM, fold, tokenize, wildcard_runs
from searcharc.errors import LimitError, QueryError
from searcharc.query.lexer import Piece
from searcharc.query.tree import Term, Test

MAX_EDITS = 2
"""Largest n of word~n."""
MAX_REGEX = 200
"""Longest regular expression."""
_FUZZY = re.compile(r"(.+)~(\d?)\Z")
MAX_STEPS = 3_000_000
"""Most steps that a regular expression may take over the longest word, by a rough bound from above."""

# Nested or neighbouring repeats make Python's matcher take exponential time.
_REPEATS = re.compile(r"\)[*+?{]|[*+}][*+{]|\\[1-9]|\(\?")
# What a later Python may read as a set within a set; this one warns of it.
_SETS = re.compile(r"\[\^?\[|\[.*(?:--|&&|~~|\|\|)")


def pattern_terms(piece: Piece, *, stemmed: bool) -> tuple[Term, ...]:
    """The token tests of a word or phrase.

    A plain word is widened by its stem; the parts of a compound are not, unless only hyphens
    and apostrophes join them; nothing in quotes is.
    """
    text = piece.text
    if piece.exact:
        return tuple(Term(Test.ACCENTED, t.exact) for t in tokenize(text))
    if piece.quoted:
        return tuple(Term(Test.FOLDED, t.term) for t in tokenize(text))
    if len(text) > 2 and text.startswith("/") and text.endswith("/"):
        return (_regex(piece),)
    if (fuzzy := _FUZZY.fullmatch(text)) and len(found := tokenize(fuzzy.group(1))) == 1:
        edits = int(fuzzy.group(2) or 1)
        if edits > MAX_EDITS:
            raise LimitError(f"~{edits} is too wide", position=piece.position, hint=f"at most ~{MAX_EDITS}")
        return (Term(Test.FUZZY, found[0].term, edits) if edits else Term(Test.FOLDED, found[0].term),)
    if ("*" in text or "?" in text) and not re.match(r"[a-z]+://", text, re.IGNORECASE):
        return _wildcards(text)
    tokens = tokenize(text)
    if stemmed and (len(tokens) == 1 or all(c.isalpha() or c in "-'’‐‑" for c in text)):
        return tuple(
            Term(Test.STEM, t.exact) if len(t.term) > 2 and t.term.isalpha() else Term(Test.FOLDED, t.term)
            for t in tokens
        )
    return tuple(Term(Test.FOLDED, t.term) for t in tokens)


def _wildcards(text: str) -> tuple[Term, ...]:
    """`draft-ie?f-fo*` -> draft, ie?f, fo*; a run of * alone at either end says nothing."""
    runs = wildcard_runs(text)
    while runs and not runs[0].strip("*"):
        runs.pop(0)
    while runs and not runs[-1].strip("*"):
        runs.pop()
    return tuple(Term(Test.WILDCARD if "*" in r or "?" in r else Test.FOLDED, r) for r in runs)


def _regex(piece: Piece) -> Term:
    source = piece.text[1:-1]
    place = piece.value_position
    if len(source) > MAX_REGEX:
        raise LimitError(
            "the regular expression is too long", position=place, hint=f"at most {MAX_REGEX} characters"
        )
    if _SETS.search(source):
        raise QueryError(
            "the regular expression has a set within a set",
            position=place,
            hint=r"put a backslash before [, -, &, ~ or | within [ ]",
        )
    if _REPEATS.search(source):
        raise QueryError(
            "the regular expression repeats a group or refers back",
            position=place,
            hint="use plain repeats: /qua.+y/",
        )
    try:
        re.compile(source)
    except (re.error, OverflowError, RecursionError) as error:
        raise QueryError(
            f"the regular expression cannot be read: {error}", position=place, hint="as in /qua.+y/"
        ) from None
    if regex_steps(source) > MAX_STEPS:
        raise LimitError(
            "the regular expression could try too many ways",
            position=place,
            hint="use fewer of * + ? and |, or words with wildcards: qua*y*s",
        )
    return Term(Test.REGEX, fold(source) if "\\" not in source else source)


_CHOICE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d*)(,?)(\d*)\}|([*+?(|)])", re.DOTALL)


def regex_steps(source: str) -> float:
    """A bound on what Python's backtracking matcher does with a regular expression over one word.

    Each repeat without an end may stop at any character, each choice multiplies what follows it.
    """
    endless, ways, depth = 0, 1.0, 0
    for match in _CHOICE.finditer(source):
        least, comma, most, sign = match.groups()
        if sign in ("*", "+") or (comma and not most):
            endless += 1
            ways *= MAX_TERM / endless
        elif comma:
            ways *= max(1, int(most[:4]) - int(least[:4] or 0) + 1)
        elif sign == "?" or (sign == "|" and depth):
            ways *= 2
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
    return ways
