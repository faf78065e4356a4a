"""How mails end: vocabulary of sign-offs, signature delimiters and footers, for `message.zones`.

Patterns and single-line tests only. Sources: RFC 3676 4.3 (the line "-- "), Mailman's footers
and Pipermail's scrubber, the marks of phones, webmail, trackers and disclaimers.
"""

from __future__ import annotations

import re
from functools import lru_cache

from searcharc.message.hints import Hints

# RFC 3676 4.3 wants "-- "; archives strip the blank, PGP puts "- " before, quoted-printable "=20".
DELIMITER = re.compile(r"\s{0,3}(?:- )?--\s*(?:=20)?\s*$")
WEAK_DELIMITER = re.compile(r"\s{0,3}(?:- )?(?:---|—|__|___|\*{2,3}|–)\s*$")
# Lines that are one of these, for a search through a whole text.
DELIMITER_LINES = re.compile(
    r"\n(?=[^\S\n]{0,3}+(?:- )?(?:--[^\S\n]*(?:=20)?|---|—|__|___|\*{2,3}|–)[^\S\n]*(?:\n|\Z))"
)
RULE_LINE = re.compile(r"\s*[-=_*~#+:.|/\\—–─━]{8,}\s*$")

_SIGN_OFF = r"""
    (?:(?:with\s+)?(?:my\s+)?(?:very\s+)?(?:best|kind|kindest|warm|warmest|many|sincere|friendly)?\s*regards|
    best(?:\s+(?:wishes|to\s+all))?|all\s+the\s+best|thanks|thank\s+you|thanx|thx|tia|tnx|many\s+thanks|
    thanks\s+(?:a\s+lot|so\s+much|again|in\s+advance|very\s+much|and\s+(?:best\s+|kind\s+)?regards|&\s*regards)|
    thank\s+you\s+(?:very\s+much|in\s+advance|again|and\s+(?:best\s+|kind\s+)?regards)|regards|rgds|kr|br|bests|
    cheers|cheerio|ciao|sincerely(?:\s+yours)?|yours(?:\s+(?:truly|sincerely|faithfully))?|cordially|respectfully|
    (?:warm\s+)?greetings|take\s+care|have\s+fun|later|bye(?:\s*bye)?|hth|hope\s+(?:this|that|it)\s+helps|peace|love|
    in\s+(?:solidarity|peace)|enjoy|happy\s+hacking|
    mfg|lg|vg|(?:mit\s+)?(?:freundlichen?|besten?|herzlichen?|lieben?|vielen?|sch(?:ö|oe|\?)nen?)\s+(?:gr(?:ü|ue|\?|Ã¼)(?:ß|ss|\?)en?|dank)|
    gr(?:ü|ue|\?)(?:ß|ss|\?)e?|gru(?:ß|ss|\?)|hochachtungsvoll|
    (?:bien\s+)?cordialement|cdlt|bien\s+(?:à\s+(?:vous|toi)|amicalement)|amicalement|sinc(?:è|e)res?\s+salutations|
    (?:meilleures|cordiales)\s+salutations|amitiés|merci(?:\s+(?:d['’]avance|beaucoup))?|bonne\s+(?:journée|soirée)|
    (?:un\s+)?(?:cordial\s+)?saludos?(?:\s+cordial(?:es)?)?|atentamente|gracias(?:\s+y\s+(?:un\s+)?(?:cordial\s+)?saludos?)?|
    muchas\s+gracias|un\s+abrazo|salut|salutacions|gràcies|
    \[\]['’]s|atenciosamente|att|obrigad[oa]|abraços?|cumprimentos|(?:cordiali|distinti)\s+saluti|saluti|grazie|
    (?:met\s+)?vriendelijke\s+groet(?:en)?|groet(?:en|jes)?|mvg|med\s+vänliga?\s+hälsning(?:ar)?|mvh|
    (?:med\s+)?vennlig\s+hilsen|hilsen|venlig\s+hilsen|terveisin|ystävällisin\s+terveisin|
    pozdrawiam|z\s+poważaniem|s\s+pozdravem|üdvözlettel|saygılarımla|
    с\s+уважением|с\s+наилучшими(?:\s+пожеланиями)?|спасибо|
    此致|敬礼|敬禮|祝好|谢谢|謝謝|顺祝商祺|多谢|よろしくお願い(?:し|致し|いたし)ます|以上|감사합니다|مع\s+التحية|شكرا)
"""
SIGN_OFF = re.compile(
    r"[\s\-–—*~]{0,4}" + _SIGN_OFF + r"(?![^\W\d_])(?P<rest>.*)$", re.IGNORECASE | re.VERBOSE | re.DOTALL
)
# How all of these begin that are in ASCII: a cheap test.
_SIGN_OFF_HEADS_TEXT = """
    al am at ab be bi bo br by ch ci cd co cu di en fr gr ha he hi ho ht in ki kr la lg li lo ma me mf mi mu
    mv my ob pe po re rg sa sc si ta te th ti tn un va ve vg vi vr wa wi yo ys []
"""
_SIGN_OFF_HEADS = frozenset((*_SIGN_OFF_HEADS_TEXT.split(), "s ", "z ", "s\t", "z\t"))
_SIGNED_REST = re.compile(r"[\s,.;:!\-–—~/*。！，()…]*(?:[^\W\d_][\w.'’-]*[\s,.]*){0,4}[\s.,!:;)-]*$")
# Words that make what follows "thanks" a sentence.
_SENTENCE_REST = re.compile(
    r"[\s,]*(?:for|to|that|if|so|it|i|we|you|but|this|these|your|and\s(?!regards)|pour|de|por|für|a\s+todos)\b",
    re.IGNORECASE,
)

