"""Commands that build and look after an index: index, update, status, check."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from searcharc.cli.app import (
    HERE,
    SOME_UNREAD,
    IndexOption,
    JsonOption,
    app,
    console_for,
    problem_line,
    reported,
    safe,
)
from searcharc.errors import UsageError

if TYPE_CHECKING:
    from searcharc.indexer import Options
    from searcharc.indexer import Progress as RunProgress
    from searcharc.models import IndexReport

WaitOption = Annotated[float, typer.Option("--wait", help="Seconds to wait for another writer.", min=0)]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="Processes that read.", show_default="as many as processors"),
]
MaxMessageOption = Annotated[
    str, typer.Option("--max-message", help="A longer message is cut there (bytes, or with k, m, g).")
]


@app.command("index")
@reported
def index_command(
    source: Annotated[
        list[Path] | None, typer.Argument(help="An mbox, a Maildir, an .eml or a folder of them.")
    ] = None,
    index: IndexOption = HERE,
    list_name: Annotated[
        str | None, typer.Option("--list", help="The mailing list these archives hold.")
    ] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Build it anew, from the known sources too.")
    ] = False,
    jobs: JobsOption = None,
    engine: Annotated[str, typer.Option("--engine", help="What keeps the index.")] = "whoosh",
    max_message: MaxMessageOption = "64m",
    wait: WaitOption = 0.0,
    json: JsonOption = False,
) -> None:
    """Add archives and index them; run again, it does only what changed.

    Example: searcharc index ~/mail/governance.mbox --list governance
    """
    if engine != "whoosh":
        raise UsageError(f"there is no engine {engine!r}", hint="the engine is whoosh")
    if not source and not rebuild:
        raise UsageError(
            "no SOURCE is given",
            hint="searcharc index ARCHIVE adds one, searcharc update walks the known ones",
        )
    from searcharc.indexer import Options

    _run(source or [], index, Options(list_name, rebuild, _bytes(max_message), wait, jobs), json)


@app.command()
@reported
def update(
    index: IndexOption = HERE,
    jobs: JobsOption = None,
    max_message: MaxMessageOption = "64m",
    wait: WaitOption = 0.0,
    json: JsonOption = False,
) -> None:
    """Walk every archive the index knows and do what changed (for cron).

    Example: searcharc update --wait 60
    """
    from searcharc.indexer import Options

    _run([], index, Options(max_message=_bytes(max_message), wait=wait, jobs=jobs), json)


def _run(sources: list[Path], index: Path, options: Options, json: bool) -> None:
    from searcharc.indexer import run_index

    with _progress() as progress:
        report = run_index(index, sources, options=options, progress=progress)
    _print_report(report, index, json)
    if report.problems:
        raise typer.Exit(SOME_UNREAD)


def _bytes(text: str) -> int:
    units = {"k": 10, "m": 20, "g": 30}
    digits, unit = (text[:-1], text[-1].lower()) if text[-1:].lower() in units else (text, "")
    if not digits.isdecimal() or not int(digits[:12]):
        raise UsageError(f"--max-message: {text!r} is no size", hint="as in 64m")
    return int(digits[:12]) << units.get(unit, 0)


def _print_report(report: IndexReport, index: Path, json: bool) -> None:
    from searcharc.records import report_record
    from searcharc.render import json_text, visible

    for problem in report.problems:
        print(f"searcharc: {problem_line(problem)}", file=sys.stderr)
    if json:
        print(json_text(report_record(report)))
        return
    parts = [f"{report.seen:,} seen", f"{report.indexed:,} indexed", f"{report.unchanged:,} unchanged"]
    parts += [
        f"{count:,} {name}"
        for name, count in (
            ("duplicate", report.duplicate),
            ("removed", report.removed),
            ("failed", report.failed),
        )
        if count
    ]
    print(f"{', '.join(parts)} in {report.seconds:.1f} s")
    totals = report.index
    print(
        visible(
            f"{index}: {totals['messages']:,} messages, {totals['paragraphs']:,} paragraphs, "
            f"{totals['bytes'] / 1e6:,.1f} MB"
        )
    )


@contextmanager
def _progress() -> Iterator[Callable[[RunProgress], None] | None]:
    """A progress bar on stderr where that is a terminal; None elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from searcharc.render import visible

    bar = Progress(
        TextColumn("{task.fields[archives]}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[messages]:,} messages, {task.fields[rate]:,.0f}/s", markup=False),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}", markup=False),
        console=console_for(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None, archives="", messages=0, rate=0.0, name="")

        def show(state: RunProgress) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            name = visible(state.name.rsplit("/", 1)[-1])[:30]
            bar.update(
                task,
                total=state.bytes_total or None,
                completed=state.bytes_done,
                archives=f"{state.archives_done + 1}/{state.archives_total}",
                messages=state.messages,
                rate=state.messages / elapsed if elapsed else 0.0,
                name=name,
            )

        yield show


@app.command()
@reported
def status(index: IndexOption = HERE, json: JsonOption = False) -> None:
    """Archives, counts that add up, the last run, size.

    Example: searcharc status
    """
    from searcharc.index import Index
    from searcharc.render import json_text
    from searcharc.status import status_record

    with Index.open(index) as opened:
        record = status_record(opened)
    if json:
        print(json_text(record))
        return
    _print_status(record)


def _print_status(record: dict[str, Any]) -> None:
    from searcharc.render.plain import counted

    held = record["index"]
    size = f"{held['messages']:,} messages, {held['paragraphs']:,} paragraphs, {held['bytes'] / 1e6:,.1f} MB"
    print(safe(f"{record['path']}: {size}"))
    print(f"version {record['format']}, engine {record['engine']}, generation {record['generation']}")
    last = record["last_run"]
    if last:
        print(
            f"last run {last['started']}, {last['seconds']:.1f} s: "
            + ", ".join(f"{v:,} {k}" for k, v in last["messages"].items())
        )
    for source in record["sources"]:
        state = {
            "fresh": "unchanged since",
            "stale": "changed since: run searcharc update",
            "missing": "is not there",
        }
        held = f"{counted(source['archives'], 'archive')}, {counted(source['messages'], 'message')}"
        print(safe(f"{source['path']}: {held}; {state[source['state']]}"))
    for problem in last.get("problems", ()):
        where = "" if problem["offset"] is None else f" at byte {problem['offset']}"
        print(safe(f"not read: {problem['archive']}{where}: {problem['reason']}"))


@app.command()
@reported
def check(index: IndexOption = HERE) -> None:
    """Compare every file of the index with what was written; exit 3 when it is damaged.

    Example: searcharc check
    """
    from searcharc.index import Index

    with Index.open(index) as opened:
        opened.check()
        print(f"{len(opened.manifest.files)} files are as they were written")
