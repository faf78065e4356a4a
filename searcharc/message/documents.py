"""The document to which a mentioned paragraph belongs: named beside it, or inherited.

Used by `message.references` (behind "para. 35": "of the Tunis Agenda"; before it: "the Tunis Agenda,
para. 35") and by `message.parse`, which lets bare references inherit (`inherit_documents`).

A title is a run of capitalised words with particles between them. French, Spanish and Portuguese write
a capital in the first word alone: there a word for an instrument begins a title, and its "de ..." goes
with it. Before a paragraph's number only what names an instrument is a title, for there names of people
and places stand as often.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import zip_longest

from searcharc.models import Paragraph, Zone

_SYMBOL = (
    r"(?:A|E|S|ST|TD|CCPR|CEDAW|CRC|WSIS|FCCC|UNEP|DP|ICCD|HRI)/[A-Z0-9][\w.()-]*(?:/[\w.()-]*\w)*"
    r"|[A-Z]{1,8}\d*(?:[-/][A-Z0-9.()]+)*[-/]\d[\w./()-]*\w"
)
_KINDS = r"document|doc\.|resolution|decision|report|résolution|décision|resolución|decisión|резолюции"
_OF = re.compile(
    r"\s*,?\s*(?:(?:of|in|from|to|under|du|de|des|del|do|da|der|des|aus)\s+)?"
    r"(?:the\s+|its\s+|their\s+|his\s+|our\s+|this\s+|that\s+|la\s+|el\s+|los\s+|las\s+|le\s+|les\s+|l['’]|d['’]|der\s+|des\s+)?"
    r"(?:draft\s+|revised\s+)?"
    rf"(?:(?P<kind>{_KINDS})\s+)?",
    re.IGNORECASE,
)
_SYMBOL_HERE = re.compile(_SYMBOL)
_YEAR_NUMBER = re.compile(r"\d{1,4}/\d{1,4}(?:\s?[A-Z])?\b")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_PARTICLES_TEXT = """
    of the for on and to in de la le les du des del los las el et y e da do dos das von der und für
    d l a à
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_NOT_TITLE_TEXT = """
    I We You He She They It This That These Those And But Or If When The A An As So Not No My Our
    Your Dear Hi Chair Secretariat Mr Mrs Ms Monday Tuesday Wednesday Thursday Friday Saturday
    Sunday
"""
_NOT_TITLE = frozenset(_NOT_TITLE_TEXT.split())
_MAX_TITLE_WORDS = 10
_CJK_TITLE = re.compile(
    r"([\u3400-\u9fff\uac00-\ud7af·]{1,14}?(?:议程|議程|宣言|计划|計劃|計画|决议|決議|公约|公約|条约|條約|协定|協定|"
    r"承诺|承諾|文件|章程|盟约|契约|纲领|綱領|計画|条約|宪章|憲章|原则|原則|报告|報告))[》」』]?(?:中|的|の)?$"
)
_CJK_LEAD = re.compile(
    r"^.*?(?:支持|参阅|參閱|参照|參照|参见|參見|根据|根據|按照|依照|关于|關於|回顾|回顧|重申|包括|以及|对于|對於|在|与|與|和|及|见|見|对|對)"
)
_RUSSIAN_CASE = re.compile(r"[А-ЯЁ][а-яё-]+(?:\s+[а-яё]+){0,2}")

_ENGLISH_INSTRUMENTS_TEXT = """
    Accord Agenda Agreement Charter Commitment Commitments Communiqué Compact Consensus Constitution
    Convention Covenant Declaration Decision Document Framework Guidelines Memorandum Outcome Pact Plan
    Platform Principles Programme Program Protocol Recommendation Recommendations Report Resolution
    Statement Statute Statutes Strategy Treaty
"""
_ROMANCE_INSTRUMENTS_TEXT = """
    Accord Acordo Acuerdo Agenda Cadre Carta Charte Compromiso Compromisso Consenso Consensus Constitución
    Constitution Convención Convencion Convenio Convenção Convention Declaración Declaracion Declaração
    Déclaration Declaration Engagement Estrategia Estratégia Estatuto Informe Marco Pacte Pacto Plan Plano
    Principes Principios Programa Programme Protocole Protocolo Rapport Relatório Résolution Resolución
    Stratégie Statut Traité Tratado
"""
_INSTRUMENTS = frozenset((_ENGLISH_INSTRUMENTS_TEXT + _ROMANCE_INSTRUMENTS_TEXT).split())
_ROMANCE_TITLE = re.compile(
    r"(?:" + "|".join(_ROMANCE_INSTRUMENTS_TEXT.split()) + r")(?![^\W_])"
    r"(?:\s[a-zà-ÿ]{4,}(?=\s(?:de|des|du|del|dos|das|do|da)\s|\sd['’]))?"  # "universelle"
    r"(?:(?:\s(?:et|y|e))?\s(?:de\s(?:la|los|las)\s|de\sl['’]|des\s|du\s|del\s|de\s|d['’]|dos\s|das\s|do\s|da\s"
    r"|(?:pour|para)\s(?:(?:el|la|los|las|le|les)\s|l['’])"
    r"|sur\s(?:les?\s|la\s|l['’])|sobre\s(?:(?:el|la|los|las|os?|as?)\s)?)"
    r"[^\W\d_][\w-]*){1,5}"
)
_LONGEST_BEFORE = 90  # characters before a reference in which its document is looked for
_TITLE_BEFORE = re.compile(
    r"(?<![\w'’-])[^\W\d_a-z][\w-]*(?:\s(?:(?:of|the|for|on|and|to|in)\s){0,3}[^\W\d_a-z][\w-]*){1,8}"
)
_NUMBERED_BEFORE = re.compile(
    rf"(?<!\w)(?:{_KINDS})\s\d{{1,4}}/\d{{1,4}}|(?<![\w/])(?:{_SYMBOL})", re.IGNORECASE
)
# "General Assembly resolution 65/141"
_NUMBERED_OF_BODY = re.compile(
    r"(?:[^\W\d_a-z][\w'’-]*\s(?:(?:and|of|the)\s){0,2}){1,6}(?:resolution|decision|document|report)\s"
    rf"(?:\d{{1,4}}/\d{{1,4}}|{_SYMBOL})"
)
_GAP = re.compile(r"(?:['’]s)?(?:\s?[,(\[:–—-]{1,2})?\s?\Z")
_LEADING_TEXT = """
    See In Under Per Both From While Cf Compare Also Since Where To On At By With For Through
"""
_LEADING = _NOT_TITLE | frozenset(_LEADING_TEXT.split())


