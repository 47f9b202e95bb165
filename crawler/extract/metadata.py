"""What a page says of itself unseen: <meta>, JSON-LD, hidden copies of the byline for search engines. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from crawler.extract.byline import BREAK, broken_text
from crawler.extract.dom import Element, Finder, hints
from crawler.text import squash

_HIDDEN = re.compile(r"(?:pubtime|pub_?date|source|author|editor)_(?:baidu|hidden)\Z", re.IGNORECASE)
_ARTICLE_TYPES = re.compile(r"Article|BlogPosting|Report|WebPage|Gallery")
_MOST = 200_000  # characters of JSON-LD worth reading


class Metadata:
    """The page's <meta> elements, listed once."""

    def __init__(self, tree: Element) -> None:
        self._found: dict[str, str] = {}
        for node in tree.iter("meta"):
            key = (node.get("name") or node.get("property") or node.get("itemprop") or "").lower()
            content = squash((node.get("content") or "")[:2000])
            if key and content:
                self._found.setdefault(key, content)
        self._tree = tree
        self._linked: list[dict[str, Any]] | None = None

    def __call__(self, *names: str) -> str | None:
        """Content of the first <meta> whose name or property is one of `names`, in that order of preference."""
        return next((self._found[name] for name in names if name in self._found), None)

    def linked(self, *keys: str) -> str | None:
        """The first text that the page's JSON-LD has under one of `keys` (of a person or firm its name)."""
        if self._linked is None:
            self._linked = list(_linked_data(self._tree))
        for key in keys:
            for entry in self._linked:
                text = _text(entry.get(key))
                if text:
                    return text
        return None


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        return "、".join(filter(None, map(_text, value[:5]))) or None
    if isinstance(value, dict):
        value = value.get("name")
    return squash(value) or None if isinstance(value, str) else None


def _linked_data(tree: Element) -> Iterator[dict[str, Any]]:
    for node in tree.iter("script"):
        if "ld+json" not in (node.get("type") or "") or not node.text or len(node.text) > _MOST:
            continue
        try:
            data = json.loads(node.text, strict=False)
        except (ValueError, RecursionError):  # cut short, or a script's object
            continue
        entries = data.get("@graph", data) if isinstance(data, dict) else data
        for entry in entries if isinstance(entries, list) else [entries]:
            if isinstance(entry, dict) and _ARTICLE_TYPES.search(str(entry.get("@type", ""))):
                yield entry


def hidden_byline(find: Finder) -> dict[str, str]:
    """Texts of the hidden copies of the byline: under `pubtime`, `source`, `author`, `editor`."""
    found: dict[str, str] = {}
    for name, nodes in find.named.items():
        if _HIDDEN.match(name):
            text = squash(broken_text(nodes[0][1])[:400].replace(BREAK, " "))
            key = name.lower().partition("_")[0].replace("pubdate", "pubtime")
            if text:
                found.setdefault(key, text)
    return found


def names_of(node: Element) -> str:
    """Class and id of a node and of the one around it."""
    parent = node.getparent()
    return hints(node) if parent is None else f"{hints(node)} {hints(parent)}"
