"""Text is cut into terms by one rule: for indexing, for queries and for what is marked in a hit."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from searcharc.analysis import (
    MAX_TERM,
    fold,
    fold_case,
    forms,
    same_stem,
    stem_prefixes,
    stems,
    terms,
    tokenize,
    wildcard_runs,
)

MANY = settings(max_examples=1000, deadline=None)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Harbour", "harbour"),
        ("Délégué", "delegue"),
        ("De\u0301le\u0301gue\u0301", "delegue"),
        ("ＡＢＣ１２", "abc12"),
        ("Straße", "strasse"),
        ("STRASSE", "strasse"),
        ("ﬁsh", "fish"),
        ("Łódź", "lodz"),
        ("Ærøskøbing", "aeroskobing"),
        ("Œuvre", "oeuvre"),
        ("İstanbul", "istanbul"),
        ("Čiurlionis", "ciurlionis"),
        ("Ὀδυσσεύς", "οδυσσευσ"),
        ("ёлка", "елка"),
        ("٣٥", "35"),
        ("ガバナンス", "ガバナンス"),
        ("ｶﾞ", "ガ"),
        ("हिन्दी", "हिन्दी"),
        ("שָׁלוֹם", "שלום"),
    ],
)
def test_folding_takes_off_case_accents_and_width(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("DÉLÉGUÉ", "délégué"),
        ("De\u0301le\u0301gué", "délégué"),
        ("ＲÉSUMÉ", "résumé"),
        ("Ångström", "ångström"),
    ],
)
def test_folding_case_keeps_accents(text: str, folded: str) -> None:
    assert fold_case(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("...", []),
        ("The old quarry.", ["the", "old", "quarry"]),
        ("Zoë's plan", ["zoe", "s", "plan"]),
        ("Secretary-General", ["secretary", "general"]),
        ("Secretary\u2011General", ["secretary", "general"]),
        ("O'Brien O’Brien", ["o", "brien", "o", "brien"]),
        ("d'études", ["d", "etudes"]),
        ("A/RES/65/141", ["a", "res", "65", "141"]),
        ("draft-ietf-foo-02", ["draft", "ietf", "foo", "02"]),
        ("RFC 2119", ["rfc", "2119"]),
        ("CVE-2024-1234", ["cve", "2024", "1234"]),
        ("ann@example.org", ["ann", "example", "org"]),
        ("http://example.org/a_b?c=d", ["http", "example", "org", "a", "b", "c", "d"]),
        ("snake_case", ["snake", "case"]),
        ("IPv6", ["ipv6"]),
        ("互联网治理", list("互联网治理")),
        ("データを検索", list("データを検索")),
        ("인터넷 거버넌스", list("인터넷거버넌스")),
        ("IGF会議2010年", ["igf", "会", "議", "2010", "年"]),
        ("ｶﾞﾊﾞﾅﾝｽ", list("ガバナンス")),
        ("宋体,上海", list("宋体上海")),
    ],
)
def test_a_token_is_a_run_of_letters_and_digits_or_one_unspaced_character(
    text: str, found: list[str]
) -> None:
    assert [t.term for t in tokenize(text)] == found


def test_a_token_keeps_both_forms_its_place_and_its_position() -> None:
    text = "  Le Délégué, 2010"
    tokens = tokenize(text)
    assert [(t.term, t.exact, text[t.start : t.end], t.position) for t in tokens] == [
        ("le", "le", "Le", 0),
        ("delegue", "délégué", "Délégué", 1),
        ("2010", "2010", "2010", 2),
    ]


def test_smart_quotes_hyphens_and_hard_blanks_only_separate() -> None:
    plain = terms('the "old" quarry-road isn\'t open')
    assert terms("the “old” quarry‐road isn’t open") == plain
    assert terms("the\u00a0«old» quarry\u2011road isn\u02bct\u3000open")[:2] == plain[:2]
    assert terms("quarry\u2013road") == ["quarry", "road"]


def test_a_run_longer_than_the_longest_term_is_cut() -> None:
    assert terms("a" * 1000) == ["a" * MAX_TERM]
    assert [t.term for t in tokenize("é" * 1000)] == ["e" * MAX_TERM]


def test_words_without_accents_have_no_variant_and_others_have_one() -> None:
    assert forms("résumé resume Résumé")[1] == [(0, "resume", "résumé"), (2, "resume", "résumé")]
    assert not forms("resume ＲＥＳＵＭＥ")[1]


texts = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [
            "Délégué",
            "e\u0301",
            "ﬁn",
            "ß",
            "İ",
            "ｶﾞ",
            "互联网",
            "한국",
            "한",
            "a-b",
            "O’B",
            "٣",
            "\u00a0",
            " ",
            "x_y",
        ]
    ),
    max_size=12,
).map("".join)


@MANY
@given(texts)
@example("ŉ ǰ ΐ ﬃ ﷺ ㎏ ½ ℡ ①")
def test_offsets_give_back_the_slice_that_made_the_token(text: str) -> None:
    place = 0
    for number, token in enumerate(tokenize(text)):
        assert token.position == number
        assert 0 <= token.start < token.end <= len(text)
        assert token.start >= place or token.term in fold(text[token.start : token.end])
        place = token.start
        assert token.term
        alone = [t.term for t in tokenize(text[token.start : token.end])]
        assert token.term in alone


@MANY
@given(texts)
def test_three_ways_to_cut_agree(text: str) -> None:
    tokens = tokenize(text)
    assert terms(text) == [t.term for t in tokens]
    found, variants = forms(text)
    assert [term[:MAX_TERM] for term in found] == [t.term for t in tokens]
    assert list(variants) == [(t.position, t.term, t.exact) for t in tokens if t.exact != t.term]


@MANY
@given(texts)
@example("ガバナンス")
@example("データベース")
@example("パピプペポ")
@example("거버넌스")
@example("Việt Nam")
@example("हिन्दी ड़")
def test_normal_forms_are_one(text: str) -> None:
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert terms(composed) == terms(apart)
    assert [t.exact for t in tokenize(composed)] == [t.exact for t in tokenize(apart)]


@MANY
@given(texts)
@example("ㄱ0")
@example("0໐")
@example("각")
def test_case_never_counts(text: str) -> None:
    # ß and its like have no capital of their own; a sign such as ™ is no letter, but its wide form is.
    signs = any(not c.isalnum() and any(map(str.isalnum, fold_case(c))) for c in text)
    if len(text.upper()) == len(text) and not signs:
        assert [t.term for t in tokenize(fold_case(text))] == [t.term for t in tokenize(text)]


@MANY
@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_case(fold_case(text)) == fold_case(text)
    for token in tokenize(text):
        assert fold(token.exact)[:MAX_TERM] == token.term or len(token.exact) == MAX_TERM


@pytest.mark.parametrize(
    ("word", "runs"),
    [
        ("Harb*", ["harb*"]),
        ("*our", ["*our"]),
        ("qu?rry", ["qu?rry"]),
        ("Ab-c*d", ["ab", "c*d"]),
        ("Dél*", ["del*"]),
        ("draft-ie?f-fo*", ["draft", "ie?f", "fo*"]),
        ("治*", ["治", "*"]),
        ("plain", ["plain"]),
    ],
)
def test_a_wildcard_stays_in_its_run(word: str, runs: list[str]) -> None:
    assert wildcard_runs(word) == runs


ENGLISH = """
move moves moved moving mover cooperate cooperates cooperated cooperating cooperation cooperative negotiate
negotiated negotiating negotiation negotiations negotiator harbour harbours harboured harbouring quarry quarries
quarried sky skies die dies died dying lie lies lied lying tie ties tied tying news newer inning innings outing
outings canning herring herrings earring proceed proceeds proceeded exceed exceeding succeed succeeded early
earlier earliest only idle idly gentle gently ugly uglier single singly singles exceed atlas cosmos bias andes
hope hoped hoping hop hopped hopping run runs running runner agree agreed agreeing agreement agreements happy
happily happiness happier govern governs governed governing governance government governments governmental
relate relation relational relations relative relatively condition conditional conditionally national nationally
nationalise nationalize rational rationalise value values valued valuing valuable digitize digitizer digitization
operate operation operator operators feudal feudalism decisive decisively decisiveness hopeful hopefully
hopefulness callous callousness formal formality formally sensitive sensitivity sensible sensibly sensibility
triplicate form formative electric electrical electricity hopeful goodness revive revival allow allowance
infer inference airline airliner gyroscope gyroscopic adjust adjustable defend defensible irritate irritant
replace replacement replacing adopt adopted adopting adoption commune communes communism activate active
homologous effect effective bow bowed bowdlerize probate rate rates cease ceased control controlling roll rolled
general generally generalise generate generated generation generations arsenal arsenals arsenic commun community
communities university universities universe universal stakeholder stakeholders policy policies politics political
delegate delegates delegation delegations vote votes voted voting voter table tables tabled tabling theology
theological analogy analogous apology apologies biology psychology psychological utility utilities luxury
luxuriate tan tanned tanning fizzed failing filing conflate conflated troubling sized plastered bled motoring
sing caress caresses pony ponies cat cats feed agreed disabled matting mating meeting messing flying flies fly
flown cry cries cried crying dry dries dried drier day days say says said buy buys bye byes by enjoy enjoyed
enjoying employ employed employer employee youth yield yields yielded youthful
"""
FRENCH = """
cheval chevaux journal journaux travail travaux animal animaux général généraux générale générales généralement
national nationaux nationale nationalité nationalités délégué délégués déléguée déléguer délégation délégations
négocier négocie négocié négociation négociations négociateur continuer continue continuons continuation continuel
heureux heureuse heureuses heureusement dangereux dangereuse sérieux sérieuse nombreux nombreuse fréquent fréquente
fréquence fréquemment récent récente récemment constant constante constamment évident évidence évidemment patient
patience patiemment suffisant suffisance suffisamment actif active activité activités activement attentif attentive
attention relatif relative relation relations logique logiques logiquement logicien logie biologie biologies
biologique psychologie théologie géologie solution solutions résolution résolutions constitution constitutions
évolution évolutions finir finis finit finissons finissant finie finies grand grande grandes grandeur grandir
mangea mangeait manger mange mangeons mangeaient majesté majestueux majestueuse éloigner éloigné éloignés quiconque
vieux vieille vieilles ancien ancienne anciennes bon bonne bonnes européen européenne européennes européens
coopérer coopération coopérations coopérative coopératif coopère gouverner gouvernance gouvernement gouvernements
gouvernemental gouvernementale étude études étudier étudiant étudiante étudiants pays payer paie paye paiement
appuyer appuie appuient essayer essaie nettoyer nettoie voir vois voyons voyant voyez vue œuvre œuvres œil ça façon
façons français française françaises forêt forêts maître maîtres naïf naïve naïveté aiguë aigu ambigu ambiguë
communiqué communiquer communication communications publique public publics publication publier appel appelle
appellent appeler jeter jette jetons net nette muet muette sujet sujette canaux canal eau eaux bureau bureaux
"""
SPANISH = """
delegado delegada delegados delegadas delegación delegaciones cooperar coopera cooperación cooperaciones cooperativo
cooperativa cooperando gobierno gobiernos gobernar gobernanza gobernador gobernando frecuente frecuentes frecuencia
frecuencias frecuentemente paciente paciencia presencia presencias presente presentes evidente evidencia solución
soluciones resolución resoluciones constitución constituciones institución instituciones biología biologías
psicología teología lógica lógicas lógico actividad actividades activo activa activos activamente nacional
nacionales nacionalidad nacionalmente rápido rápida rápidamente feliz felices felizmente felicidad voz voces luz
luces dar dando dándome dándole haciendo haciéndolo comer comía comido comiendo cómelo decir diciendo dicho decirlo
viviendo vivir vivía vivió huyendo huir distribuyendo distribuir distribuyó contribuyen contribuir importante
importantes importancia tolerante tolerancia tolerable amable amables amablemente amabilidad posible posibles
posibilidad posibilidades creativo creatividad organización organizaciones organizador organizar organizado
organice sociedad sociedades social sociales socialista socialismo internacional internacionales información
informaciones informar informado informe informes averiguar averigüe averiguo seguir sigue siguiendo sigo pagar
pague pagué paguemos llegar llegue llegó niño niña niños niñas español española españoles pingüino pingüinos
"""
WORDS = sorted(set((ENGLISH + FRENCH + SPANISH).split()))


def test_the_word_list_is_long_enough_to_mean_something() -> None:
    assert len(WORDS) > 500
    assert sum(bool(same_stem(w, [(fold(v), v) for v in WORDS])) for w in WORDS) > 400


@pytest.mark.parametrize(
    ("word", "kin", "strangers"),
    [
        ("move", {"moved", "moving", "moves"}, {"mouse", "mosaic"}),
        ("dying", {"die", "dies", "died"}, {"dye", "diet"}),
        ("cooperation", {"cooperate", "cooperated"}, {"operation"}),
        ("skies", {"sky"}, {"skill"}),
        ("cheval", {"chevaux"}, {"chevalet"}),
        ("délégué", {"délégués", "déléguée"}, {"délice"}),
        ("delegue", {"délégués"}, {"délice"}),
        ("resolución", {"resoluciones"}, {"resumen"}),
    ],
)
def test_words_of_one_stem_are_kin(word: str, kin: set[str], strangers: set[str]) -> None:
    candidates = [(fold(w), w) for w in {*kin, *strangers}]
    assert set(same_stem(word, candidates)) == {fold(k) for k in kin}


@pytest.mark.parametrize("word", ["24", "a", "ab", "治", "ipv6", ""])
def test_numbers_and_single_letters_have_no_stem(word: str) -> None:
    assert stems(word) == frozenset()
    assert same_stem(word, [("2400", "2400"), ("abc", "abc")]) == []


def test_a_word_is_not_its_own_kin() -> None:
    assert same_stem("move", [("move", "move")]) == []
    assert same_stem("délégué", [("delegue", "délégué"), ("delegue", "delegue")]) == []


@pytest.mark.parametrize("word", WORDS)
def test_all_kin_of_a_word_begin_with_one_of_its_stem_prefixes(word: str) -> None:
    for form in {word, fold(word)}:
        prefixes = stem_prefixes(form)
        kin = same_stem(form, [(fold(v), v) for v in WORDS])
        assert [k for k in kin if not k.startswith(prefixes)] == [], prefixes
        assert all(prefixes)


def test_what_has_no_stem_has_no_stem_prefix() -> None:
    assert [stem_prefixes(w) for w in ("24", "ab", "治", "")] == [(), (), (), ()]
