"""Address fields give mailboxes, and the sender is the person behind what archives and lists made of it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.addresses import parse_mailboxes, restore_sender
from searcharc.message.headers import Headers, parse_headers
from searcharc.models import Sender


def pairs(value: bytes | str | None) -> list[tuple[str, str]]:
    return [(box.name, box.address) for box in parse_mailboxes(value)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Ann Example <ann@Example.ORG>", [("Ann Example", "ann@example.org")]),
        (b"Ann.B@Example.ORG", [("", "Ann.B@example.org")]),
        (b"ann@example.org (Ann (the) Name)", [("Ann (the) Name", "ann@example.org")]),
        (b"ann at example.org (Ann Name)", [("Ann Name", "ann@example.org")]),
        (b"Ann <ann AT mail DOT example DOT org>", [("Ann", "ann@mail.example.org")]),
        (b"ann at example [dot] org (Ann Name)", [("Ann Name", "ann@example.org")]),
        (b"Ann <<ann@example.org>>, bo@example.net", [("Ann", "ann@example.org"), ("", "bo@example.net")]),
        (b'"Example, Ann" <ann@example.org>', [("Example, Ann", "ann@example.org")]),
        (b'"bo@evil.example" <ann@example.org>', [("bo@evil.example", "ann@example.org")]),
        (b'"ann@example.org" <ann@example.org>', [("", "ann@example.org")]),
        (b"'Ann' <ann@example.org>", [("Ann", "ann@example.org")]),
        (b'"a \\"b\\"" <c@example.org>', [('a "b', "c@example.org")]),
        (b"=?utf-8?q?J=C3=B3=2C_X?= <jo@example.org>", [("Jó, X", "jo@example.org")]),
        (b'"=?utf-8?q?J=C3=B3?=" <jo@example.org>', [("Jó", "jo@example.org")]),
        ("Jörg <jo@example.org>", [("Jörg", "jo@example.org")]),
        (b"J\xf3 <jo@example.org>", [("Jó", "jo@example.org")]),
        (b"a@x.org, b@y.org", [("", "a@x.org"), ("", "b@y.org")]),
        (b"team: a@x.org, B <b@y.org>; c@z.org", [("", "a@x.org"), ("B", "b@y.org"), ("", "c@z.org")]),
        (b"team: bo@example.org", [("", "bo@example.org")]),
        (b"undisclosed-recipients:;", []),
        (b"Ann (Institute of Tides) <ann@example.org>", [("Ann (Institute of Tides)", "ann@example.org")]),
        (b"Ann ann@example.org", [("Ann", "ann@example.org")]),
        (b"Ann <ann@example.org", [("Ann", "ann@example.org")]),
        (b'"Ann <ann@example.org>, bo@example.net', [("Ann", "ann@example.org"), ("", "bo@example.net")]),
        (b'"ann x"@example.org', [("", '"ann x"@example.org')]),
        (b"<@relay.example,@r2.example:ann@example.org>", [("", "ann@example.org")]),
        (b"mailto:ann@example.org", [("", "ann@example.org")]),
        (b"Ann Example", [("Ann Example", "")]),
        (b"=?utf-8?q?x?= <", [("x", "")]),
        (b"foo <foo@example.org>, ", [("foo", "foo@example.org")]),
        (b'"', []),
        (b":", []),
        (b"<>", []),
        (b"", []),
        (None, []),
        (b"Ann\x1b[2J <ann@example.org>", [("Ann [2J", "ann@example.org")]),
    ],
)
def test_mailboxes_are_read(value: bytes | str | None, expected: list[tuple[str, str]]) -> None:
    assert pairs(value) == expected


def headers(**fields: str) -> Headers:
    return parse_headers(
        "".join(f"{name.replace('_', '-')}: {text}\n" for name, text in fields.items()).encode()
    )


LIST = "<lakes.lists.example.org>"


@pytest.mark.parametrize(
    ("fields", "sender"),
    [
        ({"From": "Ann <ann@example.org>"}, Sender("Ann", "ann@example.org")),
        ({"From": "fay at example.org (Fay Sample)"}, Sender("Fay Sample", "fay@example.org", True)),
        (
            {
                "From": "Gus Sample via lakes <lakes@lists.example.org>",
                "Reply_To": "Gus Sample <gus@example.net>",
            },
            Sender("Gus Sample", "gus@example.net", True),
        ),
        (
            {
                "From": '"Gus Sample via Lakes" <lakes@lists.example.org>',
                "Reply_To": "lakes@lists.example.org",
                "X_Original_From": "Gus Sample <gus@example.net>",
                "List_Id": LIST,
            },
            Sender("Gus Sample", "gus@example.net", True),
        ),
        (
            {
                "From": "Gus Sample <lakes@lists.example.org>",
                "Reply_To": "lakes@lists.example.org, Gus Sample <gus@example.net>",
                "List_Id": LIST,
            },
            Sender("Gus Sample", "gus@example.net", True),
        ),
        (
            {
                "From": "Gus via lakes <lakes@lists.example.org>",
                "Cc": "Gus <gus@example.net>",
                "List_Id": LIST,
            },
            Sender("Gus", "gus@example.net", True),
        ),
        (
            {"From": '"gus@example.net via lakes" <lakes@lists.example.org>', "List_Id": LIST},
            Sender("", "gus@example.net", True),
        ),
        (
            {"From": "Gus <gus=40example.net@dmarc.lists.example>", "List_Id": LIST},
            Sender("Gus", "gus@example.net", True),
        ),
        (
            {"From": "Gus Sample via lakes <lakes@lists.example.org>", "List_Id": LIST},
            Sender("Gus Sample", "lakes@lists.example.org", True),
        ),
        (
            {
                "From": "Lakes <lakes@lists.example.org>",
                "Reply_To": "lakes@lists.example.org",
                "List_Id": LIST,
            },
            Sender("Lakes", "lakes@lists.example.org"),
        ),
        (
            {"From": "Ann <ann@example.org>", "Reply_To": "Bo <bo@example.net>", "List_Id": LIST},
            Sender("Ann", "ann@example.org"),
        ),
        ({"Sender": "Ann <ann@example.org>"}, Sender("Ann", "ann@example.org")),
        ({"From": "Ann", "Return_Path": "<ann@example.org>"}, Sender("Ann", "ann@example.org")),
        ({"Subject": "x"}, Sender("", "")),
    ],
)
def test_the_sender_is_restored(fields: dict[str, str], sender: Sender) -> None:
    assert restore_sender(headers(**fields)) == sender


def test_the_envelope_line_is_asked_last() -> None:
    empty = headers(Subject="x")
    assert (
        restore_sender(empty, b"From ann@example.org Mon Mar  3 10:01:00 2014").address == "ann@example.org"
    )
    assert restore_sender(empty, b"From ann at example.org  Mon Mar  3 10:01:00 2014") == Sender(
        "", "ann@example.org", True
    )
    assert restore_sender(empty, b"From MAILER-DAEMON Mon Mar  3 10:01:00 2014") == Sender("", "")


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(value: bytes) -> None:
    for box in parse_mailboxes(value):
        assert box.name or box.address
        assert "@" in box.address or not box.address
        assert (box.name + box.address).isprintable() or not (box.name + box.address).isascii()
        assert (box.name + box.address).encode("utf-8")
    restore_sender(parse_headers(b"From: " + value.replace(b"\n", b" ")), b"From " + value)


@pytest.mark.parametrize(
    "pattern", [b'"', b"<", b"(", b"(a", b'"a\\', b'\\"', b"a:", b"@", b"a ", b"=?", b",", b"a at b ", b")("]
)
def test_hostile_fields_cost_linear_time(pattern: bytes) -> None:
    started = time.perf_counter()
    parse_mailboxes(pattern * 50_000)
    assert time.perf_counter() - started < 2


def test_eight_thousand_quoted_addresses_are_no_burden() -> None:
    value = b",\n ".join(b'"n%d" <n%d@example.org>' % (number, number) for number in range(8_000))
    started = time.perf_counter()
    boxes = parse_mailboxes(value)
    assert time.perf_counter() - started < 1
    assert (len(boxes), boxes[7_999].name, boxes[7_999].address) == (8_000, "n7999", "n7999@example.org")
