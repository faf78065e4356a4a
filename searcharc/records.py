"""Message <-> JSON record: what an engine stores, what `--json` prints, what Python gets back.

`version` counts changes of the records' form; names are those of `models`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from searcharc.errors import SearcharcError
from searcharc.models import (
    Affiliation,
    Attachment,
    Charset,
    DateSource,
    Evidence,
    Facets,
    Hit,
    IndexReport,
    Mailbox,
    Message,
    Origin,
    Paragraph,
    Problem,
    Reference,
    SearchResult,
    Sender,
    Trends,
    Zone,
)

VERSION = 1
"""Version of the JSON form."""

Record = dict[str, Any]


def message_record(message: Message, *, paragraphs: bool = True) -> Record:
    """The record of a message; without its paragraphs where only the head is asked for."""
    record: Record = {
        "version": VERSION,
        "key": message.key,
        "message_id": message.message_id,
        "lists": list(message.lists),
        "list_ids": list(message.list_ids),
        "subject": message.subject,
        "sender": {
            "name": message.sender.name,
            "address": message.sender.address,
            "restored": message.sender.restored,
        },
        "to": [{"name": m.name, "address": m.address} for m in message.to],
        "cc": [{"name": m.name, "address": m.address} for m in message.cc],
        "date": message.date.isoformat() if message.date else None,
        "date_source": message.date_source.value,
        "affiliations": [
            {
                "name": a.name,
                "role": a.role,
                "evidence": a.evidence.value,
                "text": a.text,
                "confidence": round(a.confidence, 3),
            }
            for a in message.affiliations
        ],
        "capacity": message.capacity,
        "thread": message.thread,
        "in_reply_to": message.in_reply_to,
        "references": list(message.references),
        "language": message.language,
        "flags": list(message.flags),
        "attachments": [{"name": a.name, "type": a.type, "size": a.size} for a in message.attachments],
        "source": origin_record(message.source),
        "copies": [origin_record(o) for o in message.copies],
        "charsets": [{"declared": c.declared, "used": c.used} for c in message.charsets],
        "defects": list(message.defects),
    }
    if paragraphs:
        record["paragraphs"] = [paragraph_record(p) for p in message.paragraphs]
    return record


def encode_message(message: Message) -> bytes:
    """The record of a message as JSON, as an index stores it.

    The encoder reads the dataclasses themselves, which have the names of the record.
    """
    return b'{"version":%d,%s' % (VERSION, orjson.dumps(message)[1:])


def decode_message(stored: bytes) -> Message:
    """The inverse of `encode_message`.

    Raises:
        KeyError, TypeError, ValueError: a record that was not made by it.
    """
    return read_message(orjson.loads(stored))


def origin_record(origin: Origin) -> Record:
    """Where a message's bytes lie."""
    return {
        "archive": origin.archive,
        "file": origin.file,
        "format": origin.format,
        "offset": origin.offset,
        "length": origin.length,
    }


def paragraph_record(paragraph: Paragraph) -> Record:
    """One paragraph with its number, references and zone."""
    return {
        "ordinal": paragraph.ordinal,
        "number": paragraph.number,
        "refs": [
            {"number": r.number, "document": r.document, "inferred": r.inferred} for r in paragraph.refs
        ],
        "zone": paragraph.zone.value,
        "quote_depth": paragraph.quote_depth,
        "text": paragraph.text,
    }


