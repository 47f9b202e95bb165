"""scrapy search WORDS: full text, or pictures by their captions and credits."""

from __future__ import annotations

import argparse

from scrapy.exceptions import UsageError

from crawler import command
from crawler.items import Article, to_record
from crawler.output import day_and_minute, image_record, print_json, print_table, say


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] [WORDS]"

    def short_desc(self) -> str:
        return "Search articles, or pictures with --images"

    def long_desc(self) -> str:
        return (
            "Search the stored articles, or with --images the pictures by caption and credit. All words must "
            "be found; a phrase stands in quotation marks; one Chinese character is enough. "
            "Without words: the newest articles. "
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
        words = " ".join(args)
        if not args:
            self.newest(opts)
        elif opts.images:
            self.images(words, opts)
        else:
            self.articles(words, opts)

    def newest(self, opts: argparse.Namespace) -> None:
        """Without words: what is newest."""
        from storage.queries import newest

        if opts.images:
            raise UsageError(
                "give the words to search for, e.g. scrapy search --images 义诊", print_help=False
            )
        with self.database() as database, database.reading() as conn:
            found = newest(conn, command.filters(opts), opts.limit)
        if opts.json:
            print_json({"id": row_id, **to_record(article)} for row_id, article in found)
        elif found:
            rows = [(row_id, *_head(article), len(article.images)) for row_id, article in found]
            print_table(("id", "published", "source", "title", "pictures"), rows, wide="title")
        else:
            say("no article is stored" + (" that passes the filters" if any(_given(opts)) else ""))

    def articles(self, words: str, opts: argparse.Namespace) -> None:
        from storage.search import search_articles

        with self.database() as database, database.reading() as conn:
            hits = search_articles(conn, words, command.filters(opts), opts.limit)
        if opts.json:
            print_json({"id": hit.id, **to_record(hit.article), "snippet": hit.snippet} for hit in hits)
        elif hits:
            rows = [(hit.id, *_head(hit.article), hit.snippet) for hit in hits]
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


def _head(article: Article) -> tuple[str, str | None, str]:
    """Time, source and headline, as tables show them."""
    source = article.source.name if article.source else None
    return day_and_minute(article.published_at), source, article.title


def _given(opts: argparse.Namespace) -> list[object]:
    return [opts.portal, opts.channel, opts.source, opts.since, opts.until]
