"""Fixtures: loopback servers, and crawls in processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from loopback import Crawl, Server

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("run_crawl.py")
QUICK: dict[str, Any] = {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False, "PROGRESS": False}


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def other_server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def crawl() -> Callable[..., Crawl]:
    """Run a crawl of some URLs with the project's settings; delays are off unless `polite`."""

    def run(urls: list[str], *, polite: bool = False, env: dict[str, str] | None = None, **job: Any) -> Crawl:
        settings = {**({"PROGRESS": False} if polite else QUICK), **job.pop("settings", {})}
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, str(SCRIPT)],
            input=json.dumps({"urls": urls, "settings": settings, **job}),
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
            timeout=60,
            check=False,
        )
        seconds = time.monotonic() - began
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout)
        return Crawl(result["ends"], result["stats"], result["ports"], done.stderr, seconds)

    return run
