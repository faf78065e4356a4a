"""Commands that ask and show: search, count, show, inspect, fields."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from searcharc.cli.app import (
    HERE,
    NO_HITS,
    SOME_UNREAD,
    IndexOption,
    JsonOption,
    app,
    console_for,
    print_lines,
    problem_line,
    reported,
    safe,
)
from searcharc.cli.completion import complete_query
from searcharc.cli.paging import PagerOption, paged
from searcharc.errors import QueryError, ReadError, UsageError

if TYPE_CHECKING:
    from searcharc.index import Index
    from searcharc.models import Hit, Message, Problem


class Format(StrEnum):
    """How hits are printed."""

    TABLE = "table"
    TEXT = "text"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    MBOX = "mbox"
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


@app.command()
@reported
def search(
    query: Annotated[
        list[str] | None,
        typer.Argument(
            help="Words, phrases and fields; see `searcharc fields`.", autocompletion=complete_query
        ),
    ] = None,
    index: IndexOption = HERE,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", min=0, help="Hits shown; 10, or all for ids, ndjson, csv and mbox."),
    ] = None,
    offset: Annotated[int, typer.Option("--offset", min=0, help="Hits passed over.")] = 0,
    sort: Annotated[SortOrder, typer.Option("--sort", "-s", help="Order of the hits.")] = SortOrder.RELEVANCE,
    scope: Annotated[
        ScopeName, typer.Option("--scope", help="What the words must share.")
    ] = ScopeName.MESSAGE,
    form: Annotated[
        Format | None, typer.Option("--format", "-f", help="table on a terminal, else text.")
    ] = None,
    json: JsonOption = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say how the query was understood, and why each hit matched.")
    ] = False,
    cite: Annotated[bool, typer.Option("--cite", help="Say how to cite each hit.")] = False,
    first: Annotated[bool, typer.Option("--first", help="Only who said it first, in own words.")] = False,
    pager: PagerOption = True,
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

    text = query_text(
        query,
        {
            "from": sender,
            "affiliation": affiliation,
            "para": para,
            "list": list_name,
            "after": since,
            "until": until,
        },
    )
    if form is None:
        form = Format.JSON if json else Format.TABLE if sys.stdout.isatty() else Format.TEXT
    if limit is None and form in (Format.TABLE, Format.TEXT, Format.JSON):
        limit = 10
    console = console_for()
    with queried(text), Index.open(index) as opened:
        streamed = form in _STREAMED and not first
        if first:
            result = opened.first(text)
        else:
            result = opened.search(
                text,
                limit=0 if streamed else limit,
                offset=offset,
                sort=sort.value,
                scope=scope.value,
                explain=explain,
            )
        if explain:
            print(f"searcharc: understood as {safe(result.parsed)}", file=sys.stderr)
        for warning in result.warnings:
            print(f"searcharc: {safe(warning)}", file=sys.stderr)
        if streamed and form is Format.IDS:
            for key in opened.keys(text, sort=sort.value, scope=scope.value, limit=limit, offset=offset):
                print(safe(key))
        elif streamed:
            most = {Format.CSV: 1, Format.MBOX: 0}.get(form)
            hits = opened.iterate(
                text, sort=sort.value, scope=scope.value, limit=limit, offset=offset, paragraphs=most
            )
            _stream(opened, hits, form, cite)
        elif form in _STREAMED:
            _stream(opened, result.hits, form, cite)
        elif result.total or form is Format.JSON:
            with paged(console, pager and form is Format.TABLE):
                print_lines(result_lines(result, form.value, console, cite=cite), console)
    if not result.total:
        if form is not Format.JSON:
            print(f"searcharc: no message matches {safe(result.parsed)}", file=sys.stderr)
        raise typer.Exit(NO_HITS)


_STREAMED = (Format.IDS, Format.NDJSON, Format.CSV, Format.MBOX)
"""Formats that give all hits, one at a time."""


def _stream(index: Index, hits: Iterable[Hit], form: Format, cite: bool) -> None:
    """Writes hits as they come, however many they are."""
    from searcharc.render import csv_lines, hit_json

    if form is Format.CSV:
        for line in csv_lines(hits):
            sys.stdout.write(line + "\r\n")
    elif form is Format.MBOX:
        _write_messages(index, (h.message for h in hits))
    else:
        for hit in hits:
            print(safe(hit.key) if form is Format.IDS else hit_json(hit, cite=cite))


def _write_messages(index: Index, messages: Iterable[Message]) -> None:
    from searcharc.render import mbox_bytes

    unread = 0
    sys.stdout.flush()
    for message in messages:
        try:
            raw = index.raw(message)
        except ReadError as error:
            unread += 1
            print(f"searcharc: {safe(error.message)}", file=sys.stderr)
            continue
        sys.stdout.buffer.write(mbox_bytes(message, raw))
    sys.stdout.buffer.flush()
    if unread:
        raise ReadError(f"{unread} messages could not be read back", hint="searcharc update")


def _valued(value: str) -> str:
    """An option's value as a field's: in quotes, but for one word with a wildcard."""
    if re.fullmatch(r"[\w.@+*?-]*[*?][\w.@+*?-]*", value):
        return value
    return '"' + value.replace('"', " ") + '"'


def query_text(words: list[str] | None, options: dict[str, str | None]) -> str:
    """The query text of the words and of the options that stand for fields."""
    text = " ".join(words or ()).strip()
    fields = [f"{name}:{_valued(value)}" for name, value in options.items() if value]
    if not text and not fields:
        raise UsageError(
            "no QUERY is given", hint="* finds every message; `searcharc fields` explains the language"
        )
    if text and fields and " OR " in text:
        text = f"({text})"
    return " ".join([*([text] if text else []), *fields])


@contextmanager
def queried(text: str) -> Iterator[None]:
    """Lets an error of a query know the query, so that its place can be shown."""
    try:
        yield
    except QueryError as error:
        error.query = text
        raise


@app.command()
@reported
def count(
    query: Annotated[list[str], typer.Argument(help="As for search.", autocompletion=complete_query)],
    index: IndexOption = HERE,
    scope: Annotated[
        ScopeName, typer.Option("--scope", help="What the words must share.")
    ] = ScopeName.MESSAGE,
    json: JsonOption = False,
) -> None:
    """Print the number of messages, alone on a line.

    Example: searcharc count 'from:marchetti year:2010'
    """
    from searcharc.index import Index

    text = query_text(query, {})
    with queried(text), Index.open(index) as opened:
        number = opened.count(text, scope=scope.value)
    print(f'{{"version": 1, "total": {number}}}' if json else number)
    if not number:
        raise typer.Exit(NO_HITS)


@app.command()
@reported
def show(
    id: Annotated[str, typer.Argument(help="A Message-ID or key; ID#p7 or ID#OP24 for a paragraph.")],
    index: IndexOption = HERE,
    raw: Annotated[bool, typer.Option("--raw", help="The original bytes.")] = False,
    para: Annotated[
        str | None, typer.Option("--para", help="Only this paragraph: a printed number, or p7.")
    ] = None,
    fold_quotes: Annotated[
        bool, typer.Option("--fold-quotes", help="One line in place of each quote.")
    ] = False,
    pager: PagerOption = True,
    json: JsonOption = False,
) -> None:
    """Show a message with the ordinals and numbers of its paragraphs.

    Example: searcharc show 'seed-1@example.org#p7'
    """
    from searcharc.index import Index
    from searcharc.paragraphs import named_paragraphs
    from searcharc.render import message_json, message_lines, wrapped

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
    console = console_for()
    with paged(console, pager):
        print_lines(wrapped(message_lines(message, paragraphs, fold_quotes=fold_quotes), console), console)


@app.command()
@reported
def inspect(
    file: Annotated[
        Path, typer.Argument(help="An .eml, mbox, Maildir, zip, tar or a folder of them.", readable=False)
    ],
    json: JsonOption = False,
) -> None:
    """Show how each message is read: charsets, zones, paragraphs, numbers, affiliation with evidence.

    Example: searcharc inspect letter.eml
    """
    from searcharc.archive import read_archive
    from searcharc.render import inspect_lines, message_json, wrapped

    problems: list[Problem] = []
    console = console_for()
    seen = 0
    for message in read_archive(file, on_problem=problems.append):
        if json:
            print(message_json(message))
            continue
        if seen:
            print("=" * min(console.width, 80))
        print_lines(wrapped(inspect_lines(message), console), console)
        seen += 1
    for problem in problems:
        print(f"searcharc: {problem_line(problem)}", file=sys.stderr)
    if problems:
        raise typer.Exit(SOME_UNREAD)


@app.command()
@reported
def fields(json: JsonOption = False) -> None:
    """The query language: every field, its aliases, an example.

    Example: searcharc fields
    """
    from searcharc.fields import FIELDS, SAVED
    from searcharc.query.help import OPERATORS
    from searcharc.render import json_text

    if json:
        print(
            json_text(
                {
                    "version": 1,
                    "fields": [
                        {
                            "name": f.name,
                            "aliases": list(f.aliases),
                            "kind": f.kind.value,
                            "help": f.help,
                            "example": f.example,
                        }
                        for f in (*FIELDS, SAVED)
                    ],
                }
            )
        )
        return
    for example, meaning in OPERATORS:
        print(f"{example:28} {meaning}")
    print()
    for field in (*FIELDS, SAVED):
        names = ", ".join(f"{n}:" for n in (field.name, *field.aliases))
        print(f"{names:34} {field.help}\n{'':34} {field.example}")
