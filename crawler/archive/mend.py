"""Finishes what a killed crawl left: cuts a half-written record off, and says what the file holds."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from crawler.archive import OPEN
from crawler.archive.reader import members, responses
from storage.captures import NoteCapture


def mend(folder: Path) -> Iterator[NoteCapture]:
    """Give every abandoned file of the folder its final name; the captures in them, for the index.

    A file is abandoned when nobody holds its lock. The last member may be a response without its request,
    which is a valid record too.
    """
    for path in sorted(folder.glob(f"*{OPEN}")):
        with path.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # a living process writes it
            end = 0
            for offset, length in members(file):
                end = offset + length
            file.truncate(end)
            os.fsync(file.fileno())
            whole = path.with_name(path.name.removesuffix(OPEN))
            path.rename(whole)
        if not end:
            whole.unlink()
            continue
        yield from captures_of(whole)


def captures_of(path: Path) -> Iterator[NoteCapture]:
    """The index rows of a file, by its records."""
    for found in responses(path):
        yield NoteCapture(
            page_id=None,
            url=found.url,
            fetched_at=found.fetched_at,
            status=found.status,
            kind=found.kind,
            digest=found.digest,
            file=path.name,
            offset=found.offset,
            length=found.length,
        )
