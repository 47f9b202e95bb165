"""What the replica's tests ask it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.extract.decode import decode
from crawler.extract.dom import parse
from crawler.extract.lists import read_list
from crawler.portals.cri import PORTAL
from tests.replica.replica import Replica

SIZE = 200
"""Articles of the replica that most tests look at."""


def get(replica: Replica, url: str) -> bytes:
    """The body at a URL, which must answer 200."""
    answer = replica.respond(*split(url))
    assert answer.status == 200, url
    return answer.body


def split(url: str) -> tuple[str, str]:
    """Host, and path with query."""
    parts = urlsplit(url)
    return parts.netloc, parts.path + (f"?{parts.query}" if parts.query else "")


def list_pages(replica: Replica, first: str) -> Iterator[tuple[str, Any]]:
    """The pages of a list as Tushuo pages down it, each with what Tushuo reads on it."""
    url: str | None = first
    while url:
        body = get(replica, url)
        text = decode(body).text
        tree = parse(text)
        page = read_list(tree, url, text, PORTAL) if tree is not None else None
        yield url, page
        url = page.next_url if page and page.links else None


def grams(text: str) -> set[str]:
    letters = "".join(c for c in text if c.isalnum())
    return {letters[i : i + 4] for i in range(len(letters) - 3)}
