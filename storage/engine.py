"""Opens the database: SQLite by path, PostgreSQL by URL, migrated to what this version needs."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy import exc as sa

from storage import migrate

BUSY_SECONDS = 10  # how long a writer waits for another process to finish its transaction
# one writer at a time on PostgreSQL too, so that stories and sort keys are decided on what is committed
_WRITER_LOCK = 0x7475_7368_756F
_FAILURES = (sa.OperationalError, sa.InterfaceError, sa.InternalError, sa.TimeoutError)


class DatabaseError(Exception):
    """The database itself failed: it cannot be opened, read or written. The message says what to do."""

    passing = False
    """It may be back by itself: a server that restarts, a file that another process is writing."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open, migrated database."""

    engine: Engine
    name: str
    """Its URL without the password, for messages."""
    upgraded_from: str | None = None
    """Revision of the schema that opening it found and migrated, `nothing` of a new one; None: up to date."""

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that changes nothing, and sees one state; DatabaseError when the database fails."""
        with _translated(self.name), self.engine.connect() as conn:
            if not self.is_sqlite:
                # as SQLite does: a search must not find the index half before and half after a merge
                conn = conn.execution_options(isolation_level="REPEATABLE READ")
            yield conn

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, alone among writers; commits at the end, rolls back on any exception."""
        with _translated(self.name), self.engine.connect() as conn:
            if self.is_sqlite:
                conn = conn.execution_options(tushuo_writes=True)
            with conn.begin():
                if not self.is_sqlite:
                    lock_writers(conn)
                yield conn

    def flush_log(self) -> None:
        """SQLite: move what the write-ahead log holds into the file, and empty the log."""
        with self.reading() as conn:
            raw = conn.connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            conn.rollback()  # not possible inside a transaction
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self.engine.dispose()


def lock_writers(conn: Connection) -> None:
    """Wait, on PostgreSQL, until no other process writes; the lock ends with the transaction."""
    conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})")


def is_failure(error: BaseException) -> bool:
    """True when an exception means that the database failed, not that one row is wrong."""
    # PostgreSQL's class 54, say a text too long for an index, is the row's fault whatever the driver calls it
    if (getattr(getattr(error, "orig", None), "sqlstate", None) or "").startswith("54"):
        return False
    if isinstance(error, (DatabaseError, *_FAILURES)):
        return True
    # a malformed file is the base class itself; its children tell of rows
    return type(error) is sa.DatabaseError


def resolve_url(url: str, base: Path) -> str:
    """The URL with a relative SQLite path made absolute against `base`; ValueError for what is no URL.

    >>> resolve_url("sqlite:///data/a.db", Path("/srv/tushuo"))
    'sqlite:////srv/tushuo/data/a.db'
    """
    parsed = _parse(url)
    # :memory: is no path: opening it says so
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        parsed = parsed.set(database=str(base / Path(parsed.database).expanduser()))
    return parsed.render_as_string(hide_password=False)


def open_database(url: str) -> Database:
    """Open a database by URL, create or migrate it where needed.

    `sqlite:///path` makes missing folders and the file. Raises DatabaseError for everything that stands in
    the way: a bad URL, a folder, a file of something else, no server, a wrong password, a newer version.
    """
    parsed = _parse(url)
    name = parsed.render_as_string(hide_password=True)
    engine = _sqlite(parsed, name) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed, name)
    database = Database(engine, name)
    try:
        return replace(database, upgraded_from=_open(database))
    except BaseException:
        engine.dispose()
        raise


def _open(database: Database) -> str | None:
    """Migrate where needed; the revision that was found, None when there was nothing to do."""
    with database.reading() as conn:
        if database.is_sqlite:
            _use_wal(conn)
        current = migrate.current(conn)
    if current == migrate.HEAD:
        return None
    with database.writing() as conn:
        # another process may have migrated while this one waited for the lock
        try:
            before = migrate.upgrade(conn)
        except migrate.UnknownRevision as error:
            raise DatabaseError(f"{database.name}: {error}") from error
    return None if before == migrate.HEAD else before


def _parse(url: str) -> URL:
    if url.startswith("postgres://"):
        url = "postgresql" + url[len("postgres") :]
    try:
        parsed = make_url(url)
    except (sa.ArgumentError, ValueError) as error:
        raise DatabaseError(
            f"DATABASE_URL {url!r} is not a database URL; use sqlite:///data/tushuo.db or "
            "postgresql://user:password@host/name"
        ) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseError(
            f"DATABASE_URL {parsed.render_as_string()}: only sqlite:/// and postgresql:// are supported"
        )
    return parsed


