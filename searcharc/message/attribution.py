"""How mail programs introduce the words of others: vocabulary for `message.zones`.

Attribution lines ("On ... wrote:"), separators ("-----Original Message-----"), header blocks
(From:/Sent:/To:/Subject:), marks of forwarded mail, in the languages mail programs speak.
Patterns and single-line tests only; what follows from them is decided in `message.zones`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from searcharc.message.hints import Hints

_VERBS = (
    r"wrote|writes|write|said|says|scribbled|typed|spake|opined|asked|added|replied|mumbled|"
    r"schrieb|schrieben|schrieb\w*|a\s+[ée?]+crit\S*|[ée]crivait|[ée]crit|ha\s+scritto|scrisse|scrive|"
    r"escribi\S{1,3}|ha\s+escrito|va\s+escriure|ha\s+escrit|escreveu|schreef|skrev|skrifaði|"
    r"napisał\(?a?\)?|napisal|napsal\S*|kirjoitti|írta|yazdı|"
    r"пишет|писал[аи]?|написал\S*|пише"
)
# The verb stands at the end, before at most a colon, the list ("in"), or the date ("schrieb am ... 10:01").
ATTRIBUTION_END = re.compile(
    r"(?:(?<![^\W\d_])(?:" + _VERBS + r")(?:\s+(?:to|in|on)\s\S{1,60}(?:\s\S{1,40})?"
    r"|\s[^:]{2,50}?(?:\d{1,2}:\d\d(?::\d\d)?|\b(?:19|20)\d\d)(?:\s[^\W\d_]{1,4}\.?)?\)?)?"
    r"|写道|写到|寫道|님이\s?작성|님이\s?쓴\s?글|さんは書きました|のメッセージ)\s*[:：;.]{0,3}\s*$",
    re.IGNORECASE,
)
ATTRIBUTION_START = re.compile(
    r"\W{0,4}(?:On|At|In|Le|Am|Den|El|Il|Em|Op|Alle|Dne|Dnia|W\s+dniu|Em|Den|Quoting|Citando|Zitat\s+von|"
    r"V|Вс?|在|于|於|\d{1,4}[年.\-/]|\d{4}년|"
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:[a-z]*),?\s)(?:\b|(?<=[在于於年년]))",
)
_DATE = re.compile(r"\b(?:19|20)\d\d\b|\d{1,2}:\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2}|年|년")
_ADDRESS = re.compile(r"@[\w-]+\.\w|\w\s(?:at|en)\s[\w-]+\.\w|<[^<>@]{1,60}@")

_ORIGINAL = (
    r"original\s+(?:message|mail|appointment)|message\s+d['’]origine|message\s+original|"
    r"urspr(?:ü|\?|ue|Ã¼)ngliche\s+(?:nachricht|message)|originalnachricht|mensaje\s+original|"
    r"mensagem\s+original|messaggio\s+originale|oorspronkelijk\s+bericht|originalmeddelande|"
    r"ursprungligt\s+meddelande|opprinnelig\s+melding|oprindelig\s+meddelelse|alkuperäinen\s+viesti|"
    r"wiadomość\s+oryginalna|исходное\s+сообщение|orijinal\s+ileti|"
    r"原始邮件|邮件原件|原始郵件|原邮件|元のメッセージ|원본\s?메(?:시지|일)"
)
_FORWARDED = (
    r"(?:begin\s+)?forwarded\s+(?:message|mail|by)|weitergeleitete\s+nachricht|anfang\s+der\s+weitergeleiteten|"
    r"message\s+(?:transféré|transfere|réexpédié)|mensaje\s+reenviado|mensagem\s+encaminhada|"
    r"messaggio\s+inoltrato|doorgestuurd\s+bericht|vidarebefordrat|пересылаемое\s+сообщение|"
    r"转发的?邮件|轉寄郵件|轉寄的郵件|転送(?:メッセージ|メール)|전달된\s?메(?:시지|일)"
)
ORIGINAL = re.compile(
    r"\s*(?:[-_=*?—–]{1,40}\s*)(?:" + _ORIGINAL + r")(?:\s+follows?)?\s*[-_=*?:—–]*", re.IGNORECASE
)
FORWARDED = re.compile(
    r"\s*[-_=*—–]{2,40}\s*(?:" + _FORWARDED + r")|\s*(?:begin forwarded message)\s*:?\s*$", re.IGNORECASE
)
FORWARDED_END = re.compile(r"\s*[-_=*]{2,40}\s*end\s+(?:of\s+)?(?:the\s+)?forwarded", re.IGNORECASE)
# Lines that may be one of the two above, for a search through a whole text.
SEPARATOR_LINES = re.compile(
    r"\n(?=[^\S\n]*+(?:[-_=*?—–]{1,40}+[^\S\n]*+(?:" + _ORIGINAL + "|" + _FORWARDED + r")|begin\sforwarded))",
    re.IGNORECASE,
)

_FROM_NAMES = (
    r"from|von|de|da|van|från|fra|от|発信者|差出人|发件人|寄件者|寄件人|發件人|보낸\s?사람|보낸이"
    r"|od|kimden|lähettäjä|feladó|από|من"
)
_OTHER_NAMES = (
    r"sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|envoyé|à|objet|date\s+d['’]envoi|enviado(?:\s+el)?|"
    r"fecha|para|asunto|data|assunto|inviato|a|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne|"
    r"отправлено|дата|кому|копия|тема|送信日時|宛先|件名|发送时间|日期|收件人|抄送|主题|寄件日期|收件者|副本|主旨|"
    r"傳送時間|보낸\s?날짜|받는\s?사람|제목|date\s+sent|organization|message-id|messageid|importance|priority|attachments?|bcc|newsgroups"
    r"|wysłano|do|temat|odesláno|komu|předmět|kopie|gönderme\s+tarihi|gönderildi|kime|konu|lähetetty|"
    r"vastaanottaja|aihe|elküldve|címzett|tárgy|στάλθηκε|προς|θέμα|تاريخ\s+الإرسال|إلى|الموضوع"
)
HEADER_FROM = re.compile(r"\s{0,12}\W{0,4}(?:" + _FROM_NAMES + r")[*\s]{0,3}[:：]", re.IGNORECASE)
HEADER_OTHER = re.compile(r"\s{0,12}\W{0,4}(?:" + _OTHER_NAMES + r")[*\s]{0,3}[:：]", re.IGNORECASE)
# Lines that may be HEADER_FROM, for a search through a whole text.
FROM_LINES_ASCII = re.compile(
    r"\n(?=[ -/:-@\[-^`{-~]{0,16}+(?=[FfDdVv])(?i:from|von|de|da|van|fra)[*\s]{0,3}:)"
)
FROM_LINES = re.compile(
    r"\n(?=[^\w\n]{0,16}+(?=[FfDdVvOoKkLlОоΑαم発差发寄發보])(?i:" + _FROM_NAMES + r")[*\s]{0,3}[:：])"
)

# "Am 3.3.2014 um 10:01 schrieb Ann Example:": the name behind the verb, in a line that begins with a date.
_VERB_AND_NAME = re.compile(
    r"(?<!\w)(?:schrieb|schreef|skrev|kirjoitti|napsal\(?a?\)?|написал\(?а?\)?|пишет)\s[^:!?]{2,90}[:：]\s*$",
    re.IGNORECASE,
)
# "Ann Example, 3.3.2014:", "Ann Example (2014-03-03 10:01):"
_NAME_AND_DATE = re.compile(
    r"\s{0,4}[^\W\d_][\w'’.-]{1,30}(?:\s[\w'’.-]{1,30}){0,3},?\s\(?"
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}(?:,?\s\d{1,2}[:.]\d\d)?\)?\s?[:：]"
)

RULE = re.compile(r"\s*[_=*~-]{5,}\s*$")
_VERB_HINTS = Hints(
    (
        "wrote",
        "writes",
        "write",
        "said",
        "says",
        "scribbled",
        "typed",
        "spake",
        "opined",
        "asked",
        "added",
        "replied",
        "mumbled",
        "schrieb",
        "crit",
        "crivait",
        "scritto",
        "scrisse",
        "scrive",
        "escrib",
        "escrit",
        "escriure",
        "escreveu",
        "schreef",
        "skrev",
        "skrifa",
        "napis",
        "napsal",
        "kirjoitti",
        "írta",
        "yazd",
        "пиш",
        "писал",
        "写",
        "寫",
        "작성",
        "쓴",
        "書きました",
        "のメッセージ",
    )
)


def _saying(text: str) -> re.Match[str] | None:
    """The verb of saying at the end of a line."""
    tail = text[-90:]
    lower = tail.lower()
    return ATTRIBUTION_END.search(tail) if _VERB_HINTS.within(lower) else None


def _says(text: str) -> bool:
    """Whether a line ends in a verb of saying, or in one and a name."""
    return _saying(text) is not None or _VERB_AND_NAME.search(text[-110:]) is not None


def ends_attribution(text: str) -> bool:
    """Whether a line ends in a verb of saying and a colon: "Bo Sample writes:" -> True."""
    text = text.rstrip()
    return text.endswith((":", "：", ",")) and _says(text)


def attribution_start(window: Sequence[str]) -> int | None:
    """Where in the 1 to 4 lines before a quote its attribution begins, None if it has none.

    ["Yes.", "On Mon, 3 Mar 2014 at 10:01, Ann Example", "<ann@example.org> wrote:"] -> 1.
    The shortest run of lines that reads as a whole wins; a bare "wrote:" reaches upwards.
    """
    last = window[-1].rstrip(" -")
    verb = _saying(last)
    fallback: int | None = None
    joined = ""
    for index in range(len(window) - 1, max(-1, len(window) - 4), -1):
        joined = window[index].strip() + " " + joined
        if len(joined) > 400:
            break
        dated, addressed = _DATE.search(joined), _ADDRESS.search(joined)
        if ATTRIBUTION_START.match(joined) and (
            (dated and addressed) or ((dated or addressed) and (verb or last.endswith((":", "：", ">", ","))))
        ):
            return index
        if (
            fallback is None
            and (len(joined.split()) > 1 or (verb and verb.start() > 0))
            and (
                (verb and (verb.start() > 0 or len(last) > 90))
                or (last.endswith((":", "：")) and (addressed or (dated and verb)))
            )
        ):
            fallback = index
    if fallback is None and (verb or _NAME_AND_DATE.fullmatch(last)):
        return len(window) - 1
    return fallback


def is_full_attribution(text: str) -> bool:
    """Whether one line names a time or an address and ends in a verb of saying and a colon."""
    text = text.rstrip()
    return (
        text.endswith((":", "："))
        and _says(text)
        and ATTRIBUTION_START.match(text) is not None
        and _DATE.search(text) is not None
    )
