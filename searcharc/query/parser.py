"""Query text -> query tree; every fault is an error with its place and a remedy.

Grammar, in the order of binding (blank is AND):

    query  = any ;  any = all { OR all } ;  all = near { [AND] near }
    near   = not { NEAR/n not } ;  not = { NOT | - } atom
    atom   = ( any ) | field:( any ) | field:value | word | "phrase" | "phrase"~n | *
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from searcharc.errors import LimitError, QueryError
from searcharc.fields import (
    BY_NAME,
    FIELDS,
    OR_WHEN_REPEATED,
    PARAGRAPH_KINDS,
    SAVED,
    Field,
    Kind,
)
from searcharc.query.lexer import Lexeme, Piece, split_query
from searcharc.query.tree import (
    All,
    Any,
    Everything,
    Near,
    Node,
    Not,
    Phrase,
    Span,
    Thread,
    Value,
    Words,
)
from searcharc.query.values import date_span, number_leaf, size_leaf, value_leaf
from searcharc.query.words import pattern_terms

MAX_DEPTH = 50
"""Deepest nesting of brackets and NOT."""
MAX_TERMS = 256
"""Most words of a query."""
MAX_SAVED = 5
"""Deepest nesting of saved queries and of thread:{...}."""

_MOST_DATE_WORDS = 5  # "1 May 2011..2 June 2011" has as many behind its first
_DATE_WORD = re.compile(r"[A-Za-z]{1,9}\.?|\d{1,4}(?:st|nd|rd|th)?,?|[\w.]*\.\.[\w.]*")
_STEMMED = frozenset({"subject", "body", "own", "quoted", "sig"})


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as read. warnings: what was passed over, in words."""

    text: str
    tree: Node
    warnings: tuple[str, ...] = ()


def parse_query(
    text: str, *, now: datetime | None = None, saved: Mapping[str, str] | None = None
) -> ParsedQuery:
    """Reads a query: `para:24 "enhanced cooperation"` -> (and para:24 "enhanced cooperation").

    now: what ages and `today` count from (the present moment by default).
    saved: name -> text of the queries that `saved:` may name.

    Raises:
        QueryError: with `position` and `hint`; LimitError past the limits of this module.
    """
    parser = _Parser(split_query(text), now or datetime.now(UTC), saved or {})
    tree = parser.parse()
    return ParsedQuery(text, tree, tuple(parser.warnings))


