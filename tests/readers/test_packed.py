"""A zip or tar of mail is read as a stream, member by member, and nothing leads out of it."""

import gzip
import io
import random
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from searcharc.models import CUT_BY_DAMAGE
from searcharc.readers import packed, read_raw
from searcharc.readers.sources import Budget, Limits

from .builders import PACKERS, boxed, mail, read, subjects

Members = list[tuple[str, bytes]]


def make_zip(path: Path, members: Members) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)


def make_tar(path: Path, members: Members, *, form: int = tarfile.PAX_FORMAT, mode: str = "w") -> None:
    with tarfile.open(path, mode, format=form) as archive:  # type: ignore[call-overload]
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


MAKERS: dict[str, Callable[[Path, Members], None]] = {
    "zip": make_zip,
    "tar": make_tar,
    "tar.gz": lambda path, members: make_tar(path, members, mode="w:gz"),
    "tar.xz": lambda path, members: make_tar(path, members, mode="w:xz"),
    "gnu": lambda path, members: make_tar(path, members, form=tarfile.GNU_FORMAT),
    "ustar": lambda path, members: make_tar(path, members, form=tarfile.USTAR_FORMAT),
}

TREE: Members = [
    ("2001/list.mbox", boxed(mail("boxed 1"), mail("boxed 2"))),
    ("2002/list-2002.mbox.gz", gzip.compress(boxed(mail("packed 1"), mail("packed 2")))),
    ("loose/one.eml", mail("loose")),
    ("box/cur/1700000000.a.host:2,S", mail("kept")),
    ("box/new/1700000001.b.host", mail("fresh")),
    ("box/tmp/1700000002.c.host", mail("not delivered")),
    ("box/dovecot-uidlist", b"3 V1 N2\n"),
    ("mh/1", mail("numbered")),
    ("empty.mbox", b""),
]
SUBJECTS = ["boxed 1", "boxed 2", "packed 1", "packed 2", "loose", "kept", "fresh", "numbered"]


@pytest.mark.parametrize("form", MAKERS)
def test_each_kind_of_mail_is_read_and_read_back(tmp_path: Path, form: str) -> None:
    path = tmp_path / "archive"
    MAKERS[form](path, TREE)
    messages, problems = read(path)
    assert (subjects(messages), problems) == (SUBJECTS, [])
    assert {m.origin.archive for m in messages} == {str(path)}
    assert [m.origin.file for m in messages][:3] == [
        "2001/list.mbox",
        "2001/list.mbox",
        "2002/list-2002.mbox.gz",
    ]
    assert [m.origin.format for m in messages][4:7] == ["eml", "maildir", "maildir"]
    for message in messages:
        assert read_raw(message.origin) == message.raw


@pytest.mark.parametrize("packing", PACKERS)
def test_a_member_may_be_packed_once_more(tmp_path: Path, packing: str) -> None:
    data = boxed(*(mail(f"number {n}", random.Random(n).randbytes(5000).hex().encode()) for n in range(9)))
    make_tar(tmp_path / "box.tar", [("list", PACKERS[packing](data)), ("after.eml", mail("after"))])
    messages, problems = read(tmp_path / "box.tar")
    assert (subjects(messages)[-2:], problems) == (["number 8", "after"], [])
    assert [read_raw(m.origin) for m in messages] == [m.raw for m in messages]


@pytest.mark.parametrize("form", ["zip", "tar", "gnu"])
def test_what_leads_out_of_the_archive_is_named_and_not_followed(tmp_path: Path, form: str) -> None:
    names = ["../up.eml", "a/../../up.eml", "/etc/passwd.eml", "C:\\up.eml", "..\\up.eml", "fine.eml"]
    path = tmp_path / "box"
    MAKERS[form](path, [(name, mail(name)) for name in names])
    messages, problems = read(path)
    assert subjects(messages) == ["fine.eml"]
    assert [(p.archive, p.reason) for p in problems] == [
        (f"{path}/../up.eml", '".." in its name: not followed'),
        (f"{path}/a/../../up.eml", '".." in its name: not followed'),
        (f"{path}//etc/passwd.eml", "absolute name: not followed"),
        (f"{path}/C:\\up.eml", "absolute name: not followed"),
        (f"{path}/..\\up.eml", '".." in its name: not followed'),
    ]
    assert list(tmp_path.iterdir()) == [path]


