"""Pictures that only a taken-down article used: what they show goes at once, then the file, then the row.

A row without `fetched_at` that still names a file is one whose file has to be deleted, so that a takedown
that was killed in between can be finished by saying it again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select, update

from storage import alike
from storage.models import ARTICLE_IMAGE, IMAGE, PICTURE, PICTURE_LINK
from storage.records import chunks


def doom(conn: Connection, picture_ids: Collection[int]) -> None:
    """Empty the rows of those pictures that no article uses; those that never had a file go at once."""
    use, image, picture, link = ARTICLE_IMAGE.c, IMAGE.c, PICTURE.c, PICTURE_LINK.c
    used = exists(select(use.id).where(use.picture_id == picture.id))
    gone: list[int] = []
    for chunk in chunks(picture_ids):
        gone += conn.scalars(select(picture.id).where(picture.id.in_(chunk), ~used)).all()
    near: set[int] = set()
    for chunk in chunks(gone):
        either = or_(link.picture_id.in_(chunk), link.other_id.in_(chunk))
        for row in conn.execute(select(link.picture_id, link.other_id).where(either)):
            near |= {row.picture_id, row.other_id}
        conn.execute(delete(PICTURE_LINK).where(either))
        alike.remove(conn, chunk)
        conn.execute(update(IMAGE).where(image.picture_id.in_(chunk)).values(picture_id=None))
        near |= set(conn.scalars(select(picture.id).where(picture.centre_id.in_(chunk))))
        around = or_(picture.centre_id.in_(chunk), picture.id.in_(chunk))
        conn.execute(update(PICTURE).where(around).values(centre_id=None))
        conn.execute(delete(PICTURE).where(picture.id.in_(chunk), picture.path.is_(None)))
        names = ("dhash", "phash", "width", "height", "bytes", "sketch", "flat", "fetched_at")
        conn.execute(update(PICTURE).where(picture.id.in_(chunk)).values(dict.fromkeys(names)))
    alike.regroup(conn, near - set(gone))


def doomed(conn: Connection) -> dict[int, str]:
    """Pictures whose files must be deleted: path by id."""
    picture = PICTURE.c
    rows = conn.execute(select(picture.id, picture.path).where(_is_doomed()).order_by(picture.id))
    return {row.id: row.path for row in rows}


@dataclass(frozen=True, slots=True)
class DropPictures:
    """Delete the rows of pictures whose files are gone, unless a crawl has brought them back meanwhile."""

    picture_ids: tuple[int, ...]

    def apply(self, conn: Connection) -> None:
        for chunk in chunks(self.picture_ids):
            conn.execute(delete(PICTURE).where(PICTURE.c.id.in_(chunk), _is_doomed()))


def _is_doomed() -> ColumnElement[bool]:
    picture = PICTURE.c
    return and_(picture.fetched_at.is_(None), picture.path.is_not(None))
