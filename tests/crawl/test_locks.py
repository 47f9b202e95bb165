"""One crawl of a portal at a time; a dead one stands in nobody's way."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from storage.engine import open_database
from storage.locks import holders
from storage.runs import runs
from tests.commands.run import scrapy
from tests.crawl.rows import states
from tests.crawl.site import ROOT, command_line, crawl, environment
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer


@pytest.fixture
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer(Replica(40)) as server:
        yield server


def begin(server: ReplicaServer, database: str) -> subprocess.Popen[bytes]:
    """A slow crawl of the replica that has begun its work."""
    settings = {"CONNECT_TO": {"*.cri.cn": server.address}, "DOWNLOAD_DELAY": 0.5, "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(
        command_line(database=database, **settings),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: bool(server.counts))
    return process


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something holds; fails when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def states_of_runs(database: str) -> list[str]:
    opened = open_database(database)
    try:
        with opened.reading() as conn:
            return [run.state for run in reversed(runs(conn))]
    finally:
        opened.close()


def test_a_second_crawl_says_who_is_there_and_ends(replica: ReplicaServer, database_url: str) -> None:
    first = begin(replica, database_url)
    try:
        asked = crawl(database=database_url, CONNECT_TO={"*.cri.cn": replica.address})

        assert asked.code == 1
        assert f"process {first.pid}" in asked.stderr
        assert "run 1 of cri" in asked.stderr
        assert states_of_runs(database_url) == ["running", "locked"]
    finally:
        first.kill()
        first.wait()


def test_a_killed_crawl_is_taken_over_at_once(replica: ReplicaServer, database_url: str) -> None:
    first = begin(replica, database_url)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert states_of_runs(database_url) == ["killed"]

    done = crawl(
        database=database_url,
        CONNECT_TO={"*.cri.cn": replica.address},
        CONCURRENT_REQUESTS_PER_DOMAIN=16,
    )

    assert done.code == 0, done.stderr
    assert states(database_url) == {"stored": 40}
    assert states_of_runs(database_url) == ["killed", "finished"]
    opened = open_database(database_url)
    try:
        with opened.reading() as conn:
            assert holders(conn) == []
    finally:
        opened.close()


def test_runs_are_listed_and_told(replica: ReplicaServer, sqlite: str) -> None:
    crawl("-a", "limit=3", database=sqlite, CONNECT_TO={"*.cri.cn": replica.address})

    table = scrapy("runs", database=sqlite)
    one = scrapy("runs", "1", database=sqlite)
    none = scrapy("runs", "77", database=sqlite)

    assert table.out.splitlines()[1].split("\t")[1] == "cri"
    assert "-a limit=3" in one.out
    assert "articles_new             3" in one.out
    assert none.code == 1
    assert "no run 77" in none.err


def test_interrupted_once_a_crawl_finishes_what_is_in_flight_and_says_so(
    replica: ReplicaServer, sqlite: str
) -> None:
    process = begin(replica, sqlite)
    process.send_signal(signal.SIGINT)

    assert process.wait(30) == 0 or process.returncode == 1
    assert states_of_runs(sqlite) == ["shutdown"]
    assert "discovered" in states(sqlite) or "stored" in states(sqlite)


def test_interrupted_twice_a_crawl_stops_at_once_and_loses_nothing(
    replica: ReplicaServer, sqlite: str
) -> None:
    process = begin(replica, sqlite)
    process.send_signal(signal.SIGINT)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.wait(10)

    done = crawl(database=sqlite, CONNECT_TO={"*.cri.cn": replica.address}, CONCURRENT_REQUESTS_PER_DOMAIN=16)

    assert done.code == 0, done.stderr
    assert states(sqlite) == {"stored": 40}
