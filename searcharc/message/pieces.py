"""What one piece of a signature's line is: a name, a role, an organisation, a unit, or nothing.

Used by `message.rows`, which cuts the lines into pieces. Vocabulary: `message.organisations`.
"""

from __future__ import annotations

import re
from enum import Enum

from searcharc.message import organisations as words
from searcharc.message.zoned import fold_words


class Kind(Enum):
    """What a piece of a signature's line is."""

    NAME = "name"
    ROLE = "role"
    WHOLE = "whole"  # an organisation by its word: university, ministry, Ltd
    BODY = "body"  # an institute, laboratory, team: may be part of a larger one
    UNIT = "unit"
    PLAIN = "plain"  # capitalised words that nothing tells more about
    NOTHING = "nothing"


SENTENCE_WORD = re.compile(
    r"\b(?:is|are|was|were|will|would|can|cannot|don't|doesn't|isn't|should|have|has|you|your|we|my|it|"
    r"he|she|they|who|that|when|if|because)\b",
    re.IGNORECASE,
)
_DEGREE = re.compile(
    r"^(?:ph\.?\s?d\.?|m\.?\s?d\.?|m\.?\s?sc\.?|b\.?\s?sc\.?|m\.?\s?a\.?|m\.?\s?s\.?|b\.?\s?a\.?|mba|dr\.?|"
    r"dipl\.?[-\s]?\w*\.?|jr\.?|sr\.?|esq\.?|cissp|p\.?e\.?|prof\.?|m\.?eng\.?|ing\.?|dipl\.-\w+\.?)$",
    re.IGNORECASE,
)
# "Prof. Dr. Ann Example" among a company's board is a person, "Prof. of Hydrology" is an office.
_TITLED_NAME = re.compile(
    r"(?:(?:prof|dr|ing|dipl)\b\.?[-\w]{0,5}\.?\s+){1,3}(?-i:(?:[^\W\d_a-z][\w'’.-]*)(?:\s(?:von\s|van\s|de\s)?"
    r"[^\W\d_a-z][\w'’.-]*){1,3})",
    re.IGNORECASE,
)
_LONGEST_CJK = 40  # characters; a longer one is a sentence
_NO_TITLE = re.compile(
    r"^@|[\\{}]|[()\[\]{}]$(?<![)\]])|^[^()]*\)$|\([^)]*$|'\d\d\b|^\S+\.[a-z]{2,6}$|"
    r"^(?:visit|see|read|please|get|check|follow|join|our|your|my|the\s+opinions)\b|"
    r"\bour\b|\byour\b|\b(?:logo|icon)\b|\bsince\s\d|\bimage:|\bcid:",
    re.IGNORECASE,
)


