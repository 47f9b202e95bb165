"""Which claims of a page to another address (<link rel=canonical>) are believed."""

from __future__ import annotations

import pytest

from crawler.claims import believed, identity, is_plausible
from crawler.identity import url_key
from crawler.portals.registry import portal_by_name, portal_of
from crawler.read import Page, read
from tests import shared

SITE = "https://news.qingshi.cn"

PLAUSIBLE = [
    # unknown parameters beside a number in the path
    (f"{SITE}/2021/0301/2031775.html?x=7", f"{SITE}/2021/0301/2031775.html"),
    (f"{SITE}/a/2031775?ch=sy&x=1", f"{SITE}/a/2031775"),
    # a telephone's host and path
    ("https://h5.qingshi.cn/newsview/2031775.html", f"{SITE}/1/725/2031775.htm"),
    ("https://m.qingshi.cn/w/t20210301_2031775.htm", "https://www.qingshi.cn/nong/t20210301_2031775.htm"),
    # a number in the query that becomes one of the path, or keeps its key
    (f"{SITE}/show.php?id=5", f"{SITE}/nong/5.html"),
    (f"{SITE}/show.php?id=5&c=12", f"{SITE}/show.php?c=12&id=5"),
    (f"{SITE}/show.php?c=12&aid=2031775", f"{SITE}/nong/12/2031775.html?c=12"),
    # names
    (f"{SITE}/m/spring-tea-harvest/", f"{SITE}/spring-tea-harvest"),
    (f"{SITE}/m/%E6%98%A5%E8%8C%B6.html", f"{SITE}/nong/春茶.html"),
    # the very same
    (f"{SITE}/detail.html", f"{SITE}/detail.html#top"),
]
IMPLAUSIBLE = [
    # another site, or none
    (f"{SITE}/2031775.html", "https://news.hongyan.cn/2031775.html"),
    (f"{SITE}/2031775.html", "ftp://news.qingshi.cn/2031775.html"),
    (f"{SITE}/2031775.html", "javascript:void(0)"),
    ("https://a.gov.cn/2031775.html", "https://b.gov.cn/2031775.html"),
    # one address for all: home page, list, the page of errors, the page that shows any
    (f"{SITE}/2031775.html", f"{SITE}/"),
    (f"{SITE}/2031775.html", f"{SITE}/nong/"),
    (f"{SITE}/2031775.html", f"{SITE}/404.html"),
    (f"{SITE}/show.php?id=5", f"{SITE}/show.php"),
    (f"{SITE}/detail.html?id=2031775", f"{SITE}/detail.html"),
    (f"{SITE}/detail.html?x=tea", f"{SITE}/detail.html"),
    (f"{SITE}/2021/03/01/detail.html?x=tea", f"{SITE}/2021/03/01/detail.html"),
    (f"{SITE}/20210301/show.html?newsid=9", f"{SITE}/20210301/show.html"),
    (f"{SITE}/column12345/show.html?x=9", f"{SITE}/column12345/show.html"),
    (f"{SITE}/column12345.html?cid=9", f"{SITE}/column12345.html"),
    # another article
    (f"{SITE}/2031775.html", f"{SITE}/2031776.html"),
    (f"{SITE}/article/AbC12345", f"{SITE}/article/abc12345"),
    (f"{SITE}/show.php?id=5", f"{SITE}/show.php?id=50"),
    (f"{SITE}/show.php?id=5&c=12", f"{SITE}/show.php?id=5"),
    (f"{SITE}/m/spring-tea-harvest/", f"{SITE}/autumn-tea-harvest/"),
    (f"{SITE}/m/detail/", f"{SITE}/detail/"),
    # another day
    (f"{SITE}/20210301/2031775.html", f"{SITE}/20210302/2031775.html"),
    # further pages of an article
    (f"{SITE}/2031775_2.html", f"{SITE}/2031775.html"),
    (f"{SITE}/2031775/2.html", f"{SITE}/2031775/"),
    (f"{SITE}/2031775.html?page=2", f"{SITE}/2031775.html"),
    (f"{SITE}/2031775.html?p=2&x=1", f"{SITE}/2031775.html"),
]


@pytest.mark.parametrize(("url", "claim"), PLAUSIBLE)
def test_a_claim_that_keeps_what_tells_the_article_is_plausible(url: str, claim: str) -> None:
    assert is_plausible(url, claim, None)


@pytest.mark.parametrize(("url", "claim"), IMPLAUSIBLE)
def test_a_claim_that_could_make_two_articles_one_is_not(url: str, claim: str) -> None:
    assert not is_plausible(url, claim, None)
    assert identity(url, claim, None) == url_key(url)


