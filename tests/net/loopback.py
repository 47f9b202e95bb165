"""Loopback servers that count their visitors."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Page:
    """What a server answers for a path."""

    body: bytes = b"<p>ok</p>"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Hit:
    """One request as it came over the wire."""

    path: str
    headers: dict[str, str]
    at: float
    """Monotonic time, seconds."""


class Server:
    """A plain HTTP server on loopback; `pages` maps paths to what they answer, everything else is a 404."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.hits: list[Hit] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.hits.append(Hit(self.path, dict(self.headers), time.monotonic()))
                page = outer.pages.get(self.path, Page(b"", 404))
                self.send_response(page.status)
                for name, value in {"Content-Type": "text/html", **page.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                try:
                    self.wfile.write(page.body)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, *args: object) -> None:
                """Nothing: the hits are the log."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.address = f"127.0.0.1:{self.port}"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def paths(self) -> list[str]:
        return [hit.path for hit in self.hits]

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@dataclass
class Crawl:
    """What a finished crawl left."""

    ends: list[dict[str, Any]]
    stats: dict[str, Any]
    ports: list[int]
    stderr: str
    seconds: float

    def end(self, url: str) -> dict[str, Any]:
        """How the request for a URL ended: exactly one callback or errback."""
        found = [end for end in self.ends if end["url"] == url]
        assert len(found) == 1, f"{url} ended {len(found)} times: {found}\n{self.stderr}"
        return found[0]
