"""Applying new URL rules to what is stored."""

from __future__ import annotations

from itertools import permutations

import pytest
from sqlalchemy import update

from crawler.items import Fingerprint
from storage.engine import Database
from storage.models import ARTICLE, PAGE
from storage.queries import article_by
from storage.rekey import rekey
from tests.factories import article, found, rows, store, url


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

    assert rekey(database) == (0, [])
    assert keys_of(database) == [key(1), key(2)]


def test_old_keys_become_today_s_in_articles_and_ledger(database: Database) -> None:
    stored_as(database, {1: "old/1", 2: "old/2"})

    result = rekey(database)

    assert result == (4, [])
    assert keys_of(database) == [key(1), key(2)]
    assert [row.url_key for row in rows(database, PAGE)] == [key(1), key(2)]
    mark = article(1).fingerprint
    assert isinstance(mark, Fingerprint)
    assert {row.url_rules for row in rows(database, ARTICLE)} == {mark.url_rules}
    assert rekey(database) == (0, [])


def test_a_key_that_stays_the_same_is_noted_as_made_by_today_s_rules(database: Database) -> None:
    stored_as(database, {1: key(1)})

    assert rekey(database) == (0, [])
    assert [row.url_rules for row in rows(database, ARTICLE)] == [article(1).fingerprint.url_rules]  # type: ignore[union-attr]


def test_a_dry_run_changes_nothing(database: Database) -> None:
    stored_as(database, {1: "old/1"})

    assert rekey(database, dry_run=True).changed == 2
    assert keys_of(database) == ["old/1"]
    assert [row.url_rules for row in rows(database, ARTICLE)] == [7]


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_keys_can_change_places(database: Database, order: tuple[int, ...]) -> None:
    stored_as(database, {number: key(other) for number, other in zip((1, 2, 3), order, strict=True)})

    assert rekey(database).collisions == []
    assert keys_of(database) == [key(1), key(2), key(3)]


def same_url(database: Database, *numbers: int) -> None:
    """Let articles be at URLs that mean the same today as that of the first of them."""
    with database.writing() as conn:
        for number in numbers[1:]:
            other = url(numbers[0]) + f"?utm_source={number}"
            for table in (ARTICLE, PAGE):
                conn.execute(update(table).where(table.c.url == url(number)).values(url=other))


def test_two_that_would_become_one_both_keep_their_keys_and_are_named(database: Database) -> None:
    stored_as(database, {1: "old/1", 2: "old/2", 3: "old/3"})
    same_url(database, 1, 2)

    result = rekey(database)

    assert result.collisions == [(url(1), url(1) + "?utm_source=2")]
    assert keys_of(database) == ["old/1", "old/2", key(3)]
    assert [row.url_rules for row in rows(database, ARTICLE)][:2] == [7, 7]
    assert rekey(database).collisions == result.collisions


def test_one_that_wants_the_key_of_another_is_named(database: Database) -> None:
    stored_as(database, {1: key(1), 2: "old/2"})
    same_url(database, 1, 2)

    assert rekey(database).collisions == [(url(1), url(1) + "?utm_source=2")]
    assert keys_of(database) == [key(1), "old/2"]


def test_who_wants_a_key_that_its_holder_cannot_leave_stays_too(database: Database) -> None:
    stored_as(database, {1: key(3), 2: "old/2", 3: "old/3", 4: "old/4"})
    same_url(database, 1, 2)  # 1 and 2 cannot have one key; so 3 cannot have its own, which 1 still has

    result = rekey(database)

    assert keys_of(database) == [key(3), "old/2", "old/3", key(4)]
    assert result.collisions == sorted([(url(1), url(1) + "?utm_source=2"), (url(1), url(3))])


def test_an_address_that_today_s_rules_refuse_keeps_its_key(database: Database) -> None:
    stored_as(database, {1: "old/1", 2: "old/2"})
    with database.writing() as conn:
        conn.execute(update(ARTICLE).where(ARTICLE.c.url == url(1)).values(url="https://["))

    assert rekey(database).collisions == []
    assert keys_of(database) == ["old/1", key(2)]


def test_an_article_is_found_and_recognised_after_its_key_changed(database: Database) -> None:
    stored_as(database, {1: "old/1"})
    rekey(database)

    assert [done.state for done in store(database, article(1))] == ["same"]
    with database.reading() as conn:
        assert article_by(conn, url(1)) is not None
