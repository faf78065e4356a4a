"""How hits are ranked: BM25F over the zones of a message, the same for every engine.

Robertson, Zaragoza, Taylor, "Simple BM25 extension to multiple weighted fields" (2004): the
counts of a pattern in subject, own words, quotes ... are weighted and added up first, and then
saturated. A word that is only kin to the query's (same stem) counts half, so that the very word
ranks first.

Where several words of a query stand in one window of one paragraph, the message gains a share of
their rarity, all but the rarest's, weighed by the paragraph's zone; its best window counts.

Ties go to the newer message, then to the key, so that an order never changes.
"""

from __future__ import annotations

import math

FIELD_WEIGHTS = {"subject": 3.0, "sender": 2.0}
"""Weight of one occurrence in a field of the message (1.0 for fields not named)."""

ZONE_WEIGHTS = {"own": 1.0, "forwarded": 0.5, "quoted": 0.4, "signature": 0.3, "footer": 0.1}
"""Weight of one occurrence in a paragraph of each zone."""

INFERRED = 0.1
"""Score of a message that is found by what its sender says in others: below each that says so itself."""

KIN = 0.5
"""Weight of a word with the same stem, against the very word."""

K1 = 1.2
B = 0.3

WINDOW = 32
"""Tokens of a window: words are near when one holds them. Windows overlap by half."""

NEARNESS = 0.3
"""What words that stand near each other add, as a share of their rarity (see `query.scope.near_leaves`)."""

MOST_NEAR = 10
"""Words of a query whose nearness is looked at."""


def idf(count: int, total: int) -> float:
    """Rarity of a pattern that stands in `count` of `total` messages; above 0."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def length_norm(length: float, mean: float) -> float:
    """Divisor for a message of `length` tokens where the mean is `mean`; near 1."""
    return 1 - B + B * length / mean if mean else 1.0


def saturate(weighted: float) -> float:
    """BM25's saturation of a weighted, normed count: 0 -> 0, grows towards K1 + 1."""
    return weighted * (K1 + 1) / (weighted + K1)
