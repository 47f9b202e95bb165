"""Fixtures for every test that needs a database; each such test runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from storage.engine import Database, open_database
from tests.databases import Maker, PostgresMaker, SqliteMaker


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c() -> None:
    """Let Ctrl-C interrupt, also where the tests run as a job in the background, for which it is ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def sqlite_maker(tmp_path_factory: pytest.TempPathFactory) -> SqliteMaker:
    return SqliteMaker(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_maker() -> Iterator[PostgresMaker]:
    """One server for all tests; without it they fail."""
    maker = PostgresMaker()
    yield maker
    maker.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def maker(request: pytest.FixtureRequest) -> Maker:
    """Makes databases of the kind that the test runs on."""
    # asked for by name, so that a test on SQLite alone starts no server
    name = {"sqlite": "sqlite_maker", "postgresql": "postgres_maker"}[request.param]
    found: Maker = request.getfixturevalue(name)
    return found


@pytest.fixture
def database_url(maker: Maker) -> Iterator[str]:
    """The URL of a migrated database without rows."""
    url = maker.migrated()
    yield url
    maker.drop(url)


@pytest.fixture
def empty_url(maker: Maker) -> Iterator[str]:
    """The URL of a database in which there is nothing: on SQLite not even a file."""
    url = maker.empty()
    yield url
    maker.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database without rows."""
    with closing(open_database(database_url)) as opened:
        yield opened


@pytest.fixture
def both_databases(sqlite_maker: SqliteMaker, postgres_maker: PostgresMaker) -> Iterator[list[Database]]:
    """An open SQLite and an open PostgreSQL database, to be compared."""
    makers: list[Maker] = [sqlite_maker, postgres_maker]
    with ExitStack() as stack:
        opened = []
        for maker in makers:
            url = maker.migrated()
            stack.callback(maker.drop, url)
            opened.append(stack.enter_context(closing(open_database(url))))
        yield opened


@pytest.fixture
def sqlite_url(sqlite_maker: SqliteMaker) -> Iterator[str]:
    """The URL of a migrated SQLite database without rows, for what no database can change."""
    url = sqlite_maker.migrated()
    yield url
    sqlite_maker.drop(url)
