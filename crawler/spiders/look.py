"""A spider for commands that look at a few live pages: polite and guarded as a crawl, without a database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider

from crawler.failures import Failure, why

if TYPE_CHECKING:
    from scrapy.crawler import CrawlerProcessBase
    from scrapy.http import Response

    from crawler.portals import Portal

Fetch = Callable[[str], Awaitable["Response | Failure"]]
Job = Callable[[Fetch], Awaitable[None]]

# nothing is stored, and only the command's own words are printed
_SETTINGS: dict[str, Any] = {
    "ITEM_PIPELINES": {},
    "PROGRESS": False,
    "SUMMARY": False,
    "LOG_LEVEL": "WARNING",
}


class LookSpider(Spider):
    """Runs one job, which fetches the pages it wants one after the other."""

    name = "look"

    def __init__(self, job: Job, portal: Portal, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.job = job
        self.allowed_domains = list(portal.hosts)

    async def start(self) -> AsyncIterator[Any]:
        await self.job(self.fetch)
        return
        yield  # makes it the generator that Scrapy asks for; the job fetches by itself

    async def fetch(self, url: str) -> Response | Failure:
        """The answer to one request, or why there is none."""
        assert self.crawler.engine is not None
        try:
            response: Response = await self.crawler.engine.download_async(Request(url, dont_filter=True))
        except Exception as error:  # noqa: BLE001 - whatever a download may raise; why() names it
            return why(error, url)
        return response


def run_look(process: CrawlerProcessBase, job: Job, portal: Portal) -> None:
    """Run a job to its end, in a command's crawler process."""
    crawler = process.create_crawler(LookSpider)
    for name, value in _SETTINGS.items():
        crawler.settings.set(name, value, priority="cmdline")
    process.crawl(crawler, job=job, portal=portal)
    process.start()
