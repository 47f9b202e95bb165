"""What is too long for a database's index is left out when a page is read."""

from __future__ import annotations

from crawler.extract.byline import Byline
from crawler.extract.raw import RawArticle
from crawler.items import MAX_CHANNEL, MAX_SOURCE
from crawler.loaders import load_article

URL = "https://www.qingshi.example/1.html"


def test_a_text_taken_for_a_source_is_none() -> None:
    names = ["报" * MAX_SOURCE, "报" * (MAX_SOURCE + 1)]

    articles = [
        load_article(RawArticle("题", "general", byline=Byline(source=name)), URL, None) for name in names
    ]

    assert [article.source and article.source.name for article in articles] == [names[0], None]


def test_a_breadcrumb_keeps_the_levels_that_fit() -> None:
    fits = ["青石", "农" * (MAX_CHANNEL - 3)]

    kept, cut = (
        load_article(RawArticle("题", "general", channel=levels), URL, None).channel
        for levels in (fits, [fits[0], "更" + fits[1], "茶"])
    )

    assert kept == fits
    assert cut == ["青石"]
