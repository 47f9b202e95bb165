"""Numbers of articles are given once, so that an export since a number misses none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import update

from crawler.identity import url_key
from storage.engine import Database, open_database
from storage.forget import Forget
from storage.merge import merge_articles, oldest_first
from storage.models import ARTICLE
from storage.move import move
from storage.streams import article_records
from tests.databases import Maker, PostgresMaker, SqliteMaker
from tests.factories import apply, article, rows, store, url


def forget(database: Database, number: int) -> None:
    apply(database, Forget(url(number), url_key(url(number)), "qingshi", "Wunsch"))


def merge(database: Database, number: int) -> None:
    """Make one of the first article and this one."""
    with database.writing() as conn:
        conn.execute(update(ARTICLE).where(ARTICLE.c.id == number).values(stored_at=ARTICLE.c.checked_at))
        merge_articles(conn, oldest_first(conn, [1, number]))


def since(database: Database, article_id: int) -> list[str]:
    with database.reading() as conn:
        return [found.record["url"] for found in article_records(conn, since_id=article_id)]


@pytest.mark.parametrize("delete", [forget, merge])
def test_the_number_of_a_deleted_article_is_not_given_again(
    database: Database, delete: Callable[[Database, int], None]
) -> None:
    store(database, article(1), article(2))
    store(database, article(3))

    delete(database, 3)
    store(database, article(4), article(5))

    assert since(database, 3) == [url(4), url(5)]
    assert [kept.id for kept in rows(database, ARTICLE)] == [1, 2, 4, 5]


def test_numbers_go_on_when_the_newest_and_those_before_go_one_by_one(database: Database) -> None:
    store(database, *(article(n) for n in range(1, 5)))

    for number in (4, 2, 3, 1):
        forget(database, number)
    store(database, article(5))
    forget(database, 5)
    store(database, article(6), article(7))

    assert [kept.id for kept in rows(database, ARTICLE)] == [6, 7]


def test_numbers_stay_small_when_an_older_article_goes(database: Database) -> None:
    store(database, *(article(n) for n in range(1, 4)))

    forget(database, 1)
    store(database, article(4))

    assert [kept.id for kept in rows(database, ARTICLE)] == [2, 3, 4]


@pytest.mark.parametrize("ways", ["sqlite postgresql", "postgresql sqlite", "postgresql postgresql"])
def test_a_moved_database_remembers_the_numbers(
    ways: str, sqlite_maker: SqliteMaker, postgres_maker: PostgresMaker
) -> None:
    makers: dict[str, Maker] = {"sqlite": sqlite_maker, "postgresql": postgres_maker}
    kinds = [makers[name] for name in ways.split()]
    urls = [maker.migrated() for maker in kinds]
    with closing(open_database(urls[0])) as source, closing(open_database(urls[1])) as target:
        store(source, *(article(n) for n in range(1, 4)))
        forget(source, 3)
        move(source, target)

        (stored,) = store(target, article(4))

    assert stored.article_id == 4
    for maker, made in zip(kinds, urls, strict=True):
        maker.drop(made)
