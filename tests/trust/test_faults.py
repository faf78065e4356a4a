"""The short forms of scripts/faults.py: an index survives stops, power cuts, failing calls and damage."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

import pytest

from searcharc import files

SEED = int(os.environ.get("SEARCHARC_FAULTS_SEED", "7"))


def test_a_stop_at_any_change_leaves_the_old_index_or_the_new_one(faults: ModuleType) -> None:
    result = faults.stops(9, SEED)
    assert result.faults == []
    assert set(result.counts) == {"first", "update", "rebuild", "purge", "merge", "remove"}
    assert result.tried >= 50


def test_a_power_cut_leaves_the_old_index_or_the_new_one(faults: ModuleType) -> None:
    result = faults.powerloss(60, SEED)
    assert result.faults == []
    assert result.counts["torn"] > result.tried // 3, "else the disk lost nothing"


@pytest.mark.parametrize("what", ["files", "names"])
def test_the_trial_of_power_cuts_sees_what_is_not_synced(
    faults: ModuleType, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """A trial that cannot fail proves nothing: here the syncs of files, or of folders, are left out."""
    if what == "names":
        for name in ("searcharc.files", "searcharc.manifest", "searcharc.engines.whoosh.engine"):
            monkeypatch.setattr(f"{name}.sync_folder", lambda folder: None)
    else:
        recorded = faults.Recorder._sync

        def only_folders(self: object, call: object, descriptor: int) -> None:
            if Path(f"/proc/self/fd/{descriptor}").is_dir():
                recorded(self, call, descriptor)

        monkeypatch.setattr(faults.Recorder, "_sync", only_folders)
    assert len(faults.powerloss(60, SEED).faults) >= 3


def test_a_call_that_fails_leaves_the_old_index_and_no_lock(faults: ModuleType) -> None:
    result = faults.failing(4, SEED)
    assert result.faults == []
    assert result.counts["refused"] > 40


def test_every_change_of_a_folder_goes_through_the_file_layer(
    faults: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`recorded` compares the folder with what was written down, and must see what was written past it."""
    scenario = next(faults.scenarios(tmp_path))
    recorder, after = faults.recorded(tmp_path, scenario)
    assert len(recorder.steps) > 20
    assert len(after) == 3
    rename = files.rename

    def with_a_stray(old: Path, new: Path) -> None:
        rename(old, new)
        new.with_name("stray").write_bytes(b"x")

    monkeypatch.setattr(files, "rename", with_a_stray)
    with pytest.raises(AssertionError, match="past the file layer"):
        faults.recorded(tmp_path, scenario)


def test_damage_is_found_by_check_and_ends_in_a_sentence(faults: ModuleType) -> None:
    result = faults.damage(12, SEED)
    assert result.faults == []
    assert result.tried == 12 + 2 + 2 * result.counts["files"], "bits, cuts, each file emptied and deleted"
    assert result.counts["files"] >= 5
    assert result.counts["without check: refused"] > 10


def test_kill_minus_nine_at_random_moments(faults: ModuleType) -> None:
    result = faults.processes.kill(6, SEED)
    assert result.faults == []
    assert result.counts["killed"] >= 2


def test_readers_meet_neither_errors_nor_half_a_batch(faults: ModuleType) -> None:
    result = faults.processes.readers(3, SEED)
    assert result.faults == []
    assert result.counts["commits"] >= 2
    assert result.tried > result.counts["commits"]


def test_two_runs_at_once_mix_nothing(faults: ModuleType) -> None:
    result = faults.processes.doubles(3, SEED)
    assert result.faults == []
    assert result.counts["exit 0"] >= 4


def test_no_command_opens_a_socket(faults: ModuleType) -> None:
    assert faults.processes.network(0, SEED).faults == []


def test_memory_does_not_grow_with_the_archive(faults: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {"mails": 120, "one mail": 400, "fields": 120, "bomb": 120}  # MB
    monkeypatch.setattr(faults.processes, "LIMITS", {name: size * 10**6 for name, size in limits.items()})
    result = faults.processes.memory(16, SEED)
    assert result.faults == [], result.counts
    assert result.tried == 4
