"""What a crawl is asked for and cannot do: a clear message, and the contract's exit code."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.crawl.rows import titles
from tests.crawl.site import Site, crawl


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nosuchportal"], 1, "unknown portal: nosuchportal; known: "),
        (["cri", "-a", "channel=nosuch"], 1, "cri has no channel 'nosuch'; its channels: china"),
        (["cri", "-a", "since=2026-13-01"], 2, "write it as YYYY-MM-DD"),
        (["cri", "-a", "since=20260101"], 2, "write it as YYYY-MM-DD"),
        (["cri", "-a", "since=2026-02-01", "-a", "until=2026-01-01"], 2, "is after until="),
        (["cri", "-a", "limit=0"], 2, "limit='0'"),
        (["cri", "-a", "limit=many"], 2, "limit='many'"),
        (["cri", "-a", "colour=red"], 2, "unknown argument colour"),
        (["cri", "-a", "url=cri.cn/x"], 2, "is not an absolute http or https URL"),
        (["cri", "-a", "url=https://cq.cri.cn/", "-a", "channel=cq"], 2, "not both"),
        (["cri", "world"], 2, "name one portal"),
        (["portal"], 2, "crawl portal needs a start"),
        (["portal", "-a", "url=https://a.example.cn/,https://b.example.com/"], 2, "one site at a time"),
    ],
)
def test_a_wrong_argument_is_refused_before_the_first_request(
    sqlite: str, arguments: list[str], code: int, said: str
) -> None:
    done = crawl(*arguments, database=sqlite)

    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    assert done.code == code


def test_a_url_outside_the_portal_fails_the_run_and_keeps_the_rest(site: Site, sqlite: str) -> None:
    good = site.article(1)

    done = site.crawl("-a", f"url=https://news.example.cn/20230510/abcd-1.html,{good}", database=sqlite)

    assert done.code == 1
    assert "is outside the portal cri" in done.stderr
    assert titles(sqlite) == ["第1号码头迎来首班货轮"]


def test_a_database_that_cannot_be_opened_stops_the_crawl_before_the_first_request(
    site: Site, tmp_path: Path
) -> None:
    url = site.article(1)

    done = site.crawl("-a", f"url={url}", database=f"sqlite:///{tmp_path}")

    assert done.code == 1
    assert "is a folder; give the path of a file in it" in done.stderr
    assert "Traceback" not in done.stderr
    assert site.hits == []


def test_a_database_of_a_newer_version_is_left_alone(site: Site, sqlite: str, tmp_path: Path) -> None:
    url = site.article(1)
    assert site.crawl("-a", f"url={url}", database=sqlite).code == 0
    with sqlite3.connect(tmp_path / "tushuo.db") as conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    site.hits.clear()

    done = site.crawl("-a", f"url={url}", database=sqlite)

    assert done.code == 1
    assert "newer version of Tushuo (revision 9999" in done.stderr
    assert "Traceback" not in done.stderr
    assert site.hits == []
