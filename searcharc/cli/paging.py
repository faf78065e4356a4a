"""Long answers through a pager, on a terminal only."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

PagerOption = Annotated[
    bool, typer.Option("--pager/--no-pager", help="Long answers through PAGER, on a terminal.")
]


def paged(console: Console, wanted: bool) -> AbstractContextManager[object]:
    """What the console prints inside goes through PAGER (less by default); in a pipe it does not."""
    if not wanted or not console.is_terminal or not _command():
        return nullcontext()
    return _through_pager(console)


def _command() -> list[str]:
    """The pager and its arguments; none where PAGER is empty or `cat`."""
    try:
        words = shlex.split(os.environ.get("PAGER", "less"))
    except ValueError:
        return []
    return [] if words == ["cat"] else words


@contextmanager
def _through_pager(console: Console) -> Iterator[None]:
    with console.capture() as capture:
        yield
    text = capture.get()
    # less: leave at once where all fits on the screen, keep colours, do not clear it.
    surroundings = {**os.environ, "LESS": os.environ.get("LESS", "FRX"), "LV": "-c"}
    try:
        pager = subprocess.Popen(_command(), stdin=subprocess.PIPE, env=surroundings)
    except OSError:  # no such pager
        console.file.write(text)
        return
    try:
        pager.communicate(text.encode("utf-8", "backslashreplace"))
    except BrokenPipeError:  # the reader has seen enough
        pass
    except KeyboardInterrupt:
        pager.wait()
