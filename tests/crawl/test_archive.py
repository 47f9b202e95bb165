"""A crawl's archive: complete, readable by others, and enough to read every article again."""

from __future__ import annotations

import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crawler.archive.reader import members
from storage.engine import open_database
from storage.models import ARTICLE, CAPTURE, REVISION
from tests.commands.run import scrapy
from tests.crawl.site import crawl
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer

SIZE, SEED = 120, 3


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("archive")
    database = f"sqlite:///{folder / 'tushuo.db'}"
    with ReplicaServer(Replica(SIZE, SEED)) as server:
        settings = {"CONNECT_TO": {"*.cri.cn": server.address}, "GONE_CONFIRM_AFTER": 0}
        assert crawl(database=database, CONCURRENT_REQUESTS_PER_DOMAIN=16, **settings).code == 0
        server.set_day(1)
        done = crawl("-a", "revisit=all", database=database, CONCURRENT_REQUESTS_PER_DOMAIN=16, **settings)
        assert done.code == 0, done.stderr
    return database


def folder_of(database: str) -> Path:
    return Path(database.removeprefix("sqlite:///")).parent / "archive"


def rows(database: str, statement: object) -> list[tuple[object, ...]]:
    opened = open_database(database)
    try:
        with opened.reading() as conn:
            return [tuple(row) for row in conn.execute(statement)]  # type: ignore[call-overload]
    finally:
        opened.close()


def test_every_file_passes_warcio_check(crawled: str) -> None:
    files = sorted(folder_of(crawled).iterdir())

    assert len(files) == 2
    for path in files:
        assert path.name.endswith(".warc.gz")
        done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True)
        assert done.returncode == 0, done.stdout


def test_unchanged_pages_are_kept_once(crawled: str) -> None:
    kinds = dict(rows(crawled, select(CAPTURE.c.kind, func.count()).group_by(CAPTURE.c.kind)))  # type: ignore[arg-type]

    assert kinds["revisit"] > SIZE * 0.7
    assert kinds["response"] > SIZE


def test_unchanged_rules_change_nothing(crawled: str) -> None:
    before = rows(crawled, select(ARTICLE).order_by(ARTICLE.c.id))

    done = scrapy("reextract", "--json", database=crawled)

    assert done.code == 0, done.err
    assert done.out == ""
    assert "0 articles changed" in done.err
    assert "0 could not be read, 0 are not archived" in done.err
    assert rows(crawled, select(ARTICLE).order_by(ARTICLE.c.id)) == before


def test_a_changed_rule_is_reported_by_its_field_alone(crawled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from crawler import loaders, reextract

    revisions = rows(crawled, select(func.count()).select_from(REVISION))
    before = rows(crawled, select(ARTICLE.c.id, ARTICLE.c.editor, ARTICLE.c.checked_at))
    real = reextract.read

    def without_editor(*args: object, **kwargs: object) -> object:
        page = real(*args, **kwargs)  # type: ignore[arg-type]
        if hasattr(page, "article"):
            page.article.editor = None
        return page

    assert loaders
    monkeypatch.setattr(reextract, "read", without_editor)

    dry = scrapy("reextract", "--dry-run", "--jobs", "1", database=crawled)
    unchanged = rows(crawled, select(ARTICLE.c.id, ARTICLE.c.editor, ARTICLE.c.checked_at))
    wet = scrapy("reextract", "--jobs", "1", database=crawled)
    after = rows(crawled, select(ARTICLE.c.id, ARTICLE.c.editor, ARTICLE.c.checked_at))
    monkeypatch.undo()
    back = scrapy("reextract", "--jobs", "1", database=crawled)

    fields = {line.split("\t")[2] for line in dry.out.splitlines()[1:]}
    assert fields == {"editor"}
    assert unchanged == before
    assert "would change" in dry.err
    assert wet.out == dry.out
    assert {row[1] for row in after} == {None}
    assert [row[2] for row in after] == [row[2] for row in before]
    assert back.code == 0
    assert rows(crawled, select(ARTICLE.c.id, ARTICLE.c.editor, ARTICLE.c.checked_at)) == before
    assert rows(crawled, select(func.count()).select_from(REVISION)) == revisions


def test_a_database_is_made_anew_from_its_archive(crawled: str, tmp_path: Path) -> None:
    new = f"sqlite:///{tmp_path / 'anew.db'}"
    files = [str(path) for path in sorted(folder_of(crawled).iterdir())]

    done = scrapy("reextract", *files, database=new)

    columns = select(ARTICLE.c.url_key, ARTICLE.c.title, ARTICLE.c.body_text).order_by(ARTICLE.c.url_key)
    assert done.code == 0, done.err
    assert rows(new, columns) == rows(crawled, columns)


def test_an_archive_that_is_full_is_said_and_the_crawl_goes_on(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 't.db'}"
    with ReplicaServer(Replica(20, SEED)) as server:
        settings = {"CONNECT_TO": {"*.cri.cn": server.address}, "ARCHIVE_MAX_GIB": 0.00001}
        done = crawl(database=database, **settings)

    assert done.code == 0
    assert done.stderr.count("ARCHIVE_MAX_GIB allows") == 1
    assert rows(database, select(func.count()).select_from(ARTICLE)) == [(20,)]


def test_what_is_forgotten_leaves_no_trace_and_is_not_fetched_again(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 't.db'}"
    with ReplicaServer(Replica(30, SEED)) as server:
        settings = {"CONNECT_TO": {"*.cri.cn": server.address}, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
        assert crawl(database=database, **settings).code == 0
        wanted = select(ARTICLE.c.url, ARTICLE.c.body_text).where(ARTICLE.c.story_id.is_(None))
        url, body = rows(database, wanted.order_by(ARTICLE.c.id.desc()).limit(1))[0]
        assert isinstance(url, str)
        others = [
            text for other, text in rows(database, select(ARTICLE.c.url, ARTICLE.c.body_text)) if other != url
        ]
        # the replica's articles share sentences
        own = [s for s in str(body).replace("\n", "。").split("。") if not any(s in text for text in others)]
        phrase = max(own, key=len)
        assert len(traces(tmp_path, phrase)) >= 2

        done = scrapy("forget", url, "--reason", "on request", database=database)
        again = scrapy("forget", url, "--reason", "on request", database=database)
        server.counts.clear()
        crawled = crawl("-a", "revisit=all", database=database, **settings)
        named = crawl("-a", f"url={url}", database=database, **settings)
        fetched = [path for path in server.counts if url.endswith(path)]

    assert done.code == 0, done.err
    assert "its article is removed" in done.err
    assert "archived responses in 1 files" in done.err
    assert again.code == 0
    assert traces(tmp_path, phrase) == []
    assert fetched == []
    assert crawled.code == 0, crawled.stderr
    assert named.code == 1
    assert "was taken down" in named.stderr
    assert rows(database, select(func.count()).select_from(ARTICLE)) == [(29,)]
    assert "on request" in scrapy("ledger", url, database=database).out
    assert scrapy("db", "check", database=database).code == 0
    # every other page can still be read from the archive, where it lies now
    assert "29 as stored" in scrapy("reextract", database=database).err


def traces(folder: Path, words: str) -> list[str]:
    """Files below a folder that hold these words, compressed or not, in any of the encodings."""
    found = []
    for path in folder.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".gz":
            with path.open("rb") as file:
                for offset, length in list(members(file)):
                    data += zlib.decompress(data[offset : offset + length], 31)
        if words.encode() in data or words.encode("gb18030") in data:
            found.append(path.name)
    return found
