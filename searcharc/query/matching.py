"""Pattern against tokens: the reference for what a phrase or NEAR matches.

Engines that keep postings must give the same places; highlights are made with this.
"""

from __future__ import annotations

from collections.abc import Sequence

from searcharc.analysis import Token
from searcharc.query.tree import Near, Pattern, Phrase


def phrase_places(phrase: Phrase, tokens: Sequence[Token]) -> list[int]:
    """The positions at which the phrase begins; token i stands at position i."""
    first, *rest = phrase.terms
    last = len(tokens) - len(rest)
    return [
        i
        for i in range(last)
        if first.matches(tokens[i]) and all(t.matches(tokens[i + n]) for n, t in enumerate(rest, 1))
    ]


def pattern_places(pattern: Pattern, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """(position, length in tokens) of each phrase that takes part in a match, in order.

    For Near: the places of each phrase that have a place of the one before it within reach,
    provided that every phrase has one.
    """
    if isinstance(pattern, Phrase):
        return [(p, len(pattern.terms)) for p in phrase_places(pattern, tokens)]
    reached = _reached(pattern, tokens)
    if not reached:
        return []
    for number in range(len(reached) - 2, -1, -1):  # drop what led nowhere
        reached[number] = near_places(reached[number], reached[number + 1], pattern.distance)
    return sorted(
        {
            (p, len(phrase.terms))
            for phrase, places in zip(pattern.phrases, reached, strict=True)
            for p in places
        }
    )


def _reached(near: Near, tokens: Sequence[Token]) -> list[list[int]]:
    """For each phrase its places within reach of the phrase before; [] where the chain breaks."""
    reached: list[list[int]] = []
    for phrase in near.phrases:
        places = phrase_places(phrase, tokens)
        if reached:
            places = near_places(places, reached[-1], near.distance)
        if not places:
            return []
        reached.append(places)
    return reached


def near_places(places: Sequence[int], others: Sequence[int], distance: int) -> list[int]:
    """Those places that have another (not the same) at most `distance` positions away."""
    return [p for p in places if any(0 < abs(p - q) <= distance for q in others)]


def count_places(pattern: Pattern, tokens: Sequence[Token]) -> int:
    """How often the pattern stands in the tokens: for Near, the joined places of its last phrase."""
    if isinstance(pattern, Phrase):
        return len(phrase_places(pattern, tokens))
    reached = _reached(pattern, tokens)
    return len(reached[-1]) if reached else 0


def spans(patterns: Sequence[Pattern], tokens: Sequence[Token]) -> tuple[tuple[int, int], ...]:
    """[start, end) offsets in the text of all matches, merged where they touch or overlap."""
    found: set[tuple[int, int]] = set()
    for pattern in patterns:
        for place, length in pattern_places(pattern, tokens):
            found.add((tokens[place].start, tokens[place + length - 1].end))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
