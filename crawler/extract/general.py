"""Reads a page that no template fits: where the article is, its headline, its time and its people. Pure.

What a reader sees comes first, what the page says of itself (metadata, hidden fields) second.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any

from lxml import etree

from crawler.extract import head, pages
from crawler.extract.blocks import Piece, Survey, survey
from crawler.extract.body import Body, build, is_picture_of_article
from crawler.extract.byline import BREAK, Byline, is_byline, media_name, parse_byline
from crawler.extract.container import Container, find_container, frame_weights, own_masses, sentence_mass
from crawler.extract.dates import Moment, parse_moment, url_day
from crawler.extract.dom import Element
from crawler.extract.headline import Headline, find_headline
from crawler.extract.raw import RawArticle
from crawler.text import squash

NAME = "general"
_LEAST_WEIGHT = 0.25  # what stands in frames less likely than this is no part of the article
_ABOVE = 40  # pieces between headline and body that are looked through
_BELOW = 14  # pieces behind the body that may name its editors
_SHORT = 120  # characters of a line that names people
_TIME_META = (
    "article:published_time", "og:article:published_time", "apub:time", "publishdate", "pubdate", "publish_date",
    "datepublished", "og:release_date", "og:published_time", "weibo:article:create_at", "weibo: article:create_at",
    "og:time", "dc.date", "date", "artpublishdate", "firstpublishtime", "pubtime",
)  # fmt: skip
_SOURCE_META = ("mediaid", "source", "copyright_source", "og:article:source")
_HIDDEN = etree.XPath("//*[contains(@id, '_baidu')]")
_JSON_LD = etree.XPath("//script[@type='application/ld+json']/text()")
_DATE_LABEL = re.compile(r"(?:发布|发表|刊发|更新|时间|日期|發布|時間)")
_COMMENTED = re.compile(r"评论|回复|楼|條留言|赞同|网友")


def extract(tree: Element, url: str, base: str, site_names: tuple[str, ...] = ()) -> RawArticle | None:
    """The article on a page of any portal; None for a page that is no article (a list, a home page)."""
    root = next(iter(tree.iter("body")), tree)
    seen = survey(root)
    masses, raw = own_masses(seen)
    weights = frame_weights(seen, raw)
    container = find_container(seen, masses, weights)
    if container is None:
        container = _gallery(seen, weights)
    if container is None:
        return None
    headline = find_headline(seen, tree, weights, container.start, container.end)
    if headline is None:
        return None
    start = container.start
    if headline.end is not None and start < headline.end <= container.end:
        start = headline.end
    inside = [piece for piece in seen.pieces[start : container.end] if weights[piece.frame] >= _LEAST_WEIGHT]
    above = _above(seen, headline, start)
    lead = _lead(inside)
    body = build(inside[len(lead) :], headline.text)
    if not _is_article(seen, container, body, masses):
        return None
    above += lead
    below = _below(seen, container.end, weights)
    frame = seen.frames[container.frame].node
    return RawArticle(
        title=headline.text,
        template=NAME,
        blocks=body.blocks,
        channel=head.breadcrumb(tree, None, headline.text, site_names),
        keywords=head.keywords(tree),
        published=_published(tree, seen, above, inside, url),
        byline=_byline(tree, above, body, below),
        base=base,
        parts=pages.find_parts(tree, frame, base),
    )


def _gallery(seen: Survey, weights: list[float]) -> Container | None:
    """The part of a page without running text that holds several pictures: a list of pictures."""
    shown = [
        index
        for index, piece in enumerate(seen.pieces)
        if piece.kind == "image"
        and weights[piece.frame] >= 0.5
        and is_picture_of_article(piece)
        and not piece.link
    ]
    if len(shown) < 2:
        return None
    return Container(0, shown[0], shown[-1] + 2, 0.0)


def _above(seen: Survey, headline: Headline, start: int) -> list[Piece]:
    """The pieces between headline and body, nearest to the headline first."""
    first = headline.end if headline.end is not None else max(0, start - 12)
    if first > start:
        return []
    found = [piece for piece in seen.pieces[first:start] if piece.kind == "text" and len(piece.text) <= 300]
    return found[:_ABOVE] if len(found) <= _ABOVE else found[:20] + found[-20:]


def _lead(inside: list[Piece]) -> list[Piece]:
    """Lines at the beginning of the body's element that are still its byline."""
    lead: list[Piece] = []
    for piece in islice(inside, 8):
        if piece.kind != "text":
            break
        text = piece.text
        moment = parse_moment(text) if len(text) <= _SHORT else None
        dated = (
            moment is not None
            and len(text) - len(moment.raw) <= 60
            and sentence_mass(piece) < 0.6 * len(text)
        )
        if not (dated or is_byline(text)):
            if lead or len(text) > 30 or sentence_mass(piece) > 0.5 * len(text):
                break
            continue
        lead = inside[: inside.index(piece) + 1]
    return lead


