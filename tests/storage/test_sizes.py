"""How much room the database takes."""

from __future__ import annotations

from storage.engine import Database
from storage.sizes import sizes, total
from tests.factories import article, image, store


def test_the_parts_of_a_database_are_its_tables_and_indexes(database: Database) -> None:
    store(database, *(article(n, images=[image(n)]) for n in range(40)))

    with database.reading() as conn:
        parts, whole = sizes(conn), total(conn)

    by_table = {part.table for part in parts}
    assert {"article", "image", "article_image", "page", "person", "byline"} <= by_table
    assert {"search_segment", "search_keys", "search_page", "search_fresh"} <= by_table
    assert ("article", "ix_article_text_hash") in {(part.table, part.name) for part in parts}
    assert [part.bytes for part in parts] == sorted((part.bytes for part in parts), reverse=True)
    assert all(part.bytes > 0 for part in parts if part.table == "article")
    assert sum(part.bytes for part in parts) <= whole


def test_a_database_grows_with_what_is_stored(database: Database) -> None:
    with database.reading() as conn:
        before = total(conn)

    store(database, *(article(n) for n in range(400)))

    with database.reading() as conn:
        assert total(conn) > before
