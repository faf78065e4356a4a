from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from searcharc.models import Problem, RawMessage
from searcharc.readers import read_raw
from searcharc.readers.compress import open_bytes
from searcharc.readers.mbox import read_mbox

from .builders import ENVELOPE, PACKERS, boxed, crlf, mail, read_bytes, subjects

LATER = b"From bo@example.net Tue Mar  4 10:02:00 2014"


def raws(folder: Path, data: bytes) -> list[bytes]:
    messages, problems = read_bytes(folder, data)
    assert problems == []
    return [message.raw for message in messages]


@pytest.mark.parametrize("ends", [lambda data: data, crlf], ids=["LF", "CRLF"])
def test_messages_are_what_lies_between_envelope_and_blank_line(tmp_path: Path, ends) -> None:  # type: ignore[no-untyped-def]
    one, two = ends(mail("one", b"first\n\n")), ends(mail("two"))
    data = ends(boxed(one, two))
    messages, problems = read_bytes(tmp_path, data)
    assert problems == []
    assert [message.raw for message in messages] == [one, two]
    assert [message.envelope for message in messages] == [ENVELOPE, ENVELOPE]
    for message in messages:
        origin = message.origin
        assert data[origin.offset : origin.offset + origin.length] == message.raw
        assert (origin.archive, origin.file, origin.format) == (str(tmp_path / "box"), None, "mbox")


def test_separators_may_end_in_lf_in_a_crlf_file(tmp_path: Path) -> None:
    one, two = crlf(mail("one")), crlf(mail("two"))
    data = ENVELOPE + b"\n" + one + b"\r\n" + ENVELOPE + b"\n" + two + b"\r\n"
    assert raws(tmp_path, data) == [one, two]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        # Pipermail of the nineties: no blank line.
        (ENVELOPE + b"\nA: 1\n\nx\n" + LATER + b"\nB: 2\n", [b"A: 1\n\nx\n", b"B: 2\n"]),
        # Only one blank line parts two messages; the others are the message's.
        (ENVELOPE + b"\nA: 1\n\nx\n\n\n" + LATER + b"\nB: 2\n", [b"A: 1\n\nx\n\n", b"B: 2\n"]),
        # No line end at the end of the file.
        (ENVELOPE + b"\nSubject: a\n\nlast", [b"Subject: a\n\nlast"]),
        # One blank line at the end of the file parts nothing, a second one is the message's.
        (ENVELOPE + b"\nSubject: a\n\nx\n\n\n", [b"Subject: a\n\nx\n\n"]),
        # A header without a body.
        (ENVELOPE + b"\nSubject: a\n\n" + LATER + b"\nSubject: b\n\n", [b"Subject: a\n", b"Subject: b\n"]),
        # No header: the first envelope opens a message all the same.
        (ENVELOPE + b"\n\nThe heron survey.\n", [b"\nThe heron survey.\n"]),
        # An envelope that holds nothing is no message.
        (ENVELOPE + b"\n" + LATER + b"\nSubject: b\n", [b"Subject: b\n"]),
        (ENVELOPE + b"\n\n" + LATER + b"\nSubject: b\n", [b"Subject: b\n"]),
        (ENVELOPE + b"\n", []),
        (ENVELOPE, []),
        # A mark and blank lines before the first envelope.
        (b"\xef\xbb\xbf\r\n\n" + ENVELOPE + b"\nSubject: a\n", [b"Subject: a\n"]),
        # Escapes stay: content takes them away.
        (ENVELOPE + b"\nA: 1\n\n>From here\n>>From there\n", [b"A: 1\n\n>From here\n>>From there\n"]),
        # An envelope in the text without a header behind it, and prose.
        (
            ENVELOPE + b"\nSubject: a\n\n" + LATER + b"\n\nFrom me\nFrom now: on\n",
            [b"Subject: a\n\n" + LATER + b"\n\nFrom me\nFrom now: on\n"],
        ),
    ],
)  # fmt: skip
def test_where_messages_begin_and_end(tmp_path: Path, data: bytes, expected: list[bytes]) -> None:
    assert raws(tmp_path, data) == expected


def test_an_attached_patch_does_not_split_and_a_series_does(tmp_path: Path) -> None:
    patch = (
        b"From "
        + b"c0ffee" * 6
        + b"cafe Mon Sep 17 00:00:00 2001\nFrom: Bo <bo@example.net>\nSubject: fix\n\n---\n"
    )
    attached = mail("see the file", b"--b\n\n" + patch + b"--b--\n")
    assert raws(tmp_path, boxed(attached, mail("two"))) == [attached, mail("two")]
    assert len(raws(tmp_path, patch + b"\n" + patch)) == 2


