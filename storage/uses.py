"""What an article uses: its images and its people, in rows of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, exists, insert, select

from crawler.items import Article, Image
from storage import alike, pictures
from storage.lookup import ensure, ids
from storage.models import ARTICLE_IMAGE, BYLINE, IMAGE, PERSON, PICTURE
from storage.records import chunks
from storage.rows import bylines, image_key, image_row
from storage.types import signed64


def write_images(conn: Connection, articles: Mapping[int, Article], replaced: Sequence[int]) -> None:
    """Store the images of articles, by id; those of `replaced` ones take the place of the old.

    A use keeps the picture that was once fetched for it as long as its image stays in the article (of several
    uses of one image each its own, in their order); a new one has what its URL showed when last fetched.
    """
    seen = _take_out(conn, replaced)
    images = {image_key(image.url): image.url for article in articles.values() for image in article.images}
    image_ids = ensure(
        conn, IMAGE.c.url_key, {key: {"url_key": key, "url": url} for key, url in images.items()}
    )
    fetched = {
        image_ids[image_key(url)]: one
        for article in articles.values()
        for url, one in article.fetch.pictures.items()
    }
    pictures.note(conn, fetched)
    picture_ids = _told(conn, articles.values())
    shown = _shown(conn, image_ids.values())
    rows = []
    for article_id, article in articles.items():
        times: Counter[str] = Counter()  # that an image was used in this article
        for number, image in enumerate(article.images, 1):
            key = image_key(image.url)
            times[key] += 1
            row = image_row(image, number)
            row["article_id"] = article_id
            row["image_id"] = image_ids[key]
            row["url"] = image.url if image.url != images[key] else None
            kept = seen.get((article_id, image_ids[key], times[key])) or shown.get(image_ids[key])
            row["picture_id"] = picture_ids[image.sha256] if image.sha256 else kept
            rows.append(row)
    _keep_other_forms(conn, rows, images, image_ids)
    if rows:
        conn.execute(insert(ARTICLE_IMAGE), rows)
    # a new use may be the first of its look-alikes, and one that is gone no longer is
    alike.regroup(conn, {row["picture_id"] for row in rows if row["picture_id"]} | set(seen.values()))


def write_bylines(conn: Connection, articles: Mapping[int, Article], replaced: Sequence[int]) -> None:
    """Store who made the articles, by id; the bylines of `replaced` ones take the place of the old."""
    for chunk in chunks(replaced):
        conn.execute(delete(BYLINE).where(BYLINE.c.article_id.in_(chunk)))
    entries = [(article_id, *entry) for article_id, article in articles.items() for entry in bylines(article)]
    names = sorted({name for *_, name in entries})
    person_ids = ensure(conn, PERSON.c.name, {name: {"name": name} for name in names})
    if entries:
        rows = [
            {"article_id": article_id, "role": role, "number": number, "person_id": person_ids[name]}
            for article_id, role, number, name in entries
        ]
        conn.execute(insert(BYLINE), rows)


def remove(conn: Connection, article_ids: Sequence[int], once: Collection[int] = ()) -> None:
    """Delete what articles use, and the images and persons that nobody uses any more.

    `once` are further images, which the articles used to have.
    """
    use, byline = ARTICLE_IMAGE.c, BYLINE.c
    images = set(once)
    people: set[int] = set()
    for chunk in chunks(article_ids):
        images.update(conn.scalars(select(use.image_id).where(use.article_id.in_(chunk))))
        people.update(conn.scalars(select(byline.person_id).where(byline.article_id.in_(chunk))))
        for table in (ARTICLE_IMAGE, BYLINE):
            conn.execute(delete(table).where(table.c.article_id.in_(chunk)))
    for chunk in chunks(images):
        used = exists(select(use.id).where(use.image_id == IMAGE.c.id))
        conn.execute(delete(IMAGE).where(IMAGE.c.id.in_(chunk), ~used))
    for chunk in chunks(people):
        named = exists(select(byline.article_id).where(byline.person_id == PERSON.c.id))
        conn.execute(delete(PERSON).where(PERSON.c.id.in_(chunk), ~named))


def _take_out(conn: Connection, article_ids: Sequence[int]) -> dict[tuple[int, int, int], int]:
    """Delete the uses of these articles; the picture that each (article, image, how often so far) had."""
    use = ARTICLE_IMAGE.c
    seen = {}
    times: Counter[tuple[int, int]] = Counter()
    for chunk in chunks(article_ids):
        had = select(use.article_id, use.image_id, use.picture_id).order_by(use.article_id, use.number)
        for article_id, image_id, picture_id in conn.execute(had.where(use.article_id.in_(chunk))):
            times[article_id, image_id] += 1
            if picture_id is not None:
                seen[article_id, image_id, times[article_id, image_id]] = picture_id
        conn.execute(delete(ARTICLE_IMAGE).where(use.article_id.in_(chunk)))
    return seen


def _told(conn: Connection, articles: Iterable[Article]) -> dict[str, int]:
    """The ids of the pictures that the articles themselves name, by sha256; what is not stored is made."""
    named = {image.sha256: image for article in articles for image in article.images if image.sha256}
    known = ids(conn, PICTURE.c.sha256, list(named))
    found = ensure(conn, PICTURE.c.sha256, {sha256: _picture_row(image) for sha256, image in named.items()})
    alike.add(conn, {found[sha256] for sha256 in named if sha256 not in known})
    return found


def _shown(conn: Connection, image_ids: Collection[int]) -> dict[int, int]:
    """The picture that each image showed when it was last fetched."""
    found: dict[int, int] = {}
    for chunk in chunks(image_ids):
        statement = select(IMAGE.c.id, IMAGE.c.picture_id)
        rows = conn.execute(statement.where(IMAGE.c.id.in_(chunk), IMAGE.c.picture_id.is_not(None)))
        found.update((row.id, row.picture_id) for row in rows)
    return found


def _picture_row(image: Image) -> dict[str, Any]:
    return {
        "sha256": image.sha256,
        "dhash": signed64(image.dhash) if image.dhash else None,
        "phash": signed64(image.phash) if image.phash else None,
        "width": image_row(image, 1)["width"],
        "height": image_row(image, 1)["height"],
    }


def _keep_other_forms(
    conn: Connection, rows: list[dict[str, Any]], images: dict[str, str], image_ids: dict[str, int]
) -> None:
    """Give a use its own URL where image.url, written by an earlier article, has another form of it."""
    ours = {image_ids[key]: url for key, url in images.items()}
    first: dict[int, str] = {}
    for chunk in chunks(ours):
        statement = select(IMAGE.c.id, IMAGE.c.url).where(IMAGE.c.id.in_(chunk))
        first.update((row.id, row.url) for row in conn.execute(statement))
    for row in rows:
        url = row["url"] or ours[row["image_id"]]
        row["url"] = url if url != first[row["image_id"]] else None
