"""The wheel: built from the source distribution, installed alone in a new environment, and used.

Installing needs what the pins name, from wherever pip takes it; where it cannot, these tests fail.
"""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import zipfile
from email.message import Message
from pathlib import Path

import pytest

import searcharc

ROOT = Path(__file__).parents[2]
BIN = "Scripts" if os.name == "nt" else "bin"
# One process builds and installs, once, even where tests are spread over several.
pytestmark = pytest.mark.xdist_group("wheel")


def run(*command: str | Path, cwd: Path, code: int = 0) -> str:
    """What the command printed; fails with all of it where its exit code is another."""
    surroundings = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, env=surroundings, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == code, f"{command} gave {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built out of the way of the checkout: a stale build folder would get into it."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "searcharc", source / "searcharc", ignore=shutil.ignore_patterns("__pycache__"))
    (source / "index").mkdir()  # beside the package, as in a checkout
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", source / "dist", cwd=source)
    (found,) = (source / "dist").glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and what it needs, no more."""
    place = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", place, cwd=place)
    programs = place / BIN
    install = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    run(programs / "python", *install, "--constraint", ROOT / "requirements.txt", wheel, cwd=place)
    return programs


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as packed:
        (name,) = (n for n in packed.namelist() if n.endswith(".dist-info/METADATA"))
        return email.message_from_string(packed.read(name).decode("utf-8"))


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    modules = {p.relative_to(ROOT).as_posix() for p in (ROOT / "searcharc").rglob("*.py")}
    assert modules <= names
    assert "searcharc/py.typed" in names
    assert {n.partition("/")[0] for n in names} == {"searcharc", f"searcharc-{searcharc.__version__}.dist-info"}
    assert any(n.endswith(".dist-info/licenses/LICENSE") for n in names)


def test_its_metadata_are_those_of_the_program(metadata: Message) -> None:
    assert metadata["Name"] == "searcharc"
    assert metadata["Version"] == searcharc.__version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert str(metadata.get_payload()).strip() == (ROOT / "README.md").read_text("utf-8").strip()


def test_the_pins_are_what_it_needs_and_no_more(installed: Path) -> None:
    frozen = run(installed / "python", "-m", "pip", "--disable-pip-version-check", "freeze", cwd=installed)
    got = {line for line in frozen.splitlines() if "==" in line}
    wanted = {
        line for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines() if not line.startswith("#")
    }
    assert {canonical(line) for line in got} == {canonical(line) for line in wanted}


def canonical(requirement: str) -> str:
    """A requirement with its name as PEP 503 writes it."""
    name, _, version = requirement.partition("==")
    return f"{re.sub('[-_.]+', '-', name).lower()}=={version}"


def test_it_tells_its_version(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "searcharc", "--version", cwd=tmp_path) == f"searcharc {searcharc.__version__}\n"


def test_it_indexes_and_finds(installed: Path, tmp_path: Path) -> None:
    program = installed / "searcharc"
    run(program, "index", ROOT / "examples" / "archive", cwd=tmp_path)
    assert run(program, "search", "--format", "ids", "灯塔合作 charset:gb2312", cwd=tmp_path) == "hl-05@example.org\n"
    assert run(program, "count", "*", cwd=tmp_path) == "29\n"
    run(program, "search", "notawordofanybody", cwd=tmp_path, code=1)
    run(program, "check", cwd=tmp_path)


def test_a_program_that_embeds_it_is_typed(installed: Path, tmp_path: Path) -> None:
    code = "import importlib.resources as r; print((r.files('searcharc') / 'py.typed').is_file())"
    assert run(installed / "python", "-c", code, cwd=tmp_path) == "True\n"
