"""The programs that bench.py compares searcharc with, each on the same mail."""

from __future__ import annotations

import importlib.util
import os
import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from benchcorpus import hundred_more, make_maildir
from benchmeasure import Figure, Peak, anonymous_memory, ask, size_of, timed

from searcharc.message.parse import parse_raw
from searcharc.models import Message, Problem
from searcharc.readers import find_archives, read_messages


def _parsed(mail: Path) -> Iterator[Message]:
    for archive in find_archives(mail):
        if not isinstance(archive, Problem):
            yield from (parse_raw(raw) for raw in read_messages(archive) if not isinstance(raw, Problem))


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
    parsed = list(_parsed(mail))
    before = anonymous_memory(os.getpid())
    started = time.perf_counter()
    index = create_in(folder, schema)
    with Peak(os.getpid()) as peak:
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
    figure.peak = peak.bytes - before
    figure.size = size_of(folder)
    parser = QueryParser("text", schema)
    with index.searcher() as searcher:
        figure.first, figure.queries = ask(
            runs,
            lambda _, query: searcher.search(parser.parse(query), limit=10),
            ("word", "and", "or", "phrase", "prefix"),
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
    before = anonymous_memory(os.getpid())
    started = time.perf_counter()
    index = tantivy.Index(builder.build(), str(folder))
    with Peak(os.getpid()) as peak:
        writer = index.writer(heap_size=200_000_000)
        for message in _parsed(mail):
            for paragraph in message.paragraphs:
                writer.add_document(tantivy.Document(key=message.key, text=paragraph.text))
            writer.add_document(
                tantivy.Document(key=message.key, subject=message.subject, sender=message.sender.name)
            )
        writer.commit()
    figure.index = time.perf_counter() - started
    figure.peak = peak.bytes - before
    figure.size = size_of(folder)
    index.reload()
    searcher = index.searcher()
    figure.first, figure.queries = ask(
        runs,
        lambda _, query: searcher.search(index.parse_query(query, ["text"]), 10),
        ("word", "and", "or", "phrase"),
    )
    return figure


def bench_notmuch(mail: Path, work: Path, _runs: int) -> Figure:
    """notmuch on a copy of the Maildir."""
    root = work / "notmuch"
    shutil.copytree(mail, root / "mail")
    config = work / "notmuch.cfg"
    config.write_text(
        f"[database]\npath={root}\n[user]\nname=x\nprimary_email=x@example.org\n[new]\ntags=new\n"
    )
    env = {**os.environ, "NOTMUCH_CONFIG": str(config)}
    search = ["notmuch", "search", "--limit=10", "draft"]
    return _bench_program("notmuch", root / "mail", root / ".notmuch", ["notmuch", "new"], search, env)


def bench_mu(mail: Path, work: Path, _runs: int) -> Figure:
    """mu on a copy of the Maildir."""
    home, box = work / "mu", work / "mu-mail"
    shutil.copytree(mail, box / "box")
    timed(["mu", "init", f"--muhome={home}", f"--maildir={box}"])
    search = ["mu", "find", f"--muhome={home}", "-n", "10", "draft"]
    return _bench_program("mu", box / "box", home, ["mu", "index", f"--muhome={home}"], search, None)


def _bench_program(
    name: str, mail: Path, folder: Path, index: list[str], search: list[str], env: dict[str, str] | None
) -> Figure:
    """A program that is run: folder is where its index stands, by then."""
    figure = Figure(name)
    figure.index, figure.peak = timed(index, env)
    figure.size = size_of(folder)
    figure.update = statistics.median(timed(index, env)[0] for _ in range(3))
    figure.start = statistics.median(timed(search, env)[0] for _ in range(5))
    with hundred_more(mail, make_maildir):
        figure.add = timed(index, env)[0]
    return figure


MAILDIR_ONLY = ("notmuch", "mu")

PEERS = {
    "whoosh": bench_whoosh,
    "notmuch": bench_notmuch,
    "mu": bench_mu,
    "tantivy": bench_tantivy,
}


def is_installed(peer: str) -> bool:
    """Whether it can be measured here."""
    if peer in MAILDIR_ONLY:
        return shutil.which(peer) is not None
    return importlib.util.find_spec(peer) is not None
