"""Fetch the pictures of an article before it is stored. Off unless IMAGES=on.

An article is stored with its pictures in one transaction, so a crawl that is killed in between finds its page
open again. It waits IMAGES_WAIT seconds at most: a picture that comes later is added to it then. No failure
of a picture costs the article.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from crawler.pictures import images_wanted
from crawler.pictures.fetch import PictureFetcher
from crawler.store import Store
from storage.engine import DatabaseError
from storage.pictures import NotePictures, known_images

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawler.items import Article, Image
    from crawler.pictures import Fetched, Picture
    from storage.pictures import Known

logger = logging.getLogger(__name__)


class MediaPipeline:
    """Fetches what is not known yet, and sets `fetch.pictures` and the hashes of every Image."""

    def __init__(self, crawler: Crawler) -> None:
        if not images_wanted(crawler.settings):
            raise NotConfigured
        self.stats = crawler.stats
        self.store = Store.of(crawler)
        self.store.closing.append(self._close)
        self.fetcher = PictureFetcher(crawler)
        self._most = crawler.settings.getint("IMAGES_PER_ARTICLE")
        self._wait = crawler.settings.getfloat("IMAGES_WAIT")
        self._late: set[asyncio.Task[None]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> MediaPipeline:
        return cls(crawler)

    async def process_item(self, item: Article) -> Article:
        urls = list(dict.fromkeys(image.url for image in item.images))
        self._count("left_out", len(urls[self._most :]))
        try:
            known = await self.store.read(known_images, urls) if urls else {}
        except DatabaseError as error:
            logger.error("%s: stored without its pictures: %s", item.url, error)
            return item
        wanted = await asyncio.to_thread(self._wanted, urls[: self._most], known)
        item.fetch.pictures = await self._fetch(wanted, item.url)
        for image in item.images:
            fetched = item.fetch.pictures.get(image.url)
            shown = (fetched.picture if fetched else None) or known.get(image.url)
            if shown is not None:
                _tell(image, shown)
        return item

    def _wanted(self, urls: Iterable[str], known: dict[str, Known]) -> list[str]:
        """Those that are not known, are due again, or whose file is lost."""
        wanted = []
        for url in urls:
            one = known.get(url)
            lost = one is not None and one.path is not None and not (self.fetcher.folder / one.path).exists()
            if one is None or one.is_due or lost:
                wanted.append(url)
            else:
                self._count("known", 1)
        return wanted

    async def _fetch(self, urls: list[str], page_url: str) -> dict[str, Fetched]:
        """What came of asking for pictures in time."""
        tasks = {url: self.fetcher.ask(url, page_url) for url in urls}
        if not tasks:
            return {}
        _, late = await asyncio.wait(set(tasks.values()), timeout=self._wait)
        for url, task in tasks.items():
            if task in late:
                self._count("late", 1)
                noting = asyncio.ensure_future(self._note(url, task))
                self._late.add(noting)
                noting.add_done_callback(self._late.discard)
        return {url: task.result() for url, task in tasks.items() if task not in late}

    async def _note(self, url: str, task: asyncio.Task[Fetched]) -> None:
        """Add a late picture to the articles that were stored without it."""
        fetched = await task
        try:
            await self.store.submit(NotePictures({url: fetched}))
        except DatabaseError as error:
            logger.debug("%s came late and is not in the database: %s", url, error)

    async def _close(self) -> None:
        if self._late:
            await asyncio.gather(*self._late)
        self.fetcher.close()

    def _count(self, what: str, number: int) -> None:
        if number:
            self.stats.inc_value(f"tushuo/pictures_{what}", number)


def _tell(image: Image, shown: Picture | Known) -> None:
    """Set what the file tells; a size that the page declares stays."""
    if shown.sha256 is None:
        return
    image.sha256, image.dhash, image.phash = shown.sha256, shown.dhash, shown.phash
    if image.width is None:
        image.width = shown.width
    if image.height is None:
        image.height = shown.height
