"""Every trouble that a portal can make, by name: articles', lists' and those of robots.txt."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus

from tests.hostile import pages
from tests.hostile.pictures import answer_picture

_PHRASES = {status.value: status.phrase for status in HTTPStatus} | {521: "Web Server Is Down"}
_ARTICLE = re.compile(r"/20250101/([a-z0-9\-]+?)(?:_(\d+))?\.html(?:\?.*)?\Z")
_NUMBERED = re.compile(r"/(calendar|endless)(?:-(\d+))?\Z")
DRIP_EVERY = 0.2  # seconds between two bytes of a slow page
_HTML = "text/html; charset=utf-8"


class Call:
    """One request, and the ways to answer it."""

    def __init__(self, stopping: threading.Event, connection: socket.socket, host: str, path: str) -> None:
        self.stopping = stopping
        self.connection = connection
        self.host = host
        self.path = path

    def head(self, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} {_PHRASES[status]}", "Connection: close"]
        lines.extend(f"{name}: {value}" for name, value in headers.items())
        self.connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def page(self, body: bytes, status: int = 200, kind: str = _HTML, **headers: str) -> None:
        """A whole answer; `headers` with _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.head(status, {"Content-Type": kind, "Content-Length": str(len(body)), **named})
        self.connection.sendall(body)

    def redirect(self, target: str) -> None:
        self.page(b"", 302, Location=target)

    def wait(self, seconds: float | None = None) -> bool:
        """Do nothing; True when the server stops meanwhile. None waits until then."""
        return self.stopping.wait(seconds)


def _page(
    make: Callable[[], bytes], status: int = 200, kind: str = _HTML, **headers: str
) -> Callable[[Call], None]:
    return lambda call: call.page(make(), status, kind, **headers)


def _to(target: str) -> Callable[[Call], None]:
    return lambda call: call.redirect(target)


