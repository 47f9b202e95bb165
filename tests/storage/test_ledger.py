"""The ledger's operations: what is written down of every URL, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.committer import write_batch, write_now
from storage.engine import Database
from storage.ledger import (
    Discover,
    FinishList,
    Mark,
    MarkReachedEnd,
    OpenLists,
    Reopen,
    State,
)
from storage.models import ARTICLE, PAGE, RUN
from storage.pages import PageRow
from storage.runs import FinishRun, StartRun
from storage.visits import Missing
from tests.factories import apply, article, fetched, found, row, rows, store, url


def discover(database: Database, *found_pages: Any, **arguments: Any) -> list[PageRow]:
    return apply(database, Discover("qingshi", None, found_pages, **arguments))


def states(database: Database) -> list[str]:
    return [page.state for page in rows(database, PAGE)]


def test_a_new_url_gets_a_row_and_a_known_one_keeps_its_own(database: Database) -> None:
    (first,) = discover(database, found(1))
    apply(database, Mark(first.id, "gone", "404", 404))

    again, second = discover(database, found(1), found(2))

    assert (again.id, again.is_new, again.state) == (first.id, False, "gone")
    assert (second.is_new, second.state, second.attempts) == (True, "discovered", 0)


def test_rows_come_in_the_order_of_the_links_and_only_the_first_of_twins_is_new(database: Database) -> None:
    result = discover(database, found(2), found(1), found(2))

    assert [page.url for page in result] == [url(2), url(1), url(2)]
    assert [page.is_new for page in result] == [True, True, False]
    assert len(rows(database, PAGE)) == 2


def test_a_row_tells_where_the_url_was_found_and_what_the_link_said(database: Database) -> None:
    (front,) = discover(database, found(9, "list"))

    discover(
        database,
        found(1, channel="nong", title_hint="春茶\0上市", day_hint="2021-03-05", depth=2),
        found_on=front.id,
    )

    page = row(database, PAGE, url=url(1))
    assert (page.portal, page.kind, page.channel, page.depth) == ("qingshi", "article", "nong", 2)
    assert (page.title_hint, page.day_hint, page.found_on) == ("春茶上市", "2021-03-05", front.id)
    assert page.first_seen_at.tzinfo is not None


def test_a_later_link_fills_in_what_is_not_known_and_overwrites_nothing(database: Database) -> None:
    discover(database, found(1, channel="nong"))

    discover(database, found(1, channel="other", title_hint="春茶", day_hint="2021-03-05"))

    page = row(database, PAGE)
    assert (page.channel, page.title_hint, page.day_hint) == ("nong", "春茶", "2021-03-05")


def test_a_url_not_wanted_now_waits_as_postponed(database: Database) -> None:
    discover(database, found(1))

    known, new = discover(database, found(1, postponed=True), found(2, postponed=True))

    assert (known.state, new.state) == ("discovered", "postponed")


def test_thousands_of_urls_go_into_one_operation(database: Database) -> None:
    result = discover(database, *(found(n) for n in range(6_000)))

    assert len({page.id for page in result}) == 6_000


def test_list_pages_are_open_again_at_each_run(database: Database) -> None:
    (page,) = apply(database, OpenLists("qingshi", None, [found(1, "list")]))
    apply(database, Mark(page.id, "failed", "timeout", not_before=datetime.now(UTC) + timedelta(hours=1)))

    again, new = apply(database, OpenLists("qingshi", None, [found(1, "list"), found(2, "list")]))

    assert (again.id, again.state, again.is_new, again.attempts) == (page.id, "discovered", False, 1)
    assert (new.is_new, new.state) == (True, "discovered")
    assert (row(database, PAGE, id=page.id).reason, row(database, PAGE, id=page.id).not_before) == (
        None,
        None,
    )


def test_a_list_is_done_together_with_its_links(database: Database) -> None:
    (front,) = apply(database, OpenLists("qingshi", None, [found(9, "list")]))

    operation = FinishList(front.id, None, "qingshi", [found(1), found(2)], 200, '"v1"', "Mon")
    links = apply(database, operation)

    page = row(database, PAGE, id=front.id)
    assert (page.state, page.attempts, page.last_status, page.etag, page.last_modified) == (
        "done",
        1,
        200,
        '"v1"',
        "Mon",
    )
    assert [link.is_new for link in links] == [True, True]
    assert {p.found_on for p in rows(database, PAGE, kind="article")} == {front.id}


def test_a_list_whose_links_cannot_be_written_is_not_done(database: Database) -> None:
    (front,) = apply(database, OpenLists("qingshi", None, [found(9, "list")]))
    broken = FinishList(front.id, None, "qingshi", [found(1), found(2, depth=None)])

    (failed,) = write_batch(database, [broken])

    assert isinstance(failed, Exception)
    assert row(database, PAGE).state == "discovered"


@pytest.mark.parametrize(
    ("links", "known_to_its_end"), [((1, 2), True), ((1, 3), False), ((), True), ((3,), False)]
)
def test_a_new_link_says_that_a_list_is_no_longer_known_to_its_end(
    database: Database, links: tuple[int, ...], known_to_its_end: bool
) -> None:
    first, second = apply(database, OpenLists("qingshi", None, [found(8, "list"), found(9, "list")]))
    discover(database, found(1), found(2))
    write_now(database, [MarkReachedEnd(first.id), MarkReachedEnd(second.id)])

    apply(database, FinishList(second.id, None, "qingshi", [found(n) for n in links], walk_id=first.id))

    assert (row(database, PAGE, id=first.id).reached_end_at is not None) is known_to_its_end
    assert row(database, PAGE, id=second.id).reached_end_at is not None


def test_a_list_outside_a_walk_keeps_what_is_known_of_its_end(database: Database) -> None:
    (front,) = apply(database, OpenLists("qingshi", None, [found(9, "list")]))
    apply(database, MarkReachedEnd(front.id))

    apply(database, FinishList(front.id, None, "qingshi", [found(1)]))

    (again,) = apply(database, OpenLists("qingshi", None, [found(9, "list")]))
    assert again.reached_end_at is not None


@pytest.mark.parametrize("state", ["failed", "blocked", "dropped", "gone", "done"])
def test_what_became_of_a_page_is_written_down(database: Database, state: State) -> None:
    (page,) = discover(database, found(1))
    later = datetime(2031, 1, 1, tzinfo=UTC)

    apply(database, Mark(page.id, state, "why\0", 503, "7", not_before=later))

    kept = row(database, PAGE)
    assert (kept.state, kept.reason, kept.last_status, kept.extractor) == (state, "why", 503, "7")
    assert (kept.attempts, kept.not_before) == (1, later)
    assert kept.last_fetch_at is not None


def test_postponing_is_no_attempt(database: Database) -> None:
    (page,) = discover(database, found(1))
    apply(database, Mark(page.id, "failed", "timeout", 504))

    apply(database, Mark(page.id, "postponed", "before since"))

    kept = row(database, PAGE)
    assert (kept.state, kept.attempts, kept.last_status) == ("postponed", 1, 504)


def test_a_page_can_be_marked_as_part_of_an_article_and_stays_it(database: Database) -> None:
    (page,) = discover(database, found(1))
    (stored,) = store(database, article(2))

    apply(database, Mark(page.id, "dropped", "duplicate", article_id=stored.article_id))
    apply(database, Mark(page.id, "failed", "timeout"))

    assert row(database, PAGE, id=page.id).article_id == stored.article_id


def test_an_article_whose_page_is_gone_is_kept_and_says_since_when(database: Database) -> None:
    (page,) = discover(database, found(1))
    store(database, fetched(article(1), page.id), article(2))

    missing = Missing(page.id, None, "http_404", 404, (3600.0,), confirm=0)
    assert apply(database, missing) == "missed"
    assert row(database, ARTICLE, url=url(1)).gone_at is None
    assert apply(database, missing) == "gone"
    since = row(database, ARTICLE, url=url(1)).gone_at
    assert apply(database, missing) == "still_gone"

    assert since is not None
    assert row(database, ARTICLE, url=url(1)).gone_at == since
    assert row(database, ARTICLE, url=url(2)).gone_at is None


def test_a_part_that_goes_does_not_take_the_article_with_it(database: Database) -> None:
    first, part = discover(database, found(1), found(2))
    store(database, fetched(article(1), first.id, part_ids=[part.id]))

    apply(database, Mark(part.id, "gone", "404", 404))

    assert row(database, ARTICLE).gone_at is None


@pytest.mark.parametrize(
    ("operation", "opened"),
    [
        (Reopen(["failed"]), [1, 4]),
        (Reopen(["failed", "gone"]), [1, 2, 4]),
        (Reopen(["failed"], portal="qingshi"), [1]),
        (Reopen(["failed", "gone"], url_keys={found(2).url_key, found(3).url_key}), [2]),
        (Reopen(["failed"], url_keys=set()), []),
        (Reopen([]), []),
    ],
)
def test_pages_are_put_back_and_counted(database: Database, operation: Reopen, opened: list[int]) -> None:
    one, two, three = discover(database, found(1), found(2), found(3))
    (four,) = apply(database, Discover("other", None, [found(4)]))
    marks = [Mark(one.id, "failed", "x"), Mark(two.id, "gone", "x"), Mark(three.id, "dropped", "x")]
    write_now(database, [*marks, Mark(four.id, "failed", "x", not_before=datetime(2031, 1, 1, tzinfo=UTC))])

    count = apply(database, operation)

    back = rows(database, PAGE, state="discovered")
    assert count == len(opened)
    assert [page.url for page in back] == [url(n) for n in opened]
    assert {(page.reason, page.not_before) for page in back} <= {(None, None)}


def test_every_operation_in_one_batch_sees_what_those_before_it_wrote(database: Database) -> None:
    results = write_batch(
        database, [Discover("qingshi", None, [found(1)]), Discover("qingshi", None, [found(1), found(2)])]
    )

    assert [[page.is_new for page in result] for result in results] == [[True], [False, True]]


def test_a_failing_operation_in_a_batch_leaves_the_others_written(database: Database) -> None:
    good = Discover("qingshi", None, [found(1)])
    bad = Discover("qingshi", None, [found(2, depth=None)])

    first, failed, third = write_batch(database, [good, bad, Discover("qingshi", None, [found(3)])])

    assert (first[0].url, third[0].url) == (url(1), url(3))
    assert isinstance(failed, Exception)
    assert [page.url for page in rows(database, PAGE)] == [url(1), url(3)]
    assert states(database) == ["discovered", "discovered"]


def test_a_run_is_written_down_from_its_start_to_its_end(database: Database) -> None:
    arguments = {"since": "2021-03-01", "频道": "农业"}
    run_id = apply(database, StartRun("qingshi", arguments, "host", 42, "0.1.0"))
    begun = row(database, RUN)
    assert (begun.finished_at, begun.reason, begun.arguments) == (None, None, arguments)

    apply(database, FinishRun(run_id, "finished", {"articles": 3}))

    ended = row(database, RUN, id=run_id)
    assert (ended.reason, ended.counts, ended.pid) == ("finished", {"articles": 3}, 42)
    assert ended.finished_at >= ended.started_at
