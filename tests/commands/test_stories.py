"""scrapy stories: the list, one story, why, and the rebuilding."""

from __future__ import annotations

import json

import pytest

from storage.engine import open_database
from tests.commands.run import scrapy
from tests.factories import article, store, text

LONG = text(1) + "\n" + text(2) + "\n" + text(3)


@pytest.fixture
def url(database_url: str) -> str:
    """A database with a story of three, one of two, and an article alone."""
    database = open_database(database_url)
    store(
        database,
        article(
            1, body_text=LONG, portal="people", url="http://society.people.com.cn/n1/2021/0302/c1-1.html"
        ),
        article(2, body_text=LONG + "\n记者昨日再次走访茶园，采茶的人比上周又多了一倍。", portal="cri"),
        article(3, body_text=LONG, portal="cri"),
        article(4, body_text=text(40) + text(41)),
        article(5, body_text=text(40) + text(41)),
        article(6),
    )
    database.close()
    return database_url


def test_the_list_names_the_largest_first(url: str) -> None:
    ran = scrapy("stories", "--json", database=url)

    found = [json.loads(line) for line in ran.out.splitlines()]
    assert [(story["size"], story["portals"]) for story in found] == [
        (3, ["people", "cri"]),
        (2, ["qingshi"]),
    ]
    assert found[0]["first_at"] == "2021-03-02T08:30:00+08:00"


def test_filters_choose_stories_by_their_articles(url: str) -> None:
    assert len(scrapy("stories", "--json", "--portal", "people", database=url).out.splitlines()) == 1
    assert "no stories" in scrapy("stories", "--portal", "nobody", database=url).err
    assert len(scrapy("stories", "--json", "--least", "3", database=url).out.splitlines()) == 1


def test_one_story_shows_who_changed_what(url: str) -> None:
    ran = scrapy("stories", "1", "--changes", database=url)

    assert "3 articles at people, cri" in ran.out
    assert "+ 记者昨日再次走访茶园" in ran.out
    assert "reprint of 1" in ran.out
    (story,) = [json.loads(line) for line in scrapy("stories", "1", "--json", database=url).out.splitlines()]
    assert [(copy["article"], copy["kind"], copy["copy_of"]) for copy in story["copies"]] == [
        (1, None, None),
        (2, "reprint", 1),
        (3, "same", 1),
    ]


def test_why_explains_what_is_linked_and_what_is_not(url: str) -> None:
    linked = scrapy("stories", "--why", "1", "2", database=url)
    apart = scrapy("stories", "--why", "1", "6", "--json", database=url)

    assert "of all 4-grams are in both" in linked.out
    assert "both are in story 1" in linked.out
    assert json.loads(apart.out)["linked"] is False


def test_rebuilding_says_that_nothing_moved(url: str) -> None:
    before = scrapy("stories", "--json", database=url).out

    ran = scrapy("stories", "--rebuild", database=url)

    assert "6 articles, 2 stories; 0 articles" in ran.err
    assert scrapy("stories", "--json", database=url).out == before


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["99"], 1, "no story 99"),
        (["--why", "1", "99"], 1, "no article 99"),
        (["--why", "1", "1"], 2, "are one article"),
        (["three"], 2, "no story's id"),
        (["1", "--rebuild"], 2, "one story's id"),
    ],
)
def test_what_cannot_be_answered_is_said(url: str, arguments: list[str], code: int, message: str) -> None:
    ran = scrapy("stories", *arguments, database=url)

    assert (ran.code, message in ran.err) == (code, True), ran.err
