"""The views on the command line: what they print, in which form, with which exit code."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from searcharc.readers import find_archives, read_messages
from tests.conftest import Answer, Command
from tests.mail import mail, mbox


@pytest.fixture
def run(searcharc: Command, folder: Path) -> Command:
    """Runs a command on the index of this folder's archive."""

    def command(*arguments: object, **options: Any) -> Answer:
        return searcharc(*arguments, index=folder, **options)

    return command


def test_a_thread_is_a_tree_with_the_asked_message_marked(run: Command) -> None:
    lines = run("thread", "objection@example.org", columns=80).out.splitlines()
    assert lines[0].startswith("   3 Mar 2014  Ines Marchetti, Ministry of Water and Forests  Draft Harbour")
    assert lines[1] == "▶  4 Mar 2014  └ Bo Sample"
    assert lines[2] == "   5 Apr 2014    └ Ines Marchetti, Ministry of Water and Forests"
    assert all(len(line) <= 80 for line in lines)


def test_a_thread_as_json_gives_depths_and_heads(run: Command) -> None:
    places = run("thread", "second@example.org", "--json").json["places"]
    assert [(p["id"], p["depth"], p["asked"]) for p in places] == [
        ("draft@example.org", 0, False),
        ("objection@example.org", 1, False),
        ("second@example.org", 2, True),
    ]
    assert places[0]["message"]["subject"] == "Draft Harbour Resolution"


def test_no_thread_of_an_unknown_message(run: Command) -> None:
    answer = run("thread", "nobody@example.org")
    assert (answer.code, answer.out) == (1, "")


def test_facets_count_messages_most_first(run: Command) -> None:
    assert run("facets", "harbour", "--by", "sender").out.splitlines() == [
        "2\tines@example.org\tInes Marchetti <ines@example.org>",
        "1\tbo@pelham.example\tBo Sample <bo@pelham.example>",
    ]
    assert run("facets", "*", "--by", "month").out.splitlines()[1:] == [
        "1\t2014-04\t2014-04",
        "1\t2014-05\t2014-05",
    ]
    assert "24 of Harbour Resolution" in run("facets", "*", "--by", "ref").out


def test_facets_as_a_table_have_bars_and_the_total(run: Command) -> None:
    lines = run("facets", "harbour", "--by", "affiliation", "--format", "table", columns=60).out.splitlines()
    assert lines == [
        "2 ███████████████ Ministry of Water and Forests",
        "3 messages, 1 of them without affiliation",
    ]


def test_facets_as_json_and_csv_say_the_same(run: Command) -> None:
    record = run("facets", "*", "--by", "domain", "--json").json
    rows = list(csv.DictReader(io.StringIO(run("facets", "*", "--by", "domain", "--format", "csv").out)))
    assert [(c["value"], str(c["count"])) for c in record["counts"]] == [
        (r["domain"], r["messages"]) for r in rows
    ]
    assert (record["total"], record["without"]) == (5, 0)


def test_each_count_of_para_is_what_the_query_finds(run: Command) -> None:
    for line in run("facets", "*", "--by", "para").out.splitlines():
        count, value, _ = line.split("\t")
        assert run("count", f"para:{value}").out == f"{count}\n"


def test_facets_of_nothing_have_their_own_exit_code(run: Command) -> None:
    assert run("facets", "zeppelin", "--by", "list").code == 1
    assert run("facets", "subject:(", "--by", "list").code == 2


def test_trends_are_bars_by_month_without_gaps(run: Command) -> None:
    lines = run("trends", "ines OR cy", columns=40).out.splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [["2014-03", "2"], ["2014-04", "1"], ["2014-05", "1"]]
    assert lines[0].count("█") > lines[1].count("█") > 0
    assert all(len(line) <= 40 for line in lines)


def test_a_split_trend_has_a_line_for_each(run: Command) -> None:
    record = run("trends", "harbour", "--by", "sender", "--json").json
    assert record["periods"] == ["2014-03", "2014-04"]
    assert {t["label"].split()[0]: t["counts"] for t in record["lines"]} == {"Ines": [1, 1], "Bo": [1, 0]}
    lines = run("trends", "harbour", "--by", "sender", columns=60).out.splitlines()
    assert lines[0].rstrip().endswith("██") and lines[1].rstrip().endswith("█·")
    assert lines[-2].strip() == "2014-03 to 2014-04"


def test_trends_as_csv(run: Command) -> None:
    assert run("trends", "harbour", "--csv").out.replace("\r", "") == "month,messages\n2014-03,2\n2014-04,1\n"


