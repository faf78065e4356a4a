"""RawMessage -> Message: puts the parts of this package in order.

headers, MIME parts, charsets -> lines (plain text or HTML) -> zones -> paragraphs with numbers and
references -> affiliations. Nothing raises: what fails is written down as a defect and the rest of the
message is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from searcharc.message import enriched
from searcharc.message.addresses import restore_sender
from searcharc.message.affiliation import find_affiliations
from searcharc.message.bodies import Body, choose_bodies
from searcharc.message.charset import clean_text, decode_bytes, is_utf8
from searcharc.message.charset_labels import markup_charset
from searcharc.message.dates import message_date
from searcharc.message.documents import inherit_documents
from searcharc.message.headers import (
    Headers,
    first_field,
    header_text,
    one_line,
    parse_parameters,
    read_headers,
)
from searcharc.message.htmlclean import shown_words
from searcharc.message.identity import content_digest, content_key
from searcharc.message.language import SAMPLE, guess_language
from searcharc.message.lines import Hint, Line, Lines, ZonedLines
from searcharc.message.mailboxes import parse_mailboxes
from searcharc.message.mime import walk_parts
from searcharc.message.paragraphs import cut_paragraphs
from searcharc.message.parts import Part
from searcharc.message.plain import plain_lines
from searcharc.message.scrubbed import with_scrubbed
from searcharc.message.words import decode_header
from searcharc.message.zones import assign_zones
from searcharc.models import (
    Charset,
    DateSource,
    Message,
    Origin,
    Paragraph,
    RawMessage,
    Sender,
    Zone,
)

MAX_TEXT = 10 << 20
"""Characters of text kept of one message."""

_OWN = Zone.OWN
_MARKUP = frozenset({"text/html", "text/xhtml", "application/xhtml+xml"})
_ID = re.compile(r"<([^<>\s]{1,998}|[^<>\s]{1,500}@[^<>\s]{0,300}\s{1,3}[^<>\s]{1,300})>")
_LIST_ID = re.compile(r"<([^<>]{1,255})>\s*$")
_WORD = re.compile(r"\w+")
_TAG = re.compile(
    r"<style\b.{0,100000}?</style\s*>|<!--.{0,100000}?-->|<[^<>]{0,10000}>", re.DOTALL | re.IGNORECASE
)
_ENDINGS = re.compile(
    r"(?:\.(?:mbox|mbx|mboxrd|eml|txt|mail|maildir|gz|bz2|xz|zst|zip|tar|tgz|tbz2?|txz|tzst))+\Z", re.IGNORECASE
)
# "2010-05", "2010-May", "201005", "2010q2": a month of a list, not the list's name.
_PERIOD = re.compile(
    r"(?:19|20)\d\d(?:[-_.]?(?:\d\d|q[1-4]|[a-z]{3,9}))?\Z|[a-z]{3,9}[-_.]?(?:19|20)\d\d\Z", re.IGNORECASE
)


def parse_message(data: bytes) -> Message:
    """The message in these bytes (RFC 5322 and MIME), as one loose `.eml` file.

    Never raises for what the bytes hold; see `Message.defects`.
    """
    return parse_raw(RawMessage(data, Origin("", None, "eml", 0, len(data))))


def parse_raw(raw: RawMessage, *, list_name: str | None = None) -> Message:
    """The message of an archive.

    list_name: the mailing list, where the user names it; else List-Id or the archive's name tells.
    """
    try:
        return _Parser(raw, list_name).message()
    except Exception as error:
        return _unparsed(raw, list_name, f"not parsed: {type(error).__name__}: {error}"[:200])


@dataclass(slots=True)
class _Parser:
    """One message on its way; collects charsets and defects."""

    raw: RawMessage
    list_name: str | None
    charsets: dict[Charset, None] = field(default_factory=dict)
    defects: dict[str, None] = field(default_factory=dict)
    flags: dict[str, None] = field(default_factory=dict)
    room: int = MAX_TEXT

    def message(self) -> Message:
        content = self.raw.raw if b">From " not in self.raw.raw else self.raw.content
        headers, start = read_headers(content, first_field(content), len(content))
        body = content[start:]
        self.note(self.raw.defects)
        self.note(headers.defects)
        charset = parse_parameters(headers.get("Content-Type"))[1].get("charset")
        parts = walk_parts(headers, body)
        self.note(parts.defects)
        # Of a multipart, raw bytes in the header are most likely in the charset of its text.
        charset = charset or next((p.charset for p in parts.leaves if p.charset and not p.forwarded), None)
        bodies = choose_bodies(parts.leaves)
        if self.raw.scrubbed:
            bodies = with_scrubbed(bodies, self.raw.scrubbed)
        subject = header_text(headers, "Subject", charset)
        sender = restore_sender(headers, self.raw.envelope, charset)
        in_reply_to = _ids(headers, "In-Reply-To")
        references = _ids(headers, "References")
        zoned = ZonedLines()
        for text in bodies.texts:
            self.read(text, zoned, subject, sender, bool(in_reply_to or references))
        paragraphs = inherit_documents(cut_paragraphs(zoned), subject)
        organization = header_text(headers, "Organization", charset) or header_text(
            headers, "Organisation", charset
        )
        affiliations, capacity = find_affiliations(
            paragraphs,
            sender=sender,
            organization_header=organization or None,
            display_name_raw=_display_name(headers, charset),
        )
        date, date_source = message_date(headers, self.raw.envelope)
        if _is_automatic(headers):
            self.flags["auto"] = None
        message_id = _message_id(headers)
        lists, list_ids = _lists(headers, self.raw.origin, self.list_name)
        message = Message(
            key=message_id or "",
            message_id=message_id,
            lists=lists,
            list_ids=list_ids,
            subject=subject,
            sender=sender,
            to=parse_mailboxes(headers.get("To"), charset),
            cc=parse_mailboxes(headers.get("Cc"), charset),
            date=date,
            date_source=date_source,
            affiliations=affiliations,
            capacity=capacity,
            thread=(references or in_reply_to or (message_id or "",))[0],
            in_reply_to=in_reply_to[0] if in_reply_to else None,
            references=references,
            language=guess_language(_own_text(paragraphs)),
            flags=tuple(self.flags),
            attachments=bodies.attachments,
            source=self.raw.origin,
            copies=(),
            charsets=tuple(self.charsets),
            defects=tuple(clean_text(d) for d in self.defects),
            paragraphs=paragraphs,
        )
        return _with_key(message)

    def note(self, defects: Iterable[str]) -> None:
        self.defects.update(dict.fromkeys(defects))

    def read(self, body: Body, zoned: ZonedLines, subject: str, sender: Sender, is_reply: bool) -> None:
        """Put the lines of one text of the message, each with its zone, behind those of the texts before."""
        if body.inner:
            lines = Lines([f"{name.capitalize()}: {one_line(text)}".rstrip() for name, text in body.inner])
            zones = [Zone.FORWARDED] * len(lines.texts)
        else:
            lines = self.lines(body)
            if body.forwarded:
                zones = [Zone.FORWARDED] * len(lines.texts)
            elif body.attached:
                zones = [Zone.OWN] * len(lines.texts)
            else:
                name = sender.name or sender.address.partition("@")[0].replace(".", " ")
                zones = assign_zones(lines, subject=subject, sender_name=name, has_reply_header=is_reply)
        lines.texts.append("")  # texts stand apart
        lines.depths.append(0)
        zones.append(zones[-1] if zones else zoned.zones[-1] if zoned.zones else Zone.OWN)
        zoned.put(lines, zones)

    def lines(self, body: Body) -> Lines:
        lines = Lines()
        words: set[str] = set()
        for part in body.plain:
            text = self.text(part)
            if body.html:
                words.update(_WORD.findall(text.casefold()))
            lines.extend(plain_lines(text, flowed=part.flowed, delsp=part.delsp))
        for part in body.html:
            self.flags["html"] = None
            html = self.text(part)
            if part.type in enriched.TYPES:
                html = enriched.enriched_html(html, part.type)
            if body.plain and (words >= shown_words(html) or words.issuperset(_tag_words(html))):
                continue
            more = self.html(html)
            lines.add(_lacking(more, words) if body.plain else more)
        return lines

    def html(self, html: str) -> Sequence[Line]:
        from searcharc.message.html import html_lines  # put off: most mail is plain, and lxml is slow to load

        read = html_lines(html)
        self.note(read.defects)
        return read.lines

    def text(self, part: Part) -> str:
        declared = part.charset
        if not declared and part.type in _MARKUP and not is_utf8(part.data):
            # Below UTF-8, for who recodes a mail leaves what its HTML says as it was.
            declared = markup_charset(part.data) or declared
        decoded = decode_bytes(part.data, declared)
        self.note(decoded.defects)
        self.charsets[Charset(declared, decoded.used)] = None
        text = decoded.text
        if len(text) > self.room:
            text = text[: self.room]
            self.note([f"text cut at {MAX_TEXT} characters"])
        self.room -= len(text)
        return text


def _tag_words(html: str) -> list[str]:
    """The words of an HTML text if each tag parts them."""
    return _WORD.findall(_TAG.sub(" ", html).casefold())


def _lacking(lines: Sequence[Line], words: set[str]) -> list[Line]:
    """Those lines of the HTML form that have a word which the plain form lacks."""
    found = [
        line
        for line in lines
        if line.hint is Hint.NONE
        and not line.depth
        and not words.issuperset(_WORD.findall(line.text.casefold()))
    ]
    return [Line(""), *(replace(line, block=True) for line in found)] if found else []


def _own_text(paragraphs: Sequence[Paragraph]) -> str:
    """The sender's own words, as many of them as tell the language."""
    found: list[str] = []
    size = 0
    for paragraph in paragraphs:
        if paragraph.zone is _OWN:
            found.append(paragraph.text)
            size += len(paragraph.text)
            if size > SAMPLE:
                break
    return "\n".join(found)


