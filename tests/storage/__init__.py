"""Every behaviour of storage, on SQLite and on PostgreSQL."""
