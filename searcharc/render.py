"""Results -> text for a terminal or a pipe.

Every string that comes from mail passes through `visible`: nothing in a message can move the cursor,
change a colour, or be read as markup. Colour is added here and nowhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from searcharc.message.numbers import parse_number
from searcharc.models import Affiliation, Hit, Message, Paragraph, ParagraphHit, SearchResult, Zone
from searcharc.records import hit_record, message_record, result_record

PARAGRAPHS_SHOWN = 3
"""Paragraphs of one message that a table shows before it says how many more there are."""
LINES_SHOWN = 5
"""Lines of one paragraph that a table shows, around its matches."""

_INDENT = 9
_PRINTED = re.compile(r"\s*(\S{1,12}?)[.):、]?\s+")
_BLANKS = re.compile(r"\s{2,}")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str, *, keep_lines: bool = False) -> str:
    r"""Text with control characters written out: ESC -> \x1b, a bidi override -> \u202e.

    Line ends and tabs become blanks, unless keep_lines.
    """
    if not keep_lines:
        text = text.replace("\n", " ").replace("\t", " ")
    elif "\t" in text:
        text = text.expandtabs(8)
    return _UNSAFE.sub(_written, text) if _UNSAFE.search(text) else text


def _written(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


@dataclass(frozen=True, slots=True)
class Style:
    """Names of rich styles. With colours off, matches stand in [brackets]."""

    subject: str = "bold"
    quiet: str = "dim"
    list: str = "cyan"
    number: str = "bold green"
    match: str = "bold yellow"
    zone: str = "magenta"


STYLE = Style()


def day(date: datetime | None) -> str:
    """A date as people write it: "28 May 2010"; "no date" for None. In the sender's own zone."""
    return f"{date.day} {date:%b} {date.year:04d}" if date else "no date"


def sender_line(message: Message) -> str:
    """Sender and for whom: "Ines Marchetti, Ministry of Water and Forests"."""
    name = message.sender.name or message.sender.address or "unknown sender"
    stated = [a for a in message.affiliations if a.evidence.value != "domain"]
    parts = [name, *dict.fromkeys(a.name for a in stated[:1])]
    if message.capacity:
        parts.append(f"in {message.capacity} capacity")
    return visible(", ".join(parts))


