"""What is to stay out of an index: the purges of its manifest, asked message by message.

A purged message is known again by its bytes, or by its Message-ID together with the digest of its
content: so the same mail from another archive, with other traces of its way or another list's
footer, stays out too, and a new mail that reuses the id does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from searcharc.ledger import Sighting
from searcharc.manifest import PurgedMessage, PurgeEntry


class Purged:
    """The messages of some purges."""

    def __init__(self, entries: Iterable[PurgeEntry] = ()) -> None:
        messages = [m for entry in entries for m in entry.messages]
        self._contents = {(m.group, m.content) for m in messages}
        self._by_raw = {raw: m for m in messages for raw in m.raws}

    def holds(self, sighting: Sighting) -> bool:
        """Whether this message is to stay out."""
        return (sighting.group, sighting.content) in self._contents or sighting.raw in self._by_raw

    def by_bytes(self, raw: str) -> PurgedMessage | None:
        """The purged message that had these bytes (their digest), so that they need not be parsed."""
        return self._by_raw.get(raw)


def lift(entries: tuple[PurgeEntry, ...], what: str | None) -> tuple[PurgeEntry, ...]:
    """The purges that are left when some are lifted; the same tuple where nothing fits.

    what: a number of the list (from 1), a key, or the text a purge was asked with; None: the newest.
    """
    if what is None:
        return entries[:-1]
    if what.isdecimal() and 1 <= int(what[:9]) <= len(entries):
        return entries[: int(what) - 1] + entries[int(what) :]
    key = what.strip().removeprefix("<").removesuffix(">")
    left = [
        replace(e, messages=tuple(m for m in e.messages if key not in (m.key, m.group)))
        for e in entries
        if e.by != what
    ]
    kept = tuple(e for e in left if e.messages)
    return entries if kept == entries else kept


def purge_records(entries: Iterable[PurgeEntry]) -> list[dict[str, Any]]:
    """The purges as `purge --list --json` prints them."""
    return [
        {"number": n, "when": e.when, "by": e.by, "messages": [m.key for m in e.messages]}
        for n, e in enumerate(entries, start=1)
    ]
