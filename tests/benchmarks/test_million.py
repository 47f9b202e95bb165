"""The articles of the benchmarks: the same for everyone, shaped like news, and fit to be stored."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from difflib import SequenceMatcher
from pathlib import Path
from statistics import mean, median

import pytest

from benchmarks.million import Made, articles, made, probes
from benchmarks.million.__main__ import main
from benchmarks.million.probes import text
from crawler.items import join_text, to_record
from crawler.records import from_record
from pipelines.validate import check
from storage.engine import open_database
from storage.models import ARTICLE, ARTICLE_IMAGE
from tests.commands.run import scrapy
from tests.factories import rows

SIZE = 2_000


@pytest.fixture(scope="module")
def sample() -> list[Made]:
    """Articles from the middle of the million."""
    return list(made(SIZE, start=500_000))


def test_an_article_does_not_depend_on_what_is_asked_for_beside_it() -> None:
    whole = [to_record(article) for article in articles(1_300, 7)]

    assert [to_record(article) for article in articles(40, 7, 1_210)] == whole[1_210:1_250]
    assert [to_record(article) for article in articles(5, 7)] == whole[:5]


def test_another_seed_gives_other_articles() -> None:
    (one,), (other,) = articles(1, 1, 3_000), articles(1, 2, 3_000)

    assert one.body_text != other.body_text


def test_every_url_is_its_own(sample: list[Made]) -> None:
    assert len({item.article.url for item in sample}) == SIZE


def test_texts_have_the_lengths_of_news(sample: list[Made]) -> None:
    lengths = [len(item.article.body_text) for item in sample]
    titles = sorted(len(item.article.title) for item in sample)

    assert 600 < median(lengths) < 800
    assert 880 < mean(lengths) < 1_120
    assert min(lengths) >= 12
    assert 4_000 < max(lengths) < 11_500
    assert titles[SIZE // 20] >= 12
    assert titles[-SIZE // 20] <= 30


def test_bodies_are_their_blocks_and_pictures_stand_where_they_say(sample: list[Made]) -> None:
    for item in sample:
        article = item.article
        assert article.body_text == join_text(article.blocks)
        assert [article.blocks[image.position].image for image in article.images] == list(
            range(len(article.images))
        )


def test_pictures_are_two_an_article_and_some_are_used_again(sample: list[Made]) -> None:
    images = [image for item in sample for image in item.article.images]
    uses = Counter(image.url for image in images)

    assert 1.7 < len(images) / SIZE < 2.3
    assert 0.7 < mean(image.caption is not None for image in images) < 0.82
    assert 0.66 < mean(image.credit is not None for image in images) < 0.78
    assert 0.02 < mean(count > 1 for count in uses.values()) < 0.2


def test_portals_sources_and_photographers_are_used_unevenly(sample: list[Made]) -> None:
    portals = Counter(item.article.portal for item in sample)
    sources = Counter(item.article.source.name for item in sample if item.article.source)
    people = Counter(image.credit for item in sample for image in item.article.images if image.credit)

    assert len(portals) == 30
    assert max(portals.values()) > 5 * min(portals.values())
    assert len(sources) > 150
    assert sources.most_common(1)[0][1] > SIZE / 20
    assert len(people) > 400


def test_a_quarter_are_reprints_of_the_last_days(sample: list[Made]) -> None:
    kinds = Counter(item.kind for item in sample)
    reprints = [item for item in sample if item.first is not None]
    stories = Counter(item.first for item in reprints if item.first is not None and item.first >= 0)

    assert 0.22 < len(reprints) / SIZE < 0.28
    assert 0.54 < kinds["exact"] / len(reprints) < 0.66
    assert 0.29 < kinds["edited"] / len(reprints) < 0.41
    assert 0.02 < kinds["excerpt"] / len(reprints) < 0.09
    assert all(0 < item.number - item.first < 1_500 for item in reprints if item.first and item.first >= 0)
    assert stories.most_common(1)[0][1] >= 8
    assert sum(1 for size in stories.values() if size == 1) > len(stories) / 2


def test_reprints_are_what_they_are_called(sample: list[Made]) -> None:
    by_number = {item.number: item.article for item in sample}
    pairs = [
        (item.kind, item.article, by_number[item.first])
        for item in sample
        if item.first is not None and item.first in by_number
    ]
    assert len(pairs) > 100
    for kind, copy, first in pairs:
        assert copy.published_at is not None
        assert first.published_at is not None
        if len(copy.published_at) > 10 and len(first.published_at) > 10:
            assert datetime.fromisoformat(copy.published_at) > datetime.fromisoformat(first.published_at)
        if kind == "exact":
            assert copy.body_text == first.body_text
        elif kind == "excerpt":
            assert copy.body_text in first.body_text
        else:
            assert copy.body_text != first.body_text
            lines = SequenceMatcher(None, copy.body_text.split("\n"), first.body_text.split("\n"))
            assert lines.ratio() >= 0.5


def test_the_most_reprinted_text_of_a_million_is_printed_thousands_of_times() -> None:
    found = Counter(item.first for item in made(10_000) if item.first is not None and item.first < 0)

    assert 20 <= found.most_common(1)[0][1] <= 70  # times a hundred for a million


def test_a_million_are_ten_years_with_quiet_nights_and_three_precisions(sample: list[Made]) -> None:
    (first,), (last,) = articles(1), articles(1, start=999_999)
    times = [item.article.published_at or "" for item in sample]
    hours = Counter(int(time[11:13]) for time in times if len(time) > 10)
    raws = [item.article.published_raw or "" for item in sample]

    assert first.published_at is not None
    assert first.published_at.startswith("2015-01-01")
    assert last.published_at is not None
    assert last.published_at.startswith("2024-12-2")
    assert hours[10] > 8 * hours[3]
    assert 0.02 < mean(len(time) == 10 for time in times) < 0.08
    assert 0.5 < mean(bool(re.search(r" \d\d:\d\d$", raw)) for raw in raws) < 0.6
    assert 0.35 < mean(bool(re.search(r" \d\d:\d\d:\d\d$", raw)) for raw in raws) < 0.45


def test_probes_are_found_as_often_as_they_say(sample: list[Made]) -> None:
    texts = [text(item.article) for item in sample]
    expected = probes(SIZE)

    assert {round(p.share * 1e5) for p in expected if p.kind == "planted"} == {1, 10, 100, 1_000, 10_000}
    assert max(p.share for p in expected) > 0.8
    for probe in expected:
        count = sum(probe.word in one for one in texts)
        # six times the deviation of chance, of both samples
        assert abs(count - probe.hits) <= 6 * (2 * probe.hits) ** 0.5 + 2, probe


def test_planted_words_are_as_rare_in_the_long_run() -> None:
    rare = [probe.word for probe in probes(10_000) if probe.kind == "planted" and probe.share == 1e-3]
    counts = Counter(word for article in articles(10_000) for word in rare if word in article.body_text)

    assert 40 <= sum(counts.values()) <= 130  # 8 words, 10 articles each
    assert len(counts) == len(rare)


def test_records_are_articles(sample: list[Made]) -> None:
    for item in sample[:300]:
        record = to_record(item.article)
        assert from_record(record) == item.article
        assert check(item.article) is None


def test_the_file_is_imported_without_a_bad_line(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"

    assert main(["--articles", "120", "--start", "900", "-o", str(file)]) == 0
    done = scrapy("import", str(file), database=database_url)

    assert done.code == 0, done.err
    assert "120 new, 0 changed, 0 as stored" in done.err
    expected = list(articles(120, start=900))
    database = open_database(database_url)
    assert len(rows(database, ARTICLE)) == 120
    assert len(rows(database, ARTICLE_IMAGE)) == sum(len(article.images) for article in expected)
    database.close()
