"""Whatever people type and pages hold, search and filters answer, and the same on both databases."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from storage import tokens
from storage.engine import Database
from storage.filters import Filters
from storage.query import QueryError
from storage.search import search_articles, search_images
from tests.factories import article, image, numbers, store

HOSTILE = {
    "sql": "'; DROP TABLE article; --",
    "lone quote": '茶"',
    "backslash": "茶\\",
    "prefix": "茶园*",
    "near": "NEAR(茶 园, 2)",
    "column": "tokens : 茶",
    "first": "^茶",
    "tsquery": "茶 & !园 | (丰收) <-> 茶:*",
    "weight": "茶:A",
    "nul": "茶\0园",
    "surrogate": "茶\ud800园",
    "parameters": "%s %(x)s :query ? $1",
    "right to left": "\u202e茶园",
    "private use": "\ue000茶园",
    "combining": "e\u0301\u0301\u0301",
    "other digits": "1e309 0x10 ١٢٣",
    "emoji": "🍵🍵",
    "one letter": "茶" * 1_000,
    "long phrase": "".join(chr(0x4E00 + n) for n in range(1_000)),
    "long word": "x" * 1_000,
    "many words": " ".join(f"词{n}" for n in range(50)),
    "quotes": '"' * 999,
    "too long": "茶" * 1_001,
    "too many words": " ".join(f"词{n}" for n in range(51)),
    "punctuation": "，。！？……",
    "nothing": "",
}
REFUSED = {"quotes", "too long", "too many words", "punctuation", "emoji", "nothing"}


def answer(database: Database, words: str) -> list[str] | str:
    """The URLs found, or the reason why nothing is searched for."""
    with database.reading() as conn:
        try:
            pictures = [hit.article.url for hit in search_images(conn, words)]
            return pictures + [hit.article.url for hit in search_articles(conn, words)]
        except QueryError as error:
            return str(error)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_query_breaks_the_search_and_both_databases_say_the_same(
    both_databases: list[Database], name: str
) -> None:
    for database in both_databases:
        store(database, article(1, images=[image(1)]), article(2, title="茶", body_text="园"))

    answers = [answer(database, HOSTILE[name]) for database in both_databases]

    assert answers[0] == answers[1]
    assert isinstance(answers[0], str) is (name in REFUSED)
    assert [answer(database, "第一号茶园") for database in both_databases] == [[article(1).url]] * 2


@pytest.mark.parametrize("words", ["茶园*", "茶园 -", "茶\0园", "\u202e茶园", "茶\u200b园"])
def test_signs_and_invisible_characters_mean_nothing(database: Database, words: str) -> None:
    store(database, article(1), article(2, title="茶", body_text="园"))

    assert answer(database, words) == [article(1).url]


@pytest.mark.parametrize("field", ["portal", "channel", "source"])
@pytest.mark.parametrize("value", ["\0", "\udcff", "青石\0晚报", "%", "_", "'", "\\", "", "/", "x" * 100_000])
def test_no_filter_breaks_the_search_and_none_of_these_matches(
    database: Database, field: str, value: str
) -> None:
    store(database, article(1))
    filters: dict[str, Any] = {field: value}

    with database.reading() as conn:
        assert search_articles(conn, "茶园", Filters(**filters)) == []


def noise(chance: random.Random, length: int) -> str:
    """Letters of four bytes each, hardly a pair twice: the most that an index entry can hold."""
    return "".join(chr(chance.randrange(0x20000, 0x2A6D0)) for _ in range(length))


def test_a_huge_article_is_stored_and_found(database: Database) -> None:
    chance = random.Random(3)
    body = "石桥" + noise(chance, 120_000) + "木桥"
    pictures = [
        image(1, caption=noise(chance, 30_000), credit=noise(chance, 30_000)),
        image(2, caption="竹桥"),
    ]

    store(database, article(1, title=noise(chance, 490) + "铁桥", body_text=body, images=pictures))

    with database.reading() as conn:
        found = {word: len(search_articles(conn, word)) for word in ("石桥", "铁桥", "木桥")}
        (picture,) = search_images(conn, "竹桥")
    assert found == {"石桥": 1, "铁桥": 1, "木桥": 1}
    assert picture.number == 2


def test_of_a_text_beyond_all_measure_the_beginning_is_found(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "MAX_TEXT", 10)

    store(database, article(1, body_text="石桥" + "长" * 10 + "木桥"))

    with database.reading() as conn:
        found = {word: len(search_articles(conn, word)) for word in ("石桥", "木桥")}
    assert found == {"石桥": 1, "木桥": 0}


def test_the_beginning_of_an_endless_word_is_not_the_word(database: Database) -> None:
    word = "x" * 70_000

    store(database, article(1, body_text=f"{word} 尾"))

    assert answer(database, "x" * 64) == []
    assert answer(database, "尾") == [article(1).url]


def test_common_letters_in_long_texts_are_looked_at_quickly(database: Database) -> None:
    line = "茶园里的茶农采茶制茶，"
    store(database, *(article(n, body_text=line * 2_000) for n in range(20)))
    began = time.process_time()

    with database.reading() as conn:
        misses = search_articles(conn, "茶 园里的茶农采茶制茶 茶农采茶园")
        hits = search_articles(conn, "茶 园里的茶农采茶制茶")

    assert misses == []
    assert numbers(hit.article for hit in hits) == list(range(19, -1, -1))
    assert time.process_time() - began < 5
