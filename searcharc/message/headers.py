"""A message's bytes -> its header fields, still as bytes, and their decoded text on request.

A tolerant reader of RFC 5322 header blocks. It cuts, unfolds and looks up; what a field means is
said by `addresses`, `dates` and `mime`. Nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from searcharc.message.parameters import read_parameters
from searcharc.message.words import decode_header

__all__ = [
    "HEADERS_KEPT",
    "HEADER_BLOCK_BYTES",
    "HEADER_BYTES",
    "Headers",
    "decode_header",
    "header_text",
    "parse_headers",
    "parse_parameters",
    "read_headers",
    "split_message",
]

HEADER_BLOCK_BYTES = 102_400  # bytes kept of all fields together
HEADER_BYTES = 16_384  # bytes kept of one field
HEADERS_KEPT = 1_000
_SCANNED = 4 << 20  # bytes of the block looked at: one huge To field must not hide the Subject behind it


class Headers:
    """The header fields of a message or part, in their order.

    defects: what was skipped or cut.
    """

    __slots__ = ("_by_name", "defects")

    def __init__(self, fields: Iterable[tuple[str, bytes]] = (), defects: tuple[str, ...] = ()) -> None:
        """fields: (lower-case name, value as it is folded) pairs."""
        self.defects = defects
        by_name: dict[str, tuple[bytes, ...]] = {}
        for name, value in fields:
            by_name[name] = (*by_name[name], value) if name in by_name else (value,)
        self._by_name = by_name

    def get(self, name: str) -> bytes | None:
        """The value of the first field of this name (any case), None where there is none."""
        values = self._by_name.get(name.lower())
        return _unfolded(values[0]) if values else None

    def get_all(self, name: str) -> tuple[bytes, ...]:
        """The values of all fields of this name, first standing first."""
        return tuple(map(_unfolded, self._by_name.get(name.lower(), ())))

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._by_name

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """(lower-case name, value) of each field; those of one name stand together."""
        for name, values in self._by_name.items():
            for value in values:
                yield name, _unfolded(value)


def _unfolded(value: bytes) -> bytes:
    """The value in one line, without the blanks at its ends: only few fields of a message are asked for."""
    return (value.replace(b"\n", b"") if b"\n" in value else value).strip()


_NAME = re.compile(rb"[!-9;-~]{1,256}[ \t]*")
_FIELD = re.compile(rb"[!-9;-~]{1,256}[ \t]*:")
_FIELD_START = re.compile(rb"\n(?![ \t])")
_ODD_LINE = re.compile(rb"\n(?![!-9;-~]{1,256}[ \t]*:|[ \t])")
_FIELD_LINE = re.compile(
    rb"(?:from|to|cc|bcc|date|subject|sender|reply-to|message-id|in-reply-to|references|mime-version|"
    rb"received|return-path|delivered-to|organi[sz]ation|user-agent|precedence|content-[a-z-]+|x-[!-9;-~]+|"
    rb"list-[a-z-]+|status|lines|errors-to|dkim-signature|authentication-results)[ \t]*:",
    re.IGNORECASE,
)


def read_headers(content: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The header fields of the message or part content[start:end], and where its body begins.

    `find_body` and `parse_headers` in one: a block in which each line is a field or continues one,
    within the limits, as nearly all are, is read in a single pass.
    """
    if start < end and content[start] not in b"\r\n":
        block_end = _blank_line(content, start, end)
        if block_end - start <= HEADER_BYTES:
            fields = _plain_fields(content[start:block_end])
            if fields is not None:
                return Headers(fields), _after_line_end(content, block_end, end)
    block_end, body = find_body(content, start, end)
    return parse_headers(content[start:block_end]), body


def _plain_fields(block: bytes) -> list[tuple[str, bytes]] | None:
    """(name, value) of each field, None where a line is anything but a field or its continuation."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found: list[tuple[str, bytes]] = []
    for line in _FIELD_START.split(block[:-1] if block.endswith(b"\n") else block):
        raw_name, colon, value = line.partition(b":")
        name = _field_name(raw_name)
        if not colon or not name:
            return None
        found.append((name, value))
    return found if len(found) <= HEADERS_KEPT else None


@lru_cache(maxsize=1024)
def _field_name(raw: bytes) -> str:
    """b"Subject " -> "subject"; "" where it is no name of a field."""
    return raw.rstrip(b" \t").lower().decode("ascii") if _NAME.fullmatch(raw) else ""


def split_message(content: bytes) -> tuple[bytes, bytes]:
    """The (header block, body) of a message; the blank line between belongs to neither.

    b"Subject: a\n\nb" -> (b"Subject: a\n", b"b"). Blank lines before the first field are passed
    over. A message whose first line is no field is all body. A line amid the fields that is none
    (">From ...", a broken fold) is left to `parse_headers` where fields follow it; else the body
    begins there.
    """
    start = first_field(content)
    block_end, body = find_body(content, start, len(content))
    return content[start:block_end], content[body:]


def first_field(content: bytes) -> int:
    """Where a message's first field stands: behind blank lines, if it is one of those that mail has."""
    if content[:1] not in (b"\n", b"\r"):
        return 0
    start = len(content) - len(content.lstrip(b"\r\n"))
    return start if _FIELD_LINE.match(content, start) else 0


