"""Why a message is a hit: where each part of the query stands in it."""

from __future__ import annotations

from collections import Counter

from searcharc.analysis import tokenize
from searcharc.engines.document import Document, document_of, pairs
from searcharc.models import LeafScore, Message
from searcharc.query.matching import count_places
from searcharc.query.scope import (
    Inferred,
    InParagraph,
    Mentions,
    NumberIn,
    NumberIs,
    Plan,
    Refers,
    Text,
    leaf_name,
    refers,
)


def explained(message: Message, parts: list[tuple[Plan | None, float]]) -> tuple[LeafScore, ...]:
    """Leaf by leaf what was found where; parts: as `survey.Survey.score_parts` gives them."""
    document = document_of(message)
    found = []
    for leaf, score in parts:
        if leaf is None:
            if score:
                found.append(LeafScore("nearness", score))
        elif isinstance(leaf, Inferred):
            if score:
                found.append(LeafScore(leaf_name(leaf), score))
        elif places := _places(leaf, document):
            found.append(LeafScore(leaf_name(leaf), score, places))
    return tuple(found)


def _places(leaf: Plan, document: Document) -> dict[str, int]:
    """Field or zone -> how often the leaf stands there; for numbers how many paragraphs hold it."""
    counts: Counter[str] = Counter()
    if isinstance(leaf, Text):
        for name in leaf.fields:
            for value in document.texts[name]:
                counts[name] += count_places(leaf.pattern_for(name), tokenize(value))
    for paragraph in document.paragraphs:
        zone = paragraph.zone.value
        match leaf:
            case Text(pattern, _, zones, _) | InParagraph(pattern, zones):
                if zone in zones:
                    counts[zone] += count_places(pattern, tokenize(paragraph.text))
            case NumberIs(field, value):
                counts[zone] += value in (paragraph.numbers if field == "para" else paragraph.refs)
            case NumberIn(field, low, high):
                integers = paragraph.integers if field == "para" else paragraph.ref_integers
                counts[zone] += any(
                    (low is None or low <= n) and (high is None or n <= high) for n in integers
                )
            case Mentions(pattern):
                counts[zone] += any(count_places(pattern, tokenize(d)) for d in paragraph.documents)
            case Refers(child):
                counts[zone] += any(refers(child, n, d) for n, d in pairs(paragraph.refs))
    return {name: count for name, count in counts.items() if count}
