"""ARCHITECTURE.md and CHANGELOG.md keep up with the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import searcharc

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "searcharc"
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
PARTS = sorted(
    f"{p.name}/" if p.is_dir() else p.name
    for p in PACKAGE.iterdir()
    if (p.is_dir() and (p / "__init__.py").exists()) or (p.suffix == ".py" and p.name != "__init__.py")
)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_of_the_package_is_spoken_of(part: str) -> None:
    assert re.search(rf"`(?:searcharc/)?{re.escape(part)}`", ARCHITECTURE), part


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py|(?:[a-z_]+/)+)`", ARCHITECTURE))))
def test_every_part_it_speaks_of_exists(path: str) -> None:
    assert (ROOT / path).exists() or any(PACKAGE.rglob(path.rstrip("/"))), path


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for requirement in project["dependencies"]:
        name = re.split(r"[=<>!~ ]", requirement)[0]
        assert f"| {name} |" in ARCHITECTURE, name


def test_the_newest_version_in_the_changelog_is_the_programs() -> None:
    versions = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert versions[0] == searcharc.__version__
