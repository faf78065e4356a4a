"""Reads mutated messages and asks mutated queries; nothing may raise, hang or give invalid Unicode.

usage: fuzz.py messages|queries [--count N] [--seed N] [--seeds FOLDER]

messages: seeds are the mails of FOLDER (by default the project's own cases); each is changed at random
    (bytes, lines, headers, charset labels, boundaries, HTML) and read. Fails on an exception or a defect
    "not parsed", on more than 5 s or 500 MB for one message, on text that UTF-8 cannot hold.
queries: strings from the grammar and from bytes, asked of a small index in this process. Fails on
    anything but an answer or a QueryError with a place in the query, and on more than 2 s.

Prints the seed of a failure, so that it can be made again.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from searcharc import Index, QueryError, parse_message
from searcharc.models import Problem
from searcharc.readers import find_archives, read_messages
from searcharc.records import message_record, result_record

ROOT = Path(__file__).resolve().parent.parent
MAX_SECONDS, MAX_BYTES, QUERY_SECONDS = 5.0, 500 << 20, 2.0

TOKENS = [
    b"\n", b"\n\n", b"\r", b"\0", b"\xff", b"\x1b[31m", b"=\n", b"=3D", b"--", b"> ", b">From ", b"From ", b"<a ",
    b"<!--", b"-->", b"<![if !supportLists]>", b"<![endif]>", b"<style>", b"</style>", b"<div>" * 50, b"</div>",
    b"<ol start=24><li>", b"&nbsp;", b"&#x110000;", b"&#0;", b"=?utf-8?b?", b"?=", b"=?gb2312?q?", b"charset=",
    b"charset=utf-16", b"charset=utf-7", b"Content-Type: text/html\n", b"Content-Type: multipart/mixed; boundary=b\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n", b"--b\n", b"--b--\n",
    b"Content-Type: message/rfc822\n\n", b"begin 644 a\n", b"-- \n", b"24. Invites", b"(a) ", b"OP21bis(a)",
    "第24段".encode(), "宋体".encode("gb18030"), "\u202e".encode(), b"para. 35 of the ", b"wrote:\n", b"On ",
    b"-----Original Message-----\n", b"Date: ", b"References: <", b"@", b"(" * 30, b'"', b";" * 20, b"\xc3\x28",
]  # fmt: skip

GRAMMAR = r"""
harbour quarry move délégué 互联网治理 A/RES/65/141 Secretary-General ( ) " AND OR NOT NEAR NEAR/3 -word -(
para:24 para:21..30 para:OP21bis(a) para: ref:35 doc:"Tunis Agenda" from:ann subject:(a date:2009-05..2010
date: date:99 after:3w before:yesterday year:2010 list:x id:<a@b> has:attachment is:reply size:10k..2m frm:x
harb* *arry *tern* qu?rry * ** ? /qua.+y/ /(/ /a*b/ word~1 word~9 =Exact = "a b"~5 "a b"~ thread:{x}
saved:x own: quoted:a sig:b affil~:c domain:example.org \ ~ : :: a:b http://x/y?z=1 mailto:a@b {a} [b]
' ’ “ ” „ «
"""
WORDS = [*GRAMMAR.split(), "\0", "\u202e", "\U0001f600"]
"""Pieces of queries, good and bad."""


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few changes of one of many kinds."""
    for _ in range(chance.randrange(1, 9)):
        place = chance.randrange(len(data) + 1)
        kind = chance.randrange(8)
        if kind == 0:
            data = data[:place] + chance.choice(TOKENS) + data[place:]
        elif kind == 1:
            data = data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]
        elif kind == 2:
            data = data[:place] + data[place + chance.randrange(1, 200) :]
        elif kind == 3:
            data = data[:place] + data[place : place + chance.randrange(1, 300)] * 2 + data[place:]
        elif kind == 4:
            lines = data.split(b"\n")
            chance.shuffle(lines)
            data = b"\n".join(lines)
        elif kind == 5:
            data = data[:place] + chance.choice(TOKENS) * chance.randrange(1, 60) + data[place:]
        elif kind == 6:
            data = data.replace(b"\n", b"\r\n")
        else:
            other = chance.randrange(len(data) + 1)
            data = data[:place] + data[other:]
    return data[: 1 << 20]


def seeds_of(folder: Path) -> list[bytes]:
    """The messages of a folder of archives."""
    found: list[bytes] = []
    for archive in find_archives(folder):
        if isinstance(archive, Problem):
            continue
        found += [
            r.content for r in read_messages(archive) if not isinstance(r, Problem) and len(r.raw) < 200_000
        ]
    return found


def fuzz_messages(count: int, seed: int, seeds: list[bytes], told: Callable[[int], None]) -> list[str]:
    """What failed, in words."""
    faults = []
    for number in range(count):
        chance = random.Random(f"{seed}-{number}")
        data = mutated(chance.choice(seeds), chance)
        started = time.process_time()  # a machine that sleeps is no fault of ours
        try:
            message = parse_message(data)
            json.dumps(message_record(message), ensure_ascii=False).encode("utf-8")
        except Exception as error:  # whatever it is, it is a finding
            faults.append(f"--seed {seed}, message {number}: {type(error).__name__}: {error}")
            continue
        if any(d.startswith("not parsed") for d in message.defects):
            faults.append(f"--seed {seed}, message {number}: {message.defects}")
        if (took := time.process_time() - started) > MAX_SECONDS:
            faults.append(f"--seed {seed}, message {number}: {took:.1f} s")
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 > MAX_BYTES:
            faults.append(f"--seed {seed}, message {number}: memory over {MAX_BYTES >> 20} MB")
            break
        told(number)
    return faults


def query_of(chance: random.Random) -> str:
    """A query from the grammar, bent now and then."""
    text = " ".join(chance.choice(WORDS) for _ in range(chance.randrange(1, 9)))
    for _ in range(chance.randrange(3)):
        place = chance.randrange(len(text) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            text = (
                text[:place]
                + chr(chance.choice([chance.randrange(32, 127), chance.randrange(0xD7FF)]))
                + text[place:]
            )
        elif kind == 1:
            text = text[:place] + text[place + 1 :]
        elif kind == 2:
            text = text[place:] + text[:place]
        else:
            text = text + chance.choice('()"*~-:/=') * chance.randrange(1, 30)
    return text


def fuzz_queries(count: int, seed: int, archive: Path, told: Callable[[int], None]) -> list[str]:
    """What failed, in words."""
    faults = []
    with tempfile.TemporaryDirectory() as folder, Index.create(folder) as index:
        index.update([archive])
        for number in range(count):
            chance = random.Random(f"{seed}-{number}")
            text = query_of(chance)
            started = time.perf_counter()
            try:
                json.dumps(result_record(index.search(text)), ensure_ascii=False).encode("utf-8")
            except QueryError as error:
                if error.position is not None and not 0 <= error.position <= len(text):
                    faults.append(f"--seed {seed}, query {number} {text!r}: place {error.position}")
            except Exception as error:  # whatever it is, it is a finding
                faults.append(f"--seed {seed}, query {number} {text!r}: {type(error).__name__}: {error}")
            if (took := time.perf_counter() - started) > QUERY_SECONDS:
                faults.append(f"--seed {seed}, query {number} {text!r}: {took:.1f} s")
            told(number)
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["messages", "queries"])
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=Path, default=ROOT / "tests" / "cases" / "bank")
    options = parser.parse_args()

    def told(number: int) -> None:
        if sys.stderr.isatty() and not number % 1000:
            print(f"\r{number:,}", end="", file=sys.stderr)

    if options.what == "messages":
        faults = fuzz_messages(options.count, options.seed, seeds_of(options.seeds), told)
    else:
        faults = fuzz_queries(options.count, options.seed, options.seeds, told)
    print(*faults, sep="\n")
    print(f"{options.count:,} {options.what}, {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
