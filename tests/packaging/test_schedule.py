"""scripts/schedule: what systemd and cron make of its units and lines is run, whatever the paths hold."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from searcharc import Index
from searcharc.indexer import run_index
from tests.mail import numbered, write

ROOT = Path(__file__).parents[2]
NAMES = [
    "plain",
    "two  blanks",
    "100% of %h and %%",
    'it\'s "quoted"',
    "$HOME ${PATH} $(touch hit) `touch hit` ; touch hit & # no",
    "back\\slash \\n \\% \\\\",
    "line\nbreak\ttab\n\nend",
    "-dash=é 灯塔",
    os.fsdecode(b"not utf-8 \xff\xfe"),
]


@pytest.fixture(scope="module")
def schedule() -> ModuleType:
    spec = importlib.util.spec_from_file_location("schedule", ROOT / "scripts" / "schedule.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Place:
    """A program and an index below a folder with an odd name, and an archive that is one message ahead."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.program, self.index = folder / "searcharc", folder / "index"
        start = "from searcharc.cli import main; main()"
        self.program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -c "{start}" "$@"\n')
        self.program.chmod(0o755)
        box = write(folder / "reports.mbox", numbered(1))
        run_index(self.index, [box])
        write(box, numbered(1, 2))

    def count(self) -> int:
        with Index.open(self.index) as index:
            return index.count("*")


@pytest.fixture(params=NAMES, ids=ascii)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return Place(tmp_path / request.param)


def value(unit: str, name: str) -> str:
    """The value of a setting of a unit, which stands on one line."""
    (found,) = re.findall(rf"^{name}=(.*)$", unit, re.MULTILINE)
    assert not found.endswith("\\")
    return str(found)


def as_systemd_reads(command: str) -> list[bytes]:
    """The words of ExecStart=, by systemd.syntax(7) and systemd.service(5): quotes, C escapes, `%%`, `$$`."""
    words: list[bytes] = []
    at = 0
    while at < len(command):
        if command[at] == " ":
            at += 1
            continue
        word, quote = b"", ""
        while at < len(command) and (quote or command[at] != " "):
            character = command[at]
            at += 1
            if character == "\\":
                kind = command[at]
                at += 1
                if kind == "x":
                    word += bytes([int(command[at : at + 2], 16)])
                    at += 2
                else:
                    word += {"n": b"\n", "t": b"\t", "\\": b"\\", '"': b'"', "'": b"'"}[kind]
            elif character == quote:
                quote = ""
            elif not quote and character in "\"'":
                quote = character
            else:
                word += character.encode()
        assert not quote
        assert not re.search(rb"%(?!%)", word.replace(b"%%", b"")), "a specifier"
        word = word.replace(b"%%", b"%")
        if words:
            assert b"$" not in word.replace(b"$$", b""), "a variable"
            word = word.replace(b"$$", b"$")
        else:
            assert word.startswith(b"/") and not re.search(rb"[\x00-\x20'\"\\$\x7f]", word), (
                "no program to systemd"
            )
        words.append(word)
    return words


def as_cron_reads(line: str, *, halves_backslashes: bool) -> str:
    """The command of a line of a crontab, by crontab(5): five fields, and `%` is a newline unless escaped.

    halves_backslashes: whether two backslashes are one, in which versions of cron differ.
    """
    assert "\n" not in line
    command = line.split(" ", 5)[5]
    assert not re.search(r"(?<!\\)%", command), "what follows would be its input"
    command = command.replace("\\%", "%")
    return command.replace("\\\\", "\\") if halves_backslashes else command


