"""What leaves for other programs is safe for them: spreadsheets, mail readers, feed readers, browsers."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from searcharc.models import FacetCount, Facets, Hit, Message, Origin, Sender, Trend, Trends
from searcharc.render import (
    atom_text,
    csv_lines,
    facet_lines,
    mbox_bytes,
    spreadsheet_cell,
    svg_text,
    trend_csv,
    trend_lines,
)  # fmt: skip
from tests.strategies import messages

odd = st.text(st.characters(exclude_categories=("Cs",)), max_size=20) | st.text(
    "=+-@\t\r\n\"',;<>&]\0\x1b\x9b\u202e", max_size=9
)


def console(width: int) -> Console:
    return Console(
        file=io.StringIO(), width=width, color_system=None, markup=False, emoji=False, highlight=False
    )


@given(odd)
def test_no_cell_is_a_formula_and_nothing_else_changes(text: str) -> None:
    cell = spreadsheet_cell(text)
    text = text.replace("\0", "")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell in (text, f"'{text}")
    assert cell == text or text.startswith(("=", "+", "-", "@", "\t", "\r"))


@given(messages("m@example.org"), odd, odd)
def test_any_mail_makes_rows_of_all_columns(message: Message, name: str, subject: str) -> None:
    hit = Hit(replace(message, sender=Sender(name, "a@example.org"), subject=subject), 1.0, ())
    text = "".join(line + "\r\n" for line in csv_lines([hit, hit]))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [len(r) for r in rows] == [12, 12, 12]
    assert rows[1][6] == spreadsheet_cell(subject)


@given(
    st.lists(st.sampled_from([b"From me\n", b">From you\n", b"text\n", b"From", b"\r\n"]), max_size=6).map(
        b"".join
    )
)
def test_mboxrd_escapes_can_be_undone(body: bytes) -> None:
    raw = b"Subject: x\n\n" + body
    single = Origin("/a/x.eml", None, "eml", 0, len(raw))
    written = mbox_bytes(_message(single), raw)
    envelope, _, rest = written.partition(b"\n")
    assert envelope == b"From a@example.org Tue Mar  4 09:05:00 2014"
    assert not [line for line in rest.split(b"\n") if line.startswith(b"From ")]
    undone = b"\n".join(
        line[1:] if line.lstrip(b">").startswith(b"From ") and line.startswith(b">") else line
        for line in rest.split(b"\n")
    )
    assert undone.rstrip(b"\n") == raw.rstrip(b"\n")
    assert rest.endswith((b"\n\n", b"\n\r\n\n"))
    boxed = Origin("/a/x.mbox", None, "mbox", 0, len(raw))
    assert mbox_bytes(_message(boxed), raw).partition(b"\n")[2].startswith(raw)


def _message(source: Origin) -> Message:
    return Message(
        key="m", message_id="m", lists=(), subject="", sender=Sender("A", "a@example.org"), to=(), cc=(),
        date=datetime(2014, 3, 4, 9, 5, tzinfo=UTC), date_source="header", affiliations=(), capacity=None,  # type: ignore[arg-type]
        thread="m", in_reply_to=None, references=(), language=None, attachments=(), source=source, copies=(),
        charsets=(), defects=(), paragraphs=(),
    )  # fmt: skip


def test_an_envelope_cannot_be_broken_by_an_address() -> None:
    message = replace(_message(Origin("/a", None, "eml", 0, 1)), sender=Sender("", "a b\nFrom c@d"))
    assert mbox_bytes(message, b"x\n").startswith(b"From abFromc@d Tue Mar")
    nobody = replace(message, sender=Sender("", ""), date=None)
    assert mbox_bytes(nobody, b"x\n").startswith(b"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n")


@given(messages("m@example.org"), odd, odd)
def test_any_mail_makes_a_feed(message: Message, name: str, subject: str) -> None:
    hit = Hit(replace(message, sender=Sender(name, ""), subject=subject), 1.0, ())
    root = ElementTree.fromstring(atom_text("harbour", "<a> & b", [hit]))
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 1


@given(
    st.lists(st.tuples(odd, st.lists(st.integers(0, 10**6), min_size=3, max_size=3)), min_size=1, max_size=9),
    odd,
    st.integers(20, 140),
)
def test_any_trend_can_be_drawn(lines: list[tuple[str, list[int]]], query: str, width: int) -> None:
    trends = Trends(
        query, "year", 9, 1, ("2009", "2010", "2011"), tuple(Trend(label, tuple(c)) for label, c in lines)
    )
    ElementTree.fromstring(svg_text(trends))
    assert all(
        len(row) == len(lines) + 1 for row in csv.reader(io.StringIO("\n".join(trend_csv(trends)))) if row
    )
    if any(sum(c) for _, c in lines):
        assert "\x1b" not in "".join(line.plain for line in trend_lines(trends, console(width)))


@given(st.lists(st.tuples(odd, st.integers(1, 10**7)), max_size=6), st.integers(20, 140))
def test_facets_fit_the_terminal(rows: list[tuple[str, int]], width: int) -> None:
    facets = Facets("*", "list", 9, 0, tuple(FacetCount(label, label, count) for label, count in rows))
    lines = [line.plain for line in facet_lines(facets, console(width))]
    assert len(lines) == len(rows) + 1
    assert not [line for line in lines if "\x1b" in line or "\n" in line]
