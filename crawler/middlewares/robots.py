"""robots.txt as RFC 9309 has it: nothing is fetched that it forbids or, while it cannot be read, might."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached
from scrapy.utils.misc import build_from_crawler

from crawler.challenge import challenge

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

MAX_BYTES = 512 * 1024  # RFC 9309 2.5: at least 500 KiB must be read; what follows is ignored
TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why nobody knows a host's rules."""

    why: str
    challenge: str | None = None
    """The kind of challenge that stood in place of robots.txt."""


class ForbiddenByRobots(IgnoreRequest):
    """Raised for a page that robots.txt forbids; reaches the errback."""


class RobotsUnreachable(IgnoreRequest):
    """Raised for every page of a host whose robots.txt could not be read; reaches the errback."""

    def __init__(self, url: str, unknown: Unknown) -> None:
        super().__init__(f"{url} not fetched: {unknown.why}; check the host in a browser and run again later")
        self.challenge = unknown.challenge


class RobotsMiddleware(RobotsTxtMiddleware):
    """One fetch of robots.txt per host and run.

    Rules are read from 2xx; none apply after 4xx (RFC 9309 2.3.1.3) or a redirect out of the portal; after
    5xx, 429 or no answer at all, nothing of the host is fetched in this run (2.3.1.4).
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._hosts: dict[str, asyncio.Task[RobotParser | Unknown | None]] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules for a request's host; None when there are none; RobotsUnreachable when nobody knows."""
        netloc = urlparse_cached(request).netloc
        if netloc not in self._hosts:
            self._hosts[netloc] = asyncio.ensure_future(self._fetch(request))
        rules = await self._hosts[netloc]
        if isinstance(rules, Unknown):
            raise RobotsUnreachable(request.url, rules)
        return rules

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest:
            raise ForbiddenByRobots(f"{request.url} is forbidden by its host's robots.txt") from None

    async def _fetch(self, request: Request) -> RobotParser | Unknown | None:
        """Rules, None when there are none, or why they are unknown."""
        parts = urlparse_cached(request)
        url = f"{parts.scheme}://{parts.netloc}/robots.txt"
        # the rules of a host are asked for whenever one of its pages may be
        meta = {"dont_obey_robotstxt": True, "allow_offsite": request.meta.get("allow_offsite", False)}
        self._stats.inc_value("robotstxt/request_count")
        try:
            response = await self.crawler.engine.download_async(
                Request(url, priority=self.DOWNLOAD_PRIORITY, meta=meta, callback=NO_CALLBACK)
            )
        except IgnoreRequest as error:
            logger.info("No rules from %s: %s", url, error)
            return None
        except Exception as error:  # noqa: BLE001  # whatever it was, the rules are unknown
            return self._unknown(url, str(error) or type(error).__name__)
        self._stats.inc_value("robotstxt/response_count")
        self._stats.inc_value(f"robotstxt/response_status_count/{response.status}")
        if response.status >= 500 or response.status == TOO_MANY_REQUESTS:
            found = challenge(response.status, response.headers, response.body)
            return self._unknown(url, found or f"HTTP {response.status}", found)
        if not 200 <= response.status < 300:
            return None
        rules: RobotParser = build_from_crawler(self._parserimpl, self.crawler, response.body[:MAX_BYTES])
        await self.crawler.signals.send_catch_log_async(
            signal=signals.robots_parsed, robotparser=rules, request=request
        )
        return rules

    def _unknown(self, url: str, why: str, challenge: str | None = None) -> Unknown:
        self._stats.inc_value("robotstxt/unreachable")
        unknown = Unknown(f"{url} could not be read ({why})", challenge)
        logger.warning("%s; nothing of that host is fetched in this run", unknown.why)
        return unknown
