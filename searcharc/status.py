"""What `searcharc status` tells: archives, counts that add up, the last run, what is stale."""

from __future__ import annotations

import os
from pathlib import Path

from searcharc import __version__
from searcharc.errors import ReadError
from searcharc.index import Index
from searcharc.models import Problem
from searcharc.readers import find_archives, stat_archive, unescape_path
from searcharc.records import VERSION, Record


def status_record(index: Index) -> Record:
    """The state of an index and of its sources; reads names and times of archives, no mail.

    state of a source: "fresh", "stale" (an archive came, went, or changed) or "missing".
    """
    manifest = index.manifest
    sources = []
    for source in manifest.sources:
        known = {a.path: a for a in manifest.archives if a.source == source.path}
        state = _state(
            Path(os.fsdecode(unescape_path(source.path))), {p: a.fingerprint for p, a in known.items()}
        )
        sources.append(
            {
                "path": source.path,
                "list": source.list,
                "archives": len(known),
                "messages": sum(a.messages for a in known.values()),
                "state": state,
            }
        )
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
        "sources": sources,
        "archives": [{"path": a.path, "format": a.format, "messages": a.messages} for a in manifest.archives],
        "last_run": manifest.last_run,
    }


def _state(path: Path, known: dict[str, str]) -> str:
    if not path.exists():
        return "missing"
    now: dict[str, str] = {}
    for archive in find_archives(path):
        if isinstance(archive, Problem):
            continue
        try:
            now[archive.name] = stat_archive(archive).fingerprint
        except ReadError:
            return "stale"
    return "fresh" if now == known else "stale"
