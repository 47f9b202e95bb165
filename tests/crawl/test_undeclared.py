"""scrapy crawl portal: a site that nobody declared, by its feeds, sitemaps, lists and columns."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest

from tests.crawl.rows import page, runs, states, titles
from tests.crawl.site import Finished, Site, crawl

HOME = "https://www.harbour.example/"


class Unknown(Site):
    """A site under a name that no portal has."""

    def read(self, url: str, *arguments: str, database: str) -> Finished:
        settings = {"CONNECT_TO": {"*.harbour.example": self.address}}
        return crawl("portal", "-a", f"url={url}", *arguments, database=database, **settings)

    def story(self, path: str, title: str, day: str = "2024-05-01") -> str:
        """Add an article in no portal's markup."""
        return self.add(
            f"{HOME}{path}",
            f"<html><head><meta charset='utf-8'><title>{title}_港湾新闻网</title></head><body>"
            "<nav><a href='/'>首页</a><a href='/news/'>新闻</a></nav>"
            f"<main><h1>{title}</h1><p class='meta'>{day} 08:30 来源：港湾新闻网 责任编辑：江平</p>"
            "<div class='content'><p>清早六点，码头的吊臂开始转动，今天要卸下三百个货柜，调度员已经在塔台里坐了一夜。</p>"
            f"<p>{title}的消息传得很快，附近的渔民都划着船来看，孩子们爬上防波堤，数着一艘一艘的货轮。</p>"
            "<p>港务局的人说，这样的早晨往后每周都会有一次，码头的路也要跟着加宽。</p></div></main>"
            "<aside><ul><li><a href='/2024/04/30/c900001.html'>去年的台风留下的缺口已经补好了</a></li></ul></aside></body></html>",
        )


@pytest.fixture
def unknown() -> Iterator[Unknown]:
    server = Unknown()
    yield server
    server.close()


def links(*urls: str) -> str:
    return "".join(
        f"<li><a href='{url}'>第{n}码头迎来今年首班远洋货轮</a> 2024-05-01</li>"
        for n, url in enumerate(urls, 1)
    )


def test_a_home_page_leads_to_feeds_sitemaps_columns_and_articles(unknown: Unknown, sqlite: str) -> None:
    on_home = unknown.story("2024/05/01/c100001.html", "首班货轮靠岸")
    in_feed = unknown.story("2024/05/01/c100002.html", "灯塔换上新灯")
    in_map = unknown.story("2024/05/01/c100003.html", "渔港扩建开工")
    in_column = unknown.story("2024/05/01/c100004.html", "老码头改成公园")
    second = unknown.story("2024/05/01/c100005.html", "海上集市开张")
    unknown.add(
        HOME,
        "<html><head><meta charset='utf-8'><link rel='alternate' type='application/rss+xml' href='/rss.xml'></head>"
        f"<body><nav><a href='/news/'>新闻</a><a href='/about/'>关于我们</a></nav><ul>{links(on_home)}</ul></body></html>",
    )
    feed = f"<rss><channel><item><title>灯塔换上新灯</title><link>{in_feed}</link></item></channel></rss>"
    unknown.add(f"{HOME}rss.xml", feed)
    urlset = f"<urlset><url><loc>{in_map}</loc></url><url><loc>{HOME}about/</loc></url></urlset>"
    unknown.add(f"{HOME}map.xml.gz", gzip.compress(urlset.encode()))
    unknown.add(f"{HOME}robots.txt", f"User-agent: *\nAllow: /\nSitemap: {HOME}map.xml.gz\n")
    unknown.add(
        f"{HOME}news/",
        f"<html><body><ul>{links(in_column)}</ul><a href='/news/index_2.html'>下一页</a></body></html>",
    )
    unknown.add(f"{HOME}news/index_2.html", f"<html><body><ul>{links(second)}</ul></body></html>")

    first = unknown.read(HOME, database=sqlite)
    again = unknown.read(HOME, database=sqlite)

    assert first.code == 0, first.stderr
    assert titles(sqlite) == sorted(
        ["首班货轮靠岸", "灯塔换上新灯", "渔港扩建开工", "老码头改成公园", "海上集市开张"]
    )
    assert page(sqlite, in_map).portal == "harbour.example"
    assert [run.portal for run in runs(sqlite)] == ["harbour.example"] * 2
    assert "/about/" not in unknown.paths()
    assert again.code == 0, again.stderr
    assert states(sqlite) == {"stored": 5}
    # nobody named /sitemap.xml: that it is not there is no failure
    assert "failed" not in first.stderr


def test_a_list_page_is_read_and_its_site_left_alone(unknown: Unknown, sqlite: str) -> None:
    story = unknown.story("2024/05/01/c100001.html", "首班货轮靠岸")
    start = unknown.add(
        f"{HOME}port/",
        f"<html><body><ul>{links(story, 'https://other.example/2024/05/01/c1.html')}</ul></body></html>",
    )

    done = unknown.read(start, database=sqlite)

    assert done.code == 0, done.stderr
    assert titles(sqlite) == ["首班货轮靠岸"]
    assert sorted(unknown.paths()) == ["/2024/05/01/c100001.html", "/port/", "/robots.txt"]


def test_an_article_is_read_as_such_whatever_it_links_to(unknown: Unknown, sqlite: str) -> None:
    story = unknown.story("2024/05/01/c100001.html", "首班货轮靠岸")

    done = unknown.read(story, database=sqlite)

    assert done.code == 0, done.stderr
    assert titles(sqlite) == ["首班货轮靠岸"]
    assert page(sqlite, story).kind == "article"


def test_a_page_that_looked_like_an_article_and_is_a_list_is_told_apart(
    unknown: Unknown, sqlite: str
) -> None:
    story = unknown.story("2024/05/01/c100001.html", "首班货轮靠岸")
    more = unknown.add(
        f"{HOME}2024/05/01/c100009.html",
        f"<html><title>港湾新闻列表</title><body><ul>{links(*[story] * 3)}</ul></body></html>",
    )
    start = unknown.add(f"{HOME}port/", f"<html><body><ul>{links(story, more)}</ul></body></html>")

    done = unknown.read(start, database=sqlite)

    assert done.code == 0, done.stderr
    assert titles(sqlite) == ["首班货轮靠岸"]
    assert (page(sqlite, more).state, page(sqlite, more).reason) == ("failed", "not_article")
