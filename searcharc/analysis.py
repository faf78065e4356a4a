"""Text -> terms: the one rule by which text is indexed, queried and highlighted.

A token is a run of letters and digits; everything else separates. Scripts that write without
blanks (Chinese, Japanese, Korean, Thai ...) give one token for each character, so that any
substring is a phrase. Compound words (`Secretary-General`, `A/RES/65/141`, `ann@example.org`)
are the sequence of their parts: indexed once, found by each part and, as a phrase, whole.

Two forms of each token are kept: `term`, folded (case, accents, width), which is what a query
meets; and `exact`, folded in case and width only, for `=word`. Engines store `exact` only where
it differs, as the further term `term + VARIANT + exact` at the same position.

No stop words: `the` can be searched, and a phrase means these words side by side.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

ANALYSIS_VERSION = 1
"""Counts changes of this rule; an index of another version must be rebuilt."""

DEFAULT_LANGUAGES = ("english", "french", "spanish")
"""Snowball stemmers by which a plain word is widened, in the names of the Snowball project."""

VARIANT = "\x1f"
"""Stands between a folded term and its accented form in an engine's term dictionary."""

MAX_TERM = 255
"""Longest term in characters; longer runs (base64 that was not recognised) are cut there."""

# Scripts without blanks between words; their decimal digits make numbers, like all digits.
# Half-width katakana stays a run: its sound marks are characters of their own until NFKC joins them.
_UNSPACED = (
    "\u0e00-\u0e4f\u0e5a-\u0ecf\u0eda-\u0eff\u1000-\u103f\u104a-\u108f\u109a-\u109f\u1780-\u17df\u17ea-\u17ff"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035"
    "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# Marks that belong to the letter before them; \w leaves them out.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u0900-\u0963\u0966-\u0dff\u0f18\u0f19\u0f35\u0f37\u0f39\u0f3e\u0f3f\u0f71-\u0f84\u1ab0-\u1aff"
    "\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f"
)
# Letters of Hangul that are not syllables yet: NFKC joins a run of them, and the syllable before it.
_JAMO = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\ud7b0-\ud7fb\uffa0-\uffdc"
_SYLLABLES = f"[\uac00-\ud7a3]?[{_JAMO}]+"
_ASCII_TOKEN = re.compile("[A-Za-z0-9]+")


# Compiling these takes some milliseconds each, and a search for plain words needs none of them.
def _cutting(hangul: str, inside: str = "") -> re.Pattern[str]:
    """What cuts a text. hangul: a run of its letters; inside: characters that words hold besides."""
    word = f"(?:[^\\W_{_UNSPACED}{_JAMO}]|[{_MARKS}{inside}])+"
    return re.compile(f"{hangul}[{_MARKS}]*|[{_UNSPACED}][{_MARKS}]*|{word}")


@cache
def _tokens() -> re.Pattern[str]:
    """The runs of a text."""
    return _cutting(_SYLLABLES)


@cache
def _parts() -> re.Pattern[str]:
    """The tokens of a run that is folded."""
    return _cutting(f"[{_JAMO}]")


@cache
def _wild_tokens() -> re.Pattern[str]:
    """The runs of a word of a query, with its * and ?."""
    return _cutting(_SYLLABLES, "*?")


# ASCII letters in lower case, digits, and blanks for all else.
_ASCII_WORDS = bytes(ord(chr(c).lower()) if chr(c).isalnum() and c < 128 else 0x20 for c in range(256))
# Marks that folding takes off: accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic.
# Vowel signs of Indic scripts and the sound marks of kana are letters and stay.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u0640\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a text.

    term: folded. exact: folded in case and width only. start, end: offsets in the text.
    position: 0-based count of tokens, the unit of phrases and of nearness.
    """

    term: str
    exact: str
    start: int
    end: int
    position: int


def fold(text: str) -> str:
    """Case, accents and width folded: "Délégué" -> "delegue", "ＡＢＣ" -> "abc", "Straße" -> "strasse"."""
    if text.isascii():
        return text.lower()
    exact = fold_case(text)
    if exact.isascii():
        return exact
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", exact)).translate(_LETTERS)
    return _digits(unicodedata.normalize("NFC", bare))


def fold_case(text: str) -> str:
    """Case and width folded, accents kept: "DÉLÉGUÉ" -> "délégué"."""
    if text.isascii():
        return text.lower()
    # Casefolding can undo NFKC (and the reverse), so the pair runs twice: The Unicode Standard 3.13, D146.
    once = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return _digits(unicodedata.normalize("NFC", once.casefold()))


def _digits(text: str) -> str:
    """Decimal digits of any script as ASCII: "٣٥" -> "35"."""
    if any(c.isdecimal() and c > "9" for c in text):
        return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return text


@lru_cache(maxsize=200_000)
def _forms(raw: str) -> tuple[tuple[str, str], ...]:
    """The (term, exact) pairs of one run of the text; nearly always one pair."""
    if raw.isascii():
        term = raw.lower()[:MAX_TERM]
        return ((term, term),)
    exact = fold_case(raw)
    term = fold(raw)
    exact_parts = _parts().findall(exact)
    term_parts = _parts().findall(term)
    if len(exact_parts) != len(term_parts):  # a letter that folds to something that separates
        exact_parts = term_parts
    return tuple((t[:MAX_TERM], e[:MAX_TERM]) for t, e in zip(term_parts, exact_parts, strict=True))


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, in order: "Zoë's plan" -> zoe, s, plan."""
    tokens: list[Token] = []
    position = 0
    for match in (_ASCII_TOKEN if text.isascii() else _tokens()).finditer(text):
        for term, exact in _forms(match.group()):
            tokens.append(Token(term, exact, match.start(), match.end(), position))
            position += 1
    return tokens