def _sqlite(url: URL, name: str) -> Engine:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise DatabaseError(f"{name} names no file; give a path, e.g. sqlite:///data/tushuo.db")
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        is_folder = path.is_dir()
    except OSError as error:
        raise DatabaseError(
            f"{name}: cannot make or enter the folder {path.parent}: {error.strerror}"
        ) from error
    if is_folder:
        raise DatabaseError(f"{name}: {path} is a folder; give the path of a file in it")
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _connected(raw: sqlite3.Connection, _record: Any) -> None:
        # the driver's own transactions would commit before DDL; the begin event below starts them instead
        raw.isolation_level = None
        raw.execute("PRAGMA synchronous=NORMAL")
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute("PRAGMA cache_size=-65536")  # KiB: the index of a million articles has large inner pages
        raw.execute("PRAGMA temp_store=MEMORY")
        # pages: 40 MB; four as usual are a few articles, and the same pages would be written again and again
        raw.execute("PRAGMA wal_autocheckpoint=10000")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        # a read that turns into a write later would fail at once, without waiting, when another one writes
        writes = conn.get_execution_options().get("tushuo_writes", False)
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL, name: str) -> Engine:
    if url.get_driver_name() not in ("psycopg", ""):
        url = url.set(drivername="postgresql")
    options = f"-c lock_timeout={BUSY_SECONDS}s -c timezone=UTC"
    try:
        return create_engine(
            url,
            connect_args={"connect_timeout": BUSY_SECONDS, "options": options, "application_name": "tushuo"},
        )
    except ImportError as error:
        raise DatabaseError(
            f"{name}: the driver psycopg is not installed; install it with: pip install 'tushuo[postgres]'"
        ) from error


def _use_wal(conn: Connection) -> None:
    """Write-ahead logging, kept in the file: readers and the writer do not wait for each other."""
    raw = conn.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    conn.rollback()  # the mode cannot change inside a transaction
    deadline = time.monotonic() + BUSY_SECONDS
    while raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # SQLite does not wait here when another process is switching the same new file
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise sa.OperationalError("PRAGMA journal_mode=WAL", None, error) from error
            time.sleep(0.02)


@contextmanager
def _translated(name: str) -> Iterator[None]:
    try:
        yield
    except sa.SQLAlchemyError as error:
        if not is_failure(error):
            raise
        failure = DatabaseError(f"{name}: {_explain(error)}")
        failure.passing = _is_passing(error)
        raise failure from error


# SQLSTATE classes: connection exceptions, an operator's intervention, locks not available, too many clients
_PASSING_STATES = ("08", "57P", "55P03", "53300")


def _is_passing(error: sa.SQLAlchemyError) -> bool:
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return "locked" in str(cause)
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_PASSING_STATES)
    # the driver gives no state when there is no server to give one
    return bool(getattr(error, "connection_invalidated", False)) or isinstance(error, sa.OperationalError)


_ADVICE = (
    ("file is not a database", "choose another path, or move this file away"),
    (
        "malformed",
        "the file is damaged: restore a backup, or save what can be read with the .recover of sqlite3",
    ),
    ("locked", f"another process has been writing for {BUSY_SECONDS} s; try again when it is done"),
    ("lock timeout", f"another process has been writing for {BUSY_SECONDS} s; try again when it is done"),
    ("readonly", "the file or its folder cannot be written; check its owner and permissions"),
    ("unable to open", "check that the folder exists and that this user may write in it"),
    ("disk is full", "free some space; nothing of this transaction was kept"),
    ("password authentication failed", "check user and password in DATABASE_URL"),
    ("no password supplied", "put user and password into DATABASE_URL"),
    ("does not exist", "create it first, e.g. with: createdb"),
    ("onnection refused", "is the server running, and is the port right?"),
    ("No such file or directory", "is the server running, and is the socket's folder right?"),
    ("could not translate host name", "check the host in DATABASE_URL"),
    ("resolve host", "check the host in DATABASE_URL"),
    ("closed the connection", "the server was stopped or restarted"),
    ("terminating connection", "the server was stopped or restarted"),
    ("connection is closed", "the server was stopped or restarted"),
    ("timeout expired", "the server does not answer; check host, port and firewall"),
)


def _explain(error: sa.SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    text = " ".join(str(cause).split())
    advice = next(
        (advice for sign, advice in _ADVICE if sign in text), "see the server's or the system's log"
    )
    return f"{text} ({advice})"
