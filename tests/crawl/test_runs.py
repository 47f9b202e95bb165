"""What one crawl after another finds, keeps and leaves for later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.crawl.rows import page, runs, states, titles
from tests.crawl.site import NEWS, Site, article, article_url, list_page

CHINA = f"{NEWS}/china"


def channel_of(site: Site, numbers: list[int], per_page: int = 3, **fields: str) -> None:
    """A channel of articles over pages /china, /china-2, …"""
    urls = [site.article(number, **fields) for number in numbers]
    pages = [urls[at : at + per_page] for at in range(0, len(urls), per_page)]
    for index, links in enumerate(pages, 1):
        here = CHINA if index == 1 else f"{CHINA}-{index}"
        site.add(here, list_page(links, f"/china-{index + 1}" if index < len(pages) else None))


def test_a_second_crawl_fetches_the_first_list_page_and_adds_nothing(site: Site, sqlite: str) -> None:
    channel_of(site, list(range(1, 8)))
    first = site.crawl("-a", "channel=china", database=sqlite)
    assert first.code == 0, first.stderr
    assert states(sqlite) == {"stored": 7}
    site.hits.clear()

    second = site.crawl("-a", "channel=china", database=sqlite)

    assert second.code == 0, second.stderr
    assert states(sqlite) == {"stored": 7}
    assert sorted(site.paths()) == ["/china", "/robots.txt"]


def test_new_articles_are_found_down_to_the_first_page_of_known_links(site: Site, sqlite: str) -> None:
    channel_of(site, list(range(10, 0, -1)))
    site.crawl("-a", "channel=china", database=sqlite)
    channel_of(site, list(range(14, 0, -1)))
    site.hits.clear()

    site.crawl("-a", "channel=china", database=sqlite)

    assert len(titles(sqlite)) == 14
    # 14 13 12 | 11 10 9 | 8 7 6: the third page holds known links only
    assert [path for path in site.paths() if path.startswith("/china")] == ["/china", "/china-2", "/china-3"]


def test_a_walk_that_broke_off_is_taken_down_to_the_end_by_the_next_run(site: Site, sqlite: str) -> None:
    channel_of(site, list(range(6, 0, -1)))
    site.crawl("-a", "channel=china", database=sqlite)
    channel_of(site, list(range(15, 0, -1)))
    second = site.pages["/china-2"]
    site.add(f"{CHINA}-2", "busy", 503)
    site.crawl("-a", "channel=china", database=sqlite)
    assert len(titles(sqlite)) == 9  # the six of the first run, and the three of the first page
    site.pages["/china-2"] = second

    site.crawl("-a", "channel=china", database=sqlite)

    assert len(titles(sqlite)) == 15


def test_limit_stores_so_many_and_the_next_run_goes_on(site: Site, sqlite: str) -> None:
    channel_of(site, list(range(1, 9)))

    limited = site.crawl("-a", "channel=china", "-a", "limit=4", database=sqlite)

    assert limited.code == 0
    assert len(titles(sqlite)) == 4
    site.crawl("-a", "channel=china", database=sqlite)
    assert len(titles(sqlite)) == 8


def test_under_a_limit_no_list_is_asked_for_that_is_not_needed(site: Site, sqlite: str) -> None:
    channel_of(site, list(range(1, 9)))
    site.add(f"{NEWS}/world", list_page([site.article(20)]))

    site.crawl("-a", "channel=china,world", "-a", "limit=2", database=sqlite)

    assert len(titles(sqlite)) == 2
    assert [path for path in site.paths() if not path.startswith("/2")] == ["/robots.txt", "/china"]


def test_under_a_limit_the_next_list_is_read_when_the_first_has_too_few(site: Site, sqlite: str) -> None:
    channel_of(site, [1, 2])
    site.add(f"{NEWS}/world", list_page([site.article(number) for number in (20, 21, 22)]))

    site.crawl("-a", "channel=china,world", "-a", "limit=4", database=sqlite)

    assert len(titles(sqlite)) == 4


def test_under_a_limit_another_article_takes_the_place_of_a_bad_one(site: Site, sqlite: str) -> None:
    channel_of(site, [1, 2, 3])
    site.add(article_url(1), "gone", 404)

    site.crawl("-a", "channel=china", "-a", "limit=2", database=sqlite)

    assert len(titles(sqlite)) == 2


def test_what_since_skips_waits_for_a_run_that_reaches_further_back(site: Site, sqlite: str) -> None:
    old = site.article(1, day="20230401", time="2023-04-01 08:00:00")
    new = site.article(2, day="20230510")
    site.add(CHINA, list_page([new, old], day=""))

    first = site.crawl("-a", "channel=china", "-a", "since=2023-05-01", database=sqlite)

    assert first.code == 0
    assert page(sqlite, old).state == "postponed"
    assert page(sqlite, new).state == "stored"
    site.crawl("-a", "channel=china", "-a", "since=2023-03-01", database=sqlite)
    assert page(sqlite, old).state == "stored"


def test_the_page_s_own_date_decides_where_the_list_has_none(site: Site, sqlite: str) -> None:
    # the URL says May, the page says March
    url = site.article(1, day="20230510", time="2023-03-01 08:00:00")
    site.add(CHINA, list_page([url], day=""))

    site.crawl("-a", "channel=china", "-a", "since=2023-05-01", database=sqlite)

    assert page(sqlite, url).state == "postponed"
    assert titles(sqlite) == []


def test_parts_become_one_article_and_point_to_it(site: Site, sqlite: str) -> None:
    first, second = article_url(1), article_url(1).replace(".html", "_2.html")
    link = f'<a href="{second}">下一页</a>'
    site.add(first, article(1, body="<p>　　第一页的正文写到船靠了岸，水手们开始卸货。</p>", more=link))
    site.add(second, article(1, body="<p>　　第二页的正文写到货卸完了，船又离了岸。</p>"))

    done = site.crawl("-a", f"url={first}", database=sqlite, LOG_LEVEL="ERROR")

    assert done.code == 0, done.stderr
    assert len(titles(sqlite)) == 1
    part = page(sqlite, second)
    assert (part.kind, part.state) == ("part", "stored")
    assert part.article_id == page(sqlite, first).article_id


def test_an_article_whose_second_page_is_missing_for_now_is_stored_and_fetched_again(
    site: Site, sqlite: str
) -> None:
    first, second = article_url(1), article_url(1).replace(".html", "_2.html")
    link = f'<a href="{second}">下一页</a>'
    site.add(first, article(1, body="<p>　　第一页的正文写到船靠了岸，水手们开始卸货。</p>", more=link))
    site.add(second, "busy", 503)
    site.add(CHINA, list_page([first]))

    site.crawl("-a", "channel=china", database=sqlite)

    assert len(titles(sqlite)) == 1
    assert (page(sqlite, first).state, page(sqlite, first).reason) == ("discovered", "part_missing")
    site.add(second, article(1, body="<p>　　第二页的正文写到货卸完了，船又离了岸。</p>"))
    site.crawl("-a", "channel=china", database=sqlite)
    assert page(sqlite, first).state == "stored"
    assert page(sqlite, second).state == "stored"


def test_two_addresses_of_one_article_are_stored_once(site: Site, sqlite: str) -> None:
    plain = site.article(1)
    tracked = site.add(f"{article_url(1)}?from=timeline&utm_source=wx", article(1))

    site.crawl("-a", f"url={plain},{tracked}", database=sqlite)

    assert len(titles(sqlite)) == 1


def test_the_same_text_at_two_urls_is_stored_twice_and_linked(
    site: Site, sqlite: str, tmp_path: Path
) -> None:
    first = site.article(1)
    copy = site.add(article_url(2), article(1, time="2023-05-11 09:00:00"))
    out = tmp_path / "out.jsonl"

    site.crawl("-a", f"url={copy},{first}", "-O", str(out), database=sqlite)

    records = {row["url"]: row for row in map(json.loads, out.read_text("utf-8").splitlines())}
    assert len(titles(sqlite)) == 2
    assert records[copy]["story"] == records[first]["story"] is not None
    assert records[copy]["reprint_of"] == first
    assert records[first]["reprint_of"] is None


def test_a_run_is_a_row_with_its_arguments_and_its_end(site: Site, sqlite: str) -> None:
    url = site.article(1)

    site.crawl("-a", f"url={url}", database=sqlite)

    (run,) = runs(sqlite)
    assert run.portal == "cri"
    assert run.arguments == {"url": url}
    assert run.reason == "finished"
    assert run.counts["articles_new"] == 1
    assert run.finished_at >= run.started_at


@pytest.mark.parametrize("url", ["https://news.cri.cn/", "https://news.cri.cn/about.html"])
def test_a_start_url_that_is_neither_list_nor_article_fails_the_run(
    site: Site, sqlite: str, url: str
) -> None:
    site.add(url, "<html><body><p>欢迎</p></body></html>")

    done = site.crawl("-a", f"url={url}", database=sqlite)

    assert done.code == 1
    assert "no link to an article" in done.stderr


def test_an_article_at_an_unknown_form_of_url_is_read_when_it_is_named(site: Site, sqlite: str) -> None:
    url = site.add(f"{NEWS}/special/harbour.html", article(5))

    done = site.crawl("-a", f"url={url}", database=sqlite)

    assert done.code == 0, done.stderr
    assert titles(sqlite) == ["第5号码头迎来首班货轮"]
