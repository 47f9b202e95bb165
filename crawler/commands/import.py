"""scrapy import FILE.jsonl: records through the same pipelines as a crawl's."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler import __version__, command
from crawler.interrupts import Interrupts
from crawler.items import Article, RecordError
from crawler.output import say
from crawler.records import from_record

if TYPE_CHECKING:
    from storage.engine import Database

_BATCH = 500  # records in one transaction
_PROGRESS = 20  # batches between two signs of life
_SHOWN = 20  # bad lines that are named one by one
_LONG = 300  # characters of what is wrong with one
# how files begin that are something else, and what to do with them
_UNPACK = "unpack it: {tool} -dc {{name}} | scrapy import -"
_KINDS = {
    b"\x1f\x8b": ("gzip", _UNPACK.format(tool="gzip")),
    b"BZh": ("bzip2", _UNPACK.format(tool="bzip2")),
    b"\xfd7zXZ": ("xz", _UNPACK.format(tool="xz")),
    b"\x28\xb5\x2f\xfd": ("zstd", _UNPACK.format(tool="zstd")),
    b"PK\x03\x04": ("zip", "unpack it: unzip -p {name} | scrapy import -"),
    b"PAR1": ("Parquet", "import what scrapy export writes as jsonl"),
    b"SQLite format 3": ("a SQLite database", "scrapy db move copies databases"),
}


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] FILE.jsonl"

    def short_desc(self) -> str:
        return "Store records from a JSON Lines file"

    def long_desc(self) -> str:
        return (
            "Store the records of a JSON Lines file (- for stdin), as scrapy export and scrapy extract "
            "write them. Needed are url, title, and body_text or blocks. A record of a URL that is stored "
            "already updates it; the same again changes nothing. A bad line is named and left out; then the "
            "exit code is 1."
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:  # noqa: ARG002
        if len(args) != 1:
            raise UsageError("name one file of JSON Lines, or - for stdin", print_help=False)
        with opened(args[0]) as file:
            lines = Lines(args[0], file)
            with self.database(create=True) as database:
                try:
                    store(database, lines)
                finally:  # whatever ended it
                    lines.sum_up()
        if lines.counts["bad"]:
            self.exitcode = 1


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """The file's bytes; CommandError when it cannot be read."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below
    except OSError as error:
        raise command.CommandError(f"{name} cannot be read: {error.strerror}") from error
    with file:
        yield file


class Lines:
    """The lines of a file on their way in, and what became of them."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        """Begin to read; CommandError when it is a file of another kind, or cannot be read."""
        self.name = name
        self.counts: Counter[str] = Counter()
        self.number = 0
        """Of the last line that was read."""
        self.done = False
        self._rest = self._read(file)
        self._first = next(self._rest, b"")
        for magic, (kind, unpack) in _KINDS.items():
            if self._first.startswith(magic):
                raise command.CommandError(f"{name} is {kind}, not JSON Lines; {unpack.format(name=name)}")

    def __iter__(self) -> Iterator[bytes]:
        for line in chain([self._first], self._rest):
            self.number += 1
            yield line
        self.done = True

    def _read(self, file: IO[bytes]) -> Iterator[bytes]:
        try:
            yield from file
        except OSError as error:
            at = f" after line {self.number}" if self.number else ""
            raise command.CommandError(
                f"{self.name} cannot be read{at}: {error.strerror or error}"
            ) from error

    def bad(self, number: int, why: str) -> None:
        """A line is left out."""
        self.counts["bad"] += 1
        if self.counts["bad"] <= _SHOWN:
            self._say(f"{self.name}, line {number}: {why}")
        elif self.counts["bad"] == _SHOWN + 1:
            self._say(f"{self.name}: further bad lines are only counted")

    def show(self) -> None:
        """A sign of life, where somebody looks."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{self.number:,} lines ")

    def sum_up(self) -> None:
        counts = self.counts
        self._say(
            f"{self.name}: "
            + ("" if self.done else f"ended early, at line {self.number}; ")
            + f"{counts['new']} new, {counts['changed']} changed, {counts['same']} as stored"
            + (f", {counts['bad']} bad lines left out" if counts["bad"] else "")
        )

    def _say(self, message: str) -> None:
        # the sign of life stands in the same line
        say(("\r\033[K" if sys.stderr.isatty() else "") + message)


def store(database: Database, lines: Lines) -> None:
    """Store all records of a file as one run; what was read is stored, even when the reading ends early."""
    from storage.committer import write_now
    from storage.runs import FinishRun, StartRun

    start = StartRun("import", {"file": lines.name}, socket.gethostname(), os.getpid(), __version__)
    (run_id,) = write_now(database, [start])
    reason = "cancelled"
    try:
        with Interrupts() as interrupts:
            store_batches(database, lines, run_id, interrupts)
        reason = "finished"
    finally:
        write_now(database, [FinishRun(run_id, reason, dict(lines.counts))])


def store_batches(database: Database, lines: Lines, run_id: int, interrupts: Interrupts) -> None:
    """Store the records in batches of _BATCH; Ctrl-C waits until one is stored."""
    batch: list[tuple[int, Article]] = []
    try:
        for number, article in articles(lines):
            article.fetch.run_id = run_id
            batch.append((number, article))
            if len(batch) == _BATCH:
                whole, batch = batch, []
                with interrupts.holding():
                    write(database, whole, lines)
                lines.counts["batches"] += 1
                if lines.counts["batches"] % _PROGRESS == 0:
                    lines.show()
    finally:
        with interrupts.holding():
            write(database, batch, lines)


def articles(lines: Lines) -> Iterator[tuple[int, Article]]:
    """(line number, article) of every good line; bad ones are named and counted."""
    from pipelines.fingerprint import fingerprint
    from pipelines.validate import check

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            article = from_record(json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8")))
            reason = check(article)
            if reason is not None:
                raise RecordError(f"not an article: {reason}")
            article.fingerprint = fingerprint(article)
        except UnicodeDecodeError as error:
            lines.bad(number, f"not UTF-8 ({error.reason} at byte {error.start})")
        except json.JSONDecodeError as error:
            lines.bad(number, f"not JSON ({error.msg} at column {error.colno})")
        except RecursionError:
            lines.bad(number, "nested too deeply")
        except ValueError as error:  # RecordError, UrlError, numbers of a thousand digits
            lines.bad(number, shortened(error))
        else:
            yield number, article


def write(database: Database, batch: list[tuple[int, Article]], lines: Lines) -> None:
    """Store one batch; an article that cannot be stored is a bad line."""
    from storage.committer import write_now
    from storage.writer import StoreArticle, Stored

    if not batch:
        return
    results = write_now(database, [StoreArticle(article) for _, article in batch])
    for (number, article), result in zip(batch, results, strict=True):
        if isinstance(result, Stored):
            lines.counts[result.state] += 1
        else:
            lines.bad(number, f"{article.url:.200} could not be stored: {shortened(result)}")


def shortened(error: object) -> str:
    text = str(error)
    return text if len(text) <= _LONG else text[:_LONG] + "…"
