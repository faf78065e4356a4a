"""The bank of small inputs that broke mail tools: each is indexed, searched and shown.

A case is a folder of `bank/`: its inputs (or `make.py OUT [SIZE]`, which writes them) and
`expect.json`. Its keys: `what` and `why` for people; `inputs`, in the order in which messages are
numbered from 0; `make`, the arguments of make.py; `messages`, how many are found (`messages_between`:
least and most); `duplicates`; `exit` of `index`; `report`, names that its output must hold; `docs`,
what is read of each message; `queries`, query -> numbers of exactly the messages found; `finds`,
queries with some hit; `errors`, queries with exit 2; `date_filters`; `queries_by_list`;
`after_second_run`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from searcharc import Index
from searcharc.errors import QueryError
from tests.conftest import Command

BANK = Path(__file__).parent / "bank"
CASES = sorted(p.parent.name for p in BANK.glob("*/expect.json"))
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SLOWEST = 2.0
"""Seconds that one hostile query may take."""


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).casefold())


def in_utc(record: dict[str, Any]) -> str | None:
    """The date of the Date header; what it fell back to is not asked for."""
    if record["date"] is None or record["date_source"] != "header":
        return None
    return datetime.fromisoformat(record["date"]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sources(folder: Path, want: dict[str, Any], work: Path) -> list[Path]:
    """The case's inputs in a folder of this run."""
    place = work / "in"
    if "make" in want:
        command = [sys.executable, str(folder / "make.py"), str(place), *want["make"]]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    else:
        shutil.copytree(folder, place, ignore=shutil.ignore_patterns("expect.json", "*.jsonl"))
    return [place / name for name in want.get("inputs", [])] or [place]


def check_doc(want: dict[str, Any], record: dict[str, Any], label: str) -> None:
    paragraphs = record["paragraphs"]
    read = {
        "subject": record["subject"],
        "from_addr": record["sender"]["address"] or None,
        "from_name": record["sender"]["name"],
        "message_id": record["message_id"],
        "date_utc": in_utc(record),
        "date_source": record["date_source"],
        "lists": record["lists"],
        "language": record["language"],
        "capacity": record["capacity"],
        "numbers": [p["number"] for p in paragraphs if p["number"]],
        "zones": list(dict.fromkeys(p["zone"] for p in paragraphs)),
        "attachments": [a["name"] for a in record["attachments"]],
        "affiliations": [[a["name"], a["evidence"]] for a in record["affiliations"]],
        "refs": [[r["number"], r["document"]] for p in paragraphs for r in p["refs"]],
        "has_defects": bool(record["defects"]),
    }
    text = folded("\n".join(p["text"] for p in paragraphs))
    for name, value in want.items():
        if name == "contains":
            assert [c for c in value if folded(c) not in text] == [], f"{label}: missing from the text"
        elif name == "not_contains":
            assert [c for c in value if folded(c) in text] == [], f"{label}: not to be in the text"
        elif name == "roles":
            assert set(value) <= {a["role"] for a in record["affiliations"]}, f"{label}: {name}"
        else:
            wanted = value.strip("<>") if name == "message_id" and value else value
            assert read[name] == wanted, f"{label}: {name}"


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, searcharc: Command, tmp_path: Path) -> None:
    folder = BANK / name
    want = json.loads((folder / "expect.json").read_text("utf-8"))
    inputs = sources(folder, want, tmp_path)
    said = searcharc("index", "--json", *inputs)
    assert said.code == want.get("exit", 0), said.err
    for reported in want.get("report", []):
        assert reported in said.err
        assert any(reported in p["archive"] or reported in p["reason"] for p in said.json["problems"])
    counts = said.json["messages"]
    assert counts["seen"] == sum(counts[c] for c in ("indexed", "unchanged", "duplicate", "failed"))
    assert counts["duplicate"] == want.get("duplicates", 0)
    assert counts["failed"] == 0
    assert searcharc("check").code == 0

    with Index.open(tmp_path / "index") as index:
        found = [h.message for h in index.search("*", limit=None).hits]
    order = {str(path): number for number, path in enumerate(inputs)}

    def place(message: Any) -> tuple[int, str, str, int]:
        source = message.source
        rank = next(n for p, n in order.items() if source.archive == p or source.archive.startswith(p + "/"))
        return (rank, source.archive, source.file or "", source.offset)

    found.sort(key=place)
    if "messages_between" in want:
        least, most = want["messages_between"]
        assert least <= len(found) <= most
    else:
        assert len(found) == want["messages"]
    if "docs" in want:
        assert len(want["docs"]) == len(found)
    for number, (doc, message) in enumerate(zip(want.get("docs", []), found, strict=False)):
        shown = searcharc("show", "--json", "--", message.key)
        check_doc(doc, shown.json, f"message {number}")
        assert CONTROL.search(shown.out) is None

    keys = [m.key for m in found]
    check_queries(want, keys, tmp_path / "index")
    for query in want.get("errors", []):
        refused = searcharc("search", "--", query)
        assert (refused.code, bool(refused.err.strip())) == (2, True), query
    for pair, number in want.get("queries_by_list", {}).items():
        listed, words = pair.split(" ", 1)
        assert searcharc("count", f"list:{listed} {words}").out == f"{number}\n"
    for form in ("text", "table", "json", "ids"):
        printed = searcharc("search", "--limit", 1000, "--format", form, "*")
        assert CONTROL.search(printed.out + printed.err) is None
    assert CONTROL.search(said.out + said.err) is None
    again = searcharc("index", "--json", *inputs)
    assert again.json["messages"]["indexed"] == 0
    assert again.json["index"]["messages"] == len(found)


def check_queries(want: dict[str, Any], keys: list[str], folder: Path) -> None:
    with Index.open(folder) as index:

        def numbers(query: str) -> list[int]:
            return sorted(keys.index(h.key) for h in index.search(query, limit=None).hits)

        for query, wanted in want.get("queries", {}).items():
            assert numbers(query) == sorted(wanted), query
        for query in want.get("finds", []):
            assert numbers(query), query
        for span, wanted in want.get("date_filters", {}).items():
            if wanted == "error":
                with pytest.raises(QueryError):
                    index.search(f'date:"{span}"')
            else:
                assert numbers(f"date:{span}") == sorted(wanted), span


HOSTILE = [
    json.loads(line) for line in (BANK / "query-hostile/queries.jsonl").read_text("utf-8").splitlines()
]


def test_no_hostile_query_is_slow_or_breaks_the_index(searcharc: Command, tmp_path: Path) -> None:
    searcharc("index", BANK / "query-hostile/in.mbox")
    outcomes = set()
    with Index.open(tmp_path / "index") as index:
        for query in HOSTILE:
            started = time.monotonic()
            try:
                index.search(query)
                outcomes.add("answered")
            except QueryError as error:
                assert error.position is None or 0 <= error.position <= len(query)
                outcomes.add("refused")
            assert time.monotonic() - started < SLOWEST, query[:80]
        assert index.count("*") == 1
    assert outcomes == {"answered", "refused"}


def test_every_folder_of_the_bank_is_a_case() -> None:
    assert sorted(p.name for p in BANK.iterdir() if p.is_dir()) == CASES
    for name in CASES:
        want = json.loads((BANK / name / "expect.json").read_text("utf-8"))
        assert want["why"]
        asked = want.keys() & {
            "docs",
            "queries",
            "report",
            "finds",
            "errors",
            "messages_between",
            "queries_by_list",
        }
        assert asked or want["messages"], name
