"""A replica whose every tenth answer goes wrong, in all the ways in which portals' answers do."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections import Counter

from tests.replica.replica import Answer
from tests.replica.server import Connection, Site, head_of

RETRY_AFTER = 1  # seconds
KINDS = ("500", "503", "429", "reset", "silent", "cut", "drip")
_ON_THE_WIRE = 0.15  # seconds in which requests that were sent before still arrive


class Faults:
    """Which requests go wrong, and whether anybody came before a Retry-After had passed."""

    def __init__(self, share: float, seed: int = 1) -> None:
        self.counts: Counter[str] = Counter()
        self.broken: list[str] = []
        """Requests that came too early."""
        self._share = share
        self._chance = random.Random(seed)
        self._told: dict[str, float] = {}
        self._lock = threading.Lock()

    def draw(self, host: str, path: str) -> str | None:
        """The fault of a request; None for most."""
        now = time.monotonic()
        with self._lock:
            told = self._told.get(host)
            if told is not None and _ON_THE_WIRE < now - told < RETRY_AFTER - 0.02:
                self.broken.append(f"{host}{path} {now - told:.2f} s after it was told to wait")
            if path == "/robots.txt" or self._chance.random() >= self._share:
                return None
            kind = self._chance.choice(KINDS)
            self.counts[kind] += 1
            if kind in ("503", "429"):
                self._told[host] = now
            return kind

    def connection(self, site: Site) -> asyncio.Protocol:
        return _Faulty(site, self)


class _Faulty(Connection):
    def __init__(self, site: Site, faults: Faults) -> None:
        super().__init__(site)
        self._faults = faults

    def request(self, head: str) -> None:
        lines = head.split("\r\n")
        path = lines[0].split(" ")[1]
        host = next(line.partition(":")[2].strip() for line in lines if line.lower().startswith("host:"))
        kind = self._faults.draw(host, path)
        if kind is None:
            super().request(head)
        elif kind == "reset":
            self.transport.abort()
        elif kind in ("cut", "drip"):
            answer = self.site.answer(host, path, {})
            if kind == "cut":
                self.transport.write(answer[: len(answer) * 2 // 3])
                self.transport.close()
            else:
                self._drip(answer)
        elif kind != "silent":
            headers = {} if kind == "500" else {"Retry-After": str(RETRY_AFTER)}
            self.transport.write(head_of(Answer(int(kind), headers, b"busy")) + b"busy")

    def _drip(self, rest: bytes) -> None:
        if rest and not self.transport.is_closing():
            self.transport.write(rest[:1])
            asyncio.get_running_loop().call_later(0.2, self._drip, rest[1:])
