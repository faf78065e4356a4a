"""RFC 2047: the text of a header value in which encoded words, raw bytes and plain text are mixed.

Bytes of one header value -> str. Charsets are `charset`'s business, field names and folding that of
`headers`.
"""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

from searcharc.message.charset import Decoded, decode_bytes
from searcharc.message.charset_labels import find_codec, squeeze

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_Q_TABLE = bytes.maketrans(b"_", b" ")


class _Word(NamedTuple):
    start: int
    end: int
    charset: str
    data: bytes


def decode_header(value: bytes, fallback: str | None = None) -> str:
    """The text of an unfolded header value. fallback: the message's charset, for raw 8-bit bytes.

    b"=?utf-8?q?caf=C3?= =?utf-8?q?=A9?= on" -> "café on": adjacent words of one charset are joined
    as bytes first, since senders split characters over words (RFC 2047 forbids it).
    Raw bytes are UTF-8 where valid, else in `fallback`, else windows-1252.
    """
    if b"=?" not in value:
        return _raw_text(value, fallback)
    pieces: list[str] = []
    position = 0
    held: list[_Word] = []  # encoded words that follow each other with only blanks between
    for word in _find_words(value):
        between = value[position : word.start]
        if held and between.strip(b" \t\r\n"):
            pieces.append(_decode_words(held, fallback))
            held = []
        if not held:
            pieces.append(_raw_text(between, fallback))
        held.append(word)
        position = word.end
    if held:
        pieces.append(_decode_words(held, fallback))
    pieces.append(_raw_text(value[position:], fallback))
    return "".join(pieces)


def _raw_text(value: bytes, fallback: str | None) -> str:
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    found = find_codec(fallback) if fallback else None
    if value.isascii():
        return _decode(value, None).text
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        # A label of the body that is no 8-bit charset says nothing about these bytes.
        usable = found is not None and found[0] not in ("utf-8", "us-ascii", "utf-7", "utf-16")
        return _decode(value, fallback if usable else None).text


def _decode(data: bytes, charset: str | None) -> Decoded:
    return decode_bytes(data, charset, guess=False)


def _find_words(value: bytes) -> list[_Word]:
    """The encoded words of a value, by a scan whose time is linear in its length."""
    found: list[_Word] = []
    position = 0
    close = -1
    while True:
        start = value.find(b"=?", position)
        if start < 0:
            return found
        position = start + 2
        first = value.find(b"?", start + 2, start + 130)
        if first < 0 or value[first + 2 : first + 3] != b"?":
            continue
        charset = value[start + 2 : first]
        encoding = value[first + 1 : first + 2].lower()
        if encoding not in (b"b", b"q") or not charset or b" " in charset.strip():
            continue
        text_start = first + 3
        if close < text_start:
            close = value.find(b"?=", text_start)
            if close < 0:
                return found
        end = close
        if encoding == b"q" and _HEX.match(value, end + 2):
            end = _true_end(value, end)
        text = value[text_start:end]
        if b"=?" in text and value[text_start + text.find(b"=?") :].count(b"?", 0, 140) >= 3:
            continue  # never closed: the next one begins first
        found.append(_Word(start, end + 2, charset.decode("latin-1").strip(), _decode_text(text, encoding)))
        position = end + 2


_HEX = re.compile(rb"[0-9A-F]{2}")


def _true_end(value: bytes, close: int) -> int:
    """Where a Q word ends whose first "?=" is a raw "?" and an escape: "=?utf-8?q?a?=20b?="."""
    later = value.find(b"?=", close + 2, close + 300)
    return later if later > 0 and b"=?" not in value[close + 2 : later] else close


def _decode_text(text: bytes, encoding: bytes) -> bytes:
    if encoding == b"q":
        return binascii.a2b_qp(text.translate(_Q_TABLE), header=False)
    return decode_base64_word(text)


def decode_base64_word(text: bytes) -> bytes:
    """The bytes of one base64 word; junk is skipped, missing padding put in, "=" amid it read over."""
    out = []
    for block in text.split(b"="):
        clean = _NOT_BASE64.sub(b"", block)
        if len(clean) % 4 == 1:
            clean = clean[:-1]
        if clean:
            out.append(binascii.a2b_base64(clean + b"=" * (-len(clean) % 4)))
    return b"".join(out)


def _same_charset(label: str) -> str:
    """What two labels of one charset have in common: "UTF-8*en" (RFC 2231 5) is "utf8"."""
    return squeeze(label.partition("*")[0])


def _decode_words(held: list[_Word], fallback: str | None) -> str:
    pieces: list[str] = []
    index = 0
    while index < len(held):
        charset = held[index].charset
        key = _same_charset(charset)
        run = [held[index].data]
        index += 1
        while index < len(held) and _same_charset(held[index].charset) == key:
            run.append(held[index].data)
            index += 1
        known = find_codec(charset)
        label = charset if known is not None else fallback
        pieces.append(_decode(b"".join(run), label).text)
    return "".join(pieces)
