"""After each run: is every channel still read as well as before? Logged, and told to a webhook."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from crawler.store import Store
from crawler.webhook import KINDS, WebhookError, kind_of, payload, post, shown
from storage.engine import DatabaseError
from storage.health import measure

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from storage.health import Measure

logger = logging.getLogger(__name__)


class Health:
    """Checks the run's portal before the database is closed. Off with HEALTH_CHECK=0."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("HEALTH_CHECK"):
            raise NotConfigured
        self._crawler = crawler
        self._store = Store.of(crawler)
        self._store.closing.append(self._look)
        self._began = datetime.now(UTC)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Health:
        return cls(crawler)

    async def _look(self) -> None:
        try:
            await self._check()
        except Exception:
            # the run's end is written after this, and matters more
            logger.exception("health could not be checked")

    async def _check(self) -> None:
        stats = self._crawler.stats
        spider = self._crawler.spider
        if spider is None or self._store.run_id is None or not stats.get_value("tushuo/list_pages"):
            return  # no channel was looked at as a whole
        try:
            found: list[Measure] = await self._store.read(measure, spider.name, self._began, widen=True)
        except DatabaseError as error:
            logger.error("health could not be checked: %s", error)
            return
        drifted = [one for one in found if one.drifted]
        for one in drifted:
            example = f", e.g. {one.examples[0]}" if one.examples else ""
            logger.warning(
                "%s, channel %s: %s was %s and is %s (scrapy health %s)%s",
                spider.name,
                one.channel,
                one.field,
                shown(one.before),
                shown(one.now),
                spider.name,
                example,
            )
        if drifted:
            stats.set_value("tushuo/drifted", len(drifted))
            await self._tell(spider.name, drifted)

    async def _tell(self, portal: str, drifted: list[Measure]) -> None:
        url = self._crawler.settings["HEALTH_WEBHOOK"]
        if not url:
            return
        kind = self._crawler.settings["HEALTH_WEBHOOK_KIND"]
        try:
            if kind and kind not in KINDS:
                raise WebhookError(f"HEALTH_WEBHOOK_KIND {kind!r} is none of {', '.join(KINDS)}")
            message = payload(kind or kind_of(url), portal, drifted)
            await asyncio.to_thread(post, url, message)
        except WebhookError as error:
            logger.error("%s", error)
