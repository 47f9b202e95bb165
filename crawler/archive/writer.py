"""Writes requests and responses to WARC 1.1 files: gzip per record, digests, files rotated by size."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any, Literal

from w3lib.url import safe_url_string
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler import __version__
from crawler.archive import OPEN

_UNCHANGED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


class ArchiveFull(Exception):
    """The archive has reached its size: the message says how large it is and where."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came back, as on the wire after transfer decoding."""

    url: str
    fetched_at: datetime
    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes
    """Still content-encoded."""
    request_headers: list[tuple[str, str]]
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last response that the archive has of a URL."""

    fetched_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Written:
    """Where a response lies."""

    file: str
    offset: int
    length: int
    """Bytes, as compressed."""
    request_offset: int
    request_length: int
    digest: str
    kind: Literal["response", "revisit"]


def payload_digest(body: bytes) -> str:
    """The digest of a payload as WARC writes it.

    >>> payload_digest(b"")
    'sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ'
    """
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()


class ArchiveWriter:
    """Appends to one file at a time in a folder; a file that is being written has the suffix .open."""

    def __init__(self, folder: Path, prefix: str, max_file: int, max_total: int) -> None:
        """Sizes are in bytes. OSError when the folder cannot be made or read."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.total = sum(entry.stat().st_size for entry in os.scandir(folder) if entry.is_file())
        """Bytes of all files in the folder."""
        self._prefix = prefix
        self._max_file = max_file
        self._max_total = max_total
        self._number = 0
        self._file: IO[bytes] | None = None
        self._writer: Any = None

    def write(self, exchange: Exchange, earlier: Earlier | None = None) -> Written:
        """Write an exchange; as a revisit without body where `earlier` had the same payload.

        ArchiveFull before anything is written, when the folder is as large as it may be.
        """
        if self.total >= self._max_total:
            raise ArchiveFull(f"{self.folder} holds {self.total / 2**30:.1f} GiB")
        file = self._opened()
        date = _warc_date(exchange.fetched_at)
        digest = payload_digest(exchange.body)
        record, kind = self._record(exchange, date, digest, earlier)
        # as sent: a request line is ASCII
        path = "/" + safe_url_string(exchange.url).partition("://")[2].partition("/")[2]
        line = StatusAndHeaders(f"{exchange.method} {path} HTTP/1.1", _plain(exchange.request_headers))
        request = self._writer.create_warc_record(
            exchange.url, "request", http_headers=line, warc_headers_dict={"WARC-Date": date}
        )
        request.rec_headers.add_header("WARC-Concurrent-To", record.rec_headers.get_header("WARC-Record-ID"))
        start = file.tell()
        self._writer.write_record(record)
        middle = file.tell()
        self._writer.write_record(request)
        end = file.tell()
        file.flush()
        self.total += end - start
        name = Path(file.name).name.removesuffix(OPEN)
        written = Written(name, start, middle - start, middle, end - middle, digest, kind)
        if end >= self._max_file:
            self.close()
        return written

    def _record(
        self, exchange: Exchange, date: str, digest: str, earlier: Earlier | None
    ) -> tuple[Any, Literal["response", "revisit"]]:
        headers = _plain(exchange.headers)
        status = StatusAndHeaders(f"{exchange.status} {exchange.reason}", headers, protocol="HTTP/1.1")
        dated = {"WARC-Date": date}
        not_modified = exchange.status == 304
        if earlier is not None and (not_modified or earlier.digest == digest):
            record = self._writer.create_revisit_record(
                exchange.url,
                earlier.digest,
                exchange.url,
                _warc_date(earlier.fetched_at),
                http_headers=status,
                warc_headers_dict=dated,
            )
            if not_modified:
                record.rec_headers.replace_header("WARC-Profile", _UNCHANGED)
            return record, "revisit"
        record = self._writer.create_warc_record(
            exchange.url,
            "response",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            http_headers=status,
            warc_headers_dict=dated,
        )
        return record, "response"

    def _opened(self) -> IO[bytes]:
        if self._file is None:
            self._number += 1
            stamp = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
            name = f"{self._prefix}-{stamp}-{os.getpid()}-{self._number:05}.warc.gz"
            file = (self.folder / (name + OPEN)).open("xb")
            # tells other processes that this one is alive; the system lets go of it when it dies
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file = file
            self._writer = WARCWriter(file, gzip=True, warc_version="1.1")
            about = {"software": f"tushuo/{__version__}", "format": "WARC File Format 1.1"}
            self._writer.write_record(self._writer.create_warcinfo_record(name, about))
            self.total += file.tell()
        return self._file

    def close(self) -> None:
        """Finish the file that is being written."""
        if self._file is not None:
            path = Path(self._file.name)
            self._file.close()
            path.rename(path.with_name(path.name.removesuffix(OPEN)))
            self._file = None


def _warc_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Headers on one line each: a line break inside a value would be read as another header."""
    return [(name, " ".join(value.split())) for name, value in headers]
