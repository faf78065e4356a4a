"""Index: what a Python user holds. Opens, searches, shows and updates one index folder."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from searcharc import folder as folders
from searcharc.analysis import tokenize
from searcharc.engines.base import Sort
from searcharc.errors import MessageNotFoundError, UsageError
from searcharc.manifest import Manifest, verify_files
from searcharc.message.numbers import ancestors, parse_number
from searcharc.models import Hit, IndexReport, Message, Paragraph, ParagraphHit, SearchResult
from searcharc.query.matching import spans
from searcharc.query.parser import ParsedQuery, parse_query
from searcharc.query.scope import Plan, Scope, bind, paragraph_patterns
from searcharc.readers import read_raw

if TYPE_CHECKING:
    from searcharc.indexer import ProgressCallback

_ANCHOR = re.compile(r"#([^#\s]{1,40})\Z")
_ORDINAL = re.compile(r"p(\d{1,7})\Z")


class Index:
    """An index folder, open for reading; a context manager. Threads may share it.

    It answers from the commit that stood when it was opened; `refresh` looks for a newer one.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._manifest, self._engine = folders.open_state(self.path)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Opens an index.

        Raises:
            IndexMissingError, IndexVersionError, IndexDamagedError.
        """
        return cls(path)

    @classmethod
    def create(cls, path: str | Path) -> Self:
        """Makes an index with nothing in it, or opens the one that is there.

        Raises:
            IndexUnusableError: the folder cannot be used.
        """
        folders.create_empty(Path(path))
        return cls(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the files."""
        self._engine.close()

    def refresh(self) -> None:
        """Answers from the newest commit from now on."""
        old = self._engine
        self._manifest, self._engine = folders.open_state(self.path)
        old.close()

    @property
    def manifest(self) -> Manifest:
        """What is in the folder: sources, archives, counts, files, the last run."""
        return self._manifest

    def update(
        self,
        sources: Iterable[str | Path] = (),
        *,
        list_name: str | None = None,
        progress: ProgressCallback | None = None,
    ) -> IndexReport:
        """Adds sources (none: walks those that are known) and answers from the new state.

        Raises:
            UsageError: a source that does not exist. IndexUnusableError: locked, damaged, not writable.
        """
        from searcharc.indexer import Options, run_index  # put off: a search reads no mail

        report = run_index(
            self.path,
            [Path(s) for s in sources],
            options=Options(list_name=list_name),
            progress=progress,
        )
        self.refresh()
        return report

    def search(
        self,
        query: str,
        *,
        limit: int | None = 10,
        offset: int = 0,
        sort: Sort | str = Sort.RELEVANCE,
        scope: Scope | str = Scope.MESSAGE,
    ) -> SearchResult:
        """The messages that a query finds; limit None gives all.

        Raises:
            QueryError: with position and hint. UsageError: a negative limit or offset.
        """
        if (limit is not None and limit < 0) or offset < 0:
            raise UsageError("limit and offset count hits", hint="use 0 or more")
        started = time.perf_counter()
        parsed = parse_query(query)
        plan = bind(parsed.tree, Scope(scope))
        matches = self._engine.search(plan, sort=Sort(sort), limit=limit, offset=offset)
        hits = tuple(
            Hit(message, match.score, _paragraph_hits(message, match.ordinals, plan))
            for match, message in zip(
                matches.page, self._engine.messages([m.key for m in matches.page]), strict=True
            )
        )
        return SearchResult(
            query=query,
            parsed=str(parsed.tree),
            total=matches.total,
            total_paragraphs=matches.total_paragraphs,
            limit=limit,
            offset=offset,
            took_ms=(time.perf_counter() - started) * 1000,
            warnings=parsed.warnings,
            hits=hits,
        )

    def count(self, query: str, *, scope: Scope | str = Scope.MESSAGE) -> int:
        """How many messages a query finds.

        Raises:
            QueryError: with position and hint.
        """
        parsed: ParsedQuery = parse_query(query)
        return self._engine.search(bind(parsed.tree, Scope(scope)), sort=Sort.DATE, limit=0).total

    def message(self, key: str) -> Message:
        """The message with this key or Message-ID (with or without <>).

        Raises:
            MessageNotFoundError: there is none.
        """
        wanted = key.strip().removeprefix("<").removesuffix(">")
        message = self._engine.message(wanted)
        if message is None:
            raise MessageNotFoundError(
                f"no message has the id {wanted!r}", hint="search prints ids; give one whole"
            )
        return message

    def locate(self, anchor: str) -> tuple[Message, tuple[Paragraph, ...]]:
        """The message of an id, and the paragraphs that an anchor behind it names.

        `ID` -> no paragraphs; `ID#p7` -> the seventh; `ID#OP24` -> those that bear this number.

        Raises:
            MessageNotFoundError: no such message, or no such paragraph in it.
        """
        match = _ANCHOR.search(anchor)
        if match and self._engine.message(anchor.strip().strip("<>")) is None:
            message = self.message(anchor[: match.start()])
            return message, named_paragraphs(message, match.group(1))
        return self.message(anchor), ()

    def raw(self, message: Message) -> bytes:
        """The original bytes of a message, read back from its archive.

        Raises:
            ReadError: the archive is gone or has changed.
        """
        return read_raw(message.source)

    def check(self) -> None:
        """Compares every file of the index with what was written.

        Raises:
            IndexDamagedError: names the first that differs.
        """
        verify_files(self.path, self._manifest, content=True)


def named_paragraphs(message: Message, name: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a message that a name tells: "p7" the seventh, "OP24" or "24" those numbered so.

    Digits that no paragraph bears as its number are taken as the ordinal.

    Raises:
        MessageNotFoundError: there is none.
    """
    ordinal = _ORDINAL.match(name)
    number = None if ordinal else parse_number(name)
    found: tuple[Paragraph, ...] = ()
    if number is not None:
        found = tuple(p for p in message.paragraphs if p.number and str(number) in ancestors(p.number))
    if not found and (ordinal or name.isdecimal()):
        wanted = int(ordinal.group(1) if ordinal else name[:9])
        found = tuple(p for p in message.paragraphs if p.ordinal == wanted)
    if not found:
        raise MessageNotFoundError(
            f"the message has no paragraph {name!r}", hint=f"it has {len(message.paragraphs)} paragraphs"
        )
    return found


def _paragraph_hits(message: Message, ordinals: tuple[int, ...], plan: Plan) -> tuple[ParagraphHit, ...]:
    patterns = list(paragraph_patterns(plan))
    by_ordinal = {p.ordinal: p for p in message.paragraphs}
    hits = []
    for ordinal in ordinals:
        paragraph = by_ordinal[ordinal]
        marked = [pattern for pattern, zones in patterns if paragraph.zone in zones]
        hits.append(ParagraphHit(paragraph, spans(marked, tokenize(paragraph.text)) if marked else ()))
    return tuple(hits)
