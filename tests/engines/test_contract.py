"""Every engine finds what the reference engine finds: same messages, paragraphs, order, scores."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searcharc.engines.base import Sort
from searcharc.engines.memory import MemoryEngine
from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter, create
from searcharc.models import Message
from searcharc.query.scope import Scope, bind
from searcharc.query.tree import Node
from tests.strategies import corpora, trees

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def whoosh_engine(folder: Path, batches: list[list[Message]], deleted: list[str]) -> WhooshEngine:
    """An engine over messages that came in several commits, some of which were deleted again."""
    create(folder)
    generation = 0
    for batch in batches:
        with WhooshWriter(folder, generation) as writer:
            for message in batch:
                writer.add(message)
            generation = writer.commit()
    if deleted:
        with WhooshWriter(folder, generation) as writer:
            for key in deleted:
                writer.delete(key)
            generation = writer.commit()
    return WhooshEngine(folder, generation)


@SLOW
@given(corpus=corpora(), questions=st.lists(trees, min_size=30, max_size=30), data=st.data())
def test_whoosh_answers_like_the_reference(
    corpus: list[Message], questions: list[Node], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(corpus)))
    deleted = [m.key for m in corpus if data.draw(st.booleans()) and data.draw(st.booleans())]
    left = [m for m in corpus if m.key not in deleted]
    reference = MemoryEngine(left)
    with tempfile.TemporaryDirectory() as folder:
        engine = whoosh_engine(Path(folder), [corpus[:cut], corpus[cut:]], deleted)
        assert engine.counts() == reference.counts()
        for tree in questions:
            scope = data.draw(st.sampled_from(Scope))
            for sort in Sort:
                plan = bind(tree, scope)
                wanted = reference.search(plan, sort=sort, limit=None)
                got = engine.search(plan, sort=sort, limit=None)
                label = f"{tree} {scope} {sort}"
                assert got.total == wanted.total, label
                assert got.total_paragraphs == wanted.total_paragraphs, label
                assert [m.key for m in got.page] == [m.key for m in wanted.page], label
                assert [m.ordinals for m in got.page] == [m.ordinals for m in wanted.page], label
                if sort is Sort.RELEVANCE:
                    assert [m.score for m in got.page] == pytest.approx([m.score for m in wanted.page]), label
        engine.close()


@SLOW
@given(corpus=corpora(most=4))
def test_stored_messages_come_back_whole(corpus: list[Message]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = whoosh_engine(Path(folder), [corpus], [])
        for message in corpus:
            assert engine.message(message.key) == message
        assert sorted(m.key for m in engine.all_messages()) == sorted(m.key for m in corpus)
        assert engine.message("nobody@example.org") is None
        engine.close()


@SLOW
@given(corpus=corpora(least=3, most=6), tree=trees)
def test_pages_are_cuts_of_the_whole(corpus: list[Message], tree: Node) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = whoosh_engine(Path(folder), [corpus], [])
        for sort in Sort:
            whole = engine.search(bind(tree), sort=sort, limit=None).page
            pages = [engine.search(bind(tree), sort=sort, limit=2, offset=n).page for n in range(0, 8, 2)]
            assert tuple(m for page in pages for m in page) == whole
        engine.close()


def test_an_uncommitted_writer_leaves_no_trace(tmp_path: Path) -> None:
    create(tmp_path)
    with WhooshWriter(tmp_path, 0):
        pass
    assert WhooshEngine(tmp_path, 0).counts() == (0, 0)
