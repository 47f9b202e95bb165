"""scrapy show ID-or-URL: one article with its pictures in their places."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from crawler import command
from crawler.diff import diff_lines, state_lines
from crawler.items import Article, to_record
from crawler.output import day_and_minute, print_json

if TYPE_CHECKING:
    from storage.queries import Found


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] ID-or-URL"

    def short_desc(self) -> str:
        return "Show one article with its pictures"

    def long_desc(self) -> str:
        return (
            "Show the article of an id (as scrapy search prints it) or of a URL, in any form that means the "
            "same article, or of one of its pages. With --json the record as scrapy export gives it."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--revisions", action="store_true", help="also what changed in it, and when it was gone"
        )
        parser.add_argument("--json", action="store_true", help="the record as one line of JSON")

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from storage.queries import absences, article_by, revisions

        if len(args) != 1:
            raise UsageError("name one article by its id or URL", print_help=False)
        with self.database() as database, database.reading() as conn:
            found = article_by(conn, args[0])
            if found is None:
                raise command.CommandError(
                    f"no article {args[0]}; scrapy search finds ids, scrapy ledger URL says what became "
                    "of a page"
                )
            earlier = revisions(conn, found.id) if opts.revisions else []
            periods = absences(conn, found.id)
        if opts.json:
            record = to_record(found.article)
            print_json([record | {"revisions": earlier, "absences": periods} if opts.revisions else record])
            return
        for line in page(found):
            print(line)
        for line in absences_of(periods):
            print(line)
        for line in history(found, earlier):
            print(line)
        if opts.revisions and not earlier:
            print("\nno earlier state: its text and captions have not changed since it was stored")


def page(found: Found) -> Iterator[str]:
    """The lines of an article for reading."""
    article = found.article
    yield article.title
    if article.subtitle:
        yield article.subtitle
    yield " | ".join(byline(article))
    if article.channel:
        yield " > ".join(article.channel)
    yield article.url
    if article.story is not None:
        first = f"a reprint of {article.reprint_of}" if article.reprint_of else "the first of its copies"
        yield f"story {article.story}: {first}"
    yield ""
    for block in article.blocks:
        if block.type == "image" and block.image is not None:
            image = article.images[block.image]
            said = " · ".join(filter(None, (image.caption, image.credit_raw or image.credit)))
            yield f"  〔图{block.image + 1}〕{said}" if said else f"  〔图{block.image + 1}〕"
            yield f"        {image.url}"
        elif block.type == "video":
            yield f"  〔视频〕{block.url or ''}"
        elif block.type == "heading":
            yield f"\n【{block.text}】"
        elif block.text:
            yield f"　　{block.text}" if block.type == "paragraph" else block.text
    yield f"\nid {found.id}, template {article.template}, {article.pages} page(s)"


def byline(article: Article) -> Iterator[str]:
    """Time, source and people, each with its label."""
    yield day_and_minute(article.published_at) or "no date"
    if article.source:
        yield f"来源：{article.source.name}"
    for label, names in (
        ("作者", "、".join(article.authors)),
        ("编辑", article.editor),
        ("责编", article.duty_editor),
    ):
        if names:
            yield f"{label}：{names}"


def history(found: Found, revisions: list[dict[str, Any]]) -> Iterator[str]:
    """Each change of an article, the oldest first, as a diff of the state before and the one after."""
    now = to_record(found.article)
    states = [(r["title"], r["body_text"], r["images"]) for r in revisions]
    states.append((now["title"], now["body_text"], now["images"]))
    for revision, old, new in zip(revisions, states, states[1:], strict=False):
        changed = "、".join(revision["changed"])
        replaced = f"{revision['seen_at']:%Y-%m-%d %H:%M} UTC"
        yield f"\n--- state {revision['number']}, replaced {replaced}; changed: {changed}"
        yield from diff_lines(state_lines(*old), state_lines(*new))


def absences_of(periods: list[dict[str, Any]]) -> Iterator[str]:
    """When the portal did not have the article."""
    for period in periods:
        line = f"gone {period['gone_at']:%Y-%m-%d %H:%M} UTC ({period['reason']})"
        if period["returned_at"]:
            line += f", returned {period['returned_at']:%Y-%m-%d %H:%M} UTC"
        yield line
