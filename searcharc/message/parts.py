"""The leaves of a message's MIME tree: the form between `mime` (which makes them) and `bodies`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a message's MIME tree.

    type: lower case, "text/plain" where none was declared.
    charset: as declared, None where nothing was.
    disposition: "inline", "attachment" or "".
    filename: decoded, "" where there is none; never used as a path.
    data: the bytes with their transfer encoding undone.
    flowed, delsp: RFC 3676 parameters.
    depth: multiparts and inner messages around it. parent: the type of the innermost of them.
    group: the same number for all parts of one multipart/alternative, None outside of any.
    forwarded: True inside an inner message.
    inner: (field, text) lines of the inner message, for type message/rfc822 only.
    """

    type: str
    charset: str | None = None
    disposition: str = ""
    filename: str = ""
    data: bytes = b""
    flowed: bool = False
    delsp: bool = False
    depth: int = 0
    parent: str = ""
    group: int | None = None
    forwarded: bool = False
    inner: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """The leaves in reading order, and what was cut or repaired on the way."""

    leaves: tuple[Part, ...] = ()
    defects: tuple[str, ...] = ()
