"""Cheap tests before costly ones: whether a text holds any of some words.

A search for a few dozen plain substrings costs less than one regular expression that starts
with a choice of them, and most mails hold none.
"""

from __future__ import annotations

from collections.abc import Iterable


class Hints:
    """Substrings, case folded; those outside ASCII are not looked for in ASCII text."""

    __slots__ = ("_ascii", "_others")

    def __init__(self, words: Iterable[str]) -> None:
        words = tuple(words)
        self._ascii = tuple(word for word in words if word.isascii())
        self._others = tuple(word for word in words if not word.isascii())

    def within(self, folded: str) -> bool:
        """Whether a case folded text holds one: Hints(["sent from"]).within("sent from my hand") -> True."""
        if any(map(folded.__contains__, self._ascii)):
            return True
        return not folded.isascii() and any(map(folded.__contains__, self._others))

    def places(self, folded: str) -> list[int]:
        """Where in a case folded text they stand, in no order."""
        found: list[int] = []
        for word in self._ascii if folded.isascii() else (*self._ascii, *self._others):
            at = folded.find(word)
            while at >= 0:
                found.append(at)
                at = folded.find(word, at + len(word))
        return found
