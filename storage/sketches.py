"""The rows under which articles are filed for their copies to find them: (key, member, article).

`member` is 0 for articles that are no copy of an earlier one, and 1 for all others, so that whoever looks for
the first of ten thousand copies need not look at all of them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection, text

KEY_MOST = 64
"""Articles under one key above which it tells nothing: an official phrase, or the frame of a daily report."""
NEAR_MOST = 32  # articles that are compared in full with one text, of each kind
SHARED_LEAST = 2  # keys: one run of six letters is shared by chance

_INSERT = {
    "sqlite": "INSERT INTO sketch (hash, member, article_id) VALUES (?, ?, ?)",
    "postgresql": "INSERT INTO sketch (hash, member, article_id) VALUES (%s, %s, %s)",
}
_DELETE = {
    "sqlite": "DELETE FROM sketch WHERE hash = ? AND member = ? AND article_id = ?",
    "postgresql": "DELETE FROM sketch WHERE hash = %s AND member = %s AND article_id = %s",
}
# one row a key: the articles under it, at most one more than tell anything
_FIND = {
    "sqlite": """SELECT * FROM (
        SELECT k.value AS hash, (
            SELECT group_concat(article_id) FROM (
                SELECT article_id FROM sketch WHERE hash = k.value AND member = 0 LIMIT :most)) AS firsts, (
            SELECT group_concat(article_id) FROM (
                SELECT article_id FROM sketch WHERE hash = k.value AND member = 1 LIMIT :most)) AS members
        FROM json_each(:keys) AS k) WHERE firsts IS NOT NULL OR members IS NOT NULL""",
    "postgresql": """SELECT * FROM (
        SELECT k.value AS hash, (
            SELECT string_agg(article_id::text, ',') FROM (
                SELECT article_id FROM sketch WHERE hash = k.value AND member = 0 LIMIT :most) AS a
        ) AS firsts, (
            SELECT string_agg(article_id::text, ',') FROM (
                SELECT article_id FROM sketch WHERE hash = k.value AND member = 1 LIMIT :most) AS b
        ) AS members
        FROM unnest(CAST(:keys AS bigint[])) AS k(value)
        ) AS found WHERE firsts IS NOT NULL OR members IS NOT NULL""",
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
        for statement, filed in ((_DELETE, self._takes), (_INSERT, self._puts)):
            # in the order of the tree: neighbours share a page
            rows = sorted((key, member, one.article_id) for one, member in filed for key in one.keys)
            if rows:
                self._conn.exec_driver_sql(statement[dialect], rows)


def _ids(listed: str | None) -> list[int]:
    ids = [int(part) for part in listed.split(",")] if listed else []
    return ids if len(ids) <= KEY_MOST else []
