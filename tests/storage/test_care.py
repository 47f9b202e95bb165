"""Checking a database and optimizing it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Table, delete, text, update

from storage.check import problems
from storage.engine import Database, open_database
from storage.index import SMALL
from storage.models import (
    ARTICLE,
    ARTICLE_IMAGE,
    SEARCH_FRESH,
    SEARCH_KEYS,
    SEARCH_PAGE,
    SKETCH,
    SKETCH_FRESH,
    STORY,
)
from storage.optimize import optimize
from storage.segment_rows import KINDS, Kind
from tests.factories import article, image, rows, store


def some(database: Database) -> None:
    """Articles with pictures, copies and an earlier state."""
    store(database, article(1, images=[image(1), image(2)]), article(2, body_text=article(1).body_text))
    store(database, article(1, title="第一号茶园再获丰收", images=[image(2)]))


def test_nothing_is_wrong_with_an_empty_database(database: Database) -> None:
    assert problems(database) == []


def test_nothing_is_wrong_with_what_was_stored_and_changed(database: Database) -> None:
    some(database)

    assert problems(database) == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_index_without_its_entries_is_found(database: Database, kind: Kind) -> None:
    store(database, article(1, images=[image(1)]))
    with database.writing() as conn:
        conn.execute(delete(SEARCH_FRESH).where(SEARCH_FRESH.c.kind == KINDS[kind]))

    assert problems(database) == [f"1 {kind}s are missing in the search index"]


@pytest.mark.parametrize("table", [SEARCH_KEYS, SEARCH_PAGE])
def test_a_segment_of_the_index_without_its_rows_is_found(database: Database, table: Table) -> None:
    store(database, *(article(n) for n in range(SMALL)))
    with database.writing() as conn:
        conn.execute(delete(table))

    assert problems(database) == ["segment 1 of the search index is incomplete"]


def test_entries_of_the_index_that_stand_for_nothing_are_found(database: Database) -> None:
    store(database, article(1, images=[image(1)]))
    with database.writing() as conn:
        conn.execute(delete(ARTICLE_IMAGE))
        conn.execute(update(ARTICLE).values(sort_key=ARTICLE.c.sort_key + 1024))

    assert problems(database) == [
        "article 1: its blocks name a picture that it does not have; it has 0",
        "1 articles are missing in the search index",
        "1 entries of the search index stand for no article",
        "1 entries of the search index stand for no picture",
    ]


def test_a_row_that_points_to_none_is_found(sqlite_url: str) -> None:
    with closing(open_database(sqlite_url)) as database:
        store(database, article(1, images=[image(1), image(2)]))
        with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as other:
            other.execute("DELETE FROM image")  # other programs do not turn the keys on
            other.commit()

        assert "2 rows of article_image point with image_id to no image" in problems(database)


def test_a_damaged_file_is_told_by_sqlite_itself(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(open_database(sqlite_url)) as database:
        store(database, *(article(n) for n in range(60)))
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_article_url'").fetchone()
        (size,) = raw.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size + 3)
        file.write(b"\x00\x01")  # an index that says it has one cell

    with closing(open_database(sqlite_url)) as database:
        found = problems(database)

    assert found
    assert all(line.startswith("the file is damaged: ") for line in found)


def test_pointers_that_no_key_guards_are_checked_too(database: Database) -> None:
    first = article(1)
    store(database, first, article(2, title=first.title, body_text=first.body_text))
    with database.writing() as conn:
        conn.execute(update(STORY).values(first_article_id=77, centre_id=78))
        conn.execute(update(SKETCH_FRESH).where(SKETCH_FRESH.c.article_id == 1).values(article_id=79))

    found = problems(database)

    assert "1 rows of story point with first_article_id to no article" in found
    assert "1 rows of story point with centre_id to no article" in found
    assert any("of sketch_fresh point with article_id to no article" in problem for problem in found)


@pytest.mark.parametrize("vacuum", [False, True])
def test_optimizing_keeps_everything_and_says_what_it_takes(database: Database, vacuum: bool) -> None:
    some(database)

    done = optimize(database, vacuum=vacuum)

    assert done.before > 0 < done.after
    assert problems(database) == []
    assert len(rows(database, ARTICLE)) == 2
    store(database, article(3))


def test_a_vacuum_gives_room_back(database: Database) -> None:
    store(database, *(article(n, images=[image(n)]) for n in range(1, 400)))
    with database.writing() as conn:
        for table in (SKETCH, SKETCH_FRESH, ARTICLE_IMAGE):
            conn.execute(delete(table))

    done = optimize(database, vacuum=True)

    assert done.after < done.before


def test_the_planner_has_statistics_after_optimizing(database: Database) -> None:
    some(database)

    optimize(database)

    with database.reading() as conn:
        if database.is_sqlite:
            statement = "SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'article'"
        else:
            statement = "SELECT count(*) FROM pg_stats WHERE tablename = 'article'"
        assert conn.scalar(text(statement)) > 0
