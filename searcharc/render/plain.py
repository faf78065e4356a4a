"""Text from mail -> text that a terminal, a pipe or a JSON reader can take.

Every string that comes from mail passes through `visible`: nothing in a message can move the cursor,
change a colour, or be read as markup.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len

from searcharc.message.numbers import parse_number
from searcharc.models import Paragraph

_PRINTED = re.compile(r"\s*(\S{1,20})\s+")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str, *, keep_lines: bool = False) -> str:
    r"""Text with control characters written out: ESC -> \x1b, a bidi override -> \u202e.

    Line ends and tabs become blanks, unless keep_lines.
    """
    if not keep_lines:
        text = text.replace("\n", " ").replace("\t", " ")
    elif "\t" in text:
        text = text.expandtabs(8)
    return _UNSAFE.sub(_written, text) if _UNSAFE.search(text) else text


def _written(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


@dataclass(frozen=True, slots=True)
class Style:
    """Names of rich styles. With colours off, matches stand in [brackets]."""

    subject: str = "bold"
    quiet: str = "dim"
    list: str = "cyan"
    number: str = "bold green"
    match: str = "bold yellow"
    zone: str = "magenta"


STYLE = Style()


def day(date: datetime | None) -> str:
    """A date as people write it: "28 May 2010"; "no date" for None. In the sender's own zone."""
    return f"{date.day} {date:%b} {date.year:04d}" if date else "no date"


def shortened(text: str, cells: int) -> str:
    """The text cut to a width in terminal cells (a CJK character takes two)."""
    if cells <= 1:
        return ""
    if cell_len(text) <= cells:
        return text
    kept, used = [], 0
    for char in text:
        used += cell_len(char)
        if used > cells - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def counted(number: int, noun: str) -> str:
    """A number and what it counts: "1 message", "2,100 messages"."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def json_line(record: object) -> str:
    """JSON on one line, valid Unicode; ASCII control characters and bidi controls escaped."""
    return _escaped(json.dumps(record, ensure_ascii=False, separators=(", ", ": ")))


def json_text(record: object) -> str:
    """JSON over several lines."""
    return _escaped(json.dumps(record, ensure_ascii=False, indent=1))


def _escaped(text: str) -> str:
    # json.dumps escapes C0 itself; a raw C1 or bidi control would still reach the terminal.
    return re.sub(
        "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]",
        lambda m: f"\\u{ord(m.group()):04x}",
        text,
    )


def behind_number(paragraph: Paragraph, first_match: int | None = None) -> int:
    """Where a paragraph's text begins behind its printed number, which a label shows.

    first_match: offset of the first match; 0 comes back where it lies in the number.
    """
    match = _PRINTED.match(paragraph.text) if paragraph.number else None
    if match is None:
        return 0
    printed = match.group(1)
    bare = printed[:-1] if printed[-1] in ".):、" else printed
    if paragraph.number not in (str(parse_number(printed)), str(parse_number(bare))):
        return 0
    return 0 if first_match is not None and first_match < match.end() else match.end()
