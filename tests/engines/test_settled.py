"""What only other messages tell: footers by repetition, the words that were answered, stray answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searcharc import parse_message
from searcharc.engines.base import Engine
from searcharc.engines.memory import MemoryEngine
from searcharc.engines.settled import settled
from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter, create
from searcharc.models import Affiliation, Evidence, Message, Paragraph, Sender, Zone
from searcharc.query.parser import parse_query
from searcharc.query.scope import Plan, bind

FOOTER = "The Lakes list is kept by the Quillmere Society. Write to the keeper to leave it."
RULES = "Mails to this list are kept for ever and may be read by anybody who asks."
OPENING = "The weir was opened at noon, and by evening the meadow stood under water."
THANKS = "Many thanks to everybody who came and helped to carry the boats."


def mail(number: int, sender: str, *texts: str, answers: str = "", zone: Zone = Zone.OWN) -> Message:
    message = parse_message(
        f"From: {sender}@example.org\nMessage-ID: <m{number}@example.org>\n"
        f"{f'In-Reply-To: <{answers}@example.org>' if answers else 'X-None: 1'}\n\n".encode()
    )
    paragraphs = (Paragraph(n, None, (), zone, 0, text) for n, text in enumerate(texts, 1))
    return replace(message, paragraphs=tuple(paragraphs))


def zones(messages: list[Message]) -> list[list[str]]:
    return [[p.zone.value for p in m.paragraphs] for m in settled(messages)]


def test_what_stands_under_the_mails_of_three_senders_is_a_footer() -> None:
    told = [mail(n, sender, f"My word {n}.", FOOTER, RULES) for n, sender in enumerate(("ann", "bo", "cy"))]
    assert zones(told) == [["own", "footer", "footer"]] * 3
    assert zones(told[:2]) == [["own", "own", "own"]] * 2, "two senders may be neighbours"
    assert zones([*told[:2], mail(3, "bo", "My word.", FOOTER, RULES)]) == [["own", "own", "own"]] * 3


def test_one_person_with_three_addresses_is_one_sender() -> None:
    told = [mail(n, sender, f"My word {n}.", FOOTER) for n, sender in enumerate(("ann", "bo", "cy"))]
    told = [replace(m, sender=replace(m.sender, name="Ann Sample")) for m in told]
    assert zones(told) == [["own", "own"]] * 3


def test_white_space_and_case_do_not_make_a_footer_another() -> None:
    told = [
        mail(1, "ann", "One.", FOOTER),
        mail(2, "bo", "Two.", FOOTER.replace(" ", "\n")),
        mail(3, "cy", "Three.", FOOTER.upper()),
    ]
    assert zones(told) == [["own", "footer"]] * 3


def test_a_short_line_that_many_write_is_no_footer() -> None:
    assert (
        zones([mail(n, s, f"My word {n}.", "Best regards") for n, s in enumerate("abc")])
        == [["own", "own"]] * 3
    )


def test_one_letter_that_several_people_send_is_theirs() -> None:
    assert zones([mail(n, s, OPENING, THANKS) for n, s in enumerate("abc")]) == [["own", "own"]] * 3
    longer = [mail(n, s, f"Dear {n},", OPENING, THANKS, FOOTER, RULES) for n, s in enumerate("abc")]
    assert zones(longer) == [["own"] * 5] * 3, "four paragraphs are more than a footer"


def test_the_same_text_amid_a_mail_is_no_footer() -> None:
    assert (
        zones([mail(n, s, "Dear all,", FOOTER, f"My word {n}.") for n, s in enumerate("abc")])
        == [["own"] * 3] * 3
    )


def test_words_of_the_message_that_is_answered_are_quoted_though_nothing_marks_them() -> None:
    told = [
        mail(1, "ann", OPENING, "Short."),
        mail(2, "bo", "I saw it.", OPENING, "Short.", answers="m1"),
        mail(3, "ann", OPENING, answers="m1"),
        mail(4, "cy", OPENING),
        mail(5, "cy", OPENING, answers="m9"),
    ]
    assert zones(told) == [["own", "own"], ["own", "quoted", "own"], ["own"], ["own"], ["own"]]


def test_zones_that_the_message_itself_told_stay() -> None:
    told = [
        mail(1, "ann", OPENING),
        mail(2, "bo", OPENING, answers="m1", zone=Zone.FORWARDED),
        mail(3, "cy", OPENING, answers="m1", zone=Zone.SIGNATURE),
    ]
    assert zones(told) == [["own"], ["forwarded"], ["signature"]]


def sure(messages: list[Message]) -> list[list[float]]:
    return [[a.confidence for a in m.affiliations] for m in settled(messages)]


def signing(number: int, sender: str, *names: str, evidence: Evidence = Evidence.SIGNATURE) -> Message:
    told = tuple(
        Affiliation(name, None, evidence, name, 0.9 - place / 10) for place, name in enumerate(names)
    )
    return replace(mail(number, sender, "Yes."), affiliations=told)


def test_an_organisation_in_three_signatures_of_a_sender_is_surer() -> None:
    told = [signing(1, "ann", "Pelham Shipping"), signing(2, "ann", "Pelham Shipping Ltd")]
    assert sure(told) == [[0.9]] * 2
    assert sure([*told, signing(3, "ann", "PELHAM SHIPPING")]) == [[0.95]] * 3
    assert sure([*told, signing(3, "bo", "Pelham Shipping")]) == [[0.9]] * 3
    assert sure([*told, signing(3, "ann", "Pelham Shipping", evidence=Evidence.HEADER)]) == [[0.9]] * 3


def test_the_surest_affiliation_stands_first_and_none_is_certain() -> None:
    told = [signing(n, "ann", "Norwick", "Pelham") for n in range(3)]
    assert sure(told) == [[0.95, 0.85]] * 3
    told = [replace(m, affiliations=tuple(replace(a, confidence=0.95) for a in m.affiliations)) for m in told]
    assert sure(told) == [[0.97, 0.97]] * 3


# --- the same over arrays --------------------------------------------------------------------

TEXTS = (FOOTER, RULES, OPENING, THANKS, "Yes.", "I saw it.", "Dear all,")
START = datetime(2024, 1, 1, 9, tzinfo=UTC)
SUBJECTS = ("Weir", "Re: Weir", "[lakes] Re: weir", "AW: Re[2]: Weir", "Boats", "Re: Boats", "")


@st.composite
def mails(draw: st.DrawFn) -> list[Message]:
    found = []
    for number in range(draw(st.integers(1, 9))):
        kinds = st.sampled_from([Zone.OWN, Zone.OWN, Zone.OWN, Zone.FOOTER, Zone.SIGNATURE, Zone.QUOTED])
        paragraphs = tuple(
            Paragraph(n, None, (), draw(kinds), draw(st.sampled_from([0, 0, 0, 1])), text)
            for n, text in enumerate(draw(st.lists(st.sampled_from(TEXTS), max_size=5)), 1)
        )
        earlier = st.sampled_from([f"m{n}@example.org" for n in range(9)])
        day = draw(st.none() | st.integers(0, 90))
        found.append(
            replace(
                mail(number, "ann"),
                sender=Sender(
                    draw(st.sampled_from(["", "", "Ann Sample", "Bo"])),
                    draw(st.sampled_from(["ann@x.org", "bo@x.org", "cy@x.org", "ANN@x.org", ""])),
                ),
                affiliations=tuple(
                    Affiliation(
                        name, None, draw(st.sampled_from([Evidence.SIGNATURE, Evidence.HEADER])), name, 0.7
                    )
                    for name in draw(
                        st.lists(st.sampled_from(["Pelham", "Norwick"]), max_size=2, unique=True)
                    )
                ),
                subject=draw(st.sampled_from(SUBJECTS)),
                lists=(draw(st.sampled_from(["lakes", "lakes", "rivers"])),),
                in_reply_to=draw(st.none() | earlier),
                references=tuple(draw(st.lists(earlier, max_size=2))) if draw(st.booleans()) else (),
                date=None if day is None else START + timedelta(days=day),
                paragraphs=paragraphs,
            )
        )
    return found


def engines(folder: Path, told: list[Message], gone: set[str]) -> Iterator[WhooshEngine]:
    """The same messages in one segment, and in several with some deleted."""
    for name, size in (("one", len(told)), ("many", 2)):
        (folder / name).mkdir()
        generation = create(folder / name)
        for first in range(0, len(told), size):
            with WhooshWriter(folder / name, generation) as writer:
                for message in told[first : first + size]:
                    writer.add(message)
                generation = writer.commit()
        with WhooshWriter(folder / name, generation) as writer:
            for key in gone:
                writer.delete(key)
            yield WhooshEngine(folder / name, writer.commit())


def answered(engine: Engine, plan: Plan) -> tuple[int, int, list[tuple[str, float, tuple[int, ...]]]]:
    found = engine.search(plan, limit=None)
    return found.total, found.total_paragraphs, [(m.key, round(m.score, 9), m.ordinals) for m in found.page]


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(mails(), st.sets(st.integers(0, 8), max_size=3))
def test_arrays_say_the_same_as_the_plain_rule(
    tmp_path_factory: object, told: list[Message], deleted: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("index")  # type: ignore[attr-defined]
    gone = {f"m{n}@example.org" for n in deleted}
    left = [m for m in told if m.key not in gone]
    plain = MemoryEngine(left)
    for engine in engines(folder, told, gone):
        found = {m.key: m for m in engine.all_messages()}
        assert found == {m.key: m for m in settled(left)}
        assert {m.key: engine.stored(m.key) for m in left} == {m.key: m for m in left}
        queries = [f"thread:{m.key}" for m in left] + ["own:weir", "quoted:weir", "sig:boats", "own:lakes"]
        for query in queries:
            plan = bind(parse_query(query).tree)
            assert answered(engine, plan) == answered(plain, plan), query
