"""The common form of a message's text between decoding and cutting: lines.

Plain text (`message.plain`) and HTML (`message.html`) both become lines; zones, paragraphs,
numbers and affiliation are read from lines and never see markup or quote prefixes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Hint(StrEnum):
    """What the markup said about a line, where it said anything."""

    NONE = ""
    SIGNATURE = "signature"  # inside gmail_signature, moz-signature, MsoAutoSig ...
    REPLY = "reply"  # the start of a reply's quoted part (divRplyFwdMsg, gmail_quote, border-top of Outlook)
    FORWARD = "forward"  # the same for a forwarded message, and message/rfc822 parts


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a message's text.

    text: Unicode NFC; no quote prefix, no markup, no line end; "" is a blank line and ends a
        paragraph. Indentation is kept (up to 40 blanks), trailing blanks are not.
    depth: levels of quoting, from ">" prefixes or <blockquote>.
    number: what list markup says stands before the line ("24", "a", "ii"), already put into
        `text` ("24. Invites ..."); None where markup says nothing.
    hint: what the markup said about the line's zone.
    block: True where the line is a whole block of HTML (a paragraph already unwrapped), so
        that the next line begins a new paragraph.
    """

    text: str
    depth: int = 0
    number: str | None = None
    hint: Hint = Hint.NONE
    block: bool = False
