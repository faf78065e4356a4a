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
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from searcharc import folder as folders
from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter
from searcharc.engines.whoosh.generation import SegmentEntry
from searcharc.errors import IndexWriteError, ReadError, UsageError
from searcharc.ledger import Sighting, Standing, read_ledger, settle, write_ledger
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
from searcharc.message.parse import parse_raw
from searcharc.models import ArchiveCount, IndexReport, Message, Origin, Problem, RawMessage
from searcharc.readers import (
    DEFAULT_MAX_MESSAGE,
    Archive,
    escape_path,
    find_archives,
    read_messages,
    read_raw,
    stat_archive,
    unescape_path,
)
from searcharc.records import report_record
from searcharc.workers import CHUNK_BYTES, CHUNK_MESSAGES, Outcome, OwnReader, Readers, WorkerPool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. archives: done and in all; messages: seen; name: the archive at hand.

    bytes_done, bytes_total: of single files as they lie on disk; for a rate and the time left.
    """

    archives_done: int
    archives_total: int
    messages: int
    name: str
    bytes_done: int
    bytes_total: int


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Options:
    """What a run may be told.

    list_name: for the sources given now. max_message: bytes. jobs: processes that read; None for as
    many as there are processors. What is found never depends on it.
    """

    list_name: str | None = None
    rebuild: bool = False
    max_message: int = DEFAULT_MAX_MESSAGE
    wait: float = 0.0
    jobs: int | None = None


WORTH_WORKERS = 8 << 20
"""Bytes to read from which on other processes are started: each takes a third of a second to begin."""

_CHUNKS_AHEAD = 16  # handed over before the first is waited for; the same for any number of jobs


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


@dataclass(slots=True)
class _Found:
    """An archive of this run and the source in which it was found. size: bytes on disk."""

    archive: Archive
    source: SourceEntry
    fingerprint: str
    size: int


@dataclass(slots=True)
class _Slot:
    """Where the sighting of a message that is being read will stand."""

    sightings: list[Sighting | None]
    place: int
    origin: Origin
    raw: str


@dataclass(slots=True)
class _Counts:
    """Counts of a run, and what was said of each archive."""

    seen: int = 0
    indexed: int = 0
    unchanged: int = 0
    duplicate: int = 0
    removed: int = 0
    failed: int = 0
    archives: list[ArchiveCount] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class _Run:
    """One run. Sightings live by archive; groups are settled once all archives are read."""

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
        self.counts = _Counts()
        self.started = datetime.now(UTC)
        self.clock = time.monotonic()
        entries = {s.path: s for s in manifest.sources}
        for path in given:
            name = escape_path(path)
            before = entries.get(name)
            entries[name] = SourceEntry(name, options.list_name or (before.list if before else None))
        self.sources = entries
        walked = [entries[escape_path(p)] for p in given] or list(entries.values())
        self.walked = list({s.path: s for s in walked}.values())
        self.entries = {a.path: a for a in manifest.archives}
        self.before: dict[str, list[Sighting]] = {}  # by archive, as the last run left them
        self.after: dict[str, list[Sighting]] = {}
        self.formats: dict[str, str] = {}
        self.reading: dict[str, list[Sighting | None]] = {}  # becomes `after` when all is read
        self.chunk: list[RawMessage] = []
        self.chunk_list: str | None = None
        self.slots: list[_Slot] = []
        self.handed: deque[tuple[Future[list[Outcome]], list[_Slot]]] = deque()
        self.dead: dict[str, list[int]] = {}  # segment -> messages of it that are not to stay
        self.groups: dict[str, list[Sighting]] = {}  # of `before`, filled when first asked for
        self.held: dict[str, Counter[str]] = {}  # group -> contents that are in the index or written
        self.written: dict[tuple[str, str], tuple[str, Sighting]] = {}  # (group, content) -> segment, whence

    def run(self) -> IndexReport:
        found, gone = self.walk()
        changed = [f for f in found if self.is_changed(f)]
        paths = {f.archive.name for f in changed}
        for item in found:
            if item.archive.name not in paths:
                entry = self.entries[item.archive.name]
                self.count_unchanged(item.archive.name, entry.format, entry.messages)
        if not changed and not gone and not self.options.rebuild and self.old.generation is not None:
            return self.finish_unchanged()
        generation = folders.begin(self.folder, self.old, rebuild=self.options.rebuild)
        self.load_ledgers()
        with WhooshWriter(self.folder, generation) as writer:
            with self.readers(writer.generation, changed) as readers:
                for number, item in enumerate(changed):
                    self.read(item, readers, writer, number, changed)
                self.hand_over(readers)
                while self.handed:
                    self.collect(writer)
                entries = readers.finish()
            self.settle_reading(entries, writer)
            for path in gone:
                self.after[path] = []
            generation = writer.commit()
            files = writer.files
        generation, files = self.amend(generation, files)
        return self.commit(found, gone, generation, files)

    # Which archives there are, and which of them changed.

    def walk(self) -> tuple[list[_Found], list[str]]:
        """The archives of the walked sources, each once; and the paths of those that went away."""
        found: dict[str, _Found] = {}
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
                self.count_unchanged(path, self.entries[path].format, self.entries[path].messages)
            gone += [p for p in away if p not in kept]
            self.counts.problems += problems
            for archive in archives:
                try:
                    state = stat_archive(archive)
                except ReadError as error:
                    self.counts.problems.append(Problem(archive.name, error.message, unfinished=True))
                    continue
                size = sum(f.size for f in state.files)
                found.setdefault(archive.name, _Found(archive, source, state.fingerprint, size))
        return list(found.values()), [p for p in dict.fromkeys(gone) if p not in found]

    def is_changed(self, item: _Found) -> bool:
        entry = self.entries.get(item.archive.name)
        if entry is None or self.options.rebuild or not entry.fingerprint:
            return True
        before = next((s for s in self.old.sources if s.path == entry.source), None)
        renamed = (before.list if before else None) != item.source.list
        return renamed or entry.fingerprint != item.fingerprint or entry.format != item.archive.format

    def count_unchanged(self, path: str, form: str, messages: int) -> None:
        self.counts.seen += messages
        self.counts.unchanged += messages
        self.counts.archives.append(ArchiveCount(path, form, messages))

    def load_ledgers(self) -> None:
        for entry in self.old.archives:
            sightings = read_ledger(self.folder / entry.ledger)
            self.before[entry.path] = sightings
            for sighting in sightings:
                self.held.setdefault(sighting.group, Counter())[sighting.content] += 1

    # Reading the archives that changed.

    def readers(self, generation: int, changed: list[_Found]) -> Readers:
        """Other processes where there is enough to read for them."""
        jobs = self.options.jobs or os.cpu_count() or 1
        if jobs > 1 and sum(f.size for f in changed) >= WORTH_WORKERS:
            try:
                return WorkerPool(self.folder, generation, jobs)
            except OSError:  # no processes to be had: it takes longer, and is the same
                pass
        return OwnReader(self.folder, generation)

    def read(
        self, item: _Found, readers: Readers, writer: WhooshWriter, number: int, changed: list[_Found]
    ) -> None:
        """Reads one archive; what its bytes told before is not parsed again."""
        name = item.archive.name
        known: dict[str, list[Sighting]] = {}
        before = self.before.get(name, [])
        for sighting in before:
            self.forget(sighting)
            known.setdefault(sighting.raw, []).append(sighting)
        sightings = self.reading[name] = []
        self.formats[name] = item.archive.format
        unfinished = False
        seen: set[str] = set()
        total = sum(f.size for f in changed)
        done = sum(f.size for f in changed[:number])
        for count, found in enumerate(read_messages(item.archive, max_message=self.options.max_message)):
            if isinstance(found, Problem):
                self.counts.problems.append(found)
                self.counts.seen += found.lost
                self.counts.failed += found.lost
                unfinished |= found.unfinished
                continue
            digest = _raw_digest(found)
            seen.add(digest)
            self.counts.seen += 1
            same = self.known(found, digest, item, known)
            sightings.append(same)
            if same is None:
                self.queue(found, _Slot(sightings, len(sightings) - 1, found.origin, digest), item)
                if len(self.chunk) >= CHUNK_MESSAGES or sum(len(r.raw) for r in self.chunk) >= CHUNK_BYTES:
                    self.hand_over(readers)
                    while len(self.handed) > _CHUNKS_AHEAD:
                        self.collect(writer)
            if self.progress and not count % 50:
                within = 0 if item.archive.is_folder else min(found.origin.offset, item.size)
                self.progress(Progress(number, len(changed), self.counts.seen, name, done + within, total))
        if unfinished:  # what could not be reached this time is kept as it was
            for sighting in before:
                if sighting.raw not in seen:
                    self.hold(sighting)
                    sightings.append(sighting)
            item.fingerprint = ""
        if self.chunk and self.chunk_list != item.source.list:
            self.hand_over(readers)

    def known(
        self, raw: RawMessage, digest: str, item: _Found, known: dict[str, list[Sighting]]
    ) -> Sighting | None:
        """The sighting of a message whose bytes this archive held before, counted as unchanged."""
        same = known.get(digest)
        if not same or not (item.source.list is None or same[-1].lists == (item.source.list,)):
            return None
        sighting = replace(same.pop(), origin=raw.origin)
        self.counts.unchanged += 1
        self.hold(sighting)
        return sighting

    def queue(self, raw: RawMessage, slot: _Slot, item: _Found) -> None:
        self.chunk.append(raw)
        self.chunk_list = item.source.list
        self.slots.append(slot)

    def hand_over(self, readers: Readers) -> None:
        if self.chunk:
            self.handed.append((readers.submit(self.chunk, self.chunk_list), self.slots))
            self.chunk, self.slots = [], []

    def collect(self, writer: WhooshWriter) -> None:
        """Takes the outcomes of the chunk that was handed over first."""
        future, slots = self.handed.popleft()
        for outcome, slot in zip(future.result(), slots, strict=True):
            if outcome.lost:
                self.counts.failed += 1
                file = slot.origin.file
                where = f"{slot.origin.archive}/{file}" if file else slot.origin.archive
                self.counts.problems.append(Problem(where, outcome.lost, slot.origin.offset, lost=True))
                continue
            sighting = Sighting(
                slot.origin, slot.raw, outcome.group, outcome.content, outcome.lists, outcome.list_ids
            )
            slot.sightings[slot.place] = sighting
            self.accept(sighting, outcome, writer)

    def accept(self, sighting: Sighting, outcome: Outcome, writer: WhooshWriter) -> None:
        """Counts a message that was read, and decides whether what was written of it stays.

        It stays where nothing else bears its key. Else the settling at the end brings about what is right:
        a copy is added to the message that is there, other content under the same id gets a key of its own.
        """
        group, content = sighting.group, sighting.content
        held = self.held.get(group, Counter())
        stays = not held
        if held[content]:
            self.counts.duplicate += 1
        else:
            self.counts.indexed += 1
            if content in held and settle(group, self.stored_sightings(group))[content].key == group:
                writer.delete(group)  # the same from other bytes, and the new record in its place
                stays = True
        if stays:
            self.written[group, content] = (outcome.segment, sighting)
        else:
            self.dead.setdefault(outcome.segment, []).append(outcome.index)
        self.hold(sighting)

    def settle_reading(self, entries: list[SegmentEntry], writer: WhooshWriter) -> None:
        """Takes the segments in, without what does not stay; forgets what was never written."""
        writer.adopt(replace(e, deleted=tuple(sorted(self.dead.get(e.name, ())))) for e in entries)
        names = {e.name for e in entries}
        self.written = {k: v for k, v in self.written.items() if v[0] in names}
        for path, sightings in self.reading.items():
            self.after[path] = [s for s in sightings if s is not None]
            self.counts.archives.append(ArchiveCount(path, self.formats[path], len(self.after[path])))

    def hold(self, sighting: Sighting) -> None:
        self.held.setdefault(sighting.group, Counter())[sighting.content] += 1

    def forget(self, sighting: Sighting) -> None:
        self.held[sighting.group][sighting.content] -= 1  # stays as a key: the record is stored

    def stored_sightings(self, group: str) -> list[Sighting]:
        """The sightings of a group as the last run left them."""
        if not self.groups:
            for sightings in self.before.values():
                for sighting in sightings:
                    self.groups.setdefault(sighting.group, []).append(sighting)
        return self.groups.get(group, [])

    # Settling what depends on several messages.

    def amend(self, generation: int, files: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
        """Brings the records that were written or stored to what all sightings together say."""
        changes = list(self.differences())
        if not changes:
            return generation, files
        engine = WhooshEngine(self.folder, generation)
        try:
            with WhooshWriter(self.folder, generation) as writer:
                for is_now, wanted in changes:
                    stored = engine.message(is_now.key) if is_now else None
                    if is_now:
                        writer.delete(is_now.key)
                    if wanted is None:
                        self.counts.removed += 1
                    else:
                        same_bytes = is_now is not None and is_now.raw == wanted.raw
                        writer.add(self.amended(stored if same_bytes else None, wanted))
                return writer.commit(), writer.files
        finally:
            engine.close()

    def differences(self) -> Iterator[tuple[Standing | None, Standing | None]]:
        """(what stands in the index, what should) of every message that is to be changed."""
        touched = self.after.keys()
        groups = {s.group for path in touched for s in (*self.before.get(path, ()), *self.after[path])}
        now: dict[str, list[Sighting]] = {g: [] for g in groups}
        for path, sightings in {**self.before, **self.after}.items():
            for sighting in sightings if path not in touched else self.after[path]:
                if sighting.group in groups:
                    now[sighting.group].append(sighting)
        for group in sorted(groups):
            stored = settle(group, self.stored_sightings(group))
            wanted = settle(group, now[group])
            for content in sorted(stored.keys() | wanted.keys()):
                is_now, should = stored.get(content), wanted.get(content)
                if (group, content) in self.written:
                    _, seen = self.written[group, content]
                    is_now = Standing(group, seen.origin, (), seen.lists, seen.list_ids, seen.raw)
                if is_now != should:
                    yield is_now, should

    def amended(self, stored: Message | None, wanted: Standing) -> Message:
        """The stored message with what other messages say of it; None: read from its source again."""
        message = stored or self.read_again(wanted)
        return replace(
            message,
            key=wanted.key,
            source=wanted.source,
            copies=wanted.copies,
            lists=wanted.lists,
            list_ids=wanted.list_ids,
        )

    def read_again(self, wanted: Standing) -> Message:
        try:
            whole = read_raw(wanted.source)
        except ReadError as error:
            raise IndexWriteError(
                f"{wanted.source.archive} changed while it was read ({error.message})",
                hint="run the same command again; the old index is untouched",
            ) from None
        raw = RawMessage(whole[: self.options.max_message], wanted.source)
        return parse_raw(raw, list_name=wanted.lists[0] if wanted.lists else None)

    # Committing.

    def commit(
        self, found: list[_Found], gone: list[str], generation: int, files: tuple[str, ...]
    ) -> IndexReport:
        entries = {} if self.options.rebuild else dict(self.entries)
        for path in gone:
            entries.pop(path, None)
        for item in found:
            path = item.archive.name
            if path not in self.after:
                continue
            ledger = f"{folders.LEDGER_PREFIX}{generation}-{hashlib.sha256(path.encode()).hexdigest()[:16]}"
            try:
                write_ledger(self.folder / ledger, self.after[path])
            except OSError as error:
                raise IndexWriteError(
                    f"the index in {self.folder} cannot be written: {error.strerror}",
                    hint="free some space; the old index is untouched",
                ) from error
            entries[path] = ArchiveEntry(
                path, item.archive.format, item.source.path, item.fingerprint, len(self.after[path]), ledger
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

    def finish_unchanged(self) -> IndexReport:
        return self.finish(replace(self.old, sources=tuple(self.sources.values())))

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


def place_of(name: str) -> Path:
    """The path that a name in the manifest stands for."""
    return Path(os.fsdecode(unescape_path(name)))


def _raw_digest(raw: RawMessage) -> str:
    """Digest of a message's bytes (all of them, or those that were kept and the true length)."""
    digest = hashlib.blake2b(raw.raw, digest_size=16)
    digest.update(str(raw.origin.length).encode())
    return digest.hexdigest()
