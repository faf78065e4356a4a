"""Commands that show what search does not: thread, facets, trends, para."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from searcharc.cli.app import (
    HERE,
    NO_HITS,
    IndexOption,
    JsonOption,
    app,
    console_for,
    print_lines,
    reported,
    safe,
)
from searcharc.cli.completion import complete_query
from searcharc.cli.paging import PagerOption, paged
from searcharc.cli.searching import queried, query_text
from searcharc.errors import UsageError

QueryArgument = Annotated[list[str], typer.Argument(help="As for search.", autocompletion=complete_query)]


class By(StrEnum):
    """What messages are counted by."""

    SENDER = "sender"
    AFFILIATION = "affiliation"
    LIST = "list"
    YEAR = "year"
    MONTH = "month"
    PARA = "para"
    REF = "ref"
    DOMAIN = "domain"


class Split(StrEnum):
    """What a trend is split by."""

    SENDER = "sender"
    AFFILIATION = "affiliation"
    LIST = "list"
    DOMAIN = "domain"


class Period(StrEnum):
    """What a trend goes by."""

    MONTH = "month"
    YEAR = "year"


class CountFormat(StrEnum):
    """How counts are printed."""

    TABLE = "table"
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@app.command()
@reported
def thread(
    id: Annotated[str, typer.Argument(help="A Message-ID or key of any message in it.")],
    index: IndexOption = HERE,
    pager: PagerOption = True,
    json: JsonOption = False,
) -> None:
    """Show the thread of a message as a tree.

    Example: searcharc thread seed-1@example.org
    """
    from searcharc.index import Index
    from searcharc.render import json_text, thread_lines, thread_record

    with Index.open(index) as opened:
        key = opened.message(id).key
        places = opened.thread(key)
    if json:
        print(json_text(thread_record(places, key)))
        return
    console = console_for()
    with paged(console, pager):
        print_lines(thread_lines(places, key, console), console)


@app.command()
@reported
def facets(
    query: QueryArgument,
    by: Annotated[By, typer.Option("--by", help="What to count by.")],
    index: IndexOption = HERE,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=0, help="Values shown; 20 in a table, else all.")
    ] = None,
    form: Annotated[
        CountFormat | None, typer.Option("--format", "-f", help="table on a terminal, else text.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Count the messages of a query by a field.

    Example: searcharc facets '"enhanced cooperation"' --by affiliation
    """
    from searcharc.index import Index
    from searcharc.records import facets_record
    from searcharc.render import facet_csv, facet_lines, json_text, visible

    text = query_text(query, {})
    if form is None:
        form = CountFormat.JSON if json else CountFormat.TABLE if sys.stdout.isatty() else CountFormat.TEXT
    if limit is None and form is CountFormat.TABLE:
        limit = 20
    with queried(text), Index.open(index) as opened:
        found = opened.facets(text, by.value)
    shown = found.counts[:limit]
    if form is CountFormat.JSON:
        print(json_text({**facets_record(found), "counts": facets_record(found)["counts"][:limit]}))
    elif form is CountFormat.CSV:
        write_csv(list(facet_csv(found))[: None if limit is None else limit + 1])
    elif form is CountFormat.TEXT:
        for count in shown:
            print(f"{count.count}\t{visible(count.value)}\t{visible(count.label)}")
    elif found.total:
        from dataclasses import replace

        console = console_for()
        print_lines(facet_lines(replace(found, counts=shown), console), console)
        if len(shown) < len(found.counts):
            print(f"searcharc: {len(found.counts) - len(shown):,} more; -n shows them", file=sys.stderr)
    if not found.total:
        print(f"searcharc: no message matches {safe(text)}", file=sys.stderr)
        raise typer.Exit(NO_HITS)


@app.command()
@reported
def trends(
    query: QueryArgument,
    index: IndexOption = HERE,
    period: Annotated[
        Period | None, typer.Option("--period", help="By default months, for long times years.")
    ] = None,
    by: Annotated[Split | None, typer.Option("--by", help="A line for each of these.")] = None,
    most: Annotated[int, typer.Option("--lines", min=1, help="Most lines with --by.")] = 8,
    svg: Annotated[Path | None, typer.Option("--svg", help="Write an SVG file; - is stdout.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    json: JsonOption = False,
) -> None:
    """Draw the messages of a query over time.

    Example: searcharc trends '"enhanced cooperation"' --by affiliation --svg trend.svg
    """
    from searcharc.index import Index
    from searcharc.records import trends_record
    from searcharc.render import json_text, svg_text, trend_csv, trend_lines

    text = query_text(query, {})
    with queried(text), Index.open(index) as opened:
        found = opened.trends(
            text, period=period.value if period else None, by=by.value if by else "", most=most
        )
    if svg is not None:
        put_text(svg, svg_text(found))
    if json:
        print(json_text(trends_record(found)))
    elif csv:
        write_csv(trend_csv(found))
    elif svg is None and found.total:
        console = console_for()
        print_lines(trend_lines(found, console), console)
    if not found.total:
        print(f"searcharc: no message matches {safe(text)}", file=sys.stderr)
        raise typer.Exit(NO_HITS)


@app.command()
@reported
def para(
    number: Annotated[str, typer.Argument(help="A paragraph's number: 24, OP21bis, 24(a).")],
    doc: Annotated[str | None, typer.Option("--doc", "-d", help="Words of the document's title.")] = None,
    index: IndexOption = HERE,
    history: Annotated[
        bool, typer.Option("--history", help="Each version of the text, against the one before.")
    ] = False,
    pager: PagerOption = True,
    json: JsonOption = False,
) -> None:
    """Show every place where a numbered paragraph stands or is mentioned, in order of time.

    Example: searcharc para 24 --doc "Draft resolution" --history
    """
    from searcharc.index import Index
    from searcharc.message.numbers import parse_number
    from searcharc.paragraphs import versions_of
    from searcharc.render import json_text, place_lines, places_record, version_lines, versions_record

    with Index.open(index) as opened:
        places = opened.paragraph_places(number, doc)
    name = str(parse_number(number))
    versions = versions_of(places) if history else []
    if json:
        print(
            json_text(versions_record(name, doc, versions) if history else places_record(name, doc, places))
        )
    elif places:
        console = console_for()
        with paged(console, pager):
            lines = version_lines(versions, console) if history else place_lines(places, console)
            print_lines(lines, console)
    if not (versions if history else places):
        of = f" of {doc}" if doc else ""
        print(f"searcharc: paragraph {safe(name + of)} stands nowhere", file=sys.stderr)
        raise typer.Exit(NO_HITS)


def write_csv(lines: Iterable[str]) -> None:
    """Prints lines with the line ends of CSV (RFC 4180)."""
    for line in lines:
        sys.stdout.write(line + "\r\n")


def put_text(path: Path, text: str) -> None:
    """Writes a file that the user named; - is stdout.

    Raises:
        UsageError: it cannot be written.
    """
    if str(path) == "-":
        sys.stdout.write(text)
        return
    try:
        with path.open("w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", hint="name another file") from None
