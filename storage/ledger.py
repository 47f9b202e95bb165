"""The ledger: one row for every URL ever seen and what became of it. Its operations."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update

from storage.models import ARTICLE, PAGE
from storage.pages import (
    BAD_STATES,
    KINDS,
    STATES,
    Found,
    Kind,
    PageRow,
    State,
    discover,
    page_row,
    rows_by_key,
)
from storage.records import chunks
from storage.rows import storable

__all__ = [
    "BAD_STATES",
    "KINDS",
    "STATES",
    "Discover",
    "FinishList",
    "Found",
    "Kind",
    "Mark",
    "MarkReachedEnd",
    "OpenLists",
    "PageRow",
    "Reopen",
    "State",
    "due_pages",
    "open_pages",
]


@dataclass(frozen=True, slots=True)
class Discover:
    """Write down URLs before they are fetched; rows in the order of `found`, known ones as they are."""

    portal: str | None
    run_id: int | None
    found: Sequence[Found]
    found_on: int | None = None
    """Ledger row of the page with the links."""

    def apply(self, conn: Connection) -> list[PageRow]:
        return discover(conn, self.portal, self.run_id, self.found, self.found_on)


@dataclass(frozen=True, slots=True)
class OpenLists:
    """Write down list pages that this run will fetch; known ones are open again."""

    portal: str | None
    run_id: int | None
    found: Sequence[Found]
    found_on: int | None = None
    """Ledger row of the list page that leads to them."""

    def apply(self, conn: Connection) -> list[PageRow]:
        rows = discover(conn, self.portal, self.run_id, self.found, self.found_on)
        reopened = {"state": "discovered", "reason": None, "not_before": None, "run_id": self.run_id}
        for chunk in chunks({row.id for row in rows}):
            conn.execute(update(PAGE).where(PAGE.c.id.in_(chunk)).values(reopened))
        again = rows_by_key(conn, [row.url_key for row in rows])
        return [page_row(again[row.url_key], row.is_new) for row in rows]


@dataclass(frozen=True, slots=True)
class FinishList:
    """A list page was read: it is done in the transaction that writes its links. Returns their rows."""

    page_id: int
    run_id: int | None
    portal: str | None
    found: Sequence[Found]
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    walk_id: int | None = None
    """First page of the walk down this list: with a new link here it is no longer known to its end."""

    def apply(self, conn: Connection) -> list[PageRow]:
        now = datetime.now(UTC)
        values: dict[str, Any] = {
            "state": "done",
            "reason": None,
            "attempts": PAGE.c.attempts + 1,
            "last_fetch_at": now,
            "last_status": self.status,
            "etag": storable(self.etag),
            "last_modified": storable(self.last_modified),
            "not_before": None,
            "run_id": self.run_id,
        }
        conn.execute(update(PAGE).where(PAGE.c.id == self.page_id).values(values))
        rows = discover(conn, self.portal, self.run_id, self.found, self.page_id)
        if self.walk_id is not None and any(row.is_new for row in rows):
            # a run that is killed before the next page must not leave a gap below links that are known now
            conn.execute(update(PAGE).where(PAGE.c.id == self.walk_id).values(reached_end_at=None))
        return rows


@dataclass(frozen=True, slots=True)
class MarkReachedEnd:
    """From this list page down every link is in the ledger."""

    page_id: int

    def apply(self, conn: Connection) -> None:
        conn.execute(update(PAGE).where(PAGE.c.id == self.page_id).values(reached_end_at=datetime.now(UTC)))


@dataclass(frozen=True, slots=True)
class Mark:
    """Write down what became of a page; counts an attempt, but for `postponed`, which fetches nothing.

    Of a page whose article is stored, storage.visits tells.
    """

    page_id: int
    state: State
    reason: str | None = None
    status: int | None = None
    """HTTP status; None when there was no answer."""
    extractor: str | None = None
    """Version of the rules that could not read it."""
    article_id: int | None = None
    """The article it belongs to; None leaves what is known."""
    not_before: datetime | None = None
    """When to try again at the earliest."""

    def apply(self, conn: Connection) -> None:
        now = datetime.now(UTC)
        values: dict[str, Any] = {
            "state": self.state,
            "reason": storable(self.reason),
            "extractor": self.extractor,
            "not_before": self.not_before,
        }
        if self.state != "postponed":
            values |= {
                "attempts": PAGE.c.attempts + 1,
                "last_fetch_at": now,
                "last_status": self.status,
            }
        if self.article_id is not None:
            values["article_id"] = self.article_id
        conn.execute(update(PAGE).where(PAGE.c.id == self.page_id).values(values))


@dataclass(frozen=True, slots=True)
class Reopen:
    """Put rows back to `discovered`; returns how many."""

    states: Sequence[State]
    portal: str | None = None
    """None: every portal."""
    url_keys: Collection[str] | None = None
    """None: every URL."""

    def apply(self, conn: Connection) -> int:
        where: list[ColumnElement[bool]] = [PAGE.c.state.in_(self.states)]
        if self.portal is not None:
            where.append(PAGE.c.portal == self.portal)
        if self.url_keys is not None:
            where.append(PAGE.c.url_key.in_(self.url_keys))
        values = {"state": "discovered", "reason": None, "not_before": None}
        return conn.execute(update(PAGE).where(*where).values(values)).rowcount


def open_pages(
    conn: Connection,
    portal: str,
    *,
    channels: Collection[str] | None = None,
    url_keys: Collection[str] | None = None,
    include_postponed: bool = False,
    since: date | None = None,
    until: date | None = None,
    extractor: str | None = None,
) -> list[PageRow]:
    """Article pages that are still to be fetched for the first time, in the order they were found.

    `channels` keeps those found in one of them; `url_keys` those pages, and what was found on them or on
    pages found on them. With `include_postponed` also postponed ones, whose day (where known) is within
    `since` and `until`, inclusive. With `extractor`, the version of today's rules, also pages that the
    rules of another version could not read.
    """
    due = and_(
        PAGE.c.state == "discovered",
        or_(PAGE.c.not_before.is_(None), PAGE.c.not_before <= datetime.now(UTC)),
    )
    if include_postponed:
        within: list[ColumnElement[bool]] = [PAGE.c.state == "postponed"]
        if since:
            within.append(or_(PAGE.c.day_hint.is_(None), PAGE.c.day_hint >= since.isoformat()))
        if until:
            within.append(or_(PAGE.c.day_hint.is_(None), PAGE.c.day_hint <= until.isoformat()))
        due = or_(due, and_(*within))
    if extractor is not None:
        unread = and_(PAGE.c.state == "failed", PAGE.c.extractor.is_not(None), PAGE.c.extractor != extractor)
        due = or_(due, unread)
    statement = select(PAGE).where(PAGE.c.portal == portal, PAGE.c.kind == "article", due).order_by(PAGE.c.id)
    statement = _among(statement, channels, url_keys)
    return [page_row(row, False) for row in conn.execute(statement)]


def due_pages(
    conn: Connection,
    portal: str,
    *,
    channels: Collection[str] | None = None,
    since: date | None = None,
    until: date | None = None,
    every: bool = False,
) -> list[PageRow]:
    """Pages of stored articles that are due for another visit, the longest due first.

    With `every` all stored ones, due or not. `channels`, `since` and `until` as for open_pages(); a page is
    asked for on condition that it changed, unless its article has several pages.
    """
    own = PAGE.alias("own")
    where: list[ColumnElement[bool]] = [
        PAGE.c.portal == portal,
        PAGE.c.kind == "article",
        PAGE.c.state.in_(("stored", "gone")),
        # not the other addresses of an article, unless its own only ever came by a redirect or a claim
        or_(
            PAGE.c.url_key == ARTICLE.c.url_key,
            ~exists(
                select(own.c.id).where(
                    own.c.url_key == ARTICLE.c.url_key,
                    own.c.article_id == ARTICLE.c.id,
                    own.c.kind == "article",
                    own.c.state.in_(("stored", "gone")),
                )
            ),
        ),
    ]
    if not every:
        where.append(PAGE.c.not_before <= datetime.now(UTC))
    if since:
        where.append(or_(PAGE.c.day_hint.is_(None), PAGE.c.day_hint >= since.isoformat()))
    if until:
        where.append(or_(PAGE.c.day_hint.is_(None), PAGE.c.day_hint <= until.isoformat()))
    statement = select(PAGE, ARTICLE.c.pages.label("article_pages"))
    statement = statement.join(ARTICLE, ARTICLE.c.id == PAGE.c.article_id).where(*where)
    statement = _among(statement, channels, None).order_by(PAGE.c.not_before, PAGE.c.id)
    return [_to_visit(row) for row in conn.execute(statement)]


def _to_visit(row: Any) -> PageRow:
    page = page_row(row, False)
    if row.article_pages > 1 or row.state == "gone":
        # the first page says nothing of the others; of a page that was gone, all is wanted
        return replace(page, body_hash=None)
    return replace(page, etag=row.etag, last_modified=row.last_modified)


def _among(statement: Any, channels: Collection[str] | None, url_keys: Collection[str] | None) -> Any:
    """Only pages found in these channels, or at or below these addresses."""
    if channels is not None:
        statement = statement.where(PAGE.c.channel.in_(channels))
    if url_keys is not None:
        tree = select(PAGE.c.id).where(PAGE.c.url_key.in_(url_keys)).cte("tree", recursive=True)
        # union, not union all: two lists that link to each other must not go round for ever
        tree = tree.union(select(PAGE.c.id).where(PAGE.c.found_on == tree.c.id))
        statement = statement.where(PAGE.c.id.in_(select(tree.c.id)))
    return statement
