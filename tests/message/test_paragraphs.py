"""How lines become paragraphs. All sentences are invented."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given

from searcharc.message.lines import Line
from searcharc.message.paragraphs import cut_paragraphs
from searcharc.models import Paragraph, Zone
from tests.message.packing import packed, zoned_lines
from tests.message.test_zones import LINES


def cut(text: str, zone: Zone = Zone.OWN) -> tuple[Paragraph, ...]:
    return cut_paragraphs(packed([(Line(line), zone) for line in text.split("\n")]))


def texts(text: str, zone: Zone = Zone.OWN) -> list[str]:
    return [paragraph.text for paragraph in cut(text, zone)]


def test_blank_lines_part_and_wrapped_lines_join() -> None:
    assert texts("We row\nat dawn.\n\n\nAll of us.") == ["We row at dawn.", "All of us."]


def test_ordinals_run_from_one() -> None:
    assert [paragraph.ordinal for paragraph in cut("one\n\ntwo\n\nthree")] == [1, 2, 3]


def test_zone_and_depth_part() -> None:
    lines = [
        (Line("a"), Zone.OWN),
        (Line("b", depth=1), Zone.QUOTED),
        (Line("c", depth=2), Zone.QUOTED),
        (Line("d"), Zone.FOOTER),
    ]
    assert [(p.text, p.zone.value, p.quote_depth) for p in cut_paragraphs(packed(lines))] == [
        ("a", "own", 0),
        ("b", "quoted", 1),
        ("c", "quoted", 2),
        ("d", "footer", 0),
    ]


def test_an_html_block_is_a_paragraph() -> None:
    lines = [(Line("one", block=True), Zone.OWN), (Line("two", block=True), Zone.OWN)]
    assert [p.text for p in cut_paragraphs(packed(lines))] == ["one", "two"]


def test_numbered_lines_and_items_begin_a_paragraph() -> None:
    assert texts("The text:\n24. Invites the wardens\nto row;\n(a) at dawn;\n25. Thanks them.") == [
        "The text:",
        "24. Invites the wardens to row;",
        "(a) at dawn;",
        "25. Thanks them.",
    ]
    assert texts("We need\n* tea\n* bread\nand jam") == ["We need", "* tea", "* bread and jam"]


def test_numbers_and_references_are_filled_in() -> None:
    first, second = cut("OP24bis Invites the wardens, as in para. 35 of the Lisbon Agenda:\n(a) to row.")
    assert (first.number, [(r.number, r.document) for r in first.refs]) == (
        "OP24bis",
        [("35", "Lisbon Agenda")],
    )
    assert (second.number, second.refs) == ("OP24bis(a)", ())


def test_a_number_alone_on_its_line_takes_the_text_below() -> None:
    assert [
        (p.number, p.text) for p in cut("24.\nRequests the wardens to row;\n\n25.\n\nThanks them all.")
    ] == [
        ("24", "24. Requests the wardens to row;"),
        ("25", "25. Thanks them all."),
    ]


def test_a_wrapped_hyphen_joins_without_a_blank_and_so_does_cjk() -> None:
    assert texts("a multi-\nstakeholder boat") == ["a multi-stakeholder boat"]
    assert texts("boats - and -\nlamps") == ["boats - and - lamps"]
    assert texts("请主席清点\n船只") == ["请主席清点船只"]


def test_signatures_and_code_keep_their_lines() -> None:
    assert texts("Ann Example\nWarden", Zone.SIGNATURE) == ["Ann Example\nWarden"]
    assert texts("+int boats = 1;\n-int boats = 2;") == ["+int boats = 1;\n-int boats = 2;"]
    assert texts("boats    12\nlamps    13") == ["boats    12\nlamps    13"]


def test_text_is_in_normal_form_c() -> None:
    assert texts("re\u0301sume\u0301") == ["résumé"]


@given(LINES)
def test_no_word_is_lost_between_lines_and_paragraphs(lines: list[Line]) -> None:
    zoned = zoned_lines(lines, subject="", sender_name="Ann", has_reply_header=True)
    paragraphs = cut_paragraphs(packed(zoned))
    assert squeeze("".join(p.text for p in paragraphs)) == squeeze("".join(line.text for line, _ in zoned))
    assert [p.ordinal for p in paragraphs] == list(range(1, len(paragraphs) + 1))
    for paragraph in paragraphs:
        assert paragraph.text and paragraph.text == paragraph.text.strip()


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", re.sub(r"\s+", "", text)))


def test_numbered_lines_that_nobody_wrapped_are_read() -> None:
    """No line tells how wide the writer's mail program wraps."""
    lines = [f"{number}. Invites {'all members of the harbour ' * 5}to meet." for number in (20, 21)]
    assert [len(line) > 90 for line in lines] == [True, True]
    assert squeeze("".join(texts("\n".join(lines)))) == squeeze("".join(lines))