class _Parser:
    """Recursive descent over the lexemes; the depth is bounded by MAX_DEPTH."""

    def __init__(self, pieces: list[Piece], now: datetime, saved: Mapping[str, str], level: int = 0) -> None:
        self.pieces = pieces
        self.now = now
        self.saved = saved
        self.level = level
        self.place = 0
        self.depth = 0
        self.words = 0
        self.warnings: list[str] = []

    def peek(self) -> Piece:
        return self.pieces[self.place]

    def kind(self) -> Lexeme:
        return self.pieces[self.place].kind

    def take(self) -> Piece:
        piece = self.pieces[self.place]
        self.place += 1
        return piece

    def parse(self) -> Node:
        if self.kind() is Lexeme.END:
            raise QueryError("the query is empty", position=0, hint="* finds every message")
        tree = self.any_of("")
        if self.kind() is Lexeme.CLOSE:
            raise QueryError(
                "a bracket is closed that was not opened", position=self.peek().position, hint="remove it"
            )
        if tree is None:
            raise QueryError("the query has no word to look for", position=0, hint="* finds every message")
        return tree

    def any_of(self, field: str) -> Node | None:
        found = [self.all_of(field)]
        while self.kind() is Lexeme.OR:
            operator = self.take()
            self.expect_operand(operator)
            found.append(self.all_of(field))
        return _join(Any, [n for n in found if n is not None])

    def all_of(self, field: str) -> Node | None:
        found: list[Node] = []
        while True:
            kind = self.kind()
            if kind in (Lexeme.END, Lexeme.CLOSE, Lexeme.OR):
                break
            if kind is Lexeme.AND:
                if self.at_start():
                    raise _no_operand(self.peek())
                self.expect_operand(self.take())
                continue
            node = self.near_of(field)
            if node is not None:
                found.append(node)
        if self.kind() is Lexeme.OR and self.at_start():
            raise _no_operand(self.peek())
        return _join(All, _merge_repeated(found))

    def at_start(self) -> bool:
        """Whether nothing stands before the lexeme at hand in its brackets or its OR."""
        return self.place == 0 or self.pieces[self.place - 1].kind in (Lexeme.OPEN, Lexeme.OR)

    def expect_operand(self, operator: Piece) -> None:
        if self.kind() in (Lexeme.END, Lexeme.CLOSE, Lexeme.AND, Lexeme.OR, Lexeme.NEAR):
            raise QueryError(
                f"{operator.text} has nothing behind it",
                position=operator.position,
                hint=f'quote it to look for the word "{operator.text}"',
            )

    def near_of(self, field: str) -> Node | None:
        if self.kind() is Lexeme.NEAR:
            raise _no_operand(self.peek())
        start = self.peek().position
        node = self.not_of(field)
        while self.kind() is Lexeme.NEAR:
            operator = self.take()
            self.expect_operand(operator)
            other = self.not_of(field)
            node = _near(node, other, operator.distance or 0, start)
        return node

    def not_of(self, field: str) -> Node | None:
        negations = 0
        while self.kind() is Lexeme.NOT:
            operator = self.take()
            negations += 1
            self.enter(operator.position)
            self.expect_operand(replace(operator, text="NOT"))
        node = self.atom(field)
        self.depth -= negations
        for _ in range(negations):
            node = Not(node) if node is not None else None
        return node

    def enter(self, position: int) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise LimitError(
                "the query is nested too deep", position=position, hint=f"at most {MAX_DEPTH} levels"
            )

    def atom(self, field: str) -> Node | None:
        piece = self.take()
        if piece.kind is Lexeme.OPEN:
            name = _field(piece).name if piece.field else field
            self.enter(piece.position)
            node = self.any_of(name)
            if self.kind() is not Lexeme.CLOSE:
                raise QueryError("a bracket is not closed", position=piece.position, hint="add the closing )")
            self.take()
            self.depth -= 1
            if node is None:
                raise QueryError("the brackets are empty", position=piece.position, hint="remove them")
            return All((node,)) if _binds_alone(node) else node
        self.words += 1
        if self.words > MAX_TERMS:
            raise LimitError(
                "the query has too many words", position=piece.position, hint=f"at most {MAX_TERMS}"
            )
        if piece.field:
            spec = _field(piece)
            if not piece.text.strip():
                raise QueryError(
                    f"{piece.field}: has no value", position=piece.position, hint=f"as in {spec.example}"
                )
            return self.leaf(spec, piece)
        if field:
            return self.leaf(BY_NAME[field], piece)
        if piece.text.strip("*") == "" and piece.text and not piece.quoted:
            return Everything()
        return self.words_leaf(None, piece, stemmed=True)

    def leaf(self, spec: Field, piece: Piece) -> Node | None:
        if piece.braced:
            return self.thread(spec, piece)
        if spec is SAVED:
            return self.saved_query(piece)
        match spec.kind:
            case Kind.TEXT | Kind.WORDS | Kind.DOCUMENT:
                return self.words_leaf(spec.name, piece, stemmed=spec.name in _STEMMED)
            case Kind.NUMBER | Kind.REFERENCE:
                return number_leaf(spec, piece)
            case Kind.EXACT:
                return value_leaf(spec, piece)
            case Kind.SIZE:
                return size_leaf(spec, piece)
            case _:
                return date_span(spec, self.whole_date(spec, piece), self.now)

    def thread(self, spec: Field, piece: Piece) -> Node:
        if spec.name != "thread":
            raise QueryError(
                f"{piece.field}: takes no query in braces",
                position=piece.value_position,
                hint="only thread:{...} does; a field for several words is written with brackets",
            )
        try:
            return Thread(self.inner(piece.text, piece.position))
        except QueryError as error:
            if error.position is None or self.level:
                raise
            place = piece.value_position + 1 + error.position
            raise type(error)(error.message, position=place, hint=error.hint) from None

    def saved_query(self, piece: Piece) -> Node:
        name = piece.text.strip()
        text = self.saved.get(name)
        if text is None:
            near = difflib.get_close_matches(name, list(self.saved), n=1)
            raise QueryError(
                f"there is no saved query {name!r}",
                position=piece.value_position,
                hint=f"did you mean saved:{near[0]}?" if near else "`searcharc saved list` shows them all",
            )
        try:
            return self.inner(text, piece.position)
        except QueryError as error:
            message = error.message if self.level else f"in the saved query {name!r}: {error.message}"
            raise type(error)(message, position=piece.value_position, hint=error.hint) from None

    def inner(self, text: str, position: int) -> Node:
        """A query within this one; its words and its levels count towards the limits of the whole."""
        if self.level == MAX_SAVED:
            raise LimitError(
                "saved queries or threads are nested too deep",
                position=position,
                hint=f"at most {MAX_SAVED} levels; a saved query must not name itself",
            )
        parser = _Parser(split_query(text), self.now, self.saved, self.level + 1)
        parser.words, parser.depth = self.words, self.depth
        tree = parser.parse()
        self.words = parser.words
        self.warnings += parser.warnings
        return tree

    def words_leaf(self, field: str | None, piece: Piece, *, stemmed: bool) -> Node | None:
        terms = pattern_terms(piece, stemmed=stemmed)
        if not terms:
            if field is None and not piece.quoted:
                self.warnings.append(f"{piece.text!r} has no letters or digits and was passed over")
                return None
            raise QueryError(
                f"{piece.text!r} has no letters or digits",
                position=piece.position,
                hint="there is nothing to look for",
            )
        if piece.distance is not None and len(terms) > 1:
            return Words(Near(tuple(Phrase((t,)) for t in terms), piece.distance), field)
        return Words(Phrase(terms), field)

    def whole_date(self, spec: Field, piece: Piece) -> Piece:
        """The piece with the words behind it that belong to its date: `date:May 2011`, `date:3 weeks`."""
        text, place = piece.text, self.place
        for _ in range(_MOST_DATE_WORDS):
            behind = self.pieces[place]
            if piece.quoted or behind.kind is not Lexeme.ATOM or behind.field or behind.quoted:
                break
            text, place = f"{text} {behind.text}", place + 1
            if self.is_date(spec, piece) or not _DATE_WORD.fullmatch(behind.text):
                break
            if self.is_date(spec, replace(piece, text=text)):
                self.place = place
                return replace(piece, text=text)
        return piece

    def is_date(self, spec: Field, piece: Piece) -> bool:
        try:
            date_span(spec, piece, self.now)
        except QueryError:
            return False
        return True


