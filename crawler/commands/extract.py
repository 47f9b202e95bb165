"""scrapy extract PATH…: saved pages to records, on all cores, without a crawl and without a database."""

from __future__ import annotations

import argparse
import os
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import UsageError

from crawler import command
from crawler.output import json_line, say
from crawler.saved_pages import SavedPage, read_page, saved_pages

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOGETHER = 16  # pages handed to a process at once
_AHEAD = 4  # portions in the queue of each process


class Command(command.Command):
    def syntax(self) -> str:
        return "[options] PATH…"

    def short_desc(self) -> str:
        return "Read saved pages: HTML files in, JSON Lines out"

    def long_desc(self) -> str:
        return (
            "Read HTML files, or all HTML files of folders, or those that a JSON Lines file lists (--from; "
            "its lines have id, file, and perhaps url and portal). One line comes out for each page, in the "
            "order in: its record, or why it could not be read (error). The exit code is 1 if any could not. "
            "Examples: scrapy extract page.html --url https://news.cri.cn/… · "
            "scrapy extract pages/ > records.jsonl"
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--from", dest="listing", metavar="FILE", help="JSON Lines that list pages")
        parser.add_argument("--url", metavar="URL", help="the address of the page, for a single file")
        parser.add_argument(
            "--portal",
            metavar="NAME",
            help="read by this portal's rules, or by none with general; by default the URL's host decides",
        )
        parser.add_argument(
            "--jobs", type=command.positive, metavar="N", help="processes (default: one a core)"
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        from crawler.portals.registry import portal_by_name, portal_names

        if not args and not opts.listing:
            raise UsageError("name files or folders, or a list with --from", print_help=False)
        if opts.portal not in (None, "general") and portal_by_name(opts.portal) is None:
            known = ", ".join(("general", *portal_names()))
            raise command.CommandError(f"unknown portal: {opts.portal}; known: {known}")
        if opts.url and (len(args) != 1 or opts.listing):
            raise UsageError("--url is for a single file; a list with --from has its own", print_help=False)
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        read = unread = 0
        pages = saved_pages(args, opts.listing, opts.url, opts.portal)
        jobs = (
            opts.jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else opts.jobs or 1
        )
        for line, is_error in results(pages, jobs):
            sys.stdout.write(line + "\n")
            read, unread = read + (not is_error), unread + is_error
        if unread or not read:
            say(f"scrapy extract: {read} pages read, {unread} could not be: see their error")
            self.exitcode = 1


def results(pages: Iterable[SavedPage], jobs: int) -> Iterator[tuple[str, bool]]:
    """(line, is an error) of each page, in order; read in as many processes as are worth starting."""
    rest = iter(pages)
    first = list(islice(rest, _TOGETHER))
    following = list(islice(rest, _TOGETHER))
    if not following or jobs == 1:
        # a process costs more than a few pages
        for page in (*first, *following, *rest):
            yield line_of(page)
        return
    portions = portions_of((first, following), rest)
    # a fork would copy threads and locks of whatever runs here
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting: deque[tuple[list[SavedPage], Future[list[tuple[str, bool]]]]] = deque()
        for portion in portions:
            waiting.append((portion, pool.submit(lines_of, portion)))
            if len(waiting) >= jobs * _AHEAD:
                yield from finished(*waiting.popleft())
        while waiting:
            yield from finished(*waiting.popleft())


def portions_of(ready: tuple[list[SavedPage], ...], rest: Iterator[SavedPage]) -> Iterator[list[SavedPage]]:
    yield from ready
    while portion := list(islice(rest, _TOGETHER)):
        yield portion


def finished(portion: list[SavedPage], future: Future[list[tuple[str, bool]]]) -> Iterator[tuple[str, bool]]:
    """A portion's lines; a process that died costs its portion, said page by page."""
    try:
        yield from future.result()
    except BrokenProcessPool as error:
        for page in portion:
            yield json_line(page.keys() | {"error": f"the process that read it died: {error}"}), True


def lines_of(pages: list[SavedPage]) -> list[tuple[str, bool]]:
    return [line_of(page) for page in pages]


def line_of(page: SavedPage) -> tuple[str, bool]:
    """A page's line of JSON, and whether it is an error."""
    record: dict[str, Any] = read_page(page)
    return json_line(record), "error" in record
