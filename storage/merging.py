"""Segments of the search index as rows: written once, merged into larger ones, deleted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from sqlalchemy import Connection, delete, insert, select

from storage import segments
from storage.entries import Entry
from storage.models import SEARCH_KEYS, SEARCH_PAGE, SEARCH_SEGMENT
from storage.segment_rows import CHUNK, CHUNK_BITS, KINDS, Kind, Segment, rows_of
from storage.tokens import TOKEN_BITS, Numbers

_MAX_SEGMENTS = 1 << 17  # ids that fit beside a token
_SLICE = 300  # pages read at once: some hundred thousand pairs
_PACKED = 1_000_000  # pairs packed at once
_TOKEN = (1 << TOKEN_BITS) - 1


def write_segment(conn: Connection, kind: Kind, documents: Sequence[Entry]) -> None:
    """Put up to segments.SIZE documents, ordered by key, in as one segment."""
    keys = np.array([entry.key for entry in documents], dtype=np.int64)
    content = np.empty(sum(len(entry.tokens) for entry in documents), dtype=np.int64)
    at = 0
    for number, entry in enumerate(documents):
        end = at + len(entry.tokens)
        # one after the other: all at once would take twice the memory
        content[at:end] = segments.pairs(entry.tokens, number)
        at = end
    content.sort(kind="stable")
    segment_id = _new_segment(conn, kind, keys)
    _write_pages(conn, segment_id, content, len(documents))


def merge(conn: Connection, kind: Kind, sources: Sequence[Segment]) -> None:
    """Write one segment of what lives of several, in their place."""
    keys, numbers = _live_keys(conn, sources)
    if len(keys):
        segment_id = _new_segment(conn, kind, keys)
        for content in _slices(conn, sources, numbers):
            _write_pages(conn, segment_id, content, len(keys))
    for source in sources:
        for column, bits in ((SEARCH_PAGE.c.id, TOKEN_BITS), (SEARCH_KEYS.c.id, CHUNK_BITS)):
            own = column.between(*rows_of(source.id, bits))
            conn.execute(delete(column.table).where(own))
        conn.execute(delete(SEARCH_SEGMENT).where(SEARCH_SEGMENT.c.id == source.id))


def _new_segment(conn: Connection, kind: Kind, keys: Numbers) -> int:
    """A segment's rows but for its pages; its id is the smallest that is free."""
    taken = set(conn.scalars(select(SEARCH_SEGMENT.c.id)))
    segment_id = next(number for number in range(1, _MAX_SEGMENTS) if number not in taken)
    fences = np.append(keys[::CHUNK], keys[-1]).astype("<i8").tobytes()
    row = {"id": segment_id, "kind": KINDS[kind], "size": len(keys), "fences": fences, "dead": None}
    conn.execute(insert(SEARCH_SEGMENT), [row])
    rows = [
        {"id": (segment_id << CHUNK_BITS) + number, "keys": keys[at : at + CHUNK].astype("<i8").tobytes()}
        for number, at in enumerate(range(0, len(keys), CHUNK))
    ]
    conn.execute(insert(SEARCH_KEYS), rows)
    return segment_id


def _write_pages(conn: Connection, segment_id: int, content: Numbers, size: int) -> None:
    base = segment_id << TOKEN_BITS
    at = 0
    while at < len(content):
        # packing takes several times the memory of what it packs
        next_token = (int(content[min(at + _PACKED, len(content)) - 1]) >> segments.DOC_BITS) + 1
        end = int(np.searchsorted(content, next_token << segments.DOC_BITS))
        rows = [{"id": base | first, "page": page} for first, page in segments.pack(content[at:end], size)]
        conn.execute(insert(SEARCH_PAGE), rows)
        at = end


def _live_keys(conn: Connection, sources: Sequence[Segment]) -> tuple[Numbers, list[Numbers]]:
    """The sort keys of what lives, sorted, and for each source the new number of each document, or -1."""
    keys = []
    for source in sources:
        own = SEARCH_KEYS.c.id.between(*rows_of(source.id, CHUNK_BITS))
        rows = conn.scalars(select(SEARCH_KEYS.c["keys"]).where(own).order_by(SEARCH_KEYS.c.id))
        keys.append(np.frombuffer(b"".join(rows), "<i8"))
    alive = [
        np.ones(source.size, dtype=np.bool_) if source.dead is None else ~source.dead for source in sources
    ]
    all_keys, live = np.concatenate(keys), np.concatenate(alive)
    order = np.argsort(all_keys, kind="stable")
    order = order[live[order]]
    numbers = np.full(len(all_keys), -1, dtype=np.int64)
    numbers[order] = np.arange(len(order))
    return all_keys[order], np.split(numbers, np.cumsum([source.size for source in sources])[:-1])


def _slices(conn: Connection, sources: Sequence[Segment], numbers: Sequence[Numbers]) -> Iterator[Numbers]:
    """The pairs of all sources with their new numbers, sorted, some tokens at a time."""
    firsts: list[list[int]] = []
    for source in sources:
        pages = SEARCH_PAGE.c.id.between(*rows_of(source.id, TOKEN_BITS))
        ids = conn.scalars(select(SEARCH_PAGE.c.id).where(pages).order_by(SEARCH_PAGE.c.id))
        firsts.append([page_id & _TOKEN for page_id in ids])
    every = sorted(first for own in firsts for first in own)
    bounds = [*dict.fromkeys(every[::_SLICE]), _TOKEN]
    for low, high in pairwise(bounds):
        parts = []
        for source, own, renumbered in zip(sources, firsts, numbers, strict=True):
            # the page that has `low` may begin before it
            begin, end = max(bisect_right(own, low) - 1, 0), bisect_left(own, high)
            if begin < end:
                content = _read(conn, source, own[begin], own[end - 1])
                tokens = content >> segments.DOC_BITS
                content = content[(tokens >= low) & (tokens < high)]
                parts.append(segments.renumbered(content, renumbered))
        yield segments.merge(parts)


def _read(conn: Connection, source: Segment, first: int, last: int) -> Numbers:
    """The pairs of a source's pages from one to another."""
    base = source.id << TOKEN_BITS
    statement = select(SEARCH_PAGE).where(SEARCH_PAGE.c.id.between(base | first, base | last))
    rows = conn.execute(statement.order_by(SEARCH_PAGE.c.id))
    return segments.unpack([(row.id & _TOKEN, row.page) for row in rows], source.size)
