"""A message goes into its record and comes back whole."""

from __future__ import annotations

import json
from dataclasses import fields, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from searcharc.errors import IndexMissingError, QueryError
from searcharc.models import (
    ArchiveCount,
    Hit,
    IndexReport,
    Mailbox,
    Message,
    Origin,
    Paragraph,
    ParagraphHit,
    Problem,
    SearchResult,
    Sender,
    Zone,
)
from searcharc.records import (
    decode_message,
    encode_message,
    error_record,
    hit_record,
    message_record,
    read_message,
    report_record,
    result_record,
)
from tests.strategies import messages

# Any Unicode but surrogates, which no string of a message holds.
words = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
origins = st.builds(
    Origin,
    words,
    st.none() | words,
    st.sampled_from(["mbox", "maildir", "eml"]),
    st.integers(0, 2**40),
    st.integers(0, 2**40),
)


@st.composite
def odd_messages(draw: st.DrawFn) -> Message:
    """Messages with every field filled, and with odd strings in them."""
    plain = draw(messages("m1@example.org"))
    return replace(
        plain,
        message_id=draw(st.none() | words),
        lists=tuple(draw(st.lists(words, max_size=2))),
        list_ids=tuple(draw(st.lists(words, max_size=2))),
        subject=draw(words),
        sender=Sender(draw(words), draw(words), draw(st.booleans())),
        cc=(Mailbox(draw(words), draw(words)),),
        capacity=draw(st.none() | st.just("personal")),
        in_reply_to=draw(st.none() | words),
        references=tuple(draw(st.lists(words, max_size=3))),
        source=draw(origins),
        copies=tuple(draw(st.lists(origins, max_size=2))),
        defects=tuple(draw(st.lists(words, max_size=2))),
    )


@settings(max_examples=300, deadline=None)
@given(messages("m1@example.org") | odd_messages())
def test_a_message_comes_back_from_its_record(message: Message) -> None:
    text = json.dumps(message_record(message))
    assert read_message(json.loads(text)) == message


@settings(max_examples=200, deadline=None)
@given(messages("m1@example.org") | odd_messages())
def test_what_an_index_stores_is_the_record(message: Message) -> None:
    stored = encode_message(message)
    assert json.loads(stored) == json.loads(json.dumps(message_record(message)))
    assert decode_message(stored) == message


@settings(max_examples=50, deadline=None)
@given(messages("m1@example.org"))
def test_a_head_has_no_text_and_comes_back_without_it(message: Message) -> None:
    record = message_record(message, paragraphs=False)
    assert "paragraphs" not in record
    assert read_message(record) == replace(message, paragraphs=())


@settings(max_examples=20, deadline=None)
@given(messages("m1@example.org"))
def test_every_field_of_a_message_is_in_its_record(message: Message) -> None:
    assert message_record(message).keys() == {f.name for f in fields(Message)} | {"version"}


@settings(max_examples=20, deadline=None)
@given(messages("m1@example.org"))
def test_a_hit_shows_the_paragraphs_that_matched_and_no_other_text(message: Message) -> None:
    found = Paragraph(9, "24", (), Zone.OWN, 0, "the lantern")
    record = hit_record(Hit(message, 1.23456, (ParagraphHit(found, ((4, 11),)),)))
    assert record["score"] == 1.2346
    assert [(p["ordinal"], p["number"], p["spans"]) for p in record["paragraphs"]] == [(9, "24", [[4, 11]])]
    assert "paragraphs" not in hit_record(Hit(message, 0.0, ()))
    result = SearchResult("q", '"q"', 1, 1, 10, 0, 3.14159, ("w",), (Hit(message, 0.0, ()),))
    assert result_record(result).keys() == {
        "version", "query", "parsed", "total", "total_paragraphs", "limit", "offset", "took_ms", "warnings", "hits"
    }  # fmt: skip


def test_a_report_has_the_names_of_the_contract() -> None:
    report = IndexReport(
        seen=4, indexed=1, unchanged=1, duplicate=1, removed=5, failed=1,
        archives=(ArchiveCount("/a/box", "mbox", 4),),
        problems=(Problem("/a/box", "cut", 7, "m1@example.org", lost=True),),
        seconds=1.23456,
        index={"messages": 2, "paragraphs": 3, "bytes": 4},
    )  # fmt: skip
    assert report_record(report) == {
        "version": 1,
        "messages": {"seen": 4, "indexed": 1, "unchanged": 1, "duplicate": 1, "removed": 5, "failed": 1},
        "archives": [{"path": "/a/box", "format": "mbox", "messages": 4}],
        "problems": [{"archive": "/a/box", "offset": 7, "message_id": "m1@example.org", "reason": "cut"}],
        "seconds": 1.235,
        "index": {"messages": 2, "paragraphs": 3, "bytes": 4},
    }


def test_an_error_has_kind_message_position_and_hint() -> None:
    assert error_record(QueryError("bad", position=3, hint="do better")) == {
        "version": 1,
        "error": {"kind": "query", "message": "bad", "position": 3, "hint": "do better"},
    }
    assert error_record(IndexMissingError("none")) == {
        "version": 1,
        "error": {"kind": "index-missing", "message": "none", "position": None, "hint": None},
    }
