"""What became of URLs, as the ledger has it; reading only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select

from storage.articles import key_of
from storage.asked import at_most
from storage.models import ARTICLE, PAGE
from storage.pages import STATES, State
from storage.rows import fits

_STREAM = 500  # pages in memory at once


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


def ledger_counts(conn: Connection, portal: str | None = None) -> list[tuple[str, str, str | None, int]]:
    """(kind, state, reason, count) of the ledger, the most frequent first within a kind."""
    columns = (PAGE.c.kind, PAGE.c.state, PAGE.c.reason)
    statement = select(*columns, func.count().label("number")).group_by(*columns)
    if not fits(portal or ""):
        return []
    if portal is not None:
        statement = statement.where(PAGE.c.portal == portal)
    rows = [(row.kind, row.state, row.reason, row.number) for row in conn.execute(statement)]
    return sorted(rows, key=lambda row: (row[0], -row[3], row[1], row[2] or ""))


def ledger_rows(
    conn: Connection, states: Sequence[State], portal: str | None = None, limit: int | None = None
) -> Iterator[LedgerRow]:
    """Pages in these states, the latest fetched first, read piece by piece; ValueError for no such state."""
    if isinstance(states, str) or set(states) - set(STATES):
        raise ValueError(f"states {states!r}: give a tuple of {', '.join(STATES)}")
    statement = _ledger().where(PAGE.c.state.in_(states))
    if portal is not None:
        statement = statement.where(PAGE.c.portal == portal)
    statement = statement.order_by(PAGE.c.last_fetch_at.desc().nulls_last(), PAGE.c.id)
    statement = statement.limit(at_most(limit))
    return _stream(conn, statement) if fits(portal or "") else iter(())


def _stream(conn: Connection, statement: Any) -> Iterator[LedgerRow]:
    with conn.execute(statement, execution_options={"yield_per": _STREAM}) as result:
        for row in result:
            yield _ledger_row(row)


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
