"""For whom a sender speaks, as one message says it: organisations, roles, capacity.

Path: paragraphs and headers -> affiliations. Evidence is a signature, an Organization header,
the display name, a statement in the sender's own words, and at last the mail domain. Each
affiliation carries the line it was read from; quoted and forwarded text, mottoes, list footers
and disclaimers give none. What other mails of the sender say is not looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from searcharc.message import organisations as words
from searcharc.message.domains import organisation_domain
from searcharc.message.signature import fold_words, read_signature
from searcharc.models import Affiliation, Evidence, Paragraph, Sender, Zone

PERSONAL = "personal"
_CONFIDENCE = {
    Evidence.SIGNATURE: 0.9,
    Evidence.HEADER: 0.85,
    Evidence.DISPLAY_NAME: 0.8,
    Evidence.STATEMENT: 0.75,
    Evidence.DOMAIN: 0.3,
}
_LONGEST = 6000  # characters of a paragraph that is read; longer ones are no statements
_UNSURE = 0.7  # an organisation known only by where it stands
_PERSONAL_FACTOR = 0.5


def find_affiliations(
    paragraphs: Sequence[Paragraph],
    *,
    sender: Sender,
    organization_header: str | None = None,
    display_name_raw: str = "",
) -> tuple[tuple[Affiliation, ...], str | None]:
    """The sender's affiliations, surest first, and the capacity ("personal" or None).

    sender: as restored. organization_header: decoded. display_name_raw: the decoded display
    name before "(Org)" or "via list" was taken off. An affiliation stated twice is given once,
    with its stronger evidence; the domain speaks only where nothing else does.
    """
    label = _domain_label(sender.address)
    own = [
        paragraph.text
        for paragraph in paragraphs
        if not paragraph.quote_depth and paragraph.zone in (Zone.OWN, Zone.SIGNATURE) and len(paragraph.text) <= _LONGEST
    ]
    found = [
        *_from_signature(paragraphs, sender, label),
        *_from_header(organization_header, sender),
        *_from_display_name(display_name_raw or sender.name, label),
        *_from_statements(own, sender),
    ]
    kept: list[Affiliation] = []
    for affiliation in found:
        if not any(_same(affiliation.name, other.name) for other in kept):
            kept.append(affiliation)
    if not kept:
        kept.extend(_from_domain(sender))
    capacity = _capacity(own)
    if capacity is not None:
        kept = [replace(a, confidence=round(a.confidence * _PERSONAL_FACTOR, 2)) for a in kept]
    return tuple(sorted(kept, key=lambda a: -a.confidence)), capacity


def organisation_key(name: str) -> str:
    """The form by which two names are one organisation: no case, accents, legal form, article.

    "The Norwick Company, Ltd." and "Norwick Company" -> "norwick company".
    """
    bare = words.LEGAL_FORM.sub("", name).strip(" ,.") or name
    return " ".join(sorted(fold_words(bare) - {"the"}))


def _same(one: str, other: str) -> bool:
    return organisation_key(one) == organisation_key(other)


def _domain_label(address: str) -> str | None:
    domain = organisation_domain(address)
    return domain.split(".", 1)[0] if domain else None


# --- signature -----------------------------------------------------------------------------


def _from_signature(paragraphs: Sequence[Paragraph], sender: Sender, label: str | None) -> list[Affiliation]:
    lines: list[str] = []
    company: list[Affiliation] = []
    armour = False
    for paragraph in paragraphs:
        if paragraph.quote_depth:
            continue
        if paragraph.zone is Zone.FOOTER and label and not company:
            company = _from_registration(paragraph.text, label)
        elif paragraph.zone is Zone.SIGNATURE:
            for line in paragraph.text.split("\n"):
                if line.startswith("-----BEGIN PGP "):
                    armour = True
                if not armour:
                    lines.append(line)
                # The head of a signed text ends with its paragraph, a signature with its mark.
                if line.startswith(("-----END PGP ", "Hash: ")):
                    armour = False
    if not lines:
        return company
    name = fold_words(sender.name)
    statements = read_signature(lines, name_words=name, domain_label=label)
    return company + [
        Affiliation(
            s.name, s.role, Evidence.SIGNATURE, s.line, _CONFIDENCE[Evidence.SIGNATURE] if s.sure else _UNSURE
        )
        for s in statements
        if fold_words(s.name) - name
    ]


def _from_registration(text: str, label: str) -> list[Affiliation]:
    """"Norwick GmbH | Sitz: ... | Registergericht: ..." of a sender at norwick.example.

    German law (GmbHG 35a) wants this block in business mail; that the domain spells the name
    tells it from one that came along with a quote.
    """
    if not words.REGISTRATION.search(text):
        return []
    head = text.split("|", 1)[0].split(";", 1)[0].strip()
    legal = words.LEGAL_FORM.search(head)
    squeezed = "".join(c for c in head.casefold() if c.isalnum())
    if legal is None or len(head) > 100 or label.replace("-", "") not in squeezed:
        return []
    name = head[: legal.end()]
    return [Affiliation(name, None, Evidence.SIGNATURE, text[:300], _CONFIDENCE[Evidence.SIGNATURE])]


# --- headers -------------------------------------------------------------------------------

_HEADER_END = re.compile(r"\s*(?:;|\s-\s+http|\s+Registered\s|\s\(?https?://|\s\(?www\.|\s<|\s\|\s|,\s*(?:http|www)).*$", re.DOTALL)


def _from_header(header: str | None, sender: Sender) -> list[Affiliation]:
    if not header:
        return []
    line = " ".join(header.split())
    name = _HEADER_END.sub("", line).strip(" ,\"'")
    if not 2 <= len(name) <= 120 or name.casefold().strip(" .!*-") in words.HEADER_JUNK:
        return []
    if re.fullmatch(r"\S+\.[a-z]{2,}", name) or not re.search(r"[^\W\d_]{2}", name):
        return []  # a host's name is the domain again
    folded = fold_words(name)
    if folded <= fold_words(sender.name) or folded <= words.HEADER_JUNK:
        return []
    return [Affiliation(name, None, Evidence.HEADER, f"Organization: {line}", _CONFIDENCE[Evidence.HEADER])]


_SUFFIX = re.compile(r"^(?P<name>.*?\S)\s*[(\[（【](?P<inside>[^()\[\]（）【】]{2,80})[)\]）】]\s*$")
_DASHED = re.compile(r"^(?P<name>\S+(?:\s+\S+){1,4}?)\s*(?:--+|\s-\s|\s–\s|\s—\s|\s\|\s)\s*(?P<inside>\S.{1,78})$")
_LOTUS = re.compile(r"^(?P<name>[^/]+\s[^/]+)/(?:[^/]+/)*(?P<inside>[^/]+)$")
_VIA = re.compile(r"\s+via\s+\S.*$", re.IGNORECASE)
_JOINED = re.compile(r"[^\W_a-zA-Z]{2,6}_(?P<inside>[A-Za-z]\w+)$")


def _from_display_name(raw: str, label: str | None) -> list[Affiliation]:
    """"Ann Example (Norwick)", "Ann Example [NRW/X]", "Ann--Norwick Institute" -> the organisation."""
    name = _VIA.sub("", raw.replace("\\", "").strip().strip("\"'")).strip().strip("\"'")
    if len(name) > 160 or "@" in name:
        return []
    match = _SUFFIX.match(name)
    bracketed = match is not None
    match = match or _DASHED.match(name) or _LOTUS.match(name)
    if match is None:
        return []
    inside = match["inside"].strip()
    joined = _JOINED.search(inside)
    if joined is not None:
        inside = joined["inside"]
    if "/" in inside:
        parts = [part.strip() for part in inside.split("/") if part.strip()]
        spelled = [part for part in parts if label and part.casefold() == label]
        inside = (spelled or parts or [""])[0]
    if not _names_organisation(inside, label, bracketed) or fold_words(inside) <= fold_words(match["name"]):
        return []
    return [Affiliation(inside, None, Evidence.DISPLAY_NAME, raw.strip(), _CONFIDENCE[Evidence.DISPLAY_NAME])]


def _names_organisation(text: str, label: str | None, bracketed: bool) -> bool:
    folded = fold_words(text)
    if not folded or folded <= words.DISPLAY_JUNK or folded <= words.PLACES or text.casefold().startswith(("via ", "aka ", "formerly ")):
        return False
    if words.WHOLE.search(text) or words.BODY.search(text) or words.UNIT.search(text) or words.LEGAL_FORM.search(text):
        return True
    if words.CJK_ORGANISATION.search(text) or (label and label in folded):
        return True
    if not bracketed:
        return len(text.split()) >= 3 and re.match(r"[A-Z]{3,}\b", text) is not None
    if words.ROLE.search(text) or len(text.split()) > 3 or not text[0].isalpha() or not text.isprintable():
        return False
    letters = [c for c in text if c.isalpha()]
    if bracketed and len(letters) >= 3 and all(c.isupper() for c in letters):
        return True
    # "(Samsung)": one capitalised word in brackets; two are a person's other name as often.
    return bracketed and len(text.split()) == 1 and text[0].isupper() and len(letters) >= 4 and text.isascii()


# --- statements ------------------------------------------------------------------------------

_WORD = r"[A-Z\u00c0-\u00de](?:[\w&'’/+-]|\.(?=\w)){0,40}"
_ORG = r"(?P<org>" + _WORD + r"(?:[ \n](?:(?:of|for|the|and|de|la|le|les|des|du|del|der|für|&)[ \n]){0,3}" + _WORD + r"){0,9}(?:[ \n](?:team|project|group|community|consortium|foundation|association|delegation|society))?)"
_THE = r"(?:the[ \n]|our[ \n]|all[ \n](?:of[ \n])?|everyone[ \n]at[ \n]|everybody[ \n]at[ \n]|members[ \n]of[ \n]|(?:whole|entire|complete)[ \n])*"
_STATEMENTS = (
    re.compile(r"(?<![\w])[Oo]n[ \n](?:the[ \n])?behalf[ \n]of[ \n]" + _THE + _ORG),
    re.compile(r"(?<![\w])(?:I(?:['’]m|[ \n]am)?|[Ww]e(?:['’]re|[ \n]are)?)[ \n](?:here[ \n])?(?:only[ \n])?(?:speak(?:ing)?|writ(?:e|ing))[ \n](?:only[ \n])?(?:for|in[ \n]the[ \n]name[ \n]of)[ \n]" + _THE + _ORG),
    re.compile(r"(?<![\w])I(?:['’]m|[ \n]am)?[ \n](?:currently[ \n]|also[ \n]|now[ \n])?work(?:ing)?[ \n](?:at|for|with)[ \n]" + _THE + _ORG + r"(?:[ \n]\([^)]*\))?(?:[ \n]as[ \n]an?[ \n](?P<role>[a-z][a-z \n-]{3,40}?)(?=[,.;]|[ \n]and\b))?"),
    re.compile(r"(?<![\w])I(?:['’]m|[ \n]am)?[ \n]work(?:ing)?[ \n](?:at|for)[ \n]an?[ \n][a-z -]{3,60}[ \n]?\((?P<org>[A-Z][\w&. -]{1,50})\)"),
    re.compile(r"(?<![\w])I(?:['’]m|[ \n]am)[ \n](?:currently[ \n]|also[ \n]|now[ \n])?(?:an?|the)[ \n](?P<role>[A-Za-z][A-Za-z. \n-]{2,50}?)[ \n](?:at|in|of|with|for|from)[ \n]" + _THE + _ORG),
    re.compile(r"(?<![\w])[Mm]y[ \n]name[ \n]is[ \n][^,.\n]{2,40},[ \n](?:an?[ \n]|the[ \n])?(?P<role>[A-Za-z][A-Za-z. -]{2,50}?)[ \n](?:at|in|of|with|for|from)[ \n]" + _THE + _ORG),
    re.compile(r"(?<![\w])I(?:['’]m|[ \n]am)?[ \n](?:currently[ \n])?stud(?:y|ying)\b[^.;]{0,60}?[ \n]at[ \n]" + _THE + _ORG),
    re.compile(r"(?<![\w])(?:I|[Ww]e)[ \n]represent[ \n]" + _THE + _ORG),
    re.compile(r"(?<![\w])(?:[Aa]u[ \n]nom[ \n]d(?:e[ \n](?:la[ \n]|l['’])?|u[ \n]|es[ \n])|[Ee]n[ \n]nombre[ \n]de(?:l[ \n]|[ \n](?:la[ \n]|los[ \n])?))" + _ORG),
)
# Cheap tests: no statement without one of these.
_STATEMENT_HINTS = (
    "behalf of", "speak for", "speaking for", "speaking only", "write for", "writing for", "in the name of", "i work", "working at",
    "working for", "i am ", "i'm ", "my name is", "represent", "i study", "au nom d", "en nombre d",
)
_CAPACITY_HINTS = ("capacity", "myself", "titre", "tulo", "eigener sache", "личном", "以个人", "以個人", "صف")
_DENIED = re.compile(r"\b(?:not|never|n['’]t|no longer|used to|formerly|former|if|unless|nor|without|until|instead of|than|your|whether)\b", re.IGNORECASE)
_PERSONAL_CAPACITY = re.compile(
    r"\bin\s+(?:my|a|an)\s+(?:\w+\s+)?(?:personal|individual|private)\s+capacity|\bspeaking\s+(?:\w+\s+)?(?:for|as)\s+myself\b|"
    r"\b(?:à|a)\s+titre\s+(?:\w+\s+)?personnel\b|\ba\s+t[íi]tulo\s+(?:\w+\s+)?personal\b|\bin\s+eigener\s+sache\b|"
    r"в\s+личном\s+качестве|以个人(?:身份|名义)|以個人(?:身分|名義)|بصفتي\s+الشخصية|بصفة\s+شخصية",
    re.IGNORECASE,
)
_ORG_TAIL = re.compile(r"(?:['’]s|[.,;:!?/&-]+)$")


def _from_statements(texts: Sequence[str], sender: Sender) -> list[Affiliation]:
    found: list[Affiliation] = []
    for text in texts:
        lower = text.lower().replace("\n", " ").replace("’", "'")
        if not any(hint in lower for hint in _STATEMENT_HINTS):
            continue
        for pattern in _STATEMENTS:
            match = pattern.search(text)
            if match is None or _DENIED.search(text, max(0, match.start() - 40), match.start()):
                continue
            if text.count('"', 0, match.start()) % 2:
                continue  # another's words
            name = _ORG_TAIL.sub("", " ".join(match["org"].split()))
            role = match.groupdict().get("role")
            role = " ".join(role.split()) if role else None
            if role is not None and not words.ROLE.search(role):
                continue
            if not _stated(name, match[0], role, sender):
                continue
            found.append(Affiliation(name, role, Evidence.STATEMENT, _line(text, match), _CONFIDENCE[Evidence.STATEMENT]))
    return found


def _stated(name: str, statement: str, role: str | None, sender: Sender) -> bool:
    """Whether what was named is an organisation and no person, place or joke."""
    folded = fold_words(name)
    if len(name) < 2 or not folded or folded <= fold_words(sender.name) or folded <= words.PLACES:
        return False
    if re.match(r"(?:I|My|The|This|That|It|Mr|Mrs|Ms|Dr|Linux|Python|English|C|Java|Windows)\b", name) and len(name.split()) == 1:
        return False
    known = words.WHOLE.search(name) or words.BODY.search(name) or words.UNIT.search(name) or words.LEGAL_FORM.search(name)
    if known or re.search(r"\b(?:team|project|community|delegation)$", name):
        return True
    if statement[:2].casefold() in ("on", "au", "en"):
        return bool(re.search(r"\bthe\s+(?:\w+\s+)?$|at\s+$", statement[: -len(name)])) or (name.isupper() and len(name) > 2)
    return bool(re.search(r"\bwork", statement)) or (role is not None and bool(re.search(r"[ \n](?:at|for|from|with)[ \n]", statement)))


def _line(text: str, match: re.Match[str]) -> str:
    """The sentence around a match, at most 300 characters."""
    start = max(text.rfind(". ", 0, match.start()) + 1, text.rfind("\n", 0, match.start()) + 1, match.start() - 150, 0)
    end = match.end()
    stop = re.compile(r"[.!?](?:\s|$)|\n").search(text, end)
    end = min(stop.start() + 1 if stop else len(text), end + 150)
    return text[start:end].strip()


def _capacity(texts: Sequence[str]) -> str | None:
    for text in texts:
        lower = text.lower()
        if not any(hint in lower for hint in _CAPACITY_HINTS):
            continue
        match = _PERSONAL_CAPACITY.search(text)
        if match is not None and not re.search(r"\bnot\s+$", text[max(0, match.start() - 8) : match.start()]):
            return PERSONAL
    return None


# --- domain ----------------------------------------------------------------------------------


def _from_domain(sender: Sender) -> list[Affiliation]:
    domain = organisation_domain(sender.address)
    if domain is None:
        return []
    label = domain.split(".", 1)[0]
    if any(len(word) >= 4 and word in label for word in fold_words(sender.name)):
        return []  # a domain that bears its owner's name is a person's
    return [Affiliation(domain, None, Evidence.DOMAIN, sender.address, _CONFIDENCE[Evidence.DOMAIN])]
