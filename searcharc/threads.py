"""Messages -> the tree of their thread, by References and In-Reply-To.

After Zawinski, "Message threading" (1997): an id that is answered but not there stands in the tree as
an empty place; whoever answers the same lost message are siblings. By subject only an answer is joined that
names no id, and only to what was said on its list within SUBJECT_DAYS before; its place is marked.
Nothing here calls itself, so that no chain is too deep; a cycle is cut where it would close.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import pairwise

from searcharc.message.subjects import bare_subject, subject_marks
from searcharc.models import Message

MOST_REFERENCES = 1000
"""Ids of one References field that are read: its last ones."""
SUBJECT_DAYS = 30
"""Days over which an answer that names no id is joined to the message before it of the same subject."""

DEEPEST_SHOWN = 16
"""Depths of a tree that are drawn; what stands deeper is drawn there."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a thread. depth: 0 for a root; message: None where the id is answered but lost.

    trunk: for the last DEEPEST_SHOWN depths down to this one, whether more answers of that depth follow.
    by_subject: whether only the subject says that it belongs below the place above it.
    """

    id: str
    message: Message | None
    depth: int
    trunk: tuple[bool, ...] = ()
    by_subject: bool = False


def topic(message: Message) -> str:
    """The message's list and its bare subject; "" where it has no subject."""
    bare = bare_subject(message.subject)
    return f"{message.lists[0] if message.lists else ''}\n{bare}" if bare else ""


def is_stray(message: Message) -> bool:
    """Whether it is an answer, by its subject, that does not say what it answers."""
    return not (message.in_reply_to or message.references) and subject_marks(message.subject)[0]


def strays(messages: Iterable[Message]) -> dict[str, str]:
    """Key of each stray answer -> key of the message before it on the same topic, within SUBJECT_DAYS."""
    topics: dict[str, list[Message]] = {}
    for message in messages:
        if message.date is not None and (one := topic(message)):
            topics.setdefault(one, []).append(message)
    found: dict[str, str] = {}
    for told in topics.values():
        told.sort(key=_moment)
        for before, message in pairwise(told):
            near = _moment(message)[0] - _moment(before)[0] <= SUBJECT_DAYS * 86_400
            if near and is_stray(message):
                found[message.key] = before.key
    return found


def thread_places(messages: Iterable[Message]) -> list[Place]:
    """The places of the messages in reading order: answers stand behind what they answer, oldest first.

    Lost places are kept only where they hold several answers together.
    """
    known: dict[str, Message] = {}
    for message in messages:
        one = message.message_id or message.key
        known[message.key if one in known else one] = message  # another message bears the same id
    parents, guessed = _parents(known)
    children: dict[str, list[str]] = {}
    roots = []
    ids = dict.fromkeys((*known, *parents, *parents.values()))
    for one in ids:
        parent = parents.get(one)
        if parent is None:
            roots.append(one)
        else:
            children.setdefault(parent, []).append(one)
    moments = _moments(ids, children, roots, known)
    return _walked(roots, children, known, moments, guessed)


def _parents(known: dict[str, Message]) -> tuple[dict[str, str], set[str]]:
    """Child id -> parent id, without cycles; and the children of which only the subject says so."""
    parents: dict[str, str] = {}
    root_of: dict[str, str] = {}  # a forest of its own: who hangs below whom, with short ways

    def top(one: str) -> str:
        way = [one]
        while (above := root_of.get(way[-1], way[-1])) != way[-1]:
            way.append(above)
        for step in way[:-1]:
            root_of[step] = way[-1]
        return way[-1]

    def join(child: str, parent: str) -> None:
        if child not in parents and top(parent) != top(child):
            parents[child] = parent
            root_of[top(child)] = top(parent)

    ordered = sorted(known.items(), key=lambda pair: _moment(pair[1]))
    # What a message itself answers is sure; what its ancestors answered is only hearsay.
    for one, message in ordered:
        chain = answered(message)
        if chain:
            join(one, chain[-1])
    for _, message in ordered:
        for parent, child in pairwise(answered(message)):
            if child not in known:
                join(child, parent)
    id_of = {message.key: one for one, message in known.items()}
    guessed = {id_of[child]: id_of[parent] for child, parent in strays(known.values()).items()}
    for child, parent in guessed.items():
        join(child, parent)
    return parents, {child for child, parent in guessed.items() if parents.get(child) == parent}


def answered(message: Message) -> list[str]:
    """The ids that a message answers, the nearest last: References, and In-Reply-To where it says more."""
    own = message.message_id or message.key
    chain = [r for r in message.references[-MOST_REFERENCES:] if r != own]
    if message.in_reply_to and message.in_reply_to != own and message.in_reply_to not in chain:
        chain.append(message.in_reply_to)
    return list(dict.fromkeys(chain))


def _moment(message: Message) -> tuple[float, str]:
    return (message.date.timestamp() if message.date else float("inf"), message.key)


def _moments(
    ids: Iterable[str], children: dict[str, list[str]], roots: list[str], known: dict[str, Message]
) -> dict[str, tuple[float, str]]:
    """When each place began: a message's own date, for a lost one that of its first answer."""
    order, waiting = [], list(roots)
    while waiting:
        one = waiting.pop()
        order.append(one)
        waiting += children.get(one, ())
    moments: dict[str, tuple[float, str]] = {}
    for one in reversed(order):
        if one in known:
            moments[one] = _moment(known[one])
        else:
            moments[one] = min((moments[c] for c in children.get(one, ())), default=(float("inf"), one))
    return moments


def _walked(
    roots: list[str],
    children: dict[str, list[str]],
    known: dict[str, Message],
    moments: dict[str, tuple[float, str]],
    guessed: Container[str],
) -> list[Place]:
    places: list[Place] = []

    def sorted_below(one: str) -> list[str]:
        """The answers to a place; those to a lost one that holds no others together, in its stead."""
        found: list[str] = []
        waiting = [one]
        while waiting:
            for child in children.get(waiting.pop(), ()):
                if child in known or len(children.get(child, ())) > 1:
                    found.append(child)
                else:
                    waiting.append(child)
        return sorted(found, key=moments.__getitem__)

    kept = []
    waiting_roots = list(roots)
    while waiting_roots:
        root = waiting_roots.pop()
        if root in known or len(children.get(root, ())) > 1:
            kept.append(root)
        else:
            waiting_roots += children.get(root, ())
    stack: list[tuple[str, int, tuple[bool, ...]]] = [
        (one, 0, ()) for one in sorted(kept, key=moments.__getitem__, reverse=True)
    ]
    while stack:
        one, depth, trunk = stack.pop()
        places.append(Place(one, known.get(one), depth, trunk, one in guessed))
        for number, child in enumerate(reversed(sorted_below(one))):
            stack.append((child, depth + 1, (*trunk, number > 0)[-DEEPEST_SHOWN:]))
    return places
