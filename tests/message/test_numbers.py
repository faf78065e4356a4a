"""Canonical paragraph numbers, and which lines bear one. All sentences are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.lines import Line
from searcharc.message.numbering import find_numbers
from searcharc.message.numbers import ancestors, number_integer, parse_number
from searcharc.models import Zone
from tests.message.packing import packed


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("24", "24"),
        ("op24 bis", "OP24bis"),
        ("OP21bis(a)", "OP21bis(a)"),
        ("OP21 bis (a) (ii)", "OP21bis(a)(ii)"),
        ("pp3", "PP3"),
        ("24 alt 2", "24alt2"),
        ("24alt", "24alt"),
        ("24 a)", "24(a)"),
        ("24(i)", "24(i)"),
        ("7 quinquies", "7quinquies"),
        ("２４．", "24"),
        ("٣٥", "35"),
        ("第24段", "24"),
        ("§ 12", "12"),
        ("para. 9", "9"),
        ("2014", "2014"),
    ],
)
def test_a_number_has_one_canonical_form(written: str, canonical: str) -> None:
    assert str(parse_number(written)) == canonical


@pytest.mark.parametrize(
    "written", ["", "x", "0", "3.14", "1.2.3", "24bisx", "24(abcd)", "24(a)(b)", "OP", "(a)", "9" * 80]
)
def test_what_is_no_number_is_none(written: str) -> None:
    assert parse_number(written) is None
    assert ancestors(written) == ()


@pytest.mark.parametrize(
    ("number", "found_by"),
    [
        ("OP21bis(a)", ("OP21bis(a)", "21bis(a)", "OP21bis", "21bis", "OP21", "21")),
        ("24(a)(ii)", ("24(a)(ii)", "24(a)", "24")),
        ("24alt2", ("24alt2", "24")),
        ("24", ("24",)),
    ],
)
def test_a_number_is_found_by_itself_and_its_ancestors(number: str, found_by: tuple[str, ...]) -> None:
    assert ancestors(number) == found_by


def test_a_range_goes_by_the_integer() -> None:
    assert number_integer("OP21bis(a)") == 21
    with pytest.raises(ValueError, match="no paragraph number"):
        number_integer("harbour")


_PARTS = st.tuples(
    st.sampled_from(["", "OP", "PP", "op "]),
    st.integers(1, 99999).map(str),
    st.sampled_from(["", "bis", " ter", "quater", " quinquies", "alt", " alt 2"]),
    st.sampled_from(["", "(a)", " (h)", "(i)", "(iv)", " b)"]),
    st.sampled_from(["", "(i)", "(xii)"]),
).map("".join)


@given(_PARTS)
def test_printing_a_number_and_reading_it_gives_the_same_number(written: str) -> None:
    number = parse_number(written)
    if number is not None:
        assert parse_number(str(number)) == number


@given(_PARTS)
def test_each_ancestor_is_shorter_and_in_canonical_form(written: str) -> None:
    number = parse_number(written)
    if number is not None:
        first, *rest = ancestors(written)
        assert first == str(number)
        assert all(len(one) < len(first) and str(parse_number(one)) == one for one in rest)


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parsed = parse_number(text)
    assert parsed is None or parsed.n > 0


# --- lines -----------------------------------------------------------------------------------


def numbers_of(text: str, zone: Zone = Zone.OWN) -> list[str]:
    lines = [(Line(line), zone) for line in text.strip("\n").split("\n")]
    return list(find_numbers(packed(lines)).values())


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("24. Invites the wardens to count the boats;", "24"),
        ("24 bis. Notes the number of boats;", "24bis"),
        ("24 alt 2. Requests the wardens to wait;", "24alt2"),
        ("OP3bis Requests a list of boats;", "OP3bis"),
        ("OP21bis(a) the boats that row by, and", "OP21bis(a)"),
        ("OP21bis(b) to count the oars;", "OP21bis(b)"),
        ("OP2: Encourages rowing;", "OP2"),
        ("PP3 Recalling the flood of last spring,", "PP3"),
        ("[24bis. (NL) Stresses the cost of rowing;]", "24bis"),
        ("*24.* Thanks the rowers.", "24"),
        ("(7) Every boat shall have a lamp.", "7"),
        ("２４．Notes the tide;", "24"),
        ("٢٤. تدعو الأمانة إلى عد القوارب", "24"),
        ("24、请主席清点船只；", "24"),
        ("第24段 请主席清点船只；", "24"),
        ("Para 24: The boats shall be counted.", "24"),
        ("§ 24. The boats shall be counted.", "24"),
        ("24 Décide de compter les bateaux ;", "24"),
        ("21. Признает, что лодки следует считать;", "21"),
        ("24.- Pide que se cuenten los botes;", "24"),
        ("4. The lamps are lit at dusk.", "4"),
    ],
)
def test_a_line_bears_the_number_printed_before_it(line: str, number: str) -> None:
    assert numbers_of(line) == [number]


@pytest.mark.parametrize(
    "line",
    [
        "3.14 boats on average",
        "OP21bis(a) is fine with the rowers.",
        "OP21bis(a) could go, says the harbour",
        "10.30 we row",
        "1.2.3 came out today",
        "2014. What a year for rowing",
        "24. December is a holiday",
        "24. Dezember: kein Training",
        "24. декабря мы гребем",
        "24.50 per boat",
        "24 boats came",
        "24 11 22 is my telephone",
        "+24. Urges the guild to row;",
        "[24] https://boats.example/list",
        "OP24 of the earlier text was better",
        "(see 24) The boats",
        "24) ",
        "3  -1.25  boats 12.5",
    ],
)
def test_a_decoy_bears_no_number(line: str) -> None:
    assert numbers_of(line) == []


def test_a_number_at_a_line_start_by_wrapping_is_none() -> None:
    text = """
