"""The HTML that Pipermail saved beside its text -> a part of the message again.

Mailman's Scrubber writes HTML as it came or, by default, escaped: its source as a text in `<tt>`, with
`&lt;`, `&nbsp;` and `<br>`, so that a browser shows it and runs nothing of it. Works on bytes; where the
part stood among the others, and what charset it had, nobody kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from searcharc.message.bodies import Bodies, Body, is_stub
from searcharc.message.charset_labels import markup_charset
from searcharc.message.parts import Part
from searcharc.models import Attachment, Scrubbed

_ESCAPED = re.compile(
    rb"\s*(?:<!doctype[^<>]{0,300}>\s*)?(?:<html[^<>]{0,300}>\s*)?(?:<head>.{0,2000}?</head>\s*)?"
    rb"(?:<body[^<>]{0,300}>\s*)?<(?:tt|pre)>",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(rb"</?(?:html|body|tt|pre|br)\b[^<>]{0,300}>", re.IGNORECASE)
_NOTICE = re.compile(
    r"^-{8,} next part -{8,}[ \t]*$|^[^\n]{0,100}\.\.\.[ \t]*\n(?:[^\n:]{2,20}:[^\n]*\n){0,6}?"
    r"[^\s:]{2,20}[ \t]{0,3}: ?<?https?://[^\s<>]+/attachments/[^\s<>]+>?[ \t]*$",
    re.MULTILINE,
)


def with_scrubbed(bodies: Bodies, scrubbed: Iterable[Scrubbed]) -> Bodies:
    """The texts with the HTML behind the first plain one, or in its place where that says nothing."""
    files = tuple(scrubbed)
    html = tuple(_part(file.data) for file in files)
    attachments = tuple(Attachment(file.file, "text/html", len(file.data)) for file in files)
    texts = list(bodies.texts)
    at = next((n for n, text in enumerate(texts) if text.plain and not text.forwarded), None)
    if at is None:
        texts.append(Body(html=html))
    else:
        said = b"".join(part.data for part in texts[at].plain).decode("latin-1").replace("\r\n", "\n")
        size = sum(len(part.data) for part in html)
        plain = () if is_stub(_NOTICE.sub("", said), size) else texts[at].plain
        texts[at] = replace(texts[at], plain=plain, html=texts[at].html + html)
    return Bodies(tuple(texts), bodies.attachments + attachments)


def unescape_page(data: bytes) -> bytes:
    """The HTML source that a page of the Scrubber's shows; other HTML stays as it is."""
    if not _ESCAPED.match(data) or b"&lt;" not in data:
        return data
    shown = _TAG.sub(b"", data)
    for entity, char in (
        (b"&nbsp;", b" "),
        (b"&lt;", b"<"),
        (b"&gt;", b">"),
        (b"&quot;", b'"'),
        (b"&#39;", b"'"),
    ):
        shown = shown.replace(entity, char)
    return shown.replace(b"&amp;", b"&")


def _part(data: bytes) -> Part:
    html = unescape_page(data)
    return Part("text/html", markup_charset(html), data=html)
