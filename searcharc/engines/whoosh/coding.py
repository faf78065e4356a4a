"""Postings as few bytes, coded and decoded by whole arrays.

A number below 254 is one byte; 254 says that the number stands in a second stream of 16 bits, 255
in a third of 32. Streams of all terms of a field lie behind each other; for each term the starts in
the three streams are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[np.uint8] | npt.NDArray[np.uint16] | npt.NDArray[np.uint32]

SHORT, LONG = 254, 255
_TWO_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Stream:
    """Coded numbers of many terms. starts: for n terms n + 1 places in each of the three arrays."""

    small: npt.NDArray[np.uint8]
    short: npt.NDArray[np.uint16]
    long: npt.NDArray[np.uint32]
    short_starts: npt.NDArray[np.uint32]
    long_starts: npt.NDArray[np.uint32]


def encode(values: Ints, starts: Ints) -> Stream:
    """Numbers from 0 to 2^32 - 1; starts: where each term's numbers begin, and the end of the last."""
    small = np.minimum(values, LONG).astype(np.uint8)
    is_long = values >= _TWO_BYTES
    is_short = (values >= SHORT) & ~is_long
    small[is_short] = SHORT
    small[is_long] = LONG
    return Stream(
        small,
        values[is_short].astype(np.uint16),
        values[is_long].astype(np.uint32),
        _starts(is_short, starts),
        _starts(is_long, starts),
    )


def _starts(chosen: npt.NDArray[np.bool_], starts: Ints) -> npt.NDArray[np.uint32]:
    before = np.zeros(len(chosen) + 1, np.int64)
    np.cumsum(chosen, out=before[1:])
    return before[starts].astype(np.uint32)


def decode(small: npt.NDArray[np.uint8], short: npt.NDArray[np.uint16], long: npt.NDArray[np.uint32]) -> Ints:
    """The numbers of one slice of a stream (one term, or several that follow each other)."""
    values = small.astype(np.int64)
    if len(short):
        values[small == SHORT] = short
    if len(long):
        values[small == LONG] = long
    return values


def restart(values: Ints, starts: Ints) -> Ints:
    """Running sums that begin anew at each start; starts ascending, the first is 0."""
    if not len(values):
        return values
    sums = np.cumsum(values)
    lengths = np.diff(np.append(starts, len(values)))
    before = sums[starts] - values[starts]
    return np.asarray(sums - np.repeat(before, lengths))
