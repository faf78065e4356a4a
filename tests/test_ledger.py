"""What the index holds follows from the sightings, whatever their order."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searcharc.errors import IndexDamagedError
from searcharc.ledger import Sighting, read_ledger, settle, write_ledger
from searcharc.message.identity import content_key, second_key
from searcharc.models import Origin


def sighting(
    archive: str, offset: int, content: str = "c1", name: str | None = None, file: str | None = None
) -> Sighting:
    origin = Origin(archive, file, "maildir" if file else "mbox", offset, 10)
    label = name or archive.strip("/")
    return Sighting(
        origin, f"raw-{archive}-{offset}", "m1@example.org", content, (label,), (f"{label}.example.org",)
    )


sightings = st.lists(
    st.builds(
        sighting,
        st.sampled_from(["/a", "/b", "/c"]),
        st.integers(0, 5),
        st.sampled_from(["c1", "c2", "c3"]),
        st.none() | st.sampled_from(["governance", "watershed"]),
        st.none() | st.sampled_from(["cur/1", "cur/2"]),
    ),
    max_size=8,
    unique_by=lambda s: s.order,
)


@settings(max_examples=500, deadline=None)
@given(sightings, st.randoms(use_true_random=False))
def test_the_order_of_the_sightings_does_not_matter(seen: list[Sighting], chance: object) -> None:
    shuffled = list(seen)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert settle("m1@example.org", shuffled) == settle("m1@example.org", seen)


@settings(max_examples=300, deadline=None)
@given(sightings)
def test_every_sighting_is_the_source_or_a_copy_of_one_message(seen: list[Sighting]) -> None:
    standing = settle("m1@example.org", seen)
    assert standing.keys() == {s.content for s in seen}
    places = [o for s in standing.values() for o in (s.source, *s.copies)]
    assert sorted(places, key=str) == sorted((s.origin for s in seen), key=str)
    keys = [s.key for s in standing.values()]
    assert len(set(keys)) == len(keys)
    assert keys.count("m1@example.org") == bool(seen)
    for content, stands in standing.items():
        assert set(stands.lists) == {n for s in seen if s.content == content for n in s.lists}
        assert set(stands.list_ids) == {n for s in seen if s.content == content for n in s.list_ids}


def test_the_first_place_gives_the_source_and_the_first_content_the_message_id() -> None:
    first, copy, other = sighting("/a", 0), sighting("/b", 0), sighting("/a", 50, "c2")
    standing = settle("m1@example.org", [other, copy, first])
    assert standing["c1"].key == "m1@example.org"
    assert standing["c1"].source == first.origin
    assert standing["c1"].copies == (copy.origin,)
    assert standing["c1"].lists == ("a", "b")
    assert standing["c2"].key == second_key("m1@example.org", "c2") != content_key("c2")


@settings(max_examples=100, deadline=None)
@given(sightings)
def test_a_ledger_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, seen: list[Sighting]
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger-1"
    write_ledger(path, seen)
    assert read_ledger(path) == seen


@pytest.mark.parametrize("damage", ["cut", "empty", "garbage", "gone", "rows", "fields"])
def test_a_damaged_ledger_is_an_error_of_ours(tmp_path: Path, damage: str) -> None:
    import json
    import zlib

    path = tmp_path / "ledger-1"
    write_ledger(path, [sighting("/a", 0), sighting("/b", 7)])
    whole = path.read_bytes()
    match damage:
        case "cut":
            path.write_bytes(whole[: len(whole) // 2])
        case "empty":
            path.write_bytes(b"")
        case "garbage":
            path.write_bytes(b"\0" * 50)
        case "gone":
            path.unlink()
        case "rows":
            path.write_bytes(zlib.compress(json.dumps({"a": 1}).encode()))
        case "fields":
            path.write_bytes(zlib.compress(json.dumps([["/a", None, "mbox", 0, 10]]).encode()))
    with pytest.raises(IndexDamagedError) as caught:
        read_ledger(path)
    assert "rebuild" in caught.value.hint
