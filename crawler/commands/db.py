"""scrapy db upgrade|check|stats|backup|optimize|reindex|move|rekey: the care of the database."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import print_json, print_table, say

JOBS = ("upgrade", "check", "stats", "backup", "optimize", "reindex", "move", "rekey")
_CLEAR = "\r\033[K"  # the terminal's line
_NEEDS = {
    "backup": "the name of the copy, e.g. scrapy db backup tushuo-copy.db",
    "move": "the URL of an empty database, e.g. scrapy db move postgresql://user:password@host/name",
}


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] " + "|".join(JOBS) + " [FILE or URL]"

    def short_desc(self) -> str:
        return "Migrate, check, measure, back up the database"

    def long_desc(self) -> str:
        return (
            "upgrade: bring the schema to this version, creating the database where there is none. "
            "check: is everything whole and does the search index agree with the articles? "
            "stats: how much there is. backup FILE: a copy while others write (SQLite). "
            "optimize: merge the search index and renew statistics, after a large import or now and then; "
            "with --vacuum also give room back to the disk. reindex: make the search index anew from the "
            "articles, where check found it wrong. move URL: copy everything into an empty database, SQLite "
            "or PostgreSQL, with all numbers, and compare the counts; the old one stays as it is. "
            "rekey: apply today's URL rules to the articles stored under older ones; those that become one "
            "are merged with their revisions, and listed as URL and the URL that it became."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--json", action="store_true", help="stats and move: JSON Lines in place of a table"
        )
        parser.add_argument("--dry-run", action="store_true", help="rekey: only say what would change")
        parser.add_argument("--force", action="store_true", help="backup: replace an existing file")
        parser.add_argument(
            "--vacuum", action="store_true", help="optimize: write all anew; nobody else can write meanwhile"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        if not args or args[0] not in JOBS:
            raise UsageError(f"name what to do: {', '.join(JOBS)}", print_help=False)
        if len(args) != (2 if args[0] in _NEEDS else 1):
            needs = f"needs {_NEEDS[args[0]]}" if args[0] in _NEEDS else "takes no further argument"
            raise UsageError(f"{args[0]} {needs}", print_help=False)
        getattr(self, args[0])(args[1:], opts)

    def upgrade(self, _args: list[str], _opts: argparse.Namespace) -> None:
        from storage.migrate import HEAD

        with self.database(create=True) as database:
            before = database.upgraded_from
        if before is None:
            say(f"{database.name}: the schema is up to date ({HEAD})")
        else:
            say(f"{database.name}: the schema was upgraded from {before} to {HEAD}")

    def check(self, _args: list[str], _opts: argparse.Namespace) -> None:
        from storage.check import problems

        with self.database() as database:
            found = problems(database)
            for problem in found:
                print(problem)
            if found:
                raise command.CommandError(
                    f"{database.name}: {len(found)} problems; restore a backup, or, where all of them are of "
                    "the search index, scrapy db reindex"
                )
            say(f"{database.name}: no problem found")

    def stats(self, _args: list[str], opts: argparse.Namespace) -> None:
        from storage.queries import totals

        with self.database() as database, database.reading() as conn:
            found = totals(conn)
        if opts.json:
            print_json([found])
        else:
            print_table(("what", "number"), list(found.items()))

    def backup(self, args: list[str], opts: argparse.Namespace) -> None:
        from storage.backup import backup

        target = Path(args[0])
        if target.exists() and not opts.force:
            raise command.CommandError(f"{target} exists; name another file, or add --force")
        with self.database() as database:
            size = backup(database, target)
        say(f"{size / 2**20:.1f} MiB copied to {target}")

    def optimize(self, _args: list[str], opts: argparse.Namespace) -> None:
        from storage.optimize import optimize

        with self.database() as database:
            done = optimize(database, vacuum=opts.vacuum)
        gained = done.before - done.after
        say(
            f"{database.name}: statistics and search index are fresh; {done.before / 2**20:.1f} MiB before, "
            f"{done.after / 2**20:.1f} after"
            + ("" if gained > 0 or opts.vacuum else "; --vacuum gives free room back to the disk")
        )

    def reindex(self, _args: list[str], _opts: argparse.Namespace) -> None:
        from storage.reindex import reindex

        progress = partial(show_progress, "article") if sys.stderr.isatty() else None
        with self.database() as database, database.writing() as conn:
            number = reindex(conn, progress)
        if progress:
            sys.stderr.write(_CLEAR)
        say(f"{database.name}: the search index is made anew from {number} articles")

    def move(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.store import project_folder
        from storage.engine import open_database, resolve_url
        from storage.move import move

        with self.database() as database:
            target = open_database(resolve_url(args[0], project_folder()))
            try:
                moved = move(database, target, show_progress if sys.stderr.isatty() else None)
            finally:
                target.close()
                if sys.stderr.isatty():
                    sys.stderr.write(_CLEAR)
        if opts.json:
            print_json(table._asdict() for table in moved)
        else:
            print_table(("table", "rows"), moved)
        say(f"{target.name} has all of {database.name}; use it with -s DATABASE_URL or TUSHUO_DATABASE_URL")

    def rekey(self, _args: list[str], opts: argparse.Namespace) -> None:
        from storage.rekey import rekey

        with self.database() as database:
            result = rekey(database, dry_run=opts.dry_run)
        verb = "would become" if opts.dry_run else "became"
        for gone, stays in result.merged:
            print(f"{gone}\t{stays}")
        say(f"{result.changed} articles and pages {'would get' if opts.dry_run else 'have'} new keys")
        if result.merged or result.pages:
            say(f"{len(result.merged)} articles, as listed, and {result.pages} pages {verb} others")
        for url in result.forbidden:
            say(
                f"{url} means an article that was taken down; take it down, too: scrapy forget URL --reason …"
            )
        if result.forbidden:
            raise command.CommandError(
                f"{len(result.forbidden)} articles are at addresses that were taken down"
            )


def show_progress(table: str, done: int, total: int) -> None:
    sys.stderr.write(f"{_CLEAR}{table}: {done:,} of {total:,}")