# A single word that ends a mail is mostly a name, but not these.
_NO_NAME_TEXT = """
    yes no ok okay right done agreed thoughts comments ideas suggestions questions sure true false
    fixed applied merged lgtm sigh etc well hmm sorry please good great nice cool enjoy amen word
    exactly indeed ack nack nak end eof snip abstract however also now never why how what where when
    who help hello hi hey discuss really seriously anyway anyone anybody unsubscribe subscribe test
    testing ping bump
"""
NO_NAME = frozenset(_NO_NAME_TEXT.split())


@lru_cache(maxsize=2048)  # mails end in few ways, and on the same lines of code
def is_sign_off(text: str) -> bool:
    """ "Best," "Thanks, Ann" "Mit freundlichen Grüßen" -> True; "Thank you for the help." -> False."""
    if len(text) > 60:
        return False
    head = text.lstrip(" \t-–—*~")[:2]
    if head.isascii() and head.lower() not in _SIGN_OFF_HEADS:
        return False
    text = text.rstrip("\\")  # a line break as Markdown and HyperKitty write it
    match = SIGN_OFF.match(text)
    if match is None:
        return False
    rest = match["rest"]
    if not rest:
        return True
    if _SENTENCE_REST.match(rest):
        return False
    if rest[0] not in " ,.!;:-–—~/*。！，()…\t":
        return False
    return _SIGNED_REST.match(rest) is not None


# --- footers -------------------------------------------------------------------------------

