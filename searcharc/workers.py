"""Reading in several processes: raw messages out, sightings back, segments on disk.

A chunk of raw messages goes to a worker once; the worker parses, cuts into terms and inverts them, and
writes segments of its own. Back come a few words for each message: its group, its content's digest, and
where in which segment it stands. Which of them stay is the indexer's to say.

A worker that dies or does not answer costs the message that it died of, not the run: its chunk is read
again message by message by another worker. What it had not yet written is named as missing.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import IO, Any, Protocol, Self

from searcharc.engines.whoosh.engine import SegmentStream
from searcharc.engines.whoosh.generation import SegmentEntry
from searcharc.errors import IndexWriteError
from searcharc.message.identity import content_digest
from searcharc.message.parse import parse_raw
from searcharc.models import Origin, RawMessage, Scrubbed

CHUNK_MESSAGES = 64
CHUNK_BYTES = 1 << 20
"""A chunk is handed over when it has this many messages or bytes."""

CHUNK_SECONDS = 60.0
"""A worker that does not answer within this time, and a second for each 100 kB, is given up."""

_LENGTHS = struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message.

    group: its Message-ID, or the key of its content. content: digest. segment, index: where it stands.
    lost: why it could not be read; then the other fields say nothing.
    """

    group: str = ""
    content: str = ""
    lists: tuple[str, ...] = ()
    list_ids: tuple[str, ...] = ()
    segment: str = ""
    index: int = 0
    lost: str = ""


