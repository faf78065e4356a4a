"""Bytes to Message."""

from __future__ import annotations

from typing import Any

import mails
import pytest

from searcharc.message.parse import parse_message


@pytest.mark.parametrize("kind", ["patch", "word_page", "reply", "chinese"])
def bench_parse_message(benchmark: Any, kind: str) -> None:
    """One mail of each kind."""
    data = getattr(mails, kind)()
    message = benchmark(parse_message, data)
    assert message.paragraphs
