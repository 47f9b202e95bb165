"""Rows of the ledger: how they are made and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, func, insert, select, update

from crawler.items import Article
from storage import index
from storage.lookup import ids
from storage.models import PAGE
from storage.records import chunks
from storage.rows import storable
from storage.visits import next_visit

Kind = Literal["list", "article", "part"]
State = Literal[
    "discovered",  # to be fetched
    "stored",  # its article, or the article it is a part of, is stored
    "done",  # a list page whose links are in the ledger
    "postponed",  # older than `since`, left for a run that reaches further back
    "blocked",  # a challenge or login page instead of content
    "failed",  # could not be fetched or read
    "gone",  # the portal says that it is no more
    "dropped",  # fetched and refused, for a reason
    "forgotten",  # taken down, never fetched again
]
STATES: tuple[State, ...] = State.__args__  # type: ignore[attr-defined]
BAD_STATES: tuple[State, ...] = ("failed", "blocked", "dropped", "gone")
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Found:
    """A URL seen somewhere."""

    url: str
    url_key: str
    """Its identity: the canonical URL without scheme."""
    kind: Kind
    channel: str | None = None
    """Name of the declared channel."""
    title_hint: str | None = None
    day_hint: str | None = None
    """YYYY-MM-DD as the list or the URL has it."""
    depth: int = 0
    postponed: bool = False
    """Not wanted by this run: a new row waits for a run that reaches further."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """A row of the ledger, as a spider needs it."""

    id: int
    url: str
    url_key: str
    kind: Kind
    channel: str | None
    depth: int
    state: State
    attempts: int
    is_new: bool
    """True when this very operation made the row."""
    reached_end_at: datetime | None
    """Of a list page: when a run last paged down from it to the end."""
    day_hint: str | None
    article_id: int | None = None
    """The stored article that it holds or is a part of."""
    last_fetch_at: datetime | None = None
    etag: str | None = None
    """With `last_modified`: what to ask with whether it changed; None: ask for the whole page."""
    last_modified: str | None = None
    body_hash: str | None = None
    """Of the page as it was when its article was stored, by storage.pages.hash_of."""


def hash_of(body: bytes) -> str:
    """What tells one state of a page's bytes from another."""
    return blake2b(body, digest_size=16).hexdigest()


def mark_stored(conn: Connection, articles: Sequence[tuple[int, Article, datetime]]) -> None:
    """Mark the pages of stored articles, by (article id, article, when it was first stored).

    Makes a row for an article that has none.
    """
    now = datetime.now(UTC)
    pages, parts, others = [], [], []
    for article_id, article, stored_at in articles:
        fetch = article.fetch
        seen: dict[str, Any] = {
            "b_article": article_id,
            "b_run": fetch.run_id,
            "b_at": fetch.fetched_at or now,
            "b_state": "discovered" if fetch.incomplete else "stored",
            "b_reason": fetch.incomplete,
            "b_next": None if fetch.incomplete else next_visit(stored_at, now, fetch.rhythm),
        }
        if fetch.page_id is None:
            others.append((article_id, article))
        else:
            pages.append(
                seen
                | {
                    "b_id": fetch.page_id,
                    "b_status": fetch.status,
                    "b_etag": storable(fetch.etag),
                    "b_modified": storable(fetch.last_modified),
                    "b_hash": fetch.body_hash,
                }
            )
        done = seen | {"b_state": "stored", "b_reason": None, "b_next": None}
        parts += [done | {"b_id": part} for part in fetch.part_ids if part != fetch.page_id]
    values: dict[str, Any] = {
        "state": bindparam("b_state"),
        "reason": bindparam("b_reason"),
        "attempts": PAGE.c.attempts + 1,
        "not_before": bindparam("b_next"),
        "missing_since": None,
        "extractor": None,
        "article_id": bindparam("b_article"),
        "run_id": bindparam("b_run"),
        "last_fetch_at": bindparam("b_at"),
    }
    statement = update(PAGE).where(PAGE.c.id == bindparam("b_id")).values(values)
    if pages:
        answered = statement.values(
            kind="article",  # a start page may have been taken for a list
            last_status=bindparam("b_status"),
            etag=bindparam("b_etag"),
            last_modified=bindparam("b_modified"),
            body_hash=bindparam("b_hash"),
        )
        conn.execute(answered, pages)
    if parts:
        conn.execute(statement.values(kind="part"), parts)
    if others:
        _note_imported(conn, others)


