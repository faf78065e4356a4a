"""Hits and messages -> files for other programs: CSV for spreadsheets, mbox for mail readers, Atom."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from searcharc.models import Facets, Hit, Message
from searcharc.render.hits import snippet
from searcharc.render.plain import visible

COLUMNS = (
    "date", "sender", "address", "affiliation", "role", "list", "subject", "id", "paragraph", "number", "zone", "text",
)  # fmt: skip
"""The columns of `--format csv`: one row for each hit, with its best paragraph."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FROM = re.compile(rb"^(?=>*From )", re.MULTILINE)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def spreadsheet_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe."""
    text = "" if value is None else str(value).replace("\0", "")
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(values: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([spreadsheet_cell(v) for v in values])
    return line.getvalue().removesuffix("\r\n")


def csv_lines(hits: Iterable[Hit]) -> Iterator[str]:
    """The head and a row for each hit (RFC 4180; the line ends are for the writer)."""
    yield ",".join(COLUMNS)
    for hit in hits:
        message = hit.message
        best = hit.paragraphs[0] if hit.paragraphs else None
        stated = next((a for a in message.affiliations if a.evidence.value != "domain"), None)
        yield _row(
            (
                message.date.isoformat() if message.date else "",
                message.sender.name,
                message.sender.address,
                stated.name if stated else "",
                stated.role if stated else "",
                ", ".join(message.lists),
                message.subject,
                message.key,
                best.ordinal if best else "",
                best.number if best else "",
                best.zone.value if best else "",
                best.text if best else "",
            )
        )


def facet_csv(facets: Facets) -> Iterator[str]:
    """The head and a row for each value."""
    yield f"{facets.by},label,messages"
    for count in facets.counts:
        yield _row((count.value, count.label, count.count))


def mbox_bytes(message: Message, raw: bytes) -> bytes:
    """A message as it stands in an mbox: an envelope line, its bytes, a blank line.

    raw: as it lies in its archive. Lines that begin with "From " are escaped as mboxrd does, unless
    the archive is an mbox, where they were escaped before.
    """
    if message.source.format != "mbox":
        raw = _FROM.sub(b">", raw)
    sender = re.sub(r"[^!-~]+", "", message.sender.address) or "MAILER-DAEMON"
    date = (message.date or datetime.fromtimestamp(0, UTC)).astimezone(UTC)
    envelope = f"From {sender} {date:%a %b} {date.day:2} {date:%H:%M:%S} {date.year:04}\n"
    return envelope.encode("ascii") + raw + (b"\n" if raw.endswith(b"\n") else b"\n\n")


def atom_text(name: str, query: str, hits: Iterable[Hit], *, now: datetime | None = None) -> str:
    """An Atom feed (RFC 4287) of hits; ids are `mid:` URLs (RFC 2392)."""
    updated = (now or datetime.now(UTC)).astimezone(UTC)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"  <title>{_xml(f'searcharc: {name}')}</title>",
        f"  <subtitle>{_xml(query)}</subtitle>",
        f"  <id>urn:searcharc:saved:{quote(name)}</id>",
        f"  <updated>{_stamp(updated)}</updated>",
        "  <author><name>searcharc</name></author>",
    ]
    for hit in hits:
        message = hit.message
        best = hit.paragraphs[0] if hit.paragraphs else None
        link = f"mid:{quote(message.message_id or message.key, safe='@')}"
        summary = snippet(best, 400) if best else ""
        lines += [
            "  <entry>",
            f"    <title>{_xml(message.subject or '(no subject)')}</title>",
            f"    <id>{_xml(link)}</id>",
            f'    <link href="{escape(link)}"/>',
            f"    <updated>{_stamp(message.date or updated)}</updated>",
            f"    <author><name>{_xml(message.sender.name or message.sender.address or 'unknown')}</name></author>",
            f"    <summary>{_xml(summary)}</summary>",
            "  </entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", visible(text)), quote=False)


def _stamp(date: datetime) -> str:
    return date.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
