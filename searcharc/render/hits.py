"""Hits -> blocks for a terminal, lines for a pipe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from searcharc.message.hunks import is_hunk
from searcharc.models import Affiliation, Hit, LeafScore, Message, ParagraphHit, SearchResult, Zone
from searcharc.records import hit_record, result_record
from searcharc.render.messages import citation, sender_line
from searcharc.render.plain import (
    STYLE,
    behind_number,
    counted,
    day,
    json_line,
    json_text,
    shortened,
    visible,
)

PARAGRAPHS_SHOWN = 3
"""Paragraphs of one message that a table shows before it says how many more there are."""
LINES_SHOWN = 5
"""Lines of one paragraph that a table shows, around its matches."""

_INDENT = 9
_MARGIN = 2  # cells for the mark of what is cut
_BLANKS = re.compile(r"\s{2,}")


def hit_block(hit: Hit, console: Console, *, cite: bool = False) -> Iterator[Text]:
    """A hit as lines for a terminal of the console's width; cite: with how to cite its best paragraph."""
    width = console.width
    message = hit.message
    lists = visible(", ".join(message.lists))
    when = day(message.date)
    room = width - cell_len(when) - 3
    lists = shortened(lists, max(8, width // 4))
    subject = shortened(visible(message.subject) or "(no subject)", room - cell_len(lists) - 3)
    first = Text(no_wrap=True)
    first.append(when, STYLE.quiet)
    first.append("   ")
    first.append(subject, STYLE.subject)
    first.append(" " * max(3, room - cell_len(subject) - cell_len(lists)))
    first.append(lists, STYLE.list)
    yield first
    yield Text(shortened(sender_line(message), width), no_wrap=True)
    for found in hit.paragraphs[:PARAGRAPHS_SHOWN]:
        yield from _paragraph_block(message, found, console)
    more = len(hit.paragraphs) - PARAGRAPHS_SHOWN
    if more > 0:
        yield _quiet(
            f"and {more} more paragraph{'s' * (more > 1)}: searcharc show {visible(message.key)}", width
        )
    if not hit.paragraphs:
        yield _quiet(visible(message.key), width)
    if cite:
        yield _quiet(f"cite as: {_cited(hit)}", width)
    for found_leaf in hit.explanation:
        yield _quiet(explanation_line(found_leaf), width)


def _cited(hit: Hit) -> str:
    return citation(hit.message, hit.paragraphs[0].paragraph if hit.paragraphs else None)


def explanation_line(leaf: LeafScore) -> str:
    """What one part of the query did: `1.42  harbour: 2 own, 1 subject`."""
    places = ", ".join(f"{count} {name}" for name, count in leaf.places.items())
    return visible(f"{leaf.score:6.3f}  {leaf.leaf}" + (f": {places}" if places else ""))


def _paragraph_block(message: Message, found: ParagraphHit, console: Console) -> Iterator[Text]:
    label = Text(no_wrap=True)
    label.append("  ")
    label.append("¶ ", STYLE.quiet)
    label.append(visible(found.number) if found.number else "", STYLE.number)
    if cell_len(label.plain) < _INDENT:
        label.append(" " * (_INDENT - cell_len(label.plain)))
    else:
        yield label
        label = Text(" " * _INDENT, no_wrap=True)
    width = max(20, console.width - _INDENT)
    if is_hunk(found.text):
        shown = _lines_of_code(found, console, width)
    else:
        body = _marked(found, console, _squeezed)
        lines = list(body.wrap(console, width))
        if len(lines) > LINES_SHOWN:
            lines = list(body.wrap(console, width - _MARGIN))
        shown = _around_matches(lines)
    for line in shown:
        line.rstrip()
        label.append_text(line)
        yield label
        label = Text(" " * _INDENT, no_wrap=True)
    where = f"{visible(message.key)}#p{found.ordinal}"
    if found.zone is not Zone.OWN:
        where += f"  ({found.zone.value})"
    yield _quiet(where, console.width)


def _quiet(text: str, width: int) -> Text:
    return Text(" " * _INDENT + text, style=STYLE.quiet, no_wrap=True, overflow="ignore")


def _marked(found: ParagraphHit, console: Console, shown: Callable[[str], str]) -> Text:
    """The paragraph's text with its matches marked. shown: makes a piece of it fit to be shown."""
    has_colour = console.color_system is not None
    body = Text()
    first = found.spans[0][0] if found.spans else None
    place = behind_number(found.paragraph, first)
    for start, end in found.spans:
        body.append(shown(found.text[place:start]))
        word = shown(found.text[start:end])
        body.append(word if has_colour else f"[{word}]", STYLE.match)
        place = end
    body.append(shown(found.text[place:]))
    return body


def _squeezed(text: str) -> str:
    """Text for a wrapped paragraph: runs of blanks as one."""
    return visible(_BLANKS.sub(" ", text))


def _as_code(text: str) -> str:
    """Text of which lines and blanks stay as they are."""
    return "\n".join(map(visible, text.split("\n")))


def _lines_of_code(found: ParagraphHit, console: Console, width: int) -> list[Text]:
    """The lines to show of a hunk: its header and those with matches, as they stand."""
    header, *lines = _marked(found, console, _as_code).split("\n")
    shown = [header, *([line for line in lines if _is_marked(line)] or lines)[: LINES_SHOWN - 1]]
    for line in shown:
        line.truncate(width, overflow="ellipsis")
    return shown


def _is_marked(line: Text) -> bool:
    return any(span.style == STYLE.match for span in line.spans)


def _around_matches(lines: list[Text]) -> list[Text]:
    """The lines to show of a long paragraph: its first, or those around its first match."""
    if len(lines) <= LINES_SHOWN:
        return lines
    marked = next((i for i, line in enumerate(lines) if _is_marked(line)), 0)
    first = 0 if marked < LINES_SHOWN - 1 else min(marked - 1, len(lines) - LINES_SHOWN)
    shown = lines[first : first + LINES_SHOWN]
    if first:
        shown[0] = Text("… ").append_text(shown[0])
    if first + LINES_SHOWN < len(lines):
        shown[-1].rstrip()
        shown[-1].append(" …")
    return shown


def summary(result: SearchResult) -> str:
    """The last line of a table: true counts, time, and how to see what is not shown."""
    text = f"{counted(result.total, 'message')}"
    if result.total_paragraphs:
        text += f", {counted(result.total_paragraphs, 'paragraph')}"
    text += f" ({result.took_ms:.0f} ms)"
    last = result.offset + len(result.hits)
    if last < result.total or result.offset:
        text += f"; shown {result.offset + 1} to {last}" if result.hits else "; none on this page"
    if last < result.total and result.hits:
        text += f", more with --offset {last}"
    return text


def plain_line(hit: Hit, *, cite: bool = False) -> str:
    """A hit as one line of tab-separated columns: date, sender, affiliation, list, subject, id, text.

    cite: how to cite the best paragraph, as one more column.

    The id is that of the best paragraph where one matched. Tabs and line ends in mail are blanks.
    """
    message = hit.message
    best = hit.paragraphs[0] if hit.paragraphs else None
    address = f" <{message.sender.address}>" if message.sender.address else ""
    columns = [
        message.date.strftime("%Y-%m-%d") if message.date else "",
        message.sender.name + address,
        _first_affiliation(message.affiliations),
        ",".join(message.lists),
        message.subject,
        f"{message.key}#p{best.ordinal}" if best else message.key,
        snippet(best) if best else "",
    ]
    if cite:
        columns.append(_cited(hit))
    return "\t".join(visible(c) for c in columns)


def _first_affiliation(affiliations: tuple[Affiliation, ...]) -> str:
    return next((a.name for a in affiliations if a.evidence.value != "domain"), "")


def snippet(found: ParagraphHit, length: int = 160) -> str:
    """At most `length` characters of a paragraph around its first match."""
    start = found.spans[0][0] if found.spans else 0
    first = max(0, start - length // 3)
    if first:
        blank = found.text.find(" ", first, start)
        first = blank + 1 if blank >= 0 else first
    cut = found.text[first : first + length]
    return ("… " if first else "") + cut + (" …" if first + length < len(found.text) else "")


def hit_json(hit: Hit, *, cite: bool = False) -> str:
    """A hit's record on one line; cite: with how to cite it."""
    return json_line({**hit_record(hit), **({"cite": _cited(hit)} if cite else {})})


def result_lines(
    result: SearchResult, form: str, console: Console, *, cite: bool = False
) -> Iterator[str | Text]:
    """An answer in one of the formats table, text, json, ndjson, ids; cite: how to cite each hit."""
    match form:
        case "json":
            record = result_record(result)
            if cite:
                for hit, row in zip(result.hits, record["hits"], strict=True):
                    row["cite"] = _cited(hit)
            yield json_text(record)
        case "ndjson":
            yield from (hit_json(h, cite=cite) for h in result.hits)
        case "ids":
            yield from (visible(h.key) for h in result.hits)
        case "text":
            yield from (plain_line(h, cite=cite) for h in result.hits)
        case _:
            for hit in result.hits:
                yield from hit_block(hit, console, cite=cite)
                yield Text("")
            yield Text(summary(result), style=STYLE.quiet, no_wrap=True, overflow="ignore")
