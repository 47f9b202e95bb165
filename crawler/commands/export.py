"""scrapy export: articles or pictures of the database as a file, streamed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from crawler import command
from crawler.corpus import COLUMNS, caption_record
from crawler.interrupts import Interrupts
from crawler.items import RECORD_KEYS
from crawler.output import json_line, say
from crawler.parquet import NoPyArrow, check_installed, write_parquet
from crawler.sheets import write_csv
from crawler.target import is_stdout, target

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PROGRESS = 0.5  # seconds between two signs of life


def write_jsonl(file: IO[bytes], records: Iterable[dict[str, Any]], _columns: Sequence[str]) -> None:
    """One record a line."""
    for record in records:
        file.write((json_line(record) + "\n").encode())


WRITERS: dict[str, Callable[[IO[bytes], Iterable[dict[str, Any]], Sequence[str]], None]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "parquet": write_parquet,
}


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] [WORDS…]"

    def short_desc(self) -> str:
        return "Write articles, or pictures, to a file"

    def long_desc(self) -> str:
        return (
            "Write the whole database, or what a search for WORDS finds, to stdout or a file, in the order "
            "of storing, never all in memory. jsonl: one record a line, which scrapy import reads; csv: one "
            "row an article, for spreadsheets; parquet: typed columns, for DuckDB, pandas, Spark. With "
            "--images one row a picture, with the paragraphs around it and its side of a split into train, "
            "validation and test (docs/corpus.md). It ends by saying with which --since-id a later export "
            "goes on. Example: scrapy export --format csv --images --since 2026-01-01 -o pictures.csv"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--format", default="jsonl", metavar="|".join(WRITERS), help="default: jsonl")
        parser.add_argument("--images", action="store_true", help="pictures in place of articles")
        parser.add_argument(
            "-o", "--output", default="-", metavar="FILE", help="default: stdout; replaced when complete"
        )
        parser.add_argument(
            "--since-id", type=command.from_zero, default=0, metavar="N",
            help="only articles stored after the one with this id",
        )  # fmt: skip
        command.add_filters(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.format not in WRITERS:
            known = ", ".join(WRITERS)
            raise UsageError(f"--format {opts.format!r} is not known; use {known}", print_help=False)
        if opts.format == "parquet":
            try:
                check_installed()
            except NoPyArrow as error:
                raise command.CommandError(str(error)) from error
        words = " ".join(args)
        with (
            self.database() as database,
            database.reading() as conn,
            target(opts.output) as file,
            Interrupts() as interrupts,
        ):
            found = (pictures if opts.images else articles)(conn, words, opts)
            watched = Watched(
                found, opts, lambda: 0 if words or opts.images else count(conn, opts), interrupts
            )
            columns = COLUMNS if opts.images else RECORD_KEYS
            try:
                WRITERS[opts.format](file, watched, columns)
            except KeyboardInterrupt:
                if is_stdout(opts.output) and opts.format == "jsonl":
                    with interrupts.holding():
                        file.flush()
                    say(f"interrupted; {watched.advice()}")
                raise
        say(
            f"{watched.number} {'pictures' if opts.images else 'articles'} written"
            + ("" if is_stdout(opts.output) else f" to {opts.output}")
            + f"; what is stored later: --since-id {watched.last_id}"
        )


def articles(conn: Connection, words: str, opts: argparse.Namespace) -> Iterator[tuple[int, dict[str, Any]]]:
    """(id, record) of each article that is wanted."""
    from storage.queries import article_records, matching_articles

    chosen = command.filters(opts)
    ids = matching_articles(conn, words, chosen) if words else None
    return iter(article_records(conn, chosen, since_id=opts.since_id, ids=ids))


def pictures(conn: Connection, words: str, opts: argparse.Namespace) -> Iterator[tuple[int, dict[str, Any]]]:
    """(its article's id, record) of each picture that is wanted."""
    from storage.queries import all_images, corpus_uses, matching_images, split

    chosen = command.filters(opts)
    pairs = matching_images(conn, words, chosen) if words else None
    found = all_images(conn, chosen, since_id=opts.since_id, uses=pairs)
    for use in corpus_uses(conn, found, split(conn)):
        yield use.article_id, caption_record(*use[:3], path=use.path, split=use.side)


def count(conn: Connection, opts: argparse.Namespace) -> int:
    """How many articles will be written, as far as that is soon told."""
    from storage.queries import count_articles

    return 0 if opts.since_id else count_articles(conn, command.filters(opts))


class Watched:
    """Records on their way to the file: how many there were, where to go on, and a sign of life.

    The sign is given on stderr when that is a terminal and stdout is none. Ctrl-C waits while a record is
    being written.
    """

    def __init__(
        self,
        found: Iterable[tuple[int, dict[str, Any]]],
        opts: argparse.Namespace,
        total: Callable[[], int],
        interrupts: Interrupts,
    ) -> None:
        self.found = found
        self.one_each = not opts.images
        self.interrupts = interrupts
        self.last_id: int = opts.since_id
        """Of this article and all before it everything was written."""
        self.at = self.last_id
        """The article in work."""
        self.number = 0
        self.shown = sys.stderr.isatty() and not (is_stdout(opts.output) and sys.stdout.isatty())
        self.total = total() if self.shown else 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        start = now = time.monotonic()
        for row_id, record in self.found:
            if row_id != self.at:
                self.last_id, self.at = self.at, row_id
            self.interrupts.held = True
            yield record
            self.number += 1
            if self.one_each:
                self.last_id = row_id
            self.interrupts.release()
            if self.shown and self.number % 100 == 0 and time.monotonic() - now > _PROGRESS:
                now = time.monotonic()
                whole = f" of {self.total:,}" if self.total else ""
                sys.stderr.write(f"\r{self.number:,}{whole}, {self.number / (now - start):,.0f} a second ")
        self.last_id = self.at
        if self.shown:
            sys.stderr.write("\r\033[K")

    def advice(self) -> str:
        """How to go on after an interruption."""
        if self.interrupts.forced:
            return "the last line may be cut: the reader did not take it"
        again = (
            "" if self.last_id == self.at else f"; the pictures of article {self.at} come again, all of them"
        )
        return f"go on with --since-id {self.last_id}{again}"
