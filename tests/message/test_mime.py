"""A message falls into its parts, whatever its structure claims, and the right ones are its text."""

from __future__ import annotations

import base64
import binascii
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.headers import parse_headers, split_message
from searcharc.message.mime import Bodies, Limits, Parts, choose_bodies, is_stub, walk_parts
from searcharc.message.transfer import decode_transfer


def parts_of(text: str | bytes, limits: Limits | None = None) -> Parts:
    content = text if isinstance(text, bytes) else text.encode()
    block, body = split_message(content)
    return walk_parts(parse_headers(block), body, limits)


def bodies_of(text: str | bytes) -> Bodies:
    return choose_bodies(parts_of(text).leaves)


def shown(bodies: Bodies) -> list[str]:
    """Each text as "plain", "html", "plain+html" or "inner"."""
    return [
        "+".join(name for name, forms in (("plain", body.plain), ("html", body.html)) if forms) or "inner"
        for body in bodies.texts
    ]


MIXED = "Content-Type: multipart/mixed; boundary=x\n\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_multipart_falls_into_its_parts(end: str) -> None:
    text = (
        MIXED
        + "preamble\n--x\n\none\n--x \nContent-Type: Text/HTML; charset=utf-8\n\n<p>two\n\n--x--\nepilogue\n"
    ).replace("\n", end)
    parts = parts_of(text)
    assert [(part.type, part.charset, part.data) for part in parts.leaves] == [
        ("text/plain", None, b"one"),
        ("text/html", "utf-8", b"<p>two" + end.encode()),
    ]
    assert parts.defects == ()


def test_a_boundary_that_extends_another_is_not_that_other() -> None:
    head = "Content-Type: multipart/alternative; boundary=x-1\n\n"
    inner = head + "--x-1\n\na\n--x-1\nContent-Type: text/html\n\nb\n--x-1--\n"
    parts = parts_of(MIXED + f"--x\n{inner}--x\n\nc\n--x--\n")
    assert [part.data for part in parts.leaves] == [b"a", b"b", b"c"]
    assert [part.group for part in parts.leaves] == [0, 0, None]
    assert [part.parent for part in parts.leaves] == ["multipart/alternative"] * 2 + ["multipart/mixed"]


@pytest.mark.parametrize(
    ("text", "data", "defect"),
    [
        (MIXED + "--x\n\nnever closed", [b"never closed"], None),
        (MIXED + "no part at all\n", [b"no part at all\n"], "mime: multipart without parts, read as text"),
        (MIXED + "only the end\n--x--\n", [b"only the end\n"], "mime: multipart without parts, read as text"),
        (
            "Content-Type: multipart/mixed\n\n--zz\nContent-Type: text/plain\n\nlost\n--zz--",
            [b"lost"],
            "mime: boundary not declared, found in the body",
        ),
        (
            f"Content-Type: multipart/mixed; boundary={'y' * 3000}\n\n--{'y' * 3000}\n\nlong\n",
            None,
            "mime: boundary longer than 2048 bytes",
        ),
        ("Content-Transfer-Encoding: x-odd\n\nas it is", [b"as it is"], None),
        ("Content-Type: nonsense\n\na", [b"a"], None),
        ("no header, only text", [b"no header, only text"], None),
    ],
)
def test_broken_structures_lose_no_text(text: str, data: list[bytes] | None, defect: str | None) -> None:
    parts = parts_of(text)
    assert data is None or [part.data for part in parts.leaves] == data
    assert parts.leaves
    assert defect is None or defect in parts.defects


def test_an_inner_message_shows_its_fields_and_its_own_parts() -> None:
    parts = parts_of(
        MIXED + "--x\n\nsee below\n--x\nContent-Type: message/rfc822\n\n"
        "From: bo@example.net\nSubject: =?utf-8?q?Inn=C3=A9r?=\n\ninner text\n--x--\n"
    )
    first, head, inner = parts.leaves
    assert (first.forwarded, head.forwarded, inner.forwarded) == (False, True, True)
    assert head.inner == (("from", "bo@example.net"), ("subject", "Innér"))
    assert inner.data == b"inner text"
    bodies = choose_bodies(parts.leaves)
    assert shown(bodies) == ["plain", "inner", "plain"]
    assert [body.forwarded for body in bodies.texts] == [False, True, True]


def test_the_parts_of_a_digest_are_messages() -> None:
    parts = parts_of("Content-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: s\n\nt\n--x--\n")
    assert [part.type for part in parts.leaves] == ["message/rfc822", "text/plain"]
    assert parts.leaves[0].inner == (("subject", "s"),)


def test_limits_cut_and_say_so() -> None:
    deep = (
        "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(60)) + "\nbottom\n"
    )
    assert parts_of(deep).defects == ("mime: deeper than 50 levels, the rest left out",)
    assert parts_of(deep, Limits(depth=70)).leaves[0].data == b"bottom\n"
    many = MIXED + "--x\n\na\n" * 2_000
    assert parts_of(many).defects == ("mime: more than 1000 parts, the rest left out",)
    assert len(parts_of(many).leaves) < 1_000


def test_flowed_and_file_names_are_read() -> None:
    part = parts_of(
        "Content-Type: text/plain; format=Flowed; delsp=yes; name=old.txt\n"
        "Content-Disposition: ATTACHMENT; filename*=utf-8''n%C3%A9w.txt\n\na"
    ).leaves[0]
    assert (part.flowed, part.delsp, part.disposition, part.filename) == (True, True, "attachment", "néw.txt")


LONG = base64.encodebytes(b"a text of several lines of base64 that goes on and on " * 4)


@pytest.mark.parametrize(
    ("data", "encoding", "decoded", "footer"),
    [
        (b"a=C3=A9=\nb=3D= \nc", b"Quoted-Printable", b"a\xc3\xa9b=c", b""),
        (b"100=%", b"quoted-printable", b"100=%", b""),
        (b"Zmlyc3QK", b"base64", b"first\n", b""),
        (b"Zmlyc3QgYmxvY2sK\nc2Vjb25kCg==\ndGhpcmQK\n", b"BASE64", b"first block\nsecond\nthird\n", b""),
        (b"Zmlyc3Q", b"base64 ", b"first", b""),
        (b"Zmlyc3QK\n____\nlist footer\n", b"base64", b"first\n", b"____\nlist footer\n"),
        (b"Zmlyc3QgYmxv\n\nlist footer here\n", b"base64", b"first blo", b"list footer here\n"),
        (LONG[:77] + b"!junk line!\n" + LONG[77:], b"base64", None, b""),
        (b"plain words only\n", b"base64", b"plain words only\n", b""),
        (b"begin 644 a\n#0V%T\n`\nend\n", b"x-uuencode", b"Cat", b""),
        (b"no begin line", b"uuencode", b"no begin line", b""),
        (b"x=41", b"8 bit", b"x=41", b""),
        (b"x=41", b"", b"x=41", b""),
        (b"x=41", None, b"x=41", b""),
        (b"x=41", b"rot13", b"x=41", b""),
    ],
)
def test_transfer_encodings_are_undone(
    data: bytes, encoding: bytes | None, decoded: bytes | None, footer: bytes
) -> None:
    result = decode_transfer(data, encoding)
    assert decoded is None or result.data == decoded
    assert result.footer == footer


def test_junk_amid_base64_does_not_end_it() -> None:
    result = decode_transfer(LONG + b"***\n" + LONG, b"base64")
    assert result.data.count(b"several lines") == 8
    assert result.footer == b"" and result.defects == ("mime: junk in base64 skipped",)


@given(st.binary(max_size=200))
def test_what_was_encoded_is_read_back(data: bytes) -> None:
    assert decode_transfer(base64.encodebytes(data), b"base64").data == data
    assert decode_transfer(binascii.b2a_qp(data, istext=False), b"quoted-printable").data == data


