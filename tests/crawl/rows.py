"""What a crawl left in a database, for assertions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from storage.engine import open_database
from storage.models import ARTICLE, PAGE, RUN


def titles(database: str) -> list[str]:
    """Headlines of all stored articles, sorted."""
    return sorted(row.title for row in _rows(database, select(ARTICLE)))


def page(database: str, url: str) -> Any:
    """The ledger's row of a URL."""
    found = [row for row in _rows(database, select(PAGE)) if row.url == url]
    assert len(found) == 1, f"{url} has {len(found)} rows in the ledger"
    return found[0]


def states(database: str, kind: str = "article") -> dict[str, int]:
    """How many pages of a kind the ledger has in each state."""
    counts: dict[str, int] = {}
    for row in _rows(database, select(PAGE).where(PAGE.c.kind == kind)):
        counts[row.state] = counts.get(row.state, 0) + 1
    return counts


def runs(database: str) -> list[Any]:
    return _rows(database, select(RUN).order_by(RUN.c.id))


def _rows(database: str, statement: Any) -> list[Any]:
    opened = open_database(database)
    try:
        with opened.reading() as conn:
            return list(conn.execute(statement))
    finally:
        opened.close()
