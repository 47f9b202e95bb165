"""Fetches pictures through the crawl's own downloader: guard, robots.txt, pace and CONNECT_TO as for pages.

Scrapy's images pipeline was not taken: it names files by URL, decodes whatever comes, stores its own JPEG in
place of the file, and an article waits for its pictures however long they take.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scrapy import Request

from crawler.failures import Failure, why
from crawler.pictures import Fetched, Picture, PictureError, pictures_folder
from crawler.pictures.files import keep
from crawler.pictures.read import read_picture
from storage.rows import image_key

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

logger = logging.getLogger(__name__)
_REMEMBERED = 4096  # URLs of which the run knows the end without asking the database
_RETRIES = 1  # after the first try: an article waits
# no image/webp: the file that a page shows everybody is wanted, not one made for this request
_ACCEPT = "image/jpeg,image/png,image/*;q=0.8,*/*;q=0.1"


class PictureFetcher:
    """The pictures of one run; each URL is asked for once."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.folder = pictures_folder(settings)
        self._crawler = crawler
        self._tasks: OrderedDict[str, asyncio.Task[Fetched]] = OrderedDict()
        self._pixels_most = settings.getint("IMAGES_MAX_PIXELS")
        self._again = timedelta(seconds=settings.getfloat("IMAGES_AGAIN"))
        self._meta = {
            "is_picture": True,
            "allow_offsite": True,  # portals keep their pictures on hosts of others
            "download_timeout": settings.getfloat("IMAGES_TIMEOUT"),
            "download_maxsize": settings.getint("IMAGES_MAXSIZE"),
            "download_warnsize": 0,
            "max_retry_times": min(_RETRIES, settings.getint("RETRY_TIMES")),
        }
        # one at a time: what a picture takes while it is decoded is then taken once
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="tushuo-pictures")
        self._full = False

    def close(self) -> None:
        """End the thread; what it is doing is finished first."""
        self._reader.shutdown()

    def ask(self, url: str, page_url: str) -> asyncio.Task[Fetched]:
        """The task that fetches a picture shown on a page; the same one for whoever asks again."""
        key = image_key(url)
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(self._fetch(url, page_url))
        self._tasks.move_to_end(key)
        for old in [key for key, task in self._tasks.items() if task.done()][:-_REMEMBERED]:
            del self._tasks[old]
        return task

    async def _fetch(self, url: str, page_url: str) -> Fetched:
        failure = await self._answer(url, page_url)
        now = datetime.now(UTC)
        stats = self._crawler.stats
        if isinstance(failure, Failure):
            stats.inc_value("tushuo/pictures_failed")
            stats.inc_value(f"tushuo/pictures_failed/{failure.reason}")
            logger.info("%s", failure.message)
            return Fetched(now, now if failure.passing else now + self._again, failure=failure.reason)
        picture, path = failure
        stats.inc_value("tushuo/pictures_fetched")
        return Fetched(now, now + self._again, picture, path)

    async def _answer(self, url: str, page_url: str) -> Failure | tuple[Picture, str]:
        """A picture with the path of its file, or why there is none."""
        engine = self._crawler.engine
        assert engine is not None
        if self._full:
            return Failure("not_kept", f"{url}: not fetched, its file could not be kept", passing=True)
        try:
            headers = {"Accept": _ACCEPT, "Referer": page_url}
            request = Request(url, headers=headers, meta=dict(self._meta), dont_filter=True)
            response = await engine.download_async(request)
        except Exception as error:  # noqa: BLE001 - whatever a download may raise; why() names it
            return why(error, url)
        if response.status != 200:
            return Failure.of_status(response.status, url)
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._reader, self._take, response.body)
        except PictureError as error:
            return Failure(error.reason, f"{url}: no picture is kept, {error}")
        except OSError as error:
            self._full = True
            logger.error("%s cannot be written (%s): no further pictures in this run", self.folder, error)
            return Failure("not_kept", f"{url}: its file could not be kept ({error})", passing=True)

    def _take(self, data: bytes) -> tuple[Picture, str]:
        picture = read_picture(data, self._pixels_most)
        return picture, keep(self.folder, picture, data)
