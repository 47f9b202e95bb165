"""The search index: what is put in when an article is stored, and taken out before it changes.

SQLite has FTS5 tables without content, PostgreSQL tables of tsvectors; both map a sort key to tokens.
An article's picture n (from 1) has the article's key + n.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from crawler.items import Article, Image
from storage.rows import MAX_NUMBERED
from storage.tokens import CAPTION, CREDIT, TITLE, document

ARTICLES = {"sqlite": "article_fts", "postgresql": "article_search"}
IMAGES = {"sqlite": "image_fts", "postgresql": "image_search"}


def article_text(article: Article) -> list[str | None]:
    """The parts in which a search of articles looks."""
    parts = [article.title, article.subtitle, article.body_text, *article.authors]
    parts.append(article.source.name if article.source else None)
    for image in article.images:
        parts += (image.caption, image.credit)
    return parts


def image_text(image: Image, title: str) -> list[str | None]:
    """The parts in which a search of images looks; an alt that only repeats the title says nothing."""
    return [image.caption, image.credit, image.alt if image.alt != title else None]


def add(conn: Connection, articles: Sequence[tuple[int, Article]]) -> None:
    """Put (sort key, article) pairs and their images in."""
    # FTS5 writes a segment each time a row id is smaller than the one before
    ordered = sorted(articles, key=lambda pair: pair[0])
    _insert(conn, ARTICLES, [_article_entry(key, article) for key, article in ordered])
    _insert(conn, IMAGES, [entry for key, article in ordered for entry in _image_entries(key, article)])


def remove(conn: Connection, articles: Sequence[tuple[int, Article]]) -> None:
    """Take out (sort key, article) pairs, each article as it was when it was put in."""
    ordered = sorted(articles, key=lambda pair: pair[0])
    _delete(conn, ARTICLES, [_article_entry(key, article) for key, article in ordered])
    _delete(conn, IMAGES, [entry for key, article in ordered for entry in _image_entries(key, article)])


def same_entries(key: int, article: Article, old_key: int, old: Article) -> bool:
    """True when the index would hold the very same for both states of an article."""
    return (
        key == old_key
        and article_text(article) == article_text(old)
        and [image_text(i, article.title) for i in article.images]
        == [image_text(i, old.title) for i in old.images]
    )


def _article_entry(key: int, article: Article) -> tuple[int, str]:
    fields = [(TITLE, article.title)]
    fields += [(CAPTION, image.caption) for image in article.images if image.caption]
    fields += [(CREDIT, image.credit) for image in article.images if image.credit]
    return key, document(article_text(article), fields)


def _image_entries(key: int, article: Article) -> list[tuple[int, str]]:
    return [
        (
            key + number,
            document(image_text(image, article.title), [(CAPTION, image.caption), (CREDIT, image.credit)]),
        )
        for number, image in enumerate(article.images[:MAX_NUMBERED], 1)
    ]


def _insert(conn: Connection, tables: dict[str, str], entries: list[tuple[int, str]]) -> None:
    if not entries:
        return
    table = tables[conn.dialect.name]
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql(f"INSERT INTO {table}(rowid, tokens) VALUES (?, ?)", entries)
    else:
        # a literal of bare lexemes, which are letters and digits only; to_tsvector would cut them anew
        conn.exec_driver_sql(f"INSERT INTO {table}(sort_key, tokens) VALUES (%s, %s::tsvector)", entries)


def _delete(conn: Connection, tables: dict[str, str], entries: list[tuple[int, str]]) -> None:
    if not entries:
        return
    table = tables[conn.dialect.name]
    if conn.dialect.name == "sqlite":
        # without content FTS5 must be told what it had stored
        statement = f"INSERT INTO {table}({table}, rowid, tokens) VALUES ('delete', ?, ?)"
        conn.exec_driver_sql(statement, entries)
    else:
        conn.exec_driver_sql(f"DELETE FROM {table} WHERE sort_key = %s", [(key,) for key, _ in entries])
