"""Hunks of diffs: each is one paragraph, and no rule reads signs of code as marks of mail."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcharc import parse_message
from searcharc.message.hunks import HUNK, cut_hunks, fold_hunks
from searcharc.message.lines import Lines
from searcharc.message.plain import plain_lines
from searcharc.models import Paragraph

PATCH = """\
The lamp is lit too late. Light it at dusk.

Signed-off-by: Ann Sample <ann@example.org>
---
 lamp.c | 4 +++-
 1 file changed, 3 insertions(+), 1 deletion(-)

diff --git a/lamp.c b/lamp.c
index 0000001..0000002 100644
--- a/lamp.c
+++ b/lamp.c
@@ -1,5 +1,7 @@ int main(void)
 {
-\tlight(NOON);
+\tlight(DUSK);

+\t/* 24. see paragraph 35 of the Harbour Act */
+
 \treturn 0;
 }
@@ -20,2 +22,2 @@
-- Ann
+- Bo
 x
--\x20
2.30.1
"""


def paragraphs(
    body: str, headers: str = "From: Ann Sample <ann@example.org>\nSubject: lamp\n"
) -> list[Paragraph]:
    return list(parse_message(f"{headers}\n{body}".encode()).paragraphs)


def test_a_hunk_is_one_paragraph_whatever_stands_in_it() -> None:
    found = paragraphs(PATCH)
    hunks = [p for p in found if p.text.startswith("@@ ")]
    assert [p.zone for p in hunks] == ["own", "own"]
    assert hunks[0].text == (
        "@@ -1,5 +1,7 @@ int main(void)\n {\n-       light(NOON);\n+       light(DUSK);\n\n"
        "+       /* 24. see paragraph 35 of the Harbour Act */\n+\n        return 0;\n }"
    )
    assert [p.number for p in found if p.number] == []
    assert [(r.number, r.document) for r in hunks[0].refs] == [("35", "Harbour Act")]
    assert hunks[1].text == "@@ -20,2 +22,2 @@\n-- Ann\n+- Bo\n x"
    assert found[-1].text == "--\n2.30.1"
    assert found[-1].zone == "signature"


def test_text_behind_the_last_line_of_a_hunk_is_text() -> None:
    body = "@@ -1 +1 @@\n-a\n+b\n\nWhat do you think?\n\n24. Notes that lamps burn.\n"
    assert [(p.number, p.text) for p in paragraphs(body)] == [
        (None, "@@ -1 +1 @@\n-a\n+b"),
        (None, "What do you think?"),
        ("24", "24. Notes that lamps burn."),
    ]


def test_a_reply_parts_a_quoted_hunk() -> None:
    body = (
        "On Monday Ann Sample wrote:\n> @@ -1,3 +1,4 @@\n>  {\n> +\tlight();\n\nWhy here?\n\n"
        ">  \tout();\n>  }\n\nThanks,\nBo\n"
    )
    found = paragraphs(body, "From: Bo <bo@example.org>\nSubject: Re: lamp\nIn-Reply-To: <1@example.org>\n")
    assert [(p.zone, p.quote_depth, p.text) for p in found] == [
        ("quoted", 1, "On Monday Ann Sample wrote:"),
        ("quoted", 1, "@@ -1,3 +1,4 @@\n {\n+       light();"),
        ("own", 0, "Why here?"),
        ("quoted", 1, "        out();\n }"),
        ("signature", 0, "Thanks,\nBo"),
    ]


def test_a_hunk_that_a_mail_program_wrapped_ends_where_it_was_broken() -> None:
    body = "@@ -1,3 +1,3 @@\n a\n-b which was\nlong\n+c\n d\n"
    found = plain_lines(body)
    assert found.texts == [HUNK, "long", "+c", " d"]
    assert found.hunks == {0: "@@ -1,3 +1,3 @@\n a\n-b which was"}


@pytest.mark.parametrize(
    "text",
    [
        "@@ this is no header @@\n a\n",
        "@@ -1,2 +1,2\n a\n",
        "@@ -1,3 +1,3 @@\nno line of a diff\n",
        "@@ -99999999999,1 +1 @@\n a\n",
        "mail me @@ -1 +1 @@\n-a\n+b\n",
    ],
)
def test_what_only_looks_like_a_hunk_is_left_as_it_is(text: str) -> None:
    found = plain_lines(text)
    assert found.texts == text.splitlines()
    assert not found.hunks


def test_a_hunk_that_promises_too_much_ends_with_the_text() -> None:
    assert plain_lines("@@ -1,900000000 +1,900000000 @@\n a\n b\n").hunks == {
        0: "@@ -1,900000000 +1,900000000 @@\n a\n b"
    }


def shown_lines(lines: Lines) -> list[tuple[str, int, str | None]]:
    return [
        (text, depth, lines.hunks.get(index))
        for index, (text, depth) in enumerate(zip(lines.texts, lines.depths, strict=True))
    ]


HEADERS = ["@@ -1,2 +1,2 @@", "@@ -1 +1,3 @@ f()", "diff --git a b", "--- a", "+++ b"]
INSIDE = ["", " a", "+b", "-c", "\\ No newline at end of file", "\ttab ", "\x0c"]
OTHERS = ["-- ", "text", "> q", "24. Notes"]
LINES = st.lists(st.sampled_from([*HEADERS, *INSIDE, *OTHERS]), max_size=20)


@settings(max_examples=400, deadline=None)
@given(LINES)
def test_the_short_way_gives_what_the_long_way_gives(lines: list[str]) -> None:
    """Cutting whole hunks before lines are made is for speed only."""
    text = "\n".join(["before", *lines, "behind"])
    short = plain_lines(text)
    long = Lines([line.expandtabs(8).replace("\x0c", " ").rstrip() for line in text.split("\n")])
    for index, line in enumerate(long.texts):
        if line == "> q":
            long.texts[index], long.depths[index] = "q", 1
    fold_hunks(long)
    assert [shown for shown in shown_lines(short) if shown[0]] == [s for s in shown_lines(long) if s[0]]


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_no_line_is_lost(lines: list[str]) -> None:
    text = "\n".join(["before", *lines])
    rest, hunks = cut_hunks(text)
    for hunk in hunks:
        rest = rest.replace("\0", hunk, 1)
    words = " ".join(text.split())
    assert " ".join(rest.split()) == words
    found = plain_lines(text)
    shown = [found.hunks.get(index, line) for index, line in enumerate(found.texts)]
    assert " ".join(" ".join(shown).split()) == words.replace("\x0c", " ").replace("> q", "q")
