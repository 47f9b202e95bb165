"""scrapy stats: how many articles, by portal, channel, source, person or time."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import print_json, print_table, say

if TYPE_CHECKING:
    from storage.queries import Facet

_NONE = "(none)"
_BAR = 40  # columns of a terminal
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


class Command(command.Command):
    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "Count articles by portal, channel, source, person or time"

    def long_desc(self) -> str:
        return (
            "Count articles by portal, channel, source, person (in any role), author, editor, duty_editor, "
            "photographer, day, month or year; by two of them with a comma. The most frequent come first, "
            "times in their order (then --limit keeps the latest). An article with two authors counts for "
            "both, one that names somebody twice counts once for them; articles that name nobody are left "
            "out. Example: scrapy stats --by source --since 2026-01-01"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--by", default="portal", metavar="WHAT[,WHAT]", help="what to count by (default: portal)"
        )
        parser.add_argument(
            "--limit", type=command.positive, default=100, metavar="N", help="at most N lines (default 100)"
        )
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")
        command.add_filters(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from storage.queries import facets

        if args:
            raise UsageError(f"unexpected {args[0]!r}; scrapy stats takes options only", print_help=False)
        by = opts.by.split(",")
        with self.database() as database, database.reading() as conn:
            try:
                found = facets(conn, by, command.filters(opts), opts.limit)
            except ValueError as error:
                raise UsageError(f"--{error}", print_help=False) from None
        if opts.json:
            print_json(dict(zip(by, f.values, strict=True)) | {"articles": f.articles} for f in found)
        elif sys.stdout.isatty():
            print_bars(by, found)
        else:
            print_table((*by, "articles"), [(*f.values, f.articles) for f in found])
        if not found:
            say("nothing to count")
        elif len(found) == opts.limit:
            say(f"{opts.limit} lines; more with --limit {opts.limit * 5}")


def print_bars(by: Sequence[str], found: Sequence[Facet]) -> None:
    """A table in a terminal, each count with a bar beside it."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in by:
        table.add_column(name, overflow="fold")
    table.add_column("articles", justify="right")
    table.add_column("", no_wrap=True)
    most = max((facet.articles for facet in found), default=1)
    for facet in found:
        values = [Text(_NONE if value is None else value) for value in facet.values]
        table.add_row(*values, str(facet.articles), bar(facet.articles, most))
    Console().print(table)


def bar(number: int, most: int) -> str:
    """A bar as long as `number` is of `most`, in eighths of a letter.

    >>> bar(1, 64), bar(64, 64) == "█" * 40
    ('▋', True)
    """
    eighths = max(round(number * _BAR * 8 / most), 1)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]
