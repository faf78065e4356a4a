"""The trials of scripts/faults.py, for their short forms here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture(scope="session")
def faults() -> Iterator[ModuleType]:
    """scripts/faults.py as a module."""
    sys.path.insert(0, str(SCRIPTS))
    try:
        import faults

        yield faults
    finally:
        sys.path.remove(str(SCRIPTS))
