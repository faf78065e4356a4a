"""The fields of the index in Whoosh's terms, for those who open it with `whoosh.index.open_dir`.

A message is one Whoosh document, followed by one for each of its paragraphs: a block join. `kind` is
"message" or "paragraph". Terms come from `analysis`; a search through Whoosh's own query parser over
this schema therefore cuts its words by the same rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import pack
from typing import Any

from whoosh.analysis.acore import Composable, Token
from whoosh.fields import STORED, FieldType, Schema
from whoosh.formats import Existence, Positions

from searcharc.analysis import tokenize
from searcharc.engines.whoosh.segment import POSITIONAL, VALUED


class Analyzer(Composable):  # type: ignore[misc]  # Whoosh has no types
    """`analysis.tokenize` in Whoosh's form."""

    def __call__(self, value: str, positions: bool = False, chars: bool = False, **_: Any) -> Iterator[Token]:
        for token in tokenize(value):
            found = Token(positions, chars, text=token.term, boost=1.0, stopped=False)
            found.pos, found.startchar, found.endchar = token.position, token.start, token.end
            yield found


class PackedPositions(Positions):  # type: ignore[misc]
    """Positions as little-endian 32-bit integers, in place of Whoosh's pickled lists."""

    def encode(self, poslist: Iterable[int]) -> bytes:
        """Positions -> bytes."""
        places = list(poslist)
        return pack(f"<{len(places)}I", *places)

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """Bytes -> positions."""
        return list(memoryview(valuestring).cast("I"))

    def decode_frequency(self, valuestring: bytes) -> int:
        """How many positions there are."""
        return len(valuestring) // 4

    def decode_weight(self, valuestring: bytes) -> float:
        """The same, as a weight."""
        return len(valuestring) / 4


class TextField(FieldType):  # type: ignore[misc]
    """Words with positions."""

    def __init__(self) -> None:
        super().__init__(PackedPositions(), Analyzer(), scorable=True)


class ExactField(FieldType):  # type: ignore[misc]
    """Values, each one term."""

    def __init__(self) -> None:
        super().__init__(Existence(), None)

    def process_text(self, qstring: str, mode: str = "", **_: Any) -> list[str]:
        """A query's value is one term."""
        return [qstring]


def schema() -> Schema:
    """The schema; `key`, `ordinal` and `record` are what a hit of Whoosh's own searcher gives back."""
    fields: dict[str, FieldType] = {name: STORED() for name in ("key", "ordinal", "record")}
    fields.update({name: TextField() for name in POSITIONAL})
    fields.update({name: ExactField() for name in VALUED})
    return Schema(**fields)
