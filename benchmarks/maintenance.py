"""Export rate and memory, and how long counts take, on a filled database.

    python -m benchmarks.maintenance --database URL [--rounds 3] [--formats jsonl,csv,parquet] [--facets-only]

`python -m benchmarks.million.load` fills one. Each export is a `scrapy export` of the whole database in a
process of its own, into a file that is deleted. Counts are over the last year that the articles span.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from storage.engine import Database, open_database
from storage.queries import Filters, facets, totals

ROOT = Path(__file__).resolve().parents[1]
WAYS = ("day", "source", "day,source", "portal", "channel", "month", "author")


def export(url: str, form: str, folder: str) -> tuple[float, float, float, float]:
    """Seconds, CPU seconds, peak memory in MiB and the file's size in MiB of one export."""
    target = Path(folder, f"all.{form}")
    command = [sys.executable, "-m", "scrapy", "export", "--format", form, "-o", str(target)]
    started = time.perf_counter()
    process = subprocess.Popen([*command, "-s", f"DATABASE_URL={url}"], cwd=ROOT, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"scrapy export of {url} failed; run it by hand to see why")
    size = target.stat().st_size / 2**20
    target.unlink()
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, size


def count(database: Database, by: str, chosen: Filters) -> tuple[float, int]:
    """Milliseconds of one count, and how many lines it has."""
    with database.reading() as conn:
        started = time.perf_counter()
        found = facets(conn, by.split(","), chosen)
        return (time.perf_counter() - started) * 1000, len(found)


def last_year(database: Database) -> tuple[int, Filters]:
    """How many articles there are, and their last year."""
    with database.reading() as conn:
        found = totals(conn)
    if not found["articles"]:
        raise SystemExit(f"{database.name} is empty; fill it with python -m benchmarks.million.load")
    until = date.fromisoformat(str(found["last_day"]))
    return int(found["articles"] or 0), Filters(since=until - timedelta(days=364), until=until)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--database", required=True, metavar="URL")
    parser.add_argument("--rounds", type=int, default=3, help="of each count (3)")
    parser.add_argument("--formats", default="jsonl", help="of exports, with commas (jsonl)")
    parser.add_argument("--facets-only", action="store_true", help="no export")
    options = parser.parse_args(arguments)
    with closing(open_database(options.database)) as database:
        number, year = last_year(database)
        print(f"{database.name}: {number:,} articles; counts from {year.since} to {year.until}", flush=True)
        # first, while this process is small: a child's peak is at least what its parent had when it began
        for form in options.formats.split(",") if not options.facets_only else ():
            with tempfile.TemporaryDirectory() as folder:
                seconds, cpu, memory, size = export(options.database, form, folder)
            print(
                f"  export {form:<8} {number / seconds:8,.0f} articles/s {number / cpu:8,.0f} a CPU second  "
                f"peak {memory:6.1f} MiB   file {size:,.0f} MiB",
                flush=True,
            )
        for by in WAYS:
            rounds = [count(database, by, year) for _ in range(options.rounds)]
            took = [milliseconds for milliseconds, _ in rounds]
            print(
                f"  stats --by {by:<11} {statistics.median(took):7.0f} ms   worst {max(took):7.0f} ms   "
                f"{rounds[0][1]:>7,} lines",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
