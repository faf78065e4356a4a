"""A Maildir or MH folder on disk -> its messages, while other programs deliver and rename.

`folders` lists, `single` reads; here is what happens in between.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator

from searcharc.errors import ReadError
from searcharc.models import Problem, RawMessage
from searcharc.readers.archive import Archive
from searcharc.readers.compress import ByteStream, open_bytes
from searcharc.readers.folders import Listing, identity, list_folder
from searcharc.readers.paths import escape_path
from searcharc.readers.single import read_single

# A folder is listed again for vanished files at most this often (seconds): else a mass removal
# would list it once per file.
_RELIST = 0.5
_ATTEMPTS = 5


def read_folder(
    archive: Archive,
    *,
    max_message: int,
    skip: Collection[str] | None = None,
    on_vanished: Callable[[str], None] | None = None,
) -> Iterator[RawMessage | Problem]:
    """The messages of the folder in the order of their names, and what is wrong with it.

    skip: values of `Origin.file` that are not read; a change of flags, or a move from new to cur,
        does not make another file of them.
    on_vanished: told the name of each file that was removed after it was listed; that is no fault.
    """
    top = os.fsencode(archive.path)
    listing = list_folder(top, archive.format)
    for relative, reason in listing.problems:
        yield Problem(f"{archive.name}/{escape_path(relative)}" if relative else archive.name, reason)
    known = {identity(name) for name in skip or ()}
    finder = _Finder(top, archive.format, listing)
    for listed in listing.files:
        file = escape_path(listed)
        if identity(file) in known:
            continue
        try:
            opened = finder.open(listed)
        except ReadError as error:
            yield Problem(f"{archive.name}/{file}", error.message, unfinished=True)
            continue
        if opened is None:
            if on_vanished:
                on_vanished(file)
            continue
        stream, found = opened
        with stream:
            yield from read_single(
                stream,
                archive=archive.name,
                file=escape_path(found),
                form=archive.format,
                max_message=max_message,
            )


def open_moved(top: bytes, relative: bytes, form: str) -> ByteStream | None:
    """Open a file of a folder, under the name it has now if its flags changed; None where it is gone.

    Raises:
        ReadError: it is there and cannot be opened.
    """
    opened = _Finder(top, form, None).open(relative)
    return opened[0] if opened else None


class _Finder:
    """Opens files of a folder, and finds those that were renamed after they were listed."""

    def __init__(self, top: bytes, form: str, listing: Listing | None) -> None:
        self._top = top
        self._form = form
        self._listed = time.monotonic() if listing else float("-inf")
        self._names: dict[str, bytes] = {}

    def open(self, relative: bytes) -> tuple[ByteStream, bytes] | None:
        for _ in range(_ATTEMPTS):
            try:
                return open_bytes(self._top + b"/" + relative), relative
            except FileNotFoundError:
                moved = self._now(relative)
                if moved is None:
                    return None
                relative = moved
        return None

    def _now(self, relative: bytes) -> bytes | None:
        """The name the file has now. Looked up in a listing that may be `_RELIST` old, then in a new one."""
        key = identity(os.fsdecode(relative))
        name = self._names.get(key)
        if (name is None or name == relative) and (
            not self._names or time.monotonic() - self._listed > _RELIST
        ):
            files = list_folder(self._top, self._form).files
            self._names = {identity(os.fsdecode(file)): file for file in files}
            self._listed = time.monotonic()
            name = self._names.get(key)
        return None if name == relative else name
