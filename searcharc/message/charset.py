"""Bytes -> text: which charset a part is in, and its text in that charset.

Order of the rules: the declared label in its WHATWG meaning, if the bytes agree; else UTF-8 where
the bytes are valid; else chardet where it is sure; else windows-1252. Nothing raises, nothing is
lost, each repair is a defect. What a label means stands in `charset_labels`.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from searcharc.message.charset_labels import find_codec
from searcharc.message.doubled import undo_doubled
from searcharc.message.jis import decode_iso_2022_jp


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded text.

    text: valid Unicode in NFC, without NUL, surrogates, noncharacters and byte order mark; line ends
        as they stood.
    used: the charset that read it ("utf-8", "windows-1252", "gb18030", "us-ascii" ...).
    defects: what was repaired, "charset: ..." each.
    """

    text: str
    used: str
    defects: tuple[str, ...] = ()


# windows-1252 of the Encoding Standard: the five bytes that Microsoft left open are C1 controls.
_WINDOWS_1252 = "".join(
    bytes([code]).decode("cp1252") if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(code)
    for code in range(256)
)

_CODED_8BIT = frozenset({"utf-16", "utf-16le", "utf-16be", "utf-32"})  # ASCII bytes mean something else
_CODED_7BIT = frozenset({"utf-7", "iso-2022-jp", "iso-2022-kr", "hz-gb-2312"})
_MULTIBYTE = frozenset({"gb18030", "big5", "euc-jp", "cp932", "cp949", "johab"})

_NOT_TEXT = re.compile(
    "[\x00\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF))
    + "]"
)


def clean_text(text: str) -> str:
    """The text in NFC without NUL, surrogates and noncharacters: `"e\\u0301\\0"` -> `"é"`."""
    if text.isascii():
        return text.replace("\x00", "") if "\x00" in text else text
    if "\x00" in text or _NOT_TEXT.search(other_characters(text)):
        text = _NOT_TEXT.sub("", text)
    if unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", text)


_ASCII = bytes(range(128))


def other_characters(text: str) -> str:
    """The characters outside ASCII, in their order: `"naïve café"` -> `"ïé"`.

    Most texts have few of them. What looks only for such ones looks here first, for speed.
    """
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def decode_bytes(data: bytes, declared: str | None, *, guess: bool = True) -> Decoded:
    """The text of these bytes. guess: whether chardet may be asked (not for a few words).

    b"caf\\xe9", "iso-8859-1" -> "café", windows-1252
    b"caf\\xc3\\xa9", "x-unknown" -> "café", utf-8, with a defect
    """
    found = find_codec(declared) if declared else None
    if (
        data.isascii()
        and b"\x1b" not in data
        and b"~{" not in data
        and (found is None or found[0] not in _CODED_7BIT | _CODED_8BIT)
    ):
        return _decode_ascii(data, declared, found)
    marked = _decode_marked(data)
    if marked is not None:
        return marked
    if found is not None and found[0] not in _CODED_7BIT | _CODED_8BIT and data.isascii():
        coded = _decode_escaped(data)
        if coded is not None:
            text, name = coded
            return Decoded(clean_text(text), name, (f"charset: declared {found[0]}, bytes are {name}",))
    if found is not None and found[0] == "us-ascii" and not data.isascii():
        return _undeclared(data, guess, ("charset: declared us-ascii, has 8-bit bytes",))
    if found is None:
        note = () if not declared else (f"charset: declared {_short(declared)} is no charset",)
        return _undeclared(data, guess, note)
    return _declared(data, found, guess)


def _decode_ascii(data: bytes, declared: str | None, found: tuple[str, str] | None) -> Decoded:
    text = clean_text(data.decode("ascii"))
    if found is not None:
        return Decoded(text, found[0])
    if not declared:
        return Decoded(text, "us-ascii")
    return Decoded(
        text, "us-ascii", (f"charset: declared {_short(declared)} is no charset, read as us-ascii",)
    )


def _short(label: str) -> str:
    """A label fit for a defect: one line, at most 40 characters, `""` for an empty one."""
    clean = " ".join(re.sub(r"[^\x20-\x7e]", "?", label[:40]).split())
    return clean or '""'


