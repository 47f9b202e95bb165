from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from storage.engine import open_database
from tests.factories import article, image, store


@pytest.fixture
def filled(database_url: str) -> Iterator[str]:
    """The URL of a database with five articles; 2 has two pictures, 4 is a copy of 3."""
    with closing(open_database(database_url)) as database:
        store(database, article(1), article(2, images=[image(21), image(22, credit=None, credit_raw=None)]))
        third = article(3)
        store(database, third, article(4, title=third.title, body_text=third.body_text, source=None))
        store(database, article(5, channel=["白沙频道"], portal="baisha", title="=1+1 渡口的新桥"))
    return database_url
