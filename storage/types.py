"""Column types that mean the same on SQLite and PostgreSQL, and the numbers behind some of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator

# binary order on both: PostgreSQL would otherwise sort by the rules of its locale
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
# SQLite numbers rows by itself only where the type is exactly INTEGER
ROW_ID = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, always UTC; in SQL timestamptz, on SQLite text as YYYY-MM-DD HH:MM:SS.ffffff."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value.isoformat()}; give it a time zone, e.g. UTC")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """JSON kept as text: unescaped UTF-8, keys in their order (jsonb would sort them)."""

    impl = TEXT
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else to_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)


_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_json(value: Any) -> str:
    """Compact JSON text as the database keeps it.

    >>> to_json(["民生", 1])
    '["民生",1]'
    """
    return _dump(value)


def signed64(digits: str) -> int:
    """The signed integer of 16 hex digits; ValueError names what is not one.

    >>> signed64("ffffffffffffffff")
    -1
    """
    if len(digits) != 16:
        raise ValueError(f"64-bit hash {digits!r}: 16 hex digits are needed")
    number = int(digits, 16)
    return number - (1 << 64) if number >> 63 else number


def hex64(number: int) -> str:
    """The 16 hex digits of a signed 64-bit integer.

    >>> hex64(-2)
    'fffffffffffffffe'
    """
    return f"{number & 0xFFFFFFFFFFFFFFFF:016x}"
