"""The border of `engines.base`: reader and writer of one generation of segments."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from searcharc.engines.base import Matches, Sort
from searcharc.engines.document import document_of
from searcharc.engines.settled import with_surer
from searcharc.engines.whoosh.generation import (
    SUFFIX,
    SegmentEntry,
    latest_generation,
    list_name,
    open_segments,
    read_list,
    segment_name,
    settled_name,
    write_list,
)
from searcharc.engines.whoosh.merge import merge_segments
from searcharc.engines.whoosh.postings import Postings
from searcharc.engines.whoosh.search import Search, Table
from searcharc.engines.whoosh.segment import MOST_PLACES, ZONES, Segment, SegmentBuilder
from searcharc.engines.whoosh.settled import NOTHING_SETTLED, read_settled, write_settled
from searcharc.errors import REBUILD, IndexDamagedError, IndexWriteError, SearcharcError
from searcharc.files import sync_folder
from searcharc.models import Message, Zone
from searcharc.query.scope import Plan
from searcharc.records import decode_message, encode_message

BATCH_TOKENS = 2_000_000
"""Tokens of one batch: what the memory of a writer grows with, some 60 bytes each."""

MERGE_FACTOR = 8
"""Segments of about one size that are merged into one."""

LARGEST_MERGED = 4 << 20
"""Bytes of a segment from which on it is merged no more: its merge would gain less than it costs."""

_TIERS = 3
_DEAD_SHARE = 0.3  # of a segment's messages; with more deleted ones it is written anew


class WhooshEngine:
    """One generation of an index, open for reading.

    Raises:
        IndexDamagedError: files that are missing, cut, or not searcharc's.
    """

    def __init__(self, folder: Path, generation: int) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        with _damage_named(folder):
            self._entries = read_list(folder, generation)
            self._segments = open_segments(folder, self._entries)
            named = folder / settled_name(generation)
            self._settled = read_settled(named) if self._entries else NOTHING_SETTLED
            self._postings = Postings(self._segments, self._settled.documents, self._settled.codes)
            live = [e.live for e in self._entries]
            self._table = Table(self._postings, np.concatenate(live) if live else np.zeros(0, np.bool_))

    def search(
        self, plan: Plan, *, sort: Sort = Sort.RELEVANCE, limit: int | None = 10, offset: int = 0
    ) -> Matches:
        """See `base.Engine`."""
        with _damage_named(self._folder):
            return Search(self._table, plan).run(sort, limit, offset)

    def message(self, key: str) -> Message | None:
        """See `base.Engine`."""
        index = self.index_of(key)
        return None if index is None else self._message(index)

    def index_of(self, key: str) -> int | None:
        """The message's index over all segments."""
        with _damage_named(self._folder):
            documents, _ = self._postings.documents("id", key)
            for index in self._postings.owners(documents).tolist():
                if self._table.live[index] and self._postings.key(index) == key:
                    return int(index)
        return None

    def stored(self, key: str) -> Message | None:
        """The message as its own bytes tell it: without the zones that only other messages tell."""
        index = self.index_of(key)
        return None if index is None else self._stored(index)

    def _stored(self, index: int) -> Message:
        with _damage_named(self._folder), self._lock:
            return decode_message(self._postings.record(index))

    def _message(self, index: int) -> Message:
        surer = self._settled.surer
        first, last = np.searchsorted(surer, (index * MOST_PLACES, (index + 1) * MOST_PLACES)).tolist()
        message = with_surer(self._stored(index), (surer[first:last] % MOST_PLACES).tolist())
        codes = self._postings.zones_of(index)
        if not codes:
            return message
        zones = [Zone(ZONES[code - 1]) for code in codes]
        paragraphs = [replace(p, zone=z) for p, z in zip(message.paragraphs, zones, strict=True)]
        return replace(message, paragraphs=tuple(paragraphs))

    def messages(self, keys: Sequence[str]) -> list[Message]:
        """See `base.Engine`."""
        found = (self.message(key) for key in keys)
        return [m for m in found if m is not None]

    def all_messages(self) -> Iterator[Message]:
        """See `base.Engine`."""
        return (self._message(index) for index in np.flatnonzero(self._table.live).tolist())

    def counts(self) -> tuple[int, int]:
        """See `base.Engine`."""
        with _damage_named(self._folder):
            return self._table.message_count, self._table.paragraph_count

    def check(self) -> None:
        """Compares every array of every segment with its checksum.

        Raises:
            IndexDamagedError: names the first that differs.
        """
        for segment in self._segments:
            segment.file.verify()

    def close(self) -> None:
        """See `base.Engine`; the files are let go of with the last reference to them."""


