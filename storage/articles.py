"""Articles as they are stored: one by what it is known by, many in pieces, and what became of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Connection, func, select

from crawler.identity import UrlError, url_key
from crawler.items import Article
from crawler.portals.registry import portal_of
from storage.asked import at_most, is_id
from storage.chosen import chosen_ids, in_pieces
from storage.filters import Filters
from storage.models import ABSENCE, ARTICLE, PAGE, REVISION
from storage.records import chunks, load, select_articles
from storage.rows import KEY_STEP, fits

_STREAM = 200  # articles in memory at once while many are read


class Found(NamedTuple):
    """An article with its number in this database."""

    id: int
    article: Article


class ImageFound(NamedTuple):
    """A use of a picture, with its article."""

    article_id: int
    article: Article
    number: int
    """Which of the article's pictures it is, from 1."""


def key_of(url: str) -> str:
    """The identity of a URL under its portal's rules; crawler.identity.UrlError for what is none."""
    url_key(url)  # what is no URL has no host either
    portal = portal_of(url)
    return url_key(url, portal.url_rules if portal else None)


def article_by(conn: Connection, reference: str | int) -> Found | None:
    """The article of an id, of its URL in any form, or of the URL of one of its parts; None if unknown."""
    reference = str(reference)
    if not fits(reference):
        return None  # nothing stored holds such text, and no database takes it
    statement = select_articles()
    if reference.isascii() and reference.isdigit():
        # more digits than an id has are not even made a number
        where = [ARTICLE.c.id == int(reference)] if len(reference) < 19 else []
    else:
        where = [ARTICLE.c.url == reference]
        try:
            key = key_of(reference)
        except UrlError:
            key = None
        if key is not None:
            part = select(PAGE.c.article_id).where(PAGE.c.url_key == key).scalar_subquery()
            where = [ARTICLE.c.url_key == key, ARTICLE.c.url == reference, ARTICLE.c.id == part]
    for condition in where:
        rows = conn.execute(statement.where(condition).limit(1)).all()
        if rows:
            return Found(rows[0].id, load(conn, rows)[0])
    return None


def articles_by_keys(conn: Connection, keys: Sequence[str]) -> Iterator[Article]:
    """The articles of these url_keys in the order given, each once; unknown keys are left out."""
    for chunk in chunks(dict.fromkeys(key for key in keys if fits(key)), _STREAM):
        rows = conn.execute(select_articles().where(ARTICLE.c.url_key.in_(chunk))).all()
        by_key = {row.url_key: article for row, article in zip(rows, load(conn, rows), strict=True)}
        yield from (by_key[key] for key in chunk if key in by_key)


def all_articles(conn: Connection, filters: Filters | None = None, *, since_id: int = 0) -> Iterator[Found]:
    """Every article with an id above `since_id`, in the order of storing, read piece by piece."""
    after = max(since_id, 0)
    if filters:
        yield from articles_by_ids(conn, chosen_ids(conn, filters, after))
        return
    while after == 0 or is_id(after):
        statement = select_articles().where(ARTICLE.c.id > after)
        rows = conn.execute(statement.order_by(ARTICLE.c.id).limit(_STREAM)).all()
        yield from (Found(row.id, article) for row, article in zip(rows, load(conn, rows), strict=True))
        if len(rows) < _STREAM:
            return
        after = rows[-1].id


def articles_by_ids(conn: Connection, ids: Iterable[int]) -> Iterator[Found]:
    """The articles of these ids in ascending order, read piece by piece; unknown ids are left out."""
    for chunk in in_pieces(filter(is_id, ids), _STREAM):
        rows = conn.execute(select_articles().where(ARTICLE.c.id.in_(chunk)).order_by(ARTICLE.c.id)).all()
        yield from (Found(row.id, article) for row, article in zip(rows, load(conn, rows), strict=True))


def all_images(
    conn: Connection,
    filters: Filters | None = None,
    *,
    since_id: int = 0,
    uses: Iterable[tuple[int, int]] | None = None,
) -> Iterator[ImageFound]:
    """Every use of a picture, article by article, of articles with an id above `since_id`.

    `uses`, as (article's id, number), narrows it to these, to which the filters were applied already.
    """
    if uses is None:
        for found in all_articles(conn, filters, since_id=since_id):
            for number in range(1, len(found.article.images) + 1):
                yield ImageFound(found.id, found.article, number)
        return
    # one number for both: two million pairs take 16 MB
    both = (article_id * KEY_STEP + number for article_id, number in uses if article_id > since_id)
    keys = np.sort(np.fromiter(filter(is_id, both), np.int64))
    for piece in np.array_split(keys, max(len(keys) // _STREAM, 1)):
        wanted: dict[int, list[int]] = {}
        for key in piece.tolist():
            wanted.setdefault(key // KEY_STEP, []).append(key % KEY_STEP)
        for found in articles_by_ids(conn, list(wanted)):
            for number in wanted[found.id]:
                yield ImageFound(found.id, found.article, number)


def count_articles(conn: Connection, filters: Filters | None = None) -> int:
    """How many articles all_articles() gives."""
    conditions = filters.conditions() if filters else []
    return conn.scalar(select(func.count()).select_from(ARTICLE).where(*conditions)) or 0


def newest(conn: Connection, filters: Filters | None = None, limit: int = 20) -> list[Found]:
    """The newest articles by publication; those without a time last."""
    conditions = filters.conditions() if filters else []
    statement = select_articles().where(*conditions).order_by(ARTICLE.c.sort_key.desc())
    rows = conn.execute(statement.limit(at_most(limit))).all()
    return [Found(row.id, article) for row, article in zip(rows, load(conn, rows), strict=True)]


def revisions(conn: Connection, article_id: int) -> list[dict[str, Any]]:
    """Earlier states of an article, oldest first: number, seen_at, changed, title, body_text, images."""
    if not is_id(article_id):
        return []
    columns = [REVISION.c[n] for n in ("number", "seen_at", "changed", "title", "body_text", "images")]
    statement = select(*columns).where(REVISION.c.article_id == article_id).order_by(REVISION.c.number)
    return [dict(row._mapping) for row in conn.execute(statement)]


def absences(conn: Connection, article_id: int) -> list[dict[str, Any]]:
    """Times at which the portal did not have an article, oldest first: gone_at, reason, returned_at."""
    if not is_id(article_id):
        return []
    columns = (ABSENCE.c.gone_at, ABSENCE.c.reason, ABSENCE.c.returned_at)
    statement = select(*columns).where(ABSENCE.c.article_id == article_id).order_by(ABSENCE.c.id)
    return [dict(row._mapping) for row in conn.execute(statement)]
