"""A numbered paragraph's document, its places and its versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.parse import parse_message
from searcharc.models import Paragraph, Zone
from searcharc.paragraphs import is_title, paragraph_places, title_above, versions_of, word_changes
from tests.mail import mail


def paragraph(text: str, zone: Zone = Zone.OWN, number: str | None = None) -> Paragraph:
    return Paragraph(1, number, (), zone, 0, text)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Draft Harbour Resolution", True),
        ("Outcome of the Second Meadow Conference", True),
        ("I agree with all of it.", False),
        ("Dear Colleagues,", False),
        ("lanterns of the harbour road", False),
        ("Harbour", False),
        ("Draft " * 20, False),
        ("24 25", False),
    ],
)
def test_what_reads_like_a_title(text: str, holds: bool) -> None:
    assert is_title(paragraph(text)) is holds


def test_no_title_in_signatures_or_numbered_paragraphs() -> None:
    assert not is_title(paragraph("Deputy Harbour Director", Zone.SIGNATURE))
    assert not is_title(paragraph("Harbour Road Lanterns", number="24"))


def test_the_nearest_title_above_is_the_document_else_the_subject() -> None:
    text = (
        "First Harbour Plan\n\n24. Invites the owners to open.\n\nSecond Meadow Plan\n\n24. Requests a walk."
    )
    message = parse_message(mail("Two plans", text))
    numbered = [i for i, p in enumerate(message.paragraphs) if p.number]
    assert [title_above(message, i) for i in numbered] == ["First Harbour Plan", "Second Meadow Plan"]
    bare = parse_message(mail("Two plans", "24. Invites the owners to open."))
    assert title_above(bare, 0) == "Two plans"
    found = paragraph_places([message], "24", "meadow plan")
    assert [(p.document, p.inferred, p.mentioned) for p in found] == [("Second Meadow Plan", True, False)]


def test_a_part_of_a_number_is_found_by_the_whole() -> None:
    message = parse_message(mail("Plan", "OP24bis. Invites the owners to open.\n\n25. Requests a walk."))
    assert [p.number for p in paragraph_places([message], "24")] == ["OP24bis"]


def test_a_text_that_comes_again_is_no_new_version() -> None:
    bodies = [
        "24. Invites the owners.",
        "24. Urges the owners.",
        "24. Invites   the OWNERS.",
        "24. Urges them.",
    ]
    messages = [parse_message(mail("Plan", b, message_id=f"v{n}@example.org")) for n, b in enumerate(bodies)]
    versions = versions_of(paragraph_places(messages, "24"))
    assert [(v.place.message.key, v.again) for v in versions] == [
        ("v0@example.org", 1), ("v1@example.org", 0), ("v3@example.org", 0),
    ]  # fmt: skip
    assert versions[1].changes == (
        ("same", "24."),
        ("out", "Invites"),
        ("in", "Urges"),
        ("same", "the owners."),
    )


words = st.lists(st.sampled_from(["the", "road", "is", "open", "was", "shut"]), max_size=9).map(" ".join)


@given(words, words)
def test_changes_give_both_texts_back(old: str, new: str) -> None:
    changes = word_changes(old, new)
    assert " ".join(w for kind, w in changes if kind != "in") == old
    assert " ".join(w for kind, w in changes if kind != "out") == new


def test_very_long_paragraphs_are_compared_as_wholes() -> None:
    assert [kind for kind, _ in word_changes("a " * 3000, "b a " * 3000)] == ["out", "in"]
