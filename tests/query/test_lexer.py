"""A query's text is cut into words, phrases, brackets and operators with their places."""

from __future__ import annotations

import pytest

from searcharc.errors import LimitError, QueryError
from searcharc.query.lexer import DEFAULT_NEAR, MAX_LENGTH, MAX_NEAR, Lexeme, Piece, split_query


def shapes(text: str) -> list[str]:
    """Each piece as one word of a row of the table: kind, or field:text with its marks."""
    found = []
    for piece in split_query(text)[:-1]:
        if piece.kind is Lexeme.ATOM:
            quote = '"' if piece.quoted else ""
            exact = "=" if piece.exact else ""
            reach = f"~{piece.distance}" if piece.distance is not None else ""
            field = f"{piece.field}:" if piece.field else ""
            found.append(f"{field}{exact}{quote}{piece.text}{quote}{reach}")
        elif piece.kind is Lexeme.NEAR:
            found.append(f"<NEAR/{piece.distance}>")
        elif piece.kind is Lexeme.OPEN and piece.field:
            found.append(f"<{piece.field}:(>")
        else:
            found.append(f"<{piece.kind.value}>")
    return found


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", []),
        ("  \t\n ", []),
        ("harbour", ["harbour"]),
        ("harbour quarry", ["harbour", "quarry"]),
        ("harbour　quarry", ["harbour", "quarry"]),  # an ideographic blank
        ("harbour\0quarry", ["harbour\0quarry"]),
        ('"the old quarry"', ['"the old quarry"']),
        ("“the old quarry”", ['"the old quarry"']),
        ("«the old quarry»", ['"the old quarry"']),
        ("„the old quarry“", ['"the old quarry"']),
        ('"old quarry"~5', ['"old quarry"~5']),
        ('="Délégué"', ['="Délégué"']),
        ("=Délégué", ["=Délégué"]),
        ("= Délégué", ["=", "Délégué"]),
        ("a=b", ["a=b"]),
        ("AND", ["<AND>"]),
        ("OR", ["<OR>"]),
        ("NOT", ["<NOT>"]),
        ("and or not near", ["and", "or", "not", "near"]),
        ("Or And Not", ["Or", "And", "Not"]),
        ("ORDER NOTE ANDES NEARBY", ["ORDER", "NOTE", "ANDES", "NEARBY"]),
        ('"OR"', ['"OR"']),
        ("NEAR", [f"<NEAR/{DEFAULT_NEAR}>"]),
        ("NEAR/5", ["<NEAR/5>"]),
        ("near/5", ["near/5"]),
        ("-harbour", ["<NOT>", "harbour"]),
        ("harbour -quarry", ["harbour", "<NOT>", "quarry"]),
        ("harbour - quarry", ["harbour", "-", "quarry"]),
        ("Secretary-General", ["Secretary-General"]),
        ("-subject:draft", ["<NOT>", "subject:draft"]),
        ("(a b)", ["<(>", "a", "b", "<)>"]),
        ("subject:(a OR b)", ["<subject:(>", "a", "<OR>", "b", "<)>"]),
        ("from:ann", ["from:ann"]),
        ("From:ann", ["From:ann"]),
        ('from:"la chapelle"', ['from:"la chapelle"']),
        ("affil~:example", ["affil~:example"]),
        ("para:OP21bis(a)", ["para:OP21bis(a)"]),
        ("(para:OP21bis(a))", ["<(>", "para:OP21bis(a)", "<)>"]),
        ("para:21..30", ["para:21..30"]),
        ("para:", ["para:"]),
        ("Re:lantern", ["Re:lantern"]),
        ("Re: lantern", ["Re:", "lantern"]),
        ("AW:lantern", ["AW:lantern"]),
        ("http://example.org/a?b=c", ["http://example.org/a?b=c"]),
        ("https://example.org:8080/x", ["https://example.org:8080/x"]),
        ("mailto:ann@example.org", ["mailto:ann@example.org"]),
        ("10:30", ["10:30"]),
        ("std::sort", ["std::sort"]),
        ("/qua.+y/", ["/qua.+y/"]),
        ("/(a|b)c/", ["/(a|b)c/"]),
        ("(/(a|b)c/)", ["<(>", "/(a|b)c/", "<)>"]),
        ("/etc/passwd", ["/etc/passwd"]),
        ("draft/ietf/", ["draft/ietf/"]),
        ("word~1", ["word~1"]),
        ("harb*", ["harb*"]),
        ("*", ["*"]),
        ("f(x)", ["f(x)"]),
        ("互联网 治理", ["互联网", "治理"]),
    ],
)
def test_text_is_cut_into_pieces(text: str, pieces: list[str]) -> None:
    assert shapes(text) == pieces


def test_pieces_know_their_places() -> None:
    first, second, third, end = split_query('ann  from:"bo"~3 -x')[0:4]
    assert (first.position, second.position, second.value_position) == (0, 5, 10)
    assert (third.kind, third.position) == (Lexeme.NOT, 17)
    assert end == Piece(Lexeme.ATOM, 18, "x", value_position=18)
    assert split_query("abc")[-1] == Piece(Lexeme.END, 3)


@pytest.mark.parametrize(
    ("text", "position"),
    [('"open', 0), ('harbour "open', 8), ('from:"open', 5), ("“open", 0), ('a = "b', 4), ('="open', 1)],
)
def test_an_open_quote_is_an_error_with_its_place(text: str, position: int) -> None:
    with pytest.raises(QueryError) as caught:
        split_query(text)
    assert caught.value.position == position
    assert caught.value.hint


@pytest.mark.parametrize("text", ["NEAR/0", f"NEAR/{MAX_NEAR + 1}", '"a b"~0', f'"a b"~{MAX_NEAR + 1}'])
def test_distances_have_limits(text: str) -> None:
    with pytest.raises(LimitError):
        split_query(text)


def test_the_longest_query_is_read_and_a_longer_one_is_not() -> None:
    assert shapes("a" * MAX_LENGTH) == ["a" * MAX_LENGTH]
    with pytest.raises(LimitError) as caught:
        split_query("a" * (MAX_LENGTH + 1))
    assert caught.value.position == MAX_LENGTH