def _decode_marked(data: bytes) -> Decoded | None:
    """The text where a byte order mark says what it is; the mark beats every label (WHATWG)."""
    if data.startswith(codecs.BOM_UTF8):
        body = data[3:]
        if _valid_utf8(body) is not None:
            return Decoded(clean_text(body.decode("utf-8")), "utf-8")
    for mark, name, codec in (
        (codecs.BOM_UTF16_LE, "utf-16le", "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16be", "utf-16-be"),
    ):
        if data.startswith(mark) and len(data) > 2 and b"\x00" in data[2:]:
            return Decoded(clean_text(data[2:].decode(codec, "replace")), name)
    return None


def _declared(data: bytes, found: tuple[str, str], guess: bool) -> Decoded:
    """The text by its label if the bytes agree with it, else as if nothing had been declared."""
    name, codec = found
    if name in _CODED_8BIT:
        if b"\x00" not in data:  # "charset=unicode" on text that is none
            return _undeclared(data, guess, (f"charset: declared {name}, has no such bytes",))
        return _utf16(data, name, codec)
    if name == "utf-8":
        text = _valid_utf8(data)
        if text is not None:
            return _utf8(text)
        return _undeclared(data, guess, ("charset: declared utf-8, has other bytes",))
    if name in _CODED_7BIT and not data.isascii() and name != "iso-2022-jp":
        return _undeclared(data, guess, (f"charset: declared {name}, has 8-bit bytes",))
    as_utf8 = _valid_utf8(data)
    if as_utf8 is not None and not data.isascii() and _is_surely_utf8(as_utf8, name):
        return Decoded(clean_text(as_utf8), "utf-8", (f"charset: declared {name}, bytes are utf-8",))
    text = _strict(data, name, codec)
    if text is None and as_utf8 is not None:
        return Decoded(clean_text(as_utf8), "utf-8", (f"charset: declared {name}, bytes are utf-8",))
    defects: tuple[str, ...] = ()
    if text is None:
        text = data.decode(codec, "replace")
        defects = (f"charset: broken bytes in {name} replaced",)
    if guess and _is_doubtful(data, text, name):
        guessed = _guess(data)
        if guessed is not None and guessed[1] != name and not _is_doubtful(data, *guessed[:2]):
            return Decoded(
                clean_text(guessed[0]), guessed[1], (f"charset: declared {name}, bytes are {guessed[1]}",)
            )
    if not defects or _mostly_whole(text):
        return Decoded(clean_text(text), name, defects)
    return _undeclared(data, guess, (f"charset: declared {name}, bytes are not",))


_HIGH_RUN = re.compile(rb"[\x80-\xff]{6,}")
_HIGH_BYTES = 10  # different ones in such runs: a line of dashes or dots has few
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_CYRILLIC, _CYRILLIC_CAPITAL = re.compile("[\u0400-\u04ff]"), re.compile("[\u0400-\u042f]")
_CYRILLIC_TURN = re.compile("[\u0430-\u045f][\u0400-\u042f]")


def _is_doubtful(data: bytes, text: str, name: str) -> bool:
    """True where a text, though it can be read by its label, is hardly one: chardet may know better.

    windows-1252: no language that it serves has words of six letters outside ASCII, while Russian or
    Chinese under this label, the default of many programs, has little else. Cyrillic: words in capitals that
    begin with a small letter, or change case in the middle, since KOI8 has the two the other way round.
    East Asian charsets: one in ten characters outside ASCII is of private use, or none at all.
    """
    if name == "windows-1252":
        return len(set(b"".join(_HIGH_RUN.findall(data[:_SAMPLE])))) >= _HIGH_BYTES
    if _SCRIPT_OF.get(name) == "cyrillic":
        sample = text[:_SAMPLE]
        letters, capitals = len(_CYRILLIC.findall(sample)), len(_CYRILLIC_CAPITAL.findall(sample))
        turns = len(_CYRILLIC_TURN.findall(sample))
        return letters >= 20 and turns > 0 and (turns * 20 >= letters or capitals * 10 >= letters * 7)
    if name not in _MULTIBYTE:
        return False
    others = other_characters(text[:_SAMPLE])
    odd = len(_PRIVATE.findall(others)) + others.count("\ufffd")
    return odd >= 3 and odd * 10 >= len(others)


