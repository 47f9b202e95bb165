"""The schedule on SQLite: one process that starts crawls, and stops with them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawl.rows import runs, states
from tests.crawl.site import ROOT, environment
from tests.crawl.test_locks import wait_until
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer


@pytest.fixture
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer(Replica(30)) as server:
        yield server


def schedule(
    folder: Path, replica: ReplicaServer, *options: str, delay: float = 0
) -> tuple[subprocess.Popen[str], str]:
    """`scrapy schedule` of two channels, under way, and its database."""
    file = folder / "schedule.toml"
    file.write_text(
        '[[run]]\nportal = "cri"\nchannel = "china"\ncron = "0 2 * * *"\n'
        '[[run]]\nportal = "cri"\nchannel = "world"\ncron = "0 2 * * *"\n'
    )
    database = f"sqlite:///{folder / 'tushuo.db'}"
    command = [sys.executable, "-m", "scrapy", "schedule", "--file", str(file), *options]
    settings = {
        "DATABASE_URL": database,
        "CONNECT_TO": json.dumps({"*.cri.cn": replica.address}),
        "DOWNLOAD_DELAY": delay,
        "AUTOTHROTTLE_ENABLED": 0,
    }
    for name, value in settings.items():
        command += ["-s", f"{name}={value}"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    return process, database


def test_once_runs_everything_one_of_a_portal_at_a_time(replica: ReplicaServer, tmp_path: Path) -> None:
    process, database = schedule(tmp_path, replica, "--once")
    _, stderr = process.communicate(timeout=60)

    assert process.returncode == 0, stderr
    found = runs(database)
    assert [run.reason for run in found] == ["finished", "finished"]
    assert [run.arguments for run in found] == [{"channel": "china"}, {"channel": "world"}]
    assert found[0].finished_at <= found[1].started_at
    assert set(states(database)) == {"stored"}


def test_stopped_it_lets_the_crawl_finish_what_is_in_flight(replica: ReplicaServer, tmp_path: Path) -> None:
    process, database = schedule(tmp_path, replica, "--once", delay=0.5)
    wait_until(lambda: len(replica.counts) > 2)

    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=60)

    assert "stopping" in stderr
    assert [run.reason for run in runs(database)] == ["shutdown"]
