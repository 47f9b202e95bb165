"""Hosts that asked to be left alone for a while; kept in the database, so that a new run obeys too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select

from storage.models import HOST_HOLD
from storage.rows import storable


@dataclass(frozen=True, slots=True)
class NoteHold:
    """Write down until when a host is not asked; a later end wins over an earlier one."""

    host: str
    until: datetime
    reason: str

    def apply(self, conn: Connection) -> None:
        host = storable(self.host)
        known = conn.scalar(select(HOST_HOLD.c.until).where(HOST_HOLD.c.host == host))
        if known is not None and known >= self.until:
            return
        conn.execute(delete(HOST_HOLD).where(HOST_HOLD.c.host == host))
        values = {"host": host, "until": self.until, "reason": storable(self.reason)}
        conn.execute(insert(HOST_HOLD).values(values))


def holds(conn: Connection) -> dict[str, tuple[datetime, str]]:
    """(until, reason) of every host that must not be asked now."""
    now = datetime.now(UTC)
    rows = conn.execute(select(HOST_HOLD).where(HOST_HOLD.c.until > now))
    return {row.host: (row.until, row.reason) for row in rows}