def _no_operand(operator: Piece) -> QueryError:
    word = operator.kind.value
    return QueryError(
        f"{word} has nothing before it",
        position=operator.position,
        hint=f'quote it to look for the word "{word}"',
    )


def _binds_alone(node: Node) -> bool:
    """Whether this is para:, ref: or doc: that brackets keep from what stands beside them."""
    return isinstance(node, Words | Value | Span) and (
        node.field is not None and BY_NAME[node.field].kind in PARAGRAPH_KINDS
    )


def _join(kind: type[All] | type[Any], nodes: list[Node]) -> Node | None:
    if not nodes:
        return None
    return nodes[0] if len(nodes) == 1 else kind(tuple(nodes))


def _field(piece: Piece) -> Field:
    """The field a lexeme names; an unknown one is an error with the nearest names."""
    name = piece.field.lower()
    if name in BY_NAME:
        return BY_NAME[name]
    near = difflib.get_close_matches(name, list(BY_NAME), n=1, cutoff=0.6)
    whole = f"{piece.field}:{piece.text}"
    hint = f"did you mean {BY_NAME[near[0]].name}:? " if near else "`searcharc fields` lists them all; "
    raise QueryError(
        f"there is no field {piece.field}:",
        position=piece.position,
        hint=f'{hint}(to look for the text, quote it: "{whole}")',
    )


def _merge_repeated(nodes: list[Node]) -> list[Node]:
    """Values of a field that has one value are alternatives: `para:24 para:30` is either."""
    merged: list[Node] = []
    place: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, Value | Span) and node.field in OR_WHEN_REPEATED:
            if node.field in place:
                before = merged[place[node.field]]
                children = before.children if isinstance(before, Any) else (before,)
                merged[place[node.field]] = Any((*children, node))
                continue
            place[node.field] = len(merged)
        merged.append(node)
    return merged


def _near(one: Node | None, other: Node | None, distance: int, position: int) -> Node | None:
    if one is None or other is None:
        return one or other
    if isinstance(one, Words) and isinstance(other, Words):
        field = other.field or one.field
        if one.field in (None, field):
            phrases = one.pattern.phrases if isinstance(one.pattern, Near) else (one.pattern,)
            if isinstance(other.pattern, Phrase) and (
                isinstance(one.pattern, Phrase) or one.pattern.distance == distance
            ):
                return Words(Near((*phrases, other.pattern), distance), field)
    raise QueryError(
        "NEAR joins words and phrases of one field", position=position, hint="as in harbour NEAR/5 quarry"
    )


def field_names() -> list[str]:
    """Every field's name, in the order of the table."""
    return [field.name for field in FIELDS]
