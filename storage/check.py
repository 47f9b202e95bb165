"""Looks whether a database is whole: file, schema, what rows point to, every record, the search index."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, and_, exists, func, inspect, select
from sqlalchemy import exc as sa

from storage import check_index, check_records
from storage.engine import Database
from storage.models import ARTICLE, METADATA, PAGE, SKETCH, SKETCH_FRESH, STORY


def problems(database: Database) -> list[str]:
    """What is wrong, in words; empty when nothing is."""
    with database.reading() as conn:
        # each makes the answers to what follows worthless
        if database.is_sqlite and (found := list(_file(conn))):
            return found
        if found := list(_tables(conn)):
            return found
        return [
            *_indexes(conn),
            *_references(conn),
            *_ledger(conn),
            *_stories(conn),
            *check_records.problems(conn),
            *check_index.problems(conn),
        ]


def _file(conn: Connection) -> Iterator[str]:
    try:
        for line in conn.exec_driver_sql("PRAGMA integrity_check(20)").scalars():
            if line != "ok":
                yield f"the file is damaged: {line}"
    except sa.DatabaseError as error:
        if "locked" in str(error.orig):
            raise
        yield f"the file is damaged: {error.orig}"


def _tables(conn: Connection) -> Iterator[str]:
    inspector = inspect(conn)
    for table in METADATA.sorted_tables:
        if not inspector.has_table(table.name):
            yield f"the table {table.name} is missing"
            continue
        there = {column["name"] for column in inspector.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                yield f"the column {column.name} of {table.name} is missing"


def _indexes(conn: Connection) -> Iterator[str]:
    inspector = inspect(conn)
    for table in METADATA.sorted_tables:
        there = {found["name"] for found in inspector.get_indexes(table.name)}
        for name in sorted(str(declared.name) for declared in table.indexes):
            if name not in there:
                yield f"the index {name} of {table.name} is missing, which makes questions slow"


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


def _count(conn: Connection, *where: ColumnElement[bool], table_of: ColumnElement[int] | None = None) -> int:
    statement = select(func.count()) if table_of is None else select(func.count(table_of))
    return conn.scalar(statement.where(*where)) or 0
