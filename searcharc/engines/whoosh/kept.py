"""What searches of one generation found before: arrays kept up to a size, the oldest used dropped first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

import numpy.typing as npt

Arrays = tuple[npt.NDArray[Any], ...]


class KeptArrays:
    """Arrays by key. most: bytes that are kept in all. Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[object, Arrays] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> Arrays | None:
        """What is kept under the key, None where nothing is."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: object, arrays: Arrays) -> None:
        """Keeps arrays, which nobody may change from now on; what is larger than all room is not kept."""
        size = sum(a.nbytes for a in arrays)
        if size > self._most:
            return
        with self._lock:
            before = self._kept.pop(key, ())
            self._size += size - sum(a.nbytes for a in before)
            self._kept[key] = arrays
            while self._size > self._most:
                _, dropped = self._kept.popitem(last=False)
                self._size -= sum(a.nbytes for a in dropped)
