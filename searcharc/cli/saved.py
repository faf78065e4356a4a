"""Saved queries: saved add, list, run, check, rm."""

from __future__ import annotations

import sys
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
from searcharc.cli.searching import Format, SortOrder, queried, query_text, search
from searcharc.cli.views import put_text

saved_app = typer.Typer(
    help="Queries with a name; in a query, saved:NAME stands for one.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(saved_app, name="saved")

NameArgument = Annotated[str, typer.Argument(help="The query's name.")]


@saved_app.command()
@reported
def add(
    name: NameArgument,
    query: Annotated[list[str], typer.Argument(help="As for search.", autocompletion=complete_query)],
    index: IndexOption = HERE,
    replace: Annotated[bool, typer.Option("--replace", help="In place of the query of this name.")] = False,
) -> None:
    """Save a query under a name; what it finds now is not new at the first check.

    Example: searcharc saved add cooperation '"enhanced cooperation" affil:ministry'
    """
    from searcharc.index import Index

    text = query_text(query, {})
    with queried(text), Index.open(index) as opened:
        keys = opened.keys(text)
        queries = opened.saved()
        queries.add(name, text, replaces=replace)
        queries.mark_seen(name, keys)
    print(f"saved {safe(name)}: {len(keys):,} messages now", file=sys.stderr)


@saved_app.command("list")
@reported
def list_saved(index: IndexOption = HERE, json: JsonOption = False) -> None:
    """Show the saved queries.

    Example: searcharc saved list
    """
    from searcharc.index import Index
    from searcharc.render import json_text

    with Index.open(index) as opened:
        queries = opened.saved().all()
    if json:
        rows = [{"name": q.name, "query": q.query, "added": q.added, "checked": q.checked} for q in queries]
        print(json_text({"version": 1, "saved": rows}))
        return
    for query in queries:
        print(safe(f"{query.name}: {query.query}"))


@saved_app.command()
@reported
def run(
    name: NameArgument,
    index: IndexOption = HERE,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=0, help="As for search.")] = None,
    sort: Annotated[SortOrder, typer.Option("--sort", "-s", help="As for search.")] = SortOrder.RELEVANCE,
    form: Annotated[Format | None, typer.Option("--format", "-f", help="As for search.")] = None,
    json: JsonOption = False,
) -> None:
    """Search by a saved query.

    Example: searcharc saved run cooperation --sort -date
    """
    from searcharc.index import Index

    with Index.open(index) as opened:
        opened.saved().get(name)
    search([f"saved:{name}"], index=index, limit=limit, sort=sort, form=form, json=json)


@saved_app.command()
@reported
def check(
    name: Annotated[list[str] | None, typer.Argument(help="Names; all saved queries by default.")] = None,
    index: IndexOption = HERE,
    atom: Annotated[
        Path | None, typer.Option("--atom", help="Write an Atom feed of the new ones; - is stdout.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="text, ndjson, csv or ids.")] = Format.TEXT,
    keep: Annotated[bool, typer.Option("--keep", help="Do not remember what was seen.")] = False,
) -> None:
    """Show what saved queries find that they did not at the last check; exit 1 when that is nothing.

    Example: searcharc saved check cooperation --atom new.xml
    """
    from searcharc.index import Index
    from searcharc.models import Hit
    from searcharc.render import atom_text, csv_lines, result_lines

    console = console_for()
    with Index.open(index) as opened:
        queries = opened.saved()
        chosen = [queries.get(n) for n in name] if name else list(queries.all())
        new: dict[str, Hit] = {}
        for query in chosen:
            with queried(f"saved:{query.name}"):
                result, keys = opened.unseen(f"saved:{query.name}", query.seen or frozenset())
            new.update({h.key: h for h in result.hits})
            if form is Format.CSV:
                for line in csv_lines(result.hits):
                    sys.stdout.write(line + "\r\n")
            elif result.hits and not (atom is not None and str(atom) == "-"):
                print_lines(result_lines(result, form.value, console), console)
            if not keep:
                queries.mark_seen(query.name, keys)
        if atom is not None:
            names = ", ".join(q.name for q in chosen)
            put_text(atom, atom_text(names, "; ".join(q.query for q in chosen), new.values()))
    if not new:
        raise typer.Exit(NO_HITS)


@saved_app.command()
@reported
def rm(name: NameArgument, index: IndexOption = HERE) -> None:
    """Forget a saved query.

    Example: searcharc saved rm cooperation
    """
    from searcharc.index import Index

    with Index.open(index) as opened:
        opened.saved().remove(name)
