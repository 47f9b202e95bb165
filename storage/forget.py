"""Takedown: what an article left in the database goes, and a tombstone with the reason stays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, or_, select, update

from storage import given, index, stories, uses
from storage.doomed import doom
from storage.models import (
    ABSENCE,
    ARTICLE,
    ARTICLE_IMAGE,
    CAPTURE,
    IMAGE,
    PAGE,
    PICTURE,
    REVISION,
    TOMBSTONE,
)
from storage.pages import Found, discover
from storage.prepared import kept_articles
from storage.records import chunks
from storage.rows import image_key, storable


class Forgotten(ValueError):
    """Raised for an article that was taken down: it is not stored again."""


class Record(NamedTuple):
    """A response in the archive that must go."""

    capture_id: int
    file: str
    offsets: tuple[int, ...]
    """Of the response and of its request."""


class Gone(NamedTuple):
    """What a takedown found."""

    was_stored: bool
    records: list[Record]


@dataclass(frozen=True, slots=True)
class Forget:
    """Remove an article with all that hangs on it; returns which records of the archive must go too."""

    url: str
    url_key: str
    portal: str | None
    reason: str

    def apply(self, conn: Connection) -> Gone:
        if conn.dialect.name == "sqlite":
            # what is deleted is overwritten, not only given free
            conn.exec_driver_sql("PRAGMA secure_delete=ON")
        (page,) = discover(conn, self.portal, None, [Found(self.url, self.url_key, "article")], None)
        # a part's address means its article, and so does an article's own that has no row
        mine = or_(ARTICLE.c.url_key == self.url_key, ARTICLE.c.id == page.article_id)
        article = conn.execute(select(ARTICLE.c.id, ARTICLE.c.url_key, ARTICLE.c.url).where(mine)).first()
        pages = {page.id}
        keys = {self.url_key: self.url}
        if article is not None:
            pages.update(conn.scalars(select(PAGE.c.id).where(PAGE.c.article_id == article.id)))
            keys[article.url_key] = article.url
        records = _records(conn, pages)
        values: dict[str, Any] = {"state": "forgotten", "reason": storable(self.reason)}
        values |= dict.fromkeys(
            ("article_id", "title_hint", "etag", "body_hash", "missing_since", "not_before")
        )
        conn.execute(update(PAGE).where(PAGE.c.id.in_(pages)).values(values))
        if article is not None:
            _delete(conn, article.id, article.url_key)
        for key, url in keys.items():
            conn.execute(delete(TOMBSTONE).where(TOMBSTONE.c.url_key == key))
            tombstone = {
                "url_key": key,
                "url": storable(url),
                "portal": self.portal,
                "reason": storable(self.reason),
                "forgotten_at": datetime.now(UTC),
            }
            conn.execute(insert(TOMBSTONE).values(tombstone))
        return Gone(article is not None, records)


@dataclass(frozen=True, slots=True)
class MoveCaptures:
    """A file of the archive was written anew: rows of what went are deleted, the others follow."""

    file: str
    gone: tuple[int, ...]
    """Ids of captures."""
    moved: dict[int, int]
    """New offset by old offset."""

    def apply(self, conn: Connection) -> None:
        conn.execute(delete(CAPTURE).where(CAPTURE.c.id.in_(self.gone)))
        columns = (CAPTURE.c.id, CAPTURE.c.offset, CAPTURE.c.request_offset)
        rows = conn.execute(select(*columns).where(CAPTURE.c.file == self.file).order_by(CAPTURE.c.offset))
        # upwards: a record only moves towards the beginning, where no other is any more
        for row in rows.all():
            values = {"offset": self.moved[row.offset]}
            if row.request_offset is not None:
                values["request_offset"] = self.moved[row.request_offset]
            conn.execute(update(CAPTURE).where(CAPTURE.c.id == row.id).values(values))


def check_not_forgotten(conn: Connection, url_keys: Collection[str]) -> None:
    """Raise Forgotten when one of the articles was taken down."""
    for chunk in chunks(url_keys):
        row = conn.execute(select(TOMBSTONE).where(TOMBSTONE.c.url_key.in_(chunk)).limit(1)).first()
        if row is not None:
            raise Forgotten(f"{row.url} was taken down ({row.reason}); it is not stored again")


def _records(conn: Connection, pages: Collection[int]) -> list[Record]:
    urls = select(PAGE.c.url).where(PAGE.c.id.in_(pages))
    mine = or_(CAPTURE.c.page_id.in_(pages), CAPTURE.c.url.in_(urls))
    found = []
    for row in conn.execute(select(CAPTURE).where(mine).order_by(CAPTURE.c.file, CAPTURE.c.offset)):
        request = () if row.request_offset is None else (row.request_offset,)
        found.append(Record(row.id, row.file, (row.offset, *request)))
    return found


def _pictures(conn: Connection, article_id: int) -> tuple[set[int], set[int]]:
    """The images that an article has or once had, and the pictures that they showed."""
    use = ARTICLE_IMAGE.c
    uses = conn.execute(select(use.image_id, use.picture_id).where(use.article_id == article_id)).all()
    images = {row.image_id for row in uses}
    earlier = [
        image
        for state in conn.scalars(select(REVISION.c.images).where(REVISION.c.article_id == article_id))
        for image in state
    ]
    for chunk in chunks({image_key(image["url"]) for image in earlier}):
        images.update(conn.scalars(select(IMAGE.c.id).where(IMAGE.c.url_key.in_(chunk))))
    pictures = {row.picture_id for row in uses if row.picture_id is not None}
    for chunk in chunks(images):
        pictures.update(
            conn.scalars(
                select(IMAGE.c.picture_id).where(IMAGE.c.id.in_(chunk), IMAGE.c.picture_id.is_not(None))
            )
        )
    for chunk in chunks({image["sha256"] for image in earlier if image.get("sha256")}):
        pictures.update(conn.scalars(select(PICTURE.c.id).where(PICTURE.c.sha256.in_(chunk))))
    return images, pictures


def _delete(conn: Connection, article_id: int, url_key: str) -> None:
    kept = kept_articles(conn, [url_key])[url_key]
    index.remove(conn, [(kept.sort_key, kept.article)])
    images, pictures = _pictures(conn, article_id)
    stories.leave(conn, [article_id])
    uses.remove(conn, [article_id], images)
    for table in (REVISION, ABSENCE):
        conn.execute(delete(table).where(table.c.article_id == article_id))
    given.note_deleted(conn, [article_id])
    conn.execute(delete(ARTICLE).where(ARTICLE.c.id == article_id))
    doom(conn, pictures)
