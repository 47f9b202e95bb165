"""Runs: one row for each crawl of a portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from storage.models import RUN


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
