"""Where the sender's signature begins, with "-- " or without.

A step of `message.zones`: what a signature says is `message.signature`. Vocabulary:
`message.closings`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from searcharc.message import closings
from searcharc.message.lines import Hint
from searcharc.message.pieces import is_title
from searcharc.message.zoned import ZonedText, blocks, fold_words, runs
from searcharc.models import Zone

_OWN, _QUOTED, _FORWARDED = Zone.OWN, Zone.QUOTED, Zone.FORWARDED
_SIGNATURE, _FOOTER = Zone.SIGNATURE, Zone.FOOTER
_TAIL = 14  # non-empty lines in which a signature without a delimiter is looked for
_LONGEST_SIGNATURE = 30  # lines behind "-- "
_LOG_LINES = 3  # so many lines that start with "-- " are a program's output
_FOOTNOTE = re.compile(r"\s*(?:\[\d{1,3}\][:.]?\s|\(?\d{1,2}[.:)]\s+<?(?:https?|ftp)://)")
_CODE = re.compile(r"[{};]\s*$|<- ")
_CODE_LINES = 3  # so many lines of code below a name are no signature
_INITIALS = range(2, 4)
_REACHED = re.compile(
    r"\bat\s[\w-]+\.\w|\d{3}[-. ]\d{3,4}|"
    r"\b(?:tel|fax|phone|mobile|e-?mail|url|pgp|key|fingerprint|icq|skype)\b",
    re.IGNORECASE,
)
_PROSE_END = re.compile(r"[.?!。？！]\s*$")
_LONE_NAME = re.compile(
    r"[-/~]{0,2}\s?\.?(?P<first>[^\W\d_](?:[\w'’-]|\?(?=\w)){0,13})"
    r"(?P<more>(?:[ ,]\s?(?=[^\W\d_a-z])[^\W\d_][\w'’-]{0,13}){0,2})\.?"
)
_NAME_END = re.compile(r"\s*(?:,|\||[(/]|\s[-–—]\s|–|—)\s*")
_COLUMN = re.compile(r"\s{3,}|\s*\|\s*")
_LETTER = re.compile(r"[^\W\d_]")
_BULLETED = re.compile(r"\s*[-~–—*]\s")
_POSTSCRIPT = re.compile(r"\s*(?:P\.?\s?S\b|BTW\b|N\.?B\b|Addendum\b)")
_TRAILER = re.compile(r"\s*[A-Z][\w-]+-by: ")


def mark_signatures(mail: ZonedText) -> None:
    """Behind "-- ", in signature containers, or from a sign-off or the sender's name on."""
    texts, zones = mail.texts, mail.zones
    segments = list(_own_segments(mail))
    opening = next((index for index, zone in enumerate(zones) if zone is _OWN and texts[index]), -1)
    patch = "\n+++ " in mail.joined or "\ndiff --git" in mail.joined
    delimiters = [index for index in mail.matches(closings.DELIMITER_LINES) if zones[index] is _OWN]
    if delimiters:
        for first, last in segments:
            low, high = bisect_left(delimiters, first), bisect_left(delimiters, last)
            if low < high:
                _delimited(mail, first, last, delimiters[low:high], patch)
    for index, hint in mail.hints.items():
        if hint is Hint.SIGNATURE and not mail.depths[index] and zones[index] is _OWN:
            zones[index] = _SIGNATURE
    if "\n * Origin: " in mail.joined:  # FidoNet's origin line, FTS-0004
        for index, text in enumerate(texts):
            if text.startswith(" * Origin: ") and zones[index] is _OWN:
                zones[index] = _SIGNATURE
    _broken_signature(mail, segments)
    for first, last in reversed(segments):
        end = last
        while end > first and (zones[end - 1] is not _OWN or not texts[end - 1]):
            end -= 1
        if any(_LETTER.search(text) for text in texts[first:end]):
            signed = end < last and _SIGNATURE in zones[end:last]
            _undelimited(mail, first, end, signed=signed or patch, only=first == opening)
            break


def _broken_signature(mail: ZonedText, segments: Sequence[tuple[int, int]]) -> None:
    """A signature in which a line starts with ">" goes on behind it."""
    for (_, last), (first, end) in pairwise(segments):
        if mail.zones[last - 1] is not _SIGNATURE or end - first > _LONGEST_SIGNATURE:
            continue
        between = [index for index in range(last, first) if mail.texts[index]]
        if 0 < len(between) <= 6 and all(mail.depths[index] for index in between):
            for index in range(last, end):
                if mail.zones[index] in (_OWN, _QUOTED):
                    mail.zones[index] = _SIGNATURE


