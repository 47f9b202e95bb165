"""What extraction hands to the loaders: a page's fields as the page has them."""

from __future__ import annotations

from dataclasses import dataclass, field

from crawler.extract import pages
from crawler.extract.body import RawBlock
from crawler.extract.byline import Byline
from crawler.extract.dates import Moment


@dataclass(slots=True)
class RawArticle:
    """What a page says, before the loaders normalise it."""

    title: str
    template: str
    blocks: list[RawBlock] = field(default_factory=list)
    channel: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    subtitle: str | None = None
    published: Moment | None = None
    byline: Byline = field(default_factory=Byline)
    base: str = ""
    """URL against which the page's links are resolved."""
    parts: pages.Parts = field(default_factory=pages.Parts)
    """Where the rest of an article of several pages is."""
    claims: list[str] = field(default_factory=list)
    """What the page calls its canonical addresses, absolute; see crawler.claims."""
    og_url: str | None = None
    cut: str | None = None
    """Why the end of the page is left out, if it is."""
