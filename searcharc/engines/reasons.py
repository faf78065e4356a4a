"""Why a query finds nothing, where that can be known: each reason is one sentence with its remedy.

Every part of the query that must hold is asked for alone. A part that finds nothing is the reason:
a word that is in no message (with the nearest spelling), words that never stand side by side, words
that stand elsewhere than where they are looked for. Otherwise the query is asked again without one
of its parts at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from difflib import get_close_matches

from searcharc.engines.base import Sort
from searcharc.engines.survey import Survey
from searcharc.errors import LimitError
from searcharc.fields import BY_NAME, PARAGRAPH_KINDS, Kind
from searcharc.query.scope import Scope, bind
from searcharc.query.tree import All, Any, Everything, Near, Node, Not, Phrase, Span, Test, Value, Words

MOST_PARTS = 12
"""Parts of a query that are looked at one by one."""


@dataclass(frozen=True, slots=True)
class _Index:
    survey: Survey
    scope: Scope

    def count(self, tree: Node) -> int:
        """How many messages a tree finds."""
        return self.survey.engine.search(bind(tree, self.scope), sort=Sort.DATE, limit=0).total

    def ends(self, tree: Node) -> tuple[str, str]:
        """The days of the first and of the last dated message that a tree finds."""
        days = []
        for sort in (Sort.DATE, Sort.NEWEST):
            page = self.survey.engine.search(bind(tree, self.scope), sort=sort, limit=1).page
            date = self.survey.engine.messages([page[0].key])[0].date
            days.append(date.astimezone(UTC).strftime("%Y-%m-%d") if date else "no date")
        return days[0], days[1]


def why_nothing(survey: Survey, tree: Node, scope: Scope = Scope.MESSAGE) -> tuple[str, ...]:
    """The reasons for which a query that finds no message finds none; () where none is known."""
    index = _Index(survey, scope)
    parts = tree.children if isinstance(tree, All) else (tree,)
    if len(parts) == 1 and isinstance(parts[0], All):
        parts = parts[0].children
    if not survey.engine.counts()[0]:
        return ("the index holds no message",)
    try:
        leaves = _leaves(parts)
        timeless = [p for p in leaves if not _is_date(p)] or leaves
        alone = [reason for part in timeless for reason in _part_reasons(index, part)]
        found = alone or list(_joint_reasons(index, parts))
    except LimitError:  # a word that stands for too many others: nothing is certain
        return ()
    return tuple(dict.fromkeys(found))


def _is_date(node: Node) -> bool:
    return isinstance(node, Span) and node.field in ("date", "year")


def _leaves(parts: tuple[Node, ...]) -> list[Node]:
    """What must hold or may hold, under no negation."""
    found: list[Node] = []
    waiting = list(reversed(parts))
    while waiting and len(found) < MOST_PARTS:
        node = waiting.pop()
        if isinstance(node, All | Any):
            waiting.extend(reversed(node.children))
        elif not isinstance(node, Not):
            found.append(node)
    return found


def _part_reasons(index: _Index, part: Node) -> Iterator[str]:
    """Why a part alone finds nothing; none where it finds something."""
    if index.count(part):
        return
    match part:
        case Words(pattern, field):
            yield from _words_reasons(index, part, pattern, field)
        case Value(name, value, _) if BY_NAME[name].kind in PARAGRAPH_KINDS:
            verb = "bears" if name == "para" else "mentions"
            yield f"no paragraph {verb} the number {value}"
        case Value("list" | "domain" as name, value, False):
            tally, _ = index.survey.tally(bind(Everything()), name)
            near = get_close_matches(value, [group for _, group in tally], n=1)
            yield f"{part} finds no message" + (f" (spelled {name}:{near[0]}?)" if near else "")
        case Span("date" | "year", _, _):
            first, last = index.ends(Everything())
            yield f"no message is of these dates: the index holds {first} to {last}"
        case _:
            yield f"{part} finds no message"


def _words_reasons(index: _Index, part: Words, pattern: Phrase | Near, field: str | None) -> Iterator[str]:
    where = "message" if field is None else f"{field}:"
    phrases = pattern.phrases if isinstance(pattern, Near) else (pattern,)
    single = [Words(Phrase((term,)), field) for phrase in phrases for term in phrase.terms]
    missing = [w for w in dict.fromkeys(single) if not index.count(w)] if len(single) > 1 else [part]
    if not missing:
        held = "near each other" if isinstance(pattern, Near) else "side by side"
        yield f"the words of {part} stand in messages, but never {held}"
        return
    for word in missing:
        elsewhere = index.count(replace(word, field=None)) if field is not None else 0
        if elsewhere:
            yield f"{_bare(word)} {_elsewhere(index, word, elsewhere)}"
            continue
        spelled = _spelled(index, word)
        yield (
            f"{word.pattern} is in no {where}{spelled}"
            if field is None
            else (f"{_bare(word)} is in no message, {where} or elsewhere{spelled}")
        )


def _bare(word: Words) -> str:
    """The word as it was typed: without the quotes that mark it as standing for itself."""
    return str(word.pattern).strip('"')


def _elsewhere(index: _Index, word: Words, count: int) -> str:
    field = BY_NAME[word.field or "body"]
    if field.kind is Kind.WORDS:
        for name, text in (("own", "own words"), ("quoted", "quoted text"), ("sig", "signatures")):
            if name != field.name and index.count(replace(word, field=name)) == count:
                return f"stands only in {text} ({name}:)"
    if field.name == "affiliation" and (inferred := index.count(replace(word, field="affiliation~"))):
        return f"is only an inferred affiliation, in {_messages(inferred)} (affil~:)"
    return f"is in no {field.name}:, but elsewhere in {_messages(count)}"


def _spelled(index: _Index, word: Words) -> str:
    phrase = word.pattern
    if not isinstance(phrase, Phrase) or phrase.terms[0].test not in (Test.STEM, Test.FOLDED, Test.ACCENTED):
        return ""
    found = index.survey.spellings(phrase.terms[0].folded)
    return f' (spelled "{found[0]}"?)' if found else ""


def _joint_reasons(index: _Index, parts: tuple[Node, ...]) -> Iterator[str]:
    """Which part, left out, would leave something."""
    if len(parts) < 2:
        return
    dates = [p for p in parts if _is_date(p)]
    if dates:
        rest = _without(parts, dates)
        if count := index.count(rest):
            first, last = index.ends(rest)
            yield f"only outside the dates: {_messages(count)}, {first} to {last}"
            return
    for left_out in parts[:MOST_PARTS]:
        rest = _without(parts, [left_out])
        if count := index.count(rest):
            yield f"without {left_out}: {_messages(count)}"


def _without(parts: Sequence[Node], left_out: Sequence[Node]) -> Node:
    rest = tuple(p for p in parts if p not in left_out)
    return All(rest) if rest else Everything()


def _messages(count: int) -> str:
    return f"{count:,} message{'s' * (count != 1)}"
