"""Run by Alembic: migrates over the connection, and in the transaction, that storage.migrate hands it."""

from __future__ import annotations

from alembic import context

from storage.models import METADATA


def migrate() -> None:
    """Apply the revisions; the caller begins and commits."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
    )
    context.run_migrations()


migrate()
