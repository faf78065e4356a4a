"""Each shortcut of the reader finds what the rule that it stands for finds. All mails are invented."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from searcharc.message import attribution, closings, numbering, references
from searcharc.message.headers import parse_headers, read_headers, split_message
from searcharc.message.htmlclean import shown_words
from searcharc.message.lines import found_lines, lines_at
from searcharc.message.mailboxes import _scan, parse_mailboxes
from searcharc.message.plain import _take_quote, strip_quote


def pieces(*parts: str, most: int = 8) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(parts), max_size=most).map("".join)


HEADER = pieces(
    "From: a\n", "To : b\n", " more\n", "\tmore\n", ">From x\n", "\n", "\r\n", "odd line\n", "X-Y:\n", ":"
)


@given(HEADER)
@example("Subject: a\n b\nSubject: c\n\nbody")
def test_header_blocks(text: str) -> None:
    content = text.encode()
    block, body = split_message(content)
    if content[:1] in (b"\n", b"\r"):
        return  # blank lines before the first field are the business of `first_field`
    headers, start = read_headers(content, 0, len(content))
    wanted = parse_headers(block)
    assert (list(headers), headers.defects, content[start:]) == (list(wanted), wanted.defects, body)


@given(
    pieces(
        "Ann Example ",
        "<ann@tarn.example>",
        "bo@tarn.example",
        ",",
        ", ",
        '"',
        '"B, Bo" ',
        "(Tea)",
        ";",
        ":",
        "\\",
        "<",
        ">",
    )
)
def test_mailboxes(value: str) -> None:
    assert list(parse_mailboxes(value.encode())) == _scan(value.encode(), None)


@given(pieces(">", "> ", " ", "\t", "=", "a", ">>>> ", most=30).map(lambda rest: ">" + rest))
def test_quote_prefixes(line: str) -> None:
    assert _take_quote(line) == strip_quote(line)


@pytest.mark.parametrize(
    "text",
    """
    Regards|with kind regards,|My very best regards|Best wishes|All the best|Thanks, Ann|thx|TIA|tnx|many thanks|
    rgds|kr|br|Cheers|ciao|Yours sincerely|Cordially|Respectfully|warm greetings|Take care|have fun|later|bye|HTH|
    hope this helps|peace|love|In solidarity|enjoy|Happy hacking|MfG|LG|VG|Mit freundlichen Grüßen|vielen Dank|
    schöne Grüße|Grüße|Hochachtungsvoll|bien cordialement|cdlt|Amicalement|sincères salutations|meilleures salutations|
    amitiés|merci|bonne journée|un saludo|saludos|atentamente|gracias|muchas gracias|un abrazo|salut|gràcies|
    []'s|atenciosamente|att|obrigado|abraços|cumprimentos|distinti saluti|grazie|met vriendelijke groet|groetjes|mvg|
    med vänlig hälsning|mvh|vennlig hilsen|hilsen|terveisin|ystävällisin terveisin|pozdrawiam|z poważaniem|
    s pozdravem|üdvözlettel|saygılarımla|с уважением|спасибо|此致|谢谢|-- Best,|~ cheers
    |warmly|gratefully|with best wishes|with many thanks|very truly yours|respectfully yours|mit freundlichem Gruß|
    herzlichst|alles Gute|danke und Gruß|très cordialement|respectueusement|sincèrement|fraternellement|
    avec mes remerciements|mes salutations distinguées|à bientôt|excellente journée|belle soirée|muy atentamente|
    le saluda atentamente|cordialmente|respetuosamente|sinceramente|afectuosamente|con un cordial saludo|
    reciba un cordial saludo|hasta pronto|un fuerte abrazo|com os melhores cumprimentos|respeitosamente|
    cordiais saudações|saudações|um grande abraço|grata|sds|abs|cari saluti|i migliori saluti|un caro saluto|
    a presto|buona giornata|grazie mille|всего доброго|искренне ваша|заранее благодарю|顺颂商祺|祝您工作顺利|敬具|
    고맙습니다|مع أطيب التحيات|وتفضلوا بقبول فائق الاحترام
    """.replace("\n", "").split("|"),
)
def test_every_sign_off_passes_the_cheap_test(text: str) -> None:
    text = text.strip()
    assert closings.SIGN_OFF.match(text) and closings.is_sign_off(text)


@pytest.mark.parametrize(
    "text",
    [
        "Veuillez agréer mes salutations.",
        "Je vous prie d'agréer, Madame, l'expression de ma considération distinguée.",
        "Nous vous prions de croire, Monsieur, en l'assurance de nos sentiments les meilleurs.",
        "Agréez, Madame, mes salutations distinguées.",
        "Sin otro particular, le saluda atentamente,",
        "Hago propicia la ocasión para saludar a usted con mi más alta consideración.",
    ],
)
def test_a_formula_that_is_a_sentence_signs_off(text: str) -> None:
    assert closings.is_sign_off(text)


@pytest.mark.parametrize(
    "text", ["Je vous prie de lire le texte.", "Recevez-vous la liste ?", "Sin otro barco."]
)
def test_a_sentence_like_a_formula_does_not(text: str) -> None:
    assert not closings.is_sign_off(text)


LINE = pieces(
    " ",
    "[",
    "*",
    '"',
    "(",
    ")",
    ".",
    "1",
    "24",
    "OP",
    "PP",
    "par",
    "Para. ",
    "a",
    "ii",
    "i)",
    "(iv)",
    "x. ",
    "§",
    "第",
    "-",
    "From",
    "von",
    ":",
    "--",
    "_____",
    "====================",
    "- ",
    "forwarded message",
    "Begin forwarded message:",
    most=6,
)


@given(st.lists(LINE.map(str.rstrip), min_size=1, max_size=5))
def test_searches_through_a_whole_text(lines: list[str]) -> None:
    joined = "\n" + "\n".join(lines)
    wide = attribution.FROM_LINES_ASCII if joined.isascii() else attribution.FROM_LINES
    for shortcut, patterns in (
        (numbering._OPENING_LINES, (numbering._MARKER,)),
        (wide, (attribution.HEADER_FROM,)),
        (attribution.SEPARATOR_LINES, (attribution.ORIGINAL, attribution.FORWARDED)),
        (closings.DELIMITER_LINES, (closings.DELIMITER, closings.WEAK_DELIMITER)),
    ):
        found = set(found_lines(shortcut, joined))
        wanted = {n for n, line in enumerate(lines) if any(pattern.match(line) for pattern in patterns)}
        assert found >= wanted
    rules = set(found_lines(closings.FOOTER_RULE_LINES, joined))
    assert rules == {n for n, line in enumerate(lines) if len(line) >= 18 and not line.strip("_-=.·* ")}


@given(st.lists(st.text("ab\u00e9", max_size=3), min_size=1, max_size=6))
def test_lines_of_places(lines: list[str]) -> None:
    joined = "\n" + "\n".join(lines)
    places = [match.start() for match in re.finditer("a", joined)]
    assert lines_at(places, joined) == {n for n, line in enumerate(lines) if "a" in line}


@given(
    pieces(
        "para",
        "graph",
        "s",
        ". ",
        " ",
        "24",
        "(a)",
        "OP",
        "PP",
        "op",
        " of ",
        "sub-",
        "inciso ",
        "§",
        "Absatz ",
        "x",
        "第",
        "段",
        most=12,
    )
)
def test_the_cheap_test_of_references(text: str) -> None:
    folded = references._fold(text)
    matches = [references._KEYWORD.match(folded, at) for at in references._key_positions(folded)]
    numbers = [references._numbers_behind(folded, match, None)[0] for match in matches if match is not None]
    assert references.may_mention(text) or not any(numbers)


def test_words_that_a_reader_of_markup_sees() -> None:
    markup = "<style>x{}</style><p class=a>Lan<b>tern</b>&nbsp;on<br>the<td>quay</td><!-- no --></p>"
    assert shown_words(markup) == {"lantern", "on", "the", "quay"}
