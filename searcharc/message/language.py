"""A text -> the language it is written in, where that is clear.

Scripts first, then stop words: enough for eleven languages and no more. It is asked for a message's
own words and says None rather than guess.
"""

from __future__ import annotations

import re
from collections import Counter

SAMPLE = 4_000  # characters looked at
_FEWEST = 3.0  # stop words that must be found

_STOP_WORDS = {
    "en": (
        "the and of to is that for it on with this be are was you not have as from at by or an we will "
        "but they can has would there their what which if i your my our been should do does don't it's "
        "about more so would them when"
    ),
    "fr": (
        "le la les des et est une que qui dans pour pas sur plus par avec ce cette sont vous nous mais "
        "ou au aux du être il elle je ne se sa son ses leur ces comme été ont avons être faire fait "
        "bien tout bonjour merci aussi"
    ),
    "es": (
        "el la los las que es un una del para por con no se su lo como más pero sus ha esta este son "
        "al muy sobre también hay nos está todo ya sin cuando si porque entre desde donde les me mi "
        "hola gracias ser han fue"
    ),
    "de": (
        "der die das und ist nicht ein eine einen den dem mit für von zu auf ich es sich auch wird "
        "werden im wir sie sind aber oder wie bei nur noch aus nach dass daß hat haben kann wenn als "
        "zum zur über einer mir mich ihr man"
    ),
    "pt": (
        "os as que é um uma do da dos das em no na nos nas para por com não se mais como mas foi ao "
        "ele ela são está você também isso muito já ser tem pelo pela até sua seu eu nós obrigado à às "
        "quando sobre"
    ),
    "it": (
        "il lo la gli le di che è un una del della dei delle per non con si da come più ma anche sono "
        "nel nella questo questa ho ha ci al alla se mi io tutti essere stato quando perché molto "
        "grazie ciao dalla sul"
    ),
}
_INDEX: dict[str, tuple[str, ...]] = {}
for _language, _words in _STOP_WORDS.items():
    for _word in set(_words.split()):
        _INDEX[_word] = (*_INDEX.get(_word, ()), _language)

_WORD = re.compile(r"[^\W\d_]+")
# ASCII letters in lower case, all else as blanks.
_LETTERS = bytes(ord(chr(code).lower()) if chr(code).isalpha() else 0x20 for code in range(128)) + b" " * 128
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_KANA = re.compile("[\u3041-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ARABIC = re.compile("[\u0620-\u06d3]")
# Letters of other languages in the same script: Ukrainian, Belarusian, Serbian, Macedonian; Persian, Urdu.
_NOT_RUSSIAN = re.compile("[іїєґўђћљњџјѓќѕІЇЄҐЎЂЋЉЊЏЈЃЌЅ]")
_NOT_ARABIC = re.compile("[پچژگکیٹڈڑںے]")
# Traditional and simplified Chinese are both "zh"; one ideograph says as much as three letters.
_HAN_WEIGHT = 3


def guess_language(text: str) -> str | None:
    """The ISO 639-1 code of the text's language, None where it is not clear.

    One of en, fr, es, de, pt, it, ru, zh, ja, ko, ar. "Bonjour à tous, voici le texte que nous avons
    reçu" -> "fr"; "ok" -> None.
    """
    sample = text[:SAMPLE]
    if not sample.isascii():
        by_script = _by_script(sample)
        if by_script is not None:
            return by_script or None
    return _by_words(sample)


def _by_script(sample: str) -> str | None:
    """A language, "" where the script is another language's, None where the script says nothing."""
    latin = len(_LATIN.findall(sample))
    hangul = len(_HANGUL.findall(sample)) * 2
    kana = len(_KANA.findall(sample)) * 2
    han = len(_HAN.findall(sample)) * _HAN_WEIGHT
    cyrillic = len(_CYRILLIC.findall(sample))
    arabic = len(_ARABIC.findall(sample))
    letters = latin + hangul + kana + han + cyrillic + arabic
    share = 0.4 * letters
    if hangul > share:
        return "ko"
    if kana + han > share and letters >= 6:
        return "ja" if kana * 8 > han else "zh"
    if cyrillic > share and cyrillic >= 8:
        return "" if len(_NOT_RUSSIAN.findall(sample)) * 50 > cyrillic else "ru"
    if arabic > share and arabic >= 8:
        return "" if len(_NOT_ARABIC.findall(sample)) * 50 > arabic else "ar"
    return None


def _by_words(sample: str) -> str | None:
    if sample.isascii():
        words = sample.encode("ascii").translate(_LETTERS).decode("ascii").split()
    else:
        words = _WORD.findall(sample.lower())
    scores: dict[str, float] = {}
    for word, count in Counter(filter(_INDEX.__contains__, words)).items():
        for language in _INDEX[word]:
            # A word of two languages ("la", "que") says half as much; one word alone says little.
            scores[language] = scores.get(language, 0.0) + min(count, 12) / len(_INDEX[word])
    if not scores:
        return None
    best = max(scores, key=scores.__getitem__)
    score = scores.pop(best)
    other = max(scores.values(), default=0.0)
    if score < _FEWEST or score < 1.4 * other or score < 0.06 * min(len(words), 400):
        return None
    return best
