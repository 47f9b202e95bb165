"""Keeps every response as it came in the archive (WARC), below decompression and redirects."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.exceptions import NotConfigured

from crawler.archive import archive_folder
from crawler.archive.mend import mend
from crawler.archive.reader import ArchiveError
from crawler.archive.writer import ArchiveFull, ArchiveWriter, Earlier, Exchange
from crawler.store import Store
from storage.captures import NoteCapture, last_response
from storage.engine import DatabaseError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

logger = logging.getLogger(__name__)
_CONDITIONS = ("If-None-Match", "If-Modified-Since")


class ArchiveMiddleware:
    """Writes exchanges while they pass; a full or broken archive is said once and never ends a crawl."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ARCHIVE"):
            raise NotConfigured
        self._crawler = crawler
        self._store = Store.of(crawler)
        self._store.closing.append(self._close)
        self._writer: ArchiveWriter | None = None
        self._opening: asyncio.Task[None] | None = None
        self._off = False
        self._notes: set[asyncio.Task[None]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveMiddleware:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        if self._off or self._store.run_id is None:
            return response  # without a run, as in scrapy doctor, nothing is kept
        if request.meta.get("is_picture"):
            return response  # kept as a file, under what is in it
        if self._writer is None:
            self._opening = self._opening or asyncio.ensure_future(self._open())
            await self._opening
        earlier = await self._earlier(request)
        if self._writer is None or self._off:
            self._crawler.stats.inc_value("tushuo/not_archived")
            return response
        now = datetime.now(UTC)
        try:
            written = self._writer.write(_exchange(request, response, now), earlier)
        except ArchiveFull as error:
            limit = self._crawler.settings.getfloat("ARCHIVE_MAX_GIB")
            self._stop(
                f"{error}, and ARCHIVE_MAX_GIB allows {limit:g}: pages are stored but no longer archived. "
                "Raise it, move older files away, or set ARCHIVE=0"
            )
            return response
        except OSError as error:
            self._stop(f"the archive cannot be written ({error}): pages are stored but no longer archived")
            return response
        self._crawler.stats.inc_value("tushuo/archived")
        note = NoteCapture(
            page_id=request.meta.get("page_id"),
            url=request.url,
            fetched_at=now,
            status=response.status,
            kind=written.kind,
            digest=written.digest if earlier is None or written.kind == "response" else earlier.digest,
            file=written.file,
            offset=written.offset,
            length=written.length,
            request_offset=written.request_offset,
            request_length=written.request_length,
        )
        # not waited for: when the crawl is killed before, mend() finds it in the file
        task = asyncio.ensure_future(self._note(note))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)
        return response

    async def _open(self) -> None:
        settings = self._crawler.settings
        spider = self._crawler.spider
        assert spider is not None
        try:
            folder = archive_folder(settings)
            notes = await asyncio.to_thread(_mended, folder)
            for note in notes:
                await self._store.submit(note)
            if notes:
                logger.info("%s: mended what a killed run left, %d responses", folder, len(notes))
            self._writer = await asyncio.to_thread(
                ArchiveWriter,
                folder,
                f"tushuo-{spider.name}",
                int(settings.getfloat("ARCHIVE_FILE_MIB") * 2**20),
                int(settings.getfloat("ARCHIVE_MAX_GIB") * 2**30),
            )
        except (OSError, ArchiveError) as error:
            self._stop(f"the archive cannot be opened ({error}): pages are stored but not archived")
        except DatabaseError:
            self._off = True  # the store has said it

    async def _earlier(self, request: Request) -> Earlier | None:
        """The response that this one may repeat; not looked for where there can be none."""
        if not request.meta.get("known_page") and not any(name in request.headers for name in _CONDITIONS):
            return None
        try:
            found = await self._store.read(last_response, request.url)
        except DatabaseError:
            return None  # then it is written in full
        return Earlier(found.fetched_at, found.digest) if found else None

    async def _note(self, note: NoteCapture) -> None:
        try:
            await self._store.submit(note)
        except DatabaseError as error:
            logger.debug("%s at %d is not in the index: %s", note.file, note.offset, error)

    async def _close(self) -> None:
        if self._notes:
            await asyncio.gather(*self._notes, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _stop(self, message: str) -> None:
        self._off = True
        logger.error("%s", message)
        self._crawler.stats.inc_value("tushuo/not_archived")


def _mended(folder: Path) -> list[NoteCapture]:
    return list(mend(folder)) if folder.is_dir() else []


def _exchange(request: Request, response: Response, now: datetime) -> Exchange:
    headers = [(name, value) for name, value in _pairs(response.headers) if name.lower() not in _OWN]
    headers.append(("Content-Length", str(len(response.body))))
    sent = _pairs(request.headers)
    if not any(name.lower() == "host" for name, _ in sent):
        sent.insert(0, ("Host", request.url.split("/")[2]))
    try:
        reason = HTTPStatus(response.status).phrase
    except ValueError:
        reason = ""
    return Exchange(
        url=request.url,
        fetched_at=now,
        status=response.status,
        reason=reason,
        headers=headers,
        body=response.body,
        request_headers=sent,
        method=request.method,
    )


# the body is kept as it was after transfer decoding, with its own length
_OWN = frozenset({"transfer-encoding", "content-length"})


def _pairs(headers: object) -> list[tuple[str, str]]:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()  # type: ignore[attr-defined]
        for value in values
    ]
