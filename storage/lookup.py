"""Rows that many articles share: images, pictures, persons. Found by their unique column, else made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Connection, insert, select

from storage.records import chunks


def ids(conn: Connection, column: Column[Any], keys: list[str]) -> dict[str, int]:
    """The id of each row whose unique `column` is one of `keys`; keys without a row are left out."""
    found: dict[str, int] = {}
    for chunk in chunks(keys):
        statement = select(column, column.table.c.id).where(column.in_(chunk))
        found.update((key, row_id) for key, row_id in conn.execute(statement))
    return found


def ensure(conn: Connection, column: Column[Any], rows: Mapping[str, dict[str, Any]]) -> dict[str, int]:
    """The id of each of `rows`, which are by the value of their unique `column`; missing ones are made.

    Needs the writers' lock: nobody else may make the same row in between.
    """
    found = ids(conn, column, list(rows))
    missing = [key for key in rows if key not in found]
    if missing:
        conn.execute(insert(column.table), [rows[key] for key in missing])
        found.update(ids(conn, column, missing))
    return found
