from __future__ import annotations

import pytest

from crawler.items import Article, Image
from pipelines.validate import TITLE_MOST, check

URL = "https://news.cri.cn/20230510/a.html"
PICTURE = Image(url="https://p2.cri.cn/1.jpg", position=0)


@pytest.mark.parametrize(
    ("article", "reason"),
    [
        (Article(url=URL, title="题", body_text="正文。"), None),
        (Article(url=URL, title="题", images=[PICTURE]), None),
        (Article(url="ftp://cri.cn/a", title="题", body_text="正文。"), "bad_url"),
        (Article(url=URL, title=" ", body_text="正文。"), "no_title"),
        (Article(url=URL, title="题" * (TITLE_MOST + 1), body_text="正文。"), "long_title"),
        (Article(url=URL, title="题", body_text="\n"), "no_body"),
    ],
)
def test_an_article_has_an_address_a_headline_and_text_or_pictures(
    article: Article, reason: str | None
) -> None:
    assert check(article) == reason
