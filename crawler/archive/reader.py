"""Reads responses back from WARC files, also of other tools."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from scrapy.utils import _compression
from scrapy.utils.gz import gunzip
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

MAX_BYTES = 16 * 1024 * 1024  # of a page after decompression, as DOWNLOAD_MAXSIZE
_CHUNK = 1 << 20
_BEGINNINGS = (b"\x1f\x8b", b"WARC/")
_BROKEN = (
    OSError,
    EOFError,
    ArchiveLoadFailed,
    zlib.error,
    ValueError,
    _compression._DecompressionMaxSizeExceeded,
)


class ArchiveError(Exception):
    """A file is no WARC, or a record in it cannot be read. The message names both."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A response in an archive."""

    url: str
    fetched_at: datetime
    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    """Without content encoding; empty of a revisit."""
    kind: str
    """response or revisit."""
    digest: str
    offset: int
    length: int


def read_at(path: Path, offset: int) -> Stored:
    """The response that begins at an offset. ArchiveError when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            _check_beginning(file)
            for record in ArchiveIterator(file):
                return _stored(record, offset, 0)
    except _BROKEN as error:
        raise ArchiveError(f"{path.name} at {offset}: {error}") from error
    raise ArchiveError(f"{path.name} at {offset}: no record")


def responses(path: Path) -> Iterator[Stored]:
    """Every response and revisit of a file, in its order. ArchiveError where it cannot be read on."""
    try:
        with path.open("rb") as file:
            _check_beginning(file)
            records = ArchiveIterator(file)
            for record in records:
                if record.rec_type not in ("response", "revisit") or record.http_headers is None:
                    continue
                offset = records.get_record_offset()
                # reading the length reads to the record's end, so the body comes first
                found = _stored(record, offset, 0)
                yield _with_length(found, records.get_record_length())
    except _BROKEN as error:
        raise ArchiveError(f"{path}: {error}") from error


def _check_beginning(file: IO[bytes]) -> None:
    """ValueError when no record begins here: what reads records would make some of any text."""
    start = file.tell()
    if not file.read(5).startswith(_BEGINNINGS):
        raise ValueError("this is no WARC record")
    file.seek(start)


def members(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """(offset, length) of every whole gzip member; what follows the last is half-written or no gzip."""
    start = file.tell()
    decompressor = zlib.decompressobj(31)
    position = start
    data = b""
    while True:
        data = data or file.read(_CHUNK)
        if not data:
            return
        try:
            decompressor.decompress(data)
        except zlib.error:
            return
        if not decompressor.eof:
            position += len(data)
            data = b""
            continue
        rest = decompressor.unused_data
        position += len(data) - len(rest)
        yield start, position - start
        start, data = position, rest
        decompressor = zlib.decompressobj(31)


def _stored(record: Any, offset: int, length: int) -> Stored:
    headers = {name.lower(): value for name, value in record.http_headers.headers}
    raw = record.raw_stream.read(4 * MAX_BYTES)
    date = record.rec_headers.get_header("WARC-Date")
    moment = datetime.fromisoformat(date.replace("Z", "+00:00"))
    url = record.rec_headers.get_header("WARC-Target-URI").strip("<>")
    return Stored(
        url=url,
        fetched_at=moment if moment.tzinfo else moment.replace(tzinfo=UTC),
        status=int(record.http_headers.get_statuscode()),
        headers=headers,
        body=_decoded(raw, url, headers) if raw else b"",
        kind=record.rec_type,
        digest=record.rec_headers.get_header("WARC-Payload-Digest") or "",
        offset=offset,
        length=length,
    )


def _with_length(found: Stored, length: int) -> Stored:
    return replace(found, length=length)


def _decoded(raw: bytes, url: str, headers: dict[str, str]) -> bytes:
    """The body without its content encodings, by the same code as in a crawl."""
    for encoding in reversed(headers.get("content-encoding", "").lower().split(",")):
        decode = _DECODERS.get(encoding.strip())
        if decode is not None:
            raw = decode(raw, max_size=MAX_BYTES)
        elif encoding.strip() not in ("", "identity"):
            raise ValueError(f"{url}: content encoding {encoding} is not known")
    return raw


_DECODERS: dict[str, Callable[..., bytes]] = {
    "gzip": gunzip,
    "x-gzip": gunzip,
    "deflate": _compression._inflate,
    "br": _compression._unbrotli,
    "zstd": _compression._unzstd,
}
