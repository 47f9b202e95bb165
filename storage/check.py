"""Looks whether a database is whole: the file, what rows point to, and the search index."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, select

from storage.engine import Database
from storage.filters import COLUMNS
from storage.models import ARTICLE, ARTICLE_IMAGE, METADATA, PAGE, SKETCH, SKETCH_FRESH, STORY
from storage.postings import Postings, indexed_keys
from storage.rows import KEY_STEP, MAX_NUMBERED
from storage.segment_rows import Kind, is_whole, read_segments
from storage.tokens import CHANGED, DECLARED, GONE, Numbers, marked, named


def problems(database: Database) -> list[str]:
    """What is wrong, in words; empty when nothing is."""
    with database.reading() as conn:
        found = list(_file(conn)) if database.is_sqlite else []
        # a damaged file makes every further answer worthless
        return found or [*_references(conn), *_ledger(conn), *_stories(conn), *_index(conn)]


def _file(conn: Connection) -> Iterator[str]:
    for line in conn.exec_driver_sql("PRAGMA integrity_check(20)").scalars():
        if line != "ok":
            yield f"the file is damaged: {line}"


def _references(conn: Connection) -> Iterator[str]:
    """Rows that point to none; PostgreSQL does not let them be, SQLite does when a tool turns keys off."""
    for table in METADATA.sorted_tables:
        for column in table.columns:
            for key in column.foreign_keys:
                target = key.column.table.alias("target")
                absent = ~exists(select(target.c.id).where(target.c.id == column))
                number = _count(conn, column.table.c[column.name].is_not(None), absent)
                if number:
                    target_name = key.column.table.name
                    yield f"{number} rows of {table.name} point with {column.name} to no {target_name}"


def _ledger(conn: Connection) -> Iterator[str]:
    own = exists(select(PAGE.c.id).where(PAGE.c.article_id == ARTICLE.c.id))
    if number := _count(conn, ~own, table_of=ARTICLE.c.id):
        yield f"{number} articles have no row in the ledger"
    lost = and_(PAGE.c.state == "stored", PAGE.c.article_id.is_(None))
    if number := _count(conn, lost, table_of=PAGE.c.id):
        yield f"{number} pages are marked stored without an article"


def _stories(conn: Connection) -> Iterator[str]:
    for name in ("first_article_id", "centre_id"):
        column = STORY.c[name]  # points to articles without a foreign key
        absent = ~exists(select(ARTICLE.c.id).where(ARTICLE.c.id == column))
        if number := _count(conn, column.is_not(None), absent, table_of=STORY.c.id):
            yield f"{number} rows of story point with {name} to no article"
    for table in (SKETCH, SKETCH_FRESH):
        absent = ~exists(select(ARTICLE.c.id).where(ARTICLE.c.id == table.c.article_id))
        if number := _count(conn, absent, table_of=table.c.article_id):
            yield f"{number} rows of {table.name} point with article_id to no article"
    members = (
        select(func.count()).select_from(ARTICLE).where(ARTICLE.c.story_id == STORY.c.id).scalar_subquery()
    )
    if number := _count(conn, STORY.c.size != members, table_of=STORY.c.id):
        yield f"{number} stories have another number of articles than they say"


def _index(conn: Connection) -> Iterator[str]:
    """Entries of the search index against the articles and pictures they stand for."""
    use = ARTICLE_IMAGE.c
    articles = select(ARTICLE.c.sort_key)
    pictures = select(ARTICLE.c.sort_key + KEY_STEP - use.number).where(use.number <= MAX_NUMBERED)
    pictures = pictures.join_from(ARTICLE, ARTICLE_IMAGE, use.article_id == ARTICLE.c.id)
    kinds: list[tuple[Kind, Select[Any]]] = [("article", articles), ("picture", pictures)]
    broken = [s.id for kind, _ in kinds for s in read_segments(conn, kind) if not is_whole(conn, s)]
    for segment_id in broken:
        yield f"segment {segment_id} of the search index is incomplete"
    if broken:
        return
    yield from _states(conn)
    for kind, statement in kinds:
        stored, entries = _keys(conn, statement), np.sort(indexed_keys(conn, kind))
        if number := len(np.setdiff1d(stored, entries)):
            yield f"{number} {kind}s are missing in the search index"
        if number := len(np.setdiff1d(entries, stored)):
            yield f"{number} entries of the search index stand for no {kind}"
        if number := len(entries) - len(np.unique(entries)):
            yield f"{number} {kind}s are in the search index twice"


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


def _count(conn: Connection, *where: ColumnElement[bool], table_of: ColumnElement[int] | None = None) -> int:
    statement = select(func.count()) if table_of is None else select(func.count(table_of))
    return conn.scalar(statement.where(*where)) or 0
