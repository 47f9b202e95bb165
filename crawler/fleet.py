"""The schedule and its workers on PostgreSQL, by Procrastinate: a job is a run of a portal."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crawler.portals.registry import portal_by_name
from crawler.runner import crawl_command, die_with_parent
from crawler.schedule import Entry
from storage.engine import DatabaseError, open_database
from storage.runs import runs

if TYPE_CHECKING:
    from procrastinate import App

logger = logging.getLogger(__name__)
SCHEMA = "tushuo_jobs"
"""Of the database: Procrastinate's tables stand apart from ours."""
QUEUE = "crawl"
_STALLED = 20.0  # seconds without a heartbeat after which a worker counts as dead
_HEARTBEAT = 5.0  # seconds
_LOOK = 5.0  # seconds between two looks for runs of dead workers
_LOCKED = 5.0  # seconds before a run whose host another one has is tried again
_AHEAD = 30.0  # seconds that the scheduler sleeps at most
_SCHEMA_LOCK = 0x7475_7368_6A6F  # taken while the tables are made: two workers may start at once


class NoFleet(Exception):
    """Procrastinate is not installed, or cannot use the database. The message says what to do."""


class Fleet:
    """The jobs of one database."""

    def __init__(self, url: str, settings: Sequence[str]) -> None:
        if not url.startswith("postgres"):
            raise NoFleet("a fleet needs PostgreSQL; on SQLite scrapy schedule runs all in one process")
        try:
            from procrastinate import App, PsycopgConnector
        except ImportError as error:
            raise NoFleet("Procrastinate is not installed: pip install 'tushuo[postgres]'") from error
        self._url = url
        self._settings = list(settings)
        self._conninfo = "postgresql://" + url.partition("://")[2]
        options = {"options": f"-c search_path={SCHEMA}"}
        connector = PsycopgConnector(conninfo=self._conninfo, kwargs=options)
        self.app: App = App(connector=connector)
        self.crawl = self.app.task(name="crawl", queue=QUEUE)(self._crawl)

    def prepare(self) -> None:
        """Make Procrastinate's tables where there are none."""
        import psycopg
        from procrastinate.schema import SchemaManager

        try:
            with psycopg.connect(self._conninfo) as conn:
                conn.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
                known = conn.execute("SELECT to_regclass(%s)", (f"{SCHEMA}.procrastinate_jobs",)).fetchone()
                if known is None or known[0] is None:
                    conn.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
                    conn.execute(f"SET LOCAL search_path TO {SCHEMA}")
                    conn.execute(SchemaManager.get_schema())
        except psycopg.OperationalError as error:
            raise DatabaseError(str(error)) from error

    async def defer(self, entry: Entry, moment: datetime | None = None) -> bool:
        """Queue a run; False when one of the portal waits already, or this moment's was queued before."""
        from procrastinate.exceptions import AlreadyEnqueued

        portal = portal_by_name(entry.portal)
        assert portal is not None
        job = self.crawl.configure(
            lock=portal.hosts[0],
            queueing_lock=entry.portal,
            task_kwargs={"portal": entry.portal, "arguments": dict[str, Any](entry.arguments)},
        )
        with suppress(AlreadyEnqueued):
            if moment is None:
                await job.defer_async()
                return True
            # of several schedulers the first defers, the others find it done
            queued = await job.job_manager.defer_periodic_job(
                job=job.job, periodic_id=entry.name, defer_timestamp=int(moment.timestamp())
            )
            return queued is not None
        logger.info("%s is due, but a run of it waits already: left out", entry.name)
        return False

    async def schedule(self, entries: Sequence[Entry], *, once: bool = False) -> None:
        """Queue every entry when it is due, for ever; with `once` all of them now."""
        async with self.app.open_async():
            if once:
                for entry in entries:
                    await self.defer(entry)
                return
            due = [(entry.following(datetime.now(UTC)), entry) for entry in entries]
            while True:
                now = datetime.now(UTC)
                for number, (moment, entry) in enumerate(due):
                    if moment <= now:
                        due[number] = (entry.following(now), entry)
                        if await self.defer(entry, moment):
                            logger.info("%s: queued", entry.name)
                nearest = min(moment for moment, _ in due)
                pause = (nearest - datetime.now(UTC)).total_seconds()
                await asyncio.sleep(min(max(pause, 0.1), _AHEAD))

    async def work(self, name: str | None, jobs: int, *, until_empty: bool = False) -> None:
        """Take runs from the queue, and those of dead workers; `until_empty` ends when none waits."""
        async with self.app.open_async():
            looking = asyncio.create_task(self._take_over())
            try:
                await self.app.run_worker_async(
                    queues=[QUEUE],
                    name=name or "tushuo",
                    concurrency=jobs,
                    wait=not until_empty,
                    update_heartbeat_interval=_HEARTBEAT,
                    stalled_worker_timeout=_STALLED,
                    fetch_job_polling_interval=2.0,
                )
            finally:
                looking.cancel()

    async def _take_over(self) -> None:
        """Put the runs of workers that died back into the queue."""
        manager = self.app.job_manager
        while True:
            await asyncio.sleep(_LOOK)
            try:
                for job in await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=_STALLED):
                    logger.warning("%s: its worker is dead; queued again", job.call_string)
                    await manager.retry_job(job)
            except Exception as error:  # noqa: BLE001 - a worker outlives a database that is away
                logger.warning("no look for runs of dead workers: %s", error)

    async def _crawl(self, portal: str, arguments: dict[str, str]) -> None:
        """Run a crawl to its end; RuntimeError when it failed."""
        settings = [f"DATABASE_URL={self._url}", *self._settings]
        while True:
            process = await asyncio.create_subprocess_exec(
                *crawl_command(portal, arguments, settings), preexec_fn=die_with_parent
            )
            code = await process.wait()
            if code == 0:
                return
            if not await asyncio.to_thread(self._was_locked, portal, process.pid):
                raise RuntimeError(f"scrapy crawl {portal} ended with {code}")
            logger.info("%s: another run has its host; trying again in %.0f s", portal, _LOCKED)
            await asyncio.sleep(_LOCKED)

    def _was_locked(self, portal: str, pid: int) -> bool:
        database = open_database(self._url)
        try:
            with database.reading() as conn:
                found: list[Any] = [run for run in runs(conn, portal=portal, limit=5) if run.pid == pid]
        finally:
            database.close()
        return bool(found) and found[0].state == "locked"
