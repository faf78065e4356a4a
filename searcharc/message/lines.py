"""The common form of a message's text between decoding and cutting: lines.

Plain text (`message.plain`) and HTML (`message.html`) both become lines; zones, paragraphs,
numbers and affiliation are read from lines and never see markup or quote prefixes.

`Line` is one line by itself, as the reader of HTML makes it. `Lines` holds those of a whole text
in parallel lists: a mail has hundreds, and an object for each would cost more than reading it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from searcharc.models import Zone


class Hint(StrEnum):
    """What the markup said about a line, where it said anything."""

    NONE = ""
    SIGNATURE = "signature"  # inside gmail_signature, moz-signature, MsoAutoSig ...
    REPLY = "reply"  # the start of a reply's quoted part (divRplyFwdMsg, gmail_quote, border-top of Outlook)
    FORWARD = "forward"  # the same for a forwarded message, and message/rfc822 parts


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a message's text.

    text: Unicode NFC; no quote prefix, no markup, no line end or TAB; "" is a blank line and ends a
        paragraph. Indentation is kept (up to 40 blanks), trailing blanks are not.
    depth: levels of quoting, from ">" prefixes or <blockquote>.
    number: what list markup says stands before the line ("24", "a", "ii"), already put into
        `text` ("24. Invites ..."); None where markup says nothing.
    hint: what the markup said about the line's zone.
    block: True where the line is a whole block of HTML (a paragraph already unwrapped), so
        that the next line begins a new paragraph.
    """

    text: str
    depth: int = 0
    number: str | None = None
    hint: Hint = Hint.NONE
    block: bool = False


class Lines:
    """The lines of a text, by their fields: see `Line`.

    texts, depths: one of each per line. numbers, hints, blocks: for those lines only that have one.
    hunks: the text of each hunk of a diff, for the line that stands for it (`message.hunks`).
    """

    __slots__ = ("blocks", "depths", "hints", "hunks", "numbers", "texts")

    def __init__(self, texts: list[str] | None = None, depths: list[int] | None = None) -> None:
        self.texts = [] if texts is None else texts
        self.depths = [0] * len(self.texts) if depths is None else depths
        self.numbers: dict[int, str] = {}
        self.hints: dict[int, Hint] = {}
        self.blocks: set[int] = set()
        self.hunks: dict[int, str] = {}

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Lines:
        found = Lines()
        found.add(lines)
        return found

    def add(self, lines: Iterable[Line]) -> None:
        """Put lines behind those that are there; their trailing blanks are cut."""
        for index, line in enumerate(lines, len(self.texts)):
            self.texts.append(line.text.rstrip())
            self.depths.append(line.depth)
            if line.number is not None:
                self.numbers[index] = line.number
            if line.hint is not Hint.NONE:
                self.hints[index] = line.hint
            if line.block:
                self.blocks.add(index)

    def extend(self, other: Lines) -> None:
        """Put the lines of another text behind these."""
        base = len(self.texts)
        self.texts += other.texts
        self.depths += other.depths
        if other.numbers:
            self.numbers.update((base + index, number) for index, number in other.numbers.items())
        if other.hints:
            self.hints.update((base + index, hint) for index, hint in other.hints.items())
        if other.blocks:
            self.blocks.update(base + index for index in other.blocks)
        if other.hunks:
            self.hunks.update((base + index, text) for index, text in other.hunks.items())


def found_lines(pattern: re.Pattern[str], joined: str) -> Iterator[int]:
    """Which lines a pattern finds in `joined`, ascending: the lines with "\\n" before each.

    The pattern begins with that "\\n" and takes no other. One search through all lines costs a fraction
    of one for each.
    """
    line, at = -1, 0
    for match in pattern.finditer(joined):
        start = match.start() + 1
        line += joined.count("\n", at, start)
        at = start
        yield line


def lines_at(places: Iterable[int], joined: str) -> frozenset[int]:
    """The lines in which places of `joined` lie: the lines with "\\n" before each."""
    found: set[int] = set()
    line, at = -1, 0
    for place in sorted(places):
        line += joined.count("\n", at, place + 1)
        at = place + 1
        found.add(line)
    return frozenset(found)


class ZonedLines(Lines):
    """Lines, and the zone of each."""

    __slots__ = ("zones",)

    def __init__(self) -> None:
        super().__init__()
        self.zones: list[Zone] = []

    def put(self, lines: Lines, zones: list[Zone]) -> None:
        """Put lines with their zones behind those that are there."""
        self.extend(lines)
        self.zones += zones
