"""Ranking: where the words of a query stand together, the message was meant."""

from __future__ import annotations

from searcharc.engines.base import Sort
from searcharc.engines.memory import MemoryEngine
from searcharc.engines.scoring import WINDOW
from searcharc.message.parse import parse_message
from searcharc.query.parser import parse_query
from searcharc.query.scope import bind
from tests.mail import mail

FILLER = " ".join(f"filler{n}" for n in range(3 * WINDOW))


def ranked(query: str, **bodies: str) -> list[str]:
    """Names of messages, best first; the body of each is given."""
    engine = MemoryEngine(
        parse_message(mail("Report", body, message_id=name, date=f"Mon, 03 Mar 2014 10:{number:02}:00 +0000"))
        for number, (name, body) in enumerate(bodies.items())
    )
    page = engine.search(bind(parse_query(query).tree), sort=Sort.RELEVANCE, limit=None).page
    return [m.key for m in page]


def test_words_in_one_sentence_rank_above_the_same_words_apart() -> None:
    together, apart = f"The lantern of the quarry. {FILLER}", f"The lantern. {FILLER} Of the quarry."
    assert ranked("lantern quarry", near=together, far=apart) == ["near", "far"]
    assert ranked("lantern quarry", far=apart, near=together) == ["near", "far"]


def test_words_in_two_paragraphs_are_not_near() -> None:
    one, two = "The lantern of the quarry road.", "The lantern of the road.\n\nOf the quarry."
    assert ranked("lantern quarry", one=one, two=two)[0] == "one"


def test_own_words_together_rank_above_quoted_ones() -> None:
    own, quoted = "The lantern of the quarry.", "Bo wrote:\n> The lantern of the quarry.\n\nI agree."
    assert ranked("lantern quarry", quoted=quoted, own=own) == ["own", "quoted"]
