"""Each extractor as one function: a page's text and address in, a record with the scorer's keys out.

Every tool runs with its defaults for Chinese. A field that a tool does not return is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Record = dict[str, Any]
Read = Callable[[bytes, str, str], Record]
"""(bytes, text, url or "") to a record."""


def tushuo_general() -> Read:
    from crawler.items import to_record
    from crawler.read import Page, read

    def run(body: bytes, _text: str, url: str) -> Record:
        page = read(body, url, None)
        return to_record(page.article) if isinstance(page, Page) else {"error": page.message}

    return run


def tushuo_declared() -> Read:
    from crawler.items import to_record
    from crawler.portals.registry import portal_of
    from crawler.read import Page, read

    def run(body: bytes, _text: str, url: str) -> Record:
        page = read(body, url, portal_of(url) if url else None)
        return to_record(page.article) if isinstance(page, Page) else {"error": page.message}

    return run


def trafilatura(**options: Any) -> Read:
    from trafilatura import bare_extraction

    def run(_body: bytes, text: str, url: str) -> Record:
        found = bare_extraction(text, url=url or None, with_metadata=True, **options)
        if found is None:
            return {}
        row = found.as_dict() if hasattr(found, "as_dict") else found
        body = row.get("text") or ""
        images = [part.split("(")[-1].split(")")[0].split(" ")[0] for part in body.split("![")[1:]]
        lines = [line for line in body.split("\n") if not line.lstrip().startswith("![")]
        return {
            "body_text": "\n".join(lines),
            "title": row.get("title"),
            "published_at": row.get("date"),
            "authors": [name.strip() for name in (row.get("author") or "").split(";") if name.strip()],
            "images": [{"url": url} for url in images],
        }

    return run


def newspaper4k() -> Read:
    from newspaper import Article

    def run(_body: bytes, text: str, url: str) -> Record:
        article = Article(url or "https://example.org/", language="zh", fetch_images=False)
        article.download(input_html=text)
        article.parse()
        return {
            "body_text": article.text,
            "title": article.title,
            "published_at": article.publish_date.isoformat() if article.publish_date else None,
            "authors": article.authors,
            "images": [{"url": image} for image in article.images],
        }

    return run


def gne() -> Read:
    from gne import GeneralNewsExtractor

    extractor = GeneralNewsExtractor()

    def run(_body: bytes, text: str, url: str) -> Record:
        row = extractor.extract(text, host=url, normalize=False)
        return {
            "body_text": row["content"],
            "title": row["title"],
            "published_at": _iso(row["publish_time"]),
            "authors": [row["author"]] if row["author"] else [],
            "images": [{"url": image} for image in row["images"]],
        }

    return run


def readability() -> Read:
    from lxml import html
    from readability import Document

    def run(_body: bytes, text: str, _url: str) -> Record:
        document = Document(text)
        tree = html.fromstring(document.summary(html_partial=True))
        lines = [node.text_content().strip() for node in tree.iter("p", "h2", "h3", "li", "td")]
        body = "\n".join(line for line in lines if line) or tree.text_content()
        images = [{"url": node.get("src")} for node in tree.iter("img") if node.get("src")]
        return {"body_text": body, "title": document.short_title(), "images": images}

    return run


def goose3() -> Read:
    from goose3 import Goose
    from goose3.text import StopWordsChinese

    goose = Goose({"stopwords_class": StopWordsChinese, "enable_image_fetching": False})

    def run(_body: bytes, text: str, _url: str) -> Record:
        article = goose.extract(raw_html=text)
        return {
            "body_text": article.cleaned_text,
            "title": article.title,
            "published_at": _iso(article.publish_date),
            "authors": article.authors,
        }

    return run


def _iso(text: str | None) -> str | None:
    """A time as ISO 8601; tools give text in many forms, and the scorer takes one."""
    from crawler.extract.dates import parse_moment

    moment = parse_moment(text)
    return moment.iso if moment else None


TOOLS: dict[str, Callable[[], Read]] = {
    "Tushuo, general": tushuo_general,
    "Tushuo, portals declared": tushuo_declared,
    "trafilatura": trafilatura,
    "trafilatura, precision": lambda: trafilatura(favor_precision=True),
    "trafilatura, with images": lambda: trafilatura(include_images=True),
    "newspaper4k": newspaper4k,
    "GNE": gne,
    "readability-lxml": readability,
    "goose3": goose3,
}

RETURNS: dict[str, tuple[str, ...]] = {
    "trafilatura": ("body", "title", "published_at", "authors", "images"),
    "newspaper4k": ("body", "title", "published_at", "authors", "images"),
    "GNE": ("body", "title", "published_at", "authors", "images"),
    "readability-lxml": ("body", "title", "images"),
    "goose3": ("body", "title", "published_at", "authors"),
}
"""The fields that a peer returns at all; Tushuo returns every one."""
