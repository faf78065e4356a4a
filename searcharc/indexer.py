"""The pipeline: what changed since the last run, read, parse, write, commit, report.

An archive whose files look as they did (names, sizes, times) is not opened. In one that changed,
messages whose bytes are known are not parsed. What depends on several messages (keys, copies,
lists) is settled at the end from the sightings of all archives (`ledger.settle`), so that adding to
an index ends as building it anew would.

All or nothing: until the new manifest is in place the old index stands.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from searcharc import folder as folders
from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter
from searcharc.errors import IndexWriteError, ReadError, UsageError
from searcharc.ledger import Sighting, read_ledger, write_ledger
from searcharc.lock import WriteLock
from searcharc.manifest import (
    MANIFEST_NAME,
    ArchiveEntry,
    Manifest,
    SourceEntry,
    file_entry,
    known_sources,
    write_manifest,
)
from searcharc.models import IndexReport, Problem
from searcharc.readers import (
    Archive,
    escape_path,
    find_archives,
    stat_archive,
)
from searcharc.reading import Reading
from searcharc.records import report_record
from searcharc.runs import Counts, Found, Options, Progress, ProgressCallback, place_of
from searcharc.settling import amend

__all__ = ["Options", "Progress", "ProgressCallback", "run_index"]


def run_index(
    folder: Path,
    sources: Iterable[Path] = (),
    *,
    options: Options | None = None,
    progress: ProgressCallback | None = None,
) -> IndexReport:
    """Adds sources to the index in `folder` (made where there is none) and brings it up to date.

    Only the given sources are walked; with none given, every source the index knows.

    Raises:
        UsageError: a source that does not exist, or none given and none known.
        IndexUnusableError: the index is locked, damaged, of another version, or cannot be written.
    """
    options = options or Options()
    given = [Path(os.path.abspath(s)) for s in sources]  # noqa: PTH100 - resolve() would follow links
    for path in given:
        if not path.exists():
            raise UsageError(
                f"{path} does not exist", hint="name an mbox file, a Maildir or a folder of them"
            )
    if not given and not folder.is_dir():
        folders.open_state(folder)
    known = known_sources(folder) if options.rebuild else ()
    manifest = Manifest(sources=known) if options.rebuild else folders.prepare(folder)
    if options.rebuild:
        _allow_rebuild(folder)
    if not given and not manifest.sources:
        folders.open_state(folder)
        raise UsageError("the index knows no archive", hint="name one: searcharc index ARCHIVE")
    with WriteLock(folder, wait=options.wait):
        if not options.rebuild:
            manifest = folders.prepare(folder)
        return _Run(folder, manifest, given, options, progress).run()


def _allow_rebuild(folder: Path) -> None:
    """Lets a rebuild begin where a manifest, of whatever version, says that the folder is ours."""
    if not (folder / MANIFEST_NAME).exists():
        folders.prepare(folder)


class _Run:
    """One run: what changed, reading, settling, committing."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        given: list[Path],
        options: Options,
        progress: ProgressCallback | None,
    ) -> None:
        self.folder = folder
        self.old = manifest
        self.options = options
        self.progress = progress
        self.counts = Counts()
        self.started = datetime.now(UTC)
        self.clock = time.monotonic()
        entries = {s.path: s for s in manifest.sources}
        for path in given:
            name = escape_path(path)
            before = entries.get(name)
            entries[name] = SourceEntry(name, options.list_name or (before.list if before else None))
        self.sources = entries
        only_given = bool(given) and not options.rebuild
        self.walked = (
            [entries[n] for n in dict.fromkeys(map(escape_path, given))]
            if only_given
            else list(entries.values())
        )
        self.entries = {a.path: a for a in manifest.archives}

    def run(self) -> IndexReport:
        found, gone = self.walk()
        changed = [f for f in found if self.is_changed(f)]
        paths = {f.archive.name for f in changed}
        for item in found:
            if item.archive.name not in paths:
                entry = self.entries[item.archive.name]
                self.counts.count_unchanged(entry.path, entry.format, entry.messages)
        if not changed and not gone and not self.options.rebuild and self.old.generation is not None:
            return self.finish(replace(self.old, sources=tuple(self.sources.values())))
        generation = folders.begin(self.folder, self.old, rebuild=self.options.rebuild)
        before = {e.path: read_ledger(self.folder / e.ledger) for e in self.old.archives}
        reading = Reading(self.folder, before, self.options, self.counts, self.progress)
        with WhooshWriter(self.folder, generation) as writer:
            reading.read_all(changed, gone, writer)
            generation, files = writer.commit(), writer.files
        generation, files = amend(self.folder, generation, files, reading, self.options, self.counts)
        return self.commit(found, reading.after, generation, files)

    def walk(self) -> tuple[list[Found], list[str]]:
        """The archives of the walked sources, each once; and the paths of those that went away."""
        found: dict[str, Found] = {}
        gone: list[str] = []
        for source in self.walked:
            known = [a.path for a in self.old.archives if a.source == source.path]
            place = place_of(source.path)
            items = list(find_archives(place))
            archives = [i for i in items if isinstance(i, Archive)]
            problems = [i for i in items if isinstance(i, Problem)]
            away = [p for p in known if p not in {a.name for a in archives}]
            if known and not archives and not place.is_file():
                # An unmounted disk looks like this; dropping years of mail on that ground would be wrong.
                problems = [Problem(source.path, "is not there; its messages stay in the index")]
                kept = away
            else:  # what cannot be read now is not gone
                unread = [q.archive for q in problems if q.unfinished]
                kept = [p for p in away if any(p == q or p.startswith(f"{q}/") for q in unread)]
            for path in kept:
                self.counts.count_unchanged(path, self.entries[path].format, self.entries[path].messages)
            gone += [p for p in away if p not in kept]
            self.counts.problems += problems
            for archive in archives:
                try:
                    state = stat_archive(archive)
                except ReadError as error:
                    self.counts.problems.append(Problem(archive.name, error.message, unfinished=True))
                    continue
                size = sum(f.size for f in state.files)
                found.setdefault(archive.name, Found(archive, source, state.fingerprint, size))
        return list(found.values()), [p for p in dict.fromkeys(gone) if p not in found]

    def is_changed(self, item: Found) -> bool:
        entry = self.entries.get(item.archive.name)
        if entry is None or self.options.rebuild or not entry.fingerprint:
            return True
        before = next((s for s in self.old.sources if s.path == entry.source), None)
        renamed = (before.list if before else None) != item.source.list
        return renamed or entry.fingerprint != item.fingerprint or entry.format != item.archive.format

    def commit(
        self, found: list[Found], after: dict[str, list[Sighting]], generation: int, files: tuple[str, ...]
    ) -> IndexReport:
        entries = {} if self.options.rebuild else dict(self.entries)
        for path in after:
            entries.pop(path, None)
        for item in found:
            path = item.archive.name
            if path not in after:
                continue
            ledger = f"{folders.LEDGER_PREFIX}{generation}-{hashlib.sha256(path.encode()).hexdigest()[:16]}"
            try:
                write_ledger(self.folder / ledger, after[path])
            except OSError as error:
                raise IndexWriteError(
                    f"the index in {self.folder} cannot be written: {error.strerror}",
                    hint="free some space; the old index is untouched",
                ) from error
            entries[path] = ArchiveEntry(
                path, item.archive.format, item.source.path, item.fingerprint, len(after[path]), ledger
            )
        engine = WhooshEngine(self.folder, generation)
        messages, paragraphs = engine.counts()
        engine.close()
        known = {f.name: f for f in self.old.files}
        names = [*files, *(e.ledger for e in entries.values())]
        manifest = Manifest(
            generation=generation,
            sources=tuple(self.sources.values()),
            archives=tuple(entries[p] for p in sorted(entries)),
            files=tuple(
                known[n] if n in known else file_entry(self.folder / n) for n in dict.fromkeys(names)
            ),
            messages=messages,
            paragraphs=paragraphs,
        )
        return self.finish(manifest)

    def finish(self, manifest: Manifest) -> IndexReport:
        counts = self.counts
        report = IndexReport(
            seen=counts.seen,
            indexed=counts.indexed,
            unchanged=counts.unchanged,
            duplicate=counts.duplicate,
            removed=counts.removed,
            failed=counts.failed,
            archives=tuple(sorted(counts.archives, key=lambda a: a.path)),
            problems=tuple(counts.problems),
            seconds=time.monotonic() - self.clock,
            index={"messages": manifest.messages, "paragraphs": manifest.paragraphs, "bytes": manifest.size},
        )
        record = report_record(report)
        last = {k: record[k] for k in ("messages", "problems", "seconds")}
        last["started"] = self.started.isoformat(timespec="seconds")
        write_manifest(self.folder, replace(manifest, last_run=last))
        folders.sweep(self.folder, manifest)
        return report