LIST_FOOTER = re.compile(
    r"mailing[\s-]list|listinfo|unsubscribe|-leave@|subscri|-request(?:@|\s+at\s)|"
    r"mailman|posting\s+guide|code\s+of\s+conduct|list\s+archives?|pipermail|"
    r"groups\.google|yahoogroups|"
    r"désabonn|desinscri|abmeld|cancelar\s+la\s+suscripci|退订|取消订阅",
    re.IGNORECASE,
)
ADVERTISEMENT = re.compile(
    r"hotmail|\bmsn\b|yahoo!?|juno\b|free\s+(?:web-?based\s+)?e-?mail|web\.de|gmx|netscape\s+mail|"
    r"do\s+you\s+yahoo|get\s+your|scanned\s+(?:by|for)|virus|avast|avg\b|mcafee|spam|"
    r"join\.msn|promo|free\s+internet|t-online|caramail|voila\.fr|laposte|wanadoo",
    re.IGNORECASE,
)
PHONE_MARK = re.compile(
    r"\s*(?:sent\s+(?:from|via|with|using)\s+(?:my|a|the|yahoo|mobile|phone|outlook|mailspring|iphone|samsung|protonmail|proton|"
    r"blackberry|android|gmail|tutanota|windows|nylas|superhuman|mail\b)|get\s+outlook\s+for|(?:top-)?posted\s+(?:from|via)\s+my|"
    r"von\s+meinem\s+\S+\s+gesendet|gesendet\s+(?:von|mit)\s+(?:meinem|mein)|diese\s+nachricht\s+wurde\s+von\s+meinem|"
    r"envoy(?:é|e)\s+(?:de|depuis)\s+(?:mon|ma)|enviado\s+(?:desde|do|de)\s+(?:mi|meu|minha)|inviato\s+da(?:l\s+mio)?\s|"
    r"verstuurd\s+vanaf|skickat\s+från\s+min|sendt\s+fra\s+min|отправлено\s+с|发自我的|發自我的|從我的|iphoneから送信|"
    r"나의\s+iphone에서|(?:please\s+)?(?:excuse|pardon)\s+(?:my\s+)?(?:brevity|typos|the\s+brevity|terseness)|"
    r"please\?excuse\?brevity|typed\s+on\s+(?:my|a)\s)",
    re.IGNORECASE,
)
ARCHIVE_NOTE = re.compile(
    r"\s*(?:view\s+this\s+message\s+in\s+context|sent\s+from\s+the\s+.{1,60}\s(?:mailing\s+list\s+archive|archive)|"
    r"you\s+are\s+receiving\s+this\s+(?:mail|email|because)|you\s+received\s+this\s+message\s+because|"
    r"reply\s+to\s+this\s+email\s+directly|to\s+view\s+this\s+discussion|"
    r"configure\s+bugmail|this\s+message\s+was\s+sent\s+by\s+an\s+automatic)",
    re.IGNORECASE,
)
NEXT_PART = re.compile(
    r"-{6,}\s*(?:next part|nächster teil|section suivante|próxima parte|parte successiva)\s*-{6,}\s*$",
    re.IGNORECASE,
)
SCRUBBER_HINTS = Hints(
    (
        "next part",
        "scrubbed",
        "skipped content",
        "html version deleted",
        "nächster teil",
        "section suivante",
        "próxima parte",
    )
)
# One of these stands in each such text: fewer words to look for where there is none.
SCRUBBER_SIGNS = Hints(("------", "scrubbed", "skipped content", "html version deleted"))
# What the scrubber leaves where a part stood first, without its separator.
SCRUBBED_ALONE = re.compile(
    r"\s*(?:an? .{1,40}attachment was scrubbed\.\.\.|skipped content of type |"
    r"\[\[alternative html version deleted\]\])",
    re.IGNORECASE,
)
SCRUBBED = re.compile(
    r"\s*(?:an? .{1,40}attachment was scrubbed|name: |type: |size: |desc: |url\s?: ?<?https?:|"
    r"skipped content of type|"
    r"-{6,}\s*next part)",
    re.IGNORECASE,
)
# Kinds of phrases that disclaimers are made of, case folded; plain substrings, for speed.
_DISCLAIMER_TERMS = (
    ("confidential", "vertraulich", "confidentiel", "confidencial", "riservat", "保密", "机密", "機密"),
    (
        "intended recipient",
        "intended only",
        "intended solely",
        "intended for",
        "intended to be",
        "addressee",
        "destinatari",
        "destinatári",
        "destinataire",
        "empfänger",
        "收件人",
        "发送给",
    ),
    (
        "privileged",
        "proprietary",
        "unauthorised",
        "unauthorized",
        "prohibited",
        "untersagt",
        "interdite",
        "prohibid",
        "禁止",
    ),
    ("disclaimer", "notice:", "provided as is", "legal notice", "rechtlicher hinweis"),
    (
        "notify the sender",
        "notify us",
        "notify me",
        "inform the sender",
        "inform us",
        "in error",
        "delete",
        "destroy",
        "irrtümlich",
        "par erreur",
        "por error",
        "错收",
    ),
    ("disclosure", "dissemination", "distribution", "copying", "liable", "liability", "virus", "monitor"),
    ("geschäftsführer", "gesch?ftsf?hrer", "geschaeftsfuehrer", "managing director"),
    (
        "registergericht",
        "handelsregister",
        "amtsgericht",
        " hrb ",
        " hra ",
        "company number",
        "company no",
        "registration no",
        "register",
    ),
    ("sitz der", "sitz:", "registered in", "registered office", "registered seat"),
    (
        "this e-mail",
        "this email",
        "this message",
        "this electronic",
        "this communication",
        "this transmission",
        "diese e-mail",
        "ce message",
        "este correo",
        "este mensaje",
        "este e-mail",
        "本邮件",
    ),
)
DISCLAIMER_HINTS = Hints(
    (
        "confidential",
        "disclaimer",
        "intended",
        "privileged",
        "vertraulich",
        "confidentiel",
        "confidencial",
        "provided as is",
        "registergericht",
        "amtsgericht",
        "保密",
        "机密",
        "機密",
        "addressee",
        "riservat",
    )
)
# What each of these holds, for a text that is mostly without any.
DISCLAIMER_SIGNS = Hints(
    (
        *("confiden", "disclaimer", "intended", "privileged", "vertraulich", "provided as is", "gericht"),
        *("addressee", "riservat", "保密", "机密", "機密"),
    )
)
CLASSIFICATION = re.compile(
    r"(?:\S{1,12}\s){0,2}(?:confidential|restricted|internal use only|internal|public|proprietary)"
    r"(?:\s?[-–]\s?\S.{0,30})?$"
    r"|\[?(?:external|caution)\]?\s?[:：].{0,120}$",
    re.IGNORECASE,
)


def is_disclaimer(text: str) -> bool:
    """Whether a paragraph reads like a legal footer: three kinds of its stock phrases."""
    folded = text[:_DISCLAIMER_HEAD].casefold()
    if sum(any(phrase in folded for phrase in kind) for kind in _DISCLAIMER_TERMS) >= 3:
        return True
    title = folded.lstrip(" -*#").removeprefix("legal ")
    return title.startswith(("disclaimer:", "disclaimer :")) and (len(text) > 100 or "://" in text)


# The kind of rule that list servers and mail providers put before their words: "______",
# "-.-.-.-.", "=====-----=====". For a search through a whole text.
FOOTER_RULE_LINES = re.compile(r"\n(?=[_\-=.·* ]{18,}+(?:\n|\Z))")
# The first letters of PHONE_MARK and ARCHIVE_NOTE, those in ASCII.
_NOTE_STARTS = frozenset("cdegiprstvyCDEGIPRSTVY")


def may_be_note(text: str) -> bool:
    """A cheap test: whether a line can be a PHONE_MARK or an ARCHIVE_NOTE."""
    first = text.lstrip()[:1]
    return first in _NOTE_STARTS or not first.isascii()


_DISCLAIMER_HEAD = 2000  # characters that are looked at
