"""With what a run starts: the pages that are still open, of what its arguments could have found."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from storage.committer import write_now
from storage.engine import Database
from storage.ledger import Discover, Mark, Reopen, open_pages
from storage.models import PAGE
from tests.factories import apply, found, rows, url


@pytest.fixture
def ledger(database: Database) -> Database:
    """Pages 1 to 9 in every state there is; 20 is a list, 21 a part, 30 another portal's."""
    days = {5: "2021-03-01", 6: "2021-03-10", 7: None}
    pages = [
        found(n, channel="nong" if n % 2 else "lv", day_hint=days.get(n), postponed=n in days)
        for n in range(1, 10)
    ]
    others = [found(20, "list", channel="nong"), found(21, "part", channel="nong")]
    made = apply(database, Discover("qingshi", None, [*pages, *others]))
    apply(database, Discover("other", None, [found(30, channel="nong")]))
    now = datetime.now(UTC)
    write_now(
        database,
        [
            Mark(made[1].id, "failed", "unreadable", 200, extractor="1"),
            Mark(made[2].id, "failed", "timeout"),
            Mark(made[3].id, "discovered", "busy", 503, not_before=now + timedelta(hours=1)),
            Mark(made[7].id, "discovered", "busy", 503, not_before=now - timedelta(hours=1)),
            Mark(made[8].id, "dropped", "no_body"),
        ],
    )
    return database


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, [1, 8]),
        ({"channels": {"nong"}}, [1]),
        ({"channels": {"lv", "nong"}}, [1, 8]),
        ({"channels": set()}, []),
        ({"url_keys": {found(1).url_key, found(3).url_key}}, [1]),
        ({"url_keys": set()}, []),
        ({"include_postponed": True}, [1, 5, 6, 7, 8]),
        ({"include_postponed": True, "since": date(2021, 3, 1)}, [1, 5, 6, 7, 8]),
        ({"include_postponed": True, "since": date(2021, 3, 2)}, [1, 6, 7, 8]),
        ({"include_postponed": True, "until": date(2021, 3, 9)}, [1, 5, 7, 8]),
        ({"include_postponed": True, "since": date(2021, 3, 2), "until": date(2021, 3, 9)}, [1, 7, 8]),
        ({"include_postponed": True, "channels": {"lv"}}, [6, 8]),
        ({"since": date(2021, 3, 1)}, [1, 8]),
        ({"extractor": "1"}, [1, 8]),
        ({"extractor": "2"}, [1, 2, 8]),
        ({"extractor": "2", "channels": {"nong"}}, [1]),
        ({"extractor": "2", "include_postponed": True}, [1, 2, 5, 6, 7, 8]),
    ],
)
def test_open_pages_are_those_that_the_arguments_could_have_found(
    ledger: Database, arguments: dict[str, Any], expected: list[int]
) -> None:
    with ledger.reading() as conn:
        pages = open_pages(conn, "qingshi", **arguments)

    assert [page.url for page in pages] == [url(n) for n in expected]


def test_another_portal_has_its_own_open_pages(ledger: Database) -> None:
    with ledger.reading() as conn:
        assert [page.url for page in open_pages(conn, "other")] == [url(30)]
        assert open_pages(conn, "nobody") == []


def test_a_page_put_back_is_open(ledger: Database) -> None:
    apply(ledger, Reopen(["dropped"], "qingshi"))

    with ledger.reading() as conn:
        assert [page.url for page in open_pages(conn, "qingshi")] == [url(1), url(8), url(9)]


def test_a_start_page_stands_for_everything_found_from_it(database: Database) -> None:
    (front,) = apply(database, Discover("qingshi", None, [found(100, "list")]))
    (inner,) = apply(database, Discover("qingshi", None, [found(101, "list")], front.id))
    apply(database, Discover("qingshi", None, [found(1)], front.id))
    apply(database, Discover("qingshi", None, [found(2)], inner.id))
    apply(database, Discover("qingshi", None, [found(3)]))

    with database.reading() as conn:
        from_front = open_pages(conn, "qingshi", url_keys={front.url_key})
        from_inner = open_pages(conn, "qingshi", url_keys=[inner.url_key])

    assert [page.url for page in from_front] == [url(1), url(2)]
    assert [page.url for page in from_inner] == [url(2)]


def test_lists_that_lead_to_each_other_do_not_go_round_for_ever(database: Database) -> None:
    one, two = apply(database, Discover("qingshi", None, [found(100, "list"), found(101, "list")]))
    with database.writing() as conn:
        conn.execute(PAGE.update().where(PAGE.c.id == one.id).values(found_on=two.id))
        conn.execute(PAGE.update().where(PAGE.c.id == two.id).values(found_on=one.id))
    apply(database, Discover("qingshi", None, [found(1)], two.id))

    with database.reading() as conn:
        pages = open_pages(conn, "qingshi", url_keys={one.url_key})

    assert [page.url for page in pages] == [url(1)]


def test_pages_are_open_in_the_order_they_were_found(database: Database) -> None:
    apply(database, Discover("qingshi", None, [found(n) for n in (9, 2, 7)]))

    with database.reading() as conn:
        pages = open_pages(conn, "qingshi")

    assert [page.url for page in pages] == [url(9), url(2), url(7)]
    assert [page.id for page in pages] == [kept.id for kept in rows(database, PAGE)]
