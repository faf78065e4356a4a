"""The short form of scripts/agree.py: reference engine, arrays and stock Whoosh answer alike."""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import numpy as np
import pytest

from searcharc.engines.whoosh.search import Search
from searcharc.query.scope import Plan, Scope, bind
from searcharc.query.tree import All, Everything, Near, Node, Not, Phrase, Value

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
MESSAGES = 24  # of the tests that plant a fault


@pytest.fixture
def agree(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(SCRIPTS)
    return importlib.import_module("agree")


def test_every_engine_gives_the_same_answers(agree: ModuleType) -> None:
    told: list[str] = []
    tally = agree.agree(100, 2, 32, told.append)
    assert told == tally.differences == []
    assert tally.trees == 100
    assert tally.found > 50, "most trees find something and leave something"
    assert tally.left_out.total() <= 30, "Whoosh is asked most of them"
    assert tally.whoosh == (100 - tally.left_out.total()) * 2 * (len(agree.SPLITS_FOR_WHOOSH) + 1)


def test_a_fault_of_the_arrays_is_found_and_its_tree_made_small(
    agree: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_every_zone(_search: Search, documents: Any, _zones: tuple[str, ...]) -> Any:
        return np.ones(len(documents), np.bool_)

    monkeypatch.setattr(Search, "in_zones", in_every_zone)
    differences = agree.agree(25, 2, MESSAGES, lambda _: None).differences
    assert differences
    assert all(": arrays: " in d for d in differences)
    assert any(d.rpartition("\n")[2].strip().startswith(("own:", "quoted:", "sig:")) for d in differences)


def test_a_fault_of_what_whoosh_reads_is_found(agree: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    compat = importlib.import_module("searcharc.engines.whoosh.compat")
    monkeypatch.setattr(compat.DocumentReader, "deleted_docs", lambda _self: set())
    differences = agree.agree(10, 2, MESSAGES, lambda _: None).differences
    assert differences
    assert all(": Whoosh: has besides " in d for d in differences)


def test_splits_have_the_segments_they_are_named_for(agree: ModuleType, tmp_path: Path) -> None:
    mail = importlib.import_module("agreemail").MailMaker(random.Random(5)).messages(50)
    whole, left = agree.archives_of(tmp_path, mail, random.Random(5))
    names = [index.name for index in whole.indexes]
    assert names[:4] == [f"cut in {n}, {n} segments" for n in agree.SPLITS]
    assert int(names[4].removeprefix("merged, ").split()[0]) < 16, "twenty-five commits, merged by eights"
    assert set(left.messages) < set(whole.messages)
    for archive in (whole, left):
        for index in archive.indexes:
            assert {m.key: m for m in index.arrays.all_messages()}.keys() == archive.messages.keys()


def test_smallest_keeps_what_differs_and_nothing_else(agree: ModuleType) -> None:
    wanted = Value("para", "24")
    tree: Node = All((Everything(), Not(All((wanted, Value("list", "x")))), Value("is", "reply")))
    assert agree.smallest(tree, lambda t: "para:24" in str(t)) == wanted
    both = agree.smallest(tree, lambda t: "para:24" in str(t) and "is:reply" in str(t))
    assert both == All((wanted, Value("is", "reply")))
    assert agree.smallest(tree, lambda t: False) == tree


def test_trees_are_made_of_every_kind_of_node(agree: ModuleType) -> None:
    maker = importlib.import_module("agreemail")
    chance = random.Random(6)
    trees = maker.TreeMaker(chance, maker.MailMaker(chance).messages(40))
    seen: set[type] = set()
    for _ in range(400):
        tree = trees.tree()
        for scope in Scope:
            plan = bind(tree, scope)
            seen.update(kinds(tree), kinds(plan))
            assert parts_are_smaller(agree, tree)
    assert seen >= {*get_args(Node), *get_args(Plan), Phrase, Near}


def kinds(node: object) -> Iterator[type]:
    """The types of a node and of all below it."""
    yield type(node)
    for name in getattr(node, "__dataclass_fields__", ()):
        value = getattr(node, name)
        for child in value if isinstance(value, tuple) else (value,):
            yield from kinds(child)


def parts_are_smaller(agree: ModuleType, tree: Node) -> bool:
    size = len(list(kinds(tree)))
    return all(len(list(kinds(part))) < size for part in agree._smaller(tree))


def test_the_same_seed_asks_the_same(agree: ModuleType) -> None:
    maker = importlib.import_module("agreemail")

    def trees() -> list[str]:
        chance = random.Random(3)
        mail = maker.MailMaker(chance).messages(10)
        return [str(maker.TreeMaker(chance, mail).tree()) for _ in range(20)]

    assert trees() == trees()
