from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawl.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    yield server
    server.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The URL of a database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'tushuo.db'}"
