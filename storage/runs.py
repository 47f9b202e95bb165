"""Runs: one row for each crawl of a portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select, update

from storage.asked import at_most, is_id
from storage.locks import holders, is_dead
from storage.models import RUN
from storage.rows import fits


@dataclass(frozen=True, slots=True)
class StartRun:
    """Write down that a run began; returns its id."""

    portal: str
    arguments: dict[str, Any]
    host: str
    pid: int
    version: str
    """Of Tushuo."""

    def apply(self, conn: Connection) -> int:
        values = {
            "portal": self.portal,
            "arguments": self.arguments,
            "started_at": datetime.now(UTC),
            "host": self.host,
            "pid": self.pid,
            "version": self.version,
        }
        return int(conn.execute(insert(RUN).values(values)).inserted_primary_key[0])  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class FinishRun:
    """Write down how a run ended."""

    run_id: int
    reason: str
    """Scrapy's finish_reason."""
    counts: dict[str, Any]

    def apply(self, conn: Connection) -> None:
        values = {"finished_at": datetime.now(UTC), "reason": self.reason, "counts": self.counts}
        conn.execute(update(RUN).where(RUN.c.id == self.run_id).values(values))


class RunRow(NamedTuple):
    """A run as people ask for it."""

    id: int
    portal: str
    arguments: dict[str, Any]
    started_at: datetime
    finished_at: datetime | None
    state: str
    """running, killed, or Scrapy's finish_reason."""
    counts: dict[str, Any]
    host: str
    pid: int
    version: str


def runs(
    conn: Connection, *, portal: str | None = None, run_id: int | None = None, limit: int | None = None
) -> list[RunRow]:
    """Runs, the newest first; one that neither ended nor holds a lock was killed."""
    statement = select(RUN).order_by(RUN.c.id.desc()).limit(at_most(limit))
    if not fits(portal or "") or (run_id is not None and not is_id(run_id)):
        return []
    if portal is not None:
        statement = statement.where(RUN.c.portal == portal)
    if run_id is not None:
        statement = statement.where(RUN.c.id == run_id)
    now = datetime.now(UTC)
    alive = {h.run_id for h in holders(conn) if h.lease_until > now and not is_dead(h.process)}
    return [
        RunRow(
            row.id,
            row.portal,
            row.arguments,
            row.started_at,
            row.finished_at,
            row.reason or ("running" if row.id in alive else "killed"),
            row.counts or {},
            row.host,
            row.pid,
            row.version,
        )
        for row in conn.execute(statement)
    ]
