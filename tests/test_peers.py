"""scripts/peers.py finds what is read otherwise than another project expects, and nothing else."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "scripts" / "peers.py"
MAIL = "From: Ann <ann@example.org>\nSubject: The budget\nMessage-ID: <1@example.org>\n\nHello committee members\n"


@pytest.fixture(scope="module")
def peers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("peers", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["peers"] = module
    spec.loader.exec_module(module)
    return module


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def stalwart_record(subject: str, address: str, text: str) -> str:
    headers = [
        {"name": "from", "value": {"Address": {"List": [{"name": "Ann", "address": address}]}}},
        {"name": "subject", "value": {"Text": subject}},
    ]
    part = {"headers": headers, "body": {"Text": text}}
    return json.dumps({"text_body": [0], "html_body": [0], "attachments": [], "parts": [part]})


def build(folder: Path, *, subject: str, address: str, text: str, identity: str) -> None:
    for name in ("a.json", "a.crlf.json"):
        write(folder / "stalwart" / name, stalwart_record(subject, address, text))
    write(folder / "stalwart" / "a.eml", MAIL)
    write(folder / "mime4j" / "a.msg", MAIL)
    write(folder / "mime4j" / "a_decoded_1.txt", text)
    write(folder / "ponymail" / "corpus" / "a.mbox", f"From ann@example.org Mon Mar  3 10:01:00 2014\n{MAIL}")
    spec = f"parsing:\n  corpus/a.mbox:\n  - index: 0\n    message-id: {identity}\n    attachments: []\n"
    write(folder / "ponymail" / "yaml" / "parsing-a.yaml", spec)
    write(folder / "mu" / "testdata" / "box" / "cur" / "1700000000.a.host:2,S", MAIL)


def test_mail_that_is_read_as_expected_makes_no_difference(peers: ModuleType, tmp_path: Path) -> None:
    build(
        tmp_path,
        subject="The budget",
        address="ann@example.org",
        text="Hello committee",
        identity="<1@example.org>",
    )
    assert list(peers.differences(tmp_path)) == []
    assert peers.main([str(tmp_path)]) == 0


def test_each_difference_is_named_by_its_kind(
    peers: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(
        tmp_path,
        subject="Another",
        address="bob@example.org",
        text="Hello lantern",
        identity="<2@example.org>",
    )
    write(tmp_path / "mu" / "testdata" / "lost.txt", "no mail\n")
    found = [(d.peer, d.kind) for d in peers.differences(tmp_path)]
    assert found == [
        *[("stalwart", kind) for kind in ("subject", "sender", "words")] * 2,
        ("mime4j", "words"),
        ("ponymail", "id"),
        ("mu", "message"),
    ]
    assert peers.main([str(tmp_path)]) == 1
    assert "mime4j words a_decoded_1.txt: 1: lantern" in capsys.readouterr().out
