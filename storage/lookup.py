"""Rows that many articles share: images, pictures, persons. Found by their unique column, else made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Connection, insert, select

from storage.models import ARTICLE, PAGE
from storage.records import chunks


def ids(conn: Connection, column: Column[Any], keys: list[str]) -> dict[str, int]:
    """The id of each row whose unique `column` is one of `keys`; keys without a row are left out."""
    found: dict[str, int] = {}
    for chunk in chunks(keys):
        statement = select(column, column.table.c.id).where(column.in_(chunk))
        found.update((key, row_id) for key, row_id in conn.execute(statement))
    return found


def stored_keys(conn: Connection, url_keys: list[str]) -> set[str]:
    """Those of the keys whose address is an article's, or led to one."""
    known = set(ids(conn, ARTICLE.c.url_key, url_keys))
    for chunk in chunks(url_keys):
        led = select(PAGE.c.url_key).where(PAGE.c.url_key.in_(chunk), PAGE.c.article_id.is_not(None))
        known.update(conn.scalars(led))
    return known


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
