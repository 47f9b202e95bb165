"""scrapy search WORDS: full text, or pictures by their captions and credits."""

from __future__ import annotations

import argparse

from scrapy.exceptions import UsageError

from crawler import command
from crawler.items import to_record
from crawler.output import day_and_minute, image_record, print_json, print_table, say


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] WORDS"

    def short_desc(self) -> str:
        return "Search articles, or pictures with --images"

    def long_desc(self) -> str:
        return (
            "Search the stored articles, or with --images the pictures by caption and credit. All words must "
            "be found; a phrase stands in quotation marks; one Chinese character is enough. "
            "Examples: scrapy search 妇联 --since 2017-01-01 · scrapy search --images 义诊 --json"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--images", action="store_true", help="search pictures in place of articles")
        parser.add_argument(
            "--limit", type=command.positive, default=20, metavar="N", help="at most N (default 20)"
        )
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")
        command.add_filters(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        if not args:
            raise UsageError("give the words to search for, e.g. scrapy search 妇联", print_help=False)
        words = " ".join(args)
        if opts.images:
            self.images(words, opts)
        else:
            self.articles(words, opts)

    def articles(self, words: str, opts: argparse.Namespace) -> None:
        from storage.search import search_articles

        with self.database() as database, database.reading() as conn:
            hits = search_articles(conn, words, command.filters(opts), opts.limit)
        if opts.json:
            print_json({"id": hit.id, **to_record(hit.article), "snippet": hit.snippet} for hit in hits)
        elif hits:
            rows = [
                (
                    hit.id,
                    day_and_minute(hit.article.published_at),
                    hit.article.source.name if hit.article.source else None,
                    hit.article.title,
                    hit.snippet,
                )
                for hit in hits
            ]
            print_table(("id", "published", "source", "title", "text"), rows, wide="text")
        self.report(len(hits), words, opts)

    def images(self, words: str, opts: argparse.Namespace) -> None:
        from storage.search import search_images

        with self.database() as database, database.reading() as conn:
            hits = search_images(conn, words, command.filters(opts), opts.limit)
        if opts.json:
            print_json(image_record(hit.article_id, hit.article, hit.image) for hit in hits)
        elif hits:
            rows = [
                (
                    hit.article_id,
                    day_and_minute(hit.article.published_at),
                    hit.image.caption,
                    hit.image.credit,
                    hit.image.url,
                )
                for hit in hits
            ]
            print_table(("article", "published", "caption", "credit", "url"), rows, wide="caption")
        self.report(len(hits), words, opts)

    def report(self, number: int, words: str, opts: argparse.Namespace) -> None:
        kind = "pictures" if opts.images else "articles"
        if not number:
            other = "" if opts.images else "; pictures are searched with --images"
            say(f"no {kind} with {words!r}{other}")
        elif number == opts.limit and not opts.json:
            say(f"the first {number} {kind}; more with --limit {number * 5}")
