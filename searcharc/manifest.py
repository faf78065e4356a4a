"""manifest.json: what is in an index folder, and the moment of each commit.

The manifest names the engine's generation, every file with its size and SHA-256, the sources and
archives, and the versions of the rules by which it was built. It is written whole to another name,
synced and renamed: before that moment the old index stands, after it the new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from searcharc import files
from searcharc.access import refuse_foreign
from searcharc.affiliations import TableRow
from searcharc.analysis import ANALYSIS_VERSION, DEFAULT_LANGUAGES
from searcharc.errors import (
    REBUILD,
    IndexDamagedError,
    IndexMissingError,
    IndexVersionError,
    IndexWriteError,
    unreadable_index,
)
from searcharc.files import read_file, sync_folder, write_file
from searcharc.lock import LOCK_NAME
from searcharc.message.rules import RULE_VERSION

MANIFEST_NAME = "manifest.json"
FORMAT_VERSION = 2
"""Counts changes of what lies in an index folder."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of the index: name inside the folder, bytes, hexadecimal SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """What the user gave to `index`: an absolute path (as valid Unicode) and `--list`."""

    path: str
    list: str | None = None


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """An archive as it was when it was last read.

    source: path of its SourceEntry. fingerprint: of `readers.stat_archive`; "" where it could not
    be read to its end and is to be read again. ledger: name of its file of sightings.
    problems: records of what could not be read of it. device: the number of its file system, 0 where
    that is not known.
    """

    path: str
    format: str
    source: str
    fingerprint: str
    messages: int
    ledger: str
    problems: tuple[dict[str, Any], ...] = ()
    device: int = 0


@dataclass(frozen=True, slots=True)
class PurgedMessage:
    """A message that is to stay out of the index: what tells it again wherever it is met.

    key: as it was shown. group, content: as in `ledger.Sighting`. raws: digests of the bytes of its
    sightings, by which it is known even where the rules of reading have changed since.
    """

    key: str
    group: str
    content: str
    raws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PurgeEntry:
    """One purge. when: ISO 8601, UTC. by: the query or id it was asked with."""

    when: str
    by: str
    messages: tuple[PurgedMessage, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of an index folder. generation: None before the first commit.

    last_run: counts, problems, start (ISO 8601) and seconds of the run that wrote it.
    purged: what is kept out, the oldest first. table: the user's table of affiliations.
    """

    generation: int | None = None
    engine: str = "whoosh"
    format: int = FORMAT_VERSION
    analysis: int = ANALYSIS_VERSION
    rules: int = RULE_VERSION
    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    sources: tuple[SourceEntry, ...] = ()
    archives: tuple[ArchiveEntry, ...] = ()
    files: tuple[FileEntry, ...] = ()
    messages: int = 0
    paragraphs: int = 0
    last_run: dict[str, Any] = field(default_factory=dict)
    purged: tuple[PurgeEntry, ...] = ()
    table: tuple[TableRow, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of the index's files."""
        return sum(f.size for f in self.files)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an index folder.

    Raises:
        IndexMissingError: no index there. IndexVersionError: of another version.
        IndexForeignError: the folder is another user's, or open to all.
        IndexDamagedError: a manifest that cannot be read, or an index without one.
    """
    path = folder / MANIFEST_NAME
    refuse_foreign(folder)
    try:
        data = read_file(path)
    except (FileNotFoundError, NotADirectoryError):
        if (folder / LOCK_NAME).exists() and any(folder.glob("_*.toc")):
            raise IndexDamagedError(f"the manifest of the index in {folder} is lost", hint=REBUILD) from None
        if folder.is_dir() and any(folder.glob("_*.toc")):
            raise IndexDamagedError(
                f"the index in {folder} was not made by searcharc, or its manifest is lost",
                hint="never open a stranger's index; choose another folder with --index",
            ) from None
        raise IndexMissingError(
            f"there is no index in {folder}", hint="make one: searcharc index ARCHIVE"
        ) from None
    except OSError as error:
        raise unreadable_index(f"{path} cannot be read", error) from None
    try:
        raw = json.loads(data)
        version = raw["format"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise IndexDamagedError(f"{path} is damaged", hint=REBUILD) from None
    built = (version, raw.get("analysis"), raw.get("rules"))
    if built != (FORMAT_VERSION, ANALYSIS_VERSION, RULE_VERSION):
        raise IndexVersionError(
            f"the index in {folder} is of version {'.'.join(map(str, built))}, "
            f"this program reads {FORMAT_VERSION}.{ANALYSIS_VERSION}.{RULE_VERSION}",
            hint=REBUILD,
        )
    if not is_sealed(data):
        raise IndexDamagedError(f"{path} is not what was written", hint=REBUILD)
    del raw[_SUM]
    try:
        return Manifest(
            **{
                **raw,
                "languages": tuple(raw["languages"]),
                "sources": tuple(SourceEntry(**s) for s in raw["sources"]),
                "archives": tuple(
                    ArchiveEntry(**{**a, "problems": tuple(a.get("problems", ()))}) for a in raw["archives"]
                ),
                "files": tuple(FileEntry(**f) for f in raw["files"]),
                "purged": _purges(raw),
                "table": _table(raw),
            }
        )
    except (TypeError, KeyError):
        raise IndexDamagedError(f"{path} is damaged", hint=REBUILD) from None


def _purges(raw: dict[str, Any]) -> tuple[PurgeEntry, ...]:
    return tuple(
        PurgeEntry(
            entry["when"],
            entry["by"],
            tuple(PurgedMessage(**{**m, "raws": tuple(m["raws"])}) for m in entry["messages"]),
        )
        for entry in raw.get("purged", ())
    )


def _table(raw: dict[str, Any]) -> tuple[TableRow, ...]:
    return tuple(TableRow(**row) for row in raw.get("table", ()))


def inherited(folder: Path) -> Manifest:
    """What a rebuild takes over from an index of whatever version: its sources, purges and table.

    Where the manifest cannot be read, the purges alone, from their copy.
    """
    try:
        raw = json.loads(read_file(folder / MANIFEST_NAME))
        sources = tuple(SourceEntry(s["path"], s.get("list")) for s in raw["sources"])
        return Manifest(sources=sources, purged=_purges(raw), table=_table(raw))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return Manifest(purged=_copied_purges(folder))


PURGED_NAME = "purged.json"
"""A copy of the purges: what was removed for good must not come back because a manifest was lost."""


def copy_purges(folder: Path, manifest: Manifest) -> None:
    """Writes the copy of a manifest's purges, as far as the folder lets it; the next run tries again."""
    path = folder / PURGED_NAME
    record = {"purged": [asdict(entry) for entry in manifest.purged]}
    text = json.dumps(record, ensure_ascii=True, indent=1).encode("ascii")
    with contextlib.suppress(OSError):
        stands = read_file(path) if path.exists() else None
        if stands != text and (manifest.purged or stands is not None):
            write_file(path, [text])


def _copied_purges(folder: Path) -> tuple[PurgeEntry, ...]:
    try:
        return _purges(json.loads(read_file(folder / PURGED_NAME)))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ()


_SUM = "checksum"
_SEAL = re.compile(rb'\A\{\n "checksum": "([0-9a-f]{64})",\n')


def sealed(record: dict[str, Any]) -> bytes:
    """The text of a manifest; its first entry is the SHA-256 of all bytes behind its line."""
    rest = json.dumps(record, ensure_ascii=True, indent=1).encode("ascii").removeprefix(b"{\n")
    return b'{\n "checksum": "%s",\n' % hashlib.sha256(rest).hexdigest().encode("ascii") + rest


def is_sealed(data: bytes) -> bool:
    """Whether a manifest is, byte for byte, what was written."""
    seal = _SEAL.match(data)
    return seal is not None and hashlib.sha256(data[seal.end() :]).hexdigest().encode("ascii") == seal[1]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Commits: from here on the folder is what the manifest says.

    Raises:
        IndexWriteError: no space, no permission; the old manifest stands.
    """
    try:
        sync_folder(folder)  # so that no power cut leaves a manifest whose files have no names
        write_file(folder / MANIFEST_NAME, [sealed(asdict(manifest))])
    except OSError as error:
        raise IndexWriteError(
            f"the index in {folder} cannot be written: {error.strerror}",
            hint="free some space or check the folder's permissions; the old index is untouched",
        ) from error
    try:
        sync_folder(folder)
    except OSError as error:
        raise IndexWriteError(
            f"the folder {folder} cannot be synced: {error.strerror}",
            hint="the new index is in place, but a power cut could still undo it",
        ) from error


def file_entry(path: Path) -> FileEntry:
    """A file's name, size and SHA-256."""
    digest = hashlib.sha256()
    with os.fdopen(files.open_file(path), "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
        return FileEntry(path.name, file.tell(), digest.hexdigest())


def verify_files(folder: Path, manifest: Manifest, *, content: bool) -> None:
    """Compares the folder with its manifest: presence and sizes, and with `content` every byte.

    Tables of contents and lists of segments, which are small, are always compared byte for byte.

    Raises:
        IndexDamagedError: names the first file that differs.
    """
    for entry in manifest.files:
        path = folder / entry.name
        if path.name != entry.name:
            raise IndexDamagedError(f"the manifest of {folder} names {entry.name!r}", hint=REBUILD)
        try:
            same = path.lstat().st_size == entry.size
            if same and (content or entry.name.endswith((".toc", ".json"))):
                same = file_entry(path) == entry
        except OSError as error:
            raise unreadable_index(f"the index in {folder} is damaged: {entry.name}", error) from None
        if not same:
            raise IndexDamagedError(
                f"the index in {folder} is damaged: {entry.name} is not what was written", hint=REBUILD
            )