def kind_of(text: str, name_words: frozenset[str], hosts: set[str]) -> Kind:
    """What one piece is; the leftmost word of an office decides before that of an organisation."""
    text = text.strip(" .,;:-–—*_")
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if not text or not re.search(r"[^\W\d_]", text) or _NO_TITLE.search(text):
        return Kind.NOTHING
    folded = fold_words(text)
    if (
        name_words
        and folded
        and (folded <= name_words or (len(folded & name_words) >= 2 and len(folded) <= len(name_words) + 2))
    ):
        return Kind.NAME
    if name_words and "".join(re.findall(r"[^\W\d_]+", text.casefold())) in name_words:
        return Kind.NAME
    if (
        len(folded) <= 3
        and len(folded & name_words) == 1
        and max(map(len, folded & name_words)) > 3
        and not _is_known(text)
    ):
        return Kind.NAME
    if len(text) <= 14 and _DEGREE.match(text):
        return Kind.NOTHING
    if (
        words.WAY_TO_REACH.fullmatch(text)
        or words.GENERIC_TEAM.fullmatch(text)
        or _TITLED_NAME.fullmatch(text)
    ):
        return Kind.NOTHING
    if words.CJK_ORGANISATION.search(text):
        return Kind.WHOLE if len(text) <= _LONGEST_CJK else Kind.NOTHING
    if words.ARABIC_ORGANISATION.search(text):
        return Kind.WHOLE
    if words.CJK_ROLE.search(text) or words.ARABIC_ROLE.search(text):
        return Kind.ROLE
    count = len(text.split())
    if count > 14 or (count > 4 and SENTENCE_WORD.search(text)):
        return Kind.NOTHING
    role = words.ROLE.search(text)
    legal = words.LEGAL_FORM.search(text)
    if legal is not None and legal.start() > 0 and legal.end() >= len(text) - 1:
        return Kind.WHOLE
    whole = words.WHOLE.search(text)
    body = words.BODY.search(text)
    unit = words.UNIT.search(text)
    first = min((match.start() for match in (whole, body, unit) if match is not None), default=None)
    if role is not None and (
        first is None
        or role.end() >= len(text) - 1
        or (role.start() < first and not _ends_as_body(text, role))
    ):
        return Kind.ROLE
    if text[0].isdigit() and words.ADDRESS.search(text):
        return Kind.NOTHING
    if unit is not None and (whole is None or unit.start() < whole.start()):
        return Kind.UNIT if is_title(text) else Kind.NOTHING
    generic = whole or body or unit
    if generic is not None and generic[0] == text:
        return Kind.NOTHING  # "Consulting", "University" alone say what, not which
    inflected = generic is not None and _CYRILLIC.match(text) is not None and count <= 8
    if whole is not None and (is_title(text) or inflected or (count <= 8 and _NAMED_BY_OBJECT.match(text))):
        return Kind.WHOLE
    if body is not None:
        if inflected or (count <= 8 and body.start() == 0 and _NAMED_BY_OBJECT.match(text)):
            return Kind.BODY
        if is_title(text):
            return Kind.BODY if _heads(text, body) else Kind.PLAIN
        return Kind.PLAIN if count <= 4 else Kind.NOTHING
    if words.ADDRESS.search(text) or folded <= words.PLACES or text[0].isdigit():
        return Kind.NOTHING
    if _spelled_by(text, hosts):
        return Kind.BODY if is_title(text) or count <= 2 else Kind.NOTHING
    return Kind.PLAIN if is_title(text) and count <= 6 else Kind.NOTHING


# "Special Envoy for the Information Society": what follows is the office's object.
_OBJECT = re.compile(r"\s(?:for|of|to|in|on|at|de|des|du|pour|del|para|für)\s")


# "Ministère des affaires maritimes": French, Spanish and their kin write capitals in the first word alone.
_NAMED_BY_OBJECT = re.compile(
    r"(?=[^\W\d_])[^\W_a-z]\w+(?:\s\w+)?\s"
    r"(?:d['’]|(?:des?|du|de la|della|delle|del|dos|das|da|do|of|for|pour|para|für)\s)[\w'’\s-]+$"
)


# "Министерство морского флота": Russian too, and without any particle.
_CYRILLIC = re.compile(r"[\u0410-\u042f\u0401]")


def _is_known(text: str) -> bool:
    return any(
        pattern.search(text)
        for pattern in (words.WHOLE, words.BODY, words.UNIT, words.ROLE, words.LEGAL_FORM)
    )


def _heads(text: str, body: re.Match[str]) -> bool:
    """Whether the word is what the piece is about: "Tarnholm Networks", but not "Network Card"."""
    if words.BODY_FIRST.match(text):
        return True
    head = re.split(r"\s(?:of|for|in|de|du|des|für|di|&|and)\s|\s*[(\[]", text, maxsplit=1)[0]
    last = head[head.rfind(" ") + 1 :]
    return (
        words.BODY.fullmatch(last) is not None or words.BODY_FIRST.fullmatch(last) is not None or "'" in last
    )


def _ends_as_body(text: str, role: re.Match[str]) -> bool:
    """Whether the last word makes a body of it: "Tarnholm Student Board" but not "Envoy for the Society"."""
    if role.start() == 0 or _OBJECT.match(text, role.end()):
        return False
    head = re.sub(r"\s*\([^()]*\)\s*$", "", text)
    last = head[head.rfind(" ") + 1 :]
    return any(pattern.fullmatch(last) for pattern in (words.WHOLE, words.BODY, words.UNIT))


def is_title(text: str) -> bool:
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
        if len(plain) >= 3 and (
            plain == squeezed or plain in letters or (len(initials) > 2 and plain == initials.casefold())
        ):
            return True
    return False
