"""scrapy reextract: today's rules over stored pages, without the network."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import print_json, print_table, say
from crawler.reextract import Job, Report, Reread, differing, reread_all

if TYPE_CHECKING:
    from crawler.items import Article
    from storage.engine import Database

_BATCH = 100  # articles written together
_PROGRESS = 500  # articles between two progress lines
_PLACES_MOST = 50_000  # pages of the given files among which further pages of an article are looked for
_SHOWN = 5  # pages that could not be read, named


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] [WARC…]"

    def short_desc(self) -> str:
        return "Read stored pages again by today's rules"

    def long_desc(self) -> str:
        return (
            "Run today's extraction rules over the archived pages of all stored articles, update what the "
            "rules now read differently, and report the differences by portal, channel and field. No "
            "revision is made: the portal changed nothing. With WARC files, also of other tools, their "
            "pages are read, and articles that the database lacks are added. --dry-run first."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--portal", metavar="NAME", type=command.name, help="only this portal's articles")
        parser.add_argument("--dry-run", action="store_true", help="only report what would change")
        parser.add_argument(
            "--jobs", type=command.positive, metavar="N", help="processes (default: all cores)"
        )
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        for name in args:
            if not Path(name).is_file():
                raise command.CommandError(f"{name}: no such file")
        if opts.portal and args:
            raise UsageError("--portal is for the database's own archive", print_help=False)
        report = Report()
        with self.database(create=bool(args)) as database:
            jobs = self.given(database, args) if args else self.archived(database, opts.portal, report)
            cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
            batch: list[Reread] = []
            for result in reread_all(jobs, opts.jobs or cores):
                batch.append(result)
                if len(batch) == _BATCH:
                    self.take(database, batch, report, opts)
                    batch = []
            self.take(database, batch, report, opts)
        self.tell(report, opts)
        if not report.read:
            raise command.CommandError(
                "the archive holds no page of a stored article: was it crawled with ARCHIVE=0?"
            )

    def archived(self, database: Database, portal: str | None, report: Report) -> Iterator[Job]:
        """The pages of all stored articles."""
        from crawler.archive import archive_folder
        from storage.captures import archived_articles, parts_of

        assert self.settings is not None
        folder = archive_folder(self.settings)
        with database.reading() as conn:
            for found in archived_articles(conn, portal):
                if found.file is None or found.offset is None:
                    report.not_archived += 1
                    continue
                parts = {
                    key: (str(_place(folder, file)), offset)
                    for key, (file, offset) in parts_of(conn, found.article_id).items()
                }
                yield Job(str(_place(folder, found.file)), found.offset, parts, found.article_id)

    def given(self, database: Database, names: list[str]) -> Iterator[Job]:
        """The pages of WARC files that are articles by their addresses.

        Of a stored article the latest state; of one that is not, every state in its order.
        """
        from crawler.archive.reader import ArchiveError, responses
        from crawler.extract.lists import is_article_url
        from crawler.identity import UrlError, url_key
        from crawler.portals.registry import portal_of
        from storage.lookup import stored_keys

        places: dict[str, tuple[str, int]] = {}
        wanted: dict[str, list[tuple[datetime, str, int]]] = {}
        for name in names:
            try:
                for found in responses(Path(name)):
                    portal = portal_of(found.url)
                    if found.kind != "response" or found.status != 200 or portal is None:
                        continue
                    try:
                        key = url_key(found.url, portal.url_rules)
                    except UrlError:
                        continue
                    places[key] = (name, found.offset)
                    if is_article_url(found.url, portal):
                        wanted.setdefault(key, []).append((found.fetched_at, name, found.offset))
            except ArchiveError as error:
                raise command.CommandError(str(error)) from error
        with database.reading() as conn:
            known = stored_keys(conn, list(wanted))
        parts = places if len(places) < _PLACES_MOST else {}
        for key, states in wanted.items():
            states.sort()
            for _, name, offset in states[-1:] if key in known else states:
                yield Job(name, offset, parts, history=key not in known)

    def take(self, database: Database, batch: list[Reread], report: Report, opts: argparse.Namespace) -> None:
        """Compare a batch with what is stored, and store what differs."""
        from pipelines.fingerprint import fingerprint
        from pipelines.validate import check
        from storage.committer import write_now
        from storage.prepared import kept_articles
        from storage.settle import settle
        from storage.writer import StoreArticle, Stored

        good: list[tuple[Article, bool]] = []
        for result in batch:
            if result.article is None or check(result.article):
                report.unread += 1
                if report.unread <= _SHOWN:
                    say(f"not read: {result.why or check(result.article)}")  # type: ignore[arg-type]
                continue
            result.article.fingerprint = fingerprint(result.article)
            good.append((result.article, result.job.history))
        with database.reading() as conn:
            keys = [key.url_key for key in settle(conn, [article for article, _ in good])]
            kept = kept_articles(conn, keys)
        changed = []
        for (article, history), key in zip(good, keys, strict=True):
            report.read += 1
            old = kept.get(key)
            if old is None or history:
                report.new += old is None
                changed.append(article)
                continue
            names = differing(article, old.article)
            article.fetch.rules_only = True
            if names or article.extractor != old.article.extractor:
                changed.append(article)
            report.changed += bool(names)
            report.same += not names
            report.note(article, names)
        if not opts.dry_run and changed:
            for article, stored in zip(
                changed, write_now(database, [StoreArticle(article) for article in changed]), strict=True
            ):
                if not isinstance(stored, Stored):
                    say(f"{article.url} could not be stored: {stored}")
        if sys.stderr.isatty() and report.read % _PROGRESS < _BATCH:
            sys.stderr.write(f"\r{report.read} pages")

    def tell(self, report: Report, opts: argparse.Namespace) -> None:
        rows = [(*key, number, report.examples[key]) for key, number in sorted(report.fields.items())]
        names = ("portal", "channel", "field", "articles", "examples")
        if opts.json:
            print_json(dict(zip(names, row, strict=True)) for row in rows)
        elif rows:
            print_table(names, [(*row[:4], row[4][0]) for row in rows], wide="examples")
        would = "would change" if opts.dry_run else "changed"
        say(
            f"{report.read} pages read: {report.changed} articles {would}, {report.same} as stored, "
            f"{report.new} new; {report.unread} could not be read, {report.not_archived} are not archived"
        )


def _place(folder: Path, name: str) -> Path:
    """A file of the archive, finished or being written."""
    path = folder / name
    return path if path.exists() else folder / f"{name}.open"
