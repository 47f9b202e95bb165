"""Copying a SQLite database, under writers and onto older files."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from storage import backup as module
from storage.backup import backup
from storage.check import problems
from storage.engine import Database, DatabaseError, open_database
from storage.models import ARTICLE
from tests.factories import article, rows, store


def test_a_copy_is_whole_while_another_thread_writes(sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "deep" / "copy.db"
    with closing(open_database(sqlite_url)) as database:
        store(database, *(article(n) for n in range(100)))
        stop = threading.Event()

        def write() -> None:
            number = 100
            while not stop.is_set():
                store(database, article(number))
                number += 1

        writer = threading.Thread(target=write)
        writer.start()
        try:
            size = backup(database, copy)
        finally:
            stop.set()
            writer.join()

    assert size == copy.stat().st_size > 0
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]
    with closing(open_database(f"sqlite:///{copy}")) as copied:
        assert len(rows(copied, ARTICLE)) >= 100
        assert problems(copied) == []


def test_a_copy_that_cannot_be_written_leaves_the_old_one(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(b"the copy of yesterday")

    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with (
        closing(open_database(sqlite_url)) as database,
        pytest.raises(DatabaseError, match=r"copy\.db cannot be written: .*No space left"),
    ):
        backup(database, copy)

    assert copy.read_bytes() == b"the copy of yesterday"
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


def test_a_copy_under_a_file_says_so(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with (
        closing(open_database(sqlite_url)) as database,
        pytest.raises(DatabaseError, match="cannot be written"),
    ):
        backup(database, tmp_path / "file" / "copy.db")


def test_a_writer_never_makes_the_copy_begin_again(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAGES", 1)
    done: list[int] = []
    with closing(open_database(sqlite_url)) as database:
        store(database, *(article(n) for n in range(20)))

        def write(pages: int, _total: int) -> None:
            done.append(pages)
            if len(done) < 20:
                store(database, article(100 + len(done)))

        backup(database, tmp_path / "copy.db", write)

    assert done == list(range(1, len(done) + 1))
    assert len(done) > 20
    with closing(open_database(f"sqlite:///{tmp_path / 'copy.db'}")) as copied:
        assert len(rows(copied, ARTICLE)) == 20  # as it was at the beginning
        assert problems(copied) == []


# leaves what it wrote in the log, as a killed process does
DIE = """
import os, sqlite3, sys
raw = sqlite3.connect(sys.argv[1], isolation_level=None)
raw.execute("PRAGMA journal_mode=WAL")
raw.execute("PRAGMA wal_autocheckpoint=0")
raw.execute("UPDATE article SET title = 'the old file'")
raw.execute("DELETE FROM search_fresh")
os._exit(1)
"""


def test_the_log_of_an_older_file_goes_with_it(sqlite_url: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(open_database(sqlite_url)) as database:
        store(database, article(1))
        backup(database, copy)
        subprocess.run([sys.executable, "-c", DIE, str(copy)], check=False)
        assert Path(f"{copy}-wal").stat().st_size > 0

        backup(database, copy)

    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]
    with closing(open_database(f"sqlite:///{copy}")) as copied:
        assert [kept.title for kept in rows(copied, ARTICLE)] == [article(1).title]
        assert problems(copied) == []


@pytest.mark.parametrize("side", ["-wal", "-shm", "-journal"])
def test_a_log_beside_a_file_that_is_no_database_goes_with_it(
    sqlite_url: str, tmp_path: Path, side: str
) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(b"the copy of yesterday")
    (tmp_path / f"copy.db{side}").write_bytes(b"its log")

    with closing(open_database(sqlite_url)) as database:
        backup(database, copy)

    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


@pytest.mark.parametrize("side", ["-wal", "-journal"])
def test_a_log_without_its_file_is_not_taken_for_the_copys(
    sqlite_url: str, tmp_path: Path, side: str
) -> None:
    (tmp_path / f"copy.db{side}").write_bytes(b"what a lost file held")

    with (
        closing(open_database(sqlite_url)) as database,
        pytest.raises(DatabaseError, match=f"copy.db{side} is left of a database that is not there"),
    ):
        backup(database, tmp_path / "copy.db")

    assert [path.name for path in tmp_path.iterdir()] == [f"copy.db{side}"]


def test_a_file_that_is_in_use_is_not_replaced(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
    copy = tmp_path / "copy.db"
    with (
        closing(open_database(sqlite_url)) as database,
        closing(open_database(f"sqlite:///{copy}")) as other,
    ):
        store(other, article(1))

        with pytest.raises(DatabaseError, match=r"copy\.db is in use by another process"):
            backup(database, copy)

        store(other, article(2))
        assert len(rows(other, ARTICLE)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["copy.db"]


def own(path: Path, tmp_path: Path, kind: str) -> Path:
    """Another name of a database's file."""
    name = tmp_path / "copy.db"
    if kind == "link":
        name.symlink_to(path)
    elif kind == "hard link":
        os.link(path, name)
    elif kind == "log":
        return path.with_name(path.name + "-wal")
    elif kind == "way round":
        (tmp_path / "folder").symlink_to(path.parent)
        return tmp_path / "folder" / path.name
    else:
        return path
    return name


@pytest.mark.parametrize("kind", ["name", "link", "hard link", "log", "way round"])
def test_a_database_is_not_copied_onto_itself(sqlite_url: str, tmp_path: Path, kind: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(open_database(sqlite_url)) as database:
        store(database, article(1))
        with pytest.raises(DatabaseError, match="is the database itself, or its log; name another file"):
            backup(database, own(path, tmp_path, kind))
        store(database, article(2))

    with closing(open_database(sqlite_url)) as database:
        assert len(rows(database, ARTICLE)) == 2
        assert problems(database) == []


def test_a_copy_goes_where_a_link_leads(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "copy.db").symlink_to(tmp_path / "disk" / "real.db")

    with closing(open_database(sqlite_url)) as database:
        backup(database, tmp_path / "copy.db")

    assert (tmp_path / "copy.db").is_symlink()
    assert [path.name for path in (tmp_path / "disk").iterdir()] == ["real.db"]


def test_a_copy_of_postgresql_is_left_to_its_own_tool(both_databases: list[Database], tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="back it up with pg_dump"):
        backup(both_databases[1], tmp_path / "copy.db")
