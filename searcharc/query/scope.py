"""Query tree -> plan: where the words of a query must meet, settled once for every engine.

Words must meet in one message. Where `para:`, `ref:` or `doc:` stands among them, they and it
must meet in one paragraph, and beside it only the paragraph's own text counts. Brackets bind:
`(para:24 cooperation) (para:30 mandate)` is a message with both. An OR of nothing but `para:`,
`ref:` and `doc:` counts as one of them. A negated one binds the words beside it too; with no
word beside it, it speaks of the message (`from:ann -para:24`).

`ref:` and `doc:` side by side speak of one reference: `ref:35 doc:"Tunis Agenda"` is not found by a
paragraph that mentions 35 of one document and 10 of that one.

A plan is a tree of two levels. Message level: Text, Is, Within, Every, Related (whose thread has a
message that satisfies ...), Inferred (whose sender says elsewhere what it does not say itself) and
Some (of whose paragraphs one satisfies ...). Paragraph level: InParagraph, Mentions, NumberIs,
NumberIn, Refers, and Of (whose message satisfies ...). And, Or and Without stand at both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType

from searcharc.analysis import tokenize
from searcharc.fields import ALL_ZONES, BY_NAME, PARAGRAPH_KINDS, Kind
from searcharc.query.matching import count_places
from searcharc.query.tree import (
    All,
    Any,
    Everything,
    Near,
    Node,
    Not,
    Pattern,
    Phrase,
    Span,
    Term,
    Test,
    Thread,
    Value,
    Words,
)


class Scope(StrEnum):
    """What the words of a query must share."""

    MESSAGE = "message"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Every:
    """Every message, or every paragraph."""


@dataclass(frozen=True, slots=True)
class Text:
    """Message level: the pattern stands in one value of these fields, or in a paragraph of these zones.

    fields: names of indexed text fields. plain: the pattern for fields of names, where stems say
    nothing (`from`); equal to `pattern` where the query gave no plain word.
    """

    pattern: Pattern
    fields: tuple[str, ...]
    zones: tuple[str, ...]
    plain: Pattern

    def pattern_for(self, field: str) -> Pattern:
        """The pattern as it is put to one of the fields."""
        return self.pattern if field == "subject" else self.plain


@dataclass(frozen=True, slots=True)
class Is:
    """Message level: a field has this value (or one that the wildcard matches)."""

    field: str
    value: str
    wildcard: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """Message level: a number lies in this range, both ends included; None is open."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Some:
    """Message level: at least one paragraph satisfies the child."""

    child: Plan


@dataclass(frozen=True, slots=True)
class InParagraph:
    """Paragraph level: the pattern stands in its text, and it is of one of these zones."""

    pattern: Pattern
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mentions:
    """Paragraph level: the pattern stands in the name of a document that it refers to."""

    pattern: Pattern


@dataclass(frozen=True, slots=True)
class NumberIs:
    """Paragraph level: it bears (field "para") or mentions ("ref") this number or one below it."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class NumberIn:
    """Paragraph level: the integer of its number, or of one it mentions, lies in this range."""

    field: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Refers:
    """Paragraph level: one of its references satisfies the child, of NumberIs, NumberIn, Mentions, And, Or."""

    child: Plan


@dataclass(frozen=True, slots=True)
class Related:
    """Message level: a message of its thread satisfies the child."""

    child: Plan


@dataclass(frozen=True, slots=True)
class Inferred:
    """Message level: it states no affiliation, and another of its sender's address satisfies the child."""

    child: Plan


@dataclass(frozen=True, slots=True)
class Of:
    """Paragraph level: its message satisfies the child."""

    child: Plan


@dataclass(frozen=True, slots=True)
class And:
    """Every child, all of one level."""

    children: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one child, all of one level."""

    children: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Whatever the child does not match, at its level."""

    child: Plan


Plan = (
    Every
    | Text
    | Is
    | Within
    | Related
    | Inferred
    | Some
    | InParagraph
    | Mentions
    | NumberIs
    | NumberIn
    | Refers
    | Of
    | And
    | Or
    | Without
)

BARE_FIELDS = ("subject", "sender")
"""Where a bare word is looked for besides the paragraphs."""


