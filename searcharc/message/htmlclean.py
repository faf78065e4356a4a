"""HTML text -> HTML without what is never visible, and its tokens by a linear scan.

Done on the text before any parser sees it: style, script and comments go, and so do the tags of
Word's conditional blocks. `<![if !supportLists]>...<![endif]>` keeps what stands inside, since
Word's list numbers stand there; `<!--[if ...]>...<![endif]-->` is a comment and goes whole.
All scans are linear: each place is looked at a bounded number of times.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

# Elements whose content is no text of the page.
_RAW = "style|script|title|xml|template|noframes|iframe|noembed|svg"
_MARK = re.compile(rf"<(?:!|\?|(?:(?P<raw>{_RAW})(?=[\s/>]))|(?:meta|link|base)(?=[\s/>]))", re.IGNORECASE)
_CLOSING = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW.split("|")}


def drop_invisible(markup: str) -> tuple[str, tuple[str, ...]]:
    """The markup without comments, style, script and their like; what was never closed is a defect.

    'a<!-- x --><style>y</style><![if !z]>b<![endif]>' -> 'ab'
    """
    pieces: list[str] = []
    defects: list[str] = []
    position, end = 0, len(markup)
    missing: set[str] = set()  # closing signs known not to follow
    while position < end:
        match = _MARK.search(markup, position)
        if match is None:
            break
        start = match.start()
        pieces.append(markup[position:start])
        raw = (match.group("raw") or "").lower()
        if raw:
            stop = _behind_element(markup, match.end(), raw, missing)
            what = raw
        elif markup.startswith("<!--", start):
            stop, what = _behind_comment(markup, start), "comment"
        else:
            close = markup.find(">", match.end())
            stop, what = (close + 1 if close >= 0 else -1), "tag"
        if stop < 0:
            # As in a browser: what is never closed hides the rest.
            defects.append(f"html: {what} never closed, the rest left out")
            position = end
            break
        position = stop
    pieces.append(markup[position:])
    return "".join(pieces), tuple(defects)


def _behind_comment(markup: str, start: int) -> int:
    """The place behind a comment; "<!-->" and "<!--->" are empty ones (WHATWG 13.2.5.43)."""
    for short in ("<!-->", "<!--->"):
        if markup.startswith(short, start):
            return start + len(short)
    close = markup.find("-->", start + 4)
    other = markup.find("--!>", start + 4, close if close >= 0 else len(markup))
    if other >= 0:
        return other + 4
    return close + 3 if close >= 0 else -1


def _behind_element(markup: str, position: int, name: str, missing: set[str]) -> int:
    """The place behind the closing tag of an element whose content is no text."""
    opening = markup.find(">", position)
    if opening < 0:
        return -1
    if markup[opening - 1] == "/" and name not in ("style", "script", "title", "iframe"):
        return opening + 1
    closing = None if name in missing else _CLOSING[name].search(markup, opening + 1)
    if closing is None:
        missing.add(name)
        # An island that is never closed hides nothing; a style sheet or a script hides the rest.
        return opening + 1 if name in ("xml", "svg", "template") else -1
    close = markup.find(">", closing.end())
    return close + 1 if close >= 0 else len(markup)


# The elements that part words: others may stand amid one ("lan<span>tern</span>").
_PARTING = re.compile(
    r"</?(?:p|h[1-6r]|blockquote|[uod]l|pre|table|fieldset|figure|listing|xmp|div|li|t[rdh]|d[td]|body|html|"
    r"section|article|header|footer|aside|nav|main|center|address|form|caption|thead|tbody|tfoot|option|"
    r"select|legend|details|summary|figcaption|dir|menu|noscript|plaintext|br)(?![a-z0-9:_-])[^<>]*>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")


def shown_words(markup: str) -> set[str]:
    """The case folded words that a reader of the markup sees, or more: read without any tree.

    "<p>lan<b>tern</b>&nbsp;on" -> {"lantern", "on"}
    """
    text = _ANY_TAG.sub("", _PARTING.sub(" ", drop_invisible(markup)[0]))
    return set(_WORD.findall(html.unescape(text).casefold()))


_TEXT = re.compile(r">([^<]+)")
_ATTRIBUTES_READ = 2_000  # characters of a tag's attributes that the scan looks at
_ATTRIBUTE = re.compile(r"([a-zA-Z][a-zA-Z-]{0,30})\s{0,10}=\s{0,10}(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})")


def visible_size(markup: str) -> int:
    """Characters other than blanks that stand outside tags, or more: a quick upper bound."""
    size = 0
    for text in _TEXT.findall(">" + markup):
        if "&" in text:
            text = html.unescape(text)
        size += sum(map(len, text.split()))
    return size


def scanned_size(markup: str) -> int:
    """The same as `visible_size`, exact where attributes hold ">", and slower."""
    return sum(
        len(piece) for kind, text, _ in scan_tokens(markup) if kind == "text" for piece in text.split()
    )


def scan_tokens(markup: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(kind, name or text, attributes) of each token, kind one of "start", "end", "text".

    No tree is built, so nothing is ever nested too deep. A "<" that begins no tag is text; a tag that
    is never closed ends the text, as in a browser.
    """
    position = 0
    while (match := _TAG.search(markup, position)) is not None:
        if match.start() > position:
            yield "text", html.unescape(markup[position : match.start()]), {}
        close = _tag_end(markup, match.end())
        if close < 0:
            return
        name = match.group(2).lower()
        if match.group(1):
            yield "end", name, {}
        else:
            inside = markup[match.end() : min(close, match.end() + _ATTRIBUTES_READ)]
            yield "start", name, _attributes(inside) if "=" in inside else {}
        position = close + 1
    if position < len(markup):
        yield "text", html.unescape(markup[position:]), {}


def _tag_end(markup: str, position: int) -> int:
    """The place of the ">" that ends a tag; one inside a short quoted value is passed over."""
    close = markup.find(">", position)
    if close < 0 or close - position > _ATTRIBUTES_READ:
        return close
    inside = markup[position:close]
    if inside.count('"') % 2:
        quote = markup.find('"', close, close + _ATTRIBUTES_READ)
        if quote >= 0 and "<" not in markup[close:quote]:
            return markup.find(">", quote)
    return close


def _attributes(inside: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(inside):
        value = match.group(2)
        if value[0] in "\"'":
            value = value[1:-1]
        found.setdefault(match.group(1).lower(), html.unescape(value) if "&" in value else value)
    return found
