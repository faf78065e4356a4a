"""Bytes -> does this look like the header of a mail message?

Judges uncompressed bytes. Decodes nothing and reads no file.
"""

from __future__ import annotations

import re

# RFC 5322 3.6.8 (field names), with the blanks before the colon of its 4.5.8. "http://" is no field.
FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]{0,80}:(?!//)")
_BLANK_LINES = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*\r?\n)*")
_CHAINED_FROM = re.compile(rb"(?:>From [^\n]*\n)*")
_END_OF_HEADER = re.compile(rb"\n[ \t]*\r?(?:\n|\Z)")

_KNOWN = frozenset(
    b"""apparently-to approved archived-at authentication-results auto-submitted bcc cc comments date
    delivered-to delivery-date disposition-notification-to dkim-signature encoding envelope-to
    errors-to from importance in-reply-to keywords lines mail-followup-to mailing-list message-id
    mime-version newsgroups nntp-posting-host old-return-path organisation organization
    original-recipient path posted-date precedence priority received received-spf references
    reply-to resent-cc resent-date resent-from resent-message-id resent-to return-path
    return-receipt-to sender status subject thread-index thread-topic to user-agent xref""".split()
)
_KNOWN_PREFIXES = (b"arc-", b"content-", b"domainkey-", b"list-", b"resent-", b"x-")


def is_known_field(name: bytes) -> bool:
    """Whether mail programs write a header field of this name; case does not count."""
    name = name.lower()
    return name in _KNOWN or name.startswith(_KNOWN_PREFIXES)


def leading_blanks(head: bytes) -> int:
    """How many bytes a UTF-8 byte order mark and blank lines take at the start."""
    match = _BLANK_LINES.match(head)
    return match.end() if match else 0


def starts_with_field(head: bytes) -> bool:
    """Whether a header field, of any name, stands in the first line.

    Lines ">From ..." before it, left by mail systems that pass on another's envelope, do not count.
    """
    chained = _CHAINED_FROM.match(head)
    return FIELD.match(head, chained.end() if chained else 0) is not None


def is_message(head: bytes) -> bool:
    """Whether a message starts here: its first line is a field, and its header has a known one.

    A README that begins with ``Note: ...`` is no mail. Broken lines inside the header are borne.
    """
    if not starts_with_field(head):
        return False
    end = _END_OF_HEADER.search(head)
    lines = head[: end.start() + 1 if end else len(head)].splitlines()
    fields = (FIELD.match(line) for line in lines)
    return any(is_known_field(field[1]) for field in fields if field)
