"""What may be opened: a source that is there, and an index folder that no other user can write to."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from searcharc.errors import IndexForeignError, UsageError


def refuse_missing(source: Path) -> None:
    """Lets a source pass that is there, whatever it holds.

    Raises:
        UsageError: nothing is there, or this user may not look.
    """
    try:
        source.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"{source} does not exist", hint="name an mbox file, a Maildir or a folder of them"
        ) from None
    except OSError as error:
        raise UsageError(
            f"{source} cannot be read: {error.strerror}",
            hint="check its permissions, and those of the folders above it",
        ) from None


def refuse_foreign(folder: Path) -> None:
    """Lets a folder pass that only its owner, who is this user or root, and his group can change.

    A link to a folder is followed: it is the folder that counts. One that is not there passes.

    Raises:
        IndexForeignError: it is another user's, or everybody may write in it.
    """
    try:
        status = folder.stat()
    except OSError:
        return
    if not stat.S_ISDIR(status.st_mode):
        return
    if status.st_uid not in (os.geteuid(), 0):
        raise IndexForeignError(
            f"the folder {folder} belongs to another user ({status.st_uid})",
            hint="copy it to a folder of your own, or build an index of your own with --index",
        )
    if status.st_mode & stat.S_IWOTH:
        raise IndexForeignError(
            f"every user may write to the folder {folder}",
            hint=f"if nobody did: chmod go-w '{folder}'; else build the index again in a folder of your own",
        )
