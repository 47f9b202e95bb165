"""Drift is found where it is, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from storage.engine import Database
from storage.health import Measure, measure
from storage.models import ARTICLE, PAGE
from tests.factories import article, image, store

LONG_AGO = datetime.now(UTC) - timedelta(days=10)
NOW = datetime.now(UTC)


def fill(
    database: Database,
    numbers: range,
    channel: str,
    stored: datetime,
    *,
    captions: bool = True,
    **fields: Any,
) -> None:
    """Articles of a channel, first stored at a moment (a minute apart)."""
    said = {} if captions else {"caption": None}
    made = [
        article(number, **({"portal": "cri", "images": [image(number, **said)]} | fields))
        for number in numbers
    ]
    store(database, *made)
    with database.writing() as conn:
        for place, one in enumerate(made):
            assert one.fingerprint is not None
            at = stored + timedelta(minutes=place)
            key = one.fingerprint.url_key
            conn.execute(update(ARTICLE).where(ARTICLE.c.url_key == key).values(stored_at=at))
            conn.execute(update(PAGE).where(PAGE.c.url_key == key).values(channel=channel, last_fetch_at=at))


def drifted(database: Database) -> dict[tuple[str, str], Measure]:
    with database.reading() as conn:
        found = measure(conn, "cri", NOW - timedelta(hours=1))
    return {(one.channel, one.field): one for one in found if one.drifted}


def test_the_same_as_before_is_no_drift(database: Database) -> None:
    fill(database, range(1, 41), "china", LONG_AGO)
    fill(database, range(101, 131), "china", NOW)

    assert drifted(database) == {}


def test_one_field_of_one_channel_is_told_with_examples(database: Database) -> None:
    fill(database, range(1, 41), "china", LONG_AGO)
    fill(database, range(201, 241), "world", LONG_AGO)
    fill(database, range(101, 131), "china", NOW, source=None)
    fill(database, range(301, 331), "world", NOW)

    found = drifted(database)

    assert list(found) == [("china", "source")]
    one = found["china", "source"]
    assert (one.before, one.now, one.count_before, one.count_now) == (1.0, 0.0, 40, 30)
    assert len(one.examples) == 3
    assert all(url.startswith("https://") for url in one.examples)


def test_captions_that_are_no_longer_found_are_told(database: Database) -> None:
    fill(database, range(1, 41), "china", LONG_AGO)
    fill(database, range(101, 131), "china", NOW, captions=False)

    assert list(drifted(database)) == [("china", "captions")]


def test_a_few_articles_prove_nothing(database: Database) -> None:
    fill(database, range(1, 41), "china", LONG_AGO)
    fill(database, range(101, 111), "china", NOW, source=None)

    assert drifted(database) == {}


def test_texts_that_became_short_and_rules_that_fell_back_are_told(database: Database) -> None:
    fill(database, range(1, 41), "china", LONG_AGO)
    fill(database, range(101, 131), "china", NOW, template="general")

    assert list(drifted(database)) == [("china", "general")]


def test_a_channel_that_fell_silent_is_told(database: Database) -> None:
    for day in range(3):
        fill(database, range(1 + day * 40, 41 + day * 40), "china", LONG_AGO + timedelta(days=day))
    fill(database, range(501, 531), "world", NOW)
    with database.writing() as conn:
        anyone = PAGE.c.id.in_([1])
        conn.execute(update(PAGE).where(anyone).values(kind="list", state="done", last_fetch_at=NOW))

    assert ("china", "articles") in drifted(database)
