"""Run by Alembic: migrates over the connection, and in the transaction, that storage.migrate hands it."""

from __future__ import annotations

from typing import Any

from alembic import context

from storage.models import METADATA

SEARCH_TABLES = ("article_fts", "image_fts")


def include(item: Any, name: str | None, kind: str, _reflected: bool, _compare_to: Any) -> bool:
    """False for the tables that only the other database has, and for FTS5's own tables."""
    if kind == "table":
        only = item.info.get("dialect") if name in METADATA.tables else None
        ours = METADATA.tables.get(name or "")
        only = only or (ours.info.get("dialect") if ours is not None else None)
        if only and only != context.get_context().dialect.name:
            return False
        return not (name or "").startswith(SEARCH_TABLES)
    return True


def migrate() -> None:
    """Apply the revisions; the caller begins and commits."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_object=include,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
    )
    context.run_migrations()


migrate()
