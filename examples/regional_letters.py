"""The letters of the list harbour-regional: people, countries, organisations and texts are invented."""

from __future__ import annotations

from harbour_letters import LETTERS as HARBOUR
from letters import Letter, alternative, mixed, text

VALMORA = "Odile Varenne <odile.varenne@valmora.example.org>"
COSTALBA = "Pilar Quintana Núñez <pilar@costalba.example.org>"
HERVE = "Hervé Le Goff <herve@phares.example.net>"
SECRETARIAT = "Jonas Brekke <jonas.brekke@secretariat.example.org>"

SIGNED_COSTALBA = """
Saludos cordiales,
Pilar Quintana Núñez
Directora General, Ministerio de Puertos de Costalba
"""
SIGNED_HERVE = """
--\x20
Hervé Le Goff
Association des gardiens de phare
"""

LETTERS: tuple[Letter, ...] = (
    Letter(
        "hr-01@example.org", "Tue, 5 Mar 2019 10:12:00 +0100", VALMORA,
        "Réunion régionale : les feux des petits ports",
        text("""\
Chers collègues,

la réunion régionale aura lieu le 20 mars. Nous voudrions y parler du
paragraphe 24, de la coopération renforcée entre les gardiens de phare, et
de ce qu'elle coûtera aux petits ports.

Odile Varenne
Ministère des affaires maritimes de Valmora
""", "iso-8859-1", transfer="quoted-printable"),
    ),
    Letter(
        "hr-02@example.org", "Tue, 5 Mar 2019 16:30:00 +0100", COSTALBA,
        "Re: Réunion régionale : les feux des petits ports",
        text(f"""\
Estimados colegas:

Costalba apoya la cooperación reforzada entre los guardianes de los faros.
Para el párrafo 30 proponemos:

30. Decide prorrogar el mandato del grupo de trabajo sobre lámparas hasta su
octava sesión.
{SIGNED_COSTALBA}""", "utf-8", transfer="quoted-printable"), parent="hr-01@example.org",
    ),
    Letter(
        "hr-03@example.org", "Wed, 6 Mar 2019 08:47:00 +0100", HERVE,
        "Re: Réunion régionale : les feux des petits ports",
        text(f"""\
Le 5 mars 2019 à 16:30, Pilar Quintana Núñez a écrit :
> Costalba apoya la cooperación reforzada entre los guardianes de los faros.

Les gardiens aussi, si on les invite. L'été dernier, personne ne l'a fait.
{SIGNED_HERVE}""", "utf-8"), parent="hr-02@example.org",
    ),
    Letter(
        "hr-04@example.org", "Thu, 7 Mar 2019 12:05:00 +0100", COSTALBA,
        "Presupuesto de los faros",
        mixed("""\
Adjunto el presupuesto de los faros para el año 2019.

Pilar Quintana Núñez
Directora General, Ministerio de Puertos de Costalba
""", ("application/pdf", "presupuesto-faros-2019.pdf", b"%PDF-1.1\n%inventado\n%%EOF\n")),
    ),
    Letter(
        "hr-05@example.org", "Fri, 8 Mar 2019 09:20:00 +0100", HERVE,
        "Ordre du jour du 20 mars",
        alternative("""\
1. Ouverture
2. Les feux des petits ports
3. Le paragraphe 30 : sixième ou huitième session ?
""", """\
<p>1. Ouverture</p><p>2. Les feux des petits ports</p>
<p>3. Le paragraphe 30&nbsp;: sixi&egrave;me ou huiti&egrave;me session&nbsp;?</p>
"""),
    ),
    Letter(
        "hr-06@example.org", "Thu, 21 Mar 2019 19:00:00 +0100", VALMORA,
        "Compte rendu de la réunion régionale",
        text("""\
Les ports de la région sont d’accord sur le paragraphe 24 : « coopération
renforcée », oui, mais dans la limite des règles de chaque port. Le
paragraphe 30 reste ouvert (voir aussi le paragraphe 35 de la Charte des ports).

Odile Varenne
Cheffe de délégation, Ministère des affaires maritimes de Valmora
""", "windows-1252", transfer="quoted-printable"), parent="hr-05@example.org",
    ),
    Letter(
        "hr-07@example.org", "Fri, 22 Mar 2019 11:11:00 +0100", COSTALBA,
        "Re: Compte rendu de la réunion régionale",
        text(f"""\
De acuerdo con el acta. Una corrección: hablamos de los faros de todos los
puertos, no solo de los pequeños.
{SIGNED_COSTALBA}
El 21 de marzo de 2019 a las 19:00, Odile Varenne escribió:
> Les ports de la région sont d'accord sur le paragraphe 24
""", "utf-8", transfer="quoted-printable"), parent="hr-06@example.org",
    ),
    # The adopted text went to both lists: one message in the index, with two lists.
    next(letter for letter in HARBOUR if letter.id == "hl-22@example.org"),
)  # fmt: skip
