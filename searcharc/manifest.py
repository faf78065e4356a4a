"""manifest.json: what is in an index folder, and the moment of each commit.

The manifest names the engine's generation, every file with its size and SHA-256, the sources and
archives, and the versions of the rules by which it was built. It is written whole to another name,
synced and renamed: before that moment the old index stands, after it the new one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from searcharc.analysis import ANALYSIS_VERSION, DEFAULT_LANGUAGES
from searcharc.errors import IndexDamagedError, IndexMissingError, IndexVersionError, IndexWriteError
from searcharc.files import sync_folder, write_file
from searcharc.message.rules import RULE_VERSION

MANIFEST_NAME = "manifest.json"
FORMAT_VERSION = 1
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
    """

    path: str
    format: str
    source: str
    fingerprint: str
    messages: int
    ledger: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The state of an index folder. generation: None before the first commit.

    last_run: counts, problems, start (ISO 8601) and seconds of the run that wrote it.
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

    @property
    def size(self) -> int:
        """Bytes of the index's files."""
        return sum(f.size for f in self.files)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an index folder.

    Raises:
        IndexMissingError: no index there. IndexVersionError: of another version.
        IndexDamagedError: a manifest that cannot be read, or an index without one.
    """
    path = folder / MANIFEST_NAME
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        if folder.is_dir() and any(folder.glob("_*.toc")):
            raise IndexDamagedError(
                f"the index in {folder} was not made by searcharc, or its manifest is lost",
                hint="never open a stranger's index; choose another folder with --index",
            ) from None
        raise IndexMissingError(
            f"there is no index in {folder}", hint="make one: searcharc index ARCHIVE"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise IndexDamagedError(f"{path} cannot be read: {reason}", hint=_REBUILD) from None
    try:
        raw = json.loads(text)
        version = raw["format"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise IndexDamagedError(f"{path} is damaged", hint=_REBUILD) from None
    built = (version, raw.get("analysis"), raw.get("rules"))
    if built != (FORMAT_VERSION, ANALYSIS_VERSION, RULE_VERSION):
        raise IndexVersionError(
            f"the index in {folder} is of version {'.'.join(map(str, built))}, "
            f"this program reads {FORMAT_VERSION}.{ANALYSIS_VERSION}.{RULE_VERSION}",
            hint=_REBUILD,
        )
    try:
        return Manifest(
            **{
                **raw,
                "languages": tuple(raw["languages"]),
                "sources": tuple(SourceEntry(**s) for s in raw["sources"]),
                "archives": tuple(ArchiveEntry(**a) for a in raw["archives"]),
                "files": tuple(FileEntry(**f) for f in raw["files"]),
            }
        )
    except (TypeError, KeyError):
        raise IndexDamagedError(f"{path} is damaged", hint=_REBUILD) from None


_REBUILD = "build it again: searcharc index --rebuild SOURCE..."


def known_sources(folder: Path) -> tuple[SourceEntry, ...]:
    """The sources of an index of whatever version, for a rebuild; () where they cannot be read."""
    try:
        raw = json.loads((folder / MANIFEST_NAME).read_text("utf-8"))
        return tuple(SourceEntry(s["path"], s.get("list")) for s in raw["sources"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Commits: from here on the folder is what the manifest says.

    Raises:
        IndexWriteError: no space, no permission; the old manifest stands.
    """
    text = json.dumps(asdict(manifest), ensure_ascii=True, indent=1)
    try:
        write_file(folder / MANIFEST_NAME, [text.encode("ascii")])
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
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return FileEntry(path.name, path.stat().st_size, digest.hexdigest())


def verify_files(folder: Path, manifest: Manifest, *, content: bool) -> None:
    """Compares the folder with its manifest: presence and sizes, and with `content` every byte.

    Tables of contents, which are small, are always compared byte for byte.

    Raises:
        IndexDamagedError: names the first file that differs.
    """
    for entry in manifest.files:
        path = folder / entry.name
        if path.name != entry.name:
            raise IndexDamagedError(f"the manifest of {folder} names {entry.name!r}", hint=_REBUILD)
        try:
            same = path.lstat().st_size == entry.size
            if same and (content or entry.name.endswith(".toc")):
                same = file_entry(path) == entry
        except OSError as error:
            raise IndexDamagedError(
                f"the index in {folder} is damaged: {entry.name}: {error.strerror}", hint=_REBUILD
            ) from None
        if not same:
            raise IndexDamagedError(
                f"the index in {folder} is damaged: {entry.name} is not what was written", hint=_REBUILD
            )
