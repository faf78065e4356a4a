"""Results become text: everything of a mail passes through one place that makes it safe."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from searcharc.models import Affiliation, Evidence, Hit, Message, Paragraph, ParagraphHit, SearchResult, Zone
from searcharc.render import (
    LINES_SHOWN,
    PARAGRAPHS_SHOWN,
    day,
    hit_block,
    json_line,
    json_text,
    message_lines,
    plain_line,
    sender_line,
    snippet,
    summary,
    visible,
)
from tests.strategies import messages

UNSAFE = {
    *range(0x20),
    *range(0x7F, 0xA0),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    *range(0xD800, 0xE000),
}
words = st.text(max_size=30) | st.text("\x1b[]m\x9b\u202e\u2066\r\n\t\x07\x00 a[bold]", max_size=30)


def console(width: int = 80) -> Console:
    return Console(
        file=io.StringIO(), width=width, color_system=None, markup=False, emoji=False, highlight=False
    )


def lines(hit: Hit, width: int = 80) -> list[str]:
    return [line.plain for line in hit_block(hit, console(width))]


def paragraph_hit(
    text: str, *spans: tuple[int, int], number: str | None = None, zone: Zone = Zone.OWN, ordinal: int = 7
) -> ParagraphHit:
    return ParagraphHit(Paragraph(ordinal, number, (), zone, 0, text), spans)


@pytest.fixture(scope="module")
def message() -> Message:
    from searcharc import parse_message

    return parse_message(
        b"From: Ines Marchetti <ines@example.org>\nSubject: Harbour\nDate: Fri, 28 May 2010 18:02:11 +0200\n"
        b"Message-ID: <m1@example.org>\nList-Id: <governance.lists.example.org>\n\nText.\n"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 治", "plain é 治"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b2J", "\\x9b2J"),
        ("\u202egnp", "\\u202egnp"),
        ("a\tb\nc", "a b c"),
        ("a\rb", "a\\x0db"),
        ("\x00\x7f", "\\x00\\x7f"),
        ("\u200f\u2066", "\\u200f\\u2066"),
        ("\ud800", "\\ud800"),
        ("[bold]", "[bold]"),
    ],
)
def test_control_characters_are_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_line_ends_can_be_kept() -> None:
    assert visible("a\nb\tc\x1b", keep_lines=True) == "a\nb       c\\x1b".replace(
        "b       c", "b" + " " * 7 + "c"
    )


@settings(max_examples=500, deadline=None)
@given(words)
def test_nothing_unsafe_is_visible(text: str) -> None:
    assert not {ord(c) for c in visible(text)} & UNSAFE
    assert not {ord(c) for c in visible(text, keep_lines=True)} & (UNSAFE - {10})


@settings(max_examples=500, deadline=None)
@given(words)
def test_json_is_safe_on_a_terminal_and_gives_the_text_back(text: str) -> None:
    for form in (json_line({"a": text}), json_text({"a": text})):
        assert not {ord(c) for c in form} & (UNSAFE - {10})
        assert json.loads(form) == {"a": text}
    assert "\n" not in json_line({"a": text})


def test_a_date_is_written_as_people_do() -> None:
    assert day(datetime(2010, 5, 28, 23, 30, tzinfo=UTC)) == "28 May 2010"
    assert day(datetime(99, 1, 3, tzinfo=UTC)) == "3 Jan 0099"
    assert day(None) == "no date"


def test_the_sender_comes_with_what_was_stated_and_not_with_guesses(message: Message) -> None:
    stated = Affiliation("Ministry of Meadows", None, Evidence.SIGNATURE, "x", 0.9)
    guessed = replace(stated, name="Example", evidence=Evidence.DOMAIN)
    assert sender_line(message) == "Ines Marchetti"
    assert sender_line(replace(message, affiliations=(guessed,))) == "Ines Marchetti"
    assert (
        sender_line(replace(message, affiliations=(guessed, stated))) == "Ines Marchetti, Ministry of Meadows"
    )
    personal = replace(message, affiliations=(stated,), capacity="personal")
    assert sender_line(personal) == "Ines Marchetti, Ministry of Meadows, in personal capacity"


def test_a_hit_is_a_head_a_sender_and_its_paragraphs(message: Message) -> None:
    text = "24. The old quarry opens."
    assert lines(Hit(message, 1.0, (paragraph_hit(text, (8, 18), number="24"),)), 50) == [
        "28 May 2010   Harbour                   governance",
        "Ines Marchetti",
        "  ¶ 24   The [old quarry] opens.",
        "         m1@example.org#p7",
    ]


def test_a_zone_that_is_not_the_senders_own_is_named(message: Message) -> None:
    assert (
        lines(Hit(message, 1.0, (paragraph_hit("x", zone=Zone.QUOTED),)))[-1].strip()
        == "m1@example.org#p7  (quoted)"
    )


def test_a_long_number_stands_on_a_line_of_its_own(message: Message) -> None:
    shown = lines(Hit(message, 1.0, (paragraph_hit("The text.", number="OP21bis(a)(iv)"),)))
    assert shown[2].strip() == "¶ OP21bis(a)(iv)"
    assert shown[3].strip() == "The text."


def test_more_paragraphs_than_are_shown_are_counted(message: Message) -> None:
    hits = tuple(paragraph_hit(f"text {n}", ordinal=n) for n in range(1, PARAGRAPHS_SHOWN + 3))
    shown = lines(Hit(message, 1.0, hits))
    assert sum("#p" in line for line in shown) == PARAGRAPHS_SHOWN
    assert "and 2 more paragraphs: searcharc show m1@example.org" in shown[-1]
    assert "and 1 more paragraph:" in lines(Hit(message, 1.0, hits[:-1]))[-1]


@pytest.mark.parametrize("at", [0, 40, 200, 398])
def test_a_long_paragraph_is_shown_around_its_match(message: Message, at: int) -> None:
    text = " ".join(f"word{n:04}" for n in range(400))
    start = at * 9
    shown = lines(Hit(message, 1.0, (paragraph_hit(text, (start, start + 8)),)))[2:-1]
    assert len(shown) <= LINES_SHOWN
    assert f"[word{at:04}]" in "\n".join(shown)
    assert ("…" in shown[0]) == (at > 35)
    assert ("…" in shown[-1]) == (at < 390)


def test_a_hunk_is_shown_as_code_its_header_and_the_lines_with_matches(message: Message) -> None:
    text = "@@ -1,4 +1,4 @@ int main(void)\n {\n-        light(noon);\n+        light(dusk);\n     }"
    dusk = text.index("dusk")
    assert lines(Hit(message, 1.0, (paragraph_hit(text, (dusk, dusk + 4)),)), 44)[2:-1] == [
        "  ¶      @@ -1,4 +1,4 @@ int main(void)",
        "         +        light([dusk]);",
    ]
    assert lines(Hit(message, 1.0, (paragraph_hit(text),)), 30)[2:-1] == [
        "  ¶      @@ -1,4 +1,4 @@ int …",
        "          {",
        "         -        light(noon);",
        "         +        light(dusk);",
        "              }",
    ]


def test_columns_of_a_line_hold_no_tabs_of_the_mail(message: Message) -> None:
    odd = replace(message, subject="a\tb\nc", lists=("x\ty",))
    line = plain_line(Hit(odd, 1.0, (paragraph_hit("one\ttwo\nthree", (4, 7)),)))
    assert line.count("\t") == 6
    assert "\n" not in line
    assert plain_line(Hit(replace(message, date=None), 1.0, ())).split("\t")[0] == ""


@pytest.mark.parametrize(
    ("text", "span", "shown"),
    [
        ("short text", (0, 5), "short text"),
        ("x " * 100, (0, 1), ("x " * 100)[:20] + " …"),
        ("start " + "x " * 100 + "match end", (206, 211), None),
    ],
)
def test_a_snippet_is_cut_around_the_match(text: str, span: tuple[int, int], shown: str | None) -> None:
    cut = snippet(paragraph_hit(text, span), 20)
    assert cut == shown if shown else text[span[0] : span[1]] in cut
    assert len(cut) <= 24


def result(message: Message, total: int, shown: int, offset: int = 0, paragraphs: int = 0) -> SearchResult:
    return SearchResult("q", "q", total, paragraphs, 10, offset, 4.2, (), (Hit(message, 1.0, ()),) * shown)


def test_the_summary_tells_true_counts_and_the_next_page(message: Message) -> None:
    assert summary(result(message, 1, 1, paragraphs=1)) == "1 message, 1 paragraph (4 ms)"
    assert summary(result(message, 1234, 10)) == "1,234 messages (4 ms); shown 1 to 10, more with --offset 10"
    assert summary(result(message, 12, 2, 10)) == "12 messages (4 ms); shown 11 to 12"
    assert summary(result(message, 12, 0, 50)) == "12 messages (4 ms); none on this page"


@settings(max_examples=150, deadline=None)
@given(messages("m1@example.org"), words, words, st.integers(10, 200))
def test_any_mail_makes_safe_lines_of_the_terminals_width(
    message: Message, subject: str, text: str, width: int
) -> None:
    odd = replace(
        message, subject=subject, sender=replace(message.sender, name=subject), lists=(text or "l",), key="k"
    )
    found = (paragraph_hit(text, (0, min(1, len(text))), number="24"),) if text else ()
    shown = lines(Hit(odd, 1.0, found), width)
    for line in shown:
        assert not {ord(c) for c in line} & UNSAFE
    assert cell_len(shown[1]) <= width
    if width >= 40:
        assert cell_len(shown[0]) <= width
    for shown_line in message_lines(odd):
        assert not {ord(c) for c in shown_line.plain} & (UNSAFE - {10})


def test_a_long_paragraph_is_broken_to_the_width_of_a_terminal_and_in_no_pipe() -> None:
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    from searcharc.render import wrapped

    words = " ".join(f"word{n}" for n in range(40))
    line = Text(f"p7    {words}\n      second")
    terminal = Console(width=60, force_terminal=True, file=StringIO())
    lines = [part.plain for part in wrapped([line, Text("")], terminal)]
    assert max(map(len, lines)) <= 60
    assert all(part.startswith("      ") for part in lines[1:-1])
    assert " ".join(" ".join(lines).split()) == f"p7 {words} second"
    assert lines[-1] == ""
    assert list(wrapped([line], Console(width=60, file=StringIO()))) == [line]
