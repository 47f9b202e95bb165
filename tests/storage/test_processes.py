"""Several processes on one database: writers wait for each other, and lose nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from storage import engine
from storage.engine import Database, DatabaseError
from storage.models import ARTICLE, PAGE, PERSON, STORY, STORY_LINK
from tests.factories import article, row, rows, store

ROOT = Path(__file__).resolve().parents[2]
# holds a transaction open, says so, and lets go at a line from its standard input
HOLD = """
import sys
from sqlalchemy import text
from storage.engine import open_database
database = open_database(sys.argv[1])
with database.writing() as conn:
    conn.execute(text("INSERT INTO person (id, name) VALUES (1000, '方野')"))
    print("writing", flush=True)
    sys.stdin.readline()
"""
# stores articles of its own and copies that every process stores, in small batches
STORE = """
import sys
from storage.engine import open_database
from tests.factories import article, store, text
database = open_database(sys.argv[1])
own = int(sys.argv[2]) * 1000
sys.stdin.readline()
for number in range(15):
    store(database, article(own + number, body_text=text(5)), article(number + 1))
"""


def start(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def holding(database_url: str) -> subprocess.Popen[str]:
    process = start(HOLD, database_url)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


def test_a_writer_waits_for_another_process(database: Database, database_url: str) -> None:
    other = holding(database_url)
    began = time.monotonic()
    # communicate() lets the other process go on and waits for its end
    release = threading.Timer(0.5, other.communicate, ["\n"])
    release.start()

    (stored,) = store(database, article(1))

    assert time.monotonic() - began >= 0.5
    assert stored.state == "new"
    release.join(10)
    assert other.returncode == 0
    assert "方野" in [person.name for person in rows(database, PERSON)]


def test_a_writer_that_waits_too_long_says_so_and_writes_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 1)
    other = holding(database_url)
    with closing(engine.open_database(database_url)) as database:
        try:
            with pytest.raises(DatabaseError, match="another process has been writing for"):
                store(database, article(1))
            assert rows(database, ARTICLE) == []
        finally:
            other.communicate("\n", timeout=10)


def test_a_process_that_is_killed_while_it_writes_leaves_nothing_half_done(
    database: Database, database_url: str
) -> None:
    other = holding(database_url)
    other.send_signal(signal.SIGKILL)
    other.communicate(timeout=10)

    (stored,) = store(database, article(1))

    assert stored.state == "new"
    assert "方野" not in [person.name for person in rows(database, PERSON)]


def test_processes_that_store_the_same_articles_and_copies_at_once_agree(
    database: Database, database_url: str
) -> None:
    processes = [start(STORE, database_url, str(number)) for number in (1, 2, 3)]

    errors = [process.communicate("go\n", timeout=50)[1] for process in processes]

    assert errors == [""] * 3
    kept = rows(database, ARTICLE)
    assert len(kept) == 3 * 15 + 15
    assert len({item.sort_key for item in kept}) == len(kept)
    assert len(rows(database, PAGE)) == len(kept)
    # the text of article 5 is that of all the copies
    story = row(database, STORY, merged_into=None)
    assert story.size == 3 * 15 + 1
    assert story.first_article_id == row(database, ARTICLE, url=article(5).url).id
    assert len(rows(database, STORY_LINK)) == story.size - 1
