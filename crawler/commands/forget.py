"""scrapy forget URL --reason …: takedown of an article, everywhere."""

from __future__ import annotations

import argparse
from itertools import groupby
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import say

if TYPE_CHECKING:
    from storage.engine import Database
    from storage.forget import Record


class Command(command.Command):
    def syntax(self) -> str:
        return "URL --reason TEXT"

    def short_desc(self) -> str:
        return "Take an article down, for good"

    def long_desc(self) -> str:
        return (
            "Remove an article's text, captions, revisions, search entries, archived pages and the "
            "pictures that no other article uses, and keep only its address with the reason. No crawl "
            "fetches it again and no import stores it. Backups and "
            "files that were exported are yours to mend. Example: scrapy forget https://… --reason "
            "'request of the author, 2026-01-31'"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--reason", metavar="TEXT", type=command.name, help="why; kept for the record")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.identity import UrlError
        from crawler.portals.registry import portal_of
        from storage.committer import write_now
        from storage.forget import Forget
        from storage.index import purge
        from storage.queries import key_of

        if len(args) != 1:
            raise UsageError("name one URL", print_help=False)
        if not (opts.reason or "").strip():
            raise UsageError("say why, with --reason TEXT", print_help=False)
        try:
            key = key_of(args[0])
        except UrlError as error:
            raise UsageError(str(error), print_help=False) from None
        portal = portal_of(args[0])
        with self.database() as database:
            operation = Forget(args[0], key, portal.name if portal else None, opts.reason.strip())
            (gone,) = write_now(database, [operation])
            if isinstance(gone, Exception):
                raise gone
            with database.writing() as conn:
                purge(conn)
            if database.is_sqlite:
                database.flush_log()
            pictures = self.delete_pictures(database)
            files = self.clean_archive(database, gone.records)
        stored = "its article is removed" if gone.was_stored else "it was not stored"
        say(
            f"{args[0]}: {stored}, with {len(gone.records)} archived responses in {files} files"
            + (f" and {pictures} pictures" if pictures else "")
        )

    def delete_pictures(self, database: Database) -> int:
        """Delete the files of pictures that only taken-down articles used; how many there were."""
        from crawler.pictures import pictures_folder
        from crawler.pictures.files import remove
        from storage.committer import write_now
        from storage.doomed import DropPictures, doomed

        with database.reading() as conn:
            waiting = doomed(conn)
        if not waiting:
            return 0
        assert self.settings is not None
        folder = pictures_folder(self.settings)
        try:
            removed = remove(folder, waiting.values())
        except OSError as error:
            raise command.CommandError(
                f"the article is removed, but not all of its pictures in {folder}: {error}; "
                "mend this and say it again"
            ) from None
        (failed,) = write_now(database, [DropPictures(tuple(waiting))])
        if failed is not None:
            raise failed
        return removed

    def clean_archive(self, database: Database, records: list[Record]) -> int:
        """Rewrite the files that hold these records; how many. CommandError names those that it could not."""
        from crawler.archive import archive_folder
        from crawler.archive.mend import mend
        from crawler.archive.reader import ArchiveError
        from crawler.archive.remove import remove
        from storage.committer import write_now
        from storage.forget import MoveCaptures

        if not records:
            return 0
        assert self.settings is not None
        folder = archive_folder(self.settings)
        write_now(database, list(mend(folder)) if folder.is_dir() else [])
        left = []
        files = 0
        for name, group in groupby(records, key=lambda record: record.file):
            mine = list(group)
            try:
                moved = remove(folder, name, {offset for record in mine for offset in record.offsets})
            except (ArchiveError, OSError) as error:
                left.append(str(error))
                continue
            follow = MoveCaptures(name, tuple(record.capture_id for record in mine), moved)
            (failed,) = write_now(database, [follow])
            if failed is not None:
                raise failed
            files += 1
        if left:
            raise command.CommandError(
                "the article is removed, but not all of its archive; mend this and say it again: "
                + "; ".join(left)
            )
        return files
