"""What the attributes of an HTML element say: hints at zones, quotes, hidden text, list numbers.

Names of classes and ids are those that mail programs write: Gmail, Outlook and Word, Thunderbird,
Apple Mail, Yahoo, Proton. Outlook puts "x_" before the names of a mail that it quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from searcharc.message.lines import Hint

_SIGNATURE_NAMES = (
    "gmail_signature moz-signature msoautosig applemailsignature ms-outlook-mobile-signature signature "
    "protonmail_signature_block yahoo-signature yahoo_signature tutanota_signature emailsignature"
)
_SIGNATURE = frozenset(_SIGNATURE_NAMES.split())
_REPLY_NAMES = (
    "gmail_quote gmail_quote_container gmail_extra_quote gmail_attr yahoo_quoted divrplyfwdmsg "
    "olk_src_body_section appendonsend moz-cite-prefix moz-email-headers-table protonmail_quote zmail_extra "
    "replyforwardheader ms-outlook-mobile-reference-message mac_outlook_attribution_blockquote "
    "linebreakatbeginningofmessage outlookmessageheader stopspelling"
)
_REPLY = frozenset(_REPLY_NAMES.split())
_FORWARD = frozenset(("moz-forward-container",))
_QUOTE_NAMES = (
    "gmail_quote protonmail_quote yahoo_quoted iosymail cite mac_outlook_attribution_blockquote "
    "yiv_quoted tutanota_quote zmail_extra_box moz-cite"
)
_QUOTE = frozenset(_QUOTE_NAMES.split())
_FORWARD_LINE = re.compile(
    r"^\W{0,20}(?:begin forwarded message|forwarded message|original message forwarded|message transféré|"
    r"weitergeleitete nachricht|mensaje reenviado|mensagem encaminhada|пересылаемое сообщение|转发邮件)\b",
    re.IGNORECASE,
)
# Outlook's line above the header block of the message it quotes: "border-top:solid #B5C4DF 1.0pt", and
# the bar beside what it quotes.
_COLOUR = r"#?[0-9a-z]{3,12}"
_OUTLOOK_TOP = re.compile(
    r"border\s{0,3}:\s{0,3}none\s{0,3};\s{0,3}border-top\s{0,3}:\s{0,3}"
    rf"(?:solid\s{{1,3}}{_COLOUR}|{_COLOUR}\s{{1,3}}[0-9.]{{1,5}}pt\s{{1,3}}solid)"
)
_OUTLOOK_BAR = re.compile(r"border\s{0,3}:\s{0,3}none\s{0,3};\s{0,3}border-left\s{0,3}:\s{0,3}solid")
# "Ann wrote:" ends with the verb, "Am Montag schrieb Ann:" with the name.
_ATTRIBUTION = re.compile(
    r"(?:wrote|writes|said|écrit|ecrit|escribió|escribio|escreveu|scritto|napsal\(?a?\)?|napisał\(?a?\)?|"
    r"писал\(?а?\)?|写道|寫道|のメール|작성)\s{0,3}(?:<[^>]{1,200}>)?\s{0,3}[:：]?\s{0,3}$"
    r"|(?:schrieb|schreef|skrev|kirjoitti|написал\(?а?\)?|пишет)\b[^!?]{0,150}[:：]\s{0,3}$",
    re.IGNORECASE,
)


def marks(attributes: Mapping[str, str]) -> frozenset[str]:
    """The classes and the id of an element in lower case, without Outlook's "x_"."""
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower().split()
    found = set()
    for name in names[:20]:
        while name.startswith("x_"):
            name = name[2:]
        found.add(name)
    return frozenset(found)


def hint_of(names: frozenset[str], style: str) -> Hint:
    """The hint that an element with these classes and ids, and this style, gives."""
    if names:
        if names & _SIGNATURE:
            return Hint.SIGNATURE
        if names & _FORWARD:
            return Hint.FORWARD
        if names & _REPLY:
            return Hint.REPLY
    if "border-top" in style and _OUTLOOK_TOP.search(style[:500]):
        return Hint.REPLY
    return Hint.NONE


