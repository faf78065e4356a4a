"""A segment: messages and their paragraphs in one file of arrays, written once and never changed.

Documents are numbered from 0: a message, then its paragraphs, then the next message. `owners` gives
for each document the index of its message, `heads` for each message its document.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

from searcharc.engines.document import EXACT_FIELDS, TEXT_FIELDS, Document
from searcharc.engines.settled import hashed
from searcharc.engines.whoosh.arrayfile import Array, ArrayFile, write_arrays
from searcharc.engines.whoosh.fieldfile import FieldFile
from searcharc.engines.whoosh.invert import FieldBatch, code_field
from searcharc.query.lexer import MAX_NEAR

Ints = npt.NDArray[np.int64]

VALUE_GAP = MAX_NEAR + 1
"""Positions between two values of one field, so that no phrase or NEAR runs across."""

ZONES = ("own", "quoted", "forwarded", "signature", "footer")
"""Zones in the order of their codes; a paragraph's code is its place here + 1, a message's is 0."""

NO_DATE = -(1 << 62)
"""In the array `dates`: no date."""

POSITIONAL = ("text", "doc", *TEXT_FIELDS)
VALUED = ("kind", "zone", "para", "ref", *EXACT_FIELDS)
FIELD_NAMES = (*POSITIONAL, *VALUED)

HASHES = ("sender_hashes", "id_hashes", "answer_hashes", "topic_hashes")
"""Arrays with 64 bits for each message: of its sender, its id, the id it answers, its topic; 0 for none.

Beside them: `strays`, 1 for each message that is a stray answer; `prints`, 64 bits for each paragraph that
is long enough to be known again (`settled.paragraph_print`), and its document in `print_documents`;
`signed_hashes`, 64 bits of sender and organisation for each affiliation that a signature tells, with its message
in `signed_messages` and its place there in `signed_places`.
"""

MOST_PLACES = 256
"""Affiliations of a message that can be told apart by their place."""

_MOST_TOKENS = 0xFFFF  # of a paragraph, in the lengths that Whoosh's own scoring sees
_BLOCK = 1 << 16  # bytes of records packed together: a hit unpacks one block
_WORTH_KEEPING = 1 << 13  # bytes of a packed block; smaller ones pack better with their neighbours
_LEVEL = 3  # of zstandard: 6 gains a tenth in size and takes twice as long


class RecordBatch:
    """Records packed in blocks."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._pending: list[bytes] = []
        self._pending_size = 0
        self._blocks: list[int] = []
        self._offsets: list[int] = []
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)

    def add(self, record: bytes) -> None:
        """Adds the next record."""
        self._blocks.append(len(self._packed))
        self._offsets.append(self._pending_size)
        self._pending.append(record)
        self._pending_size += len(record)
        if self._pending_size >= _BLOCK:
            self._flush()

    def take(self, segment: Segment, live: npt.NDArray[np.bool_]) -> None:
        """Adds those records of a segment that are alive; whole blocks as they lie.

        live: a mask over its messages.
        """
        blocks = segment.file["record_blocks"]
        for first, last in pairwise([0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist(), len(blocks)]):
            packed = segment.packed(int(blocks[first])) if first < last and live[first:last].all() else b""
            if len(packed) < _WORTH_KEEPING:
                for message in (np.flatnonzero(live[first:last]) + first).tolist():
                    self.add(segment.record(message))
                continue
            self._flush()
            self._blocks += [len(self._packed)] * (last - first)
            self._offsets += segment.file["record_offsets"][first:last].tolist()
            self._packed.append(packed)

    def _flush(self) -> None:
        if self._pending:
            self._packed.append(self._compressor.compress(b"".join(self._pending)))
            self._pending, self._pending_size = [], 0

    def arrays(self) -> dict[str, Array]:
        """The arrays of the records."""
        self._flush()
        sizes = np.cumsum([0, *map(len, self._packed)])
        return {
            "records": np.frombuffer(b"".join(self._packed), np.uint8),
            "record_blocks": np.array(self._blocks, np.uint32),
            "record_offsets": np.array(self._offsets, np.uint32),
            "block_starts": sizes.astype(np.uint64),
        }


