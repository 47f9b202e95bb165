"""Locks of hosts, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from storage.committer import write_now
from storage.engine import Database
from storage.locks import (
    Process,
    ReleaseLocks,
    RenewLocks,
    TakeLocks,
    holders,
    is_dead,
    machine,
    this_process,
)
from storage.models import HOST_LOCK
from storage.runs import StartRun, runs

HERE = this_process()
DEAD = Process(machine(), HERE.pid, "long ago")
AWAY = Process("other-machine 1", 4242, "1")


def begin(database: Database, portal: str = "cri") -> int:
    (run_id,) = write_now(database, [StartRun(portal, {}, "h", 1, "0")])
    assert isinstance(run_id, int)
    return run_id


def take(database: Database, process: Process, *hosts: str) -> tuple[int, list[str]]:
    """(run, hosts that others have)."""
    run_id = begin(database)
    (others,) = write_now(database, [TakeLocks(hosts, "cri", run_id, process)])
    return run_id, [holder.host for holder in others]


def test_all_hosts_are_taken_or_none(database: Database) -> None:
    assert take(database, AWAY, "cri.cn")[1] == []

    assert take(database, HERE, "crionline.cn", "cri.cn")[1] == ["cri.cn"]

    with database.reading() as conn:
        assert [(h.host, h.process) for h in holders(conn)] == [("cri.cn", AWAY)]


def test_a_process_that_lives_is_not_dead() -> None:
    assert not is_dead(HERE)
    assert is_dead(DEAD)
    assert not is_dead(AWAY)


def test_what_a_dead_process_of_this_machine_has_is_taken_at_once(database: Database) -> None:
    dead_run, _ = take(database, DEAD, "cri.cn")

    run_id, others = take(database, HERE, "cri.cn")

    assert others == []
    with database.reading() as conn:
        states = {run.id: run.state for run in runs(conn)}
    assert states == {dead_run: "killed", run_id: "running"}


def test_another_machine_keeps_its_lock_for_its_lease(database: Database) -> None:
    take(database, AWAY, "cri.cn")
    assert take(database, HERE, "cri.cn")[1] == ["cri.cn"]

    with database.writing() as conn:
        conn.execute(update(HOST_LOCK).values(lease_until=datetime.now(UTC) - timedelta(seconds=1)))

    assert take(database, HERE, "cri.cn")[1] == []


def test_a_lock_that_was_taken_over_is_no_longer_renewed(database: Database) -> None:
    old, _ = take(database, DEAD, "cri.cn", "crionline.cn")
    assert write_now(database, [RenewLocks(old, DEAD)]) == [2]

    new, _ = take(database, HERE, "cri.cn", "crionline.cn")

    assert write_now(database, [RenewLocks(old, DEAD), RenewLocks(new, HERE)]) == [0, 2]
    write_now(database, [ReleaseLocks(old, DEAD)])
    with database.reading() as conn:
        assert len(holders(conn)) == 2
    write_now(database, [ReleaseLocks(new, HERE)])
    with database.reading() as conn:
        assert holders(conn) == []
