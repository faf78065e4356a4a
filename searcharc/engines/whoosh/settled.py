"""The rules of `engines.settled` over arrays: which documents have another zone among all messages, and
which affiliations are surer.

A generation has one file of them, written with its list of segments. Documents are numbered over all
segments of the generation.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from searcharc.engines.settled import DEEPEST, SENDERS, SIGNED
from searcharc.engines.whoosh.arrayfile import ArrayFile, write_arrays
from searcharc.engines.whoosh.segment import MOST_PLACES, ZONES, Segment
from searcharc.models import Zone

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Marks = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.uint8]


class Settled(NamedTuple):
    """documents: those whose zone is another than their own message tells, ascending. codes: these zones'.

    surer: the affiliations that are surer than their own message tells, ascending; each as its message
    times MOST_PLACES, and its place there.
    """

    documents: Ints
    codes: Codes
    surer: Ints


NOTHING_SETTLED = Settled(np.zeros(0, np.int64), np.zeros(0, np.uint8), np.zeros(0, np.int64))

_OWN, _QUOTED, _FOOTER = (ZONES.index(z) + 1 for z in (Zone.OWN, Zone.QUOTED, Zone.FOOTER))
_MIX = np.uint64(0x9E3779B97F4A7C15)  # odd: multiplying by it loses nothing (Knuth, TAOCP 3, 6.4)


def write_settled(path: Path, segments: Sequence[tuple[Segment, Bools]]) -> None:
    """Writes the file of a generation. segments: each with a mask over its messages, true for the living.

    Raises:
        OSError: as the system says.
    """
    documents, codes = settled_zones(segments)
    write_arrays(path, {"documents": documents, "codes": codes, "surer": _surer(segments)})


def read_settled(path: Path) -> Settled:
    """The file of a generation.

    Raises:
        IndexDamagedError, OSError: the file is cut or cannot be read.
    """
    file = ArrayFile(path)
    return Settled(file["documents"], file["codes"], file["surer"])


def _surer(segments: Sequence[tuple[Segment, Bools]]) -> Ints:
    """The affiliations that SIGNED mails of one sender are signed with."""
    places, names = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
    base = 0
    for segment, live in segments:
        messages = segment.file["signed_messages"]
        kept = live[messages]
        numbers = messages[kept].astype(np.int64) + base
        places.append(numbers * MOST_PLACES + segment.file["signed_places"][kept])
        names.append(segment.file["signed_hashes"][kept])
        base += segment.message_count
    signed, name = np.concatenate(places), np.concatenate(names)
    ordered = np.sort(name)
    often = ordered[SIGNED - 1 :][ordered[SIGNED - 1 :] == ordered[: len(ordered) - SIGNED + 1]]
    return np.sort(signed[_among(name, often)])


def settled_zones(segments: Sequence[tuple[Segment, Bools]]) -> tuple[Ints, Codes]:
    """The documents whose zone is another than their own message tells, ascending, and these zones' codes."""
    documents: list[Ints] = []
    columns: dict[str, list[Marks]] = {"print": [], "sender": [], "id": [], "answer": []}
    base = 0
    for segment, live in segments:
        file = segment.file
        places = file["print_documents"]
        owners = segment.owners[places]
        kept = live[owners]
        documents.append(places[kept].astype(np.int64) + base)
        columns["print"].append(file["prints"][kept])
        for name in ("sender", "id", "answer"):
            columns[name].append(file[f"{name}_hashes"][owners[kept]])
        base += segment.document_count
    if not documents:
        return NOTHING_SETTLED.documents, NOTHING_SETTLED.codes
    marks = np.concatenate(columns["print"])
    again = _stand_again(marks)  # few do, and nothing can be said of the others
    marked = np.concatenate(documents)[again]
    marks, senders, ids, answers = (np.concatenate(column)[again] for column in columns.values())
    zones = np.concatenate([segment.zones for segment, _ in segments])
    quoted = _said_before(marks, senders, ids, answers) & (zones[marked] == _OWN)
    repeated = np.zeros(len(zones), np.bool_)
    repeated[marked[_repeated(marks, senders)]] = True
    heads = np.flatnonzero(zones == 0)
    footers = _footers(zones, heads, repeated)
    settled = {_QUOTED: marked[quoted], _FOOTER: footers}
    codes = np.zeros(len(zones), np.uint8)
    for code, found in settled.items():
        codes[found] = code
    changed = np.flatnonzero(codes)
    return changed, codes[changed]


def _stand_again(marks: Marks) -> Bools:
    """For each mark whether it stands there twice at least."""
    ordered = np.sort(marks)
    return _among(marks, ordered[1:][ordered[1:] == ordered[:-1]])


def _among(marks: Marks, ordered: Marks) -> Bools:
    """For each mark whether it is one of these, which are ascending."""
    if not len(ordered):
        return np.zeros(len(marks), np.bool_)
    return np.asarray(ordered[np.minimum(np.searchsorted(ordered, marks), len(ordered) - 1)] == marks)


def _said_before(marks: Marks, senders: Marks, ids: Marks, answers: Marks) -> Bools:
    """For each paragraph whether another said it in the message that is answered."""
    said = ids * _MIX ^ marks
    wanted = answers * _MIX ^ marks
    before = (answers != 0) & _among(wanted, np.sort(said))
    by_self = _among(wanted[before] * _MIX ^ senders[before], np.sort(said * _MIX ^ senders))
    before[before] = ~by_self
    return np.asarray(before)


def _repeated(marks: Marks, senders: Marks) -> Bools:
    """For each paragraph whether it stands in mails of SENDERS senders."""
    known = senders != 0
    order = np.lexsort((senders[known], marks[known]))
    ordered, by = marks[known][order], senders[known][order]
    is_new = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    is_other = is_new.copy()
    is_other[1:] |= by[1:] != by[:-1]
    firsts = np.flatnonzero(is_new)
    counts = np.add.reduceat(is_other, firsts, dtype=np.int64) if len(firsts) else firsts
    return _among(marks, ordered[firsts[counts >= SENDERS]])


def _footers(zones: Codes, heads: Ints, repeated: Bools) -> Ints:
    """The documents at the end of their messages that are a footer by repetition (`settled._footer`)."""
    shown = np.flatnonzero((zones != 0) & (zones != _FOOTER))  # paragraphs that are no footers yet
    firsts = np.searchsorted(shown, heads)
    ends = np.append(firsts[1:], len(shown))
    open_ends = np.flatnonzero(ends > firsts)  # messages whose run may still go on upwards
    lengths = np.zeros(len(heads), np.int64)
    for depth in range(DEEPEST + 1):
        inside = open_ends[ends[open_ends] - 1 - depth >= firsts[open_ends]]
        lengths[np.setdiff1d(open_ends, inside)] = 0  # all of the message is the same
        last = shown[ends[inside] - 1 - depth]
        same = repeated[last]
        lengths[inside[same]] = depth + 1
        open_ends = inside[same]
    lengths[lengths > DEEPEST] = 0
    return np.concatenate(
        [
            shown[ends[chosen] - 1 - depth]
            for depth in range(DEEPEST)
            for chosen in [np.flatnonzero(lengths > depth)]
        ]
    )