def surroundings(folder: Path) -> dict[str, str]:
    """As little as systemd and cron give."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C"}


def test_systemd_runs_the_update(schedule: ModuleType, place: Place, tmp_path: Path) -> None:
    files = schedule.units("searcharc", str(place.program), str(place.index), "hourly")
    words = as_systemd_reads(value(files["searcharc.service"], "ExecStart"))
    assert words[-6:] == [b"update", b"--index", os.fsencode(place.index), b"--wait", b"600", b"--if-changed"]
    done = subprocess.run(words, env=surroundings(tmp_path), cwd=tmp_path, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"2 seen, 1 indexed, 1 unchanged")
    assert place.count() == 2
    assert not (tmp_path / "hit").exists()


def test_cron_runs_the_update(schedule: ModuleType, place: Place, tmp_path: Path) -> None:
    line = schedule.cron_line("searcharc", str(place.program), str(place.index), "20 * * * *")
    assert line.startswith("20 * * * * ")
    command = as_cron_reads(line, halves_backslashes=False)
    assert command == as_cron_reads(line, halves_backslashes=True)
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=surroundings(tmp_path), cwd=tmp_path, capture_output=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert place.count() == 2
    assert not (tmp_path / "hit").exists()


def test_what_cron_runs_speaks_up_when_it_fails(schedule: ModuleType, tmp_path: Path) -> None:
    place = Place(tmp_path / "place")
    (tmp_path / "place/reports.mbox").unlink()
    line = schedule.cron_line("searcharc", str(place.program), str(place.index), "20 * * * *")
    command = as_cron_reads(line, halves_backslashes=False)
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=surroundings(tmp_path), capture_output=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (4, b"")
    assert b"reports.mbox" in done.stderr


def test_the_timer_catches_up_and_is_wanted(schedule: ModuleType) -> None:
    timer = schedule.units("searcharc", "/usr/bin/searcharc", "/srv/index", "*-*-* 03:00")["searcharc.timer"]
    assert value(timer, "OnCalendar") == "*-*-* 03:00"
    assert value(timer, "Persistent") == "true"
    assert value(timer, "WantedBy") == "timers.target"


def test_readme_shows_what_is_installed(schedule: ModuleType) -> None:
    program, index = "/opt/searcharc/.venv/bin/searcharc", "/srv/lists/index"
    service = schedule.units("searcharc", program, index, "hourly")["searcharc.service"]
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"\nExecStart={value(service, 'ExecStart')}\n" in readme
    assert f"\n{schedule.cron_line('searcharc', program, index, '20 * * * *')}\n" in readme


# Installation and removal, with a systemctl and a crontab that write down what they are told.


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the two programs: `calls` is the log, `tab` the crontab."""
    folder = tmp_path / "tools"
    write(folder / "systemctl", f'#!/bin/sh\necho "$*" >>{folder}/calls\n'.encode()).chmod(0o755)
    crontab = f"""#!/bin/sh
case $1 in
-l) [ -e {folder}/locked ] && {{ echo 'cannot be opened' >&2; exit 1; }}
    [ -e {folder}/tab ] || {{ echo "no crontab for ann" >&2; exit 1; }}; cat {folder}/tab ;;
-) cat >{folder}/tab ;;
esac
"""
    write(folder / "crontab", crontab.encode()).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return folder


def test_units_are_installed_and_removed(
    schedule: ModuleType, tools: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path / "a place")
    options = ["--index", str(place.index), "--program", str(place.program), "--name", "lists"]
    assert schedule.main(["systemd", "install", *options]) == 0
    units = tmp_path / "config/systemd/user"
    assert {p.name for p in units.iterdir()} == {"lists.service", "lists.timer"}
    assert schedule.main(["systemd", "print", *options]) == 0
    assert (units / "lists.service").read_text() in capsys.readouterr().out
    assert schedule.main(["systemd", "remove", "--name", "lists"]) == 0
    assert list(units.iterdir()) == []
    assert (tools / "calls").read_text().splitlines() == [
        "--user daemon-reload", "--user enable --now lists.timer",
        "--user disable --now lists.timer", "--user daemon-reload",
    ]  # fmt: skip
    assert schedule.main(["systemd", "remove", "--name", "lists"]) == 1
    assert "lists.timer" in capsys.readouterr().err


def test_a_line_is_installed_once_and_removed_and_other_lines_stay(
    schedule: ModuleType, tools: Path, tmp_path: Path
) -> None:
    place = Place(tmp_path / "a % place")
    options = ["--index", str(place.index), "--program", str(place.program), "--name", "lists"]
    assert schedule.main(["cron", "install", *options]) == 0
    (line,) = (tools / "tab").read_text().splitlines()
    others = "MAILTO=ann\n# a note on searcharc: lists\n5 4 * * * other --date=\\%F # searcharc: lists2\n"
    (tools / "tab").write_text(f"{others}{line}\n")
    assert schedule.main(["cron", "install", *options, "--when", "@daily"]) == 0
    assert (tools / "tab").read_text() == f"{others}{line.replace('20 * * * *', '@daily')}\n"
    assert schedule.main(["cron", "remove", "--name", "lists"]) == 0
    assert (tools / "tab").read_text() == others
    assert schedule.main(["cron", "remove", "--name", "lists"]) == 1
    assert (tools / "tab").read_text() == others


def test_a_crontab_that_cannot_be_read_is_not_written(
    schedule: ModuleType, tools: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path / "place")
    (tools / "tab").write_text("5 4 * * * other\n")
    (tools / "locked").touch()
    options = ["--index", str(place.index), "--program", str(place.program)]
    assert schedule.main(["cron", "install", *options]) == 1
    assert "cannot be opened" in capsys.readouterr().err
    assert (tools / "tab").read_text() == "5 4 * * * other\n"


@pytest.mark.parametrize(
    "options",
    [
        ["--name", "../evil"],
        ["--name", "a b"],
        ["--when", "hourly\nExecStart=/bin/false"],
        ["--when", "* * *"],
        ["--index", "/nowhere/at/all"],
        ["--program", "/nowhere/searcharc"],
    ],
    ids=ascii,
)
def test_what_cannot_be_installed_is_said_and_nothing_is_done(
    schedule: ModuleType, tools: Path, tmp_path: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    index = ["--index", str(tmp_path), "--program", sys.executable]
    assert schedule.main(["cron", "install", *index, *options]) == 1
    assert capsys.readouterr().err.startswith("schedule: ")
    assert not (tools / "tab").exists()
