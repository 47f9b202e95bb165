"""How much room the database takes: as a whole, and each table and index of it."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, text


class Size(NamedTuple):
    """One table or index."""

    table: str
    """The table it is or belongs to."""
    name: str
    """Its own name."""
    bytes: int


def total(conn: Connection) -> int:
    """Bytes of the whole database: on SQLite its file when all is written back from the log."""
    if conn.dialect.name == "sqlite":
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages * conn.exec_driver_sql("PRAGMA page_size").scalar_one())
    return int(conn.execute(text("SELECT pg_database_size(current_database())")).scalar_one())


def sizes(conn: Connection) -> list[Size]:
    """Every table and index, the largest first. Reads every page of an SQLite file."""
    rows = conn.execute(text(_SQLITE if conn.dialect.name == "sqlite" else _POSTGRESQL))
    return sorted((Size(*row) for row in rows), key=lambda size: (-size.bytes, size.name))


# not dbstat's own sum of bytes: it has 32 bits, which the texts of a million articles fill; `pageno` is here
# the number of pages
_SQLITE = """
SELECT COALESCE(m.tbl_name, d.name) AS "table", d.name, d.pageno * s.page_size
  FROM (SELECT name, pageno FROM dbstat WHERE aggregate = TRUE) d
  JOIN pragma_page_size s
  LEFT JOIN sqlite_master m ON m.name = d.name
"""
# what is moved out of a row for its length counts as the table's
_POSTGRESQL = """
SELECT COALESCE(t.relname, c.relname) AS "table", c.relname,
       CASE c.relkind WHEN 'i' THEN pg_relation_size(c.oid) ELSE pg_table_size(c.oid) END
  FROM pg_class c
  LEFT JOIN pg_index x ON x.indexrelid = c.oid
  LEFT JOIN pg_class t ON t.oid = x.indrelid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')
"""
