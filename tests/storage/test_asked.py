"""What cannot be asked says so, and what cannot be there is not found: the same on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from storage import queries
from storage.engine import Database
from storage.queries import Filters
from tests.factories import article, image, store
from tests.harvest import fill

HUGE = 1 << 70


def asked(database: Database, name: str, *args: Any, **kwargs: Any) -> Any:
    """The answer; all of it, when it is an iterator."""
    with database.reading() as conn:
        answer = getattr(queries, name)(conn, *args, **kwargs)
        return list(answer) if isinstance(answer, Iterator) else answer


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "said"),
    [
        ("search_articles", ["茶园"], {"limit": 0}, "limit 0: give 1 or more"),
        ("search_articles", ["茶园"], {"limit": -1}, "limit -1"),
        ("search_articles", ["茶园"], {"page": 0}, "page 0: give 1 or more"),
        ("search_articles", ["茶园"], {"sort": "oldest"}, "sort 'oldest': use newest or relevance"),
        ("search_images", ["采茶"], {"limit": 0}, "limit 0"),
        ("search_images", ["采茶"], {"sort": "oldest"}, "use newest or relevance"),
        ("newest", [], {"limit": -1}, "limit -1"),
        ("facets", ["portal"], {"limit": -1}, "limit -1"),
        ("stories", [], {"limit": 0}, "limit 0"),
        ("reused", [], {"limit": 0}, "limit 0"),
        ("runs", [], {"limit": -1}, "limit -1"),
        ("ledger_rows", [("failed",)], {"limit": -1}, "limit -1"),
        ("ledger_rows", [("lost",)], {}, "give a tuple of discovered, stored"),
        ("ledger_rows", ["failed"], {}, "give a tuple of discovered, stored"),
        ("changes", [], {"limit": 0}, "limit 0"),
        ("changes", [], {"kinds": ("edit",)}, "give a tuple of edited, gone, returned"),
        ("changes", [], {"kinds": "gone"}, "give a tuple of edited, gone, returned"),
        ("changes", [], {"fields": ("headline",)}, "give a tuple of url, .*title"),
        ("changes", [], {"fields": "title"}, "give a tuple of url, .*title"),
        ("changes", [], {"since": datetime(2021, 3, 9)}, "since 2021-03-09T00:00:00 has no time zone"),
        ("changes", [], {"until": datetime(2021, 3, 9)}, "until .* has no time zone"),
        ("why", [1, 99999], {}, "no article 99999"),
        ("why", [HUGE, 1], {}, f"no article {HUGE}"),
        ("why", [1, 1], {}, "article 1 twice"),
    ],
)
def test_what_cannot_be_asked_says_so(
    database: Database, name: str, args: list[Any], kwargs: dict[str, Any], said: str
) -> None:
    store(database, article(1, images=[image(1)]))

    with pytest.raises(ValueError, match=said):
        asked(database, name, *args, **kwargs)


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("story", [HUGE], {}),
        ("timeline", [HUGE], {}),
        ("revisions", [HUGE], {}),
        ("absences", [HUGE], {}),
        ("articles_by_ids", [[HUGE, -HUGE]], {}),
        ("all_articles", [], {"since_id": HUGE}),
        ("all_images", [], {"since_id": HUGE}),
        ("all_images", [], {"uses": [(HUGE, 1), (0, 1)]}),
        ("article_records", [], {"since_id": HUGE}),
        ("article_records", [], {"ids": [HUGE, -HUGE]}),
        ("runs", [], {"run_id": HUGE}),
        ("photo", [HUGE], {}),
        ("newest", [Filters(story=HUGE)], {}),
        ("changes", [], {"portal": "a\0"}),
        ("changes", [], {"portal": "a\ud800"}),
        ("changes", [], {"kinds": ()}),
        ("changes", [], {"kinds": ("gone",), "fields": ("title",)}),
        ("runs", [], {"portal": "a\0"}),
        ("ledger_rows", [("stored",)], {"portal": "a\0"}),
        ("ledger_counts", ["a\0"], {}),
        ("articles_by_keys", [["a\0", "\ud800"]], {}),
    ],
)
def test_what_cannot_be_there_is_not_found(
    database: Database, name: str, args: list[Any], kwargs: dict[str, Any]
) -> None:
    fill(database)

    assert not asked(database, name, *args, **kwargs)


def test_a_huge_limit_or_page_and_ids_below_all_are_no_harm(database: Database) -> None:
    fill(database)

    assert len(asked(database, "newest", limit=HUGE)) == 5
    assert len(asked(database, "changes", limit=HUGE)) == 2
    assert len(asked(database, "search_articles", None, limit=10**9)) == 5
    assert asked(database, "search_articles", None, page=10**9) == []
    assert len(asked(database, "all_articles", since_id=-HUGE)) == 5
    assert len(asked(database, "article_records", since_id=-HUGE)) == 5
    assert len(asked(database, "all_images", since_id=-HUGE)) == 2


@pytest.mark.parametrize("day", [datetime(2021, 3, 9), datetime(2021, 3, 9, tzinfo=UTC), "2021-03-09"])
def test_filters_take_days_not_moments(day: Any) -> None:
    with pytest.raises(ValueError, match=r"since .*2021.* is not a date"):
        Filters(since=day)
    with pytest.raises(ValueError, match=r"until .*2021.* is not a date"):
        Filters(until=day)


@pytest.mark.parametrize(
    ("kwargs", "kinds"),
    [
        ({}, ["gone", "edited"]),  # at 2021-04-01 00:00 and 2021-03-06 01:10, UTC
        ({"since": date(2021, 4, 1)}, ["gone"]),
        ({"since": date(2021, 4, 2)}, []),
        ({"until": date(2021, 3, 6)}, ["edited"]),
        ({"until": date(2021, 3, 5)}, []),
        ({"since": datetime(2021, 4, 1, tzinfo=UTC)}, ["gone"]),
        ({"until": datetime(2021, 4, 1, tzinfo=UTC)}, ["edited"]),
        ({"since": date.min, "until": date.max}, ["gone", "edited"]),
        ({"kinds": ["gone"]}, ["gone"]),
        ({"fields": ["title", "images"]}, ["edited"]),
        ({"fields": ["body_text"]}, []),
        ({"fields": []}, []),
        ({"limit": 1}, ["gone"]),
        ({"portal": "cri"}, ["gone", "edited"]),
        ({"portal": "people"}, []),
    ],
)
def test_changes_are_narrowed_by_days_moments_kinds_and_fields(
    database: Database, kwargs: dict[str, Any], kinds: list[str]
) -> None:
    fill(database)

    assert [change.kind for change in asked(database, "changes", **kwargs)] == kinds


def test_an_edit_tells_the_headline_before_and_now(database: Database) -> None:
    store(database, article(1, title="渡口的旧桥"))
    store(database, article(1, title="渡口的新桥"))
    store(database, article(1, title="渡口的新桥", images=[image(1)]))

    found = asked(database, "changes")

    assert [(one.revision, one.old_title, one.title, "title" in one.changed) for one in found] == [
        (2, "渡口的新桥", "渡口的新桥", False),
        (1, "渡口的旧桥", "渡口的新桥", True),
    ]
    assert [one.revision for one in asked(database, "changes", fields=("title",))] == [1]


def test_a_field_is_named_whole(database: Database) -> None:
    store(database, article(1))
    store(database, article(1, subtitle="副题", body_text="清晨的渡口很安静。"))

    assert len(asked(database, "changes", fields=("subtitle",))) == 1
    assert asked(database, "changes", fields=("title",)) == []


def test_changes_and_the_ledger_are_read_as_they_are_asked_for(database: Database) -> None:
    fill(database)

    with database.reading() as conn:
        changes = queries.changes(conn)
        pages = queries.ledger_rows(conn, ("stored", "gone"))
        first = next(changes), next(pages)
        # other questions may come between
        assert len(list(queries.all_articles(conn))) == 5
        rest = len(list(changes)), len(list(pages))

    assert first[0].kind == "gone"
    assert rest == (1, 4)


def test_stories_are_narrowed_by_their_portals(database: Database) -> None:
    fill(database)
    copy = {"title": "渡口开航", "body_text": article(30).body_text}
    store(database, article(30, **copy, portal="cri"), article(31, **copy, portal="cri"))

    assert [row.size for row in asked(database, "stories")] == [3, 2]
    assert [row.portals for row in asked(database, "stories", portals=2)] == [["cri", "people", "xinhua"]]
    assert asked(database, "stories", portals=4) == []
