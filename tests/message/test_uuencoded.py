"""Files that stand uuencoded in a text are attachments, and prose stays prose."""

import binascii
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.parse import parse_message
from searcharc.message.uuencoded import split_uuencoded

FIELDS = b"From: ann@example.org\nContent-Type: text/plain; charset=utf-8\n\n"


def uu(data: bytes, name: bytes = b"report.doc", *, backtick: bool = True, ended: bool = True) -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45], backtick=backtick) for at in range(0, len(data), 45)]
    return b"begin 644 " + name + b"\n" + b"".join(lines) + (b"`\nend\n" if ended else b"")


@given(
    st.lists(st.tuples(st.binary(min_size=1, max_size=300), st.booleans()), max_size=4),
    st.sampled_from([b"\n", b"\r\n"]),
)
def test_every_file_is_found_and_the_text_around_it_kept(files: list[tuple[bytes, bool]], end: bytes) -> None:
    text, wanted = b"above\n", b"above\n"
    for number, (data, backtick) in enumerate(files):
        words = b"text %d\n" % number
        text += uu(data, b"file %d.bin" % number, backtick=backtick) + words
        wanted += words
    left, found = split_uuencoded(text.replace(b"\n", end))
    assert left == wanted.replace(b"\n", end)
    assert [(f.name, f.data) for f in found] == [
        (b"file %d.bin" % n, data) for n, (data, _) in enumerate(files)
    ]


def test_it_is_an_attachment_of_the_message() -> None:
    message = parse_message(FIELDS + b"See below.\n\n" + uu(bytes(200)) + b"\nRegards\n")
    assert [p.text for p in message.paragraphs] == ["See below.", "Regards"]
    assert [(a.name, a.size) for a in message.attachments] == [("report.doc", 200)]


def test_blanks_lost_at_the_ends_of_lines_do_no_harm() -> None:
    stripped = b"\n".join(line.rstrip() for line in uu(bytes(140), backtick=False).split(b"\n"))
    left, found = split_uuencoded(b"above\n" + stripped + b"below\n")
    assert (left, len(found[0].data)) == (b"above\nbelow\n", 140)


def test_a_file_whose_end_is_missing_ends_where_its_lines_end() -> None:
    left, found = split_uuencoded(uu(b"abc" * 60, ended=False) + b"below, in words\n")
    assert (left, found[0].data) == (b"below, in words\n", b"abc" * 60)


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 is how a file starts\nand so on\nend\n",
        b"They begin 644 files\n",
        b"begin 644 x\nTHE WORDS OF A LINE IN CAPITALS, AS MANY AS STAND HERE\nSECOND\n",
        b"begin 7 x\n#86)C\nend\n",
        b"",
    ],
)
def test_prose_is_left_alone(text: bytes) -> None:
    assert split_uuencoded(text) == (text, [])


def test_hostile_text_takes_no_longer() -> None:
    start = time.perf_counter()
    for text in (
        b"begin 644 x\n" * 50_000,
        b"begin 644 x\n" + b"M\n" * 300_000,
        b"begin 644 " + b"x" * 600_000,
    ):
        split_uuencoded(text)
    assert time.perf_counter() - start < 5
