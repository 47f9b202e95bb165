"""Natural group commit: what gathers while one batch is being written is the next batch. No timers."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from storage.engine import Database, DatabaseError, is_failure
from storage.writer import StoreArticle, store_articles

T_co = TypeVar("T_co", covariant=True)
logger = logging.getLogger(__name__)

MAX_BATCH = 500  # operations in one transaction
_PAUSE = 0.5  # seconds before a database that is away is tried again; it doubles
_PAUSE_MOST = 10.0  # seconds
_HOPELESS = 2  # failures of the database in a row after which the rest of a batch is not tried


class Operation(Protocol[T_co]):
    """A change of the database that can share a transaction with others."""

    def apply(self, conn: Connection) -> T_co: ...


def write_batch(database: Database, operations: Sequence[Operation[Any]]) -> list[Any]:
    """Write operations in one transaction, or each in its own when that fails.

    Returns, in order, each one's result or the exception it failed with, a DatabaseError when the database
    itself did. Articles are stored together, after the other operations.
    """
    try:
        with database.writing() as conn:
            return _apply(conn, operations)
    except Exception as error:  # noqa: BLE001 - retried below, or handed to whoever waits
        if len(operations) == 1:
            return [error]
    # one of them may be to blame: the others must not go down with it
    results: list[Any] = []
    failures = 0
    for operation in operations:
        if failures >= _HOPELESS:
            results.append(results[-1])
            continue
        try:
            with database.writing() as conn:
                results.append(operation.apply(conn))
            failures = 0
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for this operation
            results.append(error)
            failures = failures + 1 if is_failure(error) else 0
    return results


def write_now(database: Database, operations: Sequence[Operation[Any]]) -> list[Any]:
    """Write operations at once, in batches; results as of write_batch(). DatabaseError when it fails."""
    results = []
    for start in range(0, len(operations), MAX_BATCH):
        batch = write_batch(database, operations[start : start + MAX_BATCH])
        for result in batch:
            if isinstance(result, DatabaseError):
                raise result
        results += batch
    return results


class Committer:
    """Writes from an event loop through one thread; `await submit(...)` returns when it is committed."""

    def __init__(self, database: Database, max_batch: int = MAX_BATCH, patience: float = 0.0) -> None:
        """`patience`: seconds to wait for a database that is away before those who wait are told."""
        self._patience = patience
        self.batches = 0
        self.operations = 0
        self.seconds = 0.0
        """Time spent writing."""
        self._database = database
        self._max_batch = max_batch
        self._waiting: list[tuple[Operation[Any], asyncio.Future[Any]]] = []
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tushuo-writer")
        self._closed = False

    async def submit(self, operation: Operation[T_co]) -> T_co:
        """The operation's result, once it is on disk; its own exception, or DatabaseError."""
        if self._closed:
            raise DatabaseError(f"{self._database.name}: the writer is closed; {operation} came too late")
        future: asyncio.Future[T_co] = asyncio.get_running_loop().create_future()
        self._waiting.append((operation, future))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_all())
        return await future

    async def close(self) -> None:
        """Write what is waiting, then end the thread."""
        self._closed = True
        if self._task is not None:
            await self._task
        self._thread.shutdown()

    async def _write_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = self._waiting[: self._max_batch]
            del self._waiting[: self._max_batch]
            operations = [operation for operation, _ in batch]
            try:
                results = await self._write_patiently(loop, operations)
            except BaseException as error:
                # whoever waits must hear of it, even when the loop is being torn down
                for _, future in batch:
                    if not future.done():
                        future.set_exception(DatabaseError(f"{self._database.name}: not written: {error!r}"))
                raise
            for (_, future), result in zip(batch, results, strict=True):
                if future.done():
                    continue  # its caller was cancelled; what it asked for is stored all the same
                if isinstance(result, BaseException):
                    future.set_exception(result)
                else:
                    future.set_result(result)

    async def _write_patiently(
        self, loop: asyncio.AbstractEventLoop, operations: list[Operation[Any]]
    ) -> list[Any]:
        """The results of a batch; what a database that is away did not take is tried until patience ends.

        Meanwhile everybody waits, and who waits asks for no further page: the crawl pauses by itself.
        """
        results = await loop.run_in_executor(self._thread, self._write, operations)
        ends, pause, away = loop.time() + self._patience, _PAUSE, False
        while left := [number for number, result in enumerate(results) if _is_away(result)]:
            if loop.time() + pause > ends:
                break
            if not away:
                away = True
                logger.warning(
                    "%s; waiting up to %.0f s for it, nothing is lost", results[left[0]], self._patience
                )
            await asyncio.sleep(pause)
            pause = min(2 * pause, _PAUSE_MOST)
            again = [operations[number] for number in left]
            for number, result in zip(
                left, await loop.run_in_executor(self._thread, self._write, again), strict=True
            ):
                results[number] = result
        else:
            if away:
                logger.warning("%s: the database is back, the crawl goes on", self._database.name)
        return results

    def _write(self, operations: list[Operation[Any]]) -> list[Any]:
        started = time.perf_counter()
        results = write_batch(self._database, operations)
        self.seconds += time.perf_counter() - started
        self.batches += 1
        self.operations += len(operations)
        return results


def _is_away(result: object) -> bool:
    return isinstance(result, DatabaseError) and result.passing


def _apply(conn: Connection, operations: Sequence[Operation[Any]]) -> list[Any]:
    results: list[Any] = [None] * len(operations)
    articles = []
    for number, operation in enumerate(operations):
        if isinstance(operation, StoreArticle):
            articles.append((number, operation.article))
        else:
            results[number] = operation.apply(conn)
    for (number, _), stored in zip(
        articles, store_articles(conn, [article for _, article in articles]), strict=True
    ):
        results[number] = stored
    return results
