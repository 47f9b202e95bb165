"""scrapy fixture PORTAL URL-or-FILE: record a page with its record as a test case, for review."""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from crawler.failures import Failure
from crawler.items import to_record
from crawler.output import say
from crawler.portals import Portal
from crawler.portals.registry import portal_by_name, portal_names
from crawler.read import Page, Refusal, read
from crawler.spiders.look import Fetch, run_look
from crawler.spiders.responses import judge
from crawler.store import project_folder

_NOT_KEPT = ("story", "reprint_of", "extractor")  # the database's, and what changes with every version
_UNFIT = re.compile(r"[^0-9A-Za-z\-]+")


class Command(ScrapyCommand):
    requires_project = True

    def syntax(self) -> str:
        return "[options] PORTAL URL-or-FILE"

    def short_desc(self) -> str:
        return "Record a page with its record as a test case"

    def long_desc(self) -> str:
        return (
            "Save a page, from its URL or from a file, as tests/portals/PORTAL/CASE/: page.html, meta.json, "
            "and expected.json with what today's rules read. Review expected.json against the page: a test "
            "case must say what is right, not what the rules give. Real pages belong to their publishers: "
            "put the text into your own words before you share the case."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", metavar="URL", help="the address of the page in a file")
        parser.add_argument("--case", metavar="NAME", help="name of the case (default: from the URL)")
        parser.add_argument("--force", action="store_true", help="replace a case of that name")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 2:
            raise UsageError("name a portal and a URL or file", print_help=False)
        portal = portal_by_name(args[0])
        if portal is None:
            self.fail(f"unknown portal: {args[0]}; known: {', '.join(portal_names())}")
            return
        if args[1].startswith(("http://", "https://")):
            url, (body, result) = args[1], self.fetch(portal, args[1])
        elif not opts.url:
            raise UsageError("a page in a file needs its address: --url https://…", print_help=False)
        else:
            try:
                body = Path(args[1]).read_bytes()
            except OSError as error:
                self.fail(f"{args[1]} cannot be read: {error.strerror}")
                return
            url, result = opts.url, read(body, opts.url, portal)
        if not isinstance(result, Page):
            self.fail(result.message)
            return
        name = opts.case or _UNFIT.sub("-", Path(urlsplit(url).path).stem).strip("-") or "page"
        if _UNFIT.search(name):
            raise UsageError(f"--case {name!r}: letters, digits and - only", print_help=False)
        folder = project_folder() / "tests" / "portals" / portal.name / name
        if folder.exists() and not opts.force:
            self.fail(f"{folder} exists; name another with --case, or replace it with --force")
            return
        write(folder, body, url, result)
        say(f"{folder}: page.html, meta.json and expected.json (template {result.article.template})")
        say("review expected.json against the page, and put the page's text into your own words")

    def fail(self, message: str) -> None:
        say(f"scrapy fixture: {message}")
        self.exitcode = 1

    def fetch(self, portal: Portal, url: str) -> tuple[bytes, Page | Refusal | Failure]:
        """The page's bytes and what they are read as."""
        found: list[tuple[bytes, Page | Refusal | Failure]] = []

        async def job(fetch: Fetch) -> None:
            answer = await fetch(url)
            if isinstance(answer, Failure):
                found.append((b"", answer))
            else:
                found.append((answer.body, judge(answer, portal)))

        assert self.crawler_process is not None
        run_look(self.crawler_process, job, portal)
        return found[0] if found else (b"", Failure("error", f"{url} was not fetched: see above"))


def write(folder: Path, body: bytes, url: str, page: Page) -> None:
    """Write the case's three files."""
    record = {key: value for key, value in to_record(page.article).items() if key not in _NOT_KEPT}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.html").write_bytes(body)
    meta = {"url": url, "date": datetime.now(UTC).date().isoformat()}
    for name, value in (("meta.json", meta), ("expected.json", record)):
        (folder / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")
