"""scrapy schedule: crawl each portal when its time comes."""

from __future__ import annotations

import argparse
import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import print_json, print_table, say


class Command(command.Command):
    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Crawl every portal when it is due"

    def long_desc(self) -> str:
        return (
            "Run until stopped and crawl each portal by the cron expressions of schedule.toml (beside "
            "scrapy.cfg) or, without that file, of the portals' declarations, at Asia/Shanghai time. On "
            "SQLite the crawls are processes of this machine; on PostgreSQL they are queued for scrapy "
            "worker. A portal that is being crawled is not begun again. --list shows what is due when."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--file", metavar="FILE", help="another schedule than schedule.toml")
        parser.add_argument("--list", action="store_true", help="only show what is due when")
        parser.add_argument("--once", action="store_true", help="run (or queue) everything once, now")
        parser.add_argument(
            "--jobs", type=command.positive, default=4, metavar="N", help="crawls at once (default 4; SQLite)"
        )
        parser.add_argument("--json", action="store_true", help="with --list: JSON Lines")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.fleet import Fleet, NoFleet
        from crawler.schedule import FILE, ScheduleError, declared_schedule, read_schedule
        from crawler.scheduler import Scheduler
        from crawler.store import database_url, project_folder

        if args:
            raise UsageError("schedule takes no argument; name a file with --file", print_help=False)
        path = Path(opts.file) if opts.file else project_folder() / FILE
        try:
            entries = read_schedule(path) if opts.file or path.exists() else declared_schedule()
        except ScheduleError as error:
            raise UsageError(str(error), print_help=False) from None
        now = datetime.now(UTC)
        if opts.list:
            rows = [(f"{entry.following(now):%Y-%m-%d %H:%M}", entry.name, entry.cron) for entry in entries]
            names = ("next", "run", "cron")
            if opts.json:
                print_json(dict(zip(names, row, strict=True)) for row in sorted(rows))
            else:
                print_table(names, sorted(rows))
            return
        assert self.settings is not None
        url = database_url(self.settings)
        with self.database(create=True):
            pass  # before anything is started: what cannot store must not fetch
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s [%(name)s] %(message)s")
        say(f"{len(entries)} runs, next {min(entry.following(now) for entry in entries):%Y-%m-%d %H:%M}")
        if url.startswith("sqlite"):
            scheduler = Scheduler(entries, [f"DATABASE_URL={url}", *given(opts)], opts.jobs)
            failed = scheduler.once() if opts.once else scheduler.forever()
            self.exitcode = int(bool(failed) and opts.once)
            return
        try:
            fleet = Fleet(url, given(opts))
        except NoFleet as error:
            raise command.CommandError(str(error)) from error
        fleet.prepare()
        try:
            asyncio.run(fleet.schedule(entries, once=opts.once))
        except KeyboardInterrupt:
            say("stopped")


def given(opts: argparse.Namespace) -> list[str]:
    """The settings of this command line, which the crawls get too."""
    return [setting for setting in opts.set or [] if not setting.startswith("DATABASE_URL=")]
