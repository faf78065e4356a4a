"""The known-item test: does the message where it was said come first?

    known_item.py INDEX... [--items 300] [--seed 1]

Draws own paragraphs of at least 20 words, five words of each among those that stand in fewer than 5%
of the messages, and asks for them. A hit counts when the paragraph stands in the message as own words
(a resend counts too). Prints the mean reciprocal rank of searcharc and of stock Whoosh's BM25F over
the same terms, by message, and the slowest query.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searcharc import Index
from searcharc.analysis import terms
from searcharc.models import Message, Zone

WORDS, LEAST_WORDS, MOST_SHARE, DEPTH = 5, 20, 0.05, 200


@dataclass(frozen=True, slots=True)
class Item:
    """A paragraph to find again. keys: the messages in which it stands as own words."""

    words: tuple[str, ...]
    keys: frozenset[str]


def own_paragraphs(message: Message) -> Iterator[tuple[str, ...]]:
    """The terms of each own paragraph that is long enough."""
    for paragraph in message.paragraphs:
        if paragraph.zone is Zone.OWN:
            found = tuple(terms(paragraph.text))
            if len(found) >= LEAST_WORDS:
                yield found


def draw_items(messages: Iterable[Message], count: int, seed: int) -> list[Item]:
    """Paragraphs drawn at random, with five rare words of each."""
    holding: Counter[str] = Counter()
    places: dict[tuple[str, ...], set[str]] = {}
    total = 0
    for message in messages:
        total += 1
        holding.update({t for p in message.paragraphs for t in terms(p.text)})
        for paragraph in own_paragraphs(message):
            places.setdefault(paragraph, set()).add(message.key)
    chance = random.Random(seed)
    items = []
    for paragraph in chance.sample(sorted(places), len(places)):
        rare = sorted({t for t in paragraph if holding[t] < MOST_SHARE * total})
        if len(rare) >= WORDS:
            items.append(Item(tuple(chance.sample(rare, WORDS)), frozenset(places[paragraph])))
        if len(items) == count:
            break
    return items


def reciprocal(keys: Iterable[str], item: Item) -> float:
    """1 / rank of the first message that holds the item; 0 where none does."""
    return next((1 / rank for rank, key in enumerate(keys, 1) if key in item.keys), 0.0)


def whoosh_keys(searcher: Any, item: Item) -> list[str]:
    """Messages in stock Whoosh's order of their best paragraph."""
    from whoosh.query import And, Or, Term

    found: dict[str, None] = {}
    for join in (And, Or):
        for hit in searcher.search(join([Term("text", w) for w in item.words]), limit=DEPTH):
            found.setdefault(hit["key"])
    return list(found)


def measure(folder: Path, items: int, seed: int) -> tuple[float, float, float, int]:
    """(searcharc's mean reciprocal rank, stock Whoosh's, slowest query in ms, items)."""
    import whoosh.index

    with Index.open(folder) as index:
        drawn = draw_items((m for m in index._engine.all_messages()), items, seed)
        ours, slowest = [], 0.0
        for item in drawn:
            started = time.perf_counter()
            result = index.search(" ".join(item.words), limit=DEPTH)
            slowest = max(slowest, (time.perf_counter() - started) * 1000)
            ours.append(reciprocal((h.key for h in result.hits), item))
    with whoosh.index.open_dir(folder, indexname="MAIN").searcher() as searcher:
        stock = [reciprocal(whoosh_keys(searcher, item), item) for item in drawn]
    return sum(ours) / len(ours), sum(stock) / len(stock), slowest, len(drawn)


def main() -> None:
    """Measures each index and prints a line for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("index", nargs="+", type=Path)
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    for folder in chosen.index:
        ours, stock, slowest, count = measure(folder, chosen.items, chosen.seed)
        print(f"{folder}: {count} items, searcharc {ours:.3f}, Whoosh {stock:.3f}, slowest {slowest:.0f} ms")


if __name__ == "__main__":
    main()
