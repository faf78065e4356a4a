"""README.md says what the program does: tables, commands, exit codes, limits, examples and their output."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from searcharc import errors, readers
from searcharc.cli import app as program
from searcharc.cli.app import FAULT, NO_HITS, SOME_UNREAD
from searcharc.engines.whoosh import search
from searcharc.fields import BY_NAME, FIELDS
from searcharc.message import headers, html, mime, parse
from searcharc.query import lexer, parser
from searcharc.query.help import OPERATORS
from searcharc.query.parser import parse_query
from searcharc.readers import sources

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS: dict[str, Any] = typer.main.get_command(program).commands  # type: ignore[attr-defined]
PROGRAMS = Path(sys.executable).parent


def blocks(language: str) -> list[str]:
    """The fenced blocks of README in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def section(title: str) -> str:
    """The text under a heading, up to the next one."""
    return re.split(r"^#+ ", README.split(f"# {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


# The query language.


def test_its_tables_are_the_programs() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "scripts" / "query_tables.py"), "--check"])
    assert done.returncode == 0, "run: .venv/bin/python scripts/query_tables.py"


def test_its_tables_name_every_field_and_operator() -> None:
    text = section("Queries")
    for field in FIELDS:
        assert f"| `{field.name}:` |" in text
    for example, _ in OPERATORS:
        assert f"| `{example}` |" in text


@pytest.mark.parametrize("query", [f.example for f in FIELDS] + [example for example, _ in OPERATORS])
def test_every_example_is_a_query(query: str) -> None:
    assert parse_query(query, saved={"cooperation": "harbour"}).tree


def test_every_field_in_its_text_exists() -> None:
    prose = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    for code in re.findall(r"`([^`]+)`", prose):
        for name in re.findall(r"(?<![\w:/-])([a-z_]+~?):(?=\S|$)(?!//)", code):
            assert name in BY_NAME, code


# Commands, options, exit codes, limits.


def test_it_names_every_command_and_no_other() -> None:
    table = {cells[0].strip("`").split()[1] for cells in rows(section("Commands"))}
    assert table == set(COMMANDS)
    code = "\n".join([*re.findall(r"`([^`\n]+)`", README), *re.findall(r"^(?:\$ |.*/)(.+)$", README, re.MULTILINE)])
    named = set(re.findall(r"(?:^|[ /|])searcharc ([a-z]+)\b", code, re.MULTILINE))
    assert named <= set(COMMANDS)


def test_every_option_it_names_exists() -> None:
    known = {o for c in COMMANDS.values() for p in c.params for o in p.opts} | {"--help", "--version", "--debug"}
    # pip's, those of scripts/query_tables.py and scripts/schedule, systemctl's
    elsewhere = {"--constraint", "--check", "--when", "--name", "--user", "--failed"}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) <= known | elsewhere


