"""The one order of listing and search: newest first, the same on every database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.items import Article
from storage import rows as rows_module
from storage.engine import Database
from storage.models import ARTICLE
from storage.queries import newest
from storage.rows import KEY_STEP, sort_key
from storage.search import search_articles, search_images
from tests.factories import article, image, numbers, row, rows, store


def listed(database: Database) -> list[Article]:
    with database.reading() as conn:
        return [found.article for found in newest(conn, limit=100)]


def test_newer_articles_have_greater_keys_and_those_without_time_the_smallest() -> None:
    times = [None, datetime(1969, 1, 1, tzinfo=UTC), datetime(2021, 3, 1, tzinfo=UTC)]
    times.append(datetime(2021, 3, 1, 0, 0, 1, tzinfo=UTC))

    keys = [sort_key(time, "a") for time in times]

    assert keys[0] == keys[1] < keys[2] < keys[3]


@pytest.mark.parametrize("year", [1, 1970, 2021, 2106, 9999])
def test_a_key_of_any_year_is_a_positive_63_bit_number_with_room_for_pictures(year: int) -> None:
    key = sort_key(datetime(year, 6, 1, tzinfo=UTC), "x.example/a")

    assert 0 <= key < 1 << 63
    assert key % KEY_STEP == 0


def test_listing_is_newest_first(database: Database) -> None:
    store(database, *(article(n) for n in (3, 1, 5, 2)), article(4, published_at=None))

    assert numbers(listed(database)) == [5, 3, 2, 1, 4]


def test_a_corrected_time_moves_an_article_and_its_search_entries(database: Database) -> None:
    store(database, article(1, images=[image(1)]), article(2, images=[image(2)]))

    store(database, article(1, images=[image(1)], published_at="2021-04-01T08:00:00+08:00"))

    assert numbers(listed(database)) == [1, 2]
    with database.reading() as conn:
        assert numbers(hit.article for hit in search_articles(conn, "茶园")) == [1, 2]
        assert numbers(hit.article for hit in search_images(conn, "采茶")) == [1, 2]


@pytest.fixture
def colliding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every article of one second wants the same key."""
    real = sort_key
    for module in ("storage.prepared", "storage.rows"):
        monkeypatch.setattr(f"{module}.sort_key", lambda at, _key: real(at, "one for all"))
    assert rows_module.sort_key is not real


@pytest.mark.usefixtures("colliding")
@pytest.mark.parametrize("together", [True, False])
def test_articles_that_want_one_key_get_neighbouring_ones_and_are_all_found(
    database: Database, together: bool
) -> None:
    items = [article(n, published_at=None, images=[image(n)]) for n in (1, 2, 3, 4)]

    for batch in [items] if together else [[item] for item in items]:
        store(database, *batch)

    keys = [kept.sort_key for kept in rows(database, ARTICLE)]
    assert [key - keys[0] for key in keys] == [0, KEY_STEP, 2 * KEY_STEP, 3 * KEY_STEP]
    with database.reading() as conn:
        assert len(search_articles(conn, "茶园")) == 4
        assert numbers(hit.article for hit in search_images(conn, "第三号坡地")) == [3]


@pytest.mark.usefixtures("colliding")
def test_an_article_keeps_its_displaced_key_when_it_comes_again(database: Database) -> None:
    store(database, *(article(n, published_at=None) for n in (1, 2, 3)))
    before = [kept.sort_key for kept in rows(database, ARTICLE)]

    store(database, *(article(n, published_at=None, title="改过的标题") for n in (3, 2, 1)))

    assert [kept.sort_key for kept in rows(database, ARTICLE)] == before


@pytest.mark.usefixtures("colliding")
def test_articles_that_swap_their_times_in_one_batch_can_both_be_stored(database: Database) -> None:
    days = ["2021-03-01", "2021-03-02"]
    store(database, *(article(n, published_at=day) for n, day in enumerate(days)))

    store(database, *(article(n, published_at=day) for n, day in enumerate(reversed(days))))

    assert numbers(listed(database)) == [0, 1]
    with database.reading() as conn:
        assert numbers(hit.article for hit in search_articles(conn, "茶园")) == [0, 1]


def test_an_article_of_a_huge_number_of_pictures_finds_the_numbered_ones(database: Database) -> None:
    many = [image(n, credit=None, credit_raw=None) for n in range(1, KEY_STEP + 5)]

    store(database, article(1, images=many), article(2, images=[image(1)]))

    assert row(database, ARTICLE, id=1) is not None
    with database.reading() as conn:
        last = search_images(conn, "第一零二三号")
        beyond = search_images(conn, "第一零二四号")
    assert [(hit.article.url, hit.number) for hit in last] == [(article(1).url, KEY_STEP - 1)]
    assert beyond == []
