"""Store articles of the benchmark the way `scrapy import` does, and measure while the database grows.

    python -m benchmarks.million.load --articles N (--database URL | --postgres FOLDER) [--every 100000]
        [--start I] [--seed S] [--no-index] [--sizes]

A line for each window: articles a second (fingerprint and write; making them is not counted), seconds of each
part, memory of this process, and the database's size beside the UTF-8 text in it: titles, bodies, captions,
credits. `--sizes` adds the size of each table and index at the end. A database that is not empty grows on:
give `--start`, the number of articles that are in it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psutil

from benchmarks.million import articles
from benchmarks.million.serve import serve
from crawler.items import Article
from pipelines.fingerprint import fingerprint
from storage import index, uses, writer
from storage.committer import MAX_BATCH, write_now
from storage.engine import Database, open_database
from storage.sizes import sizes, total
from storage.writer import StoreArticle, Stored

# parts of a write: where the function is called from, and its name there
PARTS: dict[str, tuple[Any, str]] = {
    "prepare": (writer, "prepare"),
    "look up": (writer, "kept_articles"),
    "articles": (writer, "_insert"),
    "pictures": (uses, "write_images"),
    "people": (uses, "write_bylines"),
    "index": (writer, "_index"),
    "stories": (writer, "_link"),
    "ledger": (writer, "mark_stored"),
}


class Watch:
    """Seconds spent in each part since the last lap."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def time(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds[part] += time.perf_counter() - started

        return timed

    def lap(self) -> dict[str, float]:
        seconds, self.seconds = self.seconds, defaultdict(float)
        return seconds


def text_bytes(article: Article) -> int:
    """UTF-8 bytes of what readers read."""
    parts = [article.title, article.body_text]
    for image in article.images:
        parts += (image.caption or "", image.credit or "")
    return len("".join(parts).encode())


def load(
    database: Database, stream: Iterator[Article], every: int
) -> Iterator[tuple[int, int, dict[str, float]]]:
    """Store the stream; (articles, bytes of text, seconds by part) of each window."""
    watch = Watch()
    with ExitStack() as stack:
        for part, (module, name) in PARTS.items():
            stack.enter_context(patch.object(module, name, watch.time(part, getattr(module, name))))
        yield from _windows(database, stream, every, watch)


def _windows(
    database: Database, stream: Iterator[Article], every: int, watch: Watch
) -> Iterator[tuple[int, int, dict[str, float]]]:
    mark, write = watch.time("fingerprint", fingerprint), watch.time("write", write_now)
    count = text = 0
    take = watch.time("make", lambda size: list(islice(stream, size)))
    while batch := take(min(MAX_BATCH, every - count)):
        for article in batch:
            article.fingerprint = mark(article)
            text += text_bytes(article)
        for result in write(database, [StoreArticle(article) for article in batch]):
            if not isinstance(result, Stored):
                raise result
        count += len(batch)
        if count == every:
            yield count, text, watch.lap()
            count = text = 0
    if count:
        yield count, text, watch.lap()


def report(database: Database, stream: Iterator[Article], every: int, start: int) -> None:
    """Print a line for each window, and under it the milliseconds an article of each part."""
    process = psutil.Process()
    stored, all_text, used = start, 0, time.process_time()
    for count, text, seconds in load(database, stream, every):
        stored += count
        all_text += text
        used, before = time.process_time(), used
        with database.reading() as conn:
            size = total(conn)
        spent = seconds["fingerprint"] + seconds["write"]
        parts = {"fingerprint": seconds["fingerprint"]} | {part: seconds[part] for part in PARTS}
        parts["commit, rest"] = seconds["write"] - sum(seconds[part] for part in PARTS)
        ratio = "" if start else f"  text {all_text / 2**20:8.1f} MiB  ratio {size / all_text:.2f}"
        costs = ", ".join(f"{part} {1e3 * cost / count:.2f}" for part, cost in parts.items())
        made, busy = 1e3 * seconds["make"] / count, 1e3 * (used - before) / count
        memory = process.memory_info().rss / 2**20
        print(
            f"{stored:>9,} articles {count / spent:8.1f}/s  memory {memory:5.0f} MiB"
            f"  database {size / 2**20:8.1f} MiB{ratio}\n"
            f"          ms/article: {costs}; besides, making {made:.2f}; processor, all in all {busy:.2f}",
            flush=True,
        )


def report_sizes(database: Database, count: int) -> None:
    """Print the size of each table and index that takes a thousandth of the whole."""
    with database.reading() as conn:
        found = sizes(conn)
    least = sum(size.bytes for size in found) / 1_000
    for size in found:
        if size.bytes >= least:
            mib, each = size.bytes / 2**20, size.bytes / count
            print(f"{mib:9.1f} MiB {each:8.1f} bytes/article  {size.table}: {size.name}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--database", metavar="URL", help="a database, made if it is not there")
    where.add_argument(
        "--postgres", type=Path, metavar="FOLDER", help="a server of our own; it goes on afterwards"
    )
    parser.add_argument("--articles", type=int, required=True, metavar="N", help="how many to store")
    parser.add_argument(
        "--every", type=int, default=100_000, metavar="N", help="articles of a window (100000)"
    )
    parser.add_argument("--start", type=int, default=0, metavar="I", help="number of the first article (0)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of the articles (1)")
    parser.add_argument("--no-index", action="store_true", help="leave the search index out")
    parser.add_argument("--sizes", action="store_true", help="tell the size of each table and index")
    options = parser.parse_args(arguments)
    url = options.database or serve(options.postgres)
    print(url)
    with closing(open_database(url)) as database, ExitStack() as stack:
        if options.no_index:
            stack.enter_context(patch.object(index, "add", lambda *_: None))
        stream = articles(options.articles, options.seed, options.start)
        report(database, stream, options.every, options.start)
        if options.sizes:
            report_sizes(database, options.start + options.articles)
    return 0


if __name__ == "__main__":
    sys.exit(main())
