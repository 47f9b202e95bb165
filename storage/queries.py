"""Questions to the database, reading only: what commands and pages use in place of SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select

from crawler.identity import UrlError, url_key
from crawler.items import Article
from crawler.portals.registry import portal_of
from storage.filters import Filters
from storage.models import ABSENCE, ARTICLE, ARTICLE_IMAGE, PAGE, REVISION, RUN, STORY
from storage.pages import State
from storage.records import chunks, load, select_articles
from storage.rows import fits

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


class LedgerRow(NamedTuple):
    """What became of one URL."""

    url: str
    kind: str
    state: str
    reason: str | None
    attempts: int
    status: int | None
    first_seen_at: datetime
    last_fetch_at: datetime | None
    portal: str | None
    channel: str | None
    found_on: str | None
    """URL of the page that led to it."""
    article_id: int | None
    article_url: str | None
    """The article that it holds, or is a part of."""


def key_of(url: str) -> str:
    """The identity of a URL under its portal's rules; crawler.identity.UrlError for what is none."""
    url_key(url)  # what is no URL has no host either
    portal = portal_of(url)
    return url_key(url, portal.url_rules if portal else None)


def article_by(conn: Connection, reference: str) -> Found | None:
    """The article of an id, of its URL in any form, or of the URL of one of its parts; None if unknown."""
    if not fits(reference):
        return None  # nothing stored holds such text, and no database takes it
    statement = select_articles()
    if reference.isascii() and reference.isdigit():
        # beyond 63 bits the database would not understand the number
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
    for chunk in chunks(dict.fromkeys(keys), _STREAM):
        rows = conn.execute(select_articles().where(ARTICLE.c.url_key.in_(chunk))).all()
        by_key = {row.url_key: article for row, article in zip(rows, load(conn, rows), strict=True)}
        yield from (by_key[key] for key in chunk if key in by_key)


def all_articles(conn: Connection, filters: Filters | None = None) -> Iterator[Found]:
    """Every article in the order of storing, read piece by piece."""
    conditions = filters.conditions() if filters else []
    after = 0
    while True:
        statement = select_articles().where(ARTICLE.c.id > after, *conditions)
        rows = conn.execute(statement.order_by(ARTICLE.c.id).limit(_STREAM)).all()
        yield from (Found(row.id, article) for row, article in zip(rows, load(conn, rows), strict=True))
        if len(rows) < _STREAM:
            return
        after = rows[-1].id


def all_images(conn: Connection, filters: Filters | None = None) -> Iterator[ImageFound]:
    """Every use of a picture, article by article."""
    for found in all_articles(conn, filters):
        for number in range(1, len(found.article.images) + 1):
            yield ImageFound(found.id, found.article, number)


def count_articles(conn: Connection, filters: Filters | None = None) -> int:
    """How many articles all_articles() gives."""
    conditions = filters.conditions() if filters else []
    return conn.scalar(select(func.count()).select_from(ARTICLE).where(*conditions)) or 0


def newest(conn: Connection, filters: Filters | None = None, limit: int = 20) -> list[Found]:
    """The newest articles by publication; those without a time last."""
    conditions = filters.conditions() if filters else []
    statement = select_articles().where(*conditions).order_by(ARTICLE.c.sort_key.desc()).limit(limit)
    rows = conn.execute(statement).all()
    return [Found(row.id, article) for row, article in zip(rows, load(conn, rows), strict=True)]


def revisions(conn: Connection, article_id: int) -> list[dict[str, Any]]:
    """Earlier states of an article, oldest first: number, seen_at, changed, title, body_text, images."""
    columns = [REVISION.c[n] for n in ("number", "seen_at", "changed", "title", "body_text", "images")]
    statement = select(*columns).where(REVISION.c.article_id == article_id).order_by(REVISION.c.number)
    return [dict(row._mapping) for row in conn.execute(statement)]


