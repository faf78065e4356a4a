"""Plan -> matches over arrays: the query is evaluated for all messages at once.

A leaf gives an array; AND, OR and NOT are one operation on two arrays each. At message level an
array has one cell for each message, at paragraph level one for each Whoosh document. A paragraph
becomes its message through the array `owner`.

`engines.memory` says the same in plain words; the contract suite holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt

from searcharc.analysis import VARIANT, same_stem, stem_prefix
from searcharc.engines.base import Match, Matches, Sort
from searcharc.engines.ranking import page_of
from searcharc.engines.scoring import FIELD_WEIGHTS, K1, KIN, ZONE_WEIGHTS, B, idf
from searcharc.engines.whoosh.postings import POSITION_BITS, Ints, Postings, members, union
from searcharc.engines.whoosh.schema import NO_DATE, ZONES
from searcharc.errors import LimitError
from searcharc.query.scope import (
    And,
    Every,
    InParagraph,
    Is,
    Mentions,
    NumberIn,
    NumberIs,
    Of,
    Or,
    Plan,
    Some,
    Text,
    Within,
    Without,
    paragraph_patterns,
    scored_leaves,
)
from searcharc.query.tree import Near, Pattern, Phrase, Term, Test, within_distance

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

MAX_EXPANSION = 1024
"""Most words of the index that a wildcard, regular expression or fuzzy word may stand for."""

_ZONE_WEIGHT: Floats = np.array([0.0, *(ZONE_WEIGHTS[z] for z in ZONES)])


class Table:
    """What every search of one open index needs, read once.

    heads: the document number of each message. owner: for each document the index of its message.
    zones: for each document its zone's code, 0 for messages. live: for each message.
    """

    def __init__(self, postings: Postings) -> None:
        self.postings = postings
        self.zones = postings.numbers("zone_code", ">u1", 0)
        is_head = self.zones == 0
        self.heads: Ints = np.flatnonzero(is_head)
        self.owner: Ints = np.cumsum(is_head) - 1
        self.live = ~members(self.heads, postings.deleted())
        self.message_count = int(self.live.sum())
        self.live_documents: Bools = (
            self.live[self.owner] if len(self.owner) else np.zeros(0, np.bool_)
        )
        self.paragraph_count = int((self.live_documents & ~is_head).sum())

    @cached_property
    def dates(self) -> Ints:
        """For each message its date, or NO_DATE."""
        return self.postings.numbers("date", ">i8", NO_DATE)[self.heads]

    @cached_property
    def sizes(self) -> Ints:
        """For each message its size in bytes."""
        return self.postings.numbers("size", ">i8", 0)[self.heads]

    @cached_property
    def norms(self) -> Floats:
        """For each message the divisor for its length."""
        lengths = self.per_message(self.postings.numbers("tokens", ">u4", 0))
        mean = float(lengths[self.live].sum()) / self.message_count if self.message_count else 0.0
        return 1 - B + B * lengths / mean if mean else np.ones(len(self.heads))

    @cached_property
    def vocabulary(self) -> dict[str, list[tuple[str, str]]]:
        """Field -> its words, filled as they are asked for."""
        return {}

    def words(self, field: str) -> list[tuple[str, str]]:
        """All words of a field; read once."""
        if field not in self.vocabulary:
            self.vocabulary[field] = list(self.postings.words(field))
        return self.vocabulary[field]

    def per_message(self, values: Ints | Floats) -> Floats:
        """Sums over the documents of each message."""
        return np.bincount(self.owner, weights=values, minlength=len(self.heads)).astype(np.float64)

    def owners(self, documents: Bools) -> Bools:
        """For each message whether one of its documents is among these."""
        found = np.zeros(len(self.heads), np.bool_)
        found[self.owner[documents]] = True
        return found


class Search:
    """One evaluation of one plan; what its leaves gave is kept while it lasts."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self.table = table
        self.plan = plan
        self._places: dict[tuple[Pattern, str], tuple[Ints, Ints]] = {}
        self._masks: dict[Plan, Bools] = {}

    def run(self, sort: Sort, limit: int | None, offset: int, key_of: Callable[[int], str]) -> Matches:
        """The page of matches; key_of gives the key of the message in a document."""
        table = self.table
        hits = self.messages(self.plan) & table.live
        found = self.matching(self.plan)
        found &= hits[table.owner] if len(found) else found
        chosen = np.flatnonzero(hits)
        scores = self.scores() if sort is Sort.RELEVANCE else np.zeros(len(hits))
        ranked = self.candidates(chosen, scores, sort, None if limit is None else offset + limit)
        index_of: dict[str, int] = {}
        rows = []
        for index in ranked:
            key = key_of(int(table.heads[index]))
            index_of[key] = int(index)
            date = int(table.dates[index])
            rows.append((key, float(scores[index]), None if date == NO_DATE else date))
        page = page_of(rows, sort, limit, offset)
        return Matches(
            total=len(chosen),
            total_paragraphs=int(found.sum()),
            page=tuple(Match(key, score, self.ordinals(index_of[key], found)) for key, score in page),
        )

    def candidates(self, chosen: Ints, scores: Floats, sort: Sort, count: int | None) -> Ints:
        """Those of the chosen messages that can stand among the first `count`, ties included."""
        if count is None or count >= len(chosen):
            return chosen
        if count == 0:
            return chosen[:0]
        dates = self.table.dates[chosen]
        undated = dates == NO_DATE
        if sort is Sort.DATE:
            first, second = undated.astype(np.int64), dates
        elif sort is Sort.NEWEST:
            first, second = undated.astype(np.int64), np.where(undated, 0, -dates)
        else:
            first = -np.round(scores[chosen], 9)
            second = np.where(undated, np.int64(1) << 62, -dates)
        order = np.lexsort((second, first))
        last = order[count - 1]
        tied = (first[order] == first[last]) & (second[order] == second[last])
        end = max(count, int(np.flatnonzero(tied)[-1]) + 1)
        return chosen[order[:end]]

    def messages(self, plan: Plan) -> Bools:
        """For each message whether it satisfies a plan at message level."""
        table = self.table
        if plan in self._masks:
            return self._masks[plan]
        match plan:
            case Every():
                mask = np.ones(len(table.heads), np.bool_)
            case And(children):
                mask = np.logical_and.reduce([self.messages(c) for c in children])
            case Or(children):
                mask = np.logical_or.reduce([self.messages(c) for c in children])
            case Without(child):
                mask = ~self.messages(child)
            case Some(child):
                mask = table.owners(self.paragraphs(child))
            case Text():
                mask = self.weights(plan) > 0
            case Is(field, value, wildcard):
                mask = self.exact(field, value, wildcard)
            case Within(field, low, high):
                numbers = table.dates if field == "date" else table.sizes
                mask = numbers != NO_DATE
                mask &= numbers >= low if low is not None else True
                mask &= numbers <= high if high is not None else True
            case _:
                raise AssertionError(plan)
        self._masks[plan] = mask
        return mask

    def paragraphs(self, plan: Plan) -> Bools:
        """For each document whether it is a paragraph that satisfies a plan at paragraph level."""
        table = self.table
        if plan in self._masks and not isinstance(plan, Every | And | Or | Without):
            return self._masks[plan]
        match plan:
            case Every():
                return table.zones > 0
            case And(children):
                return np.asarray(np.logical_and.reduce([self.paragraphs(c) for c in children]))
            case Or(children):
                return np.asarray(np.logical_or.reduce([self.paragraphs(c) for c in children]))
            case Without(child):
                return (table.zones > 0) & ~self.paragraphs(child)
            case Of(child):
                mask = self.messages(child)[table.owner] & (table.zones > 0)
            case InParagraph(pattern, zones):
                mask = self.documents("text", pattern) & _in_zones(table.zones, zones)
            case Mentions(pattern):
                mask = self.documents("doc", pattern)
            case NumberIs(field, value):
                mask = self.having(table.postings.documents(field, value))
            case NumberIn(field, low, high):
                terms = [
                    t
                    for t in table.postings.terms(field)
                    if t.isdecimal() and (low is None or low <= int(t)) and (high is None or int(t) <= high)
                ]
                mask = self.having(union(table.postings.documents(field, t) for t in terms))
            case _:
                raise AssertionError(plan)
        self._masks[plan] = mask
        return mask

    def having(self, documents: Ints) -> Bools:
        """An array over all documents that is true for these."""
        mask = np.zeros(len(self.table.zones), np.bool_)
        mask[documents] = True
        return mask

    def documents(self, field: str, pattern: Pattern) -> Bools:
        """The documents in whose field the pattern stands."""
        very, kin = self.places(pattern, field)
        mask = self.having(very >> POSITION_BITS)
        mask[kin >> POSITION_BITS] = True
        return mask

    def exact(self, field: str, value: str, wildcard: bool) -> Bools:
        """The messages whose exact field has the value."""
        postings = self.table.postings
        if wildcard:
            pattern = Term(Test.WILDCARD, value)
            regex = pattern.pattern()
            found = [t for t in postings.terms(field, pattern.literal_prefix()) if regex.fullmatch(t)]
            documents = union(postings.documents(field, t) for t in found)
        else:
            documents = postings.documents(field, value)
        return self.having(documents)[self.table.heads]

    def weights(self, leaf: Text) -> Floats:
        """For each message the weighted count of the leaf's pattern."""
        table = self.table
        total = np.zeros(len(table.heads))
        for field in leaf.fields:
            documents = self.occurrences(leaf.pattern_for(field), field)
            total += FIELD_WEIGHTS.get(field, 1.0) * documents[table.heads]
        if leaf.zones:
            total += self.paragraph_weights(leaf.pattern, leaf.zones, None)
        return total

    def paragraph_weights(self, pattern: Pattern, zones: tuple[str, ...], group: Plan | None) -> Floats:
        """For each message the weighted count in its paragraphs of these zones (and of this group)."""
        table = self.table
        counted = self.occurrences(pattern, "text") * _ZONE_WEIGHT[table.zones]
        counted[~_in_zones(table.zones, zones)] = 0.0
        if group is not None:
            counted[~self.paragraphs(group)] = 0.0
        return table.per_message(counted)

    def occurrences(self, pattern: Pattern, field: str) -> Floats:
        """For each document how often the pattern stands in its field; kin of a plain word count half."""
        very, kin = self.places(pattern, field)
        size = len(self.table.zones)
        counts = np.bincount(very >> POSITION_BITS, minlength=size).astype(np.float64)
        return counts + KIN * np.bincount(kin >> POSITION_BITS, minlength=size)

    def places(self, pattern: Pattern, field: str) -> tuple[Ints, Ints]:
        """Where the pattern stands in a field; for a plain word, and where its kin stand."""
        known = self._places.get((pattern, field))
        if known is None:
            known = self._places[pattern, field] = self._find(pattern, field)
        return known

    def _find(self, pattern: Pattern, field: str) -> tuple[Ints, Ints]:
        nothing: Ints = np.zeros(0, np.int64)
        if isinstance(pattern, Near):
            reached = self._phrase(pattern.phrases[0], field)
            for phrase in pattern.phrases[1:]:
                reached = _near(self._phrase(phrase, field), reached, pattern.distance)
            return reached, nothing
        if len(pattern.terms) == 1 and pattern.terms[0].test is Test.STEM:
            term = pattern.terms[0]
            very = self.table.postings.places(field, term.folded)
            kin = union(self.table.postings.places(field, t) for t in self._kin(term, field))
            return very, kin
        return self._phrase(pattern, field), nothing

    def _phrase(self, phrase: Phrase, field: str) -> Ints:
        """Where the phrase begins: the rarer terms first would be faster, the order is the same."""
        found: Ints | None = None
        for number, term in enumerate(phrase.terms):
            places = self._term(term, field) - number
            found = places if found is None else found[members(found, places)]
            if not len(found):
                break
        return found if found is not None else np.zeros(0, np.int64)

    def _term(self, term: Term, field: str) -> Ints:
        postings = self.table.postings
        match term.test:
            case Test.FOLDED:
                return postings.places(field, term.value)
            case Test.STEM:
                words = [term.folded, *self._kin(term, field)]
                return union(postings.places(field, w) for w in words)
            case Test.ACCENTED:
                folded = term.folded
                if folded != term.value:
                    return postings.places(field, folded + VARIANT + term.value)
                bare = postings.places(field, folded)
                accented = union(postings.places(field, t) for t in postings.terms(field, folded + VARIANT))
                return bare[~members(bare, accented)]
            case _:
                return union(postings.places(field, w) for w in self._expanded(term, field))

    def _kin(self, term: Term, field: str) -> list[str]:
        """The other words of the index with the stem of a plain word."""
        prefix = stem_prefix(term.value)
        return same_stem(term.value, self.table.postings.words(field, prefix)) if prefix else []

    def _expanded(self, term: Term, field: str) -> list[str]:
        """The words of the index that a wildcard, regular expression or fuzzy word stands for."""
        prefix = term.literal_prefix()
        words: Iterator[tuple[str, str]] | list[tuple[str, str]]
        words = self.table.postings.words(field, prefix) if prefix else self.table.words(field)
        found: dict[str, None] = {}
        if term.test is Test.FUZZY:
            limit = term.distance
            tests = (w for w, _ in words if abs(len(w) - len(term.value)) <= limit)
            found = dict.fromkeys(w for w in tests if within_distance(term.value, w, limit))
        else:
            matches = term.pattern().fullmatch
            found = dict.fromkeys(w for w, _ in words if matches(w))
        if len(found) > MAX_EXPANSION:
            raise LimitError(
                f"{term} stands for {len(found)} different words",
                hint=f"at most {MAX_EXPANSION}: write more of the word",
            )
        return list(found)

    def matching(self, plan: Plan) -> Bools:
        """The paragraphs to which hits owe their place, as an array over all documents."""
        table = self.table
        match plan:
            case And(children) | Or(children):
                return np.asarray(np.logical_or.reduce([self.matching(c) for c in children]))
            case Some(child):
                return self.paragraphs(child).copy()
            case Text(pattern, _, zones, _) if zones:
                return self.documents("text", pattern) & _in_zones(table.zones, zones)
            case _:
                return np.zeros(len(table.zones), np.bool_)

    def ordinals(self, index: int, found: Bools) -> tuple[int, ...]:
        """The matching paragraphs of a message: more patterns first, then heavier zones, then order."""
        table = self.table
        head = int(table.heads[index])
        end = int(table.heads[index + 1]) if index + 1 < len(table.heads) else len(table.zones)
        documents = np.flatnonzero(found[head:end]) + head
        if not len(documents):
            return ()
        held = np.zeros(len(documents), np.int64)
        for pattern, zones in paragraph_patterns(self.plan):
            held += (self.documents("text", pattern) & _in_zones(table.zones, zones))[documents]
        order = np.lexsort((documents, -_ZONE_WEIGHT[table.zones[documents]], -held))
        return tuple(int(d) - head for d in documents[order])

    def scores(self) -> Floats:
        """For each message its score, as `scoring` says."""
        table = self.table
        total = np.zeros(len(table.heads))
        for leaf, group in scored_leaves(self.plan):
            if isinstance(leaf, Text):
                weights = self.weights(leaf)
                rarity = idf(int((weights[table.live] > 0).sum()), table.message_count)
            elif isinstance(leaf, InParagraph):
                weights = self.paragraph_weights(leaf.pattern, leaf.zones, group)
                holding = table.owners(self.paragraphs(leaf))
                rarity = idf(int(holding[table.live].sum()), table.message_count)
            else:
                documents = self.paragraphs(leaf)
                if group is not None:
                    documents = documents & self.paragraphs(group)
                weights = np.zeros(len(table.heads))
                np.maximum.at(
                    weights, table.owner[documents], _ZONE_WEIGHT[table.zones[documents]]
                )
                rarity = 1.0
            normed = weights / table.norms
            total += rarity * normed * (K1 + 1) / (normed + K1)
        return total


def _in_zones(codes: Ints, zones: tuple[str, ...]) -> Bools:
    wanted = np.zeros(len(ZONES) + 1, np.bool_)
    wanted[[ZONES.index(z) + 1 for z in zones]] = True
    return np.asarray(wanted[codes])


def _near(places: Ints, others: Ints, distance: int) -> Ints:
    """Those places that have another at most `distance` positions before or behind."""
    if not len(places) or not len(others):
        return places[:0]
    before = np.searchsorted(others, places, "left") - 1
    behind = np.searchsorted(others, places, "right")
    near = (before >= 0) & (places - others[np.maximum(before, 0)] <= distance)
    near |= (behind < len(others)) & (others[np.minimum(behind, len(others) - 1)] - places <= distance)
    return places[near]

