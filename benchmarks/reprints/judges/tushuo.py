"""Tushuo from outside: articles go in through the writer, links come out of the tables."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.reprints.judges import Verdict
from benchmarks.reprints.sample import Pair, Sample, Scene, ordered
from storage.committer import write_now
from storage.engine import Database, open_database
from storage.models import ARTICLE, STORY, STORY_LINK
from storage.writer import StoreArticle
from tests.factories import rows
from tests.replica.chance import dice


def tushuo(scene: Scene) -> Verdict:
    """A pair is linked when both are in one story or a link joins them. SQLite in a temporary folder."""
    with temporary_database() as database:
        seconds = store(database, scene.samples, scene.name)
        return Verdict(links(database, scene.samples), len(scene.samples), seconds)


@contextmanager
def temporary_database() -> Iterator[Database]:
    """A new SQLite database, gone afterwards."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_database(f"sqlite:///{Path(folder) / 'pairs.db'}")) as database,
    ):
        yield database


def store(database: Database, samples: Sequence[Sample], seed: str) -> float:
    """Store samples in random order; seconds of it, fingerprints and all that storing does included."""
    order = list(samples)
    dice(seed, "order").shuffle(order)
    started = time.perf_counter()
    results = write_now(database, [StoreArticle(sample.article()) for sample in order])
    seconds = time.perf_counter() - started
    for sample, result in zip(order, results, strict=True):
        if isinstance(result, BaseException):
            raise RuntimeError(f"{sample.url} was not stored: {result!r}") from result
    return seconds


def links(database: Database, samples: Sequence[Sample]) -> dict[Pair, str]:
    """All linked pairs, with the links' reasons."""
    places = {sample.url: place for place, sample in enumerate(samples)}
    of_id: dict[int, int] = {}
    stories: dict[int, list[int]] = defaultdict(list)
    for row in rows(database, ARTICLE):
        place = of_id[row.id] = places[row.url]
        if row.story_id is not None:
            stories[row.story_id].append(place)
    linked = {
        ordered(*pair): f"story {story}"
        for story, members in stories.items()
        for pair in combinations(members, 2)
    }
    for link in rows(database, STORY_LINK):
        pair = ordered(of_id[link.article_id], of_id[link.other_id])
        linked[pair] = f"{link.kind} {link.similarity:.2f}: {link.why}"
    return linked


def story_of(database: Database) -> dict[str, Any]:
    """The row of table story, None for none, by the article's URL."""
    stories = {story.id: story for story in rows(database, STORY)}
    return {row.url: stories.get(row.story_id) for row in rows(database, ARTICLE)}