class Readers(Protocol):
    """What reads chunks: this process, or several others."""

    def submit(self, chunk: Sequence[RawMessage], list_name: str | None) -> Future[list[Outcome]]:
        """Hands over a chunk; the outcomes come in its order."""

    def finish(self) -> list[SegmentEntry]:
        """Writes what is left and gives all segments, in a fixed order."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def read_chunk(chunk: Sequence[RawMessage], list_name: str | None, stream: SegmentStream) -> list[Outcome]:
    """Parses the messages of a chunk and adds them to a stream of segments."""
    outcomes = []
    for raw in chunk:
        try:
            message = parse_raw(raw, list_name=list_name)
            content = content_digest(message)
        except Exception as error:  # a fault of ours in one message must not cost the others
            outcomes.append(Outcome(lost=f"not read: {type(error).__name__}: {error}"[:200]))
            continue
        segment, index = stream.add(message)
        outcomes.append(Outcome(message.key, content, message.lists, message.list_ids, segment, index))
    return outcomes


class OwnReader:
    """Reads in this process."""

    def __init__(self, folder: Path, generation: int) -> None:
        self._stream = SegmentStream(folder, generation, "w0")

    def submit(self, chunk: Sequence[RawMessage], list_name: str | None) -> Future[list[Outcome]]:
        """See `Readers`."""
        future: Future[list[Outcome]] = Future()
        future.set_result(read_chunk(chunk, list_name, self._stream))
        return future

    def finish(self) -> list[SegmentEntry]:
        """See `Readers`."""
        return self._stream.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""


class WorkerPool:
    """Reads in `jobs` other processes.

    Raises:
        OSError: a process cannot be started.
    """

    def __init__(self, folder: Path, generation: int, jobs: int, *, seconds: float = CHUNK_SECONDS) -> None:
        self._folder = folder
        self._generation = generation
        self._seconds = seconds
        self._started = 0
        # A worker outlives a killed run by a moment: what it still writes must not bear the next run's names.
        self._run = secrets.token_hex(4)
        self._entries: list[SegmentEntry] = []
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._workers: list[_Worker] = []
        self._threads = ThreadPoolExecutor(jobs, "searcharc-worker")
        for _ in range(jobs):
            self._idle.put(self._start())

    def _start(self) -> _Worker:
        self._started += 1
        worker = _Worker(self._folder, self._generation, self._started, self._run)
        self._workers.append(worker)
        return worker

    def submit(self, chunk: Sequence[RawMessage], list_name: str | None) -> Future[list[Outcome]]:
        """See `Readers`."""
        return self._threads.submit(self._read, list(chunk), list_name)

    def _read(self, chunk: list[RawMessage], list_name: str | None) -> list[Outcome]:
        worker = self._idle.get()
        try:
            return worker.read(chunk, list_name, self._time_for(chunk))
        except _WorkerLostError as error:
            worker = self._replaced(worker)
            if len(chunk) == 1:
                return [Outcome(lost=f"not read: the reading process {error}")]
            outcomes = []
            for raw in chunk:
                try:
                    outcomes += worker.read([raw], list_name, self._time_for([raw]))
                except _WorkerLostError as again:
                    worker = self._replaced(worker)
                    outcomes.append(Outcome(lost=f"not read: the reading process {again}"))
            return outcomes
        finally:
            self._idle.put(worker)

    def _time_for(self, chunk: Sequence[RawMessage]) -> float:
        return self._seconds + sum(len(r.raw) for r in chunk) / 100_000

    def _replaced(self, worker: _Worker) -> _Worker:
        worker.kill()
        self._workers.remove(worker)
        return self._start()

    def finish(self) -> list[SegmentEntry]:
        """See `Readers`; the segments of a worker that was lost before it wrote them are missing."""
        self._threads.shutdown()
        entries: list[SegmentEntry] = []
        for worker in sorted(self._workers, key=lambda w: w.number):
            try:
                entries += worker.finish(10 * self._seconds)
            except _WorkerLostError:
                worker.kill()
        return entries

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.kill()


class _WorkerLostError(Exception):
    """A worker died or did not answer."""


class _Worker:
    """One reading process and the pipes to it. Frames are a JSON head and the messages' bytes."""

    def __init__(self, folder: Path, generation: int, number: int, run: str) -> None:
        self.number = number
        name = f"w{number}r{run}"
        home = Path(__file__).resolve().parent.parent
        # The package may stand on a path that only this process knows; no environment is changed for it.
        program = (
            "import sys; sys.path.insert(0, sys.argv.pop(1)); from searcharc.workers import serve; serve()"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", program, str(home), str(folder.absolute()), str(generation), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the one who counts what was done
        )

    def read(self, chunk: Sequence[RawMessage], list_name: str | None, seconds: float) -> list[Outcome]:
        """The outcomes of a chunk."""
        head = {"list": list_name, "messages": [_described(raw) for raw in chunk]}
        answer = self._ask(head, b"".join(raw.raw for raw in chunk), seconds)
        return [
            Outcome(
                o["group"], o["content"], tuple(o["lists"]), tuple(o["list_ids"]), o["segment"], o["index"]
            )
            for o in answer["outcomes"]
        ]

    def finish(self, seconds: float) -> list[SegmentEntry]:
        """Lets the worker write what it holds and end."""
        answer = self._ask({"finish": True}, b"", seconds)
        self._process.wait(seconds)
        return [SegmentEntry(name, documents, messages) for name, documents, messages in answer["segments"]]

    def _ask(self, head: dict[str, Any], body: bytes, seconds: float) -> dict[str, Any]:
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            _send(self._process.stdin, head, body)
            answer = _receive(_Timed(self._process.stdout, seconds).read)
        except (OSError, EOFError):
            raise _WorkerLostError("died") from None
        except TimeoutError:
            raise _WorkerLostError(f"gave no answer in {seconds:.0f} s") from None
        if answer is None:
            raise _WorkerLostError("died")
        told = answer[0]
        if "error" in told:
            raise IndexWriteError(told["error"], hint=told["hint"])
        return told

    def kill(self) -> None:
        """Ends the process."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:  # what could not be flushed is of no use any more
                    continue
        self._process.wait()


class _Timed:
    """Reads from a pipe and gives up at a deadline."""

    def __init__(self, pipe: IO[bytes], seconds: float) -> None:
        self._descriptor = pipe.fileno()
        self._deadline = time.monotonic() + seconds

    def read(self, size: int) -> bytes:
        parts: deque[bytes] = deque()
        while size:
            left = self._deadline - time.monotonic()
            if left <= 0 or not select.select([self._descriptor], [], [], left)[0]:
                raise TimeoutError
            part = os.read(self._descriptor, min(size, 1 << 20))
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _send(pipe: IO[bytes], head: dict[str, Any], body: bytes) -> None:
    text = json.dumps(head).encode("ascii")
    pipe.write(_LENGTHS.pack(len(text), len(body)) + text)
    pipe.write(body)
    pipe.flush()


def _receive(read: Callable[[int], bytes]) -> tuple[dict[str, Any], bytes] | None:
    """The next frame, None where the other side has closed."""
    lengths = read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    head_length, body_length = _LENGTHS.unpack(lengths)
    return json.loads(read(head_length)), read(body_length) if body_length else b""


def _described(raw: RawMessage) -> dict[str, Any]:
    envelope = None if raw.envelope is None else raw.envelope.decode("latin-1")
    return {
        "origin": asdict(raw.origin),
        "size": len(raw.raw),
        "envelope": envelope,
        "defects": raw.defects,
        "modified": raw.modified,
        "scrubbed": [[s.file, s.data.decode("latin-1")] for s in raw.scrubbed],
    }


def _messages(head: dict[str, Any], body: bytes) -> Iterator[RawMessage]:
    place = 0
    for row in head["messages"]:
        end = place + row["size"]
        envelope = None if row["envelope"] is None else row["envelope"].encode("latin-1")
        origin = Origin(**row["origin"])
        scrubbed = tuple(Scrubbed(file, data.encode("latin-1")) for file, data in row["scrubbed"])
        defects = tuple(row["defects"])
        yield RawMessage(body[place:end], origin, envelope, defects, row["modified"], scrubbed)
        place = end


def serve() -> None:
    """A worker's life: answers frames on stdin until it is told to finish or the pipe closes."""
    folder, generation, name = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    stream = SegmentStream(folder, generation, name)
    while (frame := _receive(sys.stdin.buffer.read)) is not None:
        head, body = frame
        try:
            if "finish" in head:
                rows = [[e.name, e.documents, e.messages] for e in stream.finish()]
                _send(sys.stdout.buffer, {"segments": rows}, b"")
                return
            outcomes = read_chunk(list(_messages(head, body)), head["list"], stream)
            _send(sys.stdout.buffer, {"outcomes": [asdict(o) for o in outcomes]}, b"")
        except IndexWriteError as error:
            _send(sys.stdout.buffer, {"error": error.message, "hint": error.hint}, b"")
            return
