"""Arrays of ascending numbers: joined, counted, held against each other."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from searcharc.engines.whoosh.postings import NONE, Floats, Ints


def union(arrays: Iterable[Ints]) -> Ints:
    """All values of sorted arrays, each once, ascending; a stable sort merges what is sorted in parts."""
    parts = [a for a in arrays if len(a)]
    if len(parts) < 2:
        return parts[0] if parts else NONE
    joined = np.sort(np.concatenate(parts), kind="stable")
    return np.asarray(joined[np.append(True, joined[1:] != joined[:-1])])


def runs(documents: Ints) -> tuple[Ints, Floats]:
    """Each document of an ascending array once, and how often it stood there."""
    if not len(documents):
        return NONE, np.zeros(0)
    firsts = np.flatnonzero(np.append(True, documents[1:] != documents[:-1]))
    return documents[firsts], np.diff(np.append(firsts, len(documents))).astype(np.float64)


def least(values: Ints, count: int) -> Ints:
    """Where the `count` least values stand, and all that are equal to the greatest of them."""
    if count >= len(values):
        return np.arange(len(values))
    return np.flatnonzero(values <= np.partition(values, count - 1)[count - 1])


def near(places: Ints, others: Ints, distance: int) -> Ints:
    """Those places that have another at most `distance` positions before or behind."""
    if not len(places) or not len(others):
        return NONE
    before = np.searchsorted(others, places, "left") - 1
    behind = np.searchsorted(others, places, "right")
    near = (before >= 0) & (places - others[np.maximum(before, 0)] <= distance)
    near |= (behind < len(others)) & (others[np.minimum(behind, len(others) - 1)] - places <= distance)
    return places[near]
