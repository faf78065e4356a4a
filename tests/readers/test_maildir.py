from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path

import pytest

from searcharc.models import Problem, RawMessage
from searcharc.readers import Archive, find_archives, identity, read_messages, read_raw, stat_archive
from searcharc.readers import maildir as maildir_module

from .builders import archives, boxed, mail, read, subjects


def deliver(top: Path, *files: str) -> None:
    """Write one message into each file; its subject is the file's path."""
    for file in files:
        path = top / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(mail(file))


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("new/1000.a.host", "1000.a.host"),
        ("cur/1000.a.host:2,FS", "1000.a.host"),
        ("cur/1000.a.host:2,", "1000.a.host"),
        ("cur/1000.a.host,S=12,W=13:2,T", "1000.a.host,S=12,W=13"),
        ("cur/1000.a.host!2,S", "1000.a.host"),
        ("cur/1000.a.host;2,S", "1000.a.host"),
        (".Sub/cur/7.b:2,S", ".Sub/7.b"),
        ("12", "12"),
    ],
)
def test_flags_and_place_are_no_part_of_a_name(file: str, expected: str) -> None:
    assert identity(file) == expected


def test_all_folders_are_read_and_nothing_else(tmp_path: Path) -> None:
    top = tmp_path / "Maildir"
    deliver(
        top,
        *("cur/1000.a.host:2,S", "cur/1001.b,S=12,W=13:2,T", "new/1002.c.host", "tmp/1003.d.host"),
        *(".Sub/cur/1004.e:2,", ".Sub.Deep/new/1005.f", "nested/fs/cur/1006.g:2,", ".Sub/tmp/1007.h"),
    )
    (top / ".Empty" / "cur").mkdir(parents=True)
    for stray in ("dovecot-uidlist", "maildirfolder", ".noindex", "cur/.noindex", "cur/dovecot.index.log"):
        (top / stray).write_bytes(b"3 V1 N2\n")
    raw_name = os.fsencode(top) + b"/cur/1008.\xff\xfe:2,"
    Path(os.fsdecode(raw_name)).write_bytes(mail("bytes"))

    (found,) = archives(tmp_path)
    assert found == Archive(top, str(top), "maildir")
    messages, problems = read(tmp_path)
    assert problems == []
    assert [message.origin.file for message in messages] == [
        "cur/1000.a.host:2,S",
        "cur/1001.b,S=12,W=13:2,T",
        r"cur/1008.\xff\xfe:2,",
        "new/1002.c.host",
        ".Sub/cur/1004.e:2,",
        ".Sub.Deep/new/1005.f",
        "nested/fs/cur/1006.g:2,",
    ]
    assert all(message.origin.archive == str(top) for message in messages)
    assert all(message.origin.format == "maildir" for message in messages)
    assert all(read_raw(message.origin) == message.raw for message in messages)


@pytest.mark.parametrize("files", [("cur/1000.a:2,",), ("new/1000.a",), ("new/10000.a", "tmp/10001.b")])
def test_a_folder_may_lack_new_or_cur(tmp_path: Path, files: tuple[str, ...]) -> None:
    deliver(tmp_path / "box" / ".Sub", *files)
    (tmp_path / "box" / "cur").mkdir()
    messages, problems = read(tmp_path / "box")
    assert (len(messages), problems) == (1, [])


def test_a_folder_named_new_is_no_maildir_by_its_name(tmp_path: Path) -> None:
    deliver(tmp_path, "new/letter.eml")
    assert [archive.format for archive in archives(tmp_path)] == ["eml"]
    deliver(tmp_path, "new/1000000.a.host")
    assert [archive.format for archive in archives(tmp_path)] == ["maildir"]


def test_other_archives_beside_the_messages_are_found(tmp_path: Path) -> None:
    deliver(tmp_path, "cur/1000.a:2,", "old/letter.eml")
    (tmp_path / "old" / "notes").write_bytes(b"prose\n")
    assert [(archive.format, archive.path.name) for archive in archives(tmp_path)] == [
        ("maildir", tmp_path.name),
        ("eml", "letter.eml"),
    ]
    assert read(tmp_path)[1] == []


def test_links_are_named_or_read_but_never_followed_into_folders(tmp_path: Path) -> None:
    top = tmp_path / "Maildir"
    deliver(top, "cur/1000.a:2,", "new/1001.b")
    deliver(tmp_path, "elsewhere/cur/1002.c:2,")
    (top / "cur" / "1003.broken:2,").symlink_to("../missing")
    (top / "cur" / "loop").symlink_to(".")
    (top / "cur" / "itself").symlink_to("itself")
    (top / ".Loop").symlink_to("..")
    (top / "cur" / "1004.link:2,").symlink_to("../../elsewhere/cur/1002.c:2,")
    os.mkfifo(top / "new" / "1005.fifo")
    messages, problems = read(top)
    assert [message.origin.file for message in messages] == [
        "cur/1000.a:2,",
        "cur/1004.link:2,",
        "new/1001.b",
    ]
    named = {problem.archive.removeprefix(f"{top}/"): problem.reason for problem in problems}
    assert set(named) == {".Loop", "cur/1003.broken:2,", "cur/itself", "cur/loop", "new/1005.fifo"}
    assert named["cur/1003.broken:2,"] == "broken symbolic link"
    assert named[".Loop"] == "symbolic link to a folder: not followed"


def test_packed_messages_are_read(tmp_path: Path) -> None:
    deliver(tmp_path, "cur/1000.a:2,")
    (tmp_path / "cur" / "1001.b,S=1:2,").write_bytes(gzip.compress(mail("packed")))
    messages, _ = read(tmp_path)
    assert subjects(messages) == ["cur/1000.a:2,", "packed"]
    assert read_raw(messages[1].origin) == mail("packed")


