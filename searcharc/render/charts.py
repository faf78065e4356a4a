"""Counts -> tables, bars of block characters, and SVG."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from searcharc.models import Facets, Trends
from searcharc.render.export import spreadsheet_cell
from searcharc.render.plain import STYLE, counted, shortened, visible

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = " ▁▂▃▄▅▆▇█"
_COLOURS = ("#1b6ca8", "#c8553d", "#5b8c5a", "#8d6a9f", "#b08900", "#3a7d7c", "#a23b72", "#555555")
_DASHES = ("", "6 3", "2 2", "8 3 2 3", "1 3", "10 4", "4 2 1 2", "12 2")


def facet_lines(facets: Facets, console: Console) -> Iterator[Text]:
    """A row for each value: count, bar, label."""
    most = max((c.count for c in facets.counts), default=1)
    digits = len(f"{most:,}")
    bar = max(4, min(24, console.width // 4))
    for found in facets.counts:
        line = Text(f"{found.count:>{digits},} ", no_wrap=True)
        line.append(_bar(found.count, most, bar).ljust(bar), STYLE.list)
        line.append(" " + shortened(visible(found.label), max(8, console.width - digits - bar - 2)))
        yield line
    yield _quiet(
        f"{counted(facets.total, 'message')}"
        + (f", {facets.without:,} of them without {facets.by}" if facets.without else "")
    )


def _bar(count: int, most: int, width: int) -> str:
    """A bar of block characters, at least a sliver for what is not nothing."""
    eighths = max(1, round(count * width * 8 / most)) if count else 0
    return "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def trend_lines(trends: Trends, console: Console) -> Iterator[Text]:
    """A bar for each period; where the trend is split, a row of small bars for each line."""
    if not trends.periods:
        yield _quiet(_trend_total(trends))
        return
    if len(trends.lines) == 1 and not trends.lines[0].label:
        yield from _bars(trends, console)
    else:
        yield from _rows(trends, console)
    yield _quiet(_trend_total(trends))


def _bars(trends: Trends, console: Console) -> Iterator[Text]:
    counts = trends.lines[0].counts
    most = max(counts)
    digits = len(f"{most:,}")
    width = max(10, console.width - len(trends.periods[0]) - digits - 3)
    for period, count in zip(trends.periods, counts, strict=True):
        line = Text(no_wrap=True)
        line.append(f"{period} ", STYLE.quiet)
        line.append(f"{count:>{digits},} ")
        line.append(_bar(count, most, width), STYLE.list)
        yield line


def _rows(trends: Trends, console: Console) -> Iterator[Text]:
    digits = max(len(f"{sum(t.counts):,}") for t in trends.lines)
    spare = console.width - digits - 3 - len(trends.periods)
    label = min(max(cell_len(visible(t.label)) for t in trends.lines), max(console.width // 3, spare))
    room = max(10, console.width - label - digits - 3)
    folded = -(-len(trends.periods) // room)  # periods that share one character
    lines = [
        [sum(t.counts[i : i + folded]) for i in range(0, len(trends.periods), folded)] for t in trends.lines
    ]
    most = max(max(line) for line in lines)
    for trend, line in zip(trends.lines, lines, strict=True):
        name = shortened(visible(trend.label), label)
        text = Text(name + " " * (label - cell_len(name) + 1), no_wrap=True)
        text.append(f"{sum(trend.counts):>{digits},} ")
        text.append("".join(_LEVELS[-(-count * 8 // most)] if count else "·" for count in line), STYLE.list)
        yield text
    first, last = trends.periods[0], trends.periods[-1]
    gap = len(lines[0]) - len(first) - len(last)
    yield _quiet(" " * (label + digits + 2) + (first + " " * gap + last if gap > 0 else f"{first} to {last}"))
    if folded > 1:
        yield _quiet(f"one character is {counted(folded, trends.period)}")


def _trend_total(trends: Trends) -> str:
    text = counted(trends.total, "message")
    return text + (f", {trends.undated:,} without a date" if trends.undated else "")


def _quiet(text: str) -> Text:
    return Text(text, style=STYLE.quiet, no_wrap=True, overflow="ignore")


def trend_csv(trends: Trends) -> Iterator[str]:
    """The head and a row for each period, a column for each line."""
    names = [t.label or "messages" for t in trends.lines]
    yield ",".join([trends.period, *(_quoted(n) for n in names)])
    for number, period in enumerate(trends.periods):
        yield ",".join([period, *(str(t.counts[number]) for t in trends.lines)])


def _quoted(text: str) -> str:
    cell = spreadsheet_cell(text)
    return '"' + cell.replace('"', '""') + '"' if any(c in cell for c in ',"\r\n') else cell


def svg_text(trends: Trends, *, width: int = 960, height: int = 420) -> str:
    """The trend as one SVG file: axes, labels, a legend where it is split; readable without colour."""
    split = len(trends.lines) > 1 or (trends.lines and trends.lines[0].label)
    left, right, top = 60, 20, 48
    bottom = 60 + (22 * len(trends.lines) if split else 0)
    height += bottom - 60
    inner_width, inner_height = width - left - right, height - top - bottom
    most = max((c for t in trends.lines for c in t.counts), default=0)
    step = _step(most)
    ceiling = max(step, -(-most // step) * step)
    count = max(1, len(trends.periods))

    def x(number: float) -> float:
        return left + inner_width * (number + 0.5) / count

    def y(value: float) -> float:
        return top + inner_height * (1 - value / ceiling)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"',
        f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12" fill="#222">',
        f"<title>{_xml(trends.query)}</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{left}" y="22" font-size="15">{_xml(_svg_title(trends.query))}</text>',
        f'<text x="{left}" y="38" fill="#555">{counted(trends.total, "message")}, by {trends.period} (UTC)</text>',
    ]
    for value in range(0, ceiling + 1, step):
        parts.append(
            f'<line x1="{left}" x2="{width - right}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#ddd"/>'
            f'<text x="{left - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,}</text>'
        )
    every = -(-count // max(1, inner_width // 64))
    for number in range(0, len(trends.periods), every):
        parts.append(
            f'<text x="{x(number):.1f}" y="{top + inner_height + 18}" text-anchor="middle">'
            f"{trends.periods[number]}</text>"
        )
    if split:
        for number, trend in enumerate(trends.lines):
            colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
            points = " ".join(f"{x(i):.1f},{y(c):.1f}" for i, c in enumerate(trend.counts))
            stroke = f'stroke="{colour}" stroke-width="2"' + (f' stroke-dasharray="{dash}"' if dash else "")
            parts.append(f'<polyline points="{points}" fill="none" {stroke}/>')
            place = top + inner_height + 42 + 22 * number
            parts.append(
                f'<line x1="{left}" x2="{left + 36}" y1="{place}" y2="{place}" {stroke}/>'
                f'<text x="{left + 44}" y="{place + 4}">{_xml(trend.label)} ({sum(trend.counts):,})</text>'
            )
    else:
        breadth = min(72.0, max(1.0, inner_width / count * 0.8))
        for trend in trends.lines:
            for number, value in enumerate(trend.counts):
                if value:
                    parts.append(
                        f'<rect x="{x(number) - breadth / 2:.1f}" y="{y(value):.1f}" width="{breadth:.1f}" '
                        f'height="{y(0) - y(value):.1f}" fill="{_COLOURS[0]}">'
                        f"<title>{trends.periods[number]}: {value:,}</title></rect>"
                    )
    parts.append(f'<line x1="{left}" x2="{width - right}" y1="{y(0):.1f}" y2="{y(0):.1f}" stroke="#222"/>')
    return "\n".join([*parts, "</svg>", ""])


def _svg_title(query: str) -> str:
    return query if len(query) <= 100 else query[:99] + "…"


def _step(most: int) -> int:
    """A round distance between lines of a grid: 1, 2 or 5 times a power of ten, about five lines."""
    power = 1
    while True:
        for factor in (1, 2, 5):
            if most <= factor * power * 5:
                return factor * power
        power *= 10


def _xml(text: str) -> str:
    return escape("".join(c for c in visible(text) if c.isprintable() or c == " "), quote=False)