def test_bytes_before_the_first_envelope_are_named(tmp_path: Path) -> None:
    junk = b"half a message\n\n"
    messages, problems = read_bytes(tmp_path, junk + boxed(mail("one"), mail("two")))
    assert subjects(messages) == ["one", "two"]
    assert problems == [
        Problem(str(tmp_path / "box"), f"the first {len(junk)} bytes are no message: not read", 0)
    ]


def counted(subject: str, body: bytes, length: int) -> bytes:
    return mail(subject, body, b"Content-Length: %d" % length)


INNER = b"before\n\n" + LATER + b"\nFrom: quoted\n\nafter\n"


@pytest.mark.parametrize("ends", [lambda data: data, crlf], ids=["LF", "CRLF"])
@pytest.mark.parametrize("with_blank", [False, True])
def test_content_length_that_lands_on_an_envelope_is_believed(tmp_path: Path, ends, with_blank: bool) -> None:  # type: ignore[no-untyped-def]
    length = len(ends(INNER)) + (len(ends(b"\n")) if with_blank else 0)
    one = ends(counted("one", INNER, length))
    data = ends(boxed(counted("one", INNER, length), mail("two")))
    messages, problems = read_bytes(tmp_path, data)
    assert problems == []
    assert [message.raw for message in messages] == [one, ends(mail("two"))]
    assert [message.origin.format for message in messages] == ["mboxcl2", "mbox"]
    assert messages[0].content == one


def test_content_length_that_lands_on_the_end_of_the_file_is_believed(tmp_path: Path) -> None:
    for tail in (b"", b"\n"):
        data = ENVELOPE + b"\n" + counted("one", INNER, len(INNER)) + tail
        messages, _ = read_bytes(tmp_path, data)
        assert [message.raw for message in messages] == [counted("one", INNER, len(INNER))]


@pytest.mark.parametrize("error", [-3, -1, 1, 2, 5, 10**6, 10**11])
def test_content_length_that_misses_is_worth_nothing(tmp_path: Path, error: int) -> None:
    one = counted("one", b"text of some length\n", max(0, 20 + error))
    messages, problems = read_bytes(tmp_path, boxed(one, mail("two")))
    assert problems == []
    # One byte more is the blank line, which some writers count.
    assert [message.raw for message in messages] == [one, mail("two")]
    assert messages[0].origin.format == ("mboxcl2" if error == 1 else "mbox")


def test_escapes_of_mboxcl_are_undone_and_those_of_mboxcl2_are_text(tmp_path: Path) -> None:
    for body, expected in (
        (b">From here\n", b"From here\n"),
        (b">From here\nFrom there\n", b">From here\nFrom there\n"),
    ):
        messages, _ = read_bytes(tmp_path, boxed(counted("one", body, len(body)), mail("two")))
        assert messages[0].content.endswith(b"\n\n" + expected)


@pytest.mark.parametrize("chunk", [1, 7, 64, 1 << 20])
def test_the_size_of_the_chunks_changes_nothing(tmp_path: Path, chunk: int) -> None:
    path = tmp_path / "box"
    bodies = [b"x\n", b"From me\n\n", INNER, b"z" * 300 + b"\n", b"\n\n\n"]
    data = boxed(*(counted(f"m{n}", body, len(body) + n % 2) for n, body in enumerate(bodies)))
    path.write_bytes(data)

    def results(size: int, limit: int) -> list[RawMessage | Problem]:
        with open_bytes(path) as stream:
            return list(read_mbox(stream, name="box", max_message=limit, chunk=size))

    for limit in (50, 200, 10_000):
        assert results(chunk, limit) == results(1 << 22, limit)
    assert len(results(chunk, 10_000)) == len(bodies)


def test_a_long_message_is_cut_named_and_the_next_one_read(tmp_path: Path) -> None:
    long = mail("long", b"0123456789\n" * 100)
    messages, problems = read_bytes(tmp_path, boxed(mail("a"), long, mail("b")), max_message=200)
    assert subjects(messages) == ["a", "long", "b"]
    cut = messages[1]
    assert cut.raw == long[:200]
    assert cut.origin.length == len(long)
    assert cut.defects == ("message cut at 200 bytes",)
    assert problems == [
        Problem(str(tmp_path / "box"), f"message of {len(long)} bytes cut at 200 bytes", cut.origin.offset)
    ]
    assert read_raw(cut.origin) == long
    assert read_raw(cut.origin, limit=200) == cut.raw


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_the_limit_is_the_longest_whole_message(tmp_path: Path, extra: int) -> None:
    long = mail("long", b"x" * 99_999 + b"\n")
    messages, problems = read_bytes(tmp_path, boxed(long, mail("b")), max_message=len(long) + extra)
    assert messages[0].raw == long[: len(long) + extra]
    assert bool(problems) is bool(messages[0].defects) is (extra < 0)


