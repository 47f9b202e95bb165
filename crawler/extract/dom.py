"""An lxml tree of a page, selectors in which a name is class or id, and what a reader does not see."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, cast

from cssselect.parser import Hash
from cssselect.xpath import XPathExpr
from lxml import etree
from parsel.csstranslator import HTMLTranslator

Element = etree._Element

_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LONGEST_NAME = 200  # characters: a longer class or id is an attack on who searches it
UNSEEN = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "title",
        "meta",
        "link",
        "textarea",
        "select",
        "option",
        "button",
        "input",
        "form",
        "iframe",
        "object",
        "embed",
        "canvas",
        "svg",
        "map",
        "audio",
        "dialog",
    ]
)
"""Tags whose text is no part of an article."""


class _NameTranslator(HTMLTranslator):
    """CSS to XPath where .name and #name both match a class token or an id."""

    def _either(self, xpath: XPathExpr, name: str) -> XPathExpr:
        token = self.xpath_literal(f" {name} ")
        plain = self.xpath_literal(name)
        spaced = "concat(' ', normalize-space(@class), ' ')"
        return xpath.add_condition(f"(@class and contains({spaced}, {token})) or @id = {plain}")

    def xpath_class(self, class_selector):  # type: ignore[no-untyped-def]
        return self._either(self.xpath(class_selector.selector), class_selector.class_name)

    def xpath_hash(self, id_selector: Hash) -> XPathExpr:
        return self._either(self.xpath(id_selector.selector), id_selector.id)


_translator = _NameTranslator()


@lru_cache(maxsize=2048)
def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(_translator.css_to_xpath(selector, prefix="descendant-or-self::"))


def select(node: Element, selector: str | None) -> list[Element]:
    """Nodes that a portal's selector finds in and below `node`, in page order; none for no selector."""
    if not selector:
        return []
    return cast("list[Element]", _compiled(selector)(node))


# what libxml2 logs when it gives up: nested too deeply, a name or text too long
_LIMITS = frozenset({"ERR_RESOURCE_LIMIT", "ERR_INTERNAL_ERROR", "ERR_NO_MEMORY", "ERR_NAME_TOO_LONG"})
_COMPOUND = re.compile(r"([a-z][a-z0-9]*)?((?:[.#][\w\-]+)+)\Z")
_TOKEN = re.compile(r"[.#]([\w\-]+)")
_NAMED = etree.XPath("descendant-or-self::*[@class or @id]")


class _Part(NamedTuple):
    """One of the alternatives of a selector."""

    css: str
    tag: str | None
    """Its tag when it is a single compound, "" for any; None when it is more than that."""
    names: tuple[str, ...]
    """Classes or ids that a page must have for it to find anything."""


@lru_cache(maxsize=2048)
def _parts(selector: str) -> tuple[_Part, ...]:
    found = []
    # a comma inside a bracket or a function parts nothing
    for css in re.split(r",(?![^(\[]*[)\]])", selector):
        plain = _COMPOUND.match(css.strip())
        names = tuple(_TOKEN.findall(re.sub(r"\[[^\]]*\]|:[\w\-]+(?:\([^)]*\))?", "", css)))
        found.append(_Part(css.strip(), (plain[1] or "") if plain else None, names))
    return tuple(found)


class Finder:
    """select() on one page, for many selectors of which most find nothing: the page's names are listed once."""

    def __init__(self, tree: Element) -> None:
        self.tree = tree
        self.named: dict[str, list[tuple[int, Element]]] = {}
        """For each class and id its elements, with their place among the page's named ones."""
        for number, node in enumerate(cast("list[Element]", _NAMED(tree))):
            entry = (number, node)
            for name in {*(node.get("class") or "").split(), node.get("id") or ""} - {""}:
                self.named.setdefault(name, []).append(entry)

    def matching(self, words: re.Pattern[str]) -> list[Element]:
        """Nodes with a class or id in which `words` is found, in page order."""
        found = [entry for name, nodes in self.named.items() if words.search(name) for entry in nodes]
        return list(dict(sorted(found, key=lambda entry: entry[0])).values())

    def __call__(self, selector: str | None) -> list[Element]:
        """Nodes that a portal's selector finds on the page, in page order; none for no selector."""
        if not selector:
            return []
        likely = [part for part in _parts(selector) if all(name in self.named for name in part.names)]
        if any(part.tag is None for part in likely):
            return select(self.tree, ", ".join(part.css for part in likely))
        found: dict[int, Element] = {}
        for part in likely:
            others = [{number for number, _ in self.named[name]} for name in part.names[1:]]
            for number, node in self.named[part.names[0]]:
                if part.tag in ("", node.tag) and all(number in other for other in others):
                    found[number] = node
        return [found[number] for number in sorted(found)]


class Parsed(NamedTuple):
    """A page's tree, and whether it is all of the page."""

    tree: Element | None
    """None when there is no element in the text."""
    cut: str | None = None
    """Why the parser left out what follows, if it did."""


_LONG_TAG = re.compile(r"<([A-Za-z][\w\-]{0,30})(?=\s)[^<>]{20000,}")
_MOST_ATTRIBUTES = 2000


def _without_attributes(tag: re.Match[str]) -> str:
    return f"<{tag[1]}" if len(tag[0].split(None, _MOST_ATTRIBUTES)) > _MOST_ATTRIBUTES else tag[0]


def parse_page(text: str) -> Parsed:
    """The tree of a page's text."""
    # libxml2 compares each attribute of a tag with all before it: 50,000 of them take 15 seconds
    text = _LONG_TAG.sub(_without_attributes, text)
    data = text.replace("\x00", "").encode("utf-8", "replace").strip()
    if not data:
        return Parsed(None)
    # huge_tree: else libxml2 drops what follows a text of 10 MB or a nesting of 256
    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:  # nothing but white space or markup declarations
        return Parsed(None)
    limits = (entry.message for entry in parser.error_log if entry.type_name in _LIMITS)
    return Parsed(tree, next(limits, None))


def parse(text: str) -> Element | None:
    """The tree of a page's text; None when there is no element in it."""
    return parse_page(text).tree


def is_hidden(node: Element) -> bool:
    """True when the page does not show the node, by its own attributes or tag."""
    if not isinstance(node.tag, str) or node.tag in UNSEEN:
        return True
    return is_styled_away(node)


def is_styled_away(node: Element) -> bool:
    """True when a node's style or its hidden attribute takes it from sight."""
    attributes = node.attrib
    if not attributes:
        return False
    style = attributes.get("style")
    if style and _HIDDEN_STYLE.search(style):
        return True
    return "hidden" in attributes and attributes["hidden"] not in ("false", "until-found")


def visible_text(node: Element, separator: str = "") -> str:
    """The text a reader sees in `node`; `separator` is put between the texts of different elements."""
    pieces: list[str] = []
    walker = etree.iterwalk(node, events=("start", "end"))
    for event, element in walker:
        if event == "start":
            if element is not node and is_hidden(element):
                walker.skip_subtree()
                continue
            if separator and pieces and pieces[-1] != separator:
                pieces.append(separator)
            if element.text:
                pieces.append(element.text)
        elif element is not node:
            if separator and pieces and pieces[-1] != separator:
                pieces.append(separator)
            if element.tail:
                pieces.append(element.tail)
    return "".join(pieces)


def hints(node: Element) -> str:
    """The node's class and id, lower-case, for looking for words like caption in them."""
    return f"{node.get('class', '')[:_LONGEST_NAME]} {node.get('id', '')[:_LONGEST_NAME]}".lower()