def hit_block(hit: Hit, console: Console) -> Iterator[Text]:
    """A hit as lines for a terminal of the console's width."""
    width = console.width
    message = hit.message
    lists = visible(", ".join(message.lists))
    when = day(message.date)
    room = width - _cells(when) - 3
    lists = _shortened(lists, max(8, width // 4))
    subject = _shortened(visible(message.subject) or "(no subject)", room - _cells(lists) - 3)
    first = Text(no_wrap=True)
    first.append(when, STYLE.quiet)
    first.append("   ")
    first.append(subject, STYLE.subject)
    first.append(" " * max(3, room - _cells(subject) - _cells(lists)))
    first.append(lists, STYLE.list)
    yield first
    yield Text(_shortened(sender_line(message), width), no_wrap=True)
    for found in hit.paragraphs[:PARAGRAPHS_SHOWN]:
        yield from _paragraph_block(message, found, console)
    more = len(hit.paragraphs) - PARAGRAPHS_SHOWN
    if more > 0:
        yield _quiet(
            f"and {more} more paragraph{'s' * (more > 1)}: searcharc show {visible(message.key)}", width
        )
    if not hit.paragraphs:
        yield _quiet(visible(message.key), width)


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
    body = _marked(found, console)
    width = max(20, console.width - _INDENT)
    lines = list(body.wrap(console, width))
    for line in _around_matches(lines, console):
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


def _marked(found: ParagraphHit, console: Console) -> Text:
    """The paragraph's text with its matches marked."""
    has_colour = console.color_system is not None
    body = Text()
    place = _behind_number(found)
    for start, end in found.spans:
        body.append(_squeezed(found.text[place:start]))
        word = _squeezed(found.text[start:end])
        body.append(word if has_colour else f"[{word}]", STYLE.match)
        place = end
    body.append(_squeezed(found.text[place:]))
    return body


def _behind_number(found: ParagraphHit) -> int:
    """Where the text begins behind its printed number, which the label shows; 0 where a match is in it."""
    match = _PRINTED.match(found.text) if found.number else None
    if match is None or str(parse_number(match.group(1))) != found.number:
        return 0
    return 0 if found.spans and found.spans[0][0] < match.end() else match.end()


def _squeezed(text: str) -> str:
    """Text for a wrapped paragraph: runs of blanks as one."""
    return visible(_BLANKS.sub(" ", text))


def _around_matches(lines: list[Text], console: Console) -> list[Text]:
    """The lines to show of a long paragraph: its first, or those around its first match."""
    if len(lines) <= LINES_SHOWN:
        return lines
    marked = next((i for i, line in enumerate(lines) if any(s.style == STYLE.match for s in line.spans)), 0)
    first = 0 if marked < LINES_SHOWN - 1 else min(marked - 1, len(lines) - LINES_SHOWN)
    shown = lines[first : first + LINES_SHOWN]
    if first:
        shown[0] = Text("… ").append_text(shown[0])
    if first + LINES_SHOWN < len(lines):
        shown[-1].rstrip()
        shown[-1].append(" …")
    return shown


def _cells(text: str) -> int:
    return cell_len(text)


def _shortened(text: str, cells: int) -> str:
    """The text cut to a width in terminal cells (a CJK character takes two)."""
    if cells <= 1:
        return ""
    if cell_len(text) <= cells:
        return text
    kept, used = [], 0
    for char in text:
        used += cell_len(char)
        if used > cells - 1:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def summary(result: SearchResult) -> str:
    """The last line of a table: true counts, time, and how to see what is not shown."""
    text = f"{_count(result.total, 'message')}"
    if result.total_paragraphs:
        text += f", {_count(result.total_paragraphs, 'paragraph')}"
    text += f" ({result.took_ms:.0f} ms)"
    last = result.offset + len(result.hits)
    if last < result.total or result.offset:
        text += f"; shown {result.offset + 1} to {last}" if result.hits else "; none on this page"
    if last < result.total and result.hits:
        text += f", more with --offset {last}"
    return text


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def plain_line(hit: Hit) -> str:
    """A hit as one line of tab-separated columns: date, sender, affiliation, list, subject, id, text.

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


def json_line(record: object) -> str:
    """JSON on one line, valid Unicode; ASCII control characters and bidi controls escaped."""
    return _escaped(json.dumps(record, ensure_ascii=False, separators=(", ", ": ")))


def json_text(record: object) -> str:
    """JSON over several lines."""
    return _escaped(json.dumps(record, ensure_ascii=False, indent=1))


def _escaped(text: str) -> str:
    # json.dumps escapes C0 itself; a raw C1 or bidi control would still reach the terminal.
    return re.sub(
        "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]",
        lambda m: f"\\u{ord(m.group()):04x}",
        text,
    )


def result_lines(result: SearchResult, form: str, console: Console) -> Iterator[str | Text]:
    """An answer in one of the formats table, text, json, ndjson, ids."""
    match form:
        case "json":
            yield json_text(result_record(result))
        case "ndjson":
            yield from (json_line(hit_record(h)) for h in result.hits)
        case "ids":
            yield from (visible(h.key) for h in result.hits)
        case "text":
            yield from (plain_line(h) for h in result.hits)
        case _:
            for hit in result.hits:
                yield from hit_block(hit, console)
                yield Text("")
            yield Text(summary(result), style=STYLE.quiet, no_wrap=True, overflow="ignore")


def message_lines(message: Message, paragraphs: Iterable[Paragraph] = ()) -> Iterator[Text]:
    """A message as text: its head, and its paragraphs with ordinals, numbers and zones."""
    chosen = tuple(paragraphs) or message.paragraphs
    sender = message.sender
    head = [
        ("Subject", message.subject),
        ("From", f"{sender.name} <{sender.address}>" if sender.address else sender.name),
        ("To", ", ".join(f"{m.name} <{m.address}>".strip() for m in message.to)),
        ("Cc", ", ".join(f"{m.name} <{m.address}>".strip() for m in message.cc)),
        ("Date", message.date.isoformat(" ") if message.date else "none"),
        ("List", ", ".join(message.lists)),
    ]
    for affiliation in message.affiliations:
        role = f"{affiliation.role}, " if affiliation.role else ""
        head.append(("For", f"{role}{affiliation.name} ({affiliation.evidence.value})"))
    head += [
        ("Capacity", message.capacity or ""),
        ("Attached", ", ".join(f"{a.name} ({a.type}, {a.size:,} bytes)" for a in message.attachments)),
        ("Id", message.key),
    ]
    head += [("Defect", d) for d in message.defects]
    for name, value in head:
        if value:
            line = Text(f"{name:9}", style=STYLE.quiet)
            line.append(visible(value), STYLE.subject if name == "Subject" else "")
            yield line
    zone = None
    for paragraph in chosen:
        yield Text("")
        if paragraph.zone is not zone:
            zone = paragraph.zone
            if zone is not Zone.OWN or len(chosen) < len(message.paragraphs):
                yield Text(f"--- {zone.value} ---", style=STYLE.zone)
        label = Text(f"p{paragraph.ordinal}".ljust(6), style=STYLE.quiet)
        if paragraph.number:
            label.append(f"¶ {visible(paragraph.number)} ", STYLE.number)
        prefix = "> " * min(paragraph.quote_depth, 9)
        label.append(prefix, STYLE.quiet)
        label.append(visible(paragraph.text, keep_lines=True).replace("\n", "\n" + " " * 6 + prefix))
        yield label


def inspect_lines(message: Message) -> Iterator[Text]:
    """How a message was read: what `message_lines` shows, and charsets, evidence and references."""
    source = message.source
    where = f"{source.archive}{'/' + source.file if source.file else ''}"
    yield Text(
        visible(f"{where} ({source.format}), bytes {source.offset} to {source.offset + source.length}")
    )
    yield from message_lines(message)
    yield Text("")
    notes = [f"date from {message.date_source.value}"]
    if message.sender.restored:
        notes.append("sender restored")
    notes += [f"charset declared {c.declared or 'nothing'}, read as {c.used}" for c in message.charsets]
    notes.append(f"language {message.language or 'not certain'}")
    for a in message.affiliations:
        notes.append(f"affiliation {a.name!r} by {a.evidence.value} ({a.confidence:.2f}): {a.text!r}")
    for p in message.paragraphs:
        for r in p.refs:
            of = f" of {r.document!r}" if r.document else ""
            notes.append(
                f"p{p.ordinal} mentions paragraph {r.number}{of}{' (inferred)' if r.inferred else ''}"
            )
    for note in notes:
        yield Text(visible(note), style=STYLE.quiet)


def message_json(message: Message) -> str:
    """The whole record of a message, on one line."""
    return json_line(message_record(message))
