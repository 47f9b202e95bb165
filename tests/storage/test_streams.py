"""Records made straight from the columns are what to_record says of the article."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection, text

from benchmarks.million import articles as generated
from crawler.items import Block, to_record
from pipelines.fingerprint import fingerprint
from storage import articles, streams
from storage.engine import Database, open_database
from storage.filters import Filters
from storage.queries import all_articles, article_records
from tests.factories import article, image, store


@pytest.fixture
def varied(database: Database) -> Database:
    """Every kind of block, files of pictures, missing values, copies, and articles like real ones."""
    blocks = [
        Block("heading", text="一、开园"),
        Block("paragraph", text='他说："好茶\\n要慢慢炒。"'),
        Block("table", rows=[["茶", "斤"], ["绿茶", "3"]], text="茶 斤\n绿茶 3"),
        Block("image", image=0),
        Block("video", url="https://v.qingshi.example/1.mp4", poster=None),
        Block("quote", text="慢工出细活"),
    ]
    files = image(1, position=3, sha256="a" * 64, dhash="f" * 16, phash="0" * 16, width=640)
    nothing = dict.fromkeys(
        ("portal", "language", "published_at", "published_raw", "source", "editor", "duty_editor", "template")
    )
    first = article(3)
    store(
        database,
        article(
            1,
            blocks=blocks,
            images=[files, image(2, url="https://img.qingshi.example/photo1.jpg#2", position=3)],
        ),
        article(2, **nothing, channel=[], keywords=[], authors=[], body_text=""),
        first,
        article(4, title=first.title, body_text=first.body_text, published_at="2021-03-06"),
        article(
            5,
            published_at="2021-03-05T10:00:00-05:00",
            blocks=[Block("paragraph", text="")],
            body_text="不一样",
        ),
    )
    real = list(generated(60, seed=3))
    for one in real:
        one.fingerprint = fingerprint(one)
    store(database, *real)
    return database


def test_a_streamed_record_is_that_of_the_article(varied: Database) -> None:
    with varied.reading() as conn:
        expected = [(found.id, to_record(found.article)) for found in all_articles(conn)]
        streamed = [(found.id, found.record) for found in article_records(conn)]

    assert len(expected) == 65
    assert streamed == expected
    assert [list(record) for _, record in streamed] == [list(record) for _, record in expected]
    blocks = [list(block) for _, record in streamed for block in record["blocks"]]
    assert blocks == [list(block) for _, record in expected for block in record["blocks"]]


def test_pieces_join_without_gap_or_repeat(varied: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "PIECE", 7)
    with varied.writing() as conn:
        # gaps wide enough that pictures are asked for by their articles
        conn.execute(text("DELETE FROM byline"))

    with varied.reading() as conn:
        ids = [found.id for found in article_records(conn)]
        some = [found.id for found in article_records(conn, ids=[60, 3, 1, 999])]
        later = [found.id for found in article_records(conn, since_id=61)]

    assert ids == list(range(1, 66))
    assert some == [1, 3, 60]
    assert later == [62, 63, 64, 65]


def test_streams_that_overlap_give_the_cache_back_when_the_last_ends(varied: Database) -> None:
    def size() -> object:
        return conn.exec_driver_sql("PRAGMA cache_size").scalar_one() if varied.is_sqlite else "of no stream"

    with varied.reading() as conn:
        usual = size()
        first, second = article_records(conn), article_records(conn)
        assert [next(first).id, next(second).id] == [1, 1]
        within = size()
        assert len(list(first)) == 64
        between = size()
        assert len(list(second)) == 64
        after = size()
    with varied.reading() as conn:
        unread = article_records(conn)
        next(unread)
    del unread
    with varied.reading() as conn:
        later = size()

    assert (within, between) == ((-8192, -8192) if varied.is_sqlite else (usual, usual))
    assert after == later == usual


def test_far_apart_articles_have_their_pictures(varied: Database) -> None:
    with varied.reading() as conn:
        whole: dict[int, Any] = {found.id: found.record for found in article_records(conn)}
        with_pictures = [number for number, record in whole.items() if record["images"]]
        ends = [with_pictures[0], with_pictures[-1]]
        found = {one.id: one.record for one in article_records(conn, ids=ends)}

    assert ends[1] - ends[0] > 2 * streams._SPARSE
    assert found == {number: whole[number] for number in ends}


@pytest.mark.parametrize("chosen", [Filters(portal="qingshi"), Filters(source="青石晚报")])
@pytest.mark.parametrize("read", [article_records, all_articles])
def test_a_filter_costs_no_more_in_many_pieces(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, chosen: Filters, read: Any
) -> None:
    with closing(open_database(sqlite_url)) as database:
        store(database, *(article(number) for number in range(120)))

        few, many = (
            steps(database, monkeypatch, piece, lambda conn: read(conn, chosen)) for piece in (60, 4)
        )

    assert few < many < 1.5 * few


def steps(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    piece: int,
    read: Callable[[Connection], Iterable[Any]],
) -> int:
    """What SQLite's machine does to read 120 articles in pieces."""
    monkeypatch.setattr(streams, "PIECE", piece)
    monkeypatch.setattr(articles, "_STREAM", piece)
    done = count()
    with database.reading() as conn:
        driver: Any = conn.connection.driver_connection
        driver.set_progress_handler(lambda: next(done) < 0, 1)
        assert len(list(read(conn))) == 120
        driver.set_progress_handler(None, 0)
    return next(done)


def test_filters_narrow_the_stream(varied: Database) -> None:
    chosen = Filters(portal="qingshi", until=date(2021, 3, 5))
    with varied.reading() as conn:
        assert [found.id for found in article_records(conn, chosen)] == [1, 3, 5]
        assert [found.id for found in article_records(conn, chosen, since_id=1)] == [3, 5]