class SegmentStream:
    """Messages in, segments out: collects a batch, writes it, begins the next.

    name: tells the segments of this stream from those of others that write for the same generation.
    """

    def __init__(self, folder: Path, generation: int, name: str) -> None:
        self._folder = folder
        self._generation = generation
        self._name = name
        self._entries: list[SegmentEntry] = []
        self._builder = SegmentBuilder()

    @property
    def _next(self) -> str:
        return segment_name(self._generation, f"{self._name}n{len(self._entries)}")

    def add(self, message: Message) -> tuple[str, int]:
        """Adds a message; gives the name of its segment-to-be and its index there.

        Raises:
            IndexWriteError: the batch cannot be written.
        """
        place = self._next, self._builder.message_count
        self._builder.add(document_of(message), encode_message(message))
        if self._builder.token_count >= BATCH_TOKENS:
            self._flush()
        return place

    def _flush(self) -> None:
        if not self._builder.message_count:
            return
        name = self._next
        with _write_named(self._folder):
            self._builder.write(self._folder / f"{name}{SUFFIX}")
        self._builder = SegmentBuilder()
        self._entries.append(_entry_of(self._folder, name))

    def finish(self) -> list[SegmentEntry]:
        """Writes what is left and gives all segments."""
        self._flush()
        return self._entries


class WhooshWriter:
    """Changes on top of one generation; see `base.Writer`.

    files: after commit, the names of the new generation's files.
    """

    files: tuple[str, ...] = ()

    def __init__(self, folder: Path, generation: int) -> None:
        self._folder = folder
        self._base = read_list(folder, generation)
        self.generation = latest_generation(folder) + 1
        self._own = SegmentStream(folder, self.generation, "c")
        self._adopted: list[SegmentEntry] = []
        self._deleted: set[str] = set()
        self._merges = 0

    def add(self, message: Message) -> None:
        """See `base.Writer`."""
        self._own.add(message)

    def adopt(self, entries: Iterable[SegmentEntry]) -> None:
        """Takes in segments that streams wrote for this generation."""
        self._adopted += [e for e in entries if len(e.deleted) < e.messages]

    def delete(self, key: str) -> None:
        """See `base.Writer`."""
        self._deleted.add(key)

    def commit(self, *, compact: bool = False) -> int:
        """See `base.Writer`.

        compact: every segment that holds deleted messages is written anew, so that nothing of them
        stays on disk once the old files are swept.
        """
        from searcharc.engines.whoosh import compat  # put off: a search needs no Whoosh

        with _damage_named(self._folder):
            kept = self._without_deleted()
        entries = [*kept, *self._adopted, *self._own.finish()]
        while group := _to_merge(entries, self._sizes(entries), 0.0 if compact else _DEAD_SHARE):
            entries = self._merged(entries, group)
        with _write_named(self._folder):
            write_list(self._folder, self.generation, tuple(entries))
            table = compat.write_toc(self._folder, self.generation, entries)
            settled = settled_name(self.generation)
            segments = open_segments(self._folder, tuple(entries))
            write_settled(
                self._folder / settled, [(s, e.live) for s, e in zip(segments, entries, strict=True)]
            )
            sync_folder(self._folder)
        self.files = (*(e.file_name for e in entries), list_name(self.generation), settled, table)
        return self.generation

    def _sizes(self, entries: Iterable[SegmentEntry]) -> list[int]:
        with _write_named(self._folder):
            return [(self._folder / e.file_name).stat().st_size for e in entries]

    def _without_deleted(self) -> list[SegmentEntry]:
        """The segments of the base with what was deleted marked."""
        if not self._deleted:
            return list(self._base)
        entries = []
        segments = open_segments(self._folder, self._base)
        for entry, segment in zip(self._base, segments, strict=True):
            gone = set(entry.deleted)
            field = segment.field("id")
            for key in self._deleted:
                encoded = key.encode("utf-8")
                number = field.find(encoded)
                if number is not None:
                    owners = segment.owners[field.postings(number)[0]].tolist()
                    gone.update(m for m in owners if segment.key(m) == encoded)
            entries.append(replace(entry, deleted=tuple(sorted(gone))))
        return [e for e in entries if len(e.deleted) < e.messages]

    def _merged(self, entries: list[SegmentEntry], group: range) -> list[SegmentEntry]:
        chosen = entries[group.start : group.stop]
        self._merges += 1
        name = segment_name(self.generation, f"m{self._merges}")
        segments = open_segments(self._folder, tuple(chosen))
        for segment in segments:  # damage that was merged would bear a checksum that fits
            segment.file.verify()
        with _write_named(self._folder):
            merge_segments(
                self._folder / f"{name}{SUFFIX}",
                [(s, e.live) for s, e in zip(segments, chosen, strict=True)],
            )
        return [*entries[: group.start], _entry_of(self._folder, name), *entries[group.stop :]]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """What was not committed is named by no list, and swept when the next run starts."""


