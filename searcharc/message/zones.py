"""Whose words each line holds: own, quoted, forwarded, signature or footer.

Path: lines -> zoned lines -> `message.paragraphs`. Quote prefixes that `message.plain` cannot
know (`Ann>`, `|`, `:`) become depth here. Every line keeps its words; only one message is
looked at: what a signature or footer is by repetition is settled at commit, elsewhere.

The order matters: quotes and forwarded parts first (all in them is theirs), then footers,
then signatures in what is left.
"""

from __future__ import annotations

import re

from searcharc.message.footers import mark_footers
from searcharc.message.lines import Lines
from searcharc.message.prefixes import restore_prefixes
from searcharc.message.quotes import mark_quotes
from searcharc.message.signing import mark_signatures
from searcharc.message.zoned import ZonedText
from searcharc.models import Zone

_ARMOUR_HEADER = re.compile(r"[A-Za-z]+: ")


def assign_zones(lines: Lines, *, subject: str, sender_name: str, has_reply_header: bool) -> list[Zone]:
    """The zone of each line, in order; no line is added or left out.

    subject: as in the header, with its "Re:". sender_name: the restored display
    name, or where there is none the address's local part with its dots as blanks.
    has_reply_header: whether In-Reply-To or References stood in the header. `lines` is changed where a
    line has a prefix or is quoted without one: "Ann> Yes." -> depth 1, "Yes."; attribution lines and
    header blocks of quoted mail get depth 1 at least.
    """
    if not lines.texts:
        return []
    restore_prefixes(lines)
    mail = ZonedText(lines, subject, sender_name, has_reply_header)
    _mark_armour(mail)
    mark_quotes(mail)
    mark_footers(mail)
    mark_signatures(mail)
    if Zone.QUOTED in mail.zones:
        lines.depths = [
            1 if zone is Zone.QUOTED and not depth else depth
            for depth, zone in zip(lines.depths, mail.zones, strict=True)
        ]
    return mail.zones


def _mark_armour(mail: ZonedText) -> None:
    """RFC 4880 armour: the head of a signed text, signatures, keys."""
    if "-----BEGIN PGP " not in mail.joined:
        return
    block = False
    head = False
    for index, text in enumerate(mail.texts):
        if mail.depths[index]:
            continue
        if text.startswith("-----BEGIN PGP "):
            head = "SIGNED MESSAGE" in text
            block = not head
            mail.zones[index] = Zone.SIGNATURE
        elif block:
            mail.zones[index] = Zone.SIGNATURE
            block = not text.startswith("-----END PGP ")
        elif head:
            if not text:
                head = False
            elif _ARMOUR_HEADER.match(text):
                mail.zones[index] = Zone.SIGNATURE
            else:
                head = False
