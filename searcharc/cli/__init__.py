"""The command line: each command is one call on Index, and what it prints.

Results go to stdout, all else to stderr. Exit codes: 0 done (for search and count: hits), 1 no hits,
2 bad usage or query, 3 the index cannot be used, 4 done, but some input could not be read.
"""

from __future__ import annotations

import sys

import typer

from searcharc.cli import indexing, saved, searching, upkeep, views
from searcharc.cli.app import BAD_USAGE, app, print_json_error
from searcharc.errors import UsageError

__all__ = ["app", "indexing", "main", "saved", "searching", "upkeep", "views"]


def main() -> None:
    """The entry point of the `searcharc` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # mail is Unicode whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = app(standalone_mode=False)
    except typer.Abort:
        code = 130
    except Exception as error:
        # typer brings its own click, whose errors have no common place to import them from.
        shown = getattr(error, "show", None)
        if shown is None:
            raise
        shown()
        code = getattr(error, "exit_code", BAD_USAGE)
        if "--json" in sys.argv[1:]:
            print_json_error(UsageError(getattr(error, "message", str(error))))
    sys.exit(code if isinstance(code, int) else 0)
