"""The replica changes from day to day as it says."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from tests.replica.asking import split
from tests.replica.replica import Change, Replica
from tests.replica.sections import SECTIONS

DAYS = 8  # enough that some of every kind of change happen


@pytest.fixture(scope="module")
def days() -> list[Replica]:
    """The same portal on one day after another."""
    first = Replica(400, seed=4)
    return [first.at(day) for day in range(DAYS)]


def bodies_of(replica: Replica) -> dict[str, list[bytes]]:
    """By URL the bodies of all pages of every article, also of those that are gone."""
    world = replica.world
    found = {}
    for number in range(world.count(replica.day)):
        pages = range(1, replica.stories.story(number).pages + 1)
        found[world.url(number)] = [replica.respond(*split(world.url(number, page))).body for page in pages]
    return found


def test_nothing_changes_on_day_0_and_some_of_everything_later(days: list[Replica]) -> None:
    counts = Counter(change.kind for replica in days for change in replica.changes())

    assert days[0].changes() == []
    assert set(counts) == {"new", "text", "caption", "chrome", "vanished", "soft", "returned"}
    assert counts["new"] == 20 * (DAYS - 1)
    assert 0.01 < counts["text"] / (400 * (DAYS - 1)) < 0.03


def test_pages_change_as_declared_and_no_others(days: list[Replica]) -> None:
    for before, after in pairwise(days):
        old, new = bodies_of(before), bodies_of(after)

        differing = {url for url, body in new.items() if old.get(url) != body}

        # an article's neighbours come from the world, not from the day, so no other page changes
        assert differing == {change.url for change in after.changes()}


def test_each_kind_of_change_does_what_its_name_says(days: list[Replica]) -> None:
    keys = ("title", "published_at", "source", "editor", "channel", "template", "pages")
    for before, after in pairwise(days):
        old = {record["url"]: record for record in before.expected()}
        new = {record["url"]: record for record in after.expected()}
        for change in after.changes():
            one, other = old.get(change.url), new.get(change.url)
            status = after.respond(*split(change.url)).status
            if change.kind in ("vanished", "soft"):
                assert (one is not None, other) == (True, None), change
                assert status == (404 if change.kind == "vanished" else 200), change
                continue
            assert (status, other is not None) == (200, True), change
            assert (one is None) == (change.kind in ("new", "returned")), change
            if one is None or other is None:
                continue
            assert [one[key] for key in keys] == [other[key] for key in keys], change
            assert (one["body_text"] != other["body_text"]) == (change.kind == "text"), change
            captions = [[image["caption"] for image in record["images"]] for record in (one, other)]
            assert (captions[0] != captions[1]) == (change.kind == "caption"), change


def test_new_articles_stand_on_top_of_their_list(days: list[Replica]) -> None:
    after = days[1]
    new = {change.url for change in after.changes() if change.kind == "new"}

    for section in SECTIONS:
        urls = after.index.urls(section)
        fresh = [url for url in urls if url in new]
        assert urls[: len(fresh)] == fresh


def test_a_page_that_is_gone_is_on_no_list(days: list[Replica]) -> None:
    for replica in days[1:]:
        gone = {change.url for change in replica.changes() if change.kind in ("vanished", "soft")}
        assert not gone & {url for section in SECTIONS for url in replica.index.urls(section)}


def test_a_conditional_request_is_answered_by_304_until_the_page_changes(days: list[Replica]) -> None:
    change = next(change for change in days[1].changes() if change.kind == "text")
    first = days[0].respond(*split(change.url))
    tag, time = first.headers["ETag"], first.headers["Last-Modified"]

    assert days[0].respond(*split(change.url), if_none_match=tag).status == 304
    assert days[0].respond(*split(change.url), if_modified_since=time).status == 304
    assert days[0].respond(*split(change.url), if_none_match='"other"', if_modified_since=time).status == 200
    assert days[1].respond(*split(change.url), if_none_match=tag).status == 200
    assert days[1].respond(*split(change.url), if_modified_since=time).status == 200


def test_a_change_names_its_kind_and_its_url() -> None:
    change = Replica(60, day=1).changes()[-1]

    assert change == Change("new", change.url)
