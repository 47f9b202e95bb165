"""A database moved to the other kind and back is the same, row by row, and works on."""

from __future__ import annotations

from contextlib import closing
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from benchmarks.million import articles as generated
from crawler.items import Source, to_record
from pipelines.fingerprint import fingerprint
from storage.check import problems
from storage.engine import Database, DatabaseError, open_database
from storage.ledger import Discover
from storage.models import ARTICLE, METADATA, PAGE, PERSON, STORY
from storage.move import move
from storage.queries import all_articles, changes, facets, revisions, search_articles, totals
from storage.runs import StartRun
from storage.visits import Missing
from tests.databases import PostgresMaker, SqliteMaker
from tests.factories import apply, article, fetched, found, image, row, rows, store


def fill(database: Database) -> None:
    """Articles like real ones, copies, edits, a disappearance, a run, and a ledger that points both ways."""
    run_id = apply(database, StartRun("qingshi", {"since": "2021-03-01"}, "here", 1, "0"))
    pages = apply(database, Discover("qingshi", run_id, [found(n, channel="qs") for n in (1, 2, 3)]))
    first = article(1, images=[image(1, sha256="a" * 64, dhash="f" * 16), image(2)])
    copy = article(2, title=first.title, body_text=first.body_text, portal="baisha")
    store(database, *(fetched(a, p.id) for a, p in zip((first, copy, article(3)), pages, strict=True)))
    real = list(generated(40, seed=2))
    for one in real:
        one.fingerprint = fingerprint(one)
    store(database, *real)
    store(database, article(1, title="第一号茶园再获丰收", images=[image(2)]))
    for _ in range(2):
        apply(database, Missing(pages[2].id, run_id, "http_410", 410, (), confirm=0))
    with database.writing() as conn:
        conn.execute(update(PAGE).where(PAGE.c.id == pages[0].id).values(found_on=pages[2].id))
        conn.execute(insert(STORY).values(id=900, size=0, created_at=row(database, ARTICLE, id=1).stored_at))
        conn.execute(
            insert(STORY).values(
                id=800, size=0, merged_into=900, created_at=row(database, ARTICLE, id=1).stored_at
            )
        )


def content(database: Database) -> dict[str, list[Any]]:
    """All rows of all tables that both kinds have."""
    return {
        table.name: rows(database, table)
        for table in METADATA.sorted_tables
        if table.info.get("dialect") is None
    }


def answers(database: Database) -> list[Any]:
    """What searches, counts and exports say."""
    with database.reading() as conn:
        hits = search_articles(conn, "茶园", limit=100)
        return [
            [(hit.id, hit.score, hit.snippet) for hit in hits],
            [to_record(found.article) for found in all_articles(conn)],
            facets(conn, ["day", "source"]),
            list(changes(conn)),
            revisions(conn, 1),
            totals(conn),
        ]


@pytest.fixture(params=["sqlite to postgresql", "postgresql to sqlite", "sqlite to sqlite"])
def pair(request: pytest.FixtureRequest, sqlite_maker: SqliteMaker, postgres_maker: PostgresMaker) -> Any:
    makers = {"sqlite": sqlite_maker, "postgresql": postgres_maker}
    kinds = [makers[name] for name in request.param.split(" to ")]
    urls = [maker.migrated() for maker in kinds]
    with closing(open_database(urls[0])) as source, closing(open_database(urls[1])) as target:
        yield source, target
    for maker, url in zip(kinds, urls, strict=True):
        maker.drop(url)


def test_everything_arrives_with_its_number(pair: tuple[Database, Database]) -> None:
    source, target = pair
    fill(source)

    moved = move(source, target)

    before = content(source)
    assert content(target) == before
    assert {table.table: table.rows for table in moved} == {
        name: len(found) for name, found in before.items()
    } | {table.table: table.rows for table in moved if table.table not in before}
    assert before["story"][-1].id == 900
    assert [story.merged_into for story in before["story"]][-2:] == [900, None]


def test_answers_agree_and_nothing_is_wrong_afterwards(pair: tuple[Database, Database]) -> None:
    source, target = pair
    fill(source)

    move(source, target)

    expected = answers(source)
    assert answers(target) == expected
    assert len(expected[0]) >= 2
    assert problems(target) == []


def test_the_target_goes_on_counting(pair: tuple[Database, Database]) -> None:
    source, target = pair
    fill(source)
    move(source, target)

    (stored,) = store(target, article(77, authors=["新来的人"]))

    assert stored.article_id == 44
    assert row(target, PERSON, name="新来的人").id > max(person.id for person in rows(source, PERSON))
    assert problems(target) == []


def test_an_empty_database_can_be_moved(pair: tuple[Database, Database]) -> None:
    source, target = pair

    assert {table.rows for table in move(source, target)} <= {0, 1}  # a setting
    assert store(target, article(1))[0].article_id == 1


def test_a_target_with_rows_is_left_alone(pair: tuple[Database, Database]) -> None:
    source, target = pair
    store(source, article(1))
    store(target, article(2))

    with pytest.raises(DatabaseError, match=r"is not empty: \w+ has rows"):
        move(source, target)

    assert len(rows(target, ARTICLE)) == 1


def test_a_database_is_not_moved_onto_itself(database: Database) -> None:
    with pytest.raises(DatabaseError, match="is the database itself"):
        move(database, database)


def test_a_row_that_points_to_none_stops_the_move_and_nothing_is_kept(
    both_databases: list[Database],
) -> None:
    source, target = both_databases
    store(source, article(1))
    with closing(open_database(source.engine.url.render_as_string(False))) as other, other.reading() as conn:
        conn.rollback()
        raw: Any = conn.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("UPDATE article SET run_id = 999")

    with pytest.raises(DatabaseError, match="a row of article cannot be copied"):
        move(source, target)

    assert rows(target, PERSON) == rows(target, ARTICLE) == []


def test_a_row_that_no_index_of_the_target_takes_stops_the_move(both_databases: list[Database]) -> None:
    source, target = both_databases
    # random, as PostgreSQL packs what repeats
    name = "".join(chr(0x4E00 + value) for value in Random(1).choices(range(20_000), k=3_000))
    store(source, article(1), article(2, source=Source(name)))

    with pytest.raises(DatabaseError, match="a row of article cannot be copied: index row requires"):
        move(source, target)

    assert rows(target, ARTICLE) == []


def test_what_is_written_meanwhile_does_not_confuse_the_counts(
    pair: tuple[Database, Database],
) -> None:
    source, target = pair
    fill(source)
    written = []

    def meanwhile(table: str, _done: int, _total: int) -> None:
        if table == "article" and not written:
            written.append(store(source, article(500)))

    move(source, target, meanwhile)

    with target.reading() as conn:
        assert conn.scalar(select(ARTICLE.c.id).where(ARTICLE.c.url == article(500).url)) is None
        assert conn.scalar(text("SELECT count(*) FROM article")) == 43
    assert problems(target) == []
