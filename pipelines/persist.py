"""Store articles: an article is done when its transaction is committed, and only then."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from crawler.store import Store
from storage.engine import DatabaseError
from storage.forget import Forgotten
from storage.writer import StoreArticle

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.items import Article

logger = logging.getLogger(__name__)


class PersistPipeline:
    """Writes articles by natural group commit: `process_item` returns once the article is committed."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.store = Store.of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> PersistPipeline:
        return cls(crawler)

    async def open_spider(self) -> None:
        await self.store.open()

    async def process_item(self, item: Article) -> Article:
        item.fetch.run_id = self.store.run_id
        try:
            stored = await self.store.submit(StoreArticle(item))
        except DatabaseError:
            raise DropItem(
                f"{item.url}: not stored, the database failed; the next run fetches it again"
            ) from None
        except Forgotten as error:
            await self.store.drop(item, "forgotten")
            raise DropItem(str(error)) from None
        except Exception as error:
            # a poisonous row must cost itself only, and be found again in the ledger
            logger.exception("%s could not be stored", item.url)
            await self.store.fail(item, f"not_storable: {type(error).__name__}")
            raise DropItem(f"{item.url}: not stored, {error}") from error
        item.story, item.reprint_of = stored.story_id, stored.reprint_of
        stats = self.crawler.stats
        stats.inc_value(f"tushuo/articles_{stored.state}")
        if stored.state != "same":
            stats.inc_value("tushuo/images", len(item.images))
            stats.inc_value("tushuo/captions", sum(1 for image in item.images if image.caption))
        if stored.returned:
            stats.inc_value("tushuo/articles_returned")
        if stored.story_id is not None:
            stats.inc_value("tushuo/articles_linked")
        return item
