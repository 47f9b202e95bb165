"""Pictures: `read` says what a file shows, `hashes` in numbers, `alike` which look the same. Pure.

`files` keeps them on disk, `fetch` asks for them through Scrapy; nothing here speaks SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


_WORDS = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}


class PictureError(ValueError):
    """The bytes are no picture that can be read; `reason` is a short key for statistics and image row."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Picture:
    """What the bytes of a picture show."""

    sha256: str
    """Hex digest of the bytes as they came."""
    dhash: str
    """16 hex digits: of each 8 × 9 cells, row by row, whether the right neighbour is brighter."""
    phash: str
    """16 hex digits: which of the 8 × 8 lowest frequencies lie above their median."""
    width: int
    """Pixels, as it is shown: turned as its Exif orientation says."""
    height: int
    length: int
    """Bytes."""
    mime: str
    """By content, e.g. image/jpeg; whatever its server called it."""
    flat: bool
    """It shows too little to be told from others: left out of matching."""
    sketch: bytes
    """The brightness of 16 × 16 cells, row by row, a byte each."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of asking for a picture's URL."""

    at: datetime
    """Aware, UTC."""
    again: datetime
    """When it may be asked for again."""
    picture: Picture | None = None
    path: str | None = None
    """Of its file, relative to the folder of pictures."""
    failure: str | None = None
    """Why there is no picture, as a short key."""


def images_wanted(settings: BaseSettings) -> bool:
    """The setting IMAGES; WrongSetting for what is neither on nor off."""
    from crawler.middlewares.endpoint import WrongSetting

    value = settings["IMAGES"]
    found = _WORDS.get(str(value).strip().lower())
    if found is None:
        raise WrongSetting(f"IMAGES: {value!r} is neither on nor off; use -s IMAGES=on")
    return found


def pictures_folder(settings: BaseSettings) -> Path:
    """IMAGES_DIR, relative to the folder of scrapy.cfg; by default `pictures` beside the SQLite file.

    With PostgreSQL the default is data/pictures.
    """
    from sqlalchemy import make_url

    from crawler.store import database_url, project_folder

    named = settings["IMAGES_DIR"]
    if named:
        return project_folder() / Path(str(named)).expanduser()
    url = make_url(database_url(settings))
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(url.database).parent / "pictures"
    return project_folder() / "data" / "pictures"
