"""Plans as queries of stock Whoosh, for agree.py.

A plan is turned into Whoosh's own And, Or, Not, Term, Prefix, Wildcard, Regex, FuzzyTerm, Phrase, SpanNear2 and
SpanNot over the fields of `engines/whoosh/schema.py`. Four things are no terms of the index and come in as a
set of documents: a message for its paragraphs and the reverse (by `owners`), dates and sizes (by the stored
records), and zones that only other messages tell (by `engines.settled`).

What Whoosh has no words for is said by NotInWhooshError: whole threads, affiliations inferred from other mails,
and nearness of more than two single words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import whoosh.index
from whoosh import query as wq
from whoosh.matching import ListMatcher
from whoosh.query import spans

from searcharc.analysis import VARIANT
from searcharc.engines.document import JOINT
from searcharc.engines.settled import settled
from searcharc.fields import ALL_ZONES
from searcharc.models import Message
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
    refers,
)
from searcharc.query.tree import Pattern, Phrase, Term, Test, is_kin
from searcharc.records import read_message

MESSAGE, PARAGRAPH = wq.Term("kind", "message"), wq.Term("kind", "paragraph")
BARE = rf"^(?!.*{VARIANT})"
"""Before a regular expression: not the accented forms, which are terms of the index too."""


class NotInWhooshError(Exception):
    """What of a plan stock Whoosh cannot express."""


class Documents(wq.Query):  # type: ignore[misc]  # Whoosh has no types
    """A set of documents, numbered over all segments."""

    def __init__(self, documents: Iterable[int], offsets: dict[str, int]) -> None:
        self.documents = sorted(documents)
        self.offsets = offsets
        self.boost = 1.0

    def is_leaf(self) -> bool:
        """Whoosh asks this of every query."""
        return True

    def estimate_size(self, _reader: Any) -> int:
        """How many documents there are at most."""
        return len(self.documents)

    def matcher(self, searcher: Any, _context: Any = None) -> ListMatcher:
        """Those of one segment, with its own numbers."""
        first = self.offsets[searcher.reader().segment().segment_id()]
        last = first + searcher.doc_count_all()
        return ListMatcher([d - first for d in self.documents if first <= d < last])


class SpanNot(spans.SpanNot):  # type: ignore[misc]
    """Whoosh's own, which has no size and asks its second matcher for a document when that has none left."""

    def estimate_size(self, reader: Any) -> int:
        """How many documents there are at most."""
        return int(self.a.estimate_size(reader))

    class _Matcher(spans.SpanNot._Matcher):  # type: ignore[misc]
        def _get_spans(self) -> Any:
            return super()._get_spans() if self.b.is_active() else self.a.spans()


