"""How long it takes to decide whether a new article repeats one of many, as the database grows.

    python -m benchmarks.reprints.scale --database sqlite:////… [--sizes 10000,100000,1000000] [--new 2000]

The database is filled with the originals of benchmarks.million up to each size: article rows and the rows of
their sketches, as deciding on each would leave them, without search index and pictures. Then `--new` articles
as they come in a crawl, a quarter of them copies, are decided on in transactions of --batch and taken back.
Printed: milliseconds an article for its fingerprint and for the decision, memory of this process, rows, and
the size of the sketches. A database that is filled already is used as far as it goes.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from typing import Any

import psutil
from sqlalchemy import func, insert, select, text

from benchmarks.million import articles
from pipelines.fingerprint import fingerprint
from storage import stories
from storage.engine import Database, open_database
from storage.models import ARTICLE
from storage.prepared import prepare
from storage.records import chunks
from storage.sketches import Filed, Shelf

_BLOCK = 2_000  # articles that a process makes at a time
_SEED = 6
_KIB = 1024
_UNUSED = tuple(
    str(index.name)
    for index in ARTICLE.indexes
    if not {"text_hash", "story_id"} & {column.name for column in index.columns}
)


def block(start: int) -> list[tuple[dict[str, Any], tuple[frozenset[int], frozenset[int]]]]:
    """The rows of the originals among articles start … start + _BLOCK, each with its keys."""
    found = []
    for article in articles(_BLOCK, _SEED, start):
        article.fingerprint = fingerprint(article)
        item = prepare(article)
        found.append((item.row, tuple(item.keys)))
    return found


def fill(database: Database, size: int) -> None:
    """Let the database hold `size` articles, none of which repeats another."""
    with database.writing() as conn:
        # no decision looks at these, and they take most of the time
        for name in _UNUSED:
            conn.execute(text(f"DROP INDEX IF EXISTS {name}"))
    with database.reading() as conn:
        stored = conn.scalar(select(func.count()).select_from(ARTICLE)) or 0
        start = int(conn.scalar(text("SELECT value FROM setting WHERE name = 'scale'")) or 0)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        ahead = []
        while stored < size or ahead:
            while stored < size and len(ahead) < 4:
                ahead.append(pool.submit(block, start))
                start += _BLOCK
            rows = ahead.pop(0).result()[: size - stored]
            if rows:
                stored += store(database, rows, start)
                print(f"\r{stored:,}", end="", flush=True)
    print("\r", end="")


def store(database: Database, rows: list[Any], start: int) -> int:
    """Store those that repeat nothing; how many."""
    hashes = [row["text_hash"] for row, _ in rows if row["text_hash"]]
    with database.writing() as conn:
        known: set[str] = set()
        for chunk in chunks(hashes):
            known.update(conn.scalars(select(ARTICLE.c.text_hash).where(ARTICLE.c.text_hash.in_(chunk))))
        fresh = []
        for row, keys in rows:
            if row["text_hash"] and row["text_hash"] not in known:
                known.add(row["text_hash"])
                fresh.append((row | {"stored_at": row["checked_at"], "run_id": None}, keys))
        if fresh:
            last = conn.scalar(select(func.max(ARTICLE.c.id))) or 0
            # any order will do, and none is taken
            rows = [row | {"id": last + n, "sort_key": last + n} for n, (row, _) in enumerate(fresh, 1)]
            conn.execute(insert(ARTICLE), rows)
            shelf = Shelf(conn)
            for number, (_, (exact, sampled)) in enumerate(fresh, 1):
                shelf.put(Filed(last + number, exact | sampled, exact), 0)
            shelf.write()
        conn.execute(text("DELETE FROM setting WHERE name = 'scale'"))
        conn.execute(
            text("INSERT INTO setting (name, value) VALUES ('scale', :start)"), {"start": str(start)}
        )
    return len(fresh)


class _Back(Exception):
    """Takes a transaction back."""


def measure(database: Database, new: int, batch: int, start: int) -> Iterator[str]:
    """Decide on new articles; what it took."""
    made = list(islice(articles(new, _SEED, start), new))
    began = time.process_time()
    for article in made:
        article.fingerprint = fingerprint(article)
    marked = time.process_time() - began
    items = [prepare(article) for article in made]
    decided = busy = 0.0
    linked = 0
    for at in range(0, len(items), batch):
        some = items[at : at + batch]
        try:
            with database.writing() as conn:
                last = conn.scalar(select(func.max(ARTICLE.c.id))) or 0
                rows = [
                    item.row | {"id": last + n, "sort_key": -(last + n), "stored_at": item.row["checked_at"]}
                    for n, item in enumerate(some, 1)
                ]
                conn.execute(insert(ARTICLE), rows)
                began, began_busy = time.perf_counter(), time.process_time()
                stories.follow(conn, {last + n: item.keys for n, item in enumerate(some, 1)})
                decided += time.perf_counter() - began
                busy += time.process_time() - began_busy
                ours = select(func.count()).where(ARTICLE.c.id > last, ARTICLE.c.story_id.is_not(None))
                linked += conn.scalar(ours) or 0
                raise _Back
        except _Back:
            pass
    yield f"fingerprint {1000 * marked / new:.2f} ms"
    yield f"decision {1000 * decided / new:.2f} ms ({1000 * busy / new:.2f} ms of the processor)"
    yield f"{linked} of {new} linked"
    yield f"memory {psutil.Process().memory_info().rss / _KIB / _KIB:.0f} MiB"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", required=True)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--new", type=int, default=2_000)
    parser.add_argument("--batch", type=int, default=100)
    options = parser.parse_args()
    database = open_database(options.database)
    for size in map(int, options.sizes.split(",")):
        fill(database, size)
        with database.reading() as conn:
            stored = conn.scalar(select(func.count()).select_from(ARTICLE)) or 0
            rows = conn.scalar(
                text("SELECT (SELECT count(*) FROM sketch) + (SELECT count(*) FROM sketch_fresh)")
            )
            start = int(conn.scalar(text("SELECT value FROM setting WHERE name = 'scale'")) or 0)
        told = ", ".join(measure(database, options.new, options.batch, start))
        print(f"{stored:>10,} articles, {rows:,} rows of sketches: {told}", flush=True)
    database.close()


if __name__ == "__main__":
    main()
