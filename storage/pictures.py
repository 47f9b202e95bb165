"""The files of images: which are known, what came of asking for them, which are missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, exists, insert, or_, select, update

from crawler.pictures import Fetched, Picture
from storage import alike
from storage.lookup import ensure, ids
from storage.models import ARTICLE, ARTICLE_IMAGE, IMAGE, PICTURE
from storage.records import chunks
from storage.rows import image_key
from storage.types import hex64, signed64


class Known(NamedTuple):
    """What is known of an image's file; a picture's values are None when it was never fetched."""

    not_before: datetime | None
    """When it may be asked for again; None: it never was."""
    sha256: str | None
    dhash: str | None
    phash: str | None
    width: int | None
    height: int | None
    path: str | None

    @property
    def is_due(self) -> bool:
        return self.not_before is None or self.not_before <= datetime.now(UTC)


class Missing(NamedTuple):
    """An image that some article uses without its picture."""

    id: int
    url: str
    article_url: str
    """Of an article that uses it."""


@dataclass(frozen=True, slots=True)
class NotePictures:
    """Write down what came of asking for images, by their URL; uses without a picture get it."""

    fetched: Mapping[str, Fetched]

    def apply(self, conn: Connection) -> None:
        by_key = {image_key(url): (url, one) for url, one in self.fetched.items()}
        rows = {key: {"url_key": key, "url": url} for key, (url, _) in by_key.items()}
        image_ids = ensure(conn, IMAGE.c.url_key, rows)
        pictures = note(conn, {image_ids[key]: one for key, (_, one) in by_key.items()})
        use = ARTICLE_IMAGE.c
        for image_id, picture_id in pictures.items():
            bare = (use.image_id == image_id, use.picture_id.is_(None))
            conn.execute(update(ARTICLE_IMAGE).where(*bare).values(picture_id=picture_id))
        alike.regroup(conn, set(pictures.values()))


def known_images(conn: Connection, urls: Collection[str]) -> dict[str, Known]:
    """What is known of the files of images that have a row, by URL."""
    by_key: dict[str, list[str]] = {}
    for url in urls:
        by_key.setdefault(image_key(url), []).append(url)
    columns = [PICTURE.c[n] for n in ("sha256", "dhash", "phash", "width", "height", "path")]
    statement = select(IMAGE.c.url_key, IMAGE.c.not_before, *columns).select_from(
        IMAGE.outerjoin(PICTURE, PICTURE.c.id == IMAGE.c.picture_id)
    )
    found: dict[str, Known] = {}
    for chunk in chunks(by_key):
        for row in conn.execute(statement.where(IMAGE.c.url_key.in_(chunk))):
            dhash, phash = (None if value is None else hex64(value) for value in (row.dhash, row.phash))
            known = Known(row.not_before, row.sha256, dhash, phash, row.width, row.height, row.path)
            found.update((url, known) for url in by_key[row.url_key])
    return found


def note(conn: Connection, fetched: Mapping[int, Fetched]) -> dict[int, int]:
    """Write what came of asking for images, by id; the id of the picture of each that gave one.

    A failure leaves the picture that an image had. Needs the writers' lock.
    """
    with_picture = {n: one for n, one in fetched.items() if one.picture is not None}
    picture_ids = _pictures(conn, with_picture.values())
    asked = {
        n: {"row_id": n, "asked_at": one.at, "not_before": one.again, "failure": one.failure}
        for n, one in fetched.items()
    }
    shown = {n: picture_ids[one.picture.sha256] for n, one in with_picture.items() if one.picture}
    if failed := [row for n, row in asked.items() if n not in shown]:
        conn.execute(update(IMAGE).where(IMAGE.c.id == bindparam("row_id")), failed)
    if rows := [asked[n] | {"picture_id": picture_id} for n, picture_id in shown.items()]:
        conn.execute(update(IMAGE).where(IMAGE.c.id == bindparam("row_id")), rows)
    return shown


def missing_pictures(
    conn: Connection, portal: str | None = None, limit: int | None = None, before: int | None = None
) -> list[Missing]:
    """Images that articles use without a picture and that may be asked for now, the newest first.

    `before`: only those with a lower id, to go on where an earlier answer ended.
    """
    use, image = ARTICLE_IMAGE.c, IMAGE.c
    bare = exists(select(use.id).where(use.image_id == image.id, use.picture_id.is_(None)))
    if portal is not None:
        mine = select(use.id).join(ARTICLE, ARTICLE.c.id == use.article_id)
        bare = exists(
            mine.where(use.image_id == image.id, use.picture_id.is_(None), ARTICLE.c.portal == portal)
        )
    now = datetime.now(UTC)
    article_url = (
        select(ARTICLE.c.url)
        .join(ARTICLE_IMAGE, use.article_id == ARTICLE.c.id)
        .where(use.image_id == image.id)
        .order_by(use.id)
        .limit(1)
        .scalar_subquery()
    )
    statement = select(image.id, image.url, article_url.label("article_url")).where(
        bare, or_(image.not_before.is_(None), image.not_before <= now)
    )
    if before is not None:
        statement = statement.where(image.id < before)
    return [Missing(*row) for row in conn.execute(statement.order_by(image.id.desc()).limit(limit))]


def _pictures(conn: Connection, fetched: Collection[Fetched]) -> dict[str, int]:
    """The ids of fetched pictures by their sha256; rows that lack what only the file tells are completed."""
    rows = {one.picture.sha256: _row(one.picture, one) for one in fetched if one.picture is not None}
    known = ids(conn, PICTURE.c.sha256, list(rows))
    if new := [row for sha256, row in rows.items() if sha256 not in known]:
        conn.execute(insert(PICTURE), new)
    bare: list[str] = []
    for chunk in chunks(known):
        lacking = or_(PICTURE.c.path.is_(None), PICTURE.c.sketch.is_(None))
        bare += conn.scalars(select(PICTURE.c.sha256).where(PICTURE.c.sha256.in_(chunk), lacking)).all()
    alike.remove(conn, [known[sha256] for sha256 in bare])
    for sha256 in bare:
        conn.execute(update(PICTURE).where(PICTURE.c.sha256 == sha256).values(rows[sha256]))
    found = ids(conn, PICTURE.c.sha256, list(rows))
    alike.add(conn, {found[sha256] for sha256 in rows if sha256 not in known or sha256 in bare})
    return found


def _row(picture: Picture, fetched: Fetched) -> dict[str, Any]:
    return {
        "sha256": picture.sha256,
        "dhash": signed64(picture.dhash),
        "phash": signed64(picture.phash),
        "width": picture.width,
        "height": picture.height,
        "bytes": picture.length,
        "mime": picture.mime,
        "path": fetched.path,
        "fetched_at": fetched.at,
        "sketch": picture.sketch,
        "flat": picture.flat,
    }
