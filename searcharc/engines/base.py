"""The border between searcharc and what keeps its index.

An engine receives documents and plans, never query text; it raises only errors of
`searcharc.errors`; what it cannot do is an error, never an approximation. The contract suite in
`tests/engines` runs once for each engine and holds it to `engines.memory`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from searcharc.models import Message
from searcharc.query.scope import Plan


class Sort(StrEnum):
    """The order of hits; undated messages come last in both orders of date."""

    RELEVANCE = "relevance"
    DATE = "date"
    NEWEST = "-date"


@dataclass(frozen=True, slots=True)
class Match:
    """A message that a plan found. ordinals: its paragraphs that matched, best first."""

    key: str
    score: float
    ordinals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """One page of matches, and the true counts of all."""

    total: int
    total_paragraphs: int
    page: tuple[Match, ...]


class Writer(Protocol):
    """Changes of an index, all or nothing: leaving the block by an error rolls back."""

    def add(self, message: Message) -> None:
        """Adds a message; its key must not be in the index (or must be deleted before)."""

    def delete(self, key: str) -> None:
        """Deletes a committed message with its paragraphs; an unknown key is no error."""

    def commit(self) -> int:
        """Makes the changes durable and gives the number of the new generation.

        They are seen only by engines that open this generation.

        Raises:
            IndexWriteError: no space, no permission; what was there before is untouched.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class Engine(Protocol):
    """One generation of an index, open for reading; safe to share between threads."""

    def search(
        self, plan: Plan, *, sort: Sort = Sort.RELEVANCE, limit: int | None = 10, offset: int = 0
    ) -> Matches:
        """The matches of a plan; `limit` None gives all."""

    def message(self, key: str) -> Message | None:
        """The stored message, or None."""

    def messages(self, keys: Sequence[str]) -> list[Message]:
        """The stored messages in the order of the keys; unknown keys are left out."""

    def all_messages(self) -> Iterator[Message]:
        """Every stored message, in no promised order."""

    def counts(self) -> tuple[int, int]:
        """How many messages, and how many paragraphs."""

    def close(self) -> None:
        """Lets go of files."""
