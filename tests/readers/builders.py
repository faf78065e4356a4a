"""Invented mail and archives, and short ways to read them."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import zstandard

from searcharc.models import Problem, RawMessage
from searcharc.readers import Archive, find_archives, read_messages

ENVELOPE = b"From ann@example.org Mon Mar  3 10:01:00 2014"

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda data: data,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


def mail(subject: str, body: bytes = b"hello\n", *fields: bytes) -> bytes:
    """A message with LF line ends."""
    lines = [b"From: Ann Example <ann@example.org>", b"Subject: " + subject.encode(), *fields]
    return b"\n".join(lines) + b"\n\n" + body


def boxed(*messages: bytes, envelope: bytes = ENVELOPE) -> bytes:
    """An mbox with LF line ends and a blank line behind each message."""
    return b"".join(envelope + b"\n" + message + b"\n" for message in messages)


def crlf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def read(source: Path, **options: object) -> tuple[list[RawMessage], list[Problem]]:
    """All messages and problems of a file or tree."""
    messages: list[RawMessage] = []
    problems: list[Problem] = []
    for found in find_archives(source):
        if isinstance(found, Problem):
            problems.append(found)
            continue
        for result in read_messages(found, **options):  # type: ignore[arg-type]
            (problems if isinstance(result, Problem) else messages).append(result)  # type: ignore[arg-type]
    return messages, problems


def read_bytes(folder: Path, data: bytes, **options: object) -> tuple[list[RawMessage], list[Problem]]:
    """All messages and problems of a file with these bytes."""
    path = folder / "box"
    path.write_bytes(data)
    return read(path, **options)


def archives(source: Path) -> list[Archive]:
    return [found for found in find_archives(source) if isinstance(found, Archive)]


def subjects(messages: list[RawMessage]) -> list[str]:
    """The Subject of each, "" where there is none."""
    found = []
    for message in messages:
        lines = [line for line in message.raw.splitlines() if line.lower().startswith(b"subject:")]
        found.append(lines[0][8:].strip().decode() if lines else "")
    return found
