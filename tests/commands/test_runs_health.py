"""scrapy runs and scrapy health: what they print, and with which exit code; on both databases."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from storage.committer import write_now
from storage.engine import open_database
from storage.locks import TakeLocks, this_process
from storage.models import RUN
from storage.runs import FinishRun, StartRun
from tests.commands.run import scrapy
from tests.storage.test_health import fill

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=20)


@pytest.fixture
def crawled(database_url: str) -> str:
    """A database with four runs: cri finished, another one killed, people finished, cri still running."""
    with closing(open_database(database_url)) as database:
        for portal in ("cri", "cri", "people", "cri"):
            (run_id,) = write_now(database, [StartRun(portal, {"limit": "5"}, "box", 4242, "0.1")])
            assert isinstance(run_id, int)
            if run_id in (1, 3):
                counts = {"articles_new": 5 * run_id, "failed": 2}
                write_now(database, [FinishRun(run_id, "finished", counts)])
        write_now(database, [TakeLocks(["cri.cn"], "cri", 4, this_process())])
        with database.writing() as conn:
            started = datetime(2026, 1, 31, 6, 30, tzinfo=UTC)
            times = {"started_at": started, "finished_at": started + timedelta(seconds=75)}
            conn.execute(update(RUN).where(RUN.c.id == 1).values(times))
    return database_url


@pytest.fixture
def drifting(database_url: str) -> str:
    """A database whose channel china lost its captions an hour ago, while world did not."""
    with closing(open_database(database_url)) as database:
        fill(database, range(1, 41), "china", LONG_AGO)
        fill(database, range(101, 141), "world", LONG_AGO)
        fill(database, range(201, 231), "china", NOW, captions=False)
        fill(database, range(301, 331), "world", NOW)
    return database_url


def test_runs_are_listed_with_how_each_ended(crawled: str) -> None:
    done = scrapy("runs", database=crawled)

    assert done.code == 0, done.err
    rows = [dict(zip(done.lines[0].split("\t"), line.split("\t"), strict=True)) for line in done.lines[1:]]
    assert [(row["id"], row["portal"], row["ended"]) for row in rows] == [
        ("4", "cri", "running"),
        ("3", "people", "finished"),
        ("2", "cri", "killed"),
        ("1", "cri", "finished"),
    ]
    assert (rows[3]["started"], rows[3]["took"]) == ("2026-01-31 06:30", "1 min 15 s")
    assert (rows[3]["new"], rows[3]["failed"]) == ("5", "2")


def test_runs_are_narrowed_to_a_portal_and_a_number(crawled: str) -> None:
    done = scrapy("runs", "--portal", "cri", "--limit", "2", "--json", database=crawled)

    records = [json.loads(line) for line in done.lines]
    assert [(record["id"], record["state"]) for record in records] == [(4, "running"), (2, "killed")]
    assert records[0]["arguments"] == {"limit": "5"}


def test_one_run_is_told_whole(crawled: str) -> None:
    done = scrapy("runs", "1", database=crawled)

    told = dict(line.split(None, 1) for line in done.lines)
    assert told["arguments"] == "-a limit=5"
    assert (told["host"], told["pid"], told["version"]) == ("box", "4242", "0.1")
    assert told["finished_at"] == "2026-01-31 06:31:15 UTC"
    assert told["articles_new"] == "5"


@pytest.mark.parametrize("number", ["99", "9" * 30])
def test_an_unknown_run_is_an_error(crawled: str, number: str) -> None:
    done = scrapy("runs", number, database=crawled)

    assert done.code == 1
    assert f"no run {number}" in done.err


def test_health_tells_what_drifted_where_with_examples(drifting: str) -> None:
    done = scrapy("health", "--since", f"{NOW - timedelta(days=2):%Y-%m-%d}", database=drifting)

    assert done.code == 1
    (line,) = done.lines[1:]
    portal, channel, field, before, now, of, examples = line.split("\t")
    assert (portal, channel, field, before, now, of) == ("cri", "china", "captions", "100%", "0%", "40, 30")
    assert len(examples.split()) == 3


def test_health_gives_every_measure_as_json(drifting: str) -> None:
    since = f"{NOW - timedelta(days=2):%Y-%m-%d}"

    done = scrapy("health", "cri", "--since", since, "--json", database=drifting)

    records = [json.loads(line) for line in done.lines]
    assert done.code == 1
    assert [(r["channel"], r["field"]) for r in records if r["drifted"]] == [("china", "captions")]
    assert {r["field"] for r in records if r["channel"] == "world"} >= {"source", "captions", "body_length"}


def test_health_says_what_it_looked_at_when_nothing_drifted(database_url: str) -> None:
    with closing(open_database(database_url)) as database:
        fill(database, range(1, 81), "china", LONG_AGO)
        fill(database, range(201, 231), "china", NOW)

    done = scrapy("health", database=database_url)

    assert done.code == 0, done.err
    assert done.out == ""
    assert "nothing drifted" in done.err
    assert "1 channels" in done.err


def test_the_health_of_an_unknown_portal_is_an_error(drifting: str) -> None:
    done = scrapy("health", "nobody", database=drifting)

    assert done.code == 1
    assert "nobody" in done.err
