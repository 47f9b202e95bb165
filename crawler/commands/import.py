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
from pathlib import Path
from typing import IO, TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler import __version__, command
from crawler.items import Article, RecordError
from crawler.output import say
from crawler.records import from_record

if TYPE_CHECKING:
    from storage.engine import Database

_BATCH = 500  # records in one transaction
_PROGRESS = 20  # batches between two signs of life
_SHOWN = 20  # bad lines that are named one by one


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
        counts: Counter[str] = Counter()
        with opened(args[0]) as file, self.database(create=True) as database:
            store(database, file, args[0], counts)
        say(
            f"{args[0]}: {counts['new']} new, {counts['changed']} changed, {counts['same']} as stored"
            + (f", {counts['bad']} bad lines left out" if counts["bad"] else "")
        )
        if counts["bad"]:
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


def store(database: Database, file: IO[bytes], name: str, counts: Counter[str]) -> None:
    """Store all records of a file as one run, counting what became of each."""
    from storage.committer import write_now
    from storage.runs import FinishRun, StartRun

    start = StartRun("import", {"file": name}, socket.gethostname(), os.getpid(), __version__)
    (run_id,) = write_now(database, [start])
    reason = "cancelled"
    try:
        batch: list[tuple[int, Article]] = []
        for number, article in articles(file, name, counts):
            article.fetch.run_id = run_id
            batch.append((number, article))
            if len(batch) == _BATCH:
                write(database, batch, name, counts)
                batch = []
        write(database, batch, name, counts)
        reason = "finished"
    finally:
        write_now(database, [FinishRun(run_id, reason, dict(counts))])


def articles(file: IO[bytes], name: str, counts: Counter[str]) -> Iterator[tuple[int, Article]]:
    """(line number, article) of every good line; bad ones are named and counted."""
    from pipelines.fingerprint import fingerprint
    from pipelines.validate import check

    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            article = from_record(json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8")))
            reason = check(article)
            if reason is not None:
                raise RecordError(f"not an article: {reason}")
            article.fingerprint = fingerprint(article)
        except UnicodeDecodeError as error:
            bad(name, number, f"not UTF-8 ({error.reason} at byte {error.start})", counts)
        except json.JSONDecodeError as error:
            bad(name, number, f"not JSON ({error.msg} at column {error.colno})", counts)
        except RecursionError:
            bad(name, number, "nested too deeply", counts)
        except ValueError as error:  # RecordError, UrlError, numbers of a thousand digits
            bad(name, number, str(error), counts)
        else:
            yield number, article


def write(database: Database, batch: list[tuple[int, Article]], name: str, counts: Counter[str]) -> None:
    """Store one batch; an article that cannot be stored is a bad line."""
    from storage.committer import write_now
    from storage.writer import StoreArticle, Stored

    results = write_now(database, [StoreArticle(article) for _, article in batch])
    for (number, article), result in zip(batch, results, strict=True):
        if isinstance(result, Stored):
            counts[result.state] += 1
        else:
            bad(name, number, f"{article.url} could not be stored: {result}", counts)
    counts["batches"] += 1
    if sys.stderr.isatty() and counts["batches"] % _PROGRESS == 0:
        sys.stderr.write(f"\r{batch[-1][0]} lines")


def bad(name: str, number: int, why: str, counts: Counter[str]) -> None:
    counts["bad"] += 1
    if counts["bad"] <= _SHOWN:
        say(f"{name}, line {number}: {why}")
    elif counts["bad"] == _SHOWN + 1:
        say(f"{name}: further bad lines are only counted")
