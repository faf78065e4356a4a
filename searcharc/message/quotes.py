"""The words of others in a message: quotes, Outlook blocks, forwarded mail.

A step of `message.zones`. Vocabulary: `message.attribution`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from searcharc.message import attribution, closings
from searcharc.message.lines import Hint
from searcharc.message.zoned import ZonedText, fold_words
from searcharc.models import Zone

_OWN, _QUOTED, _FORWARDED = Zone.OWN, Zone.QUOTED, Zone.FORWARDED
_SIGNATURE, _FOOTER = Zone.SIGNATURE, Zone.FOOTER
_LONGEST_SIGNATURE = 30  # lines behind "-- "
_PROSE_END = re.compile(r"[.?!。？！]\s*$")
_COLONS = frozenset(":：")


def mark_quotes(mail: ZonedText) -> None:
    """Attributions above quotes, Outlook blocks, forwarded messages, wrapped ends."""
    _attributions(mail)
    start = _block_start(mail)
    if start is not None:
        first, zone = start
        last = len(mail.texts)
        if zone is _FORWARDED:
            last = _forwarded_end(mail, first)
        for index in range(first, last):
            if mail.zones[index] is not _SIGNATURE or zone is _FORWARDED:
                mail.zones[index] = zone
    _wrapped_ends(mail)


def _attributions(mail: ZonedText) -> None:
    if not mail.quoted:
        return
    texts, depths, zones = mail.texts, mail.depths, mail.zones
    before = 0
    last_text = -1
    for index, depth in enumerate(depths):
        if not depth and not texts[index]:
            continue
        if depth and not before and last_text >= 0 and index - last_text <= 3:
            window = [last_text]
            while len(window) < 4 and window[0] > 0:
                above = window[0] - 1
                if depths[above] or not texts[above] or zones[above] is not _OWN:
                    break
                window.insert(0, above)
            at = attribution.attribution_start([texts[w] for w in window])
            if at is not None:
                for w in window[at:]:
                    zones[w] = _QUOTED
        before = depth
        last_text = index


def _block_start(mail: ZonedText) -> tuple[int, Zone] | None:
    """The first line from which on everything is another's, and whether it was forwarded."""
    separators = frozenset(mail.matches(attribution.SEPARATOR_LINES))
    from_lines = attribution.FROM_LINES_ASCII if mail.joined.isascii() else attribution.FROM_LINES
    fields = frozenset(mail.matches(from_lines))
    for index in sorted({*separators, *fields, *_others(mail)}):
        text = mail.texts[index]
        if index in separators:
            if attribution.FORWARDED.match(text):
                return index, _QUOTED if _answered(mail, index) else _FORWARDED
            if len(text) < 120 and attribution.ORIGINAL.match(text):
                return index, _kind(mail, index)
        if mail.depths[index]:
            continue
        if (
            index in fields
            and (":" in text[:24] or "：" in text[:24])
            and attribution.HEADER_FROM.match(text)
            and _is_header_block(mail, index)
        ):
            return _above(mail, index), _kind(mail, index)
        hint = mail.hints.get(index)
        if hint is Hint.FORWARD:
            return index, _FORWARDED
        if hint is Hint.REPLY and not _quote_follows(mail, index):
            return index, _kind(mail, index)
        if text[-1] in ":：" and attribution.ends_attribution(text) and not _quote_follows(mail, index):
            first = _full_attribution(mail, index)
            if first is not None:
                return first, _QUOTED
    return None


def _others(mail: ZonedText) -> Iterator[int]:
    """The lines with hints of the markup, and those that may end an attribution."""
    texts, joined = mail.texts, mail.joined
    yield from (index for index in mail.hints if texts[index] and not mail.depths[index])
    if ":\n" in joined or joined[-1] == ":" or "：" in joined:
        yield from [index for index in mail.own if texts[index][-1:] in _COLONS]


def _kind(mail: ZonedText, index: int) -> Zone:
    """Quoted or forwarded, for a block that does not say itself which."""
    if mail.forward:
        return _FORWARDED
    return _QUOTED if mail.reply or any(mail.texts[:index]) else _FORWARDED


def _answered(mail: ZonedText, index: int) -> bool:
    """Whether own words stand above a block in a reply: then it is the mail answered."""
    return not mail.forward and mail.titled_reply and any(mail.texts[:index])


def _is_header_block(mail: ZonedText, index: int) -> bool:
    found = 0
    seen = 0
    for below in range(index + 1, min(index + 12, len(mail.texts))):
        text = mail.texts[below]
        if mail.depths[below]:
            break
        if not text:
            continue
        seen += 1
        if attribution.HEADER_OTHER.match(text):
            found += 1
            if found == 2:
                return True
        elif seen > 6:
            break
    return False


def _above(mail: ZonedText, index: int) -> int:
    """Other fields and the rule or separator directly above a "From:" belong to its header block."""
    texts, depths = mail.texts, mail.depths
    while index and not depths[index - 1] and attribution.HEADER_OTHER.match(texts[index - 1]):
        index -= 1
    for above in range(index - 1, max(-1, index - 4), -1):
        if texts[above]:
            return above if attribution.RULE.match(texts[above]) and not depths[above] else index
    return index


def _quote_follows(mail: ZonedText, index: int) -> bool:
    """Whether a deeper line follows, perhaps after the rest of a wrapped attribution."""
    return any(mail.depths[index + 1 : index + 6])


def _full_attribution(mail: ZonedText, index: int) -> int | None:
    """The first line of an attribution with a date that ends at `index`, over three lines at most."""
    joined = ""
    for first in range(index, max(-1, index - 3), -1):
        text = mail.texts[first]
        if mail.depths[first] or not text:
            break
        joined = text.strip() + " " + joined
        if attribution.is_full_attribution(joined):
            return first
    return None


def _forwarded_end(mail: ZonedText, start: int) -> int:
    """Behind the last line of a forwarded message: its end mark, or the sender's signature."""
    texts = mail.texts
    end = len(texts)
    for index in range(start + 1, end):
        if attribution.FORWARDED_END.match(texts[index]):
            return index + 1
    for index in range(end - 1, max(start, end - _LONGEST_SIGNATURE), -1):
        if not mail.depths[index] and closings.DELIMITER.match(texts[index]):
            words = {w for below in texts[index + 1 : index + 5] for w in fold_words(below)}
            return index if words & mail.names else end
    return end


def _wrapped_ends(mail: ZonedText) -> None:
    """A long quoted line, broken by a program that gave its end no prefix."""
    if not mail.quoted:
        return
    texts, depths, zones = mail.texts, mail.depths, mail.zones
    between = (
        index
        for index, (above, depth, below) in enumerate(zip(depths, depths[1:], depths[2:], strict=False), 1)
        if above and below and not depth
    )
    for index in between:
        text, before = texts[index], texts[index - 1]
        if (
            text
            and zones[index] is _OWN
            and len(before) >= 60
            and len(text) <= 40
            and (text[0].islower() or not (_PROSE_END.search(before) or _PROSE_END.search(text)))
        ):
            zones[index] = _QUOTED