def _utf8(text: str, defects: tuple[str, ...] = ()) -> Decoded:
    meant = undo_doubled(text) if not text.isascii() else None
    if meant is not None:
        return Decoded(clean_text(meant), "utf-8", (*defects, "charset: encoded as utf-8 twice, undone"))
    return Decoded(clean_text(text), "utf-8", defects)


def _utf16(data: bytes, name: str, codec: str) -> Decoded:
    if name == "utf-16":
        # Without a mark the side on which the zero bytes stand tells the order.
        even, odd = data[0:4000:2].count(0), data[1:4000:2].count(0)
        codec = "utf-16-be" if even > odd else "utf-16-le"
    return Decoded(clean_text(data.decode(codec, "replace").lstrip("\ufeff")), name)


def _strict(data: bytes, name: str, codec: str) -> str | None:
    """The text if every byte means something in this charset, else None."""
    if name == "windows-1252":
        return codecs.charmap_decode(data, "strict", _WINDOWS_1252)[0]
    if name == "iso-2022-jp":
        return decode_iso_2022_jp(data)
    try:
        return data.decode(codec)
    except (UnicodeDecodeError, ValueError):
        pass
    wider = {"euc-jp": "euc_jis_2004", "cp932": "shift_jisx0213", "big5": "cp950"}.get(name)
    if wider is not None:
        try:
            return data.decode(wider)
        except (UnicodeDecodeError, ValueError):
            pass
    return None


def _mostly_whole(text: str) -> bool:
    """True where a few broken bytes stand in a text that otherwise is what its label says."""
    bad = text.count("\ufffd")
    good = len(text) - len(text.encode("ascii", "ignore")) - bad
    return bad <= 2 * good and good > 0 if bad <= 3 else bad * 4 <= good


def is_utf8(data: bytes) -> bool:
    """Whether the bytes are valid UTF-8, as ASCII is too."""
    return _valid_utf8(data) is not None


def _valid_utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_surely_utf8(text: str, declared: str) -> bool:
    """True where valid UTF-8 cannot well be a text of the declared charset.

    In a charset of one byte a character, "é" of UTF-8 would read "Ã©": two signs that never stand
    together. In East Asian charsets two or three pairs are valid UTF-8 by chance now and then.
    """
    others = [char for char in text[:20000] if not char.isascii()]
    if len(others) >= 3:
        return declared not in _MULTIBYTE or sum(char >= "\u0800" for char in others) >= 3
    common = all("\u00a0" <= char < "\u0180" or "\u2000" <= char < "\u2c00" for char in others)
    return common and bool(others) and declared not in _MULTIBYTE


def _undeclared(data: bytes, guess: bool, note: tuple[str, ...]) -> Decoded:
    """The text of bytes of which nothing (true) is known. note: a defect that the charset is added to."""
    text, name, defects = _read_unknown(data, guess)
    if name == "utf-8":
        return _utf8(text, defects or tuple(f"{line}, read as {name}" for line in note))
    return Decoded(clean_text(text), name, defects or tuple(f"{line}, read as {name}" for line in note))


def _read_unknown(data: bytes, guess: bool) -> tuple[str, str, tuple[str, ...]]:
    if data.isascii():
        coded = _decode_escaped(data)
        return (*coded, ()) if coded is not None else (data.decode("ascii"), "us-ascii", ())
    text = _valid_utf8(data)
    if text is not None:
        return text, "utf-8", ()
    text = data.decode("utf-8", "replace")
    if _mostly_whole(text):
        return text, "utf-8", ("charset: broken bytes in utf-8 replaced",)
    if guess:
        guessed = _guess(data)
        if guessed is not None:
            return guessed
    return codecs.charmap_decode(data, "strict", _WINDOWS_1252)[0], "windows-1252", ()


_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e]){4,}~\}")  # RFC 1843; in four pairs it is no chance