def terms(text: str) -> list[str]:
    """The folded terms of a text in order of position."""
    return [term[:MAX_TERM] for term in forms(text)[0]]


def forms(text: str) -> tuple[list[str], Sequence[tuple[int, str, str]]]:
    """The fast path of indexing: what `terms` gives, and (position, term, exact) of those tokens whose
    exact form is not the folded one.

    Terms of ASCII letters are not cut at MAX_TERM: whoever keeps them does that, once for each.
    """
    if text.isascii():
        return text.encode("ascii").translate(_ASCII_WORDS).decode("ascii").split(), ()
    found: list[str] = []
    variants: list[tuple[int, str, str]] = []
    for raw in _tokens().findall(text):
        if raw.isascii():
            found.append(raw.lower())
            continue
        for term, exact in _forms(raw):
            if exact != term:
                variants.append((len(found), term, exact))
            found.append(term)
    return found, variants


def wildcard_runs(text: str) -> list[str]:
    """The folded tokens of a query's word, with its * and ? kept: "Ab-c*d" -> ab, c*d."""
    runs: list[str] = []
    for raw in _wild_tokens().findall(text):
        if "*" in raw or "?" in raw:
            runs.append(fold(raw)[:MAX_TERM])
        else:
            runs += [term for term, _ in _forms(raw)]
    return runs


@lru_cache(maxsize=8)
def _stemmer(language: str) -> Any:
    import Stemmer  # put off: only a search for plain words needs it

    return Stemmer.Stemmer(language, 0)


@lru_cache(maxsize=100_000)
def stems(word: str, languages: tuple[str, ...] = DEFAULT_LANGUAGES) -> frozenset[tuple[str, str]]:
    """(language, folded Snowball stem) for each language; empty for what has no inflection.

    Numbers, single letters and single characters of unspaced scripts have none.
    """
    if len(word) < 3 or not word.isalpha():
        return frozenset()
    return frozenset((lang, fold(_stemmer(lang).stemWord(word))) for lang in languages)


_IRREGULAR = {"di": "dy", "dy": "di", "li": "ly", "ly": "li", "ti": "ty", "ty": "ti"}
"""Beginnings of the English words whose stems Snowball lists by hand: die, dying; lie, lying; tie, tying."""


def stem_prefixes(word: str, languages: tuple[str, ...] = DEFAULT_LANGUAGES) -> tuple[str, ...]:
    """Prefixes with one of which every word begins that shares a stem with `word`; () where none can.

    A Snowball stem differs from its words in its last two letters at most (`sky`, `skies`; `cheval`,
    `chevaux`) and never in its first two, but for the irregular words.
    """
    found = {s[: max(2, len(s) - 2)] for _, s in stems(word, languages) | stems(fold(word), languages)}
    found |= {other for s in found for begin, other in _IRREGULAR.items() if s[:2] == begin}
    return tuple(sorted(p for p in found if not any(p != q and p.startswith(q) for q in found)))


def same_stem(
    word: str, candidates: Iterable[tuple[str, str]], languages: tuple[str, ...] = DEFAULT_LANGUAGES
) -> list[str]:
    """Those terms among (term, exact form) candidates that share a stem with `word`.

    word: the query's word, folded in case only. A candidate may stand several times, once for
    each of its accented forms. `word`'s own term is not among the results.
    """
    own = fold(word)
    wanted = stems(word, languages) | stems(own, languages)
    forms: dict[str, set[str]] = {}  # a form to stem -> the terms it stands for
    for term, exact in candidates:
        if len(term) > 2 and term != own:
            forms.setdefault(exact, set()).add(term)
            forms.setdefault(term, set()).add(term)
    words = [f for f in forms if f.isalpha()]
    found: set[str] = set()
    for language in languages if wanted else ():
        own_stems = {s for lang, s in wanted if lang == language}
        for form, stem in zip(words, _stemmer(language).stemWords(words), strict=True):
            if fold(stem) in own_stems:
                found |= forms[form]
    return sorted(found)
