"""Crawls that are killed at any moment, again and again, lose nothing and store nothing twice."""

from __future__ import annotations

import random
import signal
import subprocess
import time

import pytest

from storage.check import problems
from storage.engine import open_database
from tests.crawl.rows import states
from tests.crawl.site import ROOT, command_line, crawl, environment
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer

pytestmark = pytest.mark.soak
SIZE = 600
KILLS = 12


@pytest.mark.parametrize("seed", [1, 2])
def test_a_crawl_that_is_killed_again_and_again_ends_with_everything_once(
    database_url: str, seed: int
) -> None:
    chance = random.Random(seed)
    expected = {record["url"] for record in Replica(SIZE).expected()}
    with ReplicaServer(Replica(SIZE), prerender=True) as server:
        settings = {"CONNECT_TO": {"*.cri.cn": server.address}, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
        settings |= {"LOG_LEVEL": "ERROR", "PROGRESS": 0}
        killed = 0
        for _ in range(KILLS):
            command = command_line(database=database_url, **settings)
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            # start-up takes most of the first second; kills fall into the whole of the work
            time.sleep(chance.uniform(0.7, 2.2))
            killed += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()

        last = crawl(database=database_url, **settings)

        requests = sum(count for path, count in server.counts.items() if path.endswith(".html"))
    database = open_database(database_url)
    try:
        with database.reading() as conn:
            stored = [row.url for row in conn.exec_driver_sql("SELECT url FROM article")]
        assert problems(database) == []
    finally:
        database.close()
    assert killed >= KILLS // 3, "too few runs were killed in the midst of work: the test shows nothing"
    assert last.code == 0, last.stderr
    assert set(stored) == expected
    assert len(stored) == len(expected)
    assert states(database_url) == {"stored": len(expected)}
    # a page in flight at a kill is fetched again, and no other
    assert requests <= 1.6 * len(expected) + killed * 64