@given(st.binary(max_size=200))
def test_base64_read_on_behind_padding_loses_nothing(data: bytes) -> None:
    joined = base64.b64encode(data) + b"\n" + base64.b64encode(data)
    assert decode_transfer(joined, b"base64").data == data + data


def alternative(plain: str, html: str) -> str:
    return (
        f"Content-Type: multipart/alternative; boundary=a\n\n--a\n\n{plain}\n--a\n"
        f"Content-Type: text/html\n\n{html}\n--a--\n"
    )


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ("The lantern stands on the quay.", ["plain+html"]),
        ("+1", ["plain+html"]),
        ("", ["html"]),
        ("  \n\n", ["html"]),
        ("This message is in HTML format.", ["html"]),
        ("Your mail client does not support HTML.", ["html"]),
        ("View this email in your browser: https://example.org/x", ["html"]),
        ("This message is in HTML format.\n_______________\nlakes mailing list", ["html"]),
        ("[image: logo]", ["html"]),
        ("I would rather write HTML by hand than use that editor again, would you not? " * 4, ["plain+html"]),
    ],
)
def test_the_plain_alternative_is_the_text_unless_it_is_a_stub(plain: str, expected: list[str]) -> None:
    html = "<p>The lantern stands on the quay, and so on.</p>" * 10
    assert shown(bodies_of(alternative(plain, html))) == expected


def test_a_stub_says_nothing_of_its_own() -> None:
    assert is_stub("", 10)
    assert is_stub("---", 5_000)
    assert not is_stub("---", 10)
    assert not is_stub("ok", 5_000)


def test_alternatives_in_related_and_mixed_belong_together() -> None:
    bodies = bodies_of(
        "Content-Type: multipart/alternative; boundary=a\n\n--a\n\nplain words\n--a\n"
        "Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<p>plain words\n--r\n"
        "Content-Type: image/png; name=logo.png\nContent-Disposition: inline\n\nPNG\n--r--\n--a--\n"
    )
    assert shown(bodies) == ["plain+html"]
    assert [(file.name, file.type, file.size) for file in bodies.attachments] == [
        ("logo.png", "image/png", 3)
    ]


@pytest.mark.parametrize(
    ("fields", "texts", "names"),
    [
        ("Content-Type: text/x-patch; name=0001.patch\n", ["plain", "plain"], ["0001.patch"]),
        (
            "Content-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n",
            ["plain", "plain"],
            ["a.txt"],
        ),
        ("Content-Type: text/x-log; name=a.log\n", ["plain"], ["a.log"]),
        ("Content-Type: text/x-log\n", ["plain", "plain"], []),
        ("Content-Type: text/html; name=a.htm\nContent-Disposition: attachment\n", ["plain"], ["a.htm"]),
        ("Content-Type: text/html\n", ["plain", "html"], []),
        ("Content-Type: text/calendar\n", ["plain"], ["invite.ics"]),
        ("Content-Type: application/pgp-signature\n", ["plain"], ["signature.asc"]),
        ("Content-Type: application/pkcs7-signature\n", ["plain"], ["smime.p7s"]),
        ("Content-Type: application/ms-tnef\n", ["plain"], ["winmail.dat"]),
        ("Content-Type: application/pdf; name=a.pdf\n", ["plain"], ["a.pdf"]),
        ("Content-Type: image/png\n", ["plain"], [""]),
        ('Content-Type: text/plain; name="../../a\\b.txt"\n', ["plain", "plain"], ["../../a\\b.txt"]),
    ],
)
def test_text_and_attachments_are_told_apart(fields: str, texts: list[str], names: list[str]) -> None:
    bodies = bodies_of(MIXED + f"--x\n\nhello\n--x\n{fields}\ncontent\n--x--\n")
    assert shown(bodies) == texts
    assert [file.name for file in bodies.attachments] == names
    assert [body.attached for body in bodies.texts if body.attached] == [True] * (
        len(names) * (len(texts) == 2)
    )


