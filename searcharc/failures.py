"""The note of a run that failed, in the index folder: when it began and why it ended.

A run that succeeds removes it. It is written as far as the folder lets it: where the disk is full
there may be none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from searcharc import files
from searcharc.errors import IndexUnusableError

FAILED_NAME = "failed.json"
"""The file's name in the index folder."""


@contextmanager
def failure_noted(folder: Path) -> Iterator[None]:
    """Notes the error that ends the block; forgets the last one where none does."""
    started = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        yield
    except IndexUnusableError as error:
        note = {"started": started, "error": error.message, "hint": error.hint}
        with suppress(OSError):
            files.write_file(folder / FAILED_NAME, [json.dumps(note).encode("ascii")])
        raise
    else:
        with suppress(OSError):
            if (folder / FAILED_NAME).exists():
                files.remove(folder / FAILED_NAME)


def last_failure(folder: Path) -> dict[str, str] | None:
    """started, error, hint of the last run, where it failed; None where it did not, or nothing was noted."""
    try:
        note = json.loads(files.read_file(folder / FAILED_NAME))
        return {name: str(note[name]) for name in ("started", "error", "hint")}
    except (OSError, ValueError, TypeError, KeyError):
        return None
