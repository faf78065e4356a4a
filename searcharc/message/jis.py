"""ISO-2022-JP bytes -> text, with the extensions that senders use under that name.

Python's codecs know the standard sets only; mail has CP50221: rows 9 to 15 and 89 to 92 (circled
digits, IBM kanji) and half-width katakana, which are read as in cp932, as the WHATWG Encoding
Standard does.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(rb"\x1b(\([BJI]|\$[@B]|\$\([@BD])")

_LONGEST = 1 << 20  # bytes read with the extensions; they cost a loop per character


def decode_iso_2022_jp(data: bytes) -> str | None:
    """The text, with U+FFFD for broken pairs; None where the bytes are not ISO-2022-JP.

    b"\\x1b$B-!\\x1b(B x" -> "① x"
    """
    if not data.isascii():
        return None
    if b"\x1b" not in data:
        return data.decode("ascii")
    if len(data) > _LONGEST:
        return data.decode("iso2022_jp_ext", "replace")
    pieces: list[str] = []
    mode, start = b"(B", 0
    for match in _ESCAPE.finditer(data):
        pieces.append(_decode_segment(data[start : match.start()], mode))
        mode, start = match.group(1), match.end()
    pieces.append(_decode_segment(data[start:], mode))
    text = "".join(pieces)
    if start and "\x1b" not in text and text.count("\ufffd") * 4 <= len(text):
        return text
    try:
        return data.decode("iso2022_jp_ext")  # Chinese and Korean sets of ISO-2022-JP-2
    except (UnicodeDecodeError, ValueError):
        return text if start and text.count("\ufffd") * 4 <= len(text) else None


def _decode_segment(segment: bytes, mode: bytes) -> str:
    """The text of the bytes behind one escape sequence. mode: the sequence without its ESC."""
    if not segment:
        return ""
    if mode in (b"(B", b"(J"):
        return segment.decode("ascii", "replace")
    if mode == b"(I":
        return bytes(code | 0x80 if code > 0x20 else code for code in segment).decode("cp932", "replace")
    if mode == b"$(D":
        pairs = (segment[place : place + 2] for place in range(0, len(segment), 2))
        return b"".join(b"\x8f" + bytes(code | 0x80 for code in pair) for pair in pairs).decode(
            "euc_jp", "replace"
        )
    shifted = bytearray()
    place = 0
    while place < len(segment):
        high = segment[place]
        if high <= 0x20 or place + 1 >= len(segment):  # a line end inside: the writer forgot to escape
            shifted.append(high)
            place += 1
            continue
        low = segment[place + 1]
        # JIS X 0208 row and cell -> Shift_JIS lead and trail byte.
        shifted.append(((high - 0x21) >> 1) + (0x81 if high < 0x5F else 0xC1))
        trail = low + (0x1F if low < 0x60 else 0x20) if high & 1 else low + 0x7E
        shifted.append(min(trail, 0xFF))
        place += 2
    return bytes(shifted).decode("cp932", "replace")
