"""The files of pictures, named by what is in them: ab/cd/<sha256>.jpg in the folder of pictures.

Nothing of a URL or a header becomes part of a name.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

from crawler.pictures import Picture

SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/bmp": ".bmp",
    "image/avif": ".avif",
}
"""Of the formats that are read, by mime type."""
_PARTIAL = ".part"


def path_of(picture: Picture) -> str:
    """Where a picture lies, relative to the folder."""
    name = picture.sha256
    return f"{name[:2]}/{name[2:4]}/{name}{SUFFIXES[picture.mime]}"


def keep(folder: Path, picture: Picture, data: bytes) -> str:
    """Write a picture's bytes unless they are there already; path_of(). OSError when that cannot be done.

    A file appears whole or not at all, also when the process is killed or another one writes the same.
    """
    path = path_of(picture)
    target = folder / path
    if target.exists() and target.stat().st_size == len(data):
        return path
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = NamedTemporaryFile(dir=target.parent, suffix=_PARTIAL, delete=False)  # noqa: SIM115
    try:
        with partial as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # the row that names it must not outlive it in a power cut
        Path(partial.name).chmod(0o644)
        Path(partial.name).replace(target)
    except BaseException:
        Path(partial.name).unlink(missing_ok=True)
        raise
    return path


def remove(folder: Path, paths: Iterable[str]) -> int:
    """Delete these files, overwritten first; how many there were. OSError when one cannot be deleted."""
    removed = 0
    for path in paths:
        target = folder / path
        if not target.is_file():
            continue
        with target.open("r+b") as file:
            file.write(bytes(target.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        target.unlink()
        removed += 1
    return removed
