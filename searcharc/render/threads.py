"""A thread -> a tree of lines, or a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from searcharc.records import VERSION, Record, message_record
from searcharc.render.messages import sender_line
from searcharc.render.plain import STYLE, counted, day, shortened, visible
from searcharc.threads import DEEPEST_SHOWN, Place

_DATE = 11
_BY_SUBJECT = "(by subject) "


def thread_lines(places: Sequence[Place], key: str, console: Console) -> Iterator[Text]:
    """The tree: date, sender and for whom; the subject where it changes; the asked message marked."""
    width = console.width
    subject = ""
    for place in places:
        message = place.message
        is_asked = message is not None and message.key == key
        line = Text(no_wrap=True)
        line.append("▶ " if is_asked else "  ", STYLE.match)
        line.append(
            day(message.date if message else None).rjust(_DATE) if message else " " * _DATE, STYLE.quiet
        )
        branch = "  " + "".join(_branches(place))
        line.append(branch, STYLE.quiet)
        room = width - cell_len(line.plain)
        if message is None:
            line.append(shortened(f"(not in the index: {visible(place.id)})", room), STYLE.quiet)
            yield line
            continue
        if place.by_subject:
            line.append(_BY_SUBJECT, STYLE.quiet)
            room -= cell_len(_BY_SUBJECT)
        who = shortened(sender_line(message), room)
        line.append(who, STYLE.subject if is_asked else "")
        bare = _bare(message.subject)
        if bare != subject and room - cell_len(who) > 12:
            line.append("  " + shortened(visible(message.subject), room - cell_len(who) - 2), STYLE.list)
        subject = bare
        yield line
    held = sum(p.message is not None for p in places)
    yield Text("")
    yield Text(counted(held, "message"), style=STYLE.quiet)


def _branches(place: Place) -> Iterator[str]:
    if place.depth > DEEPEST_SHOWN:
        yield "…"
    for number, goes_on in enumerate(place.trunk, 1):
        if number < len(place.trunk):
            yield "│ " if goes_on else "  "
        else:
            yield "├ " if goes_on else "└ "


def _bare(subject: str) -> str:
    """A subject without what an answer puts before it."""
    bare = subject.casefold().strip()
    while bare.startswith(("re:", "aw:", "sv:", "fw:", "fwd:")):
        bare = bare.partition(":")[2].strip()
    return bare


def thread_record(places: Iterable[Place], key: str) -> Record:
    """The thread, as `thread --json` prints it."""
    return {
        "version": VERSION,
        "id": key,
        "places": [
            {
                "id": place.id,
                "depth": place.depth,
                "by_subject": place.by_subject,
                "asked": place.message is not None and place.message.key == key,
                "message": message_record(place.message, paragraphs=False) if place.message else None,
            }
            for place in places
        ],
    }
