"""The words of others in a message: quotes, Outlook blocks, forwarded mail.

A step of `message.zones`. Vocabulary: `message.attribution`.
"""

from __future__ import annotations

import re

from searcharc.message import attribution, closings
from searcharc.message.lines import Hint
from searcharc.message.zoned import ZonedText, fold_words
from searcharc.models import Zone

_OWN, _QUOTED, _FORWARDED = Zone.OWN, Zone.QUOTED, Zone.FORWARDED
_SIGNATURE, _FOOTER = Zone.SIGNATURE, Zone.FOOTER
_LONGEST_SIGNATURE = 30  # lines behind "-- "
_PROSE_END = re.compile(r"[.?!。？！]\s*$")


def mark_quotes(mail: ZonedText) -> None:
    """Attributions above quotes, Outlook blocks, forwarded messages, wrapped ends."""
    _attributions(mail)
    start = _block_start(mail)
    if start is not None:
        first, zone = start
        last = len(mail.lines)
        if zone is _FORWARDED:
            last = _forwarded_end(mail, first)
        for index in range(first, last):
            if mail.zones[index] is not _SIGNATURE or zone is _FORWARDED:
                mail.zones[index] = zone
    _wrapped_ends(mail)


def _attributions(mail: ZonedText) -> None:
    lines, zones = mail.lines, mail.zones
    before = 0
    last_text = -1
    for index, line in enumerate(lines):
        if not line.text and not line.depth:
            continue
        if line.depth and not before and last_text >= 0 and index - last_text <= 3:
            window = [last_text]
            while len(window) < 4 and window[0] > 0:
                above = lines[window[0] - 1]
                if above.depth or not above.text or zones[window[0] - 1] is not _OWN:
                    break
                window.insert(0, window[0] - 1)
            at = attribution.attribution_start([lines[w].text for w in window])
            if at is not None:
                for w in window[at:]:
                    zones[w] = _QUOTED
        before = line.depth
        last_text = index


def _block_start(mail: ZonedText) -> tuple[int, Zone] | None:
    """The first line from which on everything is another's, and whether it was forwarded."""
    lines = mail.lines
    separators = attribution.SEPARATOR_HINTS.within(mail.lower)
    headers = attribution.HEADER_HINTS.within(mail.lower)
    for index, line in enumerate(lines):
        text = line.text
        if not text or (line.depth and not mail.forward):
            continue
        if separators and (not text[0].isalnum() or text[:5].lower() == "begin"):
            if attribution.FORWARDED.match(text):
                return index, _QUOTED if _answered(mail, index) else _FORWARDED
            if len(text) < 120 and attribution.ORIGINAL.match(text):
                return index, _kind(mail, index)
        if line.depth:
            continue
        if (
            headers
            and (":" in text[:24] or "：" in text[:24])
            and attribution.HEADER_FROM.match(text)
            and _is_header_block(mail, index)
        ):
            return _above(mail, index), _kind(mail, index)
        if line.hint is Hint.FORWARD:
            return index, _FORWARDED
        if line.hint is Hint.REPLY and not _quote_follows(mail, index):
            return index, _kind(mail, index)
        if text[-1] in ":：" and attribution.ends_attribution(text) and not _quote_follows(mail, index):
            first = _full_attribution(mail, index)
            if first is not None:
                return first, _QUOTED
    return None


def _kind(mail: ZonedText, index: int) -> Zone:
    """Quoted or forwarded, for a block that does not say itself which."""
    if mail.forward:
        return _FORWARDED
    return _QUOTED if mail.reply or any(line.text for line in mail.lines[:index]) else _FORWARDED


def _answered(mail: ZonedText, index: int) -> bool:
    """Whether own words stand above a block in a reply: then it is the mail answered."""
    return not mail.forward and mail.titled_reply and any(line.text for line in mail.lines[:index])


def _is_header_block(mail: ZonedText, index: int) -> bool:
    found = 0
    seen = 0
    for line in mail.lines[index + 1 : index + 12]:
        if line.depth:
            break
        if not line.text:
            continue
        seen += 1
        if attribution.HEADER_OTHER.match(line.text):
            found += 1
            if found == 2:
                return True
        elif seen > 6:
            break
    return False


def _above(mail: ZonedText, index: int) -> int:
    """The rule or separator that stands directly above a header block belongs to it."""
    for above in range(index - 1, max(-1, index - 4), -1):
        text = mail.lines[above].text
        if text:
            return above if attribution.RULE.match(text) and not mail.lines[above].depth else index
    return index


def _quote_follows(mail: ZonedText, index: int) -> bool:
    """Whether a deeper line follows, perhaps after the rest of a wrapped attribution."""
    return any(line.depth for line in mail.lines[index + 1 : index + 6])


def _full_attribution(mail: ZonedText, index: int) -> int | None:
    """The first line of an attribution with a date that ends at `index`, over three lines at most."""
    joined = ""
    for first in range(index, max(-1, index - 3), -1):
        line = mail.lines[first]
        if line.depth or not line.text:
            break
        joined = line.text.strip() + " " + joined
        if attribution.is_full_attribution(joined):
            return first
    return None


def _forwarded_end(mail: ZonedText, start: int) -> int:
    """Behind the last line of a forwarded message: its end mark, or the sender's signature."""
    lines = mail.lines
    end = len(lines)
    for index in range(start + 1, end):
        if attribution.FORWARDED_END.match(lines[index].text):
            return index + 1
    for index in range(end - 1, max(start, end - _LONGEST_SIGNATURE), -1):
        line = lines[index]
        if not line.depth and closings.DELIMITER.match(line.text):
            words = {w for below in lines[index + 1 : index + 5] for w in fold_words(below.text)}
            return index if words & mail.names else end
    return end


def _wrapped_ends(mail: ZonedText) -> None:
    """A long quoted line, broken by a program that gave its end no prefix."""
    lines, zones = mail.lines, mail.zones
    for index in range(1, len(lines) - 1):
        if zones[index] is not _OWN or not lines[index].text:
            continue
        before, after, text = lines[index - 1], lines[index + 1], lines[index].text
        if (
            before.depth
            and after.depth
            and len(before.text) >= 60
            and len(text) <= 40
            and (text[0].islower() or not (_PROSE_END.search(before.text) or _PROSE_END.search(text)))
        ):
            zones[index] = _QUOTED
