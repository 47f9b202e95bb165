"""When the health of a channel is an alarm, and when it is only a day like others; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, update

from storage.engine import Database
from storage.health import measure
from storage.models import PAGE
from tests.factories import image
from tests.storage.test_health import fill

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def drifted(database: Database, since: datetime | None = NOW - HOUR, *, widen: bool = False) -> list[str]:
    with database.reading() as conn:
        return [one.field for one in measure(conn, "cri", since, widen=widen) if one.drifted]


def read_list(database: Database, at: datetime, channel: str = "china") -> None:
    """A list of the channel, read at a moment."""
    row = {"url": "https://news.cri.cn/china", "url_key": "news.cri.cn/china", "channel": channel, "depth": 0}
    row |= {"portal": "cri", "kind": "list", "state": "done", "attempts": 1}
    with database.writing() as conn:
        conn.execute(insert(PAGE).values(first_seen_at=at, last_fetch_at=at, **row))


def test_small_runs_are_looked_at_together_with_those_before(database: Database) -> None:
    fill(database, range(1, 101), "china", NOW - 20 * DAY)
    for day in range(3, 0, -1):
        fill(database, range(1000 - day * 10, 1008 - day * 10), "china", NOW - day * DAY, captions=False)
    last_run = NOW - DAY - HOUR

    assert drifted(database, last_run, widen=True) == ["captions"]
    assert drifted(database, last_run) == []


def test_a_channel_with_nothing_new_is_not_looked_at_again(database: Database) -> None:
    fill(database, range(1, 101), "china", NOW - 20 * DAY)
    fill(database, range(201, 231), "china", NOW - 2 * DAY, captions=False)

    assert drifted(database, widen=True) == []


def test_one_large_gallery_is_one_article(database: Database) -> None:
    fill(database, range(1, 101), "china", NOW - 20 * DAY)
    fill(database, range(201, 231), "china", NOW - timedelta(minutes=50))
    gallery = [image(5000 + number, caption=None) for number in range(60)]
    fill(database, range(301, 302), "china", NOW - HOUR / 2, images=gallery)

    assert drifted(database) == []


def test_what_is_found_more_often_than_before_is_no_alarm(database: Database) -> None:
    fill(database, range(1, 101), "china", NOW - 20 * DAY, captions=False, template="general", source=None)
    fill(database, range(201, 231), "china", NOW - HOUR)

    assert drifted(database) == []


def test_pictures_on_every_page_are_an_alarm(database: Database) -> None:
    fill(database, range(1, 101), "china", NOW - 20 * DAY, images=[])
    fill(database, range(201, 231), "china", NOW - HOUR)

    assert drifted(database) == ["pictures"]


def test_texts_of_half_the_length_are_told_with_examples(database: Database) -> None:
    fill(database, range(1, 101), "china", NOW - 20 * DAY)
    fill(database, range(201, 231), "china", NOW - HOUR, body_text="青石镇的茶农清晨上山采茶。")

    with database.reading() as conn:
        (found,) = [one for one in measure(conn, "cri", NOW - HOUR) if one.drifted]

    assert found.field == "body_length"
    assert len(found.examples) == 3


def test_pages_that_fail_are_told_with_their_urls(database: Database) -> None:
    fill(database, range(1, 101), "china", NOW - 20 * DAY)
    fill(database, range(201, 231), "china", NOW - HOUR)
    with database.writing() as conn:
        failing = PAGE.c.last_fetch_at >= NOW - HOUR / 2 - timedelta(minutes=10)
        failed = conn.execute(update(PAGE).where(failing).values(state="failed")).rowcount

    assert failed >= 9
    with database.reading() as conn:
        (found,) = [one for one in measure(conn, "cri", NOW - HOUR) if one.drifted]
    assert found.field == "errors"
    assert (found.before, found.now) == (0.0, failed / 30)
    assert len(set(found.examples)) == 3


def test_a_large_channel_hides_no_small_one(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.health._MOST", 30)
    fill(database, range(1, 41), "world", NOW - 20 * DAY)
    fill(database, range(101, 131), "world", NOW - HOUR, captions=False)
    fill(database, range(201, 401), "china", NOW - 10 * DAY)
    fill(database, range(401, 501), "china", NOW - HOUR)

    assert drifted(database) == ["captions"]


def days_of(database: Database, number: int, last: datetime, hours: int = 10) -> None:
    """So many days on each of which twelve articles came over ten hours; the last article at `last`."""
    for day in range(number):
        for place in range(4):
            first = 1 + 100 * day + 3 * place
            at = last - day * DAY - place * hours * HOUR / 4 - timedelta(minutes=2)
            fill(database, range(first, first + 3), "china", at)


@pytest.mark.parametrize(("pause", "alarms"), [(14 * HOUR, []), (3 * DAY, ["articles"])])
def test_a_night_is_no_silence_and_three_days_are(
    database: Database, pause: timedelta, alarms: list[str]
) -> None:
    days_of(database, 6, NOW - pause)
    read_list(database, NOW)

    assert drifted(database) == alarms


def test_a_channel_whose_lists_are_not_read_is_not_silent(database: Database) -> None:
    days_of(database, 6, NOW - 3 * DAY)
    read_list(database, NOW - 3 * DAY + HOUR)

    assert drifted(database, NOW - 4 * DAY) == []


def test_a_first_crawl_of_many_years_sets_no_pace(database: Database) -> None:
    fill(database, range(1, 301), "china", NOW - 6 * DAY)
    for day in range(5, 1, -1):
        fill(database, range(1000 + 10 * day, 1002 + 10 * day), "china", NOW - day * DAY)
    read_list(database, NOW - HOUR)

    assert drifted(database) == []


def test_a_channel_that_never_sleeps_may_rest_for_less_than_a_day(database: Database) -> None:
    for hour in range(72):
        fill(database, range(10 * hour, 10 * hour + 2), "china", NOW - (20 + hour) * HOUR)
    read_list(database, NOW)

    assert drifted(database) == []


def test_pages_that_fail_less_than_before_are_no_alarm(database: Database) -> None:
    fill(database, range(1, 101), "china", NOW - 20 * DAY)
    fill(database, range(201, 231), "china", NOW - HOUR)
    with database.writing() as conn:
        conn.execute(update(PAGE).where(PAGE.c.last_fetch_at < NOW - 2 * HOUR).values(state="failed"))

    assert drifted(database) == []
