"""What a run of the indexer is told, what it tells while it goes, and what it counts."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from searcharc.affiliations import TableRow
from searcharc.manifest import SourceEntry
from searcharc.models import ArchiveCount, Problem
from searcharc.readers import DEFAULT_MAX_MESSAGE, Archive, FileState, escape_path, unescape_path


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

    size: bytes on disk. whole: the last run read it to its end. device: the number of its file system.
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
