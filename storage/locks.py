"""Who crawls a host: one run at a time, on one machine or many, and none for ever."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from storage.models import HOST_LOCK, RUN

LEASE = timedelta(seconds=30)  # after this without renewal a run of another machine counts as dead
RENEW = 10.0  # seconds between two renewals


class Process(NamedTuple):
    """A process of some machine, so named that no other is taken for it."""

    machine: str
    pid: int
    started: str
    """Its start, as the system counts it: a pid may be given out again."""


class Holder(NamedTuple):
    """A run that has a host."""

    host: str
    portal: str
    run_id: int | None
    process: Process
    taken_at: datetime
    lease_until: datetime

    def told(self) -> str:
        """Who it is, for people."""
        machine = self.process.machine.partition(" ")[0]
        return (
            f"{self.host} is being crawled already: run {self.run_id} of {self.portal}, process "
            f"{self.process.pid} on {machine}, since {self.taken_at:%Y-%m-%d %H:%M:%S} UTC; "
            "wait for it or stop it (scrapy runs tells more)"
        )


@cache
def machine() -> str:
    """This machine's name: the host's, with what tells a reboot and a container apart."""
    marks = [socket.gethostname()]
    for path in ("/proc/sys/kernel/random/boot_id",):
        if (file := Path(path)).exists():
            marks.append(file.read_text().strip()[:8])
    namespace = Path("/proc/self/ns/pid")
    if namespace.exists():
        marks.append(str(namespace.readlink()))
    return " ".join(marks)


def this_process() -> Process:
    """The process that asks."""
    return Process(machine(), os.getpid(), _start_of(os.getpid()) or "")


def is_dead(process: Process) -> bool:
    """True when a process surely runs no more; of another machine nobody can tell."""
    if process.machine != machine():
        return False
    if Path("/proc/self/stat").exists():
        return _start_of(process.pid) != process.started
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _start_of(pid: int) -> str | None:
    """When a process was started, in the system's ticks; None when it is dead or nobody can tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # the name in brackets may hold anything, also brackets
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


@dataclass(frozen=True, slots=True)
class TakeLocks:
    """Take all hosts of a run, or none; returns who else has one of them, [] when they are taken."""

    hosts: Sequence[str]
    portal: str
    run_id: int
    process: Process

    def apply(self, conn: Connection) -> list[Holder]:
        now = datetime.now(UTC)
        known = holders(conn, self.hosts)
        standing = [
            holder
            for holder in known
            if holder.process != self.process and holder.lease_until > now and not is_dead(holder.process)
        ]
        if standing:
            return standing
        for holder in known:
            if holder.process != self.process and holder.run_id is not None:
                ended = {"finished_at": now, "reason": "killed"}
                mine = (RUN.c.id == holder.run_id, RUN.c.finished_at.is_(None))
                conn.execute(update(RUN).where(*mine).values(ended))
        conn.execute(delete(HOST_LOCK).where(HOST_LOCK.c.host.in_(self.hosts)))
        rows = [
            {
                "host": host,
                "portal": self.portal,
                "run_id": self.run_id,
                "machine": self.process.machine,
                "pid": self.process.pid,
                "process_started": self.process.started,
                "taken_at": now,
                "lease_until": now + LEASE,
            }
            for host in dict.fromkeys(self.hosts)
        ]
        if rows:
            conn.execute(insert(HOST_LOCK), rows)
        return []


@dataclass(frozen=True, slots=True)
class RenewLocks:
    """Say that a run goes on; returns how many hosts it still has."""

    run_id: int
    process: Process

    def apply(self, conn: Connection) -> int:
        lease = {"lease_until": datetime.now(UTC) + LEASE}
        return conn.execute(update(HOST_LOCK).where(*_of(self)).values(lease)).rowcount


@dataclass(frozen=True, slots=True)
class ReleaseLocks:
    """Let go of all hosts of a run."""

    run_id: int
    process: Process

    def apply(self, conn: Connection) -> None:
        conn.execute(delete(HOST_LOCK).where(*_of(self)))


def _of(operation: RenewLocks | ReleaseLocks) -> tuple[ColumnElement[bool], ...]:
    process = operation.process
    return (
        HOST_LOCK.c.run_id == operation.run_id,
        HOST_LOCK.c.machine == process.machine,
        HOST_LOCK.c.pid == process.pid,
        HOST_LOCK.c.process_started == process.started,
    )


def holders(conn: Connection, hosts: Sequence[str] | None = None) -> list[Holder]:
    """Who has these hosts, or any; dead ones included."""
    statement = select(HOST_LOCK).order_by(HOST_LOCK.c.host)
    if hosts is not None:
        statement = statement.where(HOST_LOCK.c.host.in_(hosts))
    return [
        Holder(
            row.host,
            row.portal,
            row.run_id,
            Process(row.machine, row.pid, row.process_started),
            row.taken_at,
            row.lease_until,
        )
        for row in conn.execute(statement)
    ]
