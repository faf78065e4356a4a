"""Address fields -> mailboxes.

One scan over the bytes of a field, linear in their number (RFC 5322 3.4 and what senders make of
it). Decoding of names is `words`' business, the true sender `addresses`'. Nothing raises, nothing is
invented.
"""

from __future__ import annotations

import re
from functools import lru_cache

from searcharc.message.headers import one_line
from searcharc.message.words import decode_header
from searcharc.models import Mailbox

_SPECIAL = re.compile(rb'["(<,;:]')
# A mailbox without comments, groups and escapes: where a comma follows it, the next one begins.
_PLAIN_MAILBOX = re.compile(
    rb'[^"(<>,;:\\]*(?:"(?:[^"\\]|\\.)*"[^"(<>,;:\\]*)?(?:<[^"(<>,;:\\]*>[^"(<>,;:\\]*)?(?=,|\Z)'
)


def parse_mailboxes(value: bytes | str | None, fallback: str | None = None) -> tuple[Mailbox, ...]:
    """The mailboxes of a From, To, Cc or Reply-To value, in their order.

    b"Ann <ann@Example.ORG>, bo@example.net (Bo)" -> Ann ann@example.org, Bo bo@example.net.
    Groups give their members; `ann at example.org (Ann Name)` of Pipermail is an address; a broken
    one gives what can be read, a name without an address included. fallback: charset of raw bytes.
    """
    if value is None:
        return ()
    if isinstance(value, str):
        value = value.encode("utf-8", "replace")
    return _read_cached(value, fallback) if len(value) <= _CACHED_BYTES else tuple(_scan(value, fallback))


_CACHED_BYTES = 2_000  # a longer value is read anew each time: the cache stays small


@lru_cache(maxsize=512)  # the mails of a thread go to the same people
def _read_cached(value: bytes, fallback: str | None) -> tuple[Mailbox, ...]:
    found: list[Mailbox] = []
    position, end = 0, len(value)
    while position < end:
        match = _PLAIN_MAILBOX.match(value, position)
        if match is None:
            return tuple(_scan(value, fallback))
        found.extend(_read_one(match[0], fallback))
        position = match.end() + 1
    return tuple(found)


@lru_cache(maxsize=4096)
def _read_one(value: bytes, fallback: str | None) -> tuple[Mailbox, ...]:
    return tuple(_scan(value, fallback))


class _Reading:
    """One mailbox while it is read: its words, comments and the text in angle brackets."""

    __slots__ = ("angle", "comments", "quoted", "words")

    def __init__(self) -> None:
        self.words: list[bytes] = []
        self.quoted: list[bool] = []
        self.comments: list[bytes] = []
        self.angle: bytes | None = None

    def add(self, word: bytes, *, quoted: bool) -> None:
        self.words.append(word)
        self.quoted.append(quoted)


def _scan(value: bytes, fallback: str | None) -> list[Mailbox]:
    found: list[Mailbox] = []
    reading = _Reading()
    position, end = 0, len(value)
    no_quote_from = no_angle_from = end + 1  # behind these places there is no closing sign

    def flush() -> None:
        nonlocal reading
        mailbox = _mailbox(reading, fallback)
        if mailbox is not None:
            found.append(mailbox)
        reading = _Reading()

    while position < end:
        match = _SPECIAL.search(value, position)
        stop = match.start() if match else end
        if stop > position:
            reading.add(value[position:stop], quoted=False)
        if match is None:
            break
        sign = value[stop : stop + 1]
        position = stop + 1
        if sign == b'"':
            close = _closing_quote(value, position) if position < no_quote_from else -1
            if close < 0:  # never closed: an ordinary sign
                no_quote_from = min(no_quote_from, position)
                continue
            reading.add(value[position:close].replace(b'\\"', b'"').replace(b"\\\\", b"\\"), quoted=True)
            position = close + 1
        elif sign == b"(":
            comment, position = _comment(value, position)
            reading.comments.append(comment)
        elif sign == b"<":
            close = value.find(b">", position) if position < no_angle_from else -1
            if close < 0:
                no_angle_from = min(no_angle_from, position)
                comma = value.find(b",", position)
                close = comma if comma >= 0 else end
                angle, position = value[position:close], close
            else:
                angle, position = value[position:close], close + 1
            if b"<" in angle:  # "<<ann@example.org>>"
                angle = angle.rpartition(b"<")[2]
                position += value[position : position + 1] == b">"
            if reading.angle is None or b"@" not in reading.angle:
                reading.angle = angle
        elif sign == b":":
            # "team: a@x, b@y;": what stands before is the group's name ("mailto:" goes the same way).
            if reading.angle is None and not any(b"@" in word for word in reading.words):
                reading = _Reading()
            else:
                reading.add(b":", quoted=False)
        else:
            flush()
    flush()
    return found


