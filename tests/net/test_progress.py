"""Progress and summary: what a run tells people."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from loopback import Page

from crawler.extensions.counts import Counts
from crawler.extensions.summary import summary_lines

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("run_crawl.py")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def read_all(terminal: int) -> str:
    """What a program wrote to its terminal until it ended."""
    seen = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        seen += piece
    return seen.decode("utf-8", "replace")


def test_in_a_terminal_a_live_line_stays_below_undisturbed_log_lines(server: Any) -> None:
    server.pages = {f"/{number}": Page() for number in range(3)}
    job = {
        "urls": [*(f"http://cri.cn/{number}" for number in range(3)), "http://10.0.0.1/"],
        "settings": {"CONNECT_TO": {"cri.cn": server.address}, "DOWNLOAD_DELAY": 0.3},
    }
    controller, terminal = pty.openpty()

    process = subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=terminal,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "200"},
    )
    os.close(terminal)
    assert process.stdin
    process.stdin.write(json.dumps(job).encode())
    process.stdin.close()
    screen = read_all(controller)

    assert process.wait(30) == 0, screen
    assert process.stdout
    assert len(json.load(process.stdout)["ends"]) == 4
    plain = ESCAPES.sub("", screen)
    assert re.search(r"probe  [1-9]\d* pages  0 articles  0 captions  0 errors  \d+\.\d pages/s", plain)
    refusals = [line for line in re.split(r"[\r\n]+", plain) if "refused http://10.0.0.1/" in line]
    assert len(refusals) == 1
    assert refusals[0].startswith("20")
    assert "\x1b[?25h" in screen  # the cursor is shown again
    assert plain.rstrip().splitlines()[-1].startswith("  ")


def test_elsewhere_a_log_line_comes_now_and_then(server: Any, crawl: Any) -> None:
    server.pages = {f"/{number}": Page() for number in range(3)}

    done = crawl(
        [f"http://cri.cn/{number}" for number in range(3)],
        settings={
            "CONNECT_TO": {"cri.cn": server.address},
            "DOWNLOAD_DELAY": 0.4,
            "PROGRESS": True,
            "PROGRESS_INTERVAL": 0.5,
        },
    )

    lines = [line for line in done.stderr.splitlines() if "pages/s" in line]
    assert len(lines) >= 2
    assert "\x1b" not in done.stderr


def test_progress_and_summary_can_be_switched_off(crawl: Any) -> None:
    done = crawl([], settings={"PROGRESS": False, "SUMMARY": False})

    assert "articles" not in done.stderr


def test_the_summary_says_what_was_stored_and_why_the_rest_was_not() -> None:
    stats = {
        "downloader/response_count": 130,
        "tushuo/list_pages": 7,
        "tushuo/articles_new": 100,
        "tushuo/articles_changed": 2,
        "tushuo/articles_same": 3,
        "tushuo/articles_linked": 4,
        "tushuo/images": 210,
        "tushuo/captions": 150,
        "tushuo/dropped": 5,
        "tushuo/dropped/no title": 4,
        "tushuo/dropped/no body": 1,
        "tushuo/failed/HTTP 404": 3,
        "tushuo/failed/HTTP 500": 9,
        "tushuo/failed/timeout": 1,
        "tushuo/failed/no template": 1,
    }

    lines = summary_lines("cri", Counts.read(stats), 75, "finished", stats)

    assert lines == [
        "cri: 130 pages, 7 of them lists in 1 min 15 s",
        "  articles  100 new, 2 changed, 3 as stored; 4 are copies of others",
        "  pictures  210, 150 with a caption",
        "  dropped   5 (4 no title, 1 no body)",
        "  failed    14 (9 HTTP 500, 3 HTTP 404, 1 no template, and 1 more)",
        "  next      scrapy search WORDS · scrapy search WORDS --images · scrapy export --format jsonl",
        "  next      scrapy ledger --failures says which pages and why; the next run tries them again",
    ]


def test_a_run_that_read_nothing_says_what_to_try() -> None:
    cases = {
        "robots.txt could not be read": {"robotstxt/unreachable": 1},
        "robots.txt forbids": {"downloader/response_count": 1, "robotstxt/forbidden": 3},
        "CONNECT_TO": {"guard/refused": 1},
        "challenges": {"downloader/response_count": 9, "tushuo/blocked/HTTP 521": 8},
        "check the network": {},
        "earlier date": {"downloader/response_count": 9, "tushuo/postponed": 8},
        "scrapy doctor cri": {"downloader/response_count": 9, "tushuo/list_pages": 2},
        "scrapy ledger --failures": {"downloader/response_count": 9, "tushuo/failed/no template": 8},
    }

    for advice, stats in cases.items():
        lines = summary_lines("cri", Counts.read(stats), 1, "finished", stats)
        assert any(line.startswith("  next") and advice in line for line in lines), (advice, lines)


def test_a_run_that_was_stopped_says_so() -> None:
    lines = summary_lines("cri", Counts.read({}), 0.5, "shutdown", {})

    assert lines[0] == "cri: 0 pages in 0.5 s; ended early (shutdown)"
