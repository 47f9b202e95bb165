"""Which articles pass the filters, asked once: piece by piece SQLite would look for them again and again.

With a LIMIT and an order by id it takes the filter's index, and sorts all that is left for every piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from sqlalchemy import Connection, select

from storage.asked import is_id
from storage.filters import Filters
from storage.models import ARTICLE

_FETCH = 10_000  # ids that PostgreSQL hands over at once


def chosen_ids(conn: Connection, filters: Filters, since_id: int = 0) -> Iterator[int]:
    """The ids of the articles above `since_id` that pass the filters, in no order."""
    if since_id and not is_id(since_id):
        return
    statement = select(ARTICLE.c.id).where(ARTICLE.c.id > since_id, *filters.conditions())
    yield from conn.scalars(statement, execution_options={"yield_per": _FETCH})


def in_pieces(ids: Iterable[int], size: int) -> Iterator[list[int]]:
    """The ids in ascending order, at most `size` at once."""
    ordered = np.sort(np.fromiter(ids, np.int64))  # a million take 8 MB
    for at in range(0, len(ordered), size):
        yield ordered[at : at + size].tolist()
