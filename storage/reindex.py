"""Makes the search index anew from the stored articles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, text

from crawler.items import Article, Image, Source
from storage.entries import Entry, Indexed, State, article_entries, image_entries
from storage.merging import write_segment
from storage.records import chunks
from storage.segment_rows import Kind
from storage.segments import SIZE

Progress = Callable[[int, int], None]

_PIECE = 500  # articles read at once
# named one by one: a migration may run before the tables have all columns of today's models
_ARTICLES = text(
    "SELECT id, sort_key, portal, channel, title, subtitle, published_day, source_name, editor, duty_editor, "
    "authors, body_text, changed_at IS NOT NULL AS changed, gone_at IS NOT NULL AS gone FROM article "
    "WHERE sort_key > :after ORDER BY sort_key LIMIT :piece"
)
_IMAGES = text(
    "SELECT i.article_id, i.alt, i.caption, i.credit FROM article_image AS i JOIN article AS a "
    "ON a.id = i.article_id WHERE a.sort_key BETWEEN :first AND :last ORDER BY i.article_id, i.number"
)
_CHANNELS = text(
    "SELECT a.id, p.channel FROM page AS p JOIN article AS a ON a.id = p.article_id "
    "WHERE a.sort_key BETWEEN :first AND :last AND p.channel IS NOT NULL"
)


def reindex(conn: Connection, progress: Progress | None = None) -> int:
    """Write the whole index from the tables, oldest first, in the caller's transaction; how many articles.

    The result is as good as the index gets: full segments, one after the other in time. `progress` is called
    with the articles done and all of them.
    """
    for table in ("search_segment", "search_keys", "search_page", "search_fresh"):
        conn.execute(text(f"DELETE FROM {table}"))
    waiting: dict[Kind, list[Entry]] = {"article": [], "picture": []}
    number = 0
    total = conn.scalar(text("SELECT count(*) FROM article")) or 0
    for chunk in chunks(_stored(conn), _PIECE):
        number += len(chunk)
        waiting["article"] += article_entries(chunk)
        waiting["picture"] += image_entries(chunk)
        _write(conn, waiting, SIZE)
        if progress is not None:
            progress(number, total)
    _write(conn, waiting, 1)
    return number


def _write(conn: Connection, waiting: dict[Kind, list[Entry]], least: int) -> None:
    for kind, documents in waiting.items():
        while len(documents) >= least:
            write_segment(conn, kind, documents[:SIZE])
            del documents[:SIZE]


def _stored(conn: Connection) -> Iterator[Indexed]:
    """(sort key, article with what the index needs of it, its state), oldest first."""
    after = -1
    while rows := conn.execute(_ARTICLES, {"after": after, "piece": _PIECE}).all():
        span = {"first": rows[0].sort_key, "last": rows[-1].sort_key}
        after = rows[-1].sort_key
        images: dict[int, list[Image]] = {}
        for row in conn.execute(_IMAGES, span):
            image = Image("", 0, alt=row.alt, caption=row.caption, credit=row.credit)
            images.setdefault(row.article_id, []).append(image)
        channels: dict[int, set[str]] = {}
        for row in conn.execute(_CHANNELS, span):
            channels.setdefault(row.id, set()).add(row.channel)
        for row in rows:
            article = Article(
                "",
                row.title,
                portal=row.portal,
                channel=json.loads(row.channel),
                subtitle=row.subtitle,
                published_at=row.published_day,
                source=None if row.source_name is None else Source(row.source_name),
                authors=json.loads(row.authors),
                editor=row.editor,
                duty_editor=row.duty_editor,
                body_text=row.body_text,
                images=images.get(row.id, []),
            )
            state = State(frozenset(channels.get(row.id, ())), bool(row.changed), bool(row.gone))
            yield row.sort_key, article, state
