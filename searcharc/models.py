"""The records that travel along the data's path, as frozen dataclasses.

RawMessage (bytes and where they came from) -> Message (parsed) -> Hit, SearchResult.
No behaviour beyond what the values themselves imply; JSON lives in `records`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Zone(StrEnum):
    """Whose words a paragraph holds."""

    OWN = "own"
    QUOTED = "quoted"
    FORWARDED = "forwarded"
    SIGNATURE = "signature"
    FOOTER = "footer"


class DateSource(StrEnum):
    """Where a message's date was taken from."""

    HEADER = "header"
    RECEIVED = "received"
    ENVELOPE = "envelope"
    NONE = "none"


class Evidence(StrEnum):
    """What an affiliation rests on, strongest first."""

    TABLE = "table"
    SIGNATURE = "signature"
    HEADER = "header"
    DISPLAY_NAME = "display-name"
    STATEMENT = "statement"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a message's bytes lie, exactly enough to read them back.

    archive: path of the mbox file, the `.eml` file or the Maildir folder, as valid Unicode
        (`readers.paths` escapes bytes that are not UTF-8, reversibly).
    file: path inside a Maildir, MH folder, zip or tar; None for a single file.
    format: "mbox", "mboxcl2", "maildir", "mh" or "eml".
    offset, length: bytes, counted in the uncompressed file; the envelope line ("From ...")
        and the blank line that separates messages of an mbox lie outside.
    """

    archive: str
    file: str | None
    format: str
    offset: int
    length: int


_ESCAPED_FROM = re.compile(rb"^>(?=>*From )", re.MULTILINE)


CUT_BY_DAMAGE = "message cut where the file is damaged"
"""The defect of a message whose end lies behind the damage of its archive."""


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """An HTML part that Pipermail saved as a file of its own. file: its path beside the text."""

    file: str
    data: bytes


@dataclass(frozen=True, slots=True)
class RawMessage:
    """One message as it lies in the archive: bytes only, nothing decoded.

    raw: the bytes at `origin`, or their first `max_message` bytes.
    envelope: the mbox "From ..." line without its line end, None elsewhere.
    defects: what the reader met on the way ("message cut at 67108864 bytes").
    modified: modification time of the file in seconds since 1970, for Maildir, MH and eml.
    scrubbed: parts of the message that lie beside the archive; they are no part of `raw`.
    """

    raw: bytes
    origin: Origin
    envelope: bytes | None = None
    defects: tuple[str, ...] = ()
    modified: float | None = None
    scrubbed: tuple[Scrubbed, ...] = ()

    @property
    def content(self) -> bytes:
        """The message with the escapes of its archive format undone.

        mboxrd puts one ">" before each line that matches ">*From "; mboxo before "From "
        only. Taking one off is right for the first and harmless for the second. mboxcl2 and
        single files escape nothing.
        """
        return _ESCAPED_FROM.sub(b"", self.raw) if self.origin.format == "mbox" else self.raw


@dataclass(frozen=True, slots=True)
class Problem:
    """An input that could not be read, or not wholly: reported, never passed over.

    archive: path; offset: bytes in the uncompressed file, None where the whole file is meant;
    lost: True where a message was seen and could not be kept (it counts as failed).
    unfinished: True where the rest of the archive was not read; the next run tries again.
    """

    archive: str
    reason: str
    offset: int | None = None
    message_id: str | None = None
    lost: bool = False
    unfinished: bool = False


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address; either may be "" where the header has none."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a message, as restored.

    address: lower case domain, no angle brackets; "" where none can be read.
    restored: True where the header was obfuscated ("ann at example.org") or rewritten by the
        list ("Ann via list") and the true value was put back.
    """

    name: str
    address: str
    restored: bool = False


@dataclass(frozen=True, slots=True)
class Affiliation:
    """An organisation (and role) that a sender states, never without its evidence.

    text: the very line it was read from. confidence: 0 to 1.
    """

    name: str
    role: str | None
    evidence: Evidence
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reference:
    """A numbered paragraph that a text mentions ("para. 35 of the Tunis Agenda").

    number: canonical. document: the title or symbol named beside it, or inherited (then
    `inferred` is True), or None.
    """

    number: str
    document: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of one message: the unit that is indexed and cited.

    ordinal: 1-based, in reading order; changes only with the rule version.
    number: as printed, canonical ("OP21bis(a)"), or None.
    text: Unicode NFC, at least one character, no line break at either end, no quote prefix;
        a number printed in the text stays in it.
    quote_depth: 0 = the sender's own words, n = n levels of ">".
    """

    ordinal: int
    number: str | None
    refs: tuple[Reference, ...]
    zone: Zone
    quote_depth: int
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not text of the message. size: bytes after decoding."""

    name: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Charset:
    """Which charset a part declared (None = none) and which one read it."""

    declared: str | None
    used: str


@dataclass(frozen=True, slots=True)
class Message:
    """One parsed message. Every string is valid Unicode (no surrogates, no NUL).

    key: the Message-ID without <>, or "sha-..." of the decoded content where there is none or
        where another message of other content already has that id.
    subject: "" if none; control characters and line ends became one blank.
    date: aware; None where nothing usable was found (then `date_source` is NONE).
    thread: key of the thread's root as far as this message tells it.
    language: ISO 639-1 code, or None where it is not certain.
    flags: "html" (an HTML part was read), "auto" (sent by a machine).
    """

    key: str
    message_id: str | None
    lists: tuple[str, ...]
    subject: str
    sender: Sender
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    date: datetime | None
    date_source: DateSource
    affiliations: tuple[Affiliation, ...]
    capacity: str | None
    thread: str
    in_reply_to: str | None
    references: tuple[str, ...]
    language: str | None
    attachments: tuple[Attachment, ...]
    source: Origin
    copies: tuple[Origin, ...]
    charsets: tuple[Charset, ...]
    defects: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    list_ids: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


