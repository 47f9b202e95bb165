"""Damage of each kind is named: by the article that cannot be read, by the part of the search index."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from storage import check_index
from storage.check import problems
from storage.engine import Database, open_database
from storage.index import SMALL
from storage.reindex import reindex
from storage.segments import pack, pairs, sound, unpack
from tests.factories import article, image, store


@pytest.fixture
def filled(database: Database) -> Database:
    """Articles in a segment of the index, and a few fresh ones, with pictures."""
    store(database, *(article(n, images=[image(n)]) for n in range(1, SMALL + 1)))
    store(database, *(article(n, images=[image(n)]) for n in range(SMALL + 1, SMALL + 4)))
    return database


def damage(database: Database, statement: str) -> None:
    with database.writing() as conn:
        conn.exec_driver_sql(statement)


def test_all_damage_of_records_is_told_by_the_number_of_the_article(database: Database) -> None:
    store(database, *(article(n, images=[image(n)]) for n in range(1, 9)))
    assert problems(database) == []
    for number, change in enumerate(
        (
            "blocks = '[{'",
            "authors = ''",
            "keywords = '[1]'",
            "channel_path = 'zzz'",
            "body_text = substr(body_text, 1, 5)",
            "body_text = body_text || chr(10) || 'x'",
            'blocks = \'[{"type":"image","image":1}]\'',
        ),
        1,
    ):
        if database.is_sqlite:
            change = change.replace("chr(", "char(")
        damage(database, f"UPDATE article SET {change} WHERE id = {number}")

    found = problems(database)

    told = [line for line in found if line.startswith("article ")]
    assert [line.partition(":")[0] for line in told] == [f"article {number}" for number in range(1, 8)]
    assert "article 1: it cannot be read: JSONDecodeError" in told[0]
    assert told[3] == "article 4: its channel_path 'zzz' is not that of its channel"
    assert told[5] == "article 6: its blocks and its text do not agree"
    assert told[6] == "article 7: its blocks name a picture that it does not have; it has 1"


def test_a_time_that_is_none_is_told_by_the_number_of_the_article(sqlite_url: str) -> None:
    with closing(open_database(sqlite_url)) as database:
        store(database, article(1), article(2), article(3))
        damage(database, "UPDATE article SET published_at = 'x' WHERE id = 2")

        found = problems(database)

    assert any(line.startswith("article 2: it cannot be read: ValueError: ") for line in found)
    assert not any(line.startswith(("article 1", "article 3")) for line in found)


def test_of_many_damaged_articles_the_first_are_named_and_the_others_counted(database: Database) -> None:
    store(database, *(article(n) for n in range(1, 15)))
    damage(database, "UPDATE article SET channel_path = 'zzz'")

    found = problems(database)

    assert found[9].startswith("article 10: ")
    assert found[10:] == ["4 more articles are damaged"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("search_segment.fences", b"\0", "damaged: its fences"),
        ("search_segment.dead", b"\0", "damaged: its list of what was taken out"),
        ("search_keys.keys", b"\0", "damaged: its keys"),
        ("search_keys.keys", b"\0" * 8 * SMALL, "damaged: its keys"),
        ("search_page.page", b"\0" * 100, "damaged: its page"),
        ("search_page.page", b"\1\0", "damaged: its page"),
    ],
)
def test_a_segment_that_no_search_could_read_is_told(
    filled: Database, column: str, value: bytes, said: str
) -> None:
    table, _, name = column.partition(".")
    with filled.writing() as conn:
        statement = f"UPDATE {table} SET {name} = :value WHERE id = (SELECT max(id) FROM {table})"
        conn.execute(text(statement), {"value": value})

    (found,) = problems(filled)

    assert found.startswith(f"segment 2 of the search index is {said}")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE search_segment SET kind = 7 WHERE id = 2",
            "segment 2 of the search index is damaged: its kind",
        ),
        (
            "UPDATE search_segment SET size = 1 WHERE id = 2",
            "segment 2 of the search index is damaged: its keys",
        ),
        ("DELETE FROM search_segment WHERE id = 2", "rows of search_page belong to no segment"),
        ("UPDATE search_fresh SET kind = 7", "the fresh entry "),
        # what is left is sound, but searches find little
        (
            "DELETE FROM search_page WHERE id NOT IN (SELECT min(id) FROM search_page GROUP BY id >> 46)",
            "the search index does not have what article 1 says",
        ),
        (
            "UPDATE article SET title = '完全不同的词语' WHERE id = 130",
            "the search index does not have what article 130 says",
        ),
        (
            "UPDATE article_image SET caption = '完全不同的词语' WHERE article_id = 1",
            "the search index does not have what article 1 says",
        ),
    ],
)
def test_an_index_that_does_not_say_what_the_articles_say_is_told(
    filled: Database, statement: str, said: str
) -> None:
    damage(filled, statement)

    found = problems(filled)

    assert any(said in line for line in found)
    with filled.writing() as conn:
        reindex(conn)
    assert problems(filled) == []


def test_every_segment_gives_some_documents_to_compare(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_index, "_SAMPLE", 3)
    monkeypatch.setattr(check_index, "_LEAST", 2)
    monkeypatch.setattr(check_index, "_PAGES", 2)
    samples: dict[check_index.Kind, check_index.Sample] = {"article": {}, "picture": {}}

    with filled.reading() as conn:
        assert list(check_index._segments(conn, samples)) == []

    assert [len(sample) for sample in samples.values()] == [3, 3]
    assert all(len(tokens) > 20 for tokens in samples["article"].values())
    assert problems(filled) == []


def test_an_index_of_the_schema_that_is_gone_is_told(database: Database) -> None:
    damage(database, "DROP INDEX ix_article_url")

    assert problems(database) == [
        "the index ix_article_url of article is missing, which makes questions slow"
    ]


def test_a_table_or_column_that_is_gone_is_told(database: Database) -> None:
    damage(database, "DROP TABLE sketch")
    damage(database, "ALTER TABLE tombstone DROP COLUMN reason")

    assert sorted(problems(database)) == [
        "the column reason of tombstone is missing",
        "the table sketch is missing",
    ]


def packed(size: int) -> Iterator[tuple[int, bytes]]:
    """A page with a short list and one of bits."""
    content = np.sort(np.concatenate([pairs(np.full(size, 5), np.arange(size)), pairs(np.array([7]), 3)]))
    return pack(content, size)


@pytest.mark.parametrize("size", [20, 128, 15_360])
def test_what_was_packed_is_sound_and_what_was_cut_or_changed_is_not(size: int) -> None:
    ((first, page),) = packed(size)

    found = sound(first, page, size)

    assert found is not None
    assert np.array_equal(found, unpack([(first, page)], size))
    assert sound(first, page, size // 2) is None
    assert sound(first + 1, page, size) is None
    for broken in (
        b"",
        page[:1],
        page[:-2],
        page[:-1],
        page + b"\0\0",
        bytes(len(page)),
        b"\xff" * len(page),
    ):
        assert sound(first, broken, size) is None
    last = page[:-2] + size.to_bytes(2, "little")
    assert sound(first, last, size) is None


def test_a_file_too_damaged_to_be_checked_is_a_problem_and_no_traceback(sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(open_database(sqlite_url)) as database:
        store(database, *(article(n) for n in range(60)))
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with closing(open_database(sqlite_url)) as database:
        content = bytearray(path.read_bytes())
        content[len(content) // 3 :] = b"\xa5" * (len(content) - len(content) // 3)
        path.write_bytes(content)

        found = problems(database)

    assert found
    assert all(line.startswith("the file is damaged: ") for line in found)
