"""Terms of documents -> postings by term: inversion by sorting, in arrays.

While documents come, each field keeps one number for each token. At the end of a batch the terms
are sorted, one stable sort brings the tokens into the order of their terms, and runs of it are the
postings. No step walks over postings one by one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from searcharc.analysis import MAX_TERM, VARIANT, forms
from searcharc.engines.whoosh import coding
from searcharc.engines.whoosh.arrayfile import Array

Ints = npt.NDArray[np.int64]


SAMPLED = 64
"""Each of so many terms stands in the array of samples: where a search for a term begins."""


class _Vocabulary(dict[str, int]):
    """Term -> number, in order of first use."""

    def __missing__(self, term: str) -> int:
        number = self[term] = len(self)
        return number


class _Words(_Vocabulary):
    """The same for the words of a text, of which long ones are cut."""

    def __missing__(self, term: str) -> int:
        if len(term) > MAX_TERM and VARIANT not in term:
            return self[term[:MAX_TERM]]
        return super().__missing__(term)


class FieldBatch:
    """The tokens of one field over the documents of a batch.

    positional: whether positions are kept (text) or each document has a term or not (exact values).
    """

    def __init__(self, *, positional: bool) -> None:
        self.positional = positional
        self._vocabulary = _Words() if positional else _Vocabulary()
        self._tokens = array("I")
        self._run_documents = array("I")
        self._run_positions = array("I")
        self._run_lengths = array("I")
        self._extra: tuple[array[int], array[int], array[int]] = (array("I"), array("I"), array("I"))

    def __len__(self) -> int:
        return len(self._tokens)

    def add_text(self, document: int, text: str, offset: int = 0) -> int:
        """Adds a value; offset is the position of its first token. Gives the number of tokens.

        Documents must come in ascending order, and values of one in order of offset.
        """
        found, variants = forms(text)
        self._tokens.extend(map(self._vocabulary.__getitem__, found))
        self._run_documents.append(document)
        self._run_positions.append(offset)
        self._run_lengths.append(len(found))
        if variants:
            numbers, documents, positions = self._extra
            for position, term, exact in variants:
                numbers.append(self._vocabulary[term + VARIANT + exact])
                documents.append(document)
                positions.append(offset + position)
        return len(found)

    def add_values(self, document: int, values: Iterable[str]) -> None:
        """Adds exact values."""
        found = set(values)
        self._tokens.extend(map(self._vocabulary.__getitem__, found))
        self._run_documents.append(document)
        self._run_positions.append(0)
        self._run_lengths.append(len(found))

    def arrays(self) -> Mapping[str, Array]:
        """The field's arrays, as `code_field` names them."""
        ordered = sorted(self._vocabulary)
        ranks = np.empty(len(ordered), np.uint32)
        ranks[np.fromiter(map(self._vocabulary.__getitem__, ordered), np.int64, len(ordered))] = np.arange(
            len(ordered), dtype=np.uint32
        )
        lengths = _numbers(self._run_lengths).astype(np.int64)
        documents = np.repeat(_numbers(self._run_documents), lengths)
        run_starts = np.cumsum(lengths) - lengths
        positions = np.arange(len(self._tokens), dtype=np.int64)
        positions -= np.repeat(run_starts - _numbers(self._run_positions), lengths)
        tokens = np.concatenate([_numbers(self._tokens), _numbers(self._extra[0])])
        documents = np.concatenate([documents, _numbers(self._extra[1])])
        places = np.concatenate([positions.astype(np.uint32), _numbers(self._extra[2])])
        # An accented form is a term of its own and stands in the second part only, in order.
        ranked = ranks[tokens]
        order = stable_order(ranked)
        counts = np.bincount(ranked, minlength=len(ordered)).astype(np.int64)
        return code_field(
            [t.encode("utf-8") for t in ordered],
            counts,
            documents[order].astype(np.int64),
            places[order].astype(np.int64) if self.positional else None,
        )


def _numbers(values: array[int]) -> npt.NDArray[np.uint32]:
    return np.frombuffer(values, np.uint32) if len(values) else np.zeros(0, np.uint32)


def stable_order(ranks: npt.NDArray[np.uint32]) -> Ints:
    """The order that sorts ranks and keeps equal ones as they stand.

    Two passes over 16 bits each: numpy sorts those by radix, wider numbers by merging.
    """
    order = np.argsort((ranks & 0xFFFF).astype(np.uint16), kind="stable")
    high = (ranks >> 16).astype(np.uint16)
    if len(high) and high.max():
        order = order[np.argsort(high[order], kind="stable")]
    return order


