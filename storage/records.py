"""Rows of the database back as Articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, select

from crawler.items import Article, Fingerprint, Image, Source
from storage.blocks import decode
from storage.models import ARTICLE, ARTICLE_IMAGE, IMAGE, PICTURE, STORY
from storage.times import published_iso
from storage.types import hex64

T = TypeVar("T")
FIRST = ARTICLE.alias("first")
CHUNK = 5_000  # values in one IN list; SQLite allows 32,766 parameters


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk


def select_articles() -> Select[Any]:
    """A SELECT of whole articles, with the first copy of each one's story; add where and order."""
    return select(ARTICLE, FIRST.c.id.label("first_id"), FIRST.c.url.label("first_url")).select_from(
        ARTICLE.outerjoin(STORY, STORY.c.id == ARTICLE.c.story_id).outerjoin(
            FIRST, FIRST.c.id == STORY.c.first_article_id
        )
    )


def load(conn: Connection, rows: Sequence[Row[Any]]) -> list[Article]:
    """The articles of rows of select_articles(), in their order, with their images."""
    images = load_images(conn, [row.id for row in rows])
    return [_article(row, images.get(row.id, [])) for row in rows]


def load_images(conn: Connection, article_ids: Sequence[int]) -> dict[int, list[Image]]:
    """The images of each article that has any, in the order of the page."""
    use = ARTICLE_IMAGE.c
    statement = select(
        ARTICLE_IMAGE,
        IMAGE.c.url.label("image_url"),
        PICTURE.c.sha256,
        PICTURE.c.dhash,
        PICTURE.c.phash,
        PICTURE.c.width.label("real_width"),
        PICTURE.c.height.label("real_height"),
    ).select_from(
        ARTICLE_IMAGE.join(IMAGE, IMAGE.c.id == use.image_id).outerjoin(
            PICTURE, PICTURE.c.id == use.picture_id
        )
    )
    found: dict[int, list[Image]] = {}
    for ids in chunks(article_ids):
        rows = conn.execute(statement.where(use.article_id.in_(ids)).order_by(use.article_id, use.number))
        for row in rows:
            found.setdefault(row.article_id, []).append(_image(row))
    return found


def _image(row: Row[Any]) -> Image:
    return Image(
        url=row.url or row.image_url,
        position=row.position,
        alt=row.alt,
        caption=row.caption,
        credit=row.credit,
        credit_raw=row.credit_raw,
        width=row.width if row.width is not None else row.real_width,
        height=row.height if row.height is not None else row.real_height,
        sha256=row.sha256,
        dhash=None if row.dhash is None else hex64(row.dhash),
        phash=None if row.phash is None else hex64(row.phash),
    )


def _article(row: Row[Any], images: list[Image]) -> Article:
    return Article(
        url=row.url,
        title=row.title,
        canonical_url=row.canonical_url,
        portal=row.portal,
        channel=row.channel,
        subtitle=row.subtitle,
        keywords=row.keywords,
        language=row.language,
        published_at=published_iso(
            row.published_at, row.published_offset, row.published_precision, row.published_day
        ),
        modified_at=row.modified_at,
        published_raw=row.published_raw,
        source=None if row.source_name is None else Source(row.source_name, row.source_url),
        authors=row.authors,
        editor=row.editor,
        duty_editor=row.duty_editor,
        blocks=decode(row.blocks, row.body_text),
        body_text=row.body_text,
        images=images,
        story=row.story_id,
        reprint_of=row.first_url if row.first_id not in (None, row.id) else None,
        pages=row.pages,
        template=row.template,
        extractor=row.extractor,
        fingerprint=Fingerprint(
            row.url_key, row.url_rules, row.text_hash, row.pictures_hash, row.content_hash
        ),
    )
