"""The command line in this process, for all tests: fast, and without a word from outside."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from searcharc.cli import main


@dataclass(frozen=True, slots=True)
class Answer:
    """What one run of the command gave."""

    code: int
    bytes_out: bytes
    bytes_err: bytes

    @property
    def out(self) -> str:
        return self.bytes_out.decode("utf-8")

    @property
    def err(self) -> str:
        return self.bytes_err.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.bytes_out)


Command = Callable[..., Answer]
WITHOUT_INDEX = ("inspect", "fields")


@pytest.fixture(autouse=True, scope="session")
def _no_waiting_for_the_disk() -> Iterator[None]:
    """Tests lose no power; those of failing syncs replace `searcharc.files.sync` itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.fixture(autouse=True)
def _plain_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SEARCHARC_INDEX", "COLUMNS", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PAGER", "cat")


@pytest.fixture
def searcharc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `searcharc ARGUMENT...`; commands that take an index get `tmp_path / "index"`.

    The streams begin as those of a poor locale do: ASCII.
    """

    def run(*arguments: object, index: Path | None = None, columns: int | None = None) -> Answer:
        words = [str(a) for a in arguments]
        if words[0] not in WITHOUT_INDEX and not words[0].startswith("-") and "--index" not in words:
            words[1:1] = ["--index", str(index or tmp_path / "index")]
        out, err = io.BytesIO(), io.BytesIO()
        code: object = 0
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["searcharc", *words])
            patch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="ascii"))
            patch.setattr(sys, "stderr", io.TextIOWrapper(err, encoding="ascii"))
            if columns is not None:
                patch.setenv("COLUMNS", str(columns))
            try:
                main()
            except SystemExit as end:
                code = end.code or 0
            sys.stdout.flush()
            sys.stderr.flush()
            answer = Answer(int(str(code)), out.getvalue(), err.getvalue())
            sys.stdout.detach()
            sys.stderr.detach()
        assert "Traceback" not in answer.err
        assert "unexpected fault" not in answer.err, answer.err
        return answer

    return run
