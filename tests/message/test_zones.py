"""Whose words a line holds. All mails are invented."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.lines import Hint, Line
from searcharc.models import Zone
from tests.message.packing import zoned_lines

_PREFIX = re.compile(r"(?:>\s?)+")
_LETTERS = {
    "o": Zone.OWN,
    "q": Zone.QUOTED,
    "f": Zone.FORWARDED,
    "s": Zone.SIGNATURE,
    "x": Zone.FOOTER,
}


def lines_of(text: str) -> list[Line]:
    lines = []
    for line in text.split("\n"):
        match = _PREFIX.match(line)
        depth = match[0].count(">") if match else 0
        lines.append(Line(line[match.end() :] if match else line, depth=depth))
    return lines


def check(
    marked: str, *, subject: str = "Re: Boats", reply: bool = True, sender: str = "Ann Example"
) -> None:
    """`marked`: each non-empty line begins with the letter of its zone and a blank."""
    expected, texts = [], []
    for line in marked.strip("\n").split("\n"):
        if line:
            expected.append(_LETTERS[line[0]])
            texts.append(line[2:])
        else:
            texts.append("")
    zoned = zoned_lines(
        lines_of("\n".join(texts)), subject=subject, sender_name=sender, has_reply_header=reply
    )
    found = [(zone, line.text) for line, zone in zoned if line.text]
    texts = [_PREFIX.sub("", text) for text in texts if text]
    assert [zone.value for zone, _ in found] == [zone.value for zone in expected], found


def test_words_behind_a_prefix_are_quoted_with_their_attribution() -> None:
    check(
        """
o Yes, let us row.

q On Mon, 3 Mar 2014 at 10:01, Bo Sample <bo@boats.example> wrote:
q > Shall we row?
q >> Or swim?

o Swimming is out.
"""
    )


@pytest.mark.parametrize(
    "attribution",
    [
        "On 3 Mar 2014, Bo Sample wrote:",
        "Bo Sample writes:",
        "Bo Sample <bo at boats.example> writes:",
        "Am 03.03.2014 um 10:01 schrieb Bo Sample:",
        "Le lun. 3 mars 2014 à 10:01, Bo Sample <bo@boats.example> a écrit :",
        "El lun, 3 mar 2014 a las 10:01, Bo Sample (<bo@boats.example>) escribió:",
        "Em 3 de março de 2014 10:01, Bo Sample escreveu:",
        "Il giorno 3 mar 2014, Bo Sample ha scritto:",
        "在 2014-03-03 10:01，Bo Sample 写道：",
        "2014年3月3日(月) 10:01 Bo Sample <bo@boats.example>:",
        "2014년 3월 3일 (월) 오전 10:01, Bo Sample <bo@boats.example>님이 작성:",
        "Bo Sample 於 3/3/2014 10:01 寫道:",
        "3 марта 2014 г., 10:01 пользователь Bo Sample <bo@boats.example> написал:",
    ],
)
def test_an_attribution_is_quoted_in_each_language(attribution: str) -> None:
    check(f"o I agree.\n\nq {attribution}\nq > Shall we row?")


def test_an_attribution_may_wrap() -> None:
    check(
        """
o I agree.

q On Mon, 3 Mar 2014 at 10:01, Bo Sample via boats-list <
q boats-list@lists.example> wrote:
q > Shall we row?
"""
    )


def test_an_own_line_above_a_quote_stays_own() -> None:
    check("o Here is what the warden told us:\n\no It is nice.\n\nq > Shall we row?\n\no No.")


@pytest.mark.parametrize(
    "separator",
    ["-----Original Message-----", "-----Ursprüngliche Nachricht-----", "----- Mensaje original -----"],
)
def test_all_below_an_outlook_block_is_quoted(separator: str) -> None:
    check(
        f"""
o I agree.

q {separator}
q From: Bo Sample
q Sent: Monday, March 3, 2014
q To: Ann Example
q Subject: Boats

q Shall we row?

q Bo
"""
    )


def test_a_header_block_needs_no_separator() -> None:
    check(
        """
o I agree.

q ________________________________
q From: Bo Sample <bo@boats.example>
q Sent: Monday, March 3, 2014
q To: boats@lists.example
q Subject: Boats

