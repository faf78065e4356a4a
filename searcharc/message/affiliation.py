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
from functools import lru_cache

from searcharc.message import organisations as words
from searcharc.message.domains import organisation_domain
from searcharc.message.hunks import is_hunk
from searcharc.message.orgnames import organisation_key as organisation_key
from searcharc.message.signature import read_signature
from searcharc.message.statements import find_capacity, find_statements
from searcharc.message.zoned import fold_words
from searcharc.models import Affiliation, Evidence, Paragraph, Sender, Zone

_CONFIDENCE = {
    Evidence.SIGNATURE: 0.9,
    Evidence.HEADER: 0.85,
    Evidence.DISPLAY_NAME: 0.8,
    Evidence.STATEMENT: 0.75,
    Evidence.DOMAIN: 0.3,
}
_SIGNATURE, _FOOTER = Zone.SIGNATURE, Zone.FOOTER
_SPOKEN = (Zone.OWN, _SIGNATURE)
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
        if not paragraph.quote_depth
        and paragraph.zone in _SPOKEN
        and len(paragraph.text) <= _LONGEST
        and not is_hunk(paragraph.text)
    ]
    found = [
        *_from_signature(paragraphs, sender, label),
        *_from_header(organization_header, sender),
        *_from_display_name(display_name_raw or sender.name, label),
        *(
            Affiliation(s.name, s.role, Evidence.STATEMENT, s.line, _CONFIDENCE[Evidence.STATEMENT])
            for s in find_statements(own, name_words=fold_words(sender.name))
        ),
    ]
    kept: list[Affiliation] = []
    for affiliation in found:
        at = next((index for index, other in enumerate(kept) if _same(affiliation.name, other.name)), None)
        if at is None:
            kept.append(affiliation)
        elif kept[at].role is None:
            kept[at] = replace(kept[at], role=affiliation.role)
    if not kept:
        kept.extend(_from_domain(sender))
    capacity = find_capacity(own)
    if capacity is not None:
        kept = [replace(a, confidence=round(a.confidence * _PERSONAL_FACTOR, 2)) for a in kept]
    return tuple(sorted(kept, key=lambda a: -a.confidence)), capacity


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
        if paragraph.zone is _FOOTER and label and not company:
            company = _from_registration(paragraph.text, label)
        elif paragraph.zone is _SIGNATURE:
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
    name = fold_words(sender.name) | _local_words(sender.address, lines)
    statements = read_signature(tuple(lines), name_words=name, domain_label=label)
    return [
        Affiliation(
            s.name, s.role, Evidence.SIGNATURE, s.line, _CONFIDENCE[Evidence.SIGNATURE] if s.sure else _UNSURE
        )
        for s in statements
        if fold_words(s.name) - name
    ] + company


def _local_words(address: str, lines: Sequence[str]) -> frozenset[str]:
    """Words of the signature that the address's local part holds: "Friedt" of friedtj@example.org.

    They are the name where the header has none, or another form of it.
    """
    local = address.partition("@")[0].casefold()
    found = {
        word
        for line in lines[:6]
        for word in fold_words(line[:60])
        if word == local or (len(word) >= 4 and word in local)
    }
    return frozenset(found)


def _from_registration(text: str, label: str) -> list[Affiliation]:
    """ "Tarnholm GmbH | Sitz: ... | Registergericht: ..." of a sender at tarnholm.example.

    German law (GmbHG 35a) wants this block in business mail; that the domain spells the name
    tells it from one that came along with a quote.
    """
    if not words.is_registration(text):
        return []
    head = text.split("|", 1)[0].split(";", 1)[0].strip()
    legal = words.LEGAL_FORM.search(head)
    squeezed = "".join(c for c in head.casefold() if c.isalnum())
    if legal is None or len(head) > 100 or label.replace("-", "") not in squeezed:
        return []
    name = head[: legal.end()]
    return [Affiliation(name, None, Evidence.SIGNATURE, text[:300], _CONFIDENCE[Evidence.SIGNATURE])]


# --- headers -------------------------------------------------------------------------------

_HEADER_END = re.compile(
    r"\s*(?:;|\s-\s+http|\s+Registered\s|\s\(?https?://|\s\(?www\.|\s<|\s\|\s|,\s*(?:http|www)).*$", re.DOTALL
)


