"""Decides on all stories anew: after the method has changed, or to prove that nothing depends on the past."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from crawler.copies import METHOD
from crawler.copies.marks import Keys, marks
from storage import stories
from storage.engine import Database
from storage.models import ARTICLE, ARTICLE_IMAGE, IMAGE, SETTING, SKETCH, SKETCH_FRESH, STORY, STORY_LINK
from storage.records import chunks

_BATCH = 500  # articles decided on together
_METHOD = "stories"
"""Name of the setting that holds the method by which all stories were decided."""


class Rebuilt(NamedTuple):
    """What came of it."""

    articles: int
    stories: int
    moved: int
    """Articles that are in another story, or in one or none, than before."""


def rebuild(database: Database, progress: Callable[[int, int], None] | None = None) -> Rebuilt:
    """Forget all sketches and links and decide on every article again, in one transaction.

    `progress` is called with the number of articles done and of all. Ids of stories stay as far as their
    first articles do. While it runs nobody else writes.
    """
    with database.writing() as conn:
        return rebuild_in(conn, progress)


def rebuild_in(conn: Connection, progress: Callable[[int, int], None] | None = None) -> Rebuilt:
    """As rebuild(), in the caller's transaction."""
    total = conn.scalar(select(func.count()).select_from(ARTICLE)) or 0
    before = _standing(conn)
    for table in (SKETCH, SKETCH_FRESH, STORY_LINK):
        conn.execute(delete(table))
    conn.execute(update(ARTICLE).values(story_id=None))
    done = 0
    for ids in chunks(_in_order(conn), _BATCH):
        stories.follow(conn, _marked(conn, ids))
        done += len(ids)
        if progress is not None:
            progress(done, total)
    after = _standing(conn)
    _close(conn, before, after)
    note_method(conn)
    moved = sum(before.get(one) != after.get(one) for one in before.keys() | after.keys())
    return Rebuilt(total, len(set(after.values())), moved)


def _close(conn: Connection, before: dict[int, int], after: dict[int, int]) -> None:
    """Let the numbers of stories that are no more lead to where their articles are now."""
    heirs: dict[int, set[int]] = {}
    for article_id, story_id in before.items():
        heirs.setdefault(story_id, set()).update({after[article_id]} if article_id in after else ())
    empty = dict.fromkeys(("centre_id", "first_article_id", "publisher", "publisher_why")) | {"size": 0}
    living = set(after.values())
    rows = [
        empty | {"row_id": story_id, "heir": min(found, default=None)}
        for story_id, found in sorted(heirs.items())
        if story_id not in living
    ]
    if rows:
        statement = update(STORY).where(STORY.c.id == bindparam("row_id"))
        conn.execute(statement.values(merged_into=bindparam("heir")), rows)


def method(conn: Connection) -> str | None:
    """The method by which the stories of this database were decided; None when nobody noted it."""
    return conn.scalar(select(SETTING.c.value).where(SETTING.c.name == _METHOD))


def note_method(conn: Connection) -> None:
    """Note that all stories were decided by today's method."""
    conn.execute(delete(SETTING).where(SETTING.c.name == _METHOD))
    conn.execute(insert(SETTING).values(name=_METHOD, value=METHOD))


def _standing(conn: Connection) -> dict[int, int]:
    rows = conn.execute(select(ARTICLE.c.id, ARTICLE.c.story_id).where(ARTICLE.c.story_id.is_not(None)))
    return {row.id: row.story_id for row in rows}


def _in_order(conn: Connection) -> list[int]:
    """The ids of all articles, as they were published: then nothing has to be taken back."""
    ordered = select(ARTICLE.c.id).order_by(
        ARTICLE.c.published_at.is_(None), ARTICLE.c.published_at, ARTICLE.c.url_key
    )
    return list(conn.scalars(ordered))


def _marked(conn: Connection, ids: list[int]) -> dict[int, Keys]:
    """Compute the hashes of articles anew and store those that differ; their keys."""
    pictures: dict[int, list[str]] = {}
    use = ARTICLE_IMAGE.c
    urls = select(use.article_id, use.url, IMAGE.c.url.label("image_url")).join(
        IMAGE, IMAGE.c.id == use.image_id
    )
    for row in conn.execute(urls.where(use.article_id.in_(ids))):
        pictures.setdefault(row.article_id, []).append(row.url or row.image_url)
    columns = [ARTICLE.c[name] for name in ("id", "title", "body_text", "text_hash", "pictures_hash")]
    found = {}
    changes = []
    for row in conn.execute(select(*columns).where(ARTICLE.c.id.in_(ids))):
        mark = marks(row.title, row.body_text, pictures.get(row.id, ()))
        found[row.id] = mark.keys
        if (row.text_hash, row.pictures_hash) != (mark.text_hash, mark.pictures_hash):
            changes.append(
                {"row_id": row.id, "text_hash": mark.text_hash, "pictures_hash": mark.pictures_hash}
            )
    if changes:
        conn.execute(update(ARTICLE).where(ARTICLE.c.id == bindparam("row_id")), changes)
    return found
