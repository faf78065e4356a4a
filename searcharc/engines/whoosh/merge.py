"""Several segments into one, without the messages that were deleted.

Fields are merged one after the other as arrays of all their tokens: documents get their new
numbers, terms their rank among the terms of all segments, and one stable sort brings them together.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from searcharc.engines.whoosh.arrayfile import Array, write_arrays
from searcharc.engines.whoosh.invert import code_field, stable_order
from searcharc.engines.whoosh.segment import FIELD_NAMES, POSITIONAL, RecordBatch, Segment, message_arrays

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


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
        for message in np.flatnonzero(live).tolist():
            records.add(segment.record(message))
            keys.append(segment.key(message))
    arrays.update(records.arrays())

    def joined(name: str) -> Ints:
        return np.concatenate([s.file[name][live].astype(np.int64) for s, live in segments])

    tokens = [s.file["document_tokens"][mask] for (s, _), mask in zip(segments, alive, strict=True)]
    arrays["document_tokens"] = np.concatenate(tokens)
    zones = np.concatenate([s.zones[mask] for (s, _), mask in zip(segments, alive, strict=True)])
    arrays.update(message_arrays(zones, joined("dates"), joined("sizes"), joined("lengths"), keys))
    write_arrays(path, arrays)


def _merge_field(
    name: str, segments: Sequence[Segment], numbering: Sequence[Ints]
) -> dict[str, Array] | None:
    """The arrays of a field over all segments, or None where nothing of it is left."""
    vocabularies = [s.field(name).terms() for s in segments]
    terms = sorted(set().union(*vocabularies))
    rank_of = {term: rank for rank, term in enumerate(terms)}
    ranks: list[npt.NDArray[np.uint32]] = []
    documents: list[Ints] = []
    positions: list[Ints] = []
    for segment, vocabulary, numbers in zip(segments, vocabularies, numbering, strict=True):
        if not vocabulary:
            continue
        counts, found, places = segment.field(name).tokens()
        rank = np.repeat(
            np.fromiter(map(rank_of.__getitem__, vocabulary), np.uint32, len(vocabulary)), counts
        )
        renumbered = numbers[found]
        kept = renumbered >= 0
        ranks.append(rank[kept])
        documents.append(renumbered[kept])
        if places is not None:
            positions.append(places[kept])
    if not ranks or not any(map(len, ranks)):
        return None
    ranked = np.concatenate(ranks)
    order = stable_order(ranked)
    counts = np.bincount(ranked, minlength=len(terms)).astype(np.int64)
    left = np.flatnonzero(counts)
    return dict(
        code_field(
            [terms[i] for i in left.tolist()],
            counts[left],
            np.concatenate(documents)[order],
            np.concatenate(positions)[order] if name in POSITIONAL else None,
        )
    )
