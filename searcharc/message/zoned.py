"""The lines of one message with the zones found so far: what the steps of `message.zones` share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import TypeVar

from searcharc.message.lines import Lines, found_lines
from searcharc.message.subjects import subject_marks
from searcharc.models import Zone

_T = TypeVar("_T")


class ZonedText:
    """One message's lines; the steps write into `zones`.

    texts, depths, hints, blocks: of `lines`. zones: of the same length. quoted: whether any line has a
    depth. names: words of the sender's name, folded. own: the indexes of the unquoted lines (of all, where
    the subject says "Fwd:"); joined: the texts of these, each with "\\n" before it; lower: the same, case
    folded. titled_reply, forward: what the subject says ("Re:", "Fwd:"). reply: the subject or a header
    says that it answers another mail.
    """

    def __init__(self, lines: Lines, subject: str, sender_name: str, has_reply_header: bool) -> None:
        self.lines = lines
        self.texts, self.depths = lines.texts, lines.depths
        self.hints, self.blocks = lines.hints, lines.blocks
        self.titled_reply, self.forward = subject_marks(subject)
        self.reply = has_reply_header or self.titled_reply
        self.names = _name_words(sender_name)
        self.quoted = any(self.depths)
        if self.quoted:
            self.zones = [Zone.QUOTED if depth else Zone.OWN for depth in self.depths]
        else:
            self.zones = [Zone.OWN] * len(self.texts)
        if self.quoted and not self.forward:
            self.own: Sequence[int] = [index for index, depth in enumerate(self.depths) if not depth]
            self.joined = "\n" + "\n".join([self.texts[index] for index in self.own])
        else:
            self.own = range(len(self.texts))
            self.joined = "\n" + "\n".join(self.texts)
        self.lower = self.joined.casefold()

    def matches(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """The lines that a pattern finds in `joined`, ascending (`lines.found_lines`)."""
        own = self.own
        for line in found_lines(pattern, self.joined):
            yield own[line]


def runs(values: Iterable[_T]) -> list[tuple[_T, int, int]]:
    """Runs of equal values, in their order: (value, start, stop)."""
    found: list[tuple[_T, int, int]] = []
    start = 0
    for value, members in groupby(values):
        stop = start + len(list(members))
        found.append((value, start, stop))
        start = stop
    return found


def blocks(mail: ZonedText, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Runs of non-empty lines of one depth in first..last, from the last on: [start, stop).

    An HTML block stands alone.
    """
    texts, depths = mail.texts, mail.depths
    stop: int | None = None
    for index in range(last - 1, first - 1, -1):
        if not texts[index]:
            if stop is not None:
                yield index + 1, stop
                stop = None
            continue
        if stop is not None and (depths[index] != depths[index + 1] or index in mail.blocks):
            yield index + 1, stop
            stop = None
        if stop is None:
            stop = index + 1
    if stop is not None:
        yield first, stop


_WORD = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=4096)
def fold_words(text: str) -> frozenset[str]:
    """Folded words of a text: "Zoë O'Brien 3" -> {"zoe", "o", "brien"}."""
    if text.isascii():
        return frozenset(_WORD.findall(text.lower()))
    folded = unicodedata.normalize("NFKD", text.casefold())
    return frozenset(_WORD.findall("".join(c for c in folded if not unicodedata.combining(c))))


@lru_cache(maxsize=1024)
def _name_words(name: str) -> frozenset[str]:
    words = fold_words(name)
    return frozenset(word for word in words if len(word) > 1) or words
