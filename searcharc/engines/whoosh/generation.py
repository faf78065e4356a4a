"""A generation: the list of segments that one commit left, and which of their messages are deleted.

`MAIN_<n>.json` is what searcharc reads. Beside it lies Whoosh's own table of contents for the same
segments (`compat`), so that `whoosh.index.open_dir` opens the folder; searcharc never reads that, for
it holds pickles.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searcharc.engines.whoosh.segment import Segment
from searcharc.errors import REBUILD, IndexDamagedError, unreadable_index
from searcharc.files import read_file, write_file

INDEX_NAME = "MAIN"
"""What whoosh.index.open_dir looks for."""

SUFFIX = ".arrays"

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment of a generation. deleted: indexes of messages, ascending."""

    name: str
    documents: int
    messages: int
    deleted: tuple[int, ...] = ()

    @property
    def file_name(self) -> str:
        """The file's name in the index folder."""
        return f"{self.name}{SUFFIX}"

    @property
    def live(self) -> Bools:
        """For each message whether it is still in the index."""
        mask = np.ones(self.messages, np.bool_)
        mask[list(self.deleted)] = False
        return mask


def list_name(generation: int) -> str:
    """The name of a generation's list of segments."""
    return f"{INDEX_NAME}_{generation}.json"


def settled_name(generation: int) -> str:
    """The name of a generation's settled zones (`whoosh.settled`)."""
    return f"{INDEX_NAME}_{generation}.settled"


def segment_name(generation: int, number: str) -> str:
    """The name of a segment that is written for a generation."""
    return f"{INDEX_NAME}_g{generation}s{number}"


def write_list(folder: Path, generation: int, entries: tuple[SegmentEntry, ...]) -> None:
    """Writes a generation's list of segments.

    Raises:
        OSError: as the system says.
    """
    rows = [[e.name, e.documents, e.messages, list(e.deleted)] for e in entries]
    write_file(folder / list_name(generation), [json.dumps(rows).encode("ascii")])


def read_list(folder: Path, generation: int) -> tuple[SegmentEntry, ...]:
    """A generation's list of segments.

    Raises:
        IndexDamagedError: it is missing or not what was written.
    """
    path = folder / list_name(generation)
    try:
        rows: list[list[Any]] = json.loads(read_file(path))
        return tuple(
            SegmentEntry(name, documents, messages, tuple(d)) for name, documents, messages, d in rows
        )
    except OSError as error:
        raise unreadable_index(f"the index is damaged: {path}", error) from None
    except (ValueError, TypeError) as error:
        raise IndexDamagedError(
            f"the index is damaged: {path}: {error}",
            hint=REBUILD,
        ) from None


def open_segments(folder: Path, entries: tuple[SegmentEntry, ...]) -> list[Segment]:
    """The segments of a list, open.

    Raises:
        IndexDamagedError: a file is missing, cut, or of another size than the list says.
    """
    segments = []
    for entry in entries:
        try:
            segment = Segment(folder / entry.file_name)
        except OSError as error:
            raise unreadable_index(f"the index is damaged: {folder / entry.file_name}", error) from None
        told = entry.documents, entry.messages
        # An owner past the last message would make arrays as large as its number.
        strays = segment.owners.max(initial=0) >= max(1, entry.messages)
        if strays or (segment.document_count, segment.message_count) != told:
            raise IndexDamagedError(
                f"the index is damaged: {folder / entry.file_name} does not fit its list",
                hint=REBUILD,
            )
        segments.append(segment)
    return segments


def latest_generation(folder: Path) -> int:
    """The highest number of a list in the folder, -1 where there is none."""
    numbers = [p.stem.removeprefix(f"{INDEX_NAME}_") for p in folder.glob(f"{INDEX_NAME}_*.json")]
    return max((int(n) for n in numbers if n.isdecimal()), default=-1)


def is_engine_file(name: str) -> bool:
    """Whether a file of the index folder is the engine's: a list, a segment, a table of contents."""
    return name.startswith((f"_{INDEX_NAME}_", f"{INDEX_NAME}_"))
