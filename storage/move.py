"""Copies a whole database into an empty one, of the same kind or the other: every row, with its number.

In one transaction of the target: it is complete and counted, or nothing of it is there. The source is read
as it was when the copy began, while others go on writing to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    Select,
    Table,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy import exc as sa

from storage.engine import Database, DatabaseError, is_failure
from storage.given import highest_given
from storage.models import ARTICLE, METADATA, SETTING
from storage.types import TEXT, JsonText

_BATCH = 2_000  # rows in memory at once


class Moved(NamedTuple):
    """One table."""

    table: str
    rows: int
    """As many in the source as in the target."""


Progress = Callable[[str, int, int], None]


def move(source: Database, target: Database, progress: Progress | None = None) -> list[Moved]:
    """Copy all tables; what was copied, in the order of copying.

    `progress` is called with a table's name, its rows copied so far and its rows in all. DatabaseError when
    the target holds anything, when a row of the source points to none, or when the counts differ.
    """
    if source.engine.url == target.engine.url:
        raise DatabaseError(f"{target.name} is the database itself; name another one")
    moved = []
    with source.reading() as old, target.writing() as new:
        if not source.is_sqlite:
            old = old.execution_options(isolation_level="REPEATABLE READ")  # one state of all tables
        _check_empty(new, target.name)
        new.execute(SETTING.delete())  # a new database notes by which rules it is made
        for table in _tables():
            total = _count(old, table)
            if progress is not None:
                progress(table.name, 0, total)
            try:
                _copy(old, new, table, total, progress)
            except sa.DBAPIError as error:
                if is_failure(error):  # of the database, which says so itself
                    raise
                raise DatabaseError(
                    f"{source.name}: a row of {table.name} cannot be copied: "
                    f"{' '.join(str(error.orig).split())}; "
                    + (
                        "scrapy db check says what is wrong"
                        if isinstance(error, sa.IntegrityError)
                        else f"{target.name} does not take what is in it"
                    )
                ) from error
            if not target.is_sqlite and "id" in table.c:
                _set_sequence(new, table, highest_given(old) if table.name == ARTICLE.name else 0)
            there = _count(new, table)
            if there != total:
                raise DatabaseError(
                    f"{table.name} has {total} rows in {source.name}, but {there} arrived in {target.name}; "
                    "nothing was kept"
                )
            moved.append(Moved(table.name, total))
    return moved


def _tables() -> list[Table]:
    """All tables, parents before children, with JSON as bare text."""
    found = []
    for table in METADATA.sorted_tables:
        columns = [
            Column(c.name, TEXT if isinstance(c.type, JsonText) else c.type, primary_key=c.primary_key)
            for c in table.columns
        ]
        found.append(Table(table.name, MetaData(), *columns, info={"declared": table}))
    return found


def _check_empty(new: Connection, name: str) -> None:
    for table in METADATA.sorted_tables:
        if table is not SETTING and new.execute(select(1).select_from(table).limit(1)).first() is not None:
            raise DatabaseError(f"{name} is not empty: {table.name} has rows; name a new database")


def _copy(old: Connection, new: Connection, table: Table, total: int, progress: Progress | None) -> None:
    """Copy one table; a row that points to a later one of the same table gets that pointer at the end."""
    own = _own_pointers(table)
    late: list[dict[str, Any]] = []
    done = 0
    for rows in _batches(old, select(table).order_by(*table.primary_key.columns)):
        if own is not None:
            rows, pointers = _without_later(rows, table, own)
            late += pointers
        _insert(new, table, rows)
        done += len(rows)
        if progress is not None:
            progress(table.name, done, total)
    if own is not None and late:
        statement = update(table).where(table.c.id == bindparam("row_id"))
        new.execute(statement.values({own: bindparam("pointer")}), late)


def _batches(conn: Connection, statement: Select[Any]) -> Iterator[list[tuple[Any, ...]]]:
    result = conn.execution_options(yield_per=_BATCH).execute(statement)
    for rows in result.partitions():
        yield [tuple(row) for row in rows]


def _own_pointers(table: Table) -> str | None:
    """The column that points to another row of the same table; no table has two."""
    declared: Table = table.info["declared"]
    for column in declared.columns:
        if any(key.column.table is declared for key in column.foreign_keys):
            return column.name
    return None


def _without_later(
    rows: list[tuple[Any, ...]], table: Table, column: str
) -> tuple[list[tuple[Any, ...]], list[dict[str, Any]]]:
    """The rows without their pointers to rows that are not copied yet, and these pointers."""
    names = list(table.c.keys())
    number, pointer = names.index("id"), names.index(column)
    kept, late = [], []
    for row in rows:
        if row[pointer] is not None and row[pointer] > row[number]:
            late.append({"row_id": row[number], "pointer": row[pointer]})
            row = (*row[:pointer], None, *row[pointer + 1 :])
        kept.append(row)
    return kept, late


def _insert(conn: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    names = list(table.c.keys())
    if conn.dialect.name == "sqlite":
        conn.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        return
    import psycopg

    quoted = ", ".join(f'"{name}"' for name in names)
    cursor = conn.connection.cursor()
    try:
        # ten times as fast as INSERT
        with cursor.copy(f"COPY {table.name} ({quoted}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        # as if SQLAlchemy had executed it
        raise sa.DBAPIError.instance(f"COPY {table.name}", None, error, psycopg.Error) from error
    finally:
        cursor.close()


def _set_sequence(conn: Connection, table: Table, given: int) -> None:
    """Let PostgreSQL count on from the highest number, or from a higher one that was `given` once."""
    sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
    highest = f"(SELECT greatest(max(id), {given}) AS id FROM {table.name}) AS highest"
    conn.execute(text(f"SELECT setval({sequence}, greatest(id, 1), id > 0) FROM {highest}"))


def _count(conn: Connection, table: Table) -> int:
    return conn.scalar(select(func.count()).select_from(table)) or 0
