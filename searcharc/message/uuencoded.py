"""A text with uuencoded files in it -> the text without them, and the files.

Before MIME an attachment stood in the text itself (POSIX uuencode(1)): "begin 644 name", lines whose first
sign tells how many bytes they hold, "end". Without this they would be words of the message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from searcharc.message.transfer import decode_uuencode

SIGN = b"begin "
"""A text without these bytes has no such file."""

_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n", re.MULTILINE)
_FULL = re.compile(rb"M[ -`]{60,61}[ \t]*\r?\n")
_LINE = re.compile(rb"([ -`][ -`]{0,61})[ \t]*\r?\n")
_END = re.compile(rb"(?:[ \t]*\r?\n)?end[ \t]*(?:\r?\n|\Z)")
_FEWEST = 3  # full lines that show a file whose end is missing


@dataclass(frozen=True, slots=True)
class File:
    """name: as written, undecoded; never used as a path. data: its bytes."""

    name: bytes
    data: bytes


def split_uuencoded(text: bytes) -> tuple[bytes, list[File]]:
    """The text without its uuencoded files, and the files; a line "begin ..." of prose begins none."""
    files: list[File] = []
    kept: list[bytes] = []
    at = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < at:
            continue  # within the file before
        stop = _stop(text, begin.end())
        if stop is None:
            continue
        kept.append(text[at : begin.start()])
        files.append(File(begin[1].strip(), decode_uuencode(text[begin.start() : stop]).data))
        at = stop
    return (b"".join((*kept, text[at:])), files) if files else (text, files)


def _stop(text: bytes, at: int) -> int | None:
    """Where the file ends whose first line of data stands at `at`, None where there is no file."""
    full = 0
    while (line := _LINE.match(text, at)) and _length_fits(line[1]):
        full += _FULL.match(text, at) is not None
        at = line.end()
    end = _END.match(text, at)
    return end.end() if end else at if full >= _FEWEST else None


def _length_fits(line: bytes) -> bool:
    """Whether a line is no longer than its first sign allows, with a checksum sign behind.

    It may be shorter: blanks at its end, which stand for zero bits, are lost on the way.
    """
    size = (line[0] - 32) & 63
    return len(line.rstrip()) <= 1 + (size + 2) // 3 * 4 + 1
