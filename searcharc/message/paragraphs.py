"""Zoned lines -> paragraphs: the unit that is indexed, numbered and cited.

Path: `message.zones` -> here (with `message.numbers` and `message.references`) ->
`message.parse`. No word is lost or changed between lines and paragraphs; a printed number
stays in the text. How text is cut is a citation format (`ID#p7`): a change of rules is a new
RULE_VERSION, and indexes of another version are rebuilt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from searcharc.message.lines import Line
from searcharc.message.numbers import find_numbers
from searcharc.message.references import find_references
from searcharc.models import Paragraph, Zone

RULE_VERSION = 1

_BULLET = re.compile(r"\s*(?:[*•·‣◦▪●○■□–—o+-]|\*\*|->|=>)\s+\S")
_ENUMERATED = re.compile(r"\s*(?:\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})\)|\[\d{1,3}\])[:.]?\s+\S")
# Lines whose breaks mean something: diffs, code, tables, frames.
_FIXED = re.compile(
    r"[+@-]{1,3}(?:\S|\s{2,}|$)|\t|\s*[|#$%]|.*\S(?: {3,}|\t)\S|.*[{};]\s*$|.*\)\s*$(?<=\)\))|[-=_*~+.#\s]{6,}$"
)
_CODE_END = re.compile(r"[{}\\]\s*$|\);\s*$")
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def cut_paragraphs(lines: Sequence[tuple[Line, Zone]]) -> tuple[Paragraph, ...]:
    """The paragraphs of one message, in reading order, ordinals from 1.

    Cut at blank lines, where zone or depth change, at ends of HTML blocks, and before a line
    that bears a number or opens a list item. Wrapped lines are joined with a blank (CJK
    without), "multi-" + "stakeholder" without; signatures, code, diffs, tables keep their
    line breaks. Text is NFC; numbers and references are filled in.
    """
    numbers = find_numbers(lines)
    paragraphs: list[Paragraph] = []
    for first, last in _runs(lines, numbers):
        line, zone = lines[first]
        texts = [text for text, _ in ((other.text, 0) for other, _ in lines[first:last]) if text.strip()]
        text = _join(texts, keep=zone is Zone.SIGNATURE or zone is Zone.FOOTER)
        if not text:
            continue
        number = numbers.get(first)
        refs = find_references(text, number) if zone is not Zone.FOOTER else ()
        paragraphs.append(Paragraph(len(paragraphs) + 1, number, refs, zone, line.depth, text))
    return tuple(paragraphs)


def _runs(lines: Sequence[tuple[Line, Zone]], numbers: dict[int, str]) -> Iterator[tuple[int, int]]:
    """[first, last) of each paragraph's lines."""
    first: int | None = None
    waiting = False  # a number stands alone on its line: its text is still to come
    for index, (line, zone) in enumerate(lines):
        if not line.text or line.text.isspace():
            if first is not None and not waiting:
                yield first, index
                first = None
            continue
        if first is not None:
            before, zone_before = lines[index - 1]
            changed = lines[first][0].depth != line.depth or lines[first][1] is not zone
            if changed or index in numbers or (not waiting and (before.block or _opens_item(line.text, zone))):
                yield first, index
                first = None
        waiting = False
        if first is None:
            first = index
            waiting = index in numbers and _is_bare(line.text)
    if first is not None:
        yield first, len(lines)


def _opens_item(text: str, zone: Zone) -> bool:
    if zone is Zone.SIGNATURE or zone is Zone.FOOTER:
        return False
    first = text.lstrip()[:1]
    if first.isalnum() and first not in "0123456789o" and text.lstrip()[1:2] != ")":
        return False
    return _BULLET.match(text) is not None or _ENUMERATED.match(text) is not None and _BRACKETED.match(text) is not None


_BRACKETED = re.compile(r"\s*\[\d{1,3}\]")


def _is_bare(text: str) -> bool:
    """Whether a line holds a number only: "24.", "OP3bis", "第24段"."""
    return len(text) < 16 and not re.search(r"[^\W\d_]{6,}", text) and len(text.split()) <= 2 and _BARE.match(text) is not None


_BARE = re.compile(r"\s*[\[(*_]{0,2}(?:OP|PP|§|¶|第)?\s?\d{1,3}\s?(?:bis|ter|quater|quinquies|alt\s?\d{0,2})?(?:\s?\([a-z]{1,4}\)){0,2}[\])*_.:、．。段)-]{0,3}\s*$|\s*\(?[a-zivx]{1,4}[).]\s*$")


def _join(texts: Sequence[str], *, keep: bool) -> str:
    """One text of a paragraph's lines; `keep`: all line breaks stay."""
    if len(texts) == 1:
        joined = texts[0].strip()
        return joined if joined.isascii() else unicodedata.normalize("NFC", joined)
    parts: list[str] = []
    fixed_before = False
    before = ""
    for index, text in enumerate(texts):
        fixed = keep or _is_fixed(text)
        stripped = text.strip()
        if index:
            if fixed or fixed_before:
                parts.append("\n")
                stripped = text.rstrip() if not keep else stripped
            elif before.endswith("-") and before[-2:-1].isalpha() and stripped[:1].isalpha():
                pass
            elif not (_CJK.match(before[-1]) and _CJK.match(stripped[0])):
                parts.append(" ")
        parts.append(stripped)
        before, fixed_before = stripped, fixed
    joined = "".join(parts).strip()
    return joined if joined.isascii() else unicodedata.normalize("NFC", joined)


def _is_fixed(text: str) -> bool:
    first = text[0]
    if first in "+@|#$%\t" or (first == "-" and text[1:2] != " "):
        return True
    if "   " in text.strip() or "\t" in text.strip():
        return True
    return text[-1] in "{}\\;=" and _CODE_END.search(text) is not None
