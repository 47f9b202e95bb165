"""Notices that an article is no more, told from articles, lists and errors."""

from __future__ import annotations

import pytest

from crawler.read import Page, Refusal, read
from crawler.traps import is_trap
from tests.crawl.site import article


def page(title: str, text: str, more: str = "") -> bytes:
    head = f"<head><meta charset='utf-8'><title>{title}</title></head>"
    return f"<html>{head}<body><div>{text}</div>{more}</body></html>".encode()


NAVIGATION = "".join(f"<a href='/c{n}/'>频道{n}</a>" for n in range(40))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("404", ""),
        ("页面不存在-某网", "您访问的页面不存在，可能已被删除。"),
        ("某网", "<h1>抱歉，您要查看的文章已删除</h1>"),
        ("提示信息", "<p>该内容已下线</p><p>5秒后返回首页</p>"),
        ("404 Not Found", "<h1>404 Not Found</h1>"),
        ("某网", "<p>对不起，找不到您要的网页</p>"),
        ("Error", "The page does not exist"),
    ],
)
def test_a_notice_is_told(title: str, text: str) -> None:
    for more in ("", NAVIGATION):
        found = read(page(title, text, more), "https://e.cn/2024/1/a.html", None)
        assert isinstance(found, Refusal)
        assert found.reason == "soft_404", (found, more)


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [
        ("某网首页", "今日要闻", "not_article"),
        ("404 号公路通车", "<p>短讯一则</p>", "not_article"),
    ],
)
def test_other_pages_without_an_article_are_not_taken_for_one(title: str, text: str, reason: str) -> None:
    found = read(page(title, text, NAVIGATION), "https://e.cn/2024/1/a.html", None)

    assert isinstance(found, Refusal)
    assert found.reason == reason


def test_an_article_about_missing_pages_is_an_article() -> None:
    body = (
        "<p>　　多地政务网站的链接失效，网友点开后提示页面不存在。记者调查发现，这些文章已被删除的时间并不一致。</p>"
        * 4
    )
    markup = article(1, title="部分网页提示页面不存在 记者调查", body=body)

    assert isinstance(read(markup.encode(), "https://news.cri.cn/20230510/a1b2.html", None), Page)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://e.cn/a/b/a/b/a/b/c.html", True),
        ("https://e.cn/news/news/news/1.html", True),
        ("https://e.cn/n1/2024/11/11/c11-11.html", False),
        ("https://e.cn/M00/00/00/x.html", False),
        ("https://e.cn/" + "x/y/" * 12, True),
        ("https://e.cn/zt/2024/lianghui/2024/a.html", False),
    ],
)
def test_addresses_that_repeat_themselves_are_traps(url: str, expected: bool) -> None:
    assert is_trap(url) is expected
