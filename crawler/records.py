"""JSON records from outside to articles: checked, cleaned, and what is missing derived. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

from crawler.extract.dates import parse_moment
from crawler.items import TEXT_BLOCKS, Article, Block, BlockType, Image, RecordError, Source, join_text
from crawler.text import clean, squash

_BLOCK_TYPES = frozenset(get_args(BlockType))
_HEX = frozenset("0123456789abcdef")


def _string(record: dict[str, Any], key: str, *, lines: bool = False) -> str | None:
    value = record.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise RecordError(f"{key}: {value!r} is not a string")
    return (clean(value) if lines else squash(value)) or None


def _strings(record: dict[str, Any], key: str) -> list[str]:
    value = record.get(key) or []
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise RecordError(f"{key}: {value!r} is not a list of strings")
    return [text for part in value if (text := squash(part))]


def _number(record: dict[str, Any], key: str) -> int | None:
    value = record.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise RecordError(f"{key}: {value!r} is not a whole number from 0")
    return value


def _time(record: dict[str, Any], key: str) -> str | None:
    text = _string(record, key)
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise RecordError(f"{key}: {text!r} is not an ISO 8601 date or time") from None
    if len(text) == 10:
        return text
    if when.tzinfo is None:
        return when.isoformat() + "+08:00"  # a time without a zone is China's
    return when.isoformat()


def _source(value: Any) -> Source | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, dict):
        raise RecordError(f"source: {value!r} is neither a name nor an object with name and url")
    name = _string(value, "name")
    return Source(name, _string(value, "url")) if name else None


def _digest(record: dict[str, Any], key: str, size: int) -> str | None:
    text = _string(record, key)
    if text is not None and (len(text) != size or not set(text.lower()) <= _HEX):
        raise RecordError(f"{key}: {text!r} is not {size} hex digits")
    return text.lower() if text else None


def _block(value: Any, number: int) -> Block:
    if not isinstance(value, dict) or value.get("type") not in _BLOCK_TYPES:
        raise RecordError(f"blocks[{number}]: {value!r:.80} has no known type")
    kind: BlockType = value["type"]
    if kind == "image":
        image = _number(value, "image")
        if image is None:
            raise RecordError(f"blocks[{number}]: an image block names no image")
        return Block("image", image=image)
    if kind == "video":
        return Block("video", url=_string(value, "url"), poster=_string(value, "poster"))
    text = _string(value, "text", lines=kind == "table") or ""
    if kind == "table":
        rows = value.get("rows") or []
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise RecordError(f"blocks[{number}]: rows is not a list of lists")
        return Block("table", text=text, rows=[[squash(str(cell)) for cell in row] for row in rows])
    return Block(kind, text=text)


def _image(value: Any, number: int) -> Image:
    if not isinstance(value, dict):
        raise RecordError(f"images[{number}]: {value!r:.80} is not an object")
    url = _string(value, "url")
    if url is None:
        raise RecordError(f"images[{number}]: no url")
    try:
        position = _number(value, "position")
        return Image(
            url=url,
            position=-1 if position is None else position,
            alt=_string(value, "alt"),
            caption=_string(value, "caption"),
            credit=_string(value, "credit"),
            credit_raw=_string(value, "credit_raw"),
            width=_number(value, "width"),
            height=_number(value, "height"),
            sha256=_digest(value, "sha256", 64),
            dhash=_digest(value, "dhash", 16),
            phash=_digest(value, "phash", 16),
        )
    except RecordError as error:
        raise RecordError(f"images[{number}].{error}") from None


def _place_images(article: Article) -> None:
    """Make blocks and images agree: every picture stands in one block, and knows its index."""
    shown: set[int] = set()
    blocks: list[Block] = []
    for block in article.blocks:
        if block.type == "image":
            assert block.image is not None
            if block.image >= len(article.images):
                raise RecordError(
                    f"blocks name image {block.image}, but there are {len(article.images)} images"
                )
            if block.image in shown:
                continue
            shown.add(block.image)
        blocks.append(block)
    blocks.extend(Block("image", image=n) for n in range(len(article.images)) if n not in shown)
    for position, block in enumerate(blocks):
        if block.image is not None:
            article.images[block.image].position = position
    article.blocks = blocks


def from_record(record: Any) -> Article:
    """The article of a JSON record (keys as in DESIGN's contract); unknown keys are ignored.

    Needs `url`, `title`, and `body_text` or `blocks`. Raises RecordError, which says which value is wrong.
    """
    if not isinstance(record, dict):
        raise RecordError(f"not a JSON object: {record!r:.80}")
    url, title = _string(record, "url"), _string(record, "title")
    missing = [key for key, value in (("url", url), ("title", title)) if not value]
    if record.get("body_text") is None and record.get("blocks") is None:
        missing.append("body_text or blocks")
    if missing or url is None or title is None:
        raise RecordError(f"missing: {', '.join(missing)}")
    blocks_value, images_value = record.get("blocks"), record.get("images") or []
    if blocks_value is not None and not isinstance(blocks_value, list):
        raise RecordError(f"blocks: {blocks_value!r:.80} is not a list")
    if not isinstance(images_value, list):
        raise RecordError(f"images: {images_value!r:.80} is not a list")
    images = [_image(value, number) for number, value in enumerate(images_value)]
    if blocks_value is None:
        lines = (squash(line) for line in (_string(record, "body_text", lines=True) or "").split("\n"))
        blocks = [Block("paragraph", text=line) for line in lines if line]
    else:
        blocks = [_block(value, number) for number, value in enumerate(blocks_value)]
        blocks = [block for block in blocks if block.type not in TEXT_BLOCKS or block.text]
    article = Article(
        url=url,
        title=title,
        canonical_url=_string(record, "canonical_url"),
        portal=_string(record, "portal"),
        channel=_strings(record, "channel"),
        subtitle=_string(record, "subtitle"),
        keywords=_strings(record, "keywords"),
        language=_string(record, "language"),
        published_at=_time(record, "published_at"),
        modified_at=_time(record, "modified_at"),
        published_raw=_string(record, "published_raw"),
        source=_source(record.get("source")),
        authors=_strings(record, "authors"),
        editor=_string(record, "editor"),
        duty_editor=_string(record, "duty_editor"),
        blocks=blocks,
        images=images,
        pages=_number(record, "pages") or 1,
        template=_string(record, "template"),
        extractor=_string(record, "extractor"),
    )
    _place_images(article)
    article.body_text = join_text(article.blocks)
    if article.published_at is None and article.published_raw:
        moment = parse_moment(article.published_raw)
        article.published_at = moment.iso if moment else None
    return article