def test_a_text_file_over_one_mebibyte_is_an_attachment_only() -> None:
    bodies = bodies_of(
        MIXED + "--x\n\nhello\n--x\nContent-Type: text/plain; name=a.txt\n\n" + "a line\n" * 160_000
    )
    assert shown(bodies) == ["plain"]
    assert bodies.attachments[0].size > 1 << 20


def test_the_only_part_is_text_even_if_it_calls_itself_an_attachment() -> None:
    bodies = bodies_of("Content-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<p>z")
    assert shown(bodies) == ["html"]
    assert [file.name for file in bodies.attachments] == ["a.html"]


@given(st.binary(max_size=300), st.sampled_from(["mixed", "alternative", "digest", "related"]))
def test_any_bytes_can_be_walked(body: bytes, kind: str) -> None:
    headers = parse_headers(f"Content-Type: multipart/{kind}; boundary=x\n".encode())
    for text in (body, body.replace(b"\n", b"\n--x\n"), b"--x\n" + body + b"\n--x--"):
        choose_bodies(walk_parts(headers, text).leaves)


@pytest.mark.parametrize(
    ("head", "pattern"),
    [
        (MIXED, b"--x\n"),
        (MIXED, b"--xa\n"),
        (MIXED, b"--"),
        ("Content-Type: multipart/mixed\n\n", b"--a\n"),
        ("Content-Transfer-Encoding: base64\n\n", b"A\n="),
        ("Content-Transfer-Encoding: base64\n\n", b"AAAA"),
        ("Content-Transfer-Encoding: base64\n\n", b"!\n"),
        ("Content-Transfer-Encoding: quoted-printable\n\n", b"= "),
        ("Content-Transfer-Encoding: x-uuencode\n\n", b"begin 644 a\n"),
    ],
)
def test_hostile_bodies_cost_linear_time(head: str, pattern: bytes) -> None:
    started = time.perf_counter()
    choose_bodies(parts_of(head.encode() + pattern * (1_500_000 // len(pattern))).leaves)
    assert time.perf_counter() - started < 2


def test_three_thousand_levels_cost_no_recursion_and_no_time() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=%dx\n\n--%dx\n" % (n, n) for n in range(3_000))
    started = time.perf_counter()
    assert parts_of(deep + b"Content-Type: text/plain\n\ninnermost\n").defects
    assert time.perf_counter() - started < 1


def test_text_behind_padded_base64_on_its_own_line_is_kept_apart() -> None:
    leaves = parts_of("Content-Transfer-Encoding: base64\n\naGVsbG8gdGhlcmUK behind it\n").leaves
    assert [leaf.data for leaf in leaves] == [b"aGVsbG8gdGhlcmUK behind it\n"]  # no padding: it may be words
    leaves = parts_of("Content-Transfer-Encoding: base64\n\naGVsbG8gdGhlcmUhCg== behind it\n").leaves
    assert [leaf.data for leaf in leaves] == [b"hello there!\n", b"behind it\n"]


def test_a_multipart_whose_delimiters_are_no_lines_of_their_own_loses_no_text() -> None:
    text = "--x and more\n\nthe first\n\n--x-- and more\nthe end\n"
    parts = parts_of(MIXED + text)
    assert b"".join(leaf.data for leaf in parts.leaves) == text.encode()
    assert parts.defects == ("mime: multipart without parts, read as text",)


@pytest.mark.parametrize(
    ("kind", "name", "defect"),
    [
        ("application/pgp-encrypted", "encrypted.asc", "mime: encrypted with PGP, its text cannot be read"),
        ("application/pkcs7-mime", "smime.p7m", "mime: S/MIME envelope, what is in it is not read"),
    ],
)
def test_what_is_sealed_is_named_as_what_it_is(kind: str, name: str, defect: str) -> None:
    parts = parts_of(f"Content-Type: {kind}\n\nVersion: 1\n")
    assert parts.defects == (defect,)
    assert [file.name for file in choose_bodies(parts.leaves).attachments] == [name]
