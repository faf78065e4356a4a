"""Query text is read into a tree, or refused with the place and a remedy."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searcharc.analysis import tokenize
from searcharc.errors import LimitError, QueryError
from searcharc.fields import BY_NAME, FIELDS, HAS_VALUES, IS_VALUES, Kind
from searcharc.query.help import OPERATORS
from searcharc.query.matching import spans
from searcharc.query.parser import MAX_DEPTH, MAX_TERMS, parse_query
from searcharc.query.tree import All, Any, Everything, Near, Not, Phrase, Span, Term, Value, Words
from searcharc.query.tree import Test as Compare
from searcharc.query.words import MAX_EDITS, MAX_REGEX

NOW = datetime(2024, 3, 31, 12, 30, 15, tzinfo=UTC)


def shown(query: str) -> str:
    return str(parse_query(query, now=NOW).tree)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fails where the block takes longer (a regular expression that runs away cannot be waited for)."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        # Words are joined by AND; operators in capitals; NOT, NEAR, AND, OR bind in this order.
        ("harbour", "harbour"),
        ("Harbour", "harbour"),
        ("harbour quarry", "(and harbour quarry)"),
        ("harbour AND quarry", "(and harbour quarry)"),
        ("harbour quarry AND meadow", "(and harbour quarry meadow)"),
        ("harbour OR quarry", "(or harbour quarry)"),
        ("harbour or quarry", "(and harbour \"or\" quarry)"),
        ("harbour OR quarry meadow", "(or harbour (and quarry meadow))"),
        ("harbour quarry OR meadow lantern", "(or (and harbour quarry) (and meadow lantern))"),
        ("NOT harbour quarry", "(and (not harbour) quarry)"),
        ("harbour NOT quarry", "(and harbour (not quarry))"),
        ("harbour AND NOT quarry", "(and harbour (not quarry))"),
        ("harbour OR NOT quarry", "(or harbour (not quarry))"),
        ("-harbour", "(not harbour)"),
        ("harbour -quarry -meadow", "(and harbour (not quarry) (not meadow))"),
        ("NOT NOT harbour", "(not (not harbour))"),
        ('-"old quarry"', '(not "old quarry")'),
        ("-(harbour quarry)", "(not (and harbour quarry))"),
        ("(harbour OR quarry) meadow", "(and (or harbour quarry) meadow)"),
        ("((harbour))", "harbour"),
        ("harbour (quarry (meadow OR lantern))", "(and harbour (and quarry (or meadow lantern)))"),
        ("harbour NEAR/5 quarry", "(near/5 harbour quarry)"),
        ("harbour NEAR quarry", "(near/10 harbour quarry)"),
        ("harbour NEAR/5 quarry meadow", "(and (near/5 harbour quarry) meadow)"),
        ("meadow OR harbour NEAR/5 quarry", "(or meadow (near/5 harbour quarry))"),
        ('"old harbour" NEAR/5 quarry', '(near/5 "old harbour" quarry)'),
        ("a1 NEAR/3 b1 NEAR/3 c1", '(near/3 "a1" "b1" "c1")'),
        ("subject:harbour NEAR/3 quarry", "subject:(near/3 harbour quarry)"),
        # Words and phrases.
        ('"Old Quarry"', '"old quarry"'),
        ('"moved"', '"moved"'),
        ('"old quarry"~5', '(near/5 "old" "quarry")'),
        ("=Délégué", "=délégué"),
        ('="Délégué spécial"', '"=délégué =spécial"'),
        ("Délégué", "délégué"),
        ('"Délégué"', '"delegue"'),
        ("harb*", "harb*"),
        ("*our", "*our"),
        ("qu?rry", "qu?rry"),
        ("/qua.+y/", "/qua.+y/"),
        ("harbuor~1", "harbuor~1"),
        ("harbuor~", "harbuor~1"),
        ("harbuor~2", "harbuor~2"),
        ("24", '"24"'),
        ("the", "the"),
        ("Secretary-General", '"secretary general"'),
        ("O'Brien", '"o brien"'),
        ("d'études", '"d études"'),
        ("A/RES/65/141", '"a res 65 141"'),
        ("draft-ietf-foo-02", '"draft ietf foo 02"'),
        ("CVE-2024-1234", '"cve 2024 1234"'),
        ("ann@example.org", '"ann example org"'),
        ("http://example.org/a?b=c", '"http example org a b c"'),
        ("mailto:ann@example.org", '"mailto ann example org"'),
        ("Re: budget", "(and \"re\" budget)"),
        ("Re:budget", '"re budget"'),
        ("10:30", '"10 30"'),
        ("C++", '"c"'),
        ("互联网", '"互 联 网"'),
        ("治", '"治"'),
        ("ＨＡＲＢＯＵＲ", "harbour"),
        ("*", "*"),
        ("**", "*"),
        ("* -harbour", "(and * (not harbour))"),
        ("harbour & quarry", "(and harbour quarry)"),
        # Fields.
        ("from:ann", 'from:"ann"'),
        ('from:"la chapelle"', 'from:"la chapelle"'),
        ("subject:draft", "subject:draft"),
        ("subject:(draft OR plan)", "(or subject:draft subject:plan)"),
        ("subject:(draft plan)", "(and subject:draft subject:plan)"),
        ("subject:(draft from:ann)", '(and subject:draft from:"ann")'),
        ("own:(harbour -quarry)", "(and own:harbour (not own:quarry))"),
        ("SUBJECT:draft", "subject:draft"),
        ("subject:Re:budget", 'subject:"re budget"'),
        ("subject:=Plan", "subject:=plan"),
        ("subject:dra*", "subject:dra*"),
        ('own:"enhanced cooperation"', 'own:"enhanced cooperation"'),
        ("affil:ministry", 'affiliation:"ministry"'),
        ("affil~:ministry", 'affiliation~:"ministry"'),
        ("affiliation~:ministry", 'affiliation~:"ministry"'),
        ("para:24", "para:24"),
        ("para:op21bis(a)", "para:OP21bis(a)"),
        ("para:21..30", "para:21..30"),
        ("para:21..", "para:21.."),
        ("para:..30", "para:..30"),
        ('para:"24"', "para:24"),
        ("para:24 harbour", "(and para:24 harbour)"),
        ("(para:24 harbour) (para:30 quarry)", "(and (and para:24 harbour) (and para:30 quarry))"),
        ("para:24 -harbour", "(and para:24 (not harbour))"),
        ("ref:35", "ref:35"),
        ('ref:35 doc:"Tunis Agenda"', '(and ref:35 doc:"tunis agenda")'),
        ("list:Governance", "list:governance"),
        ("list:gov*", "list:gov*"),
        ("id:<Seed-1@Example.org>", "id:Seed-1@Example.org"),
        ("thread:seed-1@example.org", "thread:seed-1@example.org"),
        ("lang:FR", "lang:fr"),
        ("has:attachment", "has:attachment"),
        ("is:reply", "is:reply"),
        ("size:10k..2m", "size:10240..2097152"),
        ("size:10k..", "size:10240.."),
        ("size:100", "size:100..100"),
        ("type:application/pdf", "type:application/pdf"),
        ("date:2010", "date:2010-01-01T00:00:00Z..2010-12-31T23:59:59Z"),
        ("date:2009-05..2010", "date:2009-05-01T00:00:00Z..2010-12-31T23:59:59Z"),
        ("date:..2010", "date:..2010-12-31T23:59:59Z"),
        ("date:2010..", "date:2010-01-01T00:00:00Z.."),
        ('date:"28 May 2010"', "date:2010-05-28T00:00:00Z..2010-05-28T23:59:59Z"),
        ("after:2010-05-01", "date:2010-05-01T00:00:00Z.."),
        ("since:2010-05-01", "date:2010-05-01T00:00:00Z.."),
        ("before:2010-06-01", "date:..2010-05-31T23:59:59Z"),
        ("until:2010-06-01", "date:..2010-06-01T23:59:59Z"),
        ("until:2010", "date:..2010-12-31T23:59:59Z"),
        ("year:2010", "year:2010-01-01T00:00:00Z..2010-12-31T23:59:59Z"),
        ("year:2009..2010", "year:2009-01-01T00:00:00Z..2010-12-31T23:59:59Z"),
        ("newer_than:1y", "date:2023-03-31T12:30:15Z.."),
        ("older_than:1d", "date:..2024-03-30T12:30:14Z"),
        ("date:today", "date:2024-03-31T00:00:00Z..2024-03-31T23:59:59Z"),
        # The same field twice: OR for exact fields, AND for text.
        ("list:a list:b", "(or list:a list:b)"),
        ("para:24 para:30", "(or para:24 para:30)"),
        ("para:24 para:30..31 para:40", "(or para:24 para:30..31 para:40)"),
        ("id:a@example.org id:b@example.org", "(or id:a@example.org id:b@example.org)"),
        ("year:2009 year:2011",
         "(or year:2009-01-01T00:00:00Z..2009-12-31T23:59:59Z year:2011-01-01T00:00:00Z..2011-12-31T23:59:59Z)"),
        ("harbour list:a quarry list:b", "(and harbour (or list:a list:b) quarry)"),
        ("from:ann from:bo", '(and from:"ann" from:"bo")'),
        ("subject:draft subject:plan", "(and subject:draft subject:plan)"),
        ("after:2010 before:2012", "(and date:2010-01-01T00:00:00Z.. date:..2011-12-31T23:59:59Z)"),
        ("-list:a -list:b", "(and (not list:a) (not list:b))"),
        ("has:attachment has:ref", "(and has:attachment has:ref)"),
    ],
)  # fmt: skip
def test_a_query_is_read(query: str, tree: str) -> None:
    assert shown(query) == tree


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f.name)
def test_every_name_and_alias_of_a_field_reads_its_example_alike(field: object) -> None:
    spec = BY_NAME[field.name]  # type: ignore[attr-defined]
    wanted = shown(spec.example)
    part = next(p for p in spec.example.split() if p.split(":")[0] in (spec.name, *spec.aliases))
    used = part.split(":")[0]
    for name in (spec.name, *spec.aliases):
        assert shown(spec.example.replace(f"{used}:", f"{name}:")) == wanted
        assert shown(spec.example.replace(f"{used}:", f"{name.upper()}:")) == wanted


@pytest.mark.parametrize("example_text", [text for text, _ in OPERATORS])
def test_every_example_of_the_help_is_a_query(example_text: str) -> None:
    assert str(parse_query(example_text, now=NOW, saved={"cooperation": "harbour"}).tree)


def test_the_kinds_of_leaves() -> None:
    assert parse_query("*").tree == Everything()
    assert parse_query("list:a").tree == Value("list", "a")
    assert parse_query("list:a*").tree == Value("list", "a*", wildcard=True)
    assert parse_query('list:"a*"').tree == Value("list", "a*")
    assert parse_query("size:1..2").tree == Span("size", 1, 2)
    assert parse_query("moved").tree == Words(Phrase((Term(Compare.STEM, "moved"),)))
    assert parse_query("from:moved").tree == Words(Phrase((Term(Compare.FOLDED, "moved"),)), "from")
    one, two = Phrase((Term(Compare.STEM, "moved"),)), Phrase((Term(Compare.STEM, "quarry"),))
    assert parse_query("moved NEAR/3 quarry").tree == Words(Near((one, two), 3))
    assert parse_query("-moved").tree == Not(Words(one))
    assert parse_query("moved quarry").tree == All((Words(one), Words(two)))
    assert parse_query("moved OR quarry").tree == Any((Words(one), Words(two)))


@pytest.mark.parametrize(
    ("query", "position", "words"),
    [
        ("", 0, "empty"),
        ("   ", 0, "empty"),
        ("...", 0, "no word"),
        ('""', 0, "nothing"),
        ("()", 0, "empty"),
        ("harbour ()", 8, "empty"),
        ("(harbour", 0, "bracket"),
        ("harbour (quarry (meadow)", 8, "bracket"),
        ("harbour)", 7, "bracket"),
        ("harbour OR", 8, "OR"),
        ("OR harbour", 0, "OR"),
        ("harbour OR OR quarry", 8, "OR"),
        ("harbour AND", 8, "AND"),
        ("AND harbour", 0, "AND"),
        ("harbour NOT", 8, "NOT"),
        ("harbour NEAR/3", 8, "NEAR"),
        ("NEAR/3 harbour", 0, "NEAR"),
        ("(OR harbour)", 1, "OR"),
        ("harbour NEAR/3 (quarry meadow)", 0, "NEAR"),
        ("from:ann NEAR/3 subject:plan", 0, "NEAR"),
        ("frm:ann", 0, "did you mean from:?"),
        ("harbour sbject:plan", 8, "did you mean subject:?"),
        ("subjct:(a b)", 0, "did you mean subject:?"),
        ("zzzzzz:1", 0, "searcharc fields"),
        ("from:", 0, "value"),
        ("harbour from: ann", 8, "value"),
        ('from:""', 0, "value"),
        ("from:...", 0, "letters"),
        ("para:abc", 5, "paragraph number"),
        ("para:30..21", 5, "before"),
        ("para:..", 5, "range"),
        ("para:3.14", 5, "paragraph number"),
        ("date:soon", 5, "2010-05-28"),
        ("date:2009-13", 5, "2010-05-28"),
        ("harbour date:2009-13", 13, "2010-05-28"),
        ("date:2010..2009", 5, "before"),
        ("date:2009..2010-13", 11, "2010-05-28"),
        ("date:..", 5, "range"),
        ("after:2010..2011", 6, "2010-05-28"),
        ("newer_than:soon", 11, "12h"),
        ("year:20x", 5, "2010-05-28"),
        ("size:big", 5, "size"),
        ("size:2m..1m", 5, "before"),
        ("has:attachments", 4, "did you mean has:attachment?"),
        ("has:zzz", 4, "one of"),
        ("is:replied", 3, "reply"),
        ("/(/", 0, "regular expression"),
        ("/[a/", 0, "regular expression"),
        ("harbour /(a+)+b/", 8, "regular expression"),
        ("harbour~9", 0, "~2"),
        ('harbour "quarry', 8, "quote"),
    ],
)
def test_a_bad_query_is_refused_with_place_and_hint(query: str, position: int, words: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(query, now=NOW)
    error = caught.value
    assert error.position == position
    assert words in f"{error.message} {error.hint}"
    assert error.hint


@pytest.mark.parametrize(
    "query",
    [
        "(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1),
        "NOT " * (MAX_DEPTH + 1) + "a",
        "-" + "(-" * MAX_DEPTH + "a" + ")" * MAX_DEPTH,
        "subject:(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1),
        "a " * (MAX_TERMS + 1),
        "a" * 5000,
        f"harbour~{MAX_EDITS + 1}",
        f"/{'a' * (MAX_REGEX + 1)}/",
        "a NEAR/100000 b",
    ],
    ids=lambda q: f"{q[:20]}...{len(q)}",
)
def test_past_a_limit_is_a_limit_error(query: str) -> None:
    with pytest.raises(LimitError) as caught:
        parse_query(query)
    assert caught.value.hint


def test_at_a_limit_is_a_query() -> None:
    assert shown("(" * MAX_DEPTH + "a1" + ")" * MAX_DEPTH) == '"a1"'
    tree = parse_query("a1 " * MAX_TERMS).tree
    assert isinstance(tree, All)
    assert len(tree.children) == MAX_TERMS


def test_what_is_passed_over_is_said() -> None:
    parsed = parse_query("harbour & quarry")
    assert len(parsed.warnings) == 1
    assert "'&'" in parsed.warnings[0]
    assert parse_query("harbour quarry").warnings == ()


@pytest.mark.parametrize(
    "source",
    [
        "a*a*a*a*a*a*a*a*a*a*b",
        "(a|aa)" * 30 + "b",
        "(a|a)(a|a)" * 15 + "b",
        ".*.*.*.*.*.*x",
        "a?" * 60 + "a" * 60,
    ],
)
def test_no_regular_expression_runs_away(source: str) -> None:
    """Refused, or done in two seconds over the longest word that the index holds."""
    tokens = tokenize("a" * 255)
    with at_most(2):
        try:
            tree = parse_query(f"/{source}/").tree
        except QueryError:
            return
        assert isinstance(tree, Words)
        assert spans([tree.pattern], tokens) in ((), ((0, 255),))


def test_no_wildcard_runs_away() -> None:
    tokens = tokenize("a" * 255)
    with at_most(2):
        try:
            tree = parse_query("a*" * 20 + "b").tree
        except QueryError:
            return
        assert isinstance(tree, Words)
        assert spans([tree.pattern], tokens) == ()


_SYNTAX = st.sampled_from(
    [
        '"',
        "“",
        "”",
        "(",
        ")",
        ":",
        "-",
        "=",
        "*",
        "?",
        "/",
        "~",
        "~1",
        "..",
        " ",
        "  ",
        "\0",
        "\n",
        "\u3000",
        "AND",
        "OR",
        "NOT",
        "NEAR",
        "NEAR/3",
        "<",
        ">",
        "{",
        "}",
        "[",
        "]",
        "\\",
        "|",
        "+",
        "^",
        "$",
        "@",
        "é",
        "e\u0301",
        "治",
        "ガ",
        "\ud800",
        "\u202e",
        "\x1b",
        "a",
        "harbour",
        "24",
        "2010-05",
        "http://",
        "mailto:",
        "Re:",
        "size:",
        "10k",
        "para:",
        "OP21bis(a)",
        "date:",
        "from:",
        "subject:(",
        "has:",
        "thread:",
        "id:",
        "x:",
        "year:",
        "9999",
        "newer_than:",
        "99999y",
    ]
)
queries = (
    st.text(max_size=40)
    | st.lists(_SYNTAX, max_size=12).map("".join)
    | st.lists(_SYNTAX, max_size=10).map(" ".join)
)


@settings(max_examples=3000, deadline=None)
@given(queries)
@example("year:9999..")
@example("date:9999")
@example("size:999999999999999g")
@example("para:99999999999999999999")
def test_any_text_is_a_query_or_an_error_with_its_place(text: str) -> None:
    try:
        parsed = parse_query(text, now=NOW)
    except QueryError as error:
        assert error.position is not None
        assert 0 <= error.position <= len(text)
        assert error.message
        assert error.hint
    else:
        assert str(parsed.tree)
        assert parsed == parse_query(text, now=NOW)


@settings(max_examples=1000, deadline=None)
@given(queries, st.sampled_from([" ", "\n", "\t ", "\u3000"]))
def test_blanks_around_a_query_change_nothing(text: str, blank: str) -> None:
    try:
        tree = parse_query(text, now=NOW).tree
    except QueryError as error:
        if not isinstance(error, LimitError):
            with pytest.raises(QueryError):
                parse_query(blank + text + blank, now=NOW)
    else:
        assert parse_query(blank + text + blank, now=NOW).tree == tree


def test_kinds_of_the_field_table_are_all_in_use() -> None:
    assert {f.kind for f in FIELDS} == set(Kind)
    known = set(BY_NAME.values())
    assert set(FIELDS) <= known
    assert len(BY_NAME) == sum(1 + len(f.aliases) for f in known), "two fields share a name"
    for values, name in ((HAS_VALUES, "has"), (IS_VALUES, "is")):
        assert [shown(f"{name}:{v}") for v in values] == [f"{name}:{v}" for v in values]
