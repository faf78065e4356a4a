#!/usr/bin/env python3
"""Writes the tables of the query language into README.md, from the program's own tables.

.venv/bin/python scripts/query_tables.py            rewrites README.md
.venv/bin/python scripts/query_tables.py --check    exit 1 where README.md says something else
"""

from __future__ import annotations

import sys
from pathlib import Path

from searcharc.fields import FIELDS
from searcharc.query.help import OPERATORS

README = Path(__file__).parents[1] / "README.md"
BEGIN = "<!-- written by scripts/query_tables.py -->\n"
END = "<!-- end of what scripts/query_tables.py wrote -->\n"


def tables() -> str:
    """Both tables, in Markdown."""
    lines = ["| words | find |", "|---|---|"]
    lines += [f"| {code(example)} | {meaning} |" for example, meaning in OPERATORS]
    lines += ["", "| field | short forms | finds | example |", "|---|---|---|---|"]
    for field in FIELDS:
        aliases = " ".join(code(f"{alias}:") for alias in field.aliases)
        lines.append(f"| {code(f'{field.name}:')} | {aliases} | {field.help} | {code(field.example)} |")
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """The text as code in a cell of a table."""
    return "`" + text.replace("|", "\\|") + "`"


def rewritten(text: str) -> str:
    """The README with its tables as they should be.

    Raises:
        ValueError: the marks are not there.
    """
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"README.md lacks {BEGIN.strip()!r} or {END.strip()!r}")
    return before + BEGIN + "\n" + tables() + "\n" + END + after


def main() -> int:
    old = README.read_text("utf-8")
    new = rewritten(old)
    if "--check" in sys.argv[1:]:
        return int(new != old)
    README.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
