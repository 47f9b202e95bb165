"""Group commit: awaited means committed; what gathers meanwhile is the next batch; nothing is lost."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection
from sqlalchemy import exc as sa

from storage.committer import Committer, write_batch, write_now
from storage.engine import Database, DatabaseError, is_failure
from storage.ledger import Discover
from storage.models import ARTICLE, PAGE
from storage.writer import StoreArticle
from tests.factories import article, found, rows, url


@dataclass
class Call:
    """An operation that calls a function."""

    function: Callable[[Connection], object]

    def apply(self, conn: Connection) -> object:
        return self.function(conn)


@dataclass
class Hold:
    """An operation that lasts until it is let go."""

    begun: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def apply(self, _conn: Connection) -> None:
        self.begun.set()
        assert self.released.wait(10)


class TooLong(Exception):
    """As PostgreSQL's driver tells of a program limit."""

    sqlstate = "54000"


def fail(error: Exception) -> Call:
    def raised(_conn: Connection) -> None:
        raise error

    return Call(raised)


def discover(number: int) -> Discover:
    return Discover("qingshi", None, [found(number)])


def known(database: Database) -> list[str]:
    return [page.url for page in rows(database, PAGE)]


def server_gone() -> Exception:
    return sa.OperationalError("SELECT 1", None, Exception("the server closed the connection"))


def test_awaited_means_committed(database: Database) -> None:
    async def crawl() -> None:
        committer = Committer(database)
        (page,) = await committer.submit(discover(1))
        assert known(database) == [page.url]
        stored = await committer.submit(StoreArticle(article(2)))
        assert [kept.id for kept in rows(database, ARTICLE)] == [stored.article_id]
        await committer.close()

    asyncio.run(crawl())


def test_what_gathers_during_a_batch_is_written_together(database: Database) -> None:
    async def crawl() -> Committer:
        committer = Committer(database)
        hold = Hold()
        first = asyncio.create_task(committer.submit(hold))
        await asyncio.to_thread(hold.begun.wait, 10)
        others = [asyncio.create_task(committer.submit(discover(n))) for n in range(50)]
        await asyncio.sleep(0)
        hold.released.set()
        results = await asyncio.gather(first, *others)
        assert [page[0].url for page in results[1:]] == [url(n) for n in range(50)]
        await committer.close()
        return committer

    committer = asyncio.run(crawl())

    assert (committer.batches, committer.operations) == (2, 51)
    assert committer.seconds > 0


def test_a_batch_has_a_size_at_most(database: Database) -> None:
    async def crawl() -> Committer:
        committer = Committer(database, max_batch=10)
        await asyncio.gather(*(committer.submit(discover(n)) for n in range(35)))
        await committer.close()
        return committer

    committer = asyncio.run(crawl())

    assert (committer.batches, committer.operations) == (4, 35)
    assert len(known(database)) == 35


def test_only_who_asked_for_the_failing_operation_hears_of_it(database: Database) -> None:
    async def crawl() -> list[object]:
        committer = Committer(database)
        operations = [discover(1), fail(ValueError("no such thing")), discover(2)]
        results = await asyncio.gather(*map(committer.submit, operations), return_exceptions=True)
        await committer.close()
        return results

    first, failed, third = asyncio.run(crawl())

    assert isinstance(failed, ValueError)
    assert not isinstance(first, BaseException)
    assert not isinstance(third, BaseException)
    assert known(database) == [url(1), url(2)]


def test_a_caller_that_gives_up_does_not_stop_the_others_nor_its_own_write(database: Database) -> None:
    async def crawl() -> None:
        committer = Committer(database)
        hold = Hold()
        first = asyncio.create_task(committer.submit(hold))
        await asyncio.to_thread(hold.begun.wait, 10)
        impatient = asyncio.create_task(committer.submit(discover(1)))
        patient = asyncio.create_task(committer.submit(discover(2)))
        await asyncio.sleep(0)
        impatient.cancel()
        hold.released.set()
        await asyncio.gather(first, patient)
        assert impatient.cancelled()
        await committer.close()

    asyncio.run(crawl())

    assert known(database) == [url(1), url(2)]


