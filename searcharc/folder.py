"""An index folder on disk: the manifest, the engine's files and the ledgers, as one thing.

Opens a consistent state for readers; for the writer, creates the folder, starts generations and
sweeps what no manifest names.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from searcharc import files
from searcharc.access import refuse_foreign
from searcharc.engines.whoosh.engine import WhooshEngine, create
from searcharc.engines.whoosh.generation import is_engine_file
from searcharc.errors import (
    IndexDamagedError,
    IndexMissingError,
    IndexUnusableError,
    IndexWriteError,
    UsageError,
)
from searcharc.lock import LOCK_NAME, WriteLock
from searcharc.manifest import (
    MANIFEST_NAME,
    PURGED_NAME,
    Manifest,
    file_entry,
    read_manifest,
    verify_files,
    write_manifest,
)

LEDGER_PREFIX = "ledger-"
_HALF_WRITTEN = tuple(f"{name}{files.NEW}" for name in (MANIFEST_NAME, PURGED_NAME, "failed.json"))
_BESIDE = frozenset(
    (MANIFEST_NAME, PURGED_NAME, LOCK_NAME, "failed.json", "saved.json", "saved.lock")
)  # what no generation names
_TRIES = 1000  # so many commits in a row may overtake a reader

T = TypeVar("T")


def open_state(folder: Path) -> tuple[Manifest, WhooshEngine]:
    """The committed state of an index, open for reading.

    Raises:
        IndexMissingError, IndexVersionError, IndexDamagedError, IndexForeignError.
    """

    def opened(manifest: Manifest) -> tuple[Manifest, WhooshEngine]:
        if manifest.generation is None:
            raise IndexMissingError(
                f"the index in {folder} is empty: its first run did not end",
                hint="run it again: searcharc index ARCHIVE",
            )
        verify_files(folder, manifest, content=False)
        return manifest, WhooshEngine(folder, manifest.generation)

    return _of_newest(folder, opened)


def check_state(folder: Path) -> Manifest:
    """Compares every byte of the newest commit with what was written, and gives its manifest.

    Raises:
        IndexDamagedError: names the first file that differs. Else as `open_state`.
    """

    def compared(manifest: Manifest) -> Manifest:
        verify_files(folder, manifest, content=True)
        return manifest

    return _of_newest(folder, compared)


def _of_newest(folder: Path, use: Callable[[Manifest], T]) -> T:
    """What `use` makes of the newest manifest.

    Files that are not there any more are damage only if the manifest that names them still stands: else a
    commit came between, and swept them.
    """
    manifest = read_manifest(folder)
    for _ in range(_TRIES):
        try:
            return use(manifest)
        except IndexDamagedError:
            newest = read_manifest(folder)
            if newest == manifest:
                raise
            manifest = newest
    return use(manifest)


def prepare(folder: Path) -> Manifest:
    """The manifest to go on from; makes the folder where there is none.

    Raises:
        UsageError: the path is no folder. IndexWriteError: it cannot be made.
        IndexDamagedError, IndexVersionError: an index is there that cannot be added to.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file, not an index folder", hint="choose a folder with --index")
        files.make_folder(folder)
    except OSError as error:
        raise IndexWriteError(
            f"the folder {folder} cannot be made: {error.strerror}", hint="choose another with --index"
        ) from None
    return read_or_new(folder)


def read_or_new(folder: Path) -> Manifest:
    """The manifest of a folder, one of nothing where there is none yet.

    Raises:
        IndexDamagedError, IndexVersionError, IndexForeignError: an index is there that cannot be used.
    """
    refuse_foreign(folder)
    try:
        return read_manifest(folder)
    except IndexMissingError:
        return Manifest()


def begin(folder: Path, manifest: Manifest, *, rebuild: bool = False) -> int:
    """The generation to write on top of; sweeps first, and starts an engine where there is none.

    rebuild: an empty generation beside the old one, which stands until the new manifest does.
    """
    if rebuild and (folder / MANIFEST_NAME).exists():
        with contextlib.suppress(IndexUnusableError):  # of what cannot be read nothing is swept
            sweep(folder, read_manifest(folder))
        return _start(folder)
    if manifest.generation is not None:
        sweep(folder, manifest)
        return manifest.generation
    # The manifest comes first, so that a run killed here leaves a folder that is known as ours.
    write_manifest(folder, manifest)
    sweep(folder, manifest)
    return _start(folder)


def _start(folder: Path) -> int:
    try:
        return create(folder)
    except OSError as error:
        raise IndexWriteError(
            f"the index in {folder} cannot be written: {error.strerror}",
            hint="free some space or check the folder's permissions",
        ) from error


def sweep(folder: Path, manifest: Manifest) -> None:
    """Removes what earlier generations and killed runs left: only files of our own naming.

    manifest: the one that stands in the folder. A file that cannot be removed waits for the next sweep.
    """
    kept = {f.name for f in manifest.files} | {MANIFEST_NAME}
    left = [p for p in folder.iterdir() if _is_ours(p.name) and p.name not in kept]
    if not left:
        return
    try:
        files.sync_folder(folder)  # else a power cut could bring back an older manifest that names them
    except OSError:
        return
    for path in left:
        with contextlib.suppress(OSError):
            files.remove(path)


def is_index_file(path: Path) -> bool:
    """Whether a file is one of an index folder, this or another: a walk through a tree of mail meets them."""
    ours = _is_ours(path.name) or path.name in _BESIDE
    return ours and os.path.lexists(path.with_name(LOCK_NAME))


def _is_ours(name: str) -> bool:
    return is_engine_file(name) or name.startswith(LEDGER_PREFIX) or name in _HALF_WRITTEN


def give_up(folder: Path) -> None:
    """Removes what a run that failed has written, so that a full disk has room again."""
    with contextlib.suppress(IndexUnusableError, OSError):
        sweep(folder, read_manifest(folder))


def create_empty(folder: Path) -> None:
    """An index with nothing in it, where there is none yet.

    Raises:
        UsageError, IndexUnusableError: as `prepare` and the lock say.
    """
    if prepare(folder).generation is not None:
        return
    with WriteLock(folder):
        manifest = read_or_new(folder)  # another process may have made it since
        if manifest.generation is not None:
            return
        generation = begin(folder, manifest)
        names = sorted(p for p in folder.iterdir() if is_engine_file(p.name) and p.is_file())
        entries = tuple(file_entry(p) for p in names)
        write_manifest(folder, replace(manifest, generation=generation, files=entries))
