"""What an import says and keeps when lines, the file, or its reader's patience end early."""

from __future__ import annotations

import gzip
import io
import json
import random
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from tests.commands.run import scrapy
from tests.factories import url


def line(number: int, **changes: object) -> bytes:
    record = {"url": url(number), "title": f"第{number}篇", "body_text": "茶园里很安静。"} | changes
    return json.dumps(record).encode() + b"\n"


def stored(database: str) -> list[str]:
    return [json.loads(record)["url"] for record in scrapy("export", database=database).lines]


class Ending(io.RawIOBase):
    """Two lines, and then what `end` does."""

    def __init__(self, end: Any) -> None:
        self.lines = [line(1), line(2)]
        self.end = end

    def readable(self) -> bool:
        return True

    def readline(self, _size: int | None = -1) -> bytes:
        if not self.lines:
            self.end()
            return b""
        return self.lines.pop(0)


def fail() -> None:
    raise OSError(5, "Input/output error")


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(("end", "code"), [(fail, 1), (interrupt, 130)])
def test_what_was_read_before_an_early_end_is_stored_and_said(database_url: str, end: Any, code: int) -> None:
    file = Ending(end)

    with patch("crawler.commands.import.opened") as opened:
        opened.return_value.__enter__.return_value = file
        opened.return_value.__exit__.return_value = False
        done = scrapy("import", "all.jsonl", database=database_url)

    assert done.code == code
    assert "all.jsonl: ended early, at line 2; 2 new, 0 changed, 0 as stored\n" in done.err
    assert ("all.jsonl cannot be read after line 2: Input/output error" in done.err) == (end is fail)
    assert "Traceback" not in done.err
    assert stored(database_url) == [url(1), url(2)]
    assert [json.loads(run)["state"] for run in scrapy("runs", "--json", database=database_url).lines] == [
        "cancelled"
    ]


def test_a_file_that_cannot_be_read_at_all_is_said(sqlite_url: str) -> None:
    done = scrapy("import", "/proc/self/mem", database=sqlite_url)

    assert done.code == 1
    assert "/proc/self/mem cannot be read: Input/output error" in done.err


@pytest.mark.parametrize("through_stdin", [False, True])
def test_a_gzip_file_is_said_to_be_one(sqlite_url: str, tmp_path: Path, through_stdin: bool) -> None:
    packed = tmp_path / "all.jsonl.gz"
    packed.write_bytes(gzip.compress(line(1) * 50))
    name = "-" if through_stdin else str(packed)

    done = scrapy("import", name, database=sqlite_url, stdin=packed.read_bytes())

    assert done.code == 1
    assert f"{name} is gzip, not JSON Lines; unpack it: gzip -dc {name} | scrapy import -" in done.err
    assert len(done.err.splitlines()) == 1


def test_odd_lines_cost_themselves_only(database_url: str) -> None:
    """A type that is a list, a title of a million characters, names that no index of PostgreSQL holds."""
    letters = random.Random(1)
    long = "".join(chr(letters.randrange(0x4E00, 0x9FA5)) for _ in range(3_000))
    lines = [
        line(1),
        line(2, blocks=[{"type": ["x"]}]),
        line(3, title=["x" * 1_000_000]),
        line(4, source=long),
        line(5, source=long[:300], channel=[long[:200], long[200:299]], portal=long[:100]),
        line(6, channel=list(long)),
        line(7, portal=long),
        line(8, url=url(8) + "?" + long),
        line(9),
    ]

    done = scrapy("import", "-", database=database_url, stdin=b"".join(lines))
    again = scrapy("import", "-", database=database_url, stdin=b"".join(lines))

    assert done.code == 1
    assert "3 new, 0 changed, 0 as stored, 6 bad lines left out" in done.err
    assert "0 new, 0 changed, 3 as stored, 6 bad lines left out" in again.err
    assert max(map(len, done.err.splitlines())) < 250
    assert stored(database_url) == [url(1), url(5), url(9)]


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def test_the_sign_of_life_is_cleared_before_a_message(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.commands.import._BATCH", 1)
    monkeypatch.setattr("crawler.commands.import._PROGRESS", 1)
    monkeypatch.setattr("tests.commands.run.io", SimpleNamespace(BytesIO=io.BytesIO, TextIOWrapper=Terminal))

    done = scrapy("import", "-", database=sqlite_url, stdin=line(1) + line(2) + b"{\n")

    assert done.err.startswith("\r1 lines \r2 lines \r\033[K-, line 3: not JSON")
    assert done.err.endswith("\r\033[K-: 2 new, 0 changed, 0 as stored, 1 bad lines left out\n")
