"""The spider that crawls any declared portal: fetches, discovers, keeps the ledger; knows no markup."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.exceptions import CloseSpider

from crawler.arguments import Arguments, parse_arguments
from crawler.extract import EXTRACTOR
from crawler.extract.dates import url_day
from crawler.extract.decode import DecodeError, decode
from crawler.extract.dom import parse
from crawler.extract.lists import Link, ListPage, is_article_url, read_list
from crawler.extract.pages import merge
from crawler.failures import Failure, why
from crawler.identity import UrlError, url_key
from crawler.items import Article, Fetch
from crawler.read import Page, Refusal, read
from crawler.store import Store
from storage.engine import DatabaseError
from storage.ledger import Discover, FinishList, Found, Mark, MarkReachedEnd, OpenLists, PageRow, open_pages

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure as TwistedFailure

    from crawler.portals import Portal

logger = logging.getLogger(__name__)

# articles before lists, so that a crawl that is killed has stored what it found
_ARTICLE_PRIORITY = 10
_BACKLOG = 1000  # rows kept ready behind a limit; the rest waits in the ledger
_TRIES = 5  # runs that may fail on a page for a passing reason before it counts as failed
PARTS_MOST = 100  # pages of one article: a chain that is longer leads in a circle


@dataclass(slots=True)
class _ListWalk:
    """One walk down a channel's pages."""

    first: PageRow
    channel: str | None
    known_end: bool
    """An earlier run has read this list down to its end."""
    skipped: bool = False
    """Some page was left out because of since=, until= or limit=: the end was not reached."""
    seen: set[str] = field(default_factory=set)


