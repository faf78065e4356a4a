"""Address fields -> mailboxes (`mailboxes`), and the header fields of a message -> its sender, as restored.

Undoes what archives and lists do to senders: Pipermail's "ann at example.org (Ann Name)", and the
rewriting that DMARC made lists do ("Ann Name via list <list@...>"). It never invents an address:
where none is given, `address` is "".
"""

from __future__ import annotations

import re
from functools import lru_cache

from searcharc.message.headers import Headers
from searcharc.message.mailboxes import parse_mailboxes
from searcharc.models import Mailbox, Sender

__all__ = ["parse_mailboxes", "restore_sender"]

_VIA = re.compile(r"^(.*?)[,\s]+(?:\(?via|\(?por|\(?par) +([^()]{1,80})\)?$", re.IGNORECASE | re.DOTALL)
_ORIGINALS = ("x-original-from", "x-from", "original-from", "x-mailman-original-from", "x-original-sender")
_OBFUSCATED = re.compile(rb"^\s*(?:\"[^\"]*\" *)?<?[^@<>\"]{1,200} (?:at|AT|\(at\)|\[at\]) [^@]*$")


def restore_sender(headers: Headers, envelope: bytes | None = None, fallback: str | None = None) -> Sender:
    """The sender. envelope: the mbox "From ..." line, asked last. fallback: charset of raw bytes.

    `ann at example.org (Ann Name)` -> Ann Name, ann@example.org, restored.
    `Gus via lakes <lakes@lists...>` with `Reply-To: Gus <gus@...>` -> Gus, gus@..., restored.
    """
    raw = headers.get("from")
    mailboxes = parse_mailboxes(raw, fallback)
    if not mailboxes:
        return _from_elsewhere(headers, envelope, fallback)
    first = next((box for box in mailboxes if box.address), mailboxes[0])
    if not first.address:
        other = _from_elsewhere(headers, envelope, fallback)
        return Sender(first.name, other.address)
    rewritten = _undo_list(first, headers, fallback)
    if rewritten is not None:
        return rewritten
    return Sender(first.name, first.address, bool(raw and b" " in raw and _OBFUSCATED.match(raw)))


def _undo_list(box: Mailbox, headers: Headers, fallback: str | None) -> Sender | None:
    """The true sender behind an address that the list put there, None where it put none."""
    lists = _list_addresses(headers)
    via = _VIA.match(box.name)
    through_list = box.address in lists or (via is not None and _is_list_name(via.group(2), box, headers))
    mangled = _mangled_address(box.address)  # "ann=example.org@lists..." and "ann.example.org@dmarc..."
    if not through_list and mangled is None:
        return None
    name = via.group(1).strip(" '\"") if via else box.name
    originals = [
        other
        for field in _ORIGINALS
        for other in parse_mailboxes(headers.get(field), fallback)
        if other.address
    ]
    replies = [other for other in parse_mailboxes(headers.get("reply-to"), fallback) if other.address]
    ccs = [other for other in parse_mailboxes(headers.get("cc"), fallback) if other.address]
    for other in originals:
        if other.address not in lists and other.address != box.address:
            return Sender(_best_name(name, other), other.address, True)
    if mangled is not None:
        return Sender(name, mangled, True)
    strangers = [other for other in replies if other.address not in lists and other.address != box.address]
    for other in [*strangers, *ccs]:
        # A Cc is taken only where it bears the sender's name: lists that reply to themselves put it there.
        if name and other.name.casefold() == name.casefold() and other.address != box.address:
            return Sender(name, other.address, True)
    if len(strangers) >= 1 and (via is not None or not _is_other_person(name, strangers[0].name)):
        return Sender(_best_name(name, strangers[0]), strangers[0].address, True)
    if "@" in name and " " not in name:
        found = parse_mailboxes(name)
        if found and found[0].address:
            return Sender("", found[0].address, True)
    if via is not None:
        return Sender(name, box.address, True)
    return None


