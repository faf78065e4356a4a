"""What every search of one generation needs of the postings, read when first asked for."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np

from searcharc.analysis import VARIANT
from searcharc.engines.document import JOINT
from searcharc.engines.scoring import B
from searcharc.engines.whoosh.kept import KeptArrays
from searcharc.engines.whoosh.postings import NONE, Bools, Floats, Ints, Postings
from searcharc.engines.whoosh.segment import NO_DATE
from searcharc.query.tree import within_distance
from searcharc.threads import SUBJECT_DAYS

MOST_KEPT = 32 << 20
"""Bytes of what patterns found that are kept for the next query."""


class Table:
    """What every search of one generation needs, read when first asked for.

    live: for each message whether it is still in the index.
    """

    def __init__(self, postings: Postings, live: Bools) -> None:
        self.postings = postings
        self.live = live
        self.size = postings.message_count
        self.message_count = int(live.sum())

    @cached_property
    def heads(self) -> Ints:
        """For each message its document, and behind the last the number of documents."""
        return np.append(self.postings.heads(), self.postings.document_count)

    @cached_property
    def paragraph_count(self) -> int:
        """Paragraphs of the messages that are alive."""
        return int((np.diff(self.heads) - 1)[self.live].sum())

    @cached_property
    def dates(self) -> Ints:
        """For each message its date, or NO_DATE."""
        return self.postings.message_values("dates")

    @cached_property
    def sizes(self) -> Ints:
        """For each message its size in bytes."""
        return self.postings.message_values("sizes")

    @cached_property
    def norms(self) -> Floats:
        """For each message the divisor for its length."""
        lengths = self.postings.message_values("lengths").astype(np.float64)
        mean = float(lengths[self.live].sum()) / self.message_count if self.message_count else 0.0
        return 1 - B + B * lengths / mean if mean else np.ones(self.size)

    @cached_property
    def threads(self) -> Ints:
        """For each message a number that it shares with those of its thread alone."""
        values, messages, names = self.links("thread")
        joined = self._joined_by_topic()
        both = np.repeat(np.arange(len(joined)) + len(names), 2)
        names += [""] * len(joined)
        return thread_numbers(
            np.concatenate([values, both]), np.concatenate([messages, joined.ravel()]), names, self.live
        )

    def _joined_by_topic(self) -> Ints:
        """Pairs of messages: a stray answer, and what it is joined to (the rule of `threads.strays`)."""
        postings = self.postings
        topics = postings.message_values("topic_hashes")
        stray = (postings.message_values("strays") != 0) & self.live & (topics != 0)
        told = self.live & (self.dates != NO_DATE) & np.isin(topics, topics[stray])
        rows = [
            (int(topics[m]), int(self.dates[m]), postings.key(m), m) for m in np.flatnonzero(told).tolist()
        ]
        pairs = [
            (message, before)
            for (one, then, _, before), (other, now, _, message) in pairwise(sorted(rows))
            if one == other and now - then <= SUBJECT_DAYS * 86_400 and stray[message]
        ]
        return np.array(pairs, np.int64).reshape(-1, 2)

    @cached_property
    def senders(self) -> Ints:
        """For each message a number of its sender's address; -1 where it has none."""
        values, messages, spellings = self.links("by_sender")
        numbers: dict[str, int] = {}
        addresses = [s.partition(JOINT)[2].casefold() for s in spellings]
        numbered = np.array([numbers.setdefault(a, len(numbers)) if a else -1 for a in addresses], np.int64)
        found = np.full(self.size, -1, np.int64)
        found[messages] = numbered[values]
        return found

    @cached_property
    def affiliated(self) -> Bools:
        """For each message whether it states an affiliation."""
        found = np.zeros(self.size, np.bool_)
        found[self.links("by_affiliation")[1]] = True
        return found

    def links(self, field: str) -> tuple[Ints, Ints, list[str]]:
        """An exact field as a whole: (value, message) of each posting, and the values that are numbered.

        A value is numbered once for all segments; of a value's paragraphs each gives a posting.
        """
        numbers: dict[str, int] = {}
        values, messages = [NONE], [NONE]
        base = 0
        for part in self.postings._parts:
            owners = part.segment.owners
            stored = part.segment.field(field)
            if stored.term_count:
                counts, documents, _ = stored.tokens(0, stored.term_count)
                terms = [t.decode("utf-8") for t in stored.terms()]
                numbered = np.fromiter(
                    (numbers.setdefault(t, len(numbers)) for t in terms), np.int64, len(terms)
                )
                values.append(np.repeat(numbered, counts))
                messages.append(owners[documents].astype(np.int64) + base)
            base += part.segment.message_count
        return np.concatenate(values), np.concatenate(messages), list(numbers)

    @cached_property
    def vocabularies(self) -> dict[str, list[str]]:
        """Field -> its terms without accented forms, filled as they are asked for."""
        return {}

    @cached_property
    def letters(self) -> dict[str, tuple[Ints, Ints]]:
        """Field -> for each term of its vocabulary which letters it has (a bit each) and its length."""
        return {}

    def near_words(self, field: str, word: str, distance: int) -> list[str]:
        """The terms of a field that are at most `distance` edits from a word.

        An edit takes one letter away and brings one: terms with more other letters are passed over.
        """
        words = self.vocabulary(field)
        if not words:
            return []
        if field not in self.letters:
            self.letters[field] = letter_masks(words)
        masks, lengths = self.letters[field]
        mask, length = (int(a[0]) for a in letter_masks([word]))
        near = np.abs(lengths - length) <= distance
        for missing in (masks & ~mask, mask & ~masks):
            near &= bit_counts(missing) <= distance
        return [words[i] for i in np.flatnonzero(near).tolist() if within_distance(word, words[i], distance)]

    @cached_property
    def kept(self) -> KeptArrays:
        """(pattern, field) -> the documents in which the pattern stands and how often."""
        return KeptArrays(MOST_KEPT)

    @cached_property
    def kin(self) -> dict[tuple[str, str], list[str]]:
        """(word, field) -> the words of the index with its stem, for the words that were asked for."""
        return {}

    def vocabulary(self, field: str) -> list[str]:
        """The terms of a field, for a look through all of them."""
        if field not in self.vocabularies:
            self.vocabularies[field] = [t for t in self.postings.terms(field) if VARIANT not in t]
        return self.vocabularies[field]


