"""A signature's lines -> the organisations and roles it states.

Path: signature paragraphs -> here -> `message.affiliation`. Each line is cut into cells (at
wide gaps and bars) and each cell into pieces (at commas, dashes, "at"); a piece is the
sender's name, a role, an organisation, a unit, a contact, or nothing known. An unknown piece
is an organisation only beside a role, or where a mail or web domain spells it. What a motto
says is never looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from searcharc.message import organisations as words
from searcharc.message.domains import is_silent, registered_domain


class Kind(Enum):
    """What a piece of a signature's line is."""

    NAME = "name"
    ROLE = "role"
    WHOLE = "whole"  # an organisation by its word: university, ministry, Ltd
    BODY = "body"  # an institute, laboratory, team: may be part of a larger one
    UNIT = "unit"
    PLAIN = "plain"  # capitalised words that nothing tells more about
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Statement:
    """An organisation that a signature names. line: the line it stands in; sure: by its own word."""

    name: str
    role: str | None
    line: str
    sure: bool


@dataclass(slots=True)
class _Row:
    """A line's pieces in order, with what each is."""

    line: str
    pieces: list[tuple[Kind, str]] = field(default_factory=list)

    def of(self, *kinds: Kind) -> list[str]:
        return [text for kind, text in self.pieces if kind in kinds]


