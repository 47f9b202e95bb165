"""Under which key an article is kept: its own, unless the database has it under another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from crawler.items import Article
from storage.lookup import ids
from storage.models import ARTICLE
from storage.records import chunks
from storage.rows import storable


class Key(NamedTuple):
    """The identity of an article, and the version of the rules that made it."""

    url_key: str
    url_rules: int


def settle(conn: Connection, articles: Sequence[Article]) -> list[Key]:
    """The key of each of these articles, which have fingerprints.

    An article that was stored from the very same URL is the same, whatever made its key: older rules, or a
    claim that its page makes no more. A page that begins to claim another address does not move an article
    that is stored under its own; `scrapy db rekey` does.
    """
    marks = [article.fingerprint for article in articles]
    own_keys = {mark.own_key for mark in marks if mark and mark.own_key}
    known = ids(conn, ARTICLE.c.url_key, [*{mark.url_key for mark in marks if mark} | own_keys])
    unsure = {
        storable(article.url)
        for article, mark in zip(articles, marks, strict=True)
        if mark and (mark.own_key or mark.url_key not in known)
    }
    by_url: dict[str, list[Key]] = {}
    for chunk in chunks(unsure):
        columns = (ARTICLE.c.url, ARTICLE.c.url_key, ARTICLE.c.url_rules)
        for row in conn.execute(select(*columns).where(ARTICLE.c.url.in_(chunk)).order_by(ARTICLE.c.id)):
            by_url.setdefault(row.url, []).append(Key(row.url_key, row.url_rules))
    found = []
    for article, mark in zip(articles, marks, strict=True):
        assert mark is not None
        key = Key(mark.url_key, mark.url_rules)
        stored = by_url.get(storable(article.url), [])
        if stored and mark.url_key not in {other.url_key for other in stored}:
            key = stored[0]
        elif not stored and mark.own_key in known:
            key = Key(str(mark.own_key), mark.url_rules)
        found.append(key)
    return found