def test_links_devices_and_sparse_files_of_a_tar_are_named(tmp_path: Path) -> None:
    kinds = {
        tarfile.LNKTYPE: "hard link: not followed",
        tarfile.SYMTYPE: "symbolic link: not followed",
        tarfile.CHRTYPE: "device: not read",
        tarfile.BLKTYPE: "device: not read",
        tarfile.FIFOTYPE: "FIFO: not read",
        tarfile.GNUTYPE_SPARSE: "sparse file: not read",
        b"Z": "a kind of member that is not known: not read",
    }
    with tarfile.open(tmp_path / "box.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        for kind, reason in kinds.items():
            member = tarfile.TarInfo(reason)
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
        folder = tarfile.TarInfo("folder/")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        member = tarfile.TarInfo("folder/one.eml")
        member.size = len(mail("one"))
        archive.addfile(member, io.BytesIO(mail("one")))
    messages, problems = read(tmp_path / "box.tar")
    assert subjects(messages) == ["one"]
    assert [p.reason for p in problems] == list(kinds.values())


def test_links_and_encrypted_members_of_a_zip_are_named(tmp_path: Path) -> None:
    path = tmp_path / "box.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("link.eml")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("secret.eml", mail("secret"))
        archive.writestr("open.eml", mail("open"))
    data = bytearray(path.read_bytes())
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        first = data.find(magic)
        data[data.find(magic, first + 4) + flags] |= 1
    path.write_bytes(data)
    messages, problems = read(path)
    assert subjects(messages) == ["open"]
    assert [(p.archive, p.reason) for p in problems] == [
        (f"{path}/link.eml", "symbolic link: not followed"),
        (f"{path}/secret.eml", "encrypted: not read"),
    ]


@pytest.mark.parametrize("form", ["tar", "tar.gz"])
def test_a_tar_that_is_cut_keeps_what_came_before(tmp_path: Path, form: str) -> None:
    path = tmp_path / "box"
    long = random.Random(1).randbytes(100_000).hex().encode()
    MAKERS[form](path, [("1.eml", mail("whole")), ("2.mbox", boxed(mail("whole too"), mail("half", long)))])
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    messages, problems = read(path)
    assert subjects(messages) == ["whole", "whole too", "half"]
    assert messages[-1].defects == (CUT_BY_DAMAGE,)
    assert len(messages[-1].raw) > 50_000
    (problem,) = problems
    assert problem.unfinished
    assert "ends early" in problem.reason
    assert [read_raw(m.origin) for m in messages] == [m.raw for m in messages]


def test_damage_between_the_members_of_a_tar_is_named(tmp_path: Path) -> None:
    path = tmp_path / "box.tar"
    make_tar(path, [("1.eml", mail("first")), ("2.eml", mail("second"))], form=tarfile.USTAR_FORMAT)
    data = bytearray(path.read_bytes())
    data[1024] ^= 0xFF  # in the second header
    path.write_bytes(data)
    messages, problems = read(path)
    assert subjects(messages) == ["first"]
    assert [(p.archive, p.reason, p.unfinished) for p in problems] == [
        (str(path), "damaged tar: no header at byte 1024", True)
    ]


def test_a_member_of_a_zip_with_other_bytes_than_its_checksum_is_named(tmp_path: Path) -> None:
    path = tmp_path / "box.zip"
    with zipfile.ZipFile(path, "w") as archive:  # not compressed
        archive.writestr("1.eml", mail("first", b"a" * 50))
        archive.writestr("2.eml", mail("second"))
    path.write_bytes(path.read_bytes().replace(b"a" * 50, b"b" * 50))
    messages, problems = read(path)
    assert subjects(messages) == ["first", "second"]
    assert messages[0].defects == (CUT_BY_DAMAGE,)
    assert [(p.archive, p.unfinished) for p in problems] == [(f"{path}/1.eml", True)]
    assert "checksum" in problems[0].reason


class Unseekable(io.BytesIO):
    """A pipe, to which a zip is written with the sizes of a member behind its content."""

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0) -> int:
        raise OSError

    def tell(self) -> int:
        raise OSError


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("streamed", [False, True], ids=["sizes before", "sizes behind"])
def test_a_zip_that_is_cut_keeps_what_came_before(tmp_path: Path, packing: int, streamed: bool) -> None:
    path = tmp_path / "box.zip"
    long = random.Random(1).randbytes(50_000).hex().encode()
    members = [
        ("1.eml", mail("whole")),
        ("no.txt", b"no mail\n"),
        ("2.mbox", boxed(mail("too"), mail("half", long))),
    ]
    target = Unseekable()
    with zipfile.ZipFile(target if streamed else path, "w", packing) as archive:
        for name, data in members:
            archive.writestr(name, data)
    whole = target.getvalue() if streamed else path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    messages, problems = read(path)
    if streamed and packing == zipfile.ZIP_STORED:  # nothing tells where the first member ends
        assert (messages, [p.archive for p in problems]) == ([], [str(path)])
        return
    assert subjects(messages) == ["whole", "too", "half"]
    assert len(messages[-1].raw) > 20_000
    assert [p.unfinished for p in problems] == [False, True]
    assert "it is cut" in problems[-1].reason
    assert [read_raw(m.origin) for m in messages] == [m.raw for m in messages]


