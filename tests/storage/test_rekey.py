"""Applying new URL rules to what is stored."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy import update

from crawler.items import Fingerprint
from storage.engine import Database
from storage.models import ARTICLE, PAGE
from storage.queries import article_by
from storage.rekey import Rekeyed, rekey
from tests.factories import article, found, rows, store, url

NOTHING = Rekeyed(0, [], 0, [])


def stored_as(database: Database, keys: dict[int, str], rules: int = 7) -> None:
    """Store articles under these keys, as older rules may have made them."""
    for number, key in keys.items():
        made = article(number)
        assert made.fingerprint is not None
        made.fingerprint.url_key, made.fingerprint.url_rules = key, rules
        store(database, made)


def keys_of(database: Database) -> list[str]:
    return [row.url_key for row in rows(database, ARTICLE)]


def key(number: int) -> str:
    return found(number).url_key


def test_keys_of_today_are_left_alone(database: Database) -> None:
    store(database, article(1), article(2))

    assert rekey(database) == NOTHING
    assert keys_of(database) == [key(1), key(2)]


def test_old_keys_become_today_s_in_articles_and_ledger(database: Database) -> None:
    stored_as(database, {1: "old/1", 2: "old/2"})

    result = rekey(database)

    assert result == (4, [], 0, [])
    assert keys_of(database) == [key(1), key(2)]
    assert [row.url_key for row in rows(database, PAGE)] == [key(1), key(2)]
    mark = article(1).fingerprint
    assert isinstance(mark, Fingerprint)
    assert {row.url_rules for row in rows(database, ARTICLE)} == {mark.url_rules}
    assert rekey(database) == NOTHING


def test_a_key_that_stays_the_same_is_noted_as_made_by_today_s_rules(database: Database) -> None:
    stored_as(database, {1: key(1)})

    assert rekey(database) == NOTHING
    assert [row.url_rules for row in rows(database, ARTICLE)] == [article(1).fingerprint.url_rules]  # type: ignore[union-attr]


def test_a_dry_run_changes_nothing(database: Database) -> None:
    stored_as(database, {1: "old/1"})

    assert rekey(database, dry_run=True).changed == 2
    assert keys_of(database) == ["old/1"]
    assert [row.url_rules for row in rows(database, ARTICLE)] == [7]


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_keys_can_change_places(database: Database, order: tuple[int, ...]) -> None:
    stored_as(database, {number: key(other) for number, other in zip((1, 2, 3), order, strict=True)})

    assert rekey(database).merged == []
    assert keys_of(database) == [key(1), key(2), key(3)]


def test_an_address_that_today_s_rules_refuse_keeps_its_key(database: Database) -> None:
    stored_as(database, {1: "old/1", 2: "old/2"})
    with database.writing() as conn:
        conn.execute(update(ARTICLE).where(ARTICLE.c.url == url(1)).values(url="https://["))

    assert rekey(database).merged == []
    assert keys_of(database) == ["old/1", key(2)]


def test_an_article_is_found_and_recognised_after_its_key_changed(database: Database) -> None:
    stored_as(database, {1: "old/1"})
    rekey(database)

    assert [done.state for done in store(database, article(1))] == ["same"]
    with database.reading() as conn:
        assert article_by(conn, url(1)) is not None