def bind(tree: Node, scope: Scope = Scope.MESSAGE) -> Plan:
    """The plan of a query, at message level."""
    if scope is Scope.PARAGRAPH and _speaks_of_paragraphs(tree):
        return Some(_paragraph(tree, whole=True))
    return _message(tree)


def _message(node: Node) -> Plan:
    match node:
        case All(children):
            if _binds(children):
                return Some(And(_paired([_paragraph(c) for c in dict.fromkeys(children)])))
            return And(tuple(_message(c) for c in dict.fromkeys(children)))
        case Any(children):
            return Or(tuple(_message(c) for c in dict.fromkeys(children)))
        case Not(child):
            return Without(_message(child))
        case _ if _is_paragraph_leaf(node):
            return Some(_paragraph(node))
        case Everything():
            return Every()
        case Words(pattern, None):
            return Text(pattern, BARE_FIELDS, ALL_ZONES, _unstemmed(pattern))
        case Words(pattern, str(name)):
            field = BY_NAME[name]
            if field.kind is Kind.WORDS:
                return Text(pattern, (), field.zones, pattern)
            text = Text(pattern, field.terms, (), pattern)
            if "affiliation_inferred" not in field.terms:
                return text
            return Or((text, Inferred(Text(pattern, ("affiliation",), (), pattern))))
        case Thread(child):
            return Related(_message(child))
        case Value("thread", value, _):
            return Related(Is("thread", value))
        case Value(name, value, wildcard):
            return Is(name, value, wildcard)
        case Span(name, low, high):
            return Within("date" if name == "year" else name, low, high)
    raise AssertionError(node)


def _paragraph(node: Node, *, whole: bool = False) -> Plan:
    """The node at paragraph level; whole: brackets do not bind (`--scope paragraph`)."""
    match node:
        case All(children):
            if _binds(children) and not whole:
                return Of(_message(node))
            return And(_paired([_paragraph(c, whole=whole) for c in dict.fromkeys(children)]))
        case Any(children):
            return Or(tuple(_paragraph(c, whole=whole) for c in dict.fromkeys(children)))
        case Not(child):
            return Without(_paragraph(child, whole=whole))
        case Everything():
            return Every()
        case Words(pattern, None):
            return InParagraph(pattern, ALL_ZONES)
        case Words(pattern, str(name)) if BY_NAME[name].kind is Kind.WORDS:
            return InParagraph(pattern, BY_NAME[name].zones)
        case Words(pattern, "doc"):
            return Mentions(pattern)
        case Value(name, value, _) if BY_NAME[name].kind in PARAGRAPH_KINDS:
            return NumberIs(name, value)
        case Span(name, low, high) if BY_NAME[name].kind in PARAGRAPH_KINDS:
            return NumberIn(name, low, high)
        case _:
            return Of(_message(node))


def _paired(parts: list[Plan]) -> tuple[Plan, ...]:
    """The parts of an AND with what is said of references joined: number and document of one."""
    numbers = [p for p in parts if _is_made_of(p, NumberIs | NumberIn, "ref")]
    documents = [p for p in parts if _is_made_of(p, Mentions, None)]
    if not numbers or not documents:
        return tuple(parts)
    rest = [p for p in parts if p not in numbers and p not in documents]
    return (*rest, Refers(And((*numbers, *documents))))


def _is_made_of(plan: Plan, kind: type | UnionType, field: str | None) -> bool:
    if isinstance(plan, Or):
        return all(_is_made_of(c, kind, field) for c in plan.children)
    return isinstance(plan, kind) and getattr(plan, "field", None) == field


def refers(plan: Plan, number: str, document: str) -> bool:
    """Whether a reference satisfies the child of Refers.

    number: canonical, or one of its ancestors. document: "" where none is named.
    """
    match plan:
        case And(children):
            return all(refers(c, number, document) for c in children)
        case Or(children):
            return any(refers(c, number, document) for c in children)
        case NumberIs(_, value):
            return number == value
        case NumberIn(_, low, high):
            return (
                number.isdecimal()
                and (low is None or low <= int(number))
                and (high is None or int(number) <= high)
            )
        case Mentions(pattern):
            return count_places(pattern, tokenize(document)) > 0
    raise AssertionError(plan)


def _is_paragraph_leaf(node: Node) -> bool:
    """Whether this is para:, ref: or doc:, or an OR of nothing else."""
    match node:
        case Any(children):
            return all(_is_paragraph_leaf(c) for c in children)
        case Words(_, name) | Value(name, _, _) | Span(name, _, _):
            return name is not None and BY_NAME[name].kind in PARAGRAPH_KINDS
        case _:
            return False


