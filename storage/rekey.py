"""Applies today's URL rules to what was stored under older ones; what becomes one is merged."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Connection,
    String,
    Table,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from crawler.copies.marks import keys_of
from crawler.identity import rules_version
from crawler.portals import UrlRules
from storage import stories
from storage.engine import Database
from storage.keys import columns, confirmed, declared, every, numbers, today_s_key, today_s_keys
from storage.merge import merge_articles, oldest_first
from storage.merge_pages import best_first, merge_pages
from storage.models import ARTICLE, PAGE, STORY_LINK, TOMBSTONE
from storage.records import chunks

_STREAM = 5_000  # rows in memory at once
_TOGETHER = 500  # articles decided on together
_NEVER = datetime.max.replace(tzinfo=UTC)


class Rekeyed(NamedTuple):
    """What came of it."""

    changed: int
    """Rows of articles, of the ledger and of takedowns with another key."""
    merged: list[tuple[str, str]]
    """(URL of an article that became another, URL of that one)."""
    pages: int
    """Rows of the ledger that became others."""
    forbidden: list[str]
    """URLs of articles that are at an address that means one taken down."""


def rekey(database: Database, *, dry_run: bool = False) -> Rekeyed:
    """Compute every key anew, in one transaction; with `dry_run` only say what would change.

    Articles that become one are merged into the one that was stored first: its number is the oldest that
    people may have written down. See storage.merge.
    """
    connect: Callable[[], Any] = database.reading if dry_run else database.writing
    with connect() as conn:
        articles, pages = today_s_keys(conn, ARTICLE), today_s_keys(conn, PAGE)
        page_groups = list(confirmed(conn, PAGE, pages.same()))
        groups = _joined(confirmed(conn, ARTICLE, articles.same()), _of_pages(conn, page_groups))
        merged, survivors = [], []
        for group in groups:
            rows = oldest_first(conn, group)
            merged += [(row.url, rows[0].url) for row in rows[1:]]
            survivors.append(rows[0].id)
            if not dry_run:
                merge_articles(conn, rows)
        gone_pages = 0
        for group in page_groups:
            gone_pages += len(group) - 1
            if not dry_run:
                merge_pages(conn, best_first(conn, group))
        changed = len(articles.changed) + len(pages.changed)
        tombstones = _tombstones(conn)
        changed += sum(old != new for old, new in tombstones)
        if not dry_run:
            _move_tombstones(conn, tombstones)
            # a survivor may show what another row had, and be at that one's address
            moved = articles.changed + array("q", survivors)
            _move(conn, ARTICLE, moved)
            _decide_ties(conn, moved)
            _move(conn, PAGE, pages.changed)
            _note_rules(conn)
        return Rekeyed(changed, sorted(merged), gone_pages, _forbidden(conn, {new for _, new in tombstones}))


def _of_pages(conn: Connection, page_groups: list[list[int]]) -> Iterator[list[int]]:
    """Articles whose own pages become one: they are one, whatever the pages claim."""
    for group in page_groups:
        where = (PAGE.c.id.in_(group), PAGE.c.kind == "article", PAGE.c.article_id.is_not(None))
        found = set(conn.scalars(select(PAGE.c.article_id).where(*where)))
        if len(found) > 1:
            yield sorted(found)


def _joined(*sources: Iterable[list[int]]) -> list[list[int]]:
    """Groups that share a member as one group; each sorted, in the order of their first members."""
    group_of: dict[int, list[int]] = {}
    for group in (group for source in sources for group in source):
        whole = list(dict.fromkeys([*group, *(other for one in group for other in group_of.get(one, ()))]))
        group_of.update(dict.fromkeys(whole, whole))
    distinct = {id(group): sorted(group) for group in group_of.values()}
    return sorted(distinct.values())


def _move(conn: Connection, table: Table, ids: array[int]) -> None:
    wanted = np.unique(numbers(ids))
    for chunk in _parts(wanted):
        # by way of keys that no URL has: rows may change places
        nobody = literal("\ufffe").concat(cast(table.c.id, String))
        conn.execute(update(table).where(table.c.id.in_(chunk)).values(url_key=nobody))
    statement = update(table).where(table.c.id == bindparam("b_id"))
    for chunk in _parts(wanted):
        rows = conn.execute(select(*columns(table)).where(table.c.id.in_(chunk))).all()
        values = [{"b_id": row.id, "url_key": today_s_key(row)} for row in rows]
        if values:
            conn.execute(statement, values)


def _decide_ties(conn: Connection, ids: array[int]) -> None:
    """Decide anew on articles of stories that only their keys, which are others now, put in order."""
    mine, other = ARTICLE, ARTICLE.alias("other")
    one, two = STORY_LINK.alias("one"), STORY_LINK.alias("two")
    tied = and_(
        other.c.id != mine.c.id,
        func.coalesce(other.c.published_at, _NEVER) == func.coalesce(mine.c.published_at, _NEVER),
    )
    in_story = exists(select(other.c.id).where(other.c.story_id == mine.c.story_id, tied))
    # two centres of one article, each with a story of its own
    both = one.join(two, two.c.article_id == one.c.article_id).join(other, other.c.id == two.c.other_id)
    centres = exists(select(other.c.id).select_from(both).where(one.c.other_id == mine.c.id, tied))
    columns = [mine.c[name] for name in ("id", "text_hash", "pictures_hash", "body_text")]
    for chunk in chunks(numbers(ids).tolist(), _TOGETHER):
        rows = conn.execute(select(*columns).where(mine.c.id.in_(chunk), or_(in_story, centres))).all()
        if rows:
            keys = {row.id: keys_of(row.text_hash, row.pictures_hash, row.body_text) for row in rows}
            stories.follow(conn, {}, keys)


def _parts(ids: NDArray[np.int64]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _STREAM):
        yield ids[start : start + _STREAM].tolist()


def _note_rules(conn: Connection) -> None:
    """Say of every article that its key was made by today's rules."""
    for name in conn.scalars(select(ARTICLE.c.portal).distinct()).all():
        portal = declared(name)
        version = rules_version(portal.url_rules if portal else UrlRules())
        mine = ARTICLE.c.portal.is_(None) if name is None else ARTICLE.c.portal == name
        statement = update(ARTICLE).where(mine, ARTICLE.c.url_rules != version).values(url_rules=version)
        # SQLite keeps in memory what one statement replaces
        for start in range(0, conn.scalar(select(func.max(ARTICLE.c.id))) or 0, _STREAM):
            conn.execute(statement.where(ARTICLE.c.id > start, ARTICLE.c.id <= start + _STREAM))


