"""Article numbers: one that was given is never given again, whatever was deleted.

`scrapy export --since-id` rests on it. PostgreSQL's sequence sees to it; SQLite gives the highest number in
the table plus one, and a moved database starts a new sequence. So the number is noted when the article with
the highest one is deleted.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, func, insert, select

from storage.models import ARTICLE, SETTING

_HIGHEST = "highest_article_id"


def note_deleted(conn: Connection, article_ids: Collection[int]) -> None:
    """Note the highest number, should it be among those of articles that are about to be deleted."""
    highest = conn.scalar(select(func.max(ARTICLE.c.id)))
    if highest is not None and highest in article_ids and highest > _noted(conn):
        conn.execute(delete(SETTING).where(SETTING.c.name == _HIGHEST))
        conn.execute(insert(SETTING).values(name=_HIGHEST, value=str(highest)))


def highest_given(conn: Connection) -> int:
    """The highest number that an article has or had; 0 when there was none."""
    return max(conn.scalar(select(func.max(ARTICLE.c.id))) or 0, _noted(conn))


def next_free(conn: Connection) -> int | None:
    """The next number where the database would give an earlier one by itself, None where it would not."""
    if conn.dialect.name != "sqlite":
        return None
    noted = _noted(conn)
    return noted + 1 if noted > (conn.scalar(select(func.max(ARTICLE.c.id))) or 0) else None


def _noted(conn: Connection) -> int:
    return int(conn.scalar(select(SETTING.c.value).where(SETTING.c.name == _HIGHEST)) or 0)
