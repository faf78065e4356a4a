"""Index: what a Python user holds. Opens, searches, shows and updates one index folder."""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from searcharc import folder as folders
from searcharc.analysis import tokenize
from searcharc.counting import MOST_LINES, SPLITS, facet_counts, trends_of
from searcharc.engines.base import Match, Sort
from searcharc.engines.explain import explained
from searcharc.engines.reasons import why_nothing
from searcharc.engines.survey import FACETS, survey_of
from searcharc.errors import REBUILD, IndexDamagedError, MessageNotFoundError, UsageError
from searcharc.manifest import Manifest
from searcharc.message.numbers import parse_number
from searcharc.models import (
    Facets,
    Hit,
    IndexReport,
    Message,
    Paragraph,
    ParagraphHit,
    SearchResult,
    Spans,
    Trends,
)
from searcharc.paragraphs import ParagraphPlace, named_paragraphs, paragraph_places
from searcharc.query.matching import spans
from searcharc.query.parser import ParsedQuery, parse_query
from searcharc.query.scope import Plan, Scope, bind, paragraph_patterns
from searcharc.query.tree import Any, Pattern, Value, own_words
from searcharc.saved import SavedQueries
from searcharc.threads import Place, thread_places

if TYPE_CHECKING:
    from searcharc.indexer import ProgressCallback

_ANCHOR = re.compile(r"#([^#\s]{1,40})\Z")


