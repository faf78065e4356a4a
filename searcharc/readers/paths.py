"""File names as valid Unicode, and back: what stands in `Origin.archive` and `Origin.file`.

A file name on POSIX is bytes; records, JSON and indexes hold Unicode. Names that are UTF-8 stay
readable as they are; the rest is escaped so that the file can still be opened. Nothing here looks
at the disk.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

_ESCAPE = re.compile(rb"\\x([0-9A-Fa-f]{2})")
_LITERAL_ESCAPE = re.compile(rb"\\(?=x[0-9A-Fa-f]{2})")


def escape_path(path: bytes | Path | str) -> str:
    r"""A path as valid Unicode: no surrogates, reversible by `unescape_path`.

    path: bytes, or text that holds undecodable bytes as the operating system interface of Python
        does (surrogateescape, PEP 383).

    ``b"inbox" -> "inbox"``, ``b"caf\xc3\xa9" -> "café"``, ``b"caf\xe9" -> "caf\\xe9"``; a name in
    which such an escape stands literally gets its backslash escaped: ``b"a\\x41" -> "a\\x5cx41"``.
    """
    raw = path if isinstance(path, bytes) else os.fsencode(path)
    return _LITERAL_ESCAPE.sub(rb"\\x5c", raw).decode("utf-8", "backslashreplace")


def unescape_path(escaped: str) -> bytes:
    r"""The bytes of the path that `escape_path` was given: ``"caf\\xe9" -> b"caf\xe9"``."""
    return _ESCAPE.sub(lambda match: bytes((int(match[1], 16),)), escaped.encode("utf-8"))


def to_path(escaped: str) -> Path:
    """The same as a Path that opens the file."""
    return Path(os.fsdecode(unescape_path(escaped)))
