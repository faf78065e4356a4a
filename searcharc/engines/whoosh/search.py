"""Plan -> matches over arrays: a query is evaluated for all messages at once.

At message level a leaf gives a mask or weights with one cell for each message; at paragraph level it
gives the documents that satisfy it, ascending, for paragraphs are many and matches few. A paragraph
becomes its message through the array of owners.

`engines.memory` says the same in plain words; the contract suite holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from searcharc.analysis import VARIANT, same_stem, stem_prefixes
from searcharc.engines.base import Match, Matches, Sort
from searcharc.engines.document import JOINT
from searcharc.engines.ranking import page_of
from searcharc.engines.scoring import (
    FIELD_WEIGHTS,
    INFERRED,
    K1,
    KIN,
    MOST_NEAR,
    NEARNESS,
    idf,
)
from searcharc.engines.whoosh.ascending import near, runs, union
from searcharc.engines.whoosh.candidates import candidates
from searcharc.engines.whoosh.nearness import ZONE_WEIGHT, best_windows
from searcharc.engines.whoosh.postings import (
    NONE,
    POSITION_BITS,
    Bools,
    Floats,
    Ints,
    counted,
    members,
)
from searcharc.engines.whoosh.segment import NO_DATE, ZONES
from searcharc.engines.whoosh.table import Table as Table  # what it needs, for those who open one
from searcharc.errors import LimitError
from searcharc.fields import ALL_ZONES
from searcharc.query.scope import (
    And,
    Every,
    Inferred,
    InParagraph,
    Is,
    Mentions,
    NumberIn,
    NumberIs,
    Of,
    Or,
    Plan,
    Refers,
    Related,
    Some,
    Text,
    Within,
    Without,
    near_leaves,
    paragraph_patterns,
    refers,
    scored_leaves,
)
from searcharc.query.tree import Pattern, Phrase, Term, Test

MAX_EXPANSION = 1024
"""Most words of the index that a wildcard, regular expression or fuzzy word may stand for."""

_KIN_KEPT = 10_000  # words whose kin is kept in memory


class Search:
    """One evaluation of one plan; what its leaves gave is kept while it lasts."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self.table = table
        self.postings = table.postings
        self.plan = plan
        self._found: dict[tuple[Pattern, str], tuple[Ints, Floats]] = {}
        self._masks: dict[Plan, Bools] = {}
        self._weights: dict[Text, Floats] = {}
        self._owners: dict[int, tuple[Ints, Ints]] = {}  # by the array, which is held so that it stays itself

    def run(self, sort: Sort, limit: int | None, offset: int) -> Matches:
        """The page of matches."""
        table = self.table
        hits = self.messages(self.plan) & table.live
        chosen = np.flatnonzero(hits)
        found = self.matching(self.plan)
        found = found[hits[self.owners(found)]] if len(chosen) else NONE
        count = None if limit is None else offset + limit
        if count == 0:
            return Matches(len(chosen), len(found), ())
        scores = self.scores(chosen) if sort is Sort.RELEVANCE else np.zeros(len(chosen))
        index_of: dict[str, int] = {}
        rows = []
        for place in candidates(table.dates[chosen], scores, sort, count).tolist():
            index = int(chosen[place])
            key = self.postings.key(index)
            index_of[key] = index
            date = int(table.dates[index])
            rows.append((key, float(scores[place]), None if date == NO_DATE else date))
        page = page_of(rows, sort, limit, offset)
        return Matches(
            total=len(chosen),
            total_paragraphs=len(found),
            page=tuple(Match(key, score, self.ordinals(index_of[key], found)) for key, score in page),
        )

    def messages(self, plan: Plan) -> Bools:
        """For each message whether it satisfies a plan at message level."""
        known = self._masks.get(plan)
        if known is None:
            known = self._masks[plan] = self._messages(plan)
        return known

    def _messages(self, plan: Plan) -> Bools:
        table = self.table
        match plan:
            case Every():
                return np.ones(table.size, np.bool_)
            case And(children):
                return np.asarray(np.logical_and.reduce([self.messages(c) for c in children]))
            case Or(children):
                return np.asarray(np.logical_or.reduce([self.messages(c) for c in children]))
            case Without(child):
                return ~self.messages(child)
            case Some(child):
                return self.owning(self.paragraphs(child))
            case Text():
                return self.weights(plan) > 0
            case Related(child):
                return self.related(self.messages(child) & table.live)
            case Inferred(child):
                return self.inferred(self.messages(child) & table.live)
            case Is(field, value, wildcard):
                return self.owning(self.exact(field, value, wildcard))
            case Within(field, low, high):
                numbers = table.dates if field == "date" else table.sizes
                mask = np.asarray(numbers != NO_DATE, np.bool_)
                if low is not None:
                    mask &= numbers >= low
                if high is not None:
                    mask &= numbers <= high
                return mask
        raise AssertionError(plan)

    def related(self, messages: Bools) -> Bools:
        """For each message whether its thread has one of these."""
        threads = self.table.threads
        wanted = np.zeros(len(threads) + 1, np.bool_)
        wanted[threads[messages]] = True
        return np.asarray(wanted[threads])

    def inferred(self, messages: Bools) -> Bools:
        """For each message whether it states no affiliation and its sender wrote one of these."""
        senders = self.table.senders
        wanted = np.zeros(self.table.size + 1, np.bool_)  # the last cell is for those without an address
        wanted[senders[messages]] = True
        wanted[-1] = False
        return np.asarray(wanted[senders] & ~self.table.affiliated)

    def owners(self, documents: Ints) -> Ints:
        """The message of each of these documents (ascending)."""
        if id(documents) not in self._owners:
            self._owners[id(documents)] = documents, self.postings.owners(documents)
        return self._owners[id(documents)][1]

    def owning(self, documents: Ints) -> Bools:
        """For each message whether one of these documents is its own or of its paragraphs."""
        mask = np.zeros(self.table.size, np.bool_)
        mask[self.owners(documents)] = True
        return mask

    def paragraphs(self, plan: Plan) -> Ints:
        """The paragraphs that satisfy a plan at paragraph level, ascending."""
        match plan:
            case Every():
                return self.all_paragraphs()
            case And(children):
                return self._all_of(children)
            case Or(children):
                return union(self.paragraphs(c) for c in children)
            case Without(child):
                every = self.all_paragraphs()
                return every[~members(every, self.paragraphs(child))]
            case Of(child):
                return self.postings.paragraphs(np.flatnonzero(self.messages(child)))
            case InParagraph(pattern, zones):
                documents, _ = self.occurrences(pattern, "text")
                if zones == ALL_ZONES:
                    return documents  # the same array: its owners are looked up once
                return np.asarray(documents[self.in_zones(documents, zones)])
            case Mentions(pattern):
                return self.occurrences(pattern, "doc")[0]
            case NumberIs(field, value):
                return self.postings.documents(field, value)[0]
            case NumberIn(field, low, high):
                numbers = [t for t in self.postings.terms(field) if t.isdecimal()]
                wanted = [
                    t for t in numbers if (low is None or low <= int(t)) and (high is None or int(t) <= high)
                ]
                return union(self.postings.documents(field, t)[0] for t in wanted)
            case Refers(child):
                return self._referring(child)
        raise AssertionError(plan)

    def _referring(self, child: Plan) -> Ints:
        """The paragraphs of which one reference satisfies the child."""
        terms = (t for t in self.postings.terms("ref") if JOINT in t)
        wanted = [t for t in terms if refers(child, *t.split(JOINT, 1))]
        return union(self.postings.documents("ref", t)[0] for t in wanted)

    def _all_of(self, children: tuple[Plan, ...]) -> Ints:
        """Finds first, then takes away: what is not there and what the message says are only tests."""
        finders = [c for c in children if not isinstance(c, Of | Without | Every)]
        about = [c.child for c in children if isinstance(c, Of)]
        if finders:
            parts = sorted((self.paragraphs(c) for c in finders), key=len)
            found = parts[0]
            for part in parts[1:]:
                found = found[members(found, part)]
            for child in about:
                found = found[self.messages(child)[self.owners(found)]]
        elif about:
            mask = np.logical_and.reduce([self.messages(c) for c in about])
            found = self.postings.paragraphs(np.flatnonzero(mask))
        else:
            found = self.all_paragraphs()
        for child in children:
            if isinstance(child, Without):
                found = found[~members(found, self.paragraphs(child.child))]
        return found

    def all_paragraphs(self) -> Ints:
        """Every paragraph."""
        return self.postings.paragraphs(np.arange(self.table.size))

    def in_zones(self, documents: Ints, zones: tuple[str, ...]) -> Bools:
        """For each of these documents whether it is of one of the zones."""
        if zones == ALL_ZONES:
            return np.ones(len(documents), np.bool_)
        wanted = np.zeros(len(ZONES) + 1, np.bool_)
        wanted[[ZONES.index(z) + 1 for z in zones]] = True
        return np.asarray(wanted[self.postings.zones(documents)])

    def exact(self, field: str, value: str, wildcard: bool) -> Ints:
        """The documents whose exact field has the value."""
        if not wildcard:
            return self.postings.documents(field, value)[0]
        term = Term(Test.WILDCARD, value)
        matches = term.pattern().fullmatch
        found = [t for t in self.postings.terms(field, term.literal_prefix()) if matches(t)]
        return union(self.postings.documents(field, t)[0] for t in found)

    def weights(self, leaf: Text) -> Floats:
        """For each message the weighted count of the leaf's pattern."""
        known = self._weights.get(leaf)
        if known is not None:
            return known
        zones = leaf.zones
        total = self.paragraph_weights(leaf.pattern, zones, None) if zones else np.zeros(self.table.size)
        for field in leaf.fields:
            documents, counts = self.occurrences(leaf.pattern_for(field), field)
            total[self.owners(documents)] += FIELD_WEIGHTS.get(field, 1.0) * counts
        self._weights[leaf] = total
        return total

    def paragraph_weights(self, pattern: Pattern, zones: tuple[str, ...], group: Plan | None) -> Floats:
        """For each message the weighted count in its paragraphs of these zones (and of this group)."""
        documents, counts = self.occurrences(pattern, "text")
        if zones != ALL_ZONES:
            kept = self.in_zones(documents, zones)
            documents, counts = documents[kept], counts[kept]
        if group is not None:
            kept = members(documents, self.paragraphs(group))
            documents, counts = documents[kept], counts[kept]
        weighted = counts * ZONE_WEIGHT[self.postings.zones(documents)]
        summed = np.bincount(self.owners(documents), weighted, self.table.size)
        return np.asarray(summed, np.float64)  # of nothing it is of integers

    def occurrences(self, pattern: Pattern, field: str) -> tuple[Ints, Floats]:
        """The documents in whose field the pattern stands, and how often; kin of a plain word count half."""
        known = self._found.get((pattern, field))
        if known is None:
            kept = self.table.kept.get((pattern, field))
            if kept is None:
                kept = self._occurrences(pattern, field)
                self.table.kept.put((pattern, field), kept)
            known = self._found[pattern, field] = (kept[0], kept[1])
        return known

    def _occurrences(self, pattern: Pattern, field: str) -> tuple[Ints, Floats]:
        if isinstance(pattern, Phrase) and len(pattern.terms) == 1:
            term = pattern.terms[0]
            if term.test is Test.STEM:
                return counted(
                    [self._counts(term.folded, field, 1.0)]
                    + [self._counts(w, field, KIN) for w in self._kin(term, field)]
                )
            if term.test is not Test.ACCENTED:
                return counted(self._counts(w, field, 1.0) for w in self._words(term, field))
        return runs(self._places(pattern, field) >> POSITION_BITS)

    def _counts(self, word: str, field: str, weight: float) -> tuple[Ints, Floats]:
        documents, counts = self.postings.documents(field, word)
        return documents, np.asarray(counts * weight, np.float64)

    def _places(self, pattern: Pattern, field: str) -> Ints:
        """Where the pattern stands: where its phrase begins, or for Near where its last phrase does."""
        if isinstance(pattern, Phrase):
            return self._phrase(pattern, field)
        reached = self._phrase(pattern.phrases[0], field)
        for phrase in pattern.phrases[1:]:
            reached = (
                near(self._phrase(phrase, field), reached, pattern.distance) if len(reached) else reached
            )
        return reached

    def _phrase(self, phrase: Phrase, field: str) -> Ints:
        parts = []
        for number, term in enumerate(phrase.terms):
            places = self._term(term, field)
            if not len(places):
                return NONE
            parts.append(places - number)
        parts.sort(key=len)  # the rarest first: the others are only looked up
        found = parts[0]
        for part in parts[1:]:
            found = found[members(found, part)]
        return found

    def _term(self, term: Term, field: str) -> Ints:
        if term.test is not Test.ACCENTED:
            return union(self.postings.places(field, w) for w in self._words(term, field))
        folded = term.folded
        if folded != term.value:
            return self.postings.places(field, folded + VARIANT + term.value)
        bare = self.postings.places(field, folded)
        accented = union(self.postings.places(field, t) for t in self.postings.terms(field, folded + VARIANT))
        return bare[~members(bare, accented)]

    def _words(self, term: Term, field: str) -> list[str]:
        """The words of the index that a test of one token lets pass."""
        match term.test:
            case Test.FOLDED:
                return [term.value]
            case Test.STEM:
                return [term.folded, *self._kin(term, field)]
            case _:
                return self._expanded(term, field)

    def _kin(self, term: Term, field: str) -> list[str]:
        """The other words of the index with the stem of a plain word."""
        known = self.table.kin.get((term.value, field))
        if known is None:
            if len(self.table.kin) >= _KIN_KEPT:
                self.table.kin.clear()
            known = self.table.kin[term.value, field] = self._find_kin(term, field)
        return known

    def _find_kin(self, term: Term, field: str) -> list[str]:
        candidates = [w for p in stem_prefixes(term.value) for w in self.postings.words(field, p)]
        return same_stem(term.value, candidates) if candidates else []

    def _expanded(self, term: Term, field: str) -> list[str]:
        """The words of the index that a wildcard, regular expression or fuzzy word stands for."""
        prefix = term.literal_prefix()
        words: Iterable[str]
        if prefix:
            words = (w for w in self.postings.terms(field, prefix) if VARIANT not in w)
        else:
            words = self.table.vocabulary(field)
        if term.test is Test.FUZZY:
            found = self.table.near_words(field, term.value, term.distance)
        else:
            matches = term.pattern().fullmatch
            found = [w for w in words if matches(w)]
        if len(found) > MAX_EXPANSION:
            raise LimitError(
                f"{term} stands for {len(found)} different words",
                hint=f"at most {MAX_EXPANSION}: write more of the word",
            )
        return found

    def matching(self, plan: Plan) -> Ints:
        """The paragraphs to which hits owe their place, ascending."""
        match plan:
            case And(children) | Or(children):
                return union(self.matching(c) for c in dict.fromkeys(children))
            case Some(child):
                return self.paragraphs(child)
            case Text(pattern, _, zones, _) if zones:
                return self.paragraphs(InParagraph(pattern, zones))
            case _:
                return NONE

    def ordinals(self, index: int, found: Ints) -> tuple[int, ...]:
        """The matching paragraphs of a message: more patterns first, then heavier zones, then order."""
        head, end = int(self.table.heads[index]), int(self.table.heads[index + 1])
        first, last = np.searchsorted(found, [head, end])
        if first == last:
            return ()
        documents = found[first:last]
        held = np.zeros(len(documents), np.int64)
        for pattern, zones in paragraph_patterns(self.plan):
            has = members(documents, self.occurrences(pattern, "text")[0])
            held += has & self.in_zones(documents, zones)
        order = np.lexsort((documents, -ZONE_WEIGHT[self.postings.zones(documents)], -held))
        return tuple(int(d) - head for d in documents[order])

    def scores(self, chosen: Ints) -> Floats:
        """The score of each of these messages, as `scoring` says."""
        total = np.zeros(len(chosen))
        for _, part in self.score_parts(chosen):
            total += part
        return total

    def score_parts(self, chosen: Ints) -> Iterator[tuple[Plan | None, Floats]]:
        """What each leaf adds to the scores of these messages; and last, under None, what nearness adds."""
        table = self.table
        norms = table.norms[chosen]
        for leaf, group in scored_leaves(self.plan):
            if isinstance(leaf, Inferred):
                yield leaf, np.where(self.messages(leaf)[chosen], INFERRED, 0.0)
                continue
            rarity = self.rarity(leaf)
            if isinstance(leaf, Text):
                weights = self.weights(leaf)
            elif isinstance(leaf, InParagraph):
                weights = self.paragraph_weights(leaf.pattern, leaf.zones, group)
            else:
                documents = self.paragraphs(leaf)
                if group is not None:
                    documents = documents[members(documents, self.paragraphs(group))]
                weights = np.zeros(table.size)
                np.maximum.at(
                    weights, self.owners(documents), ZONE_WEIGHT[self.postings.zones(documents)]
                )
            normed = weights[chosen] / norms
            yield leaf, rarity * (K1 + 1) * normed / (normed + K1)
        yield None, NEARNESS * self.nearness()[chosen]

    def rarity(self, leaf: Plan) -> float:
        """The idf of a leaf; 1 for what is no text."""
        match leaf:
            case Text():
                holding = self.weights(leaf) > 0
            case InParagraph():
                holding = self.owning(self.paragraphs(leaf))
            case _:
                return 1.0
        return idf(int((holding & self.table.live).sum()), self.table.message_count)

    def nearness(self) -> Floats:
        """For each message that is found what its best window holds, but for its rarest word."""
        leaves = near_leaves(self.plan)[:MOST_NEAR]
        if len(leaves) < 2:
            return np.zeros(self.table.size)
        shared = self._shared_paragraphs(leaves)
        words = []
        for leaf in leaves:
            places = self._places(leaf.pattern, "text")
            documents = places >> POSITION_BITS
            kept = shared[documents]
            places = places[kept]
            if leaf.zones != ALL_ZONES:
                places = places[self.in_zones(documents[kept], leaf.zones)]
            words.append((places, self.rarity(leaf)))
        return best_windows(self.postings, self.table.size, words)

    def _shared_paragraphs(self, leaves: tuple[Text | InParagraph, ...]) -> Bools:
        """For each document whether two of the leaves stand in it, in a message that is found."""
        counts = np.zeros(self.postings.document_count, np.uint8)
        for leaf in leaves:
            counts[self.occurrences(leaf.pattern, "text")[0]] += 1
        shared = np.flatnonzero(counts > 1)
        shared = shared[self.messages(self.plan)[self.owners(shared)]]
        mask = np.zeros(self.postings.document_count, np.bool_)
        mask[shared] = True
        return mask
