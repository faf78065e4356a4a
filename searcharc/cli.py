"""The command line: each command is one call on Index, and what it prints.

Results go to stdout, all else to stderr. Exit codes: 0 done (for search and count: hits), 1 no hits,
2 bad usage or query, 3 the index cannot be used, 4 done, but some input could not be read.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from searcharc import __version__
from searcharc.errors import QueryError, ReadError, SearcharcError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from searcharc.indexer import Progress as RunProgress
    from searcharc.models import IndexReport, Problem

app = typer.Typer(
    name="searcharc",
    help="Search a mailing-list archive by what was said, who said it, for whom, and in which numbered paragraph.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

NO_HITS, BAD_USAGE, SOME_UNREAD, FAULT = 1, 2, 4, 70
_state = {"json": False, "debug": False}


class Format(StrEnum):
    """How hits are printed."""

    TABLE = "table"
    TEXT = "text"
    JSON = "json"
    NDJSON = "ndjson"
    IDS = "ids"


class SortOrder(StrEnum):
    """In which order hits come."""

    RELEVANCE = "relevance"
    DATE = "date"
    NEWEST = "-date"


class ScopeName(StrEnum):
    """What the words of a query must share."""

    MESSAGE = "message"
    PARAGRAPH = "paragraph"


IndexOption = Annotated[
    Path, typer.Option("--index", help="The index folder.", envvar="SEARCHARC_INDEX", show_envvar=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
WaitOption = Annotated[float, typer.Option("--wait", help="Seconds to wait for another writer.", min=0)]
MaxMessageOption = Annotated[
    str, typer.Option("--max-message", help="A longer message is cut there (bytes, or with k, m, g).")
]
_HERE = Path("index")


def main() -> None:
    """The entry point of the `searcharc` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # mail is Unicode whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app()


def reported(command: Callable[..., None]) -> Callable[..., None]:
    """Turns errors into a sentence on stderr (or JSON on stdout) and an exit code."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        _state["json"] = bool(kwargs.get("json")) or kwargs.get("form") in (Format.JSON, Format.NDJSON)
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except SearcharcError as error:
            _tell(error, kwargs.get("query"))
            raise typer.Exit(error.exit_code) from None
        except BrokenPipeError:  # `| head` has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except KeyboardInterrupt:
            print("searcharc: interrupted; the index is as it was before", file=sys.stderr)
            raise typer.Exit(130) from None
        except typer.Exit:
            raise
        except Exception as error:
            if _state["debug"]:
                raise
            print(
                f"searcharc: unexpected fault: {_safe(f'{type(error).__name__}: {error}')}\n"
                "  please report it with what `searcharc --debug ...` prints",
                file=sys.stderr,
            )
            raise typer.Exit(FAULT) from None

    return run


def _tell(error: SearcharcError, query: list[str] | None) -> None:
    if _state["json"]:
        from searcharc.records import error_record
        from searcharc.render import json_text

        print(json_text(error_record(error)))
    print(f"searcharc: {_safe(error.message)}", file=sys.stderr)
    if isinstance(error, QueryError) and error.position is not None and error.query:
        shown = _safe(error.query)
        if len(shown) == len(error.query) and len(shown) <= 200:
            from rich.cells import cell_len

            print(f"  {shown}\n  {' ' * cell_len(shown[: error.position])}^", file=sys.stderr)
    if error.hint:
        print(f"  {_safe(error.hint)}", file=sys.stderr)


def _safe(text: str) -> str:
    from searcharc.render import visible

    return visible(text)


def _console(*, stderr: bool = False) -> Console:
    """A console that wraps nothing by itself, reads no markup, and finds no links or emoji in mail."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=False)


def _version(value: bool) -> None:
    if value:
        print(f"searcharc {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected fault.")] = False,
) -> None:
    """Search a mailing-list archive by what was said, who said it, for whom, and in which paragraph."""
    _state["debug"] = debug


@app.command("index")
@reported
def index_command(
    source: Annotated[list[Path] | None, typer.Argument(help="An mbox, a Maildir, an .eml or a folder of them.")] = None,
    index: IndexOption = _HERE,
    list_name: Annotated[str | None, typer.Option("--list", help="The mailing list these archives hold.")] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build it anew, from the known sources too.")] = False,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Most processes to use; this version uses one.")
    ] = 1,
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
        raise UsageError("no SOURCE is given", hint="searcharc index ARCHIVE adds one, searcharc update walks the known ones")
    _run(source or [], index, list_name, rebuild, max_message, wait, json)


