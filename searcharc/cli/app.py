"""What all commands share: the program, its options, how errors and results reach the user.

Results go to stdout, all else to stderr. Exit codes: 0 done (for search and count: hits), 1 no hits,
2 bad usage or query, 3 the index cannot be used, 4 done, but some input could not be read.
"""

from __future__ import annotations

import functools
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from searcharc import __version__
from searcharc.errors import REBUILD, QueryError, SearcharcError

if TYPE_CHECKING:
    from rich.console import Console

    from searcharc.models import Problem

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


IndexOption = Annotated[
    Path,
    typer.Option(
        "--index", help="The index folder.", envvar="SEARCHARC_INDEX", show_envvar=True, readable=False
    ),  # readable: what typer would say of a folder that is not has no remedy and another exit code
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
HERE = Path("index")


def reported(command: Callable[..., None]) -> Callable[..., None]:
    """Turns errors into a sentence on stderr (or JSON on stdout) and an exit code."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        _state["json"] = bool(kwargs.get("json")) or kwargs.get("form") in ("json", "ndjson")
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except SearcharcError as error:
            if error.hint == REBUILD and "index" in kwargs:
                error.hint = _mending(kwargs["index"])
            tell(error)
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
                f"searcharc: unexpected fault: {safe(f'{type(error).__name__}: {error}')}\n"
                "  please report it with what `searcharc --debug ...` prints",
                file=sys.stderr,
            )
            raise typer.Exit(FAULT) from None

    return run


def _mending(index: Path) -> str:
    """The command that builds an index anew, ready to be pasted."""
    from searcharc.manifest import inherited

    sources = "" if inherited(index).sources else " SOURCE..."
    return f"build it again: searcharc index --rebuild --index {shlex.quote(str(index))}{sources}"


def tell(error: SearcharcError) -> None:
    """Prints an error: a sentence, its place in the query, the remedy; with --json an object on stdout."""
    if _state["json"]:
        print_json_error(error)
    print(f"searcharc: {safe(error.message)}", file=sys.stderr)
    if isinstance(error, QueryError) and error.position is not None and error.query:
        shown = safe(error.query)
        if len(shown) == len(error.query) and len(shown) <= 200:
            from rich.cells import cell_len

            print(f"  {shown}\n  {' ' * cell_len(shown[: error.position])}^", file=sys.stderr)
    if error.hint:
        print(f"  {safe(error.hint)}", file=sys.stderr)


def print_json_error(error: SearcharcError) -> None:
    """Prints an error as an object on stdout."""
    from searcharc.records import error_record
    from searcharc.render import json_text

    print(json_text(error_record(error)))


def safe(text: str) -> str:
    from searcharc.render import visible

    return visible(text)


def console_for(*, stderr: bool = False) -> Console:
    """A console that wraps nothing by itself, reads no markup, and finds no links or emoji in mail."""
    from rich.console import Console

    class Quiet(Console):
        """Leaves a reader that has seen enough to `reported`; rich's own way out is exit code 1."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Quiet(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=False)


def _version(value: bool) -> None:
    if value:
        print(f"searcharc {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the traceback of an unexpected fault.")
    ] = False,
) -> None:
    """Search a mailing-list archive by what was said, who said it, for whom, and in which paragraph."""
    _state["debug"] = debug


def print_lines(lines: Iterator[Any], console: Console) -> None:
    """Prints lines as they are, wrapping nothing."""
    for line in lines:
        if isinstance(line, str):
            sys.stdout.write(line + "\n")
        else:
            console.print(line, overflow="ignore", crop=False, soft_wrap=True)


def problem_line(problem: Problem) -> str:
    """An input that could not be read, as a sentence."""
    where = "" if problem.offset is None else f" at byte {problem.offset}"
    return safe(f"{problem.archive}{where}: {problem.reason}")
