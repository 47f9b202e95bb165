"""A crawl's writer and a reader on one database: how long each waits, alone and with the other.

    python -m benchmarks.together (--database URL | --postgres FOLDER) [--seconds 20] [--first 3000]

Three rounds, each process on its own: the writer alone, the reader alone, both. The writer stores new
articles of the benchmark in batches of 16, as a crawl does; the reader asks in turn for the newest articles,
an article, a search, a count, and now and then for 20,000 whole articles in the order of storing. What one
process costs the other in processor time shows too: two processes on a machine that is busy are slower
without ever waiting.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import count, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from benchmarks.million import articles
from benchmarks.million.serve import serve
from pipelines.fingerprint import fingerprint
from storage.committer import write_now
from storage.engine import Database, open_database
from storage.queries import (
    all_articles,
    article_by,
    count_articles,
    facets,
    newest,
    search_articles,
)
from storage.writer import StoreArticle

ROOT = Path(__file__).resolve().parents[1]
BATCH = 16  # articles in one transaction
_SEED = 11
_MANY = 1 << 30
_LONG = 20_000  # articles of the longest question: some seconds

Timings = dict[str, list[float]]


def batches(start: int) -> Iterator[list[StoreArticle]]:
    """New articles, ready to be stored, from number `start` on."""
    rest = articles(_MANY, _SEED, start)
    while True:
        some = list(islice(rest, BATCH))
        for one in some:
            one.fingerprint = fingerprint(one)
        yield [StoreArticle(one) for one in some]


def write(database: Database, seconds: float) -> Timings:
    """Store batches for so long; the seconds of each transaction."""
    with database.reading() as conn:
        start = count_articles(conn)
    took = []
    end = time.monotonic() + seconds
    for batch in batches(start):
        began = time.perf_counter()
        results = write_now(database, batch)
        took.append(time.perf_counter() - began)
        if failed := [result for result in results if isinstance(result, BaseException)]:
            raise failed[0]
        if time.monotonic() > end:
            return {"write": took}
    raise AssertionError("batches() never ends")


def read(database: Database, seconds: float) -> Timings:
    """Ask for so long; the seconds of each question."""

    def everything(conn: Connection) -> None:
        for _ in islice(all_articles(conn), _LONG):
            pass

    asked: list[tuple[str, Callable[[Connection], Any]]] = [
        ("newest", lambda conn: newest(conn, limit=20)),
        ("show", lambda conn: article_by(conn, "100")),
        ("search", lambda conn: search_articles(conn, "新闻 记者", limit=20)),
        ("count", lambda conn: facets(conn, "source", limit=20)),
    ]
    took: Timings = defaultdict(list)
    end = time.monotonic() + seconds
    for round_ in count():
        for name, question in [*asked, ("20,000", everything)] if round_ % 20 == 10 else asked:
            began = time.perf_counter()
            with database.reading() as conn:
                question(conn)
            took[name].append(time.perf_counter() - began)
        if time.monotonic() > end:
            return took
    raise AssertionError("count() never ends")


ROLES: dict[str, Callable[[Database, float], Timings]] = {"writer": write, "reader": read}


def run(url: str, roles: Sequence[str], seconds: float) -> Timings:
    """The timings of processes that run at the same time."""
    command = [sys.executable, "-m", "benchmarks.together", "--database", url, "--seconds", str(seconds)]
    processes = [
        subprocess.Popen([*command, "--role", role], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for role in roles
    ]
    found: Timings = {}
    for process in processes:
        out, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"{' '.join(process.args)} failed")  # type: ignore[arg-type]
        found |= json.loads(out)
    return found


def show(title: str, found: Timings) -> None:
    """A line for each kind of work: how often, and how long at the median, the 95th percentile, the worst."""
    print(title)
    for name, took in found.items():
        ordered = sorted(took)
        middle, high = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        print(
            f"  {name:<8} {len(took):>6} times   median {middle * 1000:8.1f} ms   "
            f"p95 {high * 1000:8.1f} ms   worst {ordered[-1] * 1000:8.1f} ms",
            flush=True,
        )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--database", metavar="URL")
    where.add_argument("--postgres", type=Path, metavar="FOLDER", help="a server of our own in this folder")
    parser.add_argument("--seconds", type=float, default=20, help="of each round (20)")
    parser.add_argument("--first", type=int, default=3000, help="articles there are at least (3000)")
    parser.add_argument("--role", choices=ROLES, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    url = options.database or serve(options.postgres)
    with closing(open_database(url)) as database:
        if options.role:
            print(json.dumps(ROLES[options.role](database, options.seconds)))
            return 0
        with database.reading() as conn:
            there = count_articles(conn)
        for batch in islice(batches(there), max(0, options.first - there + BATCH - 1) // BATCH):
            write_now(database, batch)
        print(f"{database.name}, {max(there, options.first):,} articles, {os.cpu_count()} cores", flush=True)
    show("writer alone", run(url, ["writer"], options.seconds))
    show("reader alone", run(url, ["reader"], options.seconds))
    show("both", run(url, ["writer", "reader"], options.seconds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
