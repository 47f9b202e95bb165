"""Fetches articles: which of those found are wanted, what came of each, and who takes its place.

An article that is stored is visited again when its page is due (`visit`); what such a visit may find is in
storage.visits.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from scrapy import Request

from crawler.failures import TRIES, Failure, why
from crawler.items import Article, Fetch
from crawler.middlewares.pace import Pace
from crawler.read import Page
from crawler.spiders.later import UnderWay
from crawler.spiders.parts import with_parts
from crawler.spiders.responses import header, judge
from storage.ledger import Mark, PageRow
from storage.pages import hash_of
from storage.visits import Missing, PutOff, Unchanged

if TYPE_CHECKING:
    from scrapy.http import Response
    from twisted.python.failure import Failure as TwistedFailure

    from crawler.spiders.portal import PortalSpider

logger = logging.getLogger(__name__)

# articles before lists, so that a crawl that is killed has stored what it found
ARTICLE_PRIORITY = 10
_VISIT_PRIORITY = -2000  # after the lists: what is new comes first
_RELINKED = timedelta(days=1)  # a list that still links to a gone article is believed once a day
_MANY = 20  # missing articles of one run: more, and most of those visited, is an outage or a new design
_BACKLOG = 1000  # rows kept ready behind a limit; the rest waits in the ledger
_QUIET = frozenset({"http_404", "http_410", "robots"})  # ordinary ends of a URL that nobody named


class Numbers:
    """A set of ledger rows, a bit each: a run may see a million.

    >>> seen = Numbers()
    >>> seen.add(9), 9 in seen, 8 in seen, 1_000 in seen
    (None, True, False, False)
    """

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, number: int) -> None:
        place = number >> 3
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1024 - len(self._bits)))
        self._bits[place] |= 1 << (number & 7)

    def __contains__(self, number: int) -> bool:
        place = number >> 3
        return place < len(self._bits) and bool(self._bits[place] >> (number & 7) & 1)


class Articles:
    """The article pages of one crawl."""

    def __init__(self, spider: PortalSpider) -> None:
        self.spider = spider
        self.started = 0
        """Articles asked for and not lost: what limit= counts."""
        self.backlog: deque[PageRow] = deque(maxlen=_BACKLOG)
        self.scheduled = Numbers()
        self.under_way = UnderWay()
        self.visits = 0
        """Stored articles visited, second visits left out."""
        self.missing = 0
        """Those of them that were not found."""

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
                    if self.is_relinked(row):
                        yield from self.visit([row])
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

    def visit(self, rows: Iterable[PageRow]) -> Iterator[Request]:
        """Requests for stored articles that are due; no limit counts them, for they store nothing new."""
        for row in rows:
            if row.id not in self.scheduled:
                self.scheduled.add(row.id)
                self.visits += 1
                yield self.request(row, visit=True)

    def is_relinked(self, row: PageRow) -> bool:
        """True when a list links to an article that was gone, and nobody has looked for a while."""
        if row.state != "gone" or row.article_id is None or row.last_fetch_at is None:
            return False
        return row.last_fetch_at < datetime.now(UTC) - _RELINKED

    def request(
        self,
        row: PageRow,
        named: str | None = None,
        *,
        visit: bool = False,
        tries: int = 0,
        confirming: bool = False,
    ) -> Request:
        """The request for an article's page; `tries` counts those at the end of the run."""
        self.under_way.begin()
        conditions = {"If-None-Match": row.etag, "If-Modified-Since": row.last_modified}
        meta: dict[str, Any] = {"page_id": row.id, "known_page": row.article_id is not None}
        if tries:
            meta["max_retry_times"] = 0
        return Request(
            named or row.url,
            self.parse,
            errback=self.failed,
            headers={name: value for name, value in conditions.items() if visit and value},
            cb_kwargs={"row": row, "named": named, "visit": visit, "tries": tries, "confirming": confirming},
            meta=meta,
            dont_filter=True,  # the ledger decides what is fetched
            priority=_VISIT_PRIORITY if visit else ARTICLE_PRIORITY,
        )

    async def parse(self, response: Response, row: PageRow, **kind: Any) -> AsyncIterator[Any]:
        try:
            if kind["visit"] and self.is_unchanged(response, row):
                await self.unchanged(response, row)
                return
            outcome = judge(response, self.spider.portal)
            if isinstance(outcome, Failure):
                for request in await self.lost(row, outcome, **kind):
                    yield request
                return
            always = kind["visit"] or kind["named"] is not None
            async for result in self.read(outcome, response, row, always):
                yield result
                if isinstance(result, Article) and result.fetch.incomplete:
                    self.again(row, **kind)
        finally:
            self.under_way.end()

    def is_unchanged(self, response: Response, row: PageRow) -> bool:
        if response.status == 304:
            return True
        return (
            response.status == 200 and row.body_hash is not None and row.body_hash == hash_of(response.body)
        )

    async def unchanged(self, response: Response, row: PageRow) -> None:
        spider = self.spider
        operation = Unchanged(row.id, spider.store.run_id, spider.rhythm, response.status)
        if await spider.submit(operation):
            spider.inc("articles_returned")
        spider.inc("articles_same")

    async def read(
        self, page: Page, response: Response, row: PageRow, named: bool = True
    ) -> AsyncIterator[Article | Request]:
        """The article of a page, with its further pages; when it is not wanted, who takes its place."""
        Pace.of(self.spider.crawler).read_well(row.url)
        article = self.with_fetch(page, row, response)
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
        try:
            return await self.lost(failure=why(failure.value, request.url), **request.cb_kwargs)
        finally:
            self.under_way.end()

    async def lost(
        self, row: PageRow, failure: Failure, named: str | None, visit: bool, tries: int, confirming: bool
    ) -> list[Request]:
        """Say what became of a page that gave no article; the requests that may take its place."""
        if failure.passing and not failure.paused:
            logger.info("%s", failure.message)
            if self.again(row, named=named, visit=visit, tries=tries, confirming=confirming):
                return []
        known = row.article_id is not None and row.state in ("stored", "gone")
        if failure.paused:
            # it was not asked for, so nothing is to be said of it
            logger.debug("%s", failure.message)
            self.spider.inc("paused")
        elif known and failure.state == "gone":
            await self.not_there(row, failure, confirming)
        else:
            level = logging.WARNING if named or failure.reason not in _QUIET else logging.INFO
            logger.log(level, "%s", failure.message)
            if known:
                await self.put_off(row, failure)
            else:
                again = failure.passing and row.attempts + 1 < TRIES
                await self.spider.mark(row, failure, "discovered" if again else None)
        if named:
            self.spider.inc("start_failed")
        return [] if visit else list(self.make_room())

    def again(self, row: PageRow, *, tries: int, **kind: Any) -> bool:
        """Try once more at the end of the run; False when that was done often enough."""
        pause = self.spider.pause_before(tries)
        if pause is None:
            return False
        self.spider.later.add(pause, lambda: self.request(row, tries=tries + 1, **kind))
        return True

    async def not_there(self, row: PageRow, failure: Failure, confirming: bool) -> None:
        """A stored article is not there: a second visit, some time later, makes sure."""
        spider = self.spider
        if not confirming:
            self.missing += 1
        believe = self.missing <= _MANY or 2 * self.missing <= self.visits
        confirm = spider.settings.getfloat("GONE_CONFIRM_AFTER")
        found = await spider.submit(
            Missing(
                row.id,
                spider.store.run_id,
                failure.reason,
                failure.status,
                spider.rhythm,
                confirm,
                believe,
            )
        )
        if found == "gone":
            logger.info("%s; it was stored and is kept, marked as gone", failure.message)
            spider.inc("articles_gone")
            spider.inc(f"articles_gone/{failure.reason}")
        elif found == "missed" and confirming:
            logger.error(
                "%s; but %d of %d visited articles are missing: is the portal broken, or its markup new? "
                "Not believed before a week has passed",
                failure.message,
                self.missing,
                self.visits,
            )
        elif found == "missed":
            logger.info("%s; looking again in %g s", failure.message, confirm)
            spider.later.add(confirm, lambda: self.request(row, visit=True, confirming=True))

    async def put_off(self, row: PageRow, failure: Failure) -> None:
        """A stored article could not be visited: it stays due after a passing trouble, else it waits."""
        spider = self.spider
        spider.store.count(failure.state, failure.reason)
        rhythm = spider.rhythm
        operation = PutOff(
            row.id, spider.store.run_id, failure.reason, failure.status, rhythm, failure.passing
        )
        await spider.submit(operation)

    def make_room(self) -> Iterator[Request]:
        """An article came to nothing: under a limit, the next one that waits may go."""
        self.started -= 1
        while self.backlog and not self.is_full:
            self.started += 1
            yield self.request(self.backlog.popleft())

    def with_fetch(self, page: Page, row: PageRow, response: Response) -> Article:
        """The article of a page with how it came to us."""
        article = page.article
        article.fetch = Fetch(
            page_id=row.id,
            run_id=self.spider.store.run_id,
            status=response.status,
            etag=header(response, "ETag"),
            last_modified=header(response, "Last-Modified"),
            fetched_at=datetime.now(UTC),
            body_hash=hash_of(response.body) if page.parts.count <= 1 else None,
            rhythm=self.spider.rhythm,
        )
        return article
