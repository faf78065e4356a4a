"""Which lines bear a printed paragraph number.

Path: zoned lines -> here -> `message.paragraphs`, which cuts at numbered lines. What a text only
mentions ("see para. 35") is `message.references`.

Rules: UN Editorial Manual (paragraphs numbered consecutively, sub-paragraphs (a) and (i)).
A gap is legal: 21, 24, 30 is an excerpt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from searcharc.message.lines import ZonedLines, found_lines
from searcharc.message.numbers import ParagraphNumber, parse_number, roman_value
from searcharc.message.numerals import latin_markers, plain_numerals
from searcharc.message.operative import MONTH, OPERATIVE_PREFIXES, OPERATIVE_VERBS
from searcharc.models import Zone

_MARKER = re.compile(
    r"""\s*[\[*_/"“]{0,3}
    (?P<word>(?:[Pp]ara(?:graph)?|[Pp]ar)\b\.?\s?|[§¶]\s?|第\s?)?
    (?P<paren>[(（])?
    (?P<kind>OP|PP)?[ ]?
    (?P<n>\d{1,3})(?!\d)
    (?:\.?[ ]?(?P<suffix>bis|ter|quater|quinquies|alt(?![a-z])(?:[ ]?(?P<alt>\d{1,2}(?![\d.]\d)))?)(?![a-z])
      |(?P<inserted>[A-H])(?=[.):]))?
    (?P<subs>(?:[ ]?\([a-z]{1,4}\)){0,2})
    [*_/]?
    (?P<delimiter>\.-|°(?=\s)|[.)）:：、．。\-–—](?![\d])|[ ][-–—](?=\s)|段落?[ ]?[:：、，,]?|(?=\s{2})|(?=\s)|$)
    [*_/\]]{0,2}
    """,
    re.VERBOSE,
)
_SUB = re.compile(
    r"\s*[\[\"“]?(?:\((?P<a>[a-z]{1,4})\)|(?P<b>[a-z]|[ivx]{2,4})\)|(?P<c>[a-z]|[ivx]{2,4})\.(?=\s))"
)
_DIGIT_LIKE = re.compile(r"[^\x00-\x7f]")
_CODE = re.compile(r"[{}]\s*$|\)\s?;\s*$|^(?://|/\*|\})")
_AFTER_BRACKETS = re.compile(r"[\s\[\]*_/\"“”'‘’«»{「『【《〈]*(?:\([^()]{1,24}\)\s*)?[\[*_\"“‘«]*")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.;:!?,)\]}\"”’。；：！？，、؛،>]$|[.;:]\s?(?:and|or|et|ou|y|и)$", re.IGNORECASE)
_KEYWORD_END = re.compile(
    r"(?:\b(?:para(?:graph)?s?|sections?|articles?|chapter|version|figure|table|page|nos?|item|part|"
    r"paragraphes?|párrafos?|absatz|ziffer|am|on|the|of|and|to|until|by|than|пунктe?|пункте)\.?|[§№#])$",
    re.IGNORECASE,
)
_TABLE = re.compile(r"\s{2,}\S|\d\.\d|^\S{1,2}\s+-?\d")
# Lines that may begin with one of these two, for a search through a whole text.
_OPENING_LINES = re.compile(
    r"""\n(?=[^\S\n]*+(?:\d|\([a-z\d OP]|[OP]P[ ]?\d|[a-z](?:[a-z]{0,3}+\)|\.)|[ivx]{2,4}+\.|[^\x00-\x7f]"""
    r"""|[Pp]ar[a-z]{0,6}\.?[^\S\n]?\(?(?:[OP]P)?[ ]?\d"""
    r"""|[\[*_/"]{1,3}+(?:[ ]?\d|[(]|[OP]P|[Pp]ar|[a-z]{1,4}[.)]|[^\x00-\x7f])))"""
)
_NUMBERLESS = (Zone.SIGNATURE, Zone.FOOTER)
_ITEM_END = re.compile(r"(?:[;,:]|[;,]\s*(?:and|or|et|ou|y|o|und))\s*$", re.IGNORECASE)
_LONGEST_ITEM = 40  # lines
_NEAR = 40  # lines over which a list is still the same list
_WIDTH = (56, 78)  # the narrowest and widest wrapping that mail programs use


@dataclass(slots=True)
class _Candidate:
    """A line that may bear a number. style: how it is printed; runs are of one style."""

    index: int
    number: ParagraphNumber | None  # None for a sub-paragraph marker
    marker: str  # "a", "iv" for a sub-paragraph marker, else ""
    style: str
    strong: bool
    alone: bool  # may stand without neighbours
    start: bool  # stands where a paragraph starts, or its line was broken on purpose
    soft: bool  # the line before ends like a sentence


def find_numbers(lines: ZonedLines, joined: str | None = None) -> dict[int, str]:
    """Which lines bear which printed number: line index -> canonical number.

    "24. Invites ..." -> 24; "OP3bis Requests" -> OP3bis; "(a) to map" below 24 -> 24(a).
    Strong evidence (OP/PP, an operative verb, list markup) stands alone; weak numbers stand
    at a paragraph's start or in a run. Signatures and footers bear none; nor do lines that
    begin with a number by wrapping, dates, decimals, versions, diffs.
    joined: the texts of the lines with "\\n" before each, where the caller has it.
    """
    candidates = _candidates(lines, "\n" + "\n".join(lines.texts) if joined is None else joined)
    if not candidates:
        return {}
    supported = _in_run(candidates)
    found: dict[int, str] = {}
    parents: dict[tuple[int, Zone], _Parent] = {}
    for position, candidate in enumerate(candidates):
        key = (lines.depths[candidate.index], lines.zones[candidate.index])
        parent = parents.get(key)
        if candidate.number is not None:
            follows = parent is not None and parent.precedes(candidate)
            if not _accepted(candidate, supported[position], follows):
                continue
            found[candidate.index] = str(candidate.number)
            parents[key] = _Parent(candidate.number, candidate.index, candidate.style)
        elif parent is not None and (candidate.start or candidate.soft):
            number = parent.child(candidate, lines)
            if number is not None:
                found[candidate.index] = str(number)
    return found


def _accepted(candidate: _Candidate, in_run: bool, follows: bool) -> bool:
    if candidate.start:
        return candidate.strong or candidate.alone or in_run
    if candidate.soft:
        return candidate.strong or in_run
    return candidate.strong or follows


class _Parent:
    """The last accepted number of a zone and depth, and how far its sub-paragraphs got."""

    __slots__ = ("index", "letter", "number", "roman", "start", "style")

    def __init__(self, number: ParagraphNumber, index: int, style: str) -> None:
        self.number = ParagraphNumber(number.kind, number.n, number.suffix, number.alt)
        self.letter, self.roman = number.letter, number.roman
        self.index = self.start = index
        self.style = style

    def precedes(self, candidate: _Candidate) -> bool:
        number = candidate.number
        return (
            number is not None
            and self.style == candidate.style
            and number.n == self.number.n + 1
            and candidate.index - self.index <= _NEAR // 2
        )

    def child(self, candidate: _Candidate, lines: ZonedLines) -> ParagraphNumber | None:
        """The number of the sub-paragraph that `candidate` marks, or None where it is none."""
        first = not self.letter and not self.roman
        if _paragraphs_between(lines, self.index, candidate.index) > (1 if first else 3):
            return None
        letter, roman = self._next(candidate.marker)
        if not letter and not roman:
            return None
        self.letter, self.roman = letter, roman
        self.index = candidate.index
        base = self.number
        return ParagraphNumber(base.kind, base.n, base.suffix, base.alt, letter, roman)

    def _next(self, marker: str) -> tuple[str, str]:
        """(letter, roman) of the sub-paragraph after the current one; ("", "") if none fits.

        "i" after (h) is a letter, otherwise the first of a level below.
        """
        value = roman_value(marker)
        if value is not None and self.roman and 0 < value - (roman_value(self.roman) or 0) <= 3:
            return self.letter, marker
        if len(marker) == 1:
            if not self.letter and marker == "a":
                return marker, ""
            step = ord(marker) - ord(self.letter) if self.letter else 0
            if step == 1 or (1 < step <= 3 and marker not in "ivx"):
                return marker, ""
        if value == 1 and not self.roman:
            return self.letter, marker
        return "", ""


def _paragraphs_between(lines: ZonedLines, first: int, last: int) -> int:
    """How many blocks begin between two lines, the last included; 5 stands for more."""
    count = 0
    texts, blocks = lines.texts, lines.blocks
    for index in range(first + 1, last + 1):
        if texts[index] and (not texts[index - 1] or index - 1 in blocks):
            count += 1
            if count >= 5:
                break
    return count


def _in_run(candidates: Sequence[_Candidate]) -> list[bool]:
    """Whether each candidate has a neighbour of its style one number before or behind it."""
    result = [False] * len(candidates)
    last: dict[str, tuple[int, int, int]] = {}  # style -> position, number, line
    for position, candidate in enumerate(candidates):
        number = candidate.number
        if number is None or not (candidate.start or candidate.soft):
            continue
        before = last.get(candidate.style)
        if before is not None:
            earlier, n, index = before
            if number.n - n in (0, 1) and candidate.index - index <= _NEAR:
                result[position] = result[earlier] = True
        last[candidate.style] = position, number.n, candidate.index
    return result


def _candidates(lines: ZonedLines, joined: str) -> list[_Candidate]:
    found: list[_Candidate] = []
    widths: dict[int, int] = {}
    texts, depths, zones, blocks = lines.texts, lines.depths, lines.zones, lines.blocks
    for index in found_lines(_OPENING_LINES, joined):
        zone = zones[index]
        if zone in _NUMBERLESS:
            continue
        candidate = _read(index, texts[index].lstrip(), lines)
        if candidate is None:
            continue
        candidate.start = _starts(index, lines, widths)
        if index and index not in blocks:
            above = index - 1
            if (
                depths[above] == depths[index]
                and zones[above] is zone
                and texts[above]
                and above not in blocks
            ):
                if _KEYWORD_END.search(texts[above][-24:]):
                    continue
                candidate.soft = _SENTENCE_END.search(texts[above][-12:]) is not None
        found.append(candidate)
    return found


def _starts(index: int, lines: ZonedLines, widths: dict[int, int]) -> bool:
    """Whether a line begins a paragraph, or was broken off although there was room left.

    A line whose first word would have fitted on the line before was not wrapped there.
    """
    if index == 0:
        return True
    texts, depths = lines.texts, lines.depths
    depth, above = depths[index], index - 1
    if (
        not texts[above]
        or above in lines.blocks
        or index in lines.blocks
        or depths[above] != depth
        or lines.zones[above] is not lines.zones[index]
    ):
        return True
    width = widths.get(depth)
    if width is None:
        lengths = (len(text) for text, other in zip(texts, depths, strict=True) if other == depth)
        longest = max((length for length in lengths if length <= 90), default=0)
        width = widths[depth] = min(max(longest, _WIDTH[0]), _WIDTH[1])
    word = texts[index].split(None, 1)[0]
    return len(texts[above]) + len(word) + 9 <= width


def _read(index: int, text: str, lines: ZonedLines) -> _Candidate | None:
    """The candidate at a line's start, or None; `text` is without indentation."""
    head = text[:160]
    wide = False
    if _DIGIT_LIKE.search(head[:16]):
        # NFKC may lengthen the text, which is of no matter: only the head is looked at.
        wide = unicodedata.east_asian_width(head[:1]) in "FW"
        head = latin_markers(plain_numerals(unicodedata.normalize("NFKC", head)))
    match = _MARKER.match(head)
    if match is None:
        return _read_sub(index, head, lines)
    rest = head[match.end() :]
    delimiter, kind, word = match["delimiter"], match["kind"] or "", match["word"]
    if match["paren"]:
        if delimiter not in (")", "）"):
            return None
    elif (
        (word == "第" and not delimiter.startswith("段"))
        or (delimiter.startswith("段") and not (word and (delimiter[1:] or rest[:1].isspace())))
        or (word and not delimiter)
    ):
        return None
    body = _AFTER_BRACKETS.sub("", rest, count=1)
    gap = not delimiter and rest[:2].isspace() and len(rest) > 1
    bare = not body
    if bare:
        body = _next_text(index, lines)
        if not body or not delimiter:
            return None
    if MONTH.match(body) or rest[:1].isdigit() or (delimiter == ":" and _CODE.search(rest.strip())):
        return None
    first = body[0]
    verb = _is_operative(body)
    capital = not first.islower() or rest.lstrip()[:1] in '"“‘«[*_'
    if not (first.isalpha() or (rest[:1] in "([\"“'‘«*_" and rest)) and not (
        rest[:1].isspace() and first in "'`<\"$“"
    ):
        return None
    drafted = bool(kind and match["subs"]) and _ends_as_item(index, lines)
    strong = verb or drafted or index in lines.numbers or (bool(kind) and (bool(delimiter) or capital))
    lettered = bool(match["subs"]) and rest[:1].isspace()  # "21(a) to map": one of several, or nothing
    if not delimiter and not gap and not lettered and not (kind and strong) and not (verb and strong):
        return None
    if gap and not kind and _TABLE.search(body):
        return None
    number = parse_number(f"{kind}{match['n']}{match['suffix'] or match['inserted'] or ''}{match['subs']}")
    if number is None:
        return None
    plain = delimiter in (".", ")", "）", "．", "、", "。", ".-") or delimiter.startswith("段") or bool(word)
    spaced = bare or wide or rest[:1].isspace() or not first.isascii() or bool(kind) or first in "[("
    if not spaced and not lines.numbers.get(index):
        return None
    alone = plain and capital and not bare and not match["inserted"]
    style = f"{lines.depths[index]}{kind}{match['paren'] or ''}{delimiter or ' '}"
    return _Candidate(index, number, "", style, strong, alone, False, False)


def _read_sub(index: int, head: str, lines: ZonedLines) -> _Candidate | None:
    match = _SUB.match(head)
    if match is None:
        return None
    marker = match["a"] or match["b"] or match["c"]
    if len(marker) > 1 and roman_value(marker) is None:
        return None
    rest = head[match.end() :]
    if rest and not rest[0].isspace() and rest[0].isascii():
        return None
    return _Candidate(index, None, marker, f"{lines.depths[index]}sub", False, False, False, False)


def _ends_as_item(index: int, lines: ZonedLines) -> bool:
    """Whether the block that begins here ends as an item of a draft does: "...; and", "...," or "...;"."""
    texts = lines.texts
    last = index
    while (
        last + 1 < len(texts)
        and texts[last + 1]
        and last not in lines.blocks
        and last - index < _LONGEST_ITEM
    ):
        last += 1
    return _ITEM_END.search(texts[last][-16:]) is not None


def _next_text(index: int, lines: ZonedLines) -> str:
    """The text that a number on a line of its own stands before, "" where there is none."""
    for below in range(index + 1, min(index + 4, len(lines.texts))):
        if lines.depths[below] != lines.depths[index] or lines.zones[below] is not lines.zones[index]:
            return ""
        if lines.texts[below]:
            return _AFTER_BRACKETS.sub("", lines.texts[below][:160].lstrip(), count=1)
    return ""


def _is_operative(body: str) -> bool:
    word = _FIRST_WORD.match(body)
    if word is None:
        return False
    first = word[0]
    if first.isascii() and not first[0].isupper():
        return False
    return first.casefold() in OPERATIVE_VERBS or first.startswith(OPERATIVE_PREFIXES)
