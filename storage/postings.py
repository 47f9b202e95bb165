"""The search index as one reader sees it: which articles, or pictures, hold which token, and the newest.

Documents are numbered from 0: those of the segments, one segment after the other, then the fresh ones. An
answer is an array of one truth value for each document, so that words and filters are put together by
numpy; a million documents take a megabyte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from storage import segments
from storage.models import SEARCH_FRESH
from storage.segment_rows import CHUNK, CHUNK_BITS, KINDS, Kind, packed_rows, read_keys, read_segments
from storage.segments import Bits
from storage.tokens import TOKEN_BITS, Numbers
from storage.types import to_json

_TOKEN = (1 << TOKEN_BITS) - 1


def indexed_keys(conn: Connection, kind: Kind) -> Numbers:
    """The sort keys of all documents, in no order."""
    postings = Postings(conn, kind)
    return postings.newest(postings.live, postings.size)[1]


class Postings:
    """All documents of one kind."""

    def __init__(self, conn: Connection, kind: Kind) -> None:
        self._conn = conn
        self.segments = read_segments(conn, kind)
        sizes = [segment.size for segment in self.segments]
        self._bases: list[int] = [0, *accumulate(sizes)]
        self._read_fresh(kind)
        self.size = self._packed + len(self.fresh_keys)
        self.live = np.ones(self.size, dtype=np.bool_)
        for segment, base in zip(self.segments, self._bases, strict=False):
            if segment.dead is not None:
                self.live[base : base + segment.size] = ~segment.dead
        self._read_chunks()

    @property
    def _packed(self) -> int:
        """Documents in segments."""
        return self._bases[-1]

    def _read_fresh(self, kind: Kind) -> None:
        table = SEARCH_FRESH.c
        statement = select(table.sort_key, table.tokens).where(table.kind == KINDS[kind])
        rows = conn_rows = self._conn.execute(statement.order_by(table.sort_key)).all()
        tokens = [np.frombuffer(row.tokens, "<i8") for row in conn_rows]
        self.fresh_keys = np.array([row.sort_key for row in rows], dtype=np.int64)
        self._fresh_tokens = np.concatenate(tokens) if tokens else np.empty(0, dtype=np.int64)
        self._fresh_docs = np.repeat(np.arange(len(tokens)), [len(t) for t in tokens]) + self._packed

    def _read_chunks(self) -> None:
        """Where the keys of which documents are, as arrays with one element for each chunk."""
        ids, begins, ends = [], [], []
        for segment, base in zip(self.segments, self._bases, strict=False):
            starts = np.arange(0, segment.size, CHUNK)
            begins.append(base + starts)
            ends.append(base + np.minimum(starts + CHUNK, segment.size))
            ids.append((segment.id << CHUNK_BITS) + np.arange(len(starts)))
        firsts = [segment.fences[:-1] for segment in self.segments]
        lasts = [segment.fences[1:] for segment in self.segments]
        self._ids, self._begins, self._ends, self._firsts, self._lasts = (
            np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
            for parts in (ids, begins, ends, firsts, lasts)
        )

    @property
    def span(self) -> tuple[int, int]:
        """The lowest and the highest sort key; (0, 0) without documents."""
        keys = np.concatenate([self._firsts, self._lasts, self.fresh_keys])
        return (int(keys.min()), int(keys.max())) if len(keys) else (0, 0)

    def none(self) -> Bits:
        return np.zeros(self.size, dtype=np.bool_)

    def holding(self, tokens: Iterable[int], among: Bits | None = None) -> Bits:
        """Documents that hold all the tokens; only segments with some of `among` are looked at."""
        wanted = list(dict.fromkeys(tokens))
        found = self.live if among is None else among
        # what is rare in one segment is rare in others: later tokens are looked up where some are left
        for at in range(0, len(wanted), 4):
            part = wanted[at : at + 4]
            numbers = [n for n, base in enumerate(self._bases[:-1]) if found[base : self._bases[n + 1]].any()]
            for bits in self._marked(part, numbers):
                found = found & bits
        return found

    def between(self, low: int, high: int) -> Bits:
        """Documents that hold a token of low…high, both included."""
        found = self.none()
        ranges = [
            (segment.id << TOKEN_BITS | low, segment.id << TOKEN_BITS | high) for segment in self.segments
        ]
        for number, first, page in self._pages(ranges):
            content = segments.unpack([(first & _TOKEN, page)], self.segments[number].size)
            tokens = content >> segments.DOC_BITS
            docs = content[(tokens >= low) & (tokens <= high)] & ((1 << segments.DOC_BITS) - 1)
            found[self._bases[number] + docs] = True
        fresh = (self._fresh_tokens >= low) & (self._fresh_tokens <= high)
        found[self._fresh_docs[fresh]] = True
        return found & self.live

    def _marked(self, tokens: Sequence[int], numbers: Sequence[int]) -> list[Bits]:
        """For each token the documents that hold it, in these segments and among the fresh ones."""
        found = [self.none() for _ in tokens]
        places = [(number, token) for number in numbers for token in range(len(tokens))]
        targets = [self.segments[number].id << TOKEN_BITS | tokens[token] for number, token in places]
        for target, first, page in self._pages([(target, target) for target in targets]):
            number, token = places[target]
            if first >> 32 == targets[target] >> 32:
                base = self._bases[number]
                size = self.segments[number].size
                segments.mark(page, tokens[token], size, found[token][base : base + size])
        for token, bits in zip(tokens, found, strict=True):
            bits[self._fresh_docs[self._fresh_tokens == token]] = True
        return found

    def _pages(self, ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int, bytes]]:
        """(number of the range, id, page) of pages that may have tokens of ranges of page ids."""
        if not ranges:
            return []
        low, high = [r[0] for r in ranges], [r[1] for r in ranges]
        if self._conn.dialect.name == "sqlite":
            pair = "json_extract(value, '$[0]') AS low, json_extract(value, '$[1]') AS high"
            targets = f"SELECT key AS number, {pair} FROM json_each(:ranges)"
            values: dict[str, object] = {"ranges": to_json(ranges)}
        else:
            targets = (
                "SELECT number - 1 AS number, low, high FROM unnest(CAST(:low AS bigint[]), "
                "CAST(:high AS bigint[])) WITH ORDINALITY AS r(low, high, number)"
            )
            values = {"low": low, "high": high}
        # the page that has `low` may begin before it
        begin = "coalesce((SELECT max(id) FROM search_page WHERE id <= t.low), t.low)"
        statement = (
            f"SELECT t.number, p.id, p.page FROM ({targets}) AS t "
            f"JOIN search_page AS p ON p.id >= {begin} AND p.id <= t.high"
        )
        rows = packed_rows(self._conn, statement, values)
        return [
            (number, page_id, page)
            for number, page_id, page in rows
            if page_id >> TOKEN_BITS == low[number] >> TOKEN_BITS
        ]

    def above(self, key: int) -> Bits:
        """Documents whose sort key is at least `key`."""
        found = self.none()
        found[self._packed :] = self.fresh_keys >= key
        for begin, end in zip(
            self._begins[self._firsts >= key], self._ends[self._firsts >= key], strict=True
        ):
            found[begin:end] = True
        docs, keys = self._keys(np.flatnonzero((self._firsts < key) & (self._lasts >= key)))
        found[docs] = keys >= key
        return found & self.live

    def with_keys(self, keys: Numbers, step: int = 1) -> Bits:
        """Documents whose sort key, rounded down to a multiple of `step`, is one of the sorted `keys`."""
        found = self.none()
        if not len(keys):
            return found
        found[self._packed :] = _are_in(self.fresh_keys - self.fresh_keys % step, keys)
        lows = self._firsts - self._firsts % step
        some = np.searchsorted(keys, lows) < np.searchsorted(keys, self._lasts, side="right")
        docs, own = self._keys(np.flatnonzero(some))
        found[docs] = _are_in(own - own % step, keys)
        return found & self.live

    def newest(self, hits: Bits, count: int, below: int | None = None) -> tuple[Numbers, Numbers]:
        """Numbers and sort keys of the newest `count` of `hits`, newest first; only keys under `below`."""
        fresh = np.flatnonzero(hits[self._packed :])
        all_docs, all_keys = fresh + self._packed, self.fresh_keys[fresh]
        if len(self._ids):
            number = np.add.reduceat(hits[: self._packed], self._begins, dtype=np.int64)
            some = number > 0 if below is None else (number > 0) & (self._firsts < below)
            order = np.flatnonzero(some)
            order = order[np.argsort(-self._firsts[order], kind="stable")]
            # a chunk of which a part is too new counts for nothing here
            sure = number[order] if below is None else np.where(self._lasts[order] < below, number[order], 0)
            enough = int(np.searchsorted(np.cumsum(sure), count))
            if enough < len(order):
                order = order[self._lasts[order] >= self._firsts[order[enough]]]
            docs, keys = self._keys(order)
            mine = hits[docs]
            all_docs, all_keys = np.append(docs[mine], all_docs), np.append(keys[mine], all_keys)
        if below is not None:
            kept = all_keys < below
            all_docs, all_keys = all_docs[kept], all_keys[kept]
        best = np.argsort(-all_keys, kind="stable")[:count]
        return all_docs[best], all_keys[best]

    def _keys(self, chunks: npt.NDArray[np.intp]) -> tuple[Numbers, Numbers]:
        """The documents of chunks, and their sort keys."""
        begins, sizes = self._begins[chunks], self._ends[chunks] - self._begins[chunks]
        starts = np.cumsum(sizes) - sizes
        docs: Numbers = np.repeat(begins - starts, sizes) + np.arange(int(sizes.sum()))
        return docs, read_keys(self._conn, self._ids[chunks].tolist())


def _are_in(numbers: Numbers, wanted: Numbers) -> Bits:
    """For each number whether it is one of `wanted`, which are sorted and at least one."""
    at = np.minimum(np.searchsorted(wanted, numbers), len(wanted) - 1)
    found: Bits = wanted[at] == numbers
    return found
