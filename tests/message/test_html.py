"""HTML is read as a reader sees it: words whole, blocks apart, numbers printed, styles unseen."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searcharc.message.html import HTML_CHARACTERS, _scan, html_lines
from searcharc.message.htmlclean import drop_invisible
from searcharc.message.htmlmarks import format_number, word_marker
from searcharc.message.lines import Hint, Line


def texts(markup: str) -> list[str]:
    return [line.text for line in html_lines(markup).lines]


def marked(markup: str) -> list[tuple[int, str | None, str, str]]:
    return [
        (line.depth, line.number, line.hint.value, line.text)
        for line in html_lines(markup).lines
        if line.text
    ]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("lan<span>tern</span> <b>sta</b>nds", ["lantern stands"]),
        ("<p>one</p><p>two</p>", ["one", "", "two"]),
        ("<div>one</div><div>two</div>", ["one", "two"]),
        ("one<br>two<br><br>three", ["one", "two", "", "three"]),
        ("<div>one</div><div><br></div><div>two</div>", ["one", "", "two"]),
        ("<p>one<p>two", ["one", "", "two"]),
        ("<ul><li>one</li><li>two</li></ul>", ["one", "two"]),
        ("<table><tr><td>one</td><td>two</td></tr><tr><td>three</td></tr></table>", ["one   two", "three"]),
        ("<h1>Title</h1>text", ["Title", "", "text"]),
        ("a<hr>b", ["a", "", "b"]),
        ("66<sup>th</sup> session", ["66th session"]),
        ("source\n   line   ends", ["source line ends"]),
        ("<pre>a\n  b\n\nc</pre>", ["a", "  b", "", "c"]),
        ('<div style="white-space: pre-wrap">a\n b</div>', ["a", " b"]),
        ("caf&eacute; &amp; bar &#x2014; &#233;", ["café & bar — é"]),
        ("&amp;eacute;", ["&eacute;"]),
        ("qua&shy;rry mea&#8203;dow&nbsp;&nbsp;turbine", ["quarry meadow turbine"]),
        ("e&#769;", ["é"]),
        ("1 < 2 and 3 > 2", ["1 < 2 and 3 > 2"]),
        ("no tags at all &eacute;", ["no tags at all é"]),
        ("example.html", ["example.html"]),
        (
            "<p class=MsoNormal>a</p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>b</p>",
            ["a", "", "b"],
        ),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>b</p>", ["a", "b"]),
        ("<p>a<o:p>b</o:p></p>", ["ab"]),
        ("<p>shown</p><p style='display:none'>hidden</p>", ["shown"]),
        ("<span style='mso-hide:all'>hidden</span>shown", ["shown"]),
        ("<?xml version='1.0'?><html><body>a</body></html>", ["a"]),
        ("", []),
        ("<p></p>", []),
    ],
)
def test_text_is_read_as_it_is_seen(markup: str, expected: list[str]) -> None:
    assert texts(markup) == expected


@pytest.mark.parametrize(
    "markup",
    [
        "<style>p.MsoNormal {font-family:SimSun}</style>",
        "<STYLE type=text/css><!-- @font-face {font-family:SimSun} --></STYLE >",
        "<script>var MsoNormal = 1;</script>",
        "<title>MsoNormal</title>",
        "<!-- MsoNormal -->",
        "<!--[if gte mso 9]><xml><w:x>MsoNormal</w:x></xml><![endif]-->",
        "<!--[if !mso]><style>v\\:* {SimSun}</style><![endif]-->",
        "<xml><o:OfficeDocumentSettings>MsoNormal</o:OfficeDocumentSettings></xml>",
        "<p class=MsoNormal style='font-family:SimSun'></p>",
        "<font face=SimSun></font>",
        "<meta name=x content=MsoNormal><link rel=SimSun>",
        "<img alt=MsoNormal title=SimSun>",
        "<!--><script>MsoNormal</script>",
    ],
)
def test_styles_scripts_comments_and_font_names_leave_no_trace(markup: str) -> None:
    for placed in (f"before {markup} after", f"<html><head>{markup}</head><body>before after</body></html>"):
        found = " ".join(texts(placed))
        assert "before" in found and "after" in found
        assert "MsoNormal" not in found and "SimSun" not in found and "mso" not in found


def test_words_conditional_blocks_keep_what_they_reveal() -> None:
    assert drop_invisible("a<![if !supportLists]>b<![endif]>c<!--[if x]>d<![endif]-->e") == ("abce", ())
    assert drop_invisible("<!--[if !mso]><!-->b<!--<![endif]-->c") == ("bc", ())
    assert drop_invisible("<!-->a<!--->b<!-- c --!>d") == ("abd", ())
    assert drop_invisible("a<!-- b")[1] == ("html: comment never closed, the rest left out",)


WORD_LIST = (
    "<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level1 lfo1'><![if !supportLists]>"
    "<span style='mso-list:Ignore'>{}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span>"
    "<![endif]>Invites the quarry</p>"
)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<ol start=24><li>a</li><li>b</li></ol>", [("24", "24. a"), ("25", "25. b")]),
        ("<ol start=21><li>a<li value=24>b<li>c</ol>", [("21", "21. a"), ("24", "24. b"), ("25", "25. c")]),
        ("<ol type=a start=2><li>a</ol>", [("b", "b. a")]),
        ("<ol style='list-style-type:lower-roman'><li>a<li>b</ol>", [("i", "i. a"), ("ii", "ii. b")]),
        ("<ol style='list-style:none'><li>a</ol>", [(None, "a")]),
        ("<ol><li>a<ol type=a><li>b</ol><li>c</ol>", [("1", "1. a"), ("a", "a. b"), ("2", "2. c")]),
        ("<ol><li><p>a</p><p>b</p></li></ol>", [("1", "1. a"), (None, "b")]),
        ("<ol><li></li><li>b</li></ol>", [("2", "2. b")]),
        ("<ol start=x><li>a</ol>", [("1", "1. a")]),
        ("<ul><li>a</ul>", [(None, "a")]),
        ("<li>a</li>", [(None, "a")]),
        (WORD_LIST.format("24."), [("24", "24. Invites the quarry")]),
        (WORD_LIST.format("(a)"), [("a", "(a) Invites the quarry")]),
        (WORD_LIST.format("OP24bis."), [("OP24bis", "OP24bis. Invites the quarry")]),
        (WORD_LIST.format("1.2."), [(None, "1.2. Invites the quarry")]),
        (WORD_LIST.format("·"), [(None, "Invites the quarry")]),
        (WORD_LIST.format("o"), [(None, "Invites the quarry")]),
        (
            WORD_LIST.replace("<![if !supportLists]>", "<!--[if !supportLists]-->")
            .replace("<![endif]>", "<!--[endif]-->")
            .format("7)"),
            [("7", "7) Invites the quarry")],
        ),
    ],
)
def test_list_numbers_are_printed_and_marked(markup: str, expected: list[tuple[str | None, str]]) -> None:
    assert [(number, text) for _, number, _, text in marked(markup)] == expected


def test_numbers_are_written_in_their_own_way() -> None:
    assert [format_number(number, "a") for number in (1, 26, 27, 52, 53)] == ["a", "z", "aa", "az", "ba"]
    assert [format_number(number, "i") for number in (4, 9, 14, 40, 99)] == ["iv", "ix", "xiv", "xl", "xcix"]
    assert (format_number(2, "A"), format_number(3, "I"), format_number(24, "1")) == ("B", "III", "24")
    assert format_number(0, "a") == "0"
    assert word_marker("\u00a0 12) \n") == ("12)", "12")


def test_blocks_are_whole_and_lines_before_a_break_are_not() -> None:
    assert html_lines("<p>a<br>b</p><div>c</div>").lines == (
        Line("a"),
        Line("b", block=True),
        Line(""),
        Line("c", block=True),
    )


@pytest.mark.parametrize(
    ("markup", "depths"),
    [
        ("<blockquote type=cite>q</blockquote>", [1]),
        (
            "<blockquote class=gmail_quote>q<blockquote class='gmail_quote'>r</blockquote></blockquote>",
            [1, 2],
        ),
        ("<blockquote style='border-left:1px solid'>q</blockquote>", [1]),
        ("<blockquote style='margin: 0 0 0 40px; border: none'>indented</blockquote>", [0]),
        ("<blockquote>indented</blockquote>", [0]),
        ("<p>On Monday Ann wrote:</p><blockquote><p>q</p></blockquote><p>me</p>", [0, 1, 0]),
        ("<p>Am Montag schrieb Ann &lt;ann@example.org&gt;:</p><blockquote>q</blockquote>", [0, 1]),
        ("&gt; q<br>&gt;&gt; r<br>me", [1, 2, 0]),
        ("<pre>\n&gt; q\nme</pre>", [1, 0]),
        ("<blockquote type=cite>&gt; q</blockquote>", [2]),
        ("<div style='border:none;border-left:solid blue 1.5pt;padding:0cm'><p>q</p></div>", [1]),
        ("<div style='border-left:solid blue'>box</div>", [0]),
    ],
)
def test_quotes_have_depth_and_indents_have_none(markup: str, depths: list[int]) -> None:
    assert [depth for depth, *_ in marked(markup)] == depths


@pytest.mark.parametrize(
    ("markup", "hints"),
    [
        ("a<div class='gmail_signature'>Ann<br>Office</div>b", ["", "signature", "signature", ""]),
        ("<p class=MsoAutoSig>Ann</p>", ["signature"]),
        ("a<br><span class=moz-signature>-- <br>Ann</span>", ["", "signature", "signature"]),
        ("<div id=AppleMailSignature>Ann</div>", ["signature"]),
        ("<div class=gmail_quote><div class=gmail_attr>Ann wrote:</div>q</div>", ["reply", ""]),
        (
            "a<div id=appendonsend></div><hr><div id=x_divRplyFwdMsg>From: Ann<br>Sent: x</div>",
            ["", "reply", ""],
        ),
        (
            "<div style='border:none;border-top:solid #B5C4DF 1.0pt;padding:3pt'><p>From: Ann</div>q",
            ["reply", ""],
        ),
        (
            "<div style='border: none; border-top: solid #E1E1E1 1.0pt'><p>From: Ann</p></div>",
            ["reply"],
        ),
        ("a<div class=moz-forward-container>From: Ann</div>", ["", "forward"]),
        ("<div class=gmail_quote>---------- Forwarded message ---------<br>From: Ann</div>", ["forward", ""]),
        ("<div class=yahoo_quoted>q</div>", ["reply"]),
    ],
)
def test_what_mail_programs_mark_becomes_a_hint(markup: str, hints: list[str]) -> None:
    assert [hint for _, _, hint, _ in marked(markup)] == hints
    assert {Hint(hint) for hint in hints}


RICH = (
    "<html><body><p>One &amp; <b>two</b></p><ol start=3><li>three<li>four</ol>"
    "<blockquote type=cite>five<br>six</blockquote><table><tr><td>a<td>b</table><pre>x\n y</pre>"
    "<div style='display:none'>no <div>no</div></div><div class=gmail_signature>Ann</div></body></html>"
)


def test_the_plain_scan_reads_as_the_tree_does() -> None:
    assert tuple(_scan(RICH)) == html_lines(RICH).lines


@pytest.mark.parametrize("depth", [200, 3_000, 20_000])
@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "li", "table"])
def test_the_word_at_the_bottom_is_found(tag: str, depth: int) -> None:
    started = time.perf_counter()
    found = html_lines(f"<{tag}>" * depth + "bottomword" + f"</{tag}>" * depth)
    assert "bottomword" in " ".join(line.text for line in found.lines)
    assert time.perf_counter() - started < 5


def test_misnested_tags_lose_no_word() -> None:
    markup = (
        "".join(f"<b {n}>" for n in range(3_000))
        + "".join(f"<i {n}>" for n in range(3_000))
        + "x</b>" * 3_000
    )
    assert html_lines("start " + markup + " end").lines[0].text == "start " + "x" * 3_000 + " end"


@pytest.mark.parametrize(
    "pattern",
    [
        "<!--",
        "<![CDATA[",
        "<a ",
        '<a foo="',
        "</",
        "<!A",
        "<?",
        "<",
        "<x>",
        "<li>x</ol>",
        "&",
        "&#1;",
        "<svg>",
        "<p a=b>y",
    ],
)
def test_hostile_html_costs_linear_time(pattern: str) -> None:
    started = time.perf_counter()
    found = html_lines("startword <p>" + pattern * 40_000)
    assert found.lines[0].text.startswith("startword")
    assert time.perf_counter() - started < 4


def test_what_is_cut_is_written_down() -> None:
    long = html_lines("word " * (HTML_CHARACTERS // 5 + 1))
    assert long.defects == (f"html: cut at {HTML_CHARACTERS} characters",)
    many = html_lines("<i>word</i> " * 20_000)
    assert many.defects == ("html: too many tags for a tree, read by a plain scan",)
    assert len(many.lines[0].text) == 100_000 - 1


FRAGMENTS = st.sampled_from(
    ["<p>", "</p>", "<div class=gmail_quote>", "</div>", "<br>", "<b>", "</b>", "<ol>", "<li>", "</ol>",
     "<blockquote>", "</blockquote>", "<table><tr><td>", "</table>", "<pre>", "</pre>", "<!--", "-->",
     "<![if x]>", "<style>", "</style>", "&amp;", "&#0;", "&#xd800;", " ", "\n", "word", "é", "<", ">", '"',
     "<p style='mso-list:Ignore'>", "<span style='mso-list:Ignore'>", "</span>"]
)  # fmt: skip


@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=5)), max_size=40).map("".join))
@example("<pre>\x850")
def test_any_markup_gives_tidy_lines(markup: str) -> None:
    lines = html_lines(markup).lines
    for line in (*lines, *_scan(markup)):
        assert line.text == line.text.rstrip() and "\n" not in line.text and "\x00" not in line.text
        assert line.depth >= 0 and line.text.encode("utf-8") is not None
    assert not lines or (lines[0].text and lines[-1].text)


@given(st.lists(st.from_regex(r"[a-z]{1,9}", fullmatch=True), min_size=1, max_size=20), st.data())
def test_every_word_between_tags_is_found(words: list[str], data: st.DataObject) -> None:
    tags = [
        "<p>",
        "<br>",
        "<div>",
        "</div>",
        "<td>",
        "<li>",
        "</p>",
        "<i>",
        "</b>",
        "<blockquote>",
        "</table>",
    ]
    markup = "".join(data.draw(st.sampled_from(tags)) + " " + word + " " for word in words)
    assert " ".join(texts(markup)).split() == words