class PortalSpider(Spider):
    """Crawls one portal; a subclass with `portal` set is made for each declaration."""

    portal: ClassVar[Portal]
    handle_httpstatus_all = True

    def __init__(self, *args: Any, **kwargs: str) -> None:
        super().__init__(*args)
        self.given = {name: str(value) for name, value in kwargs.items()}
        self.arguments: Arguments = parse_arguments(self.portal, **self.given)
        self.started_articles = 0
        self.backlog: deque[PageRow] = deque(maxlen=_BACKLOG)
        self.scheduled: set[int] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> PortalSpider:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.store = Store.of(crawler)
        return spider

    store: Store

    @classmethod
    def update_settings(cls, settings: Any) -> None:
        super().update_settings(settings)
        # the command line outranks this; a portal that asks for more time gets it by default
        if cls.portal.delay > settings.getfloat("DOWNLOAD_DELAY"):
            settings.set("DOWNLOAD_DELAY", cls.portal.delay, priority="spider")

    # --- beginning

    async def start(self) -> AsyncIterator[Any]:
        for url in self.arguments.outside:
            hosts = ", ".join(self.portal.hosts)
            self.start_failed("outside", f"{url} is outside the portal {self.name} ({hosts}); not fetched")
        async for request in self.resume():
            yield request
        lists = [
            Found(url, self.key(url), "list", channel.name)
            for channel in self.arguments.channels
            for url in channel.lists
        ]
        pages = []
        for url in self.arguments.urls:
            if is_article_url(url, self.portal):
                pages.append(Found(url, self.key(url), "article", day_hint=url_day(url)))
            else:
                lists.append(Found(url, self.key(url), "list"))
        if pages:
            rows = await self.submit(Discover(self.name, self.store.run_id, pages))
            for found, row in zip(pages, rows, strict=True):
                # a page that is named is fetched, whatever the ledger says of it
                for request in self.take([row], named=found.url):
                    yield request
        if lists:
            for row in await self.submit(OpenLists(self.name, self.store.run_id, lists)):
                walk = _ListWalk(row, row.channel, row.reached_end_at is not None)
                yield self.list_request(row, walk)

    async def resume(self) -> AsyncIterator[Request]:
        """Articles that an earlier run found and did not finish, as far as this run's arguments go."""
        arguments = self.arguments
        scope: dict[str, Any]
        if arguments.urls:
            scope = {"url_keys": [self.key(url) for url in arguments.urls]}
        else:
            channels = [channel.name for channel in arguments.channels]
            scope = {"channels": None if len(channels) == len(self.portal.channels) else channels}
        rows = await self.store.read(
            open_pages,
            self.name,
            include_postponed=True,
            since=date.fromisoformat(arguments.since) if arguments.since else None,
            until=date.fromisoformat(arguments.until) if arguments.until else None,
            extractor=EXTRACTOR,
            **scope,
        )
        if rows and not arguments.urls:
            logger.info("%s: going on with %d articles that an earlier run found", self.name, len(rows))
        for request in self.take(rows, resumed=True):
            yield request

    # --- list pages

    def list_request(self, row: PageRow, walk: _ListWalk) -> Request:
        walk.seen.add(row.url_key)
        return Request(
            row.url,
            self.parse_list,
            errback=self.list_failed,
            cb_kwargs={"row": row, "walk": walk},
            dont_filter=True,  # the ledger decides what is fetched
            priority=-row.depth,
        )

    async def parse_list(self, response: Response, row: PageRow, walk: _ListWalk) -> AsyncIterator[Any]:
        page = self.read_list_page(response, row)
        if isinstance(page, Article):
            # a start URL that looked like a list holds an article
            yield page
            return
        if isinstance(page, Failure):
            if row.depth and page.reason in ("http_404", "no_links"):
                await self.reached_end(row, walk, response)  # past the last page
            else:
                await self.list_is_lost(row, page)
            return
        self.crawler.stats.inc_value("tushuo/list_pages")
        found = [self.found(link, walk.channel, row.depth + 1) for link in page.links]
        rows = await self.submit(
            FinishList(
                row.id,
                self.store.run_id,
                self.name,
                [f for f in found if f is not None],
                status=response.status,
                etag=_header(response, "ETag"),
                last_modified=_header(response, "Last-Modified"),
            )
        )
        for request in self.take(rows):
            yield request
        async for request in self.go_on(page, row, walk, rows):
            yield request

    def read_list_page(self, response: Response, row: PageRow) -> ListPage | Failure | Article:
        """What the list says, or why it says nothing."""
        if response.status >= 400:
            return Failure.of_status(response.status, response.url)
        try:
            text = decode(response.body, _charset(response)).text
        except DecodeError as error:
            return Failure("undecodable", f"{response.url}: {error}")
        tree = parse(text)
        if tree is None:
            return Failure("empty", f"{response.url}: the list page is empty")
        page = read_list(tree, response.url, text, self.portal)
        if page.links or page.columns:
            return page
        if not row.depth and self.arguments.urls:
            result = self.read_response(response)
            if isinstance(result, Page):
                return self.with_fetch(result.article, row, response)
            if result.reason == "challenge":
                return Failure(result.reason, result.message, state="blocked")
        return Failure(
            "no_links",
            f"{self.name}: no link to an article on {response.url}; if the page has some, its markup is not declared "
            f"in crawler/portals/{self.name}.py",
        )

    async def go_on(
        self, page: ListPage, row: PageRow, walk: _ListWalk, rows: list[PageRow]
    ) -> AsyncIterator[Request]:
        """The next page of the list and the columns below it, unless there is nothing more to find."""
        for url in page.columns if row.depth == 0 else ():
            key = self.key(url)
            if key in walk.seen:
                continue
            walk.seen.add(key)
            below = [Found(url, key, "list", walk.channel, depth=0)]
            (column,) = await self.submit(OpenLists(self.name, self.store.run_id, below, found_on=row.id))
            inner = _ListWalk(column, walk.channel, column.reached_end_at is not None, seen=walk.seen)
            yield self.list_request(column, inner)
        if page.next_url is None:
            await self.reached_end(row, walk)
            return
        nothing_new = bool(rows) and not any(r.is_new or r.state == "discovered" for r in rows)
        days = [link.day for link in page.links]
        too_old = (
            self.arguments.since is not None
            and bool(days)
            and all(day is not None and day < self.arguments.since for day in days)
        )
        if nothing_new and walk.known_end:
            return
        if too_old or self.is_full():
            walk.skipped = True
            return
        key = self.key(page.next_url)
        if key in walk.seen:
            return
        following = [Found(page.next_url, key, "list", walk.channel, depth=row.depth + 1)]
        (following_row,) = await self.submit(
            OpenLists(self.name, self.store.run_id, following, found_on=row.id)
        )
        yield self.list_request(following_row, walk)

    async def reached_end(self, row: PageRow, walk: _ListWalk, response: Response | None = None) -> None:
        """Remember that this list was read to its end, so that the next run may stop at known links."""
        if response is not None:
            await self.submit(Mark(row.id, "done", "past_the_end", status=response.status))
        if not walk.skipped:
            await self.submit(MarkReachedEnd(walk.first.id))

    async def list_is_lost(self, row: PageRow, failure: Failure) -> None:
        logger.warning("%s", failure.message)
        self.store.count(failure.state, failure.reason)
        await self.submit(
            Mark(row.id, failure.state, failure.reason, status=failure.status, extractor=EXTRACTOR)
        )
        if not row.depth and self.arguments.urls:
            self.crawler.stats.inc_value("tushuo/start_failed")

    async def list_failed(self, failure: TwistedFailure) -> None:
        request: Request = failure.request  # type: ignore[attr-defined]
        await self.list_is_lost(request.cb_kwargs["row"], why(failure.value, request.url))

    # --- articles

    def take(
        self, rows: Iterable[PageRow], named: str | None = None, *, resumed: bool = False
    ) -> Iterator[Request]:
        """Requests for the open articles among `rows`; what is beyond the limit waits."""
        for row in rows:
            if row.kind != "article" or row.id in self.scheduled:
                continue
            if named is None:
                if row.state not in ("discovered", "postponed", "failed" if resumed else "discovered"):
                    continue
                if not self.arguments.wants(row.day_hint):
                    self.crawler.stats.inc_value("tushuo/postponed", int(row.is_new))
                    continue
            self.scheduled.add(row.id)
            if self.is_full():
                self.backlog.append(row)
                continue
            self.started_articles += 1
            yield self.article_request(row, named)

    def is_full(self) -> bool:
        return self.arguments.limit is not None and self.started_articles >= self.arguments.limit

    def article_request(self, row: PageRow, named: str | None = None) -> Request:
        return Request(
            named or row.url,
            self.parse_article,
            errback=self.article_failed,
            cb_kwargs={"row": row, "named": named is not None},
            dont_filter=True,
            priority=_ARTICLE_PRIORITY,
        )

    async def parse_article(self, response: Response, row: PageRow, named: bool) -> AsyncIterator[Any]:
        outcome = self.judge(response)
        if isinstance(outcome, Failure):
            for request in await self.article_is_lost(row, outcome, named):
                yield request
            return
        article = self.with_fetch(outcome.article, row, response)
        if outcome.parts.count > 1:
            article = await self.with_parts(article, outcome, row)
        if not named and not self.arguments.wants(
            article.published_at[:10] if article.published_at else None
        ):
            await self.submit(Mark(row.id, "postponed", "outside_dates", status=response.status))
            self.crawler.stats.inc_value("tushuo/postponed")
            for request in self.make_room():
                yield request
            return
        yield article

    def read_response(self, response: Response) -> Page | Refusal:
        headers = {name.decode("latin-1").lower(): _header(response, name) or "" for name in response.headers}
        return read(response.body, response.url, self.portal, status=response.status, headers=headers)

    def judge(self, response: Response) -> Page | Failure:
        """The article on a response, or what became of the page instead."""
        asked, got = response.request.url if response.request else response.url, response.url
        if response.status >= 400:
            refusal = self.read_response(response)
            if isinstance(refusal, Refusal) and refusal.reason == "challenge":
                return Failure("challenge", refusal.message, state="blocked", status=response.status)
            return Failure.of_status(response.status, asked)
        if (
            urlsplit(got).path in ("", "/")
            and urlsplit(asked).path not in ("", "/")
            or self.went_home(response)
        ):
            return Failure(
                "redirect_home",
                f"{asked}: gone, it leads to the home page",
                state="gone",
                status=response.status,
            )
        result = self.read_response(response)
        if isinstance(result, Page):
            return result
        state = "blocked" if result.reason == "challenge" else "failed"
        return Failure(result.reason, result.message, state=state, status=response.status)

    def went_home(self, response: Response) -> bool:
        return bool(response.meta.get("redirect_times")) and urlsplit(response.url).path in (
            "",
            "/",
            "/index.html",
        )

    def with_fetch(self, article: Article, row: PageRow, response: Response) -> Article:
        article.fetch = Fetch(
            page_id=row.id,
            run_id=self.store.run_id,
            status=response.status,
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
            fetched_at=datetime.now(UTC),
        )
        return article

    async def with_parts(self, first: Article, page: Page, row: PageRow) -> Article:
        """The whole of an article of several pages: its one-page version, else its pages one after another."""
        fetch = first.fetch
        if page.parts.whole_url:
            whole = await self.fetch_part(page.parts.whole_url, row, fetch)
            if whole is not None and len(whole.article.body_text) >= len(first.body_text):
                merged = merge([first])
                merged.blocks, merged.images = whole.article.blocks, whole.article.images
                merged.body_text = whole.article.body_text
                merged.authors = merged.authors or whole.article.authors
                merged.pages = page.parts.count
                return merged
        parts = [first]
        seen = {self.key(first.url)}
        following = page.parts.next_url
        while following and self.key(following) not in seen and len(parts) < PARTS_MOST:
            seen.add(self.key(following))
            part = await self.fetch_part(following, row, fetch)
            if part is None:
                break
            parts.append(part.article)
            following = part.parts.next_url
        return merge(parts)

    async def fetch_part(self, url: str, row: PageRow, fetch: Fetch) -> Page | None:
        """One further page of an article; None, told in the ledger, when it cannot be read."""
        found = [Found(url, self.key(url), "part", row.channel, depth=row.depth)]
        (part,) = await self.submit(Discover(self.name, self.store.run_id, found, found_on=row.id))
        request = Request(url, dont_filter=True, priority=_ARTICLE_PRIORITY)
        assert self.crawler.engine is not None
        outcome: Page | Failure
        try:
            response = await self.crawler.engine.download_async(request)
            outcome = self.judge(response)
        except Exception as error:  # noqa: BLE001 - whatever a download may raise; why() names it
            outcome = why(error, url)
        if isinstance(outcome, Failure):
            logger.warning("%s: a further page is missing: %s", row.url, outcome.message)
            self.store.count("failed", f"part_{outcome.reason}")
            await self.submit(Mark(part.id, "failed", outcome.reason, status=outcome.status))
            return None
        if part.id != row.id:
            fetch.part_ids.append(part.id)
        return outcome

    async def article_is_lost(self, row: PageRow, failure: Failure, named: bool) -> list[Request]:
        """Say what became of a page that gave no article; the requests that may take its place."""
        state = failure.state
        if failure.passing and row.attempts + 1 < _TRIES:
            state = "discovered"  # the next run tries it again
        level = logging.WARNING if named or failure.reason not in ("http_404", "robots") else logging.INFO
        logger.log(level, "%s", failure.message)
        self.store.count(failure.state, failure.reason)
        await self.submit(Mark(row.id, state, failure.reason, status=failure.status, extractor=EXTRACTOR))
        if named:
            self.crawler.stats.inc_value("tushuo/start_failed")
        return list(self.make_room())

    def make_room(self) -> Iterator[Request]:
        """An article came to nothing: under a limit, the next one that waits may go."""
        self.started_articles -= 1
        while self.backlog and not self.is_full():
            self.started_articles += 1
            yield self.article_request(self.backlog.popleft())

    async def article_failed(self, failure: TwistedFailure) -> list[Request]:
        request: Request = failure.request  # type: ignore[attr-defined]
        cause = why(failure.value, request.url)
        return await self.article_is_lost(request.cb_kwargs["row"], cause, request.cb_kwargs["named"])

    # --- helpers

    def key(self, url: str) -> str:
        return url_key(url, self.portal.url_rules)

    def found(self, link: Link, channel: str | None, depth: int) -> Found | None:
        try:
            key = self.key(link.url)
        except UrlError as error:
            self.crawler.stats.inc_value("tushuo/dropped/bad_link")
            logger.info("a link is left out: %s", error)
            return None
        postponed = not self.arguments.wants(link.day)
        return Found(link.url, key, "article", channel, link.title, link.day, depth, postponed)

    def start_failed(self, reason: str, message: str) -> None:
        logger.error("%s", message)
        self.store.count("failed", reason)
        self.crawler.stats.inc_value("tushuo/start_failed")

    async def submit(self, operation: Any) -> Any:
        try:
            return await self.store.submit(operation)
        except DatabaseError:
            raise CloseSpider("database_failed") from None


def _header(response: Response, name: str | bytes) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _charset(response: Response) -> str | None:
    content_type = _header(response, "Content-Type") or ""
    return content_type.partition("charset=")[2].split(";")[0].strip(" \"'") or None
