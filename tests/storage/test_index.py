"""The search index stays what the tables say, however articles come, change and go."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import numpy as np
import pytest
from alembic import command
from sqlalchemy import delete, func, inspect, select, text, update

from crawler.items import Article
from storage import index, migrate, postings, segment_rows, segments
from storage.check import problems
from storage.engine import Database, open_database
from storage.filters import Filters
from storage.forget import Forget
from storage.ledger import Discover
from storage.models import ARTICLE, METADATA, PAGE, SEARCH_FRESH, SEARCH_PAGE, SEARCH_SEGMENT, TOMBSTONE
from storage.postings import Postings
from storage.reindex import reindex
from storage.search import count_matches, search_articles, search_images
from storage.segment_rows import KINDS, read_segments
from storage.tokens import ANY, TOKEN_BITS, marked, of_run
from storage.visits import Missing, Unchanged
from tests.factories import apply, article, fetched, found, image, numbers, numeral, row, rows, store, url

QUERIES = [
    "茶园",
    "采茶",
    "title:丰收",
    "第一零号",
    "嫩芽 -title:新",
    "新茶",
    "portal:qingshi since:2021-03-10",
]
FLAGS = [Filters(changed=True), Filters(gone=True), Filters(changed=False, gone=False)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few documents make a segment, few segments are merged."""
    monkeypatch.setattr(index, "SMALL", 4)
    monkeypatch.setattr(index, "_FEW", 3)
    monkeypatch.setattr(index, "SIZE", 48)
    monkeypatch.setattr(postings, "CHUNK", 5)
    monkeypatch.setattr(index, "CHUNK", 5)
    monkeypatch.setattr("storage.merging.CHUNK", 5)
    monkeypatch.setattr("storage.check_index.CHUNK", 5)
    monkeypatch.setattr("storage.merging._SLICE", 3)
    monkeypatch.setattr("storage.merging._PACKED", 500)


def answers(database: Database) -> list[object]:
    with database.reading() as conn:
        found: list[object] = []
        for query in QUERIES:
            hits = search_articles(conn, query, limit=500)
            found.append([(hit.article.url, hit.snippet) for hit in hits])
            pictures = search_images(conn, query, limit=500)
            found.append([(hit.article.url, hit.number) for hit in pictures])
        for flags in FLAGS:
            hits = search_articles(conn, "茶园", flags, limit=500)
            found.append([hit.article.url for hit in hits])
            found.append(count_matches(conn, None, flags, images=True))
    return found


def visit(database: Database, number: int, *, there: bool) -> None:
    """Visit an article, if it is stored, and find it unchanged or, twice, missing."""
    for page in rows(database, PAGE, url=url(number), state="stored" if not there else "gone"):
        if there:
            apply(database, Unchanged(page.id, None, ()))
        else:
            for _ in range(2):
                apply(database, Missing(page.id, None, "http_404", 404, (), confirm=0))


def forget(database: Database, number: int) -> None:
    key = url(number).partition("://")[2]
    apply(database, Forget(url(number), key, "qingshi", "a test"))
    with database.writing() as conn:
        conn.execute(delete(TOMBSTONE))  # so that it may come again


def some(number: int, chance: random.Random) -> Article:
    pictures = [image(number * 3 + n) for n in range(chance.randrange(3))]
    title = chance.choice(["喜获丰收", "新茶上市"])
    return article(number, title=f"第{numeral(number)}号茶园{title}", images=pictures)


@pytest.mark.usefixtures("small")
def test_whatever_happens_the_index_answers_as_one_made_anew(database: Database) -> None:
    chance = random.Random(7)
    for _ in range(25):
        batch = chance.sample(range(60), chance.choice([1, 1, 2, 3, 12]))
        store(database, *(some(number, chance) for number in batch))
        if chance.random() < 0.4:
            forget(database, chance.randrange(60))
        for number in chance.sample(range(60), 10):
            visit(database, number, there=chance.random() < 0.5)

    stored = rows(database, ARTICLE)
    assert any(row.changed_at for row in stored)
    assert any(row.gone_at for row in stored)
    before = answers(database)

    assert problems(database) == []
    with database.reading() as conn:
        sizes = [segment.size for segment in read_segments(conn, "article")]
    assert len(sizes) < 8
    assert max(sizes) > 20
    with database.writing() as conn:
        reindex(conn)
    assert answers(database) == before
    assert problems(database) == []


