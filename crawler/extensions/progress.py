"""Progress while a run goes: one live line in a terminal, else a log line now and then."""

from __future__ import annotations

import atexit
import logging
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.text import Text
from scrapy import signals
from scrapy.exceptions import NotConfigured
from scrapy.utils.asyncio import AsyncioLoopingCall, create_looping_call
from scrapy.utils.log import get_scrapy_root_handler

from crawler.extensions.counts import Counts

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from twisted.internet.task import LoopingCall

logger = logging.getLogger(__name__)

REFRESH = 4  # redraws a second
WINDOW = 10.0  # seconds over which pages/s is measured


class Progress:
    """Shows pages, articles, captions, errors and pages/s on stderr. Off with PROGRESS=0."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("PROGRESS"):
            raise NotConfigured
        self._crawler = crawler
        self._interval = crawler.settings.getfloat("PROGRESS_INTERVAL")
        self._samples: deque[tuple[float, int]] = deque()
        self._live: Live | None = None
        self._loop: AsyncioLoopingCall | LoopingCall | None = None
        self._lines: logging.StreamHandler[Any] | None = None
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Progress:
        return cls(crawler)

    def spider_opened(self, spider: Spider) -> None:
        self._samples.append((time.monotonic(), 0))
        if sys.stderr.isatty():
            self._start_live()
        elif self._interval > 0:
            self._loop = create_looping_call(self._log, spider)
            self._loop.start(self._interval, now=False)

    def spider_closed(self, spider: Spider) -> None:  # noqa: ARG002
        if self._loop:
            self._loop.stop()
            self._loop = None
        if self._live:
            self._stop_live()

    def line(self) -> str:
        """The progress line: `cri  120 pages  98 articles  143 captions  2 errors  1.0 pages/s`."""
        assert self._crawler.spider is not None
        counts = Counts.read(self._crawler.stats.get_stats())
        return "  ".join(
            (
                self._crawler.spider.name,
                f"{counts.pages} pages",
                f"{counts.articles} articles",
                f"{counts.captions} captions",
                f"{counts.failed} errors",
                f"{self._rate(counts.pages):.1f} pages/s",
            )
        )

    def _rate(self, pages: int) -> float:
        """Pages a second over the last WINDOW seconds."""
        now = time.monotonic()
        self._samples.append((now, pages))
        while len(self._samples) > 2 and self._samples[1][0] <= now - max(WINDOW, self._interval):
            self._samples.popleft()
        then, before = self._samples[0]
        return (pages - before) / max(now - then, 0.001)

    def _log(self, spider: Spider) -> None:
        logger.info("%s", self.line(), extra={"spider": spider})

    def _start_live(self) -> None:
        live = Live(
            get_renderable=lambda: Text(self.line(), no_wrap=True, overflow="ellipsis"),
            console=Console(stderr=True),
            refresh_per_second=REFRESH,
            transient=True,
            redirect_stdout=False,  # stdout may be a feed (-o -)
        )
        live.start()
        atexit.register(
            live.stop
        )  # a second Ctrl-C ends the process without spider_closed, the cursor hidden
        self._live = live
        handler = get_scrapy_root_handler()
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            # rich's stream writes above the live line; the handler still has the one it replaced
            handler.setStream(sys.stderr)
            self._lines = handler

    def _stop_live(self) -> None:
        assert self._live is not None
        self._live.stop()
        atexit.unregister(self._live.stop)
        self._live = None
        if self._lines:
            self._lines.setStream(sys.stderr)
            self._lines = None
