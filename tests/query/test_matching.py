"""Where a phrase or a NEAR stands in a text, and what is marked of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcharc.analysis import tokenize
from searcharc.query.matching import count_places, near_places, pattern_places, phrase_places, spans
from searcharc.query.parser import parse_query
from searcharc.query.tree import Near, Phrase, Term, Words, within_distance
from searcharc.query.tree import Test as Compare
from tests import strategies

TEXT = "The old quarry road meets the quarry gate; the road is old."
#       0   1   2      3    4     5   6      7     8   9    10 11


def pattern(query: str) -> Phrase | Near:
    tree = parse_query(query).tree
    assert isinstance(tree, Words)
    return tree.pattern


def marked(query: str, text: str = TEXT) -> list[str]:
    return [text[a:b] for a, b in spans([pattern(query)], tokenize(text))]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("quarry", ["quarry", "quarry"]),
        ("QUARRY", ["quarry", "quarry"]),
        ("quarries", ["quarry", "quarry"]),
        ('"quarries"', []),
        ('"quarry road"', ["quarry road"]),
        ('"road quarry"', []),
        ('"the quarry"', ["the quarry"]),
        ('"quarry gate the"', ["quarry gate; the"]),
        ('"old road"~2', ["old", "road", "road", "old"]),
        ('"quarry old"~1', ["old", "quarry"]),
        ('"road old"~1', []),
        ("old NEAR/2 gate", []),
        ("gate NEAR/2 road", ["gate", "road"]),
        ('"quarry road" NEAR/3 meets', ["quarry road", "meets"]),
        ("old NEAR/1 quarry NEAR/1 road", ["old", "quarry", "road"]),
        ("qu*", ["quarry", "quarry"]),
        ("*ate", ["gate"]),
        ("r?ad", ["road", "road"]),
        ("quary~1", ["quarry", "quarry"]),
        ("/qu.+y/", ["quarry", "quarry"]),
        ("/qu/", []),
        ("the", ["The", "the", "the"]),
    ],
)
def test_what_is_marked(query: str, words: list[str]) -> None:
    assert marked(query) == words


def test_accents_fold_but_for_the_equals_sign() -> None:
    text = "Les délégués et le delegue"
    assert marked('"delegues"', text) == ["délégués"]
    assert marked("délégué", text) == ["délégués", "delegue"]
    assert marked("=délégués", text) == ["délégués"]
    assert marked("=delegues", text) == []
    assert marked("=delegue", text) == ["delegue"]


def test_unspaced_scripts_match_any_substring() -> None:
    text = "昨日のデータを検索した"
    assert marked("データ", text) == ["データ"]
    assert marked("索し", text) == ["索し"]
    assert marked("テレビ", text) == []
    assert marked("検", text) == ["検"]


@pytest.mark.parametrize(
    ("text", "found"), [("a x b", 1), ("b a", 1), ("a x x b", 0), ("a", 0), ("b b a a", 2)]
)
def test_near_counts_in_either_order(text: str, found: int) -> None:
    assert bool(count_places(pattern("a NEAR/2 b"), tokenize(text))) == bool(found)


def test_a_word_is_not_near_itself() -> None:
    assert pattern_places(pattern("a NEAR/5 a"), tokenize("a x")) == []
    assert pattern_places(pattern("a NEAR/5 a"), tokenize("a x a")) == [(0, 1), (2, 1)]


def test_near_places_are_those_within_reach() -> None:
    assert near_places([0, 5, 9], [4, 20], 1) == [5]
    assert near_places([3], [3], 10) == []


def test_touching_and_overlapping_matches_are_one_span() -> None:
    tokens = tokenize("检索数据")
    both = [pattern('"检索"'), pattern('"索数"'), pattern('"据"')]
    assert spans(both, tokens) == ((0, 4),)
    assert spans([], tokens) == ()


@settings(max_examples=400, deadline=None)
@given(strategies.text, strategies.patterns)
def test_spans_are_ordered_apart_and_within_the_text(text: str, wanted: Phrase | Near) -> None:
    tokens = tokenize(text)
    found = spans([wanted], tokens)
    assert bool(found) == bool(pattern_places(wanted, tokens)) == bool(count_places(wanted, tokens))
    last = -1
    for start, end in found:
        assert last < start < end <= len(text)
        assert start in {t.start for t in tokens}
        assert end in {t.end for t in tokens}
        last = end


@settings(max_examples=400, deadline=None)
@given(strategies.text, st.lists(strategies.terms, min_size=1, max_size=3))
def test_a_phrase_is_its_words_side_by_side(text: str, words: list[Term]) -> None:
    tokens = tokenize(text)
    naive = [
        i
        for i in range(len(tokens))
        if len(tokens) - i >= len(words)
        and all(w.matches(t) for w, t in zip(words, tokens[i:], strict=False))
    ]
    assert phrase_places(Phrase(tuple(words)), tokens) == naive


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [("harbour", "harbour", 0), ("harbour", "harbor", 1), ("harbour", "harobur", 1), ("ab", "ba", 1), ("abc", "", 3),
     ("kitten", "sitting", 3), ("ca", "abc", 3)],
)  # fmt: skip
def test_edits_are_counted(one: str, other: str, distance: int) -> None:
    assert within_distance(one, other, distance)
    assert within_distance(other, one, distance)
    assert distance == 0 or not within_distance(one, other, distance - 1)


def test_a_term_is_shown_as_it_would_be_written() -> None:
    assert str(Term(Compare.STEM, "move")) == "move"
    assert str(Term(Compare.ACCENTED, "délégué")) == "=délégué"
    assert str(Phrase((Term(Compare.FOLDED, "old"), Term(Compare.FOLDED, "road")))) == '"old road"'
    assert str(Term(Compare.FUZZY, "harbour", 2)) == "harbour~2"
