"""One numbered paragraph of a document through the whole archive: where it stands, where it is
mentioned, and how its text changed.

The document of a printed paragraph is seldom said: the nearest title above it in the message is taken
for it, else the subject, and it is marked as inferred.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from searcharc.analysis import fold, terms
from searcharc.errors import MessageNotFoundError
from searcharc.message.numbers import ancestors, parse_number
from searcharc.models import Message, Paragraph, Zone

MOST_TITLE_WORDS = 16
"""Words of a line that may be a title."""
MOST_COMPARED = 4000
"""Words of a paragraph that are compared one by one; a longer one counts as new."""

_ORDINAL = re.compile(r"p(\d{1,7})\Z")


@dataclass(frozen=True, slots=True)
class ParagraphPlace:
    """A paragraph that bears the number, or (mentioned) one that refers to it.

    inferred: the document was not named beside the number.
    """

    message: Message
    paragraph: Paragraph
    mentioned: bool
    number: str
    document: str
    inferred: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A text of the paragraph that differs from all before it, at its first place.

    changes: (kind, words) with kind "same", "out" or "in" against the version before; all "in" for
    the first. again: how many later places have this very text.
    """

    place: ParagraphPlace
    changes: tuple[tuple[str, str], ...]
    again: int


def paragraph_places(
    messages: Iterable[Message], number: str, document: str | None = None
) -> list[ParagraphPlace]:
    """The places of a number in messages, in their order; document: words that its document must have."""
    wanted = terms(document or "")
    found = []
    for message in messages:
        for index, paragraph in enumerate(message.paragraphs):
            if paragraph.number and number in ancestors(paragraph.number):
                title = title_above(message, index)
                if _holds(title, wanted):
                    found.append(
                        ParagraphPlace(message, paragraph, False, paragraph.number, title, inferred=True)
                    )
            for reference in paragraph.refs:
                if number in ancestors(reference.number) and _holds(reference.document or "", wanted):
                    found.append(
                        ParagraphPlace(
                            message,
                            paragraph,
                            True,
                            reference.number,
                            reference.document or "",
                            reference.inferred,
                        )
                    )
                    break
    return found


def _holds(document: str, wanted: list[str]) -> bool:
    """Whether the words stand side by side in the document's name."""
    have = terms(document)
    return not wanted or any(have[i : i + len(wanted)] == wanted for i in range(len(have) - len(wanted) + 1))


def title_above(message: Message, index: int) -> str:
    """The nearest title above a paragraph of the same words' owner, else the subject."""
    depth = message.paragraphs[index].quote_depth
    for paragraph in reversed(message.paragraphs[:index]):
        if paragraph.quote_depth == depth and is_title(paragraph):
            return " ".join(paragraph.text.split())
    return message.subject


def is_title(paragraph: Paragraph) -> bool:
    """Whether a paragraph reads like a title: short, no sentence, its long words in capitals or capitalised."""
    text = paragraph.text.strip()
    words = text.split()
    if paragraph.number or paragraph.zone in (Zone.SIGNATURE, Zone.FOOTER):
        return False
    if not 2 <= len(words) <= MOST_TITLE_WORDS or text[-1] in ".,;:!?…":
        return False
    long = [w for w in words if len(w) > 3 and w[0].isalpha()]
    return bool(long) and sum(w[0].isupper() for w in long) * 3 >= len(long) * 2


def versions_of(places: Iterable[ParagraphPlace]) -> list[Version]:
    """The different texts among the printed places, in order; a quote or resend of one is none of its own."""
    versions: list[Version] = []
    known: dict[str, int] = {}
    for place in places:
        if place.mentioned:
            continue
        text = " ".join(fold(place.paragraph.text).split())
        if text in known:
            before = versions[known[text]]
            versions[known[text]] = Version(before.place, before.changes, before.again + 1)
            continue
        old = versions[-1].place.paragraph.text if versions else ""
        known[text] = len(versions)
        versions.append(Version(place, word_changes(old, place.paragraph.text), 0))
    return versions


def word_changes(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Word by word from one text to the next: ("same", "the road"), ("out", "was"), ("in", "is")."""
    before, after = old.split(), new.split()
    if not before or len(before) + len(after) > MOST_COMPARED:
        return tuple((kind, " ".join(words)) for kind, words in (("out", before), ("in", after)) if words)
    changes: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            changes.append(("same", " ".join(after[c:d])))
            continue
        if a < b:
            changes.append(("out", " ".join(before[a:b])))
        if c < d:
            changes.append(("in", " ".join(after[c:d])))
    return tuple(changes)


def named_paragraphs(message: Message, name: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a message that a name tells: "p7" the seventh, "OP24" or "24" those numbered so.

    Digits that no paragraph bears as its number are taken as the ordinal.

    Raises:
        MessageNotFoundError: there is none.
    """
    ordinal = _ORDINAL.match(name)
    number = None if ordinal else parse_number(name)
    found: tuple[Paragraph, ...] = ()
    if number is not None:
        found = tuple(p for p in message.paragraphs if p.number and str(number) in ancestors(p.number))
    if not found and (ordinal or name.isdecimal()):
        wanted = int(ordinal.group(1) if ordinal else name[:9])
        found = tuple(p for p in message.paragraphs if p.ordinal == wanted)
    if not found:
        raise MessageNotFoundError(
            f"the message has no paragraph {name!r}", hint=f"it has {len(message.paragraphs)} paragraphs"
        )
    return found
