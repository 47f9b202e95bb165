"""Whole crawls of the replica and of the seed pages, on both databases, against what must be found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.site import ROOT, Site, crawl, environment
from tests.extract.test_seed import NAMES, SEED, scorer
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer
from tests.shared import needs_shared

SIZE = 120
# the features are the replica's own; a story's number is the database's
FIELDS = (
    "title",
    "published_at",
    "source",
    "editor",
    "duty_editor",
    "authors",
    "channel",
    "body_text",
    "pages",
)
IMAGE_FIELDS = ("url", "caption", "credit", "credit_raw")


@pytest.fixture(scope="module")
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer(Replica(SIZE)) as server:
        yield server


def scrapy(*arguments: str, database: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments, "-s", f"DATABASE_URL={database}"]
    return subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=120)


def exported(database: str) -> dict[str, dict[str, Any]]:
    """Every record of the database by its URL."""
    done = scrapy("export", database=database)
    assert done.returncode == 0, done.stderr
    return {record["url"]: record for record in map(json.loads, done.stdout.splitlines())}


def test_a_crawl_stores_what_is_there_once_and_a_second_one_adds_nothing(
    replica: ReplicaServer, database_url: str, tmp_path: Path
) -> None:
    settings = {"CONNECT_TO": {"*.cri.cn": replica.address}, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
    feed = tmp_path / "feed.jsonl"
    expected = {record["url"]: record for record in Replica(SIZE).expected()}

    first = crawl("-O", str(feed), database=database_url, **settings)
    stored = exported(database_url)
    second = crawl(database=database_url, **settings)

    assert first.code == 0, first.stderr
    assert stored.keys() == expected.keys()
    for url, record in expected.items():
        got = stored[url]
        assert {name: got[name] for name in FIELDS} == {name: record[name] for name in FIELDS}, url
        assert [{name: image[name] for name in IMAGE_FIELDS} for image in got["images"]] == [
            {name: image[name] for name in IMAGE_FIELDS} for image in record["images"]
        ], url
    fed = {record["url"]: record for record in map(json.loads, feed.read_text("utf-8").splitlines())}
    assert fed == stored
    assert second.code == 0, second.stderr
    assert "articles  0 new, 0 changed, 0 as stored" in second.stderr
    assert exported(database_url) == stored
    assert scrapy("db", "check", database=database_url).returncode == 0


@needs_shared
def test_the_seed_pages_are_stored_linked_and_found(site: Site, database_url: str) -> None:
    urls = {}
    for name in NAMES:
        gold = json.loads((SEED / f"cri-{name}.json").read_text("utf-8"))
        urls[name] = site.add(gold["url"], (SEED / f"cri-{name}.html").read_bytes())
    start = ",".join(urls.values())

    first = site.crawl("-a", f"url={start}", database=database_url)
    stored = exported(database_url)
    second = site.crawl("-a", f"url={start}", database=database_url)

    assert first.code == 0, first.stderr
    module = scorer()
    for name, url in urls.items():
        gold = json.loads((SEED / f"cri-{name}.json").read_text("utf-8"))
        figures = module.summarise({f"{name}-1": module.score_page(gold, stored[url])})
        assert figures["body"] >= 0.99
        for field in (
            "title",
            "published_at",
            "source",
            "editor",
            "duty_editor",
            "authors",
            "captions",
            "credits",
        ):
            assert figures[field] == 1.0, (name, field)
        assert stored[url]["channel"] == ["重庆频道", "民生"]
        assert len(stored[url]["images"]) == 8
    assert len({record["story"] for record in stored.values()} - {None}) == 1
    assert second.code == 0, second.stderr
    assert exported(database_url) == stored
    found = scrapy("search", "妇联", "--json", database=database_url).stdout.splitlines()
    assert {json.loads(line)["url"] for line in found} == set(urls.values())
    pictures = scrapy("search", "--images", "义诊", "--json", database=database_url).stdout.splitlines()
    assert {json.loads(line)["article_url"] for line in pictures} == set(urls.values())
    assert all("义诊" in json.loads(line)["caption"] for line in pictures)
