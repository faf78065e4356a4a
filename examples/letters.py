"""A letter of the sample archive, and how it becomes the bytes of a mail message.

Only what the letters need. The same letters always give the same bytes.
"""

from __future__ import annotations

import base64
import quopri
from dataclasses import dataclass

FOOTER = """\
_______________________________________________
harbour-lights mailing list
harbour-lights@example.org
https://lists.example.org/harbour-lights
"""

# What each name of a charset stands for in Python; the others bear the same name.
_CODECS = {"gb2312": "gbk", "windows-1252": "cp1252"}


@dataclass(frozen=True)
class Body:
    """MIME header fields and the bytes behind them."""

    fields: tuple[str, ...]
    data: bytes


@dataclass(frozen=True)
class Letter:
    """One message. envelope_date: where the Date field holds none."""

    id: str
    date: str
    sender: str
    subject: str
    body: Body
    parent: str = ""
    envelope: str = ""
    envelope_date: str = ""
    headers: tuple[str, ...] = ()
    list_headers: bool = True


def text(
    body: str, charset: str = "us-ascii", *, transfer: str = "8bit", declared: str = "", header: str = ""
) -> Body:
    """A text/plain part. declared: the charset that the header names; header "none": no MIME header."""
    data = body.encode(_CODECS.get(charset, charset))
    if transfer == "base64":
        data = base64.encodebytes(data)
    elif transfer == "quoted-printable":
        data = quopri.encodestring(data)
    if header == "none":
        return Body((), data)
    if charset == "iso-2022-jp":
        transfer = "7bit"
    kind = f"Content-Type: text/plain; charset={declared or charset}"
    return Body((kind, f"Content-Transfer-Encoding: {transfer}"), data)


def html(body: str, charset: str) -> Body:
    """A text/html part."""
    fields = (f"Content-Type: text/html; charset={charset}", "Content-Transfer-Encoding: 8bit")
    return Body(fields, body.encode(_CODECS.get(charset, charset)))


def alternative(plain: str, marked: str) -> Body:
    """The same in plain text and in HTML."""
    return _multipart("alternative", text(plain, "utf-8"), html(marked, "utf-8"))


def mixed(body: str, *attached: tuple[str, str, bytes]) -> Body:
    """A text with attachments: (type, name, bytes)."""
    files = (
        Body(
            (
                f'Content-Type: {kind}; name="{name}"',
                f'Content-Disposition: attachment; filename="{name}"',
                "Content-Transfer-Encoding: base64",
            ),
            base64.encodebytes(data),
        )
        for kind, name, data in attached
    )
    return _multipart("mixed", text(body, "utf-8"), *files)


def forwarded(body: str, letter: Letter) -> Body:
    """A text and another letter, attached whole."""
    inner = Body(("Content-Type: message/rfc822",), message_bytes(letter, ""))
    return _multipart("mixed", text(body), inner)


def _multipart(kind: str, *parts: Body) -> Body:
    boundary = f"=-{kind}-of-{len(parts)}"
    pieces = [
        f"--{boundary}\n".encode() + "\n".join(part.fields).encode() + b"\n\n" + part.data + b"\n"
        for part in parts
    ]
    field = f'Content-Type: multipart/{kind}; boundary="{boundary}"'
    return Body((field,), b"".join(pieces) + f"--{boundary}--\n".encode())


def message_bytes(letter: Letter, list_name: str) -> bytes:
    """The message as it travels, with LF as its line end."""
    lines = []
    if letter.list_headers and list_name:
        lines += [f"List-Id: <{list_name}.example.org>", f"To: {list_name}@example.org"]
    lines += [
        f"From: {_header(letter.sender)}",
        f"Date: {letter.date}",
        f"Subject: {_header(f'[{list_name}] ' if letter.list_headers and list_name else '', letter.subject)}",
        f"Message-ID: <{letter.id}>",
    ]
    if letter.parent:
        lines += [f"In-Reply-To: <{letter.parent}>", f"References: <{letter.parent}>"]
    lines += letter.headers
    if letter.body.fields:
        lines += ["MIME-Version: 1.0", *letter.body.fields]
    return "\n".join(lines).encode("ascii") + b"\n\n" + letter.body.data


def _header(*values: str) -> str:
    """Header text; words outside ASCII as encoded words (RFC 2047), an address left as it is."""
    done = []
    for value in values:
        name, bracket, address = value.partition(" <")
        if not name.isascii():
            # 39 bytes make 52 base64 digits: no encoded word may pass 75 characters.
            name = "\n ".join(
                f"=?utf-8?b?{base64.b64encode(piece.encode()).decode()}?=" for piece in _pieces(name, 39)
            )
        done.append(name + bracket + address)
    return "".join(done)


def _pieces(value: str, size: int) -> list[str]:
    """The text in pieces of at most `size` bytes of UTF-8."""
    pieces = [""]
    for char in value:
        if len((pieces[-1] + char).encode()) > size:
            pieces.append("")
        pieces[-1] += char
    return pieces
