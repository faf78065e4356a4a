"""The corpora of invented mails: what is found in each is what is written beside it, all of it and no more."""

from __future__ import annotations

import html
import re

import pytest

from searcharc.message.parse import parse_message
from searcharc.message.references import find_references
from searcharc.models import Evidence, Message, Reference
from tests.corpora import Case, read_cases

ZONES = {"own": "own", "quo": "quoted", "fwd": "forwarded", "sig": "signature", "foo": "footer"}
TAG = re.compile(r"<[^<>]*>")
QUOTE_PREFIX = re.compile(r"(?:[> ]*>|AE>|\|)\s?")


def cases(*names: str) -> list[pytest.ParameterSet]:
    return [
        pytest.param(case, id=f"{name.rpartition('/')[2]}: {case.title}")
        for name in names
        for case in read_cases(f"{name}.txt")
    ]


def letters(text: str) -> list[str]:
    """What must neither be lost nor changed, however lines are joined."""
    return [c for c in text if c.isalnum()]


@pytest.mark.parametrize(
    "case", cases("zones/attributions", "zones/quotes", "zones/signatures", "zones/threads")
)
def test_every_letter_is_in_its_zone(case: Case) -> None:
    expected: list[tuple[str, str]] = []
    for mark, line in case.lines:
        text = html.unescape(TAG.sub(" ", line)) if "html" in case.headers.get("Content-Type", "") else line
        text = QUOTE_PREFIX.sub("", text, count=1) if mark == "quo" and QUOTE_PREFIX.match(text) else text
        expected += [(c, ZONES[mark]) for c in letters(text)]
    message = parse_message(case.raw())
    assert [(c, p.zone.value) for p in message.paragraphs for c in letters(p.text)] == expected


@pytest.mark.parametrize("case", cases("numbers/drafts", "numbers/negotiations"))
def test_printed_numbers(case: Case) -> None:
    expected = [(number, "".join(letters(TAG.sub(" ", text)))) for number, text in case.lines if number]
    found = [p for p in parse_message(case.raw()).paragraphs if p.number]
    assert [p.number for p in found] == [number for number, _ in expected]
    for paragraph, (_, text) in zip(found, expected, strict=True):
        # The line begins the paragraph; a number from a list's markup stands before it.
        assert text in "".join(letters(paragraph.text))[: len(text) + 3]


def written(reference: Reference) -> str:
    if reference.document is None:
        return reference.number
    return f"{reference.number} {'~' if reference.inferred else 'of'} {reference.document}"


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        line
        for name in ("mentions", "letters")
        for case in read_cases(f"references/{name}.txt")
        for line in case.lines
    ],
)
def test_mentioned_paragraphs(expected: str, text: str) -> None:
    assert ", ".join(map(written, find_references(text))) == expected


@pytest.mark.parametrize("case", cases("references/inherited"))
def test_bare_references_inherit_their_document(case: Case) -> None:
    message = parse_message(case.raw())
    assert [", ".join(map(written, p.refs)) for p in message.paragraphs if p.refs] == [
        mark for mark, _ in case.lines if mark
    ]


def stated(message: Message) -> list[str]:
    affiliations = [
        f"{a.name} ; {a.role or ''} ; {a.evidence.value}".replace(";  ;", "; ;")
        for a in message.affiliations
        if a.evidence is not Evidence.DOMAIN
    ]
    return sorted([*affiliations, *([message.capacity] if message.capacity else [])])


@pytest.mark.parametrize(
    "case",
    cases(*(f"affiliation/{name}" for name in ("signatures", "letters", "statements", "lists", "markup"))),
)
def test_whom_senders_speak_for(case: Case) -> None:
    assert stated(parse_message(case.raw())) == sorted(case.wanted)


@pytest.mark.parametrize("name", ["zones/attributions", "numbers/drafts", "affiliation/signatures"])
def test_a_corpus_has_cases_and_each_has_lines(name: str) -> None:
    found = read_cases(f"{name}.txt")
    assert len(found) > 20
    assert all(case.lines for case in found)
