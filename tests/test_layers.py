"""Imports point down, third-party packages have one home, and nothing below the command line prints."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import searcharc

ROOT = Path(searcharc.__file__).parent
MODULES = {p.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): p for p in ROOT.rglob("*.py")}
FACADE = "__init__"  # the package's own namespace stands above all; modules may take its __version__ only

LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "files"),
    ("access",),
    ("lock",),
    ("models",),
    ("fields", "affiliations"),
    ("readers",),
    ("message",),
    ("analysis",),
    ("query", "threads", "paragraphs", "saved"),
    ("records",),
    ("manifest", "ledger"),
    ("engines",),
    ("folder", "workers", "counting", "purging", "failures"),
    ("runs",),
    ("reading",),
    ("settling", "assigning"),
    ("indexer", "archive"),
    ("upkeep",),
    ("index",),
    ("status", "render"),
    ("cli",),
    ("__main__",),
)
"""From the ground up: a module imports from its own part and from lower rows, never sideways."""

# A home is a module or, with a dot behind it, a folder.
HOMES: dict[str, tuple[str, ...]] = {
    "whoosh": ("engines.whoosh.",),
    "numpy": ("engines.whoosh.",),
    "typer": ("cli", "cli."),
    "rich": ("cli", "cli.", "render", "render."),
    "bs4": ("message.",),
    "lxml": ("message.",),
    "chardet": ("message.",),
    "zstandard": ("readers.", "engines.whoosh."),
    "orjson": ("records", "engines.whoosh."),
    "Stemmer": ("analysis",),
}
ROW = {part: number for number, row in enumerate(LAYERS) for part in row}


def part_of(module: str) -> str:
    return module.split(".")[0]


def imports(tree: ast.AST) -> list[str]:
    """Full names of all modules a tree imports, under TYPE_CHECKING and inside functions too."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            base = node.module or ""
            found += [f"{base}.{a.name}" for a in node.names] if base == "searcharc" else [base]
    return found


def calls(tree: ast.AST) -> list[str]:
    """Dotted names of what is called, as far as they are plain."""
    return [ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)]


def tree_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_down(module: str) -> None:
    if module == FACADE:
        return
    mine = part_of(module)
    assert mine in ROW, f"{module} has no layer: give {mine!r} its row in LAYERS"
    for name in imports(tree_of(module)):
        if not name.startswith("searcharc.") or name == "searcharc.__version__":
            continue
        other = name.split(".")[1]
        assert other == mine or ROW[other] < ROW[mine], f"{module} imports {name}, which is not below it"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_third_party_packages_stay_at_home(module: str) -> None:
    for name in imports(tree_of(module)):
        top = name.split(".")[0]
        if top in sys.stdlib_module_names or top in ("searcharc", "__future__"):
            continue
        assert top in HOMES, f"{module} imports {top}, which has no home"
        at_home = any(
            module == home or (home.endswith(".") and module.startswith(home)) for home in HOMES[top]
        )
        assert at_home, f"{module} imports {top}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_only_the_command_line_reads_the_environment_and_prints(module: str) -> None:
    if part_of(module) == "cli":
        return
    tree = tree_of(module)
    called = set(calls(tree))
    assert not called & {"print", "sys.exit", "exit", "input", "os.getenv", "getenv"}
    named = {ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    # A reading process speaks with the one that counts through its own pipes.
    own = {"sys.stdout", "sys.argv"} if module == "workers" else set()
    assert not named & ({"os.environ", "os.environb", "sys.stdout", "sys.stderr", "sys.argv"} - own)


@pytest.mark.parametrize("module", sorted(MODULES))
def test_nothing_runs_code_that_lies_in_data(module: str) -> None:
    tree = tree_of(module)
    tops = {name.split(".")[0] for name in imports(tree)}
    assert not tops & {"pickle", "marshal", "shelve", "dill", "yaml"}
    assert not set(calls(tree)) & {"eval", "exec", "compile", "__import__"}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_files_of_an_index_are_written_in_one_place(module: str) -> None:
    if module == "files" or part_of(module) == "cli":  # the command line writes what --svg FILE asks for
        return
    tree = tree_of(module)
    called = set(calls(tree))
    assert not called & {"os.fsync", "os.rename", "os.replace", "os.unlink", "os.remove", "shutil.move"}
    assert not {c.rpartition(".")[2] for c in called} & {"write_bytes", "write_text"}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_the_calls_of_the_file_layer_are_not_imported_by_name(module: str) -> None:
    """Else a test that puts another call in the place of one would not reach every place."""
    named = {
        alias.name
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.ImportFrom) and node.module == "searcharc.files"
        for alias in node.names
    }
    assert named <= {"NEW", "Bytes", "read_file", "sync_folder", "write_file"}


def test_the_tests_above_look_for_names_that_are_in_use() -> None:
    everything = {c for m in MODULES for c in calls(tree_of(m))}
    assert {"print", "write_file", "os.fsync"} <= everything
    assert {t for m in MODULES for n in imports(tree_of(m)) if (t := n.split(".")[0]) in HOMES} == set(HOMES)


def test_the_public_names_are_there() -> None:
    for name in searcharc.__all__:
        assert getattr(searcharc, name) is not None
    with pytest.raises(AttributeError):
        _ = searcharc.no_such_name
