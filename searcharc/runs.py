"""What a run of the indexer is told, what it tells while it goes, and what it counts."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from searcharc.affiliations import TableRow
from searcharc.folder import is_index_file
from searcharc.manifest import SourceEntry
from searcharc.models import ArchiveCount, Problem
from searcharc.readers import (
    DEFAULT_MAX_MESSAGE,
    Archive,
    FileState,
    escape_path,
    find_archives,
    unescape_path,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. archives: done and in all; messages: seen; name: the archive at hand.

    bytes_done, bytes_total: of single files as they lie on disk; for a rate and the time left.
    """

    archives_done: int
    archives_total: int
    messages: int
    name: str
    bytes_done: int
    bytes_total: int


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a run may be told.

    list_name: for the sources given now. max_message: bytes. jobs: processes that read; None for as
    many as there are processors. What is found never depends on it.
    verify: read every archive whole, however it looks. if_changed: where no archive changed, leave the
    index as it is, without a note of the run. affiliations: the user's table from now on; () for none, None
    for the one that the index knows.
    """

    list_name: str | None = None
    rebuild: bool = False
    max_message: int = DEFAULT_MAX_MESSAGE
    wait: float = 0.0
    jobs: int | None = None
    verify: bool = False
    if_changed: bool = False
    affiliations: tuple[TableRow, ...] | None = None


@dataclass(slots=True)
class Found:
    """An archive of this run and the source in which it was found.

    size: bytes on disk. whole: all that it held is known from the last run. device: the number of its file system.
    files: of a mail folder, identity -> what the disk says of the file of each message.
    """

    archive: Archive
    source: SourceEntry
    fingerprint: str
    size: int
    whole: bool
    device: int
    files: dict[str, FileState]


@dataclass(slots=True)
class Counts:
    """Counts of a run, and what was said of each archive."""

    seen: int = 0
    indexed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    removed: int = 0
    failed: int = 0
    archives: list[ArchiveCount] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def count_unchanged(self, path: str, form: str, messages: int) -> None:
        """An archive that was not read, with the messages it holds."""
        self.seen += messages
        self.unchanged += messages
        self.archives.append(ArchiveCount(path, form, messages))


def place_of(name: str) -> Path:
    """The path that a name in the manifest stands for."""
    return Path(os.fsdecode(unescape_path(name)))


def device_of(path: Path) -> int:
    """The number of the file system on which a path lies, 0 where it cannot be told."""
    try:
        return path.stat().st_dev
    except OSError:
        return 0


def unmounted_above(name: str, device: int) -> str | None:
    """The folder in which a disk is not mounted that held an archive, None where that is not the reason.

    name: of an archive that is not there. device: where it lay; 0 tells nothing.
    """
    for folder in place_of(name).parents:
        now = device_of(folder)
        if now:
            return escape_path(folder) if device not in (0, now) else None
    return None


class Reached(NamedTuple):
    """What a walk through a source met.

    problems: what is no mail or could not be read. kept: known archives that are out of reach now, so that
    their messages stay. gone: known archives that are not there any more.
    """

    archives: list[Archive]
    problems: list[Problem]
    kept: list[str]
    gone: list[str]


def reach(name: str, known: Mapping[str, int]) -> Reached:
    """Walks a source. name: as in the manifest. known: its archives of the last run, each with its device."""
    place = place_of(name)
    items = [i for i in find_archives(place) if not is_index_file(place_of(_name(i)))]
    archives = [i for i in items if isinstance(i, Archive)]
    problems = [i for i in items if isinstance(i, Problem)]
    names = {a.name for a in archives}
    away = [path for path in known if path not in names]
    if known and not archives and not os.path.isfile(place):  # noqa: PTH113 - Path's raises where it may not look
        # An unmounted disk looks like this; dropping years of mail on that ground would be wrong.
        return Reached([], _out_of_reach(name, problems), away, [])
    # What cannot be read now, or lies on another disk, is not gone.
    disks = {disk for path in away if (disk := unmounted_above(path, known[path]))}
    problems += [Problem(disk, NOT_THERE, unfinished=True) for disk in sorted(disks)]
    unread = [p.archive for p in problems if p.unfinished]
    kept = [path for path in away if any(path == q or path.startswith(f"{q}/") for q in unread)]
    return Reached(archives, problems, kept, [path for path in away if path not in set(kept)])


def innermost(name: str, sources: Collection[str]) -> str | None:
    """The source that an archive belongs to: of those that hold it the innermost, in whatever order they came."""
    around = (name, *map(str, PurePosixPath(name).parents))
    return next((path for path in around if path in sources), None)


NOT_THERE = "is not there; its messages stay in the index"


def is_missing(place: Path) -> bool:
    """Whether nothing is there; False where this user may not look."""
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _out_of_reach(name: str, problems: list[Problem]) -> list[Problem]:
    """Why a source shows none of its archives."""
    if is_missing(place_of(name)):
        return [Problem(name, NOT_THERE, unfinished=True)]
    if any(p.unfinished for p in problems):
        return problems
    return [*problems, Problem(name, "holds no mail now; its messages stay in the index", unfinished=True)]


def _name(item: Archive | Problem) -> str:
    return item.name if isinstance(item, Archive) else item.archive