def document_behind(text: str, at: int) -> str | None:
    """The title or symbol that begins behind a reference: "of the Tunis Agenda" -> Tunis Agenda."""
    of = _OF.match(text, at)
    if of is None or of.end() == at or text[of.end() : of.end() + 1].isspace():
        return None
    at = of.end()
    symbol = _SYMBOL_HERE.match(text, at)
    if symbol is not None:
        return symbol[0].rstrip(".()")
    kind = of["kind"]
    if kind:
        numbered = _YEAR_NUMBER.match(text, at)
        if numbered is not None:
            return f"{kind} {numbered[0]}"
    russian = _RUSSIAN_CASE.match(text, at)
    if russian is not None:
        return " ".join(russian[0].split()[:2])
    if kind or not of[0].strip(" ,\n"):
        return None
    numbered = _NUMBERED_OF_BODY.match(text, at)
    if numbered is not None:
        return " ".join(numbered[0].split())
    romance = _ROMANCE_TITLE.match(text, at)
    return " ".join(romance[0].split()) if romance is not None else _title(text, at)


def document_before(text: str, at: int) -> str | None:
    """The title or symbol that ends before a reference: "the Tunis Agenda, para. 35" -> Tunis Agenda."""
    start = max(0, at - _LONGEST_BEFORE)
    window = text[start:at]
    if window.islower() and "/" not in window:
        return None
    for pattern in (_NUMBERED_BEFORE, _ROMANCE_TITLE, _TITLE_BEFORE):
        for found in pattern.finditer(window):
            if _GAP.match(window, found.end()) is None:
                continue
            if pattern is not _TITLE_BEFORE:
                return " ".join(found[0].split())
            return _instrument(found[0].split())
    return None


def cjk_document_before(text: str, at: int) -> str | None:
    """The title before a reference in Chinese or Japanese: "《突尼斯议程》第35段" -> 突尼斯议程."""
    before = _CJK_TITLE.search(text[max(0, at - 24) : at])
    return (_CJK_LEAD.sub("", before[1]).strip("《「『") or None) if before is not None else None


def _instrument(words: list[str]) -> str | None:
    """The words without those that lead to a title, where one of them names an instrument."""
    while words and (words[0] in _LEADING or words[0] in _PARTICLES):
        words = words[1:]
    names = any(
        word in _INSTRUMENTS and (behind is None or behind in _PARTICLES)
        for word, behind in zip_longest(words, words[1:])
    )
    return " ".join(words) if names and len(words) > 1 else None


def _title(text: str, at: int) -> str | None:
    """Capitalised words from `at` on, with the particles between them: "Declaration of Principles"."""
    words: list[str] = []
    end = at
    kept = 0
    while len(words) < _MAX_TITLE_WORDS and (word := _WORD.match(text, end)) is not None:
        bare = word[0]
        if bare[0].isupper():
            if not words and bare in _NOT_TITLE:
                return None
            words.append(bare)
            kept = len(words)
        elif words and bare.casefold().rstrip("'’") in _PARTICLES:
            words.append(bare)
        elif words and re.match(r"[dl]['’][A-ZÉ]", bare):
            words.append(bare)
            kept = len(words)
        else:
            break
        end = word.end()
        if text[end : end + 1] not in (" ", "\n"):
            break
        end += 1
    title = " ".join(words[:kept])
    return re.sub(r"['’]s$", "", title) if len(title) > 3 else None


# --- inherited -------------------------------------------------------------------------------


def inherit_documents(paragraphs: tuple[Paragraph, ...], subject: str) -> tuple[Paragraph, ...]:
    """The same paragraphs; a reference that names no document takes one over, marked `inferred`.

    It is the one named last above it, in whosoever's words, for an answer stands below what it answers;
    else the one in the subject; else the message's only one.
    """
    if not any(paragraph.refs for paragraph in paragraphs):
        return paragraphs
    named = dict.fromkeys(r.document for p in paragraphs for r in p.refs if r.document)
    last = _title_in(subject) or (next(iter(named)) if len(named) == 1 else None)
    found: list[Paragraph] = []
    for paragraph in paragraphs:
        refs = []
        for reference in paragraph.refs:
            if reference.document:
                last = reference.document
            elif last and paragraph.zone is not Zone.SIGNATURE:
                reference = replace(reference, document=last, inferred=True)
            refs.append(reference)
        found.append(replace(paragraph, refs=tuple(refs)) if refs else paragraph)
    return tuple(found)


def _title_in(subject: str) -> str | None:
    """The document that a subject names: "Re: Tunis Agenda, para 72" -> Tunis Agenda."""
    for pattern in (_NUMBERED_BEFORE, _ROMANCE_TITLE):
        found = pattern.search(subject)
        if found is not None:
            return " ".join(found[0].split())
    titles = (_instrument(found[0].split()) for found in _TITLE_BEFORE.finditer(subject))
    return next(filter(None, titles), None)
