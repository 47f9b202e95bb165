"""Alembic migrations: one file a revision in versions/, never edited once released."""
