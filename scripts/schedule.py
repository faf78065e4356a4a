"""Lets systemd or cron keep an index up to date: prints, installs or removes what they need for it.

usage: schedule systemd|cron print|install|remove [--index DIR] [--name NAME] [--when WHEN] [--program FILE]

systemd: a service and a timer of the user, NAME.service and NAME.timer in ~/.config/systemd/user.
cron: one line of the user's crontab, known by its last words "# searcharc: NAME".
Both run `searcharc update --if-changed`, which waits for another writer and is silent where nothing changed.

Whatever bytes the paths hold, they arrive at searcharc as they are: quoting is systemd's or cron's own.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

WAIT = "600"
"""Seconds to wait for another writer."""

HOURLY = {"systemd": "hourly", "cron": "20 * * * *"}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")

SERVICE = """\
[Unit]
Description=searcharc: bring an index up to date

[Service]
Type=oneshot
ExecStart={command}
Nice=10
UMask=0077
"""

TIMER = """\
[Unit]
Description=searcharc: when to bring an index up to date

[Timer]
OnCalendar={when}
Persistent=true

[Install]
WantedBy=timers.target
"""


class ScheduleError(Exception):
    """What cannot be done, in a sentence for the user."""


def update_command(program: str, index: str) -> list[str]:
    """The words that both run."""
    return [program, "update", "--index", index, "--wait", WAIT, "--if-changed"]


# systemd.


def exec_start(words: list[str]) -> str:
    """The words as ExecStart= takes them (systemd.service(5), "Command lines").

    systemd lets no quote, backslash or control character stand in the path of what it starts, and
    substitutes no `$` there: such a program is started by the shell.
    """
    if re.search(r"[\x00-\x20'\"\\$\x7f\udc80-\udcff]", words[0]):
        words = ["/bin/sh", "-c", 'exec "$@"', "sh", *words]
    return " ".join(_systemd_word(word) for word in words)


def _systemd_word(word: str) -> str:
    """A word in systemd's quotes: C escapes, `%` and `$` doubled."""
    if re.fullmatch(r"[A-Za-z0-9/_.,+=:@-]+", word):
        return word
    quoted = "".join(_systemd_character(c) for c in word)
    return f'"{quoted}"'


def _systemd_character(character: str) -> str:
    if character in "%$":
        return character * 2
    if character in '"\\':
        return f"\\{character}"
    if character < " " or character == "\x7f" or "\udc80" <= character <= "\udcff":
        return "".join(f"\\x{byte:02x}" for byte in os.fsencode(character))
    return character


def units(name: str, program: str, index: str, when: str) -> dict[str, str]:
    """File name -> text of the service and of the timer."""
    service = SERVICE.format(command=exec_start(update_command(program, index)))
    return {f"{name}.service": service, f"{name}.timer": TIMER.format(when=when.replace("%", "%%"))}


def unit_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def install_units(name: str, files: dict[str, str]) -> None:
    folder = unit_folder()
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in files.items():
        (folder / file).write_text(text, "utf-8")
    _call("systemctl", "--user", "daemon-reload")
    _call("systemctl", "--user", "enable", "--now", f"{name}.timer")
    print(
        f"installed {folder / name}.service and .timer; when it runs: systemctl --user list-timers {name}.timer"
    )


def remove_units(name: str) -> None:
    files = [unit_folder() / f"{name}{ending}" for ending in (".timer", ".service")]
    if not any(file.exists() for file in files):
        raise ScheduleError(f"there is no {files[0]}")
    _call("systemctl", "--user", "disable", "--now", f"{name}.timer")
    for file in files:
        file.unlink(missing_ok=True)
    _call("systemctl", "--user", "daemon-reload")
    print(f"removed {name}.service and {name}.timer")


# cron.


def cron_line(name: str, program: str, index: str, when: str) -> str:
    """The line for crontab(5). What is said goes nowhere; what could not be read, or failed, is mailed."""
    words = " ".join(_cron_word(word) for word in update_command(program, index))
    return f"{when} {words} >/dev/null {_mark(name)}"


