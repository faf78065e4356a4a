"""Opening and committing Whoosh's files so that nothing in them is run and nothing is half there.

Whoosh's table of contents holds two pickles, and unpickling a stranger's runs code. Here the
schema is the program's own (its pickle is not read), the list of segments is read by an
unpickler that knows five names, and the records of postings by one that knows none.

Whoosh syncs nothing and removes the files of the last commit as soon as it has written the next.
Here each file is synced before the table of contents is, and old files stay until the manifest
names the new ones (`manifest`): that is the moment at which a commit happens.
"""

from __future__ import annotations

import io
import os
import pickle
from pathlib import Path
from typing import Any

import whoosh.codec.whoosh3
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC, FileIndex
from whoosh.writing import SegmentWriter

from searcharc.engines.whoosh.schema import schema
from searcharc.errors import IndexDamagedError

INDEX_NAME = "MAIN"  # what whoosh.index.open_dir looks for
_ALLOWED = {
    ("whoosh.codec.whoosh3", "W3Segment"),
    ("whoosh.codec.whoosh3", "W3Codec"),
    ("collections", "defaultdict"),
    ("builtins", "int"),
    ("builtins", "set"),
}


def _latin1(text: str, charset: str) -> bytes:
    if charset != "latin1":
        raise IndexDamagedError(f"the index holds bytes in {charset!r}: it was not made by searcharc")
    return text.encode("latin1")


class _ListedUnpickler(pickle.Unpickler):  # allows data and the listed names, nothing else
    allowed: frozenset[tuple[str, str]] = frozenset(_ALLOWED)

    def find_class(self, module: str, name: str) -> Any:
        module = {"__builtin__": "builtins"}.get(module, module)  # how protocol 2 spells it
        if (module, name) == ("_codecs", "encode"):  # how protocol 2 spells bytes
            return _latin1
        if (module, name) == ("builtins", "bytes"):
            return bytes
        if (module, name) not in self.allowed:
            raise IndexDamagedError(f"the index asks for {module}.{name}: it was not made by searcharc")
        return super().find_class(module, name)


class _DataUnpickler(_ListedUnpickler):
    allowed = frozenset()


def _loads_data(data: bytes) -> Any:
    return _DataUnpickler(io.BytesIO(data)).load()


# Blocks of postings are tuples of numbers and bytes in every Whoosh index, so that no other user
# of Whoosh in this process loses anything by the stricter reader.
whoosh.codec.whoosh3.loads = _loads_data


class _File(StructFile):  # type: ignore[misc]  # Whoosh has no types
    def read_pickle(self) -> Any:
        return _ListedUnpickler(self.file).load()


class Storage(FileStorage):  # type: ignore[misc]
    """Files of one index folder."""

    def open_file(self, name: str, **kwargs: Any) -> StructFile:
        """Opens a file of the index for reading; links are not followed."""
        descriptor = os.open(self._fpath(name), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        return _File(os.fdopen(descriptor, "rb"), name=name, **kwargs)


class Generation(FileIndex):  # type: ignore[misc]
    """One commit of a Whoosh index; what other commits did is not seen."""

    def __init__(self, folder: Path, generation: int) -> None:
        # FileIndex's own __init__ reads the newest table of contents; this reads the one asked for.
        self.storage = Storage(str(folder))
        self._schema = schema()
        self.indexname = INDEX_NAME
        self.generation = generation

    def _read_toc(self) -> TOC:
        return TOC.read(self.storage, self.indexname, gen=self.generation, schema=self._schema)


class GenerationWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer, whose commit leaves the files of earlier commits alone.

    written: after commit, the names of the files of the new generation.
    """

    written: tuple[str, ...] = ()

    def _commit_toc(self, segments: list[Any]) -> None:
        names = [name for s in segments for name in s.list_files(self.storage)]
        for name in names:
            sync_file(Path(self.storage.folder) / name)
        TOC(self.schema, segments, self.generation).write(self.storage, self.indexname)
        table = TOC._filename(self.indexname, self.generation)
        sync_file(Path(self.storage.folder) / table)
        sync_folder(Path(self.storage.folder))
        self.written = (*names, table)


def create(folder: Path) -> int:
    """Writes an empty generation behind those that are there, and gives its number (0 for the first)."""
    storage = Storage(str(folder))
    generation = int(TOC._latest_generation(storage, INDEX_NAME)) + 1
    TOC(schema(), [], generation).write(storage, INDEX_NAME)
    return generation


def is_engine_file(name: str) -> bool:
    """Whether Whoosh (or a writer of it that was killed) made a file or folder of this name."""
    return name.startswith((f"_{INDEX_NAME}_", f"{INDEX_NAME}_", f"{INDEX_NAME}.tmp")) and not name.endswith("LOCK")


def sync_file(path: Path) -> None:
    """Makes a file's content durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Makes the names in a folder durable."""
    sync_file(path)
