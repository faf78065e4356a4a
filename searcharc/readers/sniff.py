"""First bytes of a file -> what kind of file it is, whatever its name says.

Looks at uncompressed bytes; opens nothing.
"""

from __future__ import annotations

from enum import Enum

from searcharc.readers.envelope import Separators
from searcharc.readers.headers import is_message, leading_blanks
from searcharc.readers.tars import is_tar

SNIFFED = 1 << 16
"""Bytes of a file that `judge` wants to see (fewer where the file is shorter)."""

NO_MAIL = "no mail found in it"
"""The reason of a Problem for a file that holds none."""


class Kind(Enum):
    """What the first bytes of a file say it is."""

    MBOX = "mbox"
    MESSAGE = "eml"
    EMPTY = "empty"
    ZIP = "zip"
    TAR = "tar"
    NO_MAIL = "no mail"


def judge(head: bytes) -> Kind:
    """What a file is, by its first `SNIFFED` uncompressed bytes.

    An mbox may begin with other bytes (half a message, a banner) if two envelope lines with a date
    and a header behind them follow in `head`; one alone may be an example in prose.
    """
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind.ZIP
    if is_tar(head):
        return Kind.TAR
    start = leading_blanks(head)
    if start == len(head):
        return Kind.EMPTY if len(head) < SNIFFED else Kind.NO_MAIL
    if head.startswith(b"From ", start) and Separators().opens(head, start):
        return Kind.MBOX
    if is_message(head[start:]):
        return Kind.MESSAGE
    found, at = 0, head.find(b"\nFrom ", start)
    while at >= 0:
        found += Separators().separates(head, at + 1) is not None
        if found == 2:
            return Kind.MBOX
        at = head.find(b"\nFrom ", at + 1)
    return Kind.NO_MAIL
