"""Saved queries: names for queries, kept in `saved.json` of the index folder.

A rebuild leaves them as they are. With each stands what `saved check` saw last, so that it can tell
what is new.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from searcharc.errors import IndexWriteError, UsageError
from searcharc.files import read_file, write_file
from searcharc.lock import WriteLock

SAVED_NAME = "saved.json"
"""The file's name in the index folder."""

_LOCK_NAME = "saved.lock"  # not the index's: a check need not wait for a long run
_WAIT = 10.0  # seconds

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A query with a name. seen: keys of its hits at the last check; None before the first."""

    name: str
    query: str
    added: str
    checked: str | None = None
    seen: frozenset[str] | None = None


class SavedQueries:
    """The saved queries of one index folder.

    Raises:
        UsageError: saved.json is there and not what was written.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / SAVED_NAME
        self._queries = {q.name: q for q in self._read()}

    def _read(self) -> list[SavedQuery]:
        try:
            record: dict[str, Any] = json.loads(read_file(self._path))
            return [
                SavedQuery(
                    name=str(name),
                    query=str(entry["query"]),
                    added=str(entry["added"]),
                    checked=entry.get("checked"),
                    seen=frozenset(entry["seen"]) if entry.get("seen") is not None else None,
                )
                for name, entry in record["queries"].items()
            ]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise UsageError(
                f"the saved queries in {self._path} cannot be read: {error}",
                hint="put the file right or move it away",
            ) from None

    def texts(self) -> dict[str, str]:
        """Name -> text, as `parse_query` takes them."""
        return {name: q.query for name, q in self._queries.items()}

    def all(self) -> tuple[SavedQuery, ...]:
        """Every saved query, by name."""
        return tuple(self._queries[name] for name in sorted(self._queries))

    def get(self, name: str) -> SavedQuery:
        """The query of this name.

        Raises:
            UsageError: there is none.
        """
        if name not in self._queries:
            known = ", ".join(sorted(self._queries)) or "none yet"
            raise UsageError(f"there is no saved query {name!r}", hint=f"saved: {known}")
        return self._queries[name]

    def add(self, name: str, query: str, *, replaces: bool = False) -> SavedQuery:
        """Saves a query (that was read before) under a name.

        Raises:
            UsageError: a name that cannot stand behind `saved:`, or that is taken.
        """
        if not _NAME.match(name):
            raise UsageError(
                f"{name!r} is no name for a query", hint="letters, digits, - _ and . (at most 64)"
            )
        with self._changing():
            if name in self._queries and not replaces:
                raise UsageError(
                    f"there is a saved query {name!r} already", hint="--replace puts this in its place"
                )
            self._queries[name] = SavedQuery(name, query, _now())
        return self._queries[name]

    def remove(self, name: str) -> None:
        """Forgets a query.

        Raises:
            UsageError: there is none of this name.
        """
        with self._changing():
            self.get(name)
            del self._queries[name]

    def mark_seen(self, name: str, keys: Iterable[str]) -> None:
        """Remembers the hits of a check.

        Raises:
            UsageError: there is no query of this name. IndexWriteError: it cannot be written.
        """
        with self._changing():
            self._queries[name] = replace(self.get(name), checked=_now(), seen=frozenset(keys))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Writes what the block changes, on top of what others have written until then."""
        with WriteLock(self._path.parent, wait=_WAIT, name=_LOCK_NAME):
            self._queries = {q.name: q for q in self._read()}
            yield
            self._write()

    def _write(self) -> None:
        record = {
            "version": 1,
            "queries": {
                q.name: {
                    "query": q.query,
                    "added": q.added,
                    "checked": q.checked,
                    "seen": None if q.seen is None else sorted(q.seen),
                }
                for q in self.all()
            },
        }
        try:
            write_file(self._path, [json.dumps(record, ensure_ascii=False, indent=1).encode("utf-8")])
        except OSError as error:
            raise IndexWriteError(
                f"{self._path} cannot be written: {error.strerror or error}",
                hint="free some space or check the folder's permissions",
            ) from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
