"""Bytes of any charset, with a true label, a false one or none, become the text that was written."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.charset import clean_text, decode_bytes
from searcharc.message.charset_labels import find_codec

RUSSIAN = "Добрый день, коллеги, вот новый текст о маяке и гавани"
CHINESE = "关于灯塔和港口的新文本，请大家看一下"
CZECH = "Příliš žluťoučký kůň"


@pytest.mark.parametrize(
    ("text", "codec", "label", "used"),
    [
        ("café", "utf-8", "utf-8", "utf-8"),
        ("café", "utf-8", '"UTF8";', "utf-8"),
        ("café", "utf-8", "3dutf-8", "utf-8"),
        ("café", "utf-8", "utf-8 format=flowed", "utf-8"),
        ("café “x”", "cp1252", "iso-8859-1", "windows-1252"),
        ("café", "latin-1", "Latin1", "windows-1252"),
        ("新喆基站", "gb18030", "gb2312", "gb18030"),
        ("新喆基站", "gb18030", "GBK", "gb18030"),
        ("안녕하세요 똠방각하", "cp949", "ks_c_5601-1987", "cp949"),
        ("안녕하세요", "cp949", "euc-kr", "cp949"),
        ("日本語①のメール", "cp932", "shift_jis", "cp932"),
        ("日本語", "euc_jp", "x-euc-jp", "euc-jp"),
        ("郵件測試", "big5", "big5", "big5"),
        ("สวัสดี", "cp874", "tis-620", "windows-874"),
        ("İstanbul şehri", "cp1254", "iso-8859-9", "windows-1254"),
        (CZECH, "iso8859-2", "ISO-8859-2", "iso-8859-2"),
        ("שלום", "iso8859-8", "iso-8859-8-i", "iso-8859-8"),
        (RUSSIAN, "koi8-r", "koi8-r", "koi8-r"),
        ("Grüße über München", "cp850", "cp-850", "cp850"),
        ("Grüße", "utf-7", "unicode-1-1-utf-7", "utf-7"),
        ("日本語のメール", "iso2022_jp", "iso-2022-jp", "iso-2022-jp"),
        ("ㄱ 안녕", "iso2022_kr", "iso-2022-kr", "iso-2022-kr"),
        ("中文", "hz", "hz-gb-2312", "hz-gb-2312"),
        ("plain words", "utf-16", "utf-16", "utf-16le"),
        ("plain words", "ascii", "iso-8859-1", "windows-1252"),
        ("plain words", "ascii", "us-ascii", "us-ascii"),
    ],
)
def test_a_true_label_is_followed_in_its_whatwg_meaning(text: str, codec: str, label: str, used: str) -> None:
    decoded = decode_bytes(text.encode(codec), label)
    assert (decoded.text, decoded.used, decoded.defects) == (text, used, ())


@pytest.mark.parametrize(
    ("data", "label", "text", "used"),
    [
        ("café tern".encode(), "x-unknown", "café tern", "utf-8"),
        (b"caf\xe9 tern", "unknown-8bit", "café tern", "windows-1252"),
        (b"caf\xe9 tern", '""', "café tern", "windows-1252"),
        ("café".encode(), "us-ascii", "café", "utf-8"),
        ("Ça va, été".encode(), "iso-8859-1", "Ça va, été", "utf-8"),
        ("在这里写道".encode(), "gbk", "在这里写道", "utf-8"),
        (b"phalarope se\xf1or", "utf-8", "phalarope señor", "windows-1252"),
        (b"caf\xc3\xa9 godwit \xfa later", "utf-8", "café godwit \ufffd later", "utf-8"),
        (CHINESE.encode("gb18030") + b"\xff" + CHINESE.encode("gb18030"), "gb2312", None, "gb18030"),
        (b"plain", "charset-of-nobody", "plain", "us-ascii"),
        (b"plain text", "unicode", "plain text", "us-ascii"),
    ],
)
def test_a_false_label_is_mended_and_written_down(
    data: bytes, label: str, text: str | None, used: str
) -> None:
    decoded = decode_bytes(data, label)
    assert decoded.used == used
    assert text is None or decoded.text == text
    assert len(decoded.defects) == 1 and decoded.defects[0].startswith("charset: ")


def test_the_defect_names_the_label_and_what_was_read_instead() -> None:
    assert decode_bytes("é".encode(), "x-unknown").defects == (
        "charset: declared x-unknown is no charset, read as utf-8",
    )
    for hostile in ("x\x1b[2J\r\ny", "{", "{0.__class__}", "%s"):
        assert decode_bytes("é".encode(), hostile).defects[0].isprintable()


@pytest.mark.parametrize(
    ("data", "text", "used"),
    [
        (b"plain", "plain", "us-ascii"),
        ("Grüne Möwen".encode(), "Grüne Möwen", "utf-8"),
        ("quay ü".encode(), "quay ü", "utf-8"),
        (b"Gr\xfc\xdfe aus K\xf6ln", "Grüße aus Köln", "windows-1252"),
        (b"It\x92s \x93so\x94", "It’s “so”", "windows-1252"),
        (RUSSIAN.encode("koi8-r"), RUSSIAN, "koi8-r"),
        (("words all around it " * 40 + RUSSIAN).encode("cp1251"), None, "windows-1251"),
        (CHINESE.encode("gb18030"), CHINESE, "gb18030"),
        (b"note \x1b$BF|K\\8l\x1b(B end", "note 日本語 end", "iso-2022-jp"),
        (b"\xef\xbb\xbfcaf\xc3\xa9", "café", "utf-8"),
        (b"\xff\xfeh\x00i\x00", "hi", "utf-16le"),
    ],
)
def test_without_a_label_utf8_then_a_sure_guess_then_windows_1252(
    data: bytes, text: str | None, used: str
) -> None:
    decoded = decode_bytes(data, None)
    assert decoded.used == used
    assert text is None or decoded.text == text
    assert decoded.defects == ()


@pytest.mark.parametrize(
    "text",
    [
        "señor Grüße",
        "été où les élèves étaient à côté de la forêt française",
        "blåbær på øya og årets små æbler",
        "el niño soñó con la cigüeña, ¿verdad?",
    ],
)
def test_short_western_text_is_never_guessed_into_another_script(text: str) -> None:
    assert decode_bytes(text.encode("latin-1"), None).text == text


def test_iso_2022_jp_has_circled_digits_and_half_width_katakana() -> None:
    assert decode_bytes(b"\x1b$B-!\x1b(B \x1b(I1\x1b(B", "iso-2022-jp").text == "① ｱ"


@pytest.mark.parametrize("label", ["idna", "punycode", "unicode_escape", "rot13", "zlib", "y", "", "\x00"])
def test_labels_of_python_codecs_that_are_no_charsets_are_none(label: str) -> None:
    assert find_codec(label) is None


def test_nothing_but_text_is_left() -> None:
    assert clean_text("a\x00b\ud800c\ufffed\ufdd0e\U0001ffff") == "abcde"
    assert clean_text("e\u0301") == "é"
    assert decode_bytes(b"before \x00\x00 after", None).text == "before  after"


LABELS = (
    None, "utf-8", "gb2312", "iso-2022-jp", "utf-7", "utf-16", "hz", "big5", "koi8-r", "iso-2022-kr", "x",
    "euc-jp", "johab",
)  # fmt: skip


@given(st.binary(max_size=300), st.sampled_from(LABELS))
def test_any_bytes_become_valid_text(data: bytes, label: str | None) -> None:
    text = decode_bytes(data, label).text
    assert "\x00" not in text
    assert text.encode("utf-8").decode("utf-8") == text
    assert clean_text(text) == text


@given(st.text(max_size=100))
def test_what_was_written_in_utf8_is_read_back(text: str) -> None:
    expected = clean_text(text.encode("utf-8", "ignore").decode())
    assert decode_bytes(expected.encode(), "utf-8").text == expected.removeprefix("\ufeff")


@pytest.mark.parametrize(
    "pattern", [b"\x1b$B", b"\xff", b"a\xe9 ", b"\x1b(I1", b"+AGE-", b"\xc3\xa9\xff", b"~{"]
)
@pytest.mark.parametrize("label", [None, "iso-2022-jp", "utf-8", "utf-7", "gb2312"])
def test_hostile_bytes_cost_linear_time(pattern: bytes, label: str | None) -> None:
    started = time.perf_counter()
    decode_bytes(pattern * (1_000_000 // len(pattern)), label)
    assert time.perf_counter() - started < 3
