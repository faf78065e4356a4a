"""Every error that searcharc raises, in one tree.

    SearcharcError                  kind, message, hint
    ├── UsageError                  a wrong argument: a source that is not there, a bad value
    ├── QueryError                  a query that cannot be read; position (0-based) in the query
    │   └── LimitError              a query past a stated limit (length, nesting, expansion)
    ├── IndexUnusableError          the index cannot be used
    │   ├── IndexMissingError       there is none at this path
    │   ├── IndexLockedError        another process writes; holder and since when
    │   ├── IndexVersionError       written by another version of the format or of the rules
    │   ├── IndexDamagedError       files that are missing, cut or foreign
    │   ├── IndexForeignError       another user's folder, or one that everybody may write to
    │   └── IndexWriteError         the disk is full, the folder read-only
    ├── MessageNotFoundError        no message has this key
    └── ReadError                   an input that cannot be read (archive, offset, reason)

A damaged message is no error: it is a Message with `defects`. Nothing below the command
line prints or exits; `kind` is what ``--json`` shows, `exit_code` what the shell gets.
"""

from __future__ import annotations

REBUILD = "build it again: searcharc index --rebuild SOURCE..."
"""The remedy for an index that cannot be read; the command line names the index and leaves out what is known."""


class SearcharcError(Exception):
    """The root. `message` names the value that is wrong, `hint` the remedy (may be empty)."""

    kind = "error"
    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def position(self) -> int | None:
        """Where in the query the error lies (0-based), for errors of a query."""
        return None


class UsageError(SearcharcError):
    """A wrong argument."""

    kind = "usage"


class QueryError(SearcharcError):
    """A query that cannot be read: never answered with an empty page.

    query: the whole text, where whoever reports the error wants to show the place.
    """

    kind = "query"
    query: str = ""

    def __init__(self, message: str, *, position: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self._position = position

    @property
    def position(self) -> int | None:
        """0-based offset in the query text."""
        return self._position


class LimitError(QueryError):
    """A query that is longer, deeper or wider than the stated limits."""

    kind = "limit"


class IndexUnusableError(SearcharcError):
    """The index cannot be used as it is."""

    kind = "index"
    exit_code = 3


class IndexMissingError(IndexUnusableError):
    """There is no index at this path."""

    kind = "index-missing"


class IndexLockedError(IndexUnusableError):
    """Another process is writing."""

    kind = "index-locked"


class IndexVersionError(IndexUnusableError):
    """Written by another version of the format or of the reading rules."""

    kind = "index-version"


class IndexDamagedError(IndexUnusableError):
    """Files of the index are missing, cut, changed, or were not made by searcharc."""

    kind = "index-damaged"


class IndexForeignError(IndexUnusableError):
    """The folder belongs to another user, or everybody may write to it."""

    kind = "index-foreign"


class IndexWriteError(IndexUnusableError):
    """The index cannot be written: no space, no permission."""

    kind = "index-write"


class MessageNotFoundError(SearcharcError):
    """No message of the index has this key."""

    kind = "message-not-found"
    exit_code = 1


class ReadError(SearcharcError):
    """An input file that cannot be read (further); what came before it is kept."""

    kind = "read"
    exit_code = 4


def unreadable_index(what: str, error: OSError) -> IndexUnusableError:
    """What a file of the index that cannot be read comes to: one that is only shut to this user is not damaged."""
    if isinstance(error, PermissionError):
        return IndexUnusableError(
            f"the index cannot be read: {error.filename}: {error.strerror}",
            hint="check whose it is, and its permissions: it is for the user who built it",
        )
    return IndexDamagedError(f"{what}: {error.strerror or error}", hint=REBUILD)
