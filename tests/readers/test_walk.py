from __future__ import annotations

import errno
import gzip
import os
import random
import socket
import tarfile
import zipfile
from pathlib import Path

import pytest

from searcharc.models import Problem
from searcharc.readers import Archive, escape_path, find_archives, read_messages

from .builders import PACKERS, archives, boxed, mail, read, subjects


def named(tree: Path) -> dict[str, str]:
    """The problems of a walk: path inside the tree -> reason."""
    found = (result for result in find_archives(tree) if isinstance(result, Problem))
    return {problem.archive.removeprefix(f"{tree}/"): problem.reason for problem in found}


def test_files_are_found_by_content_in_one_order(tmp_path: Path) -> None:
    files = {
        "b/2014-March.txt": boxed(mail("a")),
        "b/2014-March.txt.gz": gzip.compress(boxed(mail("a"))),
        "a.json": mail("a letter under a wrong name"),
        "B.mbox": boxed(mail("a")),
        ".hidden": boxed(mail("a")),
        "c/empty": b"",
        "c/blank": b"\n\n",
        **{f"c/packed.{packing}": pack(boxed(mail("a"))) for packing, pack in PACKERS.items()},
    }
    names = list(files)
    random.Random(3).shuffle(names)
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(files[name])
    found = [(archive.name.removeprefix(f"{tmp_path}/"), archive.format) for archive in archives(tmp_path)]
    assert found == [
        (".hidden", "mbox"),
        ("B.mbox", "mbox"),
        ("a.json", "eml"),
        ("b/2014-March.txt", "mbox"),
        ("b/2014-March.txt.gz", "mbox"),
        *((f"c/packed.{packing}", "mbox") for packing in sorted(PACKERS)),
    ]
    assert named(tmp_path) == {}


def test_an_archive_tells_what_change_detection_needs(tmp_path: Path) -> None:
    path = tmp_path / "box.gz"
    path.write_bytes(gzip.compress(boxed(mail("a"))))
    status = path.stat()
    (archive,) = archives(path)
    assert archive == Archive(path, str(path), "mbox", status.st_size, status.st_mtime_ns, status.st_ino)


def test_what_is_no_mail_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.mbox").write_bytes(boxed(mail("good")))
    (tmp_path / "image.mbox").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    (tmp_path / "notes.mbox").write_bytes(b"Note: nothing here\n\nFrom: the chair\n")
    (tmp_path / "notes.gz").write_bytes(gzip.compress(b"prose"))
    (tmp_path / "index.html").write_bytes(b"<html></html>")
    (tmp_path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(b"ref: refs/heads/main\n")
    messages, problems = read(tmp_path)
    assert subjects(messages) == ["good"]
    assert {problem.reason for problem in problems} == {"no mail found in it"}
    assert set(named(tmp_path)) == {"image.mbox", "notes.mbox", "notes.gz", "index.html"}


def test_a_zip_and_a_tar_are_one_archive_each(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "box.zip", "w") as packed:
        packed.writestr("box", boxed(mail("a")))
    with tarfile.open(tmp_path / "box.tar.gz", "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("empty"))
    (tmp_path / "packed-twice.gz").write_bytes(gzip.compress((tmp_path / "box.zip").read_bytes()))
    assert [(a.path.name, a.format) for a in archives(tmp_path)] == [
        ("box.tar.gz", "tar"),
        ("box.zip", "zip"),
    ]
    assert named(tmp_path) == {"packed-twice.gz": "a zip packed with gzip: not read; unpack it"}


def test_special_files_are_named_and_do_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        assert set(named(tmp_path)) == {"fifo", "s"}


def test_links(tmp_path: Path) -> None:
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    (tree / "sub").mkdir(parents=True)
    outside.mkdir()
    (tree / "box").write_bytes(boxed(mail("inside")))
    (outside / "box").write_bytes(boxed(mail("outside")))
    (tree / "again").symlink_to("box")
    (tree / "sub" / "again").symlink_to("../box")
    (tree / "link-1").symlink_to(outside / "box")
    (tree / "link-2").symlink_to(outside / "box")
    (tree / "folder").symlink_to(outside)
    (tree / "sub" / "loop").symlink_to("..")
    (tree / "broken").symlink_to("missing")
    (tree / "itself").symlink_to("itself")
    messages, _ = read(tree)
    assert sorted(subjects(messages)) == ["inside", "outside"]
    reasons = named(tree)
    assert set(reasons) == {"folder", "sub/loop", "broken", "itself"}
    assert reasons["folder"] == reasons["sub/loop"] == "symbolic link to a folder: not followed"
    assert reasons["broken"] == "broken symbolic link"


def test_a_source_may_itself_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "box").write_bytes(boxed(mail("one")))
    (tmp_path / "link").symlink_to("tree")
    (tmp_path / "file").symlink_to("tree/box")
    assert [archive.name for archive in archives(tmp_path / "link")] == [f"{tmp_path}/link/box"]
    assert [archive.name for archive in archives(tmp_path / "file")] == [f"{tmp_path}/file"]


def test_names_that_are_not_utf_8_are_escaped_and_still_open(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9"
    Path(os.fsdecode(raw)).write_bytes(boxed(mail("one")))
    (archive,) = archives(tmp_path)
    assert archive.name == escape_path(raw) == rf"{tmp_path}/caf\xe9"
    (message,) = read_messages(archive)
    assert not isinstance(message, Problem)
    assert message.origin.archive == archive.name


def test_damage_in_the_first_bytes_is_named(tmp_path: Path) -> None:
    packed = gzip.compress(b"x" * 100)
    (tmp_path / "cut.gz").write_bytes(packed[:12])
    (tmp_path / "bad.gz").write_bytes(packed[:10] + b"\xff" * 20)
    reasons = named(tmp_path)
    assert "ends early" in reasons["cut.gz"]
    assert "damaged gzip" in reasons["bad.gz"]


def test_a_small_cut_file_is_an_archive_all_the_same(tmp_path: Path) -> None:
    packed = gzip.compress(boxed(*(mail(f"m{n}", b"%d\n" % n**9) for n in range(9))))
    (tmp_path / "cut.gz").write_bytes(packed[:-40])
    messages, problems = read(tmp_path)
    assert len(messages) >= 5
    assert len(problems) == 1


def test_a_missing_source_is_a_problem(tmp_path: Path) -> None:
    (problem,) = find_archives(tmp_path / "missing")
    assert isinstance(problem, Problem)
    assert problem.archive == f"{tmp_path}/missing"


def test_an_unreadable_file_is_named_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(boxed(mail(name)))
    archive = archives(tmp_path / "a")[0]
    real_open = os.open

    def refuse(path: bytes | str | Path, flags: int, mode: int = 0o777) -> int:
        if os.fsencode(path).endswith(b"/a"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return real_open(path, flags, mode)

    # Tests may run as root, whom no permission stops.
    monkeypatch.setattr(os, "open", refuse)
    messages, problems = read(tmp_path)
    assert subjects(messages) == ["b"]
    assert problems == [Problem(f"{tmp_path}/a", "cannot be opened: Permission denied", unfinished=True)]
    assert list(read_messages(archive)) == problems


def test_an_archive_that_went_away_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(boxed(mail("one")))
    (archive,) = archives(path)
    path.unlink()
    assert list(read_messages(archive)) == [Problem(str(path), "is not there any more", unfinished=True)]


def test_a_deep_tree_is_walked(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(400):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "box").write_bytes(boxed(mail("deep")))
    assert subjects(read(tmp_path)[0]) == ["deep"]
