"""An archive as it is found on disk, and what tells whether it changed since it was read.

The unit that `walk` finds, `read_messages` reads and the indexer remembers.
"""

# File names are bytes here, which pathlib does not take.
# ruff: noqa: PTH116
from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from searcharc.errors import ReadError
from searcharc.readers import folders, scrubbed
from searcharc.readers.paths import escape_path


@dataclass(frozen=True, slots=True)
class Archive:
    """One mbox, one `.eml`, one zip or tar of such files, one Maildir (with its folders) or MH folder.

    path: opens it. name: the same as valid Unicode, as in `Origin.archive`.
    format: "mbox", "eml", "zip", "tar", "maildir" or "mh".
    size, mtime_ns, inode: of a single file when it was found (size in bytes as it lies on disk,
        compressed or not); 0 for a folder, whose own figures tell nothing of the mail in it.
    """

    path: Path
    name: str
    format: str
    size: int = 0
    mtime_ns: int = 0
    inode: int = 0

    @property
    def is_folder(self) -> bool:
        """Whether the messages are files of their own inside `path`."""
        return self.format in ("maildir", "mh")

    @property
    def is_packed(self) -> bool:
        """Whether the messages are those of the members of a zip or tar."""
        return self.format in ("zip", "tar")


@dataclass(frozen=True, slots=True)
class FileState:
    """A file of an archive: its name in `Origin.file` ("" for a single file), bytes on disk, times.

    mtime_ns: nanoseconds since 1970. A change of Maildir flags renames a file and changes neither
    `size`, `mtime_ns` nor `inode`.
    """

    file: str
    size: int
    mtime_ns: int
    inode: int

    @property
    def stamp(self) -> str:
        """Size, time and inode: the same where the file was not written since, whatever its name."""
        return f"{self.size}.{self.mtime_ns}.{self.inode}"


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """What an archive looked like at one moment, without its content: files in reading order.

    Behind a text of Pipermail's stand the folders of each day's scrubbed attachments.
    """

    files: tuple[FileState, ...]

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits; equal means: no file came, went, was renamed or written."""
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(f"{file.file}\0{file.size}\0{file.mtime_ns}\0{file.inode}\n".encode())
        return digest.hexdigest()


def stat_archive(archive: Archive) -> ArchiveState:
    """The archive's state now; reads names and times, no mail.

    Raises:
        ReadError: the archive is not there, or cannot be looked at.
    """
    try:
        if not archive.is_folder:
            states = [_file_state("", os.stat(archive.path))]
            if archive.format == "mbox":
                beside = scrubbed.days(scrubbed.folders_beside(archive.path))
                states.extend(FileState(escape_path(day), 0, s.st_mtime_ns, s.st_ino) for day, s in beside)
            return ArchiveState(tuple(states))
        top = os.fsencode(archive.path)
        os.stat(top)
    except OSError as error:
        raise ReadError(f"{archive.name}: {error.strerror}") from error
    listing = folders.list_folder(top, archive.format)
    states = []
    for relative in listing.files:
        try:
            status = os.stat(top + b"/" + relative)
        except OSError:
            # Renamed or removed since it was listed: the next run sees it.
            continue
        states.append(_file_state(escape_path(relative), status))
    return ArchiveState(tuple(states))


def _file_state(file: str, status: os.stat_result) -> FileState:
    return FileState(file, status.st_size, status.st_mtime_ns, status.st_ino)
