"""What other projects' tests expect of odd mails, compared with how searcharc reads them.

    peers.py FOLDER

FOLDER holds copies of the projects' test data, each in a folder of its name, as far as they are there:
stalwart (`*.json` beside `*.eml`), mime4j (`*_decoded*.txt` beside `*.msg`), ponymail (`yaml` and `corpus`),
mu (`testdata`) and notmuch (`test/corpora`). Prints one line for each difference, then how many there are
of each kind, and what a kind means. Exit code 1 where a message was lost.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searcharc import read_archive
from searcharc.analysis import terms
from searcharc.message.parse import parse_message
from searcharc.models import Message

KINDS = {
    "message": "a message that the peer sees and searcharc does not, or the other way round",
    "id": "another Message-ID: searcharc keeps what stands there, also where it is malformed",
    "subject": "another subject: searcharc decodes what the peer leaves undecoded, or repairs it",
    "sender": "another sender's address: searcharc restores, the peer shows what stands there",
    "words": "words of the peer's text that searcharc does not show: markup, hidden text, other charsets",
    "attachment": "a named part that searcharc does not list under this name: the peer cuts or mends names",
}
_WORD = re.compile(r"[^\W\d_]{3,}")
_UNREAD = re.compile("\\w*\ufffd[\\w\ufffd]*")
_MARKUP = re.compile(
    r"<(style|script|title)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>|&\w+;", re.DOTALL | re.IGNORECASE
)
_INDEX = re.compile(
    r"  - index: \d+\n    message-id: (.*)\n(?:    .*\n)*?    attachments:(.*\n(?:    .*\n)*)"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise. kind: of `KINDS`."""

    peer: str
    file: str
    kind: str
    text: str


def differences(folder: Path) -> Iterator[Difference]:
    """All that the peers below `folder` expect otherwise."""
    for peer, compare in (
        ("stalwart", stalwart), ("mime4j", mime4j), ("ponymail", ponymail), ("mu", files_read), ("notmuch", files_read)
    ):  # fmt: skip
        if (folder / peer).is_dir():
            for file, kind, text in compare(folder / peer):
                yield Difference(peer, str(file.relative_to(folder / peer)), kind, text)


Found = Iterator[tuple[Path, str, str]]


def stalwart(folder: Path) -> Found:
    """stalwart's mail-parser: one JSON record of all parts for each message, and one for its CRLF form."""
    for expected in sorted(folder.rglob("*.json")):
        crlf = expected.name.endswith(".crlf.json")
        file = expected.with_name(expected.name.removesuffix(".crlf.json" if crlf else ".json") + ".eml")
        if not file.exists():
            continue
        data = file.read_bytes()
        message = parse_message(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if crlf else data)
        record = json.loads(expected.read_text("utf-8"))
        headers = {
            h["name"]: h["value"]
            for h in reversed(record["parts"][0]["headers"])
            if isinstance(h["name"], str)
        }
        subject = _text(headers.get("subject"))
        if _words(subject) != _words(message.subject):
            yield expected, "subject", f"{subject!r} {message.subject!r}"
        sender = _first_address(headers.get("from"))
        if sender and sender.lower() != message.sender.address.lower():
            yield expected, "sender", f"{sender!r} {message.sender.address!r}"
        shown = [record["parts"][n]["body"] for n in {*record["text_body"], *record["html_body"]}]
        lacking = _lacking(" ".join(_text(body) for body in shown), message)
        if lacking:
            yield expected, "words", lacking
        names = {a.name for a in message.attachments}
        for number in record["attachments"]:
            name = _file_name(record["parts"][number])
            if name and " ".join(name.split()) not in names:
                yield expected, "attachment", f"{name!r} {sorted(names)!r}"


def mime4j(folder: Path) -> Found:
    """Apache mime4j: the decoded bytes of each text part, in files of their own."""
    for file in sorted(folder.rglob("*.msg")):
        message = parse_message(file.read_bytes())
        for part in sorted(file.parent.glob(f"{file.stem}_decoded*.txt")):
            text = part.read_bytes().decode("ascii", "replace")  # its charset stands elsewhere
            lacking = _lacking(_UNREAD.sub(" ", text), message)
            if lacking:
                yield part, "words", lacking


