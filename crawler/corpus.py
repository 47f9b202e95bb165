"""A picture as a row of a caption corpus: what it shows, in whose words, between which paragraphs. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crawler.items import Article, Block, Image
from crawler.output import image_record

COLUMNS = (
    "article", "article_url", "article_title", "published_at", "portal", "channel", "source", "url",
    "position", "alt", "caption", "credit", "credit_raw", "width", "height", "sha256", "dhash", "phash",
    "path", "before", "after", "story", "split",
)  # fmt: skip
"""The keys of caption_record(), in the order of a table's columns."""

_PARAGRAPHS = frozenset({"paragraph", "quote"})  # a heading or a table tells less of the picture beside it


def caption_record(
    article_id: int, article: Article, image: Image, *, path: str | None, split: str
) -> dict[str, Any]:
    """A use of a picture, with the keys of COLUMNS; docs/corpus.md says what each means."""
    before, after = around(article, image.position)
    record = image_record(article_id, article, image) | {
        "path": path,
        "before": before,
        "after": after,
        "story": article.story,
        "split": split,
    }
    return {name: record[name] for name in COLUMNS}


def around(article: Article, position: int) -> tuple[str | None, str | None]:
    """The nearest paragraphs before and after a place in the body; None where there is none."""
    blocks = article.blocks
    return _nearest(reversed(blocks[: max(position, 0)])), _nearest(blocks[max(position + 1, 0) :])


def _nearest(blocks: Iterable[Block]) -> str | None:
    return next((block.text for block in blocks if block.type in _PARAGRAPHS and block.text), None)
