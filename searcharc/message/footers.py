"""Footers of lists, archives, mail providers and lawyers.

A step of `message.zones`. Vocabulary: `message.closings`.
"""

from __future__ import annotations

from searcharc.message import closings
from searcharc.message.zoned import ZonedText, blocks
from searcharc.models import Zone

_OWN, _QUOTED, _FORWARDED = Zone.OWN, Zone.QUOTED, Zone.FORWARDED
_SIGNATURE, _FOOTER = Zone.SIGNATURE, Zone.FOOTER
_TAIL = 10  # non-empty lines at the end of own text in which marks of phones are looked for


def mark_footers(mail: ZonedText) -> None:
    """List footers, scrubber's notes, advertisements, phone marks, disclaimers."""
    marked = [False] * len(mail.lines)
    lower = mail.lower
    if closings.SCRUBBER_HINTS.within(lower):
        _scrubbed(mail, marked)
    _ruled_footers(mail, marked)
    if closings.DISCLAIMER_HINTS.within(lower):
        _disclaimers(mail, marked)
    _single_lines(mail, marked)
    tail = True
    for index in range(len(mail.lines) - 1, -1, -1):
        line, zone = mail.lines[index], mail.zones[index]
        if marked[index]:
            # Footers that came with an unprefixed quote count only at the very end.
            if not line.depth and (tail or zone is _OWN or zone is _SIGNATURE):
                mail.zones[index] = _FOOTER
        elif line.text and not (zone is _SIGNATURE and tail):
            tail = False


def _scrubbed(mail: ZonedText, marked: list[bool]) -> None:
    inside = False
    for index, line in enumerate(mail.lines):
        text = line.text
        if closings.NEXT_PART.match(text) or closings.SCRUBBED_ALONE.match(text):
            inside = marked[index] = True
        elif inside and text:
            inside = marked[index] = closings.SCRUBBED.match(text) is not None
            if (
                not inside
                and index
                and marked[index - 1]
                and len(text) < 120
                and text.startswith(("<http", "http"))
            ):
                inside = marked[index] = True


def _ruled_footers(mail: ZonedText, marked: list[bool]) -> None:
    """A rule, then lines about the list or the mail provider."""
    lines = mail.lines
    for index, line in enumerate(lines):
        text = line.text
        if line.depth or marked[index] or not closings.is_footer_rule(text):
            continue
        end = index + 1
        while end < len(lines) and lines[end].text and end - index < 10 and not lines[end].depth:
            end += 1
        block = "\n".join(below.text for below in lines[index + 1 : end])
        if end - index > 9 or not block:
            continue
        about_list = closings.LIST_FOOTER.search(block)
        if about_list or (closings.ADVERTISEMENT.search(block) and _ends_at(mail, end)):
            for at in range(index, end):
                marked[at] = True


def _ends_at(mail: ZonedText, index: int) -> bool:
    """Whether nothing but a few lines of further footers follows."""
    return sum(1 for line in mail.lines[index:] if line.text) <= 8


def _single_lines(mail: ZonedText, marked: list[bool]) -> None:
    """Marks of phones, archives and trackers, and "Confidential" on a line of its own.

    They stand at the end of a run of own lines, the last at its start too.
    """
    lines, zones = mail.lines, mail.zones
    left = _TAIL
    for index in range(len(lines) - 1, -1, -1):
        text = lines[index].text
        if zones[index] is not _OWN and zones[index] is not _SIGNATURE:
            left = _TAIL
            continue
        if not text or marked[index]:
            continue
        left -= 1
        if (left < 0 and index) or len(text) > 160:
            continue
        if closings.PHONE_MARK.match(text):
            marked[index] = True
        elif closings.ARCHIVE_NOTE.match(text):
            end = index
            while end < len(lines) and lines[end].text and end - index < 6:
                marked[end] = True
                end += 1
            if index and closings.DELIMITER.match(lines[index - 1].text):
                marked[index - 1] = True
        elif len(text) < 60 and (index == 0 or not lines[index - 1].text or marked[index - 1]):
            alone = index + 1 == len(lines) or not lines[index + 1].text or marked[index + 1]
            marked[index] = alone and closings.CLASSIFICATION.match(text) is not None


def _disclaimers(mail: ZonedText, marked: list[bool]) -> None:
    lines = mail.lines
    reached = -1  # end of the last disclaimer
    for first, last in blocks(lines, 0, len(lines)):
        if lines[first].depth or marked[first] or mail.zones[first] is _SIGNATURE:
            continue
        start = first
        for index in range(first, min(last - 1, first + 12)):
            # A signature may stand directly above, parted by a rule only.
            if closings.RULE_LINE.match(lines[index].text):
                start = index
        text = " ".join(line.text for line in lines[start:last]).lstrip(" -_=*")
        lower = text.casefold()
        goes_on = reached >= 0 and len(text) > 100 and not any(line.text for line in lines[reached:first])
        if not goes_on and (
            len(text) <= 20 or not closings.DISCLAIMER_HINTS.within(lower) or not closings.is_disclaimer(text)
        ):
            continue
        above = start - 1
        while above > 0 and not lines[above].text:
            above -= 1
        if above >= 0 and not lines[above].depth and closings.RULE_LINE.match(lines[above].text):
            start = above
        for index in range(start, last):
            marked[index] = True
        reached = last
