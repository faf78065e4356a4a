"""Content-Type and Content-Disposition values -> a type and its parameters (RFC 2045, 2231).

Tolerant: what is broken is read as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from searcharc.message.charset import decode_bytes
from searcharc.message.words import decode_header

_PARAMETERS = 100  # more are read by no one
_TOKEN_END = re.compile(rb"[;\r\n]")
_CONTINUED = re.compile(r"([^*]+)\*(\d{1,3})?(\*)?")


@lru_cache(maxsize=512)  # a few values serve most parts of most mail
def read_parameters(value: bytes) -> tuple[str, Mapping[str, str]]:
    """See `headers.parse_parameters`."""
    kind, _, rest = value.partition(b";")
    words = kind.split()
    main = words[0].decode("latin-1").lower() if words else ""
    if "=" in main:  # "charset=utf-8" alone: no type stands before it
        main, rest = "", value
    elif len(words) > 1 and b"=" in kind:  # 'text/plain charset="utf-8"': the semicolon is missing
        rest = kind.split(None, 1)[1] + b";" + rest
    plain: dict[str, bytes] = {}
    continued: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for name, raw in _split(rest):
        match = _CONTINUED.fullmatch(name)
        if match is None:
            plain.setdefault(name.rstrip("*"), raw)
        else:
            extended = match.group(3) is not None or match.group(2) is None
            place = int(match.group(2) or 0)
            continued.setdefault(match.group(1), {}).setdefault(place, (extended, raw))
    parameters = {name: decode_header(raw) for name, raw in plain.items()}
    for name, pieces in continued.items():
        parameters[name] = _join(pieces)
    return main, {name: " ".join(text.replace("\x00", "").split()) for name, text in parameters.items()}


def raw_parameter(value: bytes | None, name: str) -> bytes | None:
    """The undecoded value of one parameter; a boundary must be compared byte for byte."""
    if not value:
        return None
    kind, _, rest = value.partition(b";")
    for rest_of in (rest, kind + b";" + rest):
        pieces: dict[str, bytes] = {}
        for found, raw in _split(rest_of):
            pieces.setdefault(found, raw)
        if name in pieces:
            return pieces[name]
        if f"{name}*0" in pieces:  # RFC 2231 continuations
            numbered = (pieces.get(f"{name}*{place}") for place in range(len(pieces)))
            return b"".join(raw for raw in numbered if raw is not None)
    return None


def _split(rest: bytes) -> list[tuple[str, bytes]]:
    """(lower-case name, value without its quotes) of each parameter, in linear time."""
    found: list[tuple[str, bytes]] = []
    position, end = 0, len(rest)
    while position < end and len(found) < _PARAMETERS:
        equals = rest.find(b"=", position)
        semicolon = rest.find(b";", position)
        if equals < 0:
            break
        if 0 <= semicolon < equals:  # a word without a value
            position = semicolon + 1
            continue
        name = rest[position:equals].strip().lower().decode("latin-1")
        position = equals + 1
        while position < end and rest[position] in b" \t\r\n":
            position += 1
        if rest[position : position + 1] == b'"':
            raw, position = _quoted(rest, position + 1)
        else:
            stop = _TOKEN_END.search(rest, position)
            stop_at = stop.start() if stop else end
            raw, position = rest[position:stop_at].strip(), stop_at
        semicolon = rest.find(b";", position)
        position = semicolon + 1 if semicolon >= 0 else end
        if name:
            found.append((name.rpartition(" ")[2], raw))
    return found


def _quoted(rest: bytes, start: int) -> tuple[bytes, int]:
    """The value of a quoted string and the place behind it; without an end, up to the semicolon."""
    close = rest.find(b'"', start)
    while close > 0 and rest[close - 1 : close] == b"\\" and rest[close - 2 : close - 1] != b"\\":
        close = rest.find(b'"', close + 1)
    if close < 0:
        stop = rest.find(b";", start)
        close = stop if stop >= 0 else len(rest)
    raw = rest[start:close]
    if b"\\" in raw:
        raw = re.sub(rb"\\([\"\\])", rb"\1", raw)
    return raw, close + 1 if rest[close : close + 1] == b'"' else close


def _join(pieces: dict[int, tuple[bool, bytes]]) -> str:
    """RFC 2231: the pieces of one value in their order; the first names the charset."""
    charset: str | None = None
    data = b""
    extended_any = False
    for place in sorted(pieces):
        extended, raw = pieces[place]
        if extended:
            extended_any = True
            if place == min(pieces):
                label, quote, tail = raw.partition(b"'")
                if quote:
                    charset = label.decode("latin-1") or None
                    raw = tail.partition(b"'")[2] if b"'" in tail else tail
            raw = unquote_to_bytes(raw)
        data += raw
    if extended_any:
        return decode_bytes(data, charset, guess=False).text
    return decode_header(data)