def _decode_escaped(data: bytes) -> tuple[str, str] | None:
    """The text and charset of 7-bit bytes whose escape sequences say what they are; None for plain ASCII.

    Such text goes through any program that takes it for ASCII, and bears that label then.
    """
    if b"\x1b$)C" in data:
        text = _strict(data, "iso-2022-kr", "iso2022_kr")
        if text is not None:
            return text, "iso-2022-kr"
    if b"\x1b$" in data or b"\x1b(I" in data:
        text = decode_iso_2022_jp(data)
        if text is not None:
            return text, "iso-2022-jp"
    if _HZ.search(data):
        text = _strict(data, "hz-gb-2312", "hz")
        if text is not None:
            return text, "hz-gb-2312"
    return None


_SAMPLE = 20_000  # bytes that chardet is shown; its answer does not change with more
_SCRIPTS: dict[str, Callable[[str], bool]] = {
    # One script each: what most of the 8-bit characters must be, if the guess is right.
    "cyrillic": lambda char: "\u0400" <= char < "\u0530",
    "greek": lambda char: "\u0370" <= char < "\u0400",
    "hebrew": lambda char: "\u0590" <= char < "\u0600",
    "arabic": lambda char: "\u0600" <= char < "\u0700",
    "thai": lambda char: "\u0e00" <= char < "\u0e80",
    "cjk": lambda char: "\u3000" <= char < "\ufb00" or "\uff00" <= char < "\uffef" or char >= "\U00020000",
}
_SCRIPT_OF = {
    "gb18030": "cjk",
    "big5": "cjk",
    "euc-jp": "cjk",
    "cp932": "cjk",
    "cp949": "cjk",
    "johab": "cjk",
    "koi8-r": "cyrillic",
    "koi8-u": "cyrillic",
    "windows-1251": "cyrillic",
    "iso-8859-5": "cyrillic",
    "ibm866": "cyrillic",
    "x-mac-cyrillic": "cyrillic",
    "windows-1253": "greek",
    "iso-8859-7": "greek",
    "windows-1255": "hebrew",
    "iso-8859-8": "hebrew",
    "windows-1256": "arabic",
    "iso-8859-6": "arabic",
    "windows-874": "thai",
}


def _guess(data: bytes) -> tuple[str, str, tuple[str, ...]] | None:
    """What chardet says, where its confidence and the text it gives bear it out.

    It is asked twice: for the lines with 8-bit bytes and, since English around them drowns the
    rest, for the words with 8-bit bytes alone.
    """
    import chardet  # 60 ms to import: only mail without a usable charset pays for it

    lines = b"\n".join(line for line in data[: 4 * _SAMPLE].split(b"\n") if not line.isascii())[:_SAMPLE]
    words = b" ".join(word for word in lines.split() if not word.isascii())
    for sample in (lines, words):
        answer = chardet.detect(sample)
        label = answer.get("encoding")
        found = find_codec(label) if label else None
        if found is None or found[0] in ("utf-8", "us-ascii", "windows-1252"):
            continue
        text = _strict(data, *found)
        if text is None:
            text = data.decode(found[1], "replace")
            if not _mostly_whole(text):
                continue
        if _is_borne_out(text[: 4 * _SAMPLE], found[0], float(answer.get("confidence") or 0.0)):
            return text, found[0], ()
    return None


_MIXED = re.compile("[a-zA-Z][\u0370-\u0e7f]|[\u0370-\u0e7f][a-zA-Z]")


def _is_borne_out(text: str, name: str, confidence: float) -> bool:
    """True where the decoded text is what a text of that charset looks like."""
    script = _SCRIPT_OF.get(name)
    others = [char for char in text if char > "\xa0" and char != "\ufffd"]
    if script is None:
        # A Latin charset beside windows-1252 (8859-2, 8859-9 ...): only on long text is this no noise.
        letters = sum(char.isalpha() and char < "\u0250" for char in others)
        return confidence >= 0.5 and len(others) >= 20 and letters >= 0.9 * len(others)
    share = sum(map(_SCRIPTS[script], others)) / max(1, len(others))
    if script == "cjk":
        return share >= 0.8 and confidence >= 0.1 and len(others) >= 3
    # Latin text with accents read as Greek or Hebrew mixes both scripts within words.
    mixed = sum(1 for _ in _MIXED.finditer(text))
    return share >= 0.8 and confidence >= 0.12 and len(others) >= 6 and mixed * 10 <= len(others)
