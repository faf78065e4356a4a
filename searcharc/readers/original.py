"""Origin -> the bytes of that message again, from the archive as it is now."""

# File names are bytes here, which pathlib does not take.
# ruff: noqa: PTH112, PTH118
from __future__ import annotations

import os

from searcharc.errors import ReadError
from searcharc.models import Origin, RawMessage
from searcharc.readers.compress import ByteStream, open_bytes
from searcharc.readers.maildir import open_moved
from searcharc.readers.packed import open_member
from searcharc.readers.paths import unescape_path
from searcharc.readers.scrubbed import folders_beside, rejoin
from searcharc.readers.sniff import SNIFFED, Kind, judge

# The longest envelope line that `envelope` believes, with room to spare.
_BEFORE = 1200
_BOXED = ("mbox", "mboxcl2")


def read_raw(origin: Origin, *, limit: int | None = None) -> bytes:
    """The bytes of a message exactly as they lie in its archive (unpacked, nothing unescaped).

    limit: at most so many bytes, for messages that are longer than memory should hold.

    A file of a Maildir is found under its new name when its flags changed.

    Raises:
        ReadError: the archive or file is gone, damaged, or changed so that no message of this length
            stands at this place any more.
    """
    return read_original(origin, max_message=limit).raw


def read_original(origin: Origin, *, max_message: int | None = None) -> RawMessage:
    """The message as its reader gave it: its bytes, its envelope line, and whether it was cut.

    Raises:
        ReadError: as `read_raw`.
    """
    with _open(origin) as stream:
        try:
            raw, envelope, intact = _read(stream, origin, max_message)
        except ReadError as error:
            raise ReadError(f"{_name(origin)}: {error.message}", hint=error.hint) from error
        modified = None if origin.format in _BOXED else stream.mtime_ns / 1e9 or None
    if not intact:
        raise ReadError(
            f"{_name(origin)} changed: the message at byte {origin.offset} is not there any more",
            hint="searcharc update",
        )
    defects = (f"message cut at {max_message} bytes",) if len(raw) < origin.length else ()
    message = RawMessage(raw, origin, envelope, defects, modified)
    return rejoin(message, folders_beside(unescape_path(origin.archive))) if _is_text(origin) else message


def _read(stream: ByteStream, origin: Origin, limit: int | None) -> tuple[bytes, bytes | None, bool]:
    """The bytes, the envelope line of an mbox, and whether they are still one message from end to end."""
    boxed = origin.format in _BOXED
    before = min(origin.offset, _BEFORE)
    stream.skip(origin.offset - before)
    line = _read_exactly(stream, before)
    envelope = None
    if boxed:
        envelope = line.rstrip(b"\r\n").rpartition(b"\n")[2]
        if not (line.endswith(b"\n") and b"From " in envelope):
            return b"", envelope, False
    wanted = origin.length if limit is None else min(limit, origin.length)
    raw = _read_exactly(stream, wanted)
    if len(raw) < wanted:
        return raw, envelope, False
    if wanted < origin.length:
        return raw, envelope, True
    try:
        behind = _read_exactly(stream, 16)
    except ReadError:
        # The last message before the damage of a damaged file.
        return raw, envelope, True
    if not boxed:
        return raw, envelope, not behind
    rest = behind.removeprefix(b"\r\n") if behind.startswith(b"\r") else behind.removeprefix(b"\n")
    return raw, envelope, not rest or rest.startswith(b"From ")


def _read_exactly(stream: ByteStream, count: int) -> bytes:
    """The next `count` bytes, fewer at the end."""
    pieces = []
    while count > 0 and (piece := stream.read(count)):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def _open(origin: Origin) -> ByteStream:
    top = unescape_path(origin.archive)
    try:
        if origin.file is None:
            return open_bytes(top)
        if os.path.isdir(top):
            stream = open_moved(top, unescape_path(origin.file), origin.format)
        else:
            stream = _open_packed(top, origin.file)
    except FileNotFoundError:
        stream = None
    except ReadError as error:
        raise ReadError(f"{_name(origin)}: {error.message}", hint=error.hint) from error
    if stream is None:
        raise ReadError(f"{_name(origin)} is not there any more", hint="searcharc update")
    return stream


def _is_text(origin: Origin) -> bool:
    """Whether the message lies in a single mbox, beside which Pipermail may have put what it took out."""
    return origin.format in _BOXED and origin.file is None


def _open_packed(top: bytes, file: str) -> ByteStream | None:
    with open_bytes(top) as stream:
        kind = judge(stream.peek(SNIFFED))
    return open_member(top, kind.value, file) if kind in (Kind.ZIP, Kind.TAR) else None


def _name(origin: Origin) -> str:
    return origin.archive if origin.file is None else os.path.join(origin.archive, origin.file)
