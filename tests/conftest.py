"""The command line in this process, for all tests: fast, and without a word from outside."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from searcharc.cli import app


@dataclass(frozen=True, slots=True)
class Answer:
    """What one run of the command gave."""

    code: int
    out: str
    err: str
    bytes_out: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Answer]


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SEARCHARC_INDEX", "COLUMNS", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def searcharc(tmp_path: Path) -> Command:
    """Runs `searcharc ARGUMENT...`; commands that take an index get `tmp_path / "index"`."""

    def run(*arguments: object, index: Path | None = None, env: dict[str, str] | None = None) -> Answer:
        words = [str(a) for a in arguments]
        if words[0] not in ("inspect", "fields") and not words[0].startswith("-") and "--index" not in words:
            words[1:1] = ["--index", str(index or tmp_path / "index")]
        result = CliRunner().invoke(app, words, env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert "Traceback" not in result.stderr
        return Answer(result.exit_code, result.stdout, result.stderr, result.stdout_bytes)

    return run
