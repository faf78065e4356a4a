"""The corpora of odd inputs: each mail is read as is written beside it, with all charsets and defects."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from searcharc.message.parse import archive_list, parse_message
from searcharc.models import Message

FOLDER = Path(__file__).parents[1] / "corpora" / "inputs"
ESCAPE = re.compile(rb"\\x([0-9a-f]{2})")
READ_AS = "--- read as\n"


def cases(name: str) -> list[pytest.ParameterSet]:
    """(the message's bytes, the lines that say how it is read) of each case of a file."""
    found = []
    for block in re.split(r"^=== ", (FOLDER / f"{name}.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]:
        title, _, rest = block.partition("\n")
        mail, _, expected = rest.partition(READ_AS)
        if name == "html":
            mail = f"Content-Type: text/html; charset=utf-8\n\n{mail}"
        raw = ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), mail.encode())
        found.append(pytest.param(b"From: ann@example.org\n" + raw, expected.split("\n"), id=title))
    return found


def read_as(message: Message) -> list[str]:
    lines = [f"subject| {message.subject}"] if message.subject else []
    for paragraph in message.paragraphs:
        number = f" {paragraph.number}" if paragraph.number else ""
        lines.append(f"{paragraph.zone.value}{number}| {' '.join(paragraph.text.split())}")
    lines += [f"attached| {a.name} ({a.type}, {a.size})" for a in message.attachments]
    lines += [f"charset| {c.declared or 'none'} -> {c.used}" for c in message.charsets]
    return lines + [f"defect| {defect}" for defect in message.defects]


@pytest.mark.parametrize(("raw", "expected"), [*cases("charsets"), *cases("structure"), *cases("html")])
def test_a_mail_is_read_as_is_written_beside_it(raw: bytes, expected: list[str]) -> None:
    wanted = [line for line in expected if line]
    found = read_as(parse_message(raw))
    if b"text/html; charset=utf-8\n\n<" in raw:
        found = [line for line in found if line != "charset| utf-8 -> utf-8"]
    assert found == wanted


def test_ids_that_were_broken_over_two_lines_are_one_word() -> None:
    message = parse_message(
        b"Message-ID: <long-one@mail.\n harbour.example>\nIn-Reply-To: <first@\n\tharbour.example>\n"
        b"References: <first@harbour.example> <two words> <second@mail.\r\n harbour.example>\n\nx\n"
    )
    assert message.message_id == "long-one@mail.harbour.example"
    assert message.in_reply_to == "first@harbour.example"
    assert message.references == ("first@harbour.example", "second@mail.harbour.example")


def test_a_lists_name_holds_no_control_characters() -> None:
    assert archive_list("/mail/har\x1b[31mbour.mbox") == "har [31mbour"


def test_there_are_cases() -> None:
    assert [len(cases(name)) for name in ("charsets", "structure", "html")] == [23, 19, 8]
