"""scrapy search WORDS: full text, or pictures by their captions and credits."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from crawler import command
from crawler.items import Article, to_record
from crawler.output import Marked, day_and_minute, image_record, print_json, print_table, say

if TYPE_CHECKING:
    from storage.queries import ArticleHit, Hits, ImageHit


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] [WORDS]"

    def short_desc(self) -> str:
        return "Search articles, or pictures with --images"

    def long_desc(self) -> str:
        return (
            "Search the stored articles, or with --images the pictures by caption and credit. All words must "
            "be found; a phrase stands in quotation marks; one Chinese character is enough; traditional and "
            "simplified, full-width and half-width forms are the same. OR, -word and parentheses as usual; "
            "title: caption: credit: author: editor: source: before a word look only there; portal: channel: "
            "since: until: narrow down. Without words: everything that passes the filters. "
            "Put the whole query in quotes, and write NOT 义诊 where it would begin with -. "
            "Examples: scrapy search 妇联 --since 2017-01-01 · "
            "scrapy search 'title:茶园 -caption:(义诊 OR 捐款)' · scrapy search --images 义诊 --json"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--images", action="store_true", help="search pictures in place of articles")
        parser.add_argument(
            "--sort",
            choices=("newest", "relevance"),
            default="newest",
            help="newest first (default), or the best of the newest 10,000 matches first",
        )
        parser.add_argument(
            "--limit", type=command.positive, default=20, metavar="N", help="at most N (default 20)"
        )
        parser.add_argument(
            "--page", type=command.positive, default=1, metavar="N", help="the N-th page of --limit"
        )
        parser.add_argument("--after", metavar="CURSOR", help="go on behind the hit that has this cursor")
        parser.add_argument("--count", action="store_true", help="only say how many there are")
        parser.add_argument("--json", action="store_true", help="JSON Lines in place of a table")
        command.add_filters(parser)

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        words = " ".join(args) if args else None
        if opts.after is not None and opts.sort == "relevance":
            raise UsageError("--after goes with --sort newest; by relevance give --page", print_help=False)
        if opts.count:
            self.count(words, opts)
        elif opts.images:
            self.images(words, opts)
        else:
            self.articles(words, opts)

    def count(self, words: str | None, opts: argparse.Namespace) -> None:
        from storage.queries import count_matches

        with self.database() as database, database.reading() as conn:
            count = count_matches(conn, words, command.filters(opts), images=opts.images)
        if opts.json:
            print_json([{"count": count.number, "estimate": count.estimate}])
        else:
            about = "about " if count.estimate else ""
            print(f"{about}{count.number:,} {_kind(opts)}")

    def articles(self, words: str | None, opts: argparse.Namespace) -> None:
        from storage.queries import search_articles

        with self.database() as database, database.reading() as conn:
            hits = search_articles(conn, words, command.filters(opts), opts.limit, **_place(opts))
        if opts.json:
            print_json({"id": hit.id, **to_record(hit.article)} | _more(hit, opts) for hit in hits)
        elif hits:
            rows = [(hit.id, *_head(hit.article), Marked(hit.snippet, hit.marks)) for hit in hits]
            print_table(("id", "published", "source", "title", "text"), rows, wide="text")
        self.report(hits, words, opts)

    def images(self, words: str | None, opts: argparse.Namespace) -> None:
        from storage.queries import search_images

        with self.database() as database, database.reading() as conn:
            hits = search_images(conn, words, command.filters(opts), opts.limit, **_place(opts))
        if opts.json:
            print_json(
                image_record(hit.article_id, hit.article, hit.image) | _more(hit, opts) for hit in hits
            )
        elif hits:
            rows = [
                (
                    hit.article_id,
                    day_and_minute(hit.article.published_at),
                    Marked(hit.snippet, hit.marks) if hit.snippet == hit.image.caption else hit.image.caption,
                    hit.image.credit,
                    hit.image.url,
                )
                for hit in hits
            ]
            print_table(("article", "published", "caption", "credit", "url"), rows, wide="caption")
        self.report(hits, words, opts)

    def report(self, hits: Hits[Any], words: str | None, opts: argparse.Namespace) -> None:
        """What a reader must know besides the hits, on stderr."""
        kind = _kind(opts)
        if not hits.complete and hits.after is None:
            say(f"many texts were looked at; there may be more {kind}: search with --sort newest for all")
        elif not hits.complete:
            say(f"many texts were looked at; there may be more {kind}: go on with --after {hits.after}")
        elif not hits and words is None:
            say(f"no {kind} are stored" + (" that pass the filters" if command.filters(opts) else ""))
        elif not hits:
            place = f" on page {opts.page}" if opts.page > 1 else ""
            other = "" if opts.images else "; pictures are searched with --images"
            say(f"no {kind} with {words!r}{place}{other}")
        elif hits.after is not None and not opts.json:
            say(f"{len(hits)} {kind}; more with --page {opts.page + 1} or --after {hits.after}")


def _kind(opts: argparse.Namespace) -> str:
    return "pictures" if opts.images else "articles"


def _place(opts: argparse.Namespace) -> dict[str, Any]:
    return {"sort": opts.sort, "page": opts.page, "after": opts.after}


def _more(hit: ArticleHit | ImageHit, opts: argparse.Namespace) -> dict[str, Any]:
    """Of a hit in JSON: the text around it, where the words stand in that, its points, where to go on."""
    score = hit.score if opts.sort == "relevance" else None
    return {"snippet": hit.snippet, "marks": hit.marks, "score": score, "cursor": hit.cursor}


def _head(article: Article) -> tuple[str, str | None, str]:
    """Time, source and headline, as tables show them."""
    source = article.source.name if article.source else None
    return day_and_minute(article.published_at), source, article.title
