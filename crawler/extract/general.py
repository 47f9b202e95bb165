"""Reads a page that no template fits: where the article is, its headline, its time and its people. Pure.

What a reader sees comes first, what the page says of itself (metadata, hidden fields) second.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise

from crawler.extract import head, pages, signed, vicinity
from crawler.extract.blocks import Piece, Survey, survey
from crawler.extract.body import build
from crawler.extract.byline import BREAK, is_byline
from crawler.extract.captions import assign
from crawler.extract.container import Container, find_container, frame_weights, own_masses, sentence_mass
from crawler.extract.dates import parse_moment
from crawler.extract.dom import Element, Finder
from crawler.extract.headline import Headline, find_headline
from crawler.extract.headline import site_names as named_sites
from crawler.extract.kinds import is_article, is_teaser
from crawler.extract.metadata import Metadata, hidden_byline
from crawler.extract.pictures import is_picture_of_article
from crawler.extract.raw import RawArticle
from crawler.portals import Template

NAME = "general"
_CRUMBS = re.compile(r"crumb|weizhi|dqwz", re.IGNORECASE)
_LEAST_WEIGHT = 0.25  # what stands in frames less likely than this is no part of the article
_ABOVE = 40  # pieces between headline and body that are looked through
_LEAST_BEFORE = 0.03  # a header is no part of an article, but may hold its time
_NEAR_BEFORE = 6  # pieces before a headline that may hold its time
_BELOW = 14  # pieces behind the body that may name its editors
_ENDING = 12  # pieces at a body's end among which buttons may stand
_SHORT = 120  # characters of a line that names people
_CLOSING = re.compile(
    r"[（(【\[]\s*(?:责任|責任|网络|實習)?(?:编辑|編輯|责编|責編)\s*[:：][^（）()【】]{2,24}[）)】\]]\s*\d*\Z"
)
# what buttons and counters around a body say
_TAIL = re.compile(
    r"\A(?:#\S{1,20}(?:\s*#\S{1,20})*|[^，。！？；：“”]{0,6}(?:点赞|的赞|收藏|举报|打印|列印|分享|转发|评论|留言|订阅|關注|关注|赞赏|打赏|返回|"
    r"阅读原文|纠错|加载中|展开|收起|扫码|二维码)[^，。！？；“”]{0,8})\Z"
)


def extract(
    tree: Element,
    url: str,
    base: str,
    site_names: tuple[str, ...] = (),
    places: tuple[Template, ...] = (),
) -> RawArticle | None:
    """The article on a page of any portal; None for a page that is no article (a list, a home page).

    `places` are templates that say where headline and body are: the first whose body is there is followed.
    """
    root = next(iter(tree.iter("body")), tree)
    seen = survey(root)
    masses, raw = own_masses(seen)
    weights = frame_weights(seen, raw)
    find = Finder(tree)
    place, container = _placed(seen, find, places)
    if container is None:
        container = find_container(seen, masses, weights)
    if container is None:
        container = _gallery(seen, weights)
    if container is None:
        return None
    headline = _placed_headline(seen, find, place) if place else None
    if headline is None:
        headline = find_headline(seen, tree, weights, container.start, container.end)
    if headline is None:
        return None
    start = container.start
    if headline.end is not None and start < headline.end <= container.end:
        start = headline.end
    held = seen.pieces[start : container.end]
    inside = [piece for piece in held if weights[piece.frame] >= _LEAST_WEIGHT]
    # editors are often named in a box of the body that is otherwise no part of it
    beside = [
        piece
        for piece in held
        if piece.kind == "text" and weights[piece.frame] < _LEAST_WEIGHT and len(piece.text) <= _SHORT
    ]
    above = _above(seen, headline, start)
    if vicinity.published(above, 0) is None:
        above += _before(seen, headline, weights)
    lead = _lead(inside)
    inside = _without_tail(inside[len(lead) :])
    closing = _closing_names(inside)
    body = build(_lead_pictures(seen, weights, headline, start) + inside, headline.text)
    if not is_article(seen, container, body, headline):
        return None
    above += lead
    below = closing + beside + _below(seen, container.end, weights)
    frame = seen.frames[container.frame].node
    said = Metadata(tree)
    hidden = hidden_byline(find)
    published = signed.published(said, hidden, above, inside + below, url)
    byline = signed.byline_of(said, hidden, above, body, below)
    if is_teaser(body) and published is None and not (byline.source or byline.editors or byline.duty_editors):
        return None
    return RawArticle(
        title=headline.text,
        template=place.name if place else NAME,
        blocks=body.blocks,
        channel=head.breadcrumb(
            tree, None, headline.text, site_names or named_sites(tree), find.matching(_CRUMBS)
        ),
        keywords=head.keywords(tree),
        published=published,
        byline=byline,
        base=base,
        parts=pages.find_parts(tree, frame, base),
        cut=seen.cut,
    )


def _lead_pictures(seen: Survey, weights: list[float], headline: Headline, start: int) -> list[Piece]:
    """Pictures between headline and text, with their captions: they open the article."""
    if headline.end is None or headline.end >= start:
        return []
    between = [
        piece
        for piece in seen.pieces[headline.end : start]
        if weights[piece.frame] >= 0.5 and (piece.kind == "text" or is_picture_of_article(piece))
    ]
    for index, (picture, line) in enumerate(pairwise(between)):
        last = index + 2 == len(between) or between[index + 2].kind == "image"
        # in a paragraph like the picture's it needs not be the last line above the text
        fits = last or (picture.tag == line.tag == "p" and picture.node.getparent() is line.node.getparent())
        if picture.kind == "image" and line.kind == "text" and fits and _is_line_of_lead_picture(line):
            line.names = f"{line.names} caption"  # its place says it: neither byline nor text
    captions = assign(between)
    taken = {*captions.values(), *(i for i, piece in enumerate(between) if piece.kind == "image")}
    # a picture that leads elsewhere, without a caption, is an advertisement or a portrait
    return [
        piece
        for index, piece in enumerate(between)
        if index in taken and (piece.kind == "text" or index in captions or not piece.link)
    ]


def _is_line_of_lead_picture(line: Piece) -> bool:
    """True for a short line right under a picture that stands above the text."""
    if len(line.text) > 45 or line.linked > 0.5 or is_byline(line.text) or _TAIL.match(line.text):
        return False
    return parse_moment(line.text) is None and vicinity.medium_of(line.text) is not None


def _closing_names(inside: list[Piece]) -> list[Piece]:
    """Editors in brackets at the end of a paragraph, cut off it with all that follows: they close an article."""
    for index in range(len(inside) - 1, max(-1, len(inside) - _ENDING - 1), -1):
        piece = inside[index]
        found = _CLOSING.search(piece.text[-60:]) if piece.kind == "text" else None
        if found is not None and len(found[0]) < len(piece.text):
            piece.text = piece.text[: len(piece.text) - len(found[0])].rstrip()
            del inside[index + 1 :]
            return [Piece("text", piece.node, found[0], frame=piece.frame)]
    return []


def _without_tail(inside: list[Piece]) -> list[Piece]:
    """The pieces without the buttons and counters behind the last paragraph."""
    end = max(0, len(inside) - _ENDING)
    rest = [piece for piece in inside[end:] if piece.kind != "text" or not _TAIL.match(piece.text)]
    return inside[:end] + rest


def _placed(
    seen: Survey, find: Finder, places: tuple[Template, ...]
) -> tuple[Template | None, Container | None]:
    """The first template whose body is on the page, with the fullest of the nodes that it names."""
    frames = {id(frame.node): index for index, frame in enumerate(seen.frames)} if places else {}
    for place in places:
        known = [frames[id(node)] for node in find(place.body) if id(node) in frames]
        full = [index for index in known if seen.ends[index] > seen.frames[index].start]
        if full:
            best = max(full, key=lambda index: seen.ends[index] - seen.frames[index].start)
            return place, Container(best, seen.frames[best].start, seen.ends[best], 0.0)
    return None, None


def _placed_headline(seen: Survey, find: Finder, place: Template) -> Headline | None:
    """The headline where the template says."""
    nodes = find(place.title)
    # of an inline element the block around it is the piece's node
    around = [node.getparent() for node in nodes if node.tag in ("span", "a", "b", "strong", "em", "font")]
    wanted = {id(node) for node in (*nodes, *around)}
    for index, piece in enumerate(seen.pieces if wanted else ()):
        if piece.kind == "text" and id(piece.node) in wanted:
            return Headline(piece.text, index, index + 1)
    return None


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


def _before(seen: Survey, headline: Headline, weights: list[float]) -> list[Piece]:
    """A line with the time that stands right before the headline, in place of below it."""
    if headline.index is None:
        return []
    pieces = seen.pieces[max(0, headline.index - _NEAR_BEFORE) : headline.index]
    short = [
        piece
        for piece in pieces
        if piece.kind == "text" and len(piece.text) <= 60 and weights[piece.frame] >= _LEAST_BEFORE
    ]
    return short if parse_moment(" ".join(map(_spaced, short))) is not None else []


def _spaced(piece: Piece) -> str:
    """A piece's text with a space where one element ends and another begins."""
    return piece.broken().replace(BREAK, " ")


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
