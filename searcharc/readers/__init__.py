"""archive -> RawMessage: the bytes of each message and where they lie. Never decodes.

`find_archives` walks a source, `read_messages` reads one archive, `stat_archive` tells without
reading whether it changed, `read_raw` reads one message back. Bad input never raises out of the
first two: it comes as a Problem, in its place among the messages.

The modules, in the order of the data: `walk` (tree -> archives), `sniff` and `headers` (what a file
is), `sources`, `compress` and `window` (file -> uncompressed bytes), `mbox` and `envelope` (bytes ->
messages), `scrubbed` (what Pipermail took out of them), `single`, `folders` and `maildir` (files of one
message each), `zips`, `cutzips`, `tars` and `packed` (archives of such files), `original` (Origin -> bytes),
`archive` (what is remembered of one), `paths` (file names as Unicode).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from searcharc.errors import ReadError
from searcharc.models import Problem, RawMessage
from searcharc.readers.archive import Archive, ArchiveState, FileState, stat_archive
from searcharc.readers.compress import open_bytes
from searcharc.readers.folders import identity
from searcharc.readers.maildir import read_folder
from searcharc.readers.mbox import read_mbox
from searcharc.readers.original import read_original, read_raw
from searcharc.readers.packed import read_packed
from searcharc.readers.paths import escape_path, unescape_path
from searcharc.readers.scrubbed import folders_beside, rejoin
from searcharc.readers.single import read_single
from searcharc.readers.walk import find_archives

__all__ = [
    "DEFAULT_MAX_MESSAGE",
    "Archive",
    "ArchiveState",
    "FileState",
    "escape_path",
    "find_archives",
    "folders_beside",
    "identity",
    "open_bytes",
    "read_messages",
    "read_original",
    "read_raw",
    "stat_archive",
    "unescape_path",
]

DEFAULT_MAX_MESSAGE = 64 << 20
"""Bytes; a longer message is cut there."""


def read_messages(
    archive: Archive,
    *,
    max_message: int = DEFAULT_MAX_MESSAGE,
    skip: Collection[str] | None = None,
    on_vanished: Callable[[str], None] | None = None,
    start: int | None = None,
) -> Iterator[RawMessage | Problem]:
    """The messages of an archive in the order in which they lie there, one alive at a time.

    max_message: bytes, at least 1. A longer message comes with its first `max_message` bytes, its
        true length in `Origin.length` and a defect, followed by a Problem; the next one is read.
    skip: of a Maildir or MH folder, the values of `Origin.file` that need not be read (flags do not
        count). Of no effect on other archives.
    on_vanished: told the name of each file of a folder that was removed while it was read.
    start: of an mbox, `Origin.offset` of a known message to begin with. Of no effect on other archives.

    Nothing that the archive holds raises. A Problem tells what could not be read, and where.
    """
    if archive.is_folder:
        yield from read_folder(archive, max_message=max_message, skip=skip, on_vanished=on_vanished)
        return
    if archive.is_packed:
        yield from read_packed(archive, max_message=max_message)
        return
    try:
        stream = open_bytes(archive.path)
    except FileNotFoundError:
        yield Problem(archive.name, "is not there any more", unfinished=True)
        return
    except ReadError as error:
        yield Problem(archive.name, error.message, unfinished=True)
        return
    with stream:
        if archive.format == "mbox":
            folders = folders_beside(archive.path)
            for found in read_mbox(stream, name=archive.name, max_message=max_message, start=start):
                yield found if isinstance(found, Problem) else rejoin(found, folders)
        else:
            yield from read_single(
                stream, archive=archive.name, file=None, form=archive.format, max_message=max_message
            )