def absences(conn: Connection, article_id: int) -> list[dict[str, Any]]:
    """Times at which the portal did not have an article, oldest first: gone_at, reason, returned_at."""
    columns = (ABSENCE.c.gone_at, ABSENCE.c.reason, ABSENCE.c.returned_at)
    statement = select(*columns).where(ABSENCE.c.article_id == article_id).order_by(ABSENCE.c.id)
    return [dict(row._mapping) for row in conn.execute(statement)]


def ledger_counts(conn: Connection, portal: str | None = None) -> list[tuple[str, str, str | None, int]]:
    """(kind, state, reason, count) of the ledger, the most frequent first within a kind."""
    columns = (PAGE.c.kind, PAGE.c.state, PAGE.c.reason)
    statement = select(*columns, func.count().label("number")).group_by(*columns)
    if portal is not None:
        statement = statement.where(PAGE.c.portal == portal)
    rows = [(row.kind, row.state, row.reason, row.number) for row in conn.execute(statement)]
    return sorted(rows, key=lambda row: (row[0], -row[3], row[1], row[2] or ""))


def ledger_rows(
    conn: Connection, states: Sequence[State], portal: str | None = None, limit: int | None = None
) -> list[LedgerRow]:
    """Pages in these states, the latest fetched first."""
    statement = _ledger().where(PAGE.c.state.in_(states))
    if portal is not None:
        statement = statement.where(PAGE.c.portal == portal)
    statement = statement.order_by(PAGE.c.last_fetch_at.desc().nulls_last(), PAGE.c.id).limit(limit)
    return [_ledger_row(row) for row in conn.execute(statement)]


def ledger_row(conn: Connection, url: str) -> LedgerRow | None:
    """What became of one URL; None when it was never seen. crawler.identity.UrlError for what is none."""
    row = conn.execute(_ledger().where(PAGE.c.url_key == key_of(url))).first()
    return _ledger_row(row) if row else None


_FROM = PAGE.alias("found_on_page")


def _ledger() -> Any:
    statement = select(PAGE, _FROM.c.url.label("from_url"), ARTICLE.c.url.label("article_url"))
    return statement.select_from(
        PAGE.outerjoin(_FROM, _FROM.c.id == PAGE.c.found_on).outerjoin(
            ARTICLE, ARTICLE.c.id == PAGE.c.article_id
        )
    )


def _ledger_row(row: Row[Any]) -> LedgerRow:
    return LedgerRow(
        url=row.url,
        kind=row.kind,
        state=row.state,
        reason=row.reason,
        attempts=row.attempts,
        status=row.last_status,
        first_seen_at=row.first_seen_at,
        last_fetch_at=row.last_fetch_at,
        portal=row.portal,
        channel=row.channel,
        found_on=row.from_url,
        article_id=row.article_id,
        article_url=row.article_url,
    )


def totals(conn: Connection) -> dict[str, int | str | None]:
    """How much there is of everything, and the days it spans."""
    count = func.count()

    def number(statement: Any) -> int:
        return conn.scalar(statement) or 0

    use = ARTICLE_IMAGE.c
    first, last = conn.execute(
        select(func.min(ARTICLE.c.published_day), func.max(ARTICLE.c.published_day))
    ).one()
    return {
        "articles": number(select(count).select_from(ARTICLE)),
        "portals": number(select(func.count(ARTICLE.c.portal.distinct()))),
        "pictures": number(select(count).select_from(ARTICLE_IMAGE)),
        "captions": number(select(count).select_from(ARTICLE_IMAGE).where(use.caption.is_not(None))),
        "credits": number(select(count).select_from(ARTICLE_IMAGE).where(use.credit.is_not(None))),
        "stories": number(select(count).select_from(STORY).where(STORY.c.size > 1)),
        "revisions": number(select(count).select_from(REVISION)),
        "pages": number(select(count).select_from(PAGE)),
        "runs": number(select(count).select_from(RUN)),
        "first_day": first,
        "last_day": last,
    }
