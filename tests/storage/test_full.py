"""A disk that is full, a file that may not be written: said clearly, and nothing half-written stays."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from sqlalchemy import event

from storage.check import problems
from storage.engine import DatabaseError, open_database
from tests.factories import article, store


def test_a_full_disk_is_said_and_leaves_the_database_whole(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    store(database, article(1))
    database.engine.dispose()

    @event.listens_for(database.engine, "connect")
    def _small(raw: sqlite3.Connection, _record: Any) -> None:
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count={pages + 2}")

    with pytest.raises(DatabaseError, match="free some space") as caught:
        store(database, *(article(number) for number in range(2, 60)))
    assert not caught.value.passing
    database.close()

    again = open_database(sqlite_url)
    try:
        assert problems(again) == []
        with again.reading() as conn:
            stored = [row.url for row in conn.exec_driver_sql("SELECT url FROM article ORDER BY id")]
    finally:
        again.close()
    assert article(1).url in stored
    assert len(stored) < 59


def test_a_lock_that_another_process_holds_is_a_passing_trouble(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine.BUSY_SECONDS", 0.2)
    database = open_database(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(DatabaseError, match="another process") as caught:
            store(database, article(1))
        assert caught.value.passing
    finally:
        other.execute("ROLLBACK")
        other.close()
    store(database, article(1))
    assert problems(database) == []
    database.close()
