"""Crawls that are killed at any moment, again and again, lose nothing and store nothing twice."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from crawler.archive import OPEN
from crawler.archive.reader import responses
from crawler.settings import CONCURRENT_ITEMS, CONCURRENT_REQUESTS
from storage.check import problems
from storage.engine import open_database
from tests.crawl.rows import runs, states
from tests.crawl.site import ROOT, command_line, crawl, environment
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer


@pytest.mark.parametrize(
    ("size", "kills", "longest"),
    [(250, 3, 0.7), pytest.param(2000, 20, 1.9, marks=pytest.mark.soak)],
)
def test_a_crawl_that_is_killed_again_and_again_ends_with_everything_once(
    database_url: str, tmp_path: Path, size: int, kills: int, longest: float
) -> None:
    chance = random.Random(size)
    replica = Replica(size)
    expected = {record["url"] for record in replica.expected()}
    settings = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "LOG_LEVEL": "ERROR",
        "PROGRESS": 0,
        "ARCHIVE": 1,
        "ARCHIVE_DIR": tmp_path / "archive",
    }
    with ReplicaServer(replica, prerender=True) as server:
        settings["CONNECT_TO"] = {"*.cri.cn": server.address}
        killed = 0
        for _ in range(kills):
            command = command_line(database=database_url, **settings)
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            # kills fall into the whole of the work, which begins with the first request
            before = sum(server.counts.values())
            while process.poll() is None and sum(server.counts.values()) == before:
                time.sleep(0.02)
            time.sleep(chance.uniform(0, longest))
            killed += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()

        last = crawl(database=database_url, **settings)

        asked = {path: n for path, n in server.counts.items() if replica.world.place(*_split(path))}
    database = open_database(database_url)
    try:
        with database.reading() as conn:
            stored = [row.url for row in conn.exec_driver_sql("SELECT url FROM article")]
        assert problems(database) == []
    finally:
        database.close()
    again = sum(asked.values()) - len(asked)
    allowed = killed * (CONCURRENT_REQUESTS + CONCURRENT_ITEMS)
    print(f"{size} articles, {killed} kills: {len(asked)} pages, {again} asked for again, {allowed} allowed")
    assert killed >= kills // 2, "too few runs were killed in the midst of work: the test shows nothing"
    assert last.code == 0, last.stderr
    assert set(stored) == expected
    assert len(stored) == len(expected)
    assert states(database_url) == {"stored": len(expected)}
    assert again <= allowed
    # a run that was killed says so, and nobody waits for it
    reasons = [run.reason for run in runs(database_url)]
    assert reasons[-1] == "finished"
    assert set(reasons[:-1]) <= {"killed", "finished"}
    assert "killed" in reasons
    # the archive was cut as often, and every file in it is whole
    files = list((tmp_path / "archive").iterdir())
    assert [path for path in files if path.name.endswith(OPEN)] == []
    archived = {found.url for path in files for found in responses(path)}
    assert archived >= expected


def _split(address: str) -> tuple[str, str]:
    host, _, path = address.partition("/")
    return host, f"/{path}"