def _cut(call: Call) -> None:
    body = pages.good()
    call.head(200, {"Content-Type": _HTML, "Content-Length": str(len(body))})
    call.connection.sendall(body[: len(body) // 2])


def _cut_chunk(call: Call) -> None:
    body = pages.good()[:300]
    call.head(200, {"Content-Type": _HTML, "Transfer-Encoding": "chunked"})
    call.connection.sendall(f"{len(body):x}\r\n".encode() + body + b"\r\n")


def _drip(call: Call) -> None:
    body = pages.good()
    call.head(200, {"Content-Type": _HTML, "Content-Length": str(len(body))})
    for byte in body:
        call.connection.sendall(bytes([byte]))
        if call.wait(DRIP_EVERY):
            return


def _hang(call: Call) -> None:
    call.wait()


def _hang_up(call: Call) -> None:
    call.connection.close()


def _garbage(call: Call) -> None:
    call.connection.sendall(b"\x16\x03\x01\x02\x00 this is no HTTP\r\n\r\n")


def _redirect_chain(call: Call) -> None:
    """Each redirect leads to another address."""
    found = _ARTICLE.fullmatch(call.path)
    number = int(found[2] or 0) if found else 0
    call.redirect(f"/20250101/redirect-chain_{number + 1}.html")


def _nothing() -> bytes:
    return b""


def _blank() -> bytes:
    return b" \r\n\t \n"


def _refusal() -> bytes:
    return "<html><head><meta charset='utf-8'></head><body><h1>禁止访问</h1></body></html>".encode()


ARTICLES: dict[str, Callable[[Call], None]] = {
    "good": _page(pages.good),
    # the connection
    "cut-body": _cut,
    "cut-chunk": _cut_chunk,
    "drip": _drip,
    "hang": _hang,
    "hang-up": _hang_up,
    "garbage": _garbage,
    # redirects
    "redirect-loop": _to("/20250101/redirect-loop.html"),
    "redirect-chain": _redirect_chain,
    "redirect-loopback": _to("http://127.0.0.1:9/admin"),
    "redirect-metadata": _to("http://169.254.169.254/latest/meta-data/"),
    "redirect-file": _to("file:///etc/passwd"),
    "redirect-outside": _to("http://anderswo.example/20250101/good.html"),
    "redirect-home": _to("/"),
    # challenges and refusals
    "challenge-521": _page(pages.cookie_521, 521, Set_Cookie="__jsluid=5f; path=/"),
    "challenge-412": _page(pages.challenge_412, 412),
    "challenge-cookie": _page(pages.cookie_reload),
    "forbidden": _page(_refusal, 403),
    "too-many": _page(_refusal, 429, Retry_After="1"),
    "error-500": _page(_refusal, 500),
    "unavailable": _page(_refusal, 503),
    # bodies
    "empty": _page(_nothing),
    "blank": _page(_blank),
    "controls": _page(pages.controls),
    "surrogates": _page(pages.surrogates),
    "picture": _page(pages.picture_as_page),
    "noise": _page(pages.noise),
    "wrong-charset": _page(pages.good, kind="text/html; charset=gb2312"),
    "latin-charset": _page(pages.good, kind="text/html; charset=iso-8859-1"),
    "unknown-charset": _page(pages.good, kind="text/html; charset=x-klingon"),
    "gb-undeclared": _page(pages.gb_page, kind="text/html"),
    "gb-as-utf8": _page(pages.gb_page),
    "long-line": _page(pages.long_line),
    "deep": _page(pages.deep),
    "deep-body": _page(pages.deep_body),
    "bomb": _page(pages.bomb, Content_Encoding="gzip"),
    "broken-gzip": _page(pages.broken_gzip, Content_Encoding="gzip"),
    "false-gzip": _page(pages.good, Content_Encoding="gzip"),
    # pages that are no articles
    "no-template": _page(pages.no_template),
    "no-title": _page(pages.no_title),
    "no-body": _page(pages.no_body),
}
"""What each article's trouble does."""


def _list_without_links(call: Call) -> None:
    call.page(pages.list_page(()))


def _circle(call: Call) -> None:
    """Two list pages, each the next one of the other."""
    other = "/circle" if call.path == "/circle-2" else "/circle-2"
    call.page(pages.list_page(("/20250101/good.html",), other))


def _list_of_all(call: Call) -> None:
    """A list that names every article's trouble."""
    call.page(pages.list_page(tuple(f"/20250101/{name}.html" for name in ARTICLES)))


LISTS: dict[str, Callable[[Call], None]] = {
    "/": _list_of_all,
    "/all": _list_of_all,
    "/empty-list": _list_without_links,
    "/circle": _circle,
    "/circle-2": _circle,
    "/list-500": _page(_refusal, 500),
    "/list-hang": _hang,
}
"""What each list's trouble does; beside them /calendar and /endless, which have a next page forever."""


def _forever(call: Call, name: str, number: int) -> None:
    """A list that always has a next page: with nothing new (calendar), or with one article more (endless)."""
    link = "/20250101/good.html" if name == "calendar" else f"/20250101/good_{number}.html"
    call.page(pages.list_page((link,), f"/{name}-{number + 1}"))


def _robots(call: Call) -> None:
    first = call.host.partition(".")[0]
    if first == "robotshang":
        call.wait()
    elif first == "robots500":
        call.page(b"", 500)
    else:
        rule = b"User-agent: *\nDisallow: /\n" if first == "forbid" else b"User-agent: *\nAllow: /\n"
        call.page(rule, kind="text/plain")


def answer(call: Call) -> None:
    """Make the trouble that a path names; 404 for a path that names none."""
    if call.path == "/robots.txt":
        _robots(call)
        return
    forever = _NUMBERED.fullmatch(call.path)
    article = _ARTICLE.fullmatch(call.path)
    if forever:
        _forever(call, forever[1], int(forever[2] or 1))
    elif article and article[1] in ARTICLES:
        ARTICLES[article[1]](call)
    elif call.path in LISTS:
        LISTS[call.path](call)
    elif not answer_picture(call):
        call.page(_refusal(), 404)
