"""Paragraphs that a text mentions: "paras 67-69 of the Tunis Agenda" -> 67, 68, 69.

Path: a paragraph's text -> references. A reference needs a key word (para, paragraph, OP, PP,
§, ¶, subparagraph and their French, Spanish, Portuguese, German, Russian, Arabic, Chinese and
Japanese forms); "section 4", "Article 4", "rule 2" and "clause 3" are other kinds and give
none, so `ref:4` stays clean. Which document a bare "para 24" means is not guessed here, see
`message.documents`.
"""

from __future__ import annotations

import re

from searcharc.message.documents import cjk_document_before, document_before, document_behind
from searcharc.message.hints import Hints
from searcharc.message.numbers import ParagraphNumber, parse_number, roman_value
from searcharc.message.numerals import has_chinese_number, latin_markers, plain_numerals
from searcharc.models import Reference

MAX_RANGE = 60  # a longer range keeps its two ends only
_MAX_LIST = 100  # numbers read behind one key word
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

_SUFFIX = r"(?:bis|ter|quater|quinquies)(?![^\W\d_])|alt(?![^\W\d_])(?:\s?\d{1,2}(?![\d.]))?"
_INSERTED = r"[A-H](?![\w)])"
_NUMBER = re.compile(
    r"(?P<kind>OP|PP)?\s?(?:\((?P<bracketed>\d{1,3})\)|(?P<n>\d{1,3})(?![\d/])(?![.,]\d))(?P<suffix>\s?(?:"
    + _SUFFIX
    + ")|"
    + _INSERTED
    + r")?"
    r"(?P<subs>(?:\s?\([a-z]{1,4}\)){1,2}|\s?[a-z]\)(?:\s?[ivx]{1,4}\))?)?"
)
_SUB_ONLY = re.compile(r"\(?(?P<letter>[a-z]{1,4})\)")
# What stands between two numbers of a list, and whether it makes a range of them.
_BETWEEN = re.compile(
    r"\s*(?:段(?=[至到、和及与與或]))?(?:(?P<range>-|–|—|‑|\.\.\.?|to\b|through\b|thru\b|à\b|au\b|al?\b|até\b|bis\b|по\b|до\b|至|到|إلى)"
    r"|(?P<list>,\s?(?:and|or|et|ou|y|e|und|и)\b|,|;|&|and/or\b|and\b|or\b|et\b|ou\b|y\b|e\b|und\b|oder\b|и\b|und\b"
    r"|、|及|和|与|與|或|و))\s*(?:para(?:graph)?s?\.?\s|[§¶]+\s?|第\s?)?"
)
_UNIT_BEHIND = re.compile(
    r"\s?(?:%|‰|€|\$|£|°)|\s(?:years?|days?|months?|weeks?|hours?|people|persons|times|percent|per\s|"
    r"million|billion|countries|states|ans|jours|años|días)\b",
    re.IGNORECASE,
)

