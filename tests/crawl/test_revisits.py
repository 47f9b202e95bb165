"""Runs over a portal that changes from day to day: what is asked for, and what is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from storage.changes import changes
from storage.engine import open_database
from tests.commands.run import scrapy
from tests.crawl.site import NEWS, Finished, Site, article, article_url, crawl, list_page
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer

SIZE, SEED = 160, 3  # with all that can happen in three days
EDITS = ("text", "caption")


@pytest.fixture
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer(Replica(SIZE, SEED)) as server:
        yield server


def run(server: ReplicaServer, database: str, *arguments: str, **settings: object) -> Finished:
    server.counts.clear()
    done = crawl(
        *arguments,
        database=database,
        CONNECT_TO={"*.cri.cn": server.address},
        CONCURRENT_REQUESTS_PER_DOMAIN=16,
        GONE_CONFIRM_AFTER=0,
        **settings,
    )
    assert done.code == 0, done.stderr
    return done


def found(database: str) -> Counter[tuple[str, str]]:
    """(kind, url) of every change that the database knows, with how often it was found."""
    opened = open_database(database)
    try:
        with opened.reading() as conn:
            return Counter((change.kind, change.url) for change in changes(conn))
    finally:
        opened.close()


def stored(database: str) -> set[str]:
    opened = open_database(database)
    try:
        with opened.reading() as conn:
            return {row.url for row in conn.exec_driver_sql("SELECT url FROM article")}
    finally:
        opened.close()


def test_a_second_run_asks_for_no_article_and_only_for_lists_that_could_hold_news(
    replica: ReplicaServer, database_url: str
) -> None:
    run(replica, database_url)
    first = sum(replica.counts.values())

    run(replica, database_url)

    articles = [path for path in replica.counts if replica.replica.world.place(*_split(path))]
    assert articles == []
    lists = [path for path in replica.counts if not path.endswith("/robots.txt")]
    assert len(lists) < first / 4
    assert max(replica.counts.values()) == 1
    assert found(database_url) == {}


def test_each_day_exactly_what_changed_is_found(replica: ReplicaServer, database_url: str) -> None:
    run(replica, database_url)
    before = stored(database_url)
    known: Counter[tuple[str, str]] = Counter()
    kinds = set()
    for day in (1, 2, 3):
        replica.set_day(day)
        expected = replica.replica.changes()

        run(replica, database_url, "-a", "revisit=all")

        now = found(database_url)
        names = {"vanished": "gone", "soft": "gone", "returned": "returned"} | dict.fromkeys(EDITS, "edited")
        wanted = Counter((names[c.kind], c.url) for c in expected if c.kind in names)
        assert now - known == wanted
        assert stored(database_url) - before == {c.url for c in expected if c.kind == "new"}
        before, known = stored(database_url), now
        kinds |= {kind for kind, _ in wanted}
    assert kinds == {"gone", "returned", "edited"}, "the days are too quiet: the test shows too little"


def test_an_unchanged_article_is_asked_for_on_condition(replica: ReplicaServer, sqlite: str) -> None:
    run(replica, sqlite)

    done = run(replica, sqlite, "-a", "revisit=all")

    assert "0 changed" in done.stderr
    assert found(sqlite) == {}


def test_a_portal_that_loses_most_of_its_articles_at_once_is_not_believed(
    replica: ReplicaServer, sqlite: str
) -> None:
    run(replica, sqlite, "-a", "channel=china,world")
    answer = replica.site.answer

    def without_articles(host: str, path: str, headers: dict[str, str], *, body: bool = True) -> bytes:
        return _MISSING if path.endswith(".html") else answer(host, path, headers, body=body)

    replica.site.answer = without_articles  # type: ignore[method-assign]

    done = run(replica, sqlite, "-a", "channel=china,world", "-a", "revisit=all")

    assert "Not believed" in done.stderr
    assert found(sqlite) == {}


_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def _split(address: str) -> tuple[str, str]:
    host, _, path = address.partition("/")
    return host, f"/{path}"


def test_an_article_that_came_by_a_redirect_is_visited_again(site: Site, sqlite: str) -> None:
    old, new = article_url(1), article_url(2)
    site.add(f"{NEWS}/china", list_page([old]))
    site.add(old, "", 301, Location=new)
    site.article(2)
    assert site.crawl("-a", "channel=china", database=sqlite).code == 0
    site.add(new, article(2, title="码头昨日停航"))

    done = site.crawl("-a", "channel=china", "-a", "revisit=all", database=sqlite)

    assert "visits    1 again" in done.stderr
    assert found(sqlite) == {("edited", new): 1}
    assert "1 pages read" in scrapy("reextract", database=sqlite).err
