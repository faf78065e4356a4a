"""The text of a text/plain part -> lines without quote prefixes.

Undoes format=flowed (RFC 3676) and takes ">" prefixes off into `depth`. Other prefixes ("PG>",
"|") and all that needs more than one line are the business of `zones`.
"""

from __future__ import annotations

import re

from searcharc.message.lines import Line

MOST_INDENT = 40  # blanks at the start of a line that are kept
BLANK = Line("")  # lines are immutable: one blank serves for all

# ">", ">>", "> >", ">  >", one blank before it at most; ">=" is an operator.
_PREFIX = re.compile(r" ?>(?!=)(?:[ \t]{0,3}>(?!=))*")

# Line ends of other systems; the rest of C0, DEL and C1 becomes a blank.
_LINE_END = re.compile("\r\n?|[\u2028\u2029\u0085]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

# What no reader sees: soft hyphen, zero-width blank, word joiner, byte order mark, bidi controls,
# and the (non-)joiners outside the scripts and emoji that need them. No-break blanks are blanks.
_JOINED = (
    "\u0590-\u08ff\u0900-\u109f\u1780-\u18af\ufb1d-\ufdff\ufe70-\ufefe"
    "\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
)
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
    f"|(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])"
)
_NO_BREAK = re.compile("[\u00a0\u2007\u202f]")


def visible_text(text: str) -> str:
    """The text without what no reader sees: `"lan\\u00adtern\\u00a0on"` -> `"lantern on"`.

    Control characters but TAB and LF become blanks, other systems' line ends LF.
    """
    if text.isascii() and text.isprintable():
        return text
    if not text.isascii():
        if _INVISIBLE.search(text):
            text = _INVISIBLE.sub("", text)
        text = _NO_BREAK.sub(" ", text)
    if "\r" in text or not text.isascii():
        text = _LINE_END.sub("\n", text)
    return _CONTROL.sub(" ", text)


def strip_quote(text: str) -> tuple[int, str]:
    """The levels of ">" before a line and the line without them: "> > a" -> (2, "a")."""
    match = _PREFIX.match(text)
    if match is None:
        return 0, text
    rest = text[match.end() :]
    return match.group().count(">"), rest[1:] if rest[:1] in (" ", "\t") else rest


def plain_lines(text: str, *, flowed: bool = False, delsp: bool = False) -> list[Line]:
    """The lines of a text/plain part, in their order.

    flowed, delsp: the part's parameters `format=flowed`, `delsp=yes`. Lines joined by flowing are
    whole paragraphs and have `block` set. Tabs are expanded to 8, trailing blanks cut.
    """
    if not text.isascii() or "\r" in text:
        text = visible_text(text)
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    if flowed:
        return _unflow(lines, delsp)
    found: list[Line] = []
    for raw in lines:
        if not raw:
            found.append(BLANK)
            continue
        depth = 0
        if ">" in raw[:2]:
            depth, raw = strip_quote(raw)
        found.append(Line(_tidy(raw), depth))
    return found


def _tidy(raw: str) -> str:
    if not raw.isprintable():  # a TAB is not printable either
        raw = _CONTROL.sub(" ", raw).expandtabs(8)
    raw = raw.rstrip()
    if raw[:1] == " ":
        bare = raw.lstrip(" ")
        raw = " " * min(len(raw) - len(bare), MOST_INDENT) + bare
    return raw


def _unflow(lines: list[str], delsp: bool) -> list[Line]:
    """RFC 3676 4: lines that end in a blank go on in the next one of the same depth."""
    found: list[Line] = []
    open_parts: list[str] = []  # the lines of the paragraph that is being joined
    open_depth = 0
    for raw in lines:
        depth = 0
        if raw.startswith(">"):
            # The blank behind the prefix is space-stuffing; senders write "> >" for ">>" all the same.
            depth, raw = strip_quote(raw)
        elif raw.startswith(" "):
            raw = raw[1:]  # space-stuffed
        is_signature = raw == "-- "
        if open_parts and (depth != open_depth or is_signature or not raw.strip()):
            _close(found, open_parts, open_depth)
            open_parts = []
        if raw.endswith(" ") and not is_signature and raw.strip():
            open_depth = depth
            open_parts.append(raw[:-1] if delsp else raw)
        elif open_parts:
            open_parts.append(raw)
            _close(found, open_parts, open_depth)
            open_parts = []
        else:
            found.append(Line(_tidy(raw), depth))
    if open_parts:
        _close(found, open_parts, open_depth)
    return found


def _close(found: list[Line], parts: list[str], depth: int) -> None:
    found.append(Line(_tidy("".join(parts)), depth, block=len(parts) > 1))
