"""What a page may cost, what a crawl opens, and how fast it asks."""

from __future__ import annotations

import gzip
import itertools
from typing import Any

from loopback import Page

MIB = 1024 * 1024


def test_a_page_of_more_than_16_mib_is_stopped(server: Any, crawl: Any) -> None:
    server.pages = {"/large": Page(b"x" * (17 * MIB)), "/fits": Page(b"x" * (15 * MIB))}

    done = crawl(
        ["http://cri.cn/large", "http://cri.cn/fits"], settings={"CONNECT_TO": {"cri.cn": server.address}}
    )

    assert done.end("http://cri.cn/large")["error"] == "DownloadCancelledError"
    assert done.end("http://cri.cn/fits")["size"] == 15 * MIB
    assert server.paths().count("/large") == 1


def test_a_gzip_bomb_is_stopped_while_it_unfolds(server: Any, crawl: Any) -> None:
    bomb = gzip.compress(b"0" * (256 * MIB), compresslevel=1)
    server.pages = {"/bomb": Page(bomb, headers={"Content-Encoding": "gzip"})}

    done = crawl(["http://cri.cn/bomb"], settings={"CONNECT_TO": {"cri.cn": server.address}})

    assert len(bomb) < 16 * MIB
    assert done.end("http://cri.cn/bomb")["how"] == "errback"
    assert "DOWNLOAD_MAXSIZE" in done.end("http://cri.cn/bomb")["message"]


def test_a_redirect_loop_ends(server: Any, crawl: Any) -> None:
    server.pages = {"/loop": Page(status=302, headers={"Location": "/loop"})}

    done = crawl(["http://cri.cn/loop"], settings={"CONNECT_TO": {"cri.cn": server.address}})

    assert "max redirections reached" in done.end("http://cri.cn/loop")["message"]
    assert server.paths().count("/loop") == 6


def test_a_running_crawl_listens_on_no_port(server: Any, crawl: Any) -> None:
    server.pages = {"/a": Page()}

    done = crawl(["http://cri.cn/a"], settings={"CONNECT_TO": {"cri.cn": server.address}})

    assert done.end("http://cri.cn/a")["how"] == "callback"
    assert done.ports == []


def test_by_default_a_host_is_asked_once_a_second_and_one_at_a_time(server: Any, crawl: Any) -> None:
    server.pages = {f"/{number}": Page() for number in range(3)}

    crawl(
        [f"http://cri.cn/{number}" for number in range(3)],
        polite=True,
        settings={"CONNECT_TO": {"cri.cn": server.address}},
    )

    gaps = [later.at - hit.at for hit, later in itertools.pairwise(server.hits)]
    assert len(gaps) == 3  # robots.txt is asked for first
    assert all(0.95 < gap < 1.6 for gap in gaps), gaps


def test_with_the_delays_off_nothing_else_delays(server: Any, crawl: Any) -> None:
    server.pages = {f"/{number}": Page() for number in range(50)}

    done = crawl(
        [f"http://cri.cn/{number}" for number in range(50)],
        settings={"CONNECT_TO": {"cri.cn": server.address}, "CONCURRENT_REQUESTS_PER_DOMAIN": 8},
    )

    assert len(done.ends) == 50
    assert server.hits[-1].at - server.hits[0].at < 2


def test_redirected_requests_keep_the_pace_of_the_host_they_ask(server: Any, crawl: Any) -> None:
    server.pages = {
        "/a": Page(status=302, headers={"Location": "http://www.cri.cn/b"}),
        "/b": Page(),
        "/c": Page(),
    }

    done = crawl(
        ["http://cri.cn/a", "http://www.cri.cn/c"],
        polite=True,
        settings={"CONNECT_TO": {"*.cri.cn": server.address}, "ROBOTSTXT_OBEY": False},
    )

    assert done.end("http://cri.cn/a")["slot"] == "www.cri.cn"
    asked = [hit.at for hit in server.hits if hit.headers["Host"] == "www.cri.cn"]
    assert asked[1] - asked[0] > 0.95
