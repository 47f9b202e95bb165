"""An article about to be stored, beside what the database has kept of it; how the two differ."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from crawler.copies.marks import Keys, keys_of
from crawler.items import Article, Image, to_record
from storage.models import ARTICLE
from storage.records import chunks, load, select_articles
from storage.rows import article_row, fits, image_row, pixels, sort_key, storable
from storage.types import to_json

# where the article was seen and by whom, not what it says
_NOT_COMPARED = frozenset({"run_id", "checked_at"})
_FIELD_OF = {"source_name": "source", "source_url": "source"} | dict.fromkeys(
    ("published_offset", "published_precision", "published_day"), "published_at"
)
_NO_FIELD = frozenset({"url_key", "url_rules", "channel_path", "text_hash", "pictures_hash", "content_hash"})
_CONTENT = frozenset({"title", "body_text", "blocks", "images"})
# of the file, whose hashes follow from its sha256
_FILE = frozenset({"width", "height", "sha256", "dhash", "phash"})
_SAID = tuple(field.name for field in fields(Image) if field.name not in _FILE)


class Kept:
    """An article as the database has it."""

    def __init__(self, row: Row[Any], article: Article) -> None:
        self.row = row._mapping
        self.article = article
        self.id: int = row.id
        self.sort_key: int = row.sort_key
        self.story_id: int | None = row.story_id
        self.changed_at: datetime | None = row.changed_at

    @property
    def natural_key(self) -> int:
        """The sort key it would have were all keys free."""
        return sort_key(self.row["published_at"], self.row["url_key"])

    @property
    def keys(self) -> Keys:
        """Under which its copies found it."""
        return keys_of(self.row["text_hash"], self.row["pictures_hash"], self.row["body_text"])

    def revision(self) -> dict[str, Any]:
        """The columns of `revision` that follow from this state."""
        return {
            "article_id": self.id,
            "title": self.row["title"],
            "body_text": self.row["body_text"],
            "blocks": self.row["blocks"],
            "images": to_record(self.article)["images"],
            "content_hash": self.row["content_hash"],
        }


@dataclass(slots=True, eq=False)
class Prepared:
    """An article with its row, ready to be stored."""

    article: Article
    row: dict[str, Any]
    sort_key: int

    @property
    def url_key(self) -> str:
        key: str = self.row["url_key"]
        return key

    def keep_under(self, url_key: str, url_rules: int) -> None:
        """Store it as the article of this key."""
        if url_key != self.url_key:
            self.row |= {"url_key": url_key, "url_rules": url_rules}
            self.sort_key = sort_key(self.row["published_at"], url_key)

    @property
    def keys(self) -> Keys:
        """Under which its copies find it."""
        mark = self.article.fingerprint
        if mark is not None and mark.keys is not None:
            return mark.keys
        return keys_of(self.row["text_hash"], self.row["pictures_hash"], self.row["body_text"])

    def columns_that_differ(self, old: Kept) -> list[str]:
        return [
            name for name, value in self.row.items() if name not in _NOT_COMPARED and value != old.row[name]
        ]

    def images_differ(self, old: Kept) -> bool:
        mine, theirs = self.article.images, old.article.images
        return len(mine) != len(theirs) or not all(map(_same_use, mine, theirs))

    def differs(self, old: Kept) -> bool:
        return bool(self.columns_that_differ(old)) or self.images_differ(old)

    def is_revision(self, old: Kept) -> bool:
        """True when readers see another article; a new way of hashing alone is none."""
        if self.row["content_hash"] == old.row["content_hash"] or self.article.fetch.rules_only:
            return False
        return not _CONTENT.isdisjoint(changed_fields(self, old))

    def moves_story(self, old: Kept) -> bool:
        """True when something on which its story depends is other than before."""
        decisive = ("text_hash", "pictures_hash", "published_at", "title", "body_text")
        return any(self.row[name] != old.row[name] for name in decisive)

    def changes_source(self, old: Kept) -> bool:
        """True when it names another source, or is at another place, than before."""
        return any(self.row[name] != old.row[name] for name in ("source_name", "source_url", "portal", "url"))


def prepare(article: Article) -> Prepared:
    """The article's row; strings that no database takes are cleaned. ValueError as in article_row()."""
    row = article_row(article)
    images = [(image.url, *image_row(image, 0).values(), image.sha256) for image in article.images]
    values = [value for value in row.values() if not isinstance(value, datetime)]
    probe = to_json([values, images])
    if "\\u0000" in probe or not fits(probe):
        row = article_row(storable(article))
    return Prepared(article, row, sort_key(row["published_at"], row["url_key"]))


def kept_articles(conn: Connection, url_keys: list[str]) -> dict[str, Kept]:
    """What the database has of these articles, by url_key."""
    kept: dict[str, Kept] = {}
    for chunk in chunks(url_keys):
        rows = conn.execute(select_articles().where(ARTICLE.c.url_key.in_(chunk))).all()
        kept.update(
            (row.url_key, Kept(row, article)) for row, article in zip(rows, load(conn, rows), strict=True)
        )
    return kept


def changed_fields(item: Prepared, old: Kept) -> list[str]:
    """Names of the record's fields that differ, in the record's order."""
    columns = [name for name in item.columns_that_differ(old) if name not in _NO_FIELD]
    names = dict.fromkeys(_FIELD_OF.get(name, name) for name in columns)
    if item.images_differ(old):
        names["images"] = None
    return list(names)


def _same_use(new: Image, old: Image) -> bool:
    if any(getattr(new, name) != getattr(old, name) for name in _SAID):
        return False
    # what only a fetched file tells is not lost when a later crawl does not fetch it
    told = ((new.sha256, old.sha256), (pixels(new.width), old.width), (pixels(new.height), old.height))
    return all(mine is None or mine == theirs for mine, theirs in told)
