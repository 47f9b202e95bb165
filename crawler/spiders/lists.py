"""Reads lists: writes down the links of each page, and walks on to the next until all are known."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.extract.feeds import Link
from crawler.extract.lists import ListPage
from crawler.failures import Failure, why
from crawler.identity import UrlError
from crawler.read import Page
from crawler.spiders.later import UnderWay
from crawler.spiders.responses import header, judge_list
from crawler.traps import is_trap
from storage.ledger import FinishList, Found, Mark, MarkReachedEnd, OpenLists, PageRow

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure as TwistedFailure

    from crawler.spiders.portal import PortalSpider

logger = logging.getLogger(__name__)

DEPTH_MOST = 4  # lists below lists: a home page, its sitemap index, its sitemaps; more is a circle of names
_REMEMBERED = 20  # pages of a list that the next one is compared with
_STALE_MOST = 3  # pages in a row that repeat an earlier one of them: the list goes round
_PAST_THE_END = frozenset({"http_404", "http_410", "no_links", "empty"})


@dataclass(slots=True)
class Walk:
    """One walk down the pages of a list."""

    first: PageRow
    channel: str | None
    known_end: bool
    """From the first page down every link was in the ledger when the walk began."""
    skipped: bool = False
    """Some page was left out because of since=, until= or limit=: the end was not reached."""
    seen: set[str] = field(default_factory=set)
    links: deque[set[int]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    """Ledger rows of the links on each of the last pages."""
    stale: int = 0
    """Pages in a row that only showed again what an earlier one of those had shown."""
    guessed: bool = False
    """Nobody named this list: that it is not there means nothing."""


class Lists:
    """The list pages of one crawl."""

    def __init__(self, spider: PortalSpider) -> None:
        self.spider = spider
        self.under_way = UnderWay()

    async def quiet(self) -> None:
        """Wait until no list page is under way."""
        await self.under_way.none()

    def walk(self, row: PageRow, seen: set[str] | None = None, *, guessed: bool = False) -> Request:
        """The request that begins a walk at a list's first page."""
        known_end = row.reached_end_at is not None
        seen = set() if seen is None else seen
        return self.request(row, Walk(row, row.channel, known_end, seen=seen, guessed=guessed))

    def request(self, row: PageRow, walk: Walk, tries: int = 0) -> Request:
        """The request for a list page; `tries` counts those at the end of the run."""
        walk.seen.add(row.url_key)
        self.under_way.begin()
        return Request(
            row.url,
            self.parse,
            errback=self.failed,
            cb_kwargs={"row": row, "walk": walk, "tries": tries},
            meta={
                "page_id": row.id,
                "known_page": row.attempts > 0,
                "max_retry_times": 0 if tries else None,
            },
            dont_filter=True,  # the ledger decides what is fetched
            priority=-row.depth,
        )

    async def parse(self, response: Response, row: PageRow, walk: Walk, tries: int) -> AsyncIterator[Any]:
        try:
            async for result in self.read(response, row, walk, tries):
                yield result
        finally:
            self.under_way.end()

    async def read(self, response: Response, row: PageRow, walk: Walk, tries: int) -> AsyncIterator[Any]:
        """What follows from a list page: articles, further lists, the next page."""
        page = judge_list(response, self.spider.portal, is_start=row.depth == 0)
        if isinstance(page, Page):
            # a start URL that looked like a list holds an article
            async for result in self.spider.articles.read(page, response, row):
                yield result
            return
        if isinstance(page, Failure):
            if walk.guessed and row.id == walk.first.id:
                await self.spider.submit(Mark(row.id, "gone", page.reason, status=response.status))
            elif row.id != walk.first.id and page.reason in _PAST_THE_END:
                await self.spider.submit(Mark(row.id, "done", "past_the_end", status=response.status))
                await self.reached_end(walk)
            else:
                await self.lost(row, page, walk, tries)
            return
        self.spider.inc("list_pages")
        found = [self.found(link, walk.channel, row.depth + 1) for link in page.links]
        rows: list[PageRow] = await self.spider.submit(
            FinishList(
                row.id,
                self.spider.store.run_id,
                self.spider.portal.name,
                [link for link in found if link is not None],
                status=response.status,
                etag=header(response, "ETag"),
                last_modified=header(response, "Last-Modified"),
                walk_id=walk.first.id,
            )
        )
        for request in self.spider.articles.take(rows):
            yield request
        async for request in self.columns(page, row, walk):
            yield request
        following = await self.following(page, row, walk, rows)
        if following is not None:
            yield following

    async def failed(self, failure: TwistedFailure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        try:
            await self.lost(failure=why(failure.value, request.url), **request.cb_kwargs)
        finally:
            self.under_way.end()

    async def columns(self, page: ListPage, row: PageRow, walk: Walk) -> AsyncIterator[Request]:
        """Walks down the lists, feeds and sitemaps below this one."""
        named = [link.url for link in page.sitemaps if not self.is_too_old(link)]
        walk.skipped = walk.skipped or len(named) < len(page.sitemaps)
        guessed: list[str] = []
        if row.depth == 0:
            named += [*page.feeds, *page.columns]
            guessed = self.spider.guessed_lists(row.url)
        for url in (*named, *guessed):
            if self.spider.articles.is_full:
                walk.skipped = True
                return
            key = self.key(url)
            if key is None or key in walk.seen or row.depth >= DEPTH_MOST:
                continue
            walk.seen.add(key)
            (below,) = await self.spider.submit(
                OpenLists(
                    self.spider.portal.name,
                    self.spider.store.run_id,
                    [Found(url, key, "list", walk.channel, depth=row.depth + 1)],
                    found_on=row.id,
                )
            )
            yield self.walk(below, walk.seen, guessed=url in guessed)

    async def following(
        self, page: ListPage, row: PageRow, walk: Walk, rows: list[PageRow]
    ) -> Request | None:
        """The next page of the list; None when there is none, or nothing more to find on it."""
        spider = self.spider
        if page.next_url is None:
            await self.reached_end(walk)
            return None
        if self.goes_round(walk, rows):
            logger.warning("%s: the list repeats itself; the walk down it ends here", row.url)
            spider.store.count("dropped", "trap")
            await self.reached_end(walk)
            return None
        nothing_new = bool(rows) and not any(row.is_new or row.state == "discovered" for row in rows)
        if nothing_new and walk.known_end:
            await self.reached_end(walk)
            return None
        key = self.key(page.next_url)
        if key is None or key in walk.seen:
            return None
        if spider.articles.is_full or self.all_too_old(page):
            walk.skipped = True
            return None
        (following,) = await spider.submit(
            OpenLists(
                spider.portal.name,
                spider.store.run_id,
                [Found(page.next_url, key, "list", walk.channel, depth=row.depth + 1)],
                found_on=row.id,
            )
        )
        return self.request(following, walk)

    def goes_round(self, walk: Walk, rows: list[PageRow]) -> bool:
        """True when a list has shown only links it showed before for several pages: a calendar, a circle."""
        keys = {row.id for row in rows}
        walk.stale = walk.stale + 1 if any(keys <= page for page in walk.links) else 0
        walk.links.append(keys)
        return walk.stale >= _STALE_MOST

    def all_too_old(self, page: ListPage) -> bool:
        """True when every link of a page is older than since=: lists run from new to old."""
        return bool(page.links) and all(self.is_too_old(link) for link in page.links)

    def is_too_old(self, link: Link) -> bool:
        """True when a link's day is known and older than since=."""
        since = self.spider.arguments.since
        return since is not None and link.day is not None and link.day < since

    async def reached_end(self, walk: Walk) -> None:
        """Remember that all of this list is in the ledger, so that the next run may stop at known links."""
        if not walk.skipped:
            await self.spider.submit(MarkReachedEnd(walk.first.id))

    async def lost(self, row: PageRow, failure: Failure, walk: Walk, tries: int) -> None:
        """Say what became of a list page that could not be read."""
        if failure.passing and not failure.paused and self.again(row, walk, tries):
            logger.info("%s", failure.message)
            return
        logger.warning("%s", failure.message)
        await self.spider.mark(row, failure)
        if not row.depth and self.spider.arguments.urls:
            self.spider.inc("start_failed")

    def again(self, row: PageRow, walk: Walk, tries: int) -> bool:
        """Try once more at the end of the run; False when that was done often enough."""
        pause = self.spider.pause_before(tries)
        if pause is None:
            return False
        self.spider.later.add(pause, lambda: self.request(row, walk, tries + 1))
        return True

    def key(self, url: str) -> str | None:
        """A link's identity; None, counted, when it is no web address or a trap."""
        if is_trap(url):
            self.spider.store.count("dropped", "trap")
            logger.info("a link is left out: %s repeats its own path", url)
            return None
        try:
            return self.spider.key(url)
        except UrlError as error:
            self.spider.store.count("dropped", "bad_link")
            logger.info("a link is left out: %s", error)
            return None

    def found(self, link: Link, channel: str | None, depth: int) -> Found | None:
        """A link as the ledger takes it; None when its URL is none."""
        key = self.key(link.url)
        if key is None:
            return None
        postponed = not self.spider.arguments.wants(link.day)
        return Found(link.url, key, "article", channel, link.title, link.day, depth, postponed)
