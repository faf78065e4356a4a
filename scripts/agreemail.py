"""Random mail and random query trees for agree.py: the same seed gives the same mail and the same trees.

The words are few and of many shapes, so that queries and mail meet: inflected and accented words, compound
ones, scripts without blanks, numbers, and words that differ by a letter or an accent alone.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeVar

from searcharc.analysis import Token, fold, tokenize
from searcharc.engines.document import document_of
from searcharc.fields import BY_NAME
from searcharc.models import (
    Affiliation,
    Attachment,
    Charset,
    DateSource,
    Evidence,
    Mailbox,
    Message,
    Origin,
    Paragraph,
    Reference,
    Sender,
    Zone,
)
from searcharc.query.tree import (
    All,
    Any,
    Everything,
    Near,
    Node,
    Not,
    Pattern,
    Phrase,
    Span,
    Term,
    Test,
    Thread,
    Value,
    Words,
)

T = TypeVar("T")

_TEXT = """
the of not harbour harbours quarry quarries meadow move moved moving lantern lanterns die dying lie lying
délégué délégués delegue délégation marché marche marches côté côte cote cotes résumé resume résumés naïve
cooperation cooperated coopération cooperación acción acciones straße strasse Ωmega любовь ёлка елка
Secretary-General O'Halloran d'études A/RES/65/141 draft-ietf-foo-02 CVE-2024-1234 RFC 2119 v1.2.3 24 2010
ann@example.org https://example.org/a?b=c ｗｉｄｅ wide İstanbul
互联网治理 治理 会議 ガバナンス 인터넷 거버넌스 การกำกับ 治
"""
WORDS = _TEXT.split()
WEIGHTS = [1 / (1 + place % 17) for place in range(len(WORDS))]
LETTERS = (
    "Nothing that is said in this letter binds the sender or anybody else",
    "You get this because you joined the list of the harbour and the meadow",
    "The delegates met twice in the old quarry and agreed on a lantern each",
    "Résumé de la séance : les délégués ont coopéré à propos du marché",
)
"""Paragraphs long enough to be known again, so that footers and unmarked quotations are found."""
NUMBERS = ("1", "21", "24", "24(a)", "24(a)(ii)", "24bis", "OP24bis", "OP21bis(a)", "PP3", "30", "30alt2")
DOCUMENTS = ("Tunis Agenda", "Lisbon Agenda", "A/RES/65/141", "Déclaration de Genève")
NAMES = ("Ines Marchetti", "Bo Sample", "Cy Délégué", "Anne Harbour", "王小明", "")
ADDRESSES = ("ines@example.org", "BO@lists.example.org", "cy@water.example.net", "anne@mail.example.com", "")
ORGANISATIONS = (
    "Ministry of Water and Forests",
    "Norwick Institute",
    "Pelham Shipping",
    "Ministère du Marché",
)
ROLES = ("Deputy Director", "Envoy of the harbour", "Délégué")
ARCHIVES = ("/mail/list.mbox", "/mail/2010-May.txt")
LISTS = ("governance", "watershed", "治理")
EVIDENCE, ZONES = tuple(Evidence), tuple(Zone)
FIRST = datetime(2008, 12, 30, 23, 30, tzinfo=UTC)


class MailMaker:
    """Invents the messages of one archive."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def messages(self, count: int) -> list[Message]:
        """So many messages, each with a key of its own; some answer others, or messages that are not there."""
        made: list[Message] = []
        for number in range(count):
            made.append(self._message(number, made))
        return made

    def text(self, most: int = 14) -> str:
        """Words, 1 to `most` of them."""
        return " ".join(self._chance.choices(WORDS, WEIGHTS, k=self._chance.randint(1, most)))

    def _message(self, number: int, before: list[Message]) -> Message:
        chance = self._chance
        answered = chance.choice(before) if before and chance.random() < 0.5 else None
        message_id = f"m{number}@example.org"
        if chance.random() < 0.05:  # an id that another message bears, or none
            message_id = before[-1].message_id if before and chance.random() < 0.5 else None
        key = message_id if message_id == f"m{number}@example.org" else f"sha-{number:04d}"
        parent = (
            (answered.message_id or answered.key) if answered else f"gone{chance.randrange(9)}@example.org"
        )
        date = self._date()
        return Message(
            key=key,
            message_id=message_id,
            lists=tuple(chance.sample(LISTS, chance.choice((0, 1, 1, 1, 2)))),
            list_ids=("governance.lists.example.org",) if chance.random() < 0.3 else (),
            subject=self._subject(answered),
            sender=Sender(chance.choice(NAMES), chance.choice(ADDRESSES), chance.random() < 0.1),
            to=self._mailboxes(2),
            cc=self._mailboxes(1),
            date=date,
            date_source=chance.choice((DateSource.HEADER, DateSource.RECEIVED)) if date else DateSource.NONE,
            affiliations=tuple(self._affiliation(o) for o in self._some(ORGANISATIONS, 2)),
            capacity=chance.choice((None, None, None, "personal")),
            thread=key,
            in_reply_to=parent if answered and chance.random() < 0.7 else None,
            references=(parent,) if chance.random() < 0.3 else (),
            language=chance.choice((None, "en", "fr", "zh")),
            attachments=tuple(
                Attachment(n, chance.choice(("application/pdf", "image/png")), 9)
                for n in self._some(("draft.pdf", "Résumé final.PDF"), 1)
            ),
            source=Origin(chance.choice(ARCHIVES), None, "mbox", 0, chance.randrange(6000)),
            copies=(Origin("/mail/other.mbox", None, "mbox", 0, 10),) if chance.random() < 0.1 else (),
            charsets=tuple(self._some((Charset("gb2312", "gb18030"), Charset(None, "utf-8")), 1)),
            defects=tuple(self._some(("no date",), 1)),
            paragraphs=self._paragraphs(answered),
            flags=tuple(self._some(("html", "auto"), 2)),
        )  # fmt: skip

    def _some(self, values: tuple[T, ...], most: int) -> list[T]:
        return self._chance.sample(values, self._chance.randint(0, most))

    def _date(self) -> datetime | None:
        """With ties, at the ends of days and years, in several zones; sometimes none."""
        if self._chance.random() < 0.1:
            return None
        zone = timezone(timedelta(hours=self._chance.choice((0, 0, 9, -8))))
        return (
            FIRST + timedelta(minutes=30 * self._chance.choice((0, 1, 2, 47, 4000, 17520, 30000)))
        ).astimezone(zone)

    def _subject(self, answered: Message | None) -> str:
        if answered and self._chance.random() < 0.7:
            return f"Re: {answered.subject}"
        return self.text(6) if self._chance.random() < 0.9 else ""

    def _mailboxes(self, most: int) -> tuple[Mailbox, ...]:
        count = self._chance.randint(0, most)
        return tuple(
            Mailbox(self._chance.choice(NAMES), self._chance.choice(ADDRESSES[:4])) for _ in range(count)
        )

    def _affiliation(self, organisation: str) -> Affiliation:
        role = self._chance.choice((None, *ROLES))
        return Affiliation(organisation, role, self._chance.choice(EVIDENCE), organisation, 0.9)

    def _paragraphs(self, answered: Message | None) -> tuple[Paragraph, ...]:
        chance = self._chance
        texts = [self.text(30 if chance.random() < 0.1 else 14) for _ in range(chance.randint(0, 6))]
        if answered and answered.paragraphs and chance.random() < 0.5:  # repeated without a mark
            texts.insert(0, chance.choice(answered.paragraphs).text)
        texts += chance.sample(LETTERS, chance.choice((0, 0, 1, 2)))
        return tuple(
            Paragraph(
                ordinal=ordinal,
                number=chance.choice(NUMBERS) if chance.random() < 0.4 else None,
                refs=tuple(
                    Reference(n, chance.choice((None, *DOCUMENTS)))
                    for n in (self._some(NUMBERS, 3) if chance.random() < 0.4 else ())
                ),
                zone=Zone.OWN if chance.random() < 0.6 else chance.choice(ZONES),
                quote_depth=int(chance.random() < 0.1),
                text=text,
            )
            for ordinal, text in enumerate(texts, 1)
        )


