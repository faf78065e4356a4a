"""What the shell may complete a query's word to: fields, lists, affiliations, senders, saved queries.

A completion never fails and never prints: where the index cannot be opened there are fields alone.
"""

from __future__ import annotations

import os
from pathlib import Path

import typer

from searcharc.errors import SearcharcError
from searcharc.fields import BY_NAME, FIELDS, HAS_VALUES, IS_VALUES, SAVED

MOST_VALUES = 50
"""Values that are offered behind a field."""

_FACET_OF = {"list": "list", "affiliation": "affiliation", "affiliation~": "affiliation", "from": "sender",
             "domain": "domain", "year": "year", "para": "para"}  # fmt: skip


def complete_query(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """(word, help) pairs for the last word of a query as far as it is typed."""
    minus = "-" if incomplete.startswith("-") else ""
    name, colon, begun = incomplete.removeprefix("-").partition(":")
    if not colon:
        return [
            (f"{minus}{field.name}:", field.help)
            for field in (*FIELDS, SAVED)
            if field.name.startswith(name.lower())
        ]
    field = BY_NAME.get(name.lower())
    if field is None:
        return []
    try:
        values = _values(ctx, field.name)
    except (SearcharcError, OSError):
        return []
    wanted = begun.lstrip('"').casefold()
    return [
        (f"{minus}{name}:{_quoted(value)}", help)
        for value, help in values
        if value.casefold().startswith(wanted)
    ][:MOST_VALUES]


def _values(ctx: typer.Context, name: str) -> list[tuple[str, str]]:
    if name in ("has", "is"):
        return [(value, "") for value in (HAS_VALUES if name == "has" else IS_VALUES)]
    if name != SAVED.name and name not in _FACET_OF:
        return []
    from searcharc.index import Index

    with Index.open(ctx.params.get("index") or Path(os.environ.get("SEARCHARC_INDEX", "index"))) as index:
        if name == SAVED.name:
            return [(q.name, q.query) for q in index.saved().all()]
        return [
            (c.value, f"{c.label}, {c.count} messages") for c in index.facets("*", _FACET_OF[name]).counts
        ]


def _quoted(value: str) -> str:
    return f'"{value}"' if any(c.isspace() or c in "()" for c in value) else value
