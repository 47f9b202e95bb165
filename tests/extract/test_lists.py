from __future__ import annotations

from crawler.extract.dom import parse
from crawler.extract.lists import ListPage, is_article_url, read_list
from crawler.portals.registry import portal_by_name

CRI = portal_by_name("cri")
ID = "0c1f8a52-77d0-4f3e-9f3a-2f0f4f6f1b11"


def read(html: str, url: str = "https://news.cri.cn/china") -> ListPage:
    assert CRI is not None
    tree = parse(html)
    assert tree is not None
    return read_list(tree, url, html, CRI)


def test_links_come_absolute_with_title_and_day() -> None:
    page = read(
        f'<div class="list-box"><ul><li><h4><a href="//news.cri.cn/20230102/{ID}.html"> 港口  开埠 </a></h4>'
        '<span class="list-time">2023年01月02日 10:20</span></li></ul></div>'
    )

    (link,) = page.links
    assert link.url == f"https://news.cri.cn/20230102/{ID}.html"
    assert link.title == "港口 开埠"
    assert link.day == "2023-01-02"


def test_the_day_comes_from_the_url_where_the_list_shows_none() -> None:
    page = read(f'<p class="title-list"><a href="/20230102/{ID}.html">港口开埠</a></p>')

    assert page.links[0].day == "2023-01-02"


def test_a_link_is_listed_once_and_others_are_left_out() -> None:
    good = f'<li><a href="/20230102/{ID}.html">港口开埠</a></li>'
    page = read(
        f'<div class="list-box"><ul>{good}{good}<li><a href="/special/x.html">专题</a></li>'
        f'<li><a href="https://other.example.cn/20230102/{ID}.html">别家</a></li>'
        '<li><a href="javascript:void(0)">展开</a></li><li><a href="http://[x/">坏</a></li></ul></div>'
    )

    assert [link.url for link in page.links] == [f"https://news.cri.cn/20230102/{ID}.html"]


def test_the_next_page_is_the_one_called_so() -> None:
    assert read('<a href="/china-2">下一页</a>').next_url == "https://news.cri.cn/china-2"
    assert (
        read('<a href="/china/index-2.html">[ 下一页 ]</a>').next_url
        == "https://news.cri.cn/china/index-2.html"
    )


def test_the_next_page_is_the_one_with_the_next_number() -> None:
    page = read(
        '<a href="/china-1">1</a><a href="/china-2">2</a><a href="/china-3">3</a>',
        "https://news.cri.cn/china-2",
    )

    assert page.next_url == "https://news.cri.cn/china-3"


def test_another_channel_s_second_page_is_not_the_next_one() -> None:
    assert read('<a href="/world-2">下一页</a>').next_url is None


def test_a_first_page_names_its_fragment_and_fragments_count_on() -> None:
    first = read(f'<script>var more = "/inc/{ID}-2.inc";</script>')
    second = read(
        f'<div><ul><li><a href="/20230102/{ID}.html">港口</a></li></ul></div>',
        f"https://news.cri.cn/inc/{ID}-2.inc",
    )
    empty = read("<div><ul></ul></div>", f"https://news.cri.cn/inc/{ID}-3.inc")

    assert first.next_url == f"https://news.cri.cn/inc/{ID}-2.inc"
    assert second.next_url == f"https://news.cri.cn/inc/{ID}-3.inc"
    assert empty.next_url is None


def test_article_urls_of_every_age_are_known() -> None:
    assert CRI is not None
    for url in (
        f"https://news.cri.cn/20251010/{ID}.html",
        f"https://cq.cri.cn/chinanews/20190101/{ID}.html",
        f"http://money.cri.cn/303/2019/05/06/{ID}.html",
        "http://gb.cri.cn/42071/2015/09/28/7211s5117323_1.htm",
    ):
        assert is_article_url(url, CRI), url
    for url in (
        f"https://news.cri.cn/special/20251010/{ID}.html",
        f"https://news.cri.cn/video/20251010/{ID}.html",
        "https://news.cri.cn/china",
        "https://news.cri.cn/index.html",
        f"https://cri.cn.example.com/20251010/{ID}.html",
    ):
        assert not is_article_url(url, CRI), url
