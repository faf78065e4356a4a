"""The scripts: they parse, they may be run, and what they install has exact versions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = [*(ROOT / "scripts" / name for name in ("demo", "edits", "schedule", "test")), ROOT / ".ci" / "run"]
SOURCED = [ROOT / "scripts" / "setup.sh"]
SHELLCHECK = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
REQUIREMENTS = sorted(ROOT.glob("requirements*.txt"))


def identify(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("script", [*SCRIPTS, *SOURCED], ids=identify)
def test_bash_can_read_it(script: Path) -> None:
    done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=identify)
def test_it_may_be_run_and_stops_at_a_fault(script: Path) -> None:
    assert os.access(script, os.X_OK)
    text = script.read_text("utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in text


@pytest.mark.skipif(SHELLCHECK is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("script", [*SCRIPTS, *SOURCED], ids=identify)
def test_shellcheck_finds_nothing(script: Path) -> None:
    done = subprocess.run([str(SHELLCHECK), "-x", str(script)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", REQUIREMENTS, ids=identify)
def test_every_version_is_exact_and_no_host_is_named(file: Path) -> None:
    text = file.read_text("utf-8")
    assert "://" not in text
    for line in text.splitlines():
        assert re.fullmatch(r"#.*|-r requirements[-\w]*\.txt|[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", line), line


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = {
        re.sub("[-_.]+", "-", line.partition("==")[0]).lower()
        for file in REQUIREMENTS
        for line in file.read_text("utf-8").splitlines()
    }
    assert {re.split(r"[=<>!~ ]", d)[0].lower() for d in declared} <= pinned
