"""scrapy crawl PORTAL: crawl a portal, with the project's exit codes."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError

from crawler import undeclared
from crawler.arguments import Unknown, WrongUsage, parse_arguments, undeclared_portal
from crawler.extensions.counts import Counts
from crawler.portals.registry import portal_by_name, portal_names
from crawler.store import database_url
from storage.engine import DatabaseError, open_database

if TYPE_CHECKING:
    from collections.abc import Mapping

# ends that leave work undone which the run was asked for
_FAILED_ENDS = frozenset(
    {"database_failed", "start_error", "memusage_exceeded", "cancelled", "locked", "lock_lost"}
)


class Command(ScrapyCrawl):
    def syntax(self) -> str:
        return (
            "[options] PORTAL [-a channel=…] [-a since=YYYY-MM-DD] [-a until=…] [-a limit=N] "
            "[-a url=URL[,URL…]] [-a revisit=due|all|none]"
        )

    def short_desc(self) -> str:
        return "Crawl a portal into the database"

    def long_desc(self) -> str:
        return (
            "Crawl a portal: all its channels, some (-a channel=cq,hb), or given list and article pages "
            f"(-a url=…). Stored articles are visited again when they are due (-a revisit=all: all of them, "
            f"none: none). Portals: {', '.join(portal_names())}; any other site: crawl portal -a "
            "url=https://… reads its feeds, sitemaps and lists. Articles already stored are not fetched "
            "again, unless -a url= names them. -O out.jsonl also writes this run's articles as JSON Lines. "
            "Exit code 0: it did its job; 1: it did not; 2: wrong usage."
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError(f"name one portal: {', '.join(portal_names())}")
        portal = portal_by_name(args[0])
        if portal is None and args[0] != undeclared.NAME:
            known = ", ".join(portal_names())
            self._fail(f"unknown portal: {args[0]}; known: {known}; any other: crawl portal -a url=https://…")
            return
        try:
            parse_arguments(portal or undeclared_portal(opts.spargs.get("url")), **opts.spargs)
        except WrongUsage as error:
            raise UsageError(str(error), print_help=False) from None
        except Unknown as error:
            self._fail(str(error))
            return
        assert self.settings is not None
        try:
            # before the first request: a run that cannot store must not fetch
            open_database(database_url(self.settings)).close()
        except DatabaseError as error:
            self._fail(str(error))
            return
        assert self.crawler_process
        crawler = self._create_crawler(args[0])
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        if self.crawler_process.bootstrap_failed:
            self.exitcode = 1
        elif crawler.stats is not None:
            self.exitcode = exit_code(crawler.stats.get_stats())

    def _fail(self, message: str) -> None:
        sys.stderr.write(f"scrapy crawl: {message}\n")
        self.exitcode = 1


def exit_code(stats: Mapping[str, object]) -> int:
    """0 when the run did its job, 1 when it did not; single pages that failed do not count."""
    if stats.get("finish_reason") in _FAILED_ENDS or stats.get("tushuo/start_failed"):
        return 1
    counts = Counts.read(stats)
    return 0 if counts.list_pages or counts.articles or counts.postponed else 1
