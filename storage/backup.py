"""Copies a database while others read and write it."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

from storage.engine import Database, DatabaseError

_PAGES = 2_000  # copied between two moments in which others may write


def backup(database: Database, target: Path) -> int:
    """Copy a SQLite database to a file, which takes its name only when it is complete; its size in bytes.

    DatabaseError on PostgreSQL, which has pg_dump, and when the copy cannot be written.
    """
    if not database.is_sqlite:
        raise DatabaseError(f"{database.name}: back it up with pg_dump, which copies it while it is in use")
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with database.reading() as conn:
            source = conn.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            conn.rollback()  # no read transaction: each step sees what is newest
            copy = sqlite3.connect(part)
            try:
                source.backup(copy, pages=_PAGES, sleep=0.01)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            finally:
                copy.close()
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseError(f"{target} cannot be written: {error}; nothing was replaced") from error
    finally:
        with suppress(OSError):  # it is not there where it could not be made
            part.unlink()
    return target.stat().st_size