@app.command()
@reported
def update(
    index: IndexOption = _HERE,
    max_message: MaxMessageOption = "64m",
    wait: WaitOption = 0.0,
    json: JsonOption = False,
) -> None:
    """Walk every archive the index knows and do what changed (for cron).

    Example: searcharc update --wait 60
    """
    _run([], index, None, False, max_message, wait, json)


def _run(
    sources: list[Path],
    index: Path,
    list_name: str | None,
    rebuild: bool,
    max_message: str,
    wait: float,
    json: bool,
) -> None:
    from searcharc.indexer import Options, run_index

    options = Options(list_name, rebuild, _bytes(max_message), wait)
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
        print(f"searcharc: {_problem_line(problem)}", file=sys.stderr)
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


def _problem_line(problem: Problem) -> str:
    where = "" if problem.offset is None else f" at byte {problem.offset}"
    return _safe(f"{problem.archive}{where}: {problem.reason}")


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
        console=_console(stderr=True),
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
def search(
    query: Annotated[list[str] | None, typer.Argument(help="Words, phrases and fields; see `searcharc fields`.")] = None,
    index: IndexOption = _HERE,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=0, help="Hits shown; 10, or all for ids and ndjson.")] = None,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Hits passed over.")] = 0,
    sort: Annotated[SortOrder, typer.Option("--sort", "-s", help="Order of the hits.")] = SortOrder.RELEVANCE,
    scope: Annotated[ScopeName, typer.Option("--scope", help="What the words must share.")] = ScopeName.MESSAGE,
    form: Annotated[Format | None, typer.Option("--format", "-f", help="table on a terminal, else text.")] = None,
    json: JsonOption = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say how the query was understood.")] = False,
    sender: Annotated[str | None, typer.Option("--from", help="As from: in the query.")] = None,
    affiliation: Annotated[str | None, typer.Option("--affiliation", help="As affiliation:.")] = None,
    para: Annotated[str | None, typer.Option("--para", help="As para:.")] = None,
    list_name: Annotated[str | None, typer.Option("--list", help="As list:.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="As after:.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="As until:.")] = None,
) -> None:
    """Find messages and the paragraphs that match.

    Example: searcharc search 'para:24 "enhanced cooperation" affil:ministry'
    """
    from searcharc.index import Index
    from searcharc.render import result_lines

    text = _query(
        query,
        {"from": sender, "affiliation": affiliation, "para": para, "list": list_name, "after": since, "until": until},
    )
    if form is None:
        form = Format.JSON if json else Format.TABLE if sys.stdout.isatty() else Format.TEXT
    if limit is None and form in (Format.TABLE, Format.TEXT, Format.JSON):
        limit = 10
    console = _console()
    with _queried(text), Index.open(index) as opened:
        result = opened.search(text, limit=limit, offset=offset, sort=sort.value, scope=scope.value)
        if explain:
            print(f"searcharc: understood as {_safe(result.parsed)}", file=sys.stderr)
        for warning in result.warnings:
            print(f"searcharc: {_safe(warning)}", file=sys.stderr)
        if result.total or form is Format.JSON:
            _print(result_lines(result, form.value, console), console)
    if not result.total:
        if form is not Format.JSON:
            print(f"searcharc: no message matches {_safe(result.parsed)}", file=sys.stderr)
        raise typer.Exit(NO_HITS)


def _print(lines: Iterator[Any], console: Console) -> None:
    for line in lines:
        if isinstance(line, str):
            sys.stdout.write(line + "\n")
        else:
            console.print(line, overflow="ignore", crop=False, soft_wrap=True)


def _query(words: list[str] | None, options: dict[str, str | None]) -> str:
    """The query text of the words and of the options that stand for fields."""
    text = " ".join(words or ()).strip()
    fields = [f'{name}:"{value.replace(chr(34), " ")}"' for name, value in options.items() if value]
    if not text and not fields:
        raise UsageError("no QUERY is given", hint="* finds every message; `searcharc fields` explains the language")
    if text and fields and " OR " in text:
        text = f"({text})"
    return " ".join([*([text] if text else []), *fields])


@contextmanager
def _queried(text: str) -> Iterator[None]:
    """Lets an error of a query know the query, so that its place can be shown."""
    try:
        yield
    except QueryError as error:
        error.query = text
        raise


