"""Invented mail of the kinds that take a reader's time."""

from __future__ import annotations

import random
from collections.abc import Iterator

_BEGINNINGS = ("har", "mea", "qua", "lan", "dra", "con", "pro", "set", "mel", "tor")
_ENDS = ("bour", "dow", "rry", "tern", "ft", "ference", "posal", "tlement", "ting", "al", "ed", "s", "ion")
WORDS = [begin + end for end in _ENDS for begin in _BEGINNINGS]
WEIGHTS = [1 / (place + 1) for place in range(len(WORDS))]
"""Falling like the words of a language (Zipf)."""


def _head(subject: str, kind: str = "text/plain; charset=utf-8", number: int = 0) -> str:
    return (
        f"From: Ines Marchetti <ines{number % 97}@example.org>\n"
        f"To: The Watershed List <watershed@lists.example.org>\n"
        f"Date: Tue, {1 + number % 28} May {2000 + number % 20} 10:00:00 +0200\n"
        f"Message-ID: <m{number}@example.org>\nIn-Reply-To: <m{number - 1}@example.org>\n"
        f"List-Id: The Watershed List <watershed.lists.example.org>\n"
        f"Subject: {subject}\nMIME-Version: 1.0\nContent-Type: {kind}\nContent-Transfer-Encoding: 8bit\n\n"
    )


def _sentence(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(WORDS, WEIGHTS, k=count)).capitalize() + "."


def patch(hunks: int = 40) -> bytes:
    """A mail with a unified diff of so many hunks."""
    chance = random.Random(1)
    parts = [
        f"@@ -{n * 60},12 +{n * 60},13 @@ static int meadow_{n}(struct quarry *q)\n"
        + "".join(f" \tif (q->lantern[{i}] > {chance.randrange(99)})\n" for i in range(6))
        + f"-\t\treturn {n};\n+\t\tq->harbour = {n};\n+\t\treturn q->harbour;\n"
        + "".join(f" \tq->draft[{i}] = NULL;\n" for i in range(5))
        for n in range(hunks)
    ]
    text = f"{_sentence(chance, 60)}\n\nSigned-off-by: Ines Marchetti <ines@example.org>\n---\n quarry.c | 80 ++--\n\n"
    return (
        _head("[PATCH v2 1/3] quarry: light the lantern")
        + text
        + "--- a/quarry.c\n+++ b/quarry.c\n"
        + "".join(parts)
    ).encode()


def word_page(paragraphs: int = 60) -> bytes:
    """A mail in Word's HTML, with numbered paragraphs in its list markup."""
    chance = random.Random(2)
    style = "".join(
        f"p.Mso{n} {{margin:0cm; mso-style-name:Normal{n}; font-family:SimSun;}}\n" for n in range(150)
    )
    blocks = "".join(
        f"<p class=MsoNormal style='margin-left:36.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span "
        f"style='mso-list:Ignore'>{n}.<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span>"
        f"<![endif]><span lang=EN-US style='font-size:12.0pt'>Invites {_sentence(chance, 40)}<o:p></o:p></span></p>\n"
        for n in range(1, paragraphs + 1)
    )
    page = f"<html><head><style><!--\n{style}--></style></head><body lang=EN-US>{blocks}</body></html>\n"
    return (_head("Draft resolution", "text/html; charset=utf-8") + page).encode()


def reply(depth: int = 4) -> bytes:
    """An answer to an answer ..., each below what it quotes, with a signature and a list's footer."""
    chance = random.Random(3)
    quoted = ""
    for level in range(depth):
        lines = [_sentence(chance, 14) for _ in range(8)]
        text = "\n\n".join(f"{20 + n}. {line}" if level % 2 else line for n, line in enumerate(lines))
        before = "".join(f"> {line}\n" for line in quoted.splitlines())
        intro = "On Mon, 3 May 2010 at 09:00, Bo Sample <bo@example.org> wrote:\n\n" if before else ""
        quoted = f"{intro}{before}\n{text}\n\nSee para. 35 of the Tunis Agenda.\n"
    end = "\n-- \nInes Marchetti\nDeputy Director\nMinistry of Water and Forests\n\n"
    footer = f"{'_' * 47}\nwatershed mailing list\nhttps://lists.example.org/listinfo/watershed\n"
    return (_head("Re: Draft resolution") + quoted + end + footer).encode()


def chinese(paragraphs: int = 30) -> bytes:
    """A mail in Chinese, in GB 18030 under the label gb2312."""
    text = "\n\n".join(
        f"第{n}段 关于互联网治理的会议将在港口举行，请各位代表准备意见。" * 3
        for n in range(1, paragraphs + 1)
    )
    return (_head("会议", "text/plain; charset=gb2312") + text + "\n").encode("gb18030")


def archive(count: int) -> Iterator[bytes]:
    """Plain mail: every third begins a thread, every tenth has numbered paragraphs, some are in Chinese."""
    chance = random.Random(4)
    before: list[str] = []
    for number in range(count):
        text = [_sentence(chance, 14) for _ in range(chance.randrange(2, 12))]
        if number % 10 == 0:
            text = [
                f"{20 + n}. Invites {line} See para. {n + 30} of the Tunis Agenda."
                for n, line in enumerate(text)
            ]
        if number % 50 == 0:
            text.append("关于互联网治理的会议")
        quoted = "".join(f"> {line}\n" for line in before[:3]) if number % 3 else ""
        end = f"\n\n-- \nInes Marchetti\n{'Ministry of Water' if number % 4 else 'Pelham Shipping'}\n"
        yield (_head(text[0][:40], number=number) + f"{quoted}\n" + "\n\n".join(text) + end).encode()
        before = text
