"""The guard: private addresses, other ports and other protocols are out of reach."""

from __future__ import annotations

from typing import Any

import pytest
from loopback import Page

from crawler.middlewares.addresses import literal, private_kind
from crawler.middlewares.connect_to import ConnectTo
from crawler.middlewares.guard import refusal

LOOPBACKS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0x7f000001",
    "0177.0.0.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "localhost",
    "localhost.",
    "a.localhost",
    "0.0.0.0",
    "0",
]


@pytest.mark.parametrize("host", LOOPBACKS)
def test_every_spelling_of_this_machine_is_refused(host: str) -> None:
    assert refusal(f"http://{host}/", ConnectTo())


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("192.168.1.1", "private"),
        ("100.100.100.200", "private"),
        ("169.254.169.254", "link-local"),
        ("224.0.0.1", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("fe80::1", "link-local"),
        ("fc00::1", "private"),
        ("fec0::1", "private"),
        ("ff02::1", "multicast"),
        ("::", "unspecified"),
    ],
)
def test_addresses_that_are_not_public_are_named_for_what_they_are(address: str, kind: str) -> None:
    assert private_kind(address) == kind


@pytest.mark.parametrize("address", ["8.8.8.8", "202.108.255.1", "2400:3200::1", "64:ff9b::808:808"])
def test_public_addresses_are_public(address: str) -> None:
    assert private_kind(address) is None


def test_a_name_is_no_literal() -> None:
    assert literal("news.cri.cn") is None
    assert literal("127.0.0.1.cri.cn") is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://news.cri.cn:8080/", "port 8080"),
        ("https://news.cri.cn:22/", "port 22"),
        ("http://news.cri.cn@127.0.0.1/", "user name"),
        ("http://user:secret@news.cri.cn/", "user name"),
        ("http://%31%32%37.0.0.1/", "not a host name"),
        ("http:///etc/passwd", "not a host name"),
        ("file:///etc/passwd", "not http"),
        ("ftp://news.cri.cn/", "not http"),
        ("data:text/html,x", "not http"),
        ("s3://bucket/key", "not http"),
    ],
)
def test_a_url_is_refused_with_its_reason(url: str, why: str) -> None:
    assert why in str(refusal(url, ConnectTo()))


@pytest.mark.parametrize("url", ["http://news.cri.cn/", "https://news.cri.cn:443/a", "http://8.8.8.8:80/"])
def test_public_hosts_on_their_ports_pass(url: str) -> None:
    assert refusal(url, ConnectTo()) is None


def test_only_the_hosts_that_connect_to_names_pass_on_other_ports() -> None:
    rules = ConnectTo.from_setting({"*.cri.cn": "127.0.0.1:8099"})

    assert refusal("http://news.cri.cn:8080/", rules) is None
    assert refusal("http://127.0.0.1:8099/", rules) == "127.0.0.1 is not public (loopback)"


def test_no_spelling_of_this_machine_reaches_it(server: Any, crawl: Any) -> None:
    urls = [f"http://{host}{port}/" for host in LOOPBACKS for port in ("", f":{server.port}")]

    done = crawl(urls)

    ends = [done.end(url) for url in urls]
    assert {end["error"] for end in ends} == {"RefusedAddress"}
    assert done.stats["guard/refused"] == len(urls)
    assert server.hits == []


def test_other_protocols_are_refused(crawl: Any, tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    urls = [secret.as_uri(), "data:text/html,hello", "ftp://ftp.cri.cn/a", "s3://bucket/key"]

    done = crawl(urls)

    assert {done.end(url)["error"] for url in urls} == {"RefusedAddress"}


def test_a_redirect_to_the_very_address_of_connect_to_is_refused(
    server: Any, other_server: Any, crawl: Any
) -> None:
    server.pages = {
        "/own": Page(status=302, headers={"Location": f"http://{server.address}/inside"}),
        "/other": Page(status=302, headers={"Location": f"http://{other_server.address}/inside"}),
        "/meta": Page(
            f'<meta http-equiv="refresh" content="0; url=http://{other_server.address}/inside">'.encode()
        ),
        "/file": Page(status=302, headers={"Location": "file:///etc/passwd"}),
    }
    urls = [f"http://news.cri.cn/{name}" for name in ("own", "other", "meta")]

    done = crawl(
        [*urls, "http://news.cri.cn/file"],
        settings={"CONNECT_TO": {"*.cri.cn": server.address}},
        domains=["cri.cn"],
    )

    for url in urls:
        assert done.end(url)["error"] == "RefusedAddress"
        assert "127.0.0.1 is not public (loopback)" in done.end(url)["message"]
    # another scheme is no redirect to Scrapy: the answer comes as it is, and nothing was read from the disk
    assert done.end("http://news.cri.cn/file")["status"] == 302
    assert "root:" not in done.stderr
    assert "/inside" not in server.paths()
    assert other_server.hits == []


def test_a_name_that_leads_to_a_private_address_is_refused(crawl: Any) -> None:
    hosts = {"inside.cri.cn": "127.0.0.1", "router.cri.cn": "192.168.1.1", "cloud.cri.cn": "169.254.169.254"}
    urls = [f"http://{host}/" for host in hosts]

    done = crawl(urls, hosts=hosts)

    for url in urls:
        assert done.end(url)["error"] == "RefusedAddress"
    assert (
        "leads to 192.168.1.1, which is not public (private)" in done.end("http://router.cri.cn/")["message"]
    )


def test_a_name_that_changes_between_check_and_connection_is_refused(crawl: Any) -> None:
    # public when the handler looks, loopback when the connection is made; both look-ups are real ones
    done = crawl(
        ["http://rebind.cri.cn/"],
        hosts={"rebind.cri.cn": ["8.8.8.8", "127.0.0.1"]},
        settings={"DNSCACHE_ENABLED": False, "ROBOTSTXT_OBEY": False, "RETRY_ENABLED": False},
    )

    end = done.end("http://rebind.cri.cn/")
    assert end["how"] == "errback"
    assert "CannotResolveHostError" in end["error"] or "RefusedAddress" in end["error"]


def test_a_name_without_an_address_is_an_ordinary_error(crawl: Any) -> None:
    done = crawl(["http://gone.cri.cn/"], settings={"ROBOTSTXT_OBEY": False})

    assert done.end("http://gone.cri.cn/")["error"] == "CannotResolveHostError"
    assert "guard/refused" not in done.stats


def test_a_proxy_in_a_requests_meta_does_not_lead_past_the_guard(server: Any, crawl: Any) -> None:
    done = crawl(
        ["http://gone.cri.cn/"],
        meta={"proxy": f"http://{server.address}"},
        settings={"ROBOTSTXT_OBEY": False, "RETRY_ENABLED": False},
    )

    assert done.end("http://gone.cri.cn/")["how"] == "errback"
    assert server.hits == []
