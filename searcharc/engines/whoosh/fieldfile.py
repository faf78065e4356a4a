"""The postings of one field of one segment, read back (see `invert.code_field`)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt

from searcharc.engines.whoosh import coding
from searcharc.engines.whoosh.arrayfile import Array, ArrayFile
from searcharc.engines.whoosh.invert import SAMPLED

Ints = npt.NDArray[np.int64]
_NONE: Ints = np.zeros(0, np.int64)


class FieldFile:
    """Terms and postings of a field; documents are numbered within the segment."""

    def __init__(self, file: ArrayFile, name: str) -> None:
        self._file = file
        self._name = name
        self._starts = self._array("term_starts")
        self.term_count = max(0, len(self._starts) - 1)

    def _array(self, name: str) -> Array:
        return self._file[f"{self._name}.{name}"]

    @cached_property
    def _slots(self) -> Array:
        return self._array("slots")

    @cached_property
    def _streams(self) -> dict[str, tuple[Array, ...]]:
        return {
            name: tuple(self._array(name + tail) for tail in ("", "_16", "_32", "_16_starts", "_32_starts"))
            for name in ("gaps", "counts", "places")
        }

    @cached_property
    def _bounds(self) -> tuple[Array, Array, Array]:
        return self._array("posting_starts"), self._array("count_starts"), self._array("place_starts")

    def term(self, number: int) -> bytes:
        """The term of this number; terms are numbered from 0 in ascending order of their bytes."""
        return self._file.bytes(
            f"{self._name}.terms", int(self._starts[number]), int(self._starts[number + 1]) - 1
        )

    def lower(self, term: bytes) -> int:
        """The number of the first term not below this one."""
        first, block = self._block(term)
        return first + bisect_left(block, term)

    def find(self, term: bytes) -> int | None:
        """The number of a term, or None."""
        first, block = self._block(term)
        place = bisect_left(block, term)
        return first + place if place < len(block) and block[place] == term else None

    def _block(self, term: bytes) -> tuple[int, list[bytes]]:
        """The run of terms between two samples in which a term would stand, and its first number."""
        first = max(0, bisect_right(self._samples, term) - 1) * SAMPLED
        last = min(first + SAMPLED, self.term_count)
        if first >= last:
            return first, []
        text = self._file.bytes(f"{self._name}.terms", int(self._starts[first]), int(self._starts[last]))
        return first, text.split(b"\n")[:-1]

    @cached_property
    def _samples(self) -> list[bytes]:
        return self._array("samples").tobytes().split(b"\n")[:-1]

    def terms(self, prefix: bytes = b"") -> list[bytes]:
        """The terms that begin with a prefix, ascending."""
        if not self.term_count:
            return []
        first = self.lower(prefix) if prefix else 0
        last = self.lower(prefix + b"\xff") if prefix else self.term_count
        text = self._file.bytes(f"{self._name}.terms", int(self._starts[first]), int(self._starts[last]))
        return text.split(b"\n")[:-1]

    def all_terms(self) -> Iterator[bytes]:
        """Every term, ascending."""
        return iter(self.terms())

    def postings(self, number: int) -> tuple[Ints, Ints]:
        """The documents of a term, ascending, and how often it stands in each."""
        slot = int(self._slots[number])
        if slot & 1:
            return self._array("single_documents")[slot >> 1 : (slot >> 1) + 1].astype(np.int64), np.ones(
                1, np.int64
            )
        slot >>= 1
        postings, counts, _ = self._bounds
        gaps = self._decode("gaps", slot, int(postings[slot]), int(postings[slot + 1]))
        documents = np.cumsum(gaps >> 1)
        frequencies = np.ones(len(gaps), np.int64)
        first, last = int(counts[slot]), int(counts[slot + 1])
        if first != last:
            frequencies[(gaps & 1) == 1] = self._decode("counts", slot, first, last) + 2
        return documents, frequencies

    def places(self, number: int) -> tuple[Ints, Ints, Ints]:
        """The documents of a term, how often it stands in each, and all its positions, in their order."""
        documents, frequencies = self.postings(number)
        slot = int(self._slots[number])
        if slot & 1:
            positions = self._array("single_positions")[slot >> 1 : (slot >> 1) + 1].astype(np.int64)
            return documents, frequencies, positions
        slot >>= 1
        starts = self._bounds[2]
        steps = self._decode("places", slot, int(starts[slot]), int(starts[slot + 1]))
        return documents, frequencies, coding.restart(steps, np.cumsum(frequencies) - frequencies)

    def document_count(self, number: int) -> int:
        """In how many documents a term stands."""
        slot = int(self._slots[number])
        if slot & 1:
            return 1
        postings = self._bounds[0]
        return int(postings[(slot >> 1) + 1]) - int(postings[slot >> 1])

    def token_count(self, number: int) -> int:
        """How often a term stands in all documents (for exact values: in how many)."""
        slot = int(self._slots[number])
        if slot & 1:
            return 1
        starts = self._bounds[2]
        if not len(starts):
            return self.document_count(number)
        return int(starts[(slot >> 1) + 1]) - int(starts[slot >> 1])

    def _decode(self, name: str, slot: int, first: int, last: int) -> Ints:
        small, short, long, short_starts, long_starts = self._streams[name]
        return coding.decode(
            small[first:last],
            short[short_starts[slot] : short_starts[slot + 1]],
            long[long_starts[slot] : long_starts[slot + 1]],
        )

    def token_counts(self) -> Ints:
        """How often each term stands in all documents (for exact values: in how many)."""
        slots = self._slots
        postings, _, places = self._bounds
        several = (slots & 1) == 0
        counts = np.ones(len(slots), np.int64)
        counts[several] = np.diff((places if len(places) else postings).astype(np.int64))
        return counts

    def tokens(self, first: int, last: int) -> tuple[Ints, Ints, Ints | None]:
        """All tokens of the terms first to last - 1: tokens of each term, documents, positions (None for values).

        The inverse of `invert.code_field`; what a merge works on.
        """
        slots = self._slots[first:last].astype(np.int64)
        is_single = (slots & 1) == 1
        single, several = slots[is_single] >> 1, slots[~is_single] >> 1
        alone = slice(int(single[0]), int(single[-1]) + 1) if len(single) else slice(0, 0)
        low, high = (int(several[0]), int(several[-1]) + 1) if len(several) else (0, 0)
        postings, many, places = (bounds[low : high + 1].astype(np.int64) for bounds in self._bounds)
        positional = len(self._bounds[2]) > 0
        gaps = self._decoded("gaps", low, high, postings)
        found = coding.restart(gaps >> 1, postings[:-1] - postings[:1]) if len(gaps) else _NONE
        frequencies = np.ones(len(gaps), np.int64)
        frequencies[(gaps & 1) == 1] = self._decoded("counts", low, high, many) + 2
        counts = np.ones(len(slots), np.int64)
        counts[~is_single] = np.diff(places if positional else postings)
        documents = np.empty(int(counts.sum()), np.int64)
        of_single = np.repeat(is_single, counts)
        documents[of_single] = self._array("single_documents")[alone]
        documents[~of_single] = np.repeat(found, frequencies) if positional else found
        if not positional:
            return counts, documents, None
        positions = np.empty(len(documents), np.int64)
        positions[of_single] = self._array("single_positions")[alone]
        steps = self._decoded("places", low, high, places)
        positions[~of_single] = coding.restart(steps, np.cumsum(frequencies) - frequencies)
        return counts, documents, positions

    def _decoded(self, name: str, low: int, high: int, bounds: Ints) -> Ints:
        """The numbers of a stream for the terms low to high - 1 of those that stand several times."""
        if low == high:
            return _NONE
        small, short, long, short_starts, long_starts = self._streams[name]
        return coding.decode(
            small[int(bounds[0]) : int(bounds[-1])],
            short[short_starts[low] : short_starts[high]],
            long[long_starts[low] : long_starts[high]],
        )