class Index:
    """An index folder, open for reading; a context manager. Threads may share it.

    It answers from the commit that stood when it was opened; `refresh` looks for a newer one.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._manifest, self._engine = folders.open_state(self.path)
        self._survey = survey_of(self._engine)

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
        self._survey = survey_of(self._engine)
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
        verify: bool = False,
        affiliations: str | Path | None = None,
        progress: ProgressCallback | None = None,
    ) -> IndexReport:
        """Adds sources (none: walks those that are known) and answers from the new state.

        verify: reads every archive whole, also those that look as they did.
        affiliations: a CSV table of who spoke for whom (`affiliations.read_table`), kept from now on; ""
            drops it.

        Raises:
            UsageError: a source that does not exist, a table that cannot be read.
            IndexUnusableError: locked, damaged, not writable.
        """
        from searcharc.affiliations import read_table  # put off, as the next: a search reads no mail
        from searcharc.indexer import Options, run_index

        table = None if affiliations is None else read_table(Path(affiliations)) if affiliations else ()
        options = Options(list_name=list_name, verify=verify, affiliations=table)
        return self._refreshed(run_index(self.path, map(Path, sources), options=options, progress=progress))

    def remove(self, source: str | Path, *, wait: float = 0.0) -> IndexReport:
        """Forgets a source and drops its messages. wait: seconds to wait for another writer.

        Raises:
            UsageError: the index does not know it. IndexUnusableError: as for `update`.
        """
        from searcharc.upkeep import remove_source

        return self._refreshed(remove_source(self.path, Path(source), wait=wait))

    def purge(self, query: str, *, wait: float = 0.0) -> IndexReport:
        """Removes messages for good: an id, or all that a query finds. An update does not bring them back.

        Raises:
            MessageNotFoundError: nothing is found. QueryError, IndexUnusableError.
        """
        from searcharc.upkeep import purge_messages

        key = query.strip().removeprefix("<").removesuffix(">")
        keys = (key,) if self._engine.message(key) else self.keys(query)
        if not keys:
            raise MessageNotFoundError(
                f"no message has the id {key!r} or is found by it as a query",
                hint="searcharc purge --list shows what was purged before",
            )
        return self._refreshed(purge_messages(self.path, keys, by=query, wait=wait))

    def unpurge(self, what: str | None = None, *, wait: float = 0.0) -> IndexReport:
        """Lets in again what a number of `manifest.purged` (from 1), an id or a query names; None: the newest.

        Raises:
            UsageError: nothing that fits is purged. IndexUnusableError: as for `update`.
        """
        from searcharc.upkeep import lift_purge

        return self._refreshed(lift_purge(self.path, what, wait=wait))

    def _refreshed(self, report: IndexReport) -> IndexReport:
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
        explain: bool = False,
    ) -> SearchResult:
        """The messages that a query finds; limit None gives all.

        explain: tells for each hit where the parts of the query stand in it, and their scores.

        Raises:
            QueryError: with position and hint. UsageError: a negative limit or offset.
        """
        if (limit is not None and limit < 0) or offset < 0:
            raise UsageError("limit and offset count hits", hint="use 0 or more")
        started = time.perf_counter()
        return self._answer(
            self._parsed(query),
            limit=limit,
            offset=offset,
            sort=Sort(sort),
            scope=Scope(scope),
            explain=explain,
            started=started,
        )

    def first(self, query: str) -> SearchResult:
        """The oldest message in which a query holds in the sender's own words: who said it first.

        Plain words of the query are looked for where the sender wrote them, not in quotes.

        Raises:
            QueryError: with position and hint.
        """
        started = time.perf_counter()
        parsed = self._parsed(query)
        own = replace(parsed, tree=own_words(parsed.tree))
        return self._answer(
            own, limit=1, offset=0, sort=Sort.DATE, scope=Scope.MESSAGE, explain=False, started=started
        )

    def _parsed(self, query: str) -> ParsedQuery:
        return parse_query(query, saved=self.saved().texts() if "saved:" in query.lower() else None)

    def _plan(self, query: str, scope: Scope | str = Scope.MESSAGE) -> Plan:
        return bind(self._parsed(query).tree, Scope(scope))

    def _answer(
        self,
        parsed: ParsedQuery,
        *,
        limit: int | None,
        offset: int,
        sort: Sort,
        scope: Scope,
        explain: bool,
        started: float,
    ) -> SearchResult:
        plan = bind(parsed.tree, scope)
        matches = self._engine.search(plan, sort=sort, limit=limit, offset=offset)
        hits = self._hits(matches.page, plan, explain=explain)
        reasons = () if matches.total else why_nothing(self._survey, parsed.tree, scope)
        return SearchResult(
            query=parsed.text,
            parsed=str(parsed.tree),
            total=matches.total,
            total_paragraphs=matches.total_paragraphs,
            limit=limit,
            offset=offset,
            took_ms=(time.perf_counter() - started) * 1000,
            warnings=(*parsed.warnings, *reasons),
            hits=hits,
            reasons=reasons,
        )

    def _hits(self, page: Sequence[Match], plan: Plan, *, explain: bool = False) -> tuple[Hit, ...]:
        parts = self._survey.score_parts(plan, [m.key for m in page]) if explain else {}
        return tuple(self._hit(match, plan, parts.get(match.key)) for match in page)

    def _hit(self, match: Match, plan: Plan, parts: list[tuple[Plan | None, float]] | None) -> Hit:
        engine = self._engine

        def message() -> Message:
            found = engine.message(match.key)
            if found is None:
                raise _does_not_fit(match.key)
            return found

        def paragraphs(of: Message) -> tuple[ParagraphHit, ...]:
            return _paragraph_hits(of, match.ordinals, plan)

        if parts is None:
            return Hit(message, match.score, paragraphs)
        whole = message()
        return Hit(whole, match.score, paragraphs, explained(whole, parts))

    def saved(self) -> SavedQueries:
        """The saved queries of this index, as they are now.

        Raises:
            UsageError: their file cannot be read.
        """
        return SavedQueries(self.path)

    def facets(
        self, query: str, by: str, *, limit: int | None = None, scope: Scope | str = Scope.MESSAGE
    ) -> Facets:
        """The messages of a query counted by sender, affiliation, list, year, month, para, ref or domain.

        Most messages first; years and months in their order. A message counts once for each value.
        limit: how many values to give.

        Raises:
            QueryError: with position and hint. UsageError: nothing can be counted by this.
        """
        if by not in FACETS:
            raise UsageError(f"messages cannot be counted by {by!r}", hint="one of " + ", ".join(FACETS))
        plan = self._plan(query, scope)
        tally, without = self._survey.tally(plan, by)
        counts = facet_counts(by, {group: spelled for (_, group), spelled in tally.items()})
        total = self._engine.search(plan, sort=Sort.DATE, limit=0).total
        return Facets(query, by, total, without, tuple(counts[:limit]))

    def trends(
        self,
        query: str,
        *,
        period: str | None = None,
        by: str = "",
        most: int = MOST_LINES,
        scope: Scope | str = Scope.MESSAGE,
    ) -> Trends:
        """The messages of a query by month or year, in UTC; without gaps.

        period: "month", "year", or None for months unless that were more than 60. by: "sender",
        "affiliation", "list" or "domain" for a line each, of the `most` values with most messages.

        Raises:
            QueryError: with position and hint. UsageError: another period or `by`.
        """
        if period not in (None, "month", "year") or by not in ("", *SPLITS):
            raise UsageError(
                f"a trend goes by month or year, and is split by {', '.join(SPLITS)}",
                hint="as in trends(query, period='year', by='affiliation')",
            )
        plan = self._plan(query, scope)
        total = self._engine.search(plan, sort=Sort.DATE, limit=0).total
        whole, undated = self._survey.tally(plan, "", "month")
        split = self._survey.tally(plan, by, "month")[0] if by else whole
        return trends_of(query, total, undated, whole, split, period=period, by=by, most=most)

    def thread(self, key: str) -> list[Place]:
        """The thread of a message as places in reading order: each answer behind what it answers.

        Raises:
            MessageNotFoundError: there is no such message.
        """
        message = self.message(key)
        plan = bind(Value("thread", message.key))
        page = self._engine.search(plan, sort=Sort.DATE, limit=None).page
        return thread_places(self._engine.messages([m.key for m in page]))

    def paragraph_places(self, number: str, document: str | None = None) -> list[ParagraphPlace]:
        """Every place where a numbered paragraph of a document stands or is mentioned, oldest first.

        number: as printed ("24", "OP21bis(a)"). document: words of its title; None for any.

        Raises:
            UsageError: no paragraph number.
        """
        parsed = parse_number(number)
        if parsed is None:
            raise UsageError(f"{number!r} is no paragraph number", hint="as in 24, OP21bis or 24(a)")
        wanted = str(parsed)
        plan = bind(Any((Value("para", wanted), Value("ref", wanted))))
        page = self._engine.search(plan, sort=Sort.DATE, limit=None).page
        messages = (m for match in page for m in self._engine.messages([match.key]))
        return paragraph_places(messages, wanted, document)

    def keys(
        self,
        query: str,
        *,
        sort: Sort | str = Sort.DATE,
        scope: Scope | str = Scope.MESSAGE,
        limit: int | None = None,
        offset: int = 0,
    ) -> tuple[str, ...]:
        """The keys of the messages that a query finds; no message is read for it.

        Raises:
            QueryError: with position and hint.
        """
        plan = self._plan(query, scope)
        page = self._engine.search(plan, sort=Sort(sort), limit=limit, offset=offset).page
        return tuple(m.key for m in page)

    def unseen(self, query: str, seen: Collection[str]) -> tuple[SearchResult, frozenset[str]]:
        """What a query finds beside the messages with these keys, oldest first; and the keys of all it finds.

        Raises:
            QueryError: with position and hint.
        """
        started = time.perf_counter()
        parsed = self._parsed(query)
        plan = bind(parsed.tree)
        page = self._engine.search(plan, sort=Sort.DATE, limit=None).page
        known = frozenset(seen)
        new = [match for match in page if match.key not in known]
        result = SearchResult(
            query=query,
            parsed=str(parsed.tree),
            total=len(new),
            total_paragraphs=sum(len(m.ordinals) for m in new),
            limit=None,
            offset=0,
            took_ms=(time.perf_counter() - started) * 1000,
            warnings=parsed.warnings,
            hits=self._hits(new, plan),
        )
        return result, frozenset(m.key for m in page)

    def iterate(
        self,
        query: str,
        *,
        sort: Sort | str = Sort.RELEVANCE,
        scope: Scope | str = Scope.MESSAGE,
        limit: int | None = None,
        offset: int = 0,
        paragraphs: int | None = None,
    ) -> Iterator[Hit]:
        """The hits of a query one at a time, however many they are.

        paragraphs: how many of each hit's paragraphs to give, the best first; None gives all.

        Raises:
            QueryError: with position and hint.
        """
        plan = self._plan(query, scope)
        for match in self._engine.search(plan, sort=Sort(sort), limit=limit, offset=offset).page:
            for message in self._engine.messages([match.key]):
                yield Hit(message, match.score, _paragraph_hits(message, match.ordinals[:paragraphs], plan))

    def count(self, query: str, *, scope: Scope | str = Scope.MESSAGE) -> int:
        """How many messages a query finds.

        Raises:
            QueryError: with position and hint.
        """
        return self._engine.search(self._plan(query, scope), sort=Sort.DATE, limit=0).total

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
        from searcharc.readers import read_raw  # put off: a search reads no archive

        return read_raw(message.source)

    def check(self) -> None:
        """Compares every file of the newest commit with what was written.

        Raises:
            IndexDamagedError: names the first that differs.
        """
        folders.check_state(self.path)


def _paragraph_hits(message: Message, ordinals: tuple[int, ...], plan: Plan) -> tuple[ParagraphHit, ...]:
    patterns = list(paragraph_patterns(plan))
    by_ordinal = {p.ordinal: p for p in message.paragraphs}
    hits = []
    for ordinal in ordinals:
        paragraph = by_ordinal.get(ordinal)
        if paragraph is None:
            raise _does_not_fit(message.key)
        marked = [pattern for pattern, zones in patterns if paragraph.zone in zones]
        hits.append(ParagraphHit(paragraph, partial(_spans, marked, paragraph.text)))
    return tuple(hits)


def _does_not_fit(key: str) -> IndexDamagedError:
    """Postings and records are of one generation: where they do not fit, one of them was changed."""
    return IndexDamagedError(
        f"the index is damaged: what it finds of the message {key!r} is not stored",
        hint=REBUILD,
    )


def _spans(patterns: list[Pattern], text: str) -> Spans:
    return spans(patterns, tokenize(text)) if patterns else ()
