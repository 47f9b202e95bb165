"""What a run does about a drift that it brought to light: it warns, tells the webhook, and ends as ever."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from storage.engine import open_database
from storage.models import ARTICLE, PAGE
from tests.crawl.rows import runs
from tests.crawl.site import NEWS, Site, list_page
from tests.factories import article, store


@pytest.fixture
def drifting(site: Site, sqlite: str) -> str:
    """A database whose channel china always named its authors, and a site that names them no more."""
    with closing(open_database(sqlite)) as database:
        store(database, *(article(number, portal="cri") for number in range(1, 41)))
        with database.writing() as conn:
            long_ago = datetime.now(UTC) - timedelta(days=10)
            conn.execute(update(ARTICLE).values(stored_at=long_ago))
            conn.execute(update(PAGE).values(channel="china", last_fetch_at=long_ago))
    site.add(f"{NEWS}/china", list_page([site.article(number) for number in range(5000, 5025)]))
    return sqlite


def test_a_drift_is_a_warning_with_an_example(site: Site, drifting: str) -> None:
    done = site.crawl("-a", "channel=china", database=drifting)

    (line,) = [line for line in done.stderr.splitlines() if "authors was" in line]
    assert "WARNING" in line
    assert "cri, channel china: authors was 100% and is 0%" in line
    assert f"e.g. {NEWS}/" in line


@pytest.mark.parametrize("address", ["http://[secret", "http://127.0.0.1:1/secret"])
def test_a_webhook_that_does_not_work_costs_a_run_nothing(site: Site, drifting: str, address: str) -> None:
    done = site.crawl("-a", "channel=china", database=drifting, HEALTH_WEBHOOK=address)

    assert done.code == 0
    assert [run.reason for run in runs(drifting)] == ["finished"]
    assert "ERROR [crawler.extensions.health]" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr
