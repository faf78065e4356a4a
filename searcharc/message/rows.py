"""A line of a signature -> its pieces, in order.

Used by `message.signature`. A line is cut into cells (at wide gaps and bars) and each cell into
pieces (at commas, dashes, "at"); frames and drawings at its edge are left out, and so are
mottoes and ways to reach somebody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from searcharc.message import organisations as words
from searcharc.message.pieces import Kind, is_title, kind_of
from searcharc.message.zoned import fold_words

_CELL = re.compile(r"\s{3,}|\t+|\s*[|｜│¦]+\s*|\s+\\\s+|\s{2,}(?=\S)")
_TWO_LETTERS = re.compile(r"[^\W_]{2}|[^\x00-\x7f]")
_MARK = re.compile(r"[^\w\s.,&]")
_ART_TOKENS = frozenset(("(*)", "(o)", "(_)", "O__", "o__"))
_PIECE = re.compile(
    r"\s*[,;•·]\s*|\s+(?:-{1,3}|–|—|@|/|::)\s+|\s*--+\s*|:\s+(?=[A-Z])|\s+at\s+(?:the\s+)?(?=[A-Z])"
    r"|(?<=[\u3040-\u30ff\u3400-\u9fff])(?<!株式会社)\s+(?=[\u3040-\u30ff\u3400-\u9fff])"
)
# "University of Tarnholm at Quillmere", "Mission to the United Nations at Geneva": one name.
_SEATED = re.compile(
    r"((?<!\w)(?:University|College|Mission|Delegation|Office|Organization)\s(?:[^,;|]*?\s)?)at\s(?=[A-Z]\w+(?:\s[A-Z]\w+)?\s*(?:[,;|]|$))"
)
# "Visit us at the Harbour Forum": what is advertised is not whom the sender speaks for.
_CALL = re.compile(
    r"\W{0,3}(?:visit|join|meet|see|come|register|follow|check|support|donate|attend|read|save\s+the\s+date)\s(?!of\b)[a-z]",
    re.IGNORECASE,
)
_MOTTO = re.compile(r"^[\"“”„«'‘]|[\"”»]\s*$|^(?:\(|\[)?[\"“]")
_BRACKETS = re.compile(r"\s*[(<\[](?:https?:|www\.|[^()<>\[\]]*@)[^()<>\[\]]*[)>\]]")
_LEGAL_COMMA = re.compile(
    r",\s*(?=(?:Inc|LLC|L\.L\.C|Ltd|Limited|LLP|Corp|Co|S\.\s?A|S\.\s?L|S\.\s?r|GmbH|Pvt|Pty|PLC|plc|AG|"
    r"B\.V|K\.K)\b)"
)
_PROTECTED, _AT = "\u0001", "\u0002"


@dataclass(slots=True)
class Row:
    """A line's pieces in order, with what each is."""

    line: str
    pieces: list[tuple[Kind, str]] = field(default_factory=list)

    def of(self, *kinds: Kind) -> list[str]:
        return [text for kind, text in self.pieces if kind in kinds]


def read_row(line: str, name_words: frozenset[str], hosts: set[str]) -> Row:
    row = Row(" ".join(line.split()))
    if len(line) < 40 and name_words and fold_words(line) <= name_words:
        row.pieces.append((Kind.NAME, line.strip()))
        return row
    if _CALL.match(line):
        row.pieces.append((Kind.NOTHING, row.line))
        return row
    text = _strip_art(line.replace("**", "") if "**" in line else line)
    for cell in _CELL.split(text):
        cell = cell.strip(" *_\t")
        if not cell:
            continue
        if _MOTTO.search(cell):
            row.pieces.append((Kind.NOTHING, cell))
            continue
        if words.is_registration(cell) and words.ROLE.fullmatch(cell) is None:
            # "Tarnholm GmbH, Managing Director: ...": the name, if any, comes first.
            head = re.split(r"[,;]\s", cell, maxsplit=1)[0]
            if words.is_registration(head) or not words.LEGAL_FORM.search(head):
                row.pieces.append((Kind.NOTHING, cell))
                continue
            cell = head
        row.pieces.extend(_read_cell(cell, name_words, hosts))
    return row


def _strip_art(line: str) -> str:
    """A line without the frame or drawing before it: " (*) \\(*) -- University" -> "University"."""
    tokens = line.split(" ")
    first = 0
    while first < len(tokens) - 1 and _is_art(tokens[first]):
        first += 1
    if not any(_MARK.search(token) for token in tokens[:first]):
        first = 0  # initials, a number: no drawing
    return " ".join(tokens[first:]).strip(" |*_=~#+\t\\")


def _is_art(token: str) -> bool:
    return (
        len(token) < 12 and _TWO_LETTERS.search(token) is None and token[:1] not in ("(", "<", '"')
    ) or token in _ART_TOKENS


def _read_cell(cell: str, name_words: frozenset[str], hosts: set[str]) -> list[tuple[Kind, str]]:
    cell = _BRACKETS.sub("", cell)
    contact = words.CONTACT.search(cell)
    if contact is not None:
        if contact.start() == 0:
            return [(Kind.NOTHING, cell)]
        cell = cell[: contact.start()].rstrip(" ,;:-–—(<[/|")
        if not cell:
            return []
    legal = None
    for legal in words.LEGAL_FORM.finditer(cell):
        if legal.start() > 0:
            break
    else:
        legal = None
    if legal is not None and legal.start() > 1 and is_title(cell[: legal.end()]):
        end = legal.end()
        if cell[end : end + 1] == ")" and "(" in cell[:end]:
            end += 1
        name, rest = cell[:end], cell[end:]
        found = _legal_name(name, name_words)
        return found + (
            _read_pieces(rest.strip(" ,;-–—"), name_words, hosts) if rest.strip(" ,;.-–—") else []
        )
    return _read_pieces(_LEGAL_COMMA.sub(_PROTECTED, cell), name_words, hosts)


def _legal_name(text: str, name_words: frozenset[str]) -> list[tuple[Kind, str]]:
    """The pieces of a cell that ends with a legal form: "Ann Example, Tarnholm Ltd"."""
    protected = _LEGAL_COMMA.sub(_PROTECTED, text)
    parts = [part for part in _PIECE.split(protected) if part and part.strip()]
    pieces: list[tuple[Kind, str]] = []
    while len(parts) > 1:
        head = parts[0]
        kind = kind_of(head, name_words, set())
        if kind not in (Kind.NAME, Kind.ROLE, Kind.UNIT, Kind.WHOLE):
            break
        pieces.append((kind, _clean(head)))
        parts.pop(0)
    if pieces and parts:
        text = protected[protected.index(parts[0]) :]
    pieces.append((Kind.WHOLE, _clean(text)))
    return pieces


def _read_pieces(text: str, name_words: frozenset[str], hosts: set[str]) -> list[tuple[Kind, str]]:
    if not text:
        return []
    bilingual = _bilingual(text)
    if bilingual is not None:
        return bilingual
    parts = [part.strip() for part in _PIECE.split(_SEATED.sub(r"\1" + _AT, text)) if part and part.strip()]
    parts = [part.replace(_AT, "at ") for part in parts]
    if len(parts) == 1 and "/" in text and text.count("/") == 1:
        # "Director/Centre for ..." binds a role to its body.
        left, right = text.split("/")
        if kind_of(left, name_words, hosts) is Kind.ROLE and kind_of(right, name_words, hosts) in (
            Kind.WHOLE,
            Kind.BODY,
        ):
            parts = [left, right]
    kinds = [(kind_of(part, name_words, hosts), _clean(part)) for part in parts]
    graded = [words.GRADE.fullmatch(part) is not None for part in parts]
    if any(graded) and all(
        kind is Kind.ROLE or grade for (kind, _), grade in zip(kinds, graded, strict=True)
    ):
        return [(Kind.ROLE, _clean(text))]  # "Senior - Product Engineer"
    if (
        len(kinds) > 1
        and all(kind in (Kind.ROLE, Kind.PLAIN) for kind, _ in kinds)
        and kinds[0][0] is Kind.ROLE
    ):
        roles = sum(kind is Kind.ROLE for kind, _ in kinds)
        if roles > 1 or " / " in text:
            return [(Kind.ROLE, _clean(text))]
    return [piece for piece in kinds if piece[1]]


def _bilingual(text: str) -> list[tuple[Kind, str]] | None:
    """Both halves of "Ministère des Marées / Ministry of Tides", None where it is no such line."""
    match = re.fullmatch(r"([^/]{6,}?)\s*(?:\s/|/\s)\s*([^/]{6,})", text)
    if match is None:
        return None
    halves = [match[1], match[2]]
    for wanted in (Kind.WHOLE, Kind.ROLE):
        kinds = [kind_of(half, frozenset(), set()) for half in halves]
        if all(kind is wanted for kind in kinds):
            return [(wanted, _clean(half)) for half in halves]
    return None


def _clean(text: str) -> str:
    text = text.replace(_PROTECTED, ", ")
    text = re.sub(r"\*{1,2}|(?<!\w)_|_(?!\w)", "", text)
    text = " ".join(text.split()).strip(" ,;:-–—|/\\<>[")
    if text.endswith(")") and "(" not in text:
        text = text[:-1]
    return (
        text[:-1]
        if text.endswith(".") and not re.search(r"(?:\b\w|Inc|Ltd|Corp|Co|Dept|Univ)\.$", text)
        else text
    )
