"""The array index as Whoosh sees it, and what becomes of it on disk: merges, splits, damage."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import whoosh.index
from hypothesis import HealthCheck, given, settings
from whoosh import query as wq
from whoosh.qparser import QueryParser

from searcharc import parse_message
from searcharc.engines.base import Sort
from searcharc.engines.whoosh import engine, merge
from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter, create
from searcharc.engines.whoosh.generation import read_list
from searcharc.engines.whoosh.segment import Segment
from searcharc.errors import IndexDamagedError
from searcharc.models import Message, Paragraph, Reference, Zone
from searcharc.query.parser import parse_query
from searcharc.query.scope import bind
from tests.strategies import NUMBERS, WORDS, trees


@pytest.fixture(scope="module")
def corpus() -> list[Message]:
    """Forty messages of random words."""
    chance = random.Random(11)

    def words(count: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(count))

    def paragraph(ordinal: int) -> Paragraph:
        refs = tuple(Reference(n) for n in chance.sample(NUMBERS, chance.randrange(2)))
        number = chance.choice([None, *NUMBERS])
        return Paragraph(ordinal, number, refs, chance.choice(list(Zone)), 0, words(chance.randrange(1, 12)))

    return [
        replace(
            parse_message(f"From: Bo Sample <bo@example.org>\nMessage-ID: <m{n}@example.org>\n\n".encode()),
            subject=words(3),
            paragraphs=tuple(paragraph(o) for o in range(1, chance.randrange(2, 7))),
        )
        for n in range(40)
    ]


def built(folder: Path, corpus: list[Message], parts: int, deleted: tuple[str, ...] = ()) -> int:
    """An index of the corpus written in so many commits; gives its generation."""
    folder.mkdir(exist_ok=True)
    generation = create(folder)
    size = -(-len(corpus) // parts)
    for first in range(0, len(corpus), size):
        with WhooshWriter(folder, generation) as writer:
            for message in corpus[first : first + size]:
                writer.add(message)
            generation = writer.commit()
    if deleted:
        with WhooshWriter(folder, generation) as writer:
            for key in deleted:
                writer.delete(key)
            generation = writer.commit()
    return generation


def found_by_whoosh(folder: Path, query: wq.Query) -> set[tuple[str, int]]:
    """(key, ordinal) of the documents that Whoosh's own searcher finds; ordinal 0 is the message."""
    with whoosh.index.open_dir(str(folder)).searcher() as searcher:
        hits = searcher.search(query, limit=None)
        return {(h["key"], h.get("ordinal", 0)) for h in hits}


def found_by_searcharc(folder: Path, generation: int, text: str) -> set[tuple[str, int]]:
    matches = WhooshEngine(folder, generation).search(bind(parse_query(text).tree), limit=None)
    return {(m.key, o) for m in matches.page for o in m.ordinals}


@pytest.mark.parametrize("parts", [1, 7])
@pytest.mark.parametrize("deleted", [(), ("m3@example.org", "m4@example.org", "m39@example.org")])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("body:harbour*", wq.Prefix("text", "harbour")),
        ('body:"harbour"', wq.Term("text", "harbour")),
        ('body:"o halloran"', wq.Phrase("text", ["o", "halloran"])),
        ('body:"secretary general"', wq.Phrase("text", ["secretary", "general"])),
        ("para:24", wq.Term("para", "24")),
        ("ref:21", wq.Term("ref", "21")),
        ("body:/qua.+y/", wq.Regex("text", "^qua.+y$")),
    ],
)
def test_whoosh_finds_the_same_paragraphs(
    tmp_path: Path, corpus: list[Message], parts: int, deleted: tuple[str, ...], ours: str, theirs: wq.Query
) -> None:
    generation = built(tmp_path, corpus, parts, deleted)
    wanted = found_by_searcharc(tmp_path, generation, ours)
    assert wanted
    assert found_by_whoosh(tmp_path, theirs) == wanted


def test_whooshs_own_parser_cuts_words_by_the_same_rule(tmp_path: Path, corpus: list[Message]) -> None:
    generation = built(tmp_path, corpus, 2)
    schema = whoosh.index.open_dir(str(tmp_path)).schema
    query = QueryParser("text", schema).parse('"A/RES/65/141"')
    wanted = found_by_searcharc(tmp_path, generation, "body:A/RES/65/141")
    assert wanted
    assert found_by_whoosh(tmp_path, query) == wanted