@app.command()
@reported
def count(
    query: Annotated[list[str], typer.Argument(help="As for search.")],
    index: IndexOption = _HERE,
    scope: Annotated[ScopeName, typer.Option("--scope", help="What the words must share.")] = ScopeName.MESSAGE,
    json: JsonOption = False,
) -> None:
    """Print the number of messages, alone on a line.

    Example: searcharc count 'from:marchetti year:2010'
    """
    from searcharc.index import Index

    text = _query(query, {})
    with _queried(text), Index.open(index) as opened:
        number = opened.count(text, scope=scope.value)
    print(f'{{"version": 1, "total": {number}}}' if json else number)
    if not number:
        raise typer.Exit(NO_HITS)


@app.command()
@reported
def show(
    id: Annotated[str, typer.Argument(help="A Message-ID or key; ID#p7 or ID#OP24 for a paragraph.")],  # noqa: A002
    index: IndexOption = _HERE,
    raw: Annotated[bool, typer.Option("--raw", help="The original bytes.")] = False,
    para: Annotated[str | None, typer.Option("--para", help="Only this paragraph: a printed number, or p7.")] = None,
    json: JsonOption = False,
) -> None:
    """Show a message with the ordinals and numbers of its paragraphs.

    Example: searcharc show 'seed-1@example.org#p7'
    """
    from searcharc.index import Index, named_paragraphs
    from searcharc.render import message_json, message_lines

    with Index.open(index) as opened:
        message, paragraphs = opened.locate(id)
        if para is not None:
            paragraphs = named_paragraphs(message, para)
        if raw:
            sys.stdout.buffer.write(opened.raw(message))
            return
    if json:
        print(message_json(message))
        return
    console = _console()
    _print(message_lines(message, paragraphs), console)


@app.command()
@reported
def status(index: IndexOption = _HERE, json: JsonOption = False) -> None:
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
    held = record["index"]
    print(_safe(f"{record['path']}: {held['messages']:,} messages, {held['paragraphs']:,} paragraphs, {held['bytes'] / 1e6:,.1f} MB"))
    print(f"version {record['format']}, engine {record['engine']}, generation {record['generation']}")
    last = record["last_run"]
    if last:
        print(
            f"last run {last['started']}, {last['seconds']:.1f} s: "
            + ", ".join(f"{v:,} {k}" for k, v in last["messages"].items())
        )
    for source in record["sources"]:
        state = {"fresh": "unchanged since", "stale": "changed since: run searcharc update", "missing": "is not there"}
        print(_safe(f"{source['path']}: {source['archives']:,} archives, {source['messages']:,} messages; {state[source['state']]}"))
    for problem in last.get("problems", ()):
        where = "" if problem["offset"] is None else f" at byte {problem['offset']}"
        print(_safe(f"not read: {problem['archive']}{where}: {problem['reason']}"))


@app.command()
@reported
def check(index: IndexOption = _HERE) -> None:
    """Compare every file of the index with what was written; exit 3 when it is damaged.

    Example: searcharc check
    """
    from searcharc.index import Index

    with Index.open(index) as opened:
        opened.check()
        print(f"{len(opened.manifest.files)} files are as they were written")


@app.command()
@reported
def inspect(
    file: Annotated[Path, typer.Argument(help="An .eml, an mbox, a Maildir or a folder of them.")],
    json: JsonOption = False,
) -> None:
    """Show how each message is read: charsets, zones, paragraphs, numbers, affiliation with evidence.

    Example: searcharc inspect letter.eml
    """
    from searcharc.archive import read_archive
    from searcharc.render import inspect_lines, message_json

    problems: list[Problem] = []
    console = _console()
    seen = 0
    for message in read_archive(file, on_problem=problems.append):
        if json:
            print(message_json(message))
            continue
        if seen:
            print("=" * min(console.width, 80))
        _print(inspect_lines(message), console)
        seen += 1
    for problem in problems:
        print(f"searcharc: {_problem_line(problem)}", file=sys.stderr)
    if problems:
        raise ReadError(f"{len(problems)} inputs could not be read, or not wholly")


@app.command()
@reported
def fields(json: JsonOption = False) -> None:
    """The query language: every field, its aliases, an example.

    Example: searcharc fields
    """
    from searcharc.fields import FIELDS
    from searcharc.query.help import OPERATORS
    from searcharc.render import json_text

    if json:
        print(
            json_text(
                {
                    "version": 1,
                    "fields": [
                        {"name": f.name, "aliases": list(f.aliases), "kind": f.kind.value, "help": f.help, "example": f.example}
                        for f in FIELDS
                    ],
                }
            )
        )
        return
    for example, meaning in OPERATORS:
        print(f"{example:28} {meaning}")
    print()
    for field in FIELDS:
        names = ", ".join(f"{n}:" for n in (field.name, *field.aliases))
        print(f"{names:34} {field.help}\n{'':34} {field.example}")
