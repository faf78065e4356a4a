"""The index for Whoosh itself: a codec over the segments and a table of contents that names it.

`whoosh.index.open_dir(folder)` opens an index of searcharc where searcharc is installed, and Whoosh's
searcher and query parser answer over it. searcharc does not go this way.

Whoosh's table of contents holds pickles, and to unpickle is to run what is in them. So `open_dir` here
builds the table from the manifest and the list of segments, which are JSON; once this module is imported,
`whoosh.index.open_dir` does so too, for every folder that has a manifest. A process that never imports it
trusts the folder, as with any index of Whoosh.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
from whoosh.codec import base
from whoosh.filedb.filestore import FileStorage, Storage
from whoosh.filedb.structfile import StructFile
from whoosh.index import TOC, EmptyIndexError, FileIndex
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from searcharc.engines.whoosh.generation import INDEX_NAME, SUFFIX, SegmentEntry, read_list
from searcharc.engines.whoosh.schema import schema
from searcharc.engines.whoosh.segment import POSITIONAL, Segment
from searcharc.files import write_file
from searcharc.manifest import MANIFEST_NAME, read_manifest, verify_files

_READ_ONLY = "an index of searcharc is written by searcharc alone"


def write_toc(folder: Path, generation: int, entries: Iterable[SegmentEntry]) -> str:
    """Writes Whoosh's table of contents for a generation and gives its name.

    Raises:
        OSError: as the system says.
    """
    storage = _Kept()
    _table(folder, generation, entries).write(storage, INDEX_NAME)
    name = str(TOC._filename(INDEX_NAME, generation))
    write_file(folder / name, [storage.content])
    return name


def _table(folder: Path, generation: int, entries: Iterable[SegmentEntry]) -> TOC:
    return TOC(schema(), [ArraySegment(folder, entry) for entry in entries], generation)


class _Kept(Storage):  # type: ignore[misc]  # Whoosh has no types
    """Keeps the one file that Whoosh writes, for `files` to bring it to disk."""

    content = b""

    def create_file(self, name: str, **_: Any) -> StructFile:
        """A file in memory."""
        return StructFile(BytesIO(), name=name, onclose=self._keep)

    def _keep(self, file: StructFile) -> None:
        self.content = file.file.getvalue()

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Nothing: it gets its name when it is written."""


def open_dir(folder: str | Path) -> FileIndex:
    """Opens an index of searcharc for Whoosh's own searcher. No pickle of the folder is read.

    Raises:
        IndexUnusableError: no index, damaged, of another version.
    """
    manifest = read_manifest(Path(folder))
    verify_files(Path(folder), manifest, content=False)
    return FileIndex(FileStorage(str(folder), readonly=True), indexname=INDEX_NAME)


_read_pickled = TOC.read.__func__


def _read_table(cls: type[TOC], storage: Any, indexname: str, gen: Any = None, schema: Any = None) -> TOC:
    """In place of Whoosh's `TOC.read`: a folder with a manifest is read without its pickles."""
    folder = Path(storage.folder) if isinstance(storage, FileStorage) else None
    if folder is None or not os.path.lexists(folder / MANIFEST_NAME):
        return _read_pickled(cls, storage, indexname, gen, schema)
    generation = read_manifest(folder).generation
    if generation is None:
        raise EmptyIndexError(f"the index in {folder} is empty")
    return _table(folder, generation, read_list(folder, generation))


TOC.read = classmethod(_read_table)


