"""Takes records out of a WARC file; all others stay byte for byte as they were."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

from crawler.archive import OPEN
from crawler.archive.reader import ArchiveError, members


def remove(folder: Path, name: str, offsets: Collection[int]) -> dict[int, int]:
    """Write a file anew without the records at these offsets; where each other record lies now.

    ArchiveError, with nothing changed, when the file is not there, is being written, or holds something
    that is no whole gzip member.
    """
    path = folder / name
    if not path.exists():
        still_open = folder / f"{name}{OPEN}"
        if still_open.exists():
            raise ArchiveError(f"{still_open} is being written; wait for the run to end (scrapy runs)")
        raise ArchiveError(f"{path} is not there: was it moved? Bring it back, so that it can be rewritten")
    moved: dict[int, int] = {}
    anew = path.with_name(f"{name}.anew")
    end = 0
    with path.open("rb") as reading, path.open("rb") as old, anew.open("wb") as new:
        for offset, length in members(reading):
            end = offset + length
            if offset in offsets:
                continue
            moved[offset] = new.tell()
            old.seek(offset)
            new.write(old.read(length))
        new.flush()
        os.fsync(new.fileno())
    if end != path.stat().st_size:
        anew.unlink()
        raise ArchiveError(f"{path} holds something that is no record after byte {end}; it was left as it is")
    anew.replace(path)
    return moved
