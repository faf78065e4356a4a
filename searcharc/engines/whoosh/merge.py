"""Several segments into one, without the messages that were deleted.

Fields are merged one after the other, a range of terms at a time, as arrays of their tokens: documents
get their new numbers, terms their rank among the terms of all segments, and one stable sort brings them
together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from searcharc.engines.whoosh.arrayfile import Array, write_arrays
from searcharc.engines.whoosh.fieldfile import FieldFile
from searcharc.engines.whoosh.invert import code_field, join_fields, stable_order
from searcharc.engines.whoosh.segment import (
    FIELD_NAMES,
    HASHES,
    POSITIONAL,
    RecordBatch,
    Segment,
    message_arrays,
)

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

AT_ONCE = 1 << 20
"""Tokens merged at a time: what the memory of a merge grows with, some 100 bytes each."""


def merge_segments(path: Path, segments: Sequence[tuple[Segment, Bools]]) -> None:
    """Writes the segment that holds what is alive in others; their order is kept.

    segments: each with a mask over its messages, true for those that are alive.

    Raises:
        OSError: as the system says.
    """
    alive = [live[s.owners] for s, live in segments]
    numbering: list[Ints] = []  # new number of each old document, -1 for deleted ones
    base = 0
    for mask in alive:
        numbers = np.where(mask, np.cumsum(mask) - 1 + base, -1)
        numbering.append(numbers)
        base += int(mask.sum())
    arrays: dict[str, Array] = {}
    for name in FIELD_NAMES:
        merged = _merge_field(name, [s for s, _ in segments], numbering)
        if merged is not None:
            arrays.update({f"{name}.{part}": array for part, array in merged.items()})
    records = RecordBatch()
    keys: list[bytes] = []
    for segment, live in segments:
        records.take(segment, live)
        keys += map(segment.key, np.flatnonzero(live).tolist())
    arrays.update(records.arrays())

    def joined(name: str) -> Ints:
        return np.concatenate([s.file[name][live].astype(np.int64) for s, live in segments])

    tokens = [s.file["document_tokens"][mask] for (s, _), mask in zip(segments, alive, strict=True)]
    arrays["document_tokens"] = np.concatenate(tokens)
    zones = np.concatenate([s.zones[mask] for (s, _), mask in zip(segments, alive, strict=True)])
    arrays.update(message_arrays(zones, joined("dates"), joined("sizes"), joined("lengths"), keys))
    for name in HASHES:
        arrays[name] = np.concatenate([s.file[name][live] for s, live in segments])
    arrays["strays"] = np.concatenate([s.file["strays"][live] for s, live in segments])
    marked = [numbers[s.file["print_documents"]] for (s, _), numbers in zip(segments, numbering, strict=True)]
    arrays["print_documents"] = np.concatenate([m[m >= 0] for m in marked]).astype(np.uint32)
    prints = [s.file["prints"][m >= 0] for (s, _), m in zip(segments, marked, strict=True)]
    arrays["prints"] = np.concatenate(prints)
    arrays.update(_merge_signed(segments))
    write_arrays(path, arrays)


def _merge_signed(segments: Sequence[tuple[Segment, Bools]]) -> dict[str, Array]:
    """The arrays `signed_*` of those messages that are alive, with their new numbers."""
    parts: list[tuple[Array, Array, Array]] = []
    base = 0
    for segment, live in segments:
        messages = segment.file["signed_messages"]
        kept = live[messages]
        numbers = np.cumsum(live) - 1 + base
        parts.append(
            (
                numbers[messages[kept]],
                segment.file["signed_places"][kept],
                segment.file["signed_hashes"][kept],
            )
        )
        base += int(live.sum())
    messages, places, hashes = (np.concatenate(column) for column in zip(*parts, strict=True))
    return {
        "signed_messages": messages.astype(np.uint32),
        "signed_places": places,
        "signed_hashes": hashes,
    }


def _merge_field(
    name: str, segments: Sequence[Segment], numbering: Sequence[Ints]
) -> Mapping[str, Array] | None:
    """The arrays of a field over all segments, or None where nothing of it is left."""
    fields = [s.field(name) for s in segments]
    vocabularies = [field.terms() for field in fields]
    terms = sorted(set().union(*vocabularies))
    rank_of = {term: rank for rank, term in enumerate(terms)}
    totals = np.zeros(len(terms), np.int64)
    ranks: list[Ints] = []
    for field, vocabulary in zip(fields, vocabularies, strict=True):
        rank = np.fromiter(map(rank_of.__getitem__, vocabulary), np.int64, len(vocabulary))
        totals[rank] += field.token_counts()
        ranks.append(rank)
    parts = (
        _merge_terms(name, terms, range(first, last), fields, ranks, numbering)
        for first, last in _ranges(totals)
    )
    found = [part for part in parts if part is not None]
    return join_fields(found) if found else None


def _ranges(totals: Ints) -> Iterator[tuple[int, int]]:
    """Ranges of terms, [first, last), with some AT_ONCE tokens each."""
    ends = np.cumsum(totals)
    first = 0
    while first < len(totals):
        before = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, before + AT_ONCE, "right")))
        yield first, last
        first = last


def _merge_terms(
    name: str,
    terms: Sequence[bytes],
    chosen: range,
    fields: Sequence[FieldFile],
    ranks: Sequence[Ints],
    numbering: Sequence[Ints],
) -> Mapping[str, Array] | None:
    """The arrays of a field for a range of its terms. ranks: of each segment's terms among all terms."""
    ranked: list[npt.NDArray[np.uint32]] = []
    documents: list[Ints] = []
    positions: list[Ints] = []
    for field, rank, numbers in zip(fields, ranks, numbering, strict=True):
        first, last = np.searchsorted(rank, (chosen.start, chosen.stop)).tolist()
        if first == last:
            continue
        counts, found, places = field.tokens(first, last)
        renumbered = numbers[found]
        kept = renumbered >= 0
        ranked.append(np.repeat((rank[first:last] - chosen.start).astype(np.uint32), counts)[kept])
        documents.append(renumbered[kept])
        if places is not None:
            positions.append(places[kept])
    if not any(map(len, ranked)):
        return None
    among = np.concatenate(ranked)
    order = stable_order(among)
    counts = np.bincount(among, minlength=len(chosen)).astype(np.int64)
    left = np.flatnonzero(counts)
    return code_field(
        [terms[chosen.start + i] for i in left.tolist()],
        counts[left],
        np.concatenate(documents)[order],
        np.concatenate(positions)[order] if name in POSITIONAL else None,
    )
