"""Mails that are all invented, with what each line of them is said to be.

A folder for each purpose; a file holds cases, each headed by `=== what it is about`, header lines and
a body whose lines bear the expected reading before a bar. `read_cases` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass
class Case:
    """One invented message. headers: as written. lines: (mark before the bar, text behind it).
    wanted: what lines that begin with "-> " say is to be found in the message as a whole.
    """

    title: str
    headers: dict[str, str] = field(default_factory=dict)
    lines: list[tuple[str, str]] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)

    def raw(self, **defaults: str) -> bytes:
        """The message in bytes; a default header stands where the case gives none."""
        headers = {
            "From": "Bo Sample <bo@harbour.example>",
            "Subject": "Re: Harbour",
            "Content-Type": "text/plain; charset=utf-8",
            **defaults,
            **self.headers,
        }
        head = "".join(f"{name}: {value}\n" for name, value in headers.items())
        body = "\n".join(text for _, text in self.lines)
        return f"{head}MIME-Version: 1.0\n\n{body}\n".encode()


def read_cases(name: str) -> list[Case]:
    """The cases of a file, by its path below this folder: "zones/quotes.txt"."""
    cases: list[Case] = []
    for line in (_FOLDER / name).read_text("utf-8").splitlines():
        if line.startswith("=== "):
            cases.append(Case(line[4:]))
        elif cases and line.startswith("-> "):
            cases[-1].wanted.append(line[3:])
        elif cases and "|" in line:
            mark, _, text = line.partition("|")
            cases[-1].lines.append((mark.strip(), text.removeprefix(" ")))
        elif cases and ": " in line and not cases[-1].lines:
            header, _, value = line.partition(": ")
            cases[-1].headers[header] = value
    return cases
