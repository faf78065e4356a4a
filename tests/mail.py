"""Small mails and archives in bytes; every name and word in them is invented."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

ENVELOPE = b"From ines@example.org Mon Mar  3 10:01:00 2014\n"


def mail(
    subject: str = "Harbour plan",
    body: str | bytes = "The quarry road is open again.",
    *,
    sender: str = "Ines Marchetti <ines@example.org>",
    message_id: str | None = "m1@example.org",
    date: str | None = "Mon, 03 Mar 2014 10:01:00 +0000",
    fields: Iterable[str] = (),
    end: bytes = b"\n",
) -> bytes:
    """One message; `fields` are further header lines, `end` the line end."""
    lines = [f"From: {sender}", "To: watershed@lists.example.org", f"Subject: {subject}"]
    if date is not None:
        lines.append(f"Date: {date}")
    if message_id is not None:
        lines.append(f"Message-ID: <{message_id}>")
    lines += fields
    if not any(f.lower().startswith("content-type:") for f in lines):
        lines.append("Content-Type: text/plain; charset=utf-8")
    text = body.encode("utf-8", "surrogateescape") if isinstance(body, str) else body
    head = "\n".join(lines).encode("utf-8", "surrogateescape")
    return (head + b"\n\n" + text + b"\n").replace(b"\n", end)


def mbox(*mails: bytes) -> bytes:
    """An mbox with a blank line behind each message."""
    return b"".join(ENVELOPE + m + b"\n" for m in mails)


def numbered(*numbers: int) -> bytes:
    """An mbox of plain messages, told apart by their numbers."""
    return mbox(*(plain(n) for n in numbers))


def plain(number: int, **changes: object) -> bytes:
    """The message of this number; its word is `word<number>`."""
    values: dict[str, object] = {
        "subject": f"Report {number}",
        "body": f"First line of report {number}.\n\n{number}. The word{number} stands in a paragraph.",
        "message_id": f"r{number}@example.org",
        "date": f"Mon, 03 Mar 2014 10:{number % 60:02}:00 +0000",
    }
    return mail(**{**values, **changes})  # type: ignore[arg-type]


def write(path: Path, content: bytes) -> Path:
    """Writes a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def make_maildir(folder: Path, mails: Iterable[tuple[str, bytes]] = ()) -> Path:
    """A Maildir; each mail comes with its path inside it, as in `cur/1.a.host:2,S`."""
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, content in mails:
        write(folder / name, content)
    return folder
