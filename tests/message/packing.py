"""Lines for tests: lists of `Line`, which are easy to write and read, to and from the packed `Lines`."""

from __future__ import annotations

from collections.abc import Iterable

from searcharc.message.lines import Hint, Line, Lines, ZonedLines
from searcharc.message.zones import assign_zones
from searcharc.models import Zone

Zoned = list[tuple[Line, Zone]]


def unpacked(lines: Lines) -> list[Line]:
    assert len(lines.texts) == len(lines.depths)
    return [
        Line(text, depth, lines.numbers.get(n), lines.hints.get(n, Hint.NONE), n in lines.blocks)
        for n, (text, depth) in enumerate(zip(lines.texts, lines.depths, strict=True))
    ]


def packed(pairs: Iterable[tuple[Line, Zone]]) -> ZonedLines:
    pairs = list(pairs)
    zoned = ZonedLines()
    zoned.put(Lines.of(line for line, _ in pairs), [zone for _, zone in pairs])
    return zoned


def zoned_lines(lines: list[Line], *, subject: str, sender_name: str, has_reply_header: bool) -> Zoned:
    text = Lines.of(lines)
    zones = assign_zones(text, subject=subject, sender_name=sender_name, has_reply_header=has_reply_header)
    return list(zip(unpacked(text), zones, strict=True))
