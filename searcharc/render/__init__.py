"""Results -> text for a terminal, a pipe or another program.

`plain` (what may be shown at all), `messages`, `hits`, `threads`, `charts` (counts, bars, SVG),
`paragraphs` (places and versions of one paragraph), `export` (CSV, mbox, Atom). Colour is added here
and nowhere else.
"""

from __future__ import annotations

from searcharc.render.charts import facet_lines, svg_text, trend_csv, trend_lines
from searcharc.render.export import atom_text, csv_lines, facet_csv, mbox_bytes, spreadsheet_cell
from searcharc.render.hits import (
    LINES_SHOWN,
    PARAGRAPHS_SHOWN,
    hit_block,
    hit_json,
    plain_line,
    result_lines,
    snippet,
    summary,
)
from searcharc.render.messages import (
    citation,
    inspect_lines,
    message_json,
    message_lines,
    sender_line,
    wrapped,
)
from searcharc.render.paragraphs import place_lines, places_record, version_lines, versions_record
from searcharc.render.plain import STYLE, Style, counted, day, json_line, json_text, shortened, visible
from searcharc.render.threads import thread_lines, thread_record

__all__ = [
    "LINES_SHOWN",
    "PARAGRAPHS_SHOWN",
    "STYLE",
    "Style",
    "atom_text",
    "citation",
    "counted",
    "csv_lines",
    "day",
    "facet_csv",
    "facet_lines",
    "hit_block",
    "hit_json",
    "inspect_lines",
    "json_line",
    "json_text",
    "mbox_bytes",
    "message_json",
    "message_lines",
    "place_lines",
    "places_record",
    "plain_line",
    "result_lines",
    "sender_line",
    "shortened",
    "snippet",
    "spreadsheet_cell",
    "summary",
    "svg_text",
    "thread_lines",
    "thread_record",
    "trend_csv",
    "trend_lines",
    "version_lines",
    "versions_record",
    "visible",
    "wrapped",
]
