"""scrapy health: what drifted, channel by channel and field by field."""

from __future__ import annotations

import argparse
from datetime import datetime, time, timedelta, timezone

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import print_json, print_table, say
from crawler.webhook import shown

_CHINA = timezone(timedelta(hours=8))


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] [PORTAL]"

    def short_desc(self) -> str:
        return "Tell which channels are read worse than before"

    def long_desc(self) -> str:
        return (
            "Compare what the last run of each portal stored with that channel's own past 90 days: how "
            "often time, source, authors, editor, pictures, captions and credits are found, the length of "
            "the text, the share that only the general rules could read, errors, and channels that fell "
            "silent. Prints what drifted, with example URLs, and exits with 1; with 0 when nothing did."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--since", type=command.day, metavar="DATE", help="compare what was stored from this day on"
        )
        parser.add_argument("--all", action="store_true", help="also what did not drift")
        parser.add_argument("--json", action="store_true", help="every measure as JSON Lines")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from storage.queries import measure, portals

        if len(args) > 1:
            raise UsageError("name at most one portal", print_help=False)
        since = datetime.combine(opts.since, time(), _CHINA) if opts.since else None
        with self.database() as database, database.reading() as conn:
            names = portals(conn)
            if args and args[0] not in names:
                raise command.CommandError(f"no article of a portal {args[0]}; there are: {', '.join(names)}")
            found = [one for name in args or names for one in measure(conn, name, since)]
        drifted = [one for one in found if one.drifted]
        rows = found if opts.all else drifted
        if opts.json:
            print_json(one._asdict() for one in found)
        elif rows:
            print_table(
                ("portal", "channel", "field", "before", "now", "of", "example"),
                [
                    (
                        one.portal,
                        one.channel,
                        one.field,
                        shown(one.before),
                        shown(one.now),
                        f"{one.count_before}, {one.count_now}",
                        " ".join(one.examples),
                    )
                    for one in rows
                ],
                wide="example",
            )
        channels = len({(one.portal, one.channel) for one in found})
        if drifted:
            say(f"{len(drifted)} of {len(found)} measures of {channels} channels drifted")
            self.exitcode = 1
        else:
            say(f"nothing drifted: {len(found)} measures of {channels} channels")
