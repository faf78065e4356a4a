"""The border of `engines.base` over a Whoosh index: reader and writer of one generation."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from whoosh.index import IndexError as WhooshIndexError

from searcharc.analysis import postings as token_postings
from searcharc.engines.base import Matches, Sort
from searcharc.engines.document import document_of
from searcharc.engines.whoosh.postings import Postings
from searcharc.engines.whoosh.schema import ZONES
from searcharc.engines.whoosh.search import Search, Table
from searcharc.engines.whoosh.store import Generation, GenerationWriter
from searcharc.errors import IndexDamagedError, IndexWriteError, SearcharcError
from searcharc.models import Message
from searcharc.query.scope import Plan
from searcharc.records import message_record, read_message

POOL_MEGABYTES = 64
"""Memory for postings before the writer spills them to disk."""


class WhooshEngine:
    """One generation of a Whoosh index, open for reading.

    Whoosh's files keep one place of reading, so that threads take turns.

    Raises:
        IndexDamagedError: files that are missing, cut, or not searcharc's.
    """

    def __init__(self, folder: Path, generation: int) -> None:
        self._lock = threading.RLock()
        self._folder = folder
        with _damage_named(folder):
            self._reader = Generation(folder, generation).reader()
            self._postings = Postings(self._reader)
            self._table = Table(self._postings)

    def search(
        self, plan: Plan, *, sort: Sort = Sort.RELEVANCE, limit: int | None = 10, offset: int = 0
    ) -> Matches:
        """See `base.Engine`."""
        with self._lock, _damage_named(self._folder):
            return Search(self._table, plan).run(sort, limit, offset, self._key)

    def _key(self, document: int) -> str:
        return self._postings.value("key", document).decode("utf-8")

    def message(self, key: str) -> Message | None:
        """See `base.Engine`."""
        with self._lock, _damage_named(self._folder):
            for document in self._postings.documents("id", key):
                if self._table.live_documents[document] and self._key(int(document)) == key:
                    return self._message(int(document))
        return None

    def _message(self, document: int) -> Message:
        record = json.loads(zlib.decompress(self._postings.value("record", document)))
        return read_message(record)

    def messages(self, keys: Sequence[str]) -> list[Message]:
        """See `base.Engine`."""
        found = (self.message(key) for key in keys)
        return [m for m in found if m is not None]

    def all_messages(self) -> Iterator[Message]:
        """See `base.Engine`."""
        for head in self._table.heads[self._table.live]:
            with self._lock, _damage_named(self._folder):
                yield self._message(int(head))

    def documents_of(self, key: str) -> list[int]:
        """The Whoosh documents of a message: its own, then those of its paragraphs."""
        with self._lock, _damage_named(self._folder):
            table = self._table
            for head in self._postings.documents("id", key):
                if table.live_documents[head] and self._key(int(head)) == key:
                    owned = (table.owner == table.owner[head]).nonzero()[0]
                    return [int(d) for d in owned]
        return []

    def counts(self) -> tuple[int, int]:
        """See `base.Engine`."""
        return self._table.message_count, self._table.paragraph_count

    def close(self) -> None:
        """See `base.Engine`."""
        with self._lock:
            if not self._reader.is_closed:
                self._reader.close()


class WhooshWriter:
    """Changes on top of one generation of a Whoosh index; see `base.Writer`.

    files: after commit, the names of the new generation's files.
    """

    files: tuple[str, ...] = ()

    def __init__(self, folder: Path, generation: int) -> None:
        self._folder = folder
        self._generation = generation
        self._base: WhooshEngine | None = None
        with _write_named(folder):
            self._writer = GenerationWriter(Generation(folder, generation), limitmb=POOL_MEGABYTES)

    def add(self, message: Message) -> None:
        """See `base.Writer`."""
        document = document_of(message)
        record = json.dumps(message_record(message), ensure_ascii=False, separators=(",", ":"))
        with _write_named(self._folder):
            self._writer.add_document(
                kind=("message",),
                key=document.key.encode("utf-8"),
                record=zlib.compress(record.encode("utf-8"), 6),
                date=document.date,
                size=document.size,
                **document.texts,
                **document.exact,
            )
            for paragraph in document.paragraphs:
                self._writer.add_document(
                    kind=("paragraph",),
                    zone_code=ZONES.index(paragraph.zone) + 1,
                    tokens=token_postings(paragraph.text)[1],
                    text=(paragraph.text,),
                    zone=(paragraph.zone.value,),
                    para=paragraph.numbers,
                    ref=paragraph.refs,
                    doc=paragraph.documents,
                )

    def delete(self, key: str) -> None:
        """See `base.Writer`."""
        if self._base is None:
            self._base = WhooshEngine(self._folder, self._generation)
        for number in self._base.documents_of(key):
            self._writer.delete_document(number)

    def commit(self) -> int:
        """See `base.Writer`."""
        if self._base is not None:
            self._base.close()
        with _write_named(self._folder):
            self._writer.commit()
        self.files = self._writer.written
        return int(self._writer.generation)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._base is not None:
            self._base.close()
        if not self._writer.is_closed:
            self._abandon()

    def _abandon(self) -> None:
        """Gives up what was not committed; its files are swept when the next run starts."""
        try:
            self._writer.cancel()
        except Exception:  # noqa: BLE001 - a writer that failed may fail again at closing its files
            if self._writer.writelock:
                self._writer.writelock.release()
            self._writer.is_closed = True


class _write_named:  # noqa: N801 - reads as a statement: with _write_named(folder)
    """Turns the system's errors of writing into ours, which name the folder and the remedy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OSError):
            raise IndexWriteError(
                f"the index in {self._folder} cannot be written: {error.strerror or error}",
                hint="free some space or check the folder's permissions; the old index is untouched",
            ) from error


class _damage_named(_write_named):  # noqa: N801 - as above
    """Turns whatever Whoosh raises over a damaged file into IndexDamagedError."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or isinstance(error, SearcharcError) or not isinstance(error, Exception):
            return
        if isinstance(error, FileNotFoundError) or not isinstance(error, WhooshIndexError | OSError):
            reason = f"{type(error).__name__}: {error}"
        else:
            reason = str(error)
        raise IndexDamagedError(
            f"the index in {self._folder} is damaged ({reason[:200]})",
            hint="build it again: searcharc index --rebuild",
        ) from error