class SegmentBuilder:
    """Collects messages of a batch; `write` makes a segment of them."""

    def __init__(self) -> None:
        self._fields = {name: FieldBatch(positional=name in POSITIONAL) for name in FIELD_NAMES}
        self._records = RecordBatch()
        self._zones = bytearray()
        self._heads: list[int] = []
        self._dates: list[int] = []
        self._sizes: list[int] = []
        self._lengths: list[int] = []
        self._tokens = array("H")
        self._keys: list[bytes] = []
        self._hashes = {name: array("Q") for name in HASHES}
        self._strays = bytearray()
        self._prints = array("Q")
        self._print_documents = array("I")
        self._signed = (array("I"), array("B"), array("Q"))

    @property
    def message_count(self) -> int:
        """Messages so far."""
        return len(self._heads)

    @property
    def token_count(self) -> int:
        """Tokens of paragraphs so far: what the batch's memory grows with."""
        return len(self._fields["text"])

    def add(self, document: Document, record: bytes) -> None:
        """Adds a message."""
        fields = self._fields
        head = len(self._zones)
        self._zones.append(0)
        self._tokens.append(0)
        self._heads.append(head)
        self._dates.append(NO_DATE if document.date is None else document.date)
        self._sizes.append(document.size)
        self._keys.append(document.key.encode("utf-8"))
        self._records.add(record)
        said = (document.author, document.id, document.answered, document.topic)
        for name, value in zip(HASHES, said, strict=True):
            self._hashes[name].append(hashed(value))
        self._strays.append(document.is_stray)
        messages, places, hashes = self._signed
        for place, sign in document.signed:
            if place < MOST_PLACES:
                messages.append(len(self._heads) - 1)
                places.append(place)
                hashes.append(hashed(sign))
        for name, values in document.texts.items():
            if values:
                self._add_texts(name, head, values)
        for name, exact in document.exact.items():
            if exact:
                fields[name].add_values(head, exact)
        text = fields["text"]
        length = 0
        for number, paragraph in enumerate(document.paragraphs, head + 1):
            self._zones.append(ZONES.index(paragraph.zone) + 1)
            count = text.add_text(number, paragraph.text)
            length += count
            self._tokens.append(min(count, _MOST_TOKENS))
            if paragraph.print:
                self._prints.append(paragraph.print)
                self._print_documents.append(number)
            if paragraph.numbers:
                fields["para"].add_values(number, paragraph.numbers)
            if paragraph.refs:
                fields["ref"].add_values(number, paragraph.refs)
            if paragraph.documents:
                self._add_texts("doc", number, paragraph.documents)
        self._lengths.append(length)

    def _add_texts(self, name: str, document: int, values: Iterable[str]) -> None:
        offset = 0
        for value in values:
            offset += self._fields[name].add_text(document, value, offset) + VALUE_GAP

    def write(self, path: Path) -> None:
        """Writes the segment.

        Raises:
            OSError: as the system says.
        """
        arrays: dict[str, Array] = {}
        for name, batch in self._fields.items():
            if len(batch):
                arrays.update({f"{name}.{part}": array for part, array in batch.arrays().items()})
        zones = np.frombuffer(bytes(self._zones), np.uint8)
        arrays.update(zone_fields(zones))
        arrays.update(self._records.arrays())
        arrays["document_tokens"] = np.array(self._tokens, np.uint16)
        arrays.update(
            message_arrays(
                np.frombuffer(bytes(self._zones), np.uint8),
                self._dates,
                self._sizes,
                self._lengths,
                self._keys,
            )
        )
        arrays.update({name: np.array(values, np.uint64) for name, values in self._hashes.items()})
        arrays["strays"] = np.frombuffer(bytes(self._strays), np.uint8)
        arrays["prints"] = np.array(self._prints, np.uint64)
        arrays["print_documents"] = np.array(self._print_documents, np.uint32)
        messages, places, names = self._signed
        arrays["signed_messages"] = np.array(messages, np.uint32)
        arrays["signed_places"] = np.array(places, np.uint8)
        arrays["signed_hashes"] = np.array(names, np.uint64)
        write_arrays(path, arrays)


