"""The spider that crawls any declared portal: fetches, discovers, keeps the ledger; knows no markup."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from scrapy import Spider, signals
from scrapy.exceptions import CloseSpider

from crawler import undeclared
from crawler.arguments import Arguments, parse_arguments, undeclared_portal
from crawler.extract import EXTRACTOR
from crawler.extract.dates import url_day
from crawler.extract.lists import is_article_url
from crawler.failures import Failure
from crawler.identity import belongs, url_key
from crawler.middlewares.pace import Pace
from crawler.portals import Portal
from crawler.spiders.articles import Articles
from crawler.spiders.later import Later
from crawler.spiders.lists import Lists
from crawler.store import Store
from storage.engine import DatabaseError
from storage.ledger import Discover, Found, Mark, OpenLists, PageRow, due_pages, open_pages

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from storage.committer import Operation
    from storage.pages import State

logger = logging.getLogger(__name__)
_LATER_TRIES = 3  # further tries at the end of a run, for what failed for a passing reason


class PortalSpider(Spider):
    """Crawls one portal; a subclass with `portal` set is made for each declaration."""

    portal: Portal
    """Set by the subclass that is made of a declaration."""
    store: Store

    def __init__(self, *args: Any, **kwargs: str) -> None:
        super().__init__(*args)
        self.given = {name: str(value) for name, value in kwargs.items()}
        self.arguments: Arguments = parse_arguments(self.portal, **self.given)
        self.lists = Lists(self)
        self.articles = Articles(self)
        self.later = Later()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> PortalSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.store = Store.of(crawler)
        return spider

    @property
    def rhythm(self) -> tuple[float, ...]:
        """Seconds after its first storage at which an article is visited again."""
        return tuple(float(step) for step in self.crawler.settings.getlist("REVISIT_AFTER"))

    @classmethod
    def update_settings(cls, settings: Any) -> None:
        super().update_settings(settings)
        # the command line outranks this; a portal that asks for more time gets it by default
        if cls.portal.delay > settings.getfloat("DOWNLOAD_DELAY"):
            settings.set("DOWNLOAD_DELAY", cls.portal.delay, priority="spider")

    async def start(self) -> AsyncIterator[Any]:
        """What an earlier run left open, then the named pages, then the lists."""
        for url in self.arguments.outside:
            hosts = ", ".join(self.portal.hosts)
            self.start_failed(
                "outside", f"{url} is outside the portal {self.portal.name} ({hosts}); not fetched"
            )
        async for request in self.resume():
            yield request
        pages, lists = self.start_pages()
        if pages:
            rows = await self.submit(Discover(self.portal.name, self.store.run_id, pages))
            for found, row in zip(pages, rows, strict=True):
                if row.state == "forgotten":
                    self.start_failed("forgotten", f"{found.url} was taken down (scrapy forget); not fetched")
                    continue
                # a page that is named is fetched, whatever the ledger says of it
                for request in self.articles.take([row], named=found.url):
                    yield request
        for found in lists:
            if self.arguments.limit is not None and found is not lists[0]:
                # under a limit one list after the other: the rest may not be needed
                await self.lists.quiet()
                if self.articles.is_full:
                    break
            for row in await self.submit(OpenLists(self.portal.name, self.store.run_id, [found])):
                yield self.lists.walk(row)
        for request in self.articles.visit(await self.due()):
            yield request
        async for request in self.later.requests(self.settled):
            yield request

    async def settled(self) -> None:
        """Wait until no page is under way, nor any that follows from one."""
        # the end of a list may begin articles, never the other way round
        await self.lists.quiet()
        await self.articles.under_way.none()

    async def due(self) -> list[PageRow]:
        """Pages of stored articles that are to be looked at again."""
        arguments = self.arguments
        if arguments.revisit == "none" or arguments.outside:
            return []
        if arguments.urls and self.portal.article_url:
            return []  # of a declared portal url= means these pages; of another site it names the site
        if arguments.limit is not None and arguments.revisit != "all":
            return []  # a limited run is a look at what is new
        rows: list[PageRow] = await self.store.read(
            due_pages,
            self.portal.name,
            channels=self.channel_names(),
            since=date.fromisoformat(arguments.since) if arguments.since else None,
            until=date.fromisoformat(arguments.until) if arguments.until else None,
            every=arguments.revisit == "all",
        )
        if rows:
            logger.info("%s: visiting %d stored articles again", self.portal.name, len(rows))
        self.inc("visits", len(rows))
        return rows

    def pause_before(self, tries: int) -> float | None:
        """Seconds to wait before a page that failed is asked again, counting tries; None: not in this run."""
        settings = self.crawler.settings
        if (
            tries >= _LATER_TRIES
            or not settings.getint("RETRY_TIMES")
            or not settings.getbool("RETRY_ENABLED")
        ):
            return None
        self.inc("tried_again")
        return settings.getfloat("RETRY_PAUSE") * 2.0 ** (tries + 1)

    def channel_names(self) -> list[str] | None:
        """The channels that the arguments name; None for all: also pages found where no channel is known."""
        if len(self.arguments.channels) == len(self.portal.channels):
            return None
        return [channel.name for channel in self.arguments.channels]

    def start_pages(self) -> tuple[list[Found], list[Found]]:
        """Article pages and list pages that the arguments name."""
        lists = [
            Found(url, self.key(url), "list", channel.name)
            for channel in self.arguments.channels
            for url in (*channel.feeds, *channel.lists)
        ]
        pages = []
        for url in self.arguments.urls:
            # an undeclared site's page is looked at before it is taken for one or the other
            if self.portal.article_url and is_article_url(url, self.portal):
                pages.append(Found(url, self.key(url), "article", day_hint=url_day(url)))
            else:
                lists.append(Found(url, self.key(url), "list"))
        return pages, lists

    async def resume(self) -> AsyncIterator[Request]:
        """Articles that an earlier run found and did not finish, as far as this run's arguments go."""
        arguments = self.arguments
        rows: list[PageRow] = (
            await self.store.read(
                open_pages,
                self.portal.name,
                channels=None if arguments.urls or arguments.outside else self.channel_names(),
                url_keys=[self.key(url) for url in arguments.urls] if arguments.urls else None,
                include_postponed=True,
                since=date.fromisoformat(arguments.since) if arguments.since else None,
                until=date.fromisoformat(arguments.until) if arguments.until else None,
                extractor=EXTRACTOR,
            )
            if arguments.urls or not arguments.outside
            else []
        )
        if rows and not arguments.urls:
            logger.info(
                "%s: going on with %d articles that an earlier run found", self.portal.name, len(rows)
            )
        for request in self.articles.take(rows, resumed=True):
            yield request

    def guessed_lists(self, _home: str) -> list[str]:
        """Lists below a start page that nobody named; none where a declaration says which there are."""
        return []

    # --- for the readers of lists and articles

    def key(self, url: str) -> str:
        """The identity of a URL; crawler.identity.UrlError for what is none."""
        return url_key(url, self.portal.url_rules)

    def inc(self, name: str, count: int = 1) -> None:
        """Count in the run's statistics."""
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"tushuo/{name}", count)

    def start_failed(self, reason: str, message: str) -> None:
        """A page that was named gave nothing: the run did not do its job."""
        logger.error("%s", message)
        self.store.count("failed", reason)
        self.inc("start_failed")

    async def mark(self, row: PageRow, failure: Failure, state: State | None = None) -> None:
        """Write into the ledger what became of a page; `state` in place of the failure's own."""
        if failure.state == "blocked":
            Pace.of(self.crawler).challenged(row.url)
        self.store.count(failure.state, failure.reason)
        await self.submit(
            Mark(
                row.id,
                state or failure.state,
                failure.reason,
                status=failure.status,
                extractor=EXTRACTOR if failure.unread else None,
            )
        )

    async def submit(self, operation: Operation[Any]) -> Any:
        """The result of a ledger operation, once committed; a failing database ends the crawl."""
        try:
            return await self.store.submit(operation)
        except DatabaseError:
            raise CloseSpider("database_failed") from None


