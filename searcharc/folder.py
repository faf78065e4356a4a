"""An index folder on disk: the manifest, the engine's files and the ledgers, as one thing.

Opens a consistent state for readers; for the writer, creates the folder, starts generations and
sweeps what no manifest names.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

from searcharc.engines.whoosh.engine import WhooshEngine, create
from searcharc.engines.whoosh.generation import is_engine_file
from searcharc.errors import IndexDamagedError, IndexMissingError, IndexWriteError, UsageError
from searcharc.lock import WriteLock
from searcharc.manifest import (
    MANIFEST_NAME,
    Manifest,
    file_entry,
    read_manifest,
    verify_files,
    write_manifest,
)

LEDGER_PREFIX = "ledger-"
_TRIES, _PAUSE = 3, 0.05  # a reader may meet the sweep of a commit


def open_state(folder: Path) -> tuple[Manifest, WhooshEngine]:
    """The committed state of an index, open for reading.

    Raises:
        IndexMissingError, IndexVersionError, IndexDamagedError.
    """
    for last in (*[False] * (_TRIES - 1), True):
        manifest = read_manifest(folder)
        if manifest.generation is None:
            raise IndexMissingError(
                f"the index in {folder} is empty: its first run did not end",
                hint="run it again: searcharc index ARCHIVE",
            )
        try:
            verify_files(folder, manifest, content=False)
            return manifest, WhooshEngine(folder, manifest.generation)
        except IndexDamagedError:
            if last:
                raise
            time.sleep(_PAUSE)
    raise AssertionError


def prepare(folder: Path) -> Manifest:
    """The manifest to go on from; makes the folder where there is none.

    Raises:
        UsageError: the path is no folder. IndexWriteError: it cannot be made.
        IndexDamagedError, IndexVersionError: an index is there that cannot be added to.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not an index folder", hint="choose a folder with --index")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise IndexWriteError(
            f"the folder {folder} cannot be made: {error.strerror}", hint="choose another with --index"
        ) from None
    try:
        return read_manifest(folder)
    except IndexMissingError:
        return Manifest()


def begin(folder: Path, manifest: Manifest, *, rebuild: bool = False) -> int:
    """The generation to write on top of; sweeps first, and starts an engine where there is none.

    rebuild: an empty generation beside the old one, which stands until the new manifest does.
    """
    if rebuild and (folder / MANIFEST_NAME).exists():
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
    """Removes what earlier generations and killed runs left: only files of our own naming."""
    kept = {f.name for f in manifest.files} | {MANIFEST_NAME}
    for path in folder.iterdir():
        ours = (
            is_engine_file(path.name)
            or path.name.startswith(LEDGER_PREFIX)
            or path.name == f"{MANIFEST_NAME}.new"
        )
        if not ours or path.name in kept:
            continue
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError:  # in use or not ours to delete: the next sweep tries again
            continue


def create_empty(folder: Path) -> None:
    """An index with nothing in it, where there is none yet.

    Raises:
        UsageError, IndexUnusableError: as `prepare` and the lock say.
    """
    manifest = prepare(folder)
    if manifest.generation is not None:
        return
    with WriteLock(folder):
        generation = begin(folder, manifest)
        files = tuple(
            file_entry(p) for p in sorted(folder.iterdir()) if is_engine_file(p.name) and p.is_file()
        )
        write_manifest(folder, replace(manifest, generation=generation, files=files))
