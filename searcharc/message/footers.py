"""Footers of lists, archives, mail providers and lawyers.

A step of `message.zones`. Vocabulary: `message.closings`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from searcharc.message import closings
from searcharc.message.lines import lines_at
from searcharc.message.zoned import ZonedText, blocks, fold_words, runs
from searcharc.models import Zone

_OWN, _QUOTED, _FORWARDED = Zone.OWN, Zone.QUOTED, Zone.FORWARDED
_SIGNATURE, _FOOTER = Zone.SIGNATURE, Zone.FOOTER
_END = 1000  # characters at the end in which a list server's words are looked for
_TAIL = 10  # non-empty lines at the end of own text in which marks of phones are looked for


def mark_footers(mail: ZonedText) -> None:
    """List footers, scrubber's notes, advertisements, phone marks, disclaimers."""
    marked: set[int] = set()
    if closings.SCRUBBER_SIGNS.within(mail.lower) and closings.SCRUBBER_HINTS.within(mail.lower):
        _scrubbed(mail, marked)
    _ruled_footers(mail, marked)
    _delimited_footers(mail, marked)
    if closings.DISCLAIMER_SIGNS.within(mail.lower):
        _disclaimers(mail, marked)
    _single_lines(mail, marked)
    if not marked:
        return
    tail = True
    for index in range(len(mail.texts) - 1, -1, -1):
        zone = mail.zones[index]
        if index in marked:
            # Footers that came with an unprefixed quote count only at the very end.
            if not mail.depths[index] and (tail or zone is _OWN or zone is _SIGNATURE):
                mail.zones[index] = _FOOTER
        elif mail.texts[index] and not (zone is _SIGNATURE and tail):
            tail = False


def _scrubbed(mail: ZonedText, marked: set[int]) -> None:
    inside = False
    for index, text in enumerate(mail.texts):
        if closings.NEXT_PART.match(text) or closings.SCRUBBED_ALONE.match(text):
            inside = True
        elif inside and text:
            inside = closings.SCRUBBED.match(text) is not None or (
                index - 1 in marked and len(text) < 120 and text.startswith(("<http", "http"))
            )
        else:
            continue
        if inside:
            marked.add(index)


def _ruled_footers(mail: ZonedText, marked: set[int]) -> None:
    """A rule, then lines about the list or the mail provider."""
    texts, depths = mail.texts, mail.depths
    for index in mail.matches(closings.FOOTER_RULE_LINES):
        if depths[index] or index in marked:
            continue
        first = index + 1
        if first < len(texts) and not texts[first]:
            first += 1  # LISTSERV leaves a gap
        end = first
        while end < len(texts) and texts[end] and end - index < 11 and not depths[end]:
            end += 1
        block = "\n".join(texts[first:end])
        if end - first > 8 or not block or (first > index + 1 and not _ends_at(mail, end)):
            continue
        about_list = closings.LIST_FOOTER.search(block)
        if about_list or (closings.ADVERTISEMENT.search(block) and _ends_at(mail, end)):
            marked.update(range(index, end))


def _delimited_footers(mail: ZonedText, marked: set[int]) -> None:
    """A list server's words at the end, behind a signature's delimiter: "-- ", "To unsubscribe ..."."""
    texts, depths = mail.texts, mail.depths
    if not closings.SERVED_HINTS.within(mail.lower[-_END:]):
        return
    for index in mail.matches(closings.DELIMITER_LINES):
        if depths[index] or index in marked or not _ends_at(mail, index + 1):
            continue
        below = texts[index + 1 :]
        if any(closings.RULE_LINE.match(text) for text in below):
            continue  # a signature, and the list's words behind a rule of their own
        head = "\n".join([text for text in below if text][:3])
        if closings.SERVED.search(head) and fold_words(head).isdisjoint(mail.names):
            marked.update(at for at in range(index, len(texts)) if not depths[at])


def _ends_at(mail: ZonedText, index: int) -> bool:
    """Whether nothing but a few lines of further footers follows."""
    return sum(1 for text in mail.texts[index:] if text) <= 8


def _single_lines(mail: ZonedText, marked: set[int]) -> None:
    """Marks of phones, archives and trackers, and "Confidential" on a line of its own.

    They stand at the end of a run of own lines, the last at its start too.
    """
    texts = mail.texts
    left = _TAIL
    for zone, start, stop in reversed(runs(mail.zones)):
        if zone is not _OWN and zone is not _SIGNATURE:
            left = _TAIL
            continue
        for index in range(stop - 1, start - 1, -1):
            if left <= 0:
                break
            if texts[index] and index not in marked:
                left -= 1
                _mark_single(texts, index, marked)
        if not start and left <= 0 and texts[0] and 0 not in marked:
            _mark_single(texts, 0, marked)


def _mark_single(texts: Sequence[str], index: int, marked: set[int]) -> None:
    text = texts[index]
    if len(text) > 160:
        return
    if closings.may_be_note(text):
        if closings.PHONE_MARK.match(text):
            marked.add(index)
            return
        if closings.ARCHIVE_NOTE.match(text):
            end = index
            while end < len(texts) and texts[end] and end - index < 6:
                marked.add(end)
                end += 1
            if index and closings.DELIMITER.match(texts[index - 1]):
                marked.add(index - 1)
            return
    if len(text) < 60 and (index == 0 or not texts[index - 1] or index - 1 in marked):
        alone = index + 1 == len(texts) or not texts[index + 1] or index + 1 in marked
        if alone and closings.CLASSIFICATION.match(text):
            marked.add(index)


def _disclaimers(mail: ZonedText, marked: set[int]) -> None:
    texts, depths = mail.texts, mail.depths
    reached = -1  # end of the last disclaimer
    lower = mail.lower.replace("\n", " ")
    signs: Collection[int] = range(len(texts))
    if len(lower) == len(mail.joined):
        signs = frozenset(
            mail.own[at] for at in lines_at(closings.DISCLAIMER_SIGNS.places(lower), mail.joined)
        )
    for first, last in reversed(list(blocks(mail, 0, len(texts)))):
        if depths[first] or first in marked or mail.zones[first] is _SIGNATURE:
            continue
        if reached < 0 and not any(index in signs for index in range(first, last)):
            continue
        start = first
        for index in range(first, min(last - 1, first + 12)):
            # A signature may stand directly above, parted by a rule only.
            if closings.RULE_LINE.match(texts[index]):
                start = index
        text = " ".join(texts[start:last]).lstrip(" -_=*")
        goes_on = reached >= 0 and len(text) > 100 and not any(texts[reached:first])
        if not goes_on and (
            len(text) <= 20
            or not closings.DISCLAIMER_HINTS.within(text.casefold())
            or not closings.is_disclaimer(text)
        ):
            continue
        above = start - 1
        while above > 0 and not texts[above]:
            above -= 1
        if above >= 0 and not depths[above] and closings.RULE_LINE.match(texts[above]):
            start = above
        marked.update(range(start, last))
        reached = last
