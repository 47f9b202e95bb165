"""Counts by portal, channel, source, person and time: the same on both databases, narrowed by filters."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from crawler.items import Source
from storage.engine import Database, open_database
from storage.facets import BY, By, Facet, facets
from storage.filters import Filters
from tests.factories import article, image, store


@pytest.fixture
def counted(database: Database) -> Database:
    """Four articles of two portals, three sources and three days, one of them without a day and a source."""
    store(
        database,
        article(0, images=[image(1), image(2, credit="沈墨、江平")]),
        article(1, published_at="2021-03-01T23:10:00+08:00", authors=["林溪", "叶知秋"]),
        article(40, portal="baisha", channel=["白沙频道"], source=Source("白沙日报"), editor=None),
        article(400, published_at=None, published_raw=None, source=None, authors=[]),
    )
    return database


def counts(
    database: Database, by: By | list[By], filters: Filters | None = None, limit: int | None = None
) -> list[tuple[object, ...]]:
    with database.reading() as conn:
        return [(*found.values, found.articles) for found in facets(conn, by, filters, limit)]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("portal", [("qingshi", 3), ("baisha", 1)]),
        ("channel", [("青石频道/农业", 3), ("白沙频道", 1)]),
        ("source", [("青石晚报", 2), ("白沙日报", 1), (None, 1)]),
        ("person", [("何岚", 4), ("周远", 3), ("林溪", 3), ("叶知秋", 1), ("江平", 1), ("沈墨", 1)]),
        ("author", [("林溪", 3), ("叶知秋", 1)]),
        ("editor", [("周远", 3)]),
        ("duty_editor", [("何岚", 4)]),
        ("photographer", [("江平", 1), ("沈墨", 1)]),
        ("day", [("2021-03-01", 2), ("2021-04-10", 1)]),
        ("month", [("2021-03", 2), ("2021-04", 1)]),
        ("year", [("2021", 3)]),
    ],
)
def test_counts_come_by_everything(counted: Database, by: By, expected: list[tuple[object, int]]) -> None:
    assert counts(counted, by) == expected


def test_every_way_of_counting_is_tested() -> None:
    marks = test_counts_come_by_everything.pytestmark  # type: ignore[attr-defined]

    assert {case[0] for case in marks[0].args[1]} == set(BY)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Filters(portal="qingshi"), [("青石晚报", 2), (None, 1)]),
        (Filters(portal="none"), []),
        (Filters(portal="\0"), []),
        (Filters(source="白沙日报"), [("白沙日报", 1)]),
        (Filters(channel="农业"), [("青石晚报", 2), (None, 1)]),
        (Filters(since=date(2021, 3, 2)), [("白沙日报", 1)]),
        (Filters(until=date(2021, 3, 1), portal="qingshi"), [("青石晚报", 2)]),
    ],
)
def test_filters_narrow_what_is_counted(
    counted: Database, chosen: Filters, expected: list[tuple[object, int]]
) -> None:
    assert counts(counted, "source", chosen) == expected


def test_an_article_counts_once_for_a_person_in_two_roles(database: Database) -> None:
    names = {"authors": ["周远", "林溪"], "editor": "周远", "duty_editor": "周远、何岚"}
    store(database, article(1, **names, images=[image(1, credit="周远")]), article(2, portal="baisha"))

    assert counts(database, "person") == [("何岚", 2), ("周远", 2), ("林溪", 2)]
    assert counts(database, ["portal", "person"], Filters(portal="qingshi")) == [
        ("qingshi", "何岚", 1),
        ("qingshi", "周远", 1),
        ("qingshi", "林溪", 1),
    ]


def test_two_things_are_counted_together(counted: Database) -> None:
    assert counts(counted, ["month", "source"]) == [
        ("2021-03", "青石晚报", 2),
        ("2021-04", "白沙日报", 1),
    ]
    assert counts(counted, ["portal", "author"], Filters(until=date(2021, 3, 31))) == [
        ("qingshi", "林溪", 2),
        ("qingshi", "叶知秋", 1),
    ]


def test_a_limit_keeps_the_most_frequent_and_of_times_the_latest(counted: Database) -> None:
    assert counts(counted, "source", limit=1) == [("青石晚报", 2)]
    assert counts(counted, "day", limit=1) == [("2021-04-10", 1)]


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ([], "nothing"),
        (["shoe"], "shoe"),
        (["author", "editor"], "one role"),
        (["person", "editor"], "one role"),
        (["portal", "portal"], "by portal, portal: each once"),
    ],
)
def test_what_cannot_be_counted_says_so(counted: Database, by: list[By], said: str) -> None:
    with counted.reading() as conn, pytest.raises(ValueError, match=said):
        facets(conn, by)


def test_counting_reads_an_index_alone(sqlite_url: str) -> None:
    """SQLite's plans, since a million rows are what they are for."""
    ways: tuple[By, ...] = ("day", "source", "portal", "channel", "month")
    year = Filters(since=date(2021, 1, 1), until=date(2021, 12, 31), portal="qingshi")
    seen: list[Any] = []
    with closing(open_database(sqlite_url)) as database, database.reading() as conn:
        event.listen(database.engine, "before_cursor_execute", lambda *told: seen.append(told[2:4]))
        for by in ways:
            facets(conn, by, year)
            statement, parameters = seen[-1]
            plan = [row[3] for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert any("COVERING INDEX ix_article_" in line for line in plan), (by, plan)


def test_a_facet_of_one_thing_has_one_value() -> None:
    assert Facet(("青石晚报",), 2).value == "青石晚报"