def create(folder: Path) -> int:
    """Writes an empty generation behind those that are there, and gives its number (0 for the first).

    Raises:
        OSError: as the system says.
    """
    from searcharc.engines.whoosh import compat

    generation = latest_generation(folder) + 1
    write_list(folder, generation, ())
    compat.write_toc(folder, generation, [])
    return generation


def _entry_of(folder: Path, name: str) -> SegmentEntry:
    segment = Segment(folder / f"{name}{SUFFIX}")
    return SegmentEntry(name, segment.document_count, segment.message_count)


def _to_merge(entries: list[SegmentEntry], sizes: Sequence[int], dead_share: float) -> range | None:
    """Neighbours to merge next: a segment with more than `dead_share` deleted, or MERGE_FACTOR of one size.

    sizes: bytes of each. They fall into tiers, each MERGE_FACTOR times the one before, and what is larger
    than the last tier is left as it is. So a document is written anew at most once for each tier, and an
    index of n bytes has some n / (MERGE_FACTOR * LARGEST_MERGED) segments and a few small ones.
    """
    for place, entry in enumerate(entries):
        if len(entry.deleted) > dead_share * entry.messages:
            return range(place, place + 1)
    tiers = [_tier(size) for size in sizes]
    for tier in range(_TIERS):
        run = 0
        for place, of in enumerate([*tiers, _TIERS]):
            if of <= tier:
                run += 1
                continue
            if sum(t == tier for t in tiers[place - run : place]) >= MERGE_FACTOR:
                return range(place - run, place)
            run = 0
    return None


def _tier(size: int) -> int:
    """0 for the smallest segments, _TIERS for those that are not merged."""
    return next(
        (t for t in range(_TIERS) if size * MERGE_FACTOR ** (_TIERS - 1 - t) <= LARGEST_MERGED), _TIERS
    )


class _write_named:  # noqa: N801 - reads as a statement: with _write_named(folder)
    """Turns the system's errors of writing into ours, which name the folder and the remedy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            raise IndexWriteError(
                f"the index in {self._folder} cannot be written: {error.strerror or error}",
                hint="free some space or check the folder's permissions; the old index is untouched",
            ) from error


class _damage_named(_write_named):  # noqa: N801 - as above
    """Turns whatever a damaged file brings about into IndexDamagedError."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A fault of the program is not damage, and calling it that would cost the user an index.
        ours = SearcharcError | AttributeError | NameError | TypeError | AssertionError
        if error is None or isinstance(error, ours) or not isinstance(error, Exception):
            return
        raise IndexDamagedError(
            f"the index in {self._folder} is damaged ({type(error).__name__}: {error})"[:300],
            hint=REBUILD,
        ) from error