def is_forward_line(text: str) -> bool:
    """True for "---------- Forwarded message ---------" and "Begin forwarded message:"."""
    return _FORWARD_LINE.match(text[:120]) is not None


def is_quote(
    name: str, attributes: Mapping[str, str], names: frozenset[str], style: str, before: str
) -> bool:
    """True where a blockquote (or Outlook's barred div) holds words of others, not an indented text.

    before: the line above. A bare blockquote is a quote only below an attribution ("Ann wrote:").
    """
    if name != "blockquote":
        return "border-left" in style and _OUTLOOK_BAR.search(style[:500]) is not None
    if (attributes.get("type") or "").lower() == "cite" or "cite" in attributes or names & _QUOTE:
        return True
    return "border-left" in style or _ATTRIBUTION.search(before[-250:]) is not None


_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none|mso-hide\s{0,3}:\s{0,3}all|visibility\s{0,3}:\s{0,3}hidden")


def is_hidden(attributes: Mapping[str, str], style: str) -> bool:
    """True where no reader sees the element's text. style: in lower case."""
    if "hidden" in attributes:
        return True
    return ("none" in style or "hid" in style) and _HIDDEN.search(style[:2000]) is not None


_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_STYLES = {
    "decimal": "1",
    "decimal-leading-zero": "1",
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
}
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s{0,3}:\s{0,3}([a-z-]{1,30})")


def list_type(attributes: Mapping[str, str], style: str, default: str) -> str:
    """How a list numbers: "1", "a", "A", "i", "I", or "" for bullets and none. style: in lower case."""
    match = _LIST_STYLE.search(style[:2000]) if "list-style" in style else None
    if match and match.group(1) not in ("inside", "outside", "position"):
        return _STYLES.get(match.group(1), "")
    kind = (attributes.get("type") or "").strip()
    if kind in ("1", "a", "A", "i", "I"):
        return kind
    return "" if kind.lower() in ("disc", "circle", "square", "none") else default


def read_integer(text: str | None) -> int | None:
    """The integer an attribute holds ("24"), None where it holds none or one past a million."""
    text = (text or "").strip()
    if not re.fullmatch(r"-?[0-9]{1,7}", text):
        return None
    return int(text)


def format_number(number: int, kind: str) -> str:
    """(24, "1") -> "24"; (2, "a") -> "b"; (27, "a") -> "aa"; (4, "i") -> "iv"."""
    if kind in ("a", "A") and number > 0:
        letters = ""
        rest = number
        while rest > 0:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("a") + letter) + letters
        return letters.upper() if kind == "A" else letters
    if kind in ("i", "I") and 0 < number < 400:
        roman = ""
        for value, sign in _ROMAN:
            while number >= value:
                roman += sign
                number -= value
        return roman.upper() if kind == "I" else roman
    return str(number)


_PRINTED = re.compile(r"[(\[]?(?:(?:OP|PP|op|pp) ?)?[0-9]{0,4} ?[A-Za-z]{0,12}[0-9]{0,2}(?:\([a-z]{1,5}\))?")
_SECTION = re.compile(r"[(\[]?[0-9A-Za-z]{1,4}(?:\.[0-9A-Za-z]{1,4}){1,8}")


def word_marker(marker: str) -> tuple[str, str | None]:
    """What Word's list marker prints and which number it is: "21." -> ("21.", "21").

    "(a)" -> ("(a)", "a"); "1.2." -> ("1.2.", None), a section; "·" and "o" -> ("", None), bullets.
    """
    text = " ".join(marker.split())
    if len(text) < 2 and not text.isdigit():
        return "", None  # one sign without a dot: a bullet in Symbol, Wingdings or Courier
    bare = text.rstrip(".):-]、．）")
    if _PRINTED.fullmatch(bare) and any(char.isalnum() for char in bare):
        return text, bare.lstrip("([").replace(" ", "") or None
    if _SECTION.fullmatch(bare):
        return text, None
    return (text, None) if any(char.isalnum() for char in text) else ("", None)