@pytest.mark.parametrize("split", [(), ("--by", "affiliation")])
def test_a_trend_as_svg_is_well_formed_and_alone(
    run: Command, tmp_path: Path, split: tuple[str, ...]
) -> None:
    path = tmp_path / "trend.svg"
    assert run("trends", '"<harbour>" OR harbour', *split, "--svg", path).code == 0
    text = path.read_text("utf-8")
    root = ElementTree.fromstring(text)
    words = ["".join(e.itertext()) for e in root.iter() if e.tag.endswith(("text", "title"))]
    assert '"<harbour>" OR harbour' in words
    assert {"2014-03", "2014-04"} <= set(words)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "<script" not in text


def test_a_paragraph_is_followed_through_the_archive(run: Command) -> None:
    record = run("para", "24", "--doc", "harbour resolution", "--json").json
    assert [(p["message"]["key"], p["mentioned"], p["inferred"]) for p in record["places"]] == [
        ("draft@example.org", False, True),
        ("objection@example.org", False, True),
        ("objection@example.org", True, False),
        ("second@example.org", False, True),
    ]
    assert record["places"][0]["document"] == "Draft Harbour Resolution"


def test_the_history_of_a_paragraph_shows_what_changed_and_who_sent_it(run: Command) -> None:
    answer = run("para", "24", "--doc", "harbour resolution", "--history")
    assert "version 1, 3 Mar 2014   Ines Marchetti, Ministry of Water and Forests" in answer.out
    assert "to open {+and light+} the harbour road." in answer.out
    assert "version 3" not in answer.out
    assert "stands 1 more time" in answer.out


@pytest.mark.parametrize(("arguments", "code"), [(("99",), 1), (("24", "--doc", "Lisbon"), 1), (("x",), 2)])
def test_a_paragraph_that_is_nowhere(run: Command, arguments: tuple[str, ...], code: int) -> None:
    answer = run("para", *arguments)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err


def test_number_and_document_belong_to_one_reference(run: Command) -> None:
    assert run("count", 'ref:24 doc:"Harbour Resolution"').code == 0
    assert run("count", 'ref:10 doc:"Lisbon Agenda"').code == 0
    assert run("count", 'ref:24 doc:"Lisbon Agenda"').code == 1
    assert run("count", 'ref:20..30 doc:"Lisbon Agenda"').code == 1
    assert run("count", 'ref:5..15 doc:"Lisbon Agenda"').code == 0


def test_thread_of_a_query_gives_whole_threads(run: Command) -> None:
    ids = run("search", "thread:{from:bo object}", "-f", "ids", "-s", "date").out.split()
    assert ids == ["draft@example.org", "objection@example.org", "second@example.org"]
    assert run("search", "thread:second@example.org light", "-f", "ids").out.split() == ["second@example.org"]
    assert run("count", "thread:{meadow}").out == "1\n"


@pytest.mark.parametrize(
    ("query", "place"),
    [("thread:{harbour", 7), ("thread:{from:}", 8), ("from:{ann}", 5), ("x thread:{(a}", 10)],
)
def test_an_error_within_a_thread_is_shown_in_its_place(run: Command, query: str, place: int) -> None:
    answer = run("search", query, "--json")
    assert answer.code == 2
    assert answer.json["error"]["position"] == place


def test_quotes_can_be_folded(run: Command) -> None:
    whole = run("show", "objection@example.org").out
    folded = run("show", "objection@example.org", "--fold-quotes").out
    assert "Invites the quarry" in whole
    assert "Invites the quarry" not in folded
    assert "--- 2 quoted paragraphs, p1 to p2 ---" in folded
    assert "I object" in folded


def test_a_shown_paragraph_says_how_to_cite_it(run: Command) -> None:
    assert (
        "cite as: Ines Marchetti (Ministry of Water and Forests), watershed list, 3 Mar 2014, "
        '"Draft Harbour Resolution", <draft@example.org>, para. 24 (p2)'
    ) in run("show", "draft@example.org#24").out
    assert "cite as" not in run("show", "draft@example.org").out


def test_hits_say_how_to_cite_them_when_asked(run: Command) -> None:
    assert 'Cy, Sum(A1)", ' not in run("search", "lantern shop", "--cite").out
    assert run("search", "meadow dry", "--cite").out.rstrip("\n").split("\t")[-1] == (
        '=Cy, Sum(A1), watershed list, 1 May 2014, "Meadow walk", <meadow@example.org>, paragraph p1'
    )
    assert run("search", "meadow", "--cite", "--json").json["hits"][0]["cite"].startswith("=Cy")


def test_first_is_the_oldest_in_own_words(run: Command) -> None:
    assert run("search", "--first", "light harbour", "-f", "ids").out == "second@example.org\n"
    assert run("search", "--first", "quarry", "-f", "ids").out == "draft@example.org\n"
    assert run("search", "--first", "quarry from:bo", "-f", "ids").code == 1


