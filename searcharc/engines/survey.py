"""What an index tells beside hits: counts by field, shares of a score, spellings.

`Survey` answers by the border of `base.Engine` alone, from the stored messages: right for every
engine, and the reference for one that is faster. `survey_of` gives the fastest there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from searcharc.analysis import fold_case, tokenize
from searcharc.engines.base import Engine, Sort
from searcharc.engines.document import JOINT, Document, document_of, pairs
from searcharc.engines.memory import MemoryEngine
from searcharc.message.orgnames import organisation_key
from searcharc.query.scope import Plan, bind
from searcharc.query.tree import Phrase, Term, Test, Words, within_distance

FACETS = ("sender", "affiliation", "list", "year", "month", "para", "ref", "domain")
"""What messages can be counted by."""

Tally = dict[tuple[str, str], dict[str, int]]
"""(period, group) -> spelling -> messages. The period is "" where none was asked for."""

LEAST_SPELLED = 3
"""Letters of a word for which another spelling is looked for."""


def group_of(by: str, value: str) -> str:
    """What values of a facet are one: addresses of senders, names in any case."""
    if by == "sender":
        name, _, address = value.partition(JOINT)
        return fold_case(address or name)
    if by == "affiliation":
        return organisation_key(value)
    return fold_case(value) if by in ("list", "ref") else value


def domain_of(sender: str) -> str:
    """The domain of a value of by_sender, "" where it has none."""
    return fold_case(sender.partition(JOINT)[2].rpartition("@")[2]) if "@" in sender else ""


def period_of(date: int | None, period: str) -> str:
    """The month or year of a date in UTC: "2010-05", "2010"; "" for none."""
    if date is None or not period:
        return ""
    moment = datetime.fromtimestamp(date, UTC)
    return f"{moment.year:04}-{moment.month:02}" if period == "month" else f"{moment.year:04}"


def values_of(by: str, document: Document) -> set[str]:
    """The values by which a message counts; empty where it has none."""
    match by:
        case "sender" | "affiliation" | "list":
            return set(document.exact[f"by_{by}"]) - {"", JOINT}
        case "domain":
            return {d for s in document.exact["by_sender"] if (d := domain_of(s))}
        case "para":
            return {n for p in document.paragraphs for n in p.numbers}
        case "ref":
            return {f"{n}{JOINT}{d}" for p in document.paragraphs for n, d in pairs(p.refs)}
        case _:
            return {found} if (found := period_of(document.date, by)) else set()


class Survey:
    """Answers from the messages that an engine gives."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def tally(self, plan: Plan, by: str, period: str = "") -> tuple[Tally, int]:
        """The messages of a plan counted by a facet (by "": not at all) and a period ("", month, year).

        Gives besides how many messages have no value. A message counts once for each group.
        """
        counted: dict[tuple[str, str], Counter[str]] = {}
        without = 0
        page = self.engine.search(plan, sort=Sort.DATE, limit=None).page
        for message in self.engine.messages([m.key for m in page]):
            document = document_of(message)
            when = period_of(document.date, period)
            values = values_of(by, document) if by else {""}
            if (period and not when) or not values:
                without += 1
                continue
            groups: dict[str, str] = {}
            for value in sorted(values, reverse=True):
                groups[group_of(by, value)] = value
            for group, spelling in groups.items():
                counted.setdefault((when, group), Counter())[spelling] += 1
        return {k: dict(c) for k, c in counted.items()}, without

    def score_parts(self, plan: Plan, keys: Sequence[str]) -> dict[str, list[tuple[Plan | None, float]]]:
        """For each key the share of each leaf in its score; last, under None, that of nearness."""
        return self.engine.score_parts(plan, keys) if isinstance(self.engine, MemoryEngine) else {}

    def spellings(self, word: str) -> list[str]:
        """Words of paragraphs that are at most two letters off, the nearest and most frequent first."""
        if len(word) < LEAST_SPELLED:
            return []
        for distance in (1, 2) if len(word) > LEAST_SPELLED + 1 else (1,):
            tree = Words(Phrase((Term(Test.FUZZY, word, distance),)), "body")
            page = self.engine.search(bind(tree), limit=50).page
            texts = (p.text for m in self.engine.messages([m.key for m in page]) for p in m.paragraphs)
            if found := _near_words(word, distance, texts):
                return found
        return []


def _near_words(word: str, distance: int, texts: Iterable[str]) -> list[str]:
    counts = Counter(t.term for text in texts for t in tokenize(text))
    near = (w for w in counts if abs(len(w) - len(word)) <= distance and within_distance(word, w, distance))
    return sorted(near, key=lambda w: (-counts[w], w))


def survey_of(engine: Engine) -> Survey:
    """The fastest survey of an engine."""
    from searcharc.engines.whoosh.engine import WhooshEngine

    if isinstance(engine, WhooshEngine):
        from searcharc.engines.whoosh.survey import ArraySurvey

        return ArraySurvey(engine)
    return Survey(engine)
