"""scrapy export: articles or pictures of the database as a file, streamed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from crawler import command
from crawler.corpus import COLUMNS, caption_record
from crawler.items import RECORD_KEYS
from crawler.output import json_line, say
from crawler.parquet import NoPyArrow, check_installed, write_parquet
from crawler.sheets import write_csv

if TYPE_CHECKING:
    from sqlalchemy import Connection

_PROGRESS = 0.5  # seconds between two signs of life
_BUFFER = 1 << 20  # bytes


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
            "--since-id", type=command.positive, default=0, metavar="N",
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
        with self.database() as database, database.reading() as conn, output(opts.output) as file:
            found = (pictures if opts.images else articles)(conn, words, opts)
            watched = Watched(found, opts, lambda: 0 if words or opts.images else count(conn, opts))
            columns = COLUMNS if opts.images else RECORD_KEYS
            try:
                WRITERS[opts.format](file, watched, columns)
            except KeyboardInterrupt:
                if opts.output == "-" and opts.format == "jsonl":
                    file.flush()
                    say(f"interrupted; go on with --since-id {watched.last_id}")
                raise
        say(
            f"{watched.number} {'pictures' if opts.images else 'articles'} written"
            + ("" if opts.output == "-" else f" to {opts.output}")
            + (f"; what is stored later: --since-id {watched.last_id}" if watched.last_id else "")
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
    """Records on their way to the file: how many there were, the id of the last, and a sign of life.

    The sign is given on stderr when that is a terminal and stdout is none.
    """

    def __init__(
        self, found: Iterable[tuple[int, dict[str, Any]]], opts: argparse.Namespace, total: Callable[[], int]
    ) -> None:
        self.found = found
        self.last_id: int = opts.since_id
        self.number = 0
        self.shown = sys.stderr.isatty() and not (opts.output == "-" and sys.stdout.isatty())
        self.total = total() if self.shown else 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        start = now = time.monotonic()
        for row_id, record in self.found:
            yield record
            self.last_id = row_id
            self.number += 1
            if self.shown and self.number % 100 == 0 and time.monotonic() - now > _PROGRESS:
                now = time.monotonic()
                whole = f" of {self.total:,}" if self.total else ""
                sys.stderr.write(f"\r{self.number:,}{whole}, {self.number / (now - start):,.0f} a second ")
        if self.shown:
            sys.stderr.write("\r\033[K")


@contextmanager
def output(name: str) -> Iterator[IO[bytes]]:
    """Stdout, or a file that takes its name only when it is complete."""
    if name == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(name)
    if path.is_dir():
        raise command.CommandError(f"{path} is a folder; give the name of a file in it")
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb", buffering=_BUFFER) as file:
            yield file
        part.replace(path)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise command.CommandError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # it is not there where it could not be made
            part.unlink()
