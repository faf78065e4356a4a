"""Where the words of a query must meet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from searcharc.engines.memory import MemoryEngine
from searcharc.fields import ALL_ZONES
from searcharc.models import (
    Affiliation,
    DateSource,
    Evidence,
    Message,
    Origin,
    Paragraph,
    Reference,
    Sender,
    Zone,
)
from searcharc.query.parser import parse_query
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
    Scope,
    Some,
    Text,
    Within,
    Without,
    bind,
    paragraph_patterns,
    scored_leaves,
)
from searcharc.query.tree import Phrase, Term
from searcharc.query.tree import Test as Compare


def stem(word: str) -> Phrase:
    return Phrase((Term(Compare.STEM, word),))


def folded(word: str) -> Phrase:
    return Phrase((Term(Compare.FOLDED, word),))


def plan(query: str, scope: Scope = Scope.MESSAGE) -> Plan:
    return bind(parse_query(query).tree, scope)


def bare(word: str) -> Text:
    return Text(stem(word), ("subject", "sender"), ALL_ZONES, folded(word))


def inside(word: str, zones: tuple[str, ...] = ALL_ZONES) -> InParagraph:
    return InParagraph(stem(word), zones)


PARA24 = NumberIs("para", "24")


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("*", Every()),
        ("harbour", bare("harbour")),
        ("harbour quarry", And((bare("harbour"), bare("quarry")))),
        ("harbour OR -quarry", Or((bare("harbour"), Without(bare("quarry"))))),
        ("own:harbour", Text(stem("harbour"), (), ("own",), stem("harbour"))),
        ("quoted:harbour", Text(stem("harbour"), (), ("quoted", "forwarded"), stem("harbour"))),
        ("sig:harbour", Text(stem("harbour"), (), ("signature",), stem("harbour"))),
        ("body:harbour", Text(stem("harbour"), (), ALL_ZONES, stem("harbour"))),
        ("subject:harbour", Text(stem("harbour"), ("subject",), (), stem("harbour"))),
        ("with:ann", Text(folded("ann"), ("sender", "to", "cc"), (), folded("ann"))),
        ("list:a", Is("list", "a")),
        ("size:1..2", Within("size", 1, 2)),
        ("year:1970", Within("date", 0, 365 * 86400 - 1)),
        # Where para:, ref: or doc: stands, they and the words meet in one paragraph.
        ("para:24", Some(PARA24)),
        ("para:21..30", Some(NumberIn("para", 21, 30))),
        ("para:24 harbour", Some(And((PARA24, inside("harbour"))))),
        ("harbour para:24", Some(And((inside("harbour"), PARA24)))),
        ("para:24 -harbour", Some(And((PARA24, Without(inside("harbour")))))),
        ("para:24 (harbour OR quarry)", Some(And((PARA24, Or((inside("harbour"), inside("quarry"))))))),
        ("ref:35 harbour", Some(And((NumberIs("ref", "35"), inside("harbour"))))),
        ("doc:agenda harbour", Some(And((Mentions(folded("agenda")), inside("harbour"))))),
        ("para:24 own:harbour", Some(And((PARA24, inside("harbour", ("own",)))))),
        ("para:24 para:30 harbour", Some(And((Or((PARA24, NumberIs("para", "30"))), inside("harbour"))))),
        ("para:24 OR para:30", Or((Some(PARA24), Some(NumberIs("para", "30"))))),
        # from:, date: and the like speak of the message.
        ("para:24 list:a", Some(And((PARA24, Of(Is("list", "a")))))),
        ("para:24 subject:harbour",
         Some(And((PARA24, Of(Text(stem("harbour"), ("subject",), (), stem("harbour"))))))),
        # Brackets bind.
        ("(para:24 harbour) (para:30 quarry)",
         And((Some(And((PARA24, inside("harbour")))), Some(And((NumberIs("para", "30"), inside("quarry"))))))),
        ("(para:24 harbour) quarry", And((Some(And((PARA24, inside("harbour")))), bare("quarry")))),
        ("(para:24 harbour) OR quarry", Or((Some(And((PARA24, inside("harbour")))), bare("quarry")))),
        # A negated number with no word beside it speaks of the message.
        ("list:a -para:24", And((Is("list", "a"), Without(Some(PARA24))))),
        ("-para:24", Without(Some(PARA24))),
    ],
)  # fmt: skip
def test_plans(query: str, wanted: Plan) -> None:
    assert plan(query) == wanted


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("harbour quarry", Some(And((inside("harbour"), inside("quarry"))))),
        ("harbour -quarry", Some(And((inside("harbour"), Without(inside("quarry")))))),
        ("harbour list:a", Some(And((inside("harbour"), Of(Is("list", "a")))))),
        ("list:a", Is("list", "a")),
        ("*", Every()),
        ("(para:24 harbour) quarry", Some(And((And((PARA24, inside("harbour"))), inside("quarry"))))),
    ],
)
def test_the_paragraph_scope_binds_the_whole_query(query: str, wanted: Plan) -> None:
    assert plan(query, Scope.PARAGRAPH) == wanted


def paragraph(
    ordinal: int, text: str, number: str | None = None, zone: Zone = Zone.OWN, refs: str = ""
) -> Paragraph:
    found = tuple(Reference(*r.split(" ", 1)) for r in refs.split(",") if r)
    return Paragraph(ordinal, number, found, zone, 0, text)


def message(key: str, *paragraphs: Paragraph, **changes: object) -> Message:
    base = Message(
        key=key,
        message_id=key,
        lists=("governance",),
        subject="Minutes of May",
        sender=Sender("Ann Harbour", "ann@example.org"),
        to=(),
        cc=(),
        date=None,
        date_source=DateSource.NONE,
        affiliations=(),
        capacity=None,
        thread=key,
        in_reply_to=None,
        references=(),
        language=None,
        attachments=(),
        source=Origin("/a/box", None, "mbox", 0, 9),
        copies=(),
        charsets=(),
        defects=(),
        paragraphs=paragraphs,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


MINISTRY = Affiliation("Ministry of Meadows", "Envoy", Evidence.SIGNATURE, "Ministry of Meadows", 0.9)
GUESSED = replace(MINISTRY, name="Pelham Shipping", role=None, evidence=Evidence.DOMAIN)
MAIL = (
    message(
        "both",
        paragraph(1, "24. The quarry opens.", "24"),
        paragraph(2, "30. A mandate for the lantern.", "30"),
        affiliations=(MINISTRY,),
    ),
    message("apart", paragraph(1, "24. The lantern opens.", "24"), paragraph(2, "The quarry has no number.")),
    message(
        "quoting",
        paragraph(1, "24. The quarry opens.", "24", Zone.QUOTED),
        paragraph(2, "I agree with all of it."),
        affiliations=(GUESSED,),
    ),
    message(
        "sub", paragraph(1, "OP21bis(a) The meadow.", "OP21bis(a)", refs="35 Tunis Agenda,40 Lisbon Plan")
    ),
    message("subject", paragraph(1, "Nothing here."), subject="The quarry"),
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("quarry", "apart both quoting subject"),
        ("harbour", "apart both quoting sub subject"),  # the sender's name
        ("para:24", "apart both quoting"),
        ("para:24 quarry", "both quoting"),
        ("para:24 own:quarry", "both"),
        ("para:24 quoted:quarry", "quoting"),
        ("para:24 harbour", ""),  # beside para: the sender's name does not count
        ("para:24 -quarry", "apart"),
        ("(para:24) (quarry)", "apart both quoting"),
        ("para:30 quarry", ""),
        ("(para:24 quarry) (para:30 mandate)", "both"),
        ("(para:24 quarry) (para:30 quarry)", ""),
        ("para:24 para:30", "apart both quoting"),
        ("para:24..30 lantern", "apart both"),
        ("para:24 affil:ministry", "both"),
        ("affil:pelham", ""),
        ("affil~:pelham", "quoting"),
        ("affil:ministry role:envoy quarry", "both"),
        ("para:21", "sub"),
        ("para:OP21", "sub"),
        ("para:21bis", "sub"),
        ("para:21bis(a)", "sub"),
        ("para:OP21bis(a)", "sub"),
        ("para:21(a)", ""),
        ("para:PP21", ""),
        ("para:20..22", "sub"),
        ("ref:35", "sub"),
        ("ref:35 doc:tunis meadow", "sub"),
        ("ref:35 doc:tunis quarry", ""),
        ("ref:24", ""),
        ("quarry -para:24", "apart"),
        ("-para:24", "sub subject"),
        ("-quarry", "sub"),
        ("quarry lantern", "apart both"),
    ],
)
def test_what_a_query_finds(query: str, found: str) -> None:
    matches = MemoryEngine(MAIL).search(plan(query), limit=None)
    assert sorted(m.key for m in matches.page) == found.split()
    assert matches.total == len(found.split())


def test_paragraph_scope_wants_the_words_in_one_paragraph() -> None:
    engine = MemoryEngine(MAIL)
    assert engine.search(plan("quarry lantern")).total == 2
    assert engine.search(plan("quarry lantern", Scope.PARAGRAPH)).total == 0
    assert engine.search(plan("quarry opens", Scope.PARAGRAPH)).total == 2


def test_only_what_is_not_negated_is_scored_and_marked() -> None:
    leaves = [leaf for leaf, _ in scored_leaves(plan("para:24 harbour -quarry"))]
    assert leaves == [PARA24, inside("harbour")]
    assert list(paragraph_patterns(plan("harbour -quarry subject:plan"))) == [(stem("harbour"), ALL_ZONES)]
