"""Affiliations that are inferred: what a sender says in one mail holds for those in which they say nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from searcharc.engines.memory import MemoryEngine
from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter, create
from searcharc.message.parse import parse_message
from searcharc.models import Affiliation, Evidence, Message, Sender
from searcharc.query.parser import parse_query
from searcharc.query.scope import bind
from tests.mail import mail


def message(key: str, address: str, *affiliations: tuple[str, Evidence]) -> Message:
    made = parse_message(mail(message_id=key, sender="Ines <ines@gmail.com>"))
    stated = tuple(Affiliation(name, None, evidence, name, 0.9) for name, evidence in affiliations)
    return replace(made, sender=Sender("Ines", address), affiliations=stated)


MESSAGES = [
    message("states", "ines@tides.example", ("Tide Institute", Evidence.SIGNATURE)),
    message("silent", "ines@tides.example"),
    message("by-domain", "ines@tides.example", ("tides.example", Evidence.DOMAIN)),
    message("other-case", "Ines@Tides.example"),
    message("another", "ines@tides.example", ("Quay Society", Evidence.HEADER)),
    message("colleague", "bo@tides.example"),
    message("nameless", "", ("Tide Institute", Evidence.SIGNATURE)),
    message("nameless-too", ""),
    message("gone", "cy@tides.example", ("Lock Office", Evidence.TABLE)),
    message("left", "cy@tides.example"),
]


@pytest.fixture(params=["memory", "whoosh"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> MemoryEngine | WhooshEngine:
    """Both over the same messages, without "gone", which was deleted."""
    if request.param == "memory":
        return MemoryEngine(m for m in MESSAGES if m.key != "gone")
    create(tmp_path)
    with WhooshWriter(tmp_path, 0) as writer:
        for one in MESSAGES:
            writer.add(one)
        first = writer.commit()
    with WhooshWriter(tmp_path, first) as writer:
        writer.delete("gone")
        return WhooshEngine(tmp_path, writer.commit())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("affil:tide", {"states", "nameless"}),
        ("affil~:tide", {"states", "nameless", "silent", "by-domain", "other-case"}),
        ("affil~:quay", {"another", "silent", "by-domain", "other-case"}),
        ("affil~:tides", {"by-domain"}),
        ("affil~:lock", set()),
        ("affil~:tide -affil:tide", {"silent", "by-domain", "other-case"}),
        ("-affil~:tide", {"another", "colleague", "nameless-too", "left"}),
    ],
)
def test_a_silent_mail_is_found_by_what_its_sender_says_elsewhere(
    engine: MemoryEngine | WhooshEngine, query: str, found: set[str]
) -> None:
    page = engine.search(bind(parse_query(query).tree), limit=None).page
    assert {match.key for match in page} == found


def test_who_says_it_stands_before_whom_it_is_inferred_for(engine: MemoryEngine | WhooshEngine) -> None:
    page = engine.search(bind(parse_query("affil~:tide").tree), limit=None).page
    assert {match.key for match in page[:2]} == {"states", "nameless"}
    assert page[1].score > page[2].score > 0
