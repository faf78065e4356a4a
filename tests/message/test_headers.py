"""Header blocks are cut, unfolded and decoded, whatever stands in them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.headers import (
    HEADER_BLOCK_BYTES,
    HEADER_BYTES,
    HEADERS_KEPT,
    decode_header,
    header_text,
    parse_headers,
    parse_parameters,
    split_message,
)


@pytest.mark.parametrize(
    ("content", "block", "body"),
    [
        (b"Subject: a\n\nb", b"Subject: a\n", b"b"),
        (b"Subject: a\r\n\r\nb\r\n", b"Subject: a\r\n", b"b\r\n"),
        (b"Subject: a\r\rb", b"Subject: a\r", b"b"),
        (b"Subject: a", b"Subject: a", b""),
        (b"\nA copy of a buffer.\n", b"", b"A copy of a buffer.\n"),
        (b"\n\nSubject: a\n\nb", b"Subject: a\n", b"b"),
        (b"A line of text.\n\nAnother.", b"", b"A line of text.\n\nAnother."),
        (b"Subject: a\nno field here\n\nmore", b"Subject: a\n", b"no field here\n\nmore"),
        (b"Subject: a\n>From ann Mon\nFrom: b\n\nc", b"Subject: a\n>From ann Mon\nFrom: b\n", b"c"),
        (b"Subject: long\nbroken fold\nFrom: b\n\nc", b"Subject: long\nbroken fold\nFrom: b\n", b"c"),
        (b"", b"", b""),
        (b"\n", b"", b""),
    ],
)
def test_the_header_block_ends_at_the_first_blank_line(content: bytes, block: bytes, body: bytes) -> None:
    assert split_message(content) == (block, body)


def test_names_have_no_case_and_values_are_unfolded() -> None:
    headers = parse_headers(b"MESSAGE-ID: <a@example.org>\r\nSubject: one\r\n two\r\nX: 1\r\nx : 2\r\n")
    assert headers.get("Message-Id") == b"<a@example.org>"
    assert headers.get("subject") == b"one two"
    assert headers.get_all("X") == (b"1", b"2")
    assert "x" in headers and "y" not in headers
    assert headers.get("y") is None and headers.get_all("y") == ()


def test_odd_lines_are_skipped_and_the_fields_behind_them_kept() -> None:
    headers = parse_headers(b"From ann Mon Mar  3\nSubject: a\n>From bo Mon\nFrom: c@example.org\n")
    assert headers.get("subject") == b"a"
    assert headers.get("from") == b"c@example.org"
    assert headers.defects == ("headers: a line that is no field was skipped",)


def test_a_long_field_is_cut_and_the_ones_behind_it_stay_right() -> None:
    headers = parse_headers(b"To: " + b"ann@example.org, " * 40_000 + b"\nSubject: still here\n")
    assert headers.get("subject") == b"still here"
    assert len(headers.get("to") or b"") == HEADER_BYTES
    assert headers.defects == (f"headers: to cut at {HEADER_BYTES} bytes",)


def test_only_so_many_fields_and_bytes_are_kept() -> None:
    many = parse_headers(b"Subject: a\n" + b"X-Y: z\n" * 5_000)
    assert len(list(many)) == HEADERS_KEPT and many.get("subject") == b"a" and many.defects
    wide = parse_headers(b"Subject: a\n" + (b"X-Y: " + b"z" * 10_000 + b"\n") * 50)
    assert sum(len(name) + len(value) for name, value in wide) <= HEADER_BLOCK_BYTES
    assert wide.get("subject") == b"a" and wide.defects


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"plain", "plain"),
        (b"=?UTF-8?B?xIxpdXJsaW9uaXMgxA==?= =?UTF-8?B?r2RvbXU=?=", "Čiurlionis įdomu"),
        (b"=?utf-8?Q?=E6=9D=B1=E4=BA=AC=E3=82?= =?utf-8?Q?=BF=E3=83=AF=E3=83=BC?=", "東京タワー"),
        ("東京".encode() + b" and =?utf-8?B?5aSn6Ziq?=", "東京 and 大阪"),
        ("Grüße".encode(), "Grüße"),
        (b"Gr\xfc\xdfe", "Grüße"),
        (b"=?utf-8?q?a b?=", "a b"),
        (b"=?utf-8?q?a_b?= c", "a b c"),
        (b"=?utf-8?q?what?_no?= x", "what? no x"),
        (b"=?utf-8?q?what?=20no?= x", "what? no x"),
        (b"=?utf-8?q?a?= =?iso-8859-1?q?=E9?=", "aé"),
        (b"=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        (b"=?utf-8*en?q?caf=C3=A9?=", "café"),
        (b"=?UTF-8*fr?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        (b"=?x-unknown?q?caf=C3=A9?=", "café"),
        (b"=?gb2312?B?hrS1xLGouOY=?=", "喆的报告"),
        (b"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        (b"x=?utf-8?q?=C3=A9?=y", "xéy"),
        (b"(=?utf-8?q?=C3=A9?=)", "(é)"),
        (b"=?utf-8?b?w6k?=", "é"),
        (b"=?utf-8?b?w6k=w6k=?=", "éé"),
        (b"=?utf-8?q??=x", "x"),
        (b"=?utf-8?q?open", "=?utf-8?q?open"),
        (b"=?utf-8?x?a?=", "=?utf-8?x?a?="),
        (b"=? no word ?=", "=? no word ?="),
        (b"=?utf-8?q?lost =?utf-8?q?found?=", "=?utf-8?q?lost found"),
    ],
)
def test_encoded_words_and_raw_bytes_are_decoded(value: bytes, text: str) -> None:
    assert decode_header(value) == text


def test_raw_bytes_are_read_in_the_messages_charset_before_windows_1252() -> None:
    assert decode_header("Привет".encode("koi8-r"), "koi8-r") == "Привет"
    assert decode_header("Привет".encode("koi8-r"), None) != "Привет"
    assert decode_header("Привет".encode(), "koi8-r") == "Привет"


def test_control_characters_become_one_blank() -> None:
    headers = parse_headers(b"Subject: nul\x00 here\x1b[2J\ta\r\n  b =?utf-8?q?c=0D=0A=C2=9Bd?= \n")
    assert header_text(headers, "subject") == "nul here [2J a b c d"
    assert header_text(headers, "comments") == ""


@pytest.mark.parametrize(
    ("value", "kind", "parameters"),
    [
        (
            b'Text/Plain; Charset="utf-8"; format=flowed',
            "text/plain",
            {"charset": "utf-8", "format": "flowed"},
        ),
        (b"text/plain; name*", "text/plain", {}),
        (b"text/plain; name*=utf-8''caf%C3%A9", "text/plain", {"name": "café"}),
        (b"a/b; name*0*=utf-8'en'caf%C3; name*1*=%A9; name*2=.txt", "a/b", {"name": "café.txt"}),
        (b"a/b; name*0=one; name*1=two", "a/b", {"name": "onetwo"}),
        (b"attachment; filename==?utf-8?q?caf=C3=A9?=", "attachment", {"filename": "café"}),
        (b'attachment; filename="=?utf-8?b?w6k=?= x.txt"', "attachment", {"filename": "é x.txt"}),
        (b'a/b; name="say \\"x\\"; y"; z=1', "a/b", {"name": 'say "x"; y', "z": "1"}),
        (b'a/b; name="never closed; charset=x', "a/b", {"name": "never closed", "charset": "x"}),
        (b"text/plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
        (b"charset=utf-8", "", {"charset": "utf-8"}),
        (b"text/plain; charset*=us-ascii''utf-8", "text/plain", {"charset": "utf-8"}),
        (b"", "", {}),
        (None, "", {}),
    ],
)
def test_parameters_are_read_as_far_as_they_go(
    value: bytes | None, kind: str, parameters: dict[str, str]
) -> None:
    assert parse_parameters(value) == (kind, parameters)


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read(content: bytes) -> None:
    block, body = split_message(content)
    assert len(block) + len(body) <= len(content)
    assert content.endswith(body)
    headers = parse_headers(block)
    for name, value in headers:
        text = header_text(headers, name)
        assert text == " ".join(text.split()) and text.encode("utf-8").decode("utf-8") == text
        parse_parameters(value)


@given(
    st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=8), max_size=6)
)
def test_words_are_read_back_from_raw_utf8(words: list[str]) -> None:
    assert decode_header(" ".join(words).encode()).split() == [
        word for text in words for word in decode_header(text.encode()).split()
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        b"=?a?q?",
        b"=?a?q?x?=",
        b"=?a?q??=41",
        b"=?",
        b"?=",
        b"=?a?b?=?a?q?",
        b"x: y\n",
        b" \n",
        b"\n>From x\nTo: y",
        b"\r",
    ],
)
def test_hostile_headers_cost_linear_time(pattern: bytes) -> None:
    started = time.perf_counter()
    for content in (b"Subject: " + pattern * (2_000_000 // len(pattern)), pattern * 200_000):
        block, _ = split_message(content)
        headers = parse_headers(block)
        for name in ("subject", "x"):
            header_text(headers, name)
        parse_parameters(headers.get("subject"))
    assert time.perf_counter() - started < 4