def test_a_declared_portal_s_claim_must_be_of_its_hosts_and_look_like_an_article() -> None:
    people = portal_by_name("people")
    url = "http://m.people.cn/n1/2023/0918/c1008-40079001.html"

    assert is_plausible(url, "http://society.people.com.cn/n1/2023/0918/c1008-40079001.html", people)
    assert not is_plausible(url, "http://society.people.com.cn/tag/c1008-40079001.html", people)
    assert not is_plausible(url, "http://bbs.people.com.cn/n1/2023/0918/c1008-40079001.html", people)
    assert not is_plausible(url, "http://society.news.cn/n1/2023/0918/c1008-40079001.html", people)
    assert not is_plausible(url, "http://society.people.com.cn/", people)


@pytest.mark.parametrize(
    ("claims", "og_url", "wanted"),
    [
        (["/a/2031775?utm_source=x"], None, "/a/2031775"),
        (["/a/2031775"], "/a/2031775", "/a/2031775"),
        (["/a/2031775", "/a/2031775#top"], None, "/a/2031775"),
        ([], "/a/2031775", None),
        (["/a/2031775", "/b/2031775"], None, None),
        (["/a/2031775"], "/b/2031775", None),
        (["/a/2031775"], "/", None),
    ],
)
def test_what_a_page_claims_must_agree(claims: list[str], og_url: str | None, wanted: str | None) -> None:
    found = believed(
        f"{SITE}/m/2031775?x=1", [SITE + c for c in claims], SITE + og_url if og_url else None, None
    )

    assert found == (SITE + wanted if wanted else None)


def test_what_is_no_address_is_no_claim() -> None:
    assert believed(f"{SITE}/2031775.html", ["https://["], None, None) is None
    assert believed(f"{SITE}/2031775.html", [f"{SITE}/2031775.html"], "https://[", None) is None


def page(head: str, body: str = "") -> bytes:
    text = "茶农们清晨便背着竹篓上山采摘嫩芽，山路上笑声不断，火候全凭一双手来掌握，机器至今替代不了。" * 3
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8">{head}<title>茶园喜获丰收</title></head>
    <body><h1>茶园喜获丰收</h1><div>2021-03-01 08:30 来源：青石晚报</div><article><p>{text}</p><p>{text}</p>
    </article>{body}</body></html>""".encode()


@pytest.mark.parametrize(
    ("head", "body", "wanted"),
    [
        ("", "", "/m/2031775.html?x=1"),
        ('<link rel="canonical" href="/nong/2031775.html?from=wx">', "", "/nong/2031775.html"),
        ('<link href="/nong/2031775.html" rel="Canonical nofollow">', "", "/nong/2031775.html"),
        ('<base href="https://news.qingshi.cn/nong/"><link rel=canonical href=2031775.html>', "", "/nong/2031775.html"),
        ('<link rel="canonical" href="/nong/2031776.html">', "", "/m/2031775.html?x=1"),
        ('<link rel="canonical" href="">', "", "/m/2031775.html?x=1"),
        ('<link rel="canonical" href="http://[">', "", "/m/2031775.html?x=1"),
        ('<link rel="alternate" href="/nong/2031775.html">', "", "/m/2031775.html?x=1"),
        (
            '<link rel="canonical" href="/nong/2031775.html"><meta property="og:url" content="/">',
            "",
            "/m/2031775.html?x=1",
        ),
        ("", '<link rel="canonical" href="/nong/2031775.html">', "/m/2031775.html?x=1"),
    ],
)  # fmt: skip
def test_the_record_says_the_address_that_is_believed(head: str, body: str, wanted: str) -> None:
    found = read(page(head, body), f"{SITE}/m/2031775.html?x=1&utm_source=wx", None)

    assert isinstance(found, Page), found
    assert found.article.url == f"{SITE}/m/2031775.html?x=1&utm_source=wx"
    assert found.article.canonical_url == SITE + wanted


def test_a_page_without_an_address_of_its_own_claims_none() -> None:
    found = read(page('<link rel="canonical" href="https://news.qingshi.cn/nong/2031775.html">'), "", None)

    assert isinstance(found, Page), found
    assert found.article.canonical_url is None


@shared.needs_shared
def test_of_real_pages_whose_links_contradict_each_other_none_is_believed() -> None:
    url = "https://udn.com/news/story/7331/4909425"
    found = read((shared.SHARED / "corpus/pages/udn-1.html").read_bytes(), f"{url}?from=udn", portal_of(url))

    assert isinstance(found, Page), found
    # it calls itself canonical, and another channel's address its og:url
    assert found.article.canonical_url == url
    assert identity(url, found.article.canonical_url, None) == url_key(url)
