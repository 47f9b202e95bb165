"""Tells an article from a list, a home page or the introduction of a list. Pure."""

from __future__ import annotations

from itertools import pairwise

from crawler.extract.blocks import Piece, Survey
from crawler.extract.body import Body
from crawler.extract.container import Container, sentence_mass
from crawler.extract.dates import parse_moment
from crawler.extract.headline import Headline


def is_article(seen: Survey, container: Container, body: Body, headline: Headline) -> bool:
    """False for lists and home pages: little running text, and that scattered among links."""
    texts = [block.piece for block in body.blocks if block.piece.kind == "text"]
    text = sum(len(piece.text) for piece in texts)
    running = sum(sentence_mass(piece) for piece in texts)
    pictures = sum(1 for block in body.blocks if block.piece.kind == "image")
    table = any(block.piece.kind == "table" for block in body.blocks)
    if not text and not table and pictures < 2:
        return False
    if headline.index is not None and _is_verse(texts):
        return True
    # a headline that no reader sees is the name of a list or of the site
    least = 40 if headline.index is not None else 200
    if running < least and text < 3 * least and pictures < 3 and not table:
        return False
    held = seen.pieces[container.start : container.end]
    if _are_teasers(held):
        return False
    links = sum(len(piece.text) * piece.linked for piece in held)
    total = sum(len(piece.text) for piece in held) or 1
    return not (links > 0.6 * total and running < 400)


def _are_teasers(held: list[Piece]) -> bool:
    """True for a list whose every link has a summary below it."""
    texts = [piece for piece in held if piece.kind == "text"]
    heads = summaries = paragraphs = 0
    for before, piece in pairwise(texts):
        if sentence_mass(piece) < 8:
            continue
        paragraphs += 1
        dated = before.linked > 0.25 and parse_moment(before.text) is not None
        if len(before.text) >= 5 and (before.linked > 0.4 or dated):
            summaries += 1
            heads += before.linked > 0.9 or dated
    return heads >= 3 and summaries >= 0.6 * paragraphs


def _is_verse(texts: list[Piece]) -> bool:
    """True for short lines without links, most of them of much the same look: a poem, a list of winners."""
    looks = [
        (piece.tag, piece.centred) for piece in texts if piece.linked < 0.1 and 2 <= len(piece.text) <= 40
    ]
    return len(looks) >= 6 and max(map(looks.count, set(looks))) >= 0.8 * len(texts)


def is_teaser(body: Body) -> bool:
    """True for one short paragraph without a picture: without time and source it only introduces a list."""
    texts = [block.piece.text for block in body.blocks if block.piece.kind == "text"]
    return len(texts) <= 2 and sum(map(len, texts)) < 300 and len(texts) == len(body.blocks)
