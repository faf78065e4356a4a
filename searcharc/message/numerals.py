"""Numerals and list letters of other scripts, in the form that numbers are canonical in.

Used by `message.numbers`, `message.numbering` and `message.references`, before their rules: digits
become ASCII, Chinese numerals before 段 become digits, Cyrillic and Arabic list letters the Latin
letter of the same place.
"""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
_UNITS = {"十": 10, "百": 100}
_NUMERAL = "[〇零一二三四五六七八九十百两兩]{1,7}"
_NUMERALS = re.compile(_NUMERAL)
# "第三段" is paragraph 3, while "第三方" and "第二次" are no paragraphs.
_CHINESE = re.compile(rf"第\s?{_NUMERAL}(?:\s?[至到、和及或与與–—-]\s?第?{_NUMERAL})*(?=\s?段)")

# The order in which lists are lettered: Russian leaves out ё, й; Arabic goes by the abjad.
_LATIN = dict(zip("абвгдежзиклм", "abcdefghijkl", strict=True)) | dict(
    zip("أبجدهوزحطيكل", "abcdefghijkl", strict=True)
)
_ORDINALS = {"бис": "bis", "тер": "ter", "кватер": "quater"}
_ORDINAL = re.compile(rf"(?<=\d)(\s?)({'|'.join(_ORDINALS)})(?!\w)")
_LETTER = re.compile(rf"(?<![^\W_])(\(?)([{''.join(_LATIN)}])ـ?(?=\))")


def plain_numerals(text: str) -> str:
    """The text with ASCII digits for decimal digits of any script and for Chinese paragraph numbers.

    "٣٥" -> "35"; "第二十一段" -> "第21段"; "第六十七至六十九段" -> "第67至69段"; "第二次" stays.
    Russian "24 бис" -> "24 bis", "тер" and "кватер" likewise.
    """
    if text.isascii():
        return text
    if "бис" in text or "тер" in text:
        text = _ORDINAL.sub(lambda found: found[1] + _ORDINALS[found[2]], text)
    if "第" in text:
        text = _CHINESE.sub(lambda found: _NUMERALS.sub(_in_digits, found[0]), text)
    return ascii_digits(text)


def has_chinese_number(text: str) -> bool:
    """Whether a paragraph number is written in Chinese numerals."""
    return "第" in text and _CHINESE.search(text) is not None


def ascii_digits(text: str) -> str:
    """Decimal digits of any script as ASCII: "٣٥" -> "35"."""
    if text.isascii() or not any(c.isdecimal() and not c.isascii() for c in text):
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def latin_markers(text: str) -> str:
    """The text with Latin letters before closing brackets: "б) о судах" -> "b) о судах", "(أ)" -> "(a)"."""
    if text.isascii():
        return text
    return _LETTER.sub(lambda found: found[1] + _LATIN[found[2]], text)


def _in_digits(found: re.Match[str]) -> str:
    """ "二十一" -> "21", "一百零二" -> "102", "二〇" -> "20"."""
    numeral = found[0]
    if not any(c in _UNITS for c in numeral):
        return "".join(str(_DIGITS[c]) for c in numeral)
    total, digit = 0, 0
    for c in numeral:
        if c in _UNITS:
            total += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            digit = _DIGITS[c]
    return str(total + digit)