class ArrayCodec(base.Codec):  # type: ignore[misc]
    """Reads segments; writing is searcharc's own."""

    length_stats = False

    def terms_reader(self, storage: Any, segment: ArraySegment) -> TermsReader:
        """The terms and postings of a segment."""
        return TermsReader(_opened(storage.folder, segment.segment_id()))

    def per_document_reader(self, storage: Any, segment: ArraySegment) -> DocumentReader:
        """What is stored of each document of a segment."""
        return DocumentReader(_opened(storage.folder, segment.segment_id()), segment)

    def per_document_writer(self, storage: Any, segment: Any) -> Any:
        """Not offered."""
        raise NotImplementedError(_READ_ONLY)

    def field_writer(self, storage: Any, segment: Any) -> Any:
        """Not offered."""
        raise NotImplementedError(_READ_ONLY)

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> Any:
        """Not offered."""
        raise NotImplementedError(_READ_ONLY)

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> Any:
        """Not offered: `TermsReader.matcher` reads postings."""
        raise NotImplementedError(_READ_ONLY)

    def new_segment(self, storage: Any, indexname: str) -> Any:
        """Not offered."""
        raise NotImplementedError(_READ_ONLY)


@lru_cache(maxsize=64)
def _opened(folder: str, name: str) -> Segment:
    return Segment(Path(folder) / f"{name}{SUFFIX}")


