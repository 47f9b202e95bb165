"""The search index: what is put in when an article is stored, and taken out before it changes.

An inverted index of our own, the same on both databases, in ordinary tables: *segments* of up to 15,360
documents that are never changed, packed by storage.segments, and the few *fresh* documents that came last,
each with its tokens. SMALL fresh ones become a segment, and small segments are merged into larger ones; all
of it happens in the transaction that stores the articles. What is taken out of a segment is marked dead
until the segment is written anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from crawler.items import Article
from storage import entries
from storage.entries import Entry, State
from storage.merging import merge, write_segment
from storage.models import ARTICLE, PAGE, SEARCH_FRESH, SEARCH_SEGMENT
from storage.records import chunks, load, select_articles
from storage.rows import MAX_NUMBERED
from storage.segment_rows import CHUNK, CHUNK_BITS, KINDS, Kind, Segment, read_keys, read_segments
from storage.segments import SIZE

SMALL = 128  # fresh documents that become a segment: a query looks at each fresh one
_FEW = 10  # segments of about one size that are merged into one


def add(conn: Connection, articles: Sequence[tuple[int, Article]]) -> None:
    """Put (sort key, article) pairs and their images in; their rows and pages are written already."""
    known = states(conn, [key for key, _ in articles])
    ordered = sorted(articles, key=lambda pair: pair[0])
    indexed = [(key, article, known.get(key, State())) for key, article in ordered]
    _put(conn, "article", list(entries.article_entries(indexed)))
    _put(conn, "picture", list(entries.image_entries(indexed)))


def remove(conn: Connection, articles: Sequence[tuple[int, Article]]) -> None:
    """Take out (sort key, article) pairs, each article as it was when it was put in."""
    keys = [key for key, _ in articles]
    _take_out(conn, "article", keys)
    numbers = ((key, n) for key, a in articles for n in range(1, min(len(a.images), MAX_NUMBERED) + 1))
    _take_out(conn, "picture", [entries.picture_key(key, number) for key, number in numbers])


def same_entries(key: int, article: Article, old_key: int, old: Article) -> bool:
    """True when the index would hold the very same for both states of an article."""
    return key == old_key and entries.same(article, old)


def renew(conn: Connection, article_ids: Iterable[int]) -> None:
    """Put stored articles in anew, of which something else is known than before: changed, gone, back."""
    for chunk in chunks(article_ids):
        rows = conn.execute(select_articles().where(ARTICLE.c.id.in_(chunk))).all()
        keys = [row.sort_key for row in rows]
        pairs = list(zip(keys, load(conn, rows), strict=True))
        remove(conn, pairs)
        add(conn, pairs)


def channels(conn: Connection, article_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """The declared channels under which articles were found."""
    found: dict[int, frozenset[str]] = {}
    statement = select(PAGE.c.article_id, PAGE.c.channel).where(PAGE.c.channel.is_not(None))
    for chunk in chunks(article_ids):
        for article_id, name in conn.execute(statement.where(PAGE.c.article_id.in_(chunk))):
            found[article_id] = found.get(article_id, frozenset()) | {name}
    return found


def states(conn: Connection, keys: Iterable[int]) -> dict[int, State]:
    """What is known of the articles of these sort keys."""
    found: dict[int, State] = {}
    statement = select(ARTICLE.c.id, ARTICLE.c.sort_key, ARTICLE.c.changed_at, ARTICLE.c.gone_at)
    for chunk in chunks(keys):
        rows = conn.execute(statement.where(ARTICLE.c.sort_key.in_(chunk))).all()
        under = channels(conn, [row.id for row in rows])
        for row in rows:
            names = under.get(row.id, frozenset())
            found[row.sort_key] = State(names, row.changed_at is not None, row.gone_at is not None)
    return found


def purge(conn: Connection) -> None:
    """Write every segment anew that still holds words of what was taken out."""
    for kind in KINDS:
        for segment in read_segments(conn, kind):
            if segment.dead is not None:
                merge(conn, kind, [segment])


def optimize(conn: Connection) -> bool:
    """Merge one group of segments, neighbours in time, that fit into one; False when there is no such group.

    To be called again and again, best in one transaction each: a merge may take a second, and writers wait.
    """
    return any(
        _merge_group(conn, kind, group) for kind in KINDS for group in _groups(read_segments(conn, kind))
    )


def _groups(found: Iterable[Segment]) -> Iterator[list[Segment]]:
    """Segments that fit into one, by time."""
    group: list[Segment] = []
    for segment in sorted(found, key=lambda s: int(s.fences[0])):
        if group and sum(s.alive for s in group) + segment.alive > SIZE:
            yield group
            group = []
        group.append(segment)
    if group:
        yield group


def _merge_group(conn: Connection, kind: Kind, group: Sequence[Segment]) -> bool:
    worth_it = len(group) > 1 or any(segment.dead is not None for segment in group)
    if worth_it:
        merge(conn, kind, group)
    return worth_it


def _put(conn: Connection, kind: Kind, documents: list[Entry]) -> None:
    if not documents:
        return
    if len(documents) < SMALL:
        rows = [
            {"sort_key": entry.key, "kind": KINDS[kind], "tokens": entry.tokens.astype("<i8").tobytes()}
            for entry in documents
        ]
        conn.execute(insert(SEARCH_FRESH), rows)
        fresh = SEARCH_FRESH.c.kind == KINDS[kind]
        if (conn.scalar(select(func.count()).select_from(SEARCH_FRESH).where(fresh)) or 0) < SMALL:
            return
        kept = conn.execute(select(SEARCH_FRESH).where(fresh).order_by(SEARCH_FRESH.c.sort_key)).all()
        documents = [Entry(row.sort_key, np.frombuffer(row.tokens, "<i8")) for row in kept]
        conn.execute(delete(SEARCH_FRESH).where(fresh))
    for chunk in chunks(documents, SIZE):
        write_segment(conn, kind, chunk)
    _tidy(conn, kind)


def _take_out(conn: Connection, kind: Kind, keys: Sequence[int]) -> None:
    """Delete fresh documents, mark those of segments dead."""
    for chunk in chunks(keys):
        conn.execute(delete(SEARCH_FRESH).where(SEARCH_FRESH.c.sort_key.in_(chunk)))
    if not keys:
        return
    wanted = np.sort(np.array(keys, dtype=np.int64))
    worn = []
    for segment in read_segments(conn, kind):
        first, last = segment.fences[:-1], segment.fences[1:]
        some = np.flatnonzero(np.searchsorted(wanted, first) < np.searchsorted(wanted, last, side="right"))
        ids = (segment.id << CHUNK_BITS) + some
        dead = np.zeros(segment.size, dtype=np.bool_) if segment.dead is None else segment.dead.copy()
        before = int(dead.sum())
        docs = (some[:, None] * CHUNK + np.arange(CHUNK)).ravel()
        docs = docs[docs < segment.size]
        dead[docs] |= np.isin(read_keys(conn, ids.tolist()), wanted)
        if int(dead.sum()) > before:
            bits = np.packbits(dead, bitorder="little").tobytes()
            mine = SEARCH_SEGMENT.c.id == bindparam("segment")
            conn.execute(update(SEARCH_SEGMENT).where(mine), {"segment": segment.id, "dead": bits})
            if int(dead.sum()) * 4 > segment.size:
                worn.append(segment._replace(dead=dead))
    for segment in worn:
        merge(conn, kind, [segment])


def _tidy(conn: Connection, kind: Kind) -> None:
    """Merge segments of about one size where there are many."""
    for most in (SIZE // 12, SIZE // 2):
        least = 0 if most < SIZE // 2 else SIZE // 12
        some = sorted((s for s in read_segments(conn, kind) if least <= s.size < most), key=lambda s: s.size)
        while len(some) >= _FEW or sum(segment.size for segment in some) >= SIZE:
            taken: list[Segment] = []
            while some and sum(s.size for s in taken) + some[0].size <= SIZE:
                taken.append(some.pop(0))
            merge(conn, kind, taken)
