"""scripts/demo on a fresh checkout: cut short, run again, and run once more."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout as git would give it, in a folder whose name needs quoting."""
    place = tmp_path / "a fresh checkout"
    place.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, place)
    for file in ROOT.glob("requirements*.txt"):
        shutil.copy(file, place)
    for name in ("searcharc", "scripts", "examples"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["git", "init", "--quiet"], cwd=place, check=True)
    subprocess.run(["git", "add", "--all"], cwd=place, check=True)
    return place


def surroundings() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}


def demo(checkout: Path) -> str:
    done = subprocess.run(
        ["scripts/demo"], cwd=checkout, env=surroundings(), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def cut_short(checkout: Path) -> None:
    """Kills the demo, and all it started, as soon as it installs packages."""
    with subprocess.Popen(
        ["scripts/demo"],
        cwd=checkout,
        env=surroundings(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stderr is not None
        assert any("Installing" in line for line in process.stderr), "nothing was installed"
        os.killpg(process.pid, signal.SIGKILL)


def stable(output: str) -> str:
    return re.sub(r"\d+ ms|\d+\.\d s", "TIME", output)


def test_it_works_after_it_was_cut_short_and_again_and_git_sees_nothing(checkout: Path) -> None:
    cut_short(checkout)
    output = demo(checkout)
    assert "30 seen, 29 indexed, 0 unchanged, 1 duplicate" in output
    for found in ("hl-02@example.org#p3", "hl-05@example.org#p3", "hl-03@example.org#p3"):
        assert found in output
    assert stable(demo(checkout)) == stable(output)
    status = subprocess.run(["git", "status", "--porcelain"], cwd=checkout, capture_output=True, text=True, check=True)
    assert [line for line in status.stdout.splitlines() if not line.startswith("A  ")] == []


def test_without_a_python_it_says_what_it_looked_for(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "env", "dirname", "cat", "rm", "mkdir"):
        (programs / name).symlink_to(shutil.which(name) or "")
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    done = subprocess.run(["scripts/demo"], cwd=tmp_path, env={"PATH": str(programs)}, capture_output=True, text=True)
    assert done.returncode == 1
    assert "searcharc needs Python 3.11 or later" in done.stderr
