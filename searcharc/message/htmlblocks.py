"""Start tags, end tags and text of HTML, in their order -> lines.

The layout half of `html`: which elements break a line, which a paragraph, what a list prints before
its members, how deep a quote is. It takes events and keeps no tree, so that it works for a parser
and for a plain scan alike; an end tag that fits no start is the caller's business.
"""

from __future__ import annotations

from collections.abc import Mapping

from searcharc.message.charset import clean_text
from searcharc.message.htmlmarks import (
    format_number,
    hint_of,
    is_forward_line,
    is_hidden,
    is_quote,
    list_type,
    marks,
    read_integer,
    word_marker,
)
from searcharc.message.lines import Hint, Line
from searcharc.message.plain import BLANK, LINE_END, MOST_INDENT, strip_quote, visible_text

_PARAGRAPH = frozenset(
    (
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "ul",
        "ol",
        "dl",
        "pre",
        "table",
        "hr",
        "fieldset",
        "figure",
        "listing",
        "xmp",
    )
)
_BLOCK_NAMES = (
    "div li tr dt dd body html section article header footer aside nav main center address form "
    "caption thead tbody tfoot option select legend details summary figcaption dir menu noscript "
    "plaintext"
)
_BLOCK = frozenset(_BLOCK_NAMES.split())
_CELL = frozenset(("td", "th"))
_PRE = frozenset(("pre", "listing", "xmp", "plaintext"))
_LISTS = frozenset(("ul", "ol", "dir", "menu"))
_CELL_GAP = "\x00"  # stands for the gap between the cells of a row until the line is closed
_GAP_SHOWN = "   "


# Elements that change the layout by their name alone; others matter only for their attributes.
STRUCTURE = _PARAGRAPH | _BLOCK | _CELL | {"br"}


# What the end of an element takes back: sums of these. Plain integers, since an IntFlag costs more
# than all the rest of the work on an inline tag.
NOTHING = 0
HIDDEN = 1  # nothing of the element is read: the caller passes over its content
_BLOCK_END = 2
_PARAGRAPH_END = 4
_QUOTE_END = 8
_PRE_END = 16
_SIGNATURE_END = 32
_LIST_END = 64
_MARKER_END = 128
_ITEM_END = 256