def _cron_word(word: str) -> str:
    """A word for the shell that cron starts, without what cron itself would change.

    To cron a `%` is the end of the line and a newline the end of the entry, and versions differ in
    what they make of backslashes before either; so such words are made by printf from octal numbers.
    """
    if not re.search(r"[\x00-\x1f%\\\x7f\udc80-\udcff]", word):
        return shlex.quote(word)
    if word.endswith("\n"):
        raise ScheduleError(f"cron cannot run {word!r}: its name ends with a newline")
    plain = re.compile(r"[A-Za-z0-9/_., +=:@-]")
    encoded = "".join(c if plain.match(c) else "".join(f"\\{b:03o}" for b in os.fsencode(c)) for c in word)
    return f"\"$(printf '{encoded}')\""


def _mark(name: str) -> str:
    return f"# searcharc: {name}"


def install_line(name: str, line: str) -> None:
    lines = _without(name, _crontab())
    _call("crontab", "-", text="".join(f"{entry}\n" for entry in [*lines, line]))
    print(f"installed in the crontab: {line}")


def remove_line(name: str) -> None:
    lines = _crontab()
    left = _without(name, lines)
    if left == lines:
        raise ScheduleError(f"the crontab has no line that ends with {_mark(name)!r}")
    _call("crontab", "-", text="".join(f"{entry}\n" for entry in left))
    print(f"removed from the crontab: {_mark(name)}")


def _crontab() -> list[str]:
    """The lines of the user's crontab; none where there is no crontab yet."""
    done = subprocess.run(
        ["crontab", "-l"],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode and "no crontab" not in done.stderr.lower():
        raise ScheduleError(f"the crontab cannot be read: {done.stderr.strip()}")
    return [] if done.returncode else done.stdout.splitlines()


def _without(name: str, lines: list[str]) -> list[str]:
    return [line for line in lines if not line.endswith(_mark(name)) or line.lstrip().startswith("#")]


def _call(*words: str, text: str | None = None) -> None:
    try:
        subprocess.run(words, input=text, text=True, errors="surrogateescape", check=True)
    except FileNotFoundError:
        raise ScheduleError(f"there is no program {words[0]} here") from None
    except subprocess.CalledProcessError as error:
        raise ScheduleError(f"{shlex.join(words)} failed with exit code {error.returncode}") from None


# The command line.


def default_program() -> str:
    """searcharc beside this Python, else the one on the path."""
    beside = Path(sys.executable).parent / "searcharc"
    return str(beside) if beside.exists() else shutil.which("searcharc") or str(beside)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Lets systemd or cron keep an index up to date.")
    parser.add_argument("by", choices=["systemd", "cron"])
    parser.add_argument("what", choices=["print", "install", "remove"])
    parser.add_argument(
        "--index", default=os.environ.get("SEARCHARC_INDEX", "index"), help="the index folder"
    )
    parser.add_argument("--name", default="searcharc", help="tells the jobs of several indexes apart")
    parser.add_argument("--when", help='"hourly", "*-*-* 03:00" (systemd); "20 * * * *" (cron)')
    parser.add_argument("--program", default=default_program(), help="searcharc itself")
    options = parser.parse_args(arguments)
    try:
        do(options)
    except (ScheduleError, OSError) as error:
        print(f"schedule: {str(error).encode('utf-8', 'backslashreplace').decode()}", file=sys.stderr)
        return 1
    return 0


def do(options: argparse.Namespace) -> None:
    """Does what the command line asks.

    Raises:
        ScheduleError, OSError: it cannot be done.
    """
    if not NAME.fullmatch(options.name):
        raise ScheduleError(f"{options.name!r} is no name: letters, digits, - _ and . (at most 64)")
    if options.what == "remove":
        (remove_units if options.by == "systemd" else remove_line)(options.name)
        return
    # Made absolute without following links: who installs it may mean the link.
    index, program = os.path.abspath(options.index), os.path.abspath(options.program)  # noqa: PTH100
    when = options.when or HOURLY[options.by]
    if not when.isprintable() or (
        options.by == "cron" and len(when.split()) != (1 if when[:1] == "@" else 5)
    ):
        raise ScheduleError(f"{when!r} is no time for {options.by}")
    if options.what == "install":
        for path, kind in ((program, "program"), (index, "index")):
            if not Path(path).exists():
                raise ScheduleError(f"there is no {kind} {path}")
    if options.by == "systemd":
        files = units(options.name, program, index, when)
        if options.what == "install":
            install_units(options.name, files)
        else:
            print("\n".join(f"# {unit_folder() / file}\n{text}" for file, text in files.items()))
    else:
        line = cron_line(options.name, program, index, when)
        if options.what == "install":
            install_line(options.name, line)
        else:
            print(line)


if __name__ == "__main__":
    sys.exit(main())
