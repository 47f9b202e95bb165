"""A crawl stays within the portal's hosts, and what it leaves out is heard of."""

from __future__ import annotations

from typing import Any

from loopback import Page


def test_a_redirect_out_of_the_portal_reaches_the_errback_and_not_the_host(server: Any, crawl: Any) -> None:
    server.pages = {"/a": Page(status=302, headers={"Location": "http://elsewhere.com/b"})}

    done = crawl(
        ["http://news.cri.cn/a"],
        settings={"CONNECT_TO": {"*.cri.cn": server.address, "elsewhere.com": server.address}},
        domains=["cri.cn"],
    )

    end = done.end("http://news.cri.cn/a")
    assert end["error"] == "OutsidePortal"
    assert "http://elsewhere.com/b is outside the portal (cri.cn)" in end["message"]
    assert done.stats["offsite/filtered"] == 1
    assert server.paths() == ["/robots.txt", "/a"]


def test_allow_offsite_lets_a_request_out_but_not_past_the_other_hosts_robots(
    server: Any, crawl: Any
) -> None:
    server.pages = {
        "/robots.txt": Page(b"User-agent: *\nDisallow: /private/"),
        "/a.jpg": Page(headers={"Content-Type": "image/jpeg"}),
    }
    urls = ["http://cdn.com/a.jpg", "http://cdn.com/private/b.jpg"]

    done = crawl(
        urls,
        settings={"CONNECT_TO": {"cdn.com": server.address}},
        domains=["cri.cn"],
        meta={"allow_offsite": True},
    )

    assert done.end(urls[0])["status"] == 200
    assert done.end(urls[1])["error"] == "ForbiddenByRobots"