_KEYWORD = re.compile(
    r"""(?<![^\W\d_])(?:
    (?P<sub>sub-?\s?para(?:graph)?s?\.?|(?:sous-)?alinéas?|incisos?|apartados?|alíneas?|
        buchstaben?|подпункт(?:ы|а|е|у|ом|ах|ов|ам|ами)?)
    | (?P<main>para(?:graph)?s?\.?|paras?\.?|paragraphes?|parágrafos?|párrafos?|parrafos?|
        parr?s?\.|párrs?\.|
        ziffern?|absatz|absätze|absätzen|randnummern?|
        пункт(?:ы|а|е|у|ом|ах|ов|ам|ами)?|пп?\.|параграф(?:ы|а|е|у|ах|ов)?)
    )(?=[\s\d(]|$)\s?
    | (?<![^\s(\[{"'“‘«/,;:–—-])(?P<op>OP|PP)s?(?=\s?\d)\s?
    | (?<![^\s(\[{"'“‘«/,;:–—-])(?P<sign>[§¶]{1,2})\s?(?=\d)
    | (?:ال|لل|بال|وال)?(?P<arabic>فقرات|فقرتين|فقرتان|فقرة)\s?(?=\d|الفرعية|رقم|من\s\d)(?:(?:رقم|من)\s)?
    | (?P<cjk>第)\s?(?=\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What each key word holds: words are looked for by these, not by the pattern, for speed.
_STEMS_TEXT = """
    para par. parr pará párr alin incis apartad alíne ziffer absatz absätz randnum buchstab пункт п.
    параграф فقر
"""
_STEMS = tuple(_STEMS_TEXT.split())
_SIGNS = ("§", "¶", "第", "OP", "PP")
_PARA = re.compile(r"par(?:a(?:graphe?)?s?\.?|rafos?|r?s?\.)\s*+(?:[op]p\s*+)?[\d(]")
_PAR = Hints(("para", "par.", "parr"))
_OP, _PP = re.compile(r"OP[sS]?\s*+\d"), re.compile(r"PP[sS]?\s*+\d")
_SIGN = re.compile("[OP]P")
_OTHER_HINTS = Hints(("inciso", "apartado", "ziffer", "absatz", "randnummer", "buchstabe"))
_HINTS = Hints((*_STEMS, *(sign.lower() for sign in _SIGNS[:3])))
_IBERIAN = re.compile(
    r"\b(?:el|la|los|las|un|una|que|con|por|del|de|en|se|su|sus|es|y|e|o|os|um|uma|com|não|do|da|dos|das|no|na|ao)\b",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"\b(?:the|of|and|to|in|is|for|see|we|with|should|as|that|this|on|it|be)\b", re.IGNORECASE
)
_GARBAGE = frozenset("@#$%^&*`~<>=+_\\|")  # encoded bytes, not words
_LONGEST_PREFIX = 8  # letters before a stem: "sub-", "sous-"
_DIGIT = re.compile(r"\d")
_CJK_UNIT = re.compile(r"\s?(?:段落?|款|項|项)")
_OF_PARAGRAPH = re.compile(
    r"\s*,?\s*(?:of|in|to|from|under|du|de\s+la|del|de|do|da|des|der|из|к)?\s*(?:the\s)?\s*"
    r"(?:paragraphe|paragraph|para\.?|párrafo|parágrafo|absatz|ziffer|пункта|пункту|пункте)(?=[\s\d(])\s?",
    re.IGNORECASE,
)
_STATUTE_BEFORE = re.compile(
    r"(?:U\.?\s?S\.?\s?C\.?|C\.?\s?F\.?\s?R\.?|Code|Title|Act|Stat\.|Sec\.?|Section)\s?$"
)
_STATUTE_BEHIND = re.compile(r"[^.;\n]{0,24}\b(?:BGB|StGB|GG|ZPO|StPO|[A-Z][a-z]?[A-Za-z]{1,6}G)\b")


def find_references(text: str, own_number: str | None = None) -> tuple[Reference, ...]:
    """The paragraphs that `text` mentions, in order, each number and document once.

    "para. 35 (d) of the Tunis Agenda" -> 35(d) of Tunis Agenda; "OP24-OP26" -> OP24, OP25,
    OP26; "paras 98 to 101 and 115 (c)" -> 98, 99, 100, 101, 115(c); "§5 of document C11/47"
    -> 5 of C11/47; "第67至69段" -> 67, 68, 69; "section 4" -> (). `own_number`: the number
    printed at the text's start, which is no mention ("Para 24: ...").
    """
    if not may_mention(text):
        return ()
    folded = _fold(text)
    found: dict[Reference, None] = {}
    at = 0
    start = len(folded) - len(folded.lstrip('[(*_"“ '))
    for position in _key_positions(folded):
        match = _KEYWORD.match(folded, position) if position >= at else None
        if match is None:
            continue
        at = match.end()
        numbers, end = _numbers_behind(folded, match, own_number if match.start() <= start else None)
        if not numbers:
            continue
        at = max(at, end)
        document = _document(folded, match, end)
        for number in numbers:
            found[Reference(number, document)] = None
    return tuple(found)


def may_mention(text: str) -> bool:
    """A cheap test: whether a text, or a whole message, can hold a reference at all."""
    return bool(mention_places(text))


def mention_places(text: str) -> list[int]:
    """Where in a text, or a whole message, key words may stand; [] where it holds no reference."""
    lower = text.lower()
    if not text.isascii():
        found = _HINTS.places(lower if len(lower) == len(text) else text)
        found += [match.start() for match in _SIGN.finditer(text)]
        return found if _DIGIT.search(text) is not None or has_chinese_number(text) else []
    # "parameter" and "EOPNOTSUPP" stand in each second patch, so these need their digit behind them.
    found = [match.start() for match in _PARA.finditer(lower)] if _PAR.within(lower) else []
    if "OP" in text:
        found += [match.start() for match in _OP.finditer(text)]
    if "PP" in text:
        found += [match.start() for match in _PP.finditer(text)]
    if _OTHER_HINTS.within(lower):
        found += _OTHER_HINTS.places(lower)
    return found


def _key_positions(text: str) -> list[int]:
    """Where key words may begin, ascending."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose small form is longer
        lower = text
    found: set[int] = set()
    for stem in _STEMS:
        at = lower.find(stem)
        while at >= 0:
            start = at
            while (
                start
                and at - start < _LONGEST_PREFIX
                and (lower[start - 1].isalpha() or lower[start - 1] == "-")
            ):
                start -= 1
            found.add(start)
            at = lower.find(stem, at + len(stem))
    for sign in _SIGNS:
        at = text.find(sign)
        while at >= 0:
            found.add(at)
            at = text.find(sign, at + 1)
    return sorted(found)


def _fold(text: str) -> str:
    """Numerals and list letters in their plain form, plain blanks; the letters as they are."""
    if text.isascii():
        return text
    folded = text.replace("\u00a0", " ").replace("（", "(").replace("）", ")")
    return latin_markers(plain_numerals(folded))


def _numbers_behind(text: str, match: re.Match[str], own_number: str | None) -> tuple[list[str], int]:
    """The numbers that belong to a key word, and where they end; ([], _) if it is no reference."""
    kind = match["op"] or ""
    if kind and not kind.isupper():  # "Op. 5", "pp. 12-14" are other things
        return [], match.end()
    if match["sign"] and (
        _STATUTE_BEFORE.search(text[max(0, match.start() - 12) : match.start()])
        or _STATUTE_BEHIND.match(text, match.end())
    ):
        return [], match.end()
    if match["sub"]:
        return _sub_paragraph(text, match.end())
    if match["main"] and match["main"].lower() == "para" and _is_preposition(text, match):
        return [], match.end()
    numbers, end = _list_at(text, match.end(), kind)
    if kind and text[end : end + 1] in _GARBAGE:
        return [], match.end()
    if match["cjk"]:
        unit = _CJK_UNIT.match(text, end)
        if unit is None:
            return [], match.end()
        end = unit.end()
        letter = re.match(r"\s?(\([a-z]{1,3}\))", text[end : end + 8])
        if letter is not None and numbers:
            number = parse_number(numbers[-1] + letter[1])
            if number is not None:
                numbers[-1] = str(number)
                end += letter.end()
    if own_number is not None and numbers and numbers[0] == own_number:
        numbers = numbers[1:]
    return numbers, end


def _is_preposition(text: str, match: re.Match[str]) -> bool:
    """Whether "para" is Spanish or Portuguese "for": "espacio para 24 buques" speaks of no paragraph."""
    around = text[max(0, match.start() - 120) : match.end() + 120]
    return len(_IBERIAN.findall(around)) > len(_ENGLISH.findall(around))


def _sub_paragraph(text: str, at: int) -> tuple[list[str], int]:
    """ "(c) of paragraph 72" behind "subparagraph" -> 72(c); "24(a)" there -> 24(a)."""
    letters: list[str] = []
    end = at
    while len(letters) < 26 and (match := _SUB_ONLY.match(text, end)) is not None:
        letters.append(match["letter"])
        end = match.end()
        between = _BETWEEN.match(text, end)
        if between is None or _SUB_ONLY.match(text, between.end()) is None:
            break
        end = between.end()
    if not letters:
        return _list_at(text, at, "")
    of = _OF_PARAGRAPH.match(text, end)
    if of is None:
        return [], end
    bases, end = _list_at(text, of.end(), "", one=True)
    made = (parse_number(f"{base}({letter})") for base in bases for letter in letters)
    return [str(number) for number in made if number is not None], end


def _list_at(text: str, at: int, kind: str, *, one: bool = False) -> tuple[list[str], int]:
    """The canonical numbers of a list at `at`, ranges expanded, and where it ends."""
    numbers: list[str] = []
    last: ParagraphNumber | None = None
    end = at
    is_range = False
    while len(numbers) < _MAX_LIST:
        match = _NUMBER.match(text, at)
        number: ParagraphNumber | None = None
        if match is not None:
            if last is not None and _UNIT_BEHIND.match(text, match.end()):
                break
            subs = re.sub(r"\s", "", match["subs"] or "")
            base = (
                f"{match['kind'] or kind}{match['n'] or match['bracketed']}{(match['suffix'] or '').strip()}"
            )
            number = parse_number(base + subs)
            if number is None and subs:  # "24 a)" where the bracket closes something else
                number = parse_number(base)
        elif last is not None and last.letter:
            match = _SUB_ONLY.match(text, at)
            if match is not None and text[at] == "(":
                number = _sibling(last, match["letter"])
        if match is None or number is None:
            break
        numbers.extend(str(n) for n in _between(last, number) if is_range)
        numbers.append(str(number))
        last, end = number, match.end()
        if one:
            break
        between = _BETWEEN.match(text, end)
        if between is None:
            break
        at, is_range = between.end(), between["range"] is not None
    return numbers, end


def _sibling(number: ParagraphNumber, marker: str) -> ParagraphNumber | None:
    """24(a) and "b" -> 24(b); 24(a)(i) and "ii" -> 24(a)(ii)."""
    roman = roman_value(marker)
    if number.roman and roman is not None:
        return ParagraphNumber(number.kind, number.n, number.suffix, number.alt, number.letter, marker)
    if len(marker) == 1:
        return ParagraphNumber(number.kind, number.n, number.suffix, number.alt, marker)
    return None


def _between(first: ParagraphNumber | None, last: ParagraphNumber) -> list[ParagraphNumber]:
    """What a range holds between its ends: 67, 69 -> 68; 72(a), 72(c) -> 72(b)."""
    if first is None:
        return []
    if first.letter and last.letter and first.n == last.n:
        low, high = _LETTERS.index(first.letter) + 1, _LETTERS.index(last.letter)
        return [
            ParagraphNumber(first.kind, first.n, first.suffix, first.alt, letter)
            for letter in _LETTERS[low:high]
        ]
    if first.letter or last.letter or last.n - first.n > MAX_RANGE:
        return []
    return [ParagraphNumber(first.kind, n) for n in range(first.n + 1, last.n)]


def _document(text: str, match: re.Match[str], end: int) -> str | None:
    """The title or symbol beside a reference that ends at `end`."""
    if match["cjk"]:
        return cjk_document_before(text, match.start())
    return document_behind(text, end) or document_before(text, match.start())