@pytest.mark.parametrize(("tail", "mebibytes"), [(b"", 80), (b"\nFrom me, lines without end", 16)])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, tail: bytes, mebibytes: int) -> None:
    path = tmp_path / "box"
    line = b"a line of an endless message, with From in it\n" + tail
    with path.open("wb") as writer:
        writer.write(boxed(mail("a")) + ENVELOPE + b"\n" + mail("endless"))
        for _ in range(mebibytes):
            writer.write(line * ((1 << 20) // len(line)))
        writer.write(b"\n" + boxed(*[mail("b", b"x" * 1000 + b"\n")] * 10_000))
    tracemalloc.start()
    try:
        count = 0
        with open_bytes(path) as stream:
            for result in read_mbox(stream, name="box", max_message=1 << 20, chunk=1 << 16):
                count += isinstance(result, RawMessage)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 10_002
    assert peak < 6 << 20


def test_a_cut_gz_gives_the_messages_before_the_cut_and_is_named(tmp_path: Path) -> None:
    data = boxed(*(mail(f"m{n}", b"%d\n" % n**9) for n in range(50)))
    packed = gzip.compress(data)
    messages, problems = read_bytes(tmp_path, packed[: len(packed) - 30])
    assert subjects(messages)[:45] == [f"m{n}" for n in range(45)]
    assert messages[-1].defects == ("message cut where the file is damaged",)
    assert all(message.defects == () for message in messages[:-1])
    assert [problem.reason for problem in problems] == ["the gzip data ends early: the file is cut"]
    assert all(read_raw(message.origin) == message.raw for message in messages)


pieces = st.sampled_from(
    [
        *(
            ENVELOPE,
            LATER,
            b"From " + b"ab" * 20 + b" Mon Sep 17 00:00:00 2001\n",
            b"From ",
            b"From me",
            b"From - ",
        ),
        *(b"\n", b"\r\n", b"\n\n", b"Subject: x", b"Content-Length: 20\n\n", b">From a"),
        *(b"x", b" ", b"\xef\xbb\xbf", bytes(3)),
    ]
)
texts = st.lists(pieces, max_size=40).map(b"".join) | st.binary(max_size=200)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(texts, st.sampled_from([1, 5, 4096]), st.sampled_from([1, 30, 10_000]))
@example(ENVELOPE + b"\n\n" + LATER + b"\nSubject: x", 1, 1)
def test_messages_and_what_parts_them_are_the_file(
    tmp_path: Path, data: bytes, chunk: int, limit: int
) -> None:
    """Joined with their envelopes and blank lines, the messages give the file, byte for byte."""
    path = tmp_path / "box"
    path.write_bytes(data)
    with open_bytes(path) as stream:
        results = list(read_mbox(stream, name=str(path), max_message=limit, chunk=chunk))
    messages = [result for result in results if isinstance(result, RawMessage)]
    at = 0
    for message in messages:
        origin = message.origin
        gap = data[at : origin.offset]
        assert message.envelope is not None
        before = gap.rstrip(b"\r\n")
        assert before.endswith(message.envelope)
        if at:
            # Empty envelopes leave nothing but envelopes between two messages.
            assert all(not line or line.startswith(b"From ") for line in gap.splitlines())
        assert message.raw == data[origin.offset : origin.offset + min(limit, origin.length)]
        assert len(message.raw) > 0
        at = origin.offset + origin.length
    rest = data[at:] if messages else b""
    assert all(not line or line.startswith(b"From ") for line in rest.splitlines())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(
    st.lists(st.binary(max_size=60).filter(lambda body: b"From " not in body), min_size=1, max_size=6),
    st.sampled_from(sorted(PACKERS)),
)
def test_every_message_written_is_read_back(tmp_path: Path, bodies: list[bytes], packing: str) -> None:
    written = [mail(f"m{n}", body + b"\n") for n, body in enumerate(bodies)]
    messages, problems = read_bytes(tmp_path, PACKERS[packing](boxed(*written)))
    assert problems == []
    assert [message.raw for message in messages] == written
    assert [read_raw(message.origin) for message in messages] == written