def _ids(headers: Headers, name: str) -> tuple[str, ...]:
    """Message-IDs of a header field, in order, each once; junk between them is passed over."""
    value = headers.get(name)
    if not value or b"<" not in value:
        return ()
    return tuple(dict.fromkeys(map(_unfolded_id, _ID.findall(clean_text(value.decode("utf-8", "replace"))))))


def _unfolded_id(found: str) -> str:
    """A Message-ID that a program broke over two lines: "long@mail.\t example.org" is one word."""
    return "".join(found.split())


def _message_id(headers: Headers) -> str | None:
    """The Message-ID without its angle brackets; whatever stands there, where it has none."""
    value = headers.get("Message-ID")
    if not value:
        return None
    text = one_line(clean_text(value.decode("utf-8", "replace")))
    whole = _ID.search(text)
    if whole:
        return _unfolded_id(whole[1])
    match = re.search(r"<([^<>]{1,998})>", text)
    found = (match.group(1) if match else text.strip("<> ")[:998]).strip()
    return found or None


def _display_name(headers: Headers, charset: str | None) -> str:
    """The From field's name as it was written, "(Org)" and "via list" included."""
    value = headers.get("From")
    if not value:
        return ""
    found = parse_mailboxes(value, charset)
    name = found[0].name if found else ""
    written = one_line(decode_header(value, charset))
    if written.count("(") > name.count("("):  # a comment behind the address is lost in the mailbox
        quoted = re.match(r'\s*"([^"]{1,300})"', written)
        return quoted.group(1) if quoted else name
    return name


