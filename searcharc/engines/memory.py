"""The reference engine: evaluates a plan over documents in memory, one by one.

Written to be read, not to be fast: it is the oracle that every other engine is held to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from searcharc.analysis import Token, tokenize
from searcharc.engines.base import Match, Matches, Sort
from searcharc.engines.document import Document, ParagraphDocument, document_of, pairs
from searcharc.engines.ranking import page_of
from searcharc.engines.scoring import (
    FIELD_WEIGHTS,
    INFERRED,
    KIN,
    MOST_NEAR,
    NEARNESS,
    WINDOW,
    ZONE_WEIGHTS,
    idf,
    length_norm,
    saturate,
)
from searcharc.engines.settled import settled
from searcharc.models import Message
from searcharc.query.matching import count_places, phrase_places
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
from searcharc.threads import strays


@dataclass(frozen=True, slots=True)
class _Entry:
    """A message with its tokens, cut once."""

    message: Message
    document: Document
    fields: dict[str, list[list[Token]]]
    paragraphs: list[list[Token]]
    related: list[_Entry] = field(default_factory=list, repr=False)
    of_sender: list[_Entry] = field(default_factory=list, repr=False)

    @property
    def length(self) -> int:
        return sum(map(len, self.paragraphs))


def _entry(message: Message) -> _Entry:
    document = document_of(message)
    return _Entry(
        message,
        document,
        {name: [tokenize(v) for v in values] for name, values in document.texts.items()},
        [tokenize(p.text) for p in document.paragraphs],
    )


def _relate(entries: list[_Entry]) -> None:
    """Fills `related` (all of one's thread, which share ids directly or through others) and `of_sender`."""
    senders: dict[str, list[_Entry]] = {}
    for entry in entries:
        if entry.message.sender.address:
            senders.setdefault(entry.message.sender.address.casefold(), []).append(entry)
    for of_sender in senders.values():
        for entry in of_sender:
            entry.of_sender.extend(of_sender)
    threads: dict[str, list[_Entry]] = {}
    for entry in entries:
        joined = [entry]
        for thread in {id(t): t for i in entry.document.exact["thread"] if (t := threads.get(i))}.values():
            joined += thread
        threads.update({i: joined for e in joined for i in e.document.exact["thread"]})
    for child, parent in strays(e.message for e in entries).items():
        joined = list({id(e): e for e in (*threads[child], *threads[parent])}.values())
        threads.update({i: joined for e in joined for i in e.document.exact["thread"]})
    for entry in entries:
        entry.related.extend(threads[entry.document.key])


class MemoryEngine:
    """An engine over a list of messages."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._entries = {m.key: _entry(m) for m in settled(messages)}
        _relate(list(self._entries.values()))

    def search(
        self, plan: Plan, *, sort: Sort = Sort.RELEVANCE, limit: int | None = 10, offset: int = 0
    ) -> Matches:
        """See `base.Engine`."""
        hits = [e for e in self._entries.values() if _holds(plan, e)]
        found = {e.document.key: _matching(plan, e) for e in hits}
        scores = _scores(plan, list(self._entries.values()), hits, found)
        ordered = page_of(
            [(e.document.key, scores[e.document.key], e.document.date) for e in hits], sort, limit, offset
        )
        return Matches(
            total=len(hits),
            total_paragraphs=sum(map(len, found.values())),
            page=tuple(Match(key, score, self._ordinals(plan, key, found[key])) for key, score in ordered),
        )

    def _ordinals(self, plan: Plan, key: str, paragraphs: set[int]) -> tuple[int, ...]:
        """The matching paragraphs: more of the patterns first, then heavier zones, then order."""
        entry = self._entries[key]
        patterns = list(paragraph_patterns(plan))

        def rank(index: int) -> tuple[int, float, int]:
            zone = entry.document.paragraphs[index].zone
            held = sum(
                zone in zones and count_places(p, entry.paragraphs[index]) > 0 for p, zones in patterns
            )
            return (-held, -ZONE_WEIGHTS[zone], index)

        return tuple(entry.document.paragraphs[i].ordinal for i in sorted(paragraphs, key=rank))

    def score_parts(self, plan: Plan, keys: Sequence[str]) -> dict[str, list[tuple[Plan | None, float]]]:
        """See `survey.Survey`."""
        entries = list(self._entries.values())
        hits = [e for e in entries if e.document.key in keys]
        found: dict[str, list[tuple[Plan | None, float]]] = {k: [] for k in keys}
        for leaf, part in _score_parts(plan, entries, hits, _mean_length(entries)):
            for key, score in part.items():
                found[key].append((leaf, score))
        return found

    def message(self, key: str) -> Message | None:
        """See `base.Engine`."""
        entry = self._entries.get(key)
        return entry.message if entry else None

    def messages(self, keys: Sequence[str]) -> list[Message]:
        """See `base.Engine`."""
        return [self._entries[k].message for k in keys if k in self._entries]

    def all_messages(self) -> Iterator[Message]:
        """See `base.Engine`."""
        return (e.message for e in self._entries.values())

    def counts(self) -> tuple[int, int]:
        """See `base.Engine`."""
        return len(self._entries), sum(len(e.document.paragraphs) for e in self._entries.values())

    def close(self) -> None:
        """See `base.Engine`."""


def _holds(plan: Plan, entry: _Entry) -> bool:
    """Whether a message satisfies a plan at message level."""
    match plan:
        case Every():
            return True
        case And(children):
            return all(_holds(c, entry) for c in children)
        case Or(children):
            return any(_holds(c, entry) for c in children)
        case Without(child):
            return not _holds(child, entry)
        case Some(child):
            return any(_holds_in(child, entry, i) for i in range(len(entry.paragraphs)))
        case Text():
            return _text_weight(plan, entry) > 0
        case Related(child):
            return any(_holds(child, e) for e in entry.related)
        case Inferred(child):
            return not entry.document.texts["affiliation"] and any(_holds(child, e) for e in entry.of_sender)
        case Is(name, value, wildcard):
            values = entry.document.exact[name]
            if wildcard:
                pattern = Term(Test.WILDCARD, value).pattern()
                return any(pattern.fullmatch(v) for v in values)
            return value in values
        case Within(name, low, high):
            number = entry.document.date if name == "date" else entry.document.size
            return number is not None and _between(number, low, high)
    raise AssertionError(plan)


def _holds_in(plan: Plan, entry: _Entry, index: int) -> bool:
    """Whether a paragraph satisfies a plan at paragraph level."""
    paragraph = entry.document.paragraphs[index]
    match plan:
        case Every():
            return True
        case And(children):
            return all(_holds_in(c, entry, index) for c in children)
        case Or(children):
            return any(_holds_in(c, entry, index) for c in children)
        case Without(child):
            return not _holds_in(child, entry, index)
        case Of(child):
            return _holds(child, entry)
        case InParagraph(pattern, zones):
            return paragraph.zone in zones and count_places(pattern, entry.paragraphs[index]) > 0
        case Mentions(pattern):
            return any(count_places(pattern, tokenize(d)) for d in paragraph.documents)
        case NumberIs(name, value):
            return value in (paragraph.numbers if name == "para" else paragraph.refs)
        case NumberIn(name, low, high):
            return any(_between(n, low, high) for n in _integers(paragraph, name))
        case Refers(child):
            return any(refers(child, number, of) for number, of in pairs(paragraph.refs))
    raise AssertionError(plan)


def _integers(paragraph: ParagraphDocument, field: str) -> tuple[int, ...]:
    return paragraph.integers if field == "para" else paragraph.ref_integers


def _between(number: int, low: int | None, high: int | None) -> bool:
    return (low is None or low <= number) and (high is None or number <= high)


def _matching(plan: Plan, entry: _Entry) -> set[int]:
    """Indexes of the paragraphs to which a hit owes its place."""
    match plan:
        case And(children) | Or(children):
            return set().union(*(_matching(c, entry) for c in children))
        case Some(child):
            return {i for i in range(len(entry.paragraphs)) if _holds_in(child, entry, i)}
        case Text(pattern, _, zones, _):
            return {
                i
                for i, tokens in enumerate(entry.paragraphs)
                if entry.document.paragraphs[i].zone in zones and count_places(pattern, tokens)
            }
        case _:
            return set()


def _occurrences(pattern: Pattern, tokens: list[Token]) -> float:
    """How often a pattern stands in the tokens; for a plain word its kin count half."""
    count = float(count_places(pattern, tokens))
    if count and isinstance(pattern, Phrase) and len(pattern.terms) == 1:
        term = pattern.terms[0]
        if term.test is Test.STEM:
            very = sum(t.term == term.folded for t in tokens)
            return very + KIN * (count - very)
    return count


def _text_weight(leaf: Text, entry: _Entry) -> float:
    """The weighted count of a pattern in a message's fields and paragraphs."""
    weight = 0.0
    for name in leaf.fields:
        for tokens in entry.fields[name]:
            weight += FIELD_WEIGHTS.get(name, 1.0) * _occurrences(leaf.pattern_for(name), tokens)
    for paragraph, tokens in zip(entry.document.paragraphs, entry.paragraphs, strict=True):
        if paragraph.zone in leaf.zones:
            weight += ZONE_WEIGHTS[paragraph.zone] * _occurrences(leaf.pattern, tokens)
    return weight


def _scores(
    plan: Plan, entries: list[_Entry], hits: list[_Entry], found: dict[str, set[int]]
) -> dict[str, float]:
    """Key -> score, as `scoring` says."""
    mean = _mean_length(entries)
    scores = {e.document.key: 0.0 for e in hits}
    for _, part in _score_parts(plan, entries, hits, mean):
        for key, score in part.items():
            scores[key] += score
    return scores


def _score_parts(
    plan: Plan, entries: list[_Entry], hits: list[_Entry], mean: float
) -> Iterator[tuple[Plan | None, dict[str, float]]]:
    """What each leaf adds to the score of each hit; and last, under None, what nearness adds."""
    for leaf, group in scored_leaves(plan):
        if isinstance(leaf, Inferred):
            yield leaf, {e.document.key: INFERRED * _holds(leaf, e) for e in hits}
            continue
        if isinstance(leaf, Text):
            weights = {e.document.key: _text_weight(leaf, e) for e in hits}
        elif isinstance(leaf, InParagraph):
            weights = {e.document.key: _group_weight(leaf, group, e) for e in hits}
        else:  # a printed number is worth what its best paragraph is
            weights = {e.document.key: _best_zone(leaf, group, e) for e in hits}
        rarity = _rarity(leaf, entries)
        yield (
            leaf,
            {
                e.document.key: rarity * saturate(weights[e.document.key] / length_norm(e.length, mean))
                for e in hits
            },
        )
    near = [(leaf, _rarity(leaf, entries)) for leaf in near_leaves(plan)[:MOST_NEAR]]
    yield None, {e.document.key: NEARNESS * _nearness(near, e) for e in hits}


def _mean_length(entries: list[_Entry]) -> float:
    return sum(e.length for e in entries) / len(entries) if entries else 0.0


def _rarity(leaf: Plan, entries: list[_Entry]) -> float:
    match leaf:
        case Text():
            return idf(sum(_text_weight(leaf, e) > 0 for e in entries), len(entries))
        case InParagraph():
            holding = (e for e in entries if any(_holds_in(leaf, e, i) for i in range(len(e.paragraphs))))
            return idf(sum(1 for _ in holding), len(entries))
    return 1.0


def _nearness(near: list[tuple[Text | InParagraph, float]], entry: _Entry) -> float:
    """What the best window of the message's paragraphs holds, but for its rarest word."""
    best = 0.0
    for paragraph, tokens in zip(entry.document.paragraphs, entry.paragraphs, strict=True):
        for shift in (0, WINDOW // 2):
            windows: dict[int, list[float]] = {}
            for leaf, rarity in near:
                if paragraph.zone in leaf.zones and isinstance(leaf.pattern, Phrase):
                    for window in {(p + shift) // WINDOW for p in phrase_places(leaf.pattern, tokens)}:
                        windows.setdefault(window, []).append(rarity)
            for held in windows.values():
                best = max(best, ZONE_WEIGHTS[paragraph.zone] * (sum(held) - max(held)))
    return best


def _group_weight(leaf: InParagraph, group: Plan | None, entry: _Entry) -> float:
    return sum(
        ZONE_WEIGHTS[entry.document.paragraphs[i].zone] * _occurrences(leaf.pattern, tokens)
        for i, tokens in enumerate(entry.paragraphs)
        if entry.document.paragraphs[i].zone in leaf.zones and (group is None or _holds_in(group, entry, i))
    )


def _best_zone(leaf: Plan, group: Plan | None, entry: _Entry) -> float:
    return max(
        (
            ZONE_WEIGHTS[p.zone]
            for i, p in enumerate(entry.document.paragraphs)
            if _holds_in(leaf, entry, i) and (group is None or _holds_in(group, entry, i))
        ),
        default=0.0,
    )