def every_error(kind: type[errors.SearcharcError] = errors.SearcharcError) -> Iterator[type[errors.SearcharcError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from every_error(child)


def test_its_exit_codes_are_the_programs() -> None:
    table = {int(code): text for code, text in rows(section("Exit codes"))}
    assert set(table) == {0, NO_HITS, SOME_UNREAD, *(e.exit_code for e in every_error())}
    assert errors.UsageError.exit_code == errors.QueryError.exit_code == 2
    assert {e.exit_code for e in every_error() if e.kind.startswith("index")} == {3}
    assert errors.MessageNotFoundError.exit_code == NO_HITS
    assert f"{FAULT}" in section("Exit codes")


def test_its_limits_are_the_programs() -> None:
    table = dict(rows(section("Limits")))
    packed = sources.LIMITS
    assert table == {
        "bytes of one message (`--max-message`)": f"{readers.DEFAULT_MAX_MESSAGE >> 20} MiB",
        "text kept of one message": f"{parse.MAX_TEXT >> 20} Mi characters",
        "HTML read of one part": f"{html.HTML_CHARACTERS >> 20} Mi characters",
        "MIME: levels, parts": f"{mime.Limits().depth}, {mime.Limits().parts:,}",
        "header fields, bytes of one, bytes of all": (
            f"{headers.HEADERS_KEPT:,}, {headers.HEADER_BYTES >> 10} KiB, {headers.HEADER_BLOCK_BYTES >> 10} KiB"
        ),
        f"unpacked bytes of one file; ratio beyond {packed.suspicious >> 30} GiB": (
            f"{packed.total >> 30} GiB; {packed.ratio} to 1"
        ),
        "characters, words, brackets of a query": (
            f"{lexer.MAX_LENGTH:,}, {parser.MAX_TERMS}, {parser.MAX_DEPTH} deep"
        ),
        "words that one wildcard or regular expression may stand for": (
            f"{search.MAX_EXPANSION:,}; more is an error"
        ),
    }


# The tour: every command is run on the sample archive, with a terminal of 80 columns as its output.


def tour() -> list[tuple[str, str]]:
    """(command, what README says it prints) of each command in the console blocks."""
    found = []
    for block in blocks("console"):
        for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = piece.partition("\n")
            found.append((command, output))
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the reader of README has it: the sample archive, and its index."""
    folder = new_place(tmp_path_factory.mktemp("tour"))
    on_terminal("searcharc index examples/archive", folder)
    return folder


def new_place(folder: Path) -> Path:
    shutil.copytree(ROOT / "examples" / "archive", folder / "examples" / "archive")
    return folder


def on_terminal(command: str, folder: Path) -> str:
    """What a shell command prints on a terminal that knows no colours."""
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("SEARCHARC", "LC_", "PYTHON"))}
    surroundings |= {
        "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "80",
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }
    ours, theirs = pty.openpty()
    process = subprocess.Popen(["bash", "-c", command], cwd=folder, env=surroundings, stdout=theirs)
    os.close(theirs)
    printed = b""
    while True:
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # how Linux says that the other side is closed
            break
        if not piece:
            break
        printed += piece
    os.close(ours)
    process.wait(timeout=60)
    return printed.decode("utf-8").replace("\r\n", "\n")


def stable(output: str) -> list[str]:
    """Lines without what differs from run to run: times, sizes, blanks at the end."""
    output = re.sub(r"\d+ ms\b|\d+\.\d s\b|\d+\.\d MB\b", "#", output)
    return [line.rstrip().expandtabs(1) for line in output.strip("\n").split("\n")]


@pytest.mark.parametrize(("command", "output"), tour(), ids=[command for command, _ in tour()])
def test_the_tour(command: str, output: str, place: Path, tmp_path: Path) -> None:
    folder = new_place(tmp_path) if command.startswith("searcharc index") else place
    assert stable(on_terminal(command, folder)) == stable(output)


def test_the_sample_archive_is_what_the_letters_make(tmp_path: Path) -> None:
    examples = ROOT / "examples"
    subprocess.run([sys.executable, "-B", str(examples / "make_archive.py"), str(tmp_path)], check=True)
    assert files(tmp_path) == files(examples / "archive"), "run: python examples/make_archive.py"


def files(folder: Path) -> dict[Path, bytes]:
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_json_example(place: Path) -> None:
    (block,) = blocks("json")
    shown = json.loads(block)
    printed = on_terminal(f"searcharc search --json '{shown['query']}'", place)
    assert_within(shown, json.loads(printed))


def assert_within(part: Any, whole: Any) -> None:
    """All that `part` says is in `whole`; objects may have more members."""
    if isinstance(part, dict):
        for name, value in part.items():
            assert_within(value, whole[name])
    elif isinstance(part, list):
        assert len(part) == len(whole)
        for one, other in zip(part, whole, strict=True):
            assert_within(one, other)
    else:
        assert part == whole


def test_the_python_example(place: Path) -> None:
    (code,), (printed,) = blocks("python"), blocks("text")
    done = subprocess.run([sys.executable, "-c", code], cwd=place, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == printed


# Other documents.


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CHANGELOG.md"])
def test_links_lead_somewhere(document: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)", (ROOT / document).read_text("utf-8")):
        assert "://" not in target, "documents link to files of this repository"
        assert (ROOT / target).exists(), target


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\b(?:scripts|examples)/\w[\w./]*\w", README))))
def test_every_path_it_names_exists(path: str) -> None:
    assert (ROOT / path).exists()