q Shall we row?
"""
    )
    check("o From: the harbour to the sea is a mile.\n\no To: row it takes an hour.")


def test_a_message_passed_on_is_forwarded_up_to_the_senders_signature() -> None:
    check(
        """
o See below.

f ---------- Forwarded message ----------
f From: Bo Sample <bo@boats.example>
f Date: Mon, 3 Mar 2014
f Subject: Boats

f Shall we row?
f --
f Bo Sample

s --
s Ann Example
""",
        subject="Fwd: Boats",
        reply=False,
    )


def test_a_forwarded_message_ends_with_its_mark() -> None:
    check(
        """
f --------- Begin forwarded message ----------
f Shall we row?
f --------- End forwarded message ----------
o I think we should row as soon as the tide is in.
""",
        subject="Boats",
        reply=False,
    )


@pytest.mark.parametrize("delimiter", ["-- ", "--", "- -- ", "--=20"])
def test_a_signature_begins_at_its_delimiter(delimiter: str) -> None:
    check(f"o Let us row.\n\ns {delimiter}\ns Ann Example\ns Harbour Society")


@pytest.mark.parametrize(
    "ending",
    [
        "s Best,\ns Ann",
        "s Thanks, Ann",
        "s Kind regards\n\ns Ann Example\ns Warden\ns Harbour Society",
        "s Mit freundlichen Grüßen\ns Ann",
        "s Cordialement,\ns Ann",
        "s Un saludo\ns Ann",
        "s Saluti\ns Ann",
        "s С уважением,\ns Ann",
        "s 此致\ns 敬礼",
        "s -ann",
        "s -- Ann",
        "s /Ann",
        "s A.",
        "s Ann",
        "s Ann Example\ns +33 1 22 33 44",
    ],
)
def test_a_signature_without_delimiter_begins_at_sign_off_or_name(ending: str) -> None:
    check("o Let us row across the harbour and back before it gets dark tonight.\n\n" + ending)


@pytest.mark.parametrize(
    "ending",
    [
        "o Thank you for the help.",
        "o Thanks to Bo we have a boat, and it floats.",
        "o Right.",
        "o Is Ann right?",
        "o - mean\no - median",
    ],
)
def test_a_last_sentence_is_own(ending: str) -> None:
    check("o Let us row across the harbour and back before it gets dark tonight.\n\n" + ending)


def test_thanks_above_the_text_greet() -> None:
    check("o Thanks Bo,\n\no I will try it tomorrow and let you know how the boat behaves on the open sea.")


def test_footnotes_behind_a_signature_are_own() -> None:
    check("o See [1].\n\ns Best,\ns Ann\n\no [1]: https://boats.example/list")


def test_a_signature_may_stand_above_the_quote() -> None:
    check(
        """
o I agree.

s Best,
s Ann

q -----Original Message-----
q From: Bo Sample
q Sent: Monday
q Subject: Boats

q Shall we row?
"""
    )


def test_a_patch_is_own_and_git_s_version_is_signature() -> None:
    check(
        """
o Count the boats.
o ---
o  boats.c | 2 +-
o diff --git a/boats.c b/boats.c
o --- a/boats.c
o +++ b/boats.c
o -int boats = 1;
o +int boats = 2;
s --
s 2.25.1
""",
        subject="[PATCH] count",
    )


def test_pgp_armour_is_signature() -> None:
    check(
        """
s -----BEGIN PGP SIGNED MESSAGE-----
s Hash: SHA256

o Let us row.

s -----BEGIN PGP SIGNATURE-----
s Version: 1

s aW52ZW50ZWRpbnZlbnRlZGludmVudGVk
s -----END PGP SIGNATURE-----
"""
    )


@pytest.mark.parametrize(
    "footer",
    [
        f"x {'_' * 47}\nx Boats mailing list\nx https://lists.example/mailman/listinfo/boats",
        "x -------------- next part --------------\nx An HTML attachment was scrubbed...\nx URL: <http://b.example>",
        "x Sent from my telephone",
        "x Von meinem Telefon gesendet",
        "x This e-mail is confidential and intended for the addressee. Received in error, delete it.",
        "x DISCLAIMER: https://boats.example/disclaimer",
        "x Boats Confidential",
    ],
)
def test_footers_are_footer(footer: str) -> None:
    check("o Let us row across the harbour and back before it gets dark tonight.\n\n" + footer)


def test_a_footer_at_the_very_end_is_footer_even_below_an_unprefixed_quote() -> None:
    check(
        """
