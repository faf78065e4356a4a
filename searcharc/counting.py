"""Tallies of an engine -> counts for people: facets and trends."""

from __future__ import annotations

from searcharc.engines.document import JOINT
from searcharc.engines.survey import Tally, domain_of
from searcharc.message.numbers import number_integer
from searcharc.models import FacetCount, Trend, Trends

SPLITS = ("sender", "affiliation", "list", "domain")
"""What a trend can be split by."""

MOST_LINES = 8
"""Lines of a trend that is split, unless more are asked for."""

MOST_MONTHS = 60
"""Months of a trend above which it goes by years."""


def facet_counts(by: str, groups: dict[str, dict[str, int]]) -> list[FacetCount]:
    """The counts in the order in which they are shown."""
    counts = [_facet_count(by, spelled) for spelled in groups.values()]
    if by in ("year", "month"):
        return sorted(counts, key=lambda c: c.value)
    if by == "para":
        return sorted(counts, key=lambda c: (-c.count, number_integer(c.value), c.value))
    return sorted(counts, key=lambda c: (-c.count, c.label))


def _facet_count(by: str, spelled: dict[str, int]) -> FacetCount:
    """One value, in its most frequent spelling."""
    best = min(spelled, key=lambda s: (-spelled[s], s))
    value, label = _named(by, best)
    return FacetCount(value, label, sum(spelled.values()))


def _named(by: str, spelling: str) -> tuple[str, str]:
    first, _, second = spelling.partition(JOINT)
    if by == "sender":
        return second or first, f"{first} <{second}>" if first and second else first or second
    if by == "ref":
        return first, f"{first} of {second}" if second else first
    if by == "domain":
        domain = domain_of(spelling) if JOINT in spelling else spelling
        return domain, domain
    return spelling, spelling


def trends_of(
    query: str,
    total: int,
    undated: int,
    whole: Tally,
    split: Tally,
    *,
    period: str | None,
    by: str,
    most: int,
) -> Trends:
    """The trend of a query from tallies by month; split: by `by` besides."""
    months = _months(sorted(when for when, _ in whole))
    if period is None:
        period = "month" if len(months) <= MOST_MONTHS else "year"
    width = 7 if period == "month" else 4
    periods = tuple(dict.fromkeys(m[:width] for m in months))
    place = {name: number for number, name in enumerate(periods)}
    groups: dict[str, dict[str, int]] = {}
    counts: dict[str, list[int]] = {}
    for (when, group), spelled in split.items():
        line = counts.setdefault(group, [0] * len(periods))
        line[place[when[:width]]] += sum(spelled.values())
        names = groups.setdefault(group, {})
        for spelling, count in spelled.items():
            names[spelling] = names.get(spelling, 0) + count
    lines = [Trend(_facet_count(by, groups[g]).label if by else "", tuple(c)) for g, c in counts.items()]
    lines.sort(key=lambda t: (-sum(t.counts), t.label))
    return Trends(query, period, total, undated, periods, tuple(lines[: most if by else 1]))


def _months(held: list[str]) -> list[str]:
    """All months from the first to the last."""
    if not held:
        return []
    (first, last) = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (held[0], held[-1]))
    return [f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first, last + 1)]
