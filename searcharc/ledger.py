"""Which messages lie where: the sightings of every archive, and what follows from them.

A sighting is one message read at one place. What the index holds is a function of all sightings,
whatever the order in which they came: sightings of the same Message-ID and the same content are one
message, whose record is that of the sighting that sorts first; other content under the same id is
a message of its own. So adding to an index and building it anew end alike.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searcharc.errors import REBUILD, IndexDamagedError, unreadable_index
from searcharc.files import read_file, write_file
from searcharc.message.identity import second_key
from searcharc.models import Origin
from searcharc.readers import identity


@dataclass(frozen=True, slots=True)
class Sighting:
    """A message at one place.

    raw: digest of its bytes. group: its Message-ID, or the key of its content where it has none.
    content: digest of its decoded content (`message.identity`). lists, list_ids: as this archive
    tells them. stamp: what the disk said of its file when that is one of a mail folder (`FileState.stamp`),
    "" elsewhere.
    """

    origin: Origin
    raw: str
    group: str
    content: str
    lists: tuple[str, ...]
    list_ids: tuple[str, ...]
    stamp: str = ""

    @property
    def order(self) -> tuple[str, str, int]:
        """Sorts sightings: by archive, file (without its flags, which change) and offset."""
        return (self.origin.archive, identity(self.origin.file or ""), self.origin.offset)


@dataclass(frozen=True, slots=True)
class Standing:
    """A message of the index as its sightings make it: what depends on more than its own bytes."""

    key: str
    source: Origin
    copies: tuple[Origin, ...]
    lists: tuple[str, ...]
    list_ids: tuple[str, ...]
    raw: str


def settle(group: str, sightings: Iterable[Sighting]) -> dict[str, Standing]:
    """Content digest -> what the index holds of it, for all sightings of one group.

    The content that was seen first (in the order of the archives' names, not of time) has the
    Message-ID as its key, others one of their own.
    """
    by_content: dict[str, list[Sighting]] = {}
    for sighting in sorted(sightings, key=lambda s: s.order):
        by_content.setdefault(sighting.content, []).append(sighting)
    found: dict[str, Standing] = {}
    for number, (content, seen) in enumerate(by_content.items()):
        found[content] = Standing(
            key=second_key(group, content) if number else group,
            source=seen[0].origin,
            copies=tuple(s.origin for s in seen[1:]),
            lists=tuple(dict.fromkeys(name for s in seen for name in s.lists)),
            list_ids=tuple(dict.fromkeys(name for s in seen for name in s.list_ids)),
            raw=seen[0].raw,
        )
    return found


def write_ledger(path: Path, sightings: Iterable[Sighting]) -> None:
    """Writes the sightings of one archive, in its order.

    Raises:
        OSError: as the system says.
    """
    rows = [
        [
            o.archive,
            o.file,
            o.format,
            o.offset,
            o.length,
            s.raw,
            s.group,
            s.content,
            s.lists,
            s.list_ids,
            s.stamp,
        ]
        for s in sightings
        for o in (s.origin,)
    ]
    write_file(path, [zlib.compress(json.dumps(rows, ensure_ascii=True).encode("ascii"), 1)])


def read_ledger(path: Path) -> list[Sighting]:
    """The sightings of one archive.

    Raises:
        IndexDamagedError: a file that is missing or not a ledger.
    """
    try:
        rows = json.loads(zlib.decompress(read_file(path)))
        held: dict[Any, Any] = {}  # what rows have in common is kept once: an archive has many

        def once(value: Any) -> Any:
            return held.setdefault(value, value)

        return [
            Sighting(
                Origin(once(row[0]), row[1], once(row[2]), row[3], row[4]),
                row[5],
                row[6],
                row[7],
                once(tuple(row[8])),
                once(tuple(row[9])),
                row[10],
            )
            for row in rows
        ]
    except OSError as error:
        raise unreadable_index(f"{path} is damaged", error) from None
    except (zlib.error, ValueError, TypeError, IndexError) as error:
        raise IndexDamagedError(f"{path} is damaged ({error})", hint=REBUILD) from None