def maildir(top: Path) -> Archive:
    return Archive(top, str(top), "maildir")


def files_read(top: Path, skip: list[str]) -> list[str | None]:
    results = list(read_messages(maildir(top), skip=skip))
    return [result.origin.file for result in results if isinstance(result, RawMessage)]


def test_known_files_are_not_read_again_whatever_their_flags(tmp_path: Path) -> None:
    deliver(tmp_path, "cur/1000.a:2,S", "cur/1001.b:2,", "new/1002.c", ".Sub/cur/1000.a:2,")
    assert files_read(tmp_path, ["cur/1000.a:2,RS", "new/1001.b", "cur/1002.c:2,S"]) == [".Sub/cur/1000.a:2,"]
    assert len(files_read(tmp_path, [])) == 4


def test_files_that_are_renamed_or_removed_while_reading(tmp_path: Path) -> None:
    deliver(tmp_path, "cur/1000.a:2,", "cur/1001.b:2,", "cur/1002.c:2,", "new/1003.d")
    vanished: list[str] = []
    results = read_messages(maildir(tmp_path), on_vanished=vanished.append)
    first = next(results)
    (tmp_path / "cur/1001.b:2,").rename(tmp_path / "cur/1001.b:2,FS")
    (tmp_path / "cur/1002.c:2,").unlink()
    (tmp_path / "new/1003.d").rename(tmp_path / "cur/1003.d:2,")
    found = [first, *results]
    assert [result.origin.file for result in found if isinstance(result, RawMessage)] == [
        "cur/1000.a:2,",
        "cur/1001.b:2,FS",
        "cur/1003.d:2,",
    ]
    assert len(found) == 3
    assert vanished == ["cur/1002.c:2,"]


def test_a_mass_removal_lists_the_folder_only_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(tmp_path, *(f"cur/{n}.a:2," for n in range(1000, 1300)))
    results = read_messages(maildir(tmp_path))
    next(results)
    for path in (tmp_path / "cur").iterdir():
        if path.name != "1299.a:2,":
            path.unlink()
    listings = []
    real = maildir_module.list_folder
    monkeypatch.setattr(maildir_module, "list_folder", lambda *args: listings.append(1) or real(*args))
    assert len(list(results)) == 1
    assert len(listings) < 20


def test_reading_while_a_mail_program_works(tmp_path: Path) -> None:
    deliver(tmp_path, *(f"new/{n}.a" for n in range(1000, 1200)))
    stop = threading.Event()

    def rename() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            for path in sorted((tmp_path / "new").iterdir())[:5]:
                path.rename(tmp_path / "cur" / f"{path.name}:2,")
            for path in sorted((tmp_path / "cur").iterdir())[: turn % 50]:
                path.rename(path.with_name(path.name.partition(":")[0] + f":2,{'FRS'[turn % 3]}"))

    (tmp_path / "cur").mkdir()
    worker = threading.Thread(target=rename)
    worker.start()
    try:
        for _ in range(5):
            assert not [result for result in read_messages(maildir(tmp_path)) if isinstance(result, Problem)]
    finally:
        stop.set()
        worker.join()
    names = files_read(tmp_path, [])
    assert len(names) == len({identity(name or "") for name in names}) == 200


def test_a_message_is_read_back_under_its_new_name(tmp_path: Path) -> None:
    deliver(tmp_path, "new/1000.a")
    (tmp_path / "cur").mkdir()
    (message,), _ = read(tmp_path)
    (tmp_path / "new/1000.a").rename(tmp_path / "cur/1000.a:2,RS")
    assert read_raw(message.origin) == mail("new/1000.a")


def test_mh_folders_are_told_by_numbers(tmp_path: Path) -> None:
    deliver(tmp_path, "inbox/1", "inbox/2", "inbox/10", "inbox/,3", "inbox/lists/7")
    (tmp_path / "inbox" / ".mh_sequences").write_bytes(b"unseen: 2\n")
    assert [(archive.format, archive.path.name) for archive in archives(tmp_path)] == [
        ("mh", "inbox"),
        ("mh", "lists"),
    ]
    messages, problems = read(tmp_path)
    assert [(message.origin.file, message.origin.format) for message in messages] == [
        ("1", "mh"),
        ("2", "mh"),
        ("10", "mh"),
        ("7", "mh"),
    ]
    assert problems == []
    assert all(read_raw(message.origin) == message.raw for message in messages)
    (known,) = read_messages(Archive(tmp_path / "inbox", "inbox", "mh"), skip={"1", "10"})
    assert isinstance(known, RawMessage)
    assert known.origin.file == "2"


def test_yearly_files_named_by_numbers_are_no_mh_folder(tmp_path: Path) -> None:
    for year in ("2004", "2005"):
        (tmp_path / year).write_bytes(boxed(mail(year), mail("more")))
    assert [archive.format for archive in archives(tmp_path)] == ["mbox", "mbox"]


def test_the_state_of_a_folder_tells_its_files(tmp_path: Path) -> None:
    deliver(tmp_path, "cur/1000.a:2,", "new/1001.b")
    archive = next(iter(find_archives(tmp_path)))
    assert isinstance(archive, Archive)
    before = stat_archive(archive)
    assert [(file.file, file.size) for file in before.files] == [
        ("cur/1000.a:2,", len(mail("cur/1000.a:2,"))),
        ("new/1001.b", len(mail("new/1001.b"))),
    ]
    assert stat_archive(archive).fingerprint == before.fingerprint
    (tmp_path / "new/1001.b").rename(tmp_path / "cur/1001.b:2,")
    assert stat_archive(archive).fingerprint != before.fingerprint
