"""Quote prefixes that are not ">": `Ann> text`, `| text`, `: text`, as depth.

The first step of `message.zones`. `message.plain` reads ">" only: what else is a prefix shows
only in the message as a whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from searcharc.message import attribution
from searcharc.message.lines import Line

_PREFIXED = re.compile(r"\n[ \t]{0,8}(?:[A-Za-z][\w.]{0,11}>|[|:{] ?\S|>)")
_LITERAL_PREFIX = re.compile(r"\s?(>(?:\s?>)*)\s")
# Emacs and its like indent what they quote.
_INDENTED_PREFIX = re.compile(r"\s{2,8}(>(?:\s?>)*)(?=\s|$)\s?")
_NAMED_PREFIX = re.compile(r"\s{0,8}([A-Za-z][\w.]{0,11})(>+)[> ]{0,20}")
_PROMPTS_TEXT = """
    r c d sql mysql sqlite irb gdb psql ftp lldb octave matlab ghci scala node php pry
"""
_PROMPTS = frozenset(_PROMPTS_TEXT.split())


def restore_prefixes(lines: Sequence[Line]) -> list[Line]:
    """`Ann> text`, and `| text`, `: text`, `{ text` below an attribution, as depth."""
    restored = list(lines)
    if _PREFIXED.search("\n" + "\n".join([line.text for line in lines])) is None:
        return restored
    matches = {i: m for i, line in enumerate(lines) if line.text and (m := _NAMED_PREFIX.match(line.text))}
    counts = Counter(m[1].casefold() for m in matches.values())
    for index, match in matches.items():
        name = match[1].casefold()
        if counts[name] >= 2 and name not in _PROMPTS:
            line = lines[index]
            restored[index] = replace(line, text=line.text[match.end() :], depth=line.depth + len(match[2]))
    for index, line in enumerate(lines):
        literal = _LITERAL_PREFIX.match(line.text) if line.text.startswith((">", " >")) else None
        if literal is not None and line.text[literal.end() :]:
            restored[index] = replace(
                line, text=line.text[literal.end() :], depth=line.depth + literal[1].count(">")
            )
    if any(line.text.startswith("  ") and ">" in line.text[:10] for line in lines):
        _restore_indented(restored)
    mark = _mark_below_attribution(lines)
    if mark is not None:
        for index, line in enumerate(restored):
            stripped = line.text.lstrip()
            if not line.depth and stripped.startswith(mark):
                restored[index] = replace(line, text=stripped[1:].removeprefix(" "), depth=1)
    return restored


def _restore_indented(lines: list[Line]) -> None:
    """`    > text` below an attribution, as depth; without one it may be a prompt of a program."""
    attributed = False
    for index, line in enumerate(lines):
        if not attributed:
            attributed = attribution.ends_attribution(line.text)
            continue
        match = _INDENTED_PREFIX.match(line.text) if line.text.startswith("  ") else None
        if match is not None:
            lines[index] = replace(
                line, text=line.text[match.end() :], depth=line.depth + match[1].count(">")
            )


def _mark_below_attribution(lines: Sequence[Line]) -> str | None:
    """The character that a mail program put before each quoted line, if it was none of ">"."""
    for index, line in enumerate(lines):
        if line.depth or line.text[-1:] not in (":", ",") or not attribution.ends_attribution(line.text):
            continue
        for below in lines[index + 1 : index + 4]:
            stripped = below.text.lstrip()
            if stripped:
                if len(stripped) == 1 and stripped in "|:{":
                    continue
                return stripped[0] if stripped[0] in "|:{" else None
    return None
