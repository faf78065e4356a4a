"""searcharc: search a mailing-list archive by what was said, who said it, for whom they spoke, and in
which numbered paragraph.

    from searcharc import Index

    with Index.open("index") as index:
        for hit in index.search('para:24 "enhanced cooperation"').hits:
            print(hit.sender.name, hit.affiliations, hit.paragraphs[0].number)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from searcharc.archive import read_archive
    from searcharc.engines.base import Sort
    from searcharc.errors import (
        IndexDamagedError,
        IndexForeignError,
        IndexLockedError,
        IndexMissingError,
        IndexVersionError,
        IndexWriteError,
        LimitError,
        MessageNotFoundError,
        QueryError,
        ReadError,
        SearcharcError,
        UsageError,
    )
    from searcharc.index import Index
    from searcharc.message.parse import parse_message
    from searcharc.models import (
        Affiliation,
        Hit,
        IndexReport,
        Message,
        Paragraph,
        ParagraphHit,
        Problem,
        Reference,
        SearchResult,
        Sender,
        Zone,
    )
    from searcharc.query.scope import Scope

__version__ = "0.1.0"

# Where each public name lives. Loaded when asked for: reading mail needs no engine, and a search
# no parser of HTML.
_HOMES = {
    "read_archive": "archive",
    "Sort": "engines.base",
    "Index": "index",
    "parse_message": "message.parse",
    "Scope": "query.scope",
    **dict.fromkeys(
        (
            "IndexDamagedError",
            "IndexForeignError",
            "IndexLockedError",
            "IndexMissingError",
            "IndexVersionError",
            "IndexWriteError",
            "LimitError",
            "MessageNotFoundError",
            "QueryError",
            "ReadError",
            "SearcharcError",
            "UsageError",
        ),
        "errors",
    ),
    **dict.fromkeys(
        (
            "Affiliation",
            "Hit",
            "IndexReport",
            "Message",
            "Paragraph",
            "ParagraphHit",
            "Problem",
            "Reference",
            "SearchResult",
            "Sender",
            "Zone",
        ),
        "models",
    ),
}

__all__ = [
    "Affiliation",
    "Hit",
    "Index",
    "IndexDamagedError",
    "IndexForeignError",
    "IndexLockedError",
    "IndexMissingError",
    "IndexReport",
    "IndexVersionError",
    "IndexWriteError",
    "LimitError",
    "Message",
    "MessageNotFoundError",
    "Paragraph",
    "ParagraphHit",
    "Problem",
    "QueryError",
    "ReadError",
    "Reference",
    "Scope",
    "SearchResult",
    "SearcharcError",
    "Sender",
    "Sort",
    "UsageError",
    "Zone",
    "__version__",
    "parse_message",
    "read_archive",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
