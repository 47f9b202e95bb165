"""The pace at which each host is asked: Crawl-delay and Retry-After, and patience with a host in trouble.

It acts in the download handler, at the last moment before a request is sent, so that what already waits in
a download slot obeys too. With a host that is well and asks for nothing it delays nothing: that is the
business of DOWNLOAD_DELAY and AutoThrottle.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.httpobj import urlparse_cached

from storage.engine import DatabaseError
from storage.holds import NoteHold, holds

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)

_BUSY = frozenset({429, 503})
_RETRY_AFTER_MOST = 24 * 60 * 60.0  # seconds: a host that says more means never, and the next day asks again
_SPACING_LEAST = 1.0  # seconds between two requests to a host that was too busy, to begin with
_RECOVERY = 0.9  # of the spacing, after each answer that is none of trouble
_CHALLENGES_MOST = 10  # in a row, without an ordinary answer between: the host does not want us


class HostPaused(IgnoreRequest):
    """Raised for a request to a host that is left alone for the rest of the run; reaches the errback."""


@dataclass(slots=True)
class Host:
    """What is known of one host. Times are of time.monotonic()."""

    crawl_delay: float = 0.0
    """Seconds between two requests, as its robots.txt asks."""
    spacing: float = 0.0
    """Seconds between two requests since it said that it is too busy."""
    next_at: float = 0.0
    """No request is sent before."""
    held_until: float = 0.0
    troubles: int = 0
    """Answers of trouble in a row."""
    pauses: int = 0
    """Pauses in a row that did not help."""
    down_since: float | None = None
    challenges: int = 0
    """Challenges in a row, in place of content."""
    paused: str | None = None
    """Why it is left alone for the rest of the run."""


class Pace:
    """Says when a host may be asked, and learns from its answers."""

    _paces: WeakKeyDictionary[Crawler, Pace] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._hosts: dict[str, Host] = {}
        self._pause = settings.getfloat("RETRY_PAUSE")
        self._pause_most = settings.getfloat("RETRY_PAUSE_MOST")
        self._wait_most = settings.getfloat("RETRY_AFTER_WAIT")
        self._crawl_delay_most = settings.getfloat("CRAWL_DELAY_MOST")
        self._spacing_most = settings.getfloat("AUTOTHROTTLE_MAX_DELAY")
        self._down_after = settings.getint("HOST_DOWN_AFTER")
        self._down_most = settings.getfloat("HOST_DOWN_MOST")
        self._loaded: asyncio.Task[None] | None = None
        self._notes: set[asyncio.Task[None]] = set()
        crawler.signals.connect(self._robots_parsed, signal=signals.robots_parsed)

    @classmethod
    def of(cls, crawler: Crawler) -> Pace:
        """The pace that all parts of a crawl share."""
        if crawler not in cls._paces:
            cls._paces[crawler] = cls(crawler)
        return cls._paces[crawler]

    async def turn(self, request: Request) -> None:
        """Wait until the request may be sent; HostPaused when that is not in this run."""
        if self._loaded is None:
            self._loaded = asyncio.ensure_future(self._load())
        if not self._loaded.done():
            await asyncio.shield(self._loaded)
        name = _host_of(request)
        host = self._hosts.setdefault(name, Host())
        while True:
            if host.paused:
                raise HostPaused(f"{request.url} not fetched: {name} {host.paused}")
            now = time.monotonic()
            start = max(host.next_at, host.held_until)
            if start <= now:
                break
            if host.held_until - now > self._wait_most:
                self._leave_alone(host, name, f"asked to be left alone for {host.held_until - now:.0f} s")
                continue
            await asyncio.sleep(start - now)
        host.next_at = time.monotonic() + max(host.crawl_delay, host.spacing)

    def answered(self, request: Request, response: Response) -> None:
        """Learn from an answer."""
        host = self._hosts[name := _host_of(request)]
        wait = retry_after(response) if response.status >= 400 else None
        if wait is not None:
            self._hold(host, name, wait, f"HTTP {response.status} with Retry-After")
        if response.status in _BUSY:
            host.spacing = min(max(2 * host.spacing, _SPACING_LEAST), self._spacing_most)
            if wait is None:
                self._hold(host, name, self._growing(host.troubles), f"HTTP {response.status}")
        if response.status in _BUSY or response.status >= 500:
            self._trouble(host, name, f"HTTP {response.status}")
            return
        if host.pauses:
            logger.info("%s answers again", name)
        host.troubles = host.pauses = 0
        host.down_since = None
        host.spacing *= _RECOVERY
        if host.spacing < 0.05:
            host.spacing = 0.0

    def failed(self, request: Request, error: BaseException) -> None:
        """Learn from a request that brought no answer."""
        if isinstance(error, (IgnoreRequest, asyncio.CancelledError)):
            return
        name = _host_of(request)
        self._trouble(self._hosts[name], name, type(error).__name__)

    def _trouble(self, host: Host, name: str, what: str) -> None:
        host.troubles += 1
        if host.troubles < self._down_after * (host.pauses + 1) or host.paused:
            return
        now = time.monotonic()
        host.down_since = host.down_since or now
        if now - host.down_since > self._down_most:
            self._leave_alone(host, name, f"gave {host.troubles} answers of trouble in a row, last {what}")
            return
        pause = min(self._pause * 5 * 2**host.pauses, self._spacing_most * 5)
        host.pauses += 1
        host.held_until = max(host.held_until, now + pause)
        logger.warning(
            "%s: %d troubles in a row, last %s; no request for %.0f s", name, host.troubles, what, pause
        )

    def _leave_alone(self, host: Host, name: str, why: str) -> None:
        host.paused = f"{why}; its pages stay in the ledger for the next run"
        logger.error("%s %s", name, host.paused)
        self._crawler.stats.inc_value("tushuo/hosts_paused")

    def read_well(self, url: str) -> None:
        """A page of a host held what it should."""
        if host := self._hosts.get(urlsplit(url).hostname or ""):
            host.challenges = 0

    def challenged(self, url: str) -> None:
        """A challenge or login page came in place of content."""
        name = urlsplit(url).hostname or ""
        host = self._hosts.setdefault(name, Host())
        host.challenges += 1
        if host.challenges >= _CHALLENGES_MOST and not host.paused:
            seconds = self._crawler.settings.getfloat("CHALLENGE_PAUSE")
            self._hold(host, name, seconds, "challenges")
            self._leave_alone(host, name, f"answered {host.challenges} pages in a row with challenges")

    def _hold(self, host: Host, name: str, seconds: float, why: str) -> None:
        """Leave a host alone for a while, in other runs too."""
        host.held_until = max(host.held_until, time.monotonic() + seconds)
        if seconds > 1:
            logger.info("%s: %s; no request for %.0f s", name, why, seconds)
            note = NoteHold(name, datetime.now(UTC) + timedelta(seconds=seconds), why)
            task = asyncio.ensure_future(self._note(note))
            self._notes.add(task)
            task.add_done_callback(self._notes.discard)

    async def _note(self, note: NoteHold) -> None:
        from crawler.store import Store

        store = Store.of(self._crawler)
        if store.run_id is None:
            return  # a command that looks at a few pages has no database
        try:
            await store.submit(note)
        except DatabaseError as error:
            logger.error("%s is left alone only in this run: %s", note.host, error)

    async def _load(self) -> None:
        """What earlier runs were told."""
        from crawler.store import Store

        store = Store.of(self._crawler)
        if store.run_id is None:
            return
        try:
            known = await store.read(holds)
        except DatabaseError as error:
            logger.error("what hosts asked of earlier runs could not be read: %s", error)
            return
        for name, (until, why) in known.items():
            seconds = (until - datetime.now(UTC)).total_seconds()
            host = self._hosts.setdefault(name, Host())
            host.held_until = max(host.held_until, time.monotonic() + seconds)
            logger.debug("%s: no request for %.0f s (%s)", name, seconds, why)

    def _growing(self, times: int) -> float:
        return min(self._pause * 2.0 ** min(times, 20), self._pause_most)

    def _robots_parsed(self, robotparser: Any, request: Request) -> None:
        settings = self._crawler.settings
        asked = robotparser.crawl_delay(settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"])
        if not asked or asked <= 0:
            return
        name = _host_of(request)
        delay = min(float(asked), self._crawl_delay_most)
        if delay < asked:
            logger.warning(
                "%s asks for a Crawl-delay of %g s; CRAWL_DELAY_MOST makes it %g", name, asked, delay
            )
        host = self._hosts.setdefault(name, Host())
        host.crawl_delay = delay
        host.next_at = max(host.next_at, time.monotonic() + delay)


def retry_after(response: Response) -> float | None:
    """Seconds that an answer's Retry-After asks for; None when it has none that can be read."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if not value:
        return None
    try:
        seconds = float(value) if value.replace(".", "", 1).isdigit() else _until(value)
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), _RETRY_AFTER_MOST)


def _until(date: str) -> float:
    moment = parsedate_to_datetime(date)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime.now(UTC)).total_seconds()


def _host_of(request: Request) -> str:
    return (urlparse_cached(request).hostname or "").lower()