def find_body(content: bytes, start: int, end: int) -> tuple[int, int]:
    """Where in content[start:end] the header block ends and where the body begins (`split_message`).

    A part that begins with a blank line has no header block.
    """
    if start >= end or content[start] in b"\r\n":
        return start, _after_line_end(content, start, end)
    block_end = _blank_line(content, start, end)
    body = _after_line_end(content, block_end, end)
    checked = min(block_end, start + HEADER_BLOCK_BYTES)
    odd = start if not _FIELD.match(content, start, end) else _next_odd(content, start, checked)
    while 0 <= odd < checked:
        line_end = content.find(b"\n", odd, block_end)
        next_line = line_end + 1 if line_end >= 0 else block_end
        is_envelope = content.startswith((b"From ", b">From "), odd)
        if not is_envelope and not _FIELD_LINE.match(content, next_line, block_end):
            return odd, odd
        odd = _next_odd(content, odd, checked)
    return block_end, body


def _next_odd(content: bytes, position: int, end: int) -> int:
    """Where the next line begins that is neither a field nor a continuation, -1 if none is before end."""
    match = _ODD_LINE.search(content, position, end)
    return match.end() if match else -1


def _blank_line(content: bytes, start: int, end: int) -> int:
    """Where the first blank line begins; the end where there is none."""
    line_feed = content.find(b"\n\n", start, end)
    both = content.find(b"\n\r\n", start, line_feed if line_feed >= 0 else end)
    found = both if both >= 0 else line_feed
    if found < 0 and content.find(b"\n", start, min(end, start + 2_000)) < 0:
        found = content.find(b"\r\r", start, end)  # lines of old Macintosh
    return found + 1 if found >= 0 else end


def _after_line_end(content: bytes, position: int, end: int) -> int:
    """The place behind the line end at this position, if one stands there."""
    if content.startswith(b"\r\n", position):
        position += 2
    elif position < end and content[position] in b"\r\n":
        position += 1
    return min(position, end)


def parse_headers(block: bytes) -> Headers:
    """The fields of a header block, within the limits above; each limit met is a defect."""
    defects: list[str] = []
    fields: list[tuple[str, bytes]] = []
    kept = 0
    if len(block) > _SCANNED:
        block = block[:_SCANNED]
        defects.append(f"headers: block read up to {_SCANNED} bytes")
    for name, value in _unfold(block, defects):
        if len(fields) >= HEADERS_KEPT:
            defects.append(f"headers: more than {HEADERS_KEPT} fields, the rest left out")
            break
        if len(value) > HEADER_BYTES:
            value = value[:HEADER_BYTES]
            defects.append(f"headers: {name[:40]} cut at {HEADER_BYTES} bytes")
        kept += len(name) + len(value)
        if kept > HEADER_BLOCK_BYTES:
            defects.append(f"headers: more than {HEADER_BLOCK_BYTES} bytes, the rest left out")
            break
        fields.append((name, value))
    return Headers(fields, tuple(dict.fromkeys(defects)))


def _unfold(block: bytes, defects: list[str]) -> list[tuple[str, bytes]]:
    """(name, value) of each field. Stops a little above the number that is kept."""
    if b"\r" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    found: list[tuple[str, bytes]] = []
    name = ""
    parts: list[bytes] = []
    for number, line in enumerate(block.split(b"\n")):
        first = line[:1]
        if first in (b" ", b"\t"):
            if name:
                parts.append(line)
            continue
        if not line:
            continue
        raw_name, colon, value = line.partition(b":")
        raw_name = raw_name.rstrip(b" \t")
        if not colon or not raw_name or len(raw_name) > 256 or b" " in raw_name or b"\t" in raw_name:
            if not (number == 0 and line.startswith((b"From ", b">From "))):
                defects.append("headers: a line that is no field was skipped")
            continue
        if name:
            found.append((name, b"".join(parts).strip()))
            if len(found) > HEADERS_KEPT:
                return found
        name = raw_name.lower().decode("latin-1")
        parts = [value]
    if name:
        found.append((name, b"".join(parts).strip()))
    return found


def is_text(headers: Headers) -> bool:
    """Whether what was read as a header is text: "Note: ...", and no field that mail has."""
    names = [name.encode("latin-1") + b":" for name, _ in headers]
    return bool(names) and not any(map(_FIELD_LINE.match, names))


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def header_text(headers: Headers, name: str, fallback: str | None = None) -> str:
    """The decoded text of the first field of this name, "" where there is none.

    Control characters and line ends become blanks, runs of white space one blank.
    """
    value = headers.get(name)
    if value is None:
        return ""
    return one_line(decode_header(value, fallback))


def one_line(text: str) -> str:
    """Text fit for one line: `"a\\x1b[2J\\r\\n b"` -> `"a [2J b"`."""
    return " ".join((text if text.isprintable() else _CONTROL.sub(" ", text)).split())


def parse_parameters(value: bytes | None) -> tuple[str, Mapping[str, str]]:
    """The (type, parameters) of a Content-Type or Content-Disposition value, both as text.

    b'text/plain; charset="utf-8"; name*=utf-8\\'\\'caf%C3%A9' ->
    ("text/plain", {"charset": "utf-8", "name": "café"}). The type and the names are in lower case,
    values decoded (RFC 2231 continuations and charsets, RFC 2047 words); ("", {}) for none.
    """
    return read_parameters(value or b"")
