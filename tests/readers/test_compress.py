from __future__ import annotations

import gzip
import os
import random
import tracemalloc
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from searcharc.errors import ReadError
from searcharc.readers.compress import open_bytes
from searcharc.readers.sources import Limits

from .builders import PACKERS

CODECS = {"plain": "plain", "gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd"}
PACKED = [name for name in PACKERS if name != "plain"]


def drain(path: Path, *, size: int = 1000, limits: Limits | None = None) -> tuple[bytes, str]:
    """What can be read, and the reason why it ended early ("" where it did not)."""
    pieces = []
    with open_bytes(path, limits=limits or Limits()) as stream:
        try:
            while piece := stream.read(size):
                assert len(piece) <= size
                pieces.append(piece)
        except ReadError as error:
            return b"".join(pieces), error.message
    return b"".join(pieces), ""


def text(count: int, seed: int = 1) -> bytes:
    """Invented text that does not pack to nothing."""
    words = random.Random(seed)
    return b"".join(b"%d " % words.randrange(10**9) for _ in range(count // 10))[:count]


@pytest.mark.parametrize("packing", PACKERS)
def test_content_decides_and_not_the_name(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "mail.gz"
    path.write_bytes(PACKERS[packing](text(300_000)))
    assert drain(path) == (text(300_000), "")
    with open_bytes(path) as stream:
        assert stream.codec == CODECS[packing]
        assert (stream.size, stream.inode) == (path.stat().st_size, path.stat().st_ino)


@pytest.mark.parametrize("packing", PACKED)
def test_members_follow_one_another(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "box"
    pack = PACKERS[packing]
    path.write_bytes(pack(b"one") + pack(b"") + pack(text(5000)) + pack(b"end"))
    assert drain(path) == (b"one" + text(5000) + b"end", "")


@pytest.mark.parametrize("packing", ["gz", "xz"])
def test_padding_between_and_behind_members_is_passed_over(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "box"
    pack = PACKERS[packing]
    path.write_bytes(pack(b"one") + bytes(20_000) + pack(b"two") + bytes(512))
    assert drain(path) == (b"onetwo", "")


@pytest.mark.parametrize("packing", PACKED)
def test_other_bytes_behind_the_data_are_reported(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "box"
    path.write_bytes(PACKERS[packing](b"one") + b"other bytes")
    output, reason = drain(path)
    assert output == b"one"
    assert "other bytes follow" in reason


@pytest.mark.parametrize("packing", PACKED)
def test_a_cut_file_gives_what_came_before(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "box"
    data = text(2_000_000)
    packed = PACKERS[packing](data)
    path.write_bytes(packed[: len(packed) * 3 // 4])
    output, reason = drain(path)
    assert "ends early" in reason
    assert data.startswith(output)
    assert len(output) > len(data) // 3


@pytest.mark.parametrize("packing", PACKED)
def test_a_corrupt_file_gives_what_came_before(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "box"
    data = text(2_000_000)
    packed = bytearray(PACKERS[packing](data))
    middle = len(packed) // 2
    packed[middle : middle + 40] = bytes(40)
    path.write_bytes(packed)
    output, reason = drain(path)
    assert "damaged" in reason
    assert output[: len(data) // 4] == data[: len(data) // 4]


def test_a_wrong_checksum_is_reported_after_all_text(tmp_path: Path) -> None:
    path = tmp_path / "box"
    packed = bytearray(gzip.compress(text(50_000)))
    packed[-6] ^= 1
    path.write_bytes(packed)
    output, reason = drain(path)
    assert "damaged gzip" in reason
    assert len(output) > 48_000


def test_skippable_zstd_frames_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "box"
    skippable = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"size"
    path.write_bytes(skippable + zstandard.compress(b"one") + skippable + zstandard.compress(b"two"))
    assert drain(path) == (b"onetwo", "")


@pytest.mark.parametrize("packing", PACKED)
def test_a_bomb_is_stopped(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "box"
    path.write_bytes(PACKERS[packing](bytes(30_000_000)))
    limits = Limits(ratio=200, suspicious=10_000_000, total=1 << 40)
    output, reason = drain(path, size=1 << 20, limits=limits)
    assert "bomb" in reason
    assert len(output) < 30_000_000


def test_much_output_that_is_no_bomb_is_read(tmp_path: Path) -> None:
    path = tmp_path / "box"
    data = text(300_000)
    path.write_bytes(gzip.compress(data))
    assert drain(path, limits=Limits(suspicious=1000, total=1 << 40)) == (data, "")
    output, reason = drain(path, limits=Limits(total=100_000))
    assert "more than 100000 bytes" in reason
    assert data.startswith(output)


@pytest.mark.parametrize("packing", PACKED)
def test_unpacking_holds_little_in_memory(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "box"
    path.write_bytes(PACKERS[packing](bytes(40_000_000)))
    tracemalloc.start()
    try:
        with open_bytes(path) as stream:
            total = 0
            while piece := stream.read(1 << 16):
                total += len(piece)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert total == 40_000_000
    assert peak < 10_000_000


def test_a_growing_file_ends_where_it_ended_when_opened(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"first")
    with open_bytes(path) as stream, path.open("ab") as writer:
        writer.write(b"second")
        writer.flush()
        assert stream.read(100) == b"first"
        assert stream.read(100) == b""


def test_a_shrinking_file_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"first second")
    with open_bytes(path) as stream:
        assert stream.read(6) == b"first "
        os.truncate(path, 6)
        with pytest.raises(ReadError, match="6 bytes shorter"):
            stream.read(100)
        assert stream.read(100) == b""


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # A FIFO that nobody writes to would block a plain open() for ever.
    for path in (fifo, tmp_path, Path("/dev/null")):
        with pytest.raises(ReadError, match="not a regular file"):
            open_bytes(path)
    with pytest.raises(FileNotFoundError):
        open_bytes(tmp_path / "missing")


@pytest.mark.parametrize("packing", PACKERS)
def test_skipping_is_reading_without_looking(tmp_path: Path, packing: str) -> None:
    path = tmp_path / "box"
    data = text(100_000)
    path.write_bytes(PACKERS[packing](data))
    with open_bytes(path) as stream:
        assert stream.read(10) == data[:10]
        stream.skip(70_000)
        assert stream.read(10) == data[70_010:70_020]
        stream.skip(1 << 40)
        assert stream.read(10) == b""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(
    st.sampled_from(PACKED),
    st.binary(max_size=400),
    st.integers(0, 500),
    st.binary(max_size=6),
)
def test_no_bytes_raise_anything_but_read_errors(
    tmp_path: Path, packing: str, data: bytes, at: int, junk: bytes
) -> None:
    packed = PACKERS[packing](data)
    path = tmp_path / "box"
    path.write_bytes(packed[:at] + junk + packed[at + len(junk) :])
    output, reason = drain(path, size=7)
    if not junk and at >= len(packed):
        assert (output, reason) == (data, "")
