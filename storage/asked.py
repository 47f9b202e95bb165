"""Numbers that a question is asked with, checked before a database sees them.

The databases would answer wrong ones differently: of LIMIT -1 SQLite makes no limit and PostgreSQL an error.
"""

from __future__ import annotations


def at_most(limit: int | None, name: str = "limit") -> int | None:
    """The same number; ValueError when it is less than 1. None is no limit.

    >>> at_most(20), at_most(None), at_most(1 << 70)
    (20, None, None)
    """
    if limit is None:
        return None
    if limit < 1:
        raise ValueError(f"{name} {limit}: give 1 or more")
    return limit if is_id(limit) else None  # nobody has as many rows


def is_id(number: int) -> bool:
    """True when a row can have this id; beyond 63 bits no database understands the number.

    >>> is_id(1), is_id(0), is_id(1 << 70)
    (True, False, False)
    """
    return 0 < number < 1 << 63
