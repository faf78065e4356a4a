"""The text of a text/html part -> lines: what a reader sees, without markup.

beautifulsoup4 over lxml reads the tree; where it loses text (it drops what is nested deeper than
its limit) or the part has too many tags to build a tree of, a linear scan gives the same events.
Layout is the business of `htmlblocks`, what mail programs mean by their classes that of `htmlmarks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from searcharc.message.htmlblocks import HIDDEN, NOTHING, STRUCTURE, Blocks
from searcharc.message.htmlclean import drop_invisible, scan_tokens, scanned_size, visible_size
from searcharc.message.lines import Line

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

HTML_CHARACTERS = 5 << 20  # the rest of a longer part is left out
_TREE_TAGS = 30_000  # more tags than this are scanned, not built into a tree: memory stays bounded

_VOID = frozenset(
    (
        "br",
        "hr",
        "img",
        "input",
        "meta",
        "link",
        "area",
        "base",
        "col",
        "embed",
        "source",
        "track",
        "wbr",
        "param",
        "spacer",
    )
)
_INLINE_ENDS = frozenset(("p", "li", "td", "th", "tr", "dt", "dd", "option"))


@dataclass(frozen=True, slots=True)
class HtmlText:
    """lines: in reading order, no blank ones at either end. defects: what was cut or could not be read."""

    lines: tuple[Line, ...] = ()
    defects: tuple[str, ...] = ()


def html_lines(markup: str) -> HtmlText:
    """The lines of an HTML text.

    Inline tags join ("lan<span>tern</span>" -> "lantern"), blocks, <br>, rows and list items split;
    cells of a row that hold only words stand in one line, three blanks apart. Each block is one line
    with `block` set; between paragraphs stands a blank line. Numbers of <ol> and of Word's lists
    stand before the text and in `number`. Nothing raises.
    """
    defects: list[str] = []
    if len(markup) > HTML_CHARACTERS:
        markup = markup[:HTML_CHARACTERS]
        defects.append(f"html: cut at {HTML_CHARACTERS} characters")
    markup, unclosed = drop_invisible(markup)
    defects.extend(unclosed)
    if "<" not in markup:
        # No tags at all: only references to decode; bs4 would take it for a file name.
        return HtmlText(tuple(_scan(markup)), tuple(defects))
    if markup.count("<") > _TREE_TAGS:
        defects.append("html: too many tags for a tree, read by a plain scan")
        return HtmlText(tuple(_scan(markup)), tuple(defects))
    blocks = Blocks()
    size = _walk(markup, blocks)
    wanted = visible_size(markup)
    if size is None or (size < wanted - 4 and size < scanned_size(markup) - 4):
        defects.append("html: the parser lost text, read by a plain scan")
        return HtmlText(tuple(_scan(markup)), tuple(defects))
    return HtmlText(tuple(blocks.close()), tuple(defects))


def _walk(markup: str, blocks: Blocks) -> int | None:
    """Feed the tree of a markup to blocks; the number of characters seen that are no blanks.

    None where the parser gave up.
    """
    soup = _parse(markup)
    if soup is None:
        return None
    from bs4.element import Comment, NavigableString, Tag

    size = 0
    # One iterator per open element instead of recursion: depth is what a stranger wrote.
    stack = [iter(soup.contents)]
    undos = [NOTHING]
    while stack:
        node = next(stack[-1], None)
        if node is None:
            stack.pop()
            blocks.end(undos.pop())
        elif isinstance(node, Tag):
            if node.name == "ol" and "reversed" in node.attrs and "start" not in node.attrs:
                node["start"] = str(len(node.find_all("li", recursive=False)))  # HTML Standard 4.4.5
            undo = blocks.start(node.name, node.attrs)  # type: ignore[arg-type]  # attributes are single-valued here
            if undo == HIDDEN:
                size += sum(len(piece) for text in node.strings for piece in text.split())
            elif node.contents:
                stack.append(iter(node.contents))
                undos.append(undo)
            else:
                blocks.end(undo)
        elif isinstance(node, NavigableString) and not isinstance(node, Comment):
            text = str(node)
            size += sum(map(len, text.split()))
            blocks.text(text)
    return size


def _parse(markup: str) -> BeautifulSoup | None:
    from bs4 import BeautifulSoup
    from lxml import etree  # type: ignore[import-untyped]

    def huge_parser(**options: Any) -> Any:
        # Without huge_tree libxml2 drops what is nested deeper than 256 elements.
        return etree.HTMLParser(**{**options, "huge_tree": True})

    try:
        return BeautifulSoup(markup, "lxml", parser=huge_parser, multi_valued_attributes=None)
    except (RecursionError, ValueError, AssertionError, etree.LxmlError):
        return None


def _scan(markup: str) -> list[Line]:
    """The lines by the linear scan: tags nest as they stand, an end without a start is passed over."""
    blocks = Blocks()
    open_elements: list[tuple[str, int]] = []
    counts: dict[str, int] = {}
    hidden = 0  # elements open inside a hidden one, that one included

    def pop() -> None:
        name, undo = open_elements.pop()
        counts[name] -= 1
        blocks.end(undo)

    hidden_name = ""
    for kind, name, attributes in scan_tokens(markup):
        if hidden:
            if kind == "start" and name == hidden_name:
                hidden += 1
            elif kind == "end" and name == hidden_name:
                hidden -= 1
            continue
        if kind == "text":
            blocks.text(name)
        elif kind == "start":
            if not attributes and name not in STRUCTURE:
                continue
            if name in _INLINE_ENDS and open_elements and open_elements[-1][0] == name:
                pop()  # <p>, <li> and cells end the one before them
            undo = blocks.start(name, attributes)
            if name in _VOID:
                blocks.end(undo & ~HIDDEN)
            elif undo == HIDDEN:
                hidden, hidden_name = 1, name
            else:
                open_elements.append((name, undo))
                counts[name] = counts.get(name, 0) + 1
        elif name == "br":
            blocks.start("br", {})
        elif counts.get(name):
            while open_elements[-1][0] != name:
                pop()
            pop()
    while open_elements:
        pop()
    return blocks.close()
