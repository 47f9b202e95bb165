"""Opening a database: what stands in the way is told with what to do about it."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from storage import engine, migrate
from storage.engine import Database, DatabaseError, open_database, resolve_url
from storage.models import ARTICLE
from tests.databases import PostgresMaker
from tests.factories import article, rows, store

ROOT = Path(__file__).resolve().parents[2]


def refusal(url: str) -> str:
    """Why a database cannot be opened."""
    with pytest.raises(DatabaseError) as caught:
        open_database(url)
    return str(caught.value)


def test_a_new_database_is_made_on_first_use_and_kept(empty_url: str) -> None:
    with closing(open_database(empty_url)) as database:
        store(database, article(1))

    with closing(open_database(empty_url)) as database:
        assert [kept.title for kept in rows(database, ARTICLE)] == [article(1).title]


def test_missing_folders_of_a_sqlite_path_are_made(tmp_path: Path) -> None:
    path = tmp_path / "数据" / "a b" / "100%.db"

    open_database(f"sqlite:///{path}").close()

    assert path.is_file()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    assert f"{tmp_path} is a folder; give the path of a file in it" in refusal(f"sqlite:///{tmp_path}")


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("一份随手记下的清单，不是数据库。\n" * 100, encoding="utf-8")
    before = path.read_bytes()

    told = refusal(f"sqlite:///{path}")

    assert "file is not a database (choose another path, or move this file away)" in told
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    assert "cannot make or enter the folder" in refusal(f"sqlite:///{tmp_path / 'file' / 'a.db'}")


def test_a_damaged_database_says_that_a_backup_helps(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(open_database(f"sqlite:///{path}")) as database:
        store(database, *(article(n) for n in range(30)))
    content = bytearray(path.read_bytes())
    content[4096 : len(content)] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)

    told = refusal(f"sqlite:///{path}")

    assert "malformed" in told
    assert "restore a backup" in told


# opens a database as somebody who may not write everywhere, which root may
AS_NOBODY = """
import os, sys
from storage.engine import DatabaseError, open_database
if os.geteuid() == 0:
    os.setuid(65534)
try:
    open_database(sys.argv[1]).close()
except DatabaseError as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize(
    ("folder_mode", "file_mode", "message"),
    [
        (0o000, None, "cannot make or enter the folder"),
        (0o555, None, "unable to open database file (check that the folder exists"),
        (0o777, 0o000, "unable to open database file (check that the folder exists"),
        (0o777, 0o444, "readonly database (the file or its folder cannot be written"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused(
    folder_mode: int, file_mode: int | None, message: str
) -> None:
    # pytest's folders are closed to others, this one stands in the open
    with tempfile.TemporaryDirectory() as outer:
        Path(outer).chmod(0o755)
        folder = Path(outer) / "closed"
        folder.mkdir()
        path = folder / "a.db"
        if file_mode is not None:
            path.touch()
            path.chmod(file_mode)
        folder.chmod(folder_mode)
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, f"sqlite:///{path}"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
        )
        folder.chmod(0o777)

    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "'' is not a database URL; use sqlite:///data/tushuo.db or postgresql://"),
        ("data/tushuo.db", "is not a database URL"),
        ("postgresql://host:port/name", "is not a database URL"),
        ("mysql://user:geheim@host/name", "only sqlite:/// and postgresql:// are supported"),
        ("oracle://host/name", "only sqlite:/// and postgresql:// are supported"),
        ("sqlite://", "names no file; give a path"),
        ("sqlite:///:memory:", "names no file; give a path"),
        ("sqlite:///file:x?mode=memory&uri=true", "names no file; give a path"),
        ("nonsense://x", "only sqlite:/// and postgresql:// are supported"),
    ],
)
def test_a_url_that_names_no_database_is_refused_with_one_that_would(url: str, message: str) -> None:
    told = refusal(url)

    assert message in told
    assert "geheim" not in told


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    told = refusal(f"postgres://user:geheim@127.0.0.1:{port}/name")

    assert "is the server running, and is the port right?" in told
    assert "geheim" not in told


def test_a_socket_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "is the socket's folder right?" in refusal(f"postgresql://user@/name?host={tmp_path}")


def test_a_database_that_the_server_does_not_have_says_how_to_make_it(postgres_maker: PostgresMaker) -> None:
    url = postgres_maker.empty()
    postgres_maker.drop(url)

    assert "does not exist (create it first, e.g. with: createdb)" in refusal(url)


def test_a_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    with closing(open_database(database_url)) as database, database.writing() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    told = refusal(database_url)

    assert "newer version of Tushuo (revision 9999, this version knows" in told
    assert "upgrade Tushuo, or use another database" in told


def _make_other_table(conn: Connection) -> None:
    conn.execute(text("CREATE TABLE article (n int)"))


def test_a_database_of_another_program_is_left_alone(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(
            "storage.migrate.upgrade", lambda conn: conn.execute(text("CREATE TABLE article (n int)"))
        )
        open_database(empty_url).close()

    told = refusal(empty_url)

    assert "it has a table article but no alembic_version, so another program made it" in told
    with monkeypatch.context() as patch:
        patch.setattr("storage.migrate.current", lambda _conn: migrate.HEAD)
        with closing(open_database(empty_url)) as database, database.reading() as conn:
            assert inspect(conn).get_table_names() == ["article"]


def test_a_failed_migration_leaves_nothing_behind(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(conn: Connection) -> str:
        conn.execute(text("CREATE TABLE half (id integer)"))
        raise RuntimeError("the power went out")

    with monkeypatch.context() as patch:
        patch.setattr("storage.migrate.upgrade", broken)
        with pytest.raises(RuntimeError, match="the power went out"):
            open_database(empty_url)

    with closing(open_database(empty_url)) as database, database.reading() as conn:
        assert "half" not in inspect(conn).get_table_names()


def test_a_transaction_that_fails_writes_nothing(database: Database) -> None:
    def half() -> None:
        with database.writing() as conn:
            conn.execute(text("INSERT INTO person (id, name) VALUES (1, '林溪')"))
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        half()

    with database.reading() as conn:
        assert conn.execute(text("SELECT count(*) FROM person")).scalar() == 0


def test_the_keys_between_tables_are_enforced(database: Database) -> None:
    def orphan() -> None:
        with database.writing() as conn:
            conn.execute(
                text("INSERT INTO byline (article_id, role, number, person_id) VALUES (7, 'author', 1, 7)")
            )

    with pytest.raises(engine.sa.IntegrityError):
        orphan()


def test_a_reader_does_not_wait_for_a_writer_and_sees_what_is_committed(database: Database) -> None:
    store(database, article(1))

    with database.writing() as conn:
        conn.execute(text("UPDATE article SET title = '新的标题'"))
        began = time.monotonic()
        assert [kept.title for kept in rows(database, ARTICLE)] == [article(1).title]
        assert time.monotonic() - began < 2

    assert [kept.title for kept in rows(database, ARTICLE)] == ["新的标题"]


def test_sqlite_keeps_its_log_ahead_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    open_database(f"sqlite:///{path}").close()

    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///data/a.db", "sqlite:////srv/tushuo/data/a.db"),
        ("sqlite:////tmp/a.db", "sqlite:////tmp/a.db"),
        ("sqlite:///../a.db", "sqlite:////srv/tushuo/../a.db"),
        ("postgresql://u:p@h/n", "postgresql://u:p@h/n"),
        ("postgres://u:p@h/n", "postgresql://u:p@h/n"),
    ],
)
def test_a_relative_path_is_relative_to_the_project(url: str, expected: str) -> None:
    assert resolve_url(url, Path("/srv/tushuo")) == expected
