"""Two workers, one of which dies in the midst of a run: the other takes it over, and nothing happens twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from storage.engine import open_database
from tests.crawl.rows import runs, states
from tests.crawl.site import ROOT, environment
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer
from tests.soak.test_outage import postgres


def scrapy(*arguments: str, url: str, address: str, log: Path) -> subprocess.Popen[bytes]:
    settings = {
        "DATABASE_URL": url,
        "CONNECT_TO": json.dumps({"*.cri.cn": address}),
        "DOWNLOAD_DELAY": "0.5",
        "AUTOTHROTTLE_ENABLED": "0",
        "ARCHIVE": "0",
    }
    command = [sys.executable, "-m", "scrapy", *arguments]
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    with log.open("ab") as file:
        return subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=file, stderr=file)


@pytest.mark.parametrize("size", [20, pytest.param(60, marks=pytest.mark.soak)])
def test_the_run_of_a_worker_that_dies_is_taken_over(tmp_path: Path, size: int) -> None:
    replica = Replica(size)
    expected = {record["url"] for record in replica.expected()}
    (tmp_path / "schedule.toml").write_text('[[run]]\nportal = "cri"\ncron = "0 2 * * *"\n')
    logs = {name: tmp_path / f"{name}.log" for name in ("schedule", "one", "two")}
    with postgres() as (_, url), ReplicaServer(replica) as site:
        given = {"url": url, "address": site.address}
        file = str(tmp_path / "schedule.toml")
        once = scrapy("schedule", "--once", "--file", file, **given, log=logs["schedule"])
        assert once.wait(60) == 0, logs["schedule"].read_text()
        again = scrapy("schedule", "--once", "--file", file, **given, log=logs["schedule"])
        assert again.wait(60) == 0, logs["schedule"].read_text()
        assert "waits already" in logs["schedule"].read_text()

        first = scrapy("worker", "--name", "one", **given, log=logs["one"])
        wait_for(lambda: len(site.counts) > 8, 60)
        second = scrapy("worker", "--name", "two", **given, log=logs["two"])
        time.sleep(4)
        try:
            first.send_signal(signal.SIGKILL)
            first.wait()
            killed_at = time.monotonic()
            wait_for(lambda: len(runs(url)) > 1 and runs(url)[-1].reason != "locked", 60)
            taken_over = time.monotonic() - killed_at
            wait_for(lambda: runs(url)[-1].reason == "finished", 120)
        finally:
            second.send_signal(signal.SIGTERM)
            second.wait(60)
        told = {name: log.read_text() for name, log in logs.items()}
        found = runs(url)
        database = open_database(url)
        try:
            with database.reading() as conn:
                stored = Counter(row.url for row in conn.exec_driver_sql("SELECT url FROM article"))
        finally:
            database.close()
        print(f"taken over after {taken_over:.0f} s; runs: {[run.reason for run in found]}")
        assert "its worker is dead" in told["two"], told
        assert taken_over <= 60
        assert set(stored) == expected
        assert set(stored.values()) == {1}
        assert states(url) == {"stored": len(expected)}
        crawled = [run for run in found if run.reason != "locked"]
        assert len(crawled) == 2
        # the first had ended before the second began: no host was crawled by two at once
        assert crawled[0].finished_at is not None
        assert crawled[0].finished_at <= crawled[1].started_at or crawled[0].reason == "killed"
        pages = {path: n for path, n in site.counts.items() if path.endswith(".html") and n > 1}
        assert len(pages) <= 17, pages


def wait_for(condition: object, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.2)
