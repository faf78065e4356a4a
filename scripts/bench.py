"""Measures searcharc beside stock Whoosh, notmuch, mu and tantivy, in one run, on one archive.

usage: bench.py [ARCHIVE] [--repeat N] [--html N] [--mbox] [--runs N] [--json FILE] [--only NAME,...]

ARCHIVE: an mbox, a Maildir or a folder of them; without one, an archive of invented mail is made.
--repeat N: the corpus is the archive N times over. By rule, in copy k each Message-ID, In-Reply-To and
    References gets "k." before it, and each hundredth word of a body gets "k" behind it, so that ids and
    rare words grow with the corpus and common words do not.
--html N: N messages of Word HTML instead of an archive.
--mbox: the corpus is written as mbox files of 10,000 messages, not as a Maildir, which takes long to make
    and to read where messages are many. notmuch and mu read Maildir alone and are left out.

Prints a table of medians, and ratios against searcharc (2.0 = takes twice as long). "add" is a run that finds
a hundred messages more. "peak" is the most anonymous memory of any one process; for Whoosh and tantivy, which
run in this process, what it grew by. Peers that are not installed are named and left out: they come from the
system's packages (notmuch, maildir-utils) and from `pip install tantivy`.

Queries are timed when first asked and when asked again. Then searcharc's engine alone is asked, with the
corpus in one segment and in eight, and nothing kept from one query to the next.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from unittest.mock import patch

from benchcorpus import grown, hundred_more, invented, make_maildir, make_mboxes, messages_of, word_html
from benchmeasure import QUERIES, Figure, ask, size_of, timed
from benchpeers import MAILDIR_ONLY, PEERS, is_installed

from searcharc import Index
from searcharc.engines.base import Sort
from searcharc.engines.whoosh import engine
from searcharc.engines.whoosh.engine import SegmentStream, WhooshEngine, WhooshWriter, create
from searcharc.engines.whoosh.generation import SUFFIX, SegmentEntry, open_segments, segment_name
from searcharc.engines.whoosh.merge import merge_segments
from searcharc.engines.whoosh.postings import Bools
from searcharc.engines.whoosh.segment import Segment
from searcharc.query.parser import parse_query
from searcharc.query.scope import bind

PROGRAM = [sys.executable, "-m", "searcharc"]
PARTS = 8

MakeCorpus = Callable[[Path, Iterator[bytes]], int]


def bench_searcharc(mail: Path, work: Path, runs: int, make: MakeCorpus) -> Figure:
    """The program for all but the queries, which are asked of one open index."""
    figure = Figure("searcharc")
    folder = work / "searcharc"
    command = [*PROGRAM, "index", "--index", str(folder), str(mail)]
    figure.index, figure.peak = timed(command)
    figure.size = size_of(folder)
    figure.update = statistics.median(timed(command)[0] for _ in range(3))
    search = [*PROGRAM, "search", "--index", str(folder), "draft"]
    figure.start = statistics.median(timed(search)[0] for _ in range(5))
    with Index.open(folder) as index:
        figure.first, figure.queries = ask(runs, lambda kind, query: index.search(query, sort=_sort(kind)))
    with hundred_more(mail, make):
        figure.add = timed(command)[0]
    timed(command)  # takes them out again
    return figure


def _sort(kind: str) -> Sort:
    return Sort.DATE if kind == "sorted" else Sort.RELEVANCE


def bench_segments(work: Path, runs: int) -> list[Figure]:
    """The engine alone over the corpus of the index that was made, in one segment and in PARTS."""
    cut, whole = work / "cut", work / "whole"
    parts = _cut_index(work / "searcharc", cut)
    with _writer(whole) as writer:
        name = segment_name(writer.generation, "whole")
        alive = [(s, e.live) for s, e in zip(open_segments(cut, parts), parts, strict=True)]
        writer.adopt([_merged(whole, name, alive)])
        generation = writer.commit()
    opened = WhooshEngine(whole, generation), WhooshEngine(cut, 1)
    return [
        _ask_engine(name, e, runs) for name, e in zip(("1 segment", f"{PARTS} segments"), opened, strict=True)
    ]


def _writer(folder: Path) -> WhooshWriter:
    folder.mkdir()
    return WhooshWriter(folder, create(folder))


def _cut_index(source: Path, folder: Path) -> tuple[SegmentEntry, ...]:
    """Writes the messages of an index anew, in PARTS segments of the same number of messages."""
    entries: list[SegmentEntry] = []
    with Index.open(source) as index, _writer(folder) as writer:
        messages = index._engine.all_messages()
        size = -(-index.manifest.messages // PARTS)
        for number in range(PARTS):
            stream = SegmentStream(folder, writer.generation, f"p{number}")
            for message in islice(messages, size):
                stream.add(message)
            written = tuple(stream.finish())
            if len(written) > 1:
                name = segment_name(writer.generation, f"whole{number}")
                alive = [(s, e.live) for s, e in zip(open_segments(folder, written), written, strict=True)]
                written = (_merged(folder, name, alive),)
            entries += written
        writer.adopt(entries)
        with patch.object(engine, "LARGEST_MERGED", 0):
            writer.commit()
    return tuple(entries)


def _merged(folder: Path, name: str, alive: list[tuple[Segment, Bools]]) -> SegmentEntry:
    path = folder / f"{name}{SUFFIX}"
    merge_segments(path, alive)
    segment = Segment(path)
    return SegmentEntry(name, segment.document_count, segment.message_count)


def _ask_engine(name: str, opened: WhooshEngine, runs: int) -> Figure:
    def search(kind: str, query: str) -> None:
        vars(opened._table).pop("kept", None)  # else the second run would be answered from memory
        opened.search(bind(parse_query(query).tree), sort=_sort(kind))

    figure = Figure(name)
    figure.first, figure.queries = ask(runs, search)
    return figure


def show(figures: list[Figure], segments: list[Figure], count: int, text_size: int) -> None:
    """The tables."""
    ours = figures[0]
    print(f"\n{count:,} messages, {text_size / 1e6:,.1f} MB; {os.cpu_count()} processors\n")
    print(f"{'':12}{'index s':>10}{'msg/s':>9}{'MB':>9}{'peak MB':>9}{'update s':>10}{'add s':>9}{'start s':>9}"
          f"{'p50 ms':>9}{'p95 ms':>9}   index, size against {ours.name}")  # fmt: skip
    for figure in figures:
        times = sorted(t for ts in figure.queries.values() for t in ts)
        p50 = f"{statistics.median(times):.2f}" if times else "-"
        p95 = f"{times[int(len(times) * 0.95) - 1]:.2f}" if times else "-"
        print(
            f"{figure.name:12}{figure.index:10.1f}{count / figure.index:9.0f}{figure.size / 1e6:9.1f}"
            f"{figure.peak / 1e6:9.0f}{_seconds(figure.update):>10}{_seconds(figure.add):>9}"
            f"{_seconds(figure.start):>9}{p50:>9}{p95:>9}"
            f"   {figure.index / ours.index:5.2f} x {figure.size / ours.size:6.2f} x"
        )
    asked = [f for f in figures if f.queries]
    _show_classes("first asked", [(f.name, f.first) for f in asked])
    _show_classes("asked again", [(f.name, f.queries) for f in [*asked, *segments]])


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value else "-"


def _show_classes(title: str, columns: list[tuple[str, dict[str, list[float]]]]) -> None:
    print(f"\n{'median ms, ' + title:24}" + "".join(f"{name:>12}" for name, _ in columns))
    for kind in QUERIES:
        cells = (f"{statistics.median(q[kind]):.2f}" if kind in q else "-" for _, q in columns)
        print(f"{kind:24}" + "".join(f"{cell:>12}" for cell in cells))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", nargs="?", type=Path)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--html", type=int, default=0)
    parser.add_argument("--messages", type=int, default=5000, help="of the invented archive")
    parser.add_argument("--mbox", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="searcharc,whoosh,notmuch,mu,tantivy")
    options = parser.parse_args()
    peers = options.only.split(",")
    if unknown := [peer for peer in peers if peer not in ("searcharc", *PEERS)]:
        parser.error(
            f"--only: {', '.join(unknown)}: no such program; there are searcharc, {', '.join(PEERS)}"
        )
    source = (
        messages_of(options.archive)
        if options.archive
        else word_html(options.html)
        if options.html
        else invented(options.messages)
    )
    make = make_mboxes if options.mbox else make_maildir
    with tempfile.TemporaryDirectory(prefix="searcharc-bench-") as name:
        work = Path(name)
        messages = list(source)
        if not messages:
            parser.error("no mail to measure on")
        mail = work / "mail"
        count = make(mail, (m for k in range(options.repeat) for m in grown(messages, k)))
        text_size = size_of(mail)
        del messages
        figures, segments = [], []
        for peer in peers:
            if options.mbox and peer in MAILDIR_ONLY:
                print(f"{peer} reads no mbox: left out")
                continue
            if peer in PEERS and not is_installed(peer):
                print(f"{peer} is not installed: left out")
                continue
            print(f"{peer} ...", flush=True)
            if peer == "searcharc":
                figures.append(bench_searcharc(mail, work, options.runs, make))
                segments = bench_segments(work, options.runs)
            else:
                figures.append(PEERS[peer](mail, work, options.runs))
        if not figures:
            parser.error("nothing to measure")
        show(figures, segments, count, text_size)
        if options.json:
            rows = [{**vars(f), "messages": count, "bytes": text_size} for f in [*figures, *segments]]
            options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
