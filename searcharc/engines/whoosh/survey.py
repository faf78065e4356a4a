"""The survey over arrays: an exact field is read as a whole and counted for all messages at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from searcharc.engines.document import JOINT
from searcharc.engines.survey import LEAST_SPELLED, Survey, Tally, domain_of, group_of
from searcharc.engines.whoosh.engine import WhooshEngine
from searcharc.engines.whoosh.postings import Ints
from searcharc.engines.whoosh.search import Search
from searcharc.engines.whoosh.segment import NO_DATE
from searcharc.engines.whoosh.table import Table
from searcharc.query.scope import Plan

_DAY = 86400


class ArraySurvey(Survey):
    """Says what `Survey` says, from the postings."""

    def __init__(self, engine: WhooshEngine) -> None:
        super().__init__(engine)
        self._whoosh = engine
        self._table: Table = engine._table

    def tally(self, plan: Plan, by: str, period: str = "") -> tuple[Tally, int]:
        """See `Survey`."""
        table = self._table
        hits = Search(table, plan).messages(plan) & table.live
        total = int(hits.sum())
        if by in ("year", "month"):
            by, period, is_value = "", by, True
        else:
            is_value = False
        periods, names = self._periods(period)
        if period:
            hits = hits & (table.dates != NO_DATE)
        values, messages, spellings = self._values(by)
        kept = hits[messages]
        values, messages = values[kept], messages[kept]
        groups = [group_of(by, s) for s in spellings]
        numbers: dict[str, int] = {}
        numbered = np.array([numbers.setdefault(g, len(numbers)) for g in groups], np.int64)
        if len(values):
            # A message with two spellings of a group counts for the one that sorts first.
            order = np.lexsort((self._ranks(spellings)[values], numbered[values], messages))
            values, messages = values[order], messages[order]
            code = messages * (len(numbers) + 1) + numbered[values]
            first = np.append(True, code[1:] != code[:-1])
            values, messages = values[first], messages[first]
        counted = len(np.unique(messages))
        found: Tally = {}
        code, counts = np.unique(periods[messages] * (len(spellings) + 1) + values, return_counts=True)
        for place, count in zip(code.tolist(), counts.tolist(), strict=True):
            when, value = divmod(place, len(spellings) + 1)
            if is_value:
                key, spelling = ("", names[when]), names[when]
            else:
                key, spelling = (names[when], groups[value]), spellings[value]
            spelled = found.setdefault(key, {})
            spelled[spelling] = spelled.get(spelling, 0) + count
        return found, total - counted

    @staticmethod
    def _ranks(spellings: list[str]) -> Ints:
        ranks = np.empty(len(spellings), np.int64)
        ranks[sorted(range(len(spellings)), key=spellings.__getitem__)] = np.arange(len(spellings))
        return ranks

    def _values(self, by: str) -> tuple[Ints, Ints, list[str]]:
        """(value, message) of each posting of a facet, and the values by their numbers."""
        if not by:
            return np.zeros(self._table.size, np.int64), np.arange(self._table.size), [""]
        field = {"para": "para", "ref": "ref"}.get(by, "by_sender" if by == "domain" else f"by_{by}")
        values, messages, spellings = self._table.links(field)
        if by == "domain":
            spellings = [domain_of(s) for s in spellings]
        wanted = [bool(s) and s != JOINT and (by != "ref" or JOINT in s) for s in spellings]
        kept = np.array(wanted, np.bool_)[values] if len(values) else np.zeros(0, np.bool_)
        return values[kept], messages[kept], spellings

    def _periods(self, period: str) -> tuple[Ints, list[str]]:
        """For each message the number of its period, and the names of the periods."""
        table = self._table
        if not period:
            return np.zeros(table.size, np.int64), [""]
        days = np.where(table.dates == NO_DATE, 0, table.dates) // _DAY
        unit = days.astype("datetime64[D]").astype("datetime64[M]" if period == "month" else "datetime64[Y]")
        names, numbers = np.unique(unit, return_inverse=True)
        return numbers.astype(np.int64), names.astype(str).tolist()

    def score_parts(self, plan: Plan, keys: Sequence[str]) -> dict[str, list[tuple[Plan | None, float]]]:
        """See `Survey`."""
        places = {k: i for k in keys if (i := self._whoosh.index_of(k)) is not None}
        found: dict[str, list[tuple[Plan | None, float]]] = {k: [] for k in keys}
        for leaf, part in Search(self._table, plan).score_parts(np.array(list(places.values()), np.int64)):
            for key, score in zip(places, part.tolist(), strict=True):
                found[key].append((leaf, score))
        return found

    def spellings(self, word: str) -> list[str]:
        """See `Survey`; counted over all that is indexed."""
        table = self._table
        if len(word) < LEAST_SPELLED:
            return []
        for distance in (1, 2) if len(word) > LEAST_SPELLED + 1 else (1,):
            near = table.near_words("text", word, distance)
            counts = {w: c for w in near if (c := self._alive(w))}
            if counts:
                return sorted(counts, key=lambda w: (-counts[w], w))
        return []

    def _alive(self, word: str) -> int:
        """In how many paragraphs of messages that are alive a word stands."""
        documents, _ = self._table.postings.documents("text", word)
        return int(self._table.live[self._table.postings.owners(documents)].sum())
