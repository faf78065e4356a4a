"""Maildir, Maildir++ and MH folders -> the names of the message files in them.

Maildir: cr.yp.to/proto/maildir.html; Maildir++: folders ".Sub" beside cur, new and tmp (the
courier-maildir specification); Dovecot's layout "fs" nests folders without the dot. MH: messages
are files named by numbers (mh-format(5)). Lists names; opens no message.
"""

# File names are bytes here, which pathlib does not take.
# ruff: noqa: PTH112, PTH208
from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field

_INFO = re.compile(r"[:;!]2,[^/]*\Z")
_STRAY = re.compile(rb"\.|dovecot|courier|maildir")
_UNIQUE = re.compile(rb"\d{5,}\.[^/]+")


@dataclass(slots=True)
class Listing:
    """files: paths inside the folder, as bytes, in reading order. problems: (path inside, reason)."""

    files: list[bytes] = field(default_factory=list)
    problems: list[tuple[bytes, str]] = field(default_factory=list)


def identity(relative: str) -> str:
    """What stays of a Maildir file's name when its flags change or it moves from new to cur.

    ``"new/1000.a.host" -> "1000.a.host"``, ``"cur/1000.a.host:2,FS" -> "1000.a.host"``,
    ``".Sub/cur/7.b.host!2,S" -> ".Sub/7.b.host"`` (";" and "!" stand for ":" on some systems).
    """
    folder, _, name = relative.rpartition("/")
    parent, _, place = folder.rpartition("/")
    if place in ("cur", "new"):
        folder = parent
    name = _INFO.sub("", name)
    return f"{folder}/{name}" if folder else name


def is_maildir(path: bytes) -> bool:
    """Whether the folder is a Maildir: it holds cur, or new together with tmp or mail in it.

    Folders that lack cur or new are common after a copy that left empty ones out.
    """
    if _is_folder(path + b"/cur"):
        return True
    if not _is_folder(path + b"/new"):
        return False
    if _is_folder(path + b"/tmp"):
        return True
    try:
        return any(_UNIQUE.fullmatch(name) for name in os.listdir(path + b"/new"))
    except OSError:
        return False


def is_mh(path: bytes, *, is_message_file: Callable[[bytes], bool]) -> bool:
    """Whether the folder is an MH folder: files named by numbers, and MH's own file or nothing else.

    is_message_file: judges one file by its content; yearly mboxes may be named by numbers too.
    """
    files = []
    try:
        with os.scandir(path) as entries:
            own = False
            for entry in entries:
                own = own or entry.name == b".mh_sequences"
                if not entry.name.startswith((b".", b",")) and entry.is_file():
                    files.append(entry.name)
    except OSError:
        return False
    numbered = [name for name in files if name.isdigit()]
    if not numbered or not (own or len(numbered) == len(files)):
        return False
    return own or is_message_file(path + b"/" + min(numbered, key=int))


def list_folder(top: bytes, form: str) -> Listing:
    """The message files of a Maildir (form "maildir", all its folders) or MH folder ("mh")."""
    return list_maildir(top) if form == "maildir" else list_mh(top)


def list_maildir(top: bytes) -> Listing:
    """The files in each cur and new below `top`; tmp holds deliveries that are not finished.

    Symbolic links to folders are not followed and named. Files that mail programs keep beside the
    mail (dovecot-uidlist, maildirfolder, names with a leading dot) are passed over.
    """
    listing = Listing()
    pending = [b""]
    while pending:
        folder = pending.pop()
        deeper = []
        for entry in _scan(top, folder, listing):
            relative = folder + entry.name
            if entry.is_symlink():
                if os.path.isdir(top + b"/" + relative):
                    listing.problems.append((relative, "symbolic link to a folder: not followed"))
            elif entry.is_dir() and entry.name not in (b"cur", b"new", b"tmp"):
                deeper.append(relative)
        # new before cur: a message that moves meanwhile is seen twice, not missed.
        found = {}
        for place in (b"new/", b"cur/"):
            if not _is_folder(top + b"/" + folder + place):
                continue
            for entry in _scan(top, folder + place, listing):
                if not _STRAY.match(entry.name) and _is_mail_file(entry, folder + place, listing):
                    relative = folder + place + entry.name
                    found[identity(os.fsdecode(relative)), entry.inode()] = relative
        listing.files.extend(sorted(found.values()))
        pending.extend(name + b"/" for name in sorted(deeper, reverse=True))
    return listing


def list_mh(top: bytes) -> Listing:
    """The files named by numbers, in the order of the numbers; ",12" is one that MH removed."""
    listing = Listing()
    for entry in _scan(top, b"", listing):
        if entry.name.isdigit() and _is_mail_file(entry, b"", listing):
            listing.files.append(entry.name)
    listing.files.sort(key=lambda name: (int(name), name))
    return listing


def _scan(top: bytes, folder: bytes, listing: Listing) -> list[os.DirEntry[bytes]]:
    try:
        with os.scandir(top + b"/" + folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    except OSError as error:
        listing.problems.append((folder.rstrip(b"/"), f"folder cannot be read: {error.strerror}"))
        return []


def _is_mail_file(entry: os.DirEntry[bytes], folder: bytes, listing: Listing) -> bool:
    """Whether the entry is a file to read; names the links and special files that are not."""
    if entry.is_file(follow_symlinks=False):
        return True
    if entry.is_dir(follow_symlinks=False):
        return False
    reason = "not a regular file: not read"
    if entry.is_symlink():
        try:
            mode = entry.stat().st_mode
        except FileNotFoundError:
            reason = "broken symbolic link"
        except OSError as error:
            reason = f"symbolic link that cannot be followed: {error.strerror}"
        else:
            if stat.S_ISREG(mode):
                return True
            reason = "symbolic link to no file: not followed"
    listing.problems.append((folder + entry.name, reason))
    return False


def _is_folder(path: bytes) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False
