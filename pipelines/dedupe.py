"""Keep one article a URL in a run: two addresses that lead to one article are one.

Across runs the database decides by the same key; articles with the same text at other addresses are kept
and linked when they are stored, never dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from crawler.store import Store

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.items import Article


class DedupePipeline:
    """Drops an article whose identity another page of this run already had."""

    def __init__(self, crawler: Crawler) -> None:
        self.store = Store.of(crawler)
        # hashes, not strings: a run may see a million articles
        self.seen: dict[int, int | None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> DedupePipeline:
        return cls(crawler)

    async def process_item(self, item: Article) -> Article:
        assert item.fingerprint is not None
        key = hash(item.fingerprint.url_key)
        first = self.seen.setdefault(key, item.fetch.page_id)
        if first != item.fetch.page_id:
            await self.store.drop(item, "duplicate")
            raise DropItem(f"{item.url}: another page of this run led to the same article")
        return item
