"""The keys that today's URL rules give to what is stored."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Table, literal, select

from crawler.claims import identity
from crawler.identity import UrlError
from crawler.portals import Portal
from crawler.portals.registry import portal_by_name
from storage.models import ARTICLE
from storage.records import chunks

_STREAM = 5_000  # rows in memory at once


@dataclass(slots=True)
class Keys:
    """Today's keys of a table: of every row its id and what stands for the key, 16 bytes a row."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    marks: array[int] = field(default_factory=lambda: array("q"))
    changed: array[int] = field(default_factory=lambda: array("q"))
    """Ids of rows whose stored key is another."""

    def same(self) -> list[list[int]]:
        """Ids of rows that have one key, in groups of two and more."""
        ids, marks = numbers(self.ids), numbers(self.marks)
        order = np.argsort(marks, kind="stable")
        ordered = marks[order]
        # places whose mark is that of the next one, in runs
        equal = np.flatnonzero(ordered[1:] == ordered[:-1])
        runs = np.split(equal, np.flatnonzero(np.diff(equal) > 1) + 1)
        return [ids[order[run[0] : run[-1] + 2]].tolist() for run in runs if len(run)]


def numbers(values: array[int]) -> NDArray[np.int64]:
    return np.frombuffer(values, dtype=np.int64) if values else np.zeros(0, np.int64)


def columns(table: Table) -> tuple[Any, ...]:
    claim: Any = table.c.canonical_url if table is ARTICLE else literal(None).label("canonical_url")
    return (table.c.id, table.c.portal, table.c.url, table.c.url_key, claim)


def today_s_keys(conn: Connection, table: Table) -> Keys:
    keys = Keys()
    for row in every(conn, table):
        key = today_s_key(row)
        keys.ids.append(row.id)
        keys.marks.append(int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True))
        if key != row.url_key:
            keys.changed.append(row.id)
    return keys


def every(conn: Connection, table: Table) -> Iterator[Any]:
    after = 0
    while rows := conn.execute(
        select(*columns(table)).where(table.c.id > after).order_by(table.c.id).limit(_STREAM)
    ).all():
        yield from rows
        after = rows[-1].id


def declared(name: str | None) -> Portal | None:
    return portal_by_name(name) if name else None


def today_s_key(row: Any) -> str:
    """Today's key of an article, a page or a tombstone."""
    try:
        return identity(row.url, row.canonical_url, declared(row.portal))
    except UrlError:
        return str(row.url_key)  # today's rules know no such address: what is stored stays to be found


def confirmed(conn: Connection, table: Table, groups: Iterable[list[int]]) -> Iterator[list[int]]:
    """Groups of rows whose keys are one, not only their marks."""
    for group in groups:
        by_key: dict[str, list[int]] = {}
        for chunk in chunks(group):
            for row in conn.execute(select(*columns(table)).where(table.c.id.in_(chunk))):
                by_key.setdefault(today_s_key(row), []).append(row.id)
        yield from (ids for ids in by_key.values() if len(ids) > 1)
