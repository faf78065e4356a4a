"""For whom a sender speaks. People, organisations and mails are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcharc.message.affiliation import find_affiliations, organisation_key
from searcharc.message.domains import organisation_domain, registered_domain
from searcharc.models import Affiliation, Paragraph, Sender, Zone

FREE = Sender("Ann Example", "ann@gmail.com")
ANN = Sender("Ann Example", "ann@boats.example")


def paragraph(text: str, zone: Zone = Zone.SIGNATURE, depth: int = 0) -> Paragraph:
    return Paragraph(1, None, (), zone, depth, text)


def affiliations(
    *paragraphs: Paragraph,
    sender: Sender = FREE,
    header: str | None = None,
    raw: str = "",
) -> tuple[Affiliation, ...]:
    return find_affiliations(paragraphs, sender=sender, organization_header=header, display_name_raw=raw)[0]


def signed(*lines: str, sender: Sender = FREE) -> list[tuple[str, str | None]]:
    return [(a.name, a.role) for a in affiliations(paragraph("\n".join(lines)), sender=sender)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("Ann Example", "Deputy Manager", "Ministry of Tides and Lamps"),
            ("Ministry of Tides and Lamps", "Deputy Manager"),
        ),
        (
            ("Ann Example", "Quillmere Shipping GmbH", "Tel: +00 1 22 33 44"),
            ("Quillmere Shipping GmbH", None),
        ),
        (("Ann Example, Quillmere Shipping Ltd",), ("Quillmere Shipping Ltd", None)),
        (("Ann Example | Engineer | Quillmere Systems",), ("Quillmere Systems", "Engineer")),
        (("Professor, Tarnholm University",), ("Tarnholm University", "Professor")),
        (("Ann Example", "Department of Boats, Tarnholm University"), ("Tarnholm University", None)),
        (("Ann Example", "Department of Boats", "Tarnholm University"), ("Tarnholm University", None)),
        (("Ann Example", "Software Engineer", "Vandrel"), ("Vandrel", "Software Engineer")),
        (("Tarnholm Institute", "Director"), ("Tarnholm Institute", "Director")),
        (("Director/Centre for Rivers",), ("Centre for Rivers", "Director")),
        (("安娜|工程师", "塔恩霍姆船舶有限公司"), ("塔恩霍姆船舶有限公司", "工程师")),
        (
            (
                "Ann Example            Work: 555-0100",
                "Quillmere Boats, Inc (ann@quillmere.example)",
            ),
            ("Quillmere Boats, Inc", None),
        ),
        (
            ("   __/   Ann Example", "  /  \\_ --- Tarnholm University    Ph: 555 0100"),
            ("Tarnholm University", None),
        ),
        (("Quillmere Shipping GmbH, Managing Director: Bo Sample",), ("Quillmere Shipping GmbH", None)),
        (
            ("Special Envoy for the Information Society", "Ministry of Lamps"),
            ("Ministry of Lamps", "Special Envoy for the Information Society"),
        ),
        (("Ann Example", "Boat Counting Working Group"), ("Boat Counting Working Group", None)),
        (
            ("Ann Example", "Association des gardiens de barques"),
            ("Association des gardiens de barques", None),
        ),
        (("Ann Example", "Ministerio de puertos y canales"), ("Ministerio de puertos y canales", None)),
        (("Ann Example", "湖国船舶部"), ("湖国船舶部", None)),
    ],
)
def test_a_signature_names_organisation_and_role(
    lines: tuple[str, ...], expected: tuple[str, str | None]
) -> None:
    assert signed(*lines) == [expected]


def test_a_bilingual_signature_is_two_affiliations() -> None:
    assert signed(
        "Ann Example",
        "Envoyée spéciale pour la Société des Lampes / Special Envoy for the Society of Lamps",
        "Ministère des Lampes/ Ministry of Lamps",
    ) == [
        ("Ministère des Lampes", "Envoyée spéciale pour la Société des Lampes"),
        ("Ministry of Lamps", "Special Envoy for the Society of Lamps"),
    ]


def test_two_offices_are_two_affiliations() -> None:
    assert signed("Ann Example", "Professor", "Tarnholm University", "Chair", "Lamp Council") == [
        ("Tarnholm University", "Professor"),
        ("Lamp Council", "Chair"),
    ]


def test_a_domain_confirms_a_plain_name() -> None:
    assert signed("Ann Example", "Vandrel", "https://www.vandrel.example/") == [("Vandrel", None)]
    assert signed("Ann Example", "Vandrel") == []


@pytest.mark.parametrize(
    "lines",
    [
        ("Ann Example", '"The University of Life is free." - A. Wit'),
        ("Ann Example", "12 Harbour Street", "12345 Tarnholm"),
        ("Ann Example", "Freelance engineer"),
        ("Best regards,", "Ann"),
        ("Ann Example", "Geneva, Switzerland", "+00 1 22 33 44"),
        ("Ann Example", "Visit our centre at http://boats.example/"),
        ("Ann Example", "[image: Vandrel logo]"),
        ("Copyright 2004, The Boat Foundation",),
    ],
)
def test_mottoes_places_and_roles_alone_name_nobody(lines: tuple[str, ...]) -> None:
    assert signed(*lines) == []


def test_an_affiliation_carries_the_line_it_stands_in() -> None:
    (found,) = affiliations(paragraph("Ann Example\nDirector\nTarnholm   Institute  for Boats"))
    assert (found.evidence.value, found.text) == ("signature", "Tarnholm Institute for Boats")


@pytest.mark.parametrize("zone", [Zone.QUOTED, Zone.FORWARDED, Zone.FOOTER, Zone.OWN])
def test_only_the_own_signature_counts(zone: Zone) -> None:
    assert affiliations(paragraph("Bo Sample\nDirector\nTarnholm Institute", zone)) == ()
    assert affiliations(paragraph("Bo Sample\nDirector\nTarnholm Institute", Zone.SIGNATURE, depth=1)) == ()


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Ministry of Tides and Lamps", "Ministry of Tides and Lamps"),
        ("vandrel", "vandrel"),
        ("Quillmere UK Ltd. Registered Address: 1 Quay", "Quillmere UK Ltd."),
    ],
)
def test_an_organization_header_is_evidence(header: str, name: str) -> None:
    (found,) = affiliations(header=header)
    assert (found.name, found.evidence.value, found.text) == (name, "header", f"Organization: {header}")


@pytest.mark.parametrize(
    "header", ["none", "Home", "-", "private person", "Ann Example", "mail.boats.example", "", "?!"]
)
def test_an_organization_header_may_say_nothing(header: str) -> None:
    assert affiliations(header=header) == ()


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Ann Example (Tarnholm Institute)", "Tarnholm Institute"),
        ("Ann Example (VANDREL)", "VANDREL"),
        ("Ann Example (Vandrel)", "Vandrel"),
        ("Ann Example [VDL/BT]", "VDL"),
        ("Ann Example \\(Vandrel\\) via boats", "Vandrel"),
        ("Ann Example - Computer Centre", "Computer Centre"),
        ("Ann Example/Quay/Vandrel Systems", "Vandrel Systems"),
    ],
)
def test_a_display_name_may_name_the_organisation(raw: str, name: str) -> None:
    (found,) = affiliations(raw=raw)
    assert (found.name, found.evidence.value, found.text) == (name, "display-name", raw)


@pytest.mark.parametrize(
    "raw",
    [
        "Ann Example",
        "Ann Example (Annie)",
        "Example, Ann (Consultant)",
        "Ann Example (H)",
        "Ann Example (she/her)",
        "Ann Example via boats",
        "Ann Example (DE 12B)",
        "Ann Example (Geneva)",
        "Ann Example - Contractor",
    ],
)
def test_other_suffixes_are_no_organisation(raw: str) -> None:
    names = [a.name for a in affiliations(raw=raw)]
    assert names == [] or raw == "Ann Example (Annie)"


@pytest.mark.parametrize(
    ("text", "name", "role"),
    [
        ("I write on behalf of the Quillmere Shipping Association.", "Quillmere Shipping Association", None),
        ("I am speaking for the Tarnholm Institute here.", "Tarnholm Institute", None),
        (
            "However, I work at Vandrel (https://vandrel.example) as a boat\nbuilder, and like it.",
            "Vandrel",
            None,
        ),
        ("I am a research engineer at Tarnholm Institute.", "Tarnholm Institute", "research engineer"),
        ("My name is Ann, software engineer for Vandrel.", "Vandrel", "software engineer"),
        ("I study boats at the Tarnholm University.", "Tarnholm University", None),
        ("I work for a small boat yard (Vandrel); it floats.", "Vandrel", None),
        ("On behalf of everyone at Vandrel Research, thanks.", "Vandrel Research", None),
    ],
)
def test_a_statement_is_evidence(text: str, name: str, role: str | None) -> None:
    (found,) = affiliations(paragraph(text, Zone.OWN))
    assert (found.name, found.evidence.value) == (name, "statement")
    assert role is None or found.role == role
    assert found.name in " ".join(found.text.split())


@pytest.mark.parametrize(
    "text",
    [
        "I do not speak for the Tarnholm Institute.",
        "I no longer work at Tarnholm Institute.",
        "If you think I speak for Tarnholm Institute, think again.",
        "You agree on behalf of your employer.",
        "I write on behalf of Jane Doe.",
        "I am working with Linux.",
        'He said: "I work at Tarnholm Institute" and left.',
    ],
)
def test_denied_or_another_s_statements_are_none(text: str) -> None:
    assert affiliations(paragraph(text, Zone.OWN)) == ()


def test_a_quoted_statement_is_another_s() -> None:
    assert affiliations(paragraph("I work at Tarnholm Institute.", Zone.QUOTED, depth=1)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "I write in my personal capacity.",
        "I am speaking only for myself.",
        "J'écris à titre personnel.",
        "以个人身份发言",
    ],
)
def test_a_personal_capacity_lowers_the_confidence(text: str) -> None:
    card = paragraph("Ann Example\nDirector\nTarnholm Institute")
    (plain,), capacity = find_affiliations([card], sender=ANN)
    assert capacity is None
    (lowered,), capacity = find_affiliations([card, paragraph(text, Zone.OWN)], sender=ANN)
    assert capacity == "personal"
    assert lowered.confidence < plain.confidence


def test_the_domain_speaks_only_where_nothing_else_does() -> None:
    (found,) = affiliations(sender=ANN)
    assert (found.name, found.evidence.value, found.confidence) == ("boats.example", "domain", 0.3)
    assert [a.evidence.value for a in affiliations(sender=ANN, header="Vandrel")] == ["header"]


@pytest.mark.parametrize(
    "address",
    [
        "ann@gmail.com",
        "ann@yahoo.co.uk",
        "ann@lists.boats.example",
        "ann@alumni.boats.example",
        "ann@kernel.org",
        "ann@comcast.net",
        "ann@annexample.example",
        "ann",
        "",
    ],
)
def test_free_mail_list_hosts_and_own_domains_say_nothing(address: str) -> None:
    assert affiliations(sender=Sender("Ann Example", address)) == ()


def test_one_organisation_is_given_once_with_its_stronger_evidence() -> None:
    (found,) = affiliations(paragraph("Ann Example\nQuillmere Boats Ltd"), header="Quillmere Boats")
    assert found.evidence.value == "signature"
    assert organisation_key("The Quillmere Boats, Ltd.") == organisation_key("Quillmere Boats")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("mail.cs.tarnholm.ac.uk", "tarnholm.ac.uk"),
        ("boats.example", "boats.example"),
        ("localhost", None),
        ("10.0.0.1", None),
    ],
)
def test_the_registered_domain_is_the_part_somebody_registered(host: str, domain: str | None) -> None:
    assert registered_domain(host) == domain
    assert organisation_domain(f"ann@{host}") == domain


_TEXT = st.text(
    alphabet=st.one_of(st.sampled_from("ABab ,|/-()@.\n\"'"), st.characters(exclude_categories=["Cs"])),
    max_size=120,
)


@given(_TEXT, _TEXT, _TEXT, st.sampled_from(list(Zone)))
def test_any_mail_is_read_and_each_affiliation_has_its_evidence(
    text: str, name: str, header: str, zone: Zone
) -> None:
    found, capacity = find_affiliations(
        [paragraph(text, zone)],
        sender=Sender(name, "ann@boats.example"),
        organization_header=header,
        display_name_raw=name,
    )
    assert capacity in (None, "personal")
    for affiliation in found:
        assert affiliation.name.strip() and affiliation.text
        assert 0 < affiliation.confidence <= 1
