"""Pictures as a corpus of captions: each use with its article, its file, and its side of the split."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from crawler.items import Article, Image
from storage.models import ARTICLE_IMAGE, PICTURE
from storage.queries import Found
from storage.records import chunks
from storage.split import Side, Split

_TOGETHER = 200  # articles at once


class Use(NamedTuple):
    """A use of a picture."""

    article_id: int
    article: Article
    image: Image
    path: str | None
    """Where the fetched file lies, as `picture` has it; None when it was not fetched."""
    side: Side


def uses(conn: Connection, articles: Iterable[Found], split: Split) -> Iterator[Use]:
    """Every use of a picture in these articles, in their order."""
    for together in chunks(articles, _TOGETHER):
        with_images = [found.id for found in together if found.article.images]
        places = _places(conn, with_images)
        for found in together:
            for number, image in enumerate(found.article.images, 1):
                image_id, path = places[found.id, number]
                yield Use(found.id, found.article, image, path, split[image_id])


def _places(conn: Connection, article_ids: list[int]) -> dict[tuple[int, int], tuple[int, str | None]]:
    """(image id, path of the file) by (article id, number of the picture)."""
    use = ARTICLE_IMAGE.c
    statement = select(use.article_id, use.number, use.image_id, PICTURE.c.path)
    statement = statement.select_from(ARTICLE_IMAGE.outerjoin(PICTURE, PICTURE.c.id == use.picture_id))
    rows = conn.execute(statement.where(use.article_id.in_(article_ids)))
    return {(row.article_id, row.number): (row.image_id, row.path) for row in rows}
