"""The replica that most tests look at."""

from __future__ import annotations

from typing import Any

import pytest

from tests.replica.asking import SIZE
from tests.replica.replica import Replica


@pytest.fixture(scope="session")
def replica() -> Replica:
    return Replica(SIZE)


@pytest.fixture(scope="session")
def records(replica: Replica) -> list[dict[str, Any]]:
    return list(replica.expected())