class Blocks:
    """Collects lines from events. `lines` is complete after `close`."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._text: list[str] = []
        self._depth = 0
        self._pre = 0
        self._signature = 0
        self._hint = Hint.NONE  # for the next line
        self._gap = False  # a blank line is due before the next line
        self._lists: list[tuple[str, int, int]] = []  # (type, next number) of the open lists
        self._prefix: list[str] = []  # numbers that the next line begins with
        self._number: str | None = None
        self._marker: list[str] | None = None  # Word's list marker while it is read

    def start(self, name: str, attributes: Mapping[str, str]) -> int:
        """A start tag. What it gives back must be handed to `end`."""
        style = (attributes.get("style") or "").lower() if attributes else ""
        undo = NOTHING
        if attributes:
            if is_hidden(attributes, style):
                return HIDDEN
            names = marks(attributes) if "class" in attributes or "id" in attributes else frozenset()
            hint = hint_of(names, style) if names or style else Hint.NONE
        else:
            names, hint = frozenset(), Hint.NONE
        if name == "br":
            self._break()
            return NOTHING
        is_block = False
        if name in _PARAGRAPH:
            undo |= self._start_paragraph(name, names, style)
            is_block = True
        elif name in _BLOCK:
            self._flush(block=True)
            undo |= _BLOCK_END
            is_block = True
        elif name in _CELL:
            if self._has_text():
                self._text.append(_CELL_GAP)
            return undo
        elif style and "mso-list" in style and "ignore" in style and self._marker is None:
            self._marker = []
            return _MARKER_END
        if is_block:
            undo |= self._start_block(name, attributes, names, style)
            if undo & _QUOTE_END and hint is Hint.REPLY:
                hint = Hint.NONE  # its depth says so already
        if hint is Hint.SIGNATURE:
            if not is_block:
                self._flush(block=True)
            self._signature += 1
            undo |= _SIGNATURE_END
        elif hint is not Hint.NONE:
            self._flush(block=True)
            self._hint = hint
        return undo

    def end(self, undo: int) -> None:
        """The end of an element: takes back what its `start` did."""
        if not undo:
            return
        if undo & _MARKER_END:
            self._end_marker()
            return
        self._flush(block=True)
        if undo & _PARAGRAPH_END:
            self._gap = True
        if undo & _QUOTE_END:
            self._depth -= 1
        if undo & _PRE_END:
            self._pre -= 1
        if undo & _SIGNATURE_END:
            self._signature -= 1
        if undo & _LIST_END:
            self._lists.pop()
        if undo & (_LIST_END | _ITEM_END):
            self._prefix, self._number = [], None  # the number of an empty member goes with it

    def text(self, text: str) -> None:
        """Text between tags, references already decoded."""
        if self._marker is not None:
            self._marker.append(text)
            return
        text = text.replace("\x00", "")
        if not self._pre:
            self._text.append(text)
            return
        first, *rest = LINE_END.sub("\n", text).split("\n")
        self._text.append(first)
        for piece in rest:
            self._flush(block=False, keep_blank=True)
            self._text.append(piece)

    def close(self) -> list[Line]:
        """The lines, without blank ones at either end."""
        self._flush(block=True)
        while self.lines and not self.lines[-1].text:
            self.lines.pop()
        return self.lines

    def _start_paragraph(self, name: str, names: frozenset[str], style: str) -> int:
        self._flush(block=True)
        # Word sets its paragraphs without a margin and writes empty ones between them.
        tight = name == "p" and (any(one.startswith("mso") for one in names) or _has_no_margin(style))
        nested_list = name in _LISTS and bool(self._lists)
        if tight or nested_list:
            return _BLOCK_END
        self._gap = True
        return _BLOCK_END | _PARAGRAPH_END

    def _start_block(
        self, name: str, attributes: Mapping[str, str], names: frozenset[str], style: str
    ) -> int:
        undo = NOTHING
        if name == "blockquote" or (name == "div" and "border-left" in style):
            if is_quote(name, attributes, names, style, self._last_text()):
                self._depth += 1
                undo |= _QUOTE_END
        elif name in _LISTS:
            default = "1" if name == "ol" else ""
            kind = list_type(attributes, style, default) if name == "ol" else ""
            start = read_integer(attributes.get("start"))
            step = -1 if "reversed" in attributes else 1
            if step < 0 and start is None:
                kind = ""  # counts down from a number that only the end of the list tells
            self._lists.append((kind, 1 if start is None else start, step))
            undo |= _LIST_END
        elif name == "li":
            self._start_item(attributes, style)
            undo |= _ITEM_END
        if name in _PRE or ("white-space" in style and "pre" in style.partition("white-space")[2][:20]):
            self._pre += 1
            undo |= _PRE_END
        return undo

    def _start_item(self, attributes: Mapping[str, str], style: str) -> None:
        if not self._lists:
            return
        kind, number, step = self._lists[-1]
        value = read_integer(attributes.get("value"))
        number = number if value is None else value
        shown = list_type(attributes, style, kind) if kind else ""
        if kind:
            self._lists[-1] = (kind, number + step, step)
        if shown:
            self._number = format_number(number, shown)
            # A list that begins a member of another one: both numbers stand before the text.
            self._prefix = [*self._prefix[-3:], f"{self._number}. "]
        else:
            self._prefix, self._number = [], None

    def _end_marker(self) -> None:
        shown, number = word_marker("".join(self._marker or ()))
        self._marker = None
        if shown and not self._has_text():
            self._prefix = [f"{shown} "]
            self._number = number
        elif shown:
            self._text.append(f"{shown} ")

    def _has_text(self) -> bool:
        return any(part and not part.isspace() for part in self._text)

    def _last_text(self) -> str:
        for line in reversed(self.lines[-4:]):
            if line.text:
                return line.text
        return ""

    def _break(self) -> None:
        """<br>: ends the line; where there is none, a blank line."""
        if not self._flush(block=False):
            self._blank()

    def _blank(self) -> None:
        if self.lines and self.lines[-1].text:
            self.lines.append(Line("", self._depth) if self._depth else BLANK)
        self._gap = False

    def _flush(self, *, block: bool, keep_blank: bool = False) -> bool:
        """Close the line that is open; True where there was one."""
        if not self._text:
            if keep_blank:
                self._blank()
            return False
        raw = "".join(self._text)
        self._text = []
        text = self._layout(raw)
        if not text.strip():
            # A paragraph of a no-break blank is how mail programs write an empty line.
            if keep_blank or (block and "\u00a0" in raw):
                self._blank()
            return False
        depth = self._depth
        if text[0] == ">" or text.startswith(" >"):
            more, text = strip_quote(text)
            depth += more
            if not text.strip():  # the empty line of a quote
                if self.lines:
                    self.lines.append(Line("", depth))
                return True
        if self._prefix:
            text = "".join(self._prefix) + text.lstrip()
        if self._gap:
            self._gap = False
            self._blank_before(depth)
        self.lines.append(Line(text.rstrip(), depth, self._number, self._take_hint(text), block))
        self._prefix, self._number = [], None
        return True

    def _blank_before(self, depth: int) -> None:
        if self.lines and self.lines[-1].text:
            depth = min(depth, self.lines[-1].depth)
            self.lines.append(Line("", depth) if depth else BLANK)

    def _layout(self, raw: str) -> str:
        """The text of a line: white space collapsed outside <pre>, nothing invisible."""
        if not raw.isascii():
            raw = clean_text(raw)
        if self._pre:
            text = visible_text(raw.replace(_CELL_GAP, _GAP_SHOWN)).expandtabs(8).rstrip()
            bare = text.lstrip(" ")
            return " " * min(len(text) - len(bare), MOST_INDENT) + bare
        if _CELL_GAP in raw:
            cells = (_collapse(cell) for cell in raw.split(_CELL_GAP))
            return _GAP_SHOWN.join(cell for cell in cells if cell)
        return _collapse(raw)

    def _take_hint(self, text: str) -> Hint:
        hint, self._hint = self._hint, Hint.NONE
        if self._signature and hint is Hint.NONE:
            return Hint.SIGNATURE
        if hint is Hint.REPLY and is_forward_line(text):
            return Hint.FORWARD
        return hint


def _collapse(raw: str) -> str:
    return " ".join(visible_text(raw).split())


def _has_no_margin(style: str) -> bool:
    """True for a paragraph set without space above and below ("margin:0cm", "margin-bottom:0")."""
    squeezed = style.replace(" ", "")
    return "margin:0" in squeezed or "margin-bottom:0" in squeezed or "margin-bottom:.0001pt" in squeezed
