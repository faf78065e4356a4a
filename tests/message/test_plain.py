"""Plain text becomes lines with their depth of quoting, and flowed text whole paragraphs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.lines import Line
from searcharc.message.plain import plain_lines, strip_quote, visible_text
from tests.message.packing import unpacked


@pytest.mark.parametrize(
    ("line", "depth", "text"),
    [
        ("a", 0, "a"),
        ("> a", 1, "a"),
        (">a", 1, "a"),
        (">  a", 1, " a"),
        ("> > a", 2, "a"),
        (">> a", 2, "a"),
        (">  > a", 2, "a"),
        (">>>a", 3, "a"),
        (" > a", 1, "a"),
        (">", 1, ""),
        ("> ", 1, ""),
        (">= 5", 0, ">= 5"),
        ("> >= 5", 1, ">= 5"),
        ("a > b", 0, "a > b"),
        ("    > a", 0, "    > a"),
        ("PG> a", 0, "PG> a"),
        ("| a", 0, "| a"),
    ],
)
def test_quote_prefixes_become_depth(line: str, depth: int, text: str) -> None:
    assert unpacked(plain_lines(line)) == [Line(text, depth)]
    assert strip_quote(line) == (depth, text if text else "")


def test_lines_keep_their_indent_and_lose_what_trails() -> None:
    assert unpacked(plain_lines("  a  \n\tb\n\n" + " " * 90 + "c\n")) == [
        Line("  a"),
        Line("        b"),
        Line(""),
        Line(" " * 40 + "c"),
    ]
    assert unpacked(plain_lines("")) == []
    for text in ("a", "a\n", "a\r\n", "a\r"):
        assert unpacked(plain_lines(text)) == [Line("a")]


def test_the_signature_mark_stays_a_line() -> None:
    assert [line.text for line in unpacked(plain_lines("a\n-- \nAnn"))] == ["a", "--", "Ann"]
    assert [line.text for line in unpacked(plain_lines("a \n-- \nAnn", flowed=True))] == ["a", "--", "Ann"]


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("lan\u00adtern", "lantern"),
        ("lan\u200btern\ufeff", "lantern"),
        ("a\u00a0b\u202fc", "a b c"),
        ("rtl \u202egnp.exe", "rtl gnp.exe"),
        ("bell\x07back\x08esc\x1b[2J\x9b1m", "bell back esc [2J 1m"),
        ("over\rwrite", "over\nwrite"),
        ("one\u2028two\x85three", "one\ntwo\nthree"),
        ("می\u200cروم", "می\u200cروم"),
        ("a\u200cb\u200dc", "abc"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("tab\tstop", "tab\tstop"),
    ],
)
def test_what_no_reader_sees_is_taken_out(text: str, visible: str) -> None:
    assert visible_text(text) == visible


FLOWED = (
    "One two \nthree four\nfixed\n\n> quoted one \n> quoted two\n> > deeper \n>> still\n stuffed\n-- \nAnn\n"
)


def test_flowed_lines_are_joined_at_their_own_depth() -> None:
    assert unpacked(plain_lines(FLOWED, flowed=True)) == [
        Line("One two three four", block=True),
        Line("fixed"),
        Line(""),
        Line("quoted one quoted two", 1, block=True),
        Line("deeper still", 2, block=True),
        Line("stuffed"),
        Line("--"),
        Line("Ann"),
    ]


def test_delsp_joins_without_a_blank() -> None:
    assert unpacked(plain_lines("日本 \n語", flowed=True, delsp=True)) == [Line("日本語", block=True)]
    assert unpacked(plain_lines("日本 \n語", flowed=True)) == [Line("日本 語", block=True)]


def test_a_flowed_line_does_not_join_over_a_change_of_depth() -> None:
    assert unpacked(plain_lines("> a \nb", flowed=True)) == [Line("a", 1), Line("b")]
    assert unpacked(plain_lines("a \n\nb", flowed=True)) == [Line("a"), Line(""), Line("b")]


@given(st.text(max_size=200), st.booleans(), st.booleans())
def test_no_word_is_lost_and_no_line_is_untidy(text: str, flowed: bool, delsp: bool) -> None:
    lines = unpacked(plain_lines(text, flowed=flowed, delsp=delsp))
    for line in lines:
        assert line.text == line.text.rstrip() and "\n" not in line.text and line.depth >= 0
    kept = "".join("".join(line.text for line in lines).split())
    wanted = "".join(visible_text(text).split())
    assert kept.replace(">", "") == wanted.replace(">", "")
    assert kept.count(">") + sum(line.depth for line in lines) >= kept.count(">")


@given(st.lists(st.tuples(st.integers(0, 4), st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,3}", fullmatch=True))))
def test_written_quotes_are_read_back(lines: list[tuple[int, str]]) -> None:
    for prefix in (">", "> "):
        text = "".join(
            prefix * depth + " " * (depth > 0 and prefix == ">") + words + "\n" for depth, words in lines
        )
        assert [(line.depth, line.text) for line in unpacked(plain_lines(text))] == lines


@pytest.mark.parametrize("pattern", [">", "> ", " ", "\t", "a ", "\n", " \n", "\u200d", "\u00ad", "> \n"])
@pytest.mark.parametrize("flowed", [False, True])
def test_hostile_text_costs_linear_time(pattern: str, flowed: bool) -> None:
    started = time.perf_counter()
    plain_lines(pattern * (1_000_000 // len(pattern)), flowed=flowed)
    assert time.perf_counter() - started < 4
