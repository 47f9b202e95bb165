"""Brings a database to the schema of this version. Imports Alembic only when there is something to do."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

HEAD = "0009"  # the newest file in migrations/versions; a test compares the two
VERSION_TABLE = "alembic_version"
_OURS = frozenset({"article", "page", "article_image"})


class UnknownRevision(Exception):
    """The database was not made by this version or an earlier one."""


def current(conn: Connection) -> str | None:
    """The revision of a database; None when it has none yet."""
    if not inspect(conn).has_table(VERSION_TABLE):
        return None
    revision: str | None = conn.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    return revision


def upgrade(conn: Connection) -> str:
    """Migrate to HEAD inside the caller's transaction; the revision that was there, or `nothing`.

    Raises UnknownRevision for a database of a newer version or of another program.
    """
    revision = current(conn)
    if revision == HEAD:
        return revision
    if revision is None and (foreign := sorted(_OURS.intersection(inspect(conn).get_table_names()))):
        raise UnknownRevision(
            f"it has a table {foreign[0]} but no {VERSION_TABLE}, so another program made it; "
            "give Tushuo a database of its own"
        )
    if revision is not None and revision not in known_revisions():
        raise UnknownRevision(
            f"its schema is of a newer version of Tushuo (revision {revision}, this version knows {HEAD}); "
            "upgrade Tushuo, or use another database"
        )
    from alembic import command

    logger = logging.getLogger("alembic")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.WARNING)  # at INFO it greets at each start
    configuration = config()
    configuration.attributes["connection"] = conn
    command.upgrade(configuration, "head")
    _decide_stories(conn)
    return revision or "nothing"


def _decide_stories(conn: Connection) -> None:
    """Let the articles of an earlier version be found by their copies; a new database has none."""
    from storage.rebuild import method, note_method, rebuild_in

    if method(conn) is None:
        if conn.execute(text("SELECT 1 FROM article LIMIT 1")).first() is not None:
            rebuild_in(conn)
        else:
            note_method(conn)


def config() -> Config:
    """Alembic's configuration, made here instead of in an alembic.ini."""
    from alembic.config import Config

    configuration = Config()
    # Alembic reads % in options as interpolation
    configuration.set_main_option(
        "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
    )
    return configuration


def script() -> ScriptDirectory:
    """The migrations as Alembic sees them."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(config())


def known_revisions() -> set[str]:
    """Revisions that this version can migrate from."""
    return {revision.revision for revision in script().walk_revisions()}
