"""Commands that look after an index: remove, purge, status, check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from searcharc.cli.app import (
    HERE,
    NO_HITS,
    SOME_UNREAD,
    IndexOption,
    JsonOption,
    app,
    problem_line,
    reported,
    safe,
)
from searcharc.cli.completion import complete_query
from searcharc.cli.indexing import WaitOption
from searcharc.cli.searching import queried, query_text
from searcharc.errors import UsageError

if TYPE_CHECKING:
    from searcharc.models import IndexReport


@app.command()
@reported
def remove(
    source: Annotated[
        Path, typer.Argument(help="A source as it was given to index; status names them.", readable=False)
    ],
    index: IndexOption = HERE,
    wait: WaitOption = 0.0,
    json: JsonOption = False,
) -> None:
    """Forget an archive and drop its messages; the archive itself is not touched.

    Example: searcharc remove ~/mail/governance.mbox
    """
    from searcharc.index import Index
    from searcharc.render.plain import counted

    with Index.open(index) as opened:
        report = opened.remove(source, wait=wait)
    _print_report(report, json, f"forgot {source}: {counted(report.removed, 'message')} removed")


@app.command()
@reported
def purge(
    query: Annotated[
        list[str] | None,
        typer.Argument(help="An id, or a query as for search.", autocompletion=complete_query),
    ] = None,
    index: IndexOption = HERE,
    listed: Annotated[bool, typer.Option("--list", help="Show what was purged, and do nothing.")] = False,
    undo: Annotated[
        bool,
        typer.Option(
            "--undo",
            help="Let messages in again: an id, a query or a number of --list; else the newest purge.",
        ),
    ] = False,
    wait: WaitOption = 0.0,
    json: JsonOption = False,
) -> None:
    """Remove messages for good: they leave the index's files, and no update brings them back.

    The archives are not touched. Example: searcharc purge 'from:ann subject:"by mistake"'
    """
    from searcharc.index import Index
    from searcharc.render.plain import counted

    text = query_text(query, {}) if query else None
    if listed:
        if text or undo:
            raise UsageError("--list stands alone", hint="searcharc purge --list")
        with Index.open(index) as opened:
            _print_purges(opened.manifest.purged, json)
        return
    if undo:
        with Index.open(index) as opened:
            report = opened.unpurge(text, wait=wait)
        are = "is" if report.indexed == 1 else "are"
        _print_report(report, json, f"{counted(report.indexed, 'message')} {are} back")
        return
    if text is None:
        raise UsageError("nothing is named", hint="searcharc purge ID, searcharc purge QUERY or --list")
    with queried(text), Index.open(index) as opened:
        report = opened.purge(text, wait=wait)
    _print_report(
        report,
        json,
        f"{counted(report.removed, 'message')} purged; searcharc purge --undo undoes it",
    )


def _print_report(report: IndexReport, json: bool, said: str) -> None:
    from searcharc.records import report_record
    from searcharc.render import json_text

    for problem in report.problems:
        print(f"searcharc: {problem_line(problem)}", file=sys.stderr)
    print(json_text(report_record(report)) if json else safe(said))
    if report.problems:
        raise typer.Exit(SOME_UNREAD)


def _print_purges(purged: tuple[Any, ...], json: bool) -> None:
    from searcharc.purging import purge_records
    from searcharc.records import VERSION
    from searcharc.render import json_text
    from searcharc.render.plain import counted

    records = purge_records(purged)
    if json:
        print(json_text({"version": VERSION, "purges": records}))
    for record in () if json else records:
        print(
            safe(
                f"{record['number']}  {record['when']}  {counted(len(record['messages']), 'message')}  {record['by']}"
            )
        )
        for key in record["messages"]:
            print(safe(f"   {key}"))
    if not records:
        print("nothing is purged", file=sys.stderr)
        raise typer.Exit(NO_HITS)


@app.command()
@reported
def status(index: IndexOption = HERE, json: JsonOption = False) -> None:
    """Archives, counts that add up, the last run, what is stale, what could not be read and why.

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
    for line in _status_lines(record):
        print(safe(line))


STATES = {
    "fresh": "as it was read",
    "stale": "changed since: run searcharc update",
    "unread": "not all of it can be read; tried again by searcharc update",
    "missing": "cannot be reached; its messages stay",
}


def _status_lines(record: dict[str, Any]) -> list[str]:
    from searcharc.render.plain import counted

    held, sums = record["index"], record["sums"]
    size = f"{held['messages']:,} messages, {held['paragraphs']:,} paragraphs, {held['bytes'] / 1e6:,.1f} MB"
    shares = f"{sums['messages']:,} messages + {sums['duplicate']:,} duplicate + {sums['purged']:,} purged"
    lines = [
        f"{record['path']}: {size}",
        f"version {record['format']}, engine {record['engine']}, generation {record['generation']}",
        f"{sums['seen']:,} in the archives = {shares}",
    ]
    if record["affiliations"]:
        lines.append(f"{counted(record['affiliations'], 'row')} in the table of affiliations")
    last, failed, writer = record["last_run"], record["failed_run"], record["writer"]
    if last:
        told = ", ".join(f"{v:,} {k}" for k, v in last["messages"].items())
        lines.append(f"last run {last['started']}, {last['seconds']:.1f} s: {told}")
    if failed:
        lines.append(f"the run of {failed['started']} failed: {failed['error']} ({failed['hint']})")
    if writer:
        state = "is writing" if writer["alive"] else "did not end: what it wrote is not used; run it again"
        lines.append(f"process {writer['process']}, begun {writer['since']}, {state}")
    for source in record["sources"]:
        told = f"{counted(source['archives'], 'archive')}, {counted(source['messages'], 'message')}"
        lines.append(f"{source['path']}: {told}; {STATES[source['state']]}")
        lines += [f"  {name} {what}" for what, names in source["changes"].items() for name in names]
    for problem in record["problems"]:
        where = "" if problem["offset"] is None else f" at byte {problem['offset']}"
        lines.append(f"not read: {problem['archive']}{where}: {problem['reason']}")
    return lines


@app.command()
@reported
def check(index: IndexOption = HERE, json: JsonOption = False) -> None:
    """Compare every byte of the index with what was written; exit 3, and the command that mends, when damaged.

    Example: searcharc check
    """
    from searcharc.index import Index
    from searcharc.records import VERSION
    from searcharc.render import json_text

    with Index.open(index) as opened:
        opened.check()
        files = len(opened.manifest.files)
    record = {"version": VERSION, "files": files}
    print(json_text(record) if json else f"{files} files are as they were written")
