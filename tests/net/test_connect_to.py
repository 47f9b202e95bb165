"""CONNECT_TO: hosts answered by another address while every URL stays what it was."""

from __future__ import annotations

from typing import Any

import pytest
from loopback import Page

from crawler.middlewares.connect_to import ConnectTo
from crawler.middlewares.endpoint import Endpoint, WrongSetting


def test_a_star_matches_the_domain_itself_and_everything_below_it() -> None:
    rules = ConnectTo.from_setting('{"*.cri.cn": "127.0.0.1:8099"}')

    assert rules.endpoint("cri.cn") == rules.endpoint("a.b.CRI.cn") == Endpoint("127.0.0.1", 8099)
    assert rules.endpoint("notcri.cn") is None
    assert rules.endpoint("cri.cn.example.com") is None


def test_the_longest_pattern_wins_and_an_exact_host_before_all() -> None:
    rules = ConnectTo.from_setting(
        {"*.cri.cn": "127.0.0.1:1", "*.news.cri.cn": "127.0.0.1:2", "news.cri.cn": "127.0.0.1:3"}
    )

    assert [rules.endpoint(host).port for host in ("cq.cri.cn", "a.news.cri.cn", "news.cri.cn")] == [1, 2, 3]  # type: ignore[union-attr]


def test_names_and_ipv6_are_addresses_too() -> None:
    rules = ConnectTo.from_setting({"a.cn": "localhost:80", "b.cn": "[::1]:81"})

    assert rules.endpoint("a.cn") == Endpoint("127.0.0.1", 80)
    assert rules.endpoint("b.cn") == Endpoint("::1", 81)


def test_nothing_set_means_no_rules() -> None:
    assert not ConnectTo.from_setting({})
    assert not ConnectTo.from_setting("")
    assert not ConnectTo.from_setting(None)


@pytest.mark.parametrize(
    "value",
    [
        "*.cri.cn=127.0.0.1:8099",
        '["cri.cn"]',
        "8099",
        {"cri.cn": "127.0.0.1"},
        {"cri.cn": "127.0.0.1:"},
        {"cri.cn": "127.0.0.1:99999"},
        {"cri.cn": 8099},
        {"cri.cn": "http://127.0.0.1:8099"},
        {"*": "127.0.0.1:8099"},
        {"http://cri.cn": "127.0.0.1:8099"},
        {"cri.cn": "a..b:80"},
    ],
)
def test_a_malformed_setting_is_an_error_that_shows_a_right_one(value: Any) -> None:
    with pytest.raises(WrongSetting, match=r"CONNECT_TO: .*use -s CONNECT_TO="):
        ConnectTo.from_setting(value)


def test_http_and_https_go_as_plain_http_with_their_own_host_header(server: Any, crawl: Any) -> None:
    server.pages = {"/a": Page(), "/b": Page()}
    urls = ["http://cri.cn/a", "https://news.cri.cn/b"]

    done = crawl(urls, settings={"CONNECT_TO": f'{{"*.cri.cn": "{server.address}"}}'}, domains=["cri.cn"])

    for url in urls:
        end = done.end(url)
        assert (end["how"], end["status"], end["final"], end["request"]) == ("callback", 200, url, url)
    assert {end["slot"] for end in done.ends} == {"cri.cn", "news.cri.cn"}
    assert {(hit.path, hit.headers["Host"]) for hit in server.hits} == {
        ("/robots.txt", "cri.cn"),
        ("/a", "cri.cn"),
        ("/robots.txt", "news.cri.cn"),
        ("/b", "news.cri.cn"),
    }


def test_redirects_are_resolved_against_the_url_that_was_asked_for(server: Any, crawl: Any) -> None:
    server.pages = {
        "/old": Page(status=302, headers={"Location": "/new"}),
        "/away": Page(status=301, headers={"Location": "http://cq.cri.cn/new"}),
        "/new": Page(),
    }

    done = crawl(
        ["https://news.cri.cn/old", "https://news.cri.cn/away"],
        settings={"CONNECT_TO": {"*.cri.cn": server.address}},
        domains=["cri.cn"],
    )

    assert done.end("https://news.cri.cn/old")["final"] == "https://news.cri.cn/new"
    assert done.end("https://news.cri.cn/away")["final"] == "http://cq.cri.cn/new"
    assert done.end("https://news.cri.cn/away")["slot"] == "cq.cri.cn"


def test_a_redirect_to_a_page_seen_before_still_ends_in_a_callback(server: Any, crawl: Any) -> None:
    server.pages = {
        "/one": Page(status=302, headers={"Location": "/same"}),
        "/two": Page(status=302, headers={"Location": "/same"}),
        "/same": Page(),
    }

    done = crawl(
        ["http://cri.cn/one", "http://cri.cn/two"],
        settings={"CONNECT_TO": {"cri.cn": server.address}},
        domains=["cri.cn"],
        dont_filter=False,
    )

    assert [end["final"] for end in done.ends] == ["http://cri.cn/same"] * 2
