"""The short form of scripts/edits.py: an index that was updated is one that was built anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.edits import check_script


@pytest.mark.parametrize("seed", range(30))
def test_adding_ends_as_building_anew(tmp_path: Path, seed: int) -> None:
    check_script(tmp_path, seed)
