"""The query tree: what a query means, before any engine sees it.

Inner nodes: All (and), Any (or), Not. Leaves: Words (a pattern of tokens somewhere in text),
Value (an exact value), Span (a range of numbers or instants), Thread (whole threads of what another
query finds), Everything. A pattern is a Phrase
of token tests, side by side, or a Near of patterns.

`str(node)` is the form that `--explain` and JSON's `parsed` show: "(and word:harbour para:24)".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from searcharc.analysis import Token, fold, same_stem

_EPOCH_MIN, _EPOCH_MAX = -62135596800, 253402300799  # the years 1 to 9999


class Test(StrEnum):
    """How one token of a pattern is compared with a token of the text."""

    STEM = "stem"  # the word, or one with its stem
    FOLDED = "folded"  # the word, accents folded
    ACCENTED = "accented"  # the word, accents counted
    WILDCARD = "wildcard"  # * any run, ? one character
    REGEX = "regex"  # a regular expression over the folded token, whole
    FUZZY = "fuzzy"  # at most `distance` edits away


@lru_cache(maxsize=50_000)
def is_kin(word: str, term: str, exact: str) -> bool:
    """Whether a token (folded, and folded in case only) is the word or has its stem."""
    return term == fold(word) or bool(same_stem(word, [(term, exact)]))


@dataclass(frozen=True, slots=True)
class Term:
    """One token of a pattern. value: folded (for ACCENTED and STEM: in case only)."""

    test: Test
    value: str
    distance: int = 0

    @property
    def folded(self) -> str:
        """The value with accents folded: the term an engine looks up first."""
        return fold(self.value)

    def is_exact(self) -> bool:
        """Whether one term of the dictionary answers it, without a look through the others."""
        return self.test is Test.FOLDED

    def pattern(self) -> re.Pattern[str]:
        """For WILDCARD and REGEX: what the whole folded token must match.

        Raises:
            re.error: a REGEX that is none (the parser refuses it before).
        """
        if self.test is Test.REGEX:
            return re.compile(self.value)
        first, *rest = (
            "".join("." if c == "?" else re.escape(c) for c in piece)
            for piece in re.split(r"\*+", self.value)
        )
        # What stands between two stars is best found as early as it can be: no way back is needed.
        middle = "".join(f"(?>.*?{piece})" for piece in rest[:-1] if piece)
        last = f".*{rest[-1]}" if rest else ""
        # At a word's end ? may also be the mark of a question: one character or none.
        return re.compile(first + middle + last + ("?" if self.value.endswith("?") else ""), re.DOTALL)

    def literal_prefix(self) -> str:
        """The folded characters that every match begins with ("" where none are certain)."""
        if self.test is Test.WILDCARD:
            return re.split("[*?]", self.value, maxsplit=1)[0]
        return self.value if self.test is Test.FOLDED else ""

    def matches(self, token: Token) -> bool:
        """Whether a token of the text passes; the reference for every engine."""
        match self.test:
            case Test.FOLDED:
                return token.term == self.value
            case Test.ACCENTED:
                return token.exact == self.value
            case Test.STEM:
                return is_kin(self.value, token.term, token.exact)
            case Test.FUZZY:
                return within_distance(self.value, token.term, self.distance)
            case _:
                return self.pattern().fullmatch(token.term) is not None

    def __str__(self) -> str:
        match self.test:
            case Test.STEM:
                return self.value
            case Test.ACCENTED:
                return "=" + self.value
            case Test.REGEX:
                return f"/{self.value}/"
            case Test.FUZZY:
                return f"{self.value}~{self.distance}"
            case _:
                return self.value


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens side by side; a single word is a phrase of one."""

    terms: tuple[Term, ...]

    def __str__(self) -> str:
        text = " ".join(map(str, self.terms))
        if len(self.terms) == 1 and self.terms[0].test is not Test.FOLDED:
            return text
        return f'"{text}"'


@dataclass(frozen=True, slots=True)
class Near:
    """Phrases that stand at most `distance` positions apart, in any order.

    Each phrase but the first must begin at most `distance` positions before or after some place
    of the phrase before it that is itself joined to the first.
    """

    phrases: tuple[Phrase, ...]
    distance: int

    def __str__(self) -> str:
        return f"(near/{self.distance} {' '.join(map(str, self.phrases))})"


Pattern = Phrase | Near


@dataclass(frozen=True, slots=True)
class Everything:
    """Every message."""

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class Words:
    """A pattern in text. field: a name of `fields.FIELDS`, or None for a bare word."""

    pattern: Pattern
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.field}:{self.pattern}" if self.field else str(self.pattern)


@dataclass(frozen=True, slots=True)
class Value:
    """An exact value of a field, case folded; `wildcard` where it holds * or ?."""

    field: str
    value: str
    wildcard: bool = False

    def __str__(self) -> str:
        return f"{self.field}:{self.value}"


@dataclass(frozen=True, slots=True)
class Span:
    """A range, both ends included; None is open. Dates: seconds since 1970, UTC."""

    field: str
    low: int | None
    high: int | None

    def __str__(self) -> str:
        low, high = (_bound(self.field, end) for end in (self.low, self.high))
        return f"{self.field}:{low}..{high}"


def _bound(field: str, end: int | None) -> str:
    if end is None:
        return ""
    if field in ("date", "year") and _EPOCH_MIN <= end <= _EPOCH_MAX:
        return datetime.fromtimestamp(end, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(end)


@dataclass(frozen=True, slots=True)
class Not:
    """Whatever the child does not match."""

    child: Node

    def __str__(self) -> str:
        return f"(not {self.child})"


@dataclass(frozen=True, slots=True)
class All:
    """Every child matches; where they must meet is told by `query.scope`."""

    children: tuple[Node, ...]

    def __str__(self) -> str:
        return f"(and {' '.join(map(str, self.children))})"


@dataclass(frozen=True, slots=True)
class Any:
    """At least one child matches."""

    children: tuple[Node, ...]

    def __str__(self) -> str:
        return f"(or {' '.join(map(str, self.children))})"


@dataclass(frozen=True, slots=True)
class Thread:
    """Every message of the threads in which a message matches the child."""

    child: Node

    def __str__(self) -> str:
        return f"(thread {self.child})"


Leaf = Everything | Words | Value | Span | Thread
Node = Leaf | Not | All | Any


def within_distance(one: str, other: str, limit: int) -> bool:
    """Whether two words are at most `limit` edits (Levenshtein, with swaps of neighbours) apart."""
    if abs(len(one) - len(other)) > limit:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit and (not before or min(before) > limit):
            return False
    return row[-1] <= limit


def own_words(node: Node) -> Node:
    """The same query with plain words looked for where the sender wrote them."""
    match node:
        case Words(pattern, None | "body"):
            return Words(pattern, "own")
        case All(children):
            return All(tuple(own_words(c) for c in children))
        case Any(children):
            return Any(tuple(own_words(c) for c in children))
        case Not(child):
            return Not(own_words(child))
        case _:
            return node
