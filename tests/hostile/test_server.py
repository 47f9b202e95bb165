"""Each trouble behaves as its name says, over a plain socket."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from crawler.extract.lists import is_article_url
from crawler.portals.cri import PORTAL
from tests.hostile import pages
from tests.hostile.server import HOST, HostileServer, closed_port
from tests.hostile.troubles import ARTICLES, LISTS


class Got(NamedTuple):
    """What came back over the socket before the server closed it."""

    status: int
    headers: dict[str, str]
    body: bytes
    raw: bytes


@pytest.fixture(scope="module")
def server() -> Iterator[HostileServer]:
    with HostileServer() as running:
        yield running


def ask(server: HostileServer, path: str, host: str = HOST, timeout: float = 10.0) -> Got:
    """One request; TimeoutError when nothing comes for `timeout` seconds."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        raw = b"".join(iter(lambda: client.recv(1 << 16), b""))
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    status = int(first.split(" ")[1]) if first.startswith("HTTP/") else 0
    return Got(status, headers, body, raw)


def article(server: HostileServer, trouble: str, **options: float) -> Got:
    return ask(server, server.url(trouble).partition(HOST)[2], **options)  # type: ignore[arg-type]


def test_every_article_trouble_has_a_url_that_the_portal_takes_for_an_article() -> None:
    urls = [HostileServer.url(trouble) for trouble in ARTICLES]

    assert [url for url in urls if not is_article_url(url, PORTAL)] == []


def test_a_trouble_that_nobody_knows_is_named_in_the_error() -> None:
    with pytest.raises(KeyError, match="no trouble named 'rain'"):
        HostileServer.url("rain")


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        ("good", 200),
        ("challenge-521", 521),
        ("challenge-412", 412),
        ("challenge-cookie", 200),
        ("forbidden", 403),
        ("too-many", 429),
        ("error-500", 500),
        ("unavailable", 503),
        ("empty", 200),
        ("no-template", 200),
        ("no-title", 200),
        ("no-body", 200),
    ],
)
def test_a_whole_answer_has_its_status_and_its_full_length(
    server: HostileServer, trouble: str, status: int
) -> None:
    got = article(server, trouble)

    assert got.status == status
    assert int(got.headers["content-length"]) == len(got.body)


@pytest.mark.parametrize(
    ("trouble", "target"),
    [
        ("redirect-loop", "/20250101/redirect-loop.html"),
        ("redirect-chain", "/20250101/redirect-chain_1.html"),
        ("redirect-loopback", "http://127.0.0.1:9/admin"),
        ("redirect-metadata", "http://169.254.169.254/latest/meta-data/"),
        ("redirect-file", "file:///etc/passwd"),
        ("redirect-outside", "http://anderswo.example/20250101/good.html"),
        ("redirect-home", "/"),
    ],
)
def test_a_redirect_leads_where_its_name_says(server: HostileServer, trouble: str, target: str) -> None:
    got = article(server, trouble)

    assert (got.status, got.headers["location"]) == (302, target)


def test_a_redirect_chain_never_ends(server: HostileServer) -> None:
    path = "/20250101/redirect-chain.html"

    seen = [path]
    for _ in range(30):
        seen.append(ask(server, seen[-1]).headers["location"])

    assert len(set(seen)) == 31


def test_a_cut_page_is_shorter_than_it_says(server: HostileServer) -> None:
    got = article(server, "cut-body")

    assert 0 < len(got.body) < int(got.headers["content-length"])


def test_a_cut_chunked_page_lacks_its_last_chunk(server: HostileServer) -> None:
    got = article(server, "cut-chunk")

    assert got.headers["transfer-encoding"] == "chunked"
    assert not got.body.endswith(b"0\r\n\r\n")


