"""A portal whose answers go wrong: every article is stored all the same, at the pace that it asks for."""

from __future__ import annotations

import pytest

from storage.engine import open_database
from tests.crawl.faults import KINDS, Faults
from tests.crawl.rows import states
from tests.crawl.site import crawl
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer


@pytest.mark.parametrize("size", [60, pytest.param(800, marks=pytest.mark.soak)])
def test_with_every_tenth_answer_wrong_everything_is_stored(sqlite: str, size: int) -> None:
    faults = Faults(0.10)
    replica = Replica(size)
    expected = {record["url"] for record in replica.expected()}
    with ReplicaServer(replica, connection=faults.connection) as server:
        done = crawl(
            database=sqlite,
            CONNECT_TO={"*.cri.cn": server.address},
            CONCURRENT_REQUESTS_PER_DOMAIN=4,
            RETRY_TIMES=2,
            RETRY_PAUSE=0.2,
            DOWNLOAD_TIMEOUT=2,
            timeout=900,
        )

    database = open_database(sqlite)
    try:
        with database.reading() as conn:
            stored = [row.url for row in conn.exec_driver_sql("SELECT url FROM article")]
    finally:
        database.close()
    assert done.code == 0, done.stderr
    assert set(stored) == expected
    assert len(stored) == len(expected)
    assert set(states(sqlite)) == {"stored"}
    assert faults.broken == []
    assert sum(faults.counts.values()) >= size // 15
    if size > 100:
        assert set(faults.counts) == set(KINDS)
