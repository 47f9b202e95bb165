"""scrapy export: articles or pictures of the database as a file, streamed."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import IO, Any

from scrapy.exceptions import UsageError

from crawler import command
from crawler.items import RECORD_KEYS, to_record
from crawler.output import json_line, say

FORMATS = ("jsonl", "csv")
_NESTED = frozenset({"blocks", "images"})  # lists of objects, as JSON inside a cell
# a spreadsheet would run a cell that begins so
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PROGRESS = 1000  # rows between two signs of life


class Command(command.Command):
    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Write articles, or pictures, to a file"

    def long_desc(self) -> str:
        return (
            "Write the whole database or a selection to stdout or to a file, article by article, never all "
            "in memory. jsonl: one record a line, which scrapy import reads; csv: one row an article, for "
            "spreadsheets. With --images one row a picture, with the paragraphs around it and its side of a "
            "split into train, validation and test (docs/corpus.md). "
            "Example: scrapy export --format csv --images --since 2026-01-01 -o pictures.csv"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--format", default="jsonl", metavar="|".join(FORMATS), help="default: jsonl")
        parser.add_argument("--images", action="store_true", help="pictures in place of articles")
        parser.add_argument(
            "-o", "--output", default="-", metavar="FILE", help="default: stdout; replaced when complete"
        )
        command.add_filters(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.corpus import COLUMNS, caption_record
        from storage.corpus import uses
        from storage.queries import all_articles, all_images, count_articles
        from storage.split import split

        if args:
            raise UsageError(f"unexpected {args[0]!r}; scrapy export takes options only", print_help=False)
        if opts.format not in FORMATS:
            known = ", ".join(FORMATS)
            raise UsageError(f"--format {opts.format!r} is not known; use {known}", print_help=False)
        chosen = command.filters(opts)
        records: Iterator[dict[str, Any]]
        with (
            self.database() as database,
            database.reading(snapshot=True) as conn,
            output(opts.output) as file,
        ):
            if opts.images:
                found = uses(conn, all_images(conn, chosen), split(conn))
                records = (caption_record(*use[:3], path=use.path, split=use.side) for use in found)
                columns: tuple[str, ...] = COLUMNS
            else:
                records = (to_record(article) for _, article in all_articles(conn, chosen))
                columns = RECORD_KEYS
            total = 0 if opts.images else count_articles(conn, chosen)
            write = write_jsonl if opts.format == "jsonl" else writer_of_csv(columns)
            number = write(file, with_progress(records, total))
        if opts.output != "-":
            say(f"{number} {'pictures' if opts.images else 'articles'} written to {opts.output}")


@contextmanager
def output(name: str) -> Iterator[IO[str]]:
    """Stdout, or a file that takes its name only when it is complete."""
    if name == "-":
        # Python's own choice for a pipe may be another encoding
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        yield sys.stdout
        return
    path = Path(name)
    if path.is_dir():
        raise command.CommandError(f"{path} is a folder; give the name of a file in it")
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise command.CommandError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # it is not there where it could not be made
            part.unlink()


def with_progress(records: Iterable[dict[str, Any]], total: int) -> Iterator[dict[str, Any]]:
    """The records, with a sign of life on stderr when it is a terminal and stdout is not."""
    shown = sys.stderr.isatty() and not sys.stdout.isatty()
    for number, record in enumerate(records, 1):
        if shown and number % _PROGRESS == 0:
            sys.stderr.write(f"\r{number}" + (f" of {total}" if total else ""))
        yield record
    if shown:
        sys.stderr.write("\r\033[K")


def write_jsonl(file: IO[str], records: Iterable[dict[str, Any]]) -> int:
    """One record a line; how many."""
    number = 0
    for number, record in enumerate(records, 1):  # noqa: B007 - the count is the result
        file.write(json_line(record) + "\n")
    return number


def writer_of_csv(columns: tuple[str, ...]) -> Callable[[IO[str], Iterable[dict[str, Any]]], int]:
    """A writer of rows under these columns, with the mark that makes spreadsheets read UTF-8."""

    def write(file: IO[str], records: Iterable[dict[str, Any]]) -> int:
        file.write("\ufeff")
        rows = csv.writer(file)
        rows.writerow(columns)
        numbers = count()
        for record in records:
            rows.writerow([cell(name, record[name]) for name in columns])
            next(numbers)
        return next(numbers)

    return write


def cell(name: str, value: Any) -> str:
    """A value as a spreadsheet's cell: lists joined, objects as JSON, formulas made text.

    >>> cell("authors", ["叶知秋", "江平"]), cell("title", "=1+1"), cell("channel", ["重庆频道", "民生"])
    ('叶知秋、江平', "'=1+1", '重庆频道 > 民生')
    """
    if value is None:
        return ""
    if name in _NESTED:
        return json_line(value)
    if isinstance(value, dict):
        value = value.get("name") or ""
    if isinstance(value, list):
        value = (" > " if name == "channel" else "、").join(map(str, value))
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
