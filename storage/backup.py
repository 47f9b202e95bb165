"""Copies a database while others read and write it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from storage.engine import BUSY_SECONDS, Database, DatabaseError

_PAGES = 2_000  # copied at once: between two times a Ctrl-C is heard
_SIDES = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file that is in use, or was when it died


Progress = Callable[[int, int], None]


def backup(database: Database, target: Path, progress: Progress | None = None) -> int:
    """Copy a SQLite database to a file, which takes its name only when it is complete; its size in bytes.

    The copy is of one moment, its beginning: others go on writing, which does not delay it. DatabaseError on
    PostgreSQL, which has pg_dump, when the copy cannot be written, when the target is the database itself or
    is in use, and when logs of a file that is gone lie beside it. `progress` is called with the pages copied
    so far and all of them.
    """
    if not database.is_sqlite:
        raise DatabaseError(f"{database.name}: back it up with pg_dump, which copies it while it is in use")
    with _writing(target):
        target = target.resolve()  # through a link
    part = target.with_name(target.name + ".part")
    _check_other(Path(database.engine.url.database or ""), target, part)
    _check_sides(target)
    with _writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        try:
            _copy(database, part, progress)
            _settle(target)
            part.replace(target)
        finally:
            with suppress(OSError):  # it is not there where it could not be made
                part.unlink()
    return target.stat().st_size


@contextmanager
def _writing(target: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, sqlite3.Error) as error:  # links in a circle are a RuntimeError
        raise DatabaseError(f"{target} cannot be written: {error}; nothing was replaced") from error


def _check_other(source: Path, target: Path, part: Path) -> None:
    """Refuse to write over the database that is copied, under any of its names."""
    source = source.resolve()
    own = [source, *(Path(f"{source}{side}") for side in _SIDES)]
    for path in (target, part):
        if path in own or any(path.exists() and file.exists() and path.samefile(file) for file in own):
            raise DatabaseError(f"{path} is the database itself, or its log; name another file")


def _check_sides(target: Path) -> None:
    """Refuse logs without their file: SQLite would write what they hold into the copy."""
    for side in _SIDES:
        beside = Path(f"{target}{side}")
        if beside.exists() and not target.exists():
            raise DatabaseError(
                f"{beside} is left of a database that is not there any more and would damage the copy; "
                "move it away, or name another file"
            )


def _copy(database: Database, part: Path, progress: Progress | None) -> None:
    def tell(_status: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    with database.reading() as conn:
        source = conn.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        # a state that is held: without it, the copy starts again whenever somebody else has written
        conn.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1").first()
        with closing(sqlite3.connect(part)) as copy:
            source.backup(copy, pages=_PAGES, progress=tell)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it


def _settle(target: Path) -> None:
    """Leave nothing beside the file that is replaced; DatabaseError while another process has it open."""
    if not target.exists():
        return
    try:
        with closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as old:
            # takes over what the log holds and deletes it, so that the old file is whole until it goes
            old.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        if "locked" in str(error):
            raise DatabaseError(
                f"{target} is in use by another process; stop that, or name another file"
            ) from error
        # else it is no database, or not any more: nobody misses its log
    for side in _SIDES:
        Path(f"{target}{side}").unlink(missing_ok=True)
