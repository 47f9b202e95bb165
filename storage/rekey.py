"""Applies today's URL rules to what was stored under older ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, select, update

from crawler.identity import UrlError, rules_version, url_key
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


@dataclass(slots=True)
class _Plan:
    """What one row has and what it would have."""

    id: int
    url: str
    old: str
    new: str
    rules: int


def rekey(database: Database, *, dry_run: bool = False) -> Rekeyed:
    """Compute every key anew, in one transaction; with `dry_run` only say what would change."""
    connect: Callable[[], Any] = database.reading if dry_run else database.writing
    with connect() as conn:
        changed, collisions = 0, []
        for table in (ARTICLE, PAGE):
            moving, staying, pairs = _plan(conn, table)
            changed += len(moving)
            collisions += pairs
            if not dry_run:
                _move(conn, table, moving)
                if "url_rules" in table.c:
                    _write(conn, table, [{"b_id": p.id, "url_rules": p.rules} for p in staying])
        return Rekeyed(changed, sorted(set(collisions)))


def _plan(conn: Connection, table: Table) -> tuple[list[_Plan], list[_Plan], list[tuple[str, str]]]:
    """Rows that get another key, rows whose key is today's already, and pairs that would share one."""
    columns = (table.c.id, table.c.portal, table.c.url, table.c.url_key)
    plans = [_of(row) for row in conn.execute(select(*columns).order_by(table.c.id))]
    holders = {plan.old: plan for plan in plans}
    claims: dict[str, list[_Plan]] = {}
    for plan in plans:
        claims.setdefault(plan.new, []).append(plan)
    pairs, stuck = [], set()
    # whoever cannot move keeps a key that another one may want: so on until nobody else is stuck
    waiting = list(claims)
    while waiting:
        wanted = waiting.pop()
        movers = [plan for plan in claims.pop(wanted, ()) if plan.id not in stuck]
        holder = holders.get(wanted)
        if holder is not None and (holder.new == wanted or holder.id in stuck):
            rivals = [holder, *(plan for plan in movers if plan.id != holder.id)]
        else:
            rivals = movers
        if len(rivals) < 2:
            claims[wanted] = movers
            continue
        pairs += [(rivals[0].url, plan.url) for plan in rivals[1:]]
        for plan in rivals:
            if plan.id not in stuck:
                stuck.add(plan.id)
                if plan.old in claims:
                    waiting.append(plan.old)
    free = [plan for plan in plans if plan.id not in stuck]
    moving = [plan for plan in free if plan.new != plan.old]
    return moving, [plan for plan in free if plan.new == plan.old], pairs


def _of(row: Any) -> _Plan:
    declared = portal_by_name(row.portal) if row.portal else None
    rules = declared.url_rules if declared else UrlRules()
    try:
        key = url_key(row.url, rules)
    except UrlError:
        key = row.url_key  # today's rules know no such address: what is stored stays to be found
    return _Plan(row.id, row.url, row.url_key, key, rules_version(rules))


def _move(conn: Connection, table: Table, plans: list[_Plan]) -> None:
    # by way of keys that no URL has: two rows may change places
    _write(conn, table, [{"b_id": plan.id, "url_key": f"\ufffe{plan.id}"} for plan in plans])
    final: list[dict[str, Any]] = [{"b_id": plan.id, "url_key": plan.new} for plan in plans]
    if "url_rules" in table.c:
        final = [values | {"url_rules": plan.rules} for values, plan in zip(final, plans, strict=True)]
    _write(conn, table, final)


def _write(conn: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    statement = update(table).where(table.c.id == bindparam("b_id"))
    for chunk in chunks(rows):
        conn.execute(statement, chunk)
