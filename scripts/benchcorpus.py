"""The mail that bench.py measures on: an archive that is there, or an invented one, grown by a rule."""

from __future__ import annotations

import contextlib
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from searcharc.models import Problem
from searcharc.readers import find_archives, read_messages

ADDED = 100
"""Messages that are added to an indexed corpus."""

MESSAGES_OF_A_FILE = 10_000
"""Messages of one mbox."""

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_IDS = re.compile(rb"^((?:Message-ID|In-Reply-To|References):.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)


def messages_of(archive: Path) -> Iterator[bytes]:
    """The messages of an archive, as bytes with LF line ends."""
    for found in find_archives(archive):
        if isinstance(found, Problem):
            continue
        for raw in read_messages(found):
            if not isinstance(raw, Problem):
                yield raw.content.replace(b"\r\n", b"\n")


def invented(count: int, seed: int = 1) -> Iterator[bytes]:
    """Invented plain mail: Zipf-like words, replies with quotes, a tenth with numbered paragraphs."""
    chance = random.Random(seed)
    words = [f"{a}{b}" for a in ("har", "mea", "qua", "lan", "dra", "con", "pro", "set") for b in
             ("bour", "dow", "rry", "tern", "ft", "ference", "posal", "tlement", "ting", "al", "ed", "s")]  # fmt: skip
    weights = [1 / (n + 1) for n in range(len(words))]
    before: list[str] = []
    for number in range(count):
        text = [" ".join(chance.choices(words, weights, k=12)) for _ in range(chance.randrange(2, 12))]
        if number % 10 == 0:
            text = [f"{20 + n}. Invites {line};" for n, line in enumerate(text)]
        quoted = "".join(f"> {line}\n" for line in before[:3]) if number % 3 else ""
        yield (
            f"From: Ann Example{number % 97} <ann{number % 97}@example.org>\n"
            f"Date: {1 + number % 28} May {2000 + number % 20} 10:00:00 +0000\n"
            f"Message-ID: <m{number}@example.org>\nSubject: {text[0][:40]}\n"
            f"List-Id: <bench.example.org>\n\n{quoted}\n"
            + "\n\n".join(text)
            + "\n\n-- \nAnn Example\nDirector\n"
        ).encode()
        before = text


def word_html(count: int) -> Iterator[bytes]:
    """Word HTML mail of some 30 kB each."""
    style = "".join(
        f"p.Mso{n} {{margin:0cm; mso-style-name:Normal{n}; font-family:SimSun;}}\n" for n in range(150)
    )
    chance = random.Random(2)
    for plain in invented(count, 3):
        head, _, body = plain.decode().partition("\n\n")
        blocks = "".join(
            f"<p class=MsoNormal style='margin-left:36.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span "
            f"style='mso-list:Ignore'>{n}.<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span>"
            f"<![endif]><span lang=EN-US style='font-size:12.0pt;mso-fareast-font-family:SimSun'>{line} "
            f"{chance.random():.6f}<o:p></o:p></span></p>\n"
            for n, line in enumerate(body.split("\n"), 1)
        )
        page = f"<html><head><style><!--\n{style}--></style></head><body lang=EN-US>{blocks}</body></html>"
        yield f"{head}\nContent-Type: text/html; charset=utf-8\n\n{page}\n".encode()


def grown(messages: list[bytes], copy: int) -> Iterator[bytes]:
    """Copy k of a corpus, by the rule of --repeat."""
    mark = f"{copy}.".encode()
    for message in messages:
        if not copy:
            yield message
            continue
        head, gap, body = message.partition(b"\n\n")
        head = _IDS.sub(lambda m: m.group().replace(b"<", b"<" + mark), head)
        words = body.split(b" ")
        words[50::100] = [w + str(copy).encode() if w.isalpha() else w for w in words[50::100]]
        yield head + gap + b" ".join(words)


def make_maildir(folder: Path, messages: Iterator[bytes]) -> int:
    """Writes a Maildir; gives the number of messages."""
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    count = 0
    for count, message in enumerate(messages, 1):
        (folder / "cur" / f"{count:08d}.bench:2,S").write_bytes(message)
    return count


def make_mboxes(folder: Path, messages: Iterator[bytes]) -> int:
    """Writes mbox files (mboxrd) of MESSAGES_OF_A_FILE each; gives the number of messages."""
    folder.mkdir(parents=True)
    count = 0
    with contextlib.ExitStack() as stack:
        for count, message in enumerate(messages, 1):
            if count % MESSAGES_OF_A_FILE == 1:
                stack.close()
                file = stack.enter_context((folder / f"{count // MESSAGES_OF_A_FILE:04d}.mbox").open("wb"))
            file.write(b"From bench@example.org Sat Jan  3 01:05:34 2009\n" + _FROM.sub(rb">\1", message))
            file.write(b"\n" if message.endswith(b"\n") else b"\n\n")
    return count


@contextlib.contextmanager
def hundred_more(mail: Path, make: Callable[[Path, Iterator[bytes]], int]) -> Iterator[None]:
    """While it lasts, the corpus has ADDED messages more."""
    added = mail / "added"
    make(added, (message.replace(b"<m", b"<added.m") for message in invented(ADDED, seed=9)))
    try:
        yield
    finally:
        shutil.rmtree(added)