class UndeclaredSpider(PortalSpider):
    """Crawls a site that nobody declared: `scrapy crawl portal -a url=https://…`."""

    name = undeclared.NAME
    portal = Portal(name=undeclared.NAME, title=undeclared.NAME, hosts=())

    def __init__(self, *args: Any, **kwargs: str) -> None:
        self.portal = undeclared_portal(kwargs.get("url"))
        self.allowed_domains = list(self.portal.hosts)
        self.sitemaps: list[str] = []
        """Those that robots.txt names."""
        super().__init__(*args, **kwargs)

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> UndeclaredSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        assert isinstance(spider, UndeclaredSpider)
        crawler.signals.connect(spider.robots_parsed, signal=signals.robots_parsed)
        return spider

    def robots_parsed(self, robotparser: Any) -> None:
        # Scrapy's own interface does not pass on what Protego has read
        named = getattr(getattr(robotparser, "rp", None), "sitemaps", ())
        self.sitemaps += [url for url in named if belongs(url, self.portal.hosts)]

    def guessed_lists(self, home: str) -> list[str]:
        """The sitemaps of a site whose home page is the start."""
        if self.portal.article_url or urlsplit(home).path not in ("", "/"):
            return []
        return list(dict.fromkeys([*self.sitemaps, urljoin(home, "/sitemap.xml")]))
