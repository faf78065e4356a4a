"""Which codec a charset label means: the table of the WHATWG Encoding Standard and its misspellings.

`find_codec` is a pure look-up, label -> (name, Python codec); it never touches a text. The names
are those that a record's `charsets` shows as `used`.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

# name shown -> (Python codec, labels in their squeezed form: lower case, only letters and digits).
# Source: https://encoding.spec.whatwg.org/#names-and-labels, and labels met in real mail.
_TABLE: dict[str, tuple[str, str]] = {
    "us-ascii": ("ascii", "usascii ascii ansix341968 ansix341986 isoir6 iso646us 646 csascii us ansi x34"),
    "utf-8": (
        "utf-8",
        (
            "utf8 unicode11utf8 unicode20utf8 xunicode20utf8 xutf8 xutf8j utf8mb4 utf8mb3 utf8sig "
            "cp65001 iso10646utf8 uft8 ut8 utf80 utf8n utf8unix utf utf8bom"
        ),
    ),
    "utf-7": ("utf-7", "utf7 unicode11utf7 csunicode11utf7 xunicode20utf7 unicode20utf7 cp65000"),
    "utf-16": ("utf-16", "utf16 unicode csunicode ucs2 iso10646ucs2 unicodefeff iso10646"),
    "utf-16le": ("utf-16-le", "utf16le unicodefffe"),
    "utf-16be": ("utf-16-be", "utf16be"),
    "utf-32": ("utf-32", "utf32 ucs4 iso10646ucs4"),
    "windows-1252": (
        "cp1252",
        (
            "windows1252 cp1252 xcp1252 win1252 iso88591 iso885911987 latin1 l1 isolatin1 isoir100 "
            "csisolatin1 cp819 ibm819 88591 8859 1252 ms1252 xansi windows xwindows1252 isolatin "
            "windowslatin1 iso88591windows31latin1 iso latin isotextplain"
        ),
    ),
    "windows-1250": ("cp1250", "windows1250 cp1250 xcp1250 win1250"),
    "windows-1251": ("cp1251", "windows1251 cp1251 xcp1251 win1251 win cyrillicwindows"),
    "windows-1253": ("cp1253", "windows1253 cp1253 xcp1253 win1253"),
    "windows-1254": (
        "cp1254",
        ("windows1254 cp1254 xcp1254 win1254 iso88599 iso885991989 latin5 l5 csisolatin5 isoir148"),
    ),
    "windows-1255": ("cp1255", "windows1255 cp1255 xcp1255 win1255"),
    "windows-1256": ("cp1256", "windows1256 cp1256 xcp1256 win1256"),
    "windows-1257": ("cp1257", "windows1257 cp1257 xcp1257 win1257"),
    "windows-1258": ("cp1258", "windows1258 cp1258 xcp1258 win1258"),
    "windows-874": (
        "cp874",
        ("windows874 cp874 dos874 tis620 tis6202533 iso885911thai iso8859112001 thai iso8859x11"),
    ),
    "iso-8859-2": ("iso8859-2", "iso88592 iso885921987 latin2 l2 isolatin2 csisolatin2 isoir101 88592"),
    "iso-8859-3": ("iso8859-3", "iso88593 iso885931988 latin3 l3 isolatin3 csisolatin3 isoir109"),
    "iso-8859-4": ("iso8859-4", "iso88594 iso885941988 latin4 l4 isolatin4 csisolatin4 isoir110"),
    "iso-8859-5": ("iso8859-5", "iso88595 iso885951988 cyrillic csisolatincyrillic isoir144"),
    "iso-8859-6": (
        "iso8859-6",
        (
            "iso88596 iso885961987 arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 "
            "iso88596e iso88596i isoir127"
        ),
    ),
    "iso-8859-7": (
        "iso8859-7",
        ("iso88597 iso885971987 greek greek8 csisolatingreek ecma118 elot928 isoir126 suneugreek"),
    ),
    "iso-8859-8": (
        "iso8859-8",
        (
            "iso88598 iso885981988 iso88598i iso88598e hebrew visual logical csiso88598e csiso88598i "
            "csisolatinhebrew isoir138"
        ),
    ),
    "iso-8859-10": ("iso8859-10", "iso885910 latin6 l6 csisolatin6 isoir157"),
    "iso-8859-13": ("iso8859-13", "iso885913 latin7 l7"),
    "iso-8859-14": ("iso8859-14", "iso885914 latin8 l8"),
    "iso-8859-15": ("iso8859-15", "iso885915 latin9 l9 csisolatin9 latin0"),
    "iso-8859-16": ("iso8859-16", "iso885916 latin10 l10"),
    "koi8-r": ("koi8-r", "koi8r koi8 koi cskoi8r"),
    "koi8-u": ("koi8-u", "koi8u koi8ru"),
    "koi8-t": ("koi8-t", "koi8t"),
    "ibm866": ("cp866", "ibm866 cp866 866 csibm866 dos866"),
    "macintosh": ("mac-roman", "macintosh mac macroman xmacroman csmacintosh applemacintosh xmac"),
    "x-mac-cyrillic": ("mac-cyrillic", "xmaccyrillic xmacukrainian maccyrillic"),
    "gb18030": (
        "gb18030",
        (
            "gb18030 gbk xgbk gb2312 gb231280 csgb2312 csiso58gb231280 chinese isoir58 euccn xeuccn "
            "cp936 ms936 windows936 gb gb23121980 gbk2312 gb18030gb18030 csgb18030 csgbk cngb "
            "cngb12345 gb180302000 xgb2312"
        ),
    ),
    "hz-gb-2312": ("hz", "hzgb2312 hz"),
    "big5": (
        "big5hkscs",
        (
            "big5 big5hkscs cnbig5 csbig5 xxbig5 xbig5 cp950 ms950 windows950 big5eten zhtwbig5 big5ha "
            "chinesebig5"
        ),
    ),
    "euc-jp": ("euc_jp", "eucjp xeucjp cseucpkdfmtjapanese xeuc ujis"),
    "iso-2022-jp": (
        "iso2022_jp_ext",
        (
            "iso2022jp csiso2022jp iso2022jp1 iso2022jp2 iso2022jp3 iso2022jpext iso2022jpms cp50220 "
            "cp50221 cp50222 windows50220 windows50221 jis jis7 iso2022 iso2022jp2004"
        ),
    ),
    "cp932": (
        "cp932",
        (
            "shiftjis sjis xsjis csshiftjis mskanji windows31j cswindows31j cp932 ms932 windows932 "
            "xmscp932 shiftjisx0213"
        ),
    ),
    "cp949": (
        "cp949",
        (
            "euckr cseuckr ksc56011987 ksc56011989 ksc5601 ks c56011987 korean isoir149 windows949 "
            "cp949 ms949 uhc csksc56011987 kscs56011987 ksc56011992 xwindows949"
        ),
    ),
    "iso-2022-kr": ("iso2022_kr", "iso2022kr csiso2022kr"),
    "johab": ("johab", "johab cp1361 ms1361"),
}

_CODECS: dict[str, tuple[str, str]] = {
    label: (name, codec) for name, (codec, labels) in _TABLE.items() for label in labels.split()
}

# Labels by which a sender says that it does not know.
_NAMELESS = (
    "xunknown unknown unknown8bit 8bit 7bit binary none default autodetect autodetectall userdefined "
    "xuserdefined charset null undefined local nil quotedprintable base64 xsjisunknown iso charsetiso"
)
_UNKNOWN = frozenset(_NAMELESS.split())

# Python codecs that the table does not name and that map bytes to text, each one byte or pair at a
# time. `codecs.lookup` alone would also find "idna", "punycode" and "unicode_escape".
_PLAIN_CODEC = re.compile(
    r"(?:cp|ibm)-?(?:0?37|424|437|500|720|737|775|85[025678]|86[0-59]|875|1006|1026|1125|1140)"
    r"|kz1048|ptcp154|hp_?roman8|mac_?(?:centeuro|croatian|greek|iceland|latin2|romanian|turkish|farsi|arabic)"
)
_IN_MARKUP = re.compile(
    rb"<meta\b[^<>]{0,300}?\bcharset\s{0,5}=\s{0,5}[\"']?([\w.:-]{1,40})"
    rb"|\A\s{0,20}<\?xml\b[^<>]{0,100}?\bencoding\s{0,5}=\s{0,5}[\"']([\w.:-]{1,40})",
    re.IGNORECASE,
)
_JUNK = re.compile(r"[^a-z0-9]+")


def markup_charset(data: bytes) -> str | None:
    """The label that HTML or XHTML itself declares, in a `meta` element or an XML declaration near its start."""
    found = _IN_MARKUP.search(data[:10_000])
    return (found[1] or found[2]).decode("ascii", "replace") if found else None


def squeeze(label: str) -> str:
    """A label in lower case without anything but letters and digits: ` "UTF_8";` -> `utf8`."""
    return _JUNK.sub("", label.lower())


@lru_cache(maxsize=512)
def find_codec(label: str) -> tuple[str, str] | None:
    """The (shown name, Python codec) of a charset label, None where it names no charset.

    "ISO-8859-1" -> ("windows-1252", "cp1252"); "gb2312" -> ("gb18030", "gb18030");
    "utf-8;" and "'utf8'" -> utf-8; "3dutf-8" (a quoted-printable remnant) -> utf-8;
    "utf-8*en" (RFC 2231 language), "utf-8//TRANSLIT" (iconv) -> utf-8; "x-unknown" -> None.
    """
    # Only what stands before a parameter, a comment or a language tag is the label.
    plain = label[:200].strip(" \t\r\n\"'`<>=").partition("*")[0].partition("//")[0]
    for stop in ";,( \t\r\n":
        head = plain.split(stop, 1)[0]
        if head:
            plain = head
    key = squeeze(plain)
    for prefix in ("charset", "3d", "charset3d"):
        if key not in _CODECS and key.startswith(prefix) and len(key) > len(prefix):
            key = key[len(prefix) :]
            return _lookup(key, plain) or _complete(key)
    return _lookup(key, plain)


def _lookup(key: str, plain: str) -> tuple[str, str] | None:
    if not key or key in _UNKNOWN:
        return None
    found = _CODECS.get(key)
    if found is not None:
        return found
    if key.startswith("cs") and key[2:] in _CODECS:
        return _CODECS[key[2:]]
    name = plain.lower().replace("-", "").replace("_", "")
    if _PLAIN_CODEC.fullmatch(name):
        try:
            codec = codecs.lookup(name.replace("ibm", "cp")).name
        except LookupError:
            return None
        return codec, codec
    return None


def _complete(key: str) -> tuple[str, str] | None:
    """A label cut by a soft line break of quoted-printable ("3dwindows-125"), if it is clear.

    Clear: every label of the table that begins so means one charset.
    """
    if len(key) < 2:
        return None
    names = {_CODECS[label] for label in _CODECS if label.startswith(key)}
    return names.pop() if len(names) == 1 else None