def ponymail(folder: Path) -> Found:
    """Apache Pony Mail: the messages of each mbox in their order, by Message-ID, and their attachments."""
    for spec in sorted(folder.glob("yaml/pars*.yaml")):
        for block in re.split(r"^  (?=corpus/)", spec.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            name, _, rest = block.partition(":\n")
            box = folder / name
            wanted = _INDEX.findall(rest)
            if not box.exists() or not wanted:  # a name without messages shares those of the next name
                continue
            messages = list(read_archive(box, on_problem=lambda problem: None))
            if len(messages) != len(wanted):
                yield spec, "message", f"{name}: {len(wanted)} expected, {len(messages)} read"
                continue
            for message, (identity, attachments) in zip(messages, wanted, strict=True):
                if (message.message_id or "") != identity.strip().strip("'\"").strip("<>"):
                    yield spec, "id", f"{name}: {identity!r} {message.message_id!r}"
                for file_name in re.findall(r"name: (.+)", attachments):
                    if file_name.strip("'\"") not in {a.name for a in message.attachments}:
                        yield spec, "attachment", f"{name}: {file_name!r}"


def files_read(folder: Path) -> Found:
    """mu and notmuch, which index each file: each that mail is in must be read as one message."""
    tops = [*folder.glob("testdata"), *folder.glob("test/corpora")]
    read = Counter(
        str(Path(m.source.archive) / (m.source.file or ""))
        for top in tops
        for m in read_archive(top, on_problem=lambda problem: None)
    )
    for file in sorted(path for top in tops for path in top.rglob("*") if path.is_file()):
        if file.parent.name == "tmp" or file.name.startswith((".", "README")) or not file.stat().st_size:
            continue
        count = read[str(file)] or read[f"{file}/"]
        if count != 1:
            yield file, "message", f"{count} messages read"


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _lacking(text: str, message: Message) -> str:
    """The words of a text that stand nowhere in the message, "" where none is lacking."""
    said = {term for paragraph in message.paragraphs for term in terms(paragraph.text)}
    spoken = " ".join(said)
    missing = [word for word in dict.fromkeys(_words(_MARKUP.sub(" ", text))) if word not in spoken]
    missing = [word for word in missing if not set(terms(word)) <= said]
    return f"{len(missing)}: {' '.join(missing[:12])}" if missing else ""


def _text(value: Any) -> str:
    """The text of a header's or a body's value, "" for what is none."""
    if not isinstance(value, dict):
        return ""
    for key in ("Text", "Html"):
        if isinstance(value.get(key), str):
            return str(value[key])
    if isinstance(value.get("TextList"), list):
        return " ".join(value["TextList"])
    return ""


def _first_address(value: Any) -> str:
    addresses = value.get("Address", {}) if isinstance(value, dict) else {}
    for address in addresses.get("List") or ():
        return str(address.get("address") or "")
    return ""


def _file_name(part: dict[str, Any]) -> str:
    for wanted, header in (("filename", "content_disposition"), ("name", "content_type")):
        for field in part["headers"]:
            if field["name"] == header and isinstance(field["value"], dict):
                for attribute in field["value"].get("ContentType", {}).get("attributes") or ():
                    if attribute["name"] == wanted:
                        return str(attribute["value"])
    return ""


def main(arguments: Iterable[str] | None = None) -> int:
    """Prints the differences; the exit code."""
    parser = argparse.ArgumentParser(description="Compare with what other projects' tests expect.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(None if arguments is None else list(arguments)).folder
    kinds: Counter[tuple[str, str]] = Counter()
    for found in differences(folder):
        kinds[found.kind, found.peer] += 1
        print(ascii(f"{found.peer} {found.kind} {found.file}: {found.text}")[1:-1])
    for kind, meaning in KINDS.items():
        counts = ", ".join(f"{peer} {count}" for (k, peer), count in sorted(kinds.items()) if k == kind)
        print(f"{kind}: {counts or 'none'}. {meaning}")
    return int(any(kind == "message" for kind, _ in kinds))


if __name__ == "__main__":
    sys.exit(main())
