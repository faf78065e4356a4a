"""A message's header and body bytes -> its parts, in their order, decoded from their transfer encoding.

A tolerant splitter of multiparts (RFC 2046) over offsets: no recursion, no copy per level. Which
parts are the text of the message says `bodies`; charsets are left to `charset`. Nothing raises;
each limit that cuts something is a defect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from searcharc.message.bodies import Bodies, Body, choose_bodies, is_stub
from searcharc.message.headers import (
    Headers,
    header_text,
    is_text,
    parse_parameters,
    read_headers,
)
from searcharc.message.parameters import raw_parameter
from searcharc.message.parts import Part, Parts
from searcharc.message.transfer import decode_transfer
from searcharc.message.uuencoded import SIGN, File, split_uuencoded

__all__ = ["Bodies", "Body", "Limits", "Part", "Parts", "choose_bodies", "is_stub", "walk_parts"]


@dataclass(frozen=True, slots=True)
class Limits:
    """depth: levels of multiparts and inner messages. parts: parts of one message, multiparts included.

    boundary: bytes; a longer one is treated as absent (postfix does so).
    """

    depth: int = 50
    parts: int = 1_000
    boundary: int = 2_048


@dataclass(frozen=True, slots=True)
class _Pending:
    """A part that is still to be read: content[start:end], with what its parents say of it."""

    content: bytes
    start: int
    end: int
    depth: int
    parent: str
    group: int | None
    forwarded: bool
    headers: Headers | None = None  # the message's own, already read


_ENVELOPES = {
    "application/pgp-encrypted": "mime: encrypted with PGP, its text cannot be read",
    "application/pkcs7-mime": "mime: S/MIME envelope, what is in it is not read",
    "application/x-pkcs7-mime": "mime: S/MIME envelope, what is in it is not read",
}
_SHOWN_FIELDS = ("from", "date", "subject", "to", "cc")


def walk_parts(headers: Headers, body: bytes, limits: Limits | None = None) -> Parts:
    """The leaves of a message in reading order. An inner message is walked into.

    Where an inner message (message/rfc822) begins, a part of that type stands with its From, Date,
    Subject, To and Cc as `inner`, followed by the inner message's own parts.
    """
    limits = limits or Limits()
    leaves: list[Part] = []
    defects: list[str] = []
    groups = iter(range(limits.parts + 1))
    seen = 0
    stack = [_Pending(body, 0, len(body), 0, "", None, False, headers)]
    while stack:
        pending = stack.pop()
        seen += 1
        if seen > limits.parts:
            defects.append(f"mime: more than {limits.parts} parts, the rest left out")
            break
        children = _read(pending, limits, groups, leaves, defects)
        # The stack is last in, first out: the first child must lie on top.
        stack.extend(reversed(children))
    return Parts(tuple(leaves), tuple(dict.fromkeys(defects)))


def _read(
    pending: _Pending, limits: Limits, groups: Iterator[int], leaves: list[Part], defects: list[str]
) -> list[_Pending]:
    """Read one part: put it among the leaves, or give its children."""
    content, start, end = pending.content, pending.start, pending.end
    headers = pending.headers
    if headers is None:
        headers, body = read_headers(content, start, end)
        # "Note: ..." right below a delimiter: the blank line that ends an empty header is missing.
        if is_text(headers):
            headers = Headers()
        else:
            start = body
        defects.extend(headers.defects)
    kind, parameters = parse_parameters(headers.get("content-type"))
    if "/" not in kind:
        kind = "message/rfc822" if pending.parent == "multipart/digest" and not kind else "text/plain"
    if kind.startswith("multipart/"):
        inner = _Pending(content, start, end, pending.depth, kind, pending.group, pending.forwarded, headers)
        return _read_multipart(inner, limits, groups, leaves, defects)
    if kind == "message/partial":  # RFC 2046 5.2.2: the first piece begins with the message's own header
        kind = "message/rfc822" if parameters.get("number", "1").strip() == "1" else "text/plain"
    transferred = decode_transfer(content[start:end], headers.get("content-transfer-encoding"))
    defects.extend(transferred.defects)
    if kind in ("message/rfc822", "message/global"):
        return _read_inner(pending, headers, transferred.data, limits, leaves, defects)
    disposition, disposition_parameters = parse_parameters(headers.get("content-disposition"))
    data = transferred.data
    files: list[File] = []
    if kind == "text/plain" and SIGN in data:
        data, files = split_uuencoded(data)
    if kind in _ENVELOPES:
        defects.append(_ENVELOPES[kind])
    leaves.append(
        Part(
            type=kind,
            charset=parameters.get("charset"),
            disposition=disposition,
            filename=disposition_parameters.get("filename") or parameters.get("name") or "",
            data=data,
            flowed=parameters.get("format", "").lower() == "flowed",
            delsp=parameters.get("delsp", "").lower() == "yes",
            depth=pending.depth,
            parent=pending.parent,
            group=pending.group,
            forwarded=pending.forwarded,
        )
    )
    leaves.extend(
        Part("application/octet-stream", None, "attachment", file.name.decode("utf-8", "replace"), file.data,
             depth=pending.depth, parent=pending.parent, forwarded=pending.forwarded)
        for file in files
    )  # fmt: skip
    if transferred.footer:
        leaves.append(
            Part("text/plain", parameters.get("charset"), data=transferred.footer, depth=pending.depth,
                 parent=pending.parent, group=None, forwarded=pending.forwarded)
        )  # fmt: skip
    return []


def _read_inner(
    pending: _Pending, headers: Headers, data: bytes, limits: Limits, leaves: list[Part], defects: list[str]
) -> list[_Pending]:
    """An inner message: a part that shows its header fields, then its body as a child."""
    if pending.depth >= limits.depth:
        defects.append(f"mime: deeper than {limits.depth} levels, the rest left out")
        return []
    data = data.lstrip(b"\r\n")
    inner, body_start = read_headers(data, 0, len(data))
    disposition, parameters = parse_parameters(headers.get("content-disposition"))
    name = parameters.get("filename") or parse_parameters(headers.get("content-type"))[1].get("name") or ""
    shown = tuple((field, header_text(inner, field)) for field in _SHOWN_FIELDS if field in inner)
    leaves.append(
        Part("message/rfc822", None, disposition, name, data, depth=pending.depth, parent=pending.parent,
             group=None, forwarded=True, inner=shown)
    )  # fmt: skip
    return [_Pending(data, body_start, len(data), pending.depth + 1, "message/rfc822", None, True, inner)]


def _read_multipart(
    pending: _Pending, limits: Limits, groups: Iterator[int], leaves: list[Part], defects: list[str]
) -> list[_Pending]:
    headers = pending.headers or Headers()
    kind = pending.parent
    if pending.depth >= limits.depth:
        defects.append(f"mime: deeper than {limits.depth} levels, the rest left out")
        return []
    boundary = raw_parameter(headers.get("content-type"), "boundary")
    boundary = boundary.rstrip(b" \t") if boundary else None
    if boundary is not None and len(boundary) > limits.boundary:
        defects.append(f"mime: boundary longer than {limits.boundary} bytes")
        boundary = None
    content, start, end = pending.content, pending.start, pending.end
    encoding = (headers.get("content-transfer-encoding") or b"").lower()
    found = _split(content, start, end, boundary, limits.parts) if boundary else None
    if found is None and (b"base64" in encoding or b"quoted" in encoding):
        # RFC 2045 6.4 forbids an encoded multipart; some gateways make one.
        content = decode_transfer(content[start:end], encoding).data
        start, end = 0, len(content)
        found = _split(content, start, end, boundary, limits.parts) if boundary else None
    if found is None:
        guessed = _guess_boundary(content, start, end)
        if guessed is not None and guessed != boundary:
            defects.append("mime: boundary not declared, found in the body")
            found = _split(content, start, end, guessed, limits.parts)
    if not found:
        # Nothing marked off: what a reader sees is the text before the closing line, if there is one.
        defects.append("mime: multipart without parts, read as text")
        stop = content.find(b"--" + boundary, start, end) if boundary else -1
        text = content[start : stop if stop >= 0 else end]
        if not text.strip():  # nothing before it: better too much shown than all of it lost
            text = content[start:end]
        leaves.append(
            Part("text/plain", None, data=text, depth=pending.depth, parent=kind, group=pending.group,
                 forwarded=pending.forwarded)
        )  # fmt: skip
        return []
    group = pending.group
    if kind == "multipart/alternative" and group is None:
        group = next(groups, None)
    return [
        _Pending(content, first, last, pending.depth + 1, kind, group, pending.forwarded)
        for first, last in found
    ]


def _split(content: bytes, start: int, end: int, boundary: bytes, most: int) -> list[tuple[int, int]] | None:
    """[start, end) of each part between the delimiter lines; None where there is no such line.

    A line that only begins like the delimiter is none: an inner boundary may extend an outer one.
    Parts behind a closing line are read too (two multiparts that were joined).
    """
    delimiter = b"--" + boundary
    found: list[tuple[int, int]] = []
    opened = -1  # where the part that is open begins
    any_line = False
    position = start
    while len(found) <= most:
        position = content.find(delimiter, position, end)
        if position < 0:
            break
        behind = position + len(delimiter)
        if position > start and content[position - 1] not in b"\r\n":
            position = behind
            continue
        line_end = content.find(b"\n", behind, end)
        carriage = content.find(b"\r", behind, min(line_end if line_end >= 0 else end, behind + 80))
        stop = carriage if carriage >= 0 else (line_end if line_end >= 0 else end)
        rest = content[behind : min(stop, behind + 200)].strip()
        if rest not in (b"", b"--"):
            position = behind
            continue
        any_line = True
        if opened >= 0:
            found.append((opened, _before_line_end(content, opened, position)))
        next_line = line_end + 1 if line_end >= 0 else end
        if carriage >= 0 and line_end != carriage + 1:
            next_line = carriage + 1
        opened = next_line if rest == b"" else -1
        position = next_line
    if opened >= 0 and len(found) <= most:  # never closed
        found.append((opened, end))
    return found if any_line else None


def _before_line_end(content: bytes, start: int, position: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 5.1.1)."""
    if position > start and content[position - 1 : position] == b"\n":
        position -= 1
    if position > start and content[position - 1 : position] == b"\r":
        position -= 1
    return max(start, position)


_DELIMITER_AND_FIELD = re.compile(
    rb"^--([^\r\n]{1,200}?)[ \t]*\r?\n(?=content-[a-z-]{1,40}:)", re.MULTILINE | re.IGNORECASE
)


def _guess_boundary(content: bytes, start: int, end: int) -> bytes | None:
    """A delimiter line that a Content- field follows, for multiparts that lost their parameter."""
    match = _DELIMITER_AND_FIELD.search(content, start, min(end, start + 65_536))
    return match.group(1) if match else None