def _from_header(header: str | None, sender: Sender) -> list[Affiliation]:
    if not header:
        return []
    line = " ".join(header.split())
    name = _HEADER_END.sub("", line).strip(" ,\"'")
    if not 2 <= len(name) <= 120 or name.casefold().strip(" .!*-") in words.HEADER_JUNK:
        return []
    if re.fullmatch(r"\S+\.[a-z]{2,}|https?://\S+", name) or not re.search(r"[^\W\d_]{2}", name):
        return []  # a host's name is the domain again
    folded = fold_words(name)
    if folded <= fold_words(sender.name) or folded <= words.HEADER_JUNK:
        return []
    return [Affiliation(name, None, Evidence.HEADER, f"Organization: {line}", _CONFIDENCE[Evidence.HEADER])]


_SUFFIX = re.compile(r"^(?P<name>.*?\S)\s*[(\[（【](?P<inside>[^()\[\]（）【】]{2,80})[)\]）】]\s*$")
_DASHED = re.compile(
    r"^(?P<name>\S+(?:\s+\S+){1,4}?)\s*(?:--+|\s-\s|\s–\s|\s—\s|\s\|\s)\s*(?P<inside>\S.{1,78})$"
)
_LOTUS = re.compile(r"^(?P<name>[^/]+\s[^/]+)/(?:[^/]+/)*(?P<inside>[^/]+)$")
_VIA = re.compile(r"\s+via\s+\S.*$", re.IGNORECASE)
_JOINED = re.compile(r"[^\W_a-zA-Z]{2,6}_(?P<inside>[A-Za-z]\w+)$")


@lru_cache(maxsize=1024)
def _from_display_name(raw: str, label: str | None) -> Sequence[Affiliation]:
    """ "Ann Example (Tarnholm)", "Ann Example [NRW/X]", "Ann--Tarnholm Institute" -> the organisation."""
    name = _VIA.sub("", raw.replace("\\", "").strip().strip("\"'")).strip().strip("\"'")
    if len(name) > 160 or "@" in name:
        return ()
    match = _SUFFIX.match(name) if name.endswith((")", "]", "）", "】")) else None
    bracketed = match is not None
    match = match or _DASHED.match(name) or _LOTUS.match(name)
    if match is None:
        return ()
    inside = match["inside"].strip()
    joined = _JOINED.search(inside)
    if joined is not None:
        inside = joined["inside"]
    if "/" in inside:
        parts = [part.strip() for part in inside.split("/") if part.strip()]
        spelled = [part for part in parts if label and part.casefold() == label]
        inside = (spelled or parts or [""])[0]
    if "." in inside and re.fullmatch(r"\S+\.[a-z]{2,}", inside):
        return ()  # a host's name is the domain again
    if not _names_organisation(inside, label, bracketed) or fold_words(inside) <= fold_words(match["name"]):
        return ()
    return (
        Affiliation(inside, None, Evidence.DISPLAY_NAME, raw.strip(), _CONFIDENCE[Evidence.DISPLAY_NAME]),
    )


def _names_organisation(text: str, label: str | None, bracketed: bool) -> bool:
    folded = fold_words(text)
    if (
        not folded
        or folded <= words.DISPLAY_JUNK
        or folded <= words.PLACES
        or text.casefold().startswith(("via ", "aka ", "formerly "))
    ):
        return False
    if (
        words.WHOLE.search(text)
        or words.BODY.search(text)
        or words.UNIT.search(text)
        or words.LEGAL_FORM.search(text)
    ):
        return True
    if words.CJK_ORGANISATION.search(text) or (label and label in folded):
        return True
    if not bracketed:
        return len(text.split()) >= 3 and re.match(r"[A-Z]{3,}\b", text) is not None
    if (
        any(c.isdigit() for c in text)
        or words.ROLE.search(text)
        or len(text.split()) > 3
        or not text[0].isalpha()
        or not text.isprintable()
    ):
        return False
    letters = [c for c in text if c.isalpha()]
    if bracketed and len(letters) >= 3 and all(c.isupper() for c in letters):
        return True
    # "(Samsung)": one capitalised word in brackets; two are a person's other name as often.
    return bracketed and len(text.split()) == 1 and text[0].isupper() and len(letters) >= 4 and text.isascii()


# --- domain ----------------------------------------------------------------------------------


def _from_domain(sender: Sender) -> list[Affiliation]:
    domain = organisation_domain(sender.address)
    if domain is None:
        return []
    label = domain.split(".", 1)[0]
    if any(len(word) >= 4 and word in label for word in fold_words(sender.name)):
        return []  # a domain that bears its owner's name is a person's
    return [Affiliation(domain, None, Evidence.DOMAIN, sender.address, _CONFIDENCE[Evidence.DOMAIN])]
