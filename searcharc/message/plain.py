"""The text of a text/plain part -> lines without quote prefixes.

Undoes format=flowed (RFC 3676) and takes ">" prefixes off into `depth`. Other prefixes ("PG>",
"|") and all that needs more than one line are the business of `zones`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from searcharc.message.charset import other_characters
from searcharc.message.hunks import cut_hunks, fold_hunks
from searcharc.message.lines import Line, Lines

MOST_INDENT = 40  # blanks at the start of a line that are kept
_WIDE_INDENT = " " * (MOST_INDENT + 1)
BLANK = Line("")  # lines are immutable: one blank serves for all

# ">", ">>", "> >", ">  >", one blank before it at most; ">=" is an operator.
_PREFIX = re.compile(r" ?>(?!=)(?:[ \t]{0,3}>(?!=))*")

# Line ends of other systems; the rest of C0, DEL and C1 becomes a blank.
LINE_END = re.compile("\r\n?|[\u2028\u2029\u0085]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# What no reader sees: soft hyphen, zero-width blank, word joiner, byte order mark, bidi controls,
# and the (non-)joiners outside the scripts and emoji that need them. No-break blanks are blanks.
_JOINED = (
    "\u0590-\u08ff\u0900-\u109f\u1780-\u18af\ufb1d-\ufdff\ufe70-\ufefe"
    "\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
)
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
_JOINERS = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])")
_NO_BREAK = re.compile("[\u00a0\u2007\u202f]")
# What any of these may change in a text, beside ASCII.
_ODD = re.compile(
    "[\x7f-\xa0\u00ad\u061c\u180e\u2007\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]"
)


def visible_text(text: str) -> str:
    """The text without what no reader sees: `"lan\\u00adtern\\u00a0on"` -> `"lantern on"`.

    Control characters but TAB and LF become blanks, other systems' line ends LF.
    """
    if text.isascii() and text.isprintable():
        return text
    odd = not text.isascii() and _ODD.search(other_characters(text)) is not None
    if odd:
        text = _INVISIBLE.sub("", text)
        if "\u200c" in text or "\u200d" in text:
            text = _JOINERS.sub("", text)
        text = _NO_BREAK.sub(" ", text)
        text = LINE_END.sub("\n", text)
    elif "\r" in text:
        text = LINE_END.sub("\n", text)
    if odd or text.encode("utf-8", "surrogatepass").translate(None, _SHOWN_OR_OTHER):
        text = _CONTROL.sub(" ", text)
    return text


def strip_quote(text: str) -> tuple[int, str]:
    """The levels of ">" before a line and the line without them: "> > a" -> (2, "a")."""
    match = _PREFIX.match(text)
    if match is None:
        return 0, text
    rest = text[match.end() :]
    return match.group().count(">"), rest[1:] if rest[:1] in (" ", "\t") else rest


def plain_lines(text: str, *, flowed: bool = False, delsp: bool = False) -> Lines:
    """The lines of a text/plain part, in their order.

    flowed, delsp: the part's parameters `format=flowed`, `delsp=yes`. Lines joined by flowing are
    whole paragraphs and are among `blocks`. Tabs are expanded to 8, trailing blanks cut.
    """
    if not text.isascii() or "\r" in text:
        text = visible_text(text)
    elif text.encode("ascii").translate(None, _SHOWN):
        text = _CONTROL.sub(" ", text)
    if _SIGNED in text:
        text = _undo_dash_escapes(text)
    hunks: list[str] = []
    if "@@ -" in text and not flowed:
        text, hunks = cut_hunks(text)
    texts = text.split("\n")
    if not texts[-1]:
        texts.pop()
    if flowed:
        lines = _unflow(texts, delsp)
    else:
        lines = Lines(texts)
        if "\n>" in text or "\n >" in text or ">" in text[:2]:
            _strip_quotes(lines)
    lines.texts = _tidy(lines.texts)
    if hunks or ("@@ -" in text and not flowed):
        fold_hunks(lines, hunks)
    return lines


_SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\n"
_DASH_ESCAPE = re.compile(r"^- ", re.MULTILINE)


def _undo_dash_escapes(text: str) -> str:
    """RFC 4880 7.1: in a signed text "- " stands before each line that begins with a dash."""
    before, head, signed = text.partition(_SIGNED)
    signed, end, behind = signed.partition("\n-----BEGIN PGP SIGNATURE-----")
    return before + head + _DASH_ESCAPE.sub("", signed) + end + behind


def _strip_quotes(lines: Lines) -> None:
    texts, depths = lines.texts, lines.depths
    for index, raw in enumerate(texts):
        if ">" in raw[:2]:
            depths[index], texts[index] = _take_quote(raw)


def _take_quote(raw: str) -> tuple[int, str]:
    """`strip_quote`, faster."""
    if raw[:2] == "> " and ">" not in raw[2:5]:
        return 1, raw[2:]
    depth, cut = _levels(raw[: len(raw) - len(raw.lstrip("> \t")) + 1][:_LONGEST_PREFIX])
    return (depth, raw[cut:]) if cut < _LONGEST_PREFIX - 4 else strip_quote(raw)


_LONGEST_PREFIX = 40


@lru_cache(maxsize=1024)
def _levels(head: str) -> tuple[int, int]:
    """What `strip_quote` takes off a line, from its prefix and the character behind it: (levels, length)."""
    depth, rest = strip_quote(head)
    return depth, len(head) - len(rest)


_SHOWN = bytes((*range(0x20, 0x7F), 0x09, 0x0A))
_SHOWN_OR_OTHER = _SHOWN + bytes(range(0x80, 0x100))


def _tidy(texts: list[str]) -> list[str]:
    """The lines without tabs and trailing blanks; done for all at once, for speed."""
    text = "\n".join(texts)
    if "\t" in text:
        text = text.expandtabs(8)
        texts = text.split("\n")
    texts = [line.rstrip() for line in texts]
    if _WIDE_INDENT in text:
        for index, line in enumerate(texts):
            if line.startswith(_WIDE_INDENT):
                texts[index] = " " * MOST_INDENT + line.lstrip(" ")
    return texts


def _unflow(texts: list[str], delsp: bool) -> Lines:
    """RFC 3676 4: lines that end in a blank go on in the next one of the same depth."""
    found = Lines()
    open_parts: list[str] = []  # the lines of the paragraph that is being joined
    open_depth = 0
    for raw in texts:
        depth = 0
        if raw[:1] == ">":
            # The blank behind the prefix is space-stuffing; senders write "> >" for ">>" all the same.
            depth, raw = _take_quote(raw)
        elif raw[:1] == " ":
            raw = raw[1:]  # space-stuffed
        is_signature = raw == "-- "
        if open_parts and (depth != open_depth or is_signature or not raw or raw.isspace()):
            _close(found, open_parts, open_depth)
            open_parts = []
        if raw[-1:] == " " and not is_signature and not raw.isspace():
            open_depth = depth
            open_parts.append(raw[:-1] if delsp else raw)
        elif open_parts:
            open_parts.append(raw)
            _close(found, open_parts, open_depth)
            open_parts = []
        else:
            found.texts.append(raw)
            found.depths.append(depth)
    if open_parts:
        _close(found, open_parts, open_depth)
    return found


def _close(found: Lines, parts: list[str], depth: int) -> None:
    if len(parts) > 1:
        found.blocks.add(len(found.texts))
    found.texts.append("".join(parts))
    found.depths.append(depth)