def _own_segments(mail: ZonedText) -> Iterator[tuple[int, int]]:
    """Runs of own lines, blank ones inside: [first, last). What stands above a diff's hunk is left out."""
    hunks = sorted(mail.lines.hunks)
    for first, last in _own_runs(mail):
        above = hunks[bisect_left(hunks, first) : bisect_left(hunks, last)] if hunks else ()
        if above:
            first = above[-1] + 1
        if first < last:
            yield first, last


def _own_runs(mail: ZonedText) -> Iterator[tuple[int, int]]:
    texts, depths = mail.texts, mail.depths
    first: int | None = None
    for zone, start, stop in runs(mail.zones):
        if zone is _OWN:
            if first is None:
                first = next((index for index in range(start, stop) if texts[index]), None)
        elif first is not None:
            last = next((index for index in range(start, stop) if texts[index] or depths[index]), None)
            if last is not None:
                yield first, last
                first = None
    if first is not None:
        yield first, len(texts)


def _delimited(mail: ZonedText, first: int, last: int, delimiters: Sequence[int], patch: bool) -> None:
    """From the topmost "-- " on whose rest is short enough; in a patch the lowest one.

    delimiters: the lines of first..last that are DELIMITER or WEAK_DELIMITER, ascending.
    """
    texts = mail.texts
    at: int | None = None
    below, counted = 0, last
    for index in reversed(delimiters):
        text = texts[index]
        if len(text) > 12:
            continue
        below += sum(1 for other in texts[index:counted] if other)
        counted = index
        if closings.DELIMITER.match(text):
            if below > _LONGEST_SIGNATURE:
                break
            at = index
            if patch:
                break
        elif at is None and not patch and 1 < below <= 8:
            at = index
    if at is None or sum(text.startswith("-- ") for text in texts[at + 1 : last]) >= _LOG_LINES:
        return
    for index in range(at, last):
        if mail.zones[index] is _OWN:
            mail.zones[index] = _SIGNATURE
    _release_footnotes(mail, at, last)


def _release_footnotes(mail: ZonedText, first: int, last: int) -> None:
    """Footnotes behind a signature are own words."""
    inside = False
    for index in range(first, last):
        text = mail.texts[index]
        if not text:
            inside = False
        elif _FOOTNOTE.match(text):
            inside = True
        if inside and mail.zones[index] is _SIGNATURE:
            mail.zones[index] = _OWN


def _undelimited(mail: ZonedText, first: int, end: int, *, signed: bool, only: bool) -> None:
    """The signature at the end of own text without "-- ", found by its sign-off or name.

    signed: a delimited signature or a patch stands below, so only a sign-off or a name may precede it.
    only: there is no own text above, so these lines cannot all be a signature.
    """
    texts = mail.texts
    body = (
        (start, stop)
        for start, stop in blocks(mail, first, end)
        if not (_FOOTNOTE.match(texts[start]) or _POSTSCRIPT.match(texts[start]))
    )
    last = next(body, None)
    if last is None:
        return
    start, stop = last
    own = (index for index in range(stop - 1, first - 1, -1) if texts[index] and mail.zones[index] is _OWN)
    full = list(islice(own, _TAIL + 1))  # with the line above the tail: it tells whether there is one
    if not full:
        return
    full.reverse()
    anchor = _anchor(mail, full, only)
    if anchor is None and not signed:
        anchor = _ruled(mail, full, only)
    if anchor is None:
        in_a_line = start > first and stop - start == 1 and _signs_in_a_line(mail, texts[start].strip())
        if not signed and (in_a_line or _is_card(mail, start, stop)):
            anchor = start
        elif len(full) > 1 and _is_lone_name(mail, full):
            anchor = full[-1]
    if anchor is None or sum(_CODE.search(text) is not None for text in texts[anchor:stop]) >= _CODE_LINES:
        return
    for index in range(anchor, stop):
        if mail.zones[index] is _OWN:
            mail.zones[index] = _SIGNATURE


def _anchor(mail: ZonedText, full: Sequence[int], only: bool) -> int | None:
    """The topmost line of the tail that opens a signature, None where there is none."""
    texts = mail.texts
    best: int | None = None
    prose = 0  # sentences under the line looked at
    above_prose = False  # whether the line directly below is a sentence
    named = False  # whether the sender's name stands below
    others: list[str] = []  # lines below that may tell a way to reach them
    for below, index in enumerate(reversed(full[-_TAIL:])):
        stripped = texts[index].strip()
        if closings.is_sign_off(stripped):
            # "Thanks Ann," above a sentence greets, and so does "Greetings" above everything.
            if not (above_prose or (only and index == full[0] and below > 3)) and (
                below <= 3 or named or best is not None or any(_has_contact(other) for other in others)
            ):
                best = index
            above_prose = False
        elif len(stripped) <= 50 and not (only and index == full[0]) and _names_sender(mail, stripped):
            above_prose = False
            bullet = (
                stripped[0] in "-~–—" and stripped[1:2] == " " and index and _BULLETED.match(texts[index - 1])
            )
            if not bullet:
                named = True
                best = index
        elif _is_prose(stripped):
            above_prose = True
            prose += 1
            if prose > 2 or (best is None and below == 0 and len(full) > 1 and stripped[0] not in '"“«('):
                break
        else:
            above_prose = len(stripped) > 30 and _PROSE_END.search(stripped) is not None
            others.append(stripped)
    return best


