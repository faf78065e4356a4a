"""The pipeline: what changed since the last run, read, parse, write, commit, report.

An archive whose files look as they did (names, sizes, times, inodes) is not opened, unless all is to
be verified. In one that changed, messages whose bytes are known are not parsed, and an mbox that was
only added to is read from its last known message on. What depends on several messages (keys, copies,
lists) is settled at the end from the sightings of all archives (`ledger.settle`), so that adding to
an index ends as building it anew would.

All or nothing: until the new manifest is in place the old index stands.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from searcharc import folder as folders
from searcharc.access import refuse_missing
from searcharc.assigning import assign
from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter
from searcharc.errors import IndexWriteError, ReadError, UsageError
from searcharc.failures import failure_noted
from searcharc.ledger import Sighting, read_ledger, write_ledger
from searcharc.lock import LOCK_NAME, WriteLock
from searcharc.manifest import (
    MANIFEST_NAME,
    ArchiveEntry,
    Manifest,
    PurgeEntry,
    SourceEntry,
    copy_purges,
    file_entry,
    inherited,
    verify_files,
    write_manifest,
)
from searcharc.models import IndexReport, Problem
from searcharc.purging import Purged
from searcharc.readers import (
    Archive,
    escape_path,
    identity,
    stat_archive,
)
from searcharc.reading import Reading
from searcharc.records import problem_record, report_record
from searcharc.runs import (
    Counts,
    Found,
    Options,
    Progress,
    ProgressCallback,
    device_of,
    innermost,
    reach,
)
from searcharc.settling import amend, touched

__all__ = ["Job", "Options", "Progress", "ProgressCallback", "Run", "run_index"]


@dataclass(frozen=True, slots=True)
class Job:
    """What a run is about. walks: the names of the sources to walk; None for all.

    given: sources to add. forget: a source that the index is to know no more.
    purged: what is to stay out from now on; None for what stays out already.
    """

    given: tuple[Path, ...] = ()
    walks: tuple[str, ...] | None = None
    forget: str | None = None
    purged: tuple[PurgeEntry, ...] | None = None

    @property
    def changes_index(self) -> bool:
        """Whether there is something to do even where no archive changed."""
        return self.forget is not None or self.purged is not None


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
    given = tuple(Path(os.path.abspath(s)) for s in sources)  # noqa: PTH100 - resolve() would follow links
    for path in given:
        refuse_missing(path)
    if not given and not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir() raises where it may not look
        folders.open_state(folder)
    manifest = inherited(folder) if options.rebuild else folders.prepare(folder)
    if options.rebuild:
        _allow_rebuild(folder)
    if not given and not manifest.sources:
        folders.open_state(folder)
        raise UsageError("the index knows no archive", hint="name one: searcharc index ARCHIVE")
    walks = tuple(dict.fromkeys(map(escape_path, given))) if given and not options.rebuild else None
    with WriteLock(folder, wait=options.wait), failure_noted(folder):
        manifest = inherited(folder) if options.rebuild else folders.prepare(folder)
        return Run(folder, manifest, Job(given, walks), options, progress).run()


def _allow_rebuild(folder: Path) -> None:
    """Lets a rebuild begin where a manifest, of whatever version, or a lock says that the folder is ours."""
    if not any(os.path.lexists(folder / name) for name in (MANIFEST_NAME, LOCK_NAME)):
        folders.prepare(folder)


class Run:
    """One run: what changed, reading, settling, committing. The lock is the caller's to hold."""

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        job: Job,
        options: Options | None = None,
        progress: ProgressCallback | None = None,
    ) -> None:
        options = options or Options()
        self.folder = folder
        self.old = manifest
        self.job = job
        self.options = options
        self.progress = progress
        self.counts = Counts()
        self.started = datetime.now(UTC)
        self.clock = time.monotonic()
        self.sources = {s.path: s for s in manifest.sources if s.path != job.forget}
        for path in job.given:
            name = escape_path(path)
            before = self.sources.get(name)
            self.sources[name] = SourceEntry(name, options.list_name or (before.list if before else None))
        self.walked = [self.sources[n] for n in (self.sources if job.walks is None else job.walks)]
        self.entries = {a.path: a for a in manifest.archives}
        self.lists_before = {s.path: s.list for s in manifest.sources}
        self.purged = manifest.purged if job.purged is None else job.purged
        self.table = manifest.table if options.affiliations is None else options.affiliations
        self.shut_out: set[str] = set()  # groups with a message that is kept out from now on
        # archive -> what is known of it without what is let in again
        self.let_in: dict[str, list[Sighting]] = {}

    def run(self) -> IndexReport:
        """Does it.

        Raises:
            IndexUnusableError: the index is damaged or cannot be written; it is as it was before.
        """
        try:
            return self._run()
        except OSError as error:
            folders.give_up(self.folder)
            raise IndexWriteError(
                f"the index in {self.folder} cannot be written: {error.strerror or error}",
                hint="free some space or check the folder's permissions; the old index is untouched",
            ) from error
        except BaseException:
            folders.give_up(self.folder)
            raise

    def _run(self) -> IndexReport:
        if not self.options.rebuild:
            # Else a run with nothing to do would say that all is well.
            verify_files(self.folder, self.old, content=False)
        self.weigh_purges()
        found, gone = self.walk()
        changed = [f for f in found if self.is_changed(f)]
        self.count_unchanged(found, {f.archive.name for f in changed})
        idle = not changed and not gone and not self.options.rebuild and self.old.generation is not None
        idle = idle and self.table == self.old.table
        if idle and not self.job.changes_index:
            return self.finish(self.unchanged_manifest(), keep=self.options.if_changed)
        generation = folders.begin(self.folder, self.old, rebuild=self.options.rebuild)
        before = self.ledgers() | self.let_in
        reading = Reading(
            self.folder,
            before,
            self.options,
            self.counts,
            self.progress,
            purged=Purged(self.purged),
            purged_before=Purged(self.old.purged),
        )
        with WhooshWriter(self.folder, generation) as writer:
            reading.read_all(changed, gone, writer)
            generation, files = writer.commit(compact=reading.erases), writer.files
        for path, known in self.let_in.items():
            reading.after.setdefault(path, known)
        generation, files = amend(
            self.folder,
            generation,
            files,
            reading,
            self.options,
            self.counts,
            also=self.shut_out,
            compact=bool(self.shut_out) or reading.erases,
        )
        written = touched(reading) | self.shut_out if self.table else set()
        generation, files = assign(self.folder, generation, files, self.table, self.old.table, written)
        return self.commit(found, gone, reading, generation, files)

    def ledgers(self) -> dict[str, list[Sighting]]:
        """The sightings of each archive as the last run left them."""
        return {e.path: read_ledger(self.folder / e.ledger) for e in self.old.archives}

    def weigh_purges(self) -> None:
        """Finds what another list of purges shuts out, and what it lets in: that is to be read again."""
        if self.job.purged is None:
            return
        old, new = Purged(self.old.purged), Purged(self.purged)
        for path, sightings in self.ledgers().items():
            self.shut_out |= {s.group for s in sightings if new.holds(s) and not old.holds(s)}
            left = [s for s in sightings if new.holds(s) or not old.holds(s)]
            if len(left) < len(sightings):
                self.let_in[path] = left

    def walk(self) -> tuple[list[Found], list[str]]:
        """The archives of the walked sources, each once; and the paths of those that went away."""
        found: dict[str, Found] = {}
        gone = [a.path for a in self.old.archives if a.source == self.job.forget]
        for source in self.walked:
            known = {a.path: a.device for a in self.old.archives if a.source == source.path}
            reached = reach(source.path, known)
            for path in reached.kept:
                self.counts.count_unchanged(path, self.entries[path].format, self.entries[path].messages)
            gone += reached.gone
            self.counts.problems += reached.problems
            if self.options.rebuild and not reached.archives and not reached.problems:
                # An empty mount point, perhaps: what it held is in the new index no more.
                self.counts.problems.append(Problem(source.path, "holds no mail now"))
            for archive in reached.archives:
                if archive.name not in found:
                    home = self.sources[innermost(archive.name, self.sources) or source.path]
                    self.meet(archive, home, found)
        return list(found.values()), [p for p in dict.fromkeys(gone) if p not in found]

    def meet(self, archive: Archive, source: SourceEntry, found: dict[str, Found]) -> None:
        """Notes an archive as it looks now, or why that cannot be told."""
        try:
            state = stat_archive(archive)
        except ReadError as error:
            self.counts.problems.append(Problem(archive.name, error.message, unfinished=True))
            if (entry := self.entries.get(archive.name)) is not None:
                self.counts.count_unchanged(archive.name, entry.format, entry.messages)
            return
        size = sum(f.size for f in state.files)
        entry = self.entries.get(archive.name)
        whole = entry is not None and bool(entry.fingerprint) and entry.format == archive.format
        if archive.name in self.let_in and not archive.is_folder:
            whole = False  # what is let in again may lie before messages that are known
        files = {identity(f.file): f for f in state.files} if archive.is_folder else {}
        device = device_of(archive.path)
        found[archive.name] = Found(archive, source, state.fingerprint, size, whole, device, files)

    def is_changed(self, item: Found) -> bool:
        """Whether an archive is to be read."""
        entry = self.entries.get(item.archive.name)
        if entry is None or self.options.rebuild or self.options.verify or not item.whole:
            return True
        renamed = self.lists_before.get(entry.source) != item.source.list
        return renamed or entry.fingerprint != item.fingerprint or item.archive.name in self.let_in

    def count_unchanged(self, found: list[Found], changed: set[str]) -> None:
        """Counts the archives that are not read, and notes where they were met."""
        for item in found:
            if item.archive.name not in changed:
                entry = self.entries[item.archive.name]
                self.entries[entry.path] = replace(entry, source=item.source.path, device=item.device)
                self.counts.count_unchanged(entry.path, entry.format, entry.messages)

    def unchanged_manifest(self) -> Manifest:
        """The manifest of a run that found nothing to do."""
        archives = tuple(self.entries[p] for p in sorted(self.entries))
        return replace(self.old, sources=tuple(self.sources.values()), archives=archives)

    def commit(
        self, found: list[Found], gone: list[str], reading: Reading, generation: int, files: tuple[str, ...]
    ) -> IndexReport:
        """Writes the ledgers and the manifest: from here on the index is what this run made of it."""
        entries = {} if self.options.rebuild else dict(self.entries)
        for path in gone:
            entries.pop(path, None)
        by_name = {f.archive.name: f for f in found}
        for path in reading.after.keys() - set(gone):
            entries[path] = self.entry(path, by_name.get(path), reading, generation)
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
            purged=self.purged,
            table=self.table,
        )
        return self.finish(manifest)

    def entry(self, path: str, item: Found | None, reading: Reading, generation: int) -> ArchiveEntry:
        """An archive as it is remembered. item: None where it could not be reached, and is to be read later."""
        sightings = reading.after[path]
        ledger = f"{folders.LEDGER_PREFIX}{generation}-{hashlib.sha256(path.encode()).hexdigest()[:16]}"
        try:
            write_ledger(self.folder / ledger, sightings)
        except OSError as error:
            raise IndexWriteError(
                f"the index in {self.folder} cannot be written: {error.strerror}",
                hint="free some space; the old index is untouched",
            ) from error
        before = self.entries.get(path)
        if item is None:
            assert before is not None, path
            return replace(before, fingerprint="", messages=len(sightings), ledger=ledger)
        problems = [problem_record(p) for p in reading.problems.get(path, ())]
        if before is not None:
            problems[:0] = [p for p in before.problems if reading.still_holds(path, p)]
        return ArchiveEntry(
            path,
            item.archive.format,
            item.source.path,
            item.fingerprint,
            len(sightings),
            ledger,
            tuple(problems),
            item.device,
        )

    def finish(self, manifest: Manifest, *, keep: bool = False) -> IndexReport:
        """Writes the manifest with a note of this run, and gives its report. keep: nothing is written."""
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
        if keep:
            return report
        record = report_record(report)
        last = {k: record[k] for k in ("messages", "problems", "seconds")}
        last["started"] = self.started.isoformat(timespec="seconds")
        write_manifest(self.folder, replace(manifest, last_run=last))
        copy_purges(self.folder, manifest)
        folders.sweep(self.folder, manifest)
        return report