o I agree.

q -----Original Message-----
q From: Bo Sample
q Sent: Monday
q Subject: Boats

q Shall we row?
q _______________________________________________
q Boats mailing list
q Boats@lists.example

q Yours, Bo
x _______________________________________________
x Boats mailing list
x Boats@lists.example
"""
    )


def test_prefixes_with_names_become_depth() -> None:
    lines = [
        Line("Bo Sample said:"),
        Line("BS> Shall we row?"),
        Line("BS> Or swim?"),
        Line(""),
        Line("We row."),
    ]
    zoned = zoned_lines(lines, subject="Re: Boats", sender_name="Ann", has_reply_header=True)
    assert [(line.text, line.depth, zone.value) for line, zone in zoned if line.text] == [
        ("Bo Sample said:", 1, "quoted"),
        ("Shall we row?", 1, "quoted"),
        ("Or swim?", 1, "quoted"),
        ("We row.", 0, "own"),
    ]


def test_another_mark_below_an_attribution_becomes_depth() -> None:
    lines = [
        Line("On Mon, 3 Mar 2014, Bo Sample wrote:"),
        Line(""),
        Line(": Shall we row?"),
        Line(""),
        Line("Yes."),
    ]
    zoned = zoned_lines(lines, subject="Re: Boats", sender_name="Ann", has_reply_header=True)
    assert [(line.text, zone.value) for line, zone in zoned if line.text][1:] == [
        ("Shall we row?", "quoted"),
        ("Yes.", "own"),
    ]


def test_what_html_says_is_believed() -> None:
    lines = [
        Line("We row.", block=True),
        Line("Warden of the harbour", hint=Hint.SIGNATURE, block=True),
        Line("Bo Sample, last Monday:", hint=Hint.REPLY, block=True),
        Line("Shall we row?", block=True),
    ]
    zoned = zoned_lines(lines, subject="Re: Boats", sender_name="Ann", has_reply_header=True)
    assert [zone.value for _, zone in zoned] == ["own", "signature", "quoted", "quoted"]


LINES = st.lists(
    st.builds(
        Line,
        st.one_of(
            st.sampled_from(
                [
                    "",
                    " ",
                    "-- ",
                    "Best,",
                    "Ann",
                    "On Monday Bo wrote:",
                    "-----Original Message-----",
                    "From: Bo",
                    "To: Ann",
                    "Sent: now",
                    "_" * 30,
                    "Boats mailing list",
                    "24. Invites the wardens",
                    "(a) to row",
                    "Bo> row",
                    "> row",
                    "-----BEGIN PGP SIGNED MESSAGE-----",
                    "-----END PGP SIGNATURE-----",
                    "* tea",
                    "multi-",
                    "第24段 请",
                ]
            ),
            st.text(
                alphabet=st.characters(exclude_characters="\n\r", exclude_categories=["Cs", "Cc"]),
                max_size=40,
            ),
        ),
        depth=st.integers(0, 3),
        hint=st.sampled_from([Hint.NONE, Hint.NONE, Hint.SIGNATURE, Hint.REPLY, Hint.FORWARD]),
        block=st.booleans(),
    ),
    max_size=25,
)


@given(LINES, st.sampled_from(["", "Re: x", "Fwd: x"]), st.sampled_from(["", "Ann Example", "ann"]))
def test_each_line_keeps_its_words_and_gets_a_zone(lines: list[Line], subject: str, sender: str) -> None:
    zoned = zoned_lines(lines, subject=subject, sender_name=sender, has_reply_header=False)
    assert len(zoned) == len(lines)
    for before, (after, zone) in zip(lines, zoned, strict=True):
        assert before.text.strip().endswith(after.text.strip())
        assert after.depth >= before.depth
        assert zone is not Zone.OWN or after.depth == 0
