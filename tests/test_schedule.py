"""The schedule: what a file says, when it is due, what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.portals.registry import portal_names
from crawler.schedule import Entry, ScheduleError, declared_schedule, read_schedule
from tests.commands.run import scrapy

NIGHT = datetime(2026, 1, 1, 17, 30, tzinfo=UTC)  # 01:30 of the next day in Shanghai


def write(folder: Path, text: str) -> Path:
    path = folder / "schedule.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_is_read_and_its_times_are_those_of_shanghai(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[[run]]\nportal = "cri"\nchannel = "china"\ncron = "0 2 * * *"\n[[run]]\nportal = "people"\n',
    )

    first, second = read_schedule(path)

    assert first == Entry("cri", "0 2 * * *", {"channel": "china"})
    assert first.following(NIGHT) == datetime(2026, 1, 1, 18, 0, tzinfo=UTC)
    assert (second.portal, second.arguments) == ("people", {})


def test_another_zone_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path, 'timezone = "UTC"\n[[run]]\nportal = "cri"\ncron = "0 2 * * *"\n')

    (entry,) = read_schedule(path)

    assert entry.following(NIGHT) == datetime(2026, 1, 2, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no [[run]]"),
        ("[[run]]\nportal=", "schedule.toml"),
        ('[[run]]\nportal = "nowhere"', "run 1: portal 'nowhere' is not known; known: chinanews, cri"),
        ('[[run]]\nportal = "cri"\ncron = "every day"', "run 1: cron 'every day'"),
        ('[[run]]\nportal = "cri"\ncron = "61 * * * *"', "cron '61 * * * *'"),
        ('[[run]]\nportal = "cri"\nchannel = "moon"', "no channel 'moon'"),
        ('[[run]]\nportal = "cri"\nspeed = 3', "unknown speed"),
        ('[[run]]\nportal = "cri"\nsince = "soon"', "since='soon'"),
        ('timezone = "Mars"\n[[run]]\nportal = "cri"', "timezone 'Mars'"),
        ('[[run]]\nportal = "cri"\n[[run]]\nportal = "cri"', "two runs are the same"),
        ('speed = 1\n[[run]]\nportal = "cri"', "unknown speed"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        read_schedule(write(tmp_path, text))

    assert message in str(caught.value)


def test_without_a_file_every_declared_portal_with_channels_runs() -> None:
    entries = declared_schedule()

    assert {entry.portal for entry in entries} <= set(portal_names())
    assert "cri" in {entry.portal for entry in entries}
    minutes = {entry.cron.split()[0] for entry in entries}
    assert len(minutes) > len(entries) // 2, "all at the same time"


def test_the_list_shows_what_is_due(tmp_path: Path, sqlite_url: str) -> None:
    path = write(tmp_path, '[[run]]\nportal = "cri"\ncron = "0 2 * * *"\n')

    done = scrapy("schedule", "--list", "--file", str(path), database=sqlite_url)
    wrong = scrapy("schedule", "--list", "--file", str(tmp_path / "none.toml"), database=sqlite_url)
    worker = scrapy("worker", database=sqlite_url)

    assert done.out.splitlines()[1].split("\t")[1:] == ["cri", "0 2 * * *"]
    assert wrong.code == 2
    assert "none.toml" in wrong.err
    assert worker.code == 2
    assert "needs PostgreSQL" in worker.err
