"""scrapy ledger: what became of every URL that was ever seen."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import print_json, print_table, say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.queries import LedgerRow, State


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] [URL]"

    def short_desc(self) -> str:
        return "What became of each URL; put failed ones back"

    def long_desc(self) -> str:
        return (
            "Without a URL: how many pages are in which state, and why. With one: what became of it. "
            "--failures lists the pages that gave nothing; --retry puts them back for the next run. "
            "Examples: scrapy ledger --failures --portal cri · scrapy ledger --retry --state failed"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--portal", metavar="NAME", type=command.name, help="only this portal's pages")
        parser.add_argument(
            "--failures", action="store_true", help="list failed, blocked, dropped and gone pages"
        )
        parser.add_argument("--state", metavar="STATE[,STATE…]", help="list the pages in these states")
        parser.add_argument(
            "--retry", action="store_true", help="put pages back to be fetched by the next run"
        )
        parser.add_argument(
            "--limit", type=command.positive, default=50, metavar="N", help="at most N pages (default 50)"
        )
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) > 1:
            raise UsageError("name at most one URL", print_help=False)
        states = self.states(opts)
        if opts.retry:
            self.retry(args, states, opts)
            return
        with self.database() as database, database.reading() as conn:
            if args:
                self.one(conn, args[0], opts)
            elif opts.failures or opts.state:
                self.pages(conn, states, opts)
            else:
                self.counts(conn, opts)

    def states(self, opts: argparse.Namespace) -> tuple[State, ...]:
        from storage.queries import BAD_STATES, STATES

        if not opts.state:
            return BAD_STATES
        names = tuple(state for state in STATES if state in opts.state.split(","))
        unknown = set(opts.state.split(",")) - set(names)
        if unknown:
            raise UsageError(
                f"--state {', '.join(sorted(unknown))} is not known; states: {', '.join(STATES)}",
                print_help=False,
            )
        return names

    def retry(self, args: list[str], states: tuple[State, ...], opts: argparse.Namespace) -> None:
        from crawler.identity import UrlError
        from storage.committer import write_now
        from storage.ledger import Reopen
        from storage.queries import key_of

        try:
            keys = [key_of(args[0])] if args else None
        except UrlError as error:
            raise UsageError(str(error), print_help=False) from None
        with self.database() as database:
            (number,) = write_now(database, [Reopen(states, portal=opts.portal, url_keys=keys)])
        if isinstance(number, Exception):
            raise number
        if args and not number:
            raise command.CommandError(f"{args[0]} is in none of the states {', '.join(states)}")
        say(f"{number} pages put back ({', '.join(states)}); the next crawl fetches them")

    def one(self, conn: Connection, url: str, opts: argparse.Namespace) -> None:
        from crawler.identity import UrlError
        from storage.queries import ledger_row

        try:
            row = ledger_row(conn, url)
        except UrlError as error:
            raise UsageError(str(error), print_help=False) from None
        if row is None:
            raise command.CommandError(f"{url} was never seen")
        if opts.json:
            print_json([row._asdict()])
            return
        for name, value in row._asdict().items():
            if value is not None:
                print(f"{name:<14} {value}")

    def pages(self, conn: Connection, states: tuple[State, ...], opts: argparse.Namespace) -> None:
        from storage.queries import ledger_rows

        rows = list(ledger_rows(conn, states, opts.portal, opts.limit))
        if opts.json:
            print_json(row._asdict() for row in rows)
        elif rows:
            print_table(
                ("state", "reason", "status", "attempts", "last fetch", "url"),
                [_line(r) for r in rows],
                wide="url",
            )
        if not rows:
            say(f"no page is {' or '.join(states)}")
        elif len(rows) == opts.limit and not opts.json:
            say(f"the latest {len(rows)}; more with --limit {len(rows) * 5}")

    def counts(self, conn: Connection, opts: argparse.Namespace) -> None:
        from storage.queries import ledger_counts

        rows = ledger_counts(conn, opts.portal)
        names = ("kind", "state", "reason", "pages")
        if opts.json:
            print_json(dict(zip(names, row, strict=True)) for row in rows)
        elif rows:
            print_table(names, rows)
        else:
            say("the ledger is empty" + (f" for portal {opts.portal}" if opts.portal else ""))


def _line(row: LedgerRow) -> tuple[object, ...]:
    fetched = f"{row.last_fetch_at:%Y-%m-%d %H:%M}" if row.last_fetch_at else None
    return (row.state, row.reason, row.status, row.attempts, fetched, row.url)
