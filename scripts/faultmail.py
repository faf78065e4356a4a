"""Invented mail for the trials of faults."""

from __future__ import annotations

ENVELOPE = b"From ines@example.org Mon Mar  3 10:01:00 2014\n"


def mails(*numbers: int, text: str = "", filler: bytes = b"") -> bytes:
    """An mbox with the messages of these numbers. text: in place of theirs; filler: lines behind it."""
    return b"".join(ENVELOPE + mail(n, text, filler) + b"\n" for n in numbers)


def mail(number: int, text: str = "", filler: bytes = b"") -> bytes:
    """One message."""
    body = text or (
        f"The harbour plan of day {number} follows word{number % 9}.\n\n"
        f"{number}. The quarry road is open again, says report {number}.\n\n"
        f"> {number - 1}. Earlier words about the quarry road.\n"
    )
    lines = (
        "From: Ines Marchetti <ines@example.org>",
        "To: watershed@lists.example.org",
        f"Subject: Report {number}",
        f"Date: Mon, 03 Mar 2014 {number // 60 % 24:02}:{number % 60:02}:00 +0000",
        f"Message-ID: <m{number}@example.org>",
        "",
        body,
    )
    return "\n".join(lines).encode() + filler + b"\n"
