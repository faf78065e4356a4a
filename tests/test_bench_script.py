"""scripts/bench: the corpora it makes, what it measures, and that it goes through to its tables."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from searcharc import Index, parse_message

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"
SOME = [
    b"From: Ann <ann@example.org>\nMessage-ID: <m1@example.org>\n\nFrom here on\n>From there on\n",
    b"From: Bo <bo@example.org>\nMessage-ID: <m2@example.org>\nIn-Reply-To: <m1@example.org>\n\nno end of line",
]

MakeCorpus = Callable[[Path, Iterator[bytes]], int]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    monkeypatch.syspath_prepend(SCRIPTS)
    return importlib.import_module


@pytest.mark.parametrize("name", ["make_maildir", "make_mboxes"])
def test_a_corpus_is_read_back_as_it_was(
    script: Callable[[str], ModuleType], tmp_path: Path, name: str
) -> None:
    corpus = script("benchcorpus")
    assert getattr(corpus, name)(tmp_path / "mail", iter(SOME)) == 2
    read = [parse_message(m) for m in corpus.messages_of(tmp_path / "mail")]
    assert [m.paragraphs for m in read] == [parse_message(m).paragraphs for m in SOME]
    assert [m.message_id for m in read] == ["m1@example.org", "m2@example.org"]


def test_large_corpora_take_several_mboxes(
    script: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = script("benchcorpus")
    monkeypatch.setattr(corpus, "MESSAGES_OF_A_FILE", 4)
    assert corpus.make_mboxes(tmp_path / "mail", corpus.invented(10)) == 10
    assert len(list((tmp_path / "mail").iterdir())) == 3
    assert len(list(corpus.messages_of(tmp_path / "mail"))) == 10


@pytest.mark.parametrize("name", ["make_maildir", "make_mboxes"])
def test_a_hundred_messages_come_and_go(
    script: Callable[[str], ModuleType], tmp_path: Path, name: str
) -> None:
    corpus = script("benchcorpus")
    make: MakeCorpus = getattr(corpus, name)
    make(tmp_path / "mail", corpus.invented(5))
    with corpus.hundred_more(tmp_path / "mail", make):
        ids = {parse_message(m).message_id for m in corpus.messages_of(tmp_path / "mail")}
        assert len(ids) == 105
    assert len(list(corpus.messages_of(tmp_path / "mail"))) == 5


def test_copies_have_ids_and_rare_words_of_their_own(script: Callable[[str], ModuleType]) -> None:
    corpus = script("benchcorpus")
    long = SOME[1] + b" word" * 200
    assert list(corpus.grown([long], 0)) == [long]
    (copy,) = (parse_message(m) for m in corpus.grown([long], 3))
    assert (copy.message_id, copy.in_reply_to) == ("3.m2@example.org", "3.m1@example.org")
    assert copy.paragraphs[0].text.split().count("word3") == 2


def test_the_peak_is_of_anonymous_memory_of_children_too(
    script: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    big = tmp_path / "big"
    big.write_bytes(bytes(80 << 20))
    parent = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1], sys.argv[2]], check=True)"
    )
    mapping = "import mmap, sys, time; f = open(sys.argv[1], 'rb'); m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)"
    touching = "; sum(m[i] for i in range(0, len(m), 4096)); time.sleep(0.5)"
    holding = "import time; held = bytearray(60 << 20); time.sleep(0.5)"
    timed = script("benchmeasure").timed
    _, mapped = timed([sys.executable, "-c", parent, mapping + touching, str(big)])
    seconds, held = timed([sys.executable, "-c", parent, holding, str(big)])
    assert mapped < 40 << 20
    assert 60 << 20 < held < 100 << 20
    assert seconds > 0.5


@pytest.mark.parametrize("options", [[], ["--mbox", "--repeat", "2"]])
def test_a_whole_measurement(
    script: Callable[[str], ModuleType],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
) -> None:
    bench = script("bench")
    runs: list[int] = []

    def in_this_process(command: list[str]) -> tuple[float, int]:
        if "index" in command:
            folder, mail = Path(command[-2]), command[-1]
            with Index.open(folder) if folder.exists() else Index.create(folder) as index:
                runs.append(index.update([mail]).indexed)
        return 1.0, 1

    monkeypatch.setattr(bench, "timed", in_this_process)
    told = tmp_path / "figures.json"
    arguments = ["--only", "searcharc,notmuch", "--messages", "40", "--runs", "1", "--json", str(told)]
    monkeypatch.setattr(sys, "argv", ["bench.py", *arguments, *options])
    monkeypatch.setitem(bench.PEERS, "notmuch", lambda *_: bench.Figure("notmuch", index=2.0, size=1))
    monkeypatch.setattr(bench, "is_installed", lambda _: True)
    bench.main()
    shown = capsys.readouterr().out
    count = 80 if options else 40
    assert runs == [count, 0, 0, 0, 100, 0]
    figures = json.loads(told.read_text())
    names = ["searcharc", *([] if options else ["notmuch"]), "1 segment", "8 segments"]
    assert [f["name"] for f in figures] == names
    assert ("notmuch reads no mbox: left out" in shown) == bool(options)
    assert f"\n{count} messages, " in shown
    for figure in figures:
        if figure["name"] != "notmuch":
            assert set(figure["queries"]) == set(bench.QUERIES)
    for kind in bench.QUERIES:
        assert len([line for line in shown.splitlines() if line.startswith(f"{kind} ")]) == 2, kind


def test_what_it_cannot_do_is_said(script: Callable[[str], ModuleType]) -> None:
    del script
    for arguments, remedy in ((["--only", "grep"], "there are searcharc, whoosh"), (["/nowhere"], "no mail")):
        done = subprocess.run(
            [sys.executable, SCRIPTS / "bench.py", *arguments], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 2
        assert remedy in done.stderr
