"""What flows from a page to the database: Article, with its Blocks and Images.

Plain dataclasses: no Scrapy, no SQL. `to_record` gives the JSON record that `scrapy extract`,
`show --json`, `export` and `import` share; `crawler.records.from_record` is the way back.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from crawler.copies.marks import Keys

from crawler.pictures import Fetched

BlockType = Literal["paragraph", "heading", "quote", "image", "table", "video"]
# characters; a row of a PostgreSQL index takes 2,704 bytes, and real ones are far shorter
MAX_PORTAL = 100
MAX_CHANNEL = 300  # of the whole breadcrumb
MAX_SOURCE = 300
TEXT_BLOCKS: frozenset[str] = frozenset({"paragraph", "heading", "quote", "table"})


class RecordError(ValueError):
    """A JSON record lacks what an article must have, or holds a value of the wrong kind."""


@dataclass(slots=True)
class Source:
    """来源: who published the text first, as the page says."""

    name: str
    url: str | None = None
    """Absolute URL of the source's link; None when the page shows no link."""


@dataclass(slots=True)
class Block:
    """One part of the body, in page order; which fields are set follows from `type`."""

    type: BlockType
    text: str | None = None
    """Clean text of a paragraph, heading, quote or table (a table's rows joined by newlines)."""
    image: int | None = None
    """Index into Article.images, for type image."""
    rows: list[list[str]] | None = None
    """Cells of a table, row by row."""
    url: str | None = None
    """Absolute URL of a video."""
    poster: str | None = None
    """Absolute URL of a video's still picture."""


@dataclass(slots=True)
class Image:
    """One use of a picture in an article."""

    url: str
    """Absolute URL of the real picture (a lazy attribute wins over a placeholder src)."""
    position: int
    """Index of its block in Article.blocks."""
    alt: str | None = None
    """The alt text without a leading list name 【…】."""
    caption: str | None = None
    """What the picture shows, without the credit."""
    credit: str | None = None
    """Bare name or names of who made it, joined by 、."""
    credit_raw: str | None = None
    """The credit phrase as the page has it, e.g. 新华社记者 叶知秋 摄."""
    width: int | None = None
    """Pixels, as the page declares them or as the fetched file has them."""
    height: int | None = None
    sha256: str | None = None
    """Hex digest of the fetched file; None until it was fetched."""
    dhash: str | None = None
    """16 hex digits."""
    phash: str | None = None
    """16 hex digits."""


@dataclass(slots=True)
class Fetch:
    """How an article came to us; not part of the record."""

    page_id: int | None = None
    """Ledger row of the article's first page."""
    part_ids: list[int] = field(default_factory=list)
    """Ledger rows of its other pages and of its one-page version."""
    run_id: int | None = None
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None
    """Aware, UTC."""
    body_hash: str | None = None
    """Of the first page's bytes; None for an article of several pages, which one hash does not tell."""
    rhythm: tuple[float, ...] = ()
    """Seconds after its first storage at which the page is due again."""
    rules_only: bool = False
    """Read again from the archive: what differs is the rules' doing, not the portal's."""
    pictures: dict[str, Fetched] = field(default_factory=dict)
    """What came of asking for the article's pictures in this run, by Image.url."""
    incomplete: str | None = None
    """Why a further page is missing for now: what there is is stored, and the next run fetches it again."""


@dataclass(slots=True)
class Fingerprint:
    """What tells articles apart; computed by pipelines/fingerprint.py, not part of the record."""

    url_key: str
    """Canonical URL without scheme: the identity; see crawler.claims.identity."""
    url_rules: int
    """Version of the rules that made url_key."""
    text_hash: str | None
    """Hash of the normalised body text; None when it is too short to tell articles apart."""
    pictures_hash: str | None
    """Hash of the set of picture URLs together with the title; None with fewer than two pictures."""
    content_hash: str
    """Hash of title, blocks and captions: another value means the article was changed."""
    own_key: str | None = None
    """Key of the URL itself, where the page's canonical address gave url_key."""
    keys: Keys | None = None
    """Under which its copies find it; None when it was read from the database."""


@dataclass(slots=True)
class Article:
    """One news article; field names are the keys of the JSON record."""

    url: str
    """As fetched; of a merged article the first page's."""
    title: str
    canonical_url: str | None = None
    """The address that the page calls its own, where that is believed, else `url`; without tracking keys."""
    portal: str | None = None
    channel: list[str] = field(default_factory=list)
    """Breadcrumb from the outside in, without 首页 and 正文."""
    subtitle: str | None = None
    keywords: list[str] = field(default_factory=list)
    language: str | None = None
    """BCP 47, e.g. zh-CN or zh-TW."""
    published_at: str | None = None
    """ISO 8601 with offset; a date alone when the page has no time; None when it has no year."""
    modified_at: str | None = None
    published_raw: str | None = None
    """The time as the page writes it."""
    source: Source | None = None
    authors: list[str] = field(default_factory=list)
    editor: str | None = None
    """编辑 only; several joined by 、."""
    duty_editor: str | None = None
    """责编 or 责任编辑 only; several joined by 、."""
    blocks: list[Block] = field(default_factory=list)
    body_text: str = ""
    """Text blocks joined by newlines."""
    images: list[Image] = field(default_factory=list)
    story: int | None = None
    """Id of the cluster of reprints; None when the article is alone or not yet stored."""
    reprint_of: str | None = None
    """URL of the first copy; None when alone or first."""
    pages: int = 1
    """Number of merged pages."""
    template: str | None = None
    """Name of the portal's template, or general."""
    extractor: str | None = None
    """Version of the extraction rules."""
    fetch: Fetch = field(default_factory=Fetch, repr=False, compare=False)
    fingerprint: Fingerprint | None = field(default=None, repr=False, compare=False)


RECORD_KEYS: tuple[str, ...] = (
    "url",
    "canonical_url",
    "portal",
    "channel",
    "title",
    "subtitle",
    "keywords",
    "language",
    "published_at",
    "modified_at",
    "published_raw",
    "source",
    "authors",
    "editor",
    "duty_editor",
    "blocks",
    "body_text",
    "images",
    "story",
    "reprint_of",
    "pages",
    "template",
    "extractor",
)
_IMAGE_KEYS = tuple(f.name for f in fields(Image))


def join_text(blocks: list[Block]) -> str:
    """The body text of blocks: paragraphs, headings, quotes and tables joined by newlines."""
    return "\n".join(b.text for b in blocks if b.type in TEXT_BLOCKS and b.text)


def block_record(block: Block) -> dict[str, Any]:
    """A block's JSON object, with only the keys that belong to its type."""
    if block.type == "image":
        return {"type": "image", "image": block.image}
    if block.type == "video":
        return {"type": "video", "url": block.url, "poster": block.poster}
    if block.type == "table":
        return {"type": "table", "rows": block.rows or [], "text": block.text or ""}
    return {"type": block.type, "text": block.text or ""}


def to_record(article: Article) -> dict[str, Any]:
    """The JSON record of an article: always all keys of RECORD_KEYS, in that order."""
    record: dict[str, Any] = {key: getattr(article, key) for key in RECORD_KEYS}
    source = article.source
    record["source"] = {"name": source.name, "url": source.url} if source else None
    record["blocks"] = [block_record(block) for block in article.blocks]
    record["images"] = [{key: getattr(image, key) for key in _IMAGE_KEYS} for image in article.images]
    return record
