"""The lines of one message with the zones found so far: what the steps of `message.zones` share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from searcharc.message.attribution import subject_marks
from searcharc.message.lines import Line
from searcharc.models import Zone


class ZonedText:
    """One message's lines; the steps write into `zones`.

    lines, zones: of equal length. names: words of the sender's name, folded. joined: the texts of
    the unquoted lines (of all, where the subject says "Fwd:") with "\\n" between; lower: the same,
    case folded. titled_reply, forward: what the subject says ("Re:", "Fwd:"). reply: the subject or a
    header says that it answers another mail.
    """

    def __init__(self, lines: list[Line], subject: str, sender_name: str, has_reply_header: bool) -> None:
        self.lines = lines
        self.zones = [Zone.QUOTED if line.depth else Zone.OWN for line in lines]
        self.titled_reply, self.forward = subject_marks(subject)
        self.reply = has_reply_header or self.titled_reply
        self.names = _name_words(sender_name)
        self.joined = "\n".join([line.text for line in lines if self.forward or not line.depth])
        self.lower = self.joined.casefold()

    def result(self) -> list[tuple[Line, Zone]]:
        """The lines with their zones; those that are quoted without a prefix have depth 1."""
        return [
            (replace(line, depth=1) if zone is Zone.QUOTED and not line.depth else line, zone)
            for line, zone in zip(self.lines, self.zones, strict=True)
        ]


def blocks(lines: Sequence[Line], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Runs of non-empty lines of one depth: [start, stop); an HTML block stands alone."""
    start: int | None = None
    for index in range(first, last):
        line = lines[index]
        if not line.text:
            if start is not None:
                yield start, index
                start = None
            continue
        if start is not None and (line.depth != lines[index - 1].depth or lines[index - 1].block):
            yield start, index
            start = None
        if start is None:
            start = index
    if start is not None:
        yield start, last


_WORD = re.compile(r"[^\W\d_]+")


def fold_words(text: str) -> frozenset[str]:
    """Folded words of a text: "Zoë O'Brien 3" -> {"zoe", "o", "brien"}."""
    if text.isascii():
        return frozenset(_WORD.findall(text.lower()))
    folded = unicodedata.normalize("NFKD", text.casefold())
    return frozenset(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))


def _name_words(name: str) -> frozenset[str]:
    words = fold_words(name)
    return frozenset(word for word in words if len(word) > 1) or words
