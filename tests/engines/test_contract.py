"""Every engine finds what the reference engine finds: same messages, paragraphs, order, scores."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searcharc.engines.base import Sort
from searcharc.engines.memory import MemoryEngine
from searcharc.engines.settled import settled
from searcharc.engines.survey import FACETS, Survey, survey_of
from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter, create
from searcharc.engines.whoosh.table import bit_counts, letter_masks, thread_numbers
from searcharc.models import Message
from searcharc.query.scope import Scope, bind
from searcharc.query.tree import Node, within_distance
from tests.strategies import corpora, trees

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

FEW = settings(SLOW, max_examples=15)


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


@FEW
@given(corpus=corpora(), questions=st.lists(trees, min_size=4, max_size=4), data=st.data())
def test_whoosh_counts_and_explains_like_the_reference(
    corpus: list[Message], questions: list[Node], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(corpus)))
    deleted = [m.key for m in corpus if data.draw(st.booleans()) and data.draw(st.booleans())]
    reference = MemoryEngine([m for m in corpus if m.key not in deleted])
    with tempfile.TemporaryDirectory() as folder:
        engine = whoosh_engine(Path(folder), [corpus[:cut], corpus[cut:]], deleted)
        oracle, survey = Survey(reference), survey_of(engine)
        assert type(survey) is not Survey
        for tree in questions:
            plan = bind(tree)
            for by in ("", *FACETS):
                for period in ("", "month", "year") if by not in ("month", "year") else ("",):
                    assert survey.tally(plan, by, period) == oracle.tally(plan, by, period), (
                        str(tree),
                        by,
                        period,
                    )
            matches = reference.search(plan, limit=None).page
            keys = [m.key for m in matches]
            wanted, got = oracle.score_parts(plan, keys), survey.score_parts(plan, keys)
            for match in matches:
                assert [leaf for leaf, _ in got[match.key]] == [leaf for leaf, _ in wanted[match.key]]
                scores = [score for _, score in got[match.key]]
                assert scores == pytest.approx([score for _, score in wanted[match.key]])
                assert sum(scores) == pytest.approx(match.score)
        engine.close()


@pytest.mark.parametrize("word", ["harbuor", "quary", "zzzzz", "to"])
@FEW
@given(corpus=corpora(least=3, most=6))
def test_whoosh_spells_like_the_reference(word: str, corpus: list[Message]) -> None:
    """The nearest word of the paragraphs, and nothing where none is near."""
    reference = [m for m in corpus if m.paragraphs]
    with tempfile.TemporaryDirectory() as folder:
        engine = whoosh_engine(Path(folder), [reference], [])
        found = survey_of(engine).spellings(word)
        wanted = Survey(MemoryEngine(reference)).spellings(word)
        assert set(found) == set(wanted)
        engine.close()


@given(
    st.text("abcdeé治", min_size=1, max_size=8),
    st.text("abcdeé治", min_size=1, max_size=8),
    st.integers(1, 2),
)
def test_the_sieve_for_near_words_lets_every_near_word_pass(one: str, other: str, distance: int) -> None:
    if within_distance(one, other, distance):
        masks, lengths = letter_masks([one, other])
        assert abs(int(lengths[0] - lengths[1])) <= distance
        for missing in (masks[:1] & ~masks[1:], masks[1:] & ~masks[:1]):
            assert int(bit_counts(missing)[0]) <= distance


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), max_size=20), st.sets(st.integers(0, 9)))
def test_thread_numbers_join_what_shares_a_value(links: list[tuple[int, int]], dead: set[int]) -> None:
    live = np.array([i not in dead for i in range(10)])
    values = np.array([v for v, _ in links], np.int64)
    messages = np.array([m for _, m in links], np.int64)
    numbers = thread_numbers(values, messages, [str(i) for i in range(13)], live)
    groups = {i: {i} for i in range(10)}
    for value, message in links:
        for value_too, other in links:
            if value == value_too and message not in dead and other not in dead:
                joined = groups[message] | groups[other]
                groups.update(dict.fromkeys(joined, joined))
    for one in range(10):
        for other in range(10):
            assert (numbers[one] == numbers[other]) == (other in groups[one])


def test_a_thread_of_ten_thousand_replies_is_one() -> None:
    size = 10_000
    answers = np.arange(1, size)
    numbers = thread_numbers(
        np.concatenate([np.arange(size), answers - 1]),
        np.concatenate([np.arange(size), answers]),
        [""] * size,
        np.ones(size, np.bool_),
    )
    assert not numbers.any()


@SLOW
@given(corpus=corpora(most=4))
def test_stored_messages_come_back_whole(corpus: list[Message]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = whoosh_engine(Path(folder), [corpus], [])
        for message, among_others in zip(corpus, settled(corpus), strict=True):
            assert engine.stored(message.key) == message
            assert engine.message(message.key) == among_others
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
