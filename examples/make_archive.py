"""Writes the sample archive: an mbox and a Maildir of invented mail, beside this file in `archive`.

    python examples/make_archive.py [FOLDER]

The archive is kept in the repository; run this after a change of the letters.
"""

from __future__ import annotations

import re
import sys
from email.utils import parsedate_to_datetime
from pathlib import Path

from harbour_letters import LETTERS as HARBOUR
from letters import Letter, message_bytes
from regional_letters import LETTERS as REGIONAL

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)


def mbox(letters: tuple[Letter, ...], list_name: str) -> bytes:
    """The letters as one mbox (mboxrd: a line that begins with "From " gets a ">")."""
    pieces = []
    for letter in letters:
        sender = letter.envelope or re.sub(r".*<(.*)>", r"\1", letter.sender)
        when = letter.envelope_date or f"{parsedate_to_datetime(letter.date):%a %b %e %H:%M:%S %Y}"
        body = _FROM.sub(rb">\1", message_bytes(letter, list_name))
        pieces.append(f"From {sender} {when}\n".encode() + body + b"\n")
    return b"".join(pieces)


def write_archive(folder: Path) -> None:
    """Writes both archives into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "harbour-lights.mbox").write_bytes(mbox(HARBOUR, "harbour-lights"))
    # Names without ":2,S", which not every file system takes: these letters are new.
    new = folder / "harbour-regional" / "new"
    new.mkdir(parents=True, exist_ok=True)
    for number, letter in enumerate(REGIONAL):
        file = new / f"{1551700000 + number * 1000}.M{number}.example"
        file.write_bytes(message_bytes(letter, "harbour-regional"))


if __name__ == "__main__":
    write_archive(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "archive")
