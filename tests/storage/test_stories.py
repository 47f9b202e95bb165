"""Reprints: articles with one text, or with one headline and the same pictures, are one story."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from crawler.items import Article, Source, to_record
from storage.engine import Database
from storage.models import ARTICLE, STORY, STORY_LINK
from storage.queries import all_articles
from tests.factories import article, image, row, rows, store, text, url

# one text at four places; the second was published first
COPIES = {
    1: "2021-03-05T10:00:00+08:00",
    2: "2021-03-05T08:00:00+08:00",
    3: "2021-03-05T12:00:00+08:00",
    4: None,
}


def copy(number: int, **changes: Any) -> Article:
    return article(number, **{"body_text": text(7), "published_at": COPIES[number]} | changes)


def clusters(database: Database) -> dict[str, tuple[str, ...]]:
    """The URLs of each story by the URL of its first."""
    articles = rows(database, ARTICLE)
    urls = {kept.id: kept.url for kept in articles}
    return {
        urls[story.first_article_id]: tuple(sorted(a.url for a in articles if a.story_id == story.id))
        for story in rows(database, STORY)
        if story.size
    }


def links(database: Database) -> set[tuple[str, str, str]]:
    """(URL, URL of the copy that it is linked to, kind) of every link."""
    urls = {kept.id: kept.url for kept in rows(database, ARTICLE)}
    return {(urls[link.article_id], urls[link.other_id], link.kind) for link in rows(database, STORY_LINK)}


def test_an_article_alone_has_no_story(database: Database) -> None:
    (stored,) = store(database, article(1))

    assert (stored.story_id, stored.reprint_of) == (None, None)
    assert rows(database, STORY) == []


@pytest.mark.parametrize("order", list(permutations(COPIES))[::5])
def test_the_first_is_who_published_first_in_whatever_order_they_come(
    database: Database, order: tuple[int, ...]
) -> None:
    for number in order:
        store(database, copy(number))

    assert clusters(database) == {url(2): (url(1), url(2), url(3), url(4))}
    assert links(database) == {(url(n), url(2), "same") for n in (1, 3, 4)}
    assert row(database, STORY).size == 4


def test_copies_of_one_batch_are_linked_and_told_so(database: Database) -> None:
    results = store(database, copy(1), copy(2), article(9))

    assert [result.reprint_of for result in results] == [url(2), None, None]
    assert results[0].story_id == results[1].story_id
    assert results[2].story_id is None


def test_both_texts_are_kept(database: Database) -> None:
    store(database, copy(1), copy(2))

    with database.reading() as conn:
        kept = {item.article.url: to_record(item.article) for item in all_articles(conn)}
    assert {one["body_text"] for one in kept.values()} == {text(7)}
    assert kept[url(1)]["story"] == kept[url(2)]["story"]
    assert (kept[url(1)]["reprint_of"], kept[url(2)]["reprint_of"]) == (url(2), None)


def test_a_late_arrival_that_was_published_earlier_becomes_the_first(database: Database) -> None:
    (early,) = store(database, copy(1))
    (before,) = store(database, copy(3))
    assert before.reprint_of == url(1)

    (late,) = store(database, copy(2))

    assert (late.story_id, late.reprint_of) == (before.story_id, None)
    with database.reading() as conn:
        told = {item.article.url: item.article.reprint_of for item in all_articles(conn)}
    assert told == {url(1): url(2), url(2): None, url(3): url(2)}
    assert early.article_id != late.article_id


def test_articles_of_one_moment_are_ordered_by_url(database: Database) -> None:
    same = "2021-03-05T08:00:00+08:00"

    store(database, copy(2, published_at=same), copy(1, published_at=same))

    assert list(clusters(database)) == [url(1)]


def test_a_date_without_time_counts_from_midnight_in_china(database: Database) -> None:
    store(database, copy(1, published_at="2021-03-05"), copy(2, published_at="2021-03-04T17:00:00+00:00"))

    assert list(clusters(database)) == [url(1)]


def test_spacing_and_punctuation_do_not_hide_a_copy(database: Database) -> None:
    reset = text(7).replace("，", ", ").replace("。", "……").replace("茶", " 茶")

    store(database, copy(1), copy(2, body_text=reset))

    assert links(database) == {(url(1), url(2), "same")}


def test_texts_too_short_to_tell_articles_apart_are_no_copies(database: Database) -> None:
    store(database, copy(1, body_text="今天晴，最高二十度。"), copy(2, body_text="今天晴，最高二十度。"))

    assert clusters(database) == {}


def test_one_headline_over_the_same_pictures_is_a_story_though_only_one_has_a_text(
    database: Database,
) -> None:
    pictures = [image(1), image(2)]
    mirrored = [image(2, url="https://cdn.other.example/photo2.jpg"), image(1)]

    store(
        database,
        article(1, title="组图：春茶", images=pictures, body_text="茶农在采茶。"),
        article(2, title="组图: 春茶", images=mirrored),
        article(3, title="组图：秋茶", images=[image(1), image(2)], body_text=""),
    )

    assert links(database) == {(url(2), url(1), "pictures")}


@pytest.mark.parametrize("long", [True, False])
def test_a_column_s_headline_over_its_logos_is_no_story(database: Database, long: bool) -> None:
    bodies = [
        text(n) + text(n + 50) if long else f"明天{sky}，偏南风二到三级，出门请带伞，注意防滑。"
        for n, sky in ((1, "小雨"), (2, "转晴"))
    ]

    store(
        database,
        *(
            article(n, title="每日天气", images=[image(1), image(2)], body_text=body)
            for n, body in enumerate(bodies)
        ),
    )

    assert clusters(database) == {}


def test_one_picture_under_one_headline_is_no_story(database: Database) -> None:
    store(database, article(1, title="图片", images=[image(1)]), article(2, title="图片", images=[image(1)]))

    assert clusters(database) == {}


def chain(number: int) -> Article:
    """1 and 2 share pictures, 2 and 3 share a text; 1 and 3 share nothing."""
    pictures = [image(1), image(2)] if number < 3 else []
    return article(number, title="组图：春茶", images=pictures, body_text="" if number == 1 else text(2))


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_what_only_touches_is_not_chained_together(database: Database, order: tuple[int, ...]) -> None:
    for number in order:
        store(database, chain(number))

    assert clusters(database) == {url(1): (url(1), url(2))}
    assert links(database) == {(url(2), url(1), "pictures")}


def test_an_article_that_repeats_two_is_linked_to_both_and_belongs_to_the_earlier(database: Database) -> None:
    first = [article(n, title="组图：春茶", images=[image(1), image(2)], body_text="") for n in (1, 2)]
    second = [article(n, body_text=text(9)) for n in (3, 4)]
    store(database, *first, *second)

    store(database, article(5, title="组图：春茶", images=[image(1), image(2)], body_text=text(9)))

    assert clusters(database) == {url(1): (url(1), url(2), url(5)), url(3): (url(3), url(4))}
    assert links(database) >= {(url(5), url(1), "pictures"), (url(5), url(3), "same")}


def test_two_stories_that_an_earlier_article_turns_out_to_hold_become_one(database: Database) -> None:
    first = [article(n, title="组图：春茶", images=[image(1), image(2)], body_text="") for n in (1, 2)]
    second = [article(n, body_text=text(9)) for n in (3, 4)]
    store(database, *first, *second)
    assert len(clusters(database)) == 2

    store(database, article(0, title="组图：春茶", images=[image(1), image(2)], body_text=text(9)))

    assert clusters(database) == {url(0): tuple(url(n) for n in range(5))}
    kept, merged = rows(database, STORY)
    assert (merged.size, merged.first_article_id, merged.merged_into) == (0, None, kept.id)


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_an_earlier_copy_without_the_pictures_does_not_inherit_what_only_the_pictures_linked(
    database: Database, order: tuple[int, ...]
) -> None:
    # 1 and 2 share text and title, 2 and 3 share title and pictures, 1 has no pictures
    shown = {1: (text(1), []), 2: (text(1), [1, 2]), 3: ("", [1, 2])}
    made = {
        n: article(n, title="组图：春茶", body_text=body, images=[image(i) for i in numbers])
        for n, (body, numbers) in shown.items()
    }

    for number in order:
        store(database, made[number])

    assert clusters(database) == {url(1): (url(1), url(2))}
    assert links(database) == {(url(2), url(1), "same")}


def test_an_article_whose_text_is_changed_leaves_its_story(database: Database) -> None:
    store(database, copy(1), copy(2), copy(3))

    (left,) = store(database, copy(2, body_text=text(8)))

    assert (left.story_id, left.reprint_of) == (None, None)
    assert clusters(database) == {url(1): (url(1), url(3))}
    assert links(database) == {(url(3), url(1), "same")}


def test_a_story_whose_last_copy_leaves_is_dissolved(database: Database) -> None:
    store(database, copy(1), copy(2))

    store(database, copy(2, body_text=text(8)))

    assert clusters(database) == {}
    assert links(database) == set()
    assert (row(database, STORY).size, row(database, STORY).merged_into) == (0, None)
    assert {kept.story_id for kept in rows(database, ARTICLE)} == {None}


def test_a_corrected_time_makes_another_one_the_first(database: Database) -> None:
    store(database, copy(1), copy(2), copy(3))

    store(database, copy(2, published_at="2021-03-09T08:00:00+08:00"))

    assert list(clusters(database)) == [url(1)]
    assert links(database) == {(url(2), url(1), "same"), (url(3), url(1), "same")}


def test_a_record_that_names_no_portal_stands_at_the_one_its_address_belongs_to(database: Database) -> None:
    own = "https://news.people.com.cn/a/1.html"
    store(database, copy(2, portal=None, source=Source("人民网")))
    store(database, copy(1, portal=None, source=Source("人民网"), url=own, canonical_url=own))

    (story,) = rows(database, STORY)
    assert (story.publisher, row(database, ARTICLE, url=own).id) == ("人民网", story.first_article_id)
