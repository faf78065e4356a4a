"""Saved queries: kept by name, part of other queries, checked for what is new."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from searcharc.cli.completion import complete_query
from searcharc.errors import LimitError, QueryError, UsageError
from searcharc.query.parser import MAX_SAVED, parse_query
from searcharc.saved import SAVED_NAME, SavedQueries
from tests.conftest import Answer, Command
from tests.mail import mail, mbox

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def saved(searcharc: Command, tmp_path: Path) -> Command:
    """Runs `saved ...` on an index of one message, which can grow."""
    (tmp_path / "box.mbox").write_bytes(mbox(mail()))
    assert searcharc("index", tmp_path / "box.mbox").code == 0

    def run(command: str, *arguments: object) -> Answer:
        return searcharc("saved", command, "--index", tmp_path / "index", *arguments)

    return run


def grow(searcharc: Command, tmp_path: Path) -> None:
    more = mail("Quarry & <news>", "The quarry road is closed.", message_id="m2@example.org")
    (tmp_path / "box.mbox").write_bytes(mbox(mail(), more))
    assert searcharc("update").code == 0


def test_a_check_shows_what_is_new_since_the_last(saved: Command, searcharc: Command, tmp_path: Path) -> None:
    assert saved("add", "road", "quarry road").code == 0
    assert saved("check", "road").code == 1
    grow(searcharc, tmp_path)
    answer = saved("check", "road", "--keep", "--format", "ids")
    assert (answer.code, answer.out) == (0, "m2@example.org\n")
    answer = saved("check", "--format", "ndjson", "--atom", tmp_path / "new.xml")
    assert (answer.code, json.loads(answer.out)["key"]) == (0, "m2@example.org")
    feed = ElementTree.parse(tmp_path / "new.xml").getroot()
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    assert entry.findtext(f"{ATOM}title") == "Quarry & <news>"
    assert entry.findtext(f"{ATOM}id") == "mid:m2@example.org"
    assert saved("check", "road").code == 1


def test_saved_queries_outlive_a_rebuild(saved: Command, searcharc: Command) -> None:
    saved("add", "road", "quarry road")
    assert searcharc("index", "--rebuild").code == 0
    assert saved("list").out == "road: quarry road\n"
    assert saved("list", "--json").json["saved"][0]["query"] == "quarry road"


def test_a_saved_query_stands_in_another(saved: Command, searcharc: Command, tmp_path: Path) -> None:
    grow(searcharc, tmp_path)
    saved("add", "road", "open OR closed")
    assert searcharc("count", "saved:road subject:news").out == "1\n"
    assert searcharc("count", "saved:road").out == "2\n"
    assert sorted(saved("run", "road", "-f", "ids").out.split()) == ["m1@example.org", "m2@example.org"]


def test_names_are_kept_apart(saved: Command) -> None:
    assert saved("add", "road", "quarry").code == 0
    assert saved("add", "road", "meadow").code == 2
    assert saved("add", "road", "meadow", "--replace").code == 0
    assert saved("list").out == "road: meadow\n"
    assert saved("add", "a/b", "quarry").code == 2
    assert saved("add", "bad", "(quarry").code == 2
    assert saved("rm", "road").code == 0
    assert saved("rm", "road").code == 2
    assert saved("run", "road").code == 2
    assert saved("check", "road").code == 2


def test_an_unknown_name_is_an_error_with_the_nearest(saved: Command, searcharc: Command) -> None:
    saved("add", "road", "quarry")
    answer = searcharc("search", "harbour saved:raod", "--json")
    assert answer.code == 2
    assert answer.json["error"]["position"] == 14
    assert answer.json["error"]["hint"] == "did you mean saved:road?"


def test_a_saved_query_that_names_itself_is_refused() -> None:
    with pytest.raises(LimitError, match="too deep"):
        parse_query("saved:a", saved={"a": "saved:b", "b": "saved:a"})


def test_saved_queries_nest_up_to_the_limit() -> None:
    texts = {f"q{n}": f"saved:q{n + 1} OR word{n}" for n in range(MAX_SAVED - 1)} | {
        f"q{MAX_SAVED - 1}": "end"
    }
    assert "end" in str(parse_query("saved:q0", saved=texts).tree)


def test_words_of_saved_queries_count_towards_the_limit() -> None:
    with pytest.raises(LimitError, match="too many words"):
        parse_query("saved:a saved:a saved:a", saved={"a": " ".join(f"w{n}" for n in range(100))})


def test_an_error_in_a_saved_query_names_it() -> None:
    with pytest.raises(QueryError, match="in the saved query 'a'") as caught:
        parse_query("x saved:a", saved={"a": "date:never"})
    assert caught.value.position == 8


@pytest.mark.parametrize("content", [b"", b"[]", b'{"queries": {"a": {}}}', b"\xff"])
def test_a_damaged_file_is_an_error_and_stays(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SAVED_NAME).write_bytes(content)
    with pytest.raises(UsageError):
        SavedQueries(tmp_path)
    assert (tmp_path / SAVED_NAME).read_bytes() == content


class Context:
    """What the shell's completion knows of the command line."""

    def __init__(self, index: Path) -> None:
        self.params = {"index": index}


def test_the_shell_completes_fields_and_values(saved: Command, tmp_path: Path) -> None:
    saved("add", "road", "quarry")
    context = Context(tmp_path / "index")

    def completed(word: str, index: Context = context) -> list[str]:
        return [found for found, _ in complete_query(index, word)]  # type: ignore[arg-type]

    assert completed("aff") == ["affiliation:", "affiliation~:"]
    assert completed("-aff") == ["-affiliation:", "-affiliation~:"]
    assert completed("list:") == ["list:box"]
    assert completed("l:b") == ["l:box"]
    assert completed("saved:r") == ["saved:road"]
    assert completed("has:a") == ["has:attachment", "has:affiliation"]
    assert completed("nofield:a") == completed("subject:a") == []
    assert completed("list:", Context(tmp_path / "nowhere")) == []


def test_two_that_save_at_once_lose_nothing(tmp_path: Path) -> None:
    first, second = SavedQueries(tmp_path), SavedQueries(tmp_path)
    first.add("quarry", "quarry road")
    second.add("harbour", "harbour plan")
    first.mark_seen("quarry", ["a@example.org"])
    assert [q.name for q in SavedQueries(tmp_path).all()] == ["harbour", "quarry"]
    second.remove("harbour")
    (left,) = SavedQueries(tmp_path).all()
    assert left.seen == {"a@example.org"}
