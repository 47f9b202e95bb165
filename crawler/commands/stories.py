"""scrapy stories: who reprinted whom."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from crawler import command
from crawler.diff import diff_lines, state_lines
from crawler.items import to_record
from crawler.output import day_and_minute, print_json, print_table, say
from crawler.text import plain

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.items import Article
    from storage.queries import Copy, Found, StoryRow


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] [ID]"

    def short_desc(self) -> str:
        return "List stories, and who reprinted whom"

    def long_desc(self) -> str:
        return (
            "Without an ID the largest stories, articles that are copies of each other, 20 of them unless "
            "--limit says otherwise: how many articles, at which portals, who published it first and when. "
            "With one the copies in the order of their publication, each with what it changed; --why A B "
            "explains why two articles are in one story or are not. --rebuild decides on all stories anew, "
            "which gives the same ones unless a new version decides differently; nothing else can be written "
            "meanwhile. "
            "Examples: scrapy stories --since 2026-01-01 · scrapy stories 12 · scrapy stories --why 7 9"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--why", nargs=2, metavar=("A", "B"), type=command.name, help="explain two articles (ids or URLs)"
        )
        parser.add_argument("--rebuild", action="store_true", help="decide on all stories anew")
        parser.add_argument(
            "--least",
            type=command.positive,
            default=2,
            metavar="N",
            help="only stories of N articles or more",
        )
        parser.add_argument(
            "--portals",
            type=command.positive,
            default=1,
            metavar="N",
            help="only stories that N portals or more published",
        )
        parser.add_argument(
            "--limit",
            type=command.positive,
            default=20,
            metavar="N",
            help="at most N stories, the largest (default 20)",
        )
        parser.add_argument("--changes", action="store_true", help="with an ID: all that each copy changed")
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")
        command.add_filters(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        if sum((bool(args), bool(opts.why), opts.rebuild)) > 1 or len(args) > 1:
            raise UsageError("give one story's id, or --why A B, or --rebuild", print_help=False)
        if args and not (args[0].isascii() and args[0].isdigit()):
            raise UsageError(f"{args[0]!r} is no story's id; scrapy stories lists them", print_help=False)
        with self.database() as database:
            if opts.rebuild:
                from storage.rebuild import rebuild

                found = rebuild(database, _progress if sys.stderr.isatty() else None)
                say(
                    f"{found.articles} articles, {found.stories} stories; {found.moved} articles are in "
                    "another one than before"
                )
                return
            with database.reading() as conn:
                if opts.why:
                    self.why(conn, opts)
                elif args:
                    self.one(conn, args[0], opts)
                else:
                    self.all(conn, opts)

    def all(self, conn: Connection, opts: argparse.Namespace) -> None:
        from storage.queries import stories

        found = list(stories(conn, command.filters(opts), opts.least, opts.limit, portals=opts.portals))
        if opts.json:
            print_json(story_record(row) for row in found)
        elif found:
            columns = ("id", "articles", "portals", "first publisher", "from", "to", "title")
            print_table(columns, [_line(row) for row in found], wide="title")
        else:
            say(
                "no stories: no article repeats another one"
                + (" that passes the filters" if _given(opts) else "")
            )
        if len(found) == opts.limit:
            say(f"the largest {len(found)}; more with --limit {len(found) * 5}")

    def one(self, conn: Connection, number: str, opts: argparse.Namespace) -> None:
        from storage.queries import story, timeline

        # int() takes 4,300 digits at most
        row = story(conn, int(number)) if len(number) < 20 else None
        if row is None:
            raise command.CommandError(f"no story {number}; scrapy stories lists them")
        if row.id != int(number):
            say(f"story {number} is part of story {row.id} now")
        copies = timeline(conn, row.id)
        if opts.json:
            print_json([story_record(row) | {"copies": [copy_record(copy) for copy in copies]}])
            return
        print(row.title)
        print(f"story {row.id}: {row.size} articles at {', '.join(row.portals) or 'no portal'}")
        print(f"first published by {row.publisher}: {row.publisher_why}")
        centre: Article | None = None
        for copy in copies:
            centre = centre or copy.article
            print()
            for line in copy_lines(copy, centre, whole=opts.changes):
                print(line)

    def why(self, conn: Connection, opts: argparse.Namespace) -> None:
        from storage.queries import article_by, why

        pair: list[Found] = []
        for reference in opts.why:
            article = article_by(conn, reference)
            if article is None:
                raise command.CommandError(f"no article {reference}; scrapy search finds ids")
            pair.append(article)
        if pair[0].id == pair[1].id:
            raise UsageError(f"{opts.why[0]} and {opts.why[1]} are one article", print_help=False)
        answer = why(conn, pair[0].id, pair[1].id)
        if opts.json:
            print_json([{"a": pair[0].id, "b": pair[1].id, "linked": answer.linked, "why": answer.text}])
            return
        for found in pair:
            print(f"{found.id}  {day_and_minute(found.article.published_at)}  {found.article.title}")
        print(answer.text)


def story_record(row: StoryRow) -> dict[str, Any]:
    """A story as one JSON object."""
    return {
        "story": row.id,
        "size": row.size,
        "portals": row.portals,
        "first_publisher": row.publisher,
        "first_publisher_why": row.publisher_why,
        "title": row.title,
        "first_url": row.first_url,
        "first_at": row.first_at,
        "last_at": row.last_at,
    }


def copy_record(copy: Copy) -> dict[str, Any]:
    """An article of a story, in short."""
    article = copy.article
    return {
        "article": copy.article_id,
        "url": article.url,
        "portal": article.portal,
        "title": article.title,
        "published_at": article.published_at,
        "source": article.source.name if article.source else None,
        "kind": copy.kind,
        "similarity": copy.similarity,
        "copy_of": copy.of,
        "why": copy.why,
        "also_repeats": copy.also,
    }


def copy_lines(copy: Copy, centre: Article, *, whole: bool) -> Iterator[str]:
    """What a person reads of one copy; `whole` adds every line that the story's earliest has otherwise."""
    article = copy.article
    source = f"  来源：{article.source.name}" if article.source else ""
    time = day_and_minute(article.published_at) or "no date"
    yield f"{time:<16}  {article.portal or ''}{source}  id {copy.article_id}"
    yield f"  {article.title}"
    yield f"  {article.url}"
    if copy.kind is not None:
        yield f"  {copy.kind} of {copy.of}, {copy.similarity:.2f}: {copy.why}"
    if copy.also:
        yield f"  repeats {', '.join(map(str, copy.also))} of other stories too"
    if article is centre:
        return
    changes = list(diff_lines(_lines(centre), _as_in(_lines(centre), _lines(article))))
    if whole:
        yield from (f"    {line}" for line in changes)
    elif changes:
        more = sum(line.startswith("+") for line in changes)
        less = sum(line.startswith("-") for line in changes)
        yield (
            f"  {more} lines that the earliest does not have, {less} of its lines are missing; "
            "--changes shows them"
        )


def _lines(article: Article) -> list[str]:
    return state_lines(article.title, article.body_text, to_record(article)["images"])


def _as_in(old: list[str], new: list[str]) -> list[str]:
    """The new lines, those that only have other forms of the same characters as the old ones have them."""
    known = {plain(line): line for line in old}
    return [known.get(plain(line), line) for line in new]


def _line(row: StoryRow) -> tuple[object, ...]:
    first, last = day_and_minute(row.first_at), day_and_minute(row.last_at)
    return (row.id, row.size, "、".join(row.portals), row.publisher, first, last, row.title)


def _given(opts: argparse.Namespace) -> bool:
    return bool(command.filters(opts)) or opts.least > 2 or opts.portals > 1


def _progress(done: int, total: int) -> None:
    sys.stderr.write(f"\r{done} of {total} articles" + ("\n" if done == total else ""))
