"""The HTML that Pipermail took out of a message of its monthly text, where it lies beside that text.

Mailman's Scrubber puts "URL: <http://host/pipermail/list/attachments/20050101/1a2b3c4d/attachment.html>" in
place of an HTML part and saves the part under that path, beside the text or beside the folder of the texts.
Only such names are opened, never a link, and nothing outside `attachments`.
"""

# File names are bytes here, which pathlib does not take.
# ruff: noqa: PTH100, PTH114, PTH118, PTH119, PTH120, PTH208
from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from searcharc.errors import ReadError
from searcharc.models import RawMessage, Scrubbed
from searcharc.readers.sources import open_file

FOLDER = b"attachments"

MAX_BYTES = 5 << 20
"""Bytes read of one such file, and of all of one message together."""
_MAX_FILES = 100

_SIGN = b"/attachments/"
# The words around it are in the list's language; the line is "URL: <...>", in older Mailman "Url : ...".
_LINK = re.compile(
    rb"^[^\s:<>]{2,20}[ \t]{0,3}:[ \t]{0,3}<?https?://[^\s<>]{1,400}/attachments/"
    rb"(\d{8}/[0-9a-f]{4,40}/[\w.-]{1,80}\.html?)>?[ \t\r]*$",
    re.MULTILINE,
)
_DAY = re.compile(rb"\d{8}")


def folders_beside(path: Path | bytes) -> list[bytes]:
    """The attachment folders that belong to a text: in its own folder, and in the one above."""
    here = os.path.dirname(os.path.abspath(os.fsencode(path)))
    found = []
    for parent in (here, os.path.dirname(here)):
        folder = os.path.join(parent, FOLDER)
        if not os.path.islink(folder) and _has_day(folder):
            found.append(folder)
    return found


def _has_day(folder: bytes) -> bool:
    """Whether the folder is Pipermail's: others have the name too."""
    try:
        with os.scandir(folder) as entries:
            return any(_DAY.fullmatch(entry.name) for entry in entries)
    except OSError:
        return False


def rejoin(raw: RawMessage, folders: list[bytes]) -> RawMessage:
    """The message with the HTML that was scrubbed from it, as far as that lies in one of these folders."""
    if not folders or _SIGN not in raw.raw:
        return raw
    found: dict[str, Scrubbed] = {}
    room = MAX_BYTES
    for match in list(_LINK.finditer(raw.raw))[:_MAX_FILES]:
        name = match[1].decode("ascii", "replace")
        data = _read(match[1], folders, room) if name not in found and room > 0 else None
        if data is not None:
            found[name] = Scrubbed(f"attachments/{name}", data)
            room -= len(data)
    return replace(raw, scrubbed=tuple(found.values())) if found else raw


def is_day(folder: bytes, name: bytes) -> bool:
    """Whether a folder holds what was scrubbed on one day, and so no archive: "attachments/20050101"."""
    return os.path.basename(folder) == FOLDER and _DAY.fullmatch(name) is not None


def days(folders: list[bytes]) -> list[tuple[bytes, os.stat_result]]:
    """The days' folders and what the disk says of them: they change when an attachment comes or goes."""
    found = []
    for folder in folders:
        for name in sorted(filter(_DAY.fullmatch, os.listdir(folder))):
            path = os.path.join(folder, name)
            found.append((path, os.lstat(path)))
    return found


def _read(name: bytes, folders: list[bytes], room: int) -> bytes | None:
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.realpath(path) != os.path.join(os.path.realpath(folder), name):
            continue  # a link on the way
        try:
            source = open_file(path)
        except (FileNotFoundError, NotADirectoryError, ReadError):
            continue
        try:
            return source.read(room)  # a regular file gives all that is asked for, if it has it
        except ReadError:
            continue
        finally:
            source.close()
    return None
