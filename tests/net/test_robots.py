"""robots.txt is obeyed, also when it cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from loopback import Page

URL = "http://news.cri.cn/a"


def settings(server: Any, **more: Any) -> dict[str, Any]:
    return {"CONNECT_TO": {"*.cri.cn": server.address}, **more}


def test_what_robots_txt_forbids_is_not_fetched(server: Any, crawl: Any) -> None:
    server.pages = {"/robots.txt": Page(b"User-agent: *\nDisallow: /private/"), "/a": Page()}

    done = crawl([URL, "http://news.cri.cn/private/b"], settings=settings(server), domains=["cri.cn"])

    assert done.end(URL)["status"] == 200
    assert done.end("http://news.cri.cn/private/b")["error"] == "ForbiddenByRobots"
    assert "/private/b" not in server.paths()
    assert server.paths().count("/robots.txt") == 1


def test_a_rule_for_this_crawler_is_found_by_its_product_name_alone(server: Any, crawl: Any) -> None:
    server.pages = {
        "/robots.txt": Page(b"User-agent: Tushuo\nDisallow: /\n\nUser-agent: goodbot\nAllow: /"),
        "/a": Page(),
    }

    done = crawl([URL], settings=settings(server, CONTACT="https://goodbot.example/"))

    assert done.end(URL)["error"] == "ForbiddenByRobots"


@pytest.mark.parametrize("status", [500, 503, 521, 429])
def test_a_host_whose_robots_txt_fails_is_left_alone(status: int, server: Any, crawl: Any) -> None:
    server.pages = {"/robots.txt": Page(b"<script>x()</script>", status), "/a": Page()}

    done = crawl([URL, "http://news.cri.cn/b"], settings=settings(server))

    for url in (URL, "http://news.cri.cn/b"):
        assert done.end(url)["error"] == "RobotsUnreachable"
        assert f"HTTP {status}" in done.end(url)["message"]
    assert set(server.paths()) == {"/robots.txt"}
    assert done.stats["robotstxt/unreachable"] == 1


def test_a_host_that_refuses_the_connection_is_left_alone_in_one_line(server: Any, crawl: Any) -> None:
    server.close()

    done = crawl([URL], settings=settings(server))

    assert done.end(URL)["error"] == "RobotsUnreachable"
    assert "robots.txt could not be read (Connection was refused" in done.end(URL)["message"]
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("status", [403, 404])
def test_no_robots_txt_means_no_rules(status: int, server: Any, crawl: Any) -> None:
    server.pages = {"/robots.txt": Page(b"User-agent: *\nDisallow: /", status), "/a": Page()}

    done = crawl([URL], settings=settings(server))

    assert done.end(URL)["status"] == 200


def test_a_redirected_robots_txt_counts(server: Any, crawl: Any) -> None:
    server.pages = {
        "/robots.txt": Page(status=301, headers={"Location": "https://www.cri.cn/rules.txt"}),
        "/rules.txt": Page(b"User-agent: *\nDisallow: /a"),
        "/a": Page(),
    }

    done = crawl([URL], settings=settings(server), domains=["cri.cn"])

    assert done.end(URL)["error"] == "ForbiddenByRobots"


def test_a_robots_txt_of_a_megabyte_is_read_as_far_as_needed(server: Any, crawl: Any) -> None:
    rules = b"User-agent: *\nDisallow: /a\n" + b"# filler\n" * 120_000
    server.pages = {"/robots.txt": Page(rules), "/a": Page()}

    done = crawl([URL], settings=settings(server))

    assert done.end(URL)["error"] == "ForbiddenByRobots"


def test_with_robotstxt_obey_off_none_is_fetched(server: Any, crawl: Any) -> None:
    server.pages = {"/a": Page()}

    done = crawl([URL], settings=settings(server, ROBOTSTXT_OBEY=False))

    assert done.end(URL)["status"] == 200
    assert server.paths() == ["/a"]