def _tombstones(conn: Connection) -> list[tuple[str, str]]:
    """(stored key, today's key) of every takedown, the earliest first."""
    columns = (
        *(TOMBSTONE.c[name] for name in ("portal", "url", "url_key")),
        literal(None).label("canonical_url"),
    )
    ordered = select(*columns).order_by(TOMBSTONE.c.forgotten_at, TOMBSTONE.c.url_key)
    return [(row.url_key, today_s_key(row)) for row in conn.execute(ordered)]


def _move_tombstones(conn: Connection, keys: list[tuple[str, str]]) -> None:
    """Give takedowns their keys; of two that become one the earlier stays."""
    rows = {row.url_key: dict(row._mapping) for row in conn.execute(select(TOMBSTONE))}
    first: dict[str, str] = {}
    for old, new in keys:
        first.setdefault(new, old)
    if all(old == new for new, old in first.items()) and len(first) == len(rows):
        return
    conn.execute(TOMBSTONE.delete())
    conn.execute(TOMBSTONE.insert(), [rows[old] | {"url_key": new} for new, old in first.items()])


def _forbidden(conn: Connection, taken_down: set[str]) -> list[str]:
    """Articles whose key today is that of a takedown."""
    if not taken_down:
        return []
    return sorted(row.url for row in every(conn, ARTICLE) if today_s_key(row) in taken_down)
