"""Pictures as a corpus of captions: each use with its article, its file, and its side of the split."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from crawler.items import Article, Image
from storage.articles import ImageFound
from storage.models import ARTICLE_IMAGE, PICTURE
from storage.records import chunks
from storage.split import Side, Split

_TOGETHER = 500  # pictures at once


class CorpusUse(NamedTuple):
    """A use of a picture."""

    article_id: int
    article: Article
    image: Image
    path: str | None
    """Where the fetched file lies, as `picture` has it; None when it was not fetched."""
    side: Side


def corpus_uses(conn: Connection, found: Iterable[ImageFound], split: Split) -> Iterator[CorpusUse]:
    """The same pictures, in their order, with file and side."""
    for together in chunks(found, _TOGETHER):
        places = _places(conn, {one.article_id for one in together})
        for article_id, article, number in together:
            image_id, path = places[article_id, number]
            yield CorpusUse(article_id, article, article.images[number - 1], path, split[image_id])


def _places(conn: Connection, article_ids: Collection[int]) -> dict[tuple[int, int], tuple[int, str | None]]:
    """(image id, path of the file) by (article id, number of the picture)."""
    use = ARTICLE_IMAGE.c
    statement = select(use.article_id, use.number, use.image_id, PICTURE.c.path)
    statement = statement.select_from(ARTICLE_IMAGE.outerjoin(PICTURE, PICTURE.c.id == use.picture_id))
    rows = conn.execute(statement.where(use.article_id.in_(article_ids)))
    return {(row.article_id, row.number): (row.image_id, row.path) for row in rows}
