"""The one table of query fields: parser, engines, help, shell completion and README read it.

A field's `kind` says how its value is read and where it is looked for; `terms` names what the
engines index for it (see `engines.document`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a field's value is read, and at which level it speaks."""

    TEXT = "text"  # words and phrases in a field of the message
    WORDS = "words"  # words and phrases in paragraphs of certain zones
    NUMBER = "number"  # a printed paragraph number, or a range of them
    REFERENCE = "reference"  # a paragraph number that a paragraph mentions
    DOCUMENT = "document"  # words of the document that a paragraph mentions
    EXACT = "exact"  # one value, case folded; wildcards allowed
    DATE = "date"  # a day, month, year or a range of them, in UTC
    AFTER = "after"  # from the first instant of the date on
    BEFORE = "before"  # before the first instant of the date
    UNTIL = "until"  # up to the last instant of the date
    NEWER = "newer"  # within this age
    OLDER = "older"  # beyond this age
    YEAR = "year"  # a year, or a range of them
    SIZE = "size"  # bytes, with k or m, or a range of them


@dataclass(frozen=True, slots=True)
class Field:
    """One query field. terms: the indexed fields it looks into; zones: for WORDS."""

    name: str
    kind: Kind
    help: str
    example: str
    aliases: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()


ALL_ZONES = ("own", "quoted", "forwarded", "signature", "footer")

FIELDS: tuple[Field, ...] = (
    Field("from", Kind.TEXT, "name or address of the sender", 'from:"la chapelle"',
          ("f", "sender", "author"), ("sender",)),
    Field("to", Kind.TEXT, "name or address of a recipient (To)", "to:governance", ("t",), ("to",)),
    Field("cc", Kind.TEXT, "name or address of a recipient (Cc)", "cc:ann", (), ("cc",)),
    Field("with", Kind.TEXT, "sender or recipient", "with:ann@example.org", ("contact",),
          ("sender", "to", "cc")),
    Field("domain", Kind.EXACT, "domain of the sender's address, or one above it", "domain:example.org",
          (), ("domain",)),
    Field("affiliation", Kind.TEXT, "organisation the sender states", "affil:ministry",
          ("affil",), ("affiliation",)),
    Field("affiliation~", Kind.TEXT, "the same, and what the domain or the sender's other mails suggest",
          "affil~:example", ("affil~",), ("affiliation", "affiliation_inferred")),
    Field("role", Kind.TEXT, "role the sender states", "role:envoy", (), ("role",)),
    Field("capacity", Kind.EXACT, "in which the sender speaks", "capacity:personal", (), ("capacity",)),
    Field("para", Kind.NUMBER, "printed number of a paragraph, or a range; words beside it must stand there",
          "para:21..30", ("paragraph",), ("para",)),
    Field("ref", Kind.REFERENCE, "number of a paragraph that is mentioned", "ref:35", (), ("ref",)),
    Field("doc", Kind.DOCUMENT, "document that is mentioned beside a paragraph's number",
          'ref:35 doc:"Tunis Agenda"', ("document",), ("doc",)),
    Field("subject", Kind.TEXT, "words of the subject", "subject:draft", ("s",), ("subject",)),
    Field("body", Kind.WORDS, "words of any paragraph", "body:consultations", ("b",), ("text",), ALL_ZONES),
    Field("own", Kind.WORDS, "words the sender wrote", 'own:"enhanced cooperation"', ("new", "nq"),
          ("text",), ("own",)),
    Field("quoted", Kind.WORDS, "words quoted or forwarded from others", "quoted:mandate", ("q",),
          ("text",), ("quoted", "forwarded")),
    Field("sig", Kind.WORDS, "words of the signature", "sig:telephone", ("signature",),
          ("text",), ("signature",)),
    Field("list", Kind.EXACT, "mailing list: its name or its whole List-Id", "list:governance",
          ("l",), ("list",)),
    Field("thread", Kind.EXACT, "whole threads: of this message, or of all that a query in {} finds",
          "thread:{from:ann para:24}", (), ("thread",)),
    Field("id", Kind.EXACT, "Message-ID or key", "id:seed-1@example.org", ("mid", "m", "msgid"), ("id",)),
    Field("lang", Kind.EXACT, "language of the text (ISO 639-1)", "lang:fr", ("language",), ("lang",)),
    Field("charset", Kind.EXACT, "charset that was declared or used", "charset:gb18030", (), ("charset",)),
    Field("date", Kind.DATE, "day, month, year or a range, in UTC; both ends are included",
          "date:2009-05..2010", ("d",), ("date",)),
    Field("after", Kind.AFTER, "on this date or later", "after:2010-05-01", ("since",), ("date",)),
    Field("before", Kind.BEFORE, "before this date", "before:2010-06", (), ("date",)),
    Field("until", Kind.UNTIL, "on this date or earlier", "until:2010", (), ("date",)),
    Field("newer_than", Kind.NEWER, "not older than this age (d, w, m, y)", "newer_than:2y",
          ("newer",), ("date",)),
    Field("older_than", Kind.OLDER, "older than this age (d, w, m, y)", "older_than:3w",
          ("older",), ("date",)),
    Field("year", Kind.YEAR, "year, or a range, in UTC", "year:2010", ("y",), ("date",)),
    Field("archive", Kind.TEXT, "words of the archive's path", "archive:2010-May", (), ("archive",)),
    Field("has", Kind.EXACT, "attachment, html, number, ref, affiliation", "has:attachment", (), ("has",)),
    Field("file", Kind.TEXT, "words of an attachment's name", "has:attachment file:pdf",
          ("filename", "attachment"), ("file",)),
    Field("type", Kind.EXACT, "type of an attachment, whole or its first half", "type:application/pdf",
          ("mime",), ("type",)),
    Field("size", Kind.SIZE, "bytes of the message (k, m), or a range", "size:10k..2m", (), ("size",)),
    Field("is", Kind.EXACT, "reply, html, defect, baddate, auto", "is:reply", (), ("is",)),
)  # fmt: skip

SAVED = Field("saved", Kind.EXACT, "a saved query, as if it stood here in brackets", "saved:cooperation")
"""Named like a field, but looks into nothing: what it names is read in its place."""

BY_NAME: dict[str, Field] = {
    name: field for field in (*FIELDS, SAVED) for name in (field.name, *field.aliases)
}
"""Every name and alias -> its field."""

OR_WHEN_REPEATED = frozenset(
    {"list", "year", "id", "para", "ref", "thread", "domain", "lang", "charset", "type", "capacity"}
)
"""Fields with one value: standing twice they are alternatives. All others must each hold."""

PARAGRAPH_KINDS = frozenset({Kind.NUMBER, Kind.REFERENCE, Kind.DOCUMENT})
"""What binds the words beside it to one paragraph."""

HAS_VALUES = ("attachment", "html", "number", "ref", "affiliation")
IS_VALUES = ("reply", "html", "defect", "baddate", "auto")