def _closing_quote(value: bytes, start: int) -> int:
    close = value.find(b'"', start)
    while close > 0:
        slashes = close - len(value[start:close].rstrip(b"\\")) - start
        if slashes % 2 == 0:
            return close
        start = close + 1
        close = value.find(b'"', start)
    return -1


_PARENTHESIS = re.compile(rb"[()\\]")


def _comment(value: bytes, start: int) -> tuple[bytes, int]:
    """The text of a comment, which may hold others, and the place behind it."""
    depth, position = 1, start
    for match in _PARENTHESIS.finditer(value, start):
        if match.start() < position:
            continue
        position = match.end()
        sign = match.group()
        if sign == b"\\":
            position += 1
        elif sign == b"(":
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return value[start : match.start()], position
    # Never closed: up to the next comma, so that one broken name does not eat the other mailboxes.
    comma = value.find(b",", start)
    return (value[start:comma], comma) if comma >= 0 else (value[start:], len(value))


_AT = re.compile(
    rb"^[ \t]*([^\s@<>\"]+) (?:at|AT|\(at\)|\[at\]) "
    rb"([A-Za-z0-9][A-Za-z0-9.-]*(?: (?:dot|DOT|\(dot\)|\[dot\]) [A-Za-z0-9.-]+){0,5})[ \t]*$"
)
_DOT = re.compile(rb" [(\[]?dot[)\]]? ", re.IGNORECASE)


def _mailbox(reading: _Reading, fallback: str | None) -> Mailbox | None:
    address = ""
    words = reading.words
    if reading.angle is not None:
        address = _clean_address(reading.angle)
        name = b"".join(words)
        if not address and b"@" in name and not name.strip().count(b" "):
            address, name = _clean_address(name), b""
    else:
        address, name = _bare_address(reading)
    shown = _clean_name(name, fallback)
    if not shown and reading.comments:
        shown = _clean_name(reading.comments[-1], fallback)
    elif reading.comments and reading.angle is not None and words and not any(reading.quoted):
        # "Ann Example (Institute) <ann@...>": the comment stands amid the name and belongs to it.
        shown = f"{shown} ({_clean_name(reading.comments[-1], fallback)})"
    if shown.casefold() == address.casefold():
        shown = ""
    return Mailbox(shown, address) if shown or address else None


def _bare_address(reading: _Reading) -> tuple[str, bytes]:
    """The address of a mailbox without angle brackets, and what is left as its name."""
    words, quoted = reading.words, reading.quoted
    for index, word in enumerate(words):
        if quoted[index] or b"@" not in word:
            continue
        rest = b" ".join(words[:index] + words[index + 1 :])
        if word.startswith(b"@") and index and quoted[index - 1]:  # "ann example"@example.org
            return _clean_address(b'"' + words[index - 1] + b'"' + word), b" ".join(words[: index - 1])
        parts = word.split()
        for place, part in enumerate(parts):
            if part == b"@" and 0 < place < len(parts) - 1:  # "ann @ example.org"
                return _clean_address(parts[place - 1] + b"@" + parts[place + 1]), rest
            if b"@" in part:
                left = b" ".join(parts[:place] + parts[place + 1 :])
                return _clean_address(part), b" ".join((rest, left)).strip()
    whole = b"".join(words)
    match = _AT.match(whole[:400])
    if match:
        return _clean_address(match.group(1) + b"@" + _DOT.sub(b".", match.group(2))), b""
    return "", whole


def _clean_address(raw: bytes) -> str:
    """`ann@Example.ORG` -> "ann@example.org"; "" where it is no address.

    Source routes ("<@relay:ann@x>") and comments are taken off, the domain is put in lower case.
    """
    if b"(" in raw:
        head, _, tail = raw.partition(b"(")
        raw = head + tail.rpartition(b")")[2]
    text = decode_header(raw) if b"=?" in raw else raw.decode("utf-8", "replace")
    text = one_line(text.replace("\ufffd", ""))
    match = _AT.match(text.encode("utf-8", "replace")[:400]) if "@" not in text else None
    if match:
        text = f"{match.group(1).decode('utf-8', 'replace')}@{_DOT.sub(b'.', match.group(2)).decode('ascii')}"
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    if text[:7].lower() == "mailto:":
        text = text[7:]
    text = text.strip(" <>,;'").rstrip(".")
    if not text.startswith('"'):
        text = text.replace(" ", "")
    local, at, domain = text.rpartition("@")
    if not at:
        return ""
    return f"{local}@{domain.strip().lower()}" if local and domain else ""


def _clean_name(raw: bytes, fallback: str | None) -> str:
    text = one_line(decode_header(raw, fallback))
    while len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return text.strip(' ,;"')
