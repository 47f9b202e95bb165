"""scrapy changes: what portals edited, took away and brought back."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta, timezone
from typing import TYPE_CHECKING, TypeVar

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import print_json, print_table, say

if TYPE_CHECKING:
    from storage.queries import Change

T = TypeVar("T", bound=str)
_CHINA = timezone(timedelta(hours=8))


class Command(command.Command):
    def syntax(self) -> str:
        return "[options]"

    def short_desc(self) -> str:
        return "List edits, disappearances and returns"

    def long_desc(self) -> str:
        return (
            "List what was found to have changed at the portals, the latest first: articles that were "
            "edited (with the fields that differ, and the headline before where that does), that are gone "
            "(with how the portal says so), and that returned. scrapy show ID --revisions shows an edit word "
            "by word. Days are at +08:00. Examples: scrapy changes --since 2026-01-31 --kind gone · "
            "scrapy changes --field title"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--since", type=command.day, metavar="DATE", help="found on this day or later")
        parser.add_argument("--until", type=command.day, metavar="DATE", help="found on this day or before")
        parser.add_argument("--portal", metavar="NAME", type=command.name, help="only this portal's articles")
        parser.add_argument("--kind", metavar="KIND[,KIND…]", help="edited, gone, returned (default all)")
        parser.add_argument(
            "--field",
            metavar="NAME[,NAME…]",
            help="only edits that changed one of these, e.g. title,body_text",
        )
        parser.add_argument(
            "--limit", type=command.positive, default=100, metavar="N", help="at most N (default 100)"
        )
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from storage.queries import FIELDS, KINDS, changes

        if args:
            raise UsageError("changes takes no argument; scrapy show ID --revisions is one article's")
        kinds, fields = _named("--kind", opts.kind, KINDS), _named("--field", opts.field, FIELDS)
        if fields and kinds and "edited" not in kinds:
            raise UsageError("--field goes with --kind edited: only edits change fields", print_help=False)
        with self.database() as database, database.reading() as conn:
            found = list(
                changes(
                    conn,
                    since=opts.since,
                    until=opts.until,
                    portal=opts.portal,
                    kinds=kinds or KINDS,
                    fields=fields,
                    limit=opts.limit,
                )
            )
        if opts.json:
            print_json(change._asdict() for change in found)
            return
        if found:
            columns = ("found", "what", "id", "changed", "title", "old title", "url")
            print_table(columns, [_line(change) for change in found], wide="title")
        else:
            say("nothing changed" + (f" since {opts.since}" if opts.since else ""))
        if len(found) == opts.limit:
            say(f"the latest {len(found)}; more with --limit {len(found) * 5}")


def _named(option: str, text: str | None, known: Sequence[T]) -> tuple[T, ...] | None:
    """What an option names, with commas; None when it is not given."""
    if text is None:
        return None
    names = text.split(",")
    if unknown := set(names) - set(known):
        raise UsageError(
            f"{option} {', '.join(sorted(unknown))} is not known; use {', '.join(known)}", print_help=False
        )
    return tuple(one for one in known if one in names)


def _line(change: Change) -> tuple[object, ...]:
    what = "、".join(change.changed) if change.changed else change.reason
    found = f"{change.at.astimezone(_CHINA):%Y-%m-%d %H:%M}"
    before = change.old_title if "title" in (change.changed or ()) else None
    return (found, change.kind, change.article_id, what, change.title, before, change.url)
