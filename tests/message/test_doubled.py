"""UTF-8 that was encoded twice is undone where that is certain, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.charset import decode_bytes
from searcharc.message.doubled import _OPEN, undo_doubled


def doubled(text: str) -> str:
    """As a program makes it that takes UTF-8 for windows-1252."""
    return "".join(
        bytes([code]).decode("cp1252") if chr(code) not in _OPEN else chr(code) for code in text.encode()
    )


@pytest.mark.parametrize(
    "text",
    [
        "café",
        "It’s “so”",
        "привет, мир",
        "关于增强合作",
        "Früh",
        "Trần Đình Sơn",
        "și țara",
        "Հայ",
        "a 😀 b",
        "– yes",
        "Ł ó d ź",
    ],
)
def test_what_was_encoded_twice_is_undone(text: str) -> None:
    decoded = decode_bytes(doubled(text).encode(), "utf-8")
    assert (decoded.text, decoded.used) == (text, "utf-8")
    assert decoded.defects == ("charset: encoded as utf-8 twice, undone",)


@pytest.mark.parametrize(
    "text",
    [
        "café",
        "São Paulo",
        "«Â»",
        "Â",
        "Â§ 3",
        "© Ã",
        "ÃO",
        "naïve cafÃ©",
        "宋体 cafÃ©",
        "It’s CafÃ©",
        "Ä±Ï¢",
        "x Ã© y",
    ],
)
def test_what_may_be_meant_as_it_stands_is_left(text: str) -> None:
    decoded = decode_bytes(text.encode(), "utf-8")
    assert (decoded.text, decoded.defects) == (text, ())


@given(st.text())
def test_any_text_comes_back_or_is_left(text: str) -> None:
    assert undo_doubled(doubled(text)) in (text, None)


@given(st.text(alphabet=st.characters(min_codepoint=0x400, max_codepoint=0x44F), min_size=2))
def test_a_text_in_another_script_is_always_undone(text: str) -> None:
    assert undo_doubled(doubled(text)) == text
    assert undo_doubled(text) is None