def _below(seen: Survey, end: int, weights: list[float]) -> list[Piece]:
    """Short lines right behind the body, where editors are named."""
    found = []
    for piece in seen.pieces[end : end + _BELOW]:
        if piece.kind != "text" or len(piece.text) > _SHORT:
            continue
        if weights[piece.frame] < 0.06 and not is_byline(piece.text):
            continue
        found.append(piece)
    return found


def _is_article(seen: Survey, container: Container, body: Body, masses: list[float]) -> bool:
    """False for lists and home pages: little running text, and that scattered among links."""
    text = sum(len(block.piece.text) for block in body.blocks if block.piece.kind == "text")
    running = sum(sentence_mass(block.piece) for block in body.blocks)
    pictures = sum(1 for block in body.blocks if block.piece.kind == "image")
    if any(block.piece.kind == "table" for block in body.blocks) and text + running > 20:
        return True
    if not text and pictures < 2:
        return False
    if running < 30 and pictures < 2 and text < 60:
        return False
    links = sum(len(piece.text) * piece.linked for piece in seen.pieces[container.start : container.end])
    total = sum(len(piece.text) for piece in seen.pieces[container.start : container.end]) or 1
    return not (links > 0.6 * total and running < 400)


def _published(
    tree: Element, seen: Survey, above: list[Piece], inside: list[Piece], url: str
) -> Moment | None:
    """The visible time near the headline, then the page's own word for it, then the day in the URL."""
    dayless: Moment | None = None
    for piece in above:
        if _COMMENTED.search(piece.text) and not _DATE_LABEL.search(piece.text):
            continue
        moment = parse_moment(piece.text) or parse_moment(piece.broken().replace(BREAK, " "))
        if moment is not None and "T" in moment.iso:
            return moment
        dayless = dayless or moment
    if dayless is not None:
        return dayless
    said = _hidden(tree).get("pubtime") or head.meta(tree, *_TIME_META) or _json_ld(tree).get("datePublished")
    moment = parse_moment(said) if isinstance(said, str) else None
    if moment is not None:
        return moment
    for piece in (*inside[:3], *inside[-4:]):
        if piece.kind == "text" and len(piece.text) <= 60:
            moment = parse_moment(piece.text)
            if moment is not None:
                return moment
    day = url_day(url)
    return Moment(day, day) if day else None


def _byline(tree: Element, above: list[Piece], body: Body, below: list[Piece]) -> Byline:
    """Who published, wrote and edited it: the lines under the headline, the body's own, those below, metadata."""
    found = parse_byline(BREAK.join(piece.broken() for piece in above))
    found.fill(parse_byline(body.byline))
    found.authors = found.authors or body.authors
    found.fill(parse_byline(BREAK.join(piece.broken() for piece in below)))
    if not found.source:
        found.source = next((name for piece in above if (name := media_name(piece))), None)
    hidden = _hidden(tree)
    said = Byline(
        source=hidden.get("source") or head.meta(tree, *_SOURCE_META),
        editors=parse_byline("编辑：" + hidden["editor"]).editors if hidden.get("editor") else [],
        authors=parse_byline("作者：" + hidden["author"]).authors if hidden.get("author") else [],
    )
    found.fill(said)
    if found.source and not found.source_url:
        nodes = [piece.node for piece in above]
        found.source_url = head.source_link(nodes, found.source)
    return found


def _hidden(tree: Element) -> dict[str, str]:
    """The fields that pages keep for search engines: <span id="source_baidu">来源：…</span>."""
    found: dict[str, str] = {}
    nodes: Any = _HIDDEN(tree)
    for node in nodes[:12]:
        name = str(node.get("id")).partition("_baidu")[0].lower()
        text = squash("".join(node.itertext())[:200])
        value = re.sub(r"\A[^:：]{1,6}[:：]\s*", "", text)
        if value:
            found.setdefault(name, value)
    return found


def _json_ld(tree: Element) -> dict[str, Any]:
    """The first JSON-LD object of the page that has a datePublished."""
    scripts: Any = _JSON_LD(tree)
    for text in scripts[:6]:
        try:
            said = json.loads(text[:200_000])
        except (ValueError, RecursionError):
            continue
        for item in said if isinstance(said, list) else [said]:
            graph = item.get("@graph") if isinstance(item, dict) else None
            for entry in graph if isinstance(graph, list) else [item]:
                if isinstance(entry, dict) and entry.get("datePublished"):
                    return entry
    return {}
