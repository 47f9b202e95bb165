"""What is asked of the database but for search, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crawler.items import to_record
from storage import articles as stored_articles
from storage import queries
from storage.engine import Database
from storage.filters import Filters
from storage.ledger import Discover, Mark
from storage.models import PAGE
from tests.factories import apply, article, fetched, found, image, numbers, row, store, url


def ask(database: Database, query: Any, *args: Any, **kwargs: Any) -> Any:
    with database.reading() as conn:
        return query(conn, *args, **kwargs)


def listed(database: Database, query: Any, *args: Any, **kwargs: Any) -> list[Any]:
    """All that an iterator gives."""
    with database.reading() as conn:
        return list(query(conn, *args, **kwargs))


@pytest.mark.parametrize(
    "reference",
    [
        1,
        "1",
        "01",
        url(1),
        url(1).replace("https://", "http://m."),
        url(1) + "?utm_source=wx#top",
        "https://news.qingshi.example/1_2.html",  # a part of it
    ],
)
def test_an_article_is_found_by_its_number_its_url_and_its_parts(
    database: Database, reference: str | int
) -> None:
    first, second = apply(
        database,
        Discover(
            "qingshi",
            None,
            [
                found(1),
                found(1, "part", url=url(1).replace("1.", "1_2."), url_key="news.qingshi.example/1_2.html"),
            ],
        ),
    )
    store(database, fetched(article(1), first.id, part_ids=[second.id]), article(2))

    answer = ask(database, queries.article_by, reference)

    assert (answer.id, answer.article.url) == (1, url(1))


def test_an_article_stored_under_another_identity_is_found_by_its_url_as_fetched(database: Database) -> None:
    made = article(1)
    assert made.fingerprint is not None
    made.fingerprint.url_key = "old.rules/1"
    store(database, made)

    assert ask(database, queries.article_by, url(1)).article.url == url(1)


@pytest.mark.parametrize(
    "reference",
    [
        "0",
        "2",
        "9" * 18,
        "9" * 19,
        "9" * 400,
        "",
        " ",
        "-1",
        "١",
        "1.0",
        "茶",
        url(2),
        "https://[",
        "\udcff",
        "a\0b",
        0,
        -1,
        1 << 70,
    ],
)
def test_what_is_not_there_is_not_found(database: Database, reference: str | int) -> None:
    store(database, article(1))

    assert ask(database, queries.article_by, reference) is None


def test_articles_of_keys_come_in_the_order_of_the_keys_each_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_articles, "_STREAM", 2)
    store(database, *(article(n, images=[image(n)]) for n in range(1, 6)))
    keys = [found(n).url_key for n in (4, 9, 1, 4, 5, 2)]

    with database.reading() as conn:
        articles = list(queries.articles_by_keys(conn, keys))

    assert numbers(articles) == [4, 1, 5, 2]
    assert [to_record(made) for made in articles] == [
        to_record(article(n, images=[image(n)])) for n in (4, 1, 5, 2)
    ]
    assert ask(database, lambda conn: list(queries.articles_by_keys(conn, []))) == []


def test_an_export_gives_every_article_once_in_the_order_of_storing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_articles, "_STREAM", 3)
    stored = [5, 3, 8, 1, 9, 2]  # a whole number of pieces: the last one is empty
    store(database, *(article(n, images=[image(n), image(50 + n)]) for n in stored))

    with database.reading() as conn:
        articles = list(queries.all_articles(conn))
        pictures = list(queries.all_images(conn))

    assert numbers(made for _, made in articles) == stored
    assert [row_id for row_id, _ in articles] == [1, 2, 3, 4, 5, 6]
    assert [(i.article_id, i.number) for i in pictures] == [(n, m) for n in range(1, 7) for m in (1, 2)]


def test_an_export_reads_piece_by_piece(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_articles, "_STREAM", 2)
    store(database, *(article(n) for n in range(1, 8)))
    loaded: list[int] = []

    def counting(conn: Any, rows: Any) -> Any:
        loaded.append(len(rows))
        return load(conn, rows)

    load = stored_articles.load
    monkeypatch.setattr(stored_articles, "load", counting)
    with database.reading() as conn:
        stream = queries.all_articles(conn)
        next(stream)

        assert loaded == [2]
        assert len(list(stream)) == 6


def test_an_export_and_a_count_pass_the_same_filters(database: Database) -> None:
    store(database, *(article(n, portal="baisha" if n % 2 else "qingshi") for n in range(1, 6)))
    chosen = Filters(portal="baisha")

    assert numbers(a for _, a in ask(database, lambda conn: list(queries.all_articles(conn, chosen)))) == [
        1,
        3,
        5,
    ]
    assert ask(database, queries.count_articles, chosen) == 3
    assert ask(database, queries.count_articles) == 5
    assert ask(database, lambda conn: list(queries.all_images(conn, chosen))) == []


def test_a_declared_channel_is_known_by_its_name_in_the_ledger(database: Database) -> None:
    (page,) = apply(database, Discover("qingshi", None, [found(1, channel="qs")]))
    store(database, fetched(article(1), page.id), article(2))

    assert [i for i, _ in ask(database, queries.newest, Filters(channel="qs"))] == [1]
    assert ask(database, queries.newest, Filters(channel="QS")) == []


def test_the_newest_come_first_and_those_without_a_time_last(database: Database) -> None:
    store(database, article(1), article(2, published_at=None, published_raw=None), article(3))

    assert numbers(a for _, a in ask(database, queries.newest)) == [3, 1, 2]
    assert numbers(a for _, a in ask(database, queries.newest, None, 1)) == [3]


def test_a_row_read_equals_what_a_feed_writes_of_the_stored_article(database: Database) -> None:
    store(database, article(1), article(2, body_text=article(1).body_text))

    written = [to_record(a) for _, a in ask(database, lambda conn: list(queries.all_articles(conn)))]
    expected = [to_record(article(1)), to_record(article(2, body_text=article(1).body_text))]

    assert [record["reprint_of"] for record in written] == [None, url(1)]
    assert written[0]["story"] == written[1]["story"] is not None
    for record, plain in zip(written, expected, strict=True):
        assert record == plain | {"story": record["story"], "reprint_of": record["reprint_of"]}


def test_revisions_come_oldest_first_with_what_changed(database: Database) -> None:
    store(database, article(1, images=[image(1)]))
    store(database, article(1, title="第一号茶园再获丰收", images=[image(1)]))
    store(
        database, article(1, title="第一号茶园再获丰收", images=[image(1, caption="改过的图说")]), article(2)
    )

    earlier = ask(database, queries.revisions, 1)

    assert [(r["number"], r["changed"], r["title"]) for r in earlier] == [
        (1, ["title"], "第一号茶园喜获丰收"),
        (2, ["images"], "第一号茶园再获丰收"),
    ]
    assert earlier[1]["images"][0]["caption"] == image(1).caption
    assert all(r["seen_at"].tzinfo is UTC for r in earlier)
    assert ask(database, queries.revisions, 2) == []


def marked(database: Database) -> None:
    """Pages 1 to 5: two failed for one reason, one gone, one stored, one of another portal failed."""
    rows = apply(database, Discover("qingshi", None, [found(n, channel="qs") for n in range(1, 5)]))
    (other,) = apply(database, Discover("baisha", None, [found(5)]))
    for page, state, reason, status in (
        (rows[0], "failed", "http_500", 500),
        (rows[1], "failed", "http_500", 500),
        (rows[2], "gone", "http_404", 404),
        (other, "failed", "timeout", None),
    ):
        apply(database, Mark(page.id, state, reason, status=status))  # type: ignore[arg-type]
    store(database, fetched(article(4), rows[3].id))


def test_the_ledger_counts_by_kind_state_and_reason(database: Database) -> None:
    marked(database)

    assert ask(database, queries.ledger_counts) == [
        ("article", "failed", "http_500", 2),
        ("article", "failed", "timeout", 1),
        ("article", "gone", "http_404", 1),
        ("article", "stored", None, 1),
    ]
    assert ask(database, queries.ledger_counts, "baisha") == [("article", "failed", "timeout", 1)]
    assert ask(database, queries.ledger_counts, "nobody") == []


def test_the_ledger_lists_pages_the_latest_fetched_first(database: Database) -> None:
    marked(database)

    failures = listed(database, queries.ledger_rows, ("failed", "gone"))
    never = listed(database, queries.ledger_rows, ("postponed",))

    assert [(r.url, r.state, r.reason, r.status) for r in failures] == [
        (url(5), "failed", "timeout", None),
        (url(3), "gone", "http_404", 404),
        (url(2), "failed", "http_500", 500),
        (url(1), "failed", "http_500", 500),
    ]
    assert never == []
    assert [r.url for r in listed(database, queries.ledger_rows, ("failed",), "qingshi", 1)] == [url(2)]


def test_pages_never_fetched_come_last_in_the_ledger(database: Database) -> None:
    first, second = apply(database, Discover("qingshi", None, [found(1), found(2)]))
    apply(database, Mark(second.id, "failed", "http_500"))
    apply(database, Mark(first.id, "postponed"))

    rows = listed(database, queries.ledger_rows, ("postponed", "failed"))

    assert [r.url for r in rows] == [url(2), url(1)]


def test_the_ledger_tells_what_became_of_a_url_in_any_form(database: Database) -> None:
    (listing,) = apply(database, Discover("qingshi", None, [found(0, "list")]))
    (page,) = apply(database, Discover("qingshi", None, [found(1, channel="qs")], found_on=listing.id))
    store(database, fetched(article(1), page.id, status=200))

    answer = ask(database, queries.ledger_row, url(1).replace("https://", "http://www.") + "#end")

    assert (answer.url, answer.state, answer.status, answer.channel) == (url(1), "stored", 200, "qs")
    assert (answer.found_on, answer.article_id, answer.article_url) == (url(0), 1, url(1))
    assert answer.first_seen_at <= datetime.now(UTC)
    assert answer.attempts == row(database, PAGE, url=url(1)).attempts == 1
    assert ask(database, queries.ledger_row, url(7)) is None


def test_totals_of_an_empty_database_are_zeros(database: Database) -> None:
    totals = ask(database, queries.totals)

    assert {value for name, value in totals.items() if not name.endswith("_day")} == {0}
    assert (totals["first_day"], totals["last_day"]) == (None, None)


def test_totals_count_uses_captions_and_credits(database: Database) -> None:
    store(
        database,
        article(1, images=[image(1), image(2, credit=None, credit_raw=None), image(3, caption=None)]),
        article(9, portal="baisha"),
    )

    totals = ask(database, queries.totals)

    assert (totals["pictures"], totals["captions"], totals["credits"]) == (3, 2, 2)
    assert (totals["articles"], totals["portals"], totals["stories"], totals["pages"]) == (2, 2, 0, 2)
    assert (totals["first_day"], totals["last_day"]) == ("2021-03-02", "2021-03-10")
