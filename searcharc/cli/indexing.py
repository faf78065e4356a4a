"""Commands that build an index: index, update."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    from searcharc.affiliations import TableRow
    from searcharc.indexer import Options
    from searcharc.indexer import Progress as RunProgress
    from searcharc.models import IndexReport

WaitOption = Annotated[float, typer.Option("--wait", help="Seconds to wait for another writer.", min=0)]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="Processes that read.", show_default="as many as processors"),
]
AffiliationsOption = Annotated[
    str | None,
    typer.Option(
        "--affiliations",
        metavar="FILE",
        help="A CSV table of who spoke for whom: address or domain, name, role, from, to. "
        "It is kept; 'none' drops it.",
    ),
]
VerifyOption = Annotated[
    bool, typer.Option("--verify", help="Read every archive whole, also those that look as they did.")
]
MaxMessageOption = Annotated[
    str, typer.Option("--max-message", help="A longer message is cut there (bytes, or with k, m, g).")
]


@app.command("index")
@reported
def index_command(
    source: Annotated[
        list[Path] | None,
        typer.Argument(help="An mbox, Maildir, .eml, zip, tar or a folder of them.", readable=False),
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
    affiliations: AffiliationsOption = None,
    wait: WaitOption = 0.0,
    verify: VerifyOption = False,
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

    options = Options(
        list_name, rebuild, _bytes(max_message), wait, jobs, verify, affiliations=_table(affiliations)
    )
    report = _run(source or [], index, options)
    _print_problems(report)
    if json:
        _print_json(report)
    else:
        print(_counted(report))
        print(_totals(report, index))
    _end(report)


@app.command()
@reported
def update(
    index: IndexOption = HERE,
    jobs: JobsOption = None,
    max_message: MaxMessageOption = "64m",
    affiliations: AffiliationsOption = None,
    wait: WaitOption = 0.0,
    verify: VerifyOption = False,
    if_changed: Annotated[
        bool,
        typer.Option(
            "--if-changed", help="Where nothing changed, print nothing and leave the index as it is."
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Walk every archive the index knows and do what changed (for cron and systemd): one line of summary.

    Example: searcharc update --wait 600 --if-changed
    """
    from searcharc.indexer import Options

    options = Options(
        max_message=_bytes(max_message),
        wait=wait,
        jobs=jobs,
        verify=verify,
        if_changed=if_changed,
        affiliations=_table(affiliations),
    )
    report = _run([], index, options)
    _print_problems(report)
    if json:
        _print_json(report)
    elif not if_changed or report.indexed or report.duplicate or report.removed or report.failed:
        print(f"{_counted(report)}; {_totals(report, index)}")
    _end(report)


def _run(sources: list[Path], index: Path, options: Options) -> IndexReport:
    from searcharc.indexer import run_index

    with _progress() as progress:
        return run_index(index, sources, options=options, progress=progress)


def _end(report: IndexReport) -> None:
    if report.problems:
        raise typer.Exit(SOME_UNREAD)


def _table(file: str | None) -> tuple[TableRow, ...] | None:
    """The rows of --affiliations; () where it is to be dropped, None where nothing is said of it."""
    from searcharc.affiliations import read_table

    if file is None:
        return None
    return () if file.casefold() in ("", "none") else read_table(Path(file))


def _bytes(text: str) -> int:
    units = {"k": 10, "m": 20, "g": 30}
    digits, unit = (text[:-1], text[-1].lower()) if text[-1:].lower() in units else (text, "")
    if not digits.isdecimal() or not int(digits[:12]):
        raise UsageError(f"--max-message: {text!r} is no size", hint="as in 64m")
    return int(digits[:12]) << units.get(unit, 0)


def _print_problems(report: IndexReport) -> None:
    for problem in report.problems:
        print(f"searcharc: {problem_line(problem)}", file=sys.stderr)


def _print_json(report: IndexReport) -> None:
    from searcharc.records import report_record
    from searcharc.render import json_text

    print(json_text(report_record(report)))


def _counted(report: IndexReport) -> str:
    """`30 seen, 29 indexed, 0 unchanged, 1 duplicate in 0.2 s`"""
    parts = [f"{report.seen:,} seen", f"{report.indexed:,} indexed", f"{report.unchanged:,} unchanged"]
    rare = {"duplicate": report.duplicate, "removed": report.removed, "failed": report.failed}
    parts += [f"{count:,} {name}" for name, count in rare.items() if count]
    return f"{', '.join(parts)} in {report.seconds:.1f} s"


def _totals(report: IndexReport, index: Path) -> str:
    """`index: 29 messages, 121 paragraphs, 0.1 MB`"""
    held = report.index
    size = f"{held['messages']:,} messages, {held['paragraphs']:,} paragraphs, {held['bytes'] / 1e6:,.1f} MB"
    return safe(f"{index}: {size}")


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