@pytest.mark.usefixtures("small")
def test_optimizing_leaves_few_segments_and_the_same_answers(database: Database) -> None:
    chance = random.Random(8)
    for number in chance.sample(range(40), 40):
        store(database, some(number, chance))
    forget(database, 3)
    before = answers(database)

    merges = 0
    with database.writing() as conn:
        while index.optimize(conn):
            merges += 1

    assert merges > 1
    assert answers(database) == before
    assert problems(database) == []
    with database.reading() as conn:
        assert [s.dead for kind in KINDS for s in read_segments(conn, kind)] == [None, None]


@pytest.mark.usefixtures("small")
def test_fresh_documents_become_a_segment_and_segments_a_larger_one(database: Database) -> None:
    sizes = []
    for number in range(13):
        store(database, article(number))
        with database.reading() as conn:
            fresh = conn.scalar(select(func.count()).select_from(SEARCH_FRESH))
            sizes.append((fresh, [segment.size for segment in read_segments(conn, "article")]))

    assert sizes[2:4] == [(3, []), (0, [4])]
    assert sizes[8] == (1, [4, 4])
    assert sizes[11:] == [(0, [12]), (1, [12])]


@pytest.mark.usefixtures("small")
def test_a_segment_of_which_much_is_dead_is_written_anew(database: Database) -> None:
    store(database, *(article(number) for number in range(8)))
    forget(database, 0)
    forget(database, 1)
    with database.reading() as conn:
        (first,) = read_segments(conn, "article")

    forget(database, 2)

    with database.reading() as conn:
        (second,) = read_segments(conn, "article")
    assert (first.size, first.alive, second.size, second.alive) == (8, 6, 5, 5)


@pytest.mark.usefixtures("small")
def test_after_a_takedown_and_a_purge_no_word_of_it_is_in_the_index(database: Database) -> None:
    store(
        database,
        *(article(number) for number in range(1, 8)),
        article(8, title="独有词句", images=[image(8)]),
    )

    forget(database, 8)
    left = words_left(database, "独有")
    with database.writing() as conn:
        index.purge(conn)

    assert left > 0  # else this would test nothing
    assert words_left(database, "独有") == 0
    assert words_left(database, "茶园") == 7


def words_left(database: Database, word: str) -> int:
    """In how many documents the index holds a word, dead ones included."""
    (code,) = of_run(word)
    token, number = marked(ANY, code), 0
    with database.reading() as conn:
        for segment in read_segments(conn, "article"):
            rows = conn.execute(
                select(SEARCH_PAGE).where(
                    SEARCH_PAGE.c.id.between(*segment_rows.rows_of(segment.id, TOKEN_BITS))
                )
            )
            pages = [(row.id & ((1 << TOKEN_BITS) - 1), row.page) for row in rows]
            content = segments.unpack(pages, segment.size)
            number += int((content >> segments.DOC_BITS == token).sum())
        for tokens in conn.scalars(select(SEARCH_FRESH.c.tokens)):
            number += int((np.frombuffer(tokens, "<i8") == token).sum())
    return number


def test_what_changes_vanishes_and_returns_is_found_so_at_once(database: Database) -> None:
    def state(**flags: bool) -> list[int]:
        with database.reading() as conn:
            return numbers(hit.article for hit in search_articles(conn, "茶园", Filters(**flags)))

    store(database, article(1), article(2))
    assert (state(changed=True), state(gone=True)) == ([], [])

    visit(database, 1, there=False)
    assert (state(gone=True), state(gone=False)) == ([1], [2])

    visit(database, 1, there=True)
    assert (state(gone=True), state(gone=False)) == ([], [2, 1])

    visit(database, 1, there=False)
    store(database, article(1))  # fetched again, with the same text
    assert (state(gone=True), state(changed=True)) == ([], [])

    store(database, article(2, title=article(2).title + "！"))
    assert (state(changed=True), state(changed=False)) == ([2], [1])
    assert problems(database) == []


def test_a_revision_of_a_picture_s_address_alone_is_a_change(database: Database) -> None:
    store(database, article(1, images=[image(1)]))
    store(database, article(1, images=[image(1, url="https://img.qingshi.example/other.jpg")]))

    assert row(database, ARTICLE).changed_at is not None
    with database.reading() as conn:
        assert count_matches(conn, "茶园", Filters(changed=True)) == (1, False)
    assert problems(database) == []


