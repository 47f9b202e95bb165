"""Articles that are copies of each other, as one story: what a transaction that stores articles calls.

`centres` decides what is a copy of what, `sketches` finds who must be asked, `groups` writes the stories.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, select

from crawler.copies.marks import Keys
from storage.centres import Centres
from storage.groups import regroup
from storage.models import ARTICLE, STORY
from storage.records import chunks


class Standing(NamedTuple):
    """Where an article stands in its story."""

    story_id: int
    first_url: str | None
    """URL of the first copy; None for that itself."""


def follow(
    conn: Connection,
    new: Mapping[int, Keys],
    changed: Mapping[int, Keys] | None = None,
    resourced: Iterable[int] = (),
) -> None:
    """Let the stories follow articles that are stored by now.

    `new` are articles with their keys, `changed` those whose text, pictures or time are others, with the keys
    that they had before, `resourced` those that name another source.
    """
    centres = Centres(conn)
    for article_id, old in (changed or {}).items():
        centres.replace(article_id, old)
    centres.add(new)
    centres.settle()
    centres.touched.update(node.id for node in centres.load(resourced) if node.story_id is not None)
    regroup(conn, centres)


def leave(conn: Connection, article_ids: Iterable[int]) -> None:
    """Take articles that are about to be deleted out of their stories; the others go on without them."""
    centres = Centres(conn)
    for article_id in article_ids:
        centres.leave(article_id)
    centres.settle()
    regroup(conn, centres)


def standing(conn: Connection, article_ids: Iterable[int]) -> dict[int, Standing]:
    """Where each article that has a story stands in it."""
    first = ARTICLE.alias("first")
    statement = (
        select(ARTICLE.c.id, ARTICLE.c.story_id, first.c.id.label("first_id"), first.c.url)
        .join(STORY, STORY.c.id == ARTICLE.c.story_id)
        .join(first, first.c.id == STORY.c.first_article_id)
    )
    found = {}
    for chunk in chunks(article_ids):
        for row in conn.execute(statement.where(ARTICLE.c.id.in_(chunk))):
            found[row.id] = Standing(row.story_id, None if row.first_id == row.id else row.url)
    return found
