"""Looks whether the search index is whole, and says what the articles and pictures say.

Every row of it is read and unpacked once, a segment at a time. What is in it is compared for all documents by
their sort keys, and for some of each segment, as for all fresh ones, token by token.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, Select, func, select

from storage import index, segments
from storage.check_records import UNREADABLE, listed
from storage.entries import article_entries, article_key, image_entries
from storage.filters import COLUMNS
from storage.models import (
    ARTICLE,
    ARTICLE_IMAGE,
    PAGE,
    SEARCH_FRESH,
    SEARCH_KEYS,
    SEARCH_PAGE,
    SEARCH_SEGMENT,
)
from storage.postings import Postings, indexed_keys
from storage.records import chunks, load, select_articles
from storage.rows import KEY_STEP, MAX_NUMBERED
from storage.segment_rows import CHUNK, CHUNK_BITS, KINDS, Kind, rows_of
from storage.segments import DOC_BITS, SIZE
from storage.tokens import CHANGED, CODE_BITS, DECLARED, GONE, TOKEN_BITS, Numbers, marked, named

_SAMPLE = 200  # documents compared token by token, of each kind, at least
_LEAST = 20  # of each segment
_PAGES = 500  # read at once
_DOC = (1 << DOC_BITS) - 1
_TOKEN = (1 << TOKEN_BITS) - 1
_NAMES: dict[int, Kind] = {number: kind for kind, number in KINDS.items()}

Sample = dict[int, Numbers]
"""Tokens of documents by sort key."""


def problems(conn: Connection) -> Iterator[str]:
    """What is wrong with the search index, in words."""
    samples: dict[Kind, Sample] = {"article": {}, "picture": {}}
    broken = [*_segments(conn, samples), *_strays(conn), *_fresh(conn, samples)]
    yield from broken
    if broken:  # what reads the index would stumble over it
        return
    yield from _states(conn)
    use = ARTICLE_IMAGE.c
    pictures = select(ARTICLE.c.sort_key + KEY_STEP - use.number).where(use.number <= MAX_NUMBERED)
    pictures = pictures.join_from(ARTICLE, ARTICLE_IMAGE, use.article_id == ARTICLE.c.id)
    statements: dict[Kind, Select[Any]] = {"article": select(ARTICLE.c.sort_key), "picture": pictures}
    for kind, statement in statements.items():
        stored, entries = _keys(conn, statement), np.sort(indexed_keys(conn, kind))
        if number := len(np.setdiff1d(stored, entries)):
            yield f"{number} {kind}s are missing in the search index"
        if number := len(np.setdiff1d(entries, stored)):
            yield f"{number} entries of the search index stand for no {kind}"
        if number := len(entries) - len(np.unique(entries)):
            yield f"{number} {kind}s are in the search index twice"
    yield from _words(conn, samples)


def _segments(conn: Connection, samples: dict[Kind, Sample]) -> Iterator[str]:
    """What is wrong with each segment; puts tokens of some documents into `samples`."""
    rows = conn.execute(select(SEARCH_SEGMENT).order_by(SEARCH_SEGMENT.c.id)).all()
    numbers = {kind: sum(row.kind == number for row in rows) for kind, number in KINDS.items()}
    for row in rows:
        try:
            keys = _read_keys(conn, row)
            kind = _NAMES[row.kind]
            live = _live(row)
            wanted = np.zeros(row.size, dtype=np.bool_)
            most = max(_SAMPLE // numbers[kind], _LEAST)
            some = np.unique(np.linspace(0, len(live) - 1, most).astype(np.int64)) if len(live) else live
            wanted[live[some]] = True
            content = _read_pages(conn, row, wanted)
        except _Damage as damage:
            yield f"segment {row.id} of the search index is {damage}"
            continue
        docs = content & _DOC
        for doc in np.flatnonzero(wanted).tolist():
            samples[kind][int(keys[doc])] = content[docs == doc] >> DOC_BITS


class _Damage(Exception):
    """Rows of a segment that cannot be what was written."""


def _check(sound: bool, what: str) -> None:
    if not sound:
        raise _Damage(f"damaged: {what}")


def _read_keys(conn: Connection, row: Row[Any]) -> Numbers:
    """The sort keys of a segment's documents."""
    _check(row.kind in _NAMES and 0 < row.size <= SIZE, "its kind or size")
    number = -(-row.size // CHUNK)
    _check(len(row.fences) == 8 * (number + 1), "its fences")
    fences = np.frombuffer(row.fences, "<i8")
    own = SEARCH_KEYS.c.id.between(*rows_of(row.id, CHUNK_BITS))
    rows = conn.execute(select(SEARCH_KEYS).where(own).order_by(SEARCH_KEYS.c.id)).all()
    if [found.id for found in rows] != [(row.id << CHUNK_BITS) + n for n in range(number)]:
        raise _Damage("incomplete")
    packed = b"".join(found[1] for found in rows)
    _check(len(packed) == 8 * row.size, "its keys")
    keys = np.frombuffer(packed, "<i8")
    _check(bool((np.diff(keys) > 0).all()), "its keys")
    _check(bool((np.append(keys[::CHUNK], keys[-1]) == fences).all()), "its keys, or its fences")
    return keys


def _live(row: Row[Any]) -> Numbers:
    """Numbers of the documents that were not taken out."""
    if row.dead is None:
        return np.arange(row.size)
    _check(len(row.dead) == -(-row.size // 8), "its list of what was taken out")
    bits = np.unpackbits(np.frombuffer(row.dead, np.uint8), count=row.size, bitorder="little")
    return np.flatnonzero(bits == 0)


def _read_pages(conn: Connection, row: Row[Any], wanted: segments.Bits) -> Numbers:
    """The pairs of wanted documents, by token; every page of the segment is unpacked."""
    found = []
    low, high = rows_of(row.id, TOKEN_BITS)
    last, seen = -1, False
    statement = select(SEARCH_PAGE).order_by(SEARCH_PAGE.c.id).limit(_PAGES)
    while pages := conn.execute(statement.where(SEARCH_PAGE.c.id.between(low, high))).all():
        seen = True
        for page_id, page in pages:
            first = page_id & _TOKEN
            content = segments.sound(first, page, row.size)
            if content is None or first <= last:
                raise _Damage(f"damaged: its page {first}")
            last = int(content.max()) >> DOC_BITS
            found.append(content[wanted[content & _DOC]])
        low = pages[-1].id + 1
    if not seen:
        raise _Damage("incomplete")
    return np.sort(np.concatenate(found))


def _strays(conn: Connection) -> Iterator[str]:
    """Rows of segments that are not there."""
    segment_ids = conn.scalars(select(SEARCH_SEGMENT.c.id)).all()
    for table, bits in ((SEARCH_KEYS, CHUNK_BITS), (SEARCH_PAGE, TOKEN_BITS)):
        count = select(func.count()).select_from(table)
        own = sum(
            conn.scalar(count.where(table.c.id.between(*rows_of(number, bits)))) or 0
            for number in segment_ids
        )
        if number := (conn.scalar(count) or 0) - own:
            yield f"{number} rows of {table.name} belong to no segment of the search index"


def _fresh(conn: Connection, samples: dict[Kind, Sample]) -> Iterator[str]:
    for row in conn.execute(select(SEARCH_FRESH).order_by(SEARCH_FRESH.c.sort_key)).all():
        whole = row.kind in _NAMES and len(row.tokens) % 8 == 0
        tokens = np.frombuffer(row.tokens, "<i8") if whole else np.zeros(2, dtype=np.int64)
        if (np.diff(tokens) > 0).all():
            samples[_NAMES[row.kind]][row.sort_key] = tokens
        else:
            yield f"the fresh entry {row.sort_key} of the search index is damaged"


def _words(conn: Connection, samples: dict[Kind, Sample]) -> Iterator[str]:
    """Articles of which the index has other tokens than they, or their pictures, give."""
    differing: set[int] = set()
    keys = {article_key(key) for sample in samples.values() for key in sample}
    for chunk in chunks(sorted(keys), 100):
        rows = _rows(conn, chunk)
        articles = [(row.sort_key, article) for row, article in rows]
        states = index.states(conn, [key for key, _ in articles])
        indexed = [(key, article, states[key]) for key, article in articles]
        ids = {row.sort_key: row.id for row, _ in rows}
        for sample, entries in ((samples["article"], article_entries), (samples["picture"], image_entries)):
            for entry in entries(indexed):
                has = sample.get(entry.key)
                if has is not None and not np.array_equal(_said(has), _said(entry.tokens)):
                    differing.add(ids[article_key(entry.key)])
    message = "the search index does not have what article {} says"
    yield from listed((message.format(number) for number in sorted(differing)), "articles it does not have")


def _said(tokens: Numbers) -> Numbers:
    """Tokens but for those of the state of an article, which _states() compares."""
    return tokens[~np.isin(tokens >> CODE_BITS, (CHANGED, GONE, DECLARED))]


def _rows(conn: Connection, keys: Sequence[int]) -> list[tuple[Row[Any], Any]]:
    """Rows of articles by sort key, and the articles; those that cannot be read are told elsewhere."""
    statement = select_articles()
    try:
        rows = conn.execute(statement.where(ARTICLE.c.sort_key.in_(keys))).all()
        return list(zip(rows, load(conn, rows), strict=True))
    except UNREADABLE:
        if len(keys) == 1:
            return []
        return [pair for key in keys for pair in _rows(conn, [key])]


def _states(conn: Connection) -> Iterator[str]:
    """What the search index knows of articles besides what they say."""
    postings = Postings(conn, "article")

    def differing(statement: Select[Any], token: int) -> int:
        indexed = postings.newest(postings.holding([token]), postings.size)[1]
        return len(np.setxor1d(_keys(conn, statement), indexed))

    for name, mark in (("changed", CHANGED), ("gone", GONE)):
        flagged = select(ARTICLE.c.sort_key).where(COLUMNS[name].is_not(None))
        if number := differing(flagged, marked(mark, 1)):
            yield f"of {number} articles the search index does not know whether they are {name}"
    under = select(ARTICLE.c.sort_key).distinct().join(PAGE, PAGE.c.article_id == ARTICLE.c.id)
    names = (
        select(PAGE.c.channel).distinct().where(PAGE.c.channel.is_not(None), PAGE.c.article_id.is_not(None))
    )
    for channel in conn.scalars(names).all():
        if number := differing(under.where(PAGE.c.channel == channel), named(DECLARED, channel)):
            yield f"of {number} articles the search index does not know whether channel {channel} has them"


def _keys(conn: Connection, statement: Select[Any]) -> Numbers:
    return np.sort(np.fromiter(conn.execution_options(yield_per=10_000).scalars(statement), np.int64))
