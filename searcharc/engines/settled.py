"""What only other messages tell of one, in its plain form: zones of paragraphs, sureness of affiliations.

Two zones are not to be seen in one message alone. A footer that a list, a company or a provider puts
under its mails may stand there without a rule or any word that says so: it is known by repetition, the
same paragraphs at the end of mails of several senders. And mail programs answer without marking what
they repeat: a paragraph of the message that is answered is that sender's, not the answerer's. And an
organisation that stands in the signatures of several mails of one sender is surer than one that stands once.

This is settled anew with each commit, from the messages that are there; what is stored of a message
stays as its own bytes tell it, so that adding to an index ends as building it anew would. `engines.whoosh`
has the same rule over arrays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b

from searcharc.message.hunks import is_hunk
from searcharc.message.orgnames import organisation_key
from searcharc.models import Affiliation, Evidence, Message, Paragraph, Zone

LEAST = 40
"""Characters of a paragraph, white space folded, from which on its repetition says something."""

SENDERS = 3
"""Senders under whose mails the same paragraph must stand to be a footer."""

DEEPEST = 3
"""Paragraphs of a footer. Mails of which more is the same are one letter that several people sent."""


SIGNED = 3
"""Mails of a sender that must be signed with an organisation to make it surer."""

_SURER, _SUREST = 0.05, 0.97


def hashed(text: str) -> int:
    """64 bits of a text; 0 for none, and for no other."""
    if not text:
        return 0
    return int.from_bytes(blake2b(text.encode("utf-8"), digest_size=8).digest(), "little") or 1


def paragraph_print(paragraph: Paragraph) -> int:
    """By what a paragraph is known again: equal for equal words, 0 where it is too short or another's."""
    text = paragraph.text
    if (
        len(text) < LEAST
        or paragraph.quote_depth
        or paragraph.zone not in (Zone.OWN, Zone.SIGNATURE)
        or is_hunk(text)
    ):
        return 0
    folded = " ".join(text.casefold().split())
    return hashed(folded) if len(folded) >= LEAST else 0


def sender_of(message: Message) -> str:
    """Who sent a message: the name, for many have several addresses, else the address; case folded."""
    return " ".join((message.sender.name or message.sender.address).casefold().split())


def signed(message: Message) -> list[tuple[int, str]]:
    """(place among the affiliations, sender and organisation) of those that the signature tells."""
    sender = sender_of(message)
    return [
        (place, f"{sender}\n{organisation_key(affiliation.name)}")
        for place, affiliation in enumerate(message.affiliations)
        if affiliation.evidence is Evidence.SIGNATURE and sender
    ]


def with_surer(message: Message, places: Collection[int]) -> Message:
    """The message, with the affiliations at these places a little surer, the surest first."""
    if not places:
        return message
    found = [_surer(a) if place in places else a for place, a in enumerate(message.affiliations)]
    return replace(message, affiliations=tuple(sorted(found, key=lambda a: -a.confidence)))


def _surer(affiliation: Affiliation) -> Affiliation:
    raised = min(_SUREST, round(affiliation.confidence + _SURER, 3))
    return replace(affiliation, confidence=max(affiliation.confidence, raised))


def answered_by(message: Message) -> str:
    """The id of the message that this one answers, "" where it says none."""
    return message.in_reply_to or (message.references[-1] if message.references else "")


def settled(messages: Iterable[Message]) -> list[Message]:
    """The messages as they are to be read among each other."""
    messages = list(messages)
    counts = Counter(name for message in messages for _, name in signed(message))
    prints = [[paragraph_print(p) for p in m.paragraphs] for m in messages]
    senders: dict[int, set[str]] = {}
    said: dict[tuple[str, int], set[str]] = {}  # (id, print) -> who said it there
    for message, row in zip(messages, prints, strict=True):
        for mark in filter(None, row):
            if sender_of(message):
                senders.setdefault(mark, set()).add(sender_of(message))
            said.setdefault((message.message_id or message.key, mark), set()).add(sender_of(message))
    repeated = {mark for mark, by in senders.items() if len(by) >= SENDERS}
    found = []
    for message, row in zip(messages, prints, strict=True):
        paragraphs = list(message.paragraphs)
        for at, mark in enumerate(row):
            before = said.get((answered_by(message), mark), set())
            if before and sender_of(message) not in before and paragraphs[at].zone is Zone.OWN:
                paragraphs[at] = replace(paragraphs[at], zone=Zone.QUOTED)
        for at in _footer(message.paragraphs, [mark in repeated for mark in row]):
            paragraphs[at] = replace(paragraphs[at], zone=Zone.FOOTER)
        surer = [place for place, name in signed(message) if counts[name] >= SIGNED]
        found.append(with_surer(replace(message, paragraphs=tuple(paragraphs)), surer))
    return found


def _footer(paragraphs: Sequence[Paragraph], repeated: Sequence[bool]) -> list[int]:
    """Which paragraphs are a footer by repetition: the last ones, but for those known as footers."""
    shown = [at for at, paragraph in enumerate(paragraphs) if paragraph.zone is not Zone.FOOTER]
    run: list[int] = []
    for at in reversed(shown):
        if not repeated[at]:
            return run if len(run) <= DEEPEST else []
        run.append(at)
    return []  # all of it is the same: a letter, not a footer
