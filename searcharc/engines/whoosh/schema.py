"""The fields of the Whoosh index, for messages (parents) and paragraphs (children).

A message is one Whoosh document, followed by one for each of its paragraphs: a block join.
`kind` is "message" or "paragraph". Terms come from `analysis`; a search through Whoosh's own
query parser over this schema therefore cuts its words by the same rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from struct import pack
from typing import Any

from whoosh.analysis.acore import Composable, Token
from whoosh.columns import NumericColumn, VarBytesColumn
from whoosh.fields import FieldType, Schema
from whoosh.formats import Existence, Positions

from searcharc.analysis import postings, tokenize
from searcharc.engines.document import EXACT_FIELDS, TEXT_FIELDS
from searcharc.query.lexer import MAX_NEAR

VALUE_GAP = MAX_NEAR + 1
"""Positions between two values of one field, so that no phrase or NEAR runs across."""


class Analyzer(Composable):  # type: ignore[misc]  # Whoosh has no types
    """`analysis.tokenize` in Whoosh's form, for those who search with Whoosh's own parser."""

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
    """Values of text; takes a sequence of strings."""

    def __init__(self) -> None:
        super().__init__(PackedPositions(), Analyzer(), scorable=True)

    def index(self, value: Iterable[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """(term, frequency, weight, packed positions) of all values."""
        found: Mapping[str, list[int]] = {}
        offset = 0
        for number, text in enumerate([value] if isinstance(value, str) else value):
            terms, count = postings(text, offset)
            offset += count + VALUE_GAP
            if not number:
                found = terms
            else:
                found = {t: [*found.get(t, ()), *terms.get(t, ())] for t in {**found, **terms}}
        for term, places in found.items():
            frequency = len(places)
            yield term.encode("utf-8"), frequency, float(frequency), pack(f"<{frequency}I", *places)


class ExactField(FieldType):  # type: ignore[misc]
    """A set of values, each one term; takes a collection of strings."""

    def __init__(self) -> None:
        super().__init__(Existence(), None)

    def index(self, value: Iterable[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """(term, 1, 1.0, nothing) of each value."""
        for text in [value] if isinstance(value, str) else value:
            yield text.encode("utf-8"), 1, 1.0, b""

    def process_text(self, qstring: str, mode: str = "", **_: Any) -> list[str]:
        """A query's value is one term."""
        return [qstring]


class ColumnField(FieldType):  # type: ignore[misc]
    """A value for each document, not searched by Whoosh."""

    indexed = False

    def __init__(self, column: Any) -> None:
        super().__init__(Existence(), None, sortable=column)

    def to_column_value(self, value: Any) -> Any:
        """The value as it is."""
        return value

    def from_column_value(self, value: Any) -> Any:
        """The value as it is."""
        return value


NO_DATE = -(1 << 62)
"""In the column `date`: no date."""

ZONES = ("own", "quoted", "forwarded", "signature", "footer")
"""Zones in the order of their codes in the column `zone_code`; paragraphs are coded from 1."""


def schema() -> Schema:
    """The schema; made anew for each index that is opened."""
    fields: dict[str, FieldType] = {
        "kind": ExactField(),
        "key": ColumnField(VarBytesColumn()),
        "record": ColumnField(VarBytesColumn()),
        "zone_code": ColumnField(NumericColumn("B", default=0)),
        "tokens": ColumnField(NumericColumn("I", default=0)),
        "date": ColumnField(NumericColumn("q", default=NO_DATE)),
        "size": ColumnField(NumericColumn("q", default=0)),
        "text": TextField(),
        "zone": ExactField(),
        "para": ExactField(),
        "ref": ExactField(),
        "doc": TextField(),
    }
    fields.update({name: TextField() for name in TEXT_FIELDS})
    fields.update({name: ExactField() for name in EXACT_FIELDS})
    return Schema(**fields)
