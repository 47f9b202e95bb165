"""Segments of the search index as rows of the database."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from sqlalchemy import Connection, select, text
from sqlalchemy import exc as sa

from storage.models import SEARCH_SEGMENT
from storage.segments import Bits
from storage.tokens import Numbers
from storage.types import to_json

Kind = Literal["article", "picture"]
KINDS: dict[Kind, int] = {"article": 0, "picture": 1}
CHUNK = 240  # sort keys in a row of search_keys, which like a page has 2 kB
CHUNK_BITS = 6  # chunks of a segment
_PARAMETER = re.compile(r":([a-z]+)")


class Segment(NamedTuple):
    """A row of search_segment."""

    id: int
    size: int
    fences: Numbers
    """The first sort key of each chunk, then the last of all."""
    dead: Bits | None
    """True for documents that were taken out."""

    @property
    def alive(self) -> int:
        return self.size - (0 if self.dead is None else int(self.dead.sum()))


def read_segments(conn: Connection, kind: Kind) -> list[Segment]:
    """The segments of a kind by id."""
    table = SEARCH_SEGMENT.c
    rows = conn.execute(select(SEARCH_SEGMENT).where(table.kind == KINDS[kind]).order_by(table.id))
    return [
        Segment(
            row.id,
            row.size,
            np.frombuffer(row.fences, "<i8"),
            None if row.dead is None else _bits(row.dead, row.size),
        )
        for row in rows
    ]


def read_keys(conn: Connection, chunks: Sequence[int]) -> Numbers:
    """The sort keys of rows of search_keys, in the order of their ids here."""
    if not chunks:
        return np.empty(0, dtype=np.int64)
    wanted, values = among(conn, "id", chunks)
    rows = packed_rows(conn, f"SELECT id, keys FROM search_keys WHERE {wanted}", {"values": values})
    found = {row[0]: row[1] for row in rows}
    return np.frombuffer(b"".join([found[row_id] for row_id in chunks]), "<i8")


def packed_rows(conn: Connection, statement: str, values: Mapping[str, object]) -> list[Any]:
    """The rows of a statement with parameters like :name, of numbers and bytes.

    PostgreSQL sends bytes as hexadecimal text unless it is asked not to, and to read that takes five times as
    long; SQLAlchemy does not ask.
    """
    if conn.dialect.name == "sqlite":
        return list(conn.execute(text(statement), values))
    import psycopg

    raw = conn.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    try:
        with raw.cursor(binary=True) as cursor:
            asked = _PARAMETER.sub(r"%(\1)s", statement)
            return cursor.execute(asked.encode(), values).fetchall()
    except psycopg.OperationalError as error:
        raise sa.OperationalError(statement, None, error) from error


def rows_of(segment_id: int, bits: int) -> tuple[int, int]:
    """The lowest and the highest id of a segment's rows."""
    return segment_id << bits, ((segment_id + 1) << bits) - 1


def _bits(packed: bytes, size: int) -> Bits:
    return np.unpackbits(np.frombuffer(packed, np.uint8), count=size, bitorder="little").view(np.bool_)


def among(conn: Connection, column: str, values: Sequence[int]) -> tuple[str, object]:
    """A condition that a column is one of many numbers, and its parameter :values.

    One parameter however many there are: a statement with thousands takes longer to write than to execute.
    """
    if conn.dialect.name == "sqlite":
        return f"{column} IN (SELECT value FROM json_each(:values))", to_json(list(values))
    return f"{column} = ANY(CAST(:values AS bigint[]))", list(values)
