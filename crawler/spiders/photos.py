"""Fetches the pictures that stored articles lack: politely and guarded as a crawl, without reading a page."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from scrapy import Spider

from crawler.pictures.fetch import PictureFetcher
from crawler.store import Store
from storage.pictures import Missing, NotePictures, missing_pictures

if TYPE_CHECKING:
    from scrapy.crawler import CrawlerProcessBase

logger = logging.getLogger(__name__)
_BATCH = 200  # images read from the database at once
_AT_ONCE = 16  # asked for at a time, over all hosts; each host's own pace is the downloader's
# what is stored is noted by the spider itself, and no channel's health follows from it
_SETTINGS: dict[str, Any] = {
    "ITEM_PIPELINES": {},
    "PROGRESS": False,
    "SUMMARY": False,
    "HEALTH_CHECK": False,
    "LOG_LEVEL": "WARNING",
}


class PhotoSpider(Spider):
    """Asks for one picture after another and writes down what came of it."""

    name = "photos"

    def __init__(self, of_portal: str | None = None, limit: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.of_portal = of_portal
        self.limit = limit
        self.allowed_domains: list[str] = []

    async def start(self) -> AsyncIterator[Any]:
        self.store = Store.of(self.crawler)
        await self.store.open()
        fetcher = PictureFetcher(self.crawler)
        self.store.closing.append(self._closer(fetcher))
        places = asyncio.Semaphore(_AT_ONCE)
        before: int | None = None
        left = self.limit
        while left is None or left > 0:
            batch: list[Missing] = await self.store.read(
                missing_pictures, self.of_portal, min(_BATCH, left or _BATCH), before
            )
            await asyncio.gather(*(self._fetch(fetcher, places, one) for one in batch))
            if len(batch) < min(_BATCH, left or _BATCH):
                break
            before = batch[-1].id
            left = None if left is None else left - len(batch)
        return
        yield  # makes it the generator that Scrapy asks for; the pictures are fetched here

    async def _fetch(self, fetcher: PictureFetcher, places: asyncio.Semaphore, one: Missing) -> None:
        async with places:
            fetched = await fetcher.ask(one.url, one.article_url)
            await self.store.submit(NotePictures({one.url: fetched}))

    @staticmethod
    def _closer(fetcher: PictureFetcher) -> Any:
        async def close() -> None:
            fetcher.close()

        return close


def fetch_photos(process: CrawlerProcessBase, portal: str | None, limit: int | None) -> dict[str, int]:
    """Run it to its end, in a command's crawler process; the run's counts of pictures."""
    crawler = process.create_crawler(PhotoSpider)
    for name, value in _SETTINGS.items():
        crawler.settings.set(name, value, priority="cmdline")
    process.crawl(crawler, of_portal=portal, limit=limit)
    process.start()
    prefix = "tushuo/pictures_"
    stats = crawler.stats.get_stats() if crawler.stats else {}
    counts = {key.removeprefix(prefix): value for key, value in stats.items() if key.startswith(prefix)}
    return counts | {"ended": stats.get("finish_reason") == "finished"}
