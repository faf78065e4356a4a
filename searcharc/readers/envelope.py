"""The envelope line of an mbox ("From ann@example.org Mon Mar  3 10:01:00 2014"): what is one.

RFC 4155 appendix A describes the default form; real archives hold those of UUCP, Pipermail,
Thunderbird, Eudora and others. The rule must tell an envelope from prose that begins with
"From ". It looks at bytes and decodes nothing.
"""

from __future__ import annotations

import re

from searcharc.readers.headers import FIELD, is_known_field

LOOKAHEAD = 4096
"""Bytes that must be in view behind the start of a line to judge it."""

# Every repetition is bounded: a line of a million blanks must not cost a million steps squared.
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}"
_TIME = rb"\d{1,2}:\d\d(?::\d\d(?:\.\d{1,9})?)?"
_ZONE = rb"(?-i:[+-]\d{2}:?\d{2}|\(?[A-Z]{1,5}\)?(?:[+-]\d{1,4})?)"
_GAP = rb"[ \t]{1,20}"
# asctime: Tue Mar  4 10:00:00 [EST] 2014; the day of RFC 5322: Tue, 4 Mar 2014 10:00; ISO 8601.
_DATE = (
    rb"(?:"
    + _DAY + rb"[a-z]{0,6},?" + _GAP + _MONTH + _GAP + rb"\d{1,2},?" + _GAP
    + rb"(?:" + _TIME + rb"(?:" + _GAP + _ZONE + rb"){0,2}" + _GAP + rb"\d{4}"
    + rb"|\d{4}" + _GAP + _TIME + rb")"
    + rb"|(?:" + _DAY + rb",?" + _GAP + rb")?\d{1,2}[ \t-]{1,20}" + _MONTH
    + rb"[ \t-]{1,20}\d{2,4}" + _GAP + _TIME
    + rb"|(?:" + _DAY + rb",?" + _GAP + rb")?\d{4}-\d\d-\d\d[T \t]{1,20}" + _TIME + rb"Z?"
    + rb")"
    + rb"(?:" + _GAP + _ZONE + rb"){0,3}(?:" + _GAP + rb"remote from [^\r\n]{1,200})?[ \t]{0,20}"
)  # fmt: skip
_DATED = re.compile(
    rb"From (?:(?P<sender>[^\r\n]{1,500}?)[ \t]{1,20}|[ \t]{0,20})(?P<date>" + _DATE + rb")\r?(?:\n|\Z)",
    re.IGNORECASE,
)
# The cheap question first: most "From " lines of a text are prose without a time of day.
_TIMED = re.compile(rb"From [^\r\n]{0,600}?\d:\d\d")
_UNDATED = re.compile(
    rb"From [ \t]{0,20}(?:-|[^ \t\r\n]{1,300}@[^ \t\r\n]{1,300}|MAILER-DAEMON)?[ \t]{0,20}\r?\n"
)
# git writes this fixed date behind the commit id (SHA-1 or SHA-256), git-format-patch(1).
_GIT_COMMIT = re.compile(rb"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_GIT_DATE = b"Mon Sep 17 00:00:00 2001"
# ann@example.org, "ann at example.org" (Pipermail, "at" in the list's language); one word: root.
_PLAIN_SENDER = re.compile(rb"[^\r\n]*@[^\r\n]*|\S+|\S+\s+\S+\s+\S+\.\S+")
# What some mail systems put between envelope and header: ">From ..." of the system before, or the
# rest of a folded line.
_ODD_LINES = re.compile(rb"(?:(?:>From |[ \t]{1,80}[^\s])[^\n]{0,300}\n){0,5}")


class Separators:
    """Judges the "From " lines of one mbox, whose first one tells the file's own habit.

    git's commit lines, and lines without a date, separate only in a file that begins with such a
    line: elsewhere they are an attached patch, or prose.
    """

    def __init__(self) -> None:
        self._git = False
        self._undated = False

    def opens(self, view: bytes | bytearray, at: int) -> int | None:
        """Where the message begins that the line at `at` opens as the first of the file, or None.

        A line with a date needs no header behind it; without a date, it needs one that mail has.
        """
        line = _DATED.match(view, at) if _TIMED.match(view, at) else None
        if line:
            self._git = _is_git(line)
            return line.end()
        bare = _UNDATED.match(view, at)
        if bare and _has_field(view, bare.end(), known=True):
            self._undated = True
            return bare.end()
        return None

    def separates(self, view: bytes | bytearray, at: int) -> int | None:
        """Where the message begins that the line at `at` opens inside the file, or None.

        view: must reach `LOOKAHEAD` bytes past `at`, or to the end of the file.
        at: the start of a line that begins with "From ".
        """
        line = _DATED.match(view, at) if _TIMED.match(view, at) else None
        if line:
            if _is_git(line) and not self._git:
                return None
            sender = line["sender"]
            # "From our call on Tue Mar  4 10:00:00 2014": a name of several words must be followed
            # by a field that every message has, not by just any "Agenda:".
            plain = sender is None or _PLAIN_SENDER.fullmatch(sender)
            return line.end() if _has_field(view, line.end(), known=not plain) else None
        if self._undated and view[max(0, at - 3) : at].endswith((b"\n\n", b"\n\r\n")):
            bare = _UNDATED.match(view, at)
            if bare and _has_field(view, bare.end(), known=True):
                return bare.end()
        return None


def _has_field(view: bytes | bytearray, at: int, *, known: bool) -> bool:
    """Whether a header field stands at `at`; known: only one that mail programs write."""
    odd = _ODD_LINES.match(view, at)
    field = FIELD.match(view, odd.end() if odd else at)
    return field is not None and (not known or is_known_field(field[1]))


def _is_git(line: re.Match[bytes]) -> bool:
    sender = line["sender"]
    return (
        sender is not None
        and line["date"].rstrip() == _GIT_DATE
        and _GIT_COMMIT.fullmatch(sender) is not None
    )
