"""The hunks of a unified diff in a text, each taken as one block.

A patch is read, searched and cited by hunk: its blank lines are lines of code and end no paragraph, and
its signs, numbers and dashes are no prefixes, paragraph numbers or signatures. So a hunk leaves one line,
`HUNK`, among the lines that the rules see, and its text is put back when paragraphs are cut.

A hunk is as long as its header says (GNU diffutils manual, "Detailed Description of Unified Format"), or
ends at the first line that is none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from searcharc.message.lines import Lines

HUNK = "@@"
"""The text of the line that stands for a hunk."""

PLACE = "\0"
"""The line that `cut_hunks` puts in a hunk's place: a character that no text has by then."""

_HEADER = re.compile(r"@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_HEADER_LINE = re.compile(rf"\n{_HEADER.pattern}[^\n]*")
_BEHIND = re.compile(r"\n(?:@@ |diff |Index: |-- ?\n|--- )")
_SIGNS = re.compile(r"\n[^\n +\\-]")


def cut_hunks(text: str) -> tuple[str, list[str]]:
    """The text with a line `PLACE` for each unquoted hunk, and these hunks, in their order.

    Hunks that are whole only, told by counting their lines; the others are left for `fold_hunks`.
    """
    found: list[str] = []
    kept: list[str] = []
    behind = 0
    last = len(text.rstrip("\n"))
    for header in _HEADER_LINE.finditer(text):
        start, body = header.start() + 1, header.end()
        if start <= behind:
            continue
        end = _BEHIND.search(text, body)
        stop = end.start() if end else last
        hunk = text[body:stop]
        added, removed = hunk.count("\n+"), hunk.count("\n-")
        shared = hunk.count("\n") - added - removed - hunk.count("\n\\")
        if (shared + removed, shared + added) != (int(header[1] or 1), int(header[2] or 1)):
            continue
        if _SIGNS.search(hunk) or not hunk.strip():
            continue
        kept += (text[behind:start], PLACE)
        found.append(_tidy(text[start:stop]))
        behind = stop
    return ("".join([*kept, text[behind:]]), found) if found else (text, found)


def _tidy(hunk: str) -> str:
    hunk = hunk.expandtabs(8)
    while " \n" in hunk:
        hunk = hunk.replace(" \n", "\n")
    return hunk.rstrip()


def is_hunk(text: str) -> bool:
    """Whether the text of a paragraph is a hunk, or its beginning."""
    return text.startswith("@@ -") and _HEADER.match(text) is not None


def fold_hunks(lines: Lines, cut: Sequence[str] = ()) -> None:
    """Puts each hunk of the lines into `Lines.hunks`, and one line `HUNK` in its place.

    cut: the hunks for which lines `PLACE` stand. In quoted mail a reply may part a hunk: what goes on
    behind the reply is a hunk too. The lines must bear no numbers, hints or blocks yet.
    """
    texts, depths = lines.texts, lines.depths
    found: list[tuple[int, int]] = []
    for at in [index for index, text in enumerate(texts) if text.startswith("@@ -")]:
        header = _HEADER.match(texts[at])
        if header is None or (found and at < found[-1][1]):
            continue
        found += _pieces(texts, depths, at, int(header[1] or 1), int(header[2] or 1))
    if found:
        lines.texts, lines.depths = [], []
        behind = 0
        for first, stop in found:
            lines.texts += texts[behind:first]
            lines.depths += depths[behind:first]
            lines.hunks[len(lines.texts)] = "\n".join(texts[first:stop])
            lines.texts.append(HUNK)
            lines.depths.append(depths[first])
            behind = stop
        lines.texts += texts[behind:]
        lines.depths += depths[behind:]
    at = -1
    for hunk in cut:
        at = lines.texts.index(PLACE, at + 1)
        lines.texts[at] = HUNK
        lines.hunks[at] = hunk


def _pieces(
    texts: Sequence[str], depths: Sequence[int], at: int, old: int, new: int
) -> Iterator[tuple[int, int]]:
    """[first, stop) of the hunk whose header stands at `at`, or of its pieces between replies.

    old, new: the lines of the two files that it holds. Blank lines at a piece's ends are left out, and
    pieces of a single line.
    """
    depth = depths[at]
    first, last = at, at  # of the piece that is open; first is -1 between pieces
    for index in range(at + 1, len(texts)):
        text = texts[index]
        if depths[index] != depth:
            if not depth:
                break
            if first >= 0 and last > first:
                yield first, last + 1
            first = -1
            continue
        sign = text[:1]
        if not sign or sign == " ":
            old -= 1
            new -= 1
        elif sign == "+":
            new -= 1
        elif sign == "-":
            old -= 1
        elif sign != "\\":
            break
        if text:
            if first < 0:
                first = index
            last = index
        if old <= 0 and new <= 0 and not "".join(texts[index + 1 : index + 2]).startswith("\\ "):
            break  # "\ No newline at end of file" belongs to the line above it
    if first >= 0 and last > first:
        yield first, last + 1
