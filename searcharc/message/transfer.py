"""Content-Transfer-Encoding: the bytes of a part as sent -> as meant (RFC 2045 6).

Tolerant and linear; whatever is no encoding comes back as it stood.
"""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple


class Transferred(NamedTuple):
    """data: the decoded bytes. footer: plain text that a list put behind a base64 block, as it stood."""

    data: bytes
    footer: bytes = b""
    defects: tuple[str, ...] = ()


_PLAIN = frozenset({"", "7bit", "8bit", "binary", "none", "6bit", "7bits", "8bits", "7", "8", "utf8", "text"})
_JUNK = re.compile(r"[^a-z0-9]")


def decode_transfer(data: bytes, encoding: bytes | None) -> Transferred:
    """Undo a transfer encoding. encoding: the header value, None where there is none."""
    raw = (encoding or b"").split(b";", 1)[0].decode("latin-1").lower()
    name = _JUNK.sub("", raw.split("(", 1)[0])
    if name in _PLAIN:
        return Transferred(data)
    if name in ("base64", "xbase64", "b64", "base46"):
        return decode_base64(data)
    if name in ("quotedprintable", "quoteprintable", "qp", "quoted"):
        return Transferred(decode_quoted_printable(data))
    if name in ("xuuencode", "uuencode", "xuue", "uue", "xuu"):
        return decode_uuencode(data)
    shown = "".join(char if " " <= char < "\x7f" else "?" for char in raw.strip()[:40])
    return Transferred(data, b"", (f"mime: unknown transfer encoding {shown or '?'}, read as it stands",))


_SPACED_SOFT_BREAK = re.compile(rb"=[ \t]{1,80}(\r?\n)")


def decode_quoted_printable(data: bytes) -> bytes:
    """b"caf=C3=A9=\\n s" -> b"caf\\xc3\\xa9 s"; what is no escape stays as it is."""
    if b"=" not in data:
        return data
    if b"= " in data or b"=\t" in data:
        data = _SPACED_SOFT_BREAK.sub(rb"=\1", data)
    return binascii.a2b_qp(data)


# A line that is neither base64 nor blank. Before a line of text that a list appended stands the end
# of the block; amid the block it is junk.
_PADDED_GROUPS = (
    rb"(?:(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/]=))*"  # blocks joined in one line
)
_NOT_BASE64_LINE = re.compile(
    rb"^(?!" + _PADDED_GROUPS + rb"[A-Za-z0-9+/]+={0,3}[ \t]*\r?$|[ \t]*\r?$|=+[ \t]*\r?$)", re.MULTILINE
)
# Quoted by a reply, or broken by a mail server that writes "!" before the line ends it puts in.
_BASE64_LINE = re.compile(rb"^[> \t]{0,40}[A-Za-z0-9+/]{40,}={0,2}!?[ \t]*\r?$", re.MULTILINE)
_TWO_WORDS = re.compile(rb"\S[ \t]+[^\s>]")
_PADDED_LINE = re.compile(rb"[ \t]*([A-Za-z0-9+/]{6,}={1,2})[ \t]+")
_BASE64_SIGNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n"
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")


def decode_base64(data: bytes) -> Transferred:
    """Base64 with all that archives do to it.

    Junk is skipped; behind padding reading goes on (two joined blocks); text that a list put behind
    the block is split off as `footer`; a part that is no base64 at all is left as it stands.
    """
    if not data.translate(None, _BASE64_SIGNS) and b"=" not in data.rstrip(b"=\r\n"):
        return Transferred(_blocks(data))  # nearly all, told without a look at each line
    odd = _NOT_BASE64_LINE.search(data)
    if odd is None or odd.start() >= len(data):
        return Transferred(_blocks(data))
    head, tail = data[: odd.start()], data[odd.start() :]
    if not head.strip():
        padded = _PADDED_LINE.match(tail)
        if padded and len(padded[1]) % 4 == 0:
            return Transferred(_blocks(padded[1]), tail[padded.end() :], ("mime: text behind base64 kept",))
        block = _BASE64_LINE.search(tail)
        if block is None:
            return Transferred(data, b"", ("mime: declared base64, is plain text",))
        above = tail[: block.start()]
        if _TWO_WORDS.search(above):  # a text that a list or server put above the block
            below = decode_base64(tail[block.start() :])
            return Transferred(below.data, above + below.footer, ("mime: text above base64 kept",))
        return Transferred(_blocks(tail), b"", ("mime: junk in base64 skipped",))
    if _BASE64_LINE.search(tail):
        # More of the block follows: a broken line amid it, not its end.
        return Transferred(_blocks(data), b"", ("mime: junk in base64 skipped",))
    if len(head.strip()) < 4 and b"=" not in head:
        return Transferred(data, b"", ("mime: declared base64, is plain text",))
    return Transferred(_blocks(head), tail, ("mime: text behind base64 kept",))


def _blocks(data: bytes) -> bytes:
    """The bytes of one base64 block, or of several that were joined with their padding."""
    padding = data.find(b"=")
    if padding < 0 or not data[padding:].strip(b"= \t\r\n"):
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            pass  # its length is no multiple of four: below
    decoded = []
    for block in _NOT_BASE64.sub(b"", data).split(b"="):
        if len(block) % 4 == 1:
            block = block[:-1]
        if block:
            decoded.append(binascii.a2b_base64(block + b"=" * (-len(block) % 4)))
    return b"".join(decoded)


_BEGIN = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} [^\r\n]{0,300}\r?\n", re.MULTILINE)


def decode_uuencode(data: bytes) -> Transferred:
    """The bytes of the first uuencoded file in the data; without a "begin" line, the data itself."""
    begin = _BEGIN.search(data)
    if begin is None:
        return Transferred(data, b"", ("mime: declared uuencode, is plain text",))
    decoded: list[bytes] = []
    for line in data[begin.end() :].split(b"\n"):
        line = line.rstrip(b"\r")
        if line.strip() == b"end":
            break
        if not line:
            continue
        try:
            decoded.append(binascii.a2b_uu(line + b"\n"))
        except binascii.Error:
            # Some writers leave wrong filling behind the last byte: read as many as the line says.
            size = ((line[0] - 32) & 63) * 4 // 3 + 5
            try:
                decoded.append(binascii.a2b_uu(line[:size]))
            except binascii.Error:
                continue
    return Transferred(b"".join(decoded))