def _lists(
    headers: Headers, origin: Origin, list_name: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The list's name and its whole List-Id (RFC 2919), where there is one."""
    text = header_text(headers, "List-Id")
    match = _LIST_ID.search(text)
    whole = (match.group(1) if match else text).strip().lower()
    list_id = whole if whole and " " not in whole else ""
    name = list_name or list_id.split(".")[0] or archive_list(origin.archive)
    return ((name,) if name else ()), ((list_id,) if list_id else ())


def archive_list(path: str) -> str:
    """A list's name from its archive's: "/a/governance.mbox.gz" -> governance.

    An archive named by its month alone bears its folder's name: "/a/governance/2010-May.txt".
    """
    names = [_ENDINGS.sub("", name) for name in path.split("/") if name]
    while len(names) > 1 and _PERIOD.match(names[-1]):
        names.pop()
    return one_line(names[-1]) if names else ""


def _is_automatic(headers: Headers) -> bool:
    """Whether a machine sent it (RFC 3834)."""
    value = (headers.get("Auto-Submitted") or b"no").strip().lower()
    return not value.startswith(b"no")


def _with_key(message: Message) -> Message:
    if message.key:
        return message
    key = content_key(content_digest(message))
    return replace(message, key=key, thread=message.thread or key)


def _unparsed(raw: RawMessage, list_name: str | None, defect: str) -> Message:
    """The message with no structure: all its text, so that it can still be found."""
    text = clean_text(raw.content[: 1 << 20].decode("windows-1252", "replace")).strip()
    paragraphs = tuple(
        Paragraph(n, None, (), Zone.OWN, 0, block.strip())
        for n, block in enumerate((b for b in re.split(r"\n\s*\n", text) if b.strip()), 1)
    )
    name = list_name or archive_list(raw.origin.archive)
    return _with_key(
        Message(
            key="",
            message_id=None,
            lists=(name,) if name else (),
            subject="",
            sender=Sender("", ""),
            to=(),
            cc=(),
            date=None,
            date_source=DateSource.NONE,
            affiliations=(),
            capacity=None,
            thread="",
            in_reply_to=None,
            references=(),
            language=None,
            attachments=(),
            source=raw.origin,
            copies=(),
            charsets=(),
            defects=(*raw.defects, clean_text(defect)),
            paragraphs=paragraphs,
        )
    )
