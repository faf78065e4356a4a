"""What makes two copies one message: the digest of the decoded content.

Archives change what stands around a message (trace headers, list footers, subject tags, line
ends) and leave what was said. So the digest takes From, Date, the subject without list tags, and
the text without footers, white space folded.
"""

from __future__ import annotations

import hashlib
import re

from searcharc.models import DateSource, Message, Zone

_TAG = re.compile(r"\[[^\[\]]{1,60}\]\s*")
_FOOTER = Zone.FOOTER
_DIGITS = 24
"""Hexadecimal digits of a digest: 96 bits; a chance meeting needs some 10^14 messages."""


def content_digest(message: Message) -> str:
    """24 hexadecimal digits, equal for copies of one message from different archives."""
    digest = hashlib.blake2b(digest_size=_DIGITS // 2)
    subject = _TAG.sub("", message.subject)
    # A date that fell back to the envelope is the archive's, not the message's.
    dated = message.date if message.date_source is DateSource.HEADER else None
    date = dated.isoformat() if dated else ""
    for text in (message.sender.address, date, subject):
        digest.update(" ".join(text.split()).encode("utf-8"))
        digest.update(b"\0")
    said = " ".join([p.text for p in message.paragraphs if p.zone is not _FOOTER])
    digest.update(" ".join(said.split()).encode("utf-8"))
    for attachment in message.attachments:
        digest.update(f"\0{attachment.name}\0{attachment.size}".encode())
    return digest.hexdigest()


def content_key(content: str) -> str:
    """The key of a message that has no Message-ID of its own."""
    return f"sha-{content}"


def second_key(message_id: str, content: str) -> str:
    """The key of a message whose Message-ID another message of other content bears as its key.

    The id goes into it: a message without an id may have the same content.
    """
    digest = hashlib.blake2b(f"{message_id}\0{content}".encode(), digest_size=_DIGITS // 2)
    return content_key(digest.hexdigest())