def _best_name(name: str, other: Mailbox) -> str:
    """The name less "via list"; where it is an address, the other field's name."""
    return other.name if (not name or "@" in name) and other.name else ("" if "@" in name else name)


def _is_other_person(name: str, other: str) -> bool:
    words = set(name.casefold().split())
    return bool(words and other and not words & set(other.casefold().split()))


def _mangled_address(address: str) -> str | None:
    """`ann=example.org@dmarc.lists.example` -> ann@example.org (what IETF and others do for DMARC)."""
    local, _, domain = address.rpartition("@")
    if "dmarc" in domain:
        separator = "=40" if "=40" in local else "="
        user, found, host = local.rpartition(separator)
        if found and "." in host:
            return f"{user}@{host.lower()}"
    return None


_BRACKETED = re.compile(r"<([^<>\s]{1,300})>\s*$")
_MAILTO = re.compile(rb"mailto:([^>?\s,]{1,300})", re.IGNORECASE)


def _list_addresses(headers: Headers) -> frozenset[str]:
    """The addresses of the list itself, as List-Post, List-Id and X-BeenThere say."""
    return _addresses_in(tuple(map(headers.get_all, _LIST_FIELDS)), headers.get("list-id"))


_LIST_FIELDS = ("list-post", "x-beenthere", "x-mailing-list", "mailing-list", "list-help")


@lru_cache(maxsize=256)  # a list says the same in each of its mails
def _addresses_in(fields: tuple[tuple[bytes, ...], ...], list_id: bytes | None) -> frozenset[str]:
    found: set[str] = set()
    for name, values in zip(_LIST_FIELDS, fields, strict=True):
        for value in values:
            for match in _MAILTO.finditer(value):
                found.add(match.group(1).decode("latin-1").lower())
            if name.startswith("x-"):
                found.update(box.address.lower() for box in parse_mailboxes(value) if box.address)
    if list_id:
        text = list_id.decode("latin-1").lower()
        bracketed = _BRACKETED.search(text)
        label, _, domain = (bracketed.group(1) if bracketed else text.strip()).partition(".")
        if domain:
            found.add(f"{label}@{domain}")
    return frozenset(found)


# Addresses under which list servers send: "noreply@lists.example", "bounce@mail.example".
_SERVES_LISTS = re.compile(
    r"^(?:[\w.-]+-)?(?:no-?reply|bounces?|owner)@|@(?:lists?|listserv|mailman|groups)\d?\.|@googlegroups\.",
    re.IGNORECASE,
)


def _is_list_name(via: str, box: Mailbox, headers: Headers) -> bool:
    """True where "via X" names the list: X is the address's own local part, or there is a List-Id."""
    local = box.address.partition("@")[0].casefold()
    words = via.casefold().replace("-", " ").split()
    if "".join(words) in local.replace("-", "") or local in via.casefold():
        return True
    if len(words) > 4:
        return False
    return "list-id" in headers or "list-post" in headers or _SERVES_LISTS.search(box.address) is not None


def _from_elsewhere(headers: Headers, envelope: bytes | None, fallback: str | None) -> Sender:
    """The sender where From says nothing: Sender, Return-Path, Reply-To, then the envelope line."""
    for field in ("sender", "x-sender", "return-path", "reply-to"):
        for box in parse_mailboxes(headers.get(field), fallback):
            if box.address:
                return Sender(box.name, box.address)
    if envelope and envelope.startswith(b"From "):
        words = envelope[5:].split(None, 3)
        text = words[0] if words else b""
        if len(words) > 2 and words[1] in (b"at", b"AT"):
            boxes = parse_mailboxes(b" ".join(words[:3]))
            if boxes and boxes[0].address:
                return Sender("", boxes[0].address, True)
        for box in parse_mailboxes(text):
            # The date that git writes stands behind a commit id, MAILER-DAEMON behind bounces.
            if box.address:
                return Sender("", box.address)
    return Sender("", "")