def zone_fields(zones: npt.NDArray[np.uint8]) -> dict[str, Array]:
    """The arrays of the fields `kind` and `zone`, which follow from the zones' codes."""
    kinds = {"message": np.flatnonzero(zones == 0), "paragraph": np.flatnonzero(zones)}
    named = {zone: np.flatnonzero(zones == code) for code, zone in enumerate(ZONES, 1)}
    arrays: dict[str, Array] = {}
    for name, documents in (("kind", kinds), ("zone", named)):
        there = sorted(value for value, found in documents.items() if len(found))
        if there:
            coded = code_field(
                [value.encode("ascii") for value in there],
                np.array([len(documents[value]) for value in there], np.int64),
                np.concatenate([documents[value] for value in there]).astype(np.int64),
                None,
            )
            arrays.update({f"{name}.{part}": array for part, array in coded.items()})
    return arrays


def message_arrays(
    zones: npt.NDArray[np.uint8],
    dates: Sequence[int] | Ints,
    sizes: Sequence[int] | Ints,
    lengths: Sequence[int] | Ints,
    keys: Sequence[bytes],
) -> dict[str, Array]:
    """The arrays that stand for each document and for each message."""
    is_head = zones == 0
    return {
        "zones": zones,
        "owners": (np.cumsum(is_head) - 1).astype(np.uint32),
        "heads": np.flatnonzero(is_head).astype(np.uint32),
        "dates": np.array(dates, np.int64),
        "sizes": np.array(sizes, np.int64),
        "lengths": np.array(lengths, np.uint32),
        "keys": np.frombuffer(b"".join(keys), np.uint8),
        "key_starts": np.cumsum([0, *map(len, keys)]).astype(np.uint32),
    }


class Segment:
    """A segment, open for reading.

    Raises:
        IndexDamagedError: the file is cut or its directory is not what was written.
    """

    def __init__(self, path: Path) -> None:
        self.file = ArrayFile(path)
        self.path = path
        self.zones = self.file["zones"]
        self.owners = self.file["owners"]
        self.heads = self.file["heads"]
        self.document_count = len(self.zones)
        self.message_count = len(self.heads)
        self._fields: dict[str, FieldFile] = {}
        self._block = lru_cache(maxsize=32)(self._unpacked)

    def field(self, name: str) -> FieldFile:
        """The postings of a field; one without terms where the segment has none."""
        field = self._fields.get(name)
        if field is None:
            field = self._fields[name] = FieldFile(self.file, name)
        return field

    def field_names(self) -> list[str]:
        """The fields that have terms."""
        return [n for n in FIELD_NAMES if f"{n}.terms" in self.file]

    def key(self, message: int) -> bytes:
        """The key of a message."""
        starts = self.file["key_starts"]
        return self.file.bytes("keys", int(starts[message]), int(starts[message + 1]))

    def record(self, message: int) -> bytes:
        """The stored record of a message."""
        blocks, offsets = self.file["record_blocks"], self.file["record_offsets"]
        block, start = int(blocks[message]), int(offsets[message])
        last = message + 1 == self.message_count or int(blocks[message + 1]) != block
        unpacked = self._block(block)
        return unpacked[start : None if last else int(offsets[message + 1])]

    def packed(self, block: int) -> bytes:
        """A block of records as it lies."""
        starts = self.file["block_starts"]
        return self.file.bytes("records", int(starts[block]), int(starts[block + 1]))

    def _unpacked(self, block: int) -> bytes:
        data: Any = zstandard.ZstdDecompressor().decompress(self.packed(block))
        return bytes(data)
