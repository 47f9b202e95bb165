"""Search over articles and pictures, on both databases and with the same answer from both."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from crawler.items import Article, Source
from storage import search
from storage.engine import Database
from storage.filters import Filters
from storage.query import MAX_QUERY
from storage.search import ArticleHit, Hits, ImageHit, count_matches, search_articles, search_images
from tests.factories import article, image, numbers, store


def hits(
    database: Database, words: str | None, filters: Filters | None = None, limit: int = 20, **more: Any
) -> Hits[ArticleHit]:
    with database.reading() as conn:
        return search_articles(conn, words, filters, limit, **more)


def find(database: Database, words: str | None, **filters: Any) -> list[int]:
    """Numbers of the articles found, the newest first."""
    return numbers(hit.article for hit in hits(database, words, Filters(**filters)))


def best(database: Database, words: str) -> list[int]:
    """Numbers of the articles found, the best first."""
    return numbers(hit.article for hit in hits(database, words, sort="relevance"))


def find_images(database: Database, words: str, **more: Any) -> list[tuple[int, int]]:
    """(article, picture) numbers of the pictures found, the newest first."""
    with database.reading() as conn:
        found = search_images(conn, words, **more)
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
        ("茶' OR '1'='1", [1]),
        ('x" OR tokens:茶 OR "', []),
        ("tokens:茶", []),
        ("茶*", [1]),  # the sign is nothing, the letter is found
        ("茶 AND 园", [1]),
        ("茶 and 园", []),
        ("NOT 园", [2]),
        ("NEAR(茶 园)", []),
        ("-茶", [2]),
        ("茶 - 园", [1]),
        ("^茶", [1]),
        ("茶:*", [1]),
        ("!茶 | 园", [1]),
        ("茶 <-> 园", [1]),
        ("茶\\", [1]),
        ("茶'", [1]),
        ("茶%_", [1]),
        ("茶 :query", []),
        ("茶;--", [1]),
        ("茶' UNION SELECT 1 --", []),
        ("茶 MATCH 园", []),
        ("\U0001f375茶\U0001f375", [1]),
        ("茶\x00园", []),
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

    assert best(database, "灯会") == [1, 2, 4, 3]
    assert find(database, "灯会") == [4, 3, 2, 1]


def test_among_equal_hits_the_newer_comes_first(database: Database) -> None:
    store(database, about(1, "灯会很热闹"), about(3, "灯会很冷清"), about(2, "灯会很平常"))

    assert best(database, "灯会") == [3, 2, 1]


def test_a_word_that_is_repeated_without_end_does_not_beat_a_headline(database: Database) -> None:
    store(database, about(1, "简短", title="灯会今晚开场"), about(2, "灯会" * 500))

    assert best(database, "灯会") == [1, 2]


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
        ([3], "灯会"),
        ([2], "灯会今晚开场"),
        ([1], "灯会上的人群"),
    ]


def test_a_limit_gives_the_best(database: Database) -> None:
    store(database, *(about(n, "灯会") for n in range(1, 8)), about(8, "别的", title="灯会今晚"))

    found = hits(database, "灯会", limit=3, sort="relevance")

    assert numbers(hit.article for hit in found) == [8, 7, 6]


def test_only_the_newest_matches_compete(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "RANKED", 3)
    store(database, about(1, "别的", title="灯会今晚"), *(about(n, "灯会") for n in range(2, 8)))

    assert best(database, "灯会") == [7, 6, 5]


def test_beyond_those_that_are_read_the_index_alone_ranks(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RERANKED", 2)
    titles = [about(n, "灯会" * n, title="灯会今晚") for n in (1, 2)]
    store(database, *titles, about(3, "灯会" * 9), *(about(n, "灯会") for n in (4, 5)))

    assert best(database, "灯会") == [2, 1, 5, 4, 3]


def test_candidates_that_are_no_hits_do_not_use_up_the_search(database: Database) -> None:
    near = [about(n, "老渡旁边有渡口") for n in range(2, 40)]  # has both pairs, but not the phrase
    store(database, about(1, "那个老渡口"), *near)

    found = hits(database, "老渡口", limit=1)

    assert (numbers(hit.article for hit in found), found.complete, found.after) == ([1], True, None)


def test_a_search_that_looked_at_many_texts_in_vain_says_where_it_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LOOKED", 5)
    near = [about(n, "老渡旁边有渡口") for n in range(2, 8)]
    store(database, about(1, "那个老渡口"), *near, about(8, "这个老渡口"))

    first = hits(database, "老渡口", limit=2)
    second = hits(database, "老渡口", limit=2, after=first.after)

    assert (numbers(hit.article for hit in first), first.complete) == ([8], False)
    assert (numbers(hit.article for hit in second), second.complete) == ([1], True)


def test_a_phrase_as_it_was_typed_is_counted_without_reading_texts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = [about(n, "元宵看灯会") for n in (1, 2, 3)]
    near = about(4, "灯会没有看灯")  # has both pairs, but not the phrase
    store(database, *typed, near, *(about(n, "元宵看燈會") for n in (5, 6)))

    def count() -> tuple[int, bool]:
        with database.reading() as conn:
            return count_matches(conn, "看灯会")

    exact = count()
    monkeypatch.setattr(search, "READ", 2)
    monkeypatch.setattr(search, "SAMPLED", 2)
    guessed = count()
    monkeypatch.setattr(search, "COUNTED", 5)
    guessed_from_two = count()

    assert exact == (5, False)
    assert guessed == (6, True)  # three of which it was known, and of the others both that were read
    assert guessed_from_two == (6, True)


def test_deep_pages_of_a_phrase_are_the_pages_of_all_its_hits(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["元宵看灯会", "灯会没有看灯", "元宵看燈會"]
    store(database, *(about(n, texts[n % 3]) for n in range(1, 91)))
    expected = [n for n in range(90, 0, -1) if n % 3 != 1]
    monkeypatch.setattr(search, "_AT_ONCE", 8)

    pages = [numbers(hit.article for hit in hits(database, "看灯会", limit=7, page=n)) for n in range(1, 10)]

    assert [number for page in pages for number in page] == expected


def test_pages_behind_sure_hits_do_not_end_where_no_text_is_looked_at(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LOOKED", 4)
    store(database, *(about(n, "元宵") for n in range(1, 31)), about(31, "元宵，灯会没有看灯"))

    pages = [hits(database, "元宵 -看灯会", limit=10, page=n) for n in (1, 2, 3, 4)]

    assert [number for page in pages for number in numbers(hit.article for hit in page)] == list(
        range(31, 0, -1)
    )
    assert all(page.complete for page in pages)


def test_phrases_are_looked_for_where_they_may_be_only(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    real = search.standing

    def standing(conn: Any, kind: Any, words: Any, keys: Any) -> set[int]:
        asked.append(len(keys))
        return real(conn, kind, words, keys)

    monkeypatch.setattr(search, "standing", standing)
    store(database, *(about(n, "元宵看灯会") for n in (1, 2, 3)), about(4, "那个老渡口"))

    assert find(database, "看灯会 OR 老渡口 OR 白塔寺") == [4, 3, 2, 1]
    assert sorted(asked) == [0, 1, 3]


def test_a_hit_has_the_same_points_by_the_index_and_by_its_text(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(
        database,
        about(1, "别的", subtitle="灯会今晚"),
        about(2, "别的", authors=["灯会"]),
        about(3, "别的", title="灯会今晚"),
        about(4, "灯会", images=[image(1, caption="灯会上")]),
    )
    read = {hit.id: hit.score for hit in hits(database, "灯会", sort="relevance")}
    monkeypatch.setattr(search, "RERANKED", 1)
    unread = {hit.id: hit.score for hit in hits(database, "灯会", sort="relevance")}

    assert [read[n] for n in (1, 2, 3)] == [unread[n] for n in (1, 2, 3)]
    assert read[4] >= unread[4]


def test_a_phrase_as_long_as_a_query_may_be_is_found(database: Database) -> None:
    signs = [chr(0x4E00 + n) for n in range(MAX_QUERY)]
    store(database, about(1, "前" + "".join(signs) + "后"), about(2, "".join(reversed(signs))))

    assert find(database, "".join(signs)) == [1]
