"""Plan to matches: each class of query, over one segment."""

from __future__ import annotations

from typing import Any

import pytest

from searcharc.engines.base import Matches, Sort
from searcharc.engines.whoosh.engine import WhooshEngine
from searcharc.query.parser import parse_query
from searcharc.query.scope import Plan, bind

QUERIES = {
    "everything": "*",
    "word": "meadow",
    "exact": "=meadow",
    "and": "harbour meadow quarry",
    "or": "harbour OR meadow OR quarry",
    "not": "harbour -meadow",
    "phrase": '"harbour meadow"',
    "near": "harbour NEAR/5 quarry",
    "prefix": "har*",
    "wildcard": "*dow",
    "regex": "/me.+ow/",
    "fuzzy": "quary~1",
    "cjk": "治理",
    "from": "from:ines7",
    "own": "own:harbour",
    "quoted": "quoted:harbour",
    "affiliation": "affil:ministry",
    "date": "harbour date:2005..2010",
    "para": "para:21 invites",
    "range": "para:21..25",
    "reference": 'ref:32 doc:"Tunis Agenda"',
    "thread": "thread:{from:ines7}",
}


@pytest.mark.parametrize("kind", QUERIES)
def bench_search(benchmark: Any, engine: WhooshEngine, kind: str) -> None:
    """The ten best hits."""
    assert _asked_anew(benchmark, engine, QUERIES[kind], Sort.RELEVANCE).total


@pytest.mark.parametrize("sort", Sort)
def bench_order(benchmark: Any, engine: WhooshEngine, sort: Sort) -> None:
    """A word that stands in most messages, in each order."""
    assert _asked_anew(benchmark, engine, "harbour", sort).total


def bench_search_again(benchmark: Any, engine: WhooshEngine) -> None:
    """What was found before is kept in memory."""
    assert benchmark(engine.search, _plan("harbour meadow quarry")).total


def _plan(query: str) -> Plan:
    return bind(parse_query(query).tree)


def _asked_anew(benchmark: Any, engine: WhooshEngine, query: str, sort: Sort) -> Matches:
    """Searches with nothing kept of the search before."""
    plan = _plan(query)

    def forget() -> tuple[tuple[Plan], dict[str, Sort]]:
        vars(engine._table).pop("kept", None)
        return (plan,), {"sort": sort}

    found: Matches = benchmark.pedantic(engine.search, setup=forget, rounds=100)
    return found


def bench_parse_query(benchmark: Any) -> None:
    """Text to plan."""
    benchmark(lambda: _plan('para:24 "harbour meadow" affil:ministry date:2005..2010'))