def test_a_dripping_page_comes_byte_by_byte(server: HostileServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
        client.sendall(b"GET /20250101/drip.html HTTP/1.1\r\nHost: news.cri.cn\r\n\r\n")
        start = time.monotonic()
        received = b""
        while time.monotonic() - start < 1.0:
            received += client.recv(1 << 16)

    assert 1 <= len(received.partition(b"\r\n\r\n")[2]) <= 20


@pytest.mark.parametrize("path", ["/20250101/hang.html", "/list-hang"])
def test_a_hanging_page_sends_nothing(server: HostileServer, path: str) -> None:
    with pytest.raises(TimeoutError):
        ask(server, path, timeout=0.3)


def test_a_server_that_hangs_up_sends_nothing_and_closes(server: HostileServer) -> None:
    assert article(server, "hang-up").raw == b""


def test_garbage_is_no_http(server: HostileServer) -> None:
    assert not article(server, "garbage").raw.startswith(b"HTTP/")


def test_nothing_listens_at_a_closed_port() -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", closed_port()), timeout=1)


def test_too_many_requests_say_when_to_come_back(server: HostileServer) -> None:
    assert article(server, "too-many").headers["retry-after"] == "1"


@pytest.mark.parametrize("trouble", ["challenge-521", "challenge-412", "challenge-cookie"])
def test_a_challenge_is_nothing_but_a_script(server: HostileServer, trouble: str) -> None:
    body = article(server, trouble).body

    assert b"<script>" in body
    assert body.endswith(b"<body></body></html>")


def test_the_bomb_is_small_on_the_wire_and_large_in_memory(server: HostileServer) -> None:
    got = article(server, "bomb")

    unpacked = zlib.decompressobj(16 + zlib.MAX_WBITS)
    size = 0
    data = got.body
    while data:
        size += len(unpacked.decompress(data, 1 << 20))
        data = unpacked.unconsumed_tail
    assert got.headers["content-encoding"] == "gzip"
    assert len(got.body) < 100_000
    assert size == pages.BOMB


@pytest.mark.parametrize(("trouble", "error"), [("broken-gzip", EOFError), ("false-gzip", gzip.BadGzipFile)])
def test_a_bad_gzip_stream_cannot_be_unpacked(
    server: HostileServer, trouble: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        gzip.decompress(article(server, trouble).body)


def test_the_long_line_is_five_megabytes_without_a_break(server: HostileServer) -> None:
    body = article(server, "long-line").body

    assert len(body) > 0.99 * pages.LONG_LINE
    assert b"\n" not in body


@pytest.mark.parametrize("trouble", ["deep", "deep-body"])
def test_the_deep_page_opens_all_its_elements(server: HostileServer, trouble: str) -> None:
    assert article(server, trouble).body.count(b"<div>" * 100) == pages.NESTING // 100


def test_text_with_controls_holds_nul(server: HostileServer) -> None:
    body = article(server, "controls").body

    assert all(bytes([control]) in body for control in (0x00, 0x01, 0x08, 0x0B, 0x1F, 0x7F))


def test_surrogates_come_as_references(server: HostileServer) -> None:
    body = article(server, "surrogates").body

    assert b"&#xD800;" in body
    assert b"&#xDFFF;" in body


@pytest.mark.parametrize("trouble", ["picture", "noise"])
def test_bytes_that_are_no_text_come_as_html(server: HostileServer, trouble: str) -> None:
    got = article(server, trouble)

    assert got.headers["content-type"].startswith("text/html")
    with pytest.raises(UnicodeDecodeError):
        got.body.decode("utf-8")


@pytest.mark.parametrize(
    ("trouble", "declared", "real"),
    [
        ("wrong-charset", "gb2312", "utf-8"),
        ("latin-charset", "iso-8859-1", "utf-8"),
        ("unknown-charset", "x-klingon", "utf-8"),
        ("gb-as-utf8", "utf-8", "gb18030"),
    ],
)
def test_a_page_declares_another_charset_than_it_has(
    server: HostileServer, trouble: str, declared: str, real: str
) -> None:
    got = article(server, trouble)

    assert got.headers["content-type"] == f"text/html; charset={declared}"
    assert "邮递员" in got.body.decode(real)


@pytest.mark.parametrize("path", sorted(LISTS.keys() - {"/list-500", "/list-hang"}))
def test_a_list_is_a_page(server: HostileServer, path: str) -> None:
    assert ask(server, path).status == 200


def test_the_list_of_all_names_every_trouble(server: HostileServer) -> None:
    body = ask(server, "/all").body.decode()

    assert all(f'"/20250101/{trouble}.html"' in body for trouble in ARTICLES)


def test_the_empty_list_has_no_links(server: HostileServer) -> None:
    assert b"<a " not in ask(server, "/empty-list").body


@pytest.mark.parametrize("name", ["calendar", "endless"])
def test_a_list_without_end_always_has_a_next_page(server: HostileServer, name: str) -> None:
    first = ask(server, f"/{name}").body.decode()
    far = ask(server, f"/{name}-90000").body.decode()

    assert f'<a href="/{name}-2">下一页</a>' in first
    assert f'<a href="/{name}-90001">下一页</a>' in far


def test_an_endless_list_names_a_new_article_on_each_page(server: HostileServer) -> None:
    assert b"/20250101/good_7.html" in ask(server, "/endless-7").body
    assert ask(server, "/20250101/good_7.html").body == pages.good()


def test_robots_txt_follows_from_the_host(server: HostileServer) -> None:
    assert b"Disallow: /\n" in ask(server, "/robots.txt", "forbid.cri.cn").body
    assert ask(server, "/robots.txt", "robots500.cri.cn").status == 500
    assert b"Allow: /" in ask(server, "/robots.txt", HOST).body
    with pytest.raises(TimeoutError):
        ask(server, "/robots.txt", "robotshang.cri.cn", timeout=0.3)


def test_requests_are_counted_by_host_and_path(server: HostileServer) -> None:
    before = server.counts["sn.cri.cn/circle"]

    ask(server, "/circle", "sn.cri.cn")

    assert server.counts["sn.cri.cn/circle"] == before + 1


def test_the_server_stops_at_once_while_clients_wait() -> None:
    with HostileServer() as running:
        client = socket.create_connection(("127.0.0.1", running.port), timeout=5)
        client.sendall(b"GET /20250101/hang.html HTTP/1.1\r\nHost: news.cri.cn\r\n\r\n")
        time.sleep(0.1)
        start = time.monotonic()

    client.close()
    assert time.monotonic() - start < 2
