"""Blocks as the database keeps them: without the text, which is in body_text already.

A stored block is its JSON record; a text block has `lines`, how many lines of body_text are its own (left
out when one), in place of `text`. Where blocks and body_text do not agree, the text stays in the blocks.
"""

from __future__ import annotations

from typing import Any

from crawler.items import TEXT_BLOCKS, Block, block_record


def encode(blocks: list[Block], body_text: str) -> list[dict[str, Any]]:
    """The JSON value of `blocks`; decode() with the same body_text gives them back."""
    records = [block_record(block) for block in blocks]
    texts = [record for record in records if record["type"] in TEXT_BLOCKS]
    # an empty text would be no line on writing but one on reading
    if not all(record["text"] for record in texts) or body_text != "\n".join(r["text"] for r in texts):
        return records
    for record in texts:
        lines = record.pop("text").count("\n") + 1
        if lines > 1:
            record["lines"] = lines
    return records


def decode(records: list[dict[str, Any]], body_text: str) -> list[Block]:
    """The blocks that encode() was given."""
    return [Block(**record) for record in decode_records(records, body_text)]


def decode_records(records: list[dict[str, Any]], body_text: str) -> list[dict[str, Any]]:
    """The same as JSON objects, as crawler.items.block_record makes them."""
    return fill([record.copy() for record in records], body_text)


def fill(records: list[dict[str, Any]], body_text: str) -> list[dict[str, Any]]:
    """The same, made of the given objects themselves."""
    lines = body_text.split("\n")
    at = 0
    for record in records:
        if record["type"] in TEXT_BLOCKS and "text" not in record:
            if "lines" in record:
                end = at + record.pop("lines")
                record["text"] = "\n".join(lines[at:end])
                at = end
            else:  # by far most paragraphs are one line
                record["text"] = lines[at]
                at += 1
    return records
