"""Fetches articles: which of those found are wanted, what came of each, and who takes its place."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.failures import TRIES, Failure, why
from crawler.items import Article, Fetch
from crawler.read import Page
from crawler.spiders.parts import with_parts
from crawler.spiders.responses import header, judge
from storage.ledger import Mark, PageRow

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure as TwistedFailure

    from crawler.spiders.portal import PortalSpider

logger = logging.getLogger(__name__)

# articles before lists, so that a crawl that is killed has stored what it found
ARTICLE_PRIORITY = 10
_BACKLOG = 1000  # rows kept ready behind a limit; the rest waits in the ledger
_QUIET = frozenset({"http_404", "http_410", "robots"})  # ordinary ends of a URL that nobody named


class Articles:
    """The article pages of one crawl."""

    def __init__(self, spider: PortalSpider) -> None:
        self.spider = spider
        self.started = 0
        """Articles asked for and not lost: what limit= counts."""
        self.backlog: deque[PageRow] = deque(maxlen=_BACKLOG)
        self.scheduled: set[int] = set()

    @property
    def is_full(self) -> bool:
        """True when limit= allows no further article."""
        limit = self.spider.arguments.limit
        return limit is not None and self.started >= limit

    def take(
        self, rows: Iterable[PageRow], named: str | None = None, *, resumed: bool = False
    ) -> Iterator[Request]:
        """Requests for the open articles among `rows`; what is beyond the limit waits.

        `named` is the address of a page that the user named, which is fetched in any case; with `resumed`
        the ledger has said already that the rows are open.
        """
        spider = self.spider
        for row in rows:
            if row.kind != "article" or row.id in self.scheduled:
                continue
            if named is None:
                if not resumed and row.state not in ("discovered", "postponed"):
                    continue
                if not spider.arguments.wants(row.day_hint):
                    spider.inc("postponed", int(row.is_new))
                    continue
            self.scheduled.add(row.id)
            if self.is_full:
                self.backlog.append(row)
                continue
            self.started += 1
            yield self.request(row, named)

    def request(self, row: PageRow, named: str | None = None) -> Request:
        return Request(
            named or row.url,
            self.parse,
            errback=self.failed,
            cb_kwargs={"row": row, "named": named is not None},
            dont_filter=True,  # the ledger decides what is fetched
            priority=ARTICLE_PRIORITY,
        )

    async def parse(self, response: Response, row: PageRow, named: bool) -> AsyncIterator[Any]:
        outcome = judge(response, self.spider.portal)
        if isinstance(outcome, Failure):
            for request in await self.lost(row, outcome, named):
                yield request
            return
        async for result in self.read(outcome, response, row, named):
            yield result

    async def read(
        self, page: Page, response: Response, row: PageRow, named: bool = True
    ) -> AsyncIterator[Article | Request]:
        """The article of a page, with its further pages; when it is not wanted, who takes its place."""
        article = self.with_fetch(page.article, row, response)
        if page.cut:
            logger.warning("%s: the parser left out part of the page: %s", response.url, page.cut)
            self.spider.inc("cut_short")
        if page.parts.count > 1:
            article = await with_parts(self.spider, article, page, row)
        day = article.published_at[:10] if article.published_at else None
        if named or self.spider.arguments.wants(day):
            yield article
            return
        await self.spider.submit(Mark(row.id, "postponed", "outside_dates", status=response.status))
        self.spider.inc("postponed")
        for request in self.make_room():
            yield request

    async def failed(self, failure: TwistedFailure) -> list[Request]:
        request: Request = failure.request  # type: ignore[attr-defined]
        cause = why(failure.value, request.url)
        return await self.lost(request.cb_kwargs["row"], cause, request.cb_kwargs["named"])

    async def lost(self, row: PageRow, failure: Failure, named: bool) -> list[Request]:
        """Say what became of a page that gave no article; the requests that may take its place."""
        level = logging.WARNING if named or failure.reason not in _QUIET else logging.INFO
        logger.log(level, "%s", failure.message)
        again = failure.passing and row.attempts + 1 < TRIES
        await self.spider.mark(row, failure, "discovered" if again else None)
        if named:
            self.spider.inc("start_failed")
        return list(self.make_room())

    def make_room(self) -> Iterator[Request]:
        """An article came to nothing: under a limit, the next one that waits may go."""
        self.started -= 1
        while self.backlog and not self.is_full:
            self.started += 1
            yield self.request(self.backlog.popleft())

    def with_fetch(self, article: Article, row: PageRow, response: Response) -> Article:
        """The article with how it came to us."""
        article.fetch = Fetch(
            page_id=row.id,
            run_id=self.spider.store.run_id,
            status=response.status,
            etag=header(response, "ETag"),
            last_modified=header(response, "Last-Modified"),
            fetched_at=datetime.now(UTC),
        )
        return article
