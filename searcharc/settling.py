"""The end of a run: records are brought to what the sightings of all archives say together.

Keys, copies and lists of a message depend on other messages. They are settled here from all sightings
(`ledger.settle`), so that adding to an index ends as building it anew would.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter
from searcharc.errors import IndexWriteError, ReadError
from searcharc.ledger import Sighting, Standing, settle
from searcharc.message.parse import parse_raw
from searcharc.models import Message
from searcharc.readers import read_original
from searcharc.reading import Reading, raw_digest
from searcharc.runs import Counts, Options


def amend(
    folder: Path,
    generation: int,
    files: tuple[str, ...],
    reading: Reading,
    options: Options,
    counts: Counts,
    *,
    also: Collection[str] = (),
    compact: bool = False,
) -> tuple[int, tuple[str, ...]]:
    """Brings the records that were written or stored to what they should be.

    generation, files: what was committed so far; the same or a newer one comes back.
    also: groups to look at beside those of the archives that were read.
    compact: nothing of what is deleted is to stay on disk.

    Raises:
        IndexWriteError: an archive changed while it was read, or the index cannot be written.
    """
    changes = list(differences(reading, also))
    if not changes:
        return generation, files
    engine = WhooshEngine(folder, generation)
    try:
        with WhooshWriter(folder, generation) as writer:
            for is_now, wanted in changes:
                stored = engine.stored(is_now.key) if is_now else None
                if is_now:
                    writer.delete(is_now.key)
                if wanted is None:
                    counts.removed += 1
                    continue
                same_bytes = is_now is not None and is_now.raw == wanted.raw
                message = stored if same_bytes and stored else _read_again(wanted, stored, options)
                writer.add(_amended(message, wanted))
            return writer.commit(compact=compact), writer.files
    finally:
        engine.close()


def differences(
    reading: Reading, also: Collection[str] = ()
) -> Iterator[tuple[Standing | None, Standing | None]]:
    """(what stands in the index, what should) of every message that is to be changed."""
    before, after = reading.before, reading.after
    # The plain ones, nearly all of a first run, would take a list each and come out as they are.
    groups = {group for group in _touched(reading) if not reading.is_plain(group)} | set(also)
    now: dict[str, list[Sighting]] = {g: [] for g in groups}
    for sightings in {**before, **after}.values():
        for sighting in sightings:
            if sighting.group in groups and not reading.purged.holds(sighting):
                now[sighting.group].append(sighting)
    for group in sorted(groups):
        stored = settle(group, reading.stored_sightings(group))
        wanted = settle(group, now[group])
        for content in sorted(stored.keys() | wanted.keys()):
            is_now, should = stored.get(content), wanted.get(content)
            if (group, content) in reading.written:
                _, seen = reading.written[group, content]
                is_now = Standing(group, seen.origin, (), seen.lists, seen.list_ids, seen.raw)
            if is_now != should:
                yield is_now, should


def touched(reading: Reading) -> set[str]:
    """The groups of which this run saw another state than the last one, or wrote something."""
    return set(_touched(reading))


def _touched(reading: Reading) -> Iterator[str]:
    for path, sightings in reading.after.items():
        before = reading.before.get(path)
        yield from (s.group for s in (set(before) ^ set(sightings) if before else sightings))
    yield from (group for group, _ in reading.written)


def _amended(message: Message, wanted: Standing) -> Message:
    return replace(
        message,
        key=wanted.key,
        source=wanted.source,
        copies=wanted.copies,
        lists=wanted.lists,
        list_ids=wanted.list_ids,
    )


def _read_again(wanted: Standing, stored: Message | None, options: Options) -> Message:
    """The message of another sighting.

    stored: the record of the same content that the index has; it serves where the archive of the sighting is
    away. So a disk that is not mounted stops no run, and From, Date, subject and text are the same.
    """
    try:
        raw = read_original(wanted.source, max_message=options.max_message)
        if raw_digest(raw) != wanted.raw:
            raise ReadError("another message stands there now")
    except ReadError as error:
        if stored is not None:
            return stored
        raise IndexWriteError(
            f"{wanted.source.archive} changed while it was read ({error.message})",
            hint="run the same command again; the old index is untouched",
        ) from None
    return parse_raw(raw, list_name=wanted.lists[0] if wanted.lists else None)
