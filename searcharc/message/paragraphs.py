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

from searcharc.message.lines import ZonedLines
from searcharc.message.numbering import find_numbers
from searcharc.message.references import find_references, may_mention
from searcharc.message.rules import RULE_VERSION
from searcharc.models import Paragraph, Zone

__all__ = ["RULE_VERSION", "cut_paragraphs"]

_ITEM = re.compile(r"\s*(?:(?:[*•·‣◦▪●○■□–—o+-]|\*\*|->|=>)\s+\S|\[\d{1,3}\][:.]?\s+\S)")
_ITEM_STARTS = frozenset(" *•·‣◦▪●○■□–—o+-=[")
_FIXED_STARTS = frozenset("+@|#$%")  # diffs, tables, frames
_FIXED_ENDS = frozenset("{}\\;")
_BARE_NUMBER = re.compile(
    r"\s*[\[(*_]{0,2}(?:OP|PP|§|¶|第)?\s?\d{1,3}\s?(?:bis|ter|quater|quinquies|alt\s?\d{0,2})?"
    r"(?:\s?\([a-z]{1,4}\)){0,2}[\])*_.:、．。段)-]{0,3}\s*$"
    r"|\s*\(?[a-zivx]{1,4}[).]\s*$"
)
_CODE_END = re.compile(r"[{}\\]\s*$|\);\s*$")
_CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def cut_paragraphs(lines: ZonedLines) -> tuple[Paragraph, ...]:
    """The paragraphs of one message, in reading order, ordinals from 1.

    Cut at blank lines, where zone or depth change, at ends of HTML blocks, and before a line
    that bears a number or opens a list item or footnote. Wrapped lines are joined with a blank
    (CJK without), "multi-" + "stakeholder" without; signatures, footers, code, diffs and tables
    keep their line breaks. Text is NFC; numbers and references are filled in.
    """
    texts, depths, zones = lines.texts, lines.depths, lines.zones
    joined = "\n" + "\n".join(texts)
    numbers = find_numbers(lines, joined)
    mentions = may_mention(joined)
    paragraphs: list[Paragraph] = []
    for first, last in _runs(lines, numbers):
        zone = zones[first]
        if last - first == 1:
            text = texts[first].strip()
        elif zone is Zone.SIGNATURE or zone is Zone.FOOTER:
            text = "\n".join([text.strip() for text in texts[first:last] if text])
        else:
            text = _join(texts[first:last])
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        number = numbers.get(first)
        refs = find_references(text, number) if mentions and zone is not Zone.FOOTER else ()
        paragraphs.append(Paragraph(len(paragraphs) + 1, number, refs, zone, depths[first], text))
    return tuple(paragraphs)


def _runs(lines: ZonedLines, numbers: Mapping[int, str]) -> Iterator[tuple[int, int]]:
    """[first, last) of each paragraph's lines."""
    depths, zones, blocks = lines.depths, lines.zones, lines.blocks
    first: int | None = None
    waiting = False  # a number stands alone on its line: its text is still to come
    depth, zone = 0, Zone.OWN  # of the paragraph that is open
    opens_item = _ITEM.match
    for index, text in enumerate(lines.texts):
        if not text:
            if first is not None and not waiting:
                yield first, index
                first = None
            continue
        if first is not None:
            if (
                depths[index] != depth
                or zones[index] is not zone
                or index in numbers
                or (
                    not waiting
                    and (
                        index - 1 in blocks
                        or (
                            (text[0] in _ITEM_STARTS or not text[0].isascii())
                            and opens_item(text)
                            and zone is not Zone.SIGNATURE
                            and zone is not Zone.FOOTER
                        )
                    )
                )
            ):
                yield first, index
            else:
                waiting = False
                continue
        first = index
        depth, zone = depths[index], zones[index]
        waiting = index in numbers and len(text) < 16 and _BARE_NUMBER.match(text) is not None
    if first is not None:
        yield first, len(lines.texts)


def _join(texts: Sequence[str]) -> str:
    """One text of a paragraph's lines, without blanks at its ends."""
    parts: list[str] = []
    before = ""
    fixed_before = False
    for text in texts:
        if not text:
            continue
        first = text[0]
        stripped = text if first.isalnum() else text.strip()
        fixed = (
            first in _FIXED_STARTS
            or (first == "-" and text[1:2] != " ")
            or "   " in stripped
            or (text[-1] in _FIXED_ENDS and _CODE_END.search(text) is not None)
        )
        if before:
            if fixed or fixed_before:
                parts.append("\n")
                stripped = text
            elif not (before[-1] == "-" or not before[-1].isascii()) or not _closes_up(before, stripped):
                parts.append(" ")
        parts.append(stripped)
        before, fixed_before = stripped, fixed
    return "".join(parts)


def _closes_up(before: str, after: str) -> bool:
    """Whether two wrapped lines join without a blank: inside a hyphenated word or CJK text."""
    if before[-1] == "-":
        return before[-2:-1].isalpha() and after[0].isalpha()
    return not before[-1].isascii() and bool(_CJK.match(before[-1]) and _CJK.match(after[0]))