def _note_imported(conn: Connection, articles: Sequence[tuple[int, Article]]) -> None:
    """Ledger rows for articles that no fetch brought."""
    # a row is its URL's, whatever address the page claims
    by_key = {
        mark.own_key or mark.url_key: (article_id, a) for article_id, a in articles if (mark := a.fingerprint)
    }
    known = ids(conn, PAGE.c.url_key, list(by_key))
    now = datetime.now(UTC)
    rows = [
        _new_row(a.portal, a.fetch.run_id, Found(a.url, key, "article"), None, now)
        | {"state": "stored", "article_id": article_id}
        for key, (article_id, a) in by_key.items()
        if key not in known
    ]
    if rows:
        conn.execute(insert(PAGE), rows)
    if known:
        statement = update(PAGE).where(PAGE.c.id == bindparam("b_id"))
        statement = statement.values(state="stored", reason=None, article_id=bindparam("b_article"))
        conn.execute(statement, [{"b_id": known[key], "b_article": by_key[key][0]} for key in known])


def discover(
    conn: Connection, portal: str | None, run_id: int | None, found: Sequence[Found], found_on: int | None
) -> list[PageRow]:
    """Make rows for URLs that have none; all their rows, in the order of `found`."""
    first: dict[str, Found] = {}
    for item in found:
        first.setdefault(storable(item.url_key), item)
    rows = rows_by_key(conn, list(first))
    now = datetime.now(UTC)
    missing = [key for key in first if key not in rows]
    if missing:
        conn.execute(insert(PAGE), [_new_row(portal, run_id, first[key], found_on, now) for key in missing])
        rows |= rows_by_key(conn, missing)
    _add_hints(conn, [(rows[key], item) for key, item in first.items()])
    new = set(missing)
    result = []
    for item in found:
        key = storable(item.url_key)
        result.append(page_row(rows[key], key in new))
        new.discard(key)  # a second link to it is none of a new page
    return result


def _new_row(
    portal: str | None, run_id: int | None, item: Found, found_on: int | None, now: datetime
) -> dict[str, Any]:
    return {
        "portal": portal,
        "url": storable(item.url),
        "url_key": storable(item.url_key),
        "kind": item.kind,
        "state": "postponed" if item.postponed else "discovered",
        "attempts": 0,
        "channel": item.channel,
        "title_hint": storable(item.title_hint),
        "day_hint": item.day_hint,
        "depth": item.depth,
        "found_on": found_on,
        "first_seen_at": now,
        "run_id": run_id,
        "article_id": None,
    }


def _add_hints(conn: Connection, pairs: list[tuple[Any, Found]]) -> None:
    """Fill in what a known row lacks and this link tells."""
    names = ("channel", "title_hint", "day_hint")
    rows = [
        {"b_id": row.id, **{f"b_{name}": storable(getattr(item, name)) for name in names}}
        for row, item in pairs
        if any(getattr(row, name) is None and getattr(item, name) for name in names)
    ]
    if rows:
        values = {
            name: func.coalesce(PAGE.c[name], bindparam(f"b_{name}", type_=PAGE.c[name].type))
            for name in names
        }
        conn.execute(update(PAGE).where(PAGE.c.id == bindparam("b_id")).values(values), rows)
    named = [row.article_id for row, item in pairs if row.channel is None and item.channel]
    index.renew(conn, {article_id for article_id in named if article_id is not None})


def rows_by_key(conn: Connection, url_keys: list[str]) -> dict[str, Any]:
    """Whole rows of the ledger by url_key."""
    found: dict[str, Any] = {}
    for chunk in chunks(dict.fromkeys(url_keys)):
        rows = conn.execute(select(PAGE).where(PAGE.c.url_key.in_(chunk)))
        found.update((row.url_key, row) for row in rows)
    return found


def page_row(row: Any, is_new: bool) -> PageRow:
    """A whole row of the ledger as a spider needs it."""
    return PageRow(
        id=row.id,
        url=row.url,
        url_key=row.url_key,
        kind=row.kind,
        channel=row.channel,
        depth=row.depth,
        state=row.state,
        attempts=row.attempts,
        is_new=is_new,
        reached_end_at=row.reached_end_at,
        day_hint=row.day_hint,
        article_id=row.article_id,
        last_fetch_at=row.last_fetch_at,
        body_hash=row.body_hash,
    )
