"""Threads by References: order, lost messages, cycles, and chains of any depth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.subjects import bare_subject
from searcharc.models import DateSource, Message, Origin, Sender
from searcharc.threads import DEEPEST_SHOWN, Place, thread_places

BASE = Message(
    key="", message_id="", lists=(), subject="", sender=Sender("Ann", "ann@example.org"), to=(), cc=(), date=None,
    date_source=DateSource.NONE, affiliations=(), capacity=None, thread="", in_reply_to=None, references=(),
    language=None, attachments=(), source=Origin("/a", None, "mbox", 0, 9), copies=(), charsets=(), defects=(),
    paragraphs=(),
)  # fmt: skip
START = datetime(2014, 3, 3, tzinfo=UTC)


def message(key: str, references: str = "", day: int | None = 0, **changes: object) -> Message:
    date = None if day is None else START + timedelta(days=day)
    made = replace(BASE, key=key, message_id=key, references=tuple(references.split()), date=date)
    return replace(made, **changes)  # type: ignore[arg-type]


def drawn(*messages: Message) -> list[str]:
    """Each place as its depth in dots, and its id; lost ones in brackets."""
    return [f"{'.' * p.depth}{p.id if p.message else f'({p.id})'}" for p in thread_places(messages)]


def test_answers_stand_behind_what_they_answer_oldest_first() -> None:
    assert drawn(message("d", "a", 9), message("c", "a b", 3), message("b", "a", 2), message("a", "", 1)) == [
        "a",
        ".b",
        "..c",
        ".d",
    ]


def test_in_reply_to_counts_where_references_do_not_say_it() -> None:
    assert drawn(message("a"), message("b", "", 1, in_reply_to="a")) == ["a", ".b"]


def test_answers_to_one_lost_message_are_held_together() -> None:
    assert drawn(message("b", "lost", 1), message("c", "lost", 2)) == ["(lost)", ".b", ".c"]


def test_a_lost_message_with_one_answer_leaves_no_place() -> None:
    assert drawn(message("a"), message("c", "a lost", 1)) == ["a", ".c"]
    assert drawn(message("c", "lost", 1)) == ["c"]


def test_the_own_word_of_a_message_is_worth_more_than_hearsay() -> None:
    assert drawn(message("a"), message("x", "", 1), message("b", "a", 2), message("c", "x b", 3)) == [
        "a", ".b", "..c", "x",
    ]  # fmt: skip


def test_undated_messages_stand_last() -> None:
    assert drawn(message("a"), message("b", "a", None), message("c", "a", 5)) == ["a", ".c", ".b"]


def subjects(*told: tuple[str, str, int | None, str]) -> list[str]:
    """Drawn as by `drawn`; what only the subject joins has a mark behind it."""
    mail = [message(key, references, day, subject=subject) for key, subject, day, references in told]
    return [f"{'.' * p.depth}{p.id}{' ~' * p.by_subject}" for p in thread_places(mail)]


def test_an_answer_that_names_no_id_is_joined_by_its_subject_and_marked() -> None:
    assert subjects(("a", "Tea", 0, ""), ("b", "Re: Tea", 3, ""), ("c", "[lakes] AW: tea", 5, "")) == [
        "a",
        ".b ~",
        "..c ~",
    ]


def test_an_answer_that_names_an_id_is_not_joined_by_its_subject() -> None:
    assert subjects(("a", "Tea", 0, ""), ("b", "Re: Tea", 3, "lost")) == ["a", "b"]


def test_the_same_subject_without_the_mark_of_an_answer_is_another_thread() -> None:
    assert subjects(("a", "Tea", 0, ""), ("b", "Tea", 3, "")) == ["a", "b"]


def test_an_answer_a_month_later_is_another_thread() -> None:
    assert subjects(("a", "Tea", 0, ""), ("b", "Re: Tea", 30, "")) == ["a", ".b ~"]
    assert subjects(("a", "Tea", 0, ""), ("b", "Re: Tea", 31, "")) == ["a", "b"]


def test_undated_answers_are_not_joined_by_subject() -> None:
    assert subjects(("a", "Tea", 0, ""), ("b", "Re: Tea", None, "")) == ["a", "b"]


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: [lakes] Re[2]: Tea  at\tnoon", "tea at noon"),
        ("回复：Tea", "tea"),
        ("Re:", ""),
        ("[lakes] [draft] Tea: a plan", "tea: a plan"),
        ("Fwd: Tea", "fwd: tea"),
        ("Report: Tea", "report: tea"),
    ],
)
def test_bare_subjects(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare


def test_a_cycle_is_cut_and_nobody_is_lost() -> None:
    places = drawn(message("a", "b", 0), message("b", "a", 1), message("c", "c", 2))
    assert sorted(p.strip(".") for p in places) == ["a", "b", "c"]


def test_two_messages_with_one_id_have_two_places() -> None:
    twin = message("sha-1", "", 1, message_id="a")
    assert {p.message.key for p in thread_places([message("a"), twin]) if p.message} == {"a", "sha-1"}


def test_a_chain_of_ten_thousand_is_walked() -> None:
    places = thread_places([message("m0"), *(message(f"m{n}", f"m{n - 1}", n) for n in range(1, 10_000))])
    assert [p.depth for p in places] == list(range(10_000))
    assert max(len(p.trunk) for p in places) == DEEPEST_SHOWN


def test_ten_thousand_lost_ones_between_two_messages_are_passed_over() -> None:
    chain = " ".join(f"lost{n}" for n in range(10_000))
    assert drawn(message("a"), message("b", f"a {chain}", 1))[-1].strip(".") == "b"


IDS = tuple("abcdefgh")


@given(
    st.lists(
        st.tuples(st.sampled_from(IDS), st.lists(st.sampled_from(IDS), max_size=4)),
        unique_by=lambda pair: pair[0],
        min_size=1,
    )
)
def test_every_message_has_one_place_and_trunks_fit_the_drawing(mail: list[tuple[str, list[str]]]) -> None:
    messages = [message(key, " ".join(refs), day) for day, (key, refs) in enumerate(mail)]
    places = thread_places(messages)
    assert sorted(p.id for p in places if p.message) == sorted(key for key, _ in mail)
    before: Place | None = None
    for place in places:
        assert len(place.trunk) == place.depth
        assert place.depth <= (before.depth + 1 if before else 0)
        before = place
    assert drawn(*messages) == drawn(*reversed(messages))
