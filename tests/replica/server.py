"""Serves a replica on loopback: HTTP/1.1 with keep-alive and pipelining, one event loop, stdlib only.

The Host header says which site is asked. The host `control.replica` is the server's own: `/day`
says the day, `/day/3` sets it, `/counts` gives the requests so far as JSON, `/reset` forgets them.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType

from tests.replica.conditions import is_unchanged
from tests.replica.replica import Answer, Replica

CONTROL = "control.replica"
_HEAD_MOST = 64 * 1024  # bytes of a request's head
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


class Site:
    """A replica with a day that can be moved, its rendered pages and its visitors' book."""

    def __init__(self, replica: Replica, *, prerender: bool = False) -> None:
        self.replica = replica
        self.counts: Counter[str] = Counter()
        """Requests by host and path, the control host's left out."""
        self._prerender = prerender
        self._kept: dict[tuple[str, str], tuple[str, datetime, bytes, bytes]] = {}
        """Tag, time of change, the answer's head and body."""
        self.set_day(replica.day)

    def set_day(self, day: int) -> None:
        """Move the clock; with prerender all pages of that day are made now."""
        if day != self.replica.day:
            self.replica = self.replica.at(day)
        self._kept.clear()
        for host, path in self.replica.addresses(with_pictures=True) if self._prerender else ():
            answer = self.replica.respond(host, path)
            changed = parsedate_to_datetime(answer.headers["Last-Modified"])
            self._kept[host, path] = answer.headers["ETag"], changed, head_of(answer), answer.body

    def answer(self, host: str, path: str, headers: dict[str, str], *, body: bool = True) -> bytes:
        """The bytes of a whole HTTP answer; without its body for HEAD."""
        if host == CONTROL:
            answer = self._control(path)
            return head_of(answer) + (answer.body if body else b"")
        self.counts[host + path] += 1
        tag, since = headers.get("if-none-match"), headers.get("if-modified-since")
        kept = self._kept.get((host, path))
        if kept is not None and not is_unchanged(kept[0], kept[1], tag, since):
            return kept[2] + (kept[3] if body else b"")
        answer = self.replica.respond(host, path, tag, since)
        return head_of(answer) + (answer.body if body else b"")

    def _control(self, path: str) -> Answer:
        kind = {"Content-Type": "application/json"}
        if path == "/day":
            return Answer(200, kind, json.dumps({"day": self.replica.day}).encode())
        if path.startswith("/day/") and path[5:].isdigit():
            self.set_day(int(path[5:]))
            return Answer(200, kind, json.dumps({"day": self.replica.day}).encode())
        if path == "/counts":
            return Answer(200, kind, json.dumps(dict(self.counts.most_common())).encode())
        if path == "/reset":
            self.counts.clear()
            return Answer(200, kind, b"{}")
        return Answer(404, kind, b'{"error": "use /day, /day/N, /counts or /reset"}')


def head_of(answer: Answer) -> bytes:
    """Status line and headers of an answer."""
    lines = [f"HTTP/1.1 {answer.status} {_PHRASES[answer.status]}", "Server: replica"]
    lines.extend(f"{name}: {value}" for name, value in answer.headers.items())
    if answer.status != 304:
        lines.append(f"Content-Length: {len(answer.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


class Connection(asyncio.Protocol):
    """One client; requests are answered in the order they come."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while not self.transport.is_closing():
            head, found, rest = self.received.partition(b"\r\n\r\n")
            if not found:
                if len(head) > _HEAD_MOST:
                    self.refuse(431)
                return
            self.received = rest
            self.request(head.decode("latin-1"))

    def request(self, head: str) -> None:
        first, *lines = head.split("\r\n")
        try:
            method, target, version = first.split(" ")
        except ValueError:
            self.refuse(400)
            return
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        if method not in ("GET", "HEAD") or headers.get("content-length", "0") != "0":
            self.refuse(405)
            return
        host = headers.get("host", "")
        if target.startswith("http://"):  # as a proxy is asked
            host, _, path = target[7:].partition("/")
            target = f"/{path}"
        site_host = host.lower().partition(":")[0]
        self.transport.write(self.site.answer(site_host, target, headers, body=method == "GET"))
        if headers.get("connection", "").lower() == "close" or version == "HTTP/1.0":
            self.transport.close()

    def refuse(self, status: int) -> None:
        self.transport.write(head_of(Answer(status, {"Connection": "close"}, b"")))
        self.transport.close()


async def listen(
    site: Site, port: int, connection: Callable[[Site], asyncio.Protocol] | None = None
) -> asyncio.Server:
    """Serve a site on a port of 127.0.0.1 (0: any free one) in the running loop."""
    loop = asyncio.get_running_loop()
    make = connection or Connection
    return await loop.create_server(lambda: make(site), "127.0.0.1", port, backlog=512)


class ReplicaServer:
    """A replica served from a thread of its own, for the time of a `with` block."""

    def __init__(
        self,
        replica: Replica,
        port: int = 0,
        *,
        prerender: bool = False,
        connection: Callable[[Site], asyncio.Protocol] | None = None,
    ) -> None:
        self._connection = connection
        self.site = Site(replica, prerender=prerender)
        self.port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="replica", daemon=True)
        self._ready = threading.Event()
        self._error: OSError | None = None

    def __enter__(self) -> ReplicaServer:
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join()
            raise self._error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def address(self) -> str:
        """127.0.0.1 and the port."""
        return f"127.0.0.1:{self.port}"

    @property
    def connect_to(self) -> str:
        """The value of the setting CONNECT_TO that leads a crawl here."""
        return connect_to(self.port)

    @property
    def replica(self) -> Replica:
        return self.site.replica

    @property
    def counts(self) -> Counter[str]:
        """Requests so far by host and path."""
        return self.site.counts

    def set_day(self, day: int) -> None:
        """Move the clock, between two requests."""

        async def move() -> None:
            self.site.set_day(day)

        asyncio.run_coroutine_threadsafe(move(), self._loop).result()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            server = self._loop.run_until_complete(listen(self.site, self.port, self._connection))
        except OSError as error:  # the port is taken: told to the thread that waits
            self._error = error
            self._ready.set()
            self._loop.close()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()


def connect_to(port: int) -> str:
    return json.dumps({"*.cri.cn": f"127.0.0.1:{port}"})