def test_a_channel_that_is_learned_later_finds_the_article(database: Database) -> None:
    def under(channel: str) -> list[int]:
        with database.reading() as conn:
            return numbers(h.article for h in search_articles(conn, None, Filters(channel=channel)))

    (page,) = apply(database, Discover("qingshi", None, [found(1)]))
    store(database, fetched(article(1), page.id), article(2))
    apply(database, Discover("qingshi", None, [found(1, channel="nongye")]))
    (second,) = apply(database, Discover("qingshi", None, [found(9, channel="cq")]))
    store(database, fetched(article(2), second.id))

    assert (under("nongye"), under("cq")) == ([1], [2])
    assert problems(database) == []
    with database.writing() as conn:
        conn.execute(update(PAGE).where(PAGE.c.channel == "cq").values(channel="kj"))
    assert problems(database) == ["of 1 articles the search index does not know whether channel kj has them"]


def test_a_state_that_the_index_does_not_know_is_a_problem(database: Database) -> None:
    store(database, article(1), article(2))
    with database.writing() as conn:
        conn.execute(
            update(ARTICLE).where(ARTICLE.c.id == 1).values(gone_at=datetime(2026, 1, 2, tzinfo=UTC))
        )

    assert problems(database) == ["of 1 articles the search index does not know whether they are gone"]
    with database.writing() as conn:
        reindex(conn)
    assert problems(database) == []


def test_an_article_is_found_by_the_declared_channel_of_its_page(database: Database) -> None:
    (page,) = apply(database, Discover("qingshi", None, [found(1, channel="nongye")]))
    store(database, fetched(article(1), page.id), article(2))

    for step in ("stored", "rebuilt"):
        with database.writing() as conn:
            hits = search_articles(conn, "茶园 channel:nongye")
            assert [hit.article.url for hit in hits] == [url(1)], step
            reindex(conn)


def test_a_search_sees_one_state_while_the_index_is_merged(database: Database) -> None:
    store(database, *(article(number) for number in range(130)))

    with database.reading() as conn:
        before = Postings(conn, "article")
        store(database, *(article(number) for number in range(200, 330)))
        with database.writing() as other:
            assert index.optimize(other)
            other.execute(SEARCH_SEGMENT.update().values(dead=None))
        hits = before.holding([marked(ANY, code) for code in of_run("茶园")])
        keys = before.newest(hits, 500)[1]

    assert len(keys) == 130
    with database.reading() as conn:
        assert count_matches(conn, "茶园") == (260, False)


def test_a_filled_database_of_the_version_before_is_indexed_anew(
    database: Database, empty_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    (page,) = apply(database, Discover("qingshi", None, [found(1, channel="nongye")]))
    pictures = [image(1), image(2, caption="臺灣茶農")]
    store(database, fetched(article(1, images=pictures), page.id), article(2, published_at=None), article(3))
    caplog.set_level("WARNING")
    old = open_database_at("0004", empty_url)
    with database.reading() as source, old.writing() as target:
        columns = {
            name: {c["name"] for c in inspect(target).get_columns(name)}
            for name in inspect(target).get_table_names()
        }
        for table in METADATA.sorted_tables:
            known = columns.get(table.name, set())
            kept = [dict(row._mapping) for row in source.execute(select(table))]
            rows = [{name: value for name, value in row.items() if name in known} for row in kept]
            if rows and known and not table.name.startswith("search_"):
                target.execute(table.delete())  # a new database notes by which rules it is made
                target.execute(table.insert(), rows)
    old.engine.dispose()

    upgraded = open_database(empty_url)

    assert upgraded.upgraded_from == "0004"
    assert answers(upgraded) == answers(database)
    assert problems(upgraded) == []
    with upgraded.reading() as conn:
        assert [hit.number for hit in search_images(conn, "台湾茶农 channel:nongye")] == [2]
        assert not {"article_fts", "article_search"} & set(inspect(conn).get_table_names())
    upgraded.close()


def open_database_at(revision: str, database_url: str) -> Database:
    """A database without rows as an earlier version made it."""
    head = migrate.HEAD
    opened = None
    with pytest.MonkeyPatch.context() as patched:
        upgrade = command.upgrade
        patched.setattr(command, "upgrade", lambda config, _head: upgrade(config, revision))
        opened = open_database(database_url)
    assert head == migrate.HEAD
    with opened.reading() as conn:
        assert conn.scalar(text("SELECT version_num FROM alembic_version")) == revision
    return opened
