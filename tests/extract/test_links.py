from __future__ import annotations

import pytest

from crawler.extract.dom import parse
from crawler.extract.links import is_article, is_column
from crawler.extract.lists import read_list
from crawler.portals import Portal

SITE = Portal(name="example.cn", title="example.cn", hosts=("example.cn",))

ARTICLES = [
    "https://news.example.cn/2024/05/01/content_12345.html",
    "https://www.example.cn/n1/2024/0501/c1001-40227650.html",
    "https://www.example.cn/c/2024-05-01/doc-inaxyzw1234567.shtml",
    "https://www.example.cn/a/202405/t20240501_998877.htm",
    "https://www.example.cn/article/8SbnA1c2D3e",
    "https://www.example.cn/detail/3f2504e0-4f89-11d3-9a0c-0305e82c3301.html",
    "https://www.example.cn/20240501/ab12cd34ef56.html",
    "https://www.example.cn/show.php?id=123456",
]
OTHERS = [
    "https://www.example.cn/",
    "https://www.example.cn/news/",
    "https://www.example.cn/about/index.html",
    "https://www.example.cn/list/12.html",
    "https://www.example.cn/photo/20240501.jpg",
    "https://www.example.cn/app/download.html",
    "https://www.example.cn/tags/port",
]


@pytest.mark.parametrize("url", ARTICLES)
def test_an_article_is_known_by_its_url_and_headline(url: str) -> None:
    assert is_article(url, "第三码头迎来今年首班远洋货轮", has_date=True)


@pytest.mark.parametrize("url", ARTICLES[:7])
def test_a_url_with_a_date_or_a_number_needs_no_headline(url: str) -> None:
    assert is_article(url)


@pytest.mark.parametrize("url", OTHERS)
def test_other_pages_are_no_articles_even_under_a_long_text(url: str) -> None:
    assert not is_article(url, "关于我们港口日报社的历史与使命")
    assert not is_article(url)


@pytest.mark.parametrize("text", ["更多", "下一页", "首页", "返回"])
def test_a_link_that_says_where_it_goes_is_no_headline(text: str) -> None:
    assert not is_article("https://www.example.cn/a/123456.html", text)


@pytest.mark.parametrize(
    ("url", "text", "column"),
    [
        ("https://www.example.cn/news/", "新闻", True),
        ("https://finance.example.cn/", "财经", True),
        ("https://www.example.cn/society/index.html", "社会民生", True),
        ("https://www.example.cn/about/", "关于", False),
        ("https://www.example.cn/", "首页", False),
        ("https://www.example.cn/2024/05/01/a1.html", "要闻", False),
        ("https://www.example.cn/news/", "更多", False),
        ("https://www.example.cn/news/", "第三码头迎来今年首班远洋货轮", False),
    ],
)
def test_a_column_has_a_short_name_and_a_short_path(url: str, text: str, column: bool) -> None:
    assert is_column(url, text, "https://www.example.cn/") is column


def test_a_list_nobody_declared_gives_its_articles_and_its_next_page() -> None:
    items = "".join(
        f'<li><a href="/2024/05/0{n}/c{n}12345.html"><img src="{n}.jpg"></a>'
        f'<a href="/2024/05/0{n}/c{n}12345.html">第{n}码头迎来今年首班远洋货轮</a>'
        f"<span>2024-05-0{n}</span></li>"
        for n in range(1, 6)
    )
    html = (
        '<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>'
        '<div class="nav"><a href="/">首页</a><a href="/news/">新闻</a><a href="/about/">关于我们</a></div>'
        f'<ul>{items}</ul><a href="/port/index_2.html">下一页</a><a href="https://ad.other.cn/1234567.html">广告广告广告广告广告广告</a></body></html>'
    )
    tree = parse(html)
    assert tree is not None

    page = read_list(tree, "https://www.example.cn/port/index.html", html, SITE)

    assert [(link.title, link.day) for link in page.links] == [
        (f"第{n}码头迎来今年首班远洋货轮", f"2024-05-0{n}") for n in range(1, 6)
    ]
    assert page.next_url == "https://www.example.cn/port/index_2.html"
    assert page.feeds == ["https://www.example.cn/rss.xml"]


def test_a_home_page_leads_to_its_columns() -> None:
    html = (
        '<body><a href="/">首页</a><a href="/news/">新闻</a><a href="https://finance.example.cn/">财经</a>'
        '<a href="/about/">关于我们</a><a href="https://other.cn/">别家</a></body>'
    )
    tree = parse(html)
    assert tree is not None

    page = read_list(tree, "https://www.example.cn/", html, SITE)

    assert page.columns == ["https://www.example.cn/news/", "https://finance.example.cn/"]
