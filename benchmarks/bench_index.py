"""Message to segment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from searcharc.analysis import forms
from searcharc.engines.document import document_of
from searcharc.engines.whoosh.merge import merge_segments
from searcharc.engines.whoosh.segment import Segment, SegmentBuilder
from searcharc.models import Message
from searcharc.records import encode_message

BATCH = 500
"""Messages of a batch."""


def _builder(messages: list[Message]) -> SegmentBuilder:
    builder = SegmentBuilder()
    for message in messages:
        builder.add(document_of(message), encode_message(message))
    return builder


def bench_terms(benchmark: Any, messages: list[Message]) -> None:
    """The words of a batch's paragraphs."""
    texts = [p.text for m in messages[:BATCH] for p in m.paragraphs]
    benchmark(lambda: [forms(text) for text in texts])


def bench_document_of(benchmark: Any, messages: list[Message]) -> None:
    """What is indexed of the messages of a batch."""
    benchmark(lambda: [document_of(m) for m in messages[:BATCH]])


def bench_encode_message(benchmark: Any, messages: list[Message]) -> None:
    """The stored records of a batch."""
    benchmark(lambda: [encode_message(m) for m in messages[:BATCH]])


def bench_builder_add(benchmark: Any, messages: list[Message]) -> None:
    """Collecting a batch."""
    rows = [(document_of(m), encode_message(m)) for m in messages[:BATCH]]

    def collect() -> int:
        builder = SegmentBuilder()
        for document, record in rows:
            builder.add(document, record)
        return builder.message_count

    assert benchmark(collect) == len(rows)


def bench_builder_write(benchmark: Any, messages: list[Message], tmp_path: Path) -> None:
    """Sorting a batch and writing it."""
    path = tmp_path / "batch.arrays"

    def fresh() -> tuple[tuple[SegmentBuilder], dict[str, Any]]:
        return (_builder(messages[:BATCH]),), {}

    benchmark.pedantic(lambda builder: builder.write(path), setup=fresh, rounds=20)
    assert path.stat().st_size


def bench_merge(benchmark: Any, messages: list[Message], tmp_path: Path) -> None:
    """Eight segments into one, without a tenth of their messages."""
    parts = []
    for number in range(8):
        path = tmp_path / f"{number}.arrays"
        _builder(messages[number::8][:BATCH]).write(path)
        segment = Segment(path)
        parts.append((segment, np.arange(segment.message_count) % 10 > 0))
    benchmark(merge_segments, tmp_path / "merged.arrays", parts)
    assert Segment(tmp_path / "merged.arrays").message_count == sum(int(live.sum()) for _, live in parts)
