"""The command line: what each command prints, and with which exit code it ends."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from searcharc import __version__
from searcharc.fields import FIELDS
from searcharc.query.help import OPERATORS
from tests.conftest import Answer, Command
from tests.mail import ENVELOPE, mail, make_maildir, mbox, numbered, plain, write

GOLDEN = Path(__file__).parent / "golden"
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

MARCHETTI = """Dear all,

the draft stands thus:

24. Invites the Secretary-General to convene open consultations with all who use the harbour, with a view to a lasting cooperation between the quarry and the harbour, on an equal footing, and to report on them to the assembly at its next session, before the lanterns are lit again along the whole of the northern quay.

OP25bis(a) The quarry opens at eight.

Best regards,
Ines Marchetti

-- \nInes Marchetti
Deputy Director
Ministry of Water and Forests
"""  # noqa: E501
REPLY = """Ines Marchetti wrote:
> 24. Invites the Secretary-General to convene open consultations

I would rather have the harbour first.

Bo
"""
LETTERS = (
    mail(
        "Draft on the harbour",
        MARCHETTI,
        message_id="draft@example.org",
        date="Fri, 28 May 2010 18:02:11 +0200",
        fields=["List-Id: <governance.lists.example.org>"],
    ),
    mail(
        "Re: Draft on the harbour",
        REPLY,
        message_id="reply@example.org",
        sender="Bo Sample <bo@example.com>",
        date="Sat, 29 May 2010 08:00:00 +0000",
        fields=["List-Id: <governance.lists.example.org>", "In-Reply-To: <draft@example.org>"],
    ),
    mail(
        "港の計画について、長い件名がここに続きます。港の計画について、長い件名がここに続きます。",
        "港は大きい。 The harbour is large.",
        message_id="wide@example.org",
        sender="Cy Délégué <cy@example.net>",
        date="Sun, 30 May 2010 08:00:00 +0000",
    ),
)


@pytest.fixture
def letters(searcharc: Command, tmp_path: Path) -> Path:
    box = write(tmp_path / "letters.mbox", mbox(*LETTERS))
    answer = searcharc("index", box)
    assert (answer.code, answer.err) == (0, "")
    return box


@pytest.fixture
def dozen(searcharc: Command, tmp_path: Path) -> Path:
    """Twelve messages of twelve minutes."""
    box = write(tmp_path / "dozen.mbox", numbered(*range(1, 13)))
    searcharc("index", box)
    return box


def ids(answer: Answer) -> list[str]:
    return answer.out.split()


# Pictures.


@pytest.mark.parametrize(
    ("name", "columns", "arguments"),
    [
        ("table-80", 80, ("search", "--format", "table", "harbour OR 港")),
        ("table-140", 140, ("search", "--format", "table", "harbour OR 港")),
        ("table-para-80", 80, ("search", "--format", "table", "para:24 own:cooperation affil:ministry")),
        (
            "table-no-words-80",
            80,
            ("search", "--format", "table", "--limit", "1", "--sort", "date", "list:governance"),
        ),
        ("text", None, ("search", "harbour OR 港")),
        ("show", 80, ("show", "draft@example.org")),
        ("show-reply", 80, ("show", "reply@example.org")),
    ],
)
def test_what_is_printed_looks_like_the_picture(
    searcharc: Command, letters: Path, name: str, columns: int | None, arguments: tuple[str, ...]
) -> None:
    """After a wanted change: write what is printed into the file, and read it."""
    answer = searcharc(*arguments, columns=columns)
    assert answer.code == 0
    printed = re.sub(r"\(\d+ ms\)", "(0 ms)", answer.out)
    assert printed == (GOLDEN / f"{name}.txt").read_text("utf-8")
    assert answer.err == ""


@pytest.mark.parametrize("columns", [20, 40, 80, 140, 300])
def test_no_line_of_a_table_is_wider_than_the_terminal(
    searcharc: Command, letters: Path, columns: int
) -> None:
    from rich.cells import cell_len

    answer = searcharc("search", "--format", "table", "harbour OR 港", columns=columns)
    whole = [line for line in answer.out.splitlines() if "@" not in line and "ms)" not in line]
    assert max(map(cell_len, whole)) <= max(columns, 40)
    for key in ("draft@example.org#p", "wide@example.org"):
        assert key in answer.out, "an id is never cut"


def test_a_picture_is_there_for_each_test_of_it() -> None:
    assert {p.stem for p in GOLDEN.glob("*.txt")} == {
        "table-80", "table-140", "table-para-80", "table-no-words-80", "text", "show", "show-reply"
    }  # fmt: skip


# Search.


def test_json_has_the_names_of_the_contract(searcharc: Command, letters: Path) -> None:
    answer = searcharc("search", "--json", 'para:24 "open consultations"')
    assert answer.err == ""
    result = answer.json
    assert list(result) == [
        "version", "query", "parsed", "total", "total_paragraphs", "limit", "offset", "took_ms", "warnings", "hits"
    ]  # fmt: skip
    assert (result["version"], result["limit"], result["offset"], result["warnings"]) == (1, 10, 0, [])
    assert result["query"] == 'para:24 "open consultations"'
    assert result["parsed"].startswith("(and ")
    assert (result["total"], result["total_paragraphs"]) == (2, 2)
    first = result["hits"][0]
    assert first["key"] == "draft@example.org"
    assert {
        "key",
        "message_id",
        "lists",
        "subject",
        "sender",
        "to",
        "cc",
        "date",
        "date_source",
        "affiliations",
        "capacity",
        "thread",
        "in_reply_to",
        "references",
        "language",
        "attachments",
        "source",
        "copies",
        "charsets",
        "defects",
        "score",
    } <= first.keys()
    (paragraph,) = first["paragraphs"]
    assert (paragraph["number"], paragraph["zone"]) == ("24", "own")
    assert [paragraph["text"][a:b] for a, b in paragraph["spans"]] == ["open consultations"]
    assert (
        searcharc("search", "--format", "json", 'para:24 "open consultations"').json["hits"] == result["hits"]
    )


def test_a_query_without_words_has_no_paragraphs(searcharc: Command, letters: Path) -> None:
    result = searcharc("search", "--json", "list:governance").json
    assert (result["total"], result["total_paragraphs"]) == (2, 0)
    assert all("paragraphs" not in hit for hit in result["hits"])


def test_ndjson_is_one_hit_a_line_and_ids_one_key_a_line(searcharc: Command, dozen: Path) -> None:
    lines = searcharc("search", "--format", "ndjson", "*").out.splitlines()
    assert sorted(json.loads(line)["key"] for line in lines) == sorted(
        f"r{n}@example.org" for n in range(1, 13)
    )
    assert sorted(ids(searcharc("search", "--format", "ids", "*"))) == sorted(
        f"r{n}@example.org" for n in range(1, 13)
    )


def test_text_is_one_line_of_seven_columns_a_hit(searcharc: Command, letters: Path) -> None:
    (line,) = searcharc("search", "para:24 own:cooperation").out.splitlines()
    date, sender, affiliation, lists, subject, key, text = line.split("\t")
    assert (date, sender) == ("2010-05-28", "Ines Marchetti <ines@example.org>")
    assert (affiliation, lists, subject) == (
        "Ministry of Water and Forests",
        "governance",
        "Draft on the harbour",
    )
    assert re.fullmatch(r"draft@example\.org#p\d+", key)
    assert "lasting cooperation" in text


@pytest.mark.parametrize(
    ("form", "shown"), [("table", 10), ("text", 10), ("json", 10), ("ndjson", 12), ("ids", 12)]
)
def test_ten_hits_are_shown_to_people_and_all_to_programs(
    searcharc: Command, dozen: Path, form: str, shown: int
) -> None:
    answer = searcharc("search", "--format", form, "report")
    assert (
        len(
            set(
                re.findall(
                    r"r\d+@example\.org(?:#p\d)?", re.sub(r'"(?:message_id|thread)": "[^"]*"', "", answer.out)
                )
            )
        )
        == shown
    )


def test_limit_and_offset_cut_a_page(searcharc: Command, dozen: Path) -> None:
    whole = ids(searcharc("search", "--format", "ids", "--sort", "date", "report"))
    assert whole == [f"r{n}@example.org" for n in range(1, 13)]
    assert ids(searcharc("search", "-f", "ids", "-s", "date", "-n", 3, "--offset", 4, "report")) == whole[4:7]
    assert ids(searcharc("search", "-f", "ids", "--sort", "-date", "-n", 2, "report")) == whole[::-1][:2]
    result = searcharc("search", "--json", "--limit", 0, "report").json
    assert (result["total"], result["hits"]) == (12, [])
    table = searcharc("search", "--format", "table", "--limit", 5, "--offset", 5, "report")
    assert "12 messages" in table.out
    assert "shown 6 to 10" in table.out
    assert "--offset 10" in table.out
    past = searcharc("search", "--json", "--offset", 50, "report")
    assert (past.code, past.json["total"], past.json["hits"]) == (0, 12, [])


def test_undated_messages_come_last_in_both_orders_of_date(searcharc: Command, tmp_path: Path) -> None:
    undated = mail(message_id="undated@example.org", date=None)
    box = write(tmp_path / "Maildir.mbox", b"")
    box.unlink()
    folder = make_maildir(
        tmp_path / "Maildir", [("cur/1:2,", plain(1)), ("cur/2:2,", undated), ("cur/3:2,", plain(2))]
    )
    searcharc("index", folder)
    for order in ("date", "-date"):
        assert ids(searcharc("search", "-f", "ids", "--sort", order, "*"))[-1] == "undated@example.org"


def test_the_very_word_ranks_above_its_kin_and_the_subject_above_the_text(
    searcharc: Command, tmp_path: Path
) -> None:
    letters = [
        mail("Plan", "The harbours stand here today, and so they do.", message_id="kin@example.org"),
        mail("Plan", "The harbour stands here today, and so it does.", message_id="very@example.org"),
        mail("Harbour", "It stands here today, and so it does each day.", message_id="subject@example.org"),
        mail("Plan", "> The harbour stands here today.\n\nAnd so it does.", message_id="quoted@example.org"),
    ]
    searcharc("index", write(tmp_path / "a.mbox", mbox(*letters)))
    found = ids(searcharc("search", "-f", "ids", "harbour"))
    assert found[0] == "subject@example.org"
    assert found.index("very@example.org") < found.index("kin@example.org")
    assert found.index("very@example.org") < found.index("quoted@example.org")


@pytest.mark.parametrize(
    ("options", "query"),
    [
        (("--from", "marchetti"), "from:marchetti"),
        (("--from", "Ines Marchetti"), 'from:"Ines Marchetti"'),
        (("--from", "march*"), "from:march*"),
        (("--affiliation", "ministry"), "affil:ministry"),
        (("--para", "24"), "para:24"),
        (("--para", "24..30"), "para:24..30"),
        (("--para", "OP25bis(a)"), "para:OP25bis(a)"),
        (("--list", "governance"), "list:governance"),
        (("--list", "gov*"), "list:gov*"),
        (("--since", "2010-05-29"), "after:2010-05-29"),
        (("--until", "2010-05-29"), "until:2010-05-29"),
        (("--until", "29 May 2010"), 'until:"29 May 2010"'),
        (("--since", "2010-05-29", "--list", "governance"), "after:2010-05-29 list:governance"),
    ],
)
def test_an_option_means_what_its_field_means(
    searcharc: Command, letters: Path, options: tuple[str, ...], query: str
) -> None:
    wanted = searcharc("search", "-f", "ids", query)
    assert wanted.code == 0
    assert ids(searcharc("search", "-f", "ids", *options)) == ids(wanted)
    both = searcharc("search", "-f", "ids", *options, "harbour")
    assert ids(both) == ids(searcharc("search", "-f", "ids", f"harbour {query}"))


@pytest.mark.parametrize(
    "words", [("quarry OR 港",), ("quarry", "OR", "港"), ("quarry\tOR\t港",), ("quarry\nOR 港",)]
)
def test_an_option_binds_the_whole_query(searcharc: Command, letters: Path, words: tuple[str, ...]) -> None:
    answer = searcharc("search", "-f", "ids", "--list", "governance", *words)
    assert ids(answer) == ["draft@example.org"]


def test_an_option_cannot_break_out_of_its_quotes(searcharc: Command, letters: Path) -> None:
    assert searcharc("search", "-f", "ids", "--from", 'nobody" OR subject:"harbour').code == 1


def test_scope_paragraph_wants_the_words_in_one_paragraph(searcharc: Command, letters: Path) -> None:
    assert searcharc("count", "eight footing").out == "1\n"
    assert searcharc("count", "--scope", "paragraph", "eight footing").out == "0\n"
    assert ids(searcharc("search", "-f", "ids", "--scope", "paragraph", "quarry eight")) == [
        "draft@example.org"
    ]


def test_explain_says_how_the_query_was_understood(searcharc: Command, letters: Path) -> None:
    answer = searcharc("search", "--explain", "harbour -quarry")
    assert "(and harbour (not quarry))" in answer.err
    assert answer.out == searcharc("search", "harbour -quarry").out or "why" in answer.out


def test_what_is_passed_over_is_told(searcharc: Command, letters: Path) -> None:
    assert "passed over" in searcharc("search", "harbour & quarry").err
    assert len(searcharc("search", "--json", "harbour & quarry").json["warnings"]) == 1


@pytest.mark.parametrize("form", ["table", "text", "ndjson", "ids", "json"])
def test_no_hits_is_exit_1(searcharc: Command, letters: Path, form: str) -> None:
    answer = searcharc("search", "--format", form, "zeppelin")
    assert answer.code == 1
    if form == "json":
        assert (answer.json["total"], answer.json["hits"]) == (0, [])
    else:
        assert answer.out == ""
        assert "zeppelin" in answer.err


def test_a_leading_minus_can_be_searched(searcharc: Command, letters: Path) -> None:
    assert ids(searcharc("search", "-f", "ids", "--", "-quarry")) == ids(
        searcharc("search", "-f", "ids", "NOT quarry")
    )


# Count, show, status, check, inspect, fields.


def test_count_is_a_number_alone_on_a_line(searcharc: Command, letters: Path) -> None:
    assert (searcharc("count", "harbour").out, searcharc("count", "harbour").code) == ("3\n", 0)
    assert (searcharc("count", "zeppelin").out, searcharc("count", "zeppelin").code) == ("0\n", 1)
    assert searcharc("count", "--json", "harbour").json == {"version": 1, "total": 3}
    assert searcharc("count", "from:marchetti", "year:2010").out == "1\n"


ARCHIVED = {
    "mbox": mbox(*LETTERS),
    "mbox crlf": mbox(*(m.replace(b"\n", b"\r\n") for m in LETTERS)).replace(
        ENVELOPE, ENVELOPE[:-1] + b"\r\n"
    ),
    "mbox escaped": mbox(mail(body=">From here\n>>From there\n> From elsewhere"), plain(2)),
    "mbox no last line end": mbox(plain(1), plain(2))[:-2],
    "gz": gzip.compress(mbox(*LETTERS)),
    "eml": LETTERS[0],
    "eml crlf": LETTERS[1].replace(b"\n", b"\r\n"),
    "eml odd bytes": mail(body=b"caf\xe9 \x00 \xff\xfe\r\n\r\rend\n\n\n"),
}


@pytest.mark.parametrize("name", ARCHIVED)
def test_raw_gives_the_bytes_that_lie_in_the_archive(searcharc: Command, tmp_path: Path, name: str) -> None:
    content = ARCHIVED[name]
    box = write(tmp_path / "box", content)
    assert searcharc("index", box).code == 0
    whole = gzip.decompress(content) if name == "gz" else content
    keys = ids(searcharc("search", "-f", "ids", "--sort", "date", "*"))
    records = [searcharc("show", "--json", "--", key).json for key in keys]
    total = 0
    for key, record in zip(keys, records, strict=True):
        source = record["source"]
        raw = searcharc("show", "--raw", "--", key).bytes_out
        assert raw == whole[source["offset"] : source["offset"] + source["length"]]
        assert raw.startswith(b"From: ")
        total += len(raw)
    if name.startswith("eml"):
        assert total == len(whole)
    else:  # all but the envelope lines and the blank lines between
        assert total + whole.count(b"From ines@") * (len(ENVELOPE) + 1 + 2 * ("crlf" in name)) >= len(whole)


def test_raw_finds_a_maildir_message_whose_flags_changed(searcharc: Command, tmp_path: Path) -> None:
    folder = make_maildir(
        tmp_path / "Maildir", [("new/1.a.host", LETTERS[0]), ("cur/2.b.host:2,S", LETTERS[1])]
    )
    searcharc("index", folder)
    (folder / "new/1.a.host").rename(folder / "cur/1.a.host:2,FS")
    assert searcharc("show", "--raw", "draft@example.org").bytes_out == LETTERS[0]
    assert searcharc("show", "--raw", "reply@example.org").bytes_out == LETTERS[1]


def test_raw_of_an_archive_that_changed_is_an_error(searcharc: Command, letters: Path) -> None:
    letters.write_bytes(b"From nobody\n" * 3)
    answer = searcharc("show", "--raw", "draft@example.org")
    assert (answer.code, answer.bytes_out) == (4, b"")
    assert "searcharc update" in answer.err
    letters.unlink()
    assert searcharc("show", "--raw", "draft@example.org").code == 4


def test_show_gives_a_message_by_any_form_of_its_id(searcharc: Command, letters: Path) -> None:
    plain_form = searcharc("show", "draft@example.org")
    assert plain_form.code == 0
    assert searcharc("show", "<draft@example.org>").out == plain_form.out
    for word in (
        "Draft on the harbour",
        "Ines Marchetti <ines@example.org>",
        "Ministry of Water and Forests (signature)",
        "2010-05-28 18:02:11+02:00",
        "governance",
        "¶ 24",
        "¶ OP25bis(a)",
    ):
        assert word in plain_form.out


@pytest.mark.parametrize(
    ("anchor", "shown", "hidden"),
    [
        ("#p2", "the draft stands thus", "Dear all"),
        ("#24", "Invites the Secretary-General", "opens at eight"),
        ("#OP25bis(a)", "opens at eight", "Invites"),
        ("#25", "opens at eight", "Invites"),
        ("#OP25", "opens at eight", "Invites"),
    ],
)
def test_show_jumps_to_a_paragraph(
    searcharc: Command, letters: Path, anchor: str, shown: str, hidden: str
) -> None:
    for arguments in ((f"draft@example.org{anchor}",), ("draft@example.org", "--para", anchor[1:])):
        answer = searcharc("show", *arguments)
        assert answer.code == 0
        assert shown in answer.out
        assert hidden not in answer.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("nobody@example.org",),
        ("draft@example.org#p99",),
        ("draft@example.org#99",),
        ("draft@example.org", "--para", "PP24"),
        ("draft@example.org", "--para", "x"),
    ],
)
def test_what_is_not_there_is_exit_1(searcharc: Command, letters: Path, arguments: tuple[str, ...]) -> None:
    answer = searcharc("show", *arguments)
    assert (answer.code, answer.out) == (1, "")
    assert answer.err
    assert searcharc("show", "--json", *arguments).json["error"]["kind"] == "message-not-found"


def test_show_json_is_the_whole_record_on_one_line(searcharc: Command, letters: Path) -> None:
    answer = searcharc("show", "--json", "draft@example.org")
    assert answer.out.count("\n") == 1
    record = answer.json
    assert [p["ordinal"] for p in record["paragraphs"]] == list(range(1, len(record["paragraphs"]) + 1))
    assert [p["number"] for p in record["paragraphs"] if p["number"]] == ["24", "OP25bis(a)"]
    assert record["affiliations"][0]["text"] == "Ministry of Water and Forests"
    inspected = [json.loads(line) for line in searcharc("inspect", "--json", letters).out.splitlines()]
    assert [r["key"] for r in inspected] == ["draft@example.org", "reply@example.org", "wide@example.org"]
    assert inspected[0] == record


def test_status_adds_up(searcharc: Command, letters: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "more/other.mbox", numbered(1, 2))
    searcharc("index", other.parent, "--list", "reports")
    status = searcharc("status", "--json").json
    assert status["version"] == 1
    assert status["program"] == __version__
    assert status["engine"] == "whoosh"
    assert status["stale"] is False
    assert status["index"]["messages"] == 5
    assert (
        sum(a["messages"] for a in status["archives"]) == sum(s["messages"] for s in status["sources"]) == 5
    )
    assert [(s["path"], s["list"], s["state"]) for s in status["sources"]] == [
        (str(letters), None, "fresh"), (str(other.parent), "reports", "fresh")
    ]  # fmt: skip
    assert status["last_run"]["messages"]["seen"] == 2
    text = searcharc("status").out
    assert "5 messages" in text
    assert str(letters) in text
    write(other, numbered(1, 2, 3))
    assert searcharc("status", "--json").json["stale"] is True
    searcharc("update")
    assert searcharc("status", "--json").json["stale"] is False
    letters.unlink()
    assert {s["state"] for s in searcharc("status", "--json").json["sources"]} == {"missing", "fresh"}


def test_check_says_that_all_is_well(searcharc: Command, letters: Path) -> None:
    answer = searcharc("check")
    assert (answer.code, answer.err) == (0, "")
    assert "as they were written" in answer.out


def test_inspect_needs_no_index_and_shows_how_a_message_is_read(searcharc: Command, tmp_path: Path) -> None:
    box = write(tmp_path / "letters.mbox", mbox(*LETTERS))
    answer = searcharc("inspect", box)
    assert (answer.code, answer.err) == (0, "")
    for word in (
        "charset declared utf-8, read as utf-8",
        "affiliation 'Ministry of Water and Forests' by signature",
        "¶ 24",
        "--- signature ---",
        "--- quoted ---",
        "language en",
        f"{box} (mbox), bytes",
    ):
        assert word in answer.out
    lines = [line.strip() for line in answer.out.splitlines()]
    evidence = next(n for n, line in enumerate(lines) if line.startswith("affiliation 'Ministry of Water"))
    assert lines[evidence].endswith(f": {lines[evidence - 1]!r}")  # beneath the very line
    assert searcharc("inspect", tmp_path / "nowhere").code == 2
    assert not (tmp_path / "index").exists()


def test_inspect_json_is_one_record_a_line_whatever_cannot_be_read(
    searcharc: Command, tmp_path: Path
) -> None:
    write(tmp_path / "mail/a.mbox", numbered(1))
    write(tmp_path / "mail/b.txt", b"no mail\n")
    answer = searcharc("inspect", "--json", tmp_path / "mail")
    assert answer.code == 4
    assert "b.txt" in answer.err
    lines = [json.loads(line) for line in answer.out.splitlines()]
    assert lines[0]["key"] == "r1@example.org"


def test_fields_lists_every_field_alias_and_example(searcharc: Command) -> None:
    answer = searcharc("fields")
    for field in FIELDS:
        for name in (field.name, *field.aliases):
            assert f"{name}:" in answer.out
        assert field.example in answer.out
    for operator, meaning in OPERATORS:
        assert operator in answer.out
        assert meaning in answer.out
    listed = searcharc("fields", "--json").json
    assert {f.name for f in FIELDS} <= {f["name"] for f in listed["fields"]}


def test_version_and_help(searcharc: Command) -> None:
    assert searcharc("--version").out == f"searcharc {__version__}\n"
    for command in ("index", "update", "search", "count", "show", "status", "check", "inspect", "fields"):
        assert command in searcharc("--help").out


# Usage.


def test_the_index_comes_from_the_environment_or_stands_here(
    searcharc: Command, letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert searcharc("count", "harbour", "--index", "index").out == "3\n"

    def bare(*words: str, **env: str) -> subprocess.CompletedProcess[bytes]:
        return command(*words, cwd=tmp_path, env=env)

    assert bare("count", "harbour").stdout == b"3\n"
    elsewhere = tmp_path / "index"
    moved = elsewhere.rename(tmp_path / "moved")
    assert bare("count", "harbour").returncode == 3
    assert bare("count", "harbour", SEARCHARC_INDEX=str(moved)).stdout == b"3\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", "  "),
        ("count", ""),
        ("index",),
        ("index", "BOX", "--engine", "lucene"),
        ("index", "BOX", "--max-message", "0"),
        ("index", "BOX", "--max-message", "abc"),
        ("index", "BOX", "--max-message", "-5"),
        ("index", "BOX", "--max-message", "1t"),
        ("index", "BOX", "--max-message", ""),
        ("index", "BOX", "--jobs", "0"),
        ("index", "BOX", "--wait", "-1"),
        ("search", "--limit", "-1", "harbour"),
        ("search", "--offset", "-1", "harbour"),
        ("search", "--limit", "many", "harbour"),
        ("search", "--sort", "size", "harbour"),
        ("search", "--format", "xml", "harbour"),
        ("search", "--scope", "thread", "harbour"),
        ("search", "--no-such-option", "harbour"),
        ("search", "(harbour"),
        ("search", "frm:ann"),
        ("search", "--since", "soon"),
        ("search", "--para", "abc"),
        ("count", "frm:ann"),
        ("no-such-command",),
    ],
)
def test_bad_usage_is_exit_2_with_a_word_on_stderr_and_none_on_stdout(
    searcharc: Command, letters: Path, arguments: tuple[str, ...]
) -> None:
    words = [str(letters) if a == "BOX" else a for a in arguments]
    answer = searcharc(*words)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.strip()


@pytest.mark.parametrize(
    ("arguments", "code", "kind"),
    [
        (("search", "--json", "frm:ann"), 2, "query"),
        (("search", "--format", "ndjson", "frm:ann"), 2, "query"),
        (("search", "--json", "(" * 60 + "a" + ")" * 60), 2, "limit"),
        (("search", "--json"), 2, "usage"),
        (("count", "--json", "(harbour"), 2, "query"),
        (("index", "--json", "/nowhere/at/all"), 2, "usage"),
        (("index", "--json", "/nowhere", "--engine", "x"), 2, "usage"),
        (("show", "--json", "nobody@example.org"), 1, "message-not-found"),
        (("inspect", "--json", "/nowhere/at/all"), 2, "usage"),
        (("search", "--json", "--index", "/nowhere/at/all", "harbour"), 3, "index-missing"),
        (("status", "--json", "--index", "/nowhere/at/all"), 3, "index-missing"),
        (("update", "--json", "--index", "/nowhere/at/all"), 3, "index-missing"),
        (("search", "--json", "--limit", "many", "harbour"), 2, "usage"),
        (("search", "--json", "--no-such-option", "harbour"), 2, "usage"),
    ],
)
def test_an_error_with_json_is_json(
    searcharc: Command, letters: Path, arguments: tuple[str, ...], code: int, kind: str
) -> None:
    answer = searcharc(*arguments)
    assert answer.code == code
    record = answer.json
    assert list(record) == ["version", "error"]
    assert list(record["error"]) == ["kind", "message", "position", "hint"]
    assert record["error"]["kind"] == kind
    assert (record["error"]["position"] is not None) == (kind in ("query", "limit"))


def test_a_bad_query_shows_its_place(searcharc: Command, letters: Path) -> None:
    error = searcharc("search", "harbour", "sbject:plan").err.splitlines()
    assert error[1] == "  harbour sbject:plan"
    assert error[2] == "          ^"
    assert "subject:" in error[3]
    wide = searcharc("search", "港 sbject:plan").err.splitlines()
    assert wide[2] == "     ^", "a wide character takes two cells"


def test_index_prints_its_counts_and_nothing_else_in_a_pipe(searcharc: Command, tmp_path: Path) -> None:
    box = write(tmp_path / "a.mbox", numbered(1, 2, 2))
    answer = searcharc("index", box)
    assert re.match(r"3 seen, 2 indexed, 0 unchanged, 1 duplicate in \d", answer.out)
    assert answer.err == ""
    record = searcharc("update", "--json").json
    assert list(record) == ["version", "messages", "archives", "problems", "seconds", "index"]
    assert record["archives"] == [{"path": str(box), "format": "mbox", "messages": 3}]
    assert record["index"].keys() == {"messages", "paragraphs", "bytes"}


@pytest.mark.parametrize("size", ["1", "300", "2k", "1K", "1m", "1g"])
def test_sizes_are_bytes_or_have_a_unit(searcharc: Command, tmp_path: Path, size: str) -> None:
    box = write(tmp_path / "a.mbox", mbox(plain(1, body="x " * 2000)))
    assert searcharc("index", "--max-message", size, box).code == (0 if size[-1] in "mg" else 4)
    assert searcharc("count", "*").out == "1\n"


# In a process of its own.


def command(
    *words: str, cwd: Path | None = None, env: dict[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    surroundings = {
        k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON", "SEARCHARC"))
    }
    program = [sys.executable, "-c", "from searcharc.cli import main; main()", *words]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.run(program, cwd=cwd, env={**surroundings, **(env or {})}, timeout=60, **options)


POOR = [{"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}]


@pytest.mark.parametrize("env", POOR, ids=["C", "ASCII"])
def test_a_poor_locale_prints_utf8_all_the_same(letters: Path, tmp_path: Path, env: dict[str, str]) -> None:
    done = command("search", "from:delegue", cwd=tmp_path, env=env)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Cy Délégué".encode() in done.stdout


def test_the_c_locale_takes_utf8_in_a_query(letters: Path, tmp_path: Path) -> None:
    done = command("search", "from:délégué", cwd=tmp_path, env={"LC_ALL": "C"})
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Cy Délégué".encode() in done.stdout


def test_a_reader_who_has_seen_enough_is_no_error(searcharc: Command, tmp_path: Path) -> None:
    searcharc("index", write(tmp_path / "a.mbox", numbered(*range(400))))
    for form in ("ndjson", "json", "table"):
        program = [sys.executable, "-c", "from searcharc.cli import main; main()"]
        process = subprocess.Popen(
            [*program, "search", "--format", form, "--limit", "400", "*"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stderr is not None
        with process.stdout, process.stderr:
            assert process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b""
            assert process.wait(30) == 0


def test_a_full_disk_behind_stdout_is_no_traceback(letters: Path, tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = command("search", "--json", "*", cwd=tmp_path, stdout=full)
    assert done.returncode not in (0, 1)
    assert b"Traceback" not in done.stderr
    assert done.stderr.strip()


# Nothing of a mail moves the cursor or is read as markup.

EVIL = "\x1b[31m\x1b]0;pwn\x07\x9b2J\u202egnp\u2066[bold red]x[/bold red][link=http://evil.example]y[/link]:smile:"
WIRE = EVIL.encode()
HOSTILE = b"""From: EVIL <evil@example.org>
To: EVIL <to@example.org>
Cc: =?utf-8?q?=1B=5B31m?= <cc@example.org>
Subject: Lantern EVIL =?utf-8?b?G1szMW3CmzJK4oCu?=
Date: Mon, 03 Mar 2014 10:01:00 +0000
Message-ID: <EVIL@example.org>
In-Reply-To: <EVILx@example.org>
List-Id: EVIL <EVIL.example.org>
Organization: Ministry of EVIL
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=zz

