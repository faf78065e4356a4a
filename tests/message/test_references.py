"""References to paragraphs. All sentences and documents are invented."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.numbers import parse_number
from searcharc.message.references import MAX_RANGE, find_references


def pairs(text: str, own_number: str | None = None) -> list[tuple[str, str | None]]:
    return [(reference.number, reference.document) for reference in find_references(text, own_number)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see para 24", [("24", None)]),
        ("see Paragraph 24.", [("24", None)]),
        ("paras. 67-69", [("67", None), ("68", None), ("69", None)]),
        ("paragraphs 98 to 100 and 115 (c)", [("98", None), ("99", None), ("100", None), ("115(c)", None)]),
        ("OP24-OP26 stand", [("OP24", None), ("OP25", None), ("OP26", None)]),
        ("PP3 and OP2bis", [("PP3", None), ("OP2bis", None)]),
        ("para 24 bis", [("24bis", None)]),
        ("paras 24(a) and (b)", [("24(a)", None), ("24(b)", None)]),
        ("para 72(a)-(c)", [("72(a)", None), ("72(b)", None), ("72(c)", None)]),
        ("paragraphs (2), (3)", [("2", None), ("3", None)]),
        ("§ 12 and ¶ 13", [("12", None), ("13", None)]),
        ("§§ 6-8", [("6", None), ("7", None), ("8", None)]),
        ("Subparagraph (c) of paragraph 72", [("72(c)", None)]),
        ("l'alinéa a) du paragraphe 72", [("72(a)", None)]),
        ("los párrafos 3 y 4", [("3", None), ("4", None)]),
        ("no parágrafo 7", [("7", None)]),
        ("Ziffer 24 des Protokolls", [("24", "Protokolls")]),
        ("в пункте 35", [("35", None)]),
        ("الفقرة ٣٥", [("35", None)]),
        ("第67至69段", [("67", None), ("68", None), ("69", None)]),
        ("第72段(a)项", [("72(a)", None)]),
        ("para. 35 of the Lisbon Agenda", [("35", "Lisbon Agenda")]),
        ("paragraph 8 of the Declaration of Harbours, which", [("8", "Declaration of Harbours")]),
        ("paragraph 8 of A/RES/99/141.", [("8", "A/RES/99/141")]),
        ("§5 of document B11/47 and", [("5", "B11/47")]),
        ("paragraph 30 of its resolution 2099/2", [("30", "resolution 2099/2")]),
        ("paragraphe 35 de l'Agenda de Lisbonne", [("35", "Agenda de Lisbonne")]),
        ("пункте 35 Лиссабонской программы", [("35", "Лиссабонской программы")]),
        ("参阅里斯本议程第35段", [("35", "里斯本议程")]),
        ("para 24 of this text", [("24", None)]),
    ],
)
def test_a_mention_is_a_reference(text: str, expected: list[tuple[str, str | None]]) -> None:
    assert pairs(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "section 4 of RFC 9999",
        "Article 4 of the Harbour Accord",
        "clause 7, rule 2, chapter 3",
        "Op. 5 and pp. 12-14",
        "§2804 of the code",
        "17 U.S.C. § 512",
        "paragraph by paragraph",
        "two paragraphs above",
        "paragraph 3.14",
        "in 24 hours",
        "",
    ],
)
def test_other_kinds_are_no_references(text: str) -> None:
    assert pairs(text) == []


def test_the_number_printed_at_the_start_is_no_mention() -> None:
    assert pairs("Para 24: The boats stay, as in para 30.", "24") == [("30", None)]
    assert pairs("24. Boats stay as in para 24.", "24") == [("24", None)]


def test_each_reference_is_given_once() -> None:
    assert pairs("para 24, see para 24 and para. 24 of the Lisbon Agenda") == [
        ("24", None),
        ("24", "Lisbon Agenda"),
    ]


def test_a_range_is_capped() -> None:
    assert len(pairs(f"paras 1-{1 + MAX_RANGE}")) == 1 + MAX_RANGE
    assert pairs("paras 1-900") == [("1", None), ("900", None)]


def test_a_unit_ends_a_list() -> None:
    assert pairs("para 24 and 30 days later") == [("24", None)]


@given(st.text(alphabet="para§OP第段 1234(a),-–andof.ABC\n", max_size=120))
def test_any_text_gives_canonical_numbers(text: str) -> None:
    for reference in find_references(text):
        assert str(parse_number(reference.number)) == reference.number
        assert reference.inferred is False
        assert reference.document is None or reference.document.strip()


def test_many_mentions_take_linear_time() -> None:
    started = time.perf_counter()
    find_references("§1 " * 30_000)
    assert time.perf_counter() - started < 5
