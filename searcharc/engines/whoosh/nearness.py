"""Nearness over arrays: what the words of a query gain that stand in one window (see `scoring`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searcharc.engines.scoring import WINDOW, ZONE_WEIGHTS
from searcharc.engines.whoosh.postings import POSITION_BITS, Floats, Ints, Postings
from searcharc.engines.whoosh.segment import ZONES

ZONE_WEIGHT: Floats = np.array([0.0, *(ZONE_WEIGHTS[z] for z in ZONES)])
"""Weight of a paragraph by the code of its zone."""


def best_windows(postings: Postings, size: int, words: Sequence[tuple[Ints, float]]) -> Floats:
    """For each of `size` messages what its best window holds, but for its rarest word.

    words: for each word its places, ascending, and its rarity.
    """
    best = np.zeros(size)
    windows: list[Ints] = []
    values: list[Floats] = []
    for places, rarity in words:
        for number, shift in enumerate((0, WINDOW // 2)):
            found = (places + shift) // WINDOW << 1 | number
            if len(found):
                found = found[np.append(True, found[1:] != found[:-1])]
                windows.append(found)
                values.append(np.full(len(found), rarity))
    if not windows:
        return best
    joined = np.concatenate(windows)
    order = np.argsort(joined, kind="stable")
    joined, rarities = joined[order], np.concatenate(values)[order]
    firsts = np.flatnonzero(np.append(True, joined[1:] != joined[:-1]))
    held = np.add.reduceat(rarities, firsts) - np.maximum.reduceat(rarities, firsts)
    documents = (joined[firsts] >> 1) * WINDOW >> POSITION_BITS
    held *= ZONE_WEIGHT[postings.zones(documents)]
    np.maximum.at(best, postings.owners(documents), held)
    return best
