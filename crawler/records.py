"""JSON records from outside to articles: checked, cleaned, and what is missing derived. Pure."""

from __future__ import annotations

from typing import Any, get_args

from crawler import values
from crawler.extract.dates import parse_moment
from crawler.items import (
    MAX_CHANNEL,
    MAX_PORTAL,
    MAX_SOURCE,
    TEXT_BLOCKS,
    Article,
    Block,
    BlockType,
    Image,
    RecordError,
    Source,
    join_text,
)
from crawler.text import squash, text_lines

_BLOCK_TYPES = frozenset(get_args(BlockType))


def _channel(record: dict[str, Any]) -> list[str]:
    levels = values.lines(record, "channel")
    if len("/".join(levels)) > MAX_CHANNEL:
        raise RecordError(f"channel: {values.shown(levels)} is longer than {MAX_CHANNEL} characters")
    return levels


def _source(value: Any) -> Source | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = {"name": value}
    if not isinstance(value, dict):
        raise RecordError(f"source: {values.shown(value)} is neither a name nor an object with name and url")
    try:
        name = values.line(value, "name", MAX_SOURCE)
        return Source(name, values.address(value, "url")) if name else None
    except RecordError as error:
        raise RecordError(f"source.{error}") from None


def _rows(value: Any) -> list[list[str]]:
    rows = value or []
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise RecordError(f"rows: {values.shown(rows)} is not a list of lists")
    return [[_cell(cell) for cell in row] for row in rows]


def _cell(value: Any) -> str:
    if isinstance(value, list | dict):
        raise RecordError(f"rows: the cell {values.shown(value)} is neither text nor a number")
    return "" if value is None else squash(str(value))


def _block(value: Any, number: int) -> Block:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(kind, str) or kind not in _BLOCK_TYPES:
        raise RecordError(f"blocks[{number}]: {values.shown(value)} has no known type")
    try:
        if kind == "image":
            image = values.number(value, "image")
            if image is None:
                raise RecordError("image: an image block names no image")
            return Block("image", image=image)
        if kind == "video":
            return Block("video", url=values.address(value, "url"), poster=values.address(value, "poster"))
        if kind == "table":
            rows = _rows(value.get("rows"))
            text = text_lines(values.raw_text(value, "text") or "")
            # as crawler.extract.blocks makes it
            text = text or "\n".join(filter(None, (" ".join(filter(None, row)) for row in rows)))
            return Block("table", text=text, rows=rows)
        return Block(kind, text=values.line(value, "text") or "")  # type: ignore[arg-type]
    except RecordError as error:
        raise RecordError(f"blocks[{number}].{error}") from None


def _image(value: Any, number: int) -> Image:
    if not isinstance(value, dict):
        raise RecordError(f"images[{number}]: {values.shown(value)} is not an object")
    try:
        url = values.address(value, "url")
        if url is None:
            raise RecordError("url: there is none")
        position = values.number(value, "position")
        return Image(
            url=url,
            position=-1 if position is None else position,
            alt=values.line(value, "alt"),
            caption=values.line(value, "caption"),
            credit=values.line(value, "credit"),
            credit_raw=values.line(value, "credit_raw"),
            width=values.number(value, "width"),
            height=values.number(value, "height"),
            sha256=values.digest(value, "sha256", 64),
            dhash=values.digest(value, "dhash", 16),
            phash=values.digest(value, "phash", 16),
        )
    except RecordError as error:
        raise RecordError(f"images[{number}].{error}") from None


def _blocks(record: dict[str, Any]) -> list[Block]:
    """Those of the record, and before them body_text as paragraphs where none of them has any text."""
    blocks = [_block(value, number) for number, value in enumerate(values.items(record, "blocks"))]
    blocks = [block for block in blocks if block.type not in TEXT_BLOCKS or block.text]
    if any(block.text for block in blocks):
        return blocks
    lines = text_lines(values.raw_text(record, "body_text") or "").split("\n")
    return [Block("paragraph", text=line) for line in lines if line] + blocks


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
        raise RecordError(f"not a JSON object: {values.shown(record)}")
    url, title = values.address(record, "url"), values.line(record, "title")
    missing = [key for key, value in (("url", url), ("title", title)) if not value]
    if record.get("body_text") is None and record.get("blocks") is None:
        missing.append("body_text or blocks")
    if missing or url is None or title is None:
        raise RecordError(f"missing: {', '.join(missing)}")
    images = [_image(value, number) for number, value in enumerate(values.items(record, "images"))]
    article = Article(
        url=url,
        title=title,
        canonical_url=values.address(record, "canonical_url"),
        portal=values.line(record, "portal", MAX_PORTAL),
        channel=_channel(record),
        subtitle=values.line(record, "subtitle"),
        keywords=values.lines(record, "keywords"),
        language=values.line(record, "language"),
        published_at=values.moment(record, "published_at"),
        modified_at=values.moment(record, "modified_at"),
        published_raw=values.line(record, "published_raw"),
        source=_source(record.get("source")),
        authors=values.lines(record, "authors"),
        editor=values.line(record, "editor"),
        duty_editor=values.line(record, "duty_editor"),
        blocks=_blocks(record),
        images=images,
        pages=values.number(record, "pages") or 1,
        template=values.line(record, "template"),
        extractor=values.line(record, "extractor"),
    )
    _place_images(article)
    article.body_text = join_text(article.blocks)
    if article.published_at is None and article.published_raw:
        moment = parse_moment(article.published_raw)
        article.published_at = moment.iso if moment else None
    return article