def test_csv_is_safe_in_a_spreadsheet(run: Command) -> None:
    answer = run("search", "*", "-f", "csv")
    assert answer.bytes_out.count(b"\r\n") == 6
    rows = list(csv.DictReader(io.StringIO(answer.out, newline="")))
    assert next(r for r in rows if r["id"] == "meadow@example.org")["sender"] == "'=Cy, Sum(A1)"
    assert not [v for r in rows for v in r.values() if v.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_mbox_gives_the_original_bytes_back(run: Command, archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.mbox"
    path.write_bytes(run("search", "harbour OR way", "-f", "mbox").bytes_out)
    originals = {m.raw for m in read_messages(next(iter(find_archives(archive))))}  # type: ignore[union-attr, arg-type]
    copies = [m.raw for m in read_messages(next(iter(find_archives(path))))]  # type: ignore[union-attr, arg-type]
    assert len(copies) == 4
    assert set(copies) <= originals


def test_mbox_escapes_what_lay_in_a_single_file(searcharc: Command, tmp_path: Path) -> None:
    source = tmp_path / "one.eml"
    source.write_bytes(mail("Way", "From here on.\n>From there."))
    searcharc("index", source)
    out = searcharc("search", "way", "-f", "mbox").bytes_out
    assert b"\n>From here on.\n>>From there.\n" in out
    assert out.startswith(b"From ines@example.org Mon Mar  3 10:01:00 2014\n")
    assert out.endswith(b"there.\n\n")


def test_mbox_of_a_lost_archive_names_it(searcharc: Command, tmp_path: Path) -> None:
    source = tmp_path / "box.mbox"
    source.write_bytes(mbox(mail()))
    searcharc("index", source)
    source.unlink()
    answer = searcharc("search", "quarry", "-f", "mbox")
    assert (answer.code, answer.bytes_out) == (4, b"")
    assert "box.mbox" in answer.err


def test_explain_tells_fields_zones_and_shares_of_the_score(run: Command) -> None:
    hit = next(
        h
        for h in run("search", "quarry harbour", "--explain", "--json").json["hits"]
        if h["key"] == "draft@example.org"
    )
    leaves = {e["leaf"]: e for e in hit["explanation"]}
    assert leaves["harbour"]["places"] == {"subject": 1, "own": 2}
    assert leaves["quarry"]["places"] == {"own": 1}
    assert leaves["nearness"]["score"] > 0
    assert sum(e["score"] for e in hit["explanation"]) == pytest.approx(hit["score"], abs=0.001)
    answer = run("search", "quarry harbour", "--explain", "-f", "table", columns=100)
    assert "understood as (and quarry harbour)" in answer.err
    assert "harbour: 1 subject, 2 own" in answer.out


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("medow walk", 'medow is in no message (spelled "meadow"?)'),
        ("harbour own:invites from:bo", "without own:invites: 1 message"),
        ("object own:wrote", "wrote stands only in quoted text (quoted:)"),
        ("harbour date:2020", "only outside the dates: 3 messages, 2014-03-03 to 2014-04-05"),
        ("date:2020", "no message is of these dates: the index holds 2014-03-03 to 2014-05-01"),
        ('"road harbour"', 'the words of "road harbour" stand in messages, but never side by side'),
        ("subject:quarry", "quarry is in no subject:, but elsewhere in 3 messages"),
        ("para:99 harbour", "no paragraph bears the number 99"),
        ("affil:pelham", "pelham is only an inferred affiliation, in 1 message (affil~:)"),
        ("list:watershet", "list:watershet finds no message (spelled list:watershed?)"),
        ("meadow para:24", "without meadow: 3 messages"),
        ("thread:lost@example.org", "thread:lost@example.org finds no message"),
    ],
)
def test_no_hits_say_why(run: Command, query: str, reason: str) -> None:
    answer = run("search", query)
    assert answer.code == 1
    assert f"searcharc: {reason}\n" in answer.err
    record = run("search", query, "--json").json
    assert reason in record["warnings"]


def test_hits_come_without_reasons(run: Command) -> None:
    assert run("search", "harbour", "--json").json["warnings"] == []


def test_a_pipe_has_no_pager(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAGER", "false")
    assert "Invites" in run("show", "draft@example.org").out


def test_json_of_everything_is_json(run: Command) -> None:
    for arguments in (
        ("facets", "*", "--by", "list"), ("trends", "*"), ("thread", "draft@example.org"), ("para", "24"),
        ("para", "24", "--history"),
    ):  # fmt: skip
        assert json.loads(run(*arguments, "--json").out)["version"] == 1
