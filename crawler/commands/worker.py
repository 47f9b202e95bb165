"""scrapy worker: take crawls from the queue, on any number of machines."""

from __future__ import annotations

import argparse
import asyncio
import logging

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import say


class Command(command.Command):
    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Take queued crawls, on any number of machines (PostgreSQL)"

    def long_desc(self) -> str:
        return (
            "Run until stopped and take the crawls that scrapy schedule queues, as many at once as --jobs "
            "says. No two workers crawl one host; the run of a worker that died is taken over within a "
            "minute. Needs PostgreSQL. Stop with Ctrl-C: runs under way are finished first."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--jobs", type=command.positive, default=4, metavar="N", help="crawls at once (default 4)"
        )
        parser.add_argument(
            "--name", metavar="NAME", type=command.name, help="this worker's name in the logs"
        )
        parser.add_argument("--until-empty", action="store_true", help="end when no crawl waits")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.commands.schedule import given
        from crawler.fleet import Fleet, NoFleet
        from crawler.store import database_url

        if args:
            raise UsageError("worker takes no argument", print_help=False)
        assert self.settings is not None
        try:
            fleet = Fleet(database_url(self.settings), given(opts))
        except NoFleet as error:
            raise UsageError(str(error), print_help=False) from None
        with self.database(create=True):
            pass
        fleet.prepare()
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s [%(name)s] %(message)s")
        say(f"waiting for crawls, {opts.jobs} at once")
        asyncio.run(fleet.work(opts.name, opts.jobs, until_empty=opts.until_empty))
