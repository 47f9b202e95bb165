"""The benchmarks of questions, of maintenance and of two processes on one database run and report."""

from __future__ import annotations

import re

import pytest

from benchmarks import maintenance, million, query, together
from benchmarks.million import age
from pipelines.fingerprint import fingerprint
from storage.engine import Database
from storage.models import ARTICLE
from tests.factories import rows, store


def fill(database: Database, number: int) -> str:
    made = list(million.articles(number))
    for one in made:
        one.fingerprint = fingerprint(one)
    store(database, *made)
    return database.engine.url.render_as_string(False)


def test_counts_and_exports_are_measured(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    url = fill(database, 40)

    assert maintenance.main(["--database", url, "--rounds", "1", "--formats", "jsonl,parquet"]) == 0

    out = capsys.readouterr().out
    assert "40 articles; counts from" in out
    assert re.findall(r"stats --by (\S+)", out) == list(maintenance.WAYS)
    assert re.findall(r"export (\w+) +[\d,]+ articles/s", out) == ["jsonl", "parquet"]


def test_a_writer_and_a_reader_are_measured_alone_and_together(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    url = fill(database, 4)

    assert together.main(["--database", url, "--seconds", "0.2", "--first", "20"]) == 0

    out = capsys.readouterr().out
    assert [line for line in out.splitlines()[1:] if not line.startswith(" ")] == [
        "writer alone",
        "reader alone",
        "both",
    ]
    assert len(re.findall(r"^  write +[1-9]", out, re.MULTILINE)) == 2
    assert len(re.findall(r"^  search +[1-9]", out, re.MULTILINE)) == 2


def test_searches_under_all_pairs_of_filters_are_measured(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    url = fill(database, 40)
    age.main(["--database", url, "--changed", "0.2", "--gone", "0.1"])

    assert query.main([url, "--repeat", "1", "--only", "two filters", "--plan"]) == 0

    out = capsys.readouterr().out
    stored = rows(database, ARTICLE)
    assert sum(row.changed_at is not None for row in stored) == 8
    assert sum(row.gone_at is not None for row in stored) == 4
    pairs = {tuple(re.findall(r"(\w+)=", line)) for line in out.splitlines() if "=" in line}
    assert len(pairs) >= 28  # of eight filters, and of nine where there are stories
    assert re.findall(r"^(\D+?) +[1-9]\d* +[\d.]+", out, re.MULTILINE) == [
        "two filters",
        "count with two filters",
    ]