def read_message(record: Record) -> Message:
    """The message of a record: the inverse of `message_record`.

    Raises:
        KeyError, TypeError, ValueError: a record that was not made by it.
    """
    date = record["date"]
    return Message(
        key=record["key"],
        message_id=record["message_id"],
        lists=tuple(record["lists"]),
        list_ids=tuple(record["list_ids"]),
        subject=record["subject"],
        sender=Sender(**record["sender"]),
        to=tuple(Mailbox(**m) for m in record["to"]),
        cc=tuple(Mailbox(**m) for m in record["cc"]),
        date=datetime.fromisoformat(date) if date else None,
        date_source=DateSource(record["date_source"]),
        affiliations=tuple(
            Affiliation(a["name"], a["role"], Evidence(a["evidence"]), a["text"], a["confidence"])
            for a in record["affiliations"]
        ),
        capacity=record["capacity"],
        thread=record["thread"],
        in_reply_to=record["in_reply_to"],
        references=tuple(record["references"]),
        language=record["language"],
        flags=tuple(record["flags"]),
        attachments=tuple(Attachment(**a) for a in record["attachments"]),
        source=Origin(**record["source"]),
        copies=tuple(Origin(**o) for o in record["copies"]),
        charsets=tuple(Charset(**c) for c in record["charsets"]),
        defects=tuple(record["defects"]),
        paragraphs=tuple(_read_paragraph(p) for p in record.get("paragraphs", ())),
    )


def _read_paragraph(record: Record) -> Paragraph:
    return Paragraph(
        ordinal=record["ordinal"],
        number=record["number"],
        refs=tuple(Reference(**r) for r in record["refs"]),
        zone=Zone(record["zone"]),
        quote_depth=record["quote_depth"],
        text=record["text"],
    )


def hit_record(hit: Hit) -> Record:
    """A hit: the message's record without its text, the score, the paragraphs that matched."""
    record = message_record(hit.message, paragraphs=False)
    record["score"] = round(hit.score, 4)
    if hit.paragraphs:
        record["paragraphs"] = [
            {**paragraph_record(p.paragraph), "spans": [list(s) for s in p.spans]} for p in hit.paragraphs
        ]
    if hit.explanation:
        record["explanation"] = [
            {"leaf": e.leaf, "score": round(e.score, 4), "places": dict(e.places)} for e in hit.explanation
        ]
    return record


def result_record(result: SearchResult) -> Record:
    """An answer, as `search --json` prints it."""
    return {
        "version": VERSION,
        "query": result.query,
        "parsed": result.parsed,
        "total": result.total,
        "total_paragraphs": result.total_paragraphs,
        "limit": result.limit,
        "offset": result.offset,
        "took_ms": round(result.took_ms, 2),
        "warnings": list(result.warnings),
        "hits": [hit_record(h) for h in result.hits],
    }


def facets_record(facets: Facets) -> Record:
    """Counts by one field, as `facets --json` prints them."""
    return {
        "version": VERSION,
        "query": facets.query,
        "by": facets.by,
        "total": facets.total,
        "without": facets.without,
        "counts": [{"value": c.value, "label": c.label, "count": c.count} for c in facets.counts],
    }


def trends_record(trends: Trends) -> Record:
    """Counts over time, as `trends --json` prints them."""
    return {
        "version": VERSION,
        "query": trends.query,
        "period": trends.period,
        "total": trends.total,
        "undated": trends.undated,
        "periods": list(trends.periods),
        "lines": [{"label": t.label, "counts": list(t.counts)} for t in trends.lines],
    }


def report_record(report: IndexReport) -> Record:
    """What a run did, as `index --json` prints it."""
    return {
        "version": VERSION,
        "messages": {
            "seen": report.seen,
            "indexed": report.indexed,
            "unchanged": report.unchanged,
            "duplicate": report.duplicate,
            "removed": report.removed,
            "failed": report.failed,
        },
        "archives": [{"path": a.path, "format": a.format, "messages": a.messages} for a in report.archives],
        "problems": [problem_record(p) for p in report.problems],
        "seconds": round(report.seconds, 3),
        "index": dict(report.index),
    }


def problem_record(problem: Problem) -> Record:
    """An input that could not be read, or not wholly."""
    return {
        "archive": problem.archive,
        "offset": problem.offset,
        "message_id": problem.message_id,
        "reason": problem.reason,
    }


def error_record(error: SearcharcError) -> Record:
    """An error, as `--json` prints it on stdout beside its exit code."""
    return {
        "version": VERSION,
        "error": {
            "kind": error.kind,
            "message": error.message,
            "position": error.position,
            "hint": error.hint or None,
        },
    }
