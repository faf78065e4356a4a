"""A zip or tar -> the messages of its members, read as streams; nothing is unpacked to disk.

A member may be an mbox, a message or a file of a Maildir, compressed once more or not. What would lead
out of the archive (`..`, absolute names, links, devices) is not followed and named. `zips` and `tars` list
members, `cutzips` those of a zip without its directory; here is what is read of them, and under which
name it is found again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from searcharc.errors import ReadError
from searcharc.models import Problem, RawMessage
from searcharc.readers.archive import Archive
from searcharc.readers.compress import ByteStream, open_bytes
from searcharc.readers.cutzips import CutZipReader
from searcharc.readers.mbox import read_mbox
from searcharc.readers.paths import escape_path
from searcharc.readers.single import read_single
from searcharc.readers.sniff import NO_MAIL, SNIFFED, Kind, judge
from searcharc.readers.sources import Budget
from searcharc.readers.tars import CUT, TarReader
from searcharc.readers.zips import NoDirectoryError, ZipReader

# A file as a mail server names it, in a folder of a Maildir.
_MAILDIR_FILE = re.compile(r"(?:.*/)?(?:cur|new)/(?:\d{5,}\.[^/]+|[^/]+[:;!]2,[^/]*)\Z")
_UNDELIVERED = re.compile(r"(?:.*/)?tmp/\d{5,}\.[^/]+\Z")
# What packers and file managers leave, hidden files that are no mail, and version control.
_NOT_NAMED = re.compile(r"(?:.*/)?(?:\.[^/]*|__MACOSX/.*|Thumbs\.db|maildirfolder|dovecot[^/]*)\Z")
_NOT_ENTERED = re.compile(r"(?:.*/)?(?:\.git|\.hg|\.svn|\.bzr|__MACOSX|attachments/\d{8})/")
# HTML that Pipermail saved beside its text. The text may stand before or behind it, and a tar is read once.
_SCRUBBED = re.compile(r"(?:.*/)?attachments/\d{8}/[^/]+/[^/]+\.html?\Z")


@dataclass(frozen=True, slots=True)
class _Member:
    """file: its name as valid Unicode, unlike that of any other member. open: its bytes, packed or not."""

    file: str
    refusal: str
    open: Callable[[], ByteStream]


def read_packed(archive: Archive, *, max_message: int) -> Iterator[RawMessage | Problem]:
    """The messages of a zip or tar in the order of its members, and what is wrong with it.

    Members that are no mail are named, unless none is: then the archive is. Of what Pipermail scrubbed from
    the messages, their number is named. Never raises for what the archive holds.
    """
    no_mail: list[Problem] = []
    found_mail = False
    scrubbed = 0
    last = None
    with ExitStack() as stack:
        try:
            budget = Budget(consumed=archive.size)
            for member in _members(archive.path, archive.format, budget, stack):
                scrubbed += _SCRUBBED.match(member.file) is not None
                for found in _read_member(member, archive, max_message):
                    if isinstance(found, Problem) and found.reason == NO_MAIL and not found_mail:
                        no_mail.append(found)
                        continue
                    found_mail = found_mail or isinstance(found, RawMessage)
                    if found_mail and no_mail:
                        yield from no_mail
                        no_mail = []
                    last = found.reason if isinstance(found, Problem) else None
                    yield found
                if budget.spent:
                    return
        except FileNotFoundError:
            yield Problem(archive.name, "is not there any more", unfinished=True)
            return
        except ReadError as error:
            if error.message != last:  # the member that the damage is in has named it
                yield Problem(archive.name, error.message, unfinished=True)
    if no_mail:
        yield Problem(archive.name, NO_MAIL)
    elif scrubbed:
        yield Problem(
            archive.name,
            f"HTML that Pipermail saved beside its text is not joined to it here (files: {scrubbed}):"
            " unpack the archive to have it",
        )


def open_member(path: bytes, form: str, file: str) -> ByteStream | None:
    """Open a member by the name that `Origin.file` gives it; None where there is none of that name.

    Raises:
        FileNotFoundError: the archive is not there.
        ReadError: it is damaged before the member, or cannot be opened.
    """
    with ExitStack() as stack:
        budget = Budget(consumed=Path(os.fsdecode(path)).stat().st_size)
        for member in _members(path, form, budget, stack):
            if member.file == file and not member.refusal:
                stream = member.open()
                stream.closing(stack.pop_all().close)
                return stream
    return None


def _read_member(member: _Member, archive: Archive, max_message: int) -> Iterator[RawMessage | Problem]:
    name = f"{archive.name}/{member.file}"
    if member.refusal:
        yield Problem(name, member.refusal)
        return
    if _NOT_ENTERED.match(member.file) or _UNDELIVERED.match(member.file):
        return
    try:
        stream = member.open()
    except ReadError as error:
        yield Problem(name, error.message, unfinished=error.message == CUT)
        return
    with stream:
        if _MAILDIR_FILE.match(member.file):
            yield from read_single(
                stream, archive=archive.name, file=member.file, form="maildir", max_message=max_message
            )
            return
        kind = judge(stream.peek(SNIFFED))
        if kind is Kind.MBOX:
            yield from read_mbox(stream, name=archive.name, file=member.file, max_message=max_message)
        elif kind in (Kind.ZIP, Kind.TAR):
            yield Problem(name, "an archive in an archive: not read; unpack the outer one")
        elif (
            kind is Kind.MESSAGE
            or (stream.error and kind is not Kind.EMPTY)
            or not _NOT_NAMED.match(member.file)
        ):
            # Of a file that is no mail, and of damage, this says what is wrong.
            yield from read_single(
                stream, archive=archive.name, file=member.file, form="eml", max_message=max_message
            )


def _members(path: bytes | Path, form: str, budget: Budget, stack: ExitStack) -> Iterator[_Member]:
    """The members that are files, or would be; `stack` closes the archive."""
    names: set[str] = set()
    for name, refusal, open_ in (
        _zip_members(path, budget, stack) if form == "zip" else _tar_members(path, budget, stack)
    ):
        refusal = _outside(name) or refusal
        yield _Member(_unlike(escape_path(_plain(name)), names), refusal, open_)


def _zip_members(
    path: bytes | Path, budget: Budget, stack: ExitStack
) -> Iterator[tuple[bytes, str, Callable[[], ByteStream]]]:
    try:
        reader = ZipReader(path)
    except NoDirectoryError:
        yield from _stream_members(CutZipReader(stack.enter_context(open_bytes(path))), budget)
        return
    stack.callback(reader.close)
    for member in reader.members():
        if not member.is_folder:
            yield (
                member.name,
                member.refusal,
                lambda member=member: ByteStream(reader.open(member), budget=budget),  # type: ignore[misc]
            )


def _tar_members(
    path: bytes | Path, budget: Budget, stack: ExitStack
) -> Iterator[tuple[bytes, str, Callable[[], ByteStream]]]:
    yield from _stream_members(TarReader(stack.enter_context(open_bytes(path))), budget)


def _stream_members(
    reader: TarReader | CutZipReader, budget: Budget
) -> Iterator[tuple[bytes, str, Callable[[], ByteStream]]]:
    """The members of an archive that is read from its start, each before the next is looked for."""
    for member in reader.members():
        if not member.is_folder:
            yield member.name, member.refusal, lambda: ByteStream(reader, budget=budget)


def _plain(name: bytes) -> bytes:
    """`tar -c .` writes "./" before each name."""
    while name.startswith(b"./"):
        name = name[2:].lstrip(b"/")
    return name


def _outside(name: bytes) -> str:
    """Why a member's name is not to be trusted, "" where it is."""
    steps = name.replace(b"\\", b"/").split(b"/")
    if b".." in steps:
        return '".." in its name: not followed'
    if steps[0] == b"" or re.match(rb"[A-Za-z]:\Z", steps[0]):
        return "absolute name: not followed"
    return ""


def _unlike(file: str, names: set[str]) -> str:
    """The name, with a number where the archive has an earlier member of the same name."""
    found, number = file, 1
    while found in names:
        number += 1
        found = f"{file} ({number})"
    names.add(found)
    return found
