"""Applies today's URL rules to what was stored under older ones; what becomes one is merged."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, String, Table, bindparam, cast, func, literal, select, update

from crawler.claims import identity
from crawler.identity import UrlError, rules_version
from crawler.portals import Portal, UrlRules
from crawler.portals.registry import portal_by_name
from storage.engine import Database
from storage.merge import merge_articles, oldest_first
from storage.merge_pages import best_first, merge_pages
from storage.models import ARTICLE, PAGE, TOMBSTONE
from storage.records import chunks

_STREAM = 5_000  # rows in memory at once


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


@dataclass(slots=True)
class _Keys:
    """Today's keys of a table: of every row its id and what stands for the key, 16 bytes a row."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    marks: array[int] = field(default_factory=lambda: array("q"))
    changed: array[int] = field(default_factory=lambda: array("q"))
    """Ids of rows whose stored key is another."""

    def same(self) -> list[list[int]]:
        """Ids of rows that have one key, in groups of two and more."""
        ids, marks = _numbers(self.ids), _numbers(self.marks)
        order = np.argsort(marks, kind="stable")
        ordered = marks[order]
        # places whose mark is that of the next one, in runs
        equal = np.flatnonzero(ordered[1:] == ordered[:-1])
        runs = np.split(equal, np.flatnonzero(np.diff(equal) > 1) + 1)
        return [ids[order[run[0] : run[-1] + 2]].tolist() for run in runs if len(run)]


def rekey(database: Database, *, dry_run: bool = False) -> Rekeyed:
    """Compute every key anew, in one transaction; with `dry_run` only say what would change.

    Articles that become one are merged into the one that was stored first: its number is the oldest that
    people may have written down. See storage.merge.
    """
    connect: Callable[[], Any] = database.reading if dry_run else database.writing
    with connect() as conn:
        articles, pages = _keys(conn, ARTICLE), _keys(conn, PAGE)
        page_groups = list(_confirmed(conn, PAGE, pages.same()))
        groups = _joined(_confirmed(conn, ARTICLE, articles.same()), _of_pages(conn, page_groups))
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
            _move(conn, ARTICLE, articles.changed + array("q", survivors))
            _move(conn, PAGE, pages.changed)
            _note_rules(conn)
        return Rekeyed(changed, sorted(merged), gone_pages, _forbidden(conn, {new for _, new in tombstones}))


def _numbers(values: array[int]) -> NDArray[np.int64]:
    return np.frombuffer(values, dtype=np.int64) if values else np.zeros(0, np.int64)


def _columns(table: Table) -> tuple[Any, ...]:
    claim: Any = table.c.canonical_url if table is ARTICLE else literal(None).label("canonical_url")
    return (table.c.id, table.c.portal, table.c.url, table.c.url_key, claim)


def _keys(conn: Connection, table: Table) -> _Keys:
    keys = _Keys()
    for row in _every(conn, table):
        key = _key(row)
        keys.ids.append(row.id)
        keys.marks.append(int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True))
        if key != row.url_key:
            keys.changed.append(row.id)
    return keys


def _every(conn: Connection, table: Table) -> Iterator[Any]:
    after = 0
    while rows := conn.execute(
        select(*_columns(table)).where(table.c.id > after).order_by(table.c.id).limit(_STREAM)
    ).all():
        yield from rows
        after = rows[-1].id


def _portal(name: str | None) -> Portal | None:
    return portal_by_name(name) if name else None


def _key(row: Any) -> str:
    """Today's key of an article, a page or a tombstone."""
    try:
        return identity(row.url, row.canonical_url, _portal(row.portal))
    except UrlError:
        return str(row.url_key)  # today's rules know no such address: what is stored stays to be found


def _confirmed(conn: Connection, table: Table, groups: Iterable[list[int]]) -> Iterator[list[int]]:
    """Groups of rows whose keys are one, not only their marks."""
    for group in groups:
        by_key: dict[str, list[int]] = {}
        for chunk in chunks(group):
            for row in conn.execute(select(*_columns(table)).where(table.c.id.in_(chunk))):
                by_key.setdefault(_key(row), []).append(row.id)
        yield from (ids for ids in by_key.values() if len(ids) > 1)


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
    wanted = np.unique(_numbers(ids))
    for chunk in _parts(wanted):
        # by way of keys that no URL has: rows may change places
        nobody = literal("\ufffe").concat(cast(table.c.id, String))
        conn.execute(update(table).where(table.c.id.in_(chunk)).values(url_key=nobody))
    statement = update(table).where(table.c.id == bindparam("b_id"))
    for chunk in _parts(wanted):
        rows = conn.execute(select(*_columns(table)).where(table.c.id.in_(chunk))).all()
        values = [{"b_id": row.id, "url_key": _key(row)} for row in rows]
        if values:
            conn.execute(statement, values)


def _parts(ids: NDArray[np.int64]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _STREAM):
        yield ids[start : start + _STREAM].tolist()


def _note_rules(conn: Connection) -> None:
    """Say of every article that its key was made by today's rules."""
    for name in conn.scalars(select(ARTICLE.c.portal).distinct()).all():
        declared = _portal(name)
        version = rules_version(declared.url_rules if declared else UrlRules())
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
    return [(row.url_key, _key(row)) for row in conn.execute(ordered)]


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
    return sorted(row.url for row in _every(conn, ARTICLE) if _key(row) in taken_down)
