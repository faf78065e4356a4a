"""Zoned lines -> paragraphs: the unit that is indexed, numbered and cited.

Path: `message.zones` -> here (with `message.numbers` and `message.references`) ->
`message.parse`. No word is lost or changed between lines and paragraphs; a printed number
stays in the text. How text is cut is a citation format (`ID#p7`): a change of rules is a new
RULE_VERSION, and indexes of another version are rebuilt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from searcharc.message.lines import Line
from searcharc.message.numbering import find_numbers
from searcharc.message.references import find_references, may_mention
from searcharc.message.rules import RULE_VERSION
from searcharc.models import Paragraph, Zone

__all__ = ["RULE_VERSION", "cut_paragraphs"]

_BULLET = re.compile(r"\s*(?:[*•·‣◦▪●○■□–—o+-]|\*\*|->|=>)\s+\S")
_FOOTNOTE = re.compile(r"\s*\[\d{1,3}\][:.]?\s+\S")
_ITEM_STARTS = frozenset("*•·‣◦▪●○■□–—o+-=[")
_BARE_NUMBER = re.compile(
    r"\s*[\[(*_]{0,2}(?:OP|PP|§|¶|第)?\s?\d{1,3}\s?(?:bis|ter|quater|quinquies|alt\s?\d{0,2})?"
    r"(?:\s?\([a-z]{1,4}\)){0,2}[\])*_.:、．。段)-]{0,3}\s*$"
    r"|\s*\(?[a-zivx]{1,4}[).]\s*$"
)
_CODE_END = re.compile(r"[{}\\]\s*$|\);\s*$")
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def cut_paragraphs(lines: Sequence[tuple[Line, Zone]]) -> tuple[Paragraph, ...]:
    """The paragraphs of one message, in reading order, ordinals from 1.

    Cut at blank lines, where zone or depth change, at ends of HTML blocks, and before a line
    that bears a number or opens a list item or footnote. Wrapped lines are joined with a blank
    (CJK without), "multi-" + "stakeholder" without; signatures, footers, code, diffs and tables
    keep their line breaks. Text is NFC; numbers and references are filled in.
    """
    numbers = find_numbers(lines)
    mentions = may_mention("\n".join([line.text for line, _ in lines]))
    paragraphs: list[Paragraph] = []
    for first, last in _runs(lines, numbers):
        line, zone = lines[first]
        keep = zone is Zone.SIGNATURE or zone is Zone.FOOTER
        text = _join([other.text for other, _ in lines[first:last] if other.text], keep=keep)
        if not text:
            continue
        number = numbers.get(first)
        refs = find_references(text, number) if mentions and zone is not Zone.FOOTER else ()
        paragraphs.append(Paragraph(len(paragraphs) + 1, number, refs, zone, line.depth, text))
    return tuple(paragraphs)


def _runs(lines: Sequence[tuple[Line, Zone]], numbers: Mapping[int, str]) -> Iterator[tuple[int, int]]:
    """[first, last) of each paragraph's lines."""
    first: int | None = None
    waiting = False  # a number stands alone on its line: its text is still to come
    for index, (line, zone) in enumerate(lines):
        text = line.text
        if not text or text.isspace():
            if first is not None and not waiting:
                yield first, index
                first = None
            continue
        if first is not None:
            head, head_zone = lines[first]
            parted = not waiting and (lines[index - 1][0].block or _opens_item(text, zone))
            if head.depth != line.depth or head_zone is not zone or index in numbers or parted:
                yield first, index
                first = None
        waiting = False
        if first is None:
            first = index
            waiting = index in numbers and len(text) < 16 and _BARE_NUMBER.match(text) is not None
    if first is not None:
        yield first, len(lines)


def _opens_item(text: str, zone: Zone) -> bool:
    """Whether a line opens a list item or a footnote: "* tea", "[1] https://..."."""
    if text.lstrip()[0] not in _ITEM_STARTS or zone is Zone.SIGNATURE or zone is Zone.FOOTER:
        return False
    return _BULLET.match(text) is not None or _FOOTNOTE.match(text) is not None


def _join(texts: Sequence[str], *, keep: bool) -> str:
    """One text of a paragraph's lines, NFC, without blanks at its ends; `keep`: all line breaks stay."""
    parts: list[str] = []
    before = ""
    fixed_before = False
    for text in texts:
        stripped = text.strip()
        if not stripped:
            continue
        fixed = keep or _is_fixed(text)
        if before:
            if fixed or fixed_before:
                parts.append("\n")
                stripped = stripped if keep else text.rstrip()
            elif not _closes_up(before, stripped):
                parts.append(" ")
        parts.append(stripped)
        before, fixed_before = stripped, fixed
    joined = "".join(parts).strip()
    return joined if joined.isascii() else unicodedata.normalize("NFC", joined)


def _closes_up(before: str, after: str) -> bool:
    """Whether two wrapped lines join without a blank: inside a hyphenated word or CJK text."""
    if before[-1] == "-":
        return before[-2:-1].isalpha() and after[0].isalpha()
    return not before[-1].isascii() and bool(_CJK.match(before[-1]) and _CJK.match(after[0]))


def _is_fixed(text: str) -> bool:
    """Whether a line's end means something: diffs, code, tables, frames."""
    first = text[0]
    if first in "+@|#$%\t" or (first == "-" and text[1:2] != " "):
        return True
    stripped = text.strip()
    if "   " in stripped or "\t" in stripped:
        return True
    return text[-1] in "{}\\;" and _CODE_END.search(text) is not None
