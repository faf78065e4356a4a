"""Message -> Document: what an engine indexes of a message, the same for every engine.

Text fields are lists of values (a phrase never runs from one value into the next); exact fields
are sets of case-folded values; paragraphs carry text, zone, numbers and references.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from searcharc.analysis import fold_case
from searcharc.engines.settled import answered_by, paragraph_print, sender_of, signed
from searcharc.message.numbers import ancestors, number_integer
from searcharc.message.orgnames import organisation_key
from searcharc.models import DateSource, Evidence, Message, Paragraph, Reference, Zone
from searcharc.threads import is_stray, topic

TEXT_FIELDS = (
    "subject",
    "sender",
    "to",
    "cc",
    "affiliation",
    "affiliation_inferred",
    "role",
    "file",
    "archive",
)
"""Text fields of a message."""

SURFACE_FIELDS = ("by_sender", "by_affiliation", "by_list")
"""Exact fields that keep the case: what messages are counted by."""

EXACT_FIELDS = (
    "id",
    "list",
    "thread",
    "domain",
    "lang",
    "charset",
    "type",
    "capacity",
    "has",
    "is",
    *SURFACE_FIELDS,
)
"""Exact fields of a message. thread: its own ids and all that it answers, so that what shares one of
them is of one thread."""

JOINT = "\x1f"
"""Stands between the parts of one value: number and document in `refs`, name and address in by_sender."""

NUMBER_FIELDS = ("date", "size")
"""Integer fields of a message: seconds since 1970 (UTC), bytes."""


class ParagraphDocument(NamedTuple):
    """What is indexed of one paragraph.

    numbers: canonical, with ancestors; integers: of the numbers, for ranges (one or none).
    refs, ref_integers: the same for what it mentions; refs has besides, for each of these numbers,
        the number with JOINT and the document it belongs to ("" where none is named) behind it.
    documents: named beside a reference.
    print: by what it is known again (`settled.paragraph_print`), 0 for none.
    """

    ordinal: int
    text: str
    zone: Zone
    numbers: tuple[str, ...] = ()
    integers: tuple[int, ...] = ()
    refs: tuple[str, ...] = ()
    ref_integers: tuple[int, ...] = ()
    documents: tuple[str, ...] = ()
    print: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """What is indexed of one message.

    id, answered, author: its id, that of the message it answers ("" for none), and who sent it.
    topic: the list and the bare subject by which answers that name no id are joined to their thread
        (`threads.topic`); is_stray: whether it is such an answer.
    signed: (place among the affiliations, sender and organisation) of those that its signature tells.
    """

    key: str
    texts: dict[str, tuple[str, ...]]
    exact: dict[str, frozenset[str]]
    date: int | None
    size: int
    paragraphs: tuple[ParagraphDocument, ...]
    id: str
    answered: str
    author: str
    topic: str
    is_stray: bool
    signed: tuple[tuple[int, str], ...]


def document_of(message: Message) -> Document:
    """The document of a message."""
    sure = [a for a in message.affiliations if a.evidence is not Evidence.DOMAIN]
    unsure = [a for a in message.affiliations if a.evidence is Evidence.DOMAIN]
    origins = (message.source, *message.copies)
    texts = {
        "subject": (message.subject,),
        "sender": (message.sender.name, message.sender.address),
        "to": tuple(v for m in message.to for v in (m.name, m.address)),
        "cc": tuple(v for m in message.cc for v in (m.name, m.address)),
        "affiliation": tuple(dict.fromkeys(a.name for a in sure)),
        "affiliation_inferred": tuple(dict.fromkeys(a.name for a in unsure)),
        "role": tuple(dict.fromkeys(a.role for a in message.affiliations if a.role)),
        "file": tuple(a.name for a in message.attachments),
        "archive": tuple(dict.fromkeys(o.archive for o in origins)),
    }
    exact = {
        "id": {message.key, message.message_id or message.key},
        "list": {*message.lists, *message.list_ids},
        "thread": {
            message.thread,
            message.key,
            message.message_id or message.key,
            *message.references,
            *([message.in_reply_to] if message.in_reply_to else ()),
        },
        "domain": set(_domains(message.sender.address)),
        "lang": {message.language} if message.language else set(),
        "charset": {c for pair in message.charsets for c in (pair.declared, pair.used) if c},
        "type": {t for a in message.attachments for t in (a.type, *a.type.split("/"))},
        "capacity": {message.capacity} if message.capacity else set(),
        "has": set(_has(message)),
        "is": set(_is(message)),
        "by_sender": {f"{message.sender.name}{JOINT}{message.sender.address}"},
        # One spelling for each organisation, so that a message counts once for it.
        "by_affiliation": {*{organisation_key(a.name): a.name for a in reversed(sure)}.values()},
        "by_list": set(message.lists),
    }
    return Document(
        key=message.key,
        texts={name: tuple(v for v in values if v) for name, values in texts.items()},
        exact={
            name: frozenset(_one_line(v) if name in _AS_WRITTEN else fold_case(v) for v in values)
            for name, values in exact.items()
        },
        date=int(message.date.timestamp()) if message.date else None,
        size=message.source.length,
        paragraphs=tuple([_paragraph_document(p) for p in message.paragraphs]),
        id=message.message_id or message.key,
        answered=answered_by(message),
        author=sender_of(message),
        topic=topic(message),
        is_stray=is_stray(message),
        signed=tuple(signed(message)),
    )


def _paragraph_document(paragraph: Paragraph) -> ParagraphDocument:
    number, refs = paragraph.number, paragraph.refs
    if not number and not refs:
        mark = paragraph_print(paragraph)
        return ParagraphDocument(paragraph.ordinal, paragraph.text, paragraph.zone, print=mark)
    return ParagraphDocument(
        ordinal=paragraph.ordinal,
        text=paragraph.text,
        zone=paragraph.zone,
        numbers=ancestors(number) if number else (),
        integers=(number_integer(number),) if number else (),
        refs=tuple(dict.fromkeys(v for r in refs for v in _reference_values(r))),
        ref_integers=tuple(dict.fromkeys(number_integer(r.number) for r in refs)),
        documents=tuple(dict.fromkeys(r.document for r in refs if r.document)),
        print=paragraph_print(paragraph),
    )


_AS_WRITTEN = frozenset({"id", "thread", *SURFACE_FIELDS})


def _one_line(value: str) -> str:
    return " ".join(value.split("\n")) if "\n" in value else value


def _reference_values(reference: Reference) -> list[str]:
    numbers = ancestors(reference.number)
    document = " ".join((reference.document or "").split())
    return [*numbers, *(f"{n}{JOINT}{document}" for n in numbers)]


def pairs(refs: Iterable[str]) -> list[tuple[str, str]]:
    """(number, document) pairs among the values of `refs`; document "" where none is named."""
    found = (value.partition(JOINT) for value in refs)
    return [(number, document) for number, joint, document in found if joint]


def _domains(address: str) -> list[str]:
    """A domain and those above it that have a dot: lists.example.org -> it and example.org."""
    labels = address.rpartition("@")[2].split(".") if "@" in address else []
    return [".".join(labels[i:]) for i in range(max(1, len(labels) - 1))] if labels else []


def _has(message: Message) -> list[str]:
    found = {
        "attachment": bool(message.attachments),
        "html": "html" in message.flags,
        "number": any(p.number for p in message.paragraphs),
        "ref": any(p.refs for p in message.paragraphs),
        "affiliation": bool(message.affiliations),
    }
    return [name for name, holds in found.items() if holds]


def _is(message: Message) -> list[str]:
    found = {
        "reply": bool(message.in_reply_to or message.references),
        "html": "html" in message.flags,
        "defect": bool(message.defects),
        "baddate": message.date_source is not DateSource.HEADER,
        "auto": "auto" in message.flags,
    }
    return [name for name, holds in found.items() if holds]