class ArraySegment(base.Segment):  # type: ignore[misc]
    """A segment as Whoosh's table of contents names it. Deleted are documents, paragraphs included."""

    def __init__(self, folder: Path, entry: SegmentEntry) -> None:
        self.indexname = INDEX_NAME
        self.segid = entry.name.removeprefix(f"{INDEX_NAME}_")
        self.compound = False
        self._documents = entry.documents
        self._deleted: set[int] = set()
        if entry.deleted:
            owners = Segment(folder / entry.file_name).owners
            self._deleted = set(np.flatnonzero(np.isin(owners, entry.deleted)).tolist())

    def codec(self) -> ArrayCodec:
        """How it is read."""
        return ArrayCodec()

    def doc_count_all(self) -> int:
        """Documents, deleted ones included."""
        return self._documents

    def deleted_count(self) -> int:
        """Deleted documents."""
        return len(self._deleted)

    def deleted_docs(self) -> set[int]:
        """The deleted documents."""
        return self._deleted

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return docnum in self._deleted

    def delete_document(self, docnum: int, delete: bool = True) -> None:
        """Not offered."""
        raise NotImplementedError(_READ_ONLY)

    def set_doc_count(self, doccount: int) -> None:
        """Not offered."""
        raise NotImplementedError(_READ_ONLY)


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Terms and postings of a segment in Whoosh's form."""

    def __init__(self, segment: Segment) -> None:
        self._segment = segment

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return self._segment.field(term[0]).find(term[1]) is not None

    def indexed_field_names(self) -> list[str]:
        """The fields that have terms."""
        return self._segment.field_names()

    def cursor(self, fieldname: str, fieldobj: Any) -> Cursor:
        """A walk over the terms of a field."""
        return Cursor(self, self._segment.field(fieldname).terms(), fieldname, fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        """All terms, by field."""
        for name in sorted(self.indexed_field_names()):
            for term in self._segment.field(name).terms():
                yield name, term

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        """All terms from this one on, into the fields behind it."""
        return (t for t in self.terms() if t >= (fieldname, prefix))

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """All terms with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        """The terms from this one on with their statistics."""
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """A term's statistics."""
        field = self._segment.field(fieldname)
        number = field.find(text)
        if number is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        documents, counts = field.postings(number)
        info = TermInfo(
            weight=float(counts.sum()),
            df=len(documents),
            minlength=1,
            maxlength=int(self._segment.file["document_tokens"].max(initial=1)),
            maxweight=float(counts.max()),
        )
        info._minid, info._maxid = int(documents[0]), int(documents[-1])
        return info

    def frequency(self, fieldname: str, text: bytes) -> float:
        """How often a term stands in all documents; 0 for one that is not there."""
        field = self._segment.field(fieldname)
        number = field.find(text)
        return 0 if number is None else field.token_count(number)

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """In how many documents a term stands; 0 for one that is not there."""
        field = self._segment.field(fieldname)
        number = field.find(text)
        return 0 if number is None else field.document_count(number)

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ListMatcher:
        """A term's postings, decoded at once."""
        field = self._segment.field(fieldname)
        number = field.find(text)
        if number is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        values: list[bytes] | None = None
        if fieldname in POSITIONAL:
            documents, counts, positions = field.places(number)
            ends = np.cumsum(counts).tolist()
            places = positions.tolist()
            values = [pack(f"<{e - s}I", *places[s:e]) for s, e in zip([0, *ends], ends, strict=False)]
        else:
            documents, counts = field.postings(number)
        return ListMatcher(
            documents.tolist(),
            [float(c) for c in counts.tolist()],
            values,
            format_,
            scorer=scorer,
            term=(fieldname, text),
            terminfo=self.term_info(fieldname, text),
        )


class Cursor(base.FieldCursor):  # type: ignore[misc]
    """A walk over the terms of one field."""

    def __init__(self, reader: TermsReader, terms: Sequence[bytes], fieldname: str, fieldobj: Any) -> None:
        self._reader, self._terms, self._name, self._field = reader, terms, fieldname, fieldobj
        self._place = 0

    def first(self) -> str | None:
        """Goes to the first term."""
        self._place = 0
        return self.text()

    def find(self, term: str | bytes) -> str | None:
        """Goes to the first term not below this one."""
        from bisect import bisect_left

        wanted = term if isinstance(term, bytes) else self._field.to_bytes(term)
        self._place = bisect_left(self._terms, wanted)
        return self.text()

    def next(self) -> str | None:
        """Goes to the next term."""
        self._place += 1
        return self.text()

    def text(self) -> str | None:
        """The term at hand, None behind the last."""
        return str(self._field.from_bytes(self._terms[self._place])) if self.is_valid() else None

    term = text  # what Whoosh's cursor over several segments calls it

    def term_info(self) -> TermInfo | None:
        """The statistics of the term at hand."""
        return self._reader.term_info(self._name, self._terms[self._place]) if self.is_valid() else None

    def is_valid(self) -> bool:
        """Whether a term is at hand."""
        return self._place < len(self._terms)


class DocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """What is stored of each document of a segment, in Whoosh's form."""

    def __init__(self, segment: Segment, entry: ArraySegment) -> None:
        self._segment = segment
        self._entry = entry

    def doc_count(self) -> int:
        """Documents that are not deleted."""
        return int(self._entry.doc_count())

    def doc_count_all(self) -> int:
        """Documents, deleted ones included."""
        return self._entry.doc_count_all()

    def has_deletions(self) -> bool:
        """Whether any document is deleted."""
        return bool(self._entry.has_deletions())

    def is_deleted(self, docnum: int) -> bool:
        """Whether a document is deleted."""
        return self._entry.is_deleted(docnum)

    def deleted_docs(self) -> set[int]:
        """The deleted documents."""
        return self._entry.deleted_docs()

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        """Tokens of a paragraph's text; 1 for every other field."""
        return int(self._segment.file["document_tokens"][docnum]) if fieldname == "text" else 1

    def field_length(self, fieldname: str) -> int:
        """Tokens of all documents."""
        if fieldname == "text":
            return int(self._segment.file["document_tokens"].sum(dtype=np.int64))
        return self._segment.message_count

    def min_field_length(self, fieldname: str) -> int:
        """A lower bound."""
        return 1

    def max_field_length(self, fieldname: str) -> int:
        """An upper bound."""
        return int(self._segment.file["document_tokens"].max(initial=1))

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        """Of a message its key and record; of a paragraph its message's key, its ordinal and record."""
        message = int(self._segment.owners[docnum])
        record = json.loads(self._segment.record(message))
        ordinal = docnum - int(self._segment.heads[message])
        if not ordinal:
            return {"key": record["key"], "record": record}
        return {"key": record["key"], "ordinal": ordinal, "record": record["paragraphs"][ordinal - 1]}