def thread_numbers(values: Ints, messages: Ints, names: list[str], live: Bools) -> Ints:
    """Numbers messages so that those that share a value, directly or through others, have one number.

    Each takes the least number among those it shares a value with, until none changes; numbers of
    numbers are followed on the way, so that a chain of replies takes the logarithm of its length.
    """
    kept = live[messages]
    values, messages = values[kept], messages[kept]
    numbers = np.arange(len(live), dtype=np.int64)
    while len(values):
        least = np.full(len(names), len(live), np.int64)
        np.minimum.at(least, values, numbers[messages])
        settled = numbers.copy()
        # The number itself is lowered too: whoever already bears it follows in the next round.
        np.minimum.at(settled, numbers[messages], least[values])
        np.minimum.at(settled, messages, least[values])
        settled = settled[settled]
        if np.array_equal(settled, numbers):
            break
        numbers = settled
    return numbers


def letter_masks(words: list[str]) -> tuple[Ints, Ints]:
    """For each word the bits of its letters (of their code modulo 32) and its length."""
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), "<u4")
    starts = np.cumsum(lengths) - lengths
    return np.bitwise_or.reduceat(np.int64(1) << (codes & 31).astype(np.int64), starts), lengths


def bit_counts(masks: Ints) -> Ints:
    """How many of the lower 32 bits are set."""
    found = masks - ((masks >> 1) & 0x55555555)
    found = (found & 0x33333333) + ((found >> 2) & 0x33333333)
    return np.asarray(((found + (found >> 4)) & 0x0F0F0F0F) * 0x01010101 >> 24 & 0xFF)
