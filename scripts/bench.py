"""Measures searcharc beside stock Whoosh, notmuch, mu and tantivy, in one run, on one archive.

usage: bench.py [ARCHIVE] [--repeat N] [--html N] [--runs N] [--json FILE] [--only NAME,...]

ARCHIVE: an mbox, a Maildir or a folder of them; without one, an archive of invented mail is made.
--repeat N: the corpus is the archive N times over. By rule, in copy k each Message-ID, In-Reply-To and
    References gets "k." before it, and each hundredth word of a body gets "k" behind it, so that ids and
    rare words grow with the corpus and common words do not.
--html N: N messages of Word HTML instead of an archive.

Prints a table of medians, and ratios against searcharc (2.0 = takes twice as long). Peers that are not
installed are named and left out: they come from the system's packages (notmuch, maildir-utils) and from
`pip install tantivy`.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from searcharc import Index
from searcharc.message.parse import parse_raw
from searcharc.models import Problem
from searcharc.readers import find_archives, read_messages

QUERIES: dict[str, list[str]] = {
    "word": ["meeting", "draft", "page", "review", "compression", "ministry", "error", "thanks"],
    "and": ["page cache", "draft resolution", "error path", "review patch", "meeting agenda"],
    "or": ["page OR cache", "draft OR resolution", "error OR failure"],
    "phrase": ['"page cache"', '"for the"', '"draft resolution"', '"in the"'],
    "near": ["page NEAR/5 cache", "draft NEAR/3 text"],
    "prefix": ["compress*", "draf*", "resol*"],
    "wildcard": ["*ression", "c?che"],
    "from": ["from:li", "from:ann"],
    "date": ["draft date:2010..2022", "page after:2021"],
    "para": ["para:2", "para:1..5 the"],
    "sorted": ["page", "draft"],
}

_IDS = re.compile(rb"^((?:Message-ID|In-Reply-To|References):.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)


@dataclass
class Figure:
    """What was measured of one program. times in seconds, sizes in bytes."""

    name: str
    index: float = 0.0
    size: int = 0
    peak: int = 0
    update: float = 0.0
    start: float = 0.0
    queries: dict[str, list[float]] = field(default_factory=dict)


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


def size_of(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


def timed(command: list[str], env: dict[str, str] | None = None) -> tuple[float, int]:
    """Seconds of a command, and the most anonymous memory (RssAnon) of one of its processes."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = [0]
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            for pid in _family(process.pid):
                try:
                    status = Path(f"/proc/{pid}/status").read_text()
                except OSError:
                    continue
                if found := re.search(r"RssAnon:\s+(\d+)", status):
                    peak[0] = max(peak[0], int(found.group(1)) * 1024)

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    done.set()
    watcher.join()
    if code not in (0, 1):
        raise SystemExit(f"{' '.join(command)}: exit {code}")
    return time.perf_counter() - started, peak[0]


