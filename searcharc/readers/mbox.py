"""An mbox, as a stream of bytes -> its messages, one alive at a time.

Reads the forms that RFC 4155 and qmail's mbox(5) describe (mboxo, mboxrd, mboxcl, mboxcl2), git's
patch series and Pipermail's monthly text, with either line end. Takes no escape away:
`RawMessage.content` does. Memory does not grow with the file: no more than one message, up to
`max_message`, is in view.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import NamedTuple

from searcharc.models import CUT_BY_DAMAGE, Origin, Problem, RawMessage
from searcharc.readers.compress import ByteStream
from searcharc.readers.envelope import LOOKAHEAD, Separators
from searcharc.readers.headers import leading_blanks
from searcharc.readers.sniff import NO_MAIL, SNIFFED
from searcharc.readers.window import CHUNK, Window

_NEEDLE = b"\nFrom "
# The bytes before a needle that tell whether a blank line stands before it.
_BEFORE = 4
# The longest envelope line that `envelope` believes, with room to spare.
_ENVELOPE = 1200
# What is no longer needed is let go of in steps of so many bytes.
_SLACK = 1 << 16
# Content-Length is looked for in so many bytes; a header that is longer is not believed.
_HEADER_LIMIT = 1 << 16
_END_OF_HEADER = re.compile(rb"\n\r?\n")
_CONTENT_LENGTH = re.compile(rb"\ncontent-length[ \t]{0,20}:[ \t]{0,20}([0-9]{1,12})[ \t]{0,20}\r?\n")
_ESCAPED_FROM = re.compile(rb"^>+From ", re.MULTILINE)
_BARE_FROM = re.compile(rb"^From ", re.MULTILINE)


class _Boundary(NamedTuple):
    """Where a message stops: an envelope line, or the end of the file (then `body` is None).

    line: offset of the envelope line; body: offset of the message that it opens.
    """

    line: int
    body: int | None


def read_mbox(
    stream: ByteStream,
    *,
    name: str,
    file: str | None = None,
    max_message: int,
    chunk: int = CHUNK,
    start: int | None = None,
) -> Iterator[RawMessage | Problem]:
    """The messages of an mbox in file order; what is wrong with the file, where it is met.

    name: the archive's escaped path, for origins and problems; file: of a zip or tar, the member's in it.
    max_message, chunk: bytes.
    start: `Origin.offset` of a message that is known to stand there; what lies before it is passed over.

    Never raises for what the stream holds: the damage of a damaged file is the last Problem, after
    the messages before it.
    """
    return iter(_MboxReader(Window(stream, chunk=chunk), name, file, max_message, start))


class _MboxReader:
    def __init__(
        self, window: Window, name: str, file: str | None, max_message: int, start: int | None
    ) -> None:
        self._start = start
        self._window = window
        self._archive = name
        self._file = file
        self._name = name if file is None else f"{name}/{file}"
        self._max = max_message
        self._separators = Separators()

    def __iter__(self) -> Iterator[RawMessage | Problem]:
        window = self._window
        window.reach(SNIFFED)
        line = leading_blanks(bytes(window.view[:SNIFFED]))
        window.reach(line + LOOKAHEAD)
        body = self._separators.opens(window.view, line)  # asked in any case: the first line tells the form
        if self._start is not None:
            line, body = self._jump(self._start), self._start
        elif body is None:
            boundary, _ = self._next_separator(line, keep=0)
            if boundary.body is not None:
                yield Problem(self._name, f"the first {boundary.line} bytes are no message: not read", 0)
            elif window.stop > line and not window.error:
                yield Problem(self._name, NO_MAIL)
            line, body = boundary
        while body is not None:
            envelope = window.take(line, body).rstrip(b"\r\n")
            window.drop(body - 1)
            line, body = yield from self._message(body, envelope)
        if window.error:
            yield Problem(self._name, window.error.message, window.stop, unfinished=True)

    def _jump(self, body: int) -> int:
        """Goes on at a message that stands at `body`; returns the offset of its envelope line."""
        window = self._window
        window.jump(max(0, body - _ENVELOPE))
        window.reach(body)
        return window.start + window.view.rfind(b"\n", 0, max(0, body - 1 - window.start)) + 1

    def _message(self, start: int, envelope: bytes) -> Generator[RawMessage | Problem, None, _Boundary]:
        """Read the message that begins at `start`; returns the boundary behind it."""
        window = self._window
        boundary = self._counted_boundary(start)
        counted = boundary is not None
        head = None
        if boundary is None:
            boundary, head = self._next_separator(start, keep=self._max)
        length = self._end(start, boundary.line) - start
        if not length:
            # An envelope line right before the next one, or at the end of the file, holds nothing.
            return boundary
        raw = head if head is not None else window.take(start, start + min(length, self._max))
        raw = raw[:length]
        defects = []
        if length > self._max:
            defects.append(f"message cut at {self._max} bytes")
        if boundary.body is None and window.error:
            defects.append(CUT_BY_DAMAGE)
        origin = Origin(self._archive, self._file, _form(raw) if counted else "mbox", start, length)
        yield RawMessage(raw, origin, envelope, tuple(defects))
        if length > self._max:
            yield Problem(self._name, f"message of {length} bytes cut at {self._max} bytes", start)
        return boundary

    def _next_separator(self, start: int, *, keep: int) -> tuple[_Boundary, bytes | None]:
        """The boundary behind `start`, and the first `keep` bytes where the view had to let them go."""
        window = self._window
        head: bytes | None = None
        # The line end of the envelope line may be the one that a needle begins with.
        at = max(start - 1, 0)
        while True:
            if at - max(start + keep, window.start) > _SLACK:
                if head is None:
                    head = window.take(start, start + keep)
                window.drop(at - _BEFORE)
            found = window.find(_NEEDLE, at)
            if found < 0:
                at = max(at, window.stop - len(_NEEDLE) + 1)
                if not window.reach(window.stop + 1):
                    return _Boundary(window.stop, None), head
                continue
            line = found + 1
            window.reach(line + LOOKAHEAD)
            body = self._separators.separates(window.view, line - window.start)
            if body is not None:
                return _Boundary(line, window.start + body), head
            at = line

    def _counted_boundary(self, start: int) -> _Boundary | None:
        """The boundary that Content-Length names, if it lands on one exactly; else None.

        A length that misses, or that goes past `max_message`, is worth nothing (qmail's mbox(5)).
        The blank line before the next envelope line may be counted or not: writers differ.
        """
        window = self._window
        window.reach(start + _HEADER_LIMIT)
        base = window.start
        header_end = _END_OF_HEADER.search(window.view, start - 1 - base, start - base + _HEADER_LIMIT)
        if not header_end:
            return None
        header = bytes(window.view[start - 1 - base : header_end.end()]).lower()
        field = _CONTENT_LENGTH.search(header)
        if not field:
            return None
        end = base + header_end.end() + int(field[1])
        if end - start > self._max or not window.reach(end):
            return None
        whole = not window.reach(end + LOOKAHEAD + 2)
        view = window.view
        blank = 2 if view[end - base : end - base + 2] == b"\r\n" else 1
        for line in (end, end + blank):
            at = line - base
            if whole and line == window.stop and not window.error:
                return _Boundary(line, None)
            if view[at - 1 : at + 5] == _NEEDLE and not view[end - base : at].strip(b"\r\n"):
                body = self._separators.separates(view, at)
                if body is not None:
                    return _Boundary(line, base + body)
        return None

    def _end(self, start: int, line: int) -> int:
        """Where the message ends whose boundary is at `line`: before the one blank line that parts them."""
        view, at = self._window.view, line - self._window.start
        if line - start >= 2 and view[at - 3 : at] == b"\n\r\n":
            return line - 2
        if line - start >= 1 and view[at - 2 : at] == b"\n\n":
            return line - 1
        return line


def _form(raw: bytes) -> str:
    """Whether a message read by its Content-Length is escaped (mboxcl) or not (mboxcl2).

    mboxcl writes ">From " for "From "; so where only the former stands, it is an escape.
    """
    return "mbox" if _ESCAPED_FROM.search(raw) and not _BARE_FROM.search(raw) else "mboxcl2"
