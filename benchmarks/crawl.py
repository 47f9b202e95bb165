"""Pages a second of a whole crawl beside plain Scrapy, on the same server, in turn: `make bench`.

Tushuo reads, links, indexes and stores every article in SQLite; the plain spider reads six CSS fields of
each and stores nothing. Both run with delays off and 64 requests at once, each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FAST = {
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "CONCURRENT_REQUESTS": 64,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 64,
    "ROBOTSTXT_OBEY": False,
    "LOG_LEVEL": "ERROR",
}


def run_tushuo(address: str, folder: str, profile: str | None) -> dict[str, Any]:
    """A crawl of every channel of the replica into a new SQLite database."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.project import get_project_settings

    settings = get_project_settings()
    own = {
        "DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "CONNECT_TO": {"*.cri.cn": address},
        "PROGRESS": False,
        "SUMMARY": False,
        "CONTACT": "https://example.org/bench",
    }
    settings.setdict({**FAST, **own}, priority="cmdline")
    return _crawl(AsyncCrawlerProcess(settings), "cri", profile)


def run_plain(address: str, _folder: str, profile: str | None) -> dict[str, Any]:
    """The same pages by a spider as a tutorial writes it."""
    from scrapy.crawler import AsyncCrawlerProcess

    from benchmarks.plain_spider import PlainSpider

    PlainSpider.port = int(address.rpartition(":")[2])
    socket.gethostbyname = lambda _name: "127.0.0.1"
    return _crawl(AsyncCrawlerProcess({**FAST, "TELNETCONSOLE_ENABLED": False}), PlainSpider, profile)


def _crawl(process: Any, spider: Any, profile: str | None) -> dict[str, Any]:
    crawler = process.create_crawler(spider)
    process.crawl(crawler)
    if profile:
        import cProfile

        watch = cProfile.Profile()
        watch.runcall(process.start)
        watch.dump_stats(profile)
    else:
        process.start()
    stats = crawler.stats.get_stats()
    return {
        "pages": stats["downloader/response_count"],
        "articles": stats.get("item_scraped_count", 0),
        "seconds": stats["elapsed_time_seconds"],
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure(kind: str, address: str, profile: str | None = None) -> dict[str, Any]:
    """One run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.crawl", "--run", kind, "--address", address]
        command += ["--folder", folder] + (["--profile", profile] if profile else [])
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        database = Path(folder, "bench.db")
        result["database_mib"] = database.stat().st_size / 2**20 if database.exists() else None
        return result


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=5000, help="articles of the replica (default 5000)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each, in turn (default 3)")
    parser.add_argument("--profile", metavar="FILE", help="profile one run of Tushuo into FILE (cProfile)")
    parser.add_argument("--run", choices=["tushuo", "plain"], help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run = run_tushuo if options.run == "tushuo" else run_plain
        print(json.dumps(run(options.address, options.folder, options.profile)))
        return 0
    command = [
        sys.executable,
        "-m",
        "tests.replica",
        "--size",
        str(options.size),
        "--port",
        "0",
        "--prerender",
    ]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        assert server.stdout is not None
        address = str(json.loads(server.stdout.readline().split("=", 1)[1].strip().strip("'"))["*.cri.cn"])
        if options.profile:
            print(measure("tushuo", address, str(Path(options.profile).resolve())))
            return 0
        return report(options.size, options.rounds, address)
    finally:
        server.terminate()
        server.wait()


def report(size: int, rounds: int, address: str) -> int:
    """Measure both in turn and print the table; the ratio is of each round's pair, then their median."""
    print(f"replica of {size} articles, {rounds} rounds in turn, {os.cpu_count()} cores", flush=True)
    ratios = []
    for number in range(1, rounds + 1):
        plain, tushuo = measure("plain", address), measure("tushuo", address)
        speeds = [run["pages"] / run["seconds"] for run in (plain, tushuo)]
        ratios.append(speeds[1] / speeds[0])
        for name, run, speed in zip(("plain Scrapy", "Tushuo"), (plain, tushuo), speeds, strict=True):
            print(
                f"  {number}  {name:<12} {run['pages']:>6} pages {run['articles']:>6} articles "
                f"{speed:7.1f} pages/s   peak {run['peak_mib']:6.1f} MiB"
                + (f"   database {run['database_mib']:.1f} MiB" if run["database_mib"] else ""),
                flush=True,
            )
    rounds = ", ".join(f"{ratio:.2f}" for ratio in ratios)
    print(f"ratio Tushuo / plain: {statistics.median(ratios):.2f} (rounds: {rounds})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
