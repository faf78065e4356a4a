"""The short form of scripts/fuzz: mutated messages are read, mutated queries are answered or refused."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
PARTS = 4


@pytest.fixture(scope="module")
def fuzz() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz", ROOT / "scripts" / "fuzz.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_messages_are_read(fuzz: ModuleType, part: int) -> None:
    seed = int(os.environ.get("SEARCHARC_FUZZ_SEED", "20")) + part
    seeds = fuzz.seeds_of(ROOT / "tests" / "cases" / "bank")
    assert len(seeds) > 100
    assert fuzz.fuzz_messages(20_000 // PARTS, seed, seeds, lambda number: None) == []


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_queries_are_answered_or_refused(fuzz: ModuleType, part: int) -> None:
    seed = int(os.environ.get("SEARCHARC_FUZZ_SEED", "20")) + part
    bank = ROOT / "tests" / "cases" / "bank"
    assert fuzz.fuzz_queries(5_000 // PARTS, seed, bank, lambda number: None) == []
