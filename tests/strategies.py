"""Random mail and random query trees for property tests; small vocabularies, so that they meet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from searcharc.models import (
    Affiliation,
    Attachment,
    Charset,
    DateSource,
    Evidence,
    Mailbox,
    Message,
    Origin,
    Paragraph,
    Reference,
    Sender,
    Zone,
)
from searcharc.query.tree import (
    All,
    Any,
    Everything,
    Near,
    Node,
    Not,
    Phrase,
    Span,
    Term,
    Test,
    Thread,
    Value,
    Words,
)

_TEXT = """
harbour harbours quarry meadow move moved moving lantern délégué delegue Délégués the of not
Secretary-General A/RES/65/141 O'Halloran résumé resume cooperation cooperated die dying 24 2010
互联网治理 会議 ガバナンス 治
"""
WORDS = _TEXT.split()
NUMBERS = ("21", "24", "24(a)", "OP24bis", "OP21bis(a)", "PP3", "30")
NAMES = ("Ines Marchetti", "Bo Sample", "Cy Délégué", "Anne Harbour")
IDS = (*(f"m{n}@example.org" for n in range(8)), "gone@example.org", "lost@example.org")
ORGANISATIONS = ("Ministry of Water and Forests", "Norwick Institute for Network Policy", "Pelham Shipping")

text = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
EPOCH = datetime(2009, 1, 1, tzinfo=UTC)


@st.composite
def paragraphs(draw: st.DrawFn) -> tuple[Paragraph, ...]:
    """A handful of paragraphs, some numbered, some with references."""
    count = draw(st.integers(0, 5))
    return tuple(
        Paragraph(
            ordinal=ordinal,
            number=draw(st.none() | st.sampled_from(NUMBERS)),
            refs=tuple(
                Reference(n, draw(st.none() | st.sampled_from(["Tunis Agenda", "Lisbon Agenda"])))
                for n in draw(st.lists(st.sampled_from(NUMBERS), max_size=2, unique=True))
            ),
            zone=draw(st.sampled_from(Zone)),
            quote_depth=0,
            text=draw(text),
        )
        for ordinal in range(1, count + 1)
    )


@st.composite
def messages(draw: st.DrawFn, key: str) -> Message:
    """One message with everything a query can ask for."""
    date = draw(st.none() | st.integers(0, 700).map(lambda d: EPOCH + timedelta(days=d, hours=7)))
    name = draw(st.sampled_from(NAMES))
    return Message(
        key=key,
        message_id=key,
        lists=(draw(st.sampled_from(["governance", "watershed"])),),
        list_ids=(),
        subject=draw(text | st.just("")),
        sender=Sender(name, f"{name.split()[0].lower()}@lists.example.org", False),
        to=(Mailbox("", "watershed@lists.example.org"),),
        cc=(),
        date=date,
        date_source=DateSource.HEADER if date else DateSource.NONE,
        affiliations=tuple(
            Affiliation(o, draw(st.none() | st.just("Deputy Director")), draw(st.sampled_from(Evidence)), o, 0.9)
            for o in draw(st.lists(st.sampled_from(ORGANISATIONS), max_size=2, unique=True))
        ),
        capacity=None,
        thread=key,
        in_reply_to=draw(st.none() | st.sampled_from(IDS)),
        references=tuple(draw(st.lists(st.sampled_from(IDS), max_size=2))),
        language=draw(st.none() | st.sampled_from(["en", "fr"])),
        flags=tuple(draw(st.lists(st.sampled_from(["html", "auto"]), unique=True))),
        attachments=tuple(
            Attachment(n, "application/pdf", 9) for n in draw(st.lists(st.just("draft.pdf"), max_size=1))
        ),
        source=Origin("/a/list.mbox", None, "mbox", 0, draw(st.integers(0, 5000))),
        copies=(),
        charsets=(Charset("gb2312", "gb18030"),) if draw(st.booleans()) else (),
        defects=(),
        paragraphs=draw(paragraphs()),
    )


@st.composite
def corpora(draw: st.DrawFn, least: int = 1, most: int = 6) -> list[Message]:
    """Messages with keys of their own."""
    return [draw(messages(f"m{n}@example.org")) for n in range(draw(st.integers(least, most)))]


_ATOMS = ("harbour", "moved", "move", "delegue", "cooperation", "dying", "die", "halloran", "the", "24", "治")

terms = st.one_of(
    st.sampled_from(_ATOMS).map(lambda w: Term(Test.FOLDED, w)),
    st.sampled_from(("harbour", "move", "délégué", "cooperation", "die")).map(lambda w: Term(Test.STEM, w)),
    st.sampled_from(("délégué", "delegue", "résumé", "resume")).map(lambda w: Term(Test.ACCENTED, w)),
    st.sampled_from(("harb*", "*our", "m?ve", "qu*y", "mov*")).map(lambda w: Term(Test.WILDCARD, w)),
    st.just(Term(Test.REGEX, "qua.+y")),
    st.just(Term(Test.FUZZY, "harbur", 1)),
)
phrases = st.lists(terms, min_size=1, max_size=3).map(lambda t: Phrase(tuple(t)))
patterns = st.one_of(
    phrases,
    st.builds(lambda p, n: Near(tuple(p), n), st.lists(phrases, min_size=2, max_size=3), st.integers(1, 6)),
)
_TEXT_FIELDS = (None, "subject", "from", "to", "affiliation", "affiliation~", "role", "body", "own", "quoted", "sig")

leaves: st.SearchStrategy[Node] = st.one_of(
    st.builds(Words, patterns, st.sampled_from(_TEXT_FIELDS)),
    st.builds(Words, st.just(Phrase((Term(Test.FOLDED, "agenda"),))), st.just("doc")),
    st.builds(Value, st.just("para"), st.sampled_from(("21", "24", "24(a)", "OP24", "24bis", "PP3", "99"))),
    st.builds(Value, st.just("ref"), st.sampled_from(("21", "24", "30"))),
    st.builds(Span, st.sampled_from(("para", "ref")), st.integers(20, 25), st.none() | st.integers(26, 31)),
    st.builds(Value, st.just("list"), st.sampled_from(("governance", "watershed"))),
    st.builds(Value, st.just("list"), st.just("wat*"), st.just(True)),
    st.builds(Value, st.just("has"), st.sampled_from(("attachment", "html", "number", "ref"))),
    st.builds(Value, st.just("id"), st.sampled_from(("m0@example.org", "m1@example.org"))),
    st.builds(Value, st.just("domain"), st.sampled_from(("example.org", "lists.example.org"))),
    st.builds(Span, st.just("date"), st.none() | st.integers(1230768000, 1262304000), st.just(1270000000)),
    st.builds(Span, st.just("size"), st.just(1000), st.none()),
    st.just(Everything()),
    st.builds(Value, st.just("thread"), st.sampled_from(("m0@example.org", "m2@example.org", "gone@example.org"))),
)
trees: st.SearchStrategy[Node] = st.recursive(
    leaves,
    lambda children: st.one_of(
        st.builds(Not, children),
        st.builds(Thread, children),
        st.lists(children, min_size=2, max_size=3).map(lambda c: All(tuple(c))),
        st.lists(children, min_size=2, max_size=3).map(lambda c: Any(tuple(c))),
    ),
    max_leaves=6,
)
