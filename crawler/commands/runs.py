"""scrapy runs: past and present crawls."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler import command
from crawler.extensions.summary import duration
from crawler.output import print_json, print_table, say

if TYPE_CHECKING:
    from storage.queries import RunRow

_COUNTS = ("articles_new", "articles_changed", "articles_gone", "failed")


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] [ID]"

    def short_desc(self) -> str:
        return "List past and present runs"

    def long_desc(self) -> str:
        return (
            "Without an ID the latest runs: what they stored and how they ended (finished, running, killed, "
            "or Scrapy's reason). With one: all that is known of that run. Times are UTC."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--portal", metavar="NAME", type=command.name, help="only this portal's runs")
        parser.add_argument(
            "--limit", type=command.positive, default=20, metavar="N", help="at most N (default 20)"
        )
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from storage.queries import runs

        if len(args) > 1 or (args and not (args[0].isascii() and args[0].isdigit())):
            raise UsageError("name at most one run, by its number", print_help=False)
        run_id = int(args[0][:18]) if args else None
        with self.database() as database, database.reading() as conn:
            found = runs(conn, portal=opts.portal, run_id=run_id, limit=opts.limit)
        if args and not found:
            raise command.CommandError(f"no run {args[0]}; scrapy runs lists them")
        if opts.json:
            print_json(run._asdict() for run in found)
        elif args:
            tell(found[0])
        elif found:
            names = ("id", "portal", "started", "took", "ended", "new", "changed", "gone", "failed")
            print_table(names, [_line(run) for run in found])
        else:
            say("no run yet: scrapy crawl cri")


def tell(run: RunRow) -> None:
    """All that is known of one run."""
    for name, value in run._asdict().items():
        if name == "counts":
            continue
        if name == "arguments":
            value = " ".join(f"-a {key}={text}" for key, text in value.items()) or "none"
        elif name.endswith("_at"):
            value = f"{value:%Y-%m-%d %H:%M:%S} UTC" if value else "not yet"
        print(f"{name:<24} {value}")
    for name, number in sorted(run.counts.items()):
        print(f"{name:<24} {number}")


def _line(run: RunRow) -> tuple[object, ...]:
    took = duration((run.finished_at - run.started_at).total_seconds()) if run.finished_at else None
    counts = [run.counts.get(name, 0) for name in _COUNTS]
    return (run.id, run.portal, f"{run.started_at:%Y-%m-%d %H:%M}", took, run.state, *counts)
