"""A file or a tree of folders -> the archives in it, judged by content.

Walks in one fixed order (names compared as bytes) and names what it passes over. Opens files for
their first bytes only.
"""

# File names are bytes here, which pathlib does not take.
# ruff: noqa: PTH116
from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from searcharc.errors import ReadError
from searcharc.models import Problem
from searcharc.readers.archive import Archive
from searcharc.readers.compress import open_bytes
from searcharc.readers.folders import is_maildir, is_mh
from searcharc.readers.paths import escape_path
from searcharc.readers.scrubbed import is_day
from searcharc.readers.sniff import NO_MAIL, SNIFFED, Kind, judge
from searcharc.readers.window import Window

# What version control keeps for itself is nobody's archive, and large.
_NOT_ENTERED = frozenset((b".git", b".hg", b".svn", b".bzr"))
_MAILDIR_PARTS = frozenset((b"cur", b"new", b"tmp"))


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to walk. in_maildir: it lies in a Maildir that was yielded already, so that only
    other archives beside its messages (an mbox somebody put there) are of interest."""

    path: bytes
    in_maildir: bool


def find_archives(source: Path) -> Iterator[Archive | Problem]:
    """The archives in `source`, and a Problem for each thing in it that is none.

    A Maildir with all its folders is one archive, an MH folder without its subfolders another, any
    other file that is mail another; so is a zip or tar, whatever it holds. Symbolic links to folders are
    not followed; a link to a file is read if the file is not in the tree itself, once. Empty files,
    hidden files that are no mail, the folders of version control and what Pipermail scrubbed are passed
    over without a word.
    """
    top = os.fsencode(source)
    try:
        status = os.stat(top)
    except OSError as error:
        yield Problem(escape_path(top), f"cannot be read: {error.strerror}", unfinished=True)
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _walk(top.rstrip(b"/") or b"/")
    else:
        yield from _judge_file(top)


def _walk(top: bytes) -> Iterator[Archive | Problem]:
    real_top = os.path.realpath(top)
    seen_links: set[tuple[int, int]] = set()
    pending = [_Folder(top, in_maildir=False)]
    while pending:
        folder = pending.pop()
        in_maildir = folder.in_maildir
        is_mh_folder = False
        if not in_maildir and is_maildir(folder.path):
            in_maildir = True
            yield Archive(Path(os.fsdecode(folder.path)), escape_path(folder.path), "maildir")
        elif not in_maildir and is_mh(folder.path, is_message_file=_is_message_file):
            is_mh_folder = True
            yield Archive(Path(os.fsdecode(folder.path)), escape_path(folder.path), "mh")
        try:
            with os.scandir(folder.path) as scanned:
                entries = sorted(scanned, key=lambda entry: entry.name)
        except OSError as error:
            if not in_maildir:
                yield Problem(
                    escape_path(folder.path), f"folder cannot be read: {error.strerror}", unfinished=True
                )
            continue
        deeper = []
        for entry in entries:
            if in_maildir and entry.name in _MAILDIR_PARTS:
                continue
            if entry.is_symlink():
                yield from _judge_link(entry.path, real_top, seen_links, in_maildir=in_maildir)
            elif entry.is_dir(follow_symlinks=False):
                if entry.name not in _NOT_ENTERED and not is_day(folder.path, entry.name):
                    deeper.append(_Folder(entry.path, in_maildir))
            elif not (is_mh_folder and (entry.name.isdigit() or entry.name.startswith(b","))):
                yield from _judge_file(entry.path, quiet=in_maildir or entry.name.startswith(b"."))
        pending.extend(reversed(deeper))


def _judge_link(
    path: bytes, real_top: bytes, seen: set[tuple[int, int]], *, in_maildir: bool
) -> Iterator[Archive | Problem]:
    try:
        status = os.stat(path)
    except FileNotFoundError:
        yield Problem(escape_path(path), "broken symbolic link")
        return
    except OSError as error:
        yield Problem(escape_path(path), f"symbolic link that cannot be followed: {error.strerror}")
        return
    if stat.S_ISDIR(status.st_mode):
        # The Maildir's own listing names those inside it.
        if not in_maildir:
            yield Problem(escape_path(path), "symbolic link to a folder: not followed")
        return
    identity = (status.st_dev, status.st_ino)
    if identity in seen or os.path.realpath(path).startswith(real_top.rstrip(b"/") + b"/"):
        return
    seen.add(identity)
    yield from _judge_file(path, quiet=in_maildir)


def _judge_file(path: bytes, *, quiet: bool = False) -> Iterator[Archive | Problem]:
    """The archive that the file is, or the reason why it is none.

    quiet: do not name a file that is no mail (damage and packed archives are always named).
    """
    name = escape_path(path)
    try:
        with open_bytes(path) as stream:
            window = Window(stream, chunk=SNIFFED)
            window.reach(SNIFFED)
            kind = judge(bytes(window.view[:SNIFFED]))
            if kind is Kind.ZIP and stream.codec != "plain":
                yield Problem(name, f"a zip packed with {stream.codec}: not read; unpack it")
            elif kind in (Kind.MBOX, Kind.MESSAGE, Kind.ZIP, Kind.TAR):
                # Damage behind the first messages is for their reader to meet and to report.
                yield Archive(
                    Path(os.fsdecode(path)), name, kind.value, stream.size, stream.mtime_ns, stream.inode
                )
            elif window.error:
                yield Problem(name, window.error.message, window.stop, unfinished=True)
            elif kind is Kind.NO_MAIL and not quiet:
                yield Problem(name, NO_MAIL)
    except FileNotFoundError:
        yield Problem(name, "is not there any more")
    except ReadError as error:
        yield Problem(name, error.message, unfinished=True)


def _is_message_file(path: bytes) -> bool:
    return any(
        isinstance(found, Archive) and found.format == "eml" for found in _judge_file(path, quiet=True)
    )
