"""What commands print: JSON Lines for programs, tables for people, plain lines where no terminal is."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from crawler.items import Article, Image

_WIDE_LEAST = 24  # columns of a terminal for what may wrap
_NARROW_MOST = 34


class Marked(NamedTuple):
    """A text of a table of which parts are highlighted in a terminal."""

    text: str
    marks: Sequence[tuple[int, int]]
    """Where they begin and end, in characters."""

    def __str__(self) -> str:
        return self.text


def json_line(value: Any) -> str:
    """One line of JSON, unescaped; dates as ISO 8601."""
    return _encode(value)


def print_json(values: Iterable[Any]) -> None:
    """JSON Lines on stdout."""
    for value in values:
        sys.stdout.write(json_line(value) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], wide: str | None = None) -> None:
    """A table in a terminal, else tab-separated lines without cuts; `wide` names the column that may wrap."""
    # not a list: where no terminal is, a row is printed as it comes
    texts = (["" if value is None else value for value in row] for row in rows)
    if not sys.stdout.isatty():
        for row in chain([columns], texts):
            # a tab or a line break inside a value would read as another column or row
            sys.stdout.write("\t".join(" ".join(str(value).split()) for value in row) + "\n")
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        if column == wide:
            table.add_column(column, overflow="fold", min_width=_WIDE_LEAST)
        else:
            # an address is of no use when it is cut
            most = None if column.endswith("url") else _NARROW_MOST
            table.add_column(column, no_wrap=True, overflow="ellipsis", max_width=most)
    for row in texts:
        cells = [Text(str(value)) for value in row]
        for cell, value in zip(cells, row, strict=True):
            if isinstance(value, Marked):
                for begin, end in value.marks:
                    cell.stylize("bold yellow", begin, end)
        table.add_row(*cells)
    Console().print(table)


def say(message: str) -> None:
    """A message for people, on stderr."""
    sys.stderr.write(message + "\n")


def day_and_minute(published_at: str | None) -> str:
    """A record's time as people read it.

    >>> day_and_minute("2017-04-06T15:07:56+08:00"), day_and_minute("2017-04-06"), day_and_minute(None)
    ('2017-04-06 15:07', '2017-04-06', '')
    """
    return (published_at or "")[:16].replace("T", " ")


def image_record(article_id: int, article: Article, image: Image) -> dict[str, Any]:
    """A picture with what one must know of its article, as `--images` gives it."""
    names = ("url", "position", "alt", "caption", "credit", "credit_raw", "width", "height")
    record: dict[str, Any] = {name: getattr(image, name) for name in (*names, "sha256", "dhash", "phash")}
    record |= {
        "article": article_id,
        "article_url": article.url,
        "article_title": article.title,
        "published_at": article.published_at,
        "portal": article.portal,
        "channel": article.channel,
        "source": article.source.name if article.source else None,
    }
    return record


def _iso(value: Any) -> str:
    return str(value.isoformat())


_encode = json.JSONEncoder(ensure_ascii=False, default=_iso).encode
