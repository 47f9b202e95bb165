"""A server that makes every trouble a portal can make, one a path, under any host name.

An article's trouble stands at /20250101/<trouble>.html (`HostileServer.url`), so that a portal's rules take
it for an article; a list's at /<trouble>. What robots.txt says follows from the host: `forbid.*` forbids all,
`robots500.*` answers 500, `robotshang.*` never answers, any other host allows all.
"""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections import Counter
from types import TracebackType

from tests.hostile.troubles import ARTICLES, Call, answer

HOST = "news.cri.cn"


class _Handler(socketserver.StreamRequestHandler):
    """One connection, one request."""

    server: _Sockets

    def handle(self) -> None:
        head = [line.decode("latin-1").strip() for line in iter(self.rfile.readline, b"\r\n") if line]
        if not head:
            return
        path = head[0].split(" ")[1]
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])
        }
        host = headers.get("host", "").partition(":")[0].lower()
        outer = self.server.outer
        outer.count(host + path)
        try:
            answer(Call(outer.stopping, self.connection, host, path))
        except OSError:
            outer.count("left")  # the client went away before the end, as clients do with these pages


class _Sockets(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False
    request_queue_size = 128
    outer: HostileServer


class HostileServer:
    """Serves the troubles on a free port of 127.0.0.1 for the time of a `with` block."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.counts: Counter[str] = Counter()
        """Requests by host and path; `left` counts clients that went away before the end."""
        self._lock = threading.Lock()
        self._sockets = _Sockets(("127.0.0.1", 0), _Handler)
        self._sockets.outer = self
        self.port: int = self._sockets.server_address[1]
        self._thread = threading.Thread(target=self._sockets.serve_forever, args=(0.05,), daemon=True)

    def count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def __enter__(self) -> HostileServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        self._sockets.shutdown()
        self._sockets.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        """127.0.0.1 and the port."""
        return f"127.0.0.1:{self.port}"

    @property
    def connect_to(self) -> str:
        """The value of the setting CONNECT_TO that leads a crawl here."""
        return json.dumps({"*.cri.cn": self.address})

    @staticmethod
    def url(trouble: str, host: str = HOST) -> str:
        """Address of an article's trouble (a key of ARTICLES) or of a list's (a path)."""
        if trouble.startswith("/"):
            return f"https://{host}{trouble}"
        if trouble not in ARTICLES:
            raise KeyError(f"no trouble named {trouble!r}; there are {', '.join(ARTICLES)}")
        return f"https://{host}/20250101/{trouble}.html"


def closed_port() -> int:
    """A port of 127.0.0.1 at which nothing listens: connections to it are refused."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
