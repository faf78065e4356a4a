"""UTF-8 taken for windows-1252 and made UTF-8 again ("cafÃ©") -> the text that was meant ("café").

Undone only where it is certain: where every sign outside ASCII is part of such a sequence, so that the text
as a whole went through it. A text that quotes one broken word among whole ones stays as it is.
"""

from __future__ import annotations

import re

_OPEN = "\x81\x8d\x8f\x90\x9d"
"""Bytes that windows-1252 leaves open; programs pass them on as controls."""

_BYTES = {
    bytes([code]).decode("cp1252") if chr(code) not in _OPEN else chr(code): code
    for code in range(0x80, 0x100)
}
_TAIL = "".join(re.escape(char) for char, code in _BYTES.items() if code < 0xC0)
_FIRST = re.compile(f"[\u00c2-\u00f4][{_TAIL}]")
# Phonetic signs, Coptic, Syriac and controls: hardly in mail, but what bytes of GBK make when read as UTF-8.
_ODD = re.compile("[\x80-\x9f\u0250-\u02ff\u03cf-\u03ff\u0700-\u07ff]")
_RUN = re.compile("[^\x00-\x7f]+")


def undo_doubled(text: str) -> str | None:
    """The text that was meant, or None where the text is not surely encoded twice."""
    if not _FIRST.search(text):
        return None
    meant: list[str] = []
    for run in _RUN.finditer(text):
        codes = [_BYTES.get(char) for char in run[0]]
        if None in codes:
            return None
        try:
            meant.append(bytes(code for code in codes if code is not None).decode("utf-8"))
        except UnicodeDecodeError:
            return None
    return _with_runs(text, meant) if _is_certain(text, meant) else None


def _is_certain(text: str, meant: list[str]) -> bool:
    """Whether it cannot be chance: two sequences, one of three signs, or a letter within a word."""
    signs = "".join(meant)
    if _ODD.search(signs):
        return False
    if len(signs) > 1 or signs >= "\u0800":
        return True
    return signs.isalpha() and re.search("[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]", text) is not None


def _with_runs(text: str, meant: list[str]) -> str:
    runs = iter(meant)
    return _RUN.sub(lambda _: next(runs), text)
