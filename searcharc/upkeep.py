"""What is done to an index beside adding to it: an archive is forgotten, messages are purged or let in again.

Each is a run like any other: all or nothing, one writer at a time, and it ends as building the index
anew would.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from searcharc import folder as folders
from searcharc.errors import MessageNotFoundError, UsageError
from searcharc.failures import failure_noted
from searcharc.indexer import Job, Run
from searcharc.ledger import Sighting, read_ledger, settle
from searcharc.lock import WriteLock
from searcharc.manifest import Manifest, PurgedMessage, PurgeEntry
from searcharc.models import IndexReport
from searcharc.purging import Purged, lift
from searcharc.readers import escape_path


def remove_source(folder: Path, source: Path, *, wait: float = 0.0) -> IndexReport:
    """Forgets a source and drops its messages; those that lie in another archive too stay.

    Archives of it that lie in another source as well are that one's from now on.

    Raises:
        UsageError: the index does not know this source.
        IndexUnusableError: the index is missing, locked, damaged, or cannot be written.
    """
    name = escape_path(os.path.abspath(source))  # noqa: PTH100 - resolve() would follow links
    folders.open_state(folder)
    with WriteLock(folder, wait=wait), failure_noted(folder):
        manifest, _ = folders.open_state(folder)
        known = [s.path for s in manifest.sources]
        if name not in known:
            raise UsageError(f"the index knows no source {name}", hint=_hint_for(name, manifest))
        heirs = tuple(s for s in known if s != name and (_within(s, name) or _within(name, s)))
        return Run(folder, manifest, Job(walks=heirs, forget=name)).run()


def _hint_for(name: str, manifest: Manifest) -> str:
    around = [s.path for s in manifest.sources if _within(name, s.path)]
    if around:
        return f"it lies in {around[0]}, which is one: move it away and run searcharc update"
    return "it knows: " + (", ".join(s.path for s in manifest.sources) or "none")


def _within(path: str, top: str) -> bool:
    return path == top or path.startswith(f"{top.rstrip('/')}/")


def purge_messages(folder: Path, keys: Collection[str], *, by: str, wait: float = 0.0) -> IndexReport:
    """Removes messages and remembers to keep them out, whichever archive they are met in.

    keys: of messages of the index. by: the query or id that chose them, for the list of purges.

    Raises:
        MessageNotFoundError: none of them is in the index (any more).
        IndexUnusableError: the index is missing, locked, damaged, or cannot be written.
    """
    folders.open_state(folder)
    with WriteLock(folder, wait=wait), failure_noted(folder):
        manifest, _ = folders.open_state(folder)
        messages = _purged_messages(folder, manifest, set(keys))
        if not messages:
            raise MessageNotFoundError("no message is left to purge", hint="searcharc purge --list")
        entry = PurgeEntry(datetime.now(UTC).isoformat(timespec="seconds"), by, messages)
        return Run(folder, manifest, Job(walks=(), purged=(*manifest.purged, entry))).run()


def _purged_messages(folder: Path, manifest: Manifest, keys: set[str]) -> tuple[PurgedMessage, ...]:
    already = Purged(manifest.purged)
    groups: dict[str, list[Sighting]] = {}
    for archive in manifest.archives:
        for sighting in read_ledger(folder / archive.ledger):
            if not already.holds(sighting):
                groups.setdefault(sighting.group, []).append(sighting)
    return tuple(
        PurgedMessage(
            standing.key, group, content, tuple(dict.fromkeys(s.raw for s in seen if s.content == content))
        )
        for group, seen in groups.items()
        for content, standing in settle(group, seen).items()
        if standing.key in keys
    )


def lift_purge(folder: Path, what: str | None = None, *, wait: float = 0.0) -> IndexReport:
    """Lets purged messages in again, and reads the archives that hold them.

    what: a number of the list of purges (from 1), a key, or the text a purge was asked with; None: the
    newest. An archive that is not there now gives them back when it is.

    Raises:
        UsageError: nothing is purged, or nothing that fits.
        IndexUnusableError: the index is missing, locked, damaged, or cannot be written.
    """
    folders.open_state(folder)
    with WriteLock(folder, wait=wait), failure_noted(folder):
        manifest, _ = folders.open_state(folder)
        left = lift(manifest.purged, what)
        if left == manifest.purged:
            raise UsageError(
                f"no purge fits {what!r}" if what else "nothing is purged",
                hint="searcharc purge --list shows what is",
            )
        return Run(folder, manifest, Job(purged=left)).run()
