"""Today's rules over the archive: the article of a stored page, and what differs from what is stored."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from crawler.archive.reader import ArchiveError, Stored, read_at
from crawler.identity import UrlError, url_key
from crawler.items import Article, to_record
from crawler.portals import Portal
from crawler.portals.registry import portal_of
from crawler.read import Page, read
from crawler.spiders.parts import gather
from crawler.undeclared import portal_for

_TOGETHER = 40  # pages that go to a process at once
_AHEAD = 3  # portions waiting for each process
# what the page does not say: clusters, versions, files fetched beside it
_NOT_COMPARED = frozenset({"story", "reprint_of", "extractor"})
_OF_FILES = ("width", "height", "sha256", "dhash", "phash")


@dataclass(frozen=True, slots=True)
class Job:
    """A page to be read again."""

    path: str
    """The WARC file."""
    offset: int
    parts: dict[str, tuple[str, int]] = field(default_factory=dict)
    """(file, offset) of the article's further pages, by url_key."""
    article_id: int | None = None
    history: bool = False
    """One of several states of an article that the database does not have."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What came of a job."""

    job: Job
    article: Article | None
    why: str | None = None
    """Why there is no article."""


def reread(job: Job) -> Reread:
    """Read one page again, with its further pages."""
    try:
        stored = read_at(Path(job.path), job.offset)
    except ArchiveError as error:
        return Reread(job, None, str(error))
    try:
        portal = portal_of(stored.url) or portal_for([stored.url])
    except ValueError as error:
        return Reread(job, None, f"{stored.url}: {error}")
    page = _page(stored, portal)
    if not isinstance(page, Page):
        return Reread(job, None, page)
    article = page.article
    if page.parts.count > 1:
        article = asyncio.run(_with_parts(page, job, portal))
    article.fetch.fetched_at = stored.fetched_at
    return Reread(job, article)


async def _with_parts(page: Page, job: Job, portal: Portal | None) -> Article:
    async def fetch(url: str) -> Page | None:
        try:
            where = job.parts.get(url_key(url, portal.url_rules) if portal else url_key(url))
            found = _page(read_at(Path(where[0]), where[1]), portal) if where else None
        except (UrlError, ArchiveError):
            return None  # as a page that could not be fetched
        return found if isinstance(found, Page) else None

    return await gather(page.article, page, fetch)


def _page(stored: Stored, portal: Portal | None) -> Page | str:
    found = read(stored.body, stored.url, portal, status=stored.status, headers=stored.headers)
    return found if isinstance(found, Page) else found.message


def reread_all(jobs: Iterable[Job], processes: int) -> Iterator[Reread]:
    """The results of many jobs, in order, from as many processes as are worth starting."""
    rest = iter(jobs)
    first = list(islice(rest, 2 * _TOGETHER))
    if len(first) < 2 * _TOGETHER or processes == 1:
        for job in (*first, *rest):
            yield reread(job)
        return
    # a fork would copy threads and locks of whatever runs here
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(_reread_some, first)]
        while waiting:
            while len(waiting) < processes * _AHEAD and (portion := list(islice(rest, _TOGETHER))):
                waiting.append(pool.submit(_reread_some, portion))
            yield from waiting.pop(0).result()


def _reread_some(jobs: list[Job]) -> list[Reread]:
    return [reread(job) for job in jobs]


def differing(new: Article, old: Article) -> list[str]:
    """Names of the record's fields that differ, in the record's order; captions and credits by name."""
    mine, theirs = to_record(new), to_record(old)
    names = []
    for name, value in mine.items():
        if name in _NOT_COMPARED or value == theirs[name]:
            continue
        if name != "images":
            names.append(name)
            continue
        bare = [
            [{k: v for k, v in image.items() if k not in _OF_FILES} for image in r["images"]]
            for r in (mine, theirs)
        ]
        if bare[0] == bare[1]:
            continue
        if [image["url"] for image in bare[0]] != [image["url"] for image in bare[1]]:
            names.append("images")
        else:
            keys = [key for key in bare[0][0] if any(a[key] != b[key] for a, b in zip(*bare, strict=True))]
            names += [f"images.{key}" for key in keys]
    return names


@dataclass
class Report:
    """What a whole pass found."""

    read: int = 0
    same: int = 0
    changed: int = 0
    new: int = 0
    unread: int = 0
    not_archived: int = 0
    fields: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Articles by (portal, channel, field)."""
    examples: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)

    def note(self, article: Article, names: list[str]) -> None:
        """Count the fields of one article that differ."""
        for name in names:
            key = (article.portal or "", article.channel[0] if article.channel else "", name)
            self.fields[key] += 1
            urls = self.examples.setdefault(key, [])
            if len(urls) < 3:
                urls.append(article.url)
