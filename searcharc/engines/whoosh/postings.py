"""Terms, postings and columns over all segments of one generation.

Documents and messages are numbered across segments, in their order. A place is one 64-bit number:
the document in the upper bits, the position in the lower POSITION_BITS; sorted places make a phrase
an intersection of shifted arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from searcharc.analysis import VARIANT
from searcharc.engines.whoosh.segment import Segment

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

POSITION_BITS = 28
"""Enough for the tokens of the longest text that is read (10 Mi characters) and the gaps of its values."""

NONE: Ints = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment, where its numbers begin, and the zones of its documents as settled."""

    segment: Segment
    document: int
    message: int
    zones: npt.NDArray[np.uint8]


class Postings:
    """What the searches of one generation read."""

    def __init__(
        self, segments: Sequence[Segment], settled: Ints = NONE, codes: npt.NDArray[np.uint8] | None = None
    ) -> None:
        """settled, codes: documents with another zone than their segment says, ascending, and its code."""
        self._parts: list[_Part] = []
        document = message = 0
        for segment in segments:
            first, last = np.searchsorted(settled, (document, document + segment.document_count))
            zones = segment.zones
            if codes is not None and first != last:
                zones = zones.copy()
                zones[settled[first:last] - document] = codes[first:last]
            self._parts.append(_Part(segment, document, message, zones))
            document += segment.document_count
            message += segment.message_count
        self._bounds = np.array([*(p.document for p in self._parts), document], np.int64)
        self.document_count = document
        self.message_count = message

    def documents(self, field: str, term: str) -> tuple[Ints, Ints]:
        """The documents that have the term, ascending, and how often."""
        encoded = term.encode("utf-8")
        found: list[tuple[Ints, Ints]] = []
        for part in self._parts:
            postings = part.segment.field(field)
            number = postings.find(encoded)
            if number is not None:
                documents, counts = postings.postings(number)
                found.append((documents + part.document if part.document else documents, counts))
        return _joined(found)

    def places(self, field: str, term: str) -> Ints:
        """The places of the term, ascending."""
        encoded = term.encode("utf-8")
        found: list[Ints] = []
        for part in self._parts:
            postings = part.segment.field(field)
            number = postings.find(encoded)
            if number is not None:
                documents, counts, positions = postings.places(number)
                found.append((np.repeat(documents + part.document, counts) << POSITION_BITS) + positions)
        if not found:
            return NONE
        return found[0] if len(found) == 1 else np.concatenate(found)

    def terms(self, field: str, prefix: str = "") -> Iterator[str]:
        """The terms of a field that begin with a prefix, accented forms included, each once."""
        encoded = prefix.encode("utf-8")
        lists = [p.segment.field(field).terms(encoded) for p in self._parts]
        joined = lists[0] if len(lists) == 1 else sorted(set().union(*lists))
        return (t.decode("utf-8") for t in joined)

    def words(self, field: str, prefix: str = "") -> Iterator[tuple[str, str]]:
        """(term, exact form) pairs of a field; a term with accented forms stands for each, and bare."""
        for term in self.terms(field, prefix):
            folded, _, exact = term.partition(VARIANT)
            yield folded, exact or folded

    def message_values(self, name: str, kind: type[np.generic] = np.int64) -> Ints:
        """An array with one value for each message."""
        parts = [p.segment.file[name] for p in self._parts]
        if not parts:
            return np.zeros(0, np.int64)
        return np.asarray(parts[0] if len(parts) == 1 else np.concatenate(parts))

    def heads(self) -> Ints:
        """The document of each message."""
        parts = [p.segment.heads.astype(np.int64) + p.document for p in self._parts]
        return np.concatenate(parts) if parts else NONE

    def owners(self, documents: Ints) -> Ints:
        """The message of each of these documents (ascending)."""
        if len(self._parts) == 1:
            return self._parts[0].segment.owners[documents].astype(np.int64)
        found = [
            p.segment.owners[cut - p.document].astype(np.int64) + p.message
            for p, cut in self._cuts(documents)
        ]
        return np.concatenate(found) if found else NONE

    def zones(self, documents: Ints) -> npt.NDArray[np.uint8]:
        """The zone code of each of these documents (ascending)."""
        if len(self._parts) == 1:
            return np.asarray(self._parts[0].zones[documents])
        found = [p.zones[cut - p.document] for p, cut in self._cuts(documents)]
        return np.concatenate(found) if found else np.zeros(0, np.uint8)

    def _cuts(self, documents: Ints) -> Iterator[tuple[_Part, Ints]]:
        bounds = documents.searchsorted(self._bounds).tolist()
        for part, first, last in zip(self._parts, bounds, bounds[1:], strict=False):
            if first != last:
                yield part, documents[first:last]

    def paragraphs(self, messages: Ints) -> Ints:
        """All paragraphs of these messages (ascending)."""
        heads = self.heads()
        ends = np.append(heads[1:], self.document_count)
        lengths = ends[messages] - heads[messages] - 1
        firsts = heads[messages] + 1
        steps = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.asarray(np.repeat(firsts, lengths) + steps)

    def key(self, message: int) -> str:
        """The key of a message."""
        part = self._part_of(message)
        return part.segment.key(message - part.message).decode("utf-8")

    def record(self, message: int) -> bytes:
        """The stored record of a message."""
        part = self._part_of(message)
        return part.segment.record(message - part.message)

    def zones_of(self, message: int) -> list[int]:
        """The zone codes of a message's paragraphs where they are not those of its record, else []."""
        part = self._part_of(message)
        heads, own = part.segment.heads, message - part.message
        first = int(heads[own]) + 1
        last = int(heads[own + 1]) if own + 1 < len(heads) else part.segment.document_count
        found = part.zones[first:last]
        changed = part.zones is not part.segment.zones and (found != part.segment.zones[first:last]).any()
        return [int(code) for code in found] if changed else []

    def _part_of(self, message: int) -> _Part:
        return next(p for p in reversed(self._parts) if p.message <= message)


def _joined(found: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    if not found:
        return NONE, NONE
    if len(found) == 1:
        return found[0]
    return np.concatenate([d for d, _ in found]), np.concatenate([c for _, c in found])


def members(values: Ints, among: Ints) -> Bools:
    """For each value whether it stands in the sorted array `among`."""
    if not len(among) or not len(values):
        return np.zeros(len(values), np.bool_)
    places = np.searchsorted(among, values)
    places[places == len(among)] = 0
    return np.asarray(among[places] == values, np.bool_)


def counted(parts: Iterable[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    """Documents of several postings, each once, ascending, with the sum of their counts."""
    found = [(d, c) for d, c in parts if len(d)]
    if not found:
        return NONE, np.zeros(0)
    if len(found) == 1:
        return found[0]
    documents = np.concatenate([d for d, _ in found])
    order = np.argsort(documents, kind="stable")
    documents = documents[order]
    counts = np.concatenate([c for _, c in found])[order]
    firsts = np.flatnonzero(np.append(True, documents[1:] != documents[:-1]))
    return documents[firsts], np.add.reduceat(counts, firsts)
