"""A crawl's connection to the database: opened once, written to in groups, closed last."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.exceptions import CloseSpider
from scrapy.utils.conf import closest_scrapy_cfg

from crawler import __version__
from crawler.lock import RunLock
from storage.committer import Committer
from storage.engine import Database, DatabaseError, open_database, resolve_url
from storage.ledger import Mark
from storage.runs import FinishRun, StartRun

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

    from crawler.items import Article
    from storage.committer import Operation
    from storage.pages import State

logger = logging.getLogger(__name__)
T = TypeVar("T")
_READ_AGAIN = 2.0  # seconds before a database that is away is asked again
_CMDLINE = 40  # Scrapy's priority of -s; the environment stands between it and the settings file


def project_folder() -> Path:
    """The folder of scrapy.cfg, against which relative paths are meant; the current one outside a project."""
    found = closest_scrapy_cfg()
    return Path(found).resolve().parent if found else Path.cwd()


def database_url(settings: BaseSettings) -> str:
    """The database's URL: from -s DATABASE_URL=, else TUSHUO_DATABASE_URL, else the setting."""
    url = str(settings["DATABASE_URL"])
    if (settings.getpriority("DATABASE_URL") or 0) < _CMDLINE:
        url = os.environ.get("TUSHUO_DATABASE_URL") or url
    return resolve_url(url, project_folder())


class Store:
    """One crawl's database. `submit` returns once what it was given is committed."""

    _stores: WeakKeyDictionary[Crawler, Store] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.database: Database | None = None
        self.run_id: int | None = None
        self._committer: Committer | None = None
        self._opening: asyncio.Lock | None = None
        self._failed = False
        self._lock: RunLock | None = None
        self.closing: list[Callable[[], Awaitable[None]]] = []
        """What must be done before the database is closed."""
        self._closing: asyncio.Future[None] | None = None
        """Kept until it is done: the event loop itself holds tasks weakly."""
        crawler.signals.connect(self._spider_closed, signal=signals.spider_closed)

    @classmethod
    def of(cls, crawler: Crawler) -> Store:
        """The store that all parts of a crawl share."""
        if crawler not in cls._stores:
            cls._stores[crawler] = cls(crawler)
        return cls._stores[crawler]

    async def open(self) -> None:
        """Open and migrate the database and begin the run's row; CloseSpider when that cannot be done."""
        self._opening = self._opening or asyncio.Lock()
        async with self._opening:
            if self._committer is not None:
                return
            spider = self.crawler.spider
            assert spider is not None
            try:
                url = database_url(self.crawler.settings)
                self.database = await asyncio.to_thread(open_database, url)
                self._committer = Committer(
                    self.database, patience=self.crawler.settings.getfloat("DATABASE_WAIT")
                )
                self.run_id = await self._committer.submit(
                    StartRun(
                        portal=getattr(spider, "portal", spider).name,
                        arguments=getattr(spider, "given", {}),
                        host=socket.gethostname(),
                        pid=os.getpid(),
                        version=__version__,
                    )
                )
                hosts = getattr(getattr(spider, "portal", None), "hosts", ())
                await self._lock_hosts(spider, hosts)
            except DatabaseError as error:
                logger.error("%s", error)
                self._failed = True
                raise CloseSpider("database_failed") from error

    async def _lock_hosts(self, spider: Spider, hosts: Sequence[str]) -> None:
        """Make sure that nobody else crawls these hosts; CloseSpider when somebody does."""
        assert self._committer is not None
        assert self.run_id is not None
        lock = RunLock(self._committer, self._lock_lost)
        others = await lock.take(hosts, spider.name, self.run_id)
        if others:
            for other in others:
                logger.error("%s: %s", spider.name, other.told())
            raise CloseSpider("locked")
        self._lock = lock

    def _lock_lost(self) -> None:
        logger.error("another run has taken over the hosts of this one, which was away for too long; it ends")
        assert self.crawler.engine is not None
        closing = self.crawler.engine.close_spider_async(reason="lock_lost")
        self._closing = asyncio.ensure_future(closing)

    async def submit(self, operation: Operation[T]) -> T:
        """The result of an operation, once committed. A failing database ends the crawl (DatabaseError)."""
        assert self._committer is not None, "the store is opened by the persist pipeline"
        try:
            return await self._committer.submit(operation)
        except DatabaseError as error:
            if not self._failed:
                self._failed = True
                logger.error("%s; the crawl ends, nothing that was stored is lost", error)
                assert self.crawler.engine is not None
                closing = self.crawler.engine.close_spider_async(reason="database_failed")
                self._closing = asyncio.ensure_future(closing)
            raise

    async def read(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """The result of `query(connection, …)`, run beside the event loop."""
        database = self.database
        assert database is not None

        def run() -> Any:
            with database.reading() as conn:
                return query(conn, *args, **kwargs)

        ends = time.monotonic() + self.crawler.settings.getfloat("DATABASE_WAIT")
        while True:
            try:
                return await asyncio.to_thread(run)
            except DatabaseError as error:
                if not error.passing or time.monotonic() > ends:
                    raise
                logger.warning("%s; waiting for it", error)
                await asyncio.sleep(_READ_AGAIN)

    async def drop(self, article: Article, reason: str) -> None:
        """Count a dropped article and say so in the ledger."""
        self.count("dropped", reason)
        await self._mark(article, "dropped", reason)

    async def fail(self, article: Article, reason: str) -> None:
        """Count an article that could not be stored and say so in the ledger."""
        self.count("failed", reason.partition(":")[0])
        await self._mark(article, "failed", reason)

    def count(self, state: str, reason: str) -> None:
        """Count what became of a page in the run's statistics."""
        self.crawler.stats.inc_value(f"tushuo/{state}")
        self.crawler.stats.inc_value(f"tushuo/{state}/{reason}")

    async def _mark(self, article: Article, state: State, reason: str) -> None:
        for page_id in (article.fetch.page_id, *article.fetch.part_ids):
            if page_id is not None:
                await self.submit(Mark(page_id, state, reason, status=article.fetch.status))

    async def _spider_closed(self, spider: Spider, reason: str) -> None:
        if self._committer is None:
            return
        try:
            for last in self.closing:
                await last()
            if self._lock is not None and not self._failed:
                await self._lock.release()
            if not self._failed and self.run_id is not None:
                counts = {
                    key.removeprefix("tushuo/"): value
                    for key, value in self.crawler.stats.get_stats().items()
                    if key.startswith("tushuo/")
                }
                await self._committer.submit(FinishRun(self.run_id, reason=reason, counts=counts))
        except DatabaseError as error:
            logger.error("%s: the end of run %s could not be written: %s", spider.name, self.run_id, error)
        finally:
            await self._committer.close()
            assert self.database is not None
            self.database.close()
