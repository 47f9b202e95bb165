"""The rows under which articles are filed for their copies to find them: (key, member, article).

`member` is 0 for articles that are no copy of an earlier one, and 1 for all others, so that whoever looks for
the first of ten thousand copies need not look at all of them.

The thirty rows of an article lie all over the table, and each would have a page of its own written. So they
wait in sketch_fresh, which is small; every transaction moves a slice of all hashes from there to sketch, as
many rows as it puts in, which lie close together and share pages.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, text

from crawler.copies.sketch import BITS, SIZE

KEY_MOST = 64
"""Articles under one key above which it tells nothing: an official phrase, or the frame of a daily report."""
NEAR_MOST = 32  # articles that are compared in full with one text, of each kind
SHARED_LEAST = 2  # keys: one run of six letters is shared by chance

_FRESH = 32_768  # articles, about, that wait in sketch_fresh
_SLICES = 4_096  # parts of all hashes with about the same number of rows
_LENGTHS = (120, 200, 350, 600, 1_000, 1_600, 2_600, 4_000)  # letters of texts, as frequent as each other


def _bounds() -> list[int]:
    """Where the slices begin, and the end of the last.

    A text is filed under its smallest hashes, so that they crowd at the lower end, the more the longer it is.
    """
    places = np.concatenate(([0.0], np.geomspace(2.0**-30, 1.0, 4_000)))
    below = np.mean([np.minimum(places * length / SIZE, 1.0) for length in _LENGTHS], axis=0)
    # the exact hashes are everywhere
    below = (SIZE * below + places) / (SIZE + 1)
    bounds = np.interp(np.linspace(0.0, 1.0, _SLICES + 1), below, places) * (1 << BITS)
    return [int(bound) for bound in bounds]


BOUNDS = _bounds()
_INSERT = {
    "sqlite": "INSERT INTO sketch_fresh (hash, member, article_id) VALUES (?, ?, ?)",
    "postgresql": "INSERT INTO sketch_fresh (hash, member, article_id) VALUES (%s, %s, %s)",
}
_DELETE = {
    "sqlite": "DELETE FROM {table} WHERE hash = ? AND member = ? AND article_id = ?",
    "postgresql": "DELETE FROM {table} WHERE hash = %s AND member = %s AND article_id = %s",
}
_TABLES = ("sketch", "sketch_fresh")
_UNDER = " UNION ALL ".join(
    f"SELECT article_id FROM {table} WHERE hash = k.value AND member = {{member}}" for table in _TABLES
)
_FIRSTS, _MEMBERS = (f"{_UNDER.format(member=member)} LIMIT :most" for member in (0, 1))
_KNOWN = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE hash = k.value)" for table in _TABLES)
# one row a key that is known at all, as few are: the articles under it, at most one more than tell anything
_FIND = {
    "sqlite": f"""SELECT k.value AS hash, (SELECT group_concat(article_id) FROM ({_FIRSTS})) AS firsts,
        (SELECT group_concat(article_id) FROM ({_MEMBERS})) AS members
        FROM json_each(:keys) AS k WHERE {_KNOWN}""",
    "postgresql": f"""SELECT k.value AS hash,
        (SELECT string_agg(article_id::text, ',') FROM ({_FIRSTS}) AS a) AS firsts,
        (SELECT string_agg(article_id::text, ',') FROM ({_MEMBERS}) AS b) AS members
        FROM unnest(CAST(:keys AS bigint[])) AS k(value) WHERE {_KNOWN}""",
}


class Filed(NamedTuple):
    """An article with the keys under which it is, or is to be, filed."""

    article_id: int
    keys: frozenset[int]
    exact: frozenset[int]
    """Those that are enough by themselves."""


class Shelf:
    """What is filed, as one transaction sees it: the rows, and what it will write at its end."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._asked: set[int] = set()
        self._firsts: dict[int, list[int]] = {}
        """By key the articles that the database has under it; none where there are too many."""
        self._members: dict[int, list[int]] = {}
        self._ours: dict[int, list[int]] = {}
        """By key the articles that this transaction makes centres."""
        self._puts: list[tuple[Filed, int]] = []
        self._takes: list[tuple[Filed, int]] = []

    def fetch(self, wanted: Iterable[Filed]) -> None:
        """Read in one question what near() will need for these."""
        keys = sorted({key for one in wanted for key in one.keys} - self._asked)
        if not keys:
            return
        self._asked.update(keys)
        dialect = self._conn.dialect.name
        values = json.dumps(keys) if dialect == "sqlite" else keys
        for row in self._conn.execute(text(_FIND[dialect]), {"keys": values, "most": KEY_MOST + 1}):
            self._firsts[row.hash], self._members[row.hash] = _ids(row.firsts), _ids(row.members)

    def near(self, one: Filed) -> list[int]:
        """Articles that may be its copies, the likeliest first; never itself."""
        self.fetch([one])
        found: dict[int, None] = {}
        for shelves in ((self._firsts, self._ours), (self._members,)):
            shared: Counter[int] = Counter()
            for rows in shelves:
                for keys, weight in ((one.keys - one.exact, 1), (one.exact, SHARED_LEAST)):
                    for _ in range(weight):
                        shared.update(chain.from_iterable(rows[key] for key in keys & rows.keys()))
            del shared[one.article_id]
            likely = [(-count, other) for other, count in shared.items() if count >= SHARED_LEAST]
            found.update((other, None) for _, other in sorted(likely)[:NEAR_MOST])
        return list(found)

    def show(self, one: Filed) -> None:
        """Let what comes after in this transaction find an article that is no copy of an earlier one."""
        for key in one.keys:
            if one.article_id not in self._firsts.get(key, ()):
                self._ours.setdefault(key, []).append(one.article_id)

    def put(self, one: Filed, member: int) -> None:
        """File an article of which the database has no rows, or whose rows were taken."""
        self._puts.append((one, member))

    def take(self, one: Filed, member: int) -> None:
        """Take out the rows that the database has of an article."""
        self._takes.append((one, member))

    def write(self) -> None:
        """Write all that was put and taken."""
        dialect = self._conn.dialect.name
        # in the order of the tree: neighbours share a page
        if takes := _rows(self._takes):
            for table in _TABLES:
                self._conn.exec_driver_sql(_DELETE[dialect].format(table=table), takes)
        if puts := _rows(self._puts):
            self._conn.exec_driver_sql(_INSERT[dialect], puts)
            self._move(max(one.article_id for one, _ in self._puts), len(self._puts))

    def _move(self, last: int, articles: int) -> None:
        """Move the slices whose turn it is, by the numbers of the articles that came, to the large table."""
        end = last * _SLICES // _FRESH + 1
        begin = max((last - articles) * _SLICES // _FRESH, end - _SLICES)
        for low, high in _ranges(begin % _SLICES, end - begin):
            span = {"low": BOUNDS[low], "high": BOUNDS[high]}
            for statement in (
                "INSERT INTO sketch SELECT * FROM sketch_fresh WHERE hash >= :low AND hash < :high",
                "DELETE FROM sketch_fresh WHERE hash >= :low AND hash < :high",
            ):
                self._conn.execute(text(statement), span)


def _ranges(begin: int, count: int) -> list[tuple[int, int]]:
    """`count` slices from one on, around the end, as ranges of bounds."""
    end = begin + count
    if end <= _SLICES:
        return [(begin, end)]
    return [(begin, _SLICES), (0, end - _SLICES)]


def _rows(filed: Iterable[tuple[Filed, int]]) -> list[tuple[int, int, int]]:
    return sorted((key, member, one.article_id) for one, member in filed for key in one.keys)


def _ids(listed: str | None) -> list[int]:
    ids = [int(part) for part in listed.split(",")] if listed else []
    return ids if len(ids) <= KEY_MOST else []
