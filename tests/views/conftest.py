"""A small invented archive, indexed once: a talk about a draft, its paragraphs and their numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from searcharc.indexer import run_index
from tests.mail import mail, mbox

MINISTRY = "\n\n-- \nInes Marchetti\nDeputy Director\nMinistry of Water and Forests"

MAILS = (
    mail(
        "Draft Harbour Resolution",
        "Draft Harbour Resolution\n\n24. Invites the quarry owners to open the harbour road.\n\n"
        "25. Requests a report on lanterns." + MINISTRY,
        message_id="draft@example.org",
        date="Mon, 03 Mar 2014 10:00:00 +0000",
    ),
    mail(
        "Re: Draft Harbour Resolution",
        "On 3 March 2014, Ines Marchetti wrote:\n> 24. Invites the quarry owners to open the harbour road.\n\n"
        "I object to para. 24 of the Draft Harbour Resolution, and to para. 10 of the Lisbon Agenda.",
        sender="Bo Sample <bo@pelham.example>",
        message_id="objection@example.org",
        date="Tue, 04 Mar 2014 10:00:00 +0000",
        fields=["In-Reply-To: <draft@example.org>", "References: <draft@example.org>"],
    ),
    mail(
        "Re: Draft Harbour Resolution",
        "Draft Harbour Resolution\n\n24. Invites the quarry owners to open and light the harbour road." + MINISTRY,
        message_id="second@example.org",
        date="Sat, 05 Apr 2014 10:00:00 +0000",
        fields=["References: <draft@example.org> <objection@example.org>"],
    ),
    mail(
        "Meadow walk",
        "The meadow is dry.\n\nSee you at the cooperative lantern shop.",
        sender='"=Cy, Sum(A1)" <cy@example.net>',
        message_id="meadow@example.org",
        date="Thu, 01 May 2014 10:00:00 +0000",
    ),
    mail(
        "No day at all", "From here to there is a long way.", message_id="undated@example.org", date=None,
        sender="Dee Undated <dee@example.net>",
    ),
)  # fmt: skip


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive as an mbox."""
    path = tmp_path_factory.mktemp("views") / "watershed.mbox"
    path.write_bytes(mbox(*MAILS))
    return path


@pytest.fixture(scope="session")
def folder(archive: Path) -> Path:
    """Its index."""
    path = archive.parent / "index"
    run_index(path, [archive])
    return path
