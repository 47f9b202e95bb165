"""The benchmark of loading stores what it says, with and without the index."""

from __future__ import annotations

import re
from contextlib import closing

import pytest

from benchmarks.million import articles
from benchmarks.million.load import main
from storage.check import problems
from storage.engine import open_database
from storage.models import ARTICLE
from tests.factories import rows


def test_loading_reports_each_window_and_what_it_stored(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--articles", "70", "--every", "40", "--database", database_url, "--sizes"]) == 0
    out = capsys.readouterr().out
    stored = list(articles(70))
    size = sum(
        len(
            "".join(
                [a.title, a.body_text, *((i.caption or "") + (i.credit or "") for i in a.images)]
            ).encode()
        )
        for a in stored
    )
    assert re.findall(r"^ +(\d+) articles ", out, re.M) == ["40", "70"]
    assert re.findall(r"text +([\d.]+) MiB", out)[-1] == f"{size / 2**20:.1f}"
    assert "article: article\n" in out
    with closing(open_database(database_url)) as database:
        assert [row.url for row in rows(database, ARTICLE)] == [article.url for article in stored]
        assert problems(database) == []


def test_without_the_index_the_articles_are_stored_all_the_same(database_url: str) -> None:
    assert main(["--articles", "30", "--start", "5", "--database", database_url, "--no-index"]) == 0

    with closing(open_database(database_url)) as database:
        assert len(rows(database, ARTICLE)) == 30
        assert any("index" in problem for problem in problems(database))
