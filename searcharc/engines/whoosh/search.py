"""Plan -> matches over arrays: a query is evaluated for all messages at once.

At message level a leaf gives a mask or weights with one cell for each message; at paragraph level it
gives the documents that satisfy it, ascending, for paragraphs are many and matches few. A paragraph
becomes its message through the array of owners.

`engines.memory` says the same in plain words; the contract suite holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import numpy as np

from searcharc.analysis import VARIANT, same_stem, stem_prefixes
from searcharc.engines.base import Match, Matches, Sort
from searcharc.engines.document import JOINT
from searcharc.engines.ranking import page_of
from searcharc.engines.scoring import (
    FIELD_WEIGHTS,
    K1,
    KIN,
    MOST_NEAR,
    NEARNESS,
    WINDOW,
    ZONE_WEIGHTS,
    B,
    idf,
)
from searcharc.engines.whoosh.postings import (
    NONE,
    POSITION_BITS,
    Bools,
    Floats,
    Ints,
    Postings,
    counted,
    members,
    union,
)
from searcharc.engines.whoosh.segment import NO_DATE, ZONES
from searcharc.errors import LimitError
from searcharc.fields import ALL_ZONES
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
from searcharc.query.tree import Pattern, Phrase, Term, Test, within_distance

MAX_EXPANSION = 1024
"""Most words of the index that a wildcard, regular expression or fuzzy word may stand for."""

_ZONE_WEIGHT: Floats = np.array([0.0, *(ZONE_WEIGHTS[z] for z in ZONES)])
_UNDATED = 1 << 62


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
        return thread_numbers(*self.links("thread"), self.live)

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
                counts, documents, _ = stored.tokens()
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
            self.letters[field] = _letters(words)
        masks, lengths = self.letters[field]
        mask, length = (int(a[0]) for a in _letters([word]))
        near = np.abs(lengths - length) <= distance
        for missing in (masks & ~mask, mask & ~masks):
            near &= _bit_counts(missing) <= distance
        return [words[i] for i in np.flatnonzero(near).tolist() if within_distance(word, words[i], distance)]

    def vocabulary(self, field: str) -> list[str]:
        """The terms of a field, for a look through all of them."""
        if field not in self.vocabularies:
            self.vocabularies[field] = [t for t in self.postings.terms(field) if VARIANT not in t]
        return self.vocabularies[field]


class Search:
    """One evaluation of one plan; what its leaves gave is kept while it lasts."""

    def __init__(self, table: Table, plan: Plan) -> None:
        self.table = table
        self.postings = table.postings
        self.plan = plan
        self._found: dict[tuple[Pattern, str], tuple[Ints, Floats]] = {}
        self._masks: dict[Plan, Bools] = {}
        self._weights: dict[Text, Floats] = {}

    def run(self, sort: Sort, limit: int | None, offset: int) -> Matches:
        """The page of matches."""
        table = self.table
        hits = self.messages(self.plan) & table.live
        chosen = np.flatnonzero(hits)
        found = self.matching(self.plan)
        found = found[hits[self.postings.owners(found)]] if len(chosen) else NONE
        count = None if limit is None else offset + limit
        if count == 0:
            return Matches(len(chosen), len(found), ())
        scores = self.scores() if sort is Sort.RELEVANCE else np.zeros(table.size)
        index_of: dict[str, int] = {}
        rows = []
        for index in self.candidates(chosen, scores, sort, count).tolist():
            key = self.postings.key(index)
            index_of[key] = index
            date = int(table.dates[index])
            rows.append((key, float(scores[index]), None if date == NO_DATE else date))
        page = page_of(rows, sort, limit, offset)
        return Matches(
            total=len(chosen),
            total_paragraphs=len(found),
            page=tuple(Match(key, score, self.ordinals(index_of[key], found)) for key, score in page),
        )

    def candidates(self, chosen: Ints, scores: Floats, sort: Sort, count: int | None) -> Ints:
        """Those of the chosen messages that can stand among the first `count`, ties included."""
        if count is None or count >= len(chosen):
            return chosen
        dates = self.table.dates[chosen]
        undated = dates == NO_DATE
        newest = np.where(undated, _UNDATED, -dates)
        if sort is Sort.DATE:
            return chosen[_least(np.where(undated, _UNDATED, dates), count)]
        if sort is Sort.NEWEST:
            return chosen[_least(newest, count)]
        worst = -scores[chosen]
        bound = np.partition(worst, count - 1)[count - 1] + 1e-8  # scores are compared to nine digits
        kept = np.flatnonzero(worst <= bound)
        if len(kept) <= 4 * count:
            return chosen[kept]
        sure = kept[worst[kept] < bound - 2e-8]
        tied = kept[worst[kept] >= bound - 2e-8]
        tied = tied[_least(newest[tied], count - len(sure))]
        return np.asarray(chosen[np.concatenate([sure, tied])])

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

    def owning(self, documents: Ints) -> Bools:
        """For each message whether one of these documents is its own or of its paragraphs."""
        mask = np.zeros(self.table.size, np.bool_)
        mask[self.postings.owners(documents)] = True
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
                found = found[self.messages(child)[self.postings.owners(found)]]
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
            total[self.postings.owners(documents)] += FIELD_WEIGHTS.get(field, 1.0) * counts
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
        weighted = counts * _ZONE_WEIGHT[self.postings.zones(documents)]
        summed = np.bincount(self.postings.owners(documents), weighted, self.table.size)
        return np.asarray(summed, np.float64)  # of nothing it is of integers

    def occurrences(self, pattern: Pattern, field: str) -> tuple[Ints, Floats]:
        """The documents in whose field the pattern stands, and how often; kin of a plain word count half."""
        known = self._found.get((pattern, field))
        if known is None:
            known = self._found[pattern, field] = self._occurrences(pattern, field)
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
        return _runs(self._places(pattern, field) >> POSITION_BITS)

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
                _near(self._phrase(phrase, field), reached, pattern.distance) if len(reached) else reached
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
                return union(self.matching(c) for c in children)
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
        order = np.lexsort((documents, -_ZONE_WEIGHT[self.postings.zones(documents)], -held))
        return tuple(int(d) - head for d in documents[order])

    def scores(self) -> Floats:
        """For each message its score, as `scoring` says."""
        total = np.zeros(self.table.size)
        for _, part in self.score_parts():
            total += part
        return total

    def score_parts(self) -> Iterator[tuple[Plan | None, Floats]]:
        """What each leaf adds to the score of each message; and last, under None, what nearness adds."""
        table = self.table
        for leaf, group in scored_leaves(self.plan):
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
                    weights, self.postings.owners(documents), _ZONE_WEIGHT[self.postings.zones(documents)]
                )
            normed = weights / table.norms
            yield leaf, rarity * (K1 + 1) * normed / (normed + K1)
        yield None, NEARNESS * self.nearness()

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
        best = np.zeros(self.table.size)
        leaves = near_leaves(self.plan)[:MOST_NEAR]
        if len(leaves) < 2:
            return best
        hits = self.messages(self.plan)
        windows: list[Ints] = []
        values: list[Floats] = []
        for leaf in leaves:
            places = self._near_places(leaf, hits)
            rarity = self.rarity(leaf)
            for number, shift in enumerate((0, WINDOW // 2)):
                found = np.unique((places + shift) // WINDOW) << 1 | number
                windows.append(found)
                values.append(np.full(len(found), rarity))
        joined = np.concatenate(windows)
        if not len(joined):
            return best
        order = np.argsort(joined, kind="stable")
        joined, rarities = joined[order], np.concatenate(values)[order]
        firsts = np.flatnonzero(np.append(True, joined[1:] != joined[:-1]))
        held = np.add.reduceat(rarities, firsts) - np.maximum.reduceat(rarities, firsts)
        documents = (joined[firsts] >> 1) * WINDOW >> POSITION_BITS
        held *= _ZONE_WEIGHT[self.postings.zones(documents)]
        np.maximum.at(best, self.postings.owners(documents), held)
        return best

    def _near_places(self, leaf: Text | InParagraph, hits: Bools) -> Ints:
        """Where a leaf's pattern stands in paragraphs of its zones, in the messages that are found."""
        places = self._places(leaf.pattern, "text")
        documents = places >> POSITION_BITS
        kept = hits[self.postings.owners(documents)] & self.in_zones(documents, leaf.zones)
        return np.asarray(places[kept])


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


