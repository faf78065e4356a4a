"""The user's table of affiliations: its file, what it says of a message, and how an index keeps it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc import Index
from searcharc.affiliations import AffiliationTable, TableRow, read_table
from searcharc.errors import UsageError
from searcharc.message.parse import parse_message
from searcharc.models import Evidence, Message
from tests.conftest import Command
from tests.mail import mail, mbox, write

INES = "ines@example.org"


def table(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    return write(tmp_path / "who.csv", text.encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        "address,name,role,from,to\nInes@Example.org,Tide Institute,Envoy,2010-01-01,2012-12-31\n",
        "\ufeffaddress;name;role;from;to\r\nines@example.org;Tide Institute;Envoy;2010;2012\r\n",
        'to,from,role,name,Domain,address\n\n2012-12,2010-01,Envoy,"Tide  Institute",,ines@example.org\n',
        "address or domain,organisation,role,from,to\nines@example.org,Tide Institute,Envoy,2010,2012,,\n",
    ],
)
def test_a_table_is_read_however_it_was_saved(tmp_path: Path, text: str) -> None:
    assert read_table(table(tmp_path, text)) == (
        TableRow(INES, "Tide Institute", "Envoy", "2010-01-01", "2012-12-31"),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("address,role\nines@example.org,Envoy\n", "line 1: there is no column name"),
        ("name\nTide Institute\n", "line 1: there is no column address or domain"),
        ("address,name,fron\nines@example.org,Tide Institute,2010\n", "line 1: no column is named 'fron'"),
        ("address,name,name\n", "line 1: a column stands there twice"),
        ("address,name\nines at example,Tide Institute\n", "line 2: 'ines at example' is no address"),
        ("address,name\n,Tide Institute\n", "line 2: no address or domain"),
        ("address,name\n\nines@example.org,\n", "line 3: no name for ines@example.org"),
        ("address,name,from\nines@example.org,Tide Institute,spring\n", "line 2: 'spring' is no ISO date"),
        ("address,name,to\nines@example.org,Tide Institute,2010-02-30\n", "line 2: '2010-02-30' is no ISO"),
        ("address,name,from,to\na@b.example,Tides,2012,2010\n", "line 2: it ends (2010) before it begins"),
        ("address,name\na@b.example,Tides,Envoy\n", "line 2: 3 cells where the header has 2"),
        ('address,name\na@b.example,"Two\nlines"\nx,Tides\n', "line 4: 'x' is no address and no domain"),
        ("address,name\nx,Tides\na@b.example,\n", "line 2: 'x' is no address and no domain; line 3: no name"),
        ('address,name\na@b.example,"Tides\n', "line 2: unexpected end of data"),
        ("address,name\na@b.example,Ti\x00des\n", "line 2: 'Ti\\x00des' is too long or not text"),
    ],
)
def test_a_bad_table_is_named_by_its_lines(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_table(table(tmp_path, text))
    assert told in raised.value.message
    assert str(tmp_path / "who.csv") in raised.value.message
    assert raised.value.hint


def test_a_table_that_is_not_utf_8_is_named_by_its_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="line 2: not UTF-8"):
        read_table(table(tmp_path, "address,name\nines@example.org,Météo\n", "latin-1"))


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.csv cannot be read"):
        read_table(tmp_path / "nowhere.csv")


@given(text=st.text(alphabet='address,name;"\n\r@.2010- \x00é\ufeff', max_size=80))
def test_no_table_is_read_with_anything_but_a_usage_error(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = write(tmp_path_factory.getbasetemp() / "any.csv", text.encode())
    try:
        rows = read_table(path)
    except UsageError:
        return
    assert all(row.who and row.name for row in rows)


ROWS = (
    TableRow(INES, "Tide Institute", "Envoy", "2010-01-01", "2012-12-31"),
    TableRow(INES, "Quay Society", "", "2012-06-01", ""),
    TableRow("example.org", "Harbour Office"),
    TableRow("lock.example.org", "Lock Office"),
)


@pytest.mark.parametrize(
    ("address", "day", "names"),
    [
        (INES, "2010-01-01", ["Tide Institute"]),
        (INES, "2012-06-01", ["Tide Institute", "Quay Society"]),
        (INES, "2012-12-31", ["Tide Institute", "Quay Society"]),
        (INES, "2013-01-01", ["Quay Society"]),
        (INES, "2009-12-31", ["Harbour Office"]),  # no row of hers holds: her domain's does
        (INES, None, ["Harbour Office"]),
        ("INES@EXAMPLE.ORG", "2011-05-05", ["Tide Institute"]),
        ("bo@example.org", "2011-05-05", ["Harbour Office"]),
        ("bo@mail.example.org", "2011-05-05", ["Harbour Office"]),
        ("bo@gate.lock.example.org", "2011-05-05", ["Lock Office"]),
        ("bo@notexample.org", "2011-05-05", []),
        ("bo", "2011-05-05", []),
        ("", "2011-05-05", []),
    ],
)
def test_the_nearest_rows_that_hold_on_the_day_speak(address: str, day: str | None, names: list[str]) -> None:
    assert [row.name for row in AffiliationTable(ROWS).rows_for(address, day)] == names


SIGNED = "The text is good.\n\n-- \nInes Marchetti\nDirector, Ministry of Tides"


def read(date: str = "Mon, 03 Mar 2011 10:01:00 +0000", body: str = SIGNED) -> Message:
    return parse_message(mail(sender=f"Ines Marchetti <{INES}>", date=date, body=body))


def told(message: Message) -> list[tuple[str, str | None, str, float]]:
    return [(a.name, a.role, a.evidence.value, a.confidence) for a in message.affiliations]


def test_the_table_stands_before_what_the_message_says() -> None:
    message = AffiliationTable(ROWS).assigned(read())
    assert told(message) == [
        ("Tide Institute", "Envoy", "table", 1.0),
        ("Ministry of Tides", "Director", "signature", 0.9),
    ]
    assert message.affiliations[0].text == "ines@example.org, Tide Institute, Envoy, 2010-01-01, 2012-12-31"


def test_in_a_personal_capacity_the_table_too_is_less_sure() -> None:
    message = AffiliationTable(ROWS).assigned(read(body="I write this in my personal capacity."))
    assert told(message)[0] == ("Tide Institute", "Envoy", "table", 0.5)


def test_the_day_is_that_of_the_message_in_utc() -> None:
    late = read(date="Mon, 31 Dec 2012 23:30:00 -0500")  # the first of January in UTC
    assert late.date is not None and late.date.astimezone(UTC) > datetime(2013, 1, 1, tzinfo=UTC)
    assert told(AffiliationTable(ROWS).assigned(late))[0][0] == "Quay Society"


@given(st.lists(st.sampled_from(ROWS)), st.lists(st.sampled_from(ROWS)))
def test_a_table_leaves_no_trace_of_another(one: list[TableRow], other: list[TableRow]) -> None:
    message = read()
    twice = AffiliationTable(other).assigned(AffiliationTable(one).assigned(message))
    assert twice == AffiliationTable(other).assigned(message)
    assert AffiliationTable().assigned(twice) == message


# --- in an index ---------------------------------------------------------------------------------


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return write(
        tmp_path / "mail/harbour.mbox",
        mbox(
            mail(message_id="signed@x.example", body=SIGNED),
            mail(message_id="bare@x.example", body="Nothing more.", date="Thu, 05 Mar 2015 10:01:00 +0000"),
            mail(message_id="other@x.example", body="Good.", sender="Bo Sample <bo@gmail.com>"),
        ),
    )


def entries(folder: Path) -> dict[str, list[tuple[str, str]]]:
    with Index.open(folder) as opened:
        return {
            m.key.partition("@")[0]: [(a.name, a.evidence.value) for a in m.affiliations]
            for m in opened._engine.all_messages()
        }


STATED = [("Ministry of Tides", "signature")]
DOMAIN = [("example.org", "domain")]


def test_a_table_is_kept_and_put_to_what_comes(searcharc: Command, tmp_path: Path, box: Path) -> None:
    home = tmp_path / "home"
    who = table(tmp_path, "address,name,from,to\nines@example.org,Tide Institute,2010,2014\n")
    answer = searcharc("index", box, "--affiliations", who, index=home)
    assert answer.code == 0, answer.err
    tides = [("Tide Institute", "table")]
    assert entries(home) == {"signed": tides + STATED, "bare": DOMAIN, "other": []}
    assert searcharc("count", 'affil:"tide institute"', index=home).out == "1\n"
    box.write_bytes(box.read_bytes() + mbox(mail(message_id="late@x.example", body="More.")))
    assert searcharc("update", index=home).code == 0
    assert entries(home)["late"] == tides + DOMAIN


def test_another_table_takes_its_place_and_none_drops_it(
    searcharc: Command, tmp_path: Path, box: Path
) -> None:
    home = tmp_path / "home"
    plain = tmp_path / "plain"
    searcharc("index", box, index=plain)
    searcharc("index", box, "--affiliations", table(tmp_path, "domain,name\nexample.org,Tides\n"), index=home)
    assert entries(home)["bare"] == [("Tides", "table"), *DOMAIN]
    changed = searcharc(
        "update", "--affiliations", table(tmp_path, "address,name\nbo@gmail.com,Quays\n"), index=home
    )
    assert changed.code == 0, changed.err
    assert "0 indexed" in changed.out
    assert entries(home) == {"signed": STATED, "bare": DOMAIN, "other": [("Quays", "table")]}
    box.unlink()  # the records themselves are changed: an archive that is away is not needed
    assert searcharc("update", "--affiliations", "none", index=home).code in (0, 4)
    assert entries(home) == entries(plain)


def test_adding_and_rebuilding_end_alike(searcharc: Command, tmp_path: Path, box: Path) -> None:
    who = table(tmp_path, "domain,name\nexample.org,Tides\ngmail.com,Quays\n")
    one, other = tmp_path / "one", tmp_path / "other"
    searcharc("index", box, "--affiliations", who, index=one)
    more = write(
        tmp_path / "mail/more.mbox",
        mbox(
            mail(message_id="signed@x.example", body=SIGNED),
            mail(message_id="bare@x.example", body="Other content.", sender="Bo Sample <bo@gmail.com>"),
        ),
    )
    searcharc("index", more, index=one)
    searcharc("index", box, more, "--affiliations", who, index=other)
    assert entries(one) == entries(other)
    assert searcharc("index", "--rebuild", index=one).code == 0
    assert entries(one) == entries(other)
    box.write_bytes(mbox(mail(message_id="other@x.example", body="Good.", sender="Bo Sample <bo@gmail.com>")))
    searcharc("update", index=one)
    fresh = tmp_path / "fresh"
    searcharc("index", box, more, "--affiliations", who, index=fresh)
    assert entries(one) == entries(fresh)


def test_what_other_messages_tell_is_not_written_into_records(searcharc: Command, tmp_path: Path) -> None:
    footer = "The harbour office in the old town is open on all days but Sunday."
    letters = [
        mail(
            message_id=f"{n}@x.example",
            sender=f"Sender{n} <s{n}@example.org>",
            body=f"Letter {n}.\n\n{footer}",
        )
        for n in range(5)
    ]
    box = write(tmp_path / "mail/footers.mbox", mbox(*letters))
    who = table(tmp_path, "domain,name\nexample.org,Tides\n")
    one, other = tmp_path / "one", tmp_path / "other"
    searcharc("index", box, index=one)
    searcharc("index", box, index=other)
    searcharc("update", "--affiliations", who, index=one)
    searcharc("update", "--affiliations", "none", index=one)
    with Index.open(one) as changed, Index.open(other) as plain:
        zones = [p.zone.value for p in plain.message("1@x.example").paragraphs]
        assert zones == ["own", "footer"]  # by repetition: the record itself says "own"
        for n in range(5):
            key = f"{n}@x.example"
            assert changed._engine.stored(key) == plain._engine.stored(key)
            assert changed.message(key) == plain.message(key)


def test_a_bad_table_stops_before_anything_is_done(searcharc: Command, tmp_path: Path, box: Path) -> None:
    home = tmp_path / "home"
    answer = searcharc("index", box, "--affiliations", table(tmp_path, "address,name\nx,Tides\n"), index=home)
    assert answer.code == 2
    assert "line 2: 'x' is no address and no domain" in answer.err
    assert not home.exists()


def test_a_mail_that_states_nothing_is_inferred_from_its_senders_others(
    searcharc: Command, tmp_path: Path, box: Path
) -> None:
    home = tmp_path / "home"
    searcharc("index", box, index=home)
    assert searcharc("search", "affil:ministry", "--format", "ids", index=home).out.split() == [
        "signed@x.example"
    ]
    found = searcharc("search", "affil~:ministry", "--format", "ids", index=home).out.split()
    assert found == ["signed@x.example", "bare@x.example"]
    with Index.open(home) as opened:
        hits = opened.search("affil~:ministry", explain=True).hits
    inferred = [any("inferred from" in part.leaf for part in hit.explanation) for hit in hits]
    assert [(h.key, i) for h, i in zip(hits, inferred, strict=True)] == [
        ("signed@x.example", False),
        ("bare@x.example", True),
    ]
    assert searcharc("count", "affil~:example", index=home).out == "1\n"  # the domain of what states nothing


def test_python_takes_a_table_too(tmp_path: Path, box: Path) -> None:
    with Index.create(tmp_path / "home") as opened:
        opened.update([box], affiliations=table(tmp_path, "address,name\nines@example.org,Tides\n"))
        found = opened.search("affil:tides").hits
        assert {hit.affiliations[0].evidence for hit in found} == {Evidence.TABLE}
        assert len(found) == 2
