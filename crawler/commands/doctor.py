"""scrapy doctor PORTAL: one live list page and three articles, with what was found and what is missing."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.arguments import Unknown, WrongUsage, parse_arguments, undeclared_portal
from crawler.failures import Failure
from crawler.health import NEEDED, Field, fields_of
from crawler.items import to_record
from crawler.output import print_json, print_table, say
from crawler.portals.registry import portal_by_name, portal_names
from crawler.read import Page
from crawler.spiders.look import run_look
from crawler.spiders.responses import judge, judge_list
from crawler.undeclared import NAME

if TYPE_CHECKING:
    from crawler.extract.lists import ListPage
    from crawler.items import Article
    from crawler.portals import Portal
    from crawler.spiders.look import Fetch

_ARTICLES = 3


@dataclass
class Findings:
    """What a look at a portal gave."""

    list_url: str = ""
    page: ListPage | None = None
    articles: list[Article] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "[options] PORTAL"

    def short_desc(self) -> str:
        return "Check a live portal: one list page, three articles, field by field"

    def long_desc(self) -> str:
        return (
            "Read one list page of a portal and three articles of it, politely and without storing anything, "
            "and say field by field what was found and what is missing. With -a channel=… another channel, "
            "with -a url=… given list or article pages. Exit code 1 when a page could not be read or an "
            "article lacks headline, time or text."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "-a", dest="spargs", action="append", default=[], metavar="NAME=VALUE", help="channel=… or url=…"
        )
        parser.add_argument("--json", action="store_true", help="the articles' records as JSON Lines")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError(f"name one portal: {', '.join(portal_names())}", print_help=False)
        given = dict(pair.partition("=")[::2] for pair in opts.spargs)
        portal = portal_by_name(args[0])
        try:
            if portal is None and args[0] != NAME:
                raise Unknown(f"unknown portal: {args[0]}; known: {', '.join(portal_names())}")
            portal = portal or undeclared_portal(given.get("url"))
            arguments = parse_arguments(portal, **given)
        except WrongUsage as error:
            raise UsageError(str(error), print_help=False) from None
        except Unknown as error:
            say(f"scrapy doctor: {error}")
            self.exitcode = 1
            return
        starts = (
            list(arguments.urls)
            or [url for channel in arguments.channels for url in (*channel.lists, *channel.feeds)][:1]
        )
        if not starts:
            raise UsageError(f"{portal.name} has no list page to begin with; give -a url=…", print_help=False)
        found = Findings()
        self.look(portal, starts, found)
        self.exitcode = report(portal, found, opts)

    def look(self, portal: Portal, starts: list[str], found: Findings) -> None:
        """Fetch the start pages, and of the first list three articles."""

        async def job(fetch: Fetch) -> None:
            for url in starts:
                answer = await fetch(url)
                page = answer if isinstance(answer, Failure) else judge_list(answer, portal, is_start=True)
                if isinstance(page, Failure):
                    found.failures.append(page)
                elif isinstance(page, Page):
                    found.articles.append(page.article)
                elif found.page is None:
                    found.list_url, found.page = url, page
            for link in found.page.links if found.page else ():
                if len(found.articles) + len(found.failures) >= _ARTICLES:
                    break
                answer = await fetch(link.url)
                result = answer if isinstance(answer, Failure) else judge(answer, portal)
                if isinstance(result, Failure):
                    found.failures.append(result)
                else:
                    found.articles.append(result.article)

        assert self.crawler_process is not None
        run_look(self.crawler_process, job, portal)


def report(portal: Portal, found: Findings, opts: argparse.Namespace) -> int:
    """Print what was found; the exit code."""
    if found.page is not None:
        dated = sum(1 for link in found.page.links if link.day)
        say(
            f"list {found.list_url}: {len(found.page.links)} articles, {dated} with a day, "
            f"{len(found.page.columns)} columns; next page: {found.page.next_url or 'none found'}"
        )
    for failure in found.failures:
        say(f"not read: {failure.message}")
    for article in found.articles:
        say(f"read: {article.url}")
    fields = fields_of(found.articles)
    if opts.json:
        print_json(to_record(article) for article in found.articles)
    elif fields:
        numbers = [f"article {number}" for number in range(1, len(found.articles) + 1)]
        rows = [(one.name, *(value or "–" for value in one.values)) for one in fields]
        print_table(("field", *numbers), rows, wide=numbers[-1])
    for line in advice(portal, found, fields):
        say(line)
    lacking = any(one.missing for one in fields if one.name in NEEDED)
    return 1 if found.failures or not found.articles or lacking else 0


def advice(portal: Portal, found: Findings, fields: list[Field]) -> list[str]:
    """What to do about what is missing."""
    where = f"crawler/portals/{portal.name}.py"
    lines = []
    total = len(found.articles)
    missing = [one.name for one in fields if total and one.missing == total]
    if missing:
        lines.append(f"found on no article: {', '.join(missing)}; do the pages show them?")
    general = [article.url for article in found.articles if article.template == "general"]
    if portal.templates and general:
        lines.append(
            f"no declared template fits {len(general)} of {total} articles: mend the templates in {where}"
        )
    if found.page is not None and not found.page.links:
        lines.append(f"the list page holds no article: mend lists or article_url in {where}")
    if lines or found.failures:
        lines.append(f"record a page as a test case: scrapy fixture {portal.name} URL")
    elif found.articles:
        lines.append(f"{portal.name}: all well on {total} articles")
    return lines
