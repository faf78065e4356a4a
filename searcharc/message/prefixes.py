"""Quote prefixes that are not ">": `Ann> text`, `| text`, `: text`, as depth.

The first step of `message.zones`. `message.plain` reads ">" only: what else is a prefix shows
only in the message as a whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from searcharc.message import attribution
from searcharc.message.lines import Lines

_PREFIXED = re.compile(r"\n[ \t]{0,8}(?:[A-Za-z][\w.]{0,11}>|[|:{] ?\S|>)")
_PREFIXED_ASCII = re.compile(r"\n[ \t]{0,8}(?:[|:{] ?\S|>|[A-Za-z][A-Za-z0-9_.]{0,11}+>)")
_ENDS = frozenset(":,")
_LITERAL_PREFIX = re.compile(r"\s?(>(?:\s?>)*)\s")
# Emacs and its like indent what they quote.
_INDENTED_PREFIX = re.compile(r"\s{2,8}(>(?:\s?>)*)(?=\s|$)\s?")
_NAMED_PREFIX = re.compile(r"\s{0,8}([A-Za-z][\w.]{0,11})(>+)[> ]{0,20}")
_PROMPTS_TEXT = """
    r c d sql mysql sqlite irb gdb psql ftp lldb octave matlab ghci scala node php pry
"""
_PROMPTS = frozenset(_PROMPTS_TEXT.split())


def restore_prefixes(lines: Lines) -> None:
    """`Ann> text`, and `| text`, `: text`, `{ text` below an attribution, as depth."""
    texts, depths = lines.texts, lines.depths
    joined = "\n" + "\n".join(texts)
    if (_PREFIXED_ASCII if joined.isascii() else _PREFIXED).search(joined) is None:
        return
    # Each rule reads the lines as they were: what one has put back is no text for the next.
    before = list(texts)
    quoted = list(depths)
    matches = {i: m for i, text in enumerate(before) if ">" in text[:22] and (m := _NAMED_PREFIX.match(text))}
    counts = Counter(m[1].casefold() for m in matches.values())
    for index, match in matches.items():
        name = match[1].casefold()
        if counts[name] >= 2 and name not in _PROMPTS:
            texts[index] = before[index][match.end() :]
            depths[index] = quoted[index] + len(match[2])
    indented = False
    for index, text in enumerate(before):
        if ">" not in text[:10]:
            continue
        indented = indented or text.startswith("  ")
        literal = _LITERAL_PREFIX.match(text) if text.startswith((">", " >")) else None
        if literal is not None and text[literal.end() :]:
            texts[index] = text[literal.end() :]
            depths[index] = quoted[index] + literal[1].count(">")
    if indented:
        _restore_indented(texts, depths)
    mark = _mark_below_attribution(before, quoted)
    if mark is not None:
        for index, text in enumerate(texts):
            stripped = text.lstrip()
            if not depths[index] and stripped.startswith(mark):
                texts[index], depths[index] = stripped[1:].removeprefix(" "), 1


def _restore_indented(texts: list[str], depths: list[int]) -> None:
    """`    > text` below an attribution, as depth; without one it may be a prompt of a program."""
    attributed = False
    for index, text in enumerate(texts):
        if not attributed:
            attributed = attribution.ends_attribution(text)
            continue
        match = _INDENTED_PREFIX.match(text) if text.startswith("  ") else None
        if match is not None:
            texts[index] = text[match.end() :]
            depths[index] += match[1].count(">")


def _mark_below_attribution(texts: Sequence[str], depths: Sequence[int]) -> str | None:
    """The character that a mail program put before each quoted line, if it was none of ">"."""
    for index, text in enumerate(texts):
        if text[-1:] not in _ENDS or depths[index] or not attribution.ends_attribution(text):
            continue
        for below in texts[index + 1 : index + 4]:
            stripped = below.lstrip()
            if stripped:
                if len(stripped) == 1 and stripped in "|:{":
                    continue
                return stripped[0] if stripped[0] in "|:{" else None
    return None
