"""Values of a JSON record from outside by their keys: clean, or a RecordError that says what is wrong. Pure.

A key that is absent or null, or holds nothing but blanks, gives None, or an empty list.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from crawler.items import RecordError
from crawler.text import clean, squash

_HEX = frozenset("0123456789abcdef")
_SHOWN = 80  # characters of a wrong value
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}-[0-9]{2}|[0-9]{4}|-W[0-9]{2}-[0-9]|W[0-9]{3})")
_TIME = re.compile(_DAY.pattern + "[T ].+")


def shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def raw_text(record: dict[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is not None and not isinstance(value, str):
        raise RecordError(f"{key}: {shown(value)} is not a string")
    return value


def line(record: dict[str, Any], key: str, most: int | None = None) -> str | None:
    """A string in one line; RecordError when it has more than `most` characters."""
    text = squash(raw_text(record, key) or "")
    if most is not None and len(text) > most:
        raise RecordError(f"{key}: {shown(text)} is longer than {most} characters")
    return text or None


def address(record: dict[str, Any], key: str) -> str | None:
    """An address with its blanks inside, as crawler.loaders leaves it."""
    return clean(raw_text(record, key) or "").strip() or None


def lines(record: dict[str, Any], key: str) -> list[str]:
    value = record.get(key) or []
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise RecordError(f"{key}: {shown(value)} is not a list of strings")
    return [text for part in value if (text := squash(part))]


def number(record: dict[str, Any], key: str) -> int | None:
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # pandas makes floats of a column in which numbers are missing
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise RecordError(f"{key}: {shown(value)} is not a whole number from 0")
    return value


def moment(record: dict[str, Any], key: str) -> str | None:
    """YYYY-MM-DD for a day in any form of ISO 8601, else a time with its offset."""
    text = line(record, key)
    if text is None:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
        when = datetime.fromisoformat(text.replace("Z", "+00:00")) if _TIME.fullmatch(text) else None
    except ValueError:
        when = None
    if when is None:
        raise RecordError(f"{key}: {shown(text)} is not an ISO 8601 date or time")
    if when.tzinfo is None:
        return when.isoformat() + "+08:00"  # a time without a zone is China's
    return when.isoformat()


def digest(record: dict[str, Any], key: str, size: int) -> str | None:
    text = line(record, key)
    if text is not None and (len(text) != size or not set(text.lower()) <= _HEX):
        raise RecordError(f"{key}: {shown(text)} is not {size} hex digits")
    return text.lower() if text else None


def items(record: dict[str, Any], key: str) -> list[Any]:
    value = record.get(key)
    if value is not None and not isinstance(value, list):
        raise RecordError(f"{key}: {shown(value)} is not a list")
    return value or []
