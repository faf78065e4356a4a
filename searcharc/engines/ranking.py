"""The order of hits and the cut to a page, the same for every engine."""

from __future__ import annotations

from collections.abc import Iterable

from searcharc.engines.base import Sort

Ranked = tuple[str, float, int | None]
"""Key, score, date (seconds since 1970, or None)."""


def page_of(hits: Iterable[Ranked], sort: Sort, limit: int | None, offset: int) -> list[tuple[str, float]]:
    """(key, score) of the hits on the page, in order.

    relevance: highest score, then newest, then key. Dates: undated ones last, then key. Scores
    are compared to nine digits, so that the order of additions does not matter.
    """

    def by_score(hit: Ranked) -> tuple[float, bool, int, str]:
        key, score, date = hit
        return (-round(score, 9), date is None, -(date or 0), key)

    def by_date(hit: Ranked) -> tuple[bool, int, str]:
        key, _, date = hit
        return (date is None, date or 0, key)

    def by_newest(hit: Ranked) -> tuple[bool, int, str]:
        key, _, date = hit
        return (date is None, -(date or 0), key)

    order = {Sort.RELEVANCE: by_score, Sort.DATE: by_date, Sort.NEWEST: by_newest}[sort]
    ordered = sorted(hits, key=order)
    end = None if limit is None else offset + limit
    return [(key, score) for key, score, _ in ordered[offset:end]]