_LONGEST_LINE = 240
_MOST_LINES = 40
_MOST_STATEMENTS = 4
_CELL = re.compile(r"\s{3,}|\t+|\s*[|｜│¦]+\s*|\s+\\\s+|\s{2,}(?=\S)")
_TWO_LETTERS = re.compile(r"[^\W_]{2}|[^\x00-\x7f]")
_MARK = re.compile(r"[^\w\s.,&]")
_ART_TOKENS = frozenset(("(*)", "(o)", "(_)", "O__", "o__"))
_PIECE = re.compile(r"\s*[,;•·]\s*|\s+(?:-{1,3}|–|—|@|/|::)\s+|\s*--+\s*|:\s+(?=[A-Z])|\s+at\s+(?:the\s+)?(?=[A-Z])")
_MOTTO = re.compile(r"^[\"“”„«'‘]|[\"”»]\s*$|^(?:\(|\[)?[\"“]")
_BRACKETS = re.compile(r"\s*[(<\[](?:https?:|www\.|[^()<>\[\]]*@)[^()<>\[\]]*[)>\]]")
_URL_HOST = re.compile(r"(?:https?://(?:www\d?\.)?|www\d?\.|[\w.+-]@|\sat\s)([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE)
_LEGAL_COMMA = re.compile(r",\s*(?=(?:Inc|LLC|L\.L\.C|Ltd|Limited|LLP|Corp|Co|S\.\s?A|S\.\s?L|S\.\s?r|GmbH|Pvt|Pty|PLC|plc|AG|B\.V|K\.K|Chico)\b)")
_PROTECTED = "\u0001"
_SENTENCE = re.compile(r"\b(?:is|are|was|were|will|would|can|cannot|don't|doesn't|isn't|should|have|has|you|your|we|my|it|he|she|they|who|that|when|if|because)\b", re.IGNORECASE)
_DEGREE = re.compile(
    r"^(?:ph\.?\s?d\.?|m\.?\s?d\.?|m\.?\s?sc\.?|b\.?\s?sc\.?|m\.?\s?a\.?|m\.?\s?s\.?|b\.?\s?a\.?|mba|dr\.?|dipl\.?[-\s]?\w*\.?|jr\.?|sr\.?|"
    r"esq\.?|cissp|p\.?e\.?|prof\.?|m\.?eng\.?|ing\.?|dipl\.-\w+\.?)$",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"[A-Z][A-Z0-9&./-]*[A-Z][A-Z0-9]*")


def read_signature(
    lines: Sequence[str], *, name_words: frozenset[str], domain_label: str | None
) -> tuple[Statement, ...]:
    """The organisations that a signature's lines state, each with its role.

    ["Ann Example", "Director", "Norwick Institute"] -> Norwick Institute, role Director.
    "Directrice / Director" over "Institut Norwick / Norwick Institute" are two pairs.
    name_words: the sender's name, folded. domain_label: "norwick" of ann@norwick.example.
    """
    hosts = _hosts(lines)
    if domain_label:
        hosts.add(domain_label)
    rows = [_row(line, name_words, hosts) for line in lines[:_MOST_LINES] if line.strip() and len(line) <= _LONGEST_LINE]
    return tuple(_statements(rows, hosts))


def _hosts(lines: Sequence[str]) -> set[str]:
    """Labels of the domains in a signature, public endings left out: "https://norwick.example" -> norwick."""
    labels: set[str] = set()
    for line in lines:
        if "." in line:
            for match in _URL_HOST.finditer(line[:_LONGEST_LINE]):
                domain = registered_domain(match[1])
                if domain is not None and not is_silent(match[1], domain):
                    labels.add(domain.split(".", 1)[0])
    return labels


def _row(line: str, name_words: frozenset[str], hosts: set[str]) -> _Row:
    row = _Row(" ".join(line.split()))
    text = _strip_art(line.replace("**", "") if "**" in line else line)
    for cell in _CELL.split(text):
        cell = cell.strip(" *_\t")
        if not cell:
            continue
        if _MOTTO.search(cell) or words.REGISTRATION.search(cell):
            row.pieces.append((Kind.NOTHING, cell))
            continue
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
    return len(token) < 12 and _TWO_LETTERS.search(token) is None and token[:1] not in ("(", "<", '"')  or token in _ART_TOKENS


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
    if legal is not None and legal.start() > 1:
        name, rest = cell[: legal.end()], cell[legal.end() :]
        found = _legal_name(name, name_words)
        return found + (_read_pieces(rest.strip(" ,;-–—"), name_words, hosts) if rest.strip(" ,;.-–—") else [])
    return _read_pieces(_LEGAL_COMMA.sub(_PROTECTED, cell), name_words, hosts)


def _legal_name(text: str, name_words: frozenset[str]) -> list[tuple[Kind, str]]:
    """The pieces of a cell that ends with a legal form: "Ann Example, Norwick Ltd"."""
    protected = _LEGAL_COMMA.sub(_PROTECTED, text)
    parts = [part for part in _PIECE.split(protected) if part and part.strip()]
    pieces: list[tuple[Kind, str]] = []
    while len(parts) > 1:
        head = parts[0]
        kind = _kind(head, name_words, set())
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
    parts = [part.strip() for part in _PIECE.split(text) if part and part.strip()]
    if len(parts) == 1 and "/" in text and text.count("/") == 1:
        # "Director/Centre for ..." binds a role to its body.
        left, right = text.split("/")
        if _kind(left, name_words, hosts) is Kind.ROLE and _kind(right, name_words, hosts) in (Kind.WHOLE, Kind.BODY):
            parts = [left, right]
    kinds = [(_kind(part, name_words, hosts), _clean(part)) for part in parts]
    if len(kinds) > 1 and all(kind in (Kind.ROLE, Kind.PLAIN) for kind, _ in kinds) and kinds[0][0] is Kind.ROLE:
        roles = sum(kind is Kind.ROLE for kind, _ in kinds)
        if roles > 1 or " / " in text:
            return [(Kind.ROLE, _clean(text))]
    return [piece for piece in kinds if piece[1]]


def _bilingual(text: str) -> list[tuple[Kind, str]] | None:
    """Both halves of "Ministère de l'Eau / Ministry of Water", None where it is no such line."""
    match = re.fullmatch(r"([^/]{6,}?)\s*(?:\s/|/\s)\s*([^/]{6,})", text)
    if match is None:
        return None
    halves = [match[1], match[2]]
    for wanted in (Kind.WHOLE, Kind.ROLE):
        kinds = [_kind(half, frozenset(), set()) for half in halves]
        if all(kind is wanted for kind in kinds):
            return [(wanted, _clean(half)) for half in halves]
    return None


def _kind(text: str, name_words: frozenset[str], hosts: set[str]) -> Kind:
    """What one piece is; the leftmost word of an office decides before that of an organisation."""
    text = text.strip(" .,;:-–—*_")
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if not text or not re.search(r"[^\W\d_]", text) or _NO_TITLE.search(text):
        return Kind.NOTHING
    folded = fold_words(text)
    if name_words and folded and (folded <= name_words or (len(folded & name_words) >= 2 and len(folded) <= len(name_words) + 2)):
        return Kind.NAME
    if name_words and "".join(re.findall(r"[^\W\d_]+", text.casefold())) in name_words:
        return Kind.NAME
    if len(folded) <= 3 and len(folded & name_words) == 1 and max(map(len, folded & name_words)) > 3 and not _is_known(text):
        return Kind.NAME
    if _DEGREE.match(text):
        return Kind.NOTHING
    if words.CJK_ORGANISATION.search(text) or words.ARABIC_ORGANISATION.search(text):
        return Kind.WHOLE
    if words.CJK_ROLE.search(text):
        return Kind.ROLE
    count = len(text.split())
    if count > 14 or (count > 4 and _SENTENCE.search(text)):
        return Kind.NOTHING
    role = words.ROLE.search(text)
    legal = words.LEGAL_FORM.search(text)
    if legal is not None and legal.start() > 0 and legal.end() >= len(text) - 1:
        return Kind.WHOLE
    whole = words.WHOLE.search(text)
    body = words.BODY.search(text)
    unit = words.UNIT.search(text)
    first = min((match.start() for match in (whole, body, unit) if match is not None), default=None)
    if role is not None and (first is None or role.end() >= len(text) - 1 or (role.start() < first and not _ends_as_body(text, role))):
        return Kind.ROLE
    if text[0].isdigit() and words.ADDRESS.search(text):
        return Kind.NOTHING
    if unit is not None and (whole is None or unit.start() < whole.start()):
        return Kind.UNIT
    if whole is not None and _is_title(text):
        return Kind.WHOLE
    if body is not None:
        if body[0] == text:
            return Kind.NOTHING  # "Consulting", "Software" alone say what is done, not where
        if _is_title(text):
            return Kind.BODY
        return Kind.PLAIN if count <= 4 else Kind.NOTHING
    if words.ADDRESS.search(text) or folded <= words.PLACES or text[0].isdigit():
        return Kind.NOTHING
    if _spelled_by(text, hosts):
        return Kind.BODY if _is_title(text) or count <= 2 else Kind.NOTHING
    return Kind.PLAIN if _is_title(text) and count <= 6 else Kind.NOTHING


_NO_TITLE = re.compile(
    r"^@|[()\[\]{}]$(?<![)\]])|^[^()]*\)$|\([^)]*$|'\d\d\b|^\S+\.[a-z]{2,6}$|^(?:visit|see|read|please|get|check|follow|join|our|your|my|the\s+opinions)\b|"
    r"\bour\b|\byour\b|\b(?:logo|icon)\b|\bsince\s\d|\bimage:|\bcid:",
    re.IGNORECASE,
)


def _is_known(text: str) -> bool:
    return any(pattern.search(text) for pattern in (words.WHOLE, words.BODY, words.UNIT, words.ROLE, words.LEGAL_FORM))


def _ends_as_body(text: str, role: re.Match[str]) -> bool:
    """Whether the last word makes a body of it: "Norwick Student Board" but not "Head of Lab"."""
    if role.start() == 0:
        return False
    head = re.sub(r"\s*\([^()]*\)\s*$", "", text)
    last = head[head.rfind(" ") + 1 :]
    return any(pattern.fullmatch(last) for pattern in (words.WHOLE, words.BODY, words.UNIT))


def _is_title(text: str) -> bool:
    """Whether the words are written as a name is: capitals, but for the small words."""
    big = small = 0
    for word in re.findall(r"[^\W\d_][\w'’-]*", text):
        if word[0].isupper() or not word[0].islower():
            big += 1
        elif len(word) > 3:
            small += 1
    return big > 0 and 2 * small <= big


def _spelled_by(text: str, hosts: set[str]) -> bool:
    """Whether a domain's label is the text, or its words' first letters: "Ann's Tea Shop" in ats.example."""
    if not hosts:
        return False
    letters = re.findall(r"[^\W_]+", text.casefold())
    if not letters:
        return False
    squeezed = "".join(letters)
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", text))
    for label in hosts:
        plain = label.replace("-", "")
        if len(plain) >= 3 and (plain == squeezed or plain in letters or (len(initials) > 2 and plain == initials.casefold())):
            return True
    return False


def _clean(text: str) -> str:
    text = text.replace(_PROTECTED, ", ")
    text = re.sub(r"\*{1,2}|(?<!\w)_|_(?!\w)", "", text)
    text = " ".join(text.split()).strip(" ,;:-–—|/\\<>[")
    if text.endswith(")") and "(" not in text:
        text = text[:-1]
    return text[:-1] if text.endswith(".") and not re.search(r"(?:\b\w|Inc|Ltd|Corp|Co|Dept|Univ)\.$", text) else text


def fold_words(text: str) -> frozenset[str]:
    """Folded words: "Zoë O'Brien" -> {"zoe", "o", "brien"}."""
    folded = unicodedata.normalize("NFKD", text.casefold()) if not text.isascii() else text.lower()
    return frozenset(re.findall(r"[^\W\d_]+", "".join(c for c in folded if not unicodedata.combining(c))))


# --- rows to statements ------------------------------------------------------------------------


def _statements(rows: Sequence[_Row], hosts: set[str]) -> list[Statement]:
    found: list[tuple[int, Statement]] = []  # rank and statement
    role: str | None = None  # of the rows that follow, until the next role
    roles: list[str] = []
    bound = False  # whether an organisation has taken it
    for index, row in enumerate(rows):
        here = row.of(Kind.ROLE)
        if here and _looks_up(index, rows, found):
            rank, above = found[-1]
            found[-1] = rank, Statement(above.name, ", ".join(here), above.line, above.sure)
            role, roles, bound = None, [], True
            continue
        waiting = (role, roles, False) if role is not None and not bound else None
        if here:
            roles, role, bound = here, ", ".join(here), False
        names = _organisations(row, role is not None and not bound, index, rows)
        for position, (rank, name) in enumerate(names):
            own = roles[position] if len(roles) == len(names) > 1 else role
            found.append((rank, Statement(name, own, row.line, rank != 1)))
        if here and names and waiting is not None:
            role, roles, bound = waiting  # a role above still waits for its organisation
        elif names and names[0][0] >= 1:
            bound = True
    if roles and not bound and found and found[-1][1].role is None:
        # "Norwick Ltd", an address, then "Director": the role stands below.
        rank, above = found[-1]
        found[-1] = rank, Statement(above.name, role, above.line, above.sure)
    return _best(found)


def _organisations(row: _Row, role_open: bool, index: int, rows: Sequence[_Row]) -> list[tuple[int, str]]:
    """The organisations of a row, ranked: 3 whole, 2 body, 1 plain, 0 unit."""
    wholes = row.of(Kind.WHOLE)
    if wholes:
        return [(3, name) for name in wholes]
    bodies = row.of(Kind.BODY)
    units = row.of(Kind.UNIT)
    plain = row.of(Kind.PLAIN)
    if bodies:
        return [(2, bodies[0])]
    if units:
        # "Department X - FAC - UNI" climbs to the whole, "UNI - LAB - UMR 12" descends from it.
        if plain and row.pieces[0][0] is Kind.PLAIN and _CAPITALS.fullmatch(plain[0]):
            return [(3, plain[0])]
        if plain and row.pieces[-1][0] is Kind.PLAIN and _CAPITALS.fullmatch(plain[-1]):
            return [(3, plain[-1])]
        return [(0, units[0])]
    if plain and any(fold_words(text) and fold_words(text) <= words.PLACES for _, text in row.pieces):
        return []
    if plain and row.of(Kind.NAME) and len(row.pieces) > 2 and _generic(row.pieces[-1][1]):
        return [(2, plain[0])]
    if len(plain) == 1 and len(row.pieces) > 1 and _generic(row.pieces[-1][1]):
        return [(2, plain[0])]
    if plain and role_open and (row.of(Kind.ROLE) or _beside_role(index, rows)):
        return [(1, plain[0])]
    if plain and row.of(Kind.NAME) and _CAPITALS.match(plain[0]):
        return [(1, plain[0])]
    return []


def _generic(text: str) -> bool:
    return words.BODY.fullmatch(text) is not None


def _looks_up(index: int, rows: Sequence[_Row], found: Sequence[tuple[int, Statement]]) -> bool:
    """Whether a role belongs to the organisation on the line above: none stands on its own or the next."""
    if not found or index == 0 or found[-1][1].role is not None or found[-1][1].line != rows[index - 1].line:
        return False
    if found[-1][0] < 2 or rows[index].of(Kind.WHOLE, Kind.BODY, Kind.PLAIN, Kind.UNIT):
        return False
    return index + 1 == len(rows) or not rows[index + 1].of(Kind.WHOLE, Kind.BODY)


def _beside_role(index: int, rows: Sequence[_Row]) -> bool:
    return index > 0 and bool(rows[index - 1].of(Kind.ROLE)) and rows[index].pieces[0][0] is Kind.PLAIN


def _best(found: Sequence[tuple[int, Statement]]) -> list[Statement]:
    """For each role the largest bodies named with it; units and unknown names only where nothing else is."""
    if not found:
        return []
    top = max(rank for rank, _ in found)
    largest: dict[str | None, int] = {}
    for rank, statement in found:
        largest[statement.role] = max(rank, largest.get(statement.role, 0))
    kept = [
        statement
        for rank, statement in found
        if rank == top or (rank == largest[statement.role] and rank >= 2 and statement.role is not None)
    ]
    return kept[:_MOST_STATEMENTS]
