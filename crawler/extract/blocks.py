"""A body's node as a flat list of pieces in page order: texts, pictures, tables, videos. Pure.

A piece keeps what its markup says about it (alignment, boldness, links, names), which is the evidence
by which later steps tell captions, headings and boilerplate from paragraphs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from lxml import etree

from crawler.extract.byline import BREAK
from crawler.extract.dom import Element, hints, is_hidden, is_styled_away, visible_text
from crawler.extract.pictures import picture_url, pixels
from crawler.text import squash

_BLOCK_TAGS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "ul",
        "tr",
        "td",
        "th",
        "tbody",
        "thead",
        "tfoot",
        "table",
        "picture-block",
    ]
)
_BOLD = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"})
_STYLED = frozenset({"font", "span", "em", "i", "small"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CENTRED = re.compile(r"text-align\s*:\s*(?:-webkit-)?center", re.IGNORECASE)
_ALIGNED = re.compile(r"text-align\s*:\s*(?:left|justify|start)", re.IGNORECASE)
_INDENTED = re.compile(r"text-indent\s*:\s*[1-9]", re.IGNORECASE)
PIECES_MOST = 20_000  # of one page: the longest article seen has some five hundred
_LONGEST_ALT = 2000
_LONGEST_STYLE = 2000

PieceKind = Literal["text", "image", "table", "video"]


@dataclass(slots=True)
class Piece:
    """One text line, picture, table or video of a body, as the page has it."""

    kind: PieceKind
    node: Element
    """The nearest block element around it."""
    text: str = ""
    """Squashed to one line; of a table its rows joined by newlines."""
    tag: str = "div"
    centred: bool = False
    indented: bool = False
    after_break: bool = False
    """It follows a <br> or a picture inside the same block element."""
    bold: float = 0.0
    """Share of its characters in bold, 0 to 1."""
    styled: float = 0.0
    """Share of its characters in font, span, em, i or small."""
    linked: float = 0.0
    """Share of its characters inside links."""
    names: str = ""
    """Class and id of its block and of the inline elements in it, lower-case."""
    figure: Element | None = None
    """The figure element around it."""
    url: str | None = None
    """Of a picture or video, as written."""
    alt: str | None = None
    width: int | None = None
    """Pixels as declared."""
    height: int | None = None
    link: str | None = None
    """Target of the link around a picture."""
    rows: list[list[str]] | None = None
    poster: str | None = None
    frame: int = 0
    """Index of its block element in Survey.frames."""
    parts: list[str] = field(default_factory=list)
    """The text node by node: a byline's spans say where a value ends."""

    def broken(self) -> str:
        """Its text with BREAK where one text node ends and another begins."""
        return BREAK.join(self.parts) if self.parts else self.text


class Frame(NamedTuple):
    """One block element of a survey, in page order."""

    node: Element
    parent: int
    """Index of the block element around it; -1 for the root."""
    start: int
    """Index of its first piece, if it has any."""


@dataclass(slots=True)
class Survey:
    """All visible pieces below an element, and the block elements that hold them."""

    pieces: list[Piece]
    frames: list[Frame]
    ends: list[int]
    """For each frame the index behind its last piece."""
    cut: str | None = None
    """Why what follows on the page is left out, if it is."""


