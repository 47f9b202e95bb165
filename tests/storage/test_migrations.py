"""The migrations make what the models declare, on both databases."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from storage import migrate
from storage.engine import Database, open_database
from storage.models import METADATA

ROOT = Path(__file__).resolve().parents[2]


def test_the_newest_migration_is_the_one_that_this_version_asks_for() -> None:
    assert migrate.script().get_heads() == [migrate.HEAD]


def test_migrations_make_exactly_what_the_models_declare(database: Database) -> None:
    with database.reading() as conn:
        context = MigrationContext.configure(
            conn, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, METADATA) == []
        assert set(inspect(conn).get_table_names()) == {*METADATA.tables, migrate.VERSION_TABLE}


def test_text_is_ordered_by_its_bytes_on_both(database: Database) -> None:
    words = ["b", "B", "a", "A", "é", "茶", "_", "1"]

    with database.writing() as conn:
        for number, word in enumerate(words, 1):
            conn.execute(text("INSERT INTO person (id, name) VALUES (:i, :n)"), {"i": number, "n": word})

    with database.reading() as conn:
        ordered = list(conn.scalars(text("SELECT name FROM person ORDER BY name")))
    assert ordered == sorted(words, key=str.encode)


def test_migrating_twice_changes_nothing(database: Database) -> None:
    with database.writing() as conn:
        assert migrate.upgrade(conn) == migrate.HEAD


def test_migrating_says_nothing_at_the_level_of_information(
    empty_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("alembic")
    before, logger.level = logger.level, logging.NOTSET
    try:
        with caplog.at_level(logging.INFO):
            open_database(empty_url).close()
        assert [record.getMessage() for record in caplog.records if record.name.startswith("alembic")] == []
    finally:
        logger.setLevel(before)


def test_whoever_wants_to_hear_alembic_does(empty_url: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="alembic"):
        open_database(empty_url).close()

    assert any(record.name.startswith("alembic") for record in caplog.records)


def test_processes_that_open_a_new_database_at_once_all_succeed(empty_url: str) -> None:
    code = (
        "import sys\n"
        "from storage.engine import open_database\n"
        "sys.stdin.readline()\n"
        "open_database(sys.argv[1]).close()\n"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, empty_url],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(4)
    ]

    ended = [process.communicate("go\n", timeout=50) for process in processes]

    assert [error for _, error in ended] == [""] * 4
    assert [process.returncode for process in processes] == [0] * 4
    database = open_database(empty_url)
    with database.reading() as conn:
        assert list(conn.scalars(text("SELECT version_num FROM alembic_version"))) == [migrate.HEAD]
    database.close()
