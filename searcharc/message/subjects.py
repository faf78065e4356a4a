"""What a subject says: an answer, a forwarded mail, and what is left without these marks.

It stands alone, for threads are drawn without the parser.
"""

from __future__ import annotations

import re

_REPLY_PREFIXES_TEXT = """
    re aw sv antw vs odp ynt resp 回复 答复 回覆 答覆 返信 ответ
"""
_REPLY_PREFIXES = frozenset(_REPLY_PREFIXES_TEXT.split())
_FORWARD_PREFIXES_TEXT = """
    fw fwd wg tr rv enc doorst i 转发 轉寄 転送
"""
_FORWARD_PREFIXES = frozenset(_FORWARD_PREFIXES_TEXT.split())
_LIST_TAGS = re.compile(r"(?:\s*\[[^\]]{1,60}\])+\s*")
_COUNTED = re.compile(r"(?:\[\d+\]|\(\d+\))$")


def subject_marks(subject: str) -> tuple[bool, bool]:
    """Whether a subject says that its mail is a reply, and whether that it is a forwarded one.

    "Re: Tea", "[tea] AW: Tea", "Re[2]: Tea" -> (True, False); "Fwd: Tea", "Tea (fwd)" -> (False, True).
    """
    head, colon, _ = subject.replace("：", ":").partition(":")
    tags = _LIST_TAGS.match(head)
    if tags is not None:
        head = head[tags.end() :]
    prefix = _COUNTED.sub("", head.strip().lower()) if colon else ""
    return prefix in _REPLY_PREFIXES, prefix in _FORWARD_PREFIXES or subject.rstrip()[-5:].lower() in (
        "(fwd)",
        "[fwd]",
    )


def bare_subject(subject: str) -> str:
    """A subject without tags of lists and marks of answers, folded: "Re: [lakes] AW: Tea" -> "tea"."""
    bare = " ".join(subject.casefold().replace("：", ":").split())
    while True:
        tags = _LIST_TAGS.match(bare)
        if tags is not None:
            bare = bare[tags.end() :]
        head, colon, rest = bare.partition(":")
        if not colon or _COUNTED.sub("", head.strip()) not in _REPLY_PREFIXES:
            return bare
        bare = rest.strip()
