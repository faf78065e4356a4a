"""Places and versions of one numbered paragraph -> lines and records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.text import Text

from searcharc.paragraphs import ParagraphPlace, Version
from searcharc.records import VERSION, Record, message_record, paragraph_record
from searcharc.render.messages import sender_line
from searcharc.render.plain import STYLE, day, shortened, visible

_INDENT = 5


def place_lines(places: Iterable[ParagraphPlace], console: Console) -> Iterator[Text]:
    """Each place: when and who, which document, the text."""
    for place in places:
        yield from _head(place, console)
        yield from _body(Text(visible(" ".join(place.paragraph.text.split()))), console, lines=4)
        yield Text("")


def version_lines(versions: Iterable[Version], console: Console) -> Iterator[Text]:
    """Each version: when and who, and its words against the version before."""
    coloured = console.color_system is not None
    for number, version in enumerate(versions, 1):
        yield from _head(version.place, console, f"version {number}, ")
        body = Text()
        for kind, words in version.changes:
            text = visible(words)
            if number == 1 or kind == "same":
                body.append(text)
            elif kind == "out":
                body.append(text if coloured else f"[-{text}-]", "red strike")
            else:
                body.append(text if coloured else f"{{+{text}+}}", "green")
            body.append(" ")
        yield from _body(body, console)
        if version.again:
            times = f"{version.again} more time{'s' * (version.again != 1)}"
            yield Text(
                f"{' ' * _INDENT}stands {times} in later mail, quoted or sent again", style=STYLE.quiet
            )
        yield Text("")


def _head(place: ParagraphPlace, console: Console, label: str = "") -> Iterator[Text]:
    message = place.message
    line = Text(no_wrap=True)
    line.append(f"{label}{day(message.date)}   ", STYLE.quiet)
    line.append(shortened(sender_line(message), console.width - len(line.plain)), STYLE.subject)
    yield line
    document = visible(place.document) or "no document"
    mark = " (inferred)" if place.inferred else ""
    verb = "mentions" if place.mentioned else "stands"
    where = (
        f"{verb} as {place.number} of {document}{mark}"
        if not place.mentioned
        else (f"mentions {place.number} of {document}{mark}")
    )
    zone = "" if place.paragraph.zone.value == "own" else f", {place.paragraph.zone.value}"
    key = f"{visible(message.key)}#p{place.paragraph.ordinal}"
    yield Text(
        " " * _INDENT + shortened(where + zone, console.width - _INDENT), style=STYLE.list, no_wrap=True
    )
    yield Text(" " * _INDENT + key, style=STYLE.quiet, no_wrap=True, overflow="ignore")


def _body(text: Text, console: Console, lines: int | None = None) -> Iterator[Text]:
    wrapped = list(text.wrap(console, max(20, console.width - _INDENT)))
    for number, line in enumerate(wrapped[:lines]):
        line.rstrip()
        if lines is not None and number == lines - 1 and len(wrapped) > lines:
            line.append(" …")
        yield Text(" " * _INDENT, no_wrap=True).append_text(line)


def places_record(number: str, document: str | None, places: Iterable[ParagraphPlace]) -> Record:
    """The places, as `para --json` prints them."""
    return {
        "version": VERSION,
        "number": number,
        "document": document,
        "places": [_place_record(p) for p in places],
    }


def versions_record(number: str, document: str | None, versions: Iterable[Version]) -> Record:
    """The versions, as `para --history --json` prints them."""
    return {
        "version": VERSION,
        "number": number,
        "document": document,
        "versions": [
            {
                **_place_record(v.place),
                "again": v.again,
                "changes": [{"kind": kind, "words": words} for kind, words in v.changes],
            }
            for v in versions
        ],
    }


def _place_record(place: ParagraphPlace) -> Record:
    return {
        "mentioned": place.mentioned,
        "number": place.number,
        "document": place.document or None,
        "inferred": place.inferred,
        "paragraph": paragraph_record(place.paragraph),
        "message": message_record(place.message, paragraphs=False),
    }
