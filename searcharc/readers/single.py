"""A file that holds one message (`.eml`, a file of a Maildir or MH folder) -> that message."""

from __future__ import annotations

from collections.abc import Iterator

from searcharc.models import CUT_BY_DAMAGE, Origin, Problem, RawMessage
from searcharc.readers.compress import ByteStream
from searcharc.readers.envelope import Separators
from searcharc.readers.headers import is_message, leading_blanks, starts_with_field
from searcharc.readers.sniff import NO_MAIL, SNIFFED
from searcharc.readers.window import Window


def read_single(
    stream: ByteStream, *, archive: str, file: str | None, form: str, max_message: int
) -> Iterator[RawMessage | Problem]:
    """The message of one file, and what is wrong with the file.

    archive, file, form: as in `Origin`. A file without a byte of mail gives nothing. Some delivery
    programs leave an envelope line at the top; it, and blank lines before the header, lie outside
    the message. In a mail folder any header field makes a message, elsewhere one that mail has.
    """
    window = Window(stream)
    window.reach(SNIFFED)
    head = bytes(window.view[:SNIFFED])
    start = leading_blanks(head)
    defects = ["blank lines or a byte order mark before the header"] if start else []
    envelope = None
    body = Separators().opens(head, start) if head.startswith(b"From ", start) else None
    if body is not None:
        envelope = head[start:body].rstrip(b"\r\n")
        start = body
    name = archive if file is None else f"{archive}/{file}"
    rest = head[start:]
    if envelope is None and not (is_message(rest) if form == "eml" else starts_with_field(rest)):
        if window.error:
            yield Problem(name, window.error.message, window.stop, unfinished=True)
        elif rest:
            yield Problem(name, NO_MAIL)
        return
    window.reach(start + max_message + 1)
    raw = window.take(start, min(window.stop, start + max_message))
    while window.reach(window.stop + 1):
        window.drop(window.stop)
    length = window.stop - start
    if length > max_message:
        defects.append(f"message cut at {max_message} bytes")
    if window.error:
        defects.append(CUT_BY_DAMAGE)
    origin = Origin(archive, file, form, start, length)
    yield RawMessage(raw, origin, envelope, tuple(defects), stream.mtime_ns / 1e9 or None)
    if length > max_message:
        yield Problem(name, f"message of {length} bytes cut at {max_message} bytes", start)
    if window.error:
        yield Problem(name, window.error.message, window.stop, unfinished=True)