def code_field(
    terms_: list[bytes], counts: Ints, documents: Ints, positions: Ints | None
) -> Mapping[str, Array]:
    """The arrays of one field.

    terms_: ascending. counts: tokens of each term, at least 1. documents: of each token, by term,
    ascending within one. positions: of each token, ascending within a document; None for exact values.

    terms, term_starts: the terms, each followed by a line end, and where they begin. samples: every
    SAMPLED-th term. slots: for each
    term its index among the single or the several, shifted left by one; the low bit is set for single
    ones, which stand once in one document: single_documents, single_positions. Of the others:
    gaps (between documents, shifted left by one, the low bit set where the term stands there more than
    once), counts (of those), places (gaps between positions); starts of each in `*_starts`.
    """
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    is_single = counts == 1
    slots = np.where(is_single, np.cumsum(is_single) - 1, np.cumsum(~is_single) - 1)
    alone = starts[:-1][is_single]
    arrays: dict[str, Array] = {
        "terms": np.frombuffer(b"".join(t + b"\n" for t in terms_), np.uint8),
        "term_starts": np.cumsum([0, *(len(t) + 1 for t in terms_)]).astype(np.uint32),
        "samples": np.frombuffer(b"".join(t + b"\n" for t in terms_[::SAMPLED]), np.uint8),
        "slots": (slots << 1 | is_single).astype(np.uint32),
        "single_documents": documents[alone].astype(np.uint32),
    }
    if positions is not None:
        arrays["single_positions"] = positions[alone].astype(np.uint32)
    kept = np.repeat(~is_single, counts)
    documents = documents[kept]
    counts = counts[~is_single]
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    is_new = np.ones(len(documents), np.bool_)
    is_new[1:] = documents[1:] != documents[:-1]
    is_new[starts[:-1]] = True
    firsts = np.flatnonzero(is_new)
    frequencies = np.diff(np.append(firsts, len(documents)))
    posting_starts = np.searchsorted(firsts, starts)
    found = documents[firsts]
    gaps = np.diff(found, prepend=0)
    gaps[posting_starts[:-1]] = found[posting_starts[:-1]]
    is_many = frequencies > 1
    _put(arrays, "gaps", gaps << 1 | is_many, posting_starts)
    arrays["posting_starts"] = posting_starts.astype(np.uint32)
    many_before = np.zeros(len(is_many) + 1, np.int64)
    np.cumsum(is_many, out=many_before[1:])
    many_starts = many_before[posting_starts]
    arrays["count_starts"] = many_starts.astype(np.uint32)
    _put(arrays, "counts", frequencies[is_many] - 2, many_starts)
    if positions is not None:
        places = positions[kept]
        steps = np.diff(places, prepend=0)
        steps[firsts] = places[firsts]
        _put(arrays, "places", steps, starts)
        arrays["place_starts"] = starts.astype(np.uint32)
    return arrays


def join_fields(parts: Sequence[Mapping[str, Array]]) -> Mapping[str, Array]:
    """The arrays of one field from those of ranges of its terms, which follow each other (`code_field`)."""
    if len(parts) == 1:
        return parts[0]
    joined: dict[str, Array] = {}
    for name in parts[0]:
        arrays = [part[name] for part in parts]
        if name.endswith("_starts"):
            ends = np.cumsum([0, *(int(a[-1]) for a in arrays)])
            moved = [a[1:] + end for a, end in zip(arrays, ends[:-1].astype(np.uint32), strict=True)]
            arrays = [arrays[0][:1], *moved]
        elif name == "slots":
            arrays = _moved_slots(parts)
        joined[name] = np.concatenate(arrays)
    bounds, text = joined["term_starts"], joined["terms"]
    sampled = range(0, len(bounds) - 1, SAMPLED)
    joined["samples"] = np.concatenate([text[bounds[i] : bounds[i + 1]] for i in sampled])
    return joined


def _moved_slots(parts: Sequence[Mapping[str, Array]]) -> list[Array]:
    """The slots of each part, counted on from those of the parts before."""
    moved: list[Array] = []
    single = several = 0
    for part in parts:
        slots = part["slots"]
        moved.append(slots + np.where(slots & 1, single << 1, several << 1).astype(np.uint32))
        single += len(part["single_documents"])
        several += len(part["posting_starts"]) - 1
    return moved


def _put(arrays: dict[str, Array], name: str, values: Ints, starts: Ints) -> None:
    stream = coding.encode(values, starts)
    arrays[name] = stream.small
    arrays[f"{name}_16"] = stream.short
    arrays[f"{name}_32"] = stream.long
    arrays[f"{name}_16_starts"] = stream.short_starts
    arrays[f"{name}_32_starts"] = stream.long_starts
