"""Memory of one long crawl: the replica, by default 50,000 articles, sampled while it goes.

    python -m benchmarks.memory [--articles N]

Prints the resident memory of the crawl in each tenth of its pages; flat means that the last tenth is within
10 % of the second (the first holds the start).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from statistics import median

import psutil

from tests.crawl.site import ROOT, command_line, environment
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer

EVERY = 0.5  # seconds between two samples


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--articles", type=int, default=50_000)
    articles = parser.parse_args().articles
    samples: list[tuple[int, float]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        ReplicaServer(Replica(articles)) as server,
    ):
        command = command_line(
            database=f"sqlite:///{folder}/tushuo.db",
            CONNECT_TO={"*.cri.cn": server.address},
            CONCURRENT_REQUESTS_PER_DOMAIN=16,
            LOG_LEVEL="ERROR",
            PROGRESS=0,
        )
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=ROOT, env=environment())
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                rss = watched.memory_info().rss / 2**20
            except psutil.NoSuchProcess:
                break
            samples.append((sum(server.counts.values()), rss))
            time.sleep(EVERY)
        seconds = time.monotonic() - started
    pages = samples[-1][0]
    tenths = [[rss for n, rss in samples if k * pages / 10 < n <= (k + 1) * pages / 10] for k in range(10)]
    print(f"{articles} articles, {pages} pages in {seconds:.0f} s ({pages / seconds:.0f} a second)")
    print("MiB by tenth: " + " ".join(f"{median(tenth):.0f}" if tenth else "-" for tenth in tenths))
    if not (tenths[1] and tenths[9]):
        print("too few samples; crawl more articles")
        return 1
    ratio = median(tenths[9]) / median(tenths[1])
    print(f"last tenth / second tenth: {ratio:.2f}")
    return int(process.returncode != 0 or ratio > 1.10)


if __name__ == "__main__":
    sys.exit(main())
