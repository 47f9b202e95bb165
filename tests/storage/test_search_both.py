"""Every query gives the same rows in the same order on both databases, and those that it should."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from crawler.items import Article, Source
from crawler.text import plain
from storage import index
from storage.engine import Database, open_database
from storage.entries import article_parts, image_parts
from storage.filters import Filters
from storage.models import ARTICLE
from storage.query import QueryError, parse_query
from storage.search import count_matches, search_articles, search_images, stream_articles
from storage.terms import And, Facet, Node, Not, Words
from tests.databases import PostgresMaker, SqliteMaker
from tests.factories import article, image, store, url

WORDS = [
    "灯会",
    "渡口",
    "茶园",
    "老桥",
    "White Tea",
    "5G",
    "基站",
    "甲",
    "码头",
    "ＡＢ",
    "é",
    "𠮷田",
    "臺灣",
    "台湾",
]
ARTICLES = 240
MOMENTS = [
    *(
        None,
        "2021-03-01",
        "2021-03-01T08:00:00+08:00",
        "2021-02-28T23:30:00-05:00",
        "2021-03-02T00:10:00+08:00",
    ),
    *("1960-01-01", "1970-01-01", "2020-12-31", "2021-04-01", "2107-05-01", "0999-05-01"),
]
QUERIES = [
    *WORDS,
    *(
        "灯",
        "湾",
        "é甲",
        "灯会 渡口",
        '"灯会 渡口"',
        "渡口灯会",
        "tea 5g",
        "ab é",
        "TEA",
        '"white tea"',
        "hit",
    ),
    *(
        "灯会 OR 渡口灯会",
        "灯会 -渡口",
        "-灯会",
        "-渡口灯会",
        "渡口灯会 -(茶园 OR 老桥)",
        "-(渡口灯会 老桥甲)",
    ),
    *("title:灯会", "title:灯会渡口", "caption:茶园", "title:茶园 -caption:茶园", "caption:(甲 OR 灯会渡口)"),
    *(
        "credit:顾舟",
        "author:林",
        "editor:何岚",
        "source:晚报",
        "source:日报",
        "臺灣 OR title:5G",
        "-title:渡口灯会",
    ),
    *("茶园 portal:baisha", "-portal:baisha", "channel:民生", "channel:白沙频道/民生", "channel:频道"),
    *("since:2021-03-01", "until:2021-03-01", "since:2021-02-28 until:2021-02-28", "since:1950-01-01"),
    *("until:1965-01-01", "since:2107-01-01", "until:2200-01-01", "since:0001-01-01 until:9999-12-31"),
    *(
        "until:0999-05-01",
        "since:2021-03-02 灯会",
        "-since:2021-03-01",
        "until:1970-01-01",
        "since:2100-01-01",
    ),
]
FILTERS = [
    Filters(portal="qingshi", since=date(2021, 1, 1)),
    Filters(channel="民生"),
    Filters(channel="青石频道", source="青石晚报"),
    Filters(source="白沙日报"),
    Filters(pictures=True),
    Filters(pictures=False, until=date(2021, 3, 1)),
    Filters(changed=True),
    Filters(changed=False, gone=False),
    Filters(gone=True),
    Filters(story=1),
    Filters(story=1 << 70),
    Filters(channel=""),
    Filters(portal="\0"),
]


@pytest.fixture(scope="module")
def filled(sqlite_maker: SqliteMaker, postgres_maker: PostgresMaker) -> Iterator[list[Database]]:
    """All articles in both databases, stored in another order and in other batches."""
    with ExitStack() as stack:
        opened = []
        for order, maker in enumerate((sqlite_maker, postgres_maker)):
            database_url = maker.migrated()
            stack.callback(maker.drop, database_url)
            database = stack.enter_context(closing(open_database(database_url)))
            articles = made()
            random.Random(order).shuffle(articles)
            for start in range(0, len(articles), 40 + 30 * order):
                store(database, *articles[start : start + 40 + 30 * order])
            with database.writing() as conn:
                for column, numbers in ((ARTICLE.c.changed_at, 3), (ARTICLE.c.gone_at, 5)):
                    urls = [url(number) for number in range(0, ARTICLES, numbers)]
                    now = datetime(2021, 5, 1, tzinfo=UTC)
                    conn.execute(update(ARTICLE).where(ARTICLE.c.url.in_(urls)).values({column: now}))
                index.renew(conn, conn.scalars(select(ARTICLE.c.id)).all())
            opened.append(database)
        yield opened


def made() -> list[Article]:
    chance = random.Random(20_210_301)

    def some(most: int) -> str:
        return "".join(chance.choice(["", "，", " ", "\n"]) + chance.choice(WORDS) for _ in range(most))

    found = []
    for number in range(ARTICLES):
        pictures = [image(n, caption=some(4), alt=some(1)) for n in range(chance.randrange(3))]
        for picture in pictures:
            picture.credit = chance.choice(["沈墨", "顾舟、沈墨", None])
        portal = chance.choice([("qingshi", "青石"), ("baisha", "白沙")])
        found.append(
            article(
                number,
                title=some(3).strip() or "短讯",
                subtitle=chance.choice([None, some(2)]),
                body_text=some(chance.randrange(1, 40)).strip(),
                # few distinct moments: ties must be broken alike
                published_at=chance.choice(MOMENTS),
                published_raw=None,
                portal=portal[0],
                channel=[f"{portal[1]}频道", *chance.choice([[], ["民生"], ["民生", "News"]])],
                source=chance.choice([None, Source("青石晚报"), Source("白沙日报")]),
                authors=chance.choice([[], ["林溪"], ["林溪", "陆沉"]]),
                images=pictures,
            )
        )
    return found


def stands(words: Words, parts: list[str | None]) -> bool:
    return any(words.term.pattern.search(plain(part)) for part in parts if part)


def matches(node: Node, made: Article, number: int | None) -> bool:
    """By the text itself, without any index."""
    if isinstance(node, Not):
        return not matches(node.item, made, number)
    if isinstance(node, Words):
        if number is None:
            return stands(node, article_parts(made, node.mark))
        return stands(node, image_parts(made, made.images[number - 1], node.mark))
    if isinstance(node, Facet):
        day = (made.published_at or "")[:10]
        path = "/" + "/".join(made.channel) + "/"
        return {
            "portal": made.portal == node.value,
            "channel": f"/{node.value}/" in path,
            "since": bool(day) and day >= str(node.value),
            "until": bool(day) and day <= str(node.value),
        }[node.name]
    results = [matches(item, made, number) for item in node.items]
    return all(results) if isinstance(node, And) else any(results)


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_finds_what_it_should_in_the_same_order_on_both(filled: list[Database], query: str) -> None:
    articles, pictures, ranked = [], [], []
    for database in filled:
        with database.reading() as conn:
            found = search_articles(conn, query, limit=500)
            articles.append([(hit.article.url, hit.snippet, hit.marks, hit.cursor) for hit in found])
            images = search_images(conn, query, limit=1000)
            pictures.append([(hit.article.url, hit.number, hit.snippet, hit.cursor) for hit in images])
            best = search_articles(conn, query, limit=500, sort="relevance")
            best_images = search_images(conn, query, limit=1000, sort="relevance")
            ranked.append([(hit.article.url, hit.score) for hit in best])
            ranked[-1] += [(hit.image.url, hit.score) for hit in best_images]
            assert count_matches(conn, query) == (len(found), False)
            assert count_matches(conn, query, images=True) == (len(images), False)
            assert sorted(hit.article.url for hit in best) == sorted(hit.article.url for hit in found)

    assert articles[0] == articles[1]
    assert pictures[0] == pictures[1]
    assert ranked[0] == ranked[1]
    node = parse_query(query)
    assert sorted(one[0] for one in articles[0]) == sorted(a.url for a in made() if matches(node, a, None))
    expected = [
        (a.url, number) for a in made() for number in range(1, len(a.images) + 1) if matches(node, a, number)
    ]
    assert sorted(one[:2] for one in pictures[0]) == sorted(expected)


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("query", [None, "灯会", "渡口灯会"])
def test_filters_say_the_same_in_the_index_and_in_sql(
    filled: list[Database], query: str | None, filters: Filters
) -> None:
    by_index, by_sql = [], []
    for database in filled:
        with database.reading() as conn:
            found = search_articles(conn, query, filters, limit=500)
            by_index.append([hit.article.url for hit in found])
            statement = ARTICLE.select().where(*filters.conditions()).order_by(ARTICLE.c.sort_key.desc())
            urls = [row.url for row in conn.execute(statement)]
            every = {hit.article.url for hit in search_articles(conn, query, limit=500)}
            by_sql.append([one for one in urls if one in every])
            assert count_matches(conn, query, filters) == (len(found), False)
            pictures = search_images(conn, query, filters, limit=1000)
            assert {hit.article.url for hit in pictures} <= set(urls)

    assert by_index == by_sql
    # stories are numbered as they come
    assert filters.story == 1 or by_index[0] == by_index[1]


@pytest.mark.parametrize("query", [None, "灯会", "渡口灯会", "-渡口灯会", "caption:茶园"])
@pytest.mark.parametrize("sort", ["newest", "relevance"])
def test_pages_in_a_row_are_the_whole(filled: list[Database], query: str | None, sort: str) -> None:
    for database in filled:
        with database.reading() as conn:
            for search in (search_articles, search_images):
                whole = [hit.cursor for hit in search(conn, query, limit=1000, sort=sort)]
                pages = []
                while len(pages) < 300 and (
                    page := search(conn, query, limit=7, page=len(pages) + 1, sort=sort)
                ):
                    pages.append([hit.cursor for hit in page])
                    assert (page.after is None) == (sort != "newest" or pages[-1][-1] == whole[-1])
                assert [cursor for page in pages for cursor in page] == whole


@pytest.mark.parametrize("query", [None, "灯会", "渡口灯会", "-渡口灯会"])
def test_a_search_goes_on_after_any_hit(filled: list[Database], query: str | None) -> None:
    for database in filled:
        with database.reading() as conn:
            for search in (search_articles, search_images):
                whole = [hit.cursor for hit in search(conn, query, limit=1000)]
                walked, after = [], None
                while True:
                    page = search(conn, query, limit=9, after=after)
                    walked += [hit.cursor for hit in page]
                    if (after := page.after) is None:
                        break
                assert walked == whole
                middle = len(whole) // 2
                second = search(conn, query, limit=2, page=2, after=whole[middle])
                assert [hit.cursor for hit in second] == whole[middle + 3 : middle + 5]


@pytest.mark.parametrize("query", [None, "灯会", "渡口灯会"])
def test_a_stream_gives_everything(filled: list[Database], query: str | None) -> None:
    for database in filled:
        with database.reading() as conn:
            whole = [hit.article.url for hit in search_articles(conn, query, limit=1000)]
            assert [found.url for _, found in stream_articles(conn, query, at_once=30)] == whole


@pytest.mark.parametrize("after", ["", "x", "-1", "f" * 17, "１"])
def test_a_cursor_that_is_none_is_an_error(filled: list[Database], after: str) -> None:
    with filled[0].reading() as conn, pytest.raises(QueryError, match="cursor"):
        search_articles(conn, "灯会", after=after)


def test_by_relevance_there_are_pages_only(filled: list[Database]) -> None:
    with filled[0].reading() as conn, pytest.raises(QueryError, match="by relevance"):
        search_articles(conn, "灯会", sort="relevance", after="1")


def test_merged_segments_answer_as_many_small_ones_did(filled: list[Database]) -> None:
    for database in filled:
        with database.writing() as conn:
            before = [search_articles(conn, query, limit=500) for query in QUERIES[:20]]
            index.purge(conn)
            while index.optimize(conn):
                pass
            assert [search_articles(conn, query, limit=500) for query in QUERIES[:20]] == before
            conn.rollback()
