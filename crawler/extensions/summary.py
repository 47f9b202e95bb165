"""The end of a run, for people: what was stored, what was not and why, and what to try next."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from scrapy import signals
from scrapy.exceptions import NotConfigured

from crawler.extensions.counts import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scrapy import Spider
    from scrapy.crawler import Crawler

TOP = 3  # reasons shown of each kind
ORDINARY_ENDS = ("finished", "limit")


class Summary:
    """Writes a few lines to stderr when the engine has stopped. Off with SUMMARY=0."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("SUMMARY"):
            raise NotConfigured
        self._crawler = crawler
        self._started = time.monotonic()
        self._portal = ""
        self._finish = ""
        crawler.signals.connect(self.spider_opened, signal=signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signal=signals.spider_closed)
        crawler.signals.connect(self.engine_stopped, signal=signals.engine_stopped)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Summary:
        return cls(crawler)

    def spider_opened(self, spider: Spider) -> None:
        self._started = time.monotonic()
        self._portal = spider.name

    def spider_closed(self, spider: Spider, reason: str) -> None:
        self._portal, self._finish = spider.name, reason

    def engine_stopped(self) -> None:
        if not self._portal:
            return
        stats = self._crawler.stats.get_stats()
        lines = summary_lines(
            self._portal, Counts.read(stats), time.monotonic() - self._started, self._finish, stats
        )
        sys.stderr.write("\n" + "\n".join(lines) + "\n")
        sys.stderr.flush()


def summary_lines(
    portal: str, counts: Counts, seconds: float, finish: str, stats: Mapping[str, object]
) -> list[str]:
    """The summary of a run that took so many seconds and ended for the reason `finish`."""
    pages = f"{counts.pages} pages" + (f", {counts.list_pages} of them lists" if counts.list_pages else "")
    lines = [f"{portal}: {pages} in {duration(seconds)}"]
    if finish not in ORDINARY_ENDS:
        lines[0] += f"; ended early ({finish})"
    lines.append(
        f"  articles  {counts.new} new, {counts.changed} changed, {counts.same} as stored"
        + (f"; {counts.linked} are copies of others" if counts.linked else "")
    )
    if counts.visits or counts.gone or counts.returned:
        lines.append(f"  visits    {counts.visits} again, {counts.gone} gone, {counts.returned} returned")
    lines.append(f"  pictures  {counts.images}, {counts.captions} with a caption{_files(stats)}")
    for name in ("dropped", "failed", "blocked", "postponed"):
        if number := getattr(counts, name):
            lines.append(f"  {name:<9} {number}{_top(counts.reasons.get(name, []))}")
    if counts.paused:
        lines.append(f"  paused    {counts.paused} pages of hosts in trouble; the next run goes on with them")
    if counts.refused:
        lines.append(f"  refused   {counts.refused} (addresses or ports that are not public)")
    lines.extend(f"  next      {advice}" for advice in next_steps(portal, counts, stats))
    return lines


def _files(stats: Mapping[str, object]) -> str:
    """What became of the files of pictures; empty where none was asked for."""
    told = (("fetched", "fetched"), ("known", "known already"), ("late", "late"), ("failed", "failed"))
    numbers = [f"{n} {words}" for key, words in told if (n := stats.get(f"tushuo/pictures_{key}"))]
    return f"; of their files {', '.join(numbers)}" if numbers else ""


def next_steps(portal: str, counts: Counts, stats: Mapping[str, object]) -> Iterator[str]:
    """What to try next; first of all when nothing could be read."""
    if counts.articles:
        yield "scrapy search WORDS · scrapy search WORDS --images · scrapy export --format jsonl"
    elif stats.get("robotstxt/unreachable"):
        yield "robots.txt could not be read, so nothing was fetched: is the host up? Run again later"
    elif stats.get("robotstxt/forbidden"):
        yield "robots.txt forbids these pages: start elsewhere with -a url=… or -a channel=…"
    elif counts.refused and not counts.list_pages:
        yield """that address is refused: crawl a replica with -s CONNECT_TO='{"HOST": "127.0.0.1:PORT"}'"""
    elif counts.blocked:
        yield "the host answers with challenges: wait, then run with -s DOWNLOAD_DELAY=5 and a CONTACT"
    elif not counts.pages:
        yield "no page was answered: check the network, the host's name, and PROXY if you need one"
    elif counts.postponed:
        yield "everything found is older than since=: run with an earlier date"
    elif not counts.failed and not counts.dropped:
        yield f"no list page held a new article: scrapy doctor {portal} shows what was found"
    if counts.failed or counts.blocked:
        yield "scrapy ledger --failures says which pages and why; the next run tries them again"


def duration(seconds: float) -> str:
    """A time span for people.

    >>> duration(0.42), duration(75), duration(7500)
    ('0.4 s', '1 min 15 s', '2 h 5 min')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds) // 60
    if minutes < 60:
        return f"{minutes} min {round(seconds) % 60} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _top(reasons: list[tuple[str, int]]) -> str:
    if not reasons:
        return ""
    shown = ", ".join(f"{count} {reason}" for reason, count in reasons[:TOP])
    rest = len(reasons) - TOP
    return f" ({shown}, and {rest} more)" if rest > 0 else f" ({shown})"
