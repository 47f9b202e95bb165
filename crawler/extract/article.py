"""A page's tree to an article's raw fields, by the template of the portal that the markup fits. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.extract import general, head, pages, signed
from crawler.extract.blocks import Piece, survey
from crawler.extract.body import Body, RawBlock, build
from crawler.extract.byline import BREAK, Byline, broken_text, parse_byline
from crawler.extract.dates import Moment, parse_moment, url_day
from crawler.extract.dom import Element, Finder, visible_text
from crawler.extract.pictures import is_picture_of_article
from crawler.extract.raw import RawArticle
from crawler.portals import Portal, Template
from crawler.text import squash


@dataclass(slots=True)
class _Fit:
    """A template laid over a page."""

    template: Template
    title: Element
    body: Element | None
    slides: list[Element]
    byline: list[Element]
    strength: int


def _first_with_text(nodes: list[Element]) -> Element | None:
    return next((node for node in nodes if squash(visible_text(node))), None)


def _body_node(nodes: list[Element]) -> Element | None:
    """The fullest of the nodes a body selector finds, since ids repeat and nest on real pages."""
    if len(nodes) <= 1:
        return nodes[0] if nodes else None
    return max(nodes, key=lambda node: len(visible_text(node)))


def _fit(find: Finder, template: Template) -> _Fit | None:
    title = _first_with_text(find(template.title))
    if title is None:
        return None
    slides = find(template.slides)
    body = None if slides else _body_node(find(template.body))
    if body is None and not slides:
        return None
    byline = find(template.byline)
    extras = (template.time, template.source, template.editor, template.breadcrumb)
    strength = 2 + bool(byline) + bool(slides) + sum(bool(find(selector)) for selector in extras)
    return _Fit(template, title, body, slides, byline, strength)


def choose(find: Finder, templates: tuple[Template, ...]) -> _Fit | None:
    """The template that most of the page's markup speaks for; of equals the one declared first."""
    fits = [fit for template in templates if (fit := _fit(find, template)) is not None]
    return max(fits, key=lambda fit: fit.strength, default=None)


def _slide_blocks(slides: list[Element]) -> list[RawBlock]:
    """One captioned picture a slide; slides repeated as thumbnails come once."""
    blocks: list[RawBlock] = []
    seen: set[str] = set()
    for slide in slides:
        pieces = survey(slide).pieces
        image = next((p for p in pieces if p.kind == "image" and is_picture_of_article(p)), None)
        if image is None or image.url in seen:
            continue
        seen.add(image.url or "")
        lines = [p.text for p in pieces if p.kind == "text" and not _is_counter(p.text)]
        blocks.append(RawBlock(image, caption=" ".join(lines) or None))
    return blocks


def _is_counter(text: str) -> bool:
    """1/8, （3）: the number of a slide."""
    return all(c.isdigit() or c in " /（）()共张第|-" for c in text)


def _byline(find: Finder, fit: _Fit, body: Body | None, above: str) -> Byline:
    """The labelled names of the page, nearest first: declared nodes, the line above the body, its ends."""
    template = fit.template
    nodes = fit.byline
    found = parse_byline(BREAK.join(broken_text(node) for node in nodes))
    for selector, role in ((template.source, "source"), (template.editor, "editor")):
        node = _first_with_text(find(selector))
        if node is not None:
            nodes = [*nodes, node]
            text = broken_text(node)
            labelled = parse_byline(text)
            if role == "source" and not labelled.source and 0 < len(squash(visible_text(node))) <= 30:
                labelled.source = squash(visible_text(node)).strip("：: ")
            found.fill(labelled)
    found.fill(parse_byline(above))
    if body is not None:
        found.fill(parse_byline(body.byline))
        found.authors = found.authors or body.authors or signed.reporters_of([], body)
    if fit.body is not None:
        found.fill(parse_byline(head.below(fit.body)))
    if found.source and not found.source_url:
        frame = fit.title.getparent()
        found.source_url = head.source_link([*nodes, *([frame] if frame is not None else [])], found.source)
    return found


def _published(find: Finder, fit: _Fit, above: str, url: str) -> Moment | None:
    """The visible time first, then metadata, then the day in the URL."""
    declared = [visible_text(node, " ") for node in (*find(fit.template.time), *fit.byline)]
    dayless: Moment | None = None
    for text in (*declared, above.replace(BREAK, " ")):
        moment = parse_moment(text)
        if moment and "T" in moment.iso:
            return moment
        dayless = dayless or moment
    if dayless:
        return dayless
    said = head.meta(find.tree, "publishdate", "pubdate", "article:published_time", "og:release_date", "date")
    day = url_day(url)
    return parse_moment(said) or (Moment(day, day) if day else None)


def _base_url(tree: Element, url: str) -> str:
    node = next(iter(tree.iter("base")), None)
    href = (node.get("href") or "").strip() if node is not None else ""
    return href if href.startswith(("http://", "https://")) else url


def extract(tree: Element, url: str, portal: Portal | None) -> RawArticle | None:
    """The article on a page, by the portal's templates, else by the general rules; None when it holds none."""
    base = _base_url(tree, url)
    templates = portal.templates if portal else ()
    full = tuple(template for template in templates if template.byline or template.slides)
    places = tuple(template for template in templates if template not in full)
    raw = _declared(tree, url, base, portal, full) if portal is not None and full else None
    if raw is not None and not raw.blocks and raw.parts.count == 1:
        raw = None  # the template's body is there and empty: the text stands elsewhere
    if raw is not None and _is_complete(raw):
        return raw
    found = general.extract(tree, url, base, portal.site_names if portal else (), places)
    if raw is None or found is None:
        return raw or found
    # what no declared rule found, the general ones may
    raw.published = raw.published or found.published
    raw.channel = raw.channel or found.channel
    raw.byline.fill(found.byline)
    return raw


def _is_complete(raw: RawArticle) -> bool:
    """True when the template found a time and a source; editors, which many pages lack, it finds by itself."""
    return bool(raw.published and raw.byline.source)


def _declared(
    tree: Element, url: str, base: str, portal: Portal, templates: tuple[Template, ...]
) -> RawArticle | None:
    """The article as the portal's templates read it; None when no template fits its markup."""
    find = Finder(tree)
    fit = choose(find, templates)
    if fit is None:
        return None
    title = squash(visible_text(fit.title))
    dropped = {node for selector in portal.drop for node in find(selector)}
    parts = pages.Parts()
    body: Body | None = None
    cut: str | None = None
    if fit.body is not None:
        seen = survey(fit.body)
        cut = seen.cut
        pieces = [p for p in seen.pieces if not _inside(p, dropped)]
        body = build(pieces, title)
        blocks = body.blocks
        parts = pages.find_parts(tree, fit.body, base)
    else:
        blocks = _slide_blocks(fit.slides)
    anchor = fit.body if fit.body is not None else fit.slides[0]
    above = head.between(fit.title, anchor)
    return RawArticle(
        title=title,
        template=fit.template.name,
        blocks=blocks,
        channel=head.breadcrumb(tree, fit.template.breadcrumb, title, portal.site_names),
        keywords=head.keywords(tree),
        subtitle=None,
        published=_published(find, fit, above, url),
        byline=_byline(find, fit, body, above),
        base=base,
        parts=parts,
        cut=cut,
    )


def _inside(piece: Piece, nodes: set[Element]) -> bool:
    if not nodes:
        return False
    node: Element | None = piece.node
    while node is not None:
        if node in nodes:
            return True
        node = node.getparent()
    return False
