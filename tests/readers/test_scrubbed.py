"""HTML that Pipermail took out of a message is read again where it lies beside the text."""

import json
from pathlib import Path

import pytest

from searcharc import Index
from searcharc.message.parse import parse_raw
from searcharc.message.scrubbed import unescape_page
from searcharc.readers import find_archives, read_messages, read_original, stat_archive
from searcharc.workers import _described, _messages

from .builders import archives, boxed, mail, read, subjects

DAY = "20050101/1a2b3c4d"
HTML = b"<html><body><p>Hello all,</p><p>the committee &amp; its chair meet in Zagreb.</p></body></html>\n"


def notice(name: str, *, words: bytes = b"An HTML attachment was scrubbed...") -> bytes:
    return (
        b"-------------- next part --------------\n" + words + b"\n"
        b"URL: <http://lists.example.org/pipermail/talk/attachments/" + name.encode() + b">\n"
    )


def escaped(html: bytes) -> bytes:
    """As Mailman's Scrubber writes it."""
    for char, entity in ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b'"', b"&quot;")):
        html = html.replace(char, entity)
    return (
        b"<tt>\n" + b"<br>\n".join(line.replace(b" ", b"&nbsp;") for line in html.split(b"\n")) + b"\n</tt>\n"
    )


def build(folder: Path, body: bytes, html: bytes = HTML, *, name: str = "attachment.htm") -> Path:
    (folder / "attachments" / DAY).mkdir(parents=True, exist_ok=True)
    (folder / "attachments" / DAY / name).write_bytes(html)
    text = folder / "2005-January.txt"
    text.write_bytes(boxed(mail("a", body), mail("b")))
    return text


def shown(path: Path) -> list[str]:
    message = read(path)[0][0]
    return [paragraph.text for paragraph in parse_raw(message).paragraphs if paragraph.zone == "own"]


@pytest.mark.parametrize(
    "html", [HTML, escaped(HTML), b"<html><body>" + escaped(HTML)], ids=["plain", "tt", "page"]
)
@pytest.mark.parametrize("name", ["attachment.htm", "attachment.html", "attachment-0001.html"])
def test_what_the_plain_text_lacks_stands_behind_it(tmp_path: Path, html: bytes, name: str) -> None:
    path = build(tmp_path, b"Hello all,\n\n" + notice(f"{DAY}/{name}"), html, name=name)
    assert shown(path) == ["Hello all,", "the committee & its chair meet in Zagreb."]


def test_where_the_plain_text_says_nothing_the_html_is_the_body(tmp_path: Path) -> None:
    path = build(tmp_path, notice(f"{DAY}/attachment.htm"))
    message = parse_raw(read(path)[0][0])
    assert [p.text for p in message.paragraphs] == ["Hello all,", "the committee & its chair meet in Zagreb."]
    assert message.attachments[0].name == f"attachments/{DAY}/attachment.htm"
    assert "html" in message.flags


