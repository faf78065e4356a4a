"""The last step of a run: the user's table of affiliations is put to the messages that it speaks of.

Records are changed in the index, not read again: what a message states itself is kept behind what the
table says (`affiliations`), so any table can take another's place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from searcharc.affiliations import AffiliationTable, TableRow
from searcharc.analysis import fold_case
from searcharc.engines.base import Sort
from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter
from searcharc.models import Message
from searcharc.query.scope import Is, Or


def assign(
    folder: Path,
    generation: int,
    files: tuple[str, ...],
    table: tuple[TableRow, ...],
    before: tuple[TableRow, ...],
    written: Collection[str],
) -> tuple[int, tuple[str, ...]]:
    """Puts the table to what the generation holds; the same or a newer generation comes back, with its files.

    before: the table that was put to it last. written: groups of this run's messages; while the table is
    as it was, others need not be looked at.

    Raises:
        IndexWriteError: the index cannot be written.
    """
    of_table = AffiliationTable(table)
    domains = of_table.domains | (AffiliationTable(before).domains if table != before else frozenset())
    if not domains or (table == before and not written):
        return generation, files
    engine = WhooshEngine(folder, generation)
    try:
        with WhooshWriter(folder, generation) as writer:
            changed = False
            for message in _candidates(engine, domains, None if table != before else written):
                assigned = of_table.assigned(message)
                if assigned.affiliations != message.affiliations:
                    writer.delete(message.key)
                    writer.add(assigned)
                    changed = True
            return (writer.commit(), writer.files) if changed else (generation, files)
    finally:
        engine.close()


def _candidates(
    engine: WhooshEngine, domains: Collection[str], written: Collection[str] | None
) -> Iterator[Message]:
    """The messages from these domains, as they are stored; written: only of these groups, None for all."""
    plan = Or(tuple(Is("domain", fold_case(domain)) for domain in sorted(domains)))
    found = engine.search(plan, sort=Sort.DATE, limit=None).page
    # A second message under one id has a key of its own; those are few, and looked at each time.
    for match in found:
        if written is None or match.key in written or match.key.startswith("sha-"):
            stored = engine.stored(match.key)
            if stored is not None:
                yield stored
