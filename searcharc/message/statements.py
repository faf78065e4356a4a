"""What a sender says in so many words about for whom they speak.

Path: own paragraphs -> here -> `message.affiliation`: "on behalf of the Tarnholm Institute",
"I work at Tarnholm", "in my personal capacity". Only capitalised names, only unquoted and
undenied sentences: a miss is better than another's words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from searcharc.message import organisations as words
from searcharc.message.hints import Hints
from searcharc.message.signature import Statement
from searcharc.message.zoned import fold_words

PERSONAL = "personal"

_WORD = r"[A-Z\u00c0-\u00de](?:[\w&'’/+-]|\.(?=\w)){0,40}"
_JOINT = r"(?: (?:of|for|the|and|de|la|le|les|des|du|del|der|für|&)){0,3}"
_DE = r"(?:de (?:la |los |las |l['’])|des |du |del |de |d['’]|dos |das |do |da |della |delle |dei |degli |dell['’]|di )"
_ROMANCE_NAME = (
    rf"(?P<org>{_WORD}(?: {_WORD})*(?:(?: et| y| e)? {_DE}(?:[Ll]['’])?[^\W\d_][\w-]*(?: {_WORD})*){{0,5}})"
)
_COMMON_NOUN = r"(?: (?:team|project|group|community|consortium|foundation|association|delegation|society))?"
_ORGANISATION = rf"(?P<org>{_WORD}(?:{_JOINT} {_WORD}){{0,9}}{_COMMON_NOUN})"
_THE = (
    r"(?:(?:the|our|all|whole|entire|complete|all of|everyone at|everybody at|members of|everyone in) ){0,4}"
)
_I_AM = r"(?<!\w)I(?:['’]m| am)? (?:currently |also |now |here |only ){0,2}"
_ROLE = r"(?P<role>[A-Za-z][A-Za-z. -]{2,50}?)"
_AT = r" (?:at|in|of|with|for|from) "
_ENGLISH = (
    re.compile(r"(?<!\w)[Oo]n (?:the )?behalf of " + _THE + _ORGANISATION),
    re.compile(
        r"(?<!\w)(?:I(?:['’]m| am)?|[Ww]e(?:['’]re| are)?) (?:here )?(?:only )?"
        r"(?:speak|speaking|write|writing) (?:only )?(?:for|in the name of) " + _THE + _ORGANISATION
    ),
    re.compile(
        _I_AM
        + r"(?:work|working) (?:at|for) "
        + _THE
        + _ORGANISATION
        + r"(?: \([^)]{0,80}\))?(?: as an? (?P<role>[a-z][a-z -]{3,40}?)(?=[,.;]| and\b))?"
    ),
    re.compile(_I_AM + r"(?:work|working) (?:at|for) an? [a-z -]{3,60} ?\((?P<org>[A-Z][\w&. -]{1,50})\)"),
    re.compile(_I_AM + r"(?:an?|the) " + _ROLE + _AT + _THE + _ORGANISATION),
    re.compile(r"(?<!\w)[Ss]peaking (?:here )?as (?:an? |the )?" + _ROLE + _AT + _THE + _ORGANISATION),
    re.compile(r"(?<!\w)[Mm]y name is [^,.]{2,40}, (?:an? |the )?" + _ROLE + _AT + _THE + _ORGANISATION),
    re.compile(_I_AM + r"stud(?:y|ying)\b[^.;]{0,60}? at " + _THE + _ORGANISATION),
    re.compile(r"(?<!\w)(?:I|[Ww]e) represent " + _THE + _ORGANISATION),
)
_PATTERNS = (
    *_ENGLISH,
    re.compile(
        r"(?<!\w)(?:[Aa]u nom d(?:e (?:la |l['’])?|u |es )|[Ee]n nombre de(?:l | (?:la |los |las )?)|"
        r"[Ee]m nome d(?:e |[ao]s? )|[Aa] nome d(?:i |el |ella |ell['’]|ei |egli |elle ))" + _ROMANCE_NAME
    ),
    re.compile(
        rf"(?<!\w)[Ii]m Namen (?:de[rs]|von|unsere[rs]) (?P<org>{_WORD}(?:(?: (?:für|der|des|von))* {_WORD}){{0,6}})"
    ),
    re.compile(
        r"(?<!\w)[Оо]т имени (?P<org>[А-ЯЁ][а-яё]+(?: "
        r"(?:[А-ЯЁ][а-яё]+|и|по|[а-яё]*(?:[аяиы]|ов|ев|ей|[ыи]х|[ое]го|ой))(?!\w)){0,6})"
    ),
    re.compile(
        r"(?:我们?|我們|谨|謹|本人)代表(?P<org>[\u3400-\u9fff]{2,20}?"
        r"(?:协会|協會|学会|學會|大学|大學|研究所|研究院|公司|委员会|委員會|中心|集团|集團|政府|代表团|代表團|联盟|聯盟|基金会|基金會|组织|組織))"
    ),
    re.compile(
        r"(?<!\w)(?:باسم|نيابة عن) (?P<org>"
        r"(?:وزارة|جامعة|مؤسسة|شركة|معهد|مركز|جمعية|هيئة|منظمة|اتحاد) \w+(?: ال\w+){0,3})"
    ),
)
# Words of the first person, or that lead to it, that stand in a sentence about oneself.
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:I|[Ww]e|[Mm]y|[Oo]ur|me|us|(?i:je|j['’]|nous|notre|mon|ma|nos|mes|yo|nosotr[oa]s|mi|nuestr[oa]|hablo|escribo|"
    r"apoyo|falo|escrevo|apoio|parlo|scrivo|ich|wir|unser[es]?|я|мы|нашей?))(?!\w)"
)
_OPENING = re.compile(
    r"\W{0,4}(?:(?:sent|posted|submitted|speaking|writing|written|forwarded|sending|posting|submitting)\s)?(?:here\s)?"
    r"(?:on (?:the )?behalf|au nom|en nombre|em nome|a nome|im namen|от имени|باسم|نيابة)",
    re.IGNORECASE,
)
_BEHALF = re.compile(r"(?:on|au|en|em|a|im|от)\s", re.IGNORECASE)
# Cheap tests: no statement without one of these, as they are written, and one of those, case folded.
_STARTS = Hints(
    (
        *("I ", "I'm ", "I’m ", "behalf of", " speak", " writ", " represent", "y name is"),
        *(" nom", " Namen ", "т имени", "代表", "باسم", "نيابة"),
    )
)
_OTHER_HINTS = Hints(
    ("au nom d", "en nombre d", "em nome d", "a nome d", "im namen ", "от имени", "代表", "باسم", "نيابة")
)
_STATEMENT_HINTS = Hints(
    (
        *("behalf of", "speak", "write for", "writing for", "in the name of", "i work", "working at"),
        *("working for", "i am ", "i'm ", "my name is", "represent", "i study"),
        *(
            "au nom d",
            "en nombre d",
            "em nome d",
            "a nome d",
            "im namen ",
            "от имени",
            "代表",
            "باسم",
            "نيابة",
        ),
    )
)
_CAPACITY_HINTS = Hints(
    (
        *(
            "capacity",
            "myself",
            "titre",
            "tulo",
            "titolo",
            "eigener sache",
            "privatperson",
            "persönlicher eig",
        ),
        *("личном", "своего имени", "个人", "個人", "개인", "صف"),
    )
)
_DENIED = re.compile(
    r"\b(?:not|never|n['’]t|no longer|used to|formerly|former|if|unless|nor|without|until|instead of|than|"
    r"your|whether)\b",
    re.IGNORECASE,
)
_PERSONAL_CAPACITY = re.compile(
    r"\bin\s+(?:my|a|an)\s+(?:\w+\s+)?(?:personal|individual|private)\s+capacity|"
    r"\bspeaking\s+(?:\w+\s+)?(?:for|as)\s+myself\b|"
    r"\b(?:à|a)\s+titre\s+(?:\w+\s+)?personnel\b|\ba\s+t[íi]tulo\s+(?:\w+\s+)?(?:personal|pessoal)\b|"
    r"\ba\s+titolo\s+(?:\w+\s+)?personale\b|\bin\s+eigener\s+sache\b|\bals\s+privatperson\b|"
    r"\bin\s+(?:meiner\s+)?persönlicher\s+eigenschaft\b|в\s+личном\s+качестве|от\s+своего\s+имени|"
    r"以个人(?:身份|名义)|以個人(?:身分|名義)|代表(?:我|本人)?(?:个人|個人)|個人として|개인\s?자격으로|بصفتي\s+الشخصية|بصفة\s+شخصية",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:['’]s|[.,;:!?/&-]+)$")
_NO_NAME = frozenset(
    [
        "I",
        "My",
        "The",
        "This",
        "That",
        "It",
        "Mr",
        "Mrs",
        "Ms",
        "Dr",
        "Linux",
        "Python",
        "English",
        "C",
        "Java",
        "Windows",
    ]
)
# Organisations by their word, in the cases and compounds of German and Russian, and without blanks around it.
_INFLECTED = re.compile(
    r"[\u3400-\u9fff\u0600-\u06ff]|(?:ассоциаци|министерств|институт|университет|фонд|обществ|союз|федераци|делегаци|"
    r"организаци|комитет|академи)[а-яё]{0,3}(?!\w)",
    re.IGNORECASE,
)
_GERMAN_BODY = re.compile(
    r"(?:vereins?|verbande?s|verband|gesellschaft|ministeriums?|instituts?|universität|hochschule|stiftung|bundes|amte?s|"
    r"kammer|behörde|initiative|gruppe)(?!\w)",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)|\n")
_BEFORE = 40  # characters before a statement in which it may be denied
_ASIDE = 45  # characters of "(in a personal capacity)"
_LONGEST_LINE = 150  # characters kept before and behind


def find_statements(texts: Sequence[str], *, name_words: frozenset[str]) -> list[Statement]:
    """The organisations that own paragraphs say the sender speaks or works for.

    "I write on behalf of the Quillmere Shipping Association." -> Quillmere Shipping Association;
    "I am a research fellow at Tarnholm Institute" -> role "research fellow"; "I do not speak for
    Tarnholm", "on behalf of your employer", "on behalf of Jane Doe" -> nothing.
    name_words: the sender's name, folded.
    """
    found: list[Statement] = []
    whole = " ".join(texts).replace("\n", " ")
    if not _STARTS.within(whole):
        return found
    for text in _holding(_STATEMENT_HINTS, texts, whole.lower().replace("’", "'")):
        flat = text.replace("\n", " ")
        for pattern in _PATTERNS if not flat.isascii() or _OTHER_HINTS.within(flat.lower()) else _ENGLISH:
            match = pattern.search(flat)
            if match is None or _DENIED.search(flat, max(0, match.start() - _BEFORE), match.start()):
                continue
            if flat.count('"', 0, match.start()) % 2:
                continue  # another's words
            if _BEHALF.match(match[0]) and not _is_own(_sentence(text, match), name_words):
                continue
            name = _TAIL.sub("", match["org"])
            role = match.groupdict().get("role")
            if role is not None and not words.ROLE.search(role):
                if " work" not in match[0]:
                    continue
                role = None
            if _is_stated(name, match[0], role, name_words):
                found.append(Statement(name, role, _sentence(text, match), True))
    return found


def _holding(hints: Hints, texts: Sequence[str], whole: str) -> list[str]:
    """Those texts that may hold one of the hints. whole: all of them, a blank between, case folded."""
    if not hints.within(whole):
        return []
    ends = list(accumulate(len(text) + 1 for text in texts))
    if not ends or ends[-1] != len(whole) + 1:  # a letter whose small form is longer
        return [text for text in texts if hints.within(text.lower().replace("\n", " ").replace("’", "'"))]
    return [texts[at] for at in sorted({bisect_right(ends, place) for place in hints.places(whole)})]


def find_capacity(texts: Sequence[str]) -> str | None:
    """PERSONAL where own paragraphs say "in my personal capacity" or "speaking for myself", else None."""
    for text in _holding(_CAPACITY_HINTS, texts, " ".join(texts).lower()):
        match = _PERSONAL_CAPACITY.search(text)
        if match is None or text[: match.start()].rstrip().lower().endswith(" not"):
            continue
        if match[0][:5].lower() not in ("in a ", "in an"):
            return PERSONAL
        sentence = _sentence(text, match)  # "Bo came in a personal capacity" is said of another
        if len(sentence) <= _ASIDE or _FIRST_PERSON.search(sentence):
            return PERSONAL
    return None


def _is_own(sentence: str, name_words: frozenset[str]) -> bool:
    """Whether "on behalf of" is said of the sender: "Did Bo write on behalf of ...?" is not."""
    if sentence.endswith("?"):
        return False
    if _OPENING.match(sentence) is not None or _FIRST_PERSON.search(sentence) is not None:
        return True
    return not name_words.isdisjoint(fold_words(sentence))


def _is_stated(name: str, statement: str, role: str | None, name_words: frozenset[str]) -> bool:
    """Whether what was named is an organisation and no person, place or joke."""
    folded = fold_words(name)
    if len(name) < 2 or not folded or folded <= name_words or folded <= words.PLACES or name in _NO_NAME:
        return False
    kinds = (words.WHOLE, words.BODY, words.UNIT, words.LEGAL_FORM)
    if any(kind.search(name) for kind in kinds) or name.endswith(
        (" team", " project", " community", " delegation")
    ):
        return True
    if _INFLECTED.search(name) or (statement[:2].casefold() == "im" and _GERMAN_BODY.search(name)):
        return True
    before = statement[: -len(name)] if statement.endswith(name) else statement
    if _BEHALF.match(statement):
        # A bare name may be a person's: an article or capitals tell.
        return before.endswith(("the ", " at ", "entire ", "whole ", "complete ")) or (
            name.isupper() and len(name) > 2
        )
    return " work" in statement or (
        role is not None and before.endswith((" at ", " for ", " from ", " with ", " the "))
    )


def _sentence(text: str, match: re.Match[str]) -> str:
    """The sentence around a match, bounded."""
    start = max(
        text.rfind(". ", 0, match.start()) + 1,
        text.rfind("\n", 0, match.start()) + 1,
        match.start() - _LONGEST_LINE,
        0,
    )
    stop = _SENTENCE_END.search(text, match.end())
    end = min(stop.start() + 1 if stop else len(text), match.end() + _LONGEST_LINE)
    return text[start:end].strip()
