"""The operators of the query language, for `searcharc fields` and the README."""

from __future__ import annotations

OPERATORS: tuple[tuple[str, str], ...] = (
    ("harbour quarry", "both words, or words with their stem; AND may stand between them"),
    ("harbour OR quarry", "either; operators are in capitals, NOT binds before NEAR, AND, OR"),
    ("harbour -quarry", "without the second; NOT quarry is the same"),
    ("(harbour OR quarry) meadow", "brackets bind"),
    ('"enhanced cooperation"', "these words side by side, as written, accents folded"),
    ("=cooperated", "this very word, accents counted"),
    ("harb*", "any ending; *arry and qu?rry too"),
    ("/qua.+y/", "a regular expression over one word"),
    ("cooperatoin~1", "at most 1 (or 2) letters off"),
    ("harbour NEAR/5 quarry", 'at most 5 words apart, in either order; "harbour quarry"~5 is the same'),
    ("subject:(draft OR plan)", "a field for all that stands in the brackets"),
    ("thread:{from:ann harbour}", "all messages of the threads in which the inner query finds one"),
    ("saved:cooperation", "a saved query, as if it stood here in brackets; see `searcharc saved`"),
    (
        "date:May 2011..3w",
        "dates as people write them: yesterday, 28 May 2010, 2010-05, 3w (three weeks ago)",
    ),
    ("*", "every message"),
)
"""(example, meaning) pairs."""
