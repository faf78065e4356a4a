"""How long single functions take, measured by pytest-benchmark; `scripts/bench` measures whole runs.

    pip install -e '.[bench]'
    python -m pytest benchmarks                                       # all; or one file, or -k WORDS
    python -m pytest benchmarks --benchmark-autosave                  # kept in .benchmarks/ ...
    python -m pytest benchmarks --benchmark-compare --benchmark-compare-fail=median:20%   # ... and compared

All mail is invented. Without pytest-benchmark each function runs once and nothing is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mails
import pytest

from searcharc.engines.whoosh.engine import WhooshEngine, WhooshWriter, create
from searcharc.message.parse import parse_message
from searcharc.models import Message


class Once:
    """What stands in for pytest-benchmark: the function runs once."""

    def __call__(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Calls the function and gives what it gives."""
        return function(*args, **kwargs)

    def pedantic(self, function: Callable[..., Any], setup: Callable[[], tuple[Any, Any]], **_: Any) -> Any:
        """The same, with the arguments that `setup` makes."""
        args, kwargs = setup()
        return function(*args, **kwargs)

    @pytest.fixture
    def benchmark(self) -> Once:
        """Under the name of pytest-benchmark's own."""
        return self


def pytest_addoption(parser: pytest.Parser) -> None:
    """--messages."""
    parser.addoption("--messages", type=int, default=5000, help="of the index that searches are asked of")


def pytest_configure(config: pytest.Config) -> None:
    """Steps in where pytest-benchmark is not there."""
    if not config.pluginmanager.hasplugin("benchmark"):
        config.pluginmanager.register(Once())


@pytest.fixture(scope="session")
def messages(request: pytest.FixtureRequest) -> list[Message]:
    """The parsed mail of an invented archive."""
    return [parse_message(data) for data in mails.archive(request.config.getoption("--messages"))]


@pytest.fixture(scope="session")
def engine(messages: list[Message], tmp_path_factory: pytest.TempPathFactory) -> WhooshEngine:
    """An index of them, open."""
    folder: Path = tmp_path_factory.mktemp("index")
    with WhooshWriter(folder, create(folder)) as writer:
        for message in messages:
            writer.add(message)
        return WhooshEngine(folder, writer.commit())