Spans = tuple[tuple[int, int], ...]
"""[start, end) offsets in a text, ascending."""


class ParagraphHit:
    """A paragraph of a hit, with its matches marked.

    spans: offsets in `paragraph.text`; or what finds them when they are first asked for, since most
    paragraphs of a long mail are never shown.
    """

    __slots__ = ("_spans", "paragraph")

    def __init__(self, paragraph: Paragraph, spans: Spans | Callable[[], Spans]) -> None:
        self.paragraph = paragraph
        self._spans = spans

    @property
    def spans(self) -> Spans:
        """[start, end) offsets of the matches in `paragraph.text`."""
        if callable(self._spans):
            self._spans = self._spans()
        return self._spans

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParagraphHit) and (self.paragraph, self.spans) == (
            other.paragraph,
            other.spans,
        )

    def __hash__(self) -> int:
        return hash(self.paragraph)

    def __repr__(self) -> str:
        return f"ParagraphHit({self.paragraph!r}, {self.spans!r})"

    @property
    def ordinal(self) -> int:
        """The paragraph's running number."""
        return self.paragraph.ordinal

    @property
    def number(self) -> str | None:
        """The paragraph's printed number."""
        return self.paragraph.number

    @property
    def zone(self) -> Zone:
        """Whose words it holds."""
        return self.paragraph.zone

    @property
    def text(self) -> str:
        """The paragraph's text."""
        return self.paragraph.text


@dataclass(frozen=True, slots=True)
class LeafScore:
    """What one part of a query did for one hit.

    leaf: as a query would write it; "nearness" for what words gain that stand close together.
    score: its share of the hit's score. places: field or zone -> how often it stands there.
    """

    leaf: str
    score: float
    places: Mapping[str, int] = field(default_factory=dict)


class Hit:
    """A message that a query found, with the paragraphs that matched, best first.

    message, paragraphs: as they are, or what reads them when they are first asked for. They come from
    the state of the index that was searched, whatever happened to it since.
    explanation: where it was asked for.
    """

    __slots__ = ("_message", "_paragraphs", "explanation", "score")

    def __init__(
        self,
        message: Message | Callable[[], Message],
        score: float,
        paragraphs: tuple[ParagraphHit, ...] | Callable[[Message], tuple[ParagraphHit, ...]],
        explanation: tuple[LeafScore, ...] = (),
    ) -> None:
        self._message = message
        self.score = score
        self._paragraphs = paragraphs
        self.explanation = explanation

    @property
    def message(self) -> Message:
        """The message."""
        if not isinstance(self._message, Message):
            self._message = self._message()
        return self._message

    @property
    def paragraphs(self) -> tuple[ParagraphHit, ...]:
        """Its paragraphs that matched, best first."""
        if not isinstance(self._paragraphs, tuple):
            self._paragraphs = self._paragraphs(self.message)
        return self._paragraphs

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Hit) and (
            (self.message, self.score, self.paragraphs, self.explanation)
            == (other.message, other.score, other.paragraphs, other.explanation)
        )

    def __hash__(self) -> int:
        return hash(self.message)

    def __repr__(self) -> str:
        return f"Hit({self.message.key!r}, {self.score!r}, {len(self.paragraphs)} paragraphs)"

    @property
    def key(self) -> str:
        """The message's key."""
        return self.message.key

    @property
    def sender(self) -> Sender:
        """Who sent it."""
        return self.message.sender

    @property
    def subject(self) -> str:
        """The message's subject."""
        return self.message.subject

    @property
    def date(self) -> datetime | None:
        """The message's date."""
        return self.message.date

    @property
    def affiliations(self) -> tuple[Affiliation, ...]:
        """For whom the sender spoke."""
        return self.message.affiliations


@dataclass(frozen=True, slots=True)
class SearchResult:
    """An answer. total: messages; total_paragraphs: matching paragraphs; both always true counts.

    warnings: what was passed over, and where nothing was found, why. reasons: the latter alone.
    """

    query: str
    parsed: str
    total: int
    total_paragraphs: int
    limit: int | None
    offset: int
    took_ms: float
    warnings: tuple[str, ...]
    hits: tuple[Hit, ...]
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many messages have one value. value: as a query takes it; label: for people."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The messages of a query, counted by one field; one with several values counts for each.

    total: messages of the query; without: those of them that have no value.
    """

    query: str
    by: str
    total: int
    without: int
    counts: tuple[FacetCount, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """Messages of one line of a trend, period by period. label: "" where nothing splits them."""

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trends:
    """The messages of a query over time.

    period: "month" or "year"; periods: "2010-05" or "2010", without gaps, in UTC. undated: messages
    that stand in no period. lines: one, or one for each value with most messages first.
    """

    query: str
    period: str
    total: int
    undated: int
    periods: tuple[str, ...]
    lines: tuple[Trend, ...]


@dataclass(frozen=True, slots=True)
class ArchiveCount:
    """An archive of a run: its path, its format, the messages seen in it."""

    path: str
    format: str
    messages: int


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run did. seen = indexed + unchanged + duplicate + failed."""

    seen: int = 0
    indexed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    removed: int = 0
    failed: int = 0
    archives: tuple[ArchiveCount, ...] = ()
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    index: Mapping[str, int] = field(default_factory=dict)
