from __future__ import annotations

import pytest

from crawler.identity import UrlError, belongs, canonical_url, url_key
from crawler.portals import UrlRules

SAME = [
    ("http://news.cri.cn/20251010/a-1.html", "https://news.cri.cn/20251010/a-1.html"),
    ("https://m.cri.cn/a.html", "https://www.cri.cn/a.html"),
    ("https://news.cri.cn/a.html#pinglun", "https://news.cri.cn/a.html"),
    ("https://news.cri.cn/a.html?utm_source=wx&spm=1.2", "https://news.cri.cn/a.html"),
    ("https://NEWS.cri.cn:443/a.html", "https://news.cri.cn/a.html"),
    ("https://news.cri.cn//a//b.html", "https://news.cri.cn/a/b.html"),
    ("https://news.cri.cn/a?id=1&page=2", "https://news.cri.cn/a?page=2&id=1"),
    ("https://news.cri.cn/%E5%9B%BE.html", "https://news.cri.cn/图.html"),
    ("https://cq.cri.cn/index.html", "https://cq.cri.cn/"),
    ("https://news.cri.cn/china/", "https://news.cri.cn/china"),
    ("https://news.cri.cn/a.jsp;jsessionid=0A1B?id=7", "https://news.cri.cn/a.jsp?id=7"),
    ("https://news.cri.cn/a?id=1&&utm_medium=x&page=2", "https://news.cri.cn/a?id=1&page=2"),
]
DIFFERENT = [
    ("https://news.cri.cn/view?id=1", "https://news.cri.cn/view?id=2"),
    ("https://cq.cri.cn/a.html", "https://hb.cri.cn/a.html"),
    ("https://news.cri.cn/a_1.html", "https://news.cri.cn/a_2.html"),
    ("https://news.cri.cn/?a-12.html", "https://news.cri.cn/?a-13.html"),
    ("https://news.cri.cn/A.html", "https://news.cri.cn/a.html"),
    ("https://news.cri.cn/a.html/", "https://news.cri.cn/a.html"),
    ("https://m.com.cn/a", "https://www.com.cn/a"),
    # 我 and 枢 in GBK, which are no UTF-8
    ("https://news.cri.cn/a?t=%CE%D2&from=wx", "https://news.cri.cn/a?t=%CA%E0&from=wx"),
    ("https://news.cri.cn/a?id=1;spm=2", "https://news.cri.cn/a?id=1"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_addresses_of_one_article_have_one_key(one: str, other: str) -> None:
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_addresses_of_two_articles_have_two_keys(one: str, other: str) -> None:
    assert url_key(one) != url_key(other)


def test_a_portal_can_drop_more_of_the_query_and_name_aliases() -> None:
    rules = UrlRules(drop_query=("cid",), host_aliases=(("old.cri.cn", "news.cri.cn"),))

    assert url_key("http://old.cri.cn/a.html?cid=7&id=1", rules) == "news.cri.cn/a.html?id=1"
    assert url_key("http://news.cri.cn/a.html?id=1", UrlRules(keep_query=False)) == "news.cri.cn/a.html"


def test_a_form_of_the_portal_s_articles_takes_the_place_of_host_and_path() -> None:
    rules = UrlRules(forms=((r"(?:\w+\.)?cri\.cn/(?:p/)?(\d+)\.html", r"cri.cn/\1"),))

    assert (
        url_key("https://m.cri.cn/p/7.html", rules)
        == url_key("https://cq.cri.cn/7.html", rules)
        == "cri.cn/7"
    )
    assert url_key("https://cq.cri.cn/7.html?page=2", rules) == "cri.cn/7?page=2"
    assert url_key("https://cq.cri.cn/7_2.html", rules) == "cq.cri.cn/7_2.html"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "news.cri.cn/a",
        "ftp://cri.cn/a",
        "https://",
        "http://[::1/a",
        "javascript:1",
        "http://a:99999/",
        "https://e.cn/" + "x" * 3000,
        "https://e.cn/" + "图" * 900,
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(UrlError):
        canonical_url(url)


@pytest.mark.parametrize("url", [url for pair in SAME + DIFFERENT for url in pair])
def test_the_canonical_form_of_a_canonical_form_is_itself(url: str) -> None:
    assert canonical_url(canonical_url(url)) == canonical_url(url)


def test_a_host_belongs_with_its_subdomains_only() -> None:
    assert belongs("https://cq.cri.cn/", ("cri.cn",))
    assert belongs("https://CRI.cn./", ("cri.cn",))
    assert not belongs("https://notcri.cn/", ("cri.cn",))
    assert not belongs("https://cri.cn.example.com/", ("cri.cn",))