def _binds(children: tuple[Node, ...]) -> bool:
    if any(_is_paragraph_leaf(c) for c in children):
        return True
    negated = any(isinstance(c, Not) and _is_paragraph_leaf(c.child) for c in children)
    return negated and any(isinstance(c, Words) and _looks_into_paragraphs(c) for c in children)


def _looks_into_paragraphs(node: Words) -> bool:
    return node.field is None or BY_NAME[node.field].kind is Kind.WORDS


def _speaks_of_paragraphs(tree: Node) -> bool:
    """Whether any leaf looks into paragraphs; a query of message fields alone has nothing to bind."""
    match tree:
        case All(children) | Any(children):
            return any(_speaks_of_paragraphs(c) for c in children)
        case Not(child):
            return _speaks_of_paragraphs(child)
        case Words():
            return _looks_into_paragraphs(tree) or _is_paragraph_leaf(tree)
        case _:
            return _is_paragraph_leaf(tree)


def _unstemmed(pattern: Pattern) -> Pattern:
    """The same pattern without stems: names are not inflected (`anne` is not `ann`)."""
    if isinstance(pattern, Near):
        return Near(tuple(_plain_phrase(p) for p in pattern.phrases), pattern.distance)
    return _plain_phrase(pattern)


def _plain_phrase(phrase: Phrase) -> Phrase:
    return Phrase(tuple(Term(Test.FOLDED, t.folded) if t.test is Test.STEM else t for t in phrase.terms))


def leaf_name(leaf: Plan) -> str:
    """A leaf as a query would write it: `own:harbour`, `para:24`."""
    match leaf:
        case Text(pattern, fields, zones, _):
            if fields == BARE_FIELDS or (not fields and zones == ALL_ZONES):
                return str(pattern)
            names = [
                f.name for f in BY_NAME.values() if (f.terms, f.zones) in ((fields, ()), (("text",), zones))
            ]
            return f"{names[0] if names else fields[0]}:{pattern}"
        case InParagraph(pattern, zones):
            names = [f.name for f in BY_NAME.values() if f.zones == zones and zones != ALL_ZONES]
            return f"{names[0]}:{pattern}" if names else str(pattern)
        case NumberIs(field, value) | Is(field, value, _):
            return f"{field}:{value}"
        case NumberIn(field, low, high) | Within(field, low, high):
            return str(Span(field, low, high))
        case Mentions(pattern):
            return f"doc:{pattern}"
        case Inferred(Text(pattern)):
            return f"affiliation~:{pattern} (inferred from the sender's other messages)"
        case Refers(And(children)):
            return " ".join(map(leaf_name, children))
        case Or(children):
            return f"({' OR '.join(map(leaf_name, children))})"
    return "*"


def scored_leaves(plan: Plan, group: Plan | None = None) -> Iterator[tuple[Plan, Plan | None]]:
    """The leaves a hit may owe its place to: those under no negation.

    Each comes with the paragraph-level plan that binds it, None at message level.
    """
    match plan:
        case And(children) | Or(children):
            for child in children:
                yield from scored_leaves(child, group)
        case Some(child):
            yield from scored_leaves(child, child)
        case Of(child):
            yield from scored_leaves(child, None)
        case Text() | Inferred() | InParagraph() | NumberIs() | NumberIn() | Mentions() | Refers():
            yield plan, group
        case _:
            return


def near_leaves(plan: Plan) -> tuple[Text | InParagraph, ...]:
    """The leaves whose nearness to each other counts: words and phrases looked for in paragraphs."""
    found = (
        leaf
        for leaf, _ in scored_leaves(plan)
        if isinstance(leaf, Text | InParagraph) and leaf.zones and isinstance(leaf.pattern, Phrase)
    )
    return tuple(dict.fromkeys(found))


def paragraph_patterns(plan: Plan) -> Iterator[tuple[Pattern, tuple[str, ...]]]:
    """(pattern, zones) of what is looked for in paragraphs, under no negation: what is marked in a hit."""
    for leaf, _ in scored_leaves(plan):
        if isinstance(leaf, Text | InParagraph) and leaf.zones:
            yield leaf.pattern, leaf.zones
