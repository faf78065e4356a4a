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
    warmly|gratefully|fraternally|sincerest\s+regards|(?:with\s+)?(?:my\s+)?(?:best|kind|warmest|good)\s+wishes|
    with\s+(?:many\s+|my\s+|sincere\s+)?(?:thanks|appreciation)|(?:very\s+)?(?:truly|sincerely|respectfully)\s+yours|
    yours\s+(?:very\s+truly|ever|respectfully|in\s+\w+)|(?:warm\s+)?greetings|take\s+care|have\s+fun|later|bye(?:\s*bye)?|hth|hope\s+(?:this|that|it)\s+helps|peace|love|
    in\s+(?:solidarity|peace)|enjoy|happy\s+hacking|
    mfg|lg|vg|(?:mit\s+)?(?:freundlichen?|besten?|herzlichen?|lieben?|vielen?|sch(?:ö|oe|\?)nen?)\s+(?:gr(?:ü|ue|\?|Ã¼)(?:ß|ss|\?)en?|dank)|
    (?:mit\s+)?(?:freundlichem|bestem|herzlichem|kollegialen|sonnigen|lieben)\s+gr(?:u|ü|ue|\?)(?:ß|ss|\?)(?:en)?|
    gr(?:ü|ue|\?)(?:ß|ss|\?)e?|gru(?:ß|ss|\?)|hochachtungsvoll|herzlichst|alles\s+gute|danke|
    danke\s+und\s+(?:viele\s+|beste\s+)?gr(?:u|ü|ue)(?:ß|ss)e?|
    (?:(?:bien|très)\s+)?(?:cordialement|respectueusement)|sincèrement|fraternellement|cdlt|
    (?:avec\s+)?(?:mes\s+|nos\s+)(?:\w+\s+){0,2}(?:salutations|remerciements)(?:\s+\w+es)?|salutations(?:\s+\w+es)?|
    à\s+bientôt|(?:excellente|belle)\s+(?:journée|soirée)|bien\s+(?:à\s+(?:vous|toi)|amicalement)|amicalement|sinc(?:è|e)res?\s+salutations|
    (?:meilleures|cordiales)\s+salutations|amitiés|merci(?:\s+(?:d['’]avance|beaucoup))?|bonne\s+(?:journée|soirée)|
    (?:un\s+)?(?:cordial\s+)?saludos?(?:\s+cordial(?:es)?)?|atentamente|gracias(?:\s+y\s+(?:un\s+)?(?:cordial\s+)?saludos?)?|
    (?:(?:muy|le\s+saluda|les\s+saluda)\s+)(?:muy\s+)?atentamente|cordialmente|respetuosamente|sinceramente|
    afectuosamente|(?:con\s+)?(?:un\s+)?(?:cordial|afectuoso|atento)\s+saludo|
    (?:reciba|reciban)\s+un\s+(?:cordial|atento|afectuoso)\s+saludo|hasta\s+pronto|
    muchas\s+gracias|un\s+(?:fuerte\s+)?abrazo|salut|salutacions|gràcies|
    \[\]['’]s|atenciosamente|att|obrigad[oa]|abraços?|
    (?:com\s+)?(?:os\s+)?(?:(?:meus|melhores|mais\s+cordiais)\s+){0,2}cumprimentos|respeitosamente|
    (?:cordiais\s+)?saudações|(?:um\s+)?(?:grande\s+)?abraço|grat[oa]|sds|abs|muito\s+obrigad[oa]|
    (?:cordiali|distinti|cari|tanti|molti|i\s+migliori)\s+saluti|(?:un\s+)?(?:(?:caro|cordiale)\s+)saluto|saluti|
    a\s+presto|buona\s+giornata|grazie(?:\s+mille)?|
    (?:met\s+)?vriendelijke\s+groet(?:en)?|groet(?:en|jes)?|mvg|med\s+vänliga?\s+hälsning(?:ar)?|mvh|
    (?:med\s+)?vennlig\s+hilsen|hilsen|venlig\s+hilsen|terveisin|ystävällisin\s+terveisin|
    pozdrawiam|z\s+poważaniem|s\s+pozdravem|üdvözlettel|saygılarımla|
    с\s+(?:\w+\s+)?(?:уважением|благодарностью|приветом)|с\s+наилучшими(?:\s+пожеланиями)?|(?:заранее\s+)?спасибо|
    всего\s+(?:самого\s+)?(?:доброго|хорошего|наилучшего)|искренне\s+ваша?|заранее\s+благодар(?:ю|ен|на)|
    此致|敬礼|敬禮|祝好|谢谢|謝謝|多谢|多謝|(?:顺|順|敬)(?:颂|頌|祝|致)\w{1,4}|祝(?:您|你|大家)?\w{0,6}(?:顺利|順利|愉快|安好)|
    敬上|谨启|謹啟|(?:どうぞ)?(?:宜しく|よろしく)(?:御願い|お願い)(?:し|致し|いたし|申し上げ)ます|敬具|草々|以上|
    (?:대단히\s)?감사합니다|고맙습니다|안녕히\s계(?:세요|십시오)|
    (?:و?تفضلوا\s+بقبول|مع|و?تقبلوا)\s+(?:\w+\s+){0,2}(?:التحية|التحيات|تحياتي|التقدير|الاحترام)|و?شكرا|تحياتي)
"""
SIGN_OFF = re.compile(
    r"[\s\-–—*~]{0,4}" + _SIGN_OFF + r"(?![^\W\d_])(?P<rest>.*)$", re.IGNORECASE | re.VERBOSE | re.DOTALL
)
# How all of these begin that are in ASCII: a cheap test.
_SIGN_OFF_HEADS_TEXT = """
    ag al am ap at ab af av be bi bo br bu by ca ch ci cd co cu da di en ex fr go gr ha he hi ho ht in je ki ko kr la
    le lg li lo ma me mf mi mo mu mv my no ob os pe po re rg sa sc sd si so ta te th ti tn tr um un va ve vg vi
    vr wa wi yo ys []
"""
_SIGN_OFF_HEADS = frozenset((*_SIGN_OFF_HEADS_TEXT.split(), "a ", "i ", "s ", "z ", "s\t", "z\t"))
_SIGNED_REST = re.compile(r"[\s,.;:!\-–—~/*。！，،()…]*(?:[^\W\d_][\w.'’-]*[\s,.]*){0,4}[\s.,!:;)-]*$")
# A formula that is a whole sentence: "Veuillez agréer, Madame, l'expression de ...".
_FORMULA = re.compile(
    r"(?:veuillez\s+(?:agréer|recevoir|croire)|(?:je|nous)\s+vous\s+pri(?:e|ons)\s+(?:d['’]agréer|de\s+(?:croire|recevoir))|"
    r"(?:agréez|recevez)\b.{0,40}\b(?:salutations|expression)|sin\s+otro\s+particular|"
    r"(?:hago|aprovecho)\s+(?:propicia\s+)?la\s+(?:ocasión|oportunidad)\s+para\s+(?:saludar|reiterar))",
    re.IGNORECASE,
)
_FORMULA_HEADS = frozenset(("ve", "je", "no", "ag", "re", "si", "ha", "ap"))
_LONGEST_FORMULA = 200
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


_SHORT = 60  # characters of a sign-off that is no sentence


@lru_cache(maxsize=2048)  # mails end in few ways, and on the same lines of code
def is_sign_off(text: str) -> bool:
    """ "Best," "Thanks, Ann" "Mit freundlichen Grüßen" -> True; "Thank you for the help." -> False."""
    head = text.lstrip(" \t-–—*~")[:2]
    if len(text) > _SHORT:
        formal = len(text) <= _LONGEST_FORMULA and head.lower() in _FORMULA_HEADS
        return formal and _FORMULA.match(text) is not None
    if head.isascii() and head.lower() not in _SIGN_OFF_HEADS:
        return False
    text = text.rstrip("\\")  # a line break as Markdown and HyperKitty write it
    match = SIGN_OFF.match(text)
    if match is None:
        return head.lower() in _FORMULA_HEADS and _FORMULA.match(text) is not None
    rest = match["rest"]
    if not rest:
        return True
    if _SENTENCE_REST.match(rest):
        return False
    if rest[0] not in " ,.!;:-–—~/*。！，،()…\t":
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
# What list servers say below "-- " or "---", where others sign.
SERVED = re.compile(
    r"\b(?:to\s)?unsubscribe\b|mailman/(?:listinfo|options)|/listinfo/|majordomo|mailing\s+list\n\S+@\S+\n|"
    r"pentru\s+dezabonare|zum\s+abmelden|pour\s+se\s+désabonner|para\s+(?:cancelar|darse\s+de\s+baja)",
    re.IGNORECASE,
)
# What each of these holds.
SERVED_HINTS = Hints(
    (
        "unsubscribe",
        "mailman",
        "listinfo",
        "majordomo",
        "mailing",
        "dezabonare",
        "abmelden",
        "désabonner",
        "para ",
    )
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
    r"\s*(?:an? .{1,60}(?:attachment|text|message) was scrubbed\.\.\.|skipped content of type |"
    r"\[\[alternative html version deleted\]\])",
    re.IGNORECASE,
)
SCRUBBED = re.compile(
    r"\s*(?:an? .{1,60}(?:attachment|text|message) was scrubbed|name: |type: |size: |desc: |url\s{0,4}: ?<?https?:|"
    r"skipped content of type|"
    # the same in the languages of Mailman's lists
    r".{5,80}\b(?:limpo|nettoyée?|abgetrennt|borrado|rimosso|verwijderd|gescrubd|удалён|удалено)\b.{0,20}\.\.\.|"
    r"(?:nom|nome|nombre|naam|dateiname|dateityp|dateigröße|beschreibung|tipo|taille|tam|tama[ñn]o|dimensione|"
    r"grootte|descr|descrip\w{1,6}|omschrijving|имя|тип|размер|описание)\.?\s{0,6}:\s|"
    r"-{6,}\s*next part)",
    re.IGNORECASE,
)
# Kinds of phrases that disclaimers are made of, case folded; plain substrings, for speed.
_DISCLAIMER_TERMS = (
    (
        *("confidential", "vertraulich", "confidentiel", "confidencial", "riservat", "vertrouwelijk"),
        *("конфиденциальн", "保密", "机密", "機密", "기밀", "سرية"),
    ),
    (
        *("intended recipient", "intended only", "intended solely", "intended for", "intended to be"),
        *(
            "addressee",
            "destinatari",
            "destinatári",
            "destinataire",
            "empfänger",
            "adressat",
            "geadresseerde",
        ),
        *("получател", "адресат", "收件人", "发送给", "受信者", "수신인", "المرسل إليه"),
    ),
    (
        *(
            "privileged",
            "proprietary",
            "unauthorised",
            "unauthorized",
            "prohibited",
            "untersagt",
            "interdite",
        ),
        *("prohibid", "proibid", "não autorizad", "vietat", "verboden", "запрещ", "禁止", "금지"),
    ),
    ("disclaimer", "notice:", "provided as is", "legal notice", "rechtlicher hinweis"),
    (
        *(
            "notify the sender",
            "notify us",
            "notify me",
            "inform the sender",
            "inform us",
            "in error",
            "delete",
        ),
        *("destroy", "irrtümlich", "par erreur", "por error", "por engano", "per errore", "abusievelijk"),
        *("по ошибке", "错收", "誤って", "잘못"),
    ),
    ("disclosure", "dissemination", "distribution", "copying", "liable", "liability", "virus", "monitor"),
    ("geschäftsführer", "gesch?ftsf?hrer", "geschaeftsfuehrer", "managing director"),
    (
        *("registergericht", "handelsregister", "amtsgericht", " hrb ", " hra ", "company number"),
        *("company no", "registration no", "register"),
    ),
    ("sitz der", "sitz:", "registered in", "registered office", "registered seat"),
    (
        *("this e-mail", "this email", "this message", "this electronic", "this communication"),
        *("this transmission", "diese e-mail", "ce message", "este correo", "este mensaje", "este e-mail"),
        *("esta mensagem", "il presente messaggio", "questo messaggio", "questa e-mail", "dit bericht"),
        *("это сообщение", "данное сообщение", "настоящее сообщение", "本邮件", "本メール", "이 메일"),
    ),
)
DISCLAIMER_HINTS = Hints(
    (
        *("confidential", "disclaimer", "intended", "privileged", "vertraulich", "confidentiel"),
        *("confidencial", "provided as is", "registergericht", "amtsgericht", "addressee", "riservat"),
        *("vertrouwelijk", "конфиденциальн", "保密", "机密", "機密", "기밀", "سرية"),
    )
)
# What each of these holds, for a text that is mostly without any.
DISCLAIMER_SIGNS = Hints(
    (
        *("confiden", "disclaimer", "intended", "privileged", "vertr", "provided as is", "gericht"),
        *("addressee", "riservat", "конфиденциальн", "保密", "机密", "機密", "기밀", "سرية"),
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
FOOTER_RULE_LINES = re.compile(r"\n(?=[_\-=.·*#~ ]{18,}+(?:\n|\Z))")
# The first letters of PHONE_MARK and ARCHIVE_NOTE, those in ASCII.
_NOTE_STARTS = frozenset("cdegiprstvyCDEGIPRSTVY")


def may_be_note(text: str) -> bool:
    """A cheap test: whether a line can be a PHONE_MARK or an ARCHIVE_NOTE."""
    first = text.lstrip()[:1]
    return first in _NOTE_STARTS or not first.isascii()


_DISCLAIMER_HEAD = 2000  # characters that are looked at
