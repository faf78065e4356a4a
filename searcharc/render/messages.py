"""Messages -> text: whole, in parts, and as a citation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from rich.console import Console
from rich.text import Text

from searcharc.models import Affiliation, Evidence, Message, Paragraph, Zone
from searcharc.records import message_record
from searcharc.render.plain import STYLE, behind_number, counted, day, json_line, visible

_INDENT = 6  # where a paragraph's text begins
_ZONE_COLOURS = {
    Zone.QUOTED: "cyan",
    Zone.FORWARDED: "blue",
    Zone.SIGNATURE: "magenta",
    Zone.FOOTER: "yellow",
}
_OTHERS = (Zone.QUOTED, Zone.FORWARDED)


def sender_line(message: Message) -> str:
    """Sender and for whom: "Ines Marchetti, Ministry of Water and Forests"."""
    name = message.sender.name or message.sender.address or "unknown sender"
    stated = [a for a in message.affiliations if a.evidence.value != "domain"]
    parts = [name, *dict.fromkeys(a.name for a in stated[:1])]
    if message.capacity:
        parts.append(f"in {message.capacity} capacity")
    return visible(", ".join(parts))


def citation(message: Message, paragraph: Paragraph | None = None) -> str:
    """How to cite a message or a paragraph of it, on one line.

    Sender (affiliation), list, date, "subject", Message-ID, paragraph: printed number and ordinal.
    """
    sender = message.sender.name or message.sender.address or "unknown sender"
    stated = next((a for a in message.affiliations if a.evidence.value != "domain"), None)
    parts = [f"{sender} ({stated.name})" if stated else sender]
    if message.lists:
        parts.append(f"{message.lists[0]} list")
    parts += [
        day(message.date),
        f'"{message.subject or "(no subject)"}"',
        f"<{message.message_id or message.key}>",
    ]
    if paragraph is not None:
        place = f"p{paragraph.ordinal}"
        parts.append(f"para. {paragraph.number} ({place})" if paragraph.number else f"paragraph {place}")
        if paragraph.zone is not Zone.OWN:
            parts[-1] += f", {paragraph.zone.value}"
    return visible(", ".join(parts))


def message_lines(
    message: Message,
    paragraphs: Iterable[Paragraph] = (),
    *,
    fold_quotes: bool = False,
    colours: Mapping[Zone, str] | None = None,
    remarks: Callable[[Paragraph], Iterable[str]] | None = None,
) -> Iterator[Text]:
    """A message as text: its head, and its paragraphs with ordinals, numbers and zones.

    paragraphs: only these, each with how to cite it. fold_quotes: one line in place of each quote.
    colours: the style of each zone's text. remarks: lines to stand beneath a paragraph.
    """
    cited = tuple(paragraphs)
    chosen = cited or message.paragraphs
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
            line = Text()
            line.append(f"{name:9}", STYLE.quiet)
            line.append(visible(value), STYLE.subject if name == "Subject" else "")
            yield line
    zone = None
    folded: list[Paragraph] = []
    for paragraph, behind in zip(chosen, (*chosen[1:], None), strict=False):
        if fold_quotes and paragraph.zone in _OTHERS:
            folded.append(paragraph)
            if behind is None or behind.zone not in _OTHERS:
                first, last = folded[0].ordinal, folded[-1].ordinal
                span = f"p{first} to p{last}" if last > first else f"p{first}"
                yield Text("")
                yield Text(f"--- {counted(len(folded), 'quoted paragraph')}, {span} ---", style=STYLE.zone)
                folded, zone = [], paragraph.zone
            continue
        yield Text("")
        if paragraph.zone is not zone:
            is_first = zone is None
            zone = paragraph.zone
            if zone is not Zone.OWN or not is_first or len(chosen) < len(message.paragraphs):
                yield Text(f"--- {zone.value} ---", style=STYLE.zone)
        label = Text()
        label.append(f"p{paragraph.ordinal}".ljust(6), STYLE.quiet)
        if paragraph.number:
            label.append(f"¶ {visible(paragraph.number)} ", STYLE.number)
        prefix = "> " * min(paragraph.quote_depth, 9)
        label.append(prefix, STYLE.quiet)
        label.append(
            visible(paragraph.text[behind_number(paragraph) :], keep_lines=True).replace(
                "\n", "\n" + " " * 6 + prefix
            ),
            colours.get(paragraph.zone, "") if colours else "",
        )
        yield label
        for remark in remarks(paragraph) if remarks else ():
            yield Text(" " * _INDENT + visible(remark), style=STYLE.quiet)
        if cited:
            yield Text(f"      cite as: {citation(message, paragraph)}", style=STYLE.quiet)


def wrapped(lines: Iterable[Text], console: Console) -> Iterator[Text]:
    """The lines broken to the width of a terminal, the rest of each indented; in a pipe as they are."""
    if not console.is_terminal:
        yield from lines
        return
    width = max(30, console.width - _INDENT)
    for line in lines:
        for piece in line.split("\n", allow_blank=True):
            for number, part in enumerate(piece.wrap(console, width)):
                part.rstrip()
                yield Text(" " * _INDENT).append_text(part) if number else part


def inspect_lines(message: Message) -> Iterator[Text]:
    """How a message was read: what `message_lines` shows, zones in colour, and why it was read so.

    Beneath a paragraph stands what it mentions, and which affiliation was read from a line of it.
    """
    source = message.source
    where = f"{source.archive}{'/' + source.file if source.file else ''}"
    yield Text(
        visible(f"{where} ({source.format}), bytes {source.offset} to {source.offset + source.length}")
    )
    shown: set[Affiliation] = set()

    def remarks(paragraph: Paragraph) -> Iterator[str]:
        for reference in paragraph.refs:
            of = f" of {reference.document!r}" if reference.document else ""
            inferred = " (inferred)" if reference.inferred else ""
            yield f"p{paragraph.ordinal} mentions paragraph {reference.number}{of}{inferred}"
        for affiliation in message.affiliations:
            if affiliation not in shown and _stands_in(affiliation, paragraph):
                shown.add(affiliation)
                yield _evidence(affiliation)

    yield from message_lines(message, colours=_ZONE_COLOURS, remarks=remarks)
    yield Text("")
    notes = [f"date from {message.date_source.value}"]
    if message.sender.restored:
        notes.append("sender restored")
    notes += [f"charset declared {c.declared or 'nothing'}, read as {c.used}" for c in message.charsets]
    notes.append(f"language {message.language or 'not certain'}")
    notes += [_evidence(a) for a in message.affiliations if a not in shown]
    for note in notes:
        yield Text(visible(note), style=STYLE.quiet)


def _stands_in(affiliation: Affiliation, paragraph: Paragraph) -> bool:
    """Whether the line of an affiliation stands in a paragraph of the sender's, not in the header."""
    of_text = affiliation.evidence in (Evidence.TABLE, Evidence.SIGNATURE, Evidence.STATEMENT)
    return of_text and not paragraph.quote_depth and affiliation.text in paragraph.text


def _evidence(affiliation: Affiliation) -> str:
    how = f"{affiliation.evidence.value} ({affiliation.confidence:.2f})"
    return f"affiliation {affiliation.name!r} by {how}: {affiliation.text!r}"


def message_json(message: Message) -> str:
    """The whole record of a message, on one line."""
    return json_line(message_record(message))