def test_whoosh_ranks_and_gives_back_what_is_stored(tmp_path: Path, corpus: list[Message]) -> None:
    built(tmp_path, corpus, 1)
    with whoosh.index.open_dir(str(tmp_path)).searcher() as searcher:
        best = searcher.search(wq.Term("text", "quarry"), limit=3)[0]
        message = next(m for m in corpus if m.key == best["key"])
        paragraph = message.paragraphs[best["ordinal"] - 1]
        assert best["record"]["text"] == paragraph.text
        assert "quarry" in paragraph.text
        assert searcher.doc_count() == len(corpus) + sum(len(m.paragraphs) for m in corpus)


@pytest.mark.parametrize(("parts", "at_once"), [(2, 1 << 20), (7, 1 << 20), (40, 1 << 20), (40, 7)])
def test_splits_and_merges_answer_alike(
    tmp_path: Path, corpus: list[Message], parts: int, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merge, "AT_ONCE", at_once)
    gone = tuple(m.key for m in corpus[::5])
    one = WhooshEngine(tmp_path / "one", built(tmp_path / "one", corpus, 1, gone))
    generation = built(tmp_path / "many", corpus, parts, gone)
    many = WhooshEngine(tmp_path / "many", generation)
    if parts == 40:
        assert len(read_list(tmp_path / "many", generation)) < 16, "neighbours of one size are merged"

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(trees)
    def alike(tree: object) -> None:
        for sort in Sort:
            plan = bind(tree)  # type: ignore[arg-type]
            assert many.search(plan, sort=sort, limit=None) == one.search(plan, sort=sort, limit=None)

    alike()
    assert sorted(m.key for m in many.all_messages()) == sorted(m.key for m in one.all_messages())


def test_a_merge_gives_the_arrays_of_a_build_in_one_piece(
    tmp_path: Path, corpus: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Term by term: ranges of terms, with what was deleted left out, end as if nothing had been merged."""
    left = [m for n, m in enumerate(corpus) if n % 3]
    built(tmp_path / "whole", left, 1)
    (whole,) = (Segment(path) for path in (tmp_path / "whole").glob("*.arrays"))
    built(tmp_path / "parts", corpus, 5)
    parts = [Segment(path) for path in sorted((tmp_path / "parts").glob("*.arrays"))]
    keys = {m.key.encode() for m in left}
    live = [np.array([s.key(n) in keys for n in range(s.message_count)]) for s in parts]
    for at_once in (1, 10, 1 << 20):
        monkeypatch.setattr(merge, "AT_ONCE", at_once)
        path = tmp_path / f"{at_once}.arrays"
        merge.merge_segments(path, list(zip(parts, live, strict=True)))
        merged = Segment(path)
        packed = {"records", "record_blocks", "record_offsets", "block_starts"}  # as they lay
        assert set(merged.file.names()) == set(whole.file.names())
        for name in set(whole.file.names()) - packed:
            assert merged.file[name].tolist() == whole.file[name].tolist(), name
        assert [merged.record(n) for n in range(len(left))] == [whole.record(n) for n in range(len(left))]


def test_large_segments_are_left_alone(
    tmp_path: Path, corpus: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LARGEST_MERGED", 1000)  # bytes; each of these has more
    generation = built(tmp_path, corpus, 20)
    assert len(read_list(tmp_path, generation)) == 20


def damaged_by_a_bit(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def cut_short(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


@pytest.mark.parametrize("damage", [damaged_by_a_bit, cut_short])
def test_damage_to_a_segment_is_noticed_by_check(
    tmp_path: Path, corpus: list[Message], damage: Callable[[bytes, random.Random], bytes]
) -> None:
    generation = built(tmp_path, corpus, 1)
    (path,) = tmp_path.glob("*.arrays")
    whole = path.read_bytes()
    chance = random.Random(7)
    padding = 0
    for _ in range(60):
        path.write_bytes(damage(whole, chance))
        try:
            WhooshEngine(tmp_path, generation).check()
            padding += 1  # a bit between two arrays says nothing
        except IndexDamagedError:
            continue
    assert padding <= 6
    path.write_bytes(whole)
    WhooshEngine(tmp_path, generation).check()
