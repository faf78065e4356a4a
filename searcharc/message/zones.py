"""Whose words each line holds: own, quoted, forwarded, signature or footer.

Path: lines -> zoned lines -> `message.paragraphs`. Quote prefixes that `message.plain` cannot
know (`Ann>`, `|`, `:`) become depth here. Every line keeps its words; only one message is
looked at: what a signature or footer is by repetition is settled at commit, elsewhere.

The order matters: quotes and forwarded parts first (all in them is theirs), then footers,
then signatures in what is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from searcharc.message.footers import mark_footers
from searcharc.message.lines import Line
from searcharc.message.prefixes import restore_prefixes
from searcharc.message.quotes import mark_quotes
from searcharc.message.signing import mark_signatures
from searcharc.message.zoned import ZonedText
from searcharc.models import Zone

_ARMOUR_HEADER = re.compile(r"[A-Za-z]+: ")


def assign_zones(
    lines: Sequence[Line], *, subject: str, sender_name: str, has_reply_header: bool
) -> list[tuple[Line, Zone]]:
    """Each line with its zone, in order; no line is added or left out.

    subject: as in the header, with its "Re:". sender_name: the restored display
    name, or where there is none the address's local part with its dots as blanks.
    has_reply_header: whether In-Reply-To or References stood in the header. A line may come
    back with another depth and without its prefix: "Ann> Yes." -> depth 1, "Yes.";
    attribution lines and header blocks of quoted mail have depth 1 at least.
    """
    if not lines:
        return []
    lines = [replace(line, text="") if line.text.isspace() else line for line in lines]
    mail = ZonedText(restore_prefixes(lines), subject, sender_name, has_reply_header)
    _mark_armour(mail)
    mark_quotes(mail)
    mark_footers(mail)
    mark_signatures(mail)
    return mail.result()


def _mark_armour(mail: ZonedText) -> None:
    """RFC 4880 armour: the head of a signed text, signatures, keys."""
    if "-----begin pgp" not in mail.lower:
        return
    block = False
    head = False
    for index, line in enumerate(mail.lines):
        text = line.text
        if line.depth:
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
