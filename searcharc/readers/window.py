"""A sliding view of a byte stream, addressed by offsets in the whole stream.

Holds what lies between two offsets that the reader of messages chooses; the damage of a damaged
stream becomes its end, with the reason beside it.
"""

from __future__ import annotations

from searcharc.errors import ReadError
from searcharc.readers.compress import ByteStream

CHUNK = 1 << 20
"""Bytes that are read at once."""


class Window:
    """The bytes from `start` to `stop` (offsets in the stream) in `view`.

    error: why the stream ended before its time, or None.
    """

    def __init__(self, stream: ByteStream, *, chunk: int = CHUNK) -> None:
        self.view = bytearray()
        self.start = 0
        self.error: ReadError | None = None
        self._stream = stream
        self._chunk = chunk
        self._ended = False

    @property
    def stop(self) -> int:
        """Offset behind the last byte in view."""
        return self.start + len(self.view)

    def reach(self, offset: int) -> bool:
        """Read on until `offset` is in view or just behind it; False where the stream ends before."""
        while self.stop < offset:
            if not self._ended:
                try:
                    piece = self._stream.read(self._chunk)
                except ReadError as error:
                    self.error = error
                    piece = b""
                self._ended = not piece
            if self._ended:
                return False
            self.view += piece
        return True

    def drop(self, offset: int) -> None:
        """Let go of what lies before `offset`. Cheap: a bytearray gives up its front in place."""
        if offset > self.start:
            del self.view[: offset - self.start]
            self.start = offset

    def jump(self, offset: int) -> None:
        """Go on at `offset`, which is not before the view; what lies between is passed over."""
        if offset > self.stop:
            try:
                self._stream.skip(offset - self.stop)
            except ReadError as error:
                self.error = error
                self._ended = True
            self.view.clear()
            self.start = offset
        self.drop(offset)

    def take(self, start: int, stop: int) -> bytes:
        """A copy of the bytes from `start` to `stop`, both in view."""
        with memoryview(self.view) as view:
            return bytes(view[start - self.start : stop - self.start])

    def find(self, needle: bytes, offset: int) -> int:
        """Offset of `needle` in view at or behind `offset`, -1 where there is none."""
        found = self.view.find(needle, offset - self.start)
        return found if found < 0 else found + self.start
