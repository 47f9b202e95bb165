"""What a crawl with IMAGES=on hands to storage, without a crawl."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawler.items import Article, Image
from crawler.pictures import Fetched
from crawler.pictures.files import path_of
from crawler.pictures.read import read_picture

NOW = datetime(2026, 1, 31, 8, 0, tzinfo=UTC)
MONTH = timedelta(days=30)


def fetched(data: bytes) -> Fetched:
    """What comes of a picture's bytes."""
    picture = read_picture(data)
    return Fetched(NOW, datetime.now(UTC) + MONTH, picture, path_of(picture))


def failed(reason: str, again: datetime = NOW) -> Fetched:
    return Fetched(NOW, again, failure=reason)


def with_pictures(article: Article, *shown: Fetched) -> Article:
    """The article as the media pipeline leaves it; its images in turn show what is given."""
    for image, one in zip(article.images, shown, strict=True):
        show(article, image, one)
    return article


def show(article: Article, image: Image, one: Fetched) -> None:
    article.fetch.pictures[image.url] = one
    if one.picture is not None:
        image.sha256, image.dhash, image.phash = one.picture.sha256, one.picture.dhash, one.picture.phash
