"""The archive: every response as it came, in WARC 1.1 files that other tools read too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

OPEN = ".open"
"""Suffix of a file that is being written."""


def archive_folder(settings: BaseSettings) -> Path:
    """ARCHIVE_DIR, relative to the folder of scrapy.cfg; by default `archive` beside the SQLite file.

    With PostgreSQL the default is data/archive.
    """
    from sqlalchemy import make_url

    from crawler.store import database_url, project_folder

    named = settings["ARCHIVE_DIR"]
    if named:
        return project_folder() / Path(str(named)).expanduser()
    url = make_url(database_url(settings))
    if url.get_backend_name() == "sqlite" and url.database:
        return Path(url.database).parent / "archive"
    return project_folder() / "data" / "archive"
