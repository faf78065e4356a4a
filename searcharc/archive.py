"""Archives without an index: the messages of a file or tree, read and parsed, one at a time."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from searcharc.access import refuse_missing
from searcharc.message.parse import parse_raw
from searcharc.models import Message, Problem
from searcharc.readers import DEFAULT_MAX_MESSAGE, find_archives, read_messages


def read_archive(
    path: str | Path,
    *,
    list_name: str | None = None,
    max_message: int = DEFAULT_MAX_MESSAGE,
    on_problem: Callable[[Problem], None] | None = None,
) -> Iterator[Message]:
    """The messages of an mbox, a Maildir, an `.eml` file or a folder of them, in their order.

    list_name: the mailing list, where List-Id and the archive's name do not tell it.
    on_problem: told what could not be read; without it, problems are Python warnings.

    Raises:
        UsageError: nothing is there.
    """
    source = Path(path)
    refuse_missing(source)
    for archive in find_archives(source):
        if isinstance(archive, Problem):
            _tell(archive, on_problem)
            continue
        for found in read_messages(archive, max_message=max_message):
            if isinstance(found, Problem):
                _tell(found, on_problem)
            else:
                yield parse_raw(found, list_name=list_name)


def _tell(problem: Problem, on_problem: Callable[[Problem], None] | None) -> None:
    if on_problem is not None:
        on_problem(problem)
    else:
        warnings.warn(f"{problem.archive}: {problem.reason}", stacklevel=3)
