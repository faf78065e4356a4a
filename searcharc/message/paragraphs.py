"""Zoned lines -> paragraphs: the unit that is indexed, numbered and cited.

Path: `message.zones` -> here (with `message.numbers` and `message.references`) ->
`message.parse`. No word is lost or changed between lines and paragraphs; a printed number
stays in the text. How text is cut is a citation format (`ID#p7`): a change of rules is a new
RULE_VERSION, and indexes of another version are rebuilt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from searcharc.message.lines import ZonedLines, lines_at
from searcharc.message.numbering import find_numbers
from searcharc.message.references import find_references, mention_places
from searcharc.message.rules import RULE_VERSION
from searcharc.message.zoned import runs
from searcharc.models import Paragraph, Zone

__all__ = ["RULE_VERSION", "cut_paragraphs"]

_ITEM = re.compile(r"\s*(?:(?:[*•·‣◦▪●○■□–—o+-]|\*\*|->|=>)\s+\S|\[\d{1,3}\][:.]?\s+\S)")
_BLANKS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_BULLETS = "*•·‣◦▪●○■□–—o+-"
_ITEM_HEADS = frozenset(
    bullet + blank for bullet in _BULLETS for blank in _BLANKS
)  # most _ITEMs, told at once
_ITEM_STARTS = frozenset("*-=[" + _BLANKS)  # and how all others begin
_SIGNATURE, _FOOTER = Zone.SIGNATURE, Zone.FOOTER
_KEPT = (_SIGNATURE, _FOOTER)
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
    keep their line breaks; a hunk of a diff is one paragraph. Text is NFC; numbers and references are filled in.
    """
    texts, depths, zones, hunks = lines.texts, lines.depths, lines.zones, lines.hunks
    joined = "\n" + "\n".join(texts)
    numbers = find_numbers(lines, joined)
    mentions = lines_at(mention_places(joined), joined)
    mentions |= {index for index, text in hunks.items() if "aragraph" in text or "ara. " in text}
    paragraphs: list[Paragraph] = []
    for ordinal, (first, last) in enumerate(_spans(lines, numbers), 1):
        zone = zones[first]
        if first in hunks:
            text = hunks[first]
        elif last - first == 1:
            text = texts[first].strip()
        elif zone is _SIGNATURE or zone is _FOOTER:
            text = "\n".join([text.strip() for text in texts[first:last] if text])
        else:
            text = _join(texts[first:last])
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        number = numbers.get(first)
        if mentions and zone is not _FOOTER and not mentions.isdisjoint(range(first, last)):
            refs = find_references(text, number)
        else:
            refs = ()
        paragraphs.append(Paragraph(ordinal, number, refs, zone, depths[first], text))
    return tuple(paragraphs)


def _spans(lines: ZonedLines, numbers: Mapping[int, str]) -> list[tuple[int, int]]:
    """[first, last) of each paragraph's lines."""
    zones = lines.zones
    cuts = {start for _, start, _ in runs(zones)}
    cuts.update(start for _, start, _ in runs(lines.depths))
    cuts.update(numbers)
    cuts.update(index + 1 for index in lines.blocks)
    for index in lines.hunks:
        cuts.update((index, index + 1))
    found: list[tuple[int, int]] = []
    first = -1  # of the paragraph that is open
    opens_item = _ITEM.match
    for index, text in enumerate(lines.texts):
        if text:
            if first < 0:
                first = index
            elif index in cuts or (
                (text[:2] in _ITEM_HEADS or (text[0] in _ITEM_STARTS and opens_item(text)))
                and zones[index] not in _KEPT
            ):
                found.append((first, index))
                first = index
        elif first >= 0:
            found.append((first, index))
            first = -1
    if first >= 0:
        found.append((first, len(lines.texts)))
    return _with_bare_numbers(lines, numbers, found) if numbers else found


def _with_bare_numbers(
    lines: ZonedLines, numbers: Mapping[int, str], spans: list[tuple[int, int]]
) -> list[tuple[int, int]]:
    """The same, each number that stands alone on its line with the paragraph that it stands before."""
    found: list[tuple[int, int]] = []
    for first, last in spans:
        if found:
            bare = found[-1][0]
            if (
                found[-1][1] == bare + 1
                and bare in numbers
                and first not in numbers
                and lines.depths[first] == lines.depths[bare]
                and lines.zones[first] is lines.zones[bare]
                and len(lines.texts[bare]) < 16
                and _BARE_NUMBER.match(lines.texts[bare])
            ):
                found[-1] = bare, last
                continue
        found.append((first, last))
    return found


def _join(texts: Sequence[str]) -> str:
    """One text of a paragraph's lines, without blanks at its ends."""
    parts: list[str] = []
    before = ""
    fixed_before = False
    for text in texts:
        if not text:
            continue
        first = text[0]
        if first.isalnum():
            stripped = text
            fixed = "   " in text or (text[-1] in _FIXED_ENDS and _CODE_END.search(text) is not None)
        else:
            stripped = text.strip()
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
            else:
                last = before[-1]
                if not (last == "-" or last > "\x7f") or not _closes_up(before, stripped):
                    parts.append(" ")
        parts.append(stripped)
        before, fixed_before = stripped, fixed
    return "".join(parts)


def _closes_up(before: str, after: str) -> bool:
    """Whether two wrapped lines join without a blank: inside a hyphenated word or CJK text."""
    if before[-1] == "-":
        return before[-2:-1].isalpha() and after[0].isalpha()
    return not before[-1].isascii() and bool(_CJK.match(before[-1]) and _CJK.match(after[0]))
