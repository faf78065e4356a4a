"""text/enriched (RFC 1896) and text/richtext (RFC 1341), HTML's forerunners in mail -> HTML that says the same."""

from __future__ import annotations

import re

TYPES = frozenset({"text/enriched", "text/richtext"})

_PARAMETER = re.compile(r"<param>[^<>]{0,1000}</param>", re.IGNORECASE)  # of colours and fonts: not shown
_PARAGRAPH = re.compile(r"\n(?:[ \t]*\n)+")
_RICHTEXT_SIGNS = (
    (re.compile(r"<lt>", re.IGNORECASE), "&lt;"),
    (re.compile(r"<nl>", re.IGNORECASE), "<br>"),
    (re.compile(r"</?paragraph>", re.IGNORECASE), "<p>"),
)


def enriched_html(text: str, kind: str) -> str:
    """HTML for the text of such a part. kind: one of `TYPES`.

    "1 << 2\\n\\n<bold>so</bold>", "text/enriched" -> "1 &lt; 2<p><bold>so</bold>": "<<" is the sign itself,
    a line end alone a blank, and blank lines part paragraphs.
    """
    text = text.replace("\r\n", "\n").replace("&", "&amp;")
    if kind == "text/enriched":
        return _PARAGRAPH.sub("<p>", _PARAMETER.sub("", text.replace("<<", "&lt;")))
    for sign, html in _RICHTEXT_SIGNS:
        text = sign.sub(html, text)
    return text
