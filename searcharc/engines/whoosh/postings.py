"""Whoosh's postings as arrays: what `search` computes with.

A place is one 64-bit number: the document's number in the upper bits, the position in the lower
POSITION_BITS. Sorted places of a term make phrases an intersection of shifted arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh.reading import TermNotFound

from searcharc.analysis import VARIANT

Ints = npt.NDArray[np.int64]

POSITION_BITS = 28
"""Enough for the tokens of the longest text that is read (10 MiB) and the gaps of its values."""

_EMPTY: Ints = np.zeros(0, np.int64)


class Postings:
    """The terms of all segments of one open index; documents are numbered across segments."""

    def __init__(self, reader: Any) -> None:
        self._leaves: list[tuple[Any, int]] = list(reader.leaf_readers()) if reader.doc_count_all() else []
        self.document_count: int = reader.doc_count_all()

    def documents(self, field: str, term: str) -> Ints:
        """The documents that have the term, ascending."""
        parts = [ids for ids, _ in self._blocks(field, term)]
        return np.concatenate(parts) if parts else _EMPTY

    def places(self, field: str, term: str) -> Ints:
        """The places of the term, ascending."""
        parts: list[Ints] = []
        for ids, values in self._blocks(field, term):
            counts = np.fromiter((len(v) >> 2 for v in values), np.int64, len(values))
            positions = np.frombuffer(b"".join(values), "<u4").astype(np.int64)
            parts.append((np.repeat(ids, counts) << POSITION_BITS) + positions)
        return np.concatenate(parts) if parts else _EMPTY

    def _blocks(self, field: str, term: str) -> Iterator[tuple[Ints, Any]]:
        """(documents, packed positions) block by block."""
        encoded = term.encode("utf-8")
        for leaf, base in self._leaves:
            try:
                # Not leaf.postings(): that filters deleted documents one by one.
                matcher = leaf._terms.matcher(field, encoded, leaf.schema[field].format)
            except TermNotFound:
                continue
            while matcher.is_active():
                # A block at a time: Whoosh's own walk costs a call for each posting.
                matcher._read_ids()
                matcher._read_values()
                yield np.array(matcher._ids, np.int64) + base, matcher._values
                matcher._next_block()

    def terms(self, field: str, prefix: str = "") -> Iterator[str]:
        """The terms of a field that begin with a prefix, variants included, over all segments."""
        seen: set[str] = set()
        start = prefix.encode("utf-8")
        for leaf, _ in self._leaves:
            if field not in leaf.indexed_field_names():
                continue
            for name, encoded in leaf._terms.terms_from(field, start):
                if name != field or not encoded.startswith(start):
                    break
                term = encoded.decode("utf-8")
                if term not in seen:
                    seen.add(term)
                    yield term

    def words(self, field: str, prefix: str = "") -> Iterator[tuple[str, str]]:
        """(term, exact form) pairs of a field; a term with accented forms stands once for each."""
        for term in self.terms(field, prefix):
            folded, _, exact = term.partition(VARIANT)
            yield folded, exact or folded

    def numbers(self, field: str, kind: str, default: int) -> Ints:
        """A numeric column over all documents; kind is a numpy type such as ">i8"."""
        parts: list[Ints] = []
        for leaf, _ in self._leaves:
            count = leaf.doc_count_all()
            values = np.full(count, default, np.int64)
            if leaf.has_column(field):
                column = leaf.column_reader(field, translate=False)
                stored = min(column._count, count)
                raw = column._dbfile.get(column._basepos, stored * np.dtype(kind).itemsize)
                values[:stored] = np.frombuffer(raw, kind)
            parts.append(values)
        return np.concatenate(parts) if parts else _EMPTY

    def value(self, field: str, document: int) -> bytes:
        """A document's value in a column of bytes."""
        for leaf, base in reversed(self._leaves):
            if document >= base:
                return bytes(leaf.column_reader(field, translate=False)[document - base])
        return b""

    def deleted(self) -> Ints:
        """The deleted documents, ascending."""
        parts = [
            np.fromiter(sorted(leaf.segment().deleted_docs()), np.int64) + base
            for leaf, base in self._leaves
            if leaf.has_deletions()
        ]
        return np.concatenate(parts) if parts else _EMPTY


def union(arrays: Iterable[Ints]) -> Ints:
    """All values of sorted arrays, each once, ascending."""
    parts = [a for a in arrays if len(a)]
    if not parts:
        return _EMPTY
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def members(values: Ints, among: Ints) -> npt.NDArray[np.bool_]:
    """For each value whether it stands in the sorted array `among`."""
    if not len(among):
        return np.zeros(len(values), np.bool_)
    places = np.searchsorted(among, values)
    places[places == len(among)] = 0
    return np.asarray(among[places] == values, np.bool_)
