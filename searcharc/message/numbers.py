"""The canonical form of paragraph numbers: what is indexed and queried.

`[OP|PP]<n>[bis|ter|quater|quinquies|alt[<n>]|A..H][(a)][(i)]`. Read from text by
`message.numbering` (a number printed before a paragraph) and `message.references` (one that is
mentioned), and from queries (`para:24(a)`).

Rules: UN Editorial Manual (Arabic numerals in every language, sub-paragraphs (a) and (i),
later insertions "bis", "ter"), and negotiation habit (OP24, PP3, 24 alt 2, 24A).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from searcharc.message.numerals import plain_numerals

_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_ROMAN_VALUE = {roman: value for value, roman in enumerate(_ROMANS, 1)}


@dataclass(frozen=True, slots=True)
class ParagraphNumber:
    """A paragraph number in parts; `str()` is its canonical form.

    kind: "OP", "PP" or "". n: 1 or more. suffix: "bis", "ter", "quater", "quinquies", "alt", "A" to "H" or "".
    alt: the number behind "alt", or None. letter: "a" to "z" or "". roman: "i" to "xv" or "".
    """

    kind: str
    n: int
    suffix: str = ""
    alt: int | None = None
    letter: str = ""
    roman: str = ""

    def __str__(self) -> str:
        alt = "" if self.alt is None else str(self.alt)
        letter = f"({self.letter})" if self.letter else ""
        roman = f"({self.roman})" if self.roman else ""
        return f"{self.kind}{self.n}{self.suffix}{alt}{letter}{roman}"


_WRITTEN = re.compile(
    r"(?:para(?:graph)?s?\.?|[§¶第])?(?P<kind>op|pp)?(?P<n>\d{1,6})"
    r"\.?(?P<suffix>bis|ter|quater|quinquies|alt(?P<alt>\d{1,2})?|(?-i:[A-H])(?![a-z)]))?"
    r"\.?段?(?P<first>\(?[a-z]{1,4}\))?(?P<second>\(?[ivx]{1,4}\))?[.)、:]?",
    re.IGNORECASE,
)


def parse_number(text: str) -> ParagraphNumber | None:
    """The number that `text` writes, or None; case, blanks and the digits' script are free.

    "OP21bis(a)" -> OP21bis(a); "op24 bis" -> OP24bis; "24 a)" -> 24(a); "２４." -> 24; "24A" -> 24A, where
    only the capital is free of brackets; "第24段", "第二十四段" -> 24; "3.14", "x", "0" -> None. For every
    number found, parse_number(str(n)) == n.
    """
    if len(text) > 60:
        return None
    folded = plain_numerals(unicodedata.normalize("NFKC", text))
    match = _WRITTEN.fullmatch("".join(folded.split()))
    if match is None:
        return None
    first, second = (_inner(match[group]).lower() for group in ("first", "second"))
    letter, roman = _levels(first, second)
    if (first and not letter and not roman) or (second and not roman) or not int(match["n"]):
        return None
    alt = match["alt"]
    suffix = match["suffix"] or ""
    suffix = suffix if len(suffix) == 1 else suffix.lower()
    return ParagraphNumber(
        (match["kind"] or "").upper(),
        int(match["n"]),
        "alt" if alt else suffix,
        int(alt) if alt else None,
        letter,
        roman,
    )


def ancestors(number: str) -> tuple[str, ...]:
    """A number itself, then each ancestor it is found by; () where `number` is none.

    "OP21bis(a)" -> OP21bis(a), 21bis(a), OP21bis, 21bis, OP21, 21 (and not 21(a)).
    """
    parsed = parse_number(number)
    if parsed is None:
        return ()
    kind, n, suffix, alt = parsed.kind, parsed.n, parsed.suffix, parsed.alt
    chain = [parsed]
    if parsed.roman:
        chain.append(ParagraphNumber(kind, n, suffix, alt, parsed.letter))
    if parsed.letter or parsed.roman:
        chain.append(ParagraphNumber(kind, n, suffix, alt))
    if suffix:
        chain.append(ParagraphNumber(kind, n))
    found: dict[str, None] = {}
    for one in chain:
        found[str(one)] = None
        found[str(one).removeprefix(kind)] = None
    return tuple(found)


def number_integer(number: str) -> int:
    """The integer that `para:21..30` goes by: "OP21bis(a)" -> 21.

    Raises: ValueError where `number` is none.
    """
    parsed = parse_number(number)
    if parsed is None:
        raise ValueError(f"{number!r} is no paragraph number")
    return parsed.n


def roman_value(text: str) -> int | None:
    """ "iv" -> 4; None for anything but i to xv in lower case."""
    return _ROMAN_VALUE.get(text)


def _inner(bracketed: str | None) -> str:
    return bracketed.strip("()") if bracketed else ""


def _levels(first: str, second: str) -> tuple[str, str]:
    """The letter and the roman numeral of one or two bracketed parts; "" where there is none.

    A single "v" or "x" is a letter, a single "i" a numeral: lists start at (a) and at (i).
    """
    if second:
        return (first if len(first) == 1 else ""), (second if second in _ROMAN_VALUE else "")
    if len(first) == 1 and first != "i":
        return first, ""
    return "", (first if first in _ROMAN_VALUE else "")