def test_closing_writes_what_is_waiting(database: Database) -> None:
    async def crawl() -> None:
        committer = Committer(database, max_batch=2)
        waiting = [asyncio.create_task(committer.submit(discover(n))) for n in range(7)]
        await asyncio.sleep(0)
        await committer.close()
        assert all(task.done() for task in waiting) or await asyncio.gather(*waiting)

    asyncio.run(crawl())

    assert len(known(database)) == 7


def test_a_closed_writer_refuses_with_what_came_too_late(database: Database) -> None:
    async def crawl() -> None:
        committer = Committer(database)
        await committer.close()
        await committer.submit(discover(1))

    with pytest.raises(DatabaseError, match=r"the writer is closed; Discover.* came too late"):
        asyncio.run(crawl())


def test_closing_an_unused_writer_ends_at_once(database: Database) -> None:
    async def crawl() -> int:
        committer = Committer(database)
        await committer.close()
        return committer.batches

    assert asyncio.run(crawl()) == 0


def test_when_the_database_fails_the_rest_of_the_batch_is_not_tried(database: Database) -> None:
    tried: list[int] = []

    def gone(number: int) -> Call:
        def call(_conn: Connection) -> None:
            tried.append(number)
            raise server_gone()

        return Call(call)

    results = write_batch(database, [gone(n) for n in range(10)])

    assert tried == [0, 0, 1]
    assert all(isinstance(result, DatabaseError) for result in results)
    assert "the server closed the connection" in str(results[-1])


def test_write_now_raises_when_the_database_fails(database: Database) -> None:
    with pytest.raises(DatabaseError, match="the server closed the connection"):
        write_now(database, [fail(server_gone())])


def test_write_now_hands_other_failures_to_the_caller(database: Database) -> None:
    results = write_now(database, [discover(1), fail(ValueError("odd")), discover(2)])

    assert isinstance(results[1], ValueError)
    assert known(database) == [url(1), url(2)]


def test_nothing_to_write_is_written(database: Database) -> None:
    assert write_batch(database, []) == []
    assert write_now(database, []) == []


def test_a_lone_operation_that_fails_is_tried_once(database: Database) -> None:
    calls = []

    def call(_conn: Connection) -> None:
        calls.append(1)
        raise ValueError("odd")

    (result,) = write_batch(database, [Call(call)])

    assert isinstance(result, ValueError)
    assert len(calls) == 1


def test_articles_of_a_batch_find_what_other_operations_of_it_wrote(database: Database) -> None:
    stored, _ = write_batch(database, [StoreArticle(article(1)), discover(1)])

    (page,) = rows(database, PAGE)
    assert (page.state, page.article_id) == ("stored", stored.article_id)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (DatabaseError("x"), True),
        (server_gone(), True),
        (sa.TimeoutError("pool"), True),
        (sa.DatabaseError("s", None, Exception("database disk image is malformed")), True),
        (sa.IntegrityError("s", None, Exception("twice")), False),
        (sa.OperationalError("s", None, TooLong("index row requires 12000 bytes")), False),
        (sa.DataError("s", None, Exception("too long")), False),
        (ValueError("x"), False),
    ],
)
def test_a_wrong_row_is_no_failure_of_the_database(error: Exception, failure: bool) -> None:
    assert is_failure(error) is failure


def test_a_row_too_long_for_an_index_costs_itself_only(database: Database) -> None:
    # letters without pattern, which PostgreSQL cannot compress into the 2,704 bytes of an index entry
    long = "".join(chr(0x4E00 + n * 7_919 % 20_000) for n in range(9_000))
    batch = [discover(1), Discover("qingshi", None, [found(2, url=long, url_key=long)]), discover(3)]

    results = write_batch(database, batch)

    assert not any(isinstance(result, DatabaseError) for result in results)
    assert {url(1), url(3)} <= set(known(database))