--zz
Content-Type: text/plain; charset=xEVIL

24. Lantern EVIL

--\x20
EVIL
Ministry of EVIL
--zz
Content-Type: application/EVIL; name="EVIL.pdf"
Content-Disposition: attachment; filename*=utf-8''%1B%5B31m%C2%9B.pdf
Content-Transfer-Encoding: base64

AAAA
--zz--
""".replace(b"EVIL", WIRE)


@pytest.fixture
def hostile(searcharc: Command, tmp_path: Path) -> Path:
    """A folder whose names and mails hold control sequences, and an index of it."""
    top = tmp_path / "top"
    write(top / "box\x1b[31m\u202e.mbox", ENVELOPE + HOSTILE + b"\n" + ENVELOPE + plain(1))
    write(top / "no mail \x1b[31m\x9b.txt", b"only text\n")
    (top / os.fsdecode(b"not utf-8 \xff\x9b.txt")).write_bytes(b"only text\n")
    answer = searcharc("index", top)
    assert answer.code == 4
    return top


COMMANDS = [
    *(("search", "--format", f, "lantern") for f in ("table", "text", "json", "ndjson", "ids")),
    ("search", "--explain", "lantern \x1b[31m"),
    ("search", "--json", "*"),
    ("search", "frm:\x1b[31m\u202e"),
    ("search", "zeppelin \x1b[31m\x9b"),
    ("search", "--json", "frm:\x1b[31m\x9b"),
    ("search", '"open \x1b[31m'),
    ("search", "--since", "\x1b[31m", "x"),
    ("count", "subjct:\x1b[31m"),
    ("show", "KEY"),
    ("show", "--json", "KEY"),
    ("show", "nobody\x1b[31m"),
    ("show", "KEY#p\x1b[31m"),
    ("show", "--para", "\x1b[31m", "KEY"),
    ("status",),
    ("status", "--json"),
    ("check",),
    ("update",),
    ("update", "--json"),
    ("index", "TOP"),
    ("index", "TOP", "--list", "\x1b[31m[bold]"),
    ("index", "TOP", "--engine", "\x1b[31m"),
    ("index", "TOP", "--max-message", "\x1b[31m"),
    ("index", "/nowhere\x1b[31m"),
    ("index", "TOP", "--index", "/nowhere\x1b[31m/\x9b\0"[:-1]),
    ("search", "x", "--index", "/nowhere\x1b[31m\u202e"),
    ("inspect", "TOP"),
    ("inspect", "--json", "TOP"),
    ("inspect", "/nowhere\x1b[31m"),
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda w: ascii(" ".join(w))[1:40])
def test_no_control_sequence_of_a_mail_reaches_the_terminal(
    searcharc: Command, hostile: Path, words: tuple[str, ...]
) -> None:
    key = next(
        k
        for k in (h["key"] for h in searcharc("search", "--json", "*").json["hits"])
        if "pwn" in k or "31m" in k
    )
    answer = searcharc(*(w.replace("TOP", str(hostile)).replace("KEY", key) for w in words), columns=200)
    assert UNSAFE.search(answer.out.replace("\r\n", "\n")) is None
    assert UNSAFE.search(answer.err) is None
    assert answer.code in (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    "words", [("search", "--format", "table", "lantern"), ("show", "KEY"), ("inspect", "TOP")]
)
def test_markup_in_a_mail_is_shown_as_it_stands(
    searcharc: Command, hostile: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = next(
        k
        for k in (h["key"] for h in searcharc("search", "--json", "*").json["hits"])
        if "pwn" in k or "31m" in k
    )
    asked = [w.replace("TOP", str(hostile)).replace("KEY", key) for w in words]
    assert (
        "[bold red]x[/bold red][link=http://evil.example]y[/link]:smile:"
        in searcharc(*asked, columns=400).out
    )
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = searcharc(*asked, columns=400).out
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert coloured != bare, "colours were asked for"
    assert UNSAFE.search(bare) is None
    assert "\x1b]" not in coloured
    assert "[link=http://evil.example]y[/link]" in bare