@dataclass(slots=True)
class _Line:
    """The text piece being gathered."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    bold: int = 0
    styled: int = 0
    linked: int = 0
    names: list[str] = field(default_factory=list)


class _Walk:
    """Walks a body once and gathers its pieces."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.pieces: list[Piece] = []
        self.line = _Line()
        self.blocks: list[tuple[Element, bool, bool, int]] = [(root, False, False, 0)]
        """Open block elements: node, centred, indented, index of its frame."""
        self.frames = [Frame(root, -1, 0)]
        self.ends = [0]
        self.bold = self.styled = self.linked = 0
        self.figures: list[Element] = []
        self.links: list[str | None] = []
        self.broken = False  # a <br> or a picture came before in this block
        self.form: Element | None = None
        """The form that holds the page itself, where there is one."""

    def text(self, text: str | None) -> None:
        if not text:
            return
        line = self.line
        line.parts.append(text)
        size = len(text.strip())
        if size:
            line.length += size
            line.bold += size if self.bold else 0
            line.styled += size if self.styled else 0
            line.linked += size if self.linked else 0

    def flush(self) -> None:
        """End the current line; white space alone makes no piece."""
        line = self.line
        if not line.length:  # most ends of elements come between two blocks
            line.parts.clear()
            line.names.clear()
            return
        self.line = _Line()
        raw = "".join(line.parts)
        text = squash(raw)
        if not text:
            return
        node, centred, indented, frame = self.blocks[-1]
        lead = raw.lstrip("\r\n\t ")
        self.pieces.append(
            Piece(
                "text",
                node,
                text,
                tag=node.tag,
                centred=centred,
                indented=indented or lead.startswith(("\u3000", "\u00a0\u00a0", "\u2003")),
                after_break=self.broken,
                bold=line.bold / max(line.length, 1),
                styled=line.styled / max(line.length, 1),
                linked=line.linked / max(line.length, 1),
                names=" ".join((hints(node), *line.names)),
                figure=self.figures[-1] if self.figures else None,
                frame=frame,
                parts=line.parts,
            )
        )

    def picture(self, node: Element) -> None:
        url = picture_url(node)
        self.flush()
        block, centred, indented, frame = self.blocks[-1]
        if url:
            self.pieces.append(
                Piece(
                    "image",
                    block,
                    tag=block.tag,
                    centred=centred or node.get("align") in ("center", "middle"),
                    indented=indented,
                    after_break=self.broken,
                    names=" ".join((hints(block), hints(node))),
                    figure=self.figures[-1] if self.figures else None,
                    url=url,
                    alt=squash((node.get("alt") or "")[:_LONGEST_ALT]) or None,
                    width=pixels(node, "width"),
                    height=pixels(node, "height"),
                    link=self.links[-1] if self.links else None,
                    frame=frame,
                )
            )
        self.broken = True

    def start(self, node: Element) -> bool:
        """Enter an element; False when what is inside must not be walked."""
        tag = node.tag
        if tag == "img":
            self.picture(node)
            return True
        if tag == "br":
            self.flush()
            self.broken = True
            return True
        if node is not self.root and tag in ("video", "iframe", "object", "embed"):
            return self.video(node)
        if tag == "form" and self.form is None and not is_styled_away(node) and holds_text(node):
            self.form = node
        elif node is not self.root and is_hidden(node):
            return False
        if tag == "table" and self.table(node):
            return False
        if tag in _BLOCK_TAGS:
            self.flush()
            self.broken = False
            self.blocks.append((node, self.is_centred(node), self.is_indented(node), len(self.frames)))
            self.frames.append(Frame(node, self.blocks[-2][3], len(self.pieces)))
            self.ends.append(0)
            if tag == "figure":
                self.figures.append(node)
        elif node.attrib and tag != "a":
            self.line.names.append(hints(node))
        if tag in _BOLD:
            self.bold += 1
        elif tag in _STYLED and node.attrib:
            self.styled += 1
        elif tag == "a":
            self.linked += 1
            self.links.append(node.get("href"))
        self.text(node.text)
        return True

    def end(self, node: Element) -> None:
        tag = node.tag
        if tag in _BLOCK_TAGS:
            self.flush()
            self.broken = False
            self.ends[self.blocks.pop()[3]] = len(self.pieces)
            if tag == "figure":
                self.figures.pop()
            elif node is self.form:
                self.form = None
        if tag in _BOLD:
            self.bold -= 1
        elif tag in _STYLED and node.attrib:
            self.styled -= 1
        elif tag == "a":
            self.linked -= 1
            self.links.pop()

    def is_centred(self, node: Element) -> bool:
        style = node.get("style", "")[:_LONGEST_STYLE]
        align = node.get("align", "").lower()
        if node.tag == "center" or align in ("center", "middle") or _CENTRED.search(style):
            return True
        if align in ("left", "justify") or _ALIGNED.search(style):
            return False
        return self.blocks[-1][1]

    def is_indented(self, node: Element) -> bool:
        return bool(_INDENTED.search(node.get("style", "")[:_LONGEST_STYLE]))

    def video(self, node: Element) -> bool:
        source = node.get("src") or node.get("data-src") or node.get("data")
        if node.tag == "video" and not source:
            inner = node.find(".//source")
            source = inner.get("src") if inner is not None else None
        if source and (node.tag == "video" or _is_video(source)):
            self.flush()
            self.pieces.append(
                Piece(
                    "video",
                    node,
                    tag=node.tag,
                    url=source,
                    poster=node.get("poster"),
                    frame=self.blocks[-1][3],
                )
            )
        return False

    def table(self, node: Element) -> bool:
        """Take a table of data as one piece; a table that only lays the page out is walked like divs."""
        # a table around another is asked about that one first: else nested ones cost their square
        if node.find(".//table") is not None or node.find(".//img") is not None:
            return False
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in node.iter("tr")]
        if any(len(cell.findall(".//p")) > 2 for row in cells for cell in row):
            return False  # a cell of several paragraphs holds running text, not a datum
        rows = [[squash(visible_text(cell, " ")) for cell in row] for row in cells]
        rows = [row for row in rows if any(row)]
        if len(rows) < 2 or max(map(len, rows)) < 2:
            return False
        self.flush()
        text = "\n".join(" ".join(cell for cell in row if cell) for row in rows)
        self.pieces.append(
            Piece("table", node, text, tag="table", rows=rows, names=hints(node), frame=self.blocks[-1][3])
        )
        return True


def holds_text(form: Element) -> bool:
    """True for a form around a page or its text (ASP.NET puts one around everything), not one to fill in."""
    size = 0
    for node in form.iter("p", "br", "h1", "h2", "td", "div"):
        size += len((node.text or "").strip()) + len((node.tail or "").strip())
        if size > 120:
            return True
    return False


def _is_video(url: str) -> bool:
    return bool(re.search(r"\.(?:mp4|m3u8|flv|webm)(?:\?|$)|/video/|player", url, re.IGNORECASE))


def survey(root: Element) -> Survey:
    """The visible pieces below `root` in page order, tables and videos whole, with their block elements."""
    walk = _Walk(root)
    walker = etree.iterwalk(root, events=("start", "end"))
    skipped: Element | None = None
    cut: str | None = None
    for event, node in walker:
        if len(walk.pieces) >= PIECES_MOST:
            cut = f"more than {PIECES_MOST} lines and pictures"
            break
        if event == "start":
            if not walk.start(node):
                skipped = node
                walker.skip_subtree()
        else:
            if node is skipped:
                skipped = None
            else:
                walk.end(node)
            if node is not root:
                walk.text(node.tail)
    walk.flush()
    for *_, frame in walk.blocks:
        walk.ends[frame] = len(walk.pieces)
    return Survey(walk.pieces, walk.frames, walk.ends, cut)
