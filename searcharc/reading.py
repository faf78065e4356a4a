"""Archives that changed -> sightings and segments: the middle of a run.

What the bytes of an archive told before is not parsed again. What is new goes in chunks to the readers
(`workers`); their outcomes come back in order, are counted, and what was written twice is marked.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter, deque
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from searcharc.engines.whoosh.engine import WhooshWriter
from searcharc.engines.whoosh.generation import SegmentEntry
from searcharc.errors import ReadError
from searcharc.ledger import Sighting, settle
from searcharc.message.parse import archive_list
from searcharc.models import CUT_BY_DAMAGE, ArchiveCount, Origin, Problem, RawMessage
from searcharc.purging import Purged
from searcharc.readers import folders_beside, identity, open_bytes, read_messages, read_original
from searcharc.records import Record
from searcharc.runs import Counts, Found, Options, Progress, ProgressCallback
from searcharc.workers import CHUNK_BYTES, CHUNK_MESSAGES, Outcome, OwnReader, Readers, WorkerPool

WORTH_WORKERS = 8 << 20
"""Bytes to read from which on other processes are started: each takes a third of a second to begin."""

_PROOFS = 64  # messages whose bytes show that an mbox was only added to

_CHUNKS_AHEAD = 16  # handed over before the first is waited for; the same for any number of jobs


@dataclass(slots=True)
class _Slot:
    """Where the sighting of a message that is being read will stand."""

    sightings: list[Sighting | None]
    place: int
    origin: Origin
    raw: str
    stamp: str


class _Held:
    """How often each content of a group is in the index or written; 0 where only its record is stored.

    Nearly every group has one message, seen once: that takes a place in a dict and no object of its own.
    """

    def __init__(self) -> None:
        self._once: dict[str, str] = {}
        self._others: dict[str, Counter[str]] = {}

    def contents(self, group: str) -> Counter[str]:
        """The counts of a group, not to be changed."""
        once = self._once.get(group)
        return Counter({once: 1}) if once is not None else self._others.get(group, Counter())

    def once(self, group: str) -> str | None:
        """The content of a group that has one message, seen once; else None."""
        return self._once.get(group)

    def _counts(self, group: str) -> Counter[str]:
        counts = self._others.setdefault(group, Counter())
        if group in self._once:
            counts[self._once.pop(group)] = 1
        return counts

    def add(self, group: str, content: str) -> None:
        """One more."""
        if group in self._once or group in self._others:
            self._counts(group)[content] += 1
        else:
            self._once[group] = content

    def take(self, group: str, content: str) -> None:
        """One less."""
        self._counts(group)[content] -= 1


class Reading:
    """The reading of one run.

    before: the sightings of each archive as the last run left them. after: as this run found them,
    for the archives that were read; filled by `read_all`.
    purged: what is to stay out; purged_before: what the index that stands keeps out.
    problems: what could not be read of each archive that was read.
    erases: whether a segment of this run holds a purged message, and is to be written anew.
    written: (group, content) -> the segment that holds it and the sighting it was read from, for what this
    run wrote.
    """

    def __init__(
        self,
        folder: Path,
        before: Mapping[str, list[Sighting]],
        options: Options,
        counts: Counts,
        progress: ProgressCallback | None,
        *,
        purged: Purged | None = None,
        purged_before: Purged | None = None,
    ) -> None:
        self._folder = folder
        self._options = options
        self._counts = counts
        self._progress = progress
        self.before = before
        self.purged = purged or Purged()
        self.purged_before = purged_before or Purged()
        self.problems: dict[str, list[Problem]] = {}
        self.erases = False
        self.after: dict[str, list[Sighting]] = {}
        self.written: dict[tuple[str, str], tuple[str, Sighting]] = {}
        self._reading: dict[str, list[Sighting | None]] = {}  # becomes `after` when all is read
        self._formats: dict[str, str] = {}
        self._parted: dict[str, tuple[list[Sighting], list[Sighting]]] = {}  # what stands, what is to be read
        self._chunk: list[RawMessage] = []
        self._chunk_list: str | None = None
        self._slots: list[_Slot] = []
        self._handed: deque[tuple[Future[list[Outcome]], list[_Slot]]] = deque()
        self._dead: dict[str, list[int]] = {}  # segment -> messages of it that are not to stay
        self._groups: dict[str, list[Sighting]] = {}  # of `before`, filled when first asked for
        self._held = _Held()
        self._lists: dict[tuple[str, ...], tuple[str, ...]] = {}  # the same names, held once
        for sightings in before.values():
            for sighting in sightings:
                self._hold(sighting)

    def read_all(self, changed: list[Found], gone: list[str], writer: WhooshWriter) -> None:
        """Reads the archives into segments that the writer takes in; gone: paths of those that went away."""
        for path in gone:
            self.after[path] = []
            for sighting in self.before[path]:
                self._forget(sighting)
        for item in changed:
            self._formats[item.archive.name] = item.archive.format
            self._parted[item.archive.name] = self._part(item)
        with self._readers(writer.generation, changed) as readers:
            done, total = 0, sum(item.size for item in changed)
            for number, item in enumerate(changed):
                name = item.archive.name
                begun = Progress(number, len(changed), self._counts.seen, name, done, total)
                self._read(item, readers, writer, begun)
                done += item.size
            self._hand_over(readers)
            while self._handed:
                self._collect(writer)
            self._close(readers.finish(), writer)

    def _readers(self, generation: int, changed: list[Found]) -> Readers:
        """Other processes where there is enough to read for them."""
        jobs = self._options.jobs or os.cpu_count() or 1
        to_read = sum(f.size - (self._start(f.archive.name) or 0) for f in changed)
        if jobs > 1 and to_read >= WORTH_WORKERS:
            try:
                return WorkerPool(self._folder, generation, jobs)
            except OSError:  # no processes to be had: it takes longer, and is the same
                pass
        return OwnReader(self._folder, generation)

    def _read(self, item: Found, readers: Readers, writer: WhooshWriter, begun: Progress) -> None:
        """Reads one archive; what its bytes told before is not parsed again."""
        if self._chunk_list != item.source.list:  # a chunk is of one list
            self._hand_over(readers)
        name = item.archive.name
        stands, rest = self._parted[name]
        known: dict[str, list[Sighting]] = {}
        for sighting in rest:
            self._forget(sighting)
            known.setdefault(sighting.raw, []).append(sighting)
        sightings = self._reading[name] = [*stands]
        self._counts.seen += len(stands)
        self._counts.unchanged += len(stands)
        unfinished = False
        seen: set[str] = set()
        messages = read_messages(
            item.archive,
            max_message=self._options.max_message,
            skip=[s.origin.file for s in stands if s.origin.file] if item.archive.is_folder else None,
            start=self._start(name),
        )
        for count, found in enumerate(messages):
            if isinstance(found, Problem):
                self._name(name, found)
                self._counts.seen += found.lost
                self._counts.failed += found.lost
                unfinished |= found.unfinished
                continue
            digest = raw_digest(found)
            self._counts.seen += 1
            same = (
                self._known(found, digest, item, known)
                or self._whole(found, rest, seen)
                or self._kept_out(found, digest, item)
            )
            seen.add(digest if same is None else same.raw)
            sightings.append(same)
            if same is None:
                self._queue(
                    found,
                    _Slot(sightings, len(sightings) - 1, found.origin, digest, _stamp(item, found)),
                    item,
                )
                if len(self._chunk) >= CHUNK_MESSAGES or sum(len(r.raw) for r in self._chunk) >= CHUNK_BYTES:
                    self._hand_over(readers)
                    while len(self._handed) > _CHUNKS_AHEAD:
                        self._collect(writer)
            if self._progress and not count % 50:
                within = 0 if item.archive.is_folder else min(found.origin.offset, item.size)
                far = begun.bytes_done + within
                self._progress(replace(begun, messages=self._counts.seen, bytes_done=far))
        if unfinished:  # what could not be reached this time is kept as it was
            for sighting in rest:
                if sighting.raw not in seen:
                    self._hold(sighting)
                    sightings.append(sighting)
            item.fingerprint = ""

    def _start(self, name: str) -> int | None:
        """The offset of the message at which reading of an mbox begins, where that is not the first."""
        stands, rest = self._parted[name]
        return rest[0].origin.offset if stands and rest and self._formats[name] == "mbox" else None

    def still_holds(self, archive: str, problem: Record) -> bool:
        """Whether a problem that an earlier run named is of something that this one did not read again."""
        start = self._start(archive)
        if start is not None:
            return (problem["offset"] or 0) < start
        file = identity(problem["archive"].removeprefix(f"{archive}/"))
        return any(file == identity(s.origin.file or "") for s in self._parted[archive][0])

    def _part(self, item: Found) -> tuple[list[Sighting], list[Sighting]]:
        """The sightings that stand without reading (as they lie now), and those that are to be read again."""
        before = self.before.get(item.archive.name, [])
        of_list = all(_bears_list(s, item) or self.purged.holds(s) for s in before)
        if not item.whole or self._options.verify or not of_list:
            return [], before
        if item.archive.is_folder:
            stands, rest = [], []
            for sighting in before:
                file = item.files.get(identity(sighting.origin.file or ""))
                if file and file.stamp == sighting.stamp:
                    stands.append(replace(sighting, origin=replace(sighting.origin, file=file.file)))
                else:
                    rest.append(sighting)
            return stands, rest
        front = self._unchanged_front(item, before)
        return before[:front], before[front:]

    def _unchanged_front(self, item: Found, before: list[Sighting]) -> int:
        """How many messages at the front of an mbox need not be read, for it was only added to; else 0.

        Proved by the bytes of the last known message, of the first, and of some between: a message that
        came or went before them moved them all. The last is read again, for it may have grown.
        """
        if item.archive.format != "mbox" or len(before) < 2:
            return 0
        if folders_beside(item.archive.path):  # HTML may have come beside messages that are not new
            return 0
        end = before[-1].origin.offset + before[-1].origin.length
        step = max(1, len(before) // _PROOFS)
        try:
            with open_bytes(item.archive.path) as stream:
                if stream.codec != "plain" or stream.size <= end + len(b"\r\n"):
                    return 0
            for sighting in (before[-1], *before[:-1:step]):
                found = read_original(sighting.origin, max_message=self._options.max_message)
                if raw_digest(found) != sighting.raw:
                    return 0
        except (OSError, ReadError):
            return 0
        return len(before) - 1

    def _kept_out(self, raw: RawMessage, digest: str, item: Found) -> Sighting | None:
        """A message whose very bytes are purged: it is not parsed, and counted as unchanged."""
        purged = self.purged.by_bytes(digest)
        if purged is None:
            return None
        self._counts.unchanged += 1
        return Sighting(raw.origin, digest, purged.group, purged.content, (), (), _stamp(item, raw))

    def _known(
        self, raw: RawMessage, digest: str, item: Found, known: dict[str, list[Sighting]]
    ) -> Sighting | None:
        """The sighting of a message whose bytes this archive held before, counted as unchanged."""
        same = known.get(digest)
        if not same or not _bears_list(same[-1], item):
            return None
        sighting = replace(same.pop(), origin=raw.origin, stamp=_stamp(item, raw))
        self._counts.unchanged += 1
        self._hold(sighting)
        return sighting

    def _whole(self, raw: RawMessage, before: list[Sighting], seen: set[str]) -> Sighting | None:
        """What the index holds of a message that is cut by damage now and was whole before."""
        if CUT_BY_DAMAGE not in raw.defects:
            return None
        at = (raw.origin.file, raw.origin.offset)
        whole = next(
            (s for s in before if (s.origin.file, s.origin.offset) == at and s.raw not in seen), None
        )
        if whole is not None:
            self._counts.unchanged += 1
            self._hold(whole)
        return whole

    def _queue(self, raw: RawMessage, slot: _Slot, item: Found) -> None:
        self._chunk.append(raw)
        self._chunk_list = item.source.list
        self._slots.append(slot)

    def _hand_over(self, readers: Readers) -> None:
        if self._chunk:
            self._handed.append((readers.submit(self._chunk, self._chunk_list), self._slots))
            self._chunk, self._slots = [], []

    def _collect(self, writer: WhooshWriter) -> None:
        """Takes the outcomes of the chunk that was handed over first."""
        future, slots = self._handed.popleft()
        for outcome, slot in zip(future.result(), slots, strict=True):
            if outcome.lost:
                self._counts.failed += 1
                file = slot.origin.file
                where = f"{slot.origin.archive}/{file}" if file else slot.origin.archive
                lost = Problem(where, outcome.lost, slot.origin.offset, lost=True)
                self._name(slot.origin.archive, lost)
                continue
            sighting = Sighting(
                slot.origin,
                slot.raw,
                outcome.group,
                outcome.content,
                self._lists.setdefault(outcome.lists, outcome.lists),
                self._lists.setdefault(outcome.list_ids, outcome.list_ids),
                slot.stamp,
            )
            slot.sightings[slot.place] = sighting
            self._accept(sighting, outcome, writer)

    def _accept(self, sighting: Sighting, outcome: Outcome, writer: WhooshWriter) -> None:
        """Counts a message that was read, and decides whether what was written of it stays.

        It stays where nothing else bears its key. Else the settling at the end brings about what is right:
        a copy is added to the message that is there, other content under the same id gets a key of its own.
        """
        group, content = sighting.group, sighting.content
        if self.purged.holds(sighting):
            self._counts.unchanged += 1
            self._dead.setdefault(outcome.segment, []).append(outcome.index)
            self.erases = True
            return
        held = self._held.contents(group)
        stays = not held
        if held[content]:
            self._counts.duplicate += 1
        else:
            self._counts.indexed += 1
            if content in held and settle(group, self.stored_sightings(group))[content].key == group:
                writer.delete(group)  # the same from other bytes, and the new record in its place
                stays = True
        if stays:
            self.written[group, content] = (outcome.segment, sighting)
        else:
            self._dead.setdefault(outcome.segment, []).append(outcome.index)
        self._hold(sighting)

    def _close(self, entries: list[SegmentEntry], writer: WhooshWriter) -> None:
        """Takes the segments in, without what does not stay; forgets what was never written."""
        writer.adopt(replace(e, deleted=tuple(sorted(self._dead.get(e.name, ())))) for e in entries)
        names = {e.name for e in entries}
        self.written = {k: v for k, v in self.written.items() if v[0] in names}
        for path, sightings in self._reading.items():
            self.after[path] = [s for s in sightings if s is not None]
            self._counts.archives.append(ArchiveCount(path, self._formats[path], len(self.after[path])))

    def _name(self, archive: str, problem: Problem) -> None:
        self._counts.problems.append(problem)
        self.problems.setdefault(archive, []).append(problem)

    def _hold(self, sighting: Sighting) -> None:
        if self.purged.holds(sighting):
            return
        self._held.add(sighting.group, sighting.content)

    def _forget(self, sighting: Sighting) -> None:
        if self.purged.holds(sighting):
            return
        self._held.take(sighting.group, sighting.content)

    def is_plain(self, group: str) -> bool:
        """Whether one message bears this id, seen once, and stands as this run wrote it: nothing is to settle."""
        content = self._held.once(group)
        return content is not None and (group, content) in self.written

    def stored_sightings(self, group: str) -> list[Sighting]:
        """The sightings of a group as the last run left them, without what it kept out."""
        if not self._groups:
            for sightings in self.before.values():
                for sighting in sightings:
                    if self.purged_before.holds(sighting):
                        continue
                    self._groups.setdefault(sighting.group, []).append(sighting)
        return self._groups.get(group, [])


def _bears_list(sighting: Sighting, item: Found) -> bool:
    """Whether a message bears the list's name that reading it now would give (`message.parse`)."""
    by_id = sighting.list_ids[0].split(".")[0] if sighting.list_ids else ""
    name = item.source.list or by_id or _archive_list(item.archive.name)
    return sighting.lists == ((name,) if name else ())


_archive_list = lru_cache(maxsize=64)(archive_list)


def _stamp(item: Found, raw: RawMessage) -> str:
    """What the disk said of the message's file before it was read; "" where that is not known."""
    file = item.files.get(identity(raw.origin.file or ""))
    return file.stamp if file else ""


def raw_digest(raw: RawMessage) -> str:
    """Digest of a message's bytes (all of them, or those that were kept and the true length).

    HTML that lies beside the archive counts, for the record is made of it too.
    """
    digest = hashlib.blake2b(raw.raw, digest_size=16)
    for scrubbed in raw.scrubbed:
        digest.update(scrubbed.data)
    digest.update(str(raw.origin.length).encode())
    return digest.hexdigest()