def _letters(words: list[str]) -> tuple[Ints, Ints]:
    """For each word the bits of its letters (of their code modulo 32) and its length."""
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), "<u4")
    starts = np.cumsum(lengths) - lengths
    return np.bitwise_or.reduceat(np.int64(1) << (codes & 31).astype(np.int64), starts), lengths


def _bit_counts(masks: Ints) -> Ints:
    """How many of the lower 32 bits are set."""
    found = masks - ((masks >> 1) & 0x55555555)
    found = (found & 0x33333333) + ((found >> 2) & 0x33333333)
    return np.asarray(((found + (found >> 4)) & 0x0F0F0F0F) * 0x01010101 >> 24 & 0xFF)


def _runs(documents: Ints) -> tuple[Ints, Floats]:
    """Each document of an ascending array once, and how often it stood there."""
    if not len(documents):
        return NONE, np.zeros(0)
    firsts = np.flatnonzero(np.append(True, documents[1:] != documents[:-1]))
    return documents[firsts], np.diff(np.append(firsts, len(documents))).astype(np.float64)


def _least(values: Ints, count: int) -> Ints:
    """Where the `count` least values stand, and all that are equal to the greatest of them."""
    if count >= len(values):
        return np.arange(len(values))
    return np.flatnonzero(values <= np.partition(values, count - 1)[count - 1])


def _near(places: Ints, others: Ints, distance: int) -> Ints:
    """Those places that have another at most `distance` positions before or behind."""
    if not len(places) or not len(others):
        return NONE
    before = np.searchsorted(others, places, "left") - 1
    behind = np.searchsorted(others, places, "right")
    near = (before >= 0) & (places - others[np.maximum(before, 0)] <= distance)
    near |= (behind < len(others)) & (others[np.minimum(behind, len(others) - 1)] - places <= distance)
    return places[near]
