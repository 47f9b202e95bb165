"""Pages saved on disk: which there are, and the record of each. No Scrapy, no SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawler.items import to_record
from crawler.portals.registry import portal_by_name, portal_names, portal_of
from crawler.read import Page, read

ENDINGS = frozenset({".html", ".htm", ".shtml", ".xhtml", ".inc"})
GENERAL = "general"
MAX_BYTES = 64 * 1024 * 1024  # a larger file is no page


@dataclass(frozen=True, slots=True)
class SavedPage:
    """A page to be read, or why it cannot be."""

    id: str | None
    file: str
    """As it was named."""
    path: Path | None = None
    url: str | None = None
    portal: str | None = None
    """A declared portal's name, or general; None lets the URL's host decide."""
    error: str | None = None

    def keys(self) -> dict[str, Any]:
        """What every line about it begins with."""
        return {"id": self.id, "file": self.file}


def saved_pages(
    paths: Sequence[str], listing: str | None, url: str | None, portal: str | None
) -> Iterator[SavedPage]:
    """The pages of files, folders and a JSON Lines list, in that order; what is wrong is in `error`."""
    for name in paths:
        path = Path(name)
        if path.is_dir():
            yield from _folder(path, portal)
        else:
            yield SavedPage(path.stem, name, path, url, portal)
    if listing is not None:
        yield from _listed(listing, portal)


def _folder(folder: Path, portal: str | None) -> Iterator[SavedPage]:
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS and path.is_file())
    if not files:
        endings = ", ".join(sorted(ENDINGS))
        yield SavedPage(folder.name, str(folder), error=f"{folder}: no page in this folder ({endings})")
    for path in files:
        yield SavedPage(path.stem, str(path), path, None, portal)


def _listed(listing: str, portal: str | None) -> Iterator[SavedPage]:
    try:
        lines = Path(listing).read_bytes().splitlines()
    except OSError as error:
        yield SavedPage(None, listing, error=f"{listing} cannot be read: {error.strerror}")
        return
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _line(line, number, listing, portal)


def _line(line: bytes, number: int, listing: str, portal: str | None) -> SavedPage:
    """The page that a line names; a line that names none says so."""
    where = f"{listing}, line {number}"
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return SavedPage(None, listing, error=f"{where}: not JSON ({error})")
    if not isinstance(found, dict) or not isinstance(found.get("file"), str) or not found["file"]:
        page_id = found.get("id") if isinstance(found, dict) else None
        return SavedPage(_text(page_id), listing, error=f'{where}: no "file" in it')
    name = found["file"]
    page_id = _text(found.get("id")) or Path(name).stem
    for key in ("url", "portal"):
        if not isinstance(found.get(key), str | None):
            return SavedPage(page_id, name, error=f"{where}: {key} {found[key]!r} is not a string")
    named = portal or found.get("portal") or None
    if named not in (None, GENERAL, *portal_names()):
        # a list may say where a page is from without Tushuo knowing that portal
        named = None
    path = Path(name)
    beside = Path(listing).parent / name
    return SavedPage(page_id, name, beside if beside.exists() else path, found.get("url") or None, named)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def read_page(page: SavedPage) -> dict[str, Any]:
    """The line of a page: id, file and the record, or id, file and `error`. Never raises for a page."""
    if page.error is not None or page.path is None:
        return page.keys() | {"error": page.error or f"{page.file}: no such file"}
    try:
        if page.path.stat().st_size > MAX_BYTES:
            return page.keys() | {
                "error": f"{page.file}: larger than {MAX_BYTES >> 20} MiB, so it is no page"
            }
        body = page.path.read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        return page.keys() | {"error": f"{page.file} cannot be read: {why}"}
    if page.portal == GENERAL:
        portal = None
    elif page.portal:
        portal = portal_by_name(page.portal)
    else:
        portal = portal_of(page.url) if page.url else None
    result = read(body, page.url or "", portal)
    if isinstance(result, Page):
        cut = {"warning": f"the parser left out part of the page: {result.cut}"} if result.cut else {}
        return page.keys() | cut | to_record(result.article)
    return page.keys() | {"error": result.message.replace("the page:", f"{page.file}:", 1)}
