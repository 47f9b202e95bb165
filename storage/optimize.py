"""Keeps a database fast: fresh statistics for the planner, a search index and tables without dead room."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from sqlalchemy import inspect, text

from storage import index
from storage.engine import Database
from storage.sizes import total

_SAMPLED = 1_000  # rows of each index that SQLite looks at


class Optimized(NamedTuple):
    """Bytes of the whole database."""

    before: int
    after: int


def optimize(database: Database, *, vacuum: bool = False) -> Optimized:
    """Merge the search index, renew statistics; with `vacuum` also give room back to the disk.

    On SQLite a vacuum writes the file anew beside itself and needs as much free space; nobody else can write
    meanwhile. On PostgreSQL dead rows are always vacuumed, which lets counts be read from indexes alone, and
    `vacuum` is VACUUM FULL, which locks everybody out. DatabaseError when the database fails.
    """
    with database.reading() as conn:
        before = total(conn)
    merged = True
    while merged:
        with database.writing() as conn:  # others write in between
            merged = index.optimize(conn)
    if database.is_sqlite:
        _sqlite(database, vacuum)
    else:
        _postgresql(database, vacuum)
    with database.reading() as conn:
        return Optimized(before, total(conn))


def _sqlite(database: Database, vacuum: bool) -> None:
    with database.writing() as conn:
        conn.exec_driver_sql(f"PRAGMA analysis_limit={_SAMPLED}")
        conn.exec_driver_sql("ANALYZE")
    if vacuum:
        with database.reading() as conn:
            raw = conn.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            conn.rollback()  # not possible inside a transaction
            try:
                raw.execute("VACUUM")
            except sqlite3.Error as error:
                from sqlalchemy import exc

                raise exc.OperationalError("VACUUM", None, error) from error
    database.flush_log()


def _postgresql(database: Database, vacuum: bool) -> None:
    with database.reading() as conn:
        conn = conn.execution_options(isolation_level="AUTOCOMMIT")  # no vacuum inside a transaction
        for table in inspect(conn).get_table_names():
            conn.execute(text(f'VACUUM ({"FULL, " if vacuum else ""}ANALYZE) "{table}"'))
