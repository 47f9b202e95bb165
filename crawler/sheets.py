"""Records as CSV that a spreadsheet opens without running what stands in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO, Any
from unicodedata import normalize

from crawler.output import json_line

NESTED = frozenset({"blocks", "images"})  # lists of objects, as JSON inside a cell
# a spreadsheet would run a cell that begins so; some pass over blanks, and take full-width signs too
_FORMULA = ("=", "+", "-", "@")
_START = 8  # characters in which a sign is looked for, after the blanks


def write_csv(file: IO[bytes], records: Iterable[dict[str, Any]], columns: Sequence[str]) -> None:
    """A row a record under these columns, with the mark that makes spreadsheets read UTF-8."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    try:
        rows = csv.writer(text)
        rows.writerow(columns)
        for record in records:
            rows.writerow([cell(name, record[name]) for name in columns])
        text.flush()
    finally:
        text.detach()  # the file is the caller's to close


def cell(name: str, value: Any) -> str:
    """A value as a spreadsheet's cell: lists joined, objects as JSON, formulas made text.

    >>> cell("authors", ["叶知秋", "江平"]), cell("title", "=1+1"), cell("channel", ["重庆频道", "民生"])
    ('叶知秋、江平', "'=1+1", '重庆频道 > 民生')
    >>> cell("title", "\\n ＝1+1")[0]
    "'"
    """
    if value is None:
        return ""
    if name in NESTED:
        return json_line(value)
    if isinstance(value, dict):
        value = value.get("name") or ""
    if isinstance(value, list):
        value = (" > " if name == "channel" else "、").join(map(str, value))
    text = str(value)
    return f"'{text}" if isinstance(value, str) and _is_formula(text) else text


def _is_formula(text: str) -> bool:
    start = normalize("NFKC", text.lstrip()[:_START]).lstrip()
    return text.startswith(("\t", "\r")) or start.startswith(_FORMULA)
