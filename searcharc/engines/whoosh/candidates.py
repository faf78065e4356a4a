"""Which of the messages that are found can stand on a page, so that only these are looked up."""

from __future__ import annotations

import numpy as np

from searcharc.engines.base import Sort
from searcharc.engines.whoosh.ascending import least
from searcharc.engines.whoosh.postings import Floats, Ints
from searcharc.engines.whoosh.segment import NO_DATE

_UNDATED = 1 << 62
_CLOSE = 1e-8  # scores are compared to nine digits


def candidates(dates: Ints, scores: Floats, sort: Sort, count: int | None) -> Ints:
    """The places of those messages that can stand among the first `count`, ties included.

    dates, scores: of each message that is found. count: None for all.
    """
    if count is None or count >= len(dates):
        return np.arange(len(dates))
    undated = dates == NO_DATE
    newest = np.where(undated, _UNDATED, -dates)
    if sort is Sort.DATE:
        return least(np.where(undated, _UNDATED, dates), count)
    if sort is Sort.NEWEST:
        return least(newest, count)
    worst = -scores
    bound = np.partition(worst, count - 1)[count - 1] + _CLOSE
    kept = np.flatnonzero(worst <= bound)
    if len(kept) <= 4 * count:
        return kept
    sure = kept[worst[kept] < bound - 2 * _CLOSE]
    tied = kept[worst[kept] >= bound - 2 * _CLOSE]
    return np.concatenate([sure, tied[least(newest[tied], count - len(sure))]])
