"""The language of a text is named where it is clear, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.language import guess_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Dear all, I think that the lantern should be on the left side of the harbour.", "en"),
        ("Bonjour à tous, voici le texte que nous avons reçu pour la réunion avec les autres.", "fr"),
        ("Hola a todos, creo que el faro debe estar en la parte norte del puerto, como siempre.", "es"),
        ("Hallo, ich glaube, dass der Leuchtturm nicht auf der linken Seite des Hafens ist.", "de"),
        ("Olá, eu acho que não é possível, mas você também pode ver isso com uma lanterna.", "pt"),
        ("Ciao, non sono sicuro che il faro della città sia nella parte più alta del porto.", "it"),
        ("Добрый день, я думаю, что маяк стоит у входа в гавань.", "ru"),
        ("大家好，我认为灯塔应该在港口的左边。", "zh"),
        ("灯台は港の入り口にあると思います。", "ja"),
        ("등대는 항구 입구에 있다고 생각합니다.", "ko"),
        ("أعتقد أن المنارة يجب أن تكون عند مدخل الميناء.", "ar"),
        ("大家好，我认为灯塔应该在港口的左边。\n\nAnn Example\nHarbour Office", "zh"),
    ],
)
def test_a_clear_text_has_a_language(text: str, language: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "+1",
        "int main(void) { return lantern[3] + 7; }",
        "Привіт, це текст, який написали її друзі, і він є їхній.",
        "سلام، این یک متن فارسی است که گزارش چگونگی کار را می‌گوید.",
        "https://example.org/a/b?c=d",
        "12 34 56",
    ],
)
def test_an_unclear_text_has_none(text: str) -> None:
    assert guess_language(text) is None


@given(st.text(max_size=300))
def test_any_text_can_be_asked_about(text: str) -> None:
    assert guess_language(text) in {None, "en", "fr", "es", "de", "pt", "it", "ru", "zh", "ja", "ko", "ar"}
