"""The end of a run: records are brought to what the sightings of all archives say together.

Keys, copies and lists of a message depend on other messages. They are settled here from all sightings
(`ledger.settle`), so that adding to an index ends as building it anew would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter
from searcharc.errors import IndexWriteError, ReadError
from searcharc.ledger import Sighting, Standing, settle
from searcharc.message.parse import parse_raw
from searcharc.models import Message
from searcharc.readers import read_original
from searcharc.reading import Reading
from searcharc.runs import Counts, Options


def amend(
    folder: Path, generation: int, files: tuple[str, ...], reading: Reading, options: Options, counts: Counts
) -> tuple[int, tuple[str, ...]]:
    """Brings the records that were written or stored to what they should be.

    generation, files: what was committed so far; the same or a newer one comes back.

    Raises:
        IndexWriteError: an archive changed while it was read, or the index cannot be written.
    """
    changes = list(differences(reading))
    if not changes:
        return generation, files
    engine = WhooshEngine(folder, generation)
    try:
        with WhooshWriter(folder, generation) as writer:
            for is_now, wanted in changes:
                stored = engine.message(is_now.key) if is_now else None
                if is_now:
                    writer.delete(is_now.key)
                if wanted is None:
                    counts.removed += 1
                    continue
                same_bytes = is_now is not None and is_now.raw == wanted.raw
                message = stored if same_bytes and stored else _read_again(wanted, options)
                writer.add(_amended(message, wanted))
            return writer.commit(), writer.files
    finally:
        engine.close()


def differences(reading: Reading) -> Iterator[tuple[Standing | None, Standing | None]]:
    """(what stands in the index, what should) of every message that is to be changed."""
    before, after = reading.before, reading.after
    groups = {s.group for path in after for s in (*before.get(path, ()), *after[path])}
    now: dict[str, list[Sighting]] = {g: [] for g in groups}
    for sightings in {**before, **after}.values():
        for sighting in sightings:
            if sighting.group in groups:
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


def _amended(message: Message, wanted: Standing) -> Message:
    return replace(
        message,
        key=wanted.key,
        source=wanted.source,
        copies=wanted.copies,
        lists=wanted.lists,
        list_ids=wanted.list_ids,
    )


def _read_again(wanted: Standing, options: Options) -> Message:
    try:
        raw = read_original(wanted.source, max_message=options.max_message)
    except ReadError as error:
        raise IndexWriteError(
            f"{wanted.source.archive} changed while it was read ({error.message})",
            hint="run the same command again; the old index is untouched",
        ) from None
    return parse_raw(raw, list_name=wanted.lists[0] if wanted.lists else None)