def test_a_zip_without_its_directory_is_read_and_named(tmp_path: Path) -> None:
    path = tmp_path / "box.zip"
    make_zip(path, [("1.eml", mail("first"))])
    path.write_bytes(path.read_bytes()[:-30])
    messages, problems = read(path)
    assert subjects(messages) == ["first"]
    assert [(p.archive, p.unfinished) for p in problems] == [(str(path), True)]
    assert problems[0].reason.startswith("the zip has no directory")


@pytest.mark.parametrize("form", ["zip", "tar.gz"])
def test_a_bomb_is_named_and_left(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = Limits(ratio=200, suspicious=1 << 20, total=1 << 40)
    monkeypatch.setattr(packed, "Budget", lambda consumed=0: Budget(limits, consumed))
    path = tmp_path / "box"
    zeros = b"From: ann@example.org\n\n" + bytes(3 << 20)
    MAKERS[form](
        path, [("0.eml", mail("first")), ("1.eml", zeros), ("2.eml", zeros), ("3.eml", mail("last"))]
    )
    messages, problems = read(path, max_message=1 << 16)
    assert subjects(messages)[0] == "first"
    assert len(messages) == 2
    assert "decompression bomb" in problems[-1].reason


def test_two_members_of_one_name_are_both_read_and_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "box.tar"
    make_tar(path, [("a.eml", mail("first")), ("a.eml", mail("second")), ("a.eml (2)", mail("third"))])
    messages, _ = read(path)
    assert [m.origin.file for m in messages] == ["a.eml", "a.eml (2)", "a.eml (2) (2)"]
    assert [read_raw(m.origin) for m in messages] == [m.raw for m in messages]


@pytest.mark.parametrize("form", ["zip", "tar", "gnu"])
def test_long_and_foreign_names_find_their_member_again(tmp_path: Path, form: str) -> None:
    names = ["long/" * 60 + "name.eml", "é/宋体.eml", "a b\t.eml", "x\\x41.eml"]
    MAKERS[form](tmp_path / "box", [(name, mail("a")) for name in names])
    messages, problems = read(tmp_path / "box")
    assert problems == []
    assert [m.origin.file for m in messages][:3] == names[:3]
    assert [read_raw(m.origin) for m in messages] == [mail("a")] * 4


def test_tars_that_were_joined_are_read_to_the_end(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_tar(tmp_path / name, [(name, mail(name))])
    (tmp_path / "both").write_bytes((tmp_path / "a").read_bytes() + (tmp_path / "b").read_bytes())
    assert subjects(read(tmp_path / "both")[0]) == ["a", "b"]


def test_members_that_are_no_mail_are_named_beside_mail(tmp_path: Path) -> None:
    path = tmp_path / "box.zip"
    inner = tmp_path / "inner.zip"
    make_zip(inner, [("a.eml", mail("a"))])
    make_zip(
        path,
        [("README", b"prose\n"), ("__MACOSX/._a", b"\0\5"), (".DS_Store", b"\0"), ("a.eml", mail("a")),
         ("inner.zip", inner.read_bytes()), ("picture.png", b"\x89PNG")],
    )  # fmt: skip
    _, problems = read(path)
    assert [(p.archive.removeprefix(f"{path}/"), p.reason) for p in problems] == [
        ("README", "no mail found in it"),
        ("inner.zip", "an archive in an archive: not read; unpack the outer one"),
        ("picture.png", "no mail found in it"),
    ]


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_html_that_pipermail_took_out_is_named(tmp_path: Path, form: str) -> None:
    path = tmp_path / "box"
    folder = "talk/attachments/20140303"
    html = [(f"{folder}/1a2b3c4d/attachment{end}", b"<p>x</p>") for end in (".html", "-0001.htm")]
    MAKERS[form](path, [*html, (f"{folder}/5e6f/photo.jpg", b"x"), ("talk/2014-March.txt", boxed(mail("a")))])
    messages, problems = read(path)
    assert subjects(messages) == ["a"]
    assert [(p.archive, p.unfinished) for p in problems] == [(str(path), False)]
    assert "HTML that Pipermail saved" in problems[0].reason and "files: 2" in problems[0].reason


def test_a_zip_without_mail_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "text.docx"
    make_zip(path, [("[Content_Types].xml", b"<xml/>"), ("word/document.xml", b"<w/>")])
    messages, problems = read(path)
    assert messages == []
    assert [(p.archive, p.reason) for p in problems] == [(str(path), "no mail found in it")]


def test_a_header_that_asks_for_much_memory_gets_none(tmp_path: Path) -> None:
    member = tarfile.TarInfo("long")
    member.type, member.size = tarfile.GNUTYPE_LONGNAME, 8 << 30
    path = tmp_path / "box.tar"
    path.write_bytes(member.tobuf(tarfile.GNU_FORMAT) + bytes(4096))
    messages, problems = read(path)
    assert messages == []
    assert problems[0].reason == f"damaged tar: a header of {8 << 30} bytes before byte 512"


@pytest.mark.parametrize("form", ["zip", "tar", "gnu"])
def test_no_damage_raises(tmp_path: Path, form: str) -> None:
    path = tmp_path / "box"
    MAKERS[form](path, [*TREE, ("long/" * 40 + "name.eml", mail("long"))])
    whole = path.read_bytes()
    chance = random.Random(7)
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.choice((len(data), chance.randrange(1, len(data))))])
        for message in read(path)[0]:
            assert len(message.raw) == message.origin.length


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_what_was_read_whole_is_read_back_whole(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = Limits(ratio=2000, suspicious=1 << 16, total=1 << 40)
    monkeypatch.setattr(packed, "Budget", lambda consumed=0: Budget(limits, consumed))
    path = tmp_path / "box"
    MAKERS[form](path, [("1.eml", mail("large", b"a line of text\n" * 20_000))])
    (message,), problems = read(path)
    assert problems == []
    assert read_raw(message.origin) == message.raw