class StockWhoosh:
    """The newest generation of an index folder, as Whoosh's own searcher sees it."""

    def __init__(self, folder: Path) -> None:
        self._searcher = whoosh.index.open_dir(str(folder)).searcher()
        self._reader = self._searcher.reader()
        self._offsets = {leaf.segment().segment_id(): offset for leaf, offset in self._reader.leaf_readers()}
        self._heads = np.array(self._documents(MESSAGE), np.int64)
        stored = map(self._searcher.stored_fields, self._heads.tolist())
        self._records = [read_message(fields["record"]) for fields in stored]
        self._of_head = dict(zip(self._heads.tolist(), self._records, strict=True))
        self._moved = self._settled_zones()
        self._lexicons: dict[str, list[str]] = {}

    def keys(self, plan: Plan) -> set[str]:
        """The messages that satisfy a plan at message level.

        Raises:
            NotInWhooshError: it cannot be asked.
        """
        return {self._of_head[d].key for d in self._documents(wq.And([MESSAGE, self.query(plan)]))}

    @property
    def messages(self) -> dict[str, Message]:
        """Key -> message, of the stored records."""
        return {record.key: record for record in self._records}

    def _documents(self, query: wq.Query) -> list[int]:
        return sorted(self._searcher.docs_for_query(query))

    def _settled_zones(self) -> dict[int, tuple[str, str]]:
        """Document -> (zone as its message tells it, zone among all messages), where these differ."""
        moved = {}
        for head, told, known in zip(
            self._heads.tolist(), self._records, settled(self._records), strict=True
        ):
            for one, other in zip(told.paragraphs, known.paragraphs, strict=True):
                if one.zone is not other.zone:
                    moved[head + one.ordinal] = (str(one.zone), str(other.zone))
        return moved

    def query(self, plan: Plan) -> wq.Query:
        """The query of a plan of either level."""
        match plan:
            case And(children):
                return wq.And([self.query(c) for c in children])
            case Or(children):
                return wq.Or([self.query(c) for c in children])
            case Every():
                return wq.Or([MESSAGE, PARAGRAPH])
            case Without(child):
                return wq.AndNot(wq.Or([MESSAGE, PARAGRAPH]), self.query(child))
            case Some(child):
                return self._set(self._owners(self._documents(wq.And([PARAGRAPH, self.query(child)]))))
            case Of(child):
                return self._set(self._children(self._documents(wq.And([MESSAGE, self.query(child)]))))
            case Text(pattern, fields, zones, _):
                inside = [self._pattern(plan.pattern_for(name), name) for name in fields]
                if zones:
                    inside.append(self.query(Some(InParagraph(pattern, zones))))
                return wq.Or(inside)
            case Is(field, value, True):
                # At a word's end ? may also be the mark of a question: one character or none.
                ends = (value, value[:-1]) if value.endswith("?") else (value,)
                return wq.Or([wq.Wildcard(field, v) for v in ends])
            case Is(field, value) | NumberIs(field, value):
                return wq.Term(field, value)
            case Within(field, low, high):
                return self._set(self._within(field, low, high))
            case InParagraph(pattern, zones):
                return wq.And([self._pattern(pattern, "text"), self._zones(zones)])
            case Mentions(pattern):
                return self._pattern(pattern, "doc")
            case NumberIn(field, low, high):
                found = [t for t in self._lexicon(field) if t.isdecimal() and _between(int(t), low, high)]
                return wq.Or([wq.Term(field, t) for t in found])
            case Refers(child):
                found = [t for t in self._lexicon("ref") if JOINT in t and refers(child, *t.split(JOINT, 1))]
                return wq.Or([wq.Term("ref", t) for t in found])
            case Related():
                raise NotInWhooshError("whole threads")
            case Inferred():
                raise NotInWhooshError("inferred affiliations")
        raise AssertionError(plan)

    def _set(self, documents: Iterable[int]) -> Documents:
        return Documents(documents, self._offsets)

    def _owners(self, documents: list[int]) -> list[int]:
        """The messages of paragraphs: the nearest document of a message before each."""
        places = np.searchsorted(self._heads, documents, "right") - 1
        return sorted(set(self._heads[places].tolist()))

    def _children(self, heads: list[int]) -> list[int]:
        return [head + p.ordinal for head in heads for p in self._of_head[head].paragraphs]

    def _within(self, field: str, low: int | None, high: int | None) -> Iterator[int]:
        for head, record in self._of_head.items():
            if field == "size":
                number = record.source.length
            elif record.date is None:
                continue
            else:
                number = int(record.date.timestamp())
            if _between(number, low, high):
                yield head

    def _zones(self, zones: tuple[str, ...]) -> wq.Query:
        if zones == ALL_ZONES:
            return PARAGRAPH
        told = wq.Or([wq.Term("zone", zone) for zone in zones])
        left = [document for document, (old, _) in self._moved.items() if old in zones]
        come = [document for document, (_, new) in self._moved.items() if new in zones]
        return wq.Or([wq.AndNot(told, self._set(left)), self._set(come)])

    def _lexicon(self, field: str) -> list[str]:
        if field not in self._lexicons:
            self._lexicons[field] = [term.decode("utf-8") for term in self._reader.lexicon(field)]
        return self._lexicons[field]

    def _pattern(self, pattern: Pattern, field: str) -> wq.Query:
        if isinstance(pattern, Phrase):
            return self._phrase(pattern, field)
        if len(pattern.phrases) > 2 or any(len(p.terms) > 1 for p in pattern.phrases):
            raise NotInWhooshError("nearness of more than two single words")
        words = [self._term(p.terms[0], field) for p in pattern.phrases]
        return spans.SpanNear2(words, slop=pattern.distance, ordered=False)

    def _phrase(self, phrase: Phrase, field: str) -> wq.Query:
        if len(phrase.terms) == 1:
            return self._term(phrase.terms[0], field)
        if all(term.test is Test.FOLDED for term in phrase.terms):
            return wq.Phrase(field, [term.value for term in phrase.terms])
        return spans.SpanNear2([self._term(term, field) for term in phrase.terms])

    def _term(self, term: Term, field: str) -> wq.Query:
        match term.test:
            case Test.FOLDED:
                return wq.Term(field, term.value)
            case Test.ACCENTED if term.folded != term.value:
                return wq.Term(field, term.folded + VARIANT + term.value)
            case Test.ACCENTED:
                accented = self._any(field, wq.Prefix(field, term.value + VARIANT))
                return SpanNot(wq.Term(field, term.value), accented)
            case Test.STEM:
                return _either([wq.Term(field, t) for t in self._lexicon(field) if _is_kin(term.value, t)])
            case Test.WILDCARD if term.value.endswith("*") and not set("*?") & set(term.value[:-1]):
                return self._any(field, wq.Prefix(field, term.value[:-1]))
            case Test.WILDCARD:
                regex = "".join({"*": ".*", "?": "."}.get(c, c) for c in term.value)
                return self._any(field, wq.Regex(field, rf"{BARE}{regex}{'?' * term.value.endswith('?')}\Z"))
            case Test.REGEX:
                return self._any(field, wq.Regex(field, rf"{BARE}(?:{term.value})\Z"))
            case Test.FUZZY if term.distance == 1:
                # Whoosh counts a swap of neighbours as two edits.
                swaps = [
                    term.value[:i] + term.value[i : i + 2][::-1] + term.value[i + 2 :]
                    for i in range(len(term.value) - 1)
                ]
                near = self._any(field, wq.FuzzyTerm(field, term.value, maxdist=1, prefixlength=0))
                return _either([near, *(wq.Term(field, swap) for swap in swaps)])
        raise NotInWhooshError("words two edits away")

    def _any(self, field: str, query: wq.Query) -> wq.Query:
        """A query of many terms as an OR of them that knows their places.

        Left alone, Whoosh preloads the documents of small indexes and forgets where the words stand.
        """
        found = query._btexts(self._reader)
        return _either([wq.Term(field, t.decode("utf-8") if isinstance(t, bytes) else t) for t in found])


def _either(queries: list[wq.Query]) -> wq.Query:
    if len(queries) == 1:
        return queries[0]
    found = wq.Or(queries)
    found.matcher_type = wq.Or.DEFAULT_MATCHER
    return found


def _is_kin(word: str, term: str) -> bool:
    folded, _, exact = term.partition(VARIANT)
    return is_kin(word, folded, exact or folded)


def _between(number: int, low: int | None, high: int | None) -> bool:
    return (low is None or low <= number) and (high is None or number <= high)
