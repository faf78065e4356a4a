"""What `searcharc status` tells: archives, counts that add up, the last run, what is stale, what failed."""

from __future__ import annotations

from searcharc import __version__
from searcharc.errors import ReadError
from searcharc.failures import last_failure
from searcharc.index import Index
from searcharc.ledger import read_ledger
from searcharc.lock import writer_of
from searcharc.manifest import ArchiveEntry, Manifest
from searcharc.purging import Purged
from searcharc.readers import stat_archive
from searcharc.records import VERSION, Record
from searcharc.runs import innermost, is_missing, place_of, reach


def status_record(index: Index) -> Record:
    """The state of an index and of its sources; reads names and times of archives, no mail.

    state of a source: "fresh", "stale" (an archive came, changed or went: see `changes`), "unread" (something
    could not be read to its end) or "missing" (it cannot be reached).
    sums: seen (messages in the archives) = messages + duplicate + purged.
    affiliations: rows of the user's table.
    problems: all that could not be read of the archives as they were last read.
    failed_run: when the last run began and why it failed, where it did; else null.
    writer: process and since of a run that goes on (alive) or was killed; else null.
    """
    manifest = index.manifest
    sources = [_source_record(manifest, source.path, source.list) for source in manifest.sources]
    return {
        "version": VERSION,
        "program": __version__,
        "path": str(index.path),
        "engine": manifest.engine,
        "format": f"{manifest.format}.{manifest.analysis}.{manifest.rules}",
        "generation": manifest.generation,
        "stale": any(s["state"] != "fresh" for s in sources),
        "index": {
            "messages": manifest.messages,
            "paragraphs": manifest.paragraphs,
            "bytes": manifest.size,
        },
        "sums": _sums(index, manifest),
        "sources": sources,
        "archives": [{"path": a.path, "format": a.format, "messages": a.messages} for a in manifest.archives],
        "problems": _problems(manifest),
        "purges": len(manifest.purged),
        "affiliations": len(manifest.table),
        "last_run": manifest.last_run,
        "failed_run": last_failure(index.path),
        "writer": writer_of(index.path),
    }


def _source_record(manifest: Manifest, path: str, list_name: str | None) -> Record:
    known = {a.path: a for a in manifest.archives if a.source == path}
    state, changes = _state(manifest, path, known)
    return {
        "path": path,
        "list": list_name,
        "archives": len(known),
        "messages": sum(a.messages for a in known.values()),
        "state": state,
        "changes": changes,
    }


def _state(manifest: Manifest, name: str, known: dict[str, ArchiveEntry]) -> tuple[str, dict[str, list[str]]]:
    """The state of a source, and which of its archives came, changed, went or cannot be reached now."""
    changes: dict[str, list[str]] = {"came": [], "changed": [], "went": [], "unread": []}
    reached = reach(name, {path: entry.device for path, entry in known.items()})
    if is_missing(place_of(name)) or (reached.kept and not reached.archives):
        return "missing", changes
    sources = {source.path for source in manifest.sources}
    for archive in reached.archives:
        if innermost(archive.name, sources) not in (name, None):
            continue
        try:
            now = stat_archive(archive).fingerprint
        except ReadError:
            now = ""
        if archive.name not in known:
            changes["came"].append(archive.name)
        elif not (now and known[archive.name].fingerprint):
            changes["unread"].append(archive.name)
        elif now != known[archive.name].fingerprint:
            changes["changed"].append(archive.name)
    changes["went"] = sorted(reached.gone)
    changes["unread"] = sorted([*changes["unread"], *reached.kept])
    if changes["came"] or changes["changed"] or changes["went"]:
        return "stale", changes
    unread = changes["unread"] or any(p.unfinished for p in reached.problems)
    return "unread" if unread else "fresh", changes


def _sums(index: Index, manifest: Manifest) -> Record:
    seen = sum(a.messages for a in manifest.archives)
    purged = 0
    if manifest.purged:
        out = Purged(manifest.purged)
        ledgers = (read_ledger(index.path / a.ledger) for a in manifest.archives)
        purged = sum(out.holds(s) for sightings in ledgers for s in sightings)
    return {
        "seen": seen,
        "messages": manifest.messages,
        "duplicate": seen - purged - manifest.messages,
        "purged": purged,
    }


def _problems(manifest: Manifest) -> list[Record]:
    found = [p for a in manifest.archives for p in a.problems]
    return found + [p for p in manifest.last_run.get("problems", ()) if p not in found]