TEXT_FIELDS = (None, None, None, "subject", "from", "to", "cc", "with", "affiliation", "affiliation~", "role",
               "body", "own", "quoted", "sig", "archive", "file", "doc")  # fmt: skip
VALUES = {
    "para": (*NUMBERS, "24(b)", "OP24", "99"),
    "ref": (*NUMBERS, "99"),
    "list": ("governance", "watershed", "治理", "governance.lists.example.org"),
    "lang": ("en", "fr", "de"),
    "charset": ("gb2312", "gb18030", "utf-8"),
    "has": ("attachment", "html", "number", "ref", "affiliation"),
    "is": ("reply", "html", "defect", "baddate", "auto"),
    "type": ("application/pdf", "application", "image"),
    "domain": ("example.org", "lists.example.org", "water.example.net"),
    "capacity": ("personal",),
}
WILD_VALUES = {
    "list": ("gov*", "*shed", "治?", "g*.?rg"),
    "type": ("*/pdf", "im*"),
    "domain": ("*.org", "water?example.*"),
}


class TreeMaker:
    """Invents queries, as trees, about the mail of one archive."""

    def __init__(self, chance: random.Random, messages: list[Message]) -> None:
        self._chance = chance
        self._messages = messages
        said = [t for m in messages for p in m.paragraphs if (t := tokenize(p.text))]
        self._texts: dict[str, list[list[Token]]] = {"text": said, "doc": [tokenize(d) for d in DOCUMENTS]}
        for message in messages:
            for name, values in document_of(message).texts.items():
                self._texts.setdefault(name, []).extend(t for v in values if (t := tokenize(v)))

    def tree(self, depth: int = 3) -> Node:
        """A tree of at most so many levels above its leaves."""
        chance = self._chance
        kind = chance.random()
        if depth == 0 or kind < 0.3:
            return self._leaf()
        if kind < 0.4:
            return Not(self.tree(depth - 1))
        if kind < 0.43:
            return Thread(self.tree(depth - 1))
        children = tuple(self.tree(depth - 1) for _ in range(chance.choice((2, 2, 3))))
        return All(children) if kind < 0.78 else Any(children)

    def _leaf(self) -> Node:
        kind = self._chance.random()
        if kind < 0.6:
            return self._words()
        if kind < 0.85:
            return self._value()
        if kind < 0.98:
            return self._span()
        return Everything()

    def _words(self) -> Words:
        """A pattern made of words that stand in the field somewhere."""
        field = self._chance.choice(TEXT_FIELDS)
        names = BY_NAME[field].terms if field else ("text", "text", "subject", "sender")
        return Words(self._pattern(self._texts[self._chance.choice(names)]), field)

    def _pattern(self, texts: list[list[Token]]) -> Pattern:
        text = self._chance.choice(texts)
        kind = self._chance.random()
        if kind < 0.85:
            return self._phrase(text)
        words = Near(
            tuple(Phrase((self._term(self._chance.choice(text)),)) for _ in "ab"), self._chance.randint(1, 8)
        )
        if kind < 0.95:
            return words
        return Near(tuple(self._phrase(text) for _ in range(self._chance.choice((2, 3)))), words.distance)

    def _phrase(self, text: list[Token]) -> Phrase:
        """Tokens that stand side by side in a text, each tested in one of the ways."""
        length = min(self._chance.choice((1, 1, 1, 2, 2, 3)), len(text))
        first = self._chance.randint(0, len(text) - length)
        return Phrase(tuple(self._term(token) for token in text[first : first + length]))

    def _term(self, token: Token) -> Term:
        chance, word = self._chance, token.term
        match chance.choices(tuple(Test), (5, 6, 2, 2, 1, 1))[0]:
            case Test.STEM:
                return Term(Test.STEM, chance.choice((token.exact, word)))
            case Test.FOLDED:
                return Term(Test.FOLDED, word)
            case Test.ACCENTED:
                return Term(Test.ACCENTED, chance.choice((token.exact, word)))
            case Test.WILDCARD:
                return Term(Test.WILDCARD, chance.choice(self._wildcards(word)))
            case Test.REGEX:
                return Term(
                    Test.REGEX, chance.choice((f"{word[:2]}.+", f"[{word[0]}x]{'.' * (len(word) - 1)}"))
                )
            case Test.FUZZY:
                return self._misspelt(word)

    def _wildcards(self, word: str) -> tuple[str, ...]:
        place = self._chance.randrange(len(word))
        start, letter, end = word[:place], word[place], word[place + 1 :]
        return (f"{start or letter}*", f"*{letter}{end}", f"{start}?{end}", f"{word[0]}*{letter}*")

    def _misspelt(self, word: str) -> Term:
        place = self._chance.randrange(len(word))
        changed = self._chance.choice((word[:place] + word[place + 1 :], word[:place] + "e" + word[place:],
                                       word[:place] + word[place : place + 2][::-1] + word[place + 2 :]))  # fmt: skip
        return Term(Test.FUZZY, fold(changed) or word, self._chance.choice((1, 1, 2)))

    def _value(self) -> Value:
        chance = self._chance
        if chance.random() < 0.1:
            field = chance.choice(tuple(WILD_VALUES))
            return Value(field, chance.choice(WILD_VALUES[field]), True)
        field = chance.choice((*VALUES, "para", "para", "para", "ref", "ref", "id", "thread"))
        if field in ("id", "thread"):
            return Value(field, chance.choice(self._messages).key)
        return Value(field, chance.choice(VALUES[field]))

    def _span(self) -> Span:
        chance = self._chance
        field = chance.choice(("para", "ref", "date", "date", "year", "size"))
        if field in ("para", "ref"):
            low, high = chance.choice((None, 2, 21, 24)), chance.choice((None, 24, 29, 30))
        elif field == "size":
            low, high = chance.choice((None, 1000)), chance.choice((None, 3000))
        else:
            dates = [int(m.date.timestamp()) for m in self._messages if m.date]
            low, high = sorted(chance.choices(dates, k=2))
            low, high = chance.choice(((low, high), (low, None), (None, high)))
        return Span(field, low, high)
