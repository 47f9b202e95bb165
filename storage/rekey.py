"""Applies today's URL rules to what was stored under older ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, select, update

from crawler.identity import rules_version, url_key
from crawler.portals import UrlRules
from crawler.portals.registry import portal_by_name
from storage.engine import Database
from storage.models import ARTICLE, PAGE
from storage.records import chunks


class Rekeyed(NamedTuple):
    """What came of it."""

    changed: int
    """Rows of articles and of the ledger with another key."""
    collisions: list[tuple[str, str]]
    """Pairs of URLs that would be one; both rows keep their keys."""


def rekey(database: Database, *, dry_run: bool = False) -> Rekeyed:
    """Compute every key anew, in one transaction; with `dry_run` only say what would change."""
    connect: Callable[[], Any] = database.reading if dry_run else database.writing
    with connect() as conn:
        changed, collisions = 0, []
        for table in (ARTICLE, PAGE):
            moves, pairs = _moves(conn, table)
            changed += len(moves)
            collisions += pairs
            if not dry_run:
                _move(conn, table, moves)
        return Rekeyed(changed, sorted(set(collisions)))


def _rules(portal: str | None) -> UrlRules:
    declared = portal_by_name(portal) if portal else None
    return declared.url_rules if declared else UrlRules()


def _moves(conn: Connection, table: Table) -> tuple[dict[int, tuple[str, int]], list[tuple[str, str]]]:
    """(new key, rules) by row id, and the pairs of URLs that would have one key."""
    owner: dict[str, tuple[int, str]] = {}
    moves: dict[int, tuple[str, int]] = {}
    pairs = []
    columns = (table.c.id, table.c.portal, table.c.url, table.c.url_key)
    rows = conn.execute(select(*columns).order_by(table.c.id)).all()
    kept = {row.url_key: row for row in rows}
    for row in rows:
        rules = _rules(row.portal)
        key = url_key(row.url, rules)
        holder = kept.get(key)
        if key != row.url_key and holder is not None and url_key(holder.url, _rules(holder.portal)) == key:
            pairs.append((holder.url, row.url))
        elif key in owner:
            pairs.append((owner[key][1], row.url))
        else:
            owner[key] = (row.id, row.url)
            if key != row.url_key:
                moves[row.id] = (key, rules_version(rules))
    return moves, pairs


def _move(conn: Connection, table: Table, moves: dict[int, tuple[str, int]]) -> None:
    # by way of keys that no URL has: two rows may change places
    for stage in (lambda row_id, _key: f"\ufffe{row_id}", lambda _row_id, key: key):
        for chunk in chunks(moves.items()):
            values = []
            for row_id, (key, rules) in chunk:
                values.append({"b_id": row_id, "url_key": stage(row_id, key)})
                if "url_rules" in table.c:
                    values[-1]["url_rules"] = rules
            conn.execute(update(table).where(table.c.id == bindparam("b_id")), values)
