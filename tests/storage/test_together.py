"""A reader and the writer of one database do not wait for each other, however long either takes."""

from __future__ import annotations

from sqlalchemy import func, select, text

from storage.engine import Database
from storage.models import ARTICLE, PERSON
from storage.queries import article_records, count_articles, facets, search_articles
from storage.writer import StoreArticle
from tests.factories import article, store


def test_a_reader_is_answered_while_a_transaction_is_written(database: Database) -> None:
    store(database, article(1))

    with database.writing() as writer:
        StoreArticle(article(2)).apply(writer)
        StoreArticle(article(1, title="第一号茶园又获丰收")).apply(writer)
        with database.reading() as reader:
            if not database.is_sqlite:
                reader.execute(text("SET lock_timeout = '100ms'"))  # a wait is a failure
            titles = [found.record["title"] for found in article_records(reader)]
            found = search_articles(reader, "茶园")
            counted = facets(reader, "source")

    assert titles == ["第一号茶园喜获丰收"]
    assert [hit.id for hit in found] == [1]
    assert counted[0].articles == 1
    with database.reading() as reader:
        assert count_articles(reader) == 2


def test_a_transaction_is_written_while_a_reader_is_in_the_middle(database: Database) -> None:
    store(database, *(article(number) for number in range(1, 4)))

    with database.reading() as reader:
        stream = article_records(reader)
        next(stream)
        rest = reader.execute(select(ARTICLE.c.id).order_by(ARTICLE.c.id))
        assert rest.fetchone() is not None
        (stored,) = store(database, article(9))  # fails after 10 s where it has to wait
        with database.reading() as other:
            assert other.scalar(select(func.count()).select_from(ARTICLE)) == 4
        assert len(list(stream)) >= 2

    assert stored.state == "new"
    with database.reading() as conn:
        assert conn.scalar(select(func.count()).select_from(PERSON)) == 3
