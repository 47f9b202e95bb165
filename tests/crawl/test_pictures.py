"""Crawls with IMAGES=on: every file once, politely, and no article lost to a picture."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select

from storage.models import ARTICLE, ARTICLE_IMAGE, CAPTURE, IMAGE, PICTURE
from tests.commands.run import scrapy
from tests.crawl.rows import _rows as rows
from tests.crawl.rows import page, runs, titles
from tests.crawl.site import NEWS, ROOT, Site, article, article_url, command_line, crawl, environment
from tests.hostile.pictures import GALLERY, PICTURES
from tests.hostile.server import HostileServer
from tests.pictures import drawn
from tests.replica.replica import Replica
from tests.replica.server import ReplicaServer

SIZE, SEED = 40, 3
ON = {"IMAGES": "on", "CONCURRENT_REQUESTS_PER_DOMAIN": 8}


def folder_of(database: str) -> Path:
    return Path(database.removeprefix("sqlite:///")).parent / "pictures"


def files(database: str) -> set[str]:
    folder = folder_of(database)
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def fetched(counts: Counter[str]) -> Counter[str]:
    return Counter({path: n for path, n in counts.items() if path.startswith("p2.cri.cn/M00/")})


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Counter[str]]]:
    """A database after two crawls of the replica, and the pictures that each asked for."""
    database = f"sqlite:///{tmp_path_factory.mktemp('pictures') / 'tushuo.db'}"
    asked = []
    with ReplicaServer(Replica(SIZE, SEED)) as server:
        for _ in range(2):
            server.counts.clear()
            done = crawl(
                "-a", "revisit=all", database=database, CONNECT_TO=json.loads(server.connect_to), **ON
            )
            assert done.code == 0, done.stderr
            asked.append(fetched(server.counts))
    return database, asked


def test_every_picture_is_fetched_once_and_never_again(crawled: tuple[str, list[Counter[str]]]) -> None:
    database, (first, second) = crawled

    assert set(first.values()) == {1}
    assert len(first) == len(rows(database, select(IMAGE.c.id)))
    assert second == {}
    assert runs(database)[0].counts["pictures_fetched"] == len(first)


def test_every_use_has_its_picture_and_every_picture_its_file(
    crawled: tuple[str, list[Counter[str]]],
) -> None:
    database, _ = crawled

    assert rows(database, select(ARTICLE_IMAGE).where(ARTICLE_IMAGE.c.picture_id.is_(None))) == []
    assert {one.path for one in rows(database, select(PICTURE))} == files(database)
    assert "0 articles" not in scrapy("db", "check", database=database).err


def test_reprints_share_the_pictures_of_their_original(crawled: tuple[str, list[Counter[str]]]) -> None:
    database, (first, _) = crawled
    pictures = rows(database, select(PICTURE))
    assert len(pictures) < len(first)

    listed = scrapy("photos", "--json", "--limit", "100", database=database)

    photos = [json.loads(line) for line in listed.lines]
    shared = select(ARTICLE_IMAGE.c.picture_id).group_by(ARTICLE_IMAGE.c.picture_id)
    shared = shared.having(func.count(ARTICLE_IMAGE.c.article_id.distinct()) > 1)
    assert len(photos) == len(rows(database, shared)) > 0
    one = json.loads(scrapy("photos", str(photos[0]["id"]), "--json", database=database).out)
    assert len({use["article"] for use in one["uses"]}) == photos[0]["articles"] >= 2
    file = folder_of(database) / one["looks"][0]["path"]
    found = scrapy("photos", "--file", str(file), "--json", database=database)
    assert json.loads(found.lines[0])["kind"] == "same"


def test_the_records_of_a_run_tell_what_the_files_are(crawled: tuple[str, list[Counter[str]]]) -> None:
    database, _ = crawled

    records = [json.loads(line) for line in scrapy("export", "--images", database=database).lines]

    assert {len(record["sha256"]) for record in records} == {64}
    assert all(record["dhash"] and record["phash"] and record["width"] for record in records)


def test_pictures_are_no_pages_of_the_archive(crawled: tuple[str, list[Counter[str]]]) -> None:
    database, _ = crawled

    urls = [one.url for one in rows(database, select(CAPTURE))]

    assert urls
    assert [url for url in urls if url.endswith(".jpg")] == []


def test_without_images_no_picture_is_asked_for(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 't.db'}"
    with ReplicaServer(Replica(10, SEED)) as server:
        assert crawl(database=database, CONNECT_TO=json.loads(server.connect_to)).code == 0
        assert fetched(server.counts) == {}

        done = subprocess.run(
            [*photos_command(database, server.connect_to), "--limit", "3"],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "3 pictures fetched, 0 failed" in done.stderr
        done = subprocess.run(
            photos_command(database, server.connect_to),
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )

        assert done.returncode == 0, done.stderr
        assert set(fetched(server.counts).values()) == {1}
    assert rows(database, select(ARTICLE_IMAGE).where(ARTICLE_IMAGE.c.picture_id.is_(None))) == []
    assert {one.path for one in rows(database, select(PICTURE))} == files(database)


def photos_command(database: str, connect_to: str) -> list[str]:
    settings = command_line("cri", database=database, CONNECT_TO=json.loads(connect_to))
    return [*settings[:3], "photos", "--fetch", *settings[5:]]


def test_whatever_comes_in_place_of_a_picture_the_article_is_stored(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 't.db'}"
    with HostileServer() as server:
        done = crawl(
            "-a",
            f"url={NEWS}{GALLERY}",
            database=database,
            CONNECT_TO=json.loads(server.connect_to),
            IMAGES_TIMEOUT=2,
            IMAGES_MAXSIZE=1 << 20,
            **ON,
        )

    assert done.code == 0, done.stderr
    assert len(titles(database)) == 1
    names = {
        one.url.rpartition("/")[2].removesuffix(".jpg"): one.failure for one in rows(database, select(IMAGE))
    }
    assert names == {name: reason for name, (_, reason) in PICTURES.items()}
    assert len(files(database)) == len(rows(database, select(PICTURE))) == 2
    counts = runs(database)[0].counts
    assert counts["pictures_failed"] == len(PICTURES) - 2
    assert counts["pictures_failed/too_large"] == 2


def test_an_article_does_not_wait_for_a_slow_picture_and_gets_it_all_the_same(
    site: Site, sqlite: str
) -> None:
    for number in range(4):
        site.add(f"https://p2.cri.cn/late{number}.jpg", drawn.file(number), Content_Type="image/jpeg")
    body = "".join(f'<p><img src="//p2.cri.cn/late{number}.jpg"></p>' for number in range(4))
    url = site.add(article_url(1), article(1, body=f"<p>　　{'清晨的码头。' * 20}</p>{body}"))

    done = site.crawl("-a", f"url={url}", database=sqlite, IMAGES="on", IMAGES_WAIT=0.2, DOWNLOAD_DELAY=1)

    assert done.code == 0, done.stderr
    assert runs(sqlite)[0].counts["pictures_late"] >= 2
    assert len(rows(sqlite, select(PICTURE))) == 4
    assert rows(sqlite, select(ARTICLE_IMAGE).where(ARTICLE_IMAGE.c.picture_id.is_(None))) == []


def test_a_picture_may_be_of_another_host_but_not_of_a_private_one(site: Site, sqlite: str) -> None:
    site.add("https://img.elsewhere.example/a.jpg", drawn.file(1))
    body = "<p>　　" + "清晨的码头。" * 20 + '</p><p><img src="https://img.elsewhere.example/a.jpg"></p>'
    body += f'<p><img src="http://{site.address}/private.jpg"></p><p><img src="http://10.0.0.1/b.jpg"></p>'
    url = site.add(article_url(1), article(1, body=body))
    connect_to = {"*.cri.cn": site.address, "img.elsewhere.example": site.address}

    done = crawl("-a", f"url={url}", database=sqlite, CONNECT_TO=connect_to, IMAGES="on")

    assert done.code == 0, done.stderr
    failures = {one.url: one.failure for one in rows(sqlite, select(IMAGE))}
    assert sorted(failures.values(), key=str) == [None, "refused_address", "refused_address"]
    assert "/private.jpg" not in site.paths()


def test_robots_txt_of_the_pictures_host_is_obeyed(site: Site, sqlite: str) -> None:
    site.add("https://p2.cri.cn/robots.txt", "User-agent: *\nDisallow: /1.jpg\n", Content_Type="text/plain")
    site.add("https://p2.cri.cn/1.jpg", drawn.file(1))
    url = site.article(1)

    done = site.crawl("-a", f"url={url}", database=sqlite, IMAGES="on")

    assert done.code == 0, done.stderr
    assert [one.failure for one in rows(sqlite, select(IMAGE))] == ["robots"]
    assert "/1.jpg" not in site.paths()


def test_a_request_for_a_picture_says_which_page_shows_it(site: Site, sqlite: str) -> None:
    site.add("https://p2.cri.cn/1.jpg", drawn.file(1))
    url = site.article(1)

    site.crawl("-a", f"url={url}", database=sqlite, IMAGES="on")

    (hit,) = [hit for hit in site.hits if hit.path == "/1.jpg"]
    assert hit.headers["Referer"] == url
    assert hit.headers["Accept"].startswith("image/jpeg")


def test_two_articles_of_a_run_ask_for_one_picture_once(site: Site, sqlite: str) -> None:
    site.add("https://p2.cri.cn/1.jpg", drawn.file(1))
    same = '<p><img src="//p2.cri.cn/1.jpg"></p>'
    urls = [
        site.add(article_url(n), article(n, body=f"<p>　　{f'第{n}座码头的清晨。' * 20}</p>{same}"))
        for n in (1, 2, 3)
    ]

    done = site.crawl("-a", f"url={','.join(urls)}", database=sqlite, IMAGES="on")

    assert done.code == 0, done.stderr
    assert site.paths().count("/1.jpg") == 1
    assert [use.picture_id for use in rows(sqlite, select(ARTICLE_IMAGE))] == [1, 1, 1]


def test_articles_of_earlier_runs_get_their_pictures_when_they_are_visited(site: Site, sqlite: str) -> None:
    site.add("https://p2.cri.cn/1.jpg", drawn.file(1))
    url = site.article(1)
    assert site.crawl("-a", f"url={url}", database=sqlite).code == 0
    assert "/1.jpg" not in site.paths()

    done = site.crawl("-a", f"url={url}", database=sqlite, IMAGES="on")

    assert "0 new, 0 changed, 1 as stored" in done.stderr
    assert [use.picture_id for use in rows(sqlite, select(ARTICLE_IMAGE))] == [1]


def test_a_picture_that_failed_is_asked_for_again_when_the_trouble_may_be_over(
    site: Site, sqlite: str
) -> None:
    site.add("https://p2.cri.cn/1.jpg", "busy", 500)
    urls = [site.article(1), site.article(2)]
    assert site.crawl("-a", f"url={','.join(urls)}", database=sqlite, IMAGES="on").code == 0
    assert sorted(one.failure for one in rows(sqlite, select(IMAGE))) == ["http_404", "http_500"]
    for number in (1, 2):
        site.add(f"https://p2.cri.cn/{number}.jpg", drawn.file(number))

    done = site.crawl("-a", f"url={','.join(urls)}", database=sqlite, IMAGES="on")

    assert done.code == 0
    assert [site.paths().count(path) for path in ("/1.jpg", "/2.jpg")] == [2, 1]
    assert len(rows(sqlite, select(PICTURE))) == 1


def test_a_file_that_was_lost_is_fetched_again(site: Site, sqlite: str) -> None:
    site.add("https://p2.cri.cn/1.jpg", drawn.file(1))
    url = site.article(1)
    for _ in range(2):
        assert site.crawl("-a", f"url={url}", database=sqlite, IMAGES="on").code == 0
    assert site.paths().count("/1.jpg") == 1
    (lost,) = folder_of(sqlite).rglob("*.jpg")
    lost.unlink()

    done = site.crawl("-a", f"url={url}", database=sqlite, IMAGES="on")

    assert done.code == 0, done.stderr
    assert lost.read_bytes() == drawn.file(1)
    assert "0 new, 0 changed, 1 as stored" in done.stderr


def test_a_crawl_that_is_killed_between_pictures_and_article_loses_neither(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 't.db'}"
    with ReplicaServer(Replica(SIZE, SEED)) as server:
        settings = {"CONNECT_TO": json.loads(server.connect_to), **ON}
        command = command_line(database=database, **settings)
        for pictures in (5, 30, 60):
            running = subprocess.Popen(
                command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            while running.poll() is None and sum(fetched(server.counts).values()) < pictures:
                time.sleep(0.01)
            running.send_signal(signal.SIGKILL)
            running.wait()

        done = crawl(database=database, **settings)

    assert done.code == 0, done.stderr
    assert rows(database, select(func.count()).select_from(ARTICLE))[0][0] == SIZE
    assert rows(database, select(ARTICLE_IMAGE).where(ARTICLE_IMAGE.c.picture_id.is_(None))) == []
    kept = {one.path for one in rows(database, select(PICTURE))}
    assert kept <= files(database)
    for path in kept:
        Image.open(folder_of(database) / path).load()


def test_a_folder_that_cannot_be_written_costs_the_pictures_only(
    site: Site, sqlite: str, tmp_path: Path
) -> None:
    site.add("https://p2.cri.cn/1.jpg", drawn.file(1))
    (tmp_path / "taken").write_text("a file where the folder should be")
    url = site.article(1)

    done = site.crawl("-a", f"url={url}", database=sqlite, IMAGES="on", IMAGES_DIR=tmp_path / "taken")

    assert done.code == 0, done.stderr
    assert "no further pictures in this run" in done.stderr
    assert [one.failure for one in rows(sqlite, select(IMAGE))] == ["not_kept"]
    assert page(sqlite, url).state == "stored"


def test_a_takedown_deletes_the_files_that_nobody_else_uses(site: Site, sqlite: str) -> None:
    for number in (1, 2):
        site.add(f"https://p2.cri.cn/{number}.jpg", drawn.file(number))
    urls = [site.article(number) for number in (1, 2)]
    assert site.crawl("-a", f"url={','.join(urls)}", database=sqlite, IMAGES="on").code == 0
    assert len(files(sqlite)) == 2

    done = scrapy("forget", urls[0], "--reason", "on request", database=sqlite)

    assert done.code == 0, done.err
    assert "and 1 pictures" in done.err
    (left,) = rows(sqlite, select(PICTURE))
    assert files(sqlite) == {left.path}
    assert scrapy("db", "check", database=sqlite).code == 0


@pytest.mark.parametrize("value", ["yes", "2", "", "ja"])
def test_a_setting_that_is_neither_on_nor_off_is_wrong_usage(sqlite: str, value: str) -> None:
    done = crawl(database=sqlite, IMAGES=value)

    assert done.code == 2
    assert f"IMAGES: {value!r} is neither on nor off; use -s IMAGES=on" in done.stderr
    assert "Traceback" not in done.stderr