def test_the_older_and_the_translated_notices_are_known(tmp_path: Path) -> None:
    older = (
        b"A non-text attachment was scrubbed...\nName: not available\nType: text/html\nSize: 99 bytes\n"
        b"Desc: not available\nUrl : http://lists.example.org/attachments/"
        + f"{DAY}/attachment.htm\n".encode()
    )
    foreign = notice(f"{DAY}/attachment.htm", words=b"Une pi\xe8ce jointe HTML a \xe9t\xe9 nettoy\xe9e...")
    for number, body in enumerate((older, foreign)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert shown(build(folder, body))[-1] == "the committee & its chair meet in Zagreb."


def test_the_folder_may_lie_above_the_texts(tmp_path: Path) -> None:
    text = build(tmp_path, notice(f"{DAY}/attachment.htm"))
    (tmp_path / "texts").mkdir()
    assert len(shown(text.rename(tmp_path / "texts" / text.name))) == 2


def test_the_charset_is_the_one_that_the_html_declares(tmp_path: Path) -> None:
    html = '<html><meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Съезд'.encode(
        "koi8-r"
    )
    assert shown(build(tmp_path, notice(f"{DAY}/attachment.htm"), escaped(html))) == ["Съезд"]


def test_the_message_stays_as_it_is_and_is_read_back_whole(tmp_path: Path) -> None:
    body = b"Hello all,\n\n" + notice(f"{DAY}/attachment.htm")
    path = build(tmp_path, body)
    message = read(path)[0][0]
    assert message.raw == mail("a", body)
    again = read_original(message.origin)
    assert (again.raw, again.scrubbed) == (message.raw, message.scrubbed)


@pytest.mark.parametrize("linked", ["attachments", "attachments/20050101", f"attachments/{DAY}", "file"])
def test_no_link_is_followed(tmp_path: Path, linked: str) -> None:
    path = build(tmp_path, b"plain\n\n" + notice(f"{DAY}/attachment.htm"))
    moved = tmp_path / ("attachments/" + DAY + "/attachment.htm" if linked == "file" else linked)
    moved.rename(tmp_path / "elsewhere")
    moved.symlink_to(tmp_path / "elsewhere")
    assert read(path)[0][0].scrubbed == ()


@pytest.mark.parametrize(
    "name", ["../../secret.html", "20050101/../../secret.html", "20050101/1a2b/../secret.html", "/etc/a.html",
             f"{DAY}/none.html", f"{DAY}/attachment.htm/x.html", f"{DAY}/picture.png"]
)  # fmt: skip
def test_no_other_name_is_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.html").write_bytes(b"<p>secret</p>")
    path = build(tmp_path, b"plain\n\n" + notice(name))
    assert read(path)[0][0].scrubbed == ()


def test_the_files_are_no_archives_and_no_problems(tmp_path: Path) -> None:
    build(tmp_path, notice(f"{DAY}/attachment.htm"))
    (tmp_path / "attachments" / DAY / "attachment.eml").write_bytes(mail("part of another"))
    messages, problems = read(tmp_path)
    assert (subjects(messages), problems) == (["a", "b"], [])
    assert [a.path.name for a in archives(tmp_path)] == ["2005-January.txt"]


def test_html_that_comes_later_is_seen(tmp_path: Path) -> None:
    source = tmp_path / "talk"
    source.mkdir()
    path = build(source, notice(f"{DAY}/attachment.htm"))
    file = source / "attachments" / DAY / "attachment.htm"
    file.rename(tmp_path / "later.htm")
    file.parent.rmdir()
    (archive,) = (a for a in find_archives(path) if not hasattr(a, "reason"))
    before = stat_archive(archive).fingerprint
    with Index.create(tmp_path / "index") as index:
        index.update([source])
        assert index.count("zagreb") == 0
        file.parent.mkdir()
        (tmp_path / "later.htm").rename(file)
        assert stat_archive(archive).fingerprint != before
        report = index.update([source])
        assert (report.indexed, report.unchanged, report.removed) == (1, 1, 1)
        assert index.count("zagreb") == 1
        assert index.update([source]).unchanged == 2


def test_html_that_came_as_it_was_is_left_so() -> None:
    for html in (HTML, b"<html><tt>typed</tt> 1 < 2</html>", b"<p><tt>a &lt; b</tt>", b""):
        assert unescape_page(html) == html
    assert unescape_page(escaped(HTML)).strip() == HTML.strip()


def test_messages_of_an_archive_without_such_a_folder_cost_nothing(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(boxed(mail("a", notice(f"{DAY}/attachment.htm"))))
    (archive,) = archives(path)
    assert [m.scrubbed for m in read_messages(archive) if hasattr(m, "scrubbed")] == [()]


def test_it_reaches_another_process_as_it_is(tmp_path: Path) -> None:
    raw = read(build(tmp_path, notice(f"{DAY}/attachment.htm"), bytes(range(256))))[0][0]
    assert raw.scrubbed[0].data == bytes(range(256))
    head = json.loads(json.dumps({"messages": [_described(raw)]}))
    assert list(_messages(head, raw.raw)) == [raw]
