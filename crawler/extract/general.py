"""Reads a page that no template fits: where the article is, its headline, its time and its people. Pure.

What a reader sees comes first, what the page says of itself (metadata, hidden fields) second.
"""

from __future__ import annotations

import re
from itertools import islice, pairwise

from crawler.extract import head, pages, vicinity
from crawler.extract.blocks import Piece, Survey, survey
from crawler.extract.body import Body, build, is_picture_of_article
from crawler.extract.byline import BREAK, Byline, is_byline, parse_byline, reporters
from crawler.extract.captions import assign
from crawler.extract.container import Container, find_container, frame_weights, own_masses, sentence_mass
from crawler.extract.dates import Moment, parse_moment, url_day
from crawler.extract.dom import Element, Finder
from crawler.extract.headline import Headline, find_headline
from crawler.extract.headline import site_names as named_sites
from crawler.extract.metadata import Metadata, hidden_byline
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
_TIME_META = (
    "article:published_time", "og:article:published_time", "apub:time", "publishdate", "pubdate", "publish_date",
    "datepublished", "og:release_date", "og:published_time", "weibo:article:create_at", "weibo: article:create_at",
    "og:time", "dc.date", "date", "artpublishdate", "firstpublishtime", "pubtime",
)  # fmt: skip
_SOURCE_META = ("mediaid", "source", "og:article:source", "copyright_source")
_CLOSING = re.compile(
    r"[（(【\[]\s*(?:责任|責任|网络|實習)?(?:编辑|編輯|责编|責編)\s*[:：][^（）()【】]{2,24}[）)】\]]\s*\d*\Z"
)
_DATE_LABEL = re.compile(r"(?:发布|发表|刊发|更新|时间|日期|發布|時間)")
# what buttons and counters around a body say
_TAIL = re.compile(
    r"\A(?:#\S{1,20}(?:\s*#\S{1,20})*|.{0,12}(?:点赞|收藏|举报|打印|列印|分享|转发|评论|留言|订阅|關注|关注|赞赏|打赏|返回|阅读原文|纠错|"
    r"加载中|展开|收起|扫码|二维码).{0,12})\Z"
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
    if not _is_article(seen, container, body, headline):
        return None
    above += lead
    below = closing + beside + _below(seen, container.end, weights)
    frame = seen.frames[container.frame].node
    said = Metadata(tree)
    find = Finder(tree)
    hidden = hidden_byline(find)
    published = _published(said, hidden, above, inside + below, url)
    byline = _byline(said, hidden, above, body, below)
    if (
        _is_teaser(body)
        and published is None
        and not (byline.source or byline.editors or byline.duty_editors)
    ):
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


def _is_article(seen: Survey, container: Container, body: Body, headline: Headline) -> bool:
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


def _is_teaser(body: Body) -> bool:
    """True for one short paragraph without a picture: without time and source it only introduces a list."""
    texts = [block.piece.text for block in body.blocks if block.piece.kind == "text"]
    return len(texts) <= 2 and sum(map(len, texts)) < 300 and len(texts) == len(body.blocks)


def _published(
    said: Metadata, hidden: dict[str, str], above: list[Piece], rest: list[Piece], url: str
) -> Moment | None:
    """The visible time near the headline, then the page's own word for it, then the day in the URL."""
    moment = vicinity.published(above, 0)
    if moment is None:
        # year, day and hour may stand in boxes of their own
        moment = parse_moment(" ".join(piece.text for piece in above if len(piece.text) <= 16))
    own = parse_moment(hidden.get("pubtime") or said(*_TIME_META) or said.linked("datePublished"))
    if moment is None or ("T" not in moment.iso and own is not None and own.iso[:10] == moment.iso):
        moment = own or moment
    if moment is not None:
        return moment
    for piece in (*rest[:3], *rest[-12:]):
        found = parse_moment(piece.text) if piece.kind == "text" and len(piece.text) <= 60 else None
        if found and (_DATE_LABEL.search(piece.text) or len(piece.text) - len(found.raw) <= 12):
            return found
    day = url_day(url)
    return Moment(day, day) if day else None


def _byline(
    said: Metadata, hidden: dict[str, str], above: list[Piece], body: Body, below: list[Piece]
) -> Byline:
    """Who published, wrote and edited it: lines under the headline, the body's own, those below, metadata."""
    found = parse_byline(BREAK.join(piece.broken() for piece in above))
    # a reprint keeps the editors of the paper it comes from: the portal's own stand last
    own = parse_byline(BREAK.join(piece.broken() for piece in below))
    for said_last in (own, *map(parse_byline, reversed(body.byline.split(BREAK)))):
        found.fill(Byline(editors=said_last.editors, duty_editors=said_last.duty_editors))
    found.fill(parse_byline(body.byline))
    found.fill(own)
    slot = vicinity.slot(above)
    found.fill(slot)
    found.authors = found.authors or body.authors or reporters_of(above, body)
    said_editor = hidden.get("editor", "")
    own_editor = parse_byline(said_editor if re.search("[:：]", said_editor) else f"编辑：{said_editor}")
    found.fill(
        Byline(
            source=vicinity.medium_of(hidden.get("source") or said(*_SOURCE_META) or ""),
            editors=own_editor.editors,
            duty_editors=own_editor.duty_editors,
            authors=parse_byline("作者：" + _value(hidden["author"])).authors if "author" in hidden else [],
        )
    )
    if found.source and not found.source_url:
        found.source_url = head.source_link([piece.node for piece in above], found.source)
    return found


def _value(text: str) -> str:
    """What follows a label, if there is one."""
    return re.sub(r"\A[^:：]{1,6}[:：]\s*", "", text)


def reporters_of(above: list[Piece], body: Body) -> list[str]:
    """Authors in the forms of agencies and papers: （记者 X）, 新华社北京5月1日电（记者X）, 某报记者 X."""
    texts = [block.piece.text for block in body.blocks if block.piece.kind == "text"]
    own = body.byline.split(BREAK)
    for text in (*(piece.text for piece in above), *own, *texts[:2]):
        names = reporters(text)
        if names:
            return names
    return []
