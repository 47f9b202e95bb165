"""Search over articles and pictures, on both databases and with the same answer from both."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from crawler.items import Article, Source
from storage import search
from storage.engine import Database
from storage.filters import Filters
from storage.query import MAX_QUERY
from storage.search import ArticleHit, ImageHit, search_articles, search_images
from tests.factories import article, image, numbers, store


def hits(database: Database, words: str, filters: Filters | None = None, limit: int = 20) -> list[ArticleHit]:
    with database.reading() as conn:
        return search_articles(conn, words, filters, limit)


def find(database: Database, words: str, **filters: Any) -> list[int]:
    """Numbers of the articles found, the best first."""
    return numbers(hit.article for hit in hits(database, words, Filters(**filters)))


def find_images(database: Database, words: str) -> list[tuple[int, int]]:
    """(article, picture) numbers of the pictures found, the best first."""
    with database.reading() as conn:
        found = search_images(conn, words)
    return [(numbers([hit.article])[0], hit.number) for hit in found]


def about(number: int, body: str, **changes: Any) -> Article:
    return article(number, **{"title": f"短讯{number}", "body_text": body} | changes)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("渡口", [1]),  # two characters: what trigram indexes miss
        ("渡", [1]),
        ("桥", [3, 1]),  # alone at the end of a run, and at its beginning
        ("老渡口的桥", [1]),
        ("渡口桥", []),  # both pairs of neighbours, but not in a row
        ("老桥", []),
        ("渡口 新桥", []),
        ("老渡 的桥", [1]),
        ("tea", [2]),
        ("TEA", [2]),
        ("ｗｈｉｔｅ", [2]),
        ("hit", []),
        ('"white tea"', [2]),
        ('"tea white"', []),
        ("tea white", [2]),
        ("5G基站", [2]),
        ("2021", [3]),
        ("21", []),
        ("𠮷田", [3]),
        ("桥头。", [3]),
        ("(渡口)", [1]),
    ],
)
def test_words_are_found_where_they_stand(database: Database, words: str, found: list[int]) -> None:
    store(
        database,
        about(1, "摆渡的老人守着老渡口的桥"),
        about(2, "镇上来了 Ｗｈｉｔｅ\u3000Tea 的客商，5Ｇ 基站也建好了"),
        about(3, "桥头。2021年，𠮷田先生来访"),
    )

    assert find(database, words) == found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("茶' OR '1'='1", []),
        ('x" OR tokens:茶 OR "', []),
        ("tokens:茶", []),
        ("茶*", [1]),  # the sign is nothing, the letter is found
        ("茶 AND 园", []),
        ("NOT 园", []),
        ("NEAR(茶 园)", []),
        ("-茶", [1]),
        ("^茶", [1]),
        ("茶:*", [1]),
        ("!茶 | 园", [1]),
        ("茶 <-> 园", [1]),
        ("茶\\", [1]),
        ("茶'", [1]),
        ("茶%_", [1]),
        ("茶 :query", []),
        ("茶);--", [1]),
    ],
)
def test_signs_of_query_languages_are_no_commands(database: Database, words: str, found: list[int]) -> None:
    store(database, about(1, "茶与园"), about(2, "江边的风很大"))

    assert find(database, words) == found


def test_every_part_of_an_article_is_searched(database: Database) -> None:
    picture = image(1, caption="码头清晨卸货", credit="顾舟", alt="鱼市")
    store(database, article(1, subtitle="副题说水车", authors=["陆沉"], images=[picture]))

    for words in ("茶园喜获", "水车", "传了三代人", "码头", "顾舟", "陆沉", "青石晚报"):
        assert find(database, words) == [1], words


def test_a_phrase_does_not_span_two_parts(database: Database) -> None:
    store(database, article(1, title="清晨的渡", body_text="口岸开放"))

    assert find(database, "渡口") == []


def test_hits_in_the_headline_come_before_captions_before_the_text(database: Database) -> None:
    store(
        database,
        about(1, "这里说到灯会", title="灯会今晚开场"),
        about(2, "没有别的", images=[image(2, caption="灯会上的人群")]),
        about(3, "这里说到灯会"),
        about(4, "灯会连着灯会，又是灯会"),
    )

    assert find(database, "灯会") == [1, 2, 4, 3]


def test_among_equal_hits_the_newer_comes_first(database: Database) -> None:
    store(database, about(1, "灯会很热闹"), about(3, "灯会很冷清"), about(2, "灯会很平常"))

    assert find(database, "灯会") == [3, 2, 1]


def test_a_word_that_is_repeated_without_end_does_not_beat_a_headline(database: Database) -> None:
    store(database, about(1, "简短", title="灯会今晚开场"), about(2, "灯会" * 500))

    assert find(database, "灯会") == [1, 2]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"portal": "baisha"}, [3]),
        ({"channel": "农业"}, [2, 1]),
        ({"channel": "青石频道/农业"}, [2, 1]),
        ({"channel": "/青石频道/"}, [4, 2, 1]),
        ({"channel": "青石"}, []),
        ({"channel": "频道/农"}, []),
        ({"channel": "News"}, [4]),
        ({"channel": "news"}, []),
        ({"channel": "%"}, []),
        ({"channel": "_"}, []),
        ({"channel": ""}, []),
        ({"source": "白沙日报"}, [3]),
        ({"source": "白沙"}, []),
        ({"since": date(2021, 3, 4)}, [4, 3]),
        ({"until": date(2021, 3, 3)}, [2, 1]),
        ({"since": date(2021, 3, 3), "until": date(2021, 3, 4)}, [3, 2]),
        ({"since": date(2021, 3, 3), "channel": "农业"}, [2]),
        ({"since": date(2022, 1, 1)}, []),
    ],
)
def test_filters_narrow_the_search(database: Database, filters: dict[str, Any], found: list[int]) -> None:
    store(
        database,
        article(1),
        article(2),
        article(3, portal="baisha", channel=["白沙频道"], source=Source("白沙日报")),
        article(4, channel=["青石频道", "News"]),
    )

    assert find(database, "茶园", **filters) == found


def test_days_are_the_page_s_own_and_an_article_without_a_time_is_in_no_period(database: Database) -> None:
    store(
        database,
        article(1, published_at="2021-05-01T00:10:00+08:00"),  # 30 April in UTC
        article(2, published_at="2021-05-01"),
        article(3, published_at=None, published_raw=None),
    )

    day = date(2021, 5, 1)

    assert sorted(find(database, "茶园", since=day, until=day)) == [1, 2]
    assert sorted(find(database, "茶园")) == [1, 2, 3]
    assert find(database, "茶园")[-1] == 3


def test_pictures_are_found_by_caption_credit_and_alt(database: Database) -> None:
    pictures = [
        image(1, caption="渔船回港", credit="顾舟", credit_raw="顾舟/摄", alt="第二号茶园"),
        image(2, caption=None, credit="沈墨", alt="港口的灯塔"),
        image(3, caption=None, credit=None, credit_raw=None, alt="短讯1"),
    ]
    store(database, about(1, "渔船与灯塔", images=pictures), about(2, "渔船"))

    assert find_images(database, "渔船") == [(1, 1)]
    assert find_images(database, "船") == [(1, 1)]
    assert find_images(database, "灯塔") == [(1, 2)]
    assert find_images(database, "沈墨") == [(1, 2)]
    assert find_images(database, "港口 沈墨") == [(1, 2)]
    assert find_images(database, "短讯1") == []  # an alt that repeats the headline says nothing


def test_pictures_of_one_article_come_in_their_order_and_newer_articles_first(database: Database) -> None:
    store(
        database,
        about(1, "甲", images=[image(n, caption="采茶现场") for n in (1, 2)]),
        about(2, "乙", images=[image(n, caption="采茶现场") for n in (3, 4)]),
    )

    assert find_images(database, "采茶") == [(2, 1), (2, 2), (1, 1), (1, 2)]


def test_a_found_picture_comes_with_its_article(database: Database) -> None:
    store(database, about(1, "甲", images=[image(1), image(2, caption="采茶人的斗笠")]))

    with database.reading() as conn:
        (hit,) = search_images(conn, "斗笠", Filters(portal="qingshi"))

    assert isinstance(hit, ImageHit)
    assert (hit.number, hit.image.caption, hit.article.title) == (2, "采茶人的斗笠", "短讯1")


def test_filters_narrow_the_search_of_pictures(database: Database) -> None:
    store(database, article(1, images=[image(1)]), article(2, portal="baisha", images=[image(1)]))

    with database.reading() as conn:
        found = search_images(conn, "采茶", Filters(portal="baisha"))

    assert numbers(hit.article for hit in found) == [2]


@pytest.mark.parametrize(
    ("body", "snippet"),
    [
        ("灯会开场", "灯会开场"),
        ("甲" * 60 + "灯会" + "乙" * 60, "…" + "甲" * 40 + "灯会" + "乙" * 40 + "…"),
        ("灯会" + "乙" * 60, "灯会" + "乙" * 40 + "…"),
        ("一行\n灯会\n又一行", "一行 灯会 又一行"),
        ("Ａ１ 灯会", "Ａ１ 灯会"),
    ],
)
def test_a_hit_shows_the_text_around_it(database: Database, body: str, snippet: str) -> None:
    store(database, about(1, body))

    (hit,) = hits(database, "灯会")

    assert hit.snippet == snippet


def test_a_hit_outside_the_text_shows_where_it_is(database: Database) -> None:
    store(
        database,
        about(1, "别的", images=[image(1, caption="灯会上的人群")]),
        about(2, "别的", title="灯会今晚开场"),
        about(3, "正文从这里开始", authors=["灯会"]),
    )

    assert [(numbers([hit.article]), hit.snippet) for hit in hits(database, "灯会")] == [
        ([2], "灯会今晚开场"),
        ([1], "灯会上的人群"),
        ([3], "正文从这里开始"),
    ]


def test_a_limit_gives_the_best(database: Database) -> None:
    store(database, *(about(n, "灯会") for n in range(1, 8)), about(8, "别的", title="灯会今晚"))

    assert numbers(hit.article for hit in hits(database, "灯会", limit=3)) == [8, 7, 6]


def test_only_the_newest_matches_compete(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "RANKED", 3)
    monkeypatch.setattr(search, "_CHUNK", 2)
    store(database, about(1, "别的", title="灯会今晚"), *(about(n, "灯会") for n in range(2, 8)))

    assert numbers(hit.article for hit in hits(database, "灯会", limit=2)) == [7, 6]
    assert find(database, "灯会")[0] == 1  # who asks for more than compete lets more compete


def test_candidates_that_are_no_hits_do_not_use_up_the_search(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_CHUNK", 2)
    near = [about(n, "老渡旁边有渡口") for n in range(2, 10)]  # has both pairs, but not the phrase
    store(database, about(1, "那个老渡口"), *near)

    assert find(database, "老渡口") == [1]


def test_a_phrase_as_long_as_a_query_may_be_is_found(database: Database) -> None:
    signs = [chr(0x4E00 + n) for n in range(MAX_QUERY)]
    store(database, about(1, "前" + "".join(signs) + "后"), about(2, "".join(reversed(signs))))

    assert find(database, "".join(signs)) == [1]


def test_both_databases_give_the_same_hits_in_the_same_order(both_databases: list[Database]) -> None:
    chance = random.Random(20_210_301)
    words = ["灯会", "渡口", "茶园", "老桥", "White Tea", "5G", "基站", "甲", "码头", "ＡＢ", "é", "𠮷田"]

    def some(most: int) -> str:
        return "".join(chance.choice(["", "，", " ", "\n"]) + chance.choice(words) for _ in range(most))

    articles = [
        article(
            number,
            title=some(3) or "短讯",
            body_text=some(chance.randrange(1, 40)).strip(),
            # few distinct moments: ties must be broken alike
            published_at=chance.choice([None, "2021-03-01", "2021-03-01T08:00:00+08:00", "1960-01-01"]),
            published_raw=None,
            images=[image(n, caption=some(4)) for n in range(chance.randrange(3))],
        )
        for number in range(300)
    ]
    for order, opened in enumerate(both_databases):
        # however they come: in other batches, in another order
        shuffled = random.Random(order).sample(articles, len(articles))
        for start in range(0, len(shuffled), 40 + 30 * order):
            store(opened, *shuffled[start : start + 40 + 30 * order])

    for query in [*words, "灯", "é甲", "灯会 渡口", '"灯会 渡口"', "渡口灯会", "tea 5g", "ab é"]:
        left, right = (
            [(hit.article.url, hit.score, hit.snippet) for hit in hits(opened, query, limit=500)]
            for opened in both_databases
        )
        assert left == right, query
        assert find_images(both_databases[0], query) == find_images(both_databases[1], query), query
        expected = [a for a in articles if all(_stands(term, a) for term in search.parse_query(query))]
        assert sorted(url for url, *_ in left) == sorted(a.url for a in expected), query


def _stands(term: search.Term, made: Article) -> bool:
    parts = (search.fold(part) for part in search.article_text(made) if part)
    return any(term.pattern.search(part) for part in parts)