We all agree that the boats should have been counted long before, see paragraph
24. That sentence has its merits and we should keep all of it, with its
lamps. Nobody has asked for another one.
"""
    assert numbers_of(text) == []
    text = """
The programme that counts the boats in the harbour of our town is now version
2. The warden has it on a shelf in his small office, together with the tide tables
of last year.
"""
    assert numbers_of(text) == []


def test_an_excerpt_may_have_gaps() -> None:
    text = """
21. Recognizes that boats float;

(...)

24. Invites the wardens to look;

30. Decides to meet again.
"""
    assert numbers_of(text) == ["21", "24", "30"]


def test_lower_case_items_count_in_a_run() -> None:
    assert numbers_of("1   to count the boats;\n\n2   to light the lamps;") == ["1", "2"]
    assert numbers_of("1   to count the boats;") == []


def test_sub_paragraphs_have_their_parents_number() -> None:
    text = """
24. Invites the wardens:

(a) to count the boats;

(b) to light the lamps:

(i) in the harbour;

(ii) on the river;

(c) to rest.

25. Thanks them.

a) for counting;
"""
    assert numbers_of(text) == ["24", "24(a)", "24(b)", "24(b)(i)", "24(b)(ii)", "24(c)", "25", "25(a)"]


def test_i_is_a_letter_after_h_and_a_numeral_after_the_number() -> None:
    letters = "\n".join(f"({letter}) boat;" for letter in "abcdefghij")
    assert numbers_of(f"7. Lists:\n{letters}")[-2:] == ["7(i)", "7(j)"]
    assert numbers_of("7. Lists:\n(i) boats;\n(ii) lamps;") == ["7", "7(i)", "7(ii)"]


def test_a_marker_without_a_parent_is_no_number() -> None:
    assert numbers_of("(a) first thought\n\n(b) second thought") == []


def test_signatures_and_footers_bear_none() -> None:
    assert numbers_of("24. Invites the wardens to look;", Zone.SIGNATURE) == []
    assert numbers_of("24. Invites the wardens to look;", Zone.FOOTER) == []


def test_list_markup_is_evidence_enough() -> None:
    lines = [
        (Line("24. tea", number="24", block=True), Zone.OWN),
        (Line("(a) green", number="a", block=True), Zone.OWN),
    ]
    assert find_numbers(packed(lines)) == {0: "24", 1: "24(a)"}


def test_a_number_alone_on_its_line_counts_with_the_text_below() -> None:
    assert numbers_of("24.\nRequests the wardens to look;") == ["24"]
    assert numbers_of("24.\n") == []