def _family(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            continue
        found += [int(c) for c in children]
    return found


def ask(runs: int, search: Callable[[str, str], Any]) -> dict[str, list[float]]:
    """Class of query -> milliseconds of each query (the median of its runs), after one warm-up."""
    found: dict[str, list[float]] = {}
    for kind, queries in QUERIES.items():
        for query in queries:
            times = []
            for _ in range(runs + 1):
                started = time.perf_counter()
                search(kind, query)
                times.append((time.perf_counter() - started) * 1000)
            found.setdefault(kind, []).append(statistics.median(times[1:]))
    return found


def bench_searcharc(mail: Path, work: Path, runs: int) -> Figure:
    figure = Figure("searcharc")
    folder = work / "searcharc"
    command = [sys.executable, "-m", "searcharc", "index", "--index", str(folder), str(mail)]
    figure.index, figure.peak = timed(command)
    figure.size = size_of(folder)
    figure.update = statistics.median(timed(command)[0] for _ in range(3))
    figure.start = statistics.median(
        timed([sys.executable, "-m", "searcharc", "search", "--index", str(folder), "draft"])[0]
        for _ in range(5)
    )
    with Index.open(folder) as index:
        figure.queries = ask(
            runs, lambda kind, q: index.search(q, sort="date" if kind == "sorted" else "relevance")
        )
    return figure


def bench_whoosh(mail: Path, work: Path, runs: int) -> Figure:
    """Stock Whoosh, its own codec and analysis, messages and paragraphs, fed by our parsed messages."""
    from whoosh.fields import ID, NUMERIC, TEXT, Schema
    from whoosh.index import create_in
    from whoosh.qparser import QueryParser

    figure = Figure("whoosh")
    folder = work / "whoosh"
    folder.mkdir()
    schema = Schema(
        key=ID(stored=True), kind=ID, subject=TEXT, sender=TEXT, text=TEXT, date=NUMERIC(sortable=True)
    )
    parsed = [parse_raw(r) for a in find_archives(mail) if not isinstance(a, Problem)
              for r in read_messages(a) if not isinstance(r, Problem)]  # fmt: skip
    started = time.perf_counter()
    index = create_in(folder, schema)
    writer = index.writer(limitmb=256)
    for message in parsed:
        date = int(message.date.timestamp()) if message.date else 0
        writer.add_document(
            kind="m", key=message.key, subject=message.subject, sender=message.sender.name, date=date
        )
        for paragraph in message.paragraphs:
            writer.add_document(kind="p", key=message.key, text=paragraph.text)
    writer.commit()
    figure.index = time.perf_counter() - started
    figure.peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    figure.size = size_of(folder)
    parser = QueryParser("text", schema)
    plain = {"word", "and", "or", "phrase", "prefix"}
    with index.searcher() as searcher:
        kinds = ask(runs, lambda k, q: searcher.search(parser.parse(q), limit=10) if k in plain else None)
    figure.queries = {k: v for k, v in kinds.items() if k in plain}
    return figure


def bench_notmuch(mail: Path, work: Path, runs: int) -> Figure:
    figure = Figure("notmuch")
    root = work / "notmuch"
    shutil.copytree(mail, root / "mail")
    config = work / "notmuch.cfg"
    config.write_text(
        f"[database]\npath={root}\n[user]\nname=x\nprimary_email=x@example.org\n[new]\ntags=new\n"
    )
    env = {**os.environ, "NOTMUCH_CONFIG": str(config)}
    figure.index, figure.peak = timed(["notmuch", "new"], env)
    figure.size = size_of(root / ".notmuch")
    figure.update = statistics.median(timed(["notmuch", "new"], env)[0] for _ in range(3))
    figure.start = statistics.median(
        timed(["notmuch", "search", "--limit=10", "draft"], env)[0] for _ in range(5)
    )
    return figure


def bench_mu(mail: Path, work: Path, runs: int) -> Figure:
    figure = Figure("mu")
    home = work / "mu"
    shutil.copytree(mail, work / "mu-mail" / "box")
    timed(["mu", "init", f"--muhome={home}", f"--maildir={work / 'mu-mail'}"])
    figure.index, figure.peak = timed(["mu", "index", f"--muhome={home}"])
    figure.size = size_of(home)
    figure.update = statistics.median(timed(["mu", "index", f"--muhome={home}"])[0] for _ in range(3))
    figure.start = statistics.median(
        timed(["mu", "find", f"--muhome={home}", "-n", "10", "draft"])[0] for _ in range(5)
    )
    return figure


def bench_tantivy(mail: Path, work: Path, runs: int) -> Figure:
    """tantivy fed by our own parsed messages, end to end."""
    import tantivy

    figure = Figure("tantivy")
    folder = work / "tantivy"
    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw")
    for name in ("subject", "sender", "text"):
        builder.add_text_field(name)
    started = time.perf_counter()
    index = tantivy.Index(builder.build(), str(folder))
    writer = index.writer(heap_size=200_000_000)
    for archive in find_archives(mail):
        for raw in [] if isinstance(archive, Problem) else read_messages(archive):
            if isinstance(raw, Problem):
                continue
            message = parse_raw(raw)
            for paragraph in message.paragraphs:
                writer.add_document(tantivy.Document(key=message.key, text=paragraph.text))
            writer.add_document(
                tantivy.Document(key=message.key, subject=message.subject, sender=message.sender.name)
            )
    writer.commit()
    figure.index = time.perf_counter() - started
    figure.size = size_of(folder)
    index.reload()
    searcher = index.searcher()
    plain = {"word", "and", "or", "phrase"}
    kinds = ask(
        runs, lambda k, q: searcher.search(index.parse_query(q, ["text"]), 10) if k in plain else None
    )
    figure.queries = {k: v for k, v in kinds.items() if k in plain}
    return figure


def installed(name: str) -> bool:
    if name == "tantivy":
        import importlib.util

        return importlib.util.find_spec("tantivy") is not None
    return name in ("searcharc", "whoosh") or shutil.which(name) is not None


def show(figures: list[Figure], count: int, text_size: int) -> None:
    ours = figures[0]
    print(f"\n{count:,} messages, {text_size / 1e6:,.1f} MB; {os.cpu_count()} processors\n")
    print(f"{'':12}{'index s':>10}{'msg/s':>9}{'MB':>9}{'peak MB':>9}{'update s':>10}{'start s':>9}"
          f"{'p50 ms':>9}{'p95 ms':>9}   index, size against searcharc")  # fmt: skip
    for figure in figures:
        times = sorted(t for ts in figure.queries.values() for t in ts)
        p50 = f"{statistics.median(times):.2f}" if times else "-"
        p95 = f"{times[int(len(times) * 0.95) - 1]:.2f}" if times else "-"
        print(
            f"{figure.name:12}{figure.index:10.1f}{count / figure.index:9.0f}{figure.size / 1e6:9.1f}"
            f"{figure.peak / 1e6:9.0f}{figure.update:10.2f}{figure.start:9.2f}{p50:>9}{p95:>9}"
            f"   {figure.index / ours.index:5.2f} x {figure.size / ours.size:6.2f} x"
        )
    print(f"\n{'median ms of each class':24}" + "".join(f"{f.name:>12}" for f in figures if f.queries))
    for kind in QUERIES:
        row = [f"{statistics.median(f.queries[kind]):12.2f}" if kind in f.queries else f"{'-':>12}"
               for f in figures if f.queries]  # fmt: skip
        print(f"{kind:24}" + "".join(row))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", nargs="?", type=Path)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--html", type=int, default=0)
    parser.add_argument("--messages", type=int, default=5000, help="of the invented archive")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="searcharc,whoosh,notmuch,mu,tantivy")
    options = parser.parse_args()
    source = (
        messages_of(options.archive)
        if options.archive
        else word_html(options.html)
        if options.html
        else invented(options.messages)
    )
    with tempfile.TemporaryDirectory(prefix="searcharc-bench-") as name:
        work = Path(name)
        messages = list(source)
        mail = work / "mail"
        count = make_maildir(mail, (m for k in range(options.repeat) for m in grown(messages, k)))
        text_size = options.repeat * sum(map(len, messages))
        del messages
        benches = {
            "searcharc": bench_searcharc,
            "whoosh": bench_whoosh,
            "notmuch": bench_notmuch,
            "mu": bench_mu,
            "tantivy": bench_tantivy,
        }
        figures = []
        for peer in options.only.split(","):
            if not installed(peer):
                print(f"{peer} is not installed: left out")
                continue
            print(f"{peer} ...", flush=True)
            figures.append(benches[peer](mail, work, options.runs))
        show(figures, count, text_size)
        if options.json:
            rows = [{**vars(f), "messages": count, "bytes": text_size} for f in figures]
            options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