def _ruled(mail: ZonedText, full: Sequence[int], only: bool) -> int | None:
    """A rule in the tail with an address or the sender's name below it."""
    texts = mail.texts
    for position in range(max(int(only), len(full) - _TAIL), len(full)):
        index = full[position]
        if closings.RULE_LINE.match(texts[index]):
            below = [texts[other] for other in full[position + 1 :]]
            if not below or _is_prose(below[0].strip()):
                continue
            if any(_has_contact(text) or _names_sender(mail, text.strip()) for text in below):
                return index
    return None


def _names_sender(mail: ZonedText, text: str) -> bool:
    """Whether a short line is the sender's name, with the dash of "-ann" or without."""
    if len(text) > 50:
        return False
    words = fold_words(text)
    if not words or len(words) > 5 or text[0] == "\\" or "{" in text or "=" in text:
        return False
    if re.match(r"(?:- )?[-/~–—]{1,3}\s?[^\W\d_][\w.'’]*(?:\s[^\W\d_][\w.'’]*){0,2}\.?$", text):
        bullet = (
            text[0] != "/" and text.lstrip("-~–—").startswith(" ") and not text.lstrip("-~–— ")[:1].isupper()
        )
        return bool(words & mail.names) or (len(words) == 1 and not bullet)
    known = words & mail.names
    if not known:
        initials = {name[0] for name in mail.names}
        letters = text.rstrip(".").casefold()
        if letters.isalpha() and len(letters) in _INITIALS and letters not in closings.NO_NAME:
            return initials.issuperset(letters)
        return len(letters) == 1 and letters.isalpha() and letters in initials
    if text[-1] in ":?;":
        return False
    rest = words - mail.names
    return len(rest) <= 1 and (len(known) >= 2 or all(len(word) <= 2 for word in rest))


def _signs_in_a_line(mail: ZonedText, text: str) -> bool:
    """A block of one line that begins with the sender's whole name: "Ann Example, Tarnholm Institute"."""
    head, mark, rest = _NAME_END.sub("\n", text, count=1).partition("\n")
    known = fold_words(head)
    return (
        bool(mark)
        and len(text) <= 120
        and len(known & mail.names) >= 2
        and known <= mail.names
        and text[-1] not in ".?!:;,"
        and is_title(rest)
    )


def _is_card(mail: ZonedText, start: int, stop: int) -> bool:
    """A last block in a frame, or headed by the sender's name, with an address in it."""
    texts = mail.texts[start:stop]
    if len(texts) > 12:
        return False
    framed = sum(text.lstrip().startswith("|") for text in texts) >= 2
    block = " ".join(texts)
    if not _has_contact(block):
        return False
    return framed or any(
        len(fold_words(head) & mail.names) >= 2 and len(head) <= 50 and not _TRAILER.match(text)
        for text in texts[:3]
        for head in _COLUMN.split(text.strip())
    )


def _is_lone_name(mail: ZonedText, full: Sequence[int]) -> bool:
    """A last line of one capitalised word, or two in a block of their own: a name, mostly."""
    text = mail.texts[full[-1]].strip()
    match = _LONE_NAME.fullmatch(text)
    if match is None or match["first"].casefold() in closings.NO_NAME:
        return False
    parted = full[-1] - full[-2] > 1 or full[-2] in mail.blocks
    if match["more"]:
        return parted
    if not parted and (_PROSE_END.search(mail.texts[full[-2]]) is None or text[-1] == "."):
        return False
    return match["first"][0].isupper() or text[0] in "-/~."


def _has_contact(text: str) -> bool:
    """Whether a way to reach somebody stands in a text: an address, a URL, a telephone."""
    return "@" in text or "://" in text or "www." in text or _REACHED.search(text) is not None


def _is_prose(text: str) -> bool:
    """Whether a line is (part of) a sentence rather than of a signature."""
    if " | " in text or "   " in text or "\t" in text:
        return False
    if len(text) > 90:
        return True
    count = text.count(" ") + 1
    return count > 7 and (len(text) > 60 or _PROSE_END.search(text) is not None) and not _has_contact(text)
