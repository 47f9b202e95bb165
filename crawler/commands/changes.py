"""scrapy changes: what portals edited, took away and brought back."""

from __future__ import annotations

import argparse
from datetime import datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import print_json, print_table, say

if TYPE_CHECKING:
    from datetime import date

    from storage.queries import Change

_CHINA = timezone(timedelta(hours=8))


class Command(command.Command):
    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "List edits, disappearances and returns"

    def long_desc(self) -> str:
        return (
            "List what was found to have changed at the portals, the latest first: articles that were "
            "edited (with the fields that differ), that are gone (with how the portal says so), and that "
            "returned. scrapy show ID --revisions shows an edit word by word. Days are at +08:00. "
            "Example: scrapy changes --since 2026-01-31 --kind gone"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--since", type=command.day, metavar="DATE", help="found on this day or later")
        parser.add_argument("--until", type=command.day, metavar="DATE", help="found on this day or before")
        parser.add_argument("--portal", metavar="NAME", type=command.name, help="only this portal's articles")
        parser.add_argument("--kind", metavar="KIND[,KIND…]", help="edited, gone, returned (default all)")
        parser.add_argument(
            "--limit", type=command.positive, default=100, metavar="N", help="at most N (default 100)"
        )
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from storage.queries import KINDS, changes

        if args:
            raise UsageError("changes takes no argument; scrapy show ID --revisions is one article's")
        named = opts.kind.split(",") if opts.kind else list(KINDS)
        if unknown := set(named) - set(KINDS):
            raise UsageError(
                f"--kind {', '.join(sorted(unknown))} is not known; kinds: {', '.join(KINDS)}",
                print_help=False,
            )
        with self.database() as database, database.reading() as conn:
            found = changes(
                conn,
                since=_midnight(opts.since) if opts.since else None,
                until=_midnight(opts.until + timedelta(days=1)) if opts.until else None,
                portal=opts.portal,
                kinds=tuple(kind for kind in KINDS if kind in named),
                limit=opts.limit,
            )
        if opts.json:
            print_json(change._asdict() for change in found)
            return
        if found:
            print_table(
                ("found", "what", "id", "changed", "title", "url"), [_line(c) for c in found], wide="title"
            )
        else:
            say("nothing changed" + (f" since {opts.since}" if opts.since else ""))
        if len(found) == opts.limit:
            say(f"the latest {len(found)}; more with --limit {len(found) * 5}")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _CHINA)


def _line(change: Change) -> tuple[object, ...]:
    what = "、".join(change.changed) if change.changed else change.reason
    found = f"{change.at.astimezone(_CHINA):%Y-%m-%d %H:%M}"
    return (found, change.kind, change.article_id, what, change.title, change.url)
