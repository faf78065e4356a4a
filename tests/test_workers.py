"""Reading in other processes: what a worker that dies or stops costs, and that splits change nothing."""

from __future__ import annotations

import signal
from pathlib import Path

from searcharc.engines.whoosh.engine import create
from searcharc.models import Origin, RawMessage
from searcharc.workers import OwnReader, WorkerPool


def raw(number: int) -> RawMessage:
    data = f"From: a@example.org\nMessage-ID: <m{number}@example.org>\n\nword{number}\n".encode()
    return RawMessage(
        data, Origin("/a", None, "mbox", number * 100, len(data)), b"From a Mon Mar  3 10:01:00 2014"
    )


def ids(*numbers: int) -> list[str]:
    return [f"m{n}@example.org" for n in numbers]


def test_a_worker_that_dies_is_replaced_and_its_chunk_is_read(tmp_path: Path) -> None:
    create(tmp_path)
    with WorkerPool(tmp_path, 1, 2) as pool:
        assert [o.group for o in pool.submit([raw(1), raw(2)], None).result()] == ids(1, 2)
        for worker in list(pool._workers):
            worker._process.kill()
        outcomes = pool.submit([raw(3), raw(4)], None).result()
        assert [(o.group, o.lost) for o in outcomes] == [(i, "") for i in ids(3, 4)]
        (entry,) = pool.finish()
        assert entry.messages == 2, "what the dead one had not written is missing, and is known to be"
        assert {o.segment for o in outcomes} == {entry.name}


def test_a_worker_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    create(tmp_path)
    with WorkerPool(tmp_path, 1, 1, seconds=3.0) as pool:
        (worker,) = pool._workers
        worker._process.send_signal(signal.SIGSTOP)
        outcomes = pool.submit([raw(1), raw(2)], None).result()
        assert [(o.group, o.lost) for o in outcomes] == [(i, "") for i in ids(1, 2)]
        assert sum(e.messages for e in pool.finish()) == 2


def test_a_message_that_no_worker_survives_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    create(tmp_path)
    with WorkerPool(tmp_path, 1, 1, seconds=3.0) as pool:
        (worker,) = pool._workers
        worker._process.kill()
        (outcome,) = pool.submit([raw(1)], None).result()
        assert outcome.lost == "not read: the reading process died"
        assert [o.group for o in pool.submit([raw(2)], None).result()] == ids(2)


def test_other_processes_read_as_this_one_does(tmp_path: Path) -> None:
    create(tmp_path)
    chunk = [raw(n) for n in range(5)]
    with OwnReader(tmp_path, 1) as own:
        here = own.submit(chunk, "letters").result()
    with WorkerPool(tmp_path, 2, 1) as pool:
        there = pool.submit(chunk, "letters").result()
    assert [(o.group, o.content, o.lists) for o in here] == [(o.group, o.content, o.lists) for o in there]
    assert here[0].lists == ("letters",)
