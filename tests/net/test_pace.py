"""What hosts ask for is obeyed: Retry-After, Crawl-delay, rest when in trouble."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
from scrapy.http import Response

from crawler.middlewares.pace import retry_after
from tests.crawl.rows import page, states, titles
from tests.crawl.site import NEWS, article, article_url, crawl, list_page


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # with the usual 5 connections are made a second late


class Host:
    """A host that answers each path by a script of its own; notes when it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.trouble: dict[str, list[tuple[int, dict[str, str]]]] = {}
        self.asked: list[tuple[float, str, int]] = []
        self._lock = threading.Lock()
        self.server = _Server(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, body = host.answer(self.path)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        with self._lock:
            script = self.trouble.get(path)
            status, headers = script.pop(0) if script else (200, {})
            if status == 200 and path not in self.pages:
                status = 404
            self.asked.append((time.monotonic(), path, status))
        body = self.pages[path] if status == 200 else b"busy"
        return status, {"Content-Type": "text/html; charset=utf-8", **headers}, body

    def articles(self, number: int) -> list[str]:
        """Stand a list of so many articles."""
        urls = [article_url(n) for n in range(1, number + 1)]
        self.pages["/china"] = list_page(urls).encode()
        for n, url in enumerate(urls, 1):
            self.pages[url.removeprefix(NEWS)] = article(n).encode()
        return urls

    def crawl(self, database: str, **settings: object) -> str:
        given = {"RETRY_TIMES": 2, "RETRY_PAUSE": 0.1, "CONCURRENT_REQUESTS_PER_DOMAIN": 8, **settings}
        address = f"127.0.0.1:{self.server.server_port}"
        done = crawl("-a", "channel=china", database=database, CONNECT_TO={"*.cri.cn": address}, **given)
        return done.stderr

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def host() -> Iterator[Host]:
    running = Host()
    yield running
    running.close()


@pytest.fixture
def sqlite(tmp_path: object) -> str:
    return f"sqlite:///{tmp_path}/tushuo.db"


@pytest.mark.parametrize("status", [429, 503])
def test_after_retry_after_nobody_asks_that_host_too_early(host: Host, sqlite: str, status: int) -> None:
    urls = host.articles(12)
    path = urls[3].removeprefix(NEWS)
    host.trouble[path] = [(status, {"Retry-After": "2"})]

    host.crawl(sqlite)

    told = next(moment for moment, _, code in host.asked if code == status)
    # what was on the wire already cannot be called back
    later = [moment - told for moment, _, _ in host.asked if moment > told + 0.1]
    assert len(titles(sqlite)) == 12
    assert later
    assert min(later) >= 1.9


def test_a_new_run_obeys_what_an_earlier_one_was_told(host: Host, sqlite: str) -> None:
    urls = host.articles(1)
    path = urls[0].removeprefix(NEWS)
    host.trouble[path] = [(503, {"Retry-After": "3600"})]
    stderr = host.crawl(sqlite, RETRY_AFTER_WAIT=1)
    asked = len(host.asked)

    again = host.crawl(sqlite, RETRY_AFTER_WAIT=1)

    assert "left alone" in stderr
    assert "paused" in again
    assert len(host.asked) == asked
    row = page(sqlite, urls[0])
    assert (row.state, row.attempts) == ("discovered", 0)


def test_crawl_delay_is_kept(host: Host, sqlite: str) -> None:
    host.articles(4)
    host.pages["/robots.txt"] = b"User-agent: *\nCrawl-delay: 0.5\n"

    host.crawl(sqlite)

    moments = [moment for moment, path, _ in host.asked if path != "/robots.txt"]
    gaps = [after - before for before, after in pairwise(moments)]
    assert len(titles(sqlite)) == 4
    assert min(gaps) > 0.4


def test_without_crawl_delay_nothing_is_slowed(host: Host, sqlite: str) -> None:
    host.articles(40)

    host.crawl(sqlite)

    moments = [moment for moment, _, _ in host.asked]
    assert len(titles(sqlite)) == 40
    assert moments[-1] - moments[0] < 10


def test_a_page_that_fails_for_a_passing_reason_is_asked_again_at_the_end(host: Host, sqlite: str) -> None:
    urls = host.articles(3)
    host.trouble[urls[1].removeprefix(NEWS)] = [(500, {})] * 4

    host.crawl(sqlite)

    assert states(sqlite) == {"stored": 3}


def test_a_host_that_is_down_gets_a_rest_and_its_pages_stay_open(host: Host, sqlite: str) -> None:
    urls = host.articles(60)
    for url in urls:
        host.trouble[url.removeprefix(NEWS)] = [(500, {})] * 50

    stderr = host.crawl(sqlite, HOST_DOWN_MOST=0, HOST_DOWN_AFTER=5)

    assert "troubles in a row" in stderr
    assert len(host.asked) < 40
    counts = states(sqlite)
    assert set(counts) == {"discovered"}
    assert counts["discovered"] == 60


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [
        ("12", 12, 12),
        ("0", 0, 0),
        ("-5", None, None),
        ("soon", None, None),
        ("", None, None),
        ("99999999", 86400, 86400),
        (100.0, 90, 101),
        (-100.0, 0, 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | float, low: float | None, high: float | None) -> None:
    if isinstance(value, float):
        value = formatdate(time.time() + value, usegmt=True)
    found = retry_after(Response("https://e.cn/", headers={"Retry-After": value}))

    assert (found is None) == (low is None)
    if found is not None:
        assert low is not None
        assert high is not None
        assert low <= found <= high
