"""The parts of a message -> which of them are its text, and which are attachments.

Decides by type, disposition and name; only for a short plain alternative does it look at the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from searcharc.message.charset import decode_bytes
from searcharc.message.parts import Part
from searcharc.models import Attachment

TEXT_ATTACHMENT_BYTES = 1 << 20  # a longer text file is an attachment only


@dataclass(frozen=True, slots=True)
class Body:
    """One text of a message.

    plain, html: its forms. Where both stand (multipart/alternative) they say the same: `plain` is
        the text, and HTML paragraphs whose words it lacks go behind it.
    forwarded: it stands inside an inner message.
    inner: (field, text) lines of an inner message that begins here; then there is no part.
    attached: a text file (patch, .txt) that is listed among the attachments too.
    """

    plain: tuple[Part, ...] = ()
    html: tuple[Part, ...] = ()
    forwarded: bool = False
    inner: tuple[tuple[str, str], ...] = ()
    attached: bool = False


@dataclass(frozen=True, slots=True)
class Bodies:
    """texts: in reading order. attachments: all parts that are files, in their order."""

    texts: tuple[Body, ...] = ()
    attachments: tuple[Attachment, ...] = ()


_HTML = frozenset({"text/html", "text/xhtml", "application/xhtml+xml", "text/enriched", "text/richtext"})
_TEXT_FILES = frozenset(
    {"text/plain", "text/x-patch", "text/x-diff", "text/diff", "text/patch", "text/markdown"}
)
_NO_TEXT = frozenset(
    {"text/calendar", "text/x-vcard", "text/vcard", "text/directory", "text/rfc822-headers", "text/css",
     "text/x-amp-html", "text/watch-html", "text/javascript", "text/rtf"}
)  # fmt: skip
_NAMES = {
    "text/calendar": "invite.ics",
    "application/pgp-signature": "signature.asc",
    "application/pgp-keys": "key.asc",
    "application/pgp-encrypted": "encrypted.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
}


def choose_bodies(parts: Iterable[Part]) -> Bodies:
    """The texts and the attachments among the leaves of one message."""
    leaves = tuple(parts)
    texts: list[Body] = []
    attachments: list[Attachment] = []
    grouped: dict[int, list[Part]] = {}
    for part in leaves:
        if part.group is not None and _form(part, single=False) != "file":
            grouped.setdefault(part.group, []).append(part)
    done: set[int] = set()
    single = len(leaves) == 1
    for part in leaves:
        form = _form(part, single=single)
        if part.type == "message/rfc822":
            texts.append(Body(forwarded=True, inner=part.inner))
            if part.filename or part.disposition == "attachment":
                attachments.append(_attachment(part))
            continue
        named = bool(part.filename) or part.disposition == "attachment"
        # An alternative that bears a name is the text of the message all the same.
        is_file = named and (part.group is None or part.disposition == "attachment")
        if form == "file" or is_file:
            attachments.append(_attachment(part))
        if form == "file":
            continue
        if part.group is not None and part in grouped.get(part.group, ()):
            if part.group not in done:
                done.add(part.group)
                texts.append(_alternative(grouped[part.group]))
            continue
        texts.append(
            Body(
                plain=() if form == "html" else (part,),
                html=(part,) if form == "html" else (),
                forwarded=part.forwarded,
                attached=is_file,
            )
        )
    return Bodies(tuple(texts), tuple(attachments))


def _form(part: Part, *, single: bool) -> str:
    """What a leaf is: "plain", "html" or "file". single: it is all that the message has."""
    if part.type == "message/rfc822":
        return "file"
    named = bool(part.filename) or part.disposition == "attachment"
    if part.type in _HTML:
        return (
            "html"
            if single or not named or (part.group is not None and part.disposition != "attachment")
            else "file"
        )
    if not part.type.startswith("text/") or part.type in _NO_TEXT:
        return "file"
    if not named or single:
        return "plain"
    return "plain" if part.type in _TEXT_FILES and len(part.data) <= TEXT_ATTACHMENT_BYTES else "file"


def _attachment(part: Part) -> Attachment:
    name = part.filename or _NAMES.get(part.type, "")
    return Attachment(" ".join(name.split()), part.type, len(part.data))


def _alternative(parts: list[Part]) -> Body:
    """The text of a multipart/alternative: its plain form unless that is empty or a stub."""
    plain = tuple(part for part in parts if part.type not in _HTML)
    html = tuple(part for part in parts if part.type == "text/html") or tuple(
        part for part in parts if part.type in _HTML
    )
    if plain and html:
        size = sum(len(part.data) for part in plain)
        if size <= _STUB_BYTES:
            text = "\n".join(decode_bytes(part.data, part.charset).text for part in plain)
            if is_stub(text, sum(len(part.data) for part in html)):
                plain = ()
        elif not any(part.data.strip() for part in plain):
            plain = ()
    return Body(plain=plain, html=html, forwarded=parts[0].forwarded)


_STUB_BYTES = 2_000
_FOOTER = re.compile(r"^(?:_{8,}|-{8,}|={8,})[ \t]*$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\[[^\]\n]{0,200}\]|<[^>\n]{0,500}>|https?://\S+")
_SAYS_HTML = re.compile(
    r"\bhtml\b|\b(?:view|read|display|see|open)\b.{0,40}\b(?:browser|online|web)\b|multi-?part message",
    re.IGNORECASE,
)
_SAYS_CANNOT = re.compile(
    r"format|support|client|reader|viewer|browser|enable|capable|display|view|version|programm?|part|message|mail",
    re.IGNORECASE,
)


def is_stub(plain: str, html_size: int) -> bool:
    """True where a plain alternative says nothing but that the HTML says it.

    "This message is in HTML format." -> True; "" -> True; "+1" -> False.
    html_size: bytes of the HTML; next to a long one, a text without any word is a stub too.
    """
    text = _FOOTER.split(plain, maxsplit=1)[0]
    text = _PLACEHOLDER.sub(" ", text).strip()
    if not text:
        return True
    words = text.split()
    if len(words) > 40:
        return False
    if _SAYS_HTML.search(text) and _SAYS_CANNOT.search(text) and len(words) <= 30:
        return True
    return html_size > 400 and not any(char.isalnum() for char in text)
