"""What a portal's declaration can say. Data only: the machinery that reads it is elsewhere.

A portal is one module in this package that holds a `Portal` named `PORTAL`; its file name is its name.
Selectors are CSS, in which a name matches as class or as id, since portals move names between the two:
`.atitle` and `#atitle` mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Channel:
    """A section of a portal (频道): what `-a channel=` names."""

    name: str
    """Short key, lower-case ASCII, as in the portal's own URLs."""
    title: str
    """What readers call it."""
    lists: tuple[str, ...] = ()
    """Absolute URLs of its first list pages."""
    feeds: tuple[str, ...] = ()
    """Absolute URLs of RSS or Atom feeds, or of sitemaps."""
    cron: str | None = None
    """When to crawl it by itself, beside the portal's own times (five fields, Asia/Shanghai)."""


@dataclass(frozen=True, slots=True)
class ListRule:
    """One form of list markup; the first rule that finds an item reads the page."""

    item: str
    """Selector of one entry."""
    link: str = "a"
    """Selector, inside the entry, of the link to the article."""
    time: str | None = None
    """Selector, inside the entry, of the date."""


@dataclass(frozen=True, slots=True)
class Template:
    """One family of article markup. Every selector may match several nodes; the first with text wins.

    Only `title` and `body` (or `slides`) are needed: such a template says where headline and text are, and
    the general rules read all the rest. With a `byline` the template reads the page by itself; what it does
    not hold is looked for between title and body, by its label (来源, 编辑, 责编, …).
    """

    name: str
    title: str
    body: str | None = None
    """The node that holds the paragraphs."""
    slides: str | None = None
    """One slide of a gallery each: a picture and its text."""
    byline: str | None = None
    """The line or lines with time, source and editors."""
    time: str | None = None
    source: str | None = None
    editor: str | None = None
    breadcrumb: str | None = None


@dataclass(frozen=True, slots=True)
class UrlRules:
    """How URLs of one portal that mean the same article are recognised."""

    version: int = 1
    """Raise it with every change, so that `scrapy db rekey` knows which rows are old."""
    drop_query: tuple[str, ...] = ()
    """Query keys, beside the general tracking keys, that never say which article it is."""
    keep_query: bool = True
    """False where the portal's articles never depend on the query."""
    host_aliases: tuple[tuple[str, str], ...] = ()
    """(alias, host) pairs beside m. and www., which are always dropped."""
    forms: tuple[tuple[str, str], ...] = ()
    """(regular expression, what it means) pairs for articles that stand at several addresses with one id.

    An expression must match the whole of a key's host and path (`sina.cn/gn/2019-11-25/detail-x.d.html`); the
    first that does gives their place in the key, with \\1 for its groups. The query stays. Forms of further
    pages (`_2.html`) must not match: a part has a row of its own.
    """


@dataclass(frozen=True, slots=True)
class Portal:
    """A news site, with all that Tushuo has to know of it."""

    name: str
    title: str
    hosts: tuple[str, ...]
    """Registrable domains; subdomains are included."""
    channels: tuple[Channel, ...] = ()
    article_url: tuple[str, ...] = ()
    """Regular expressions, searched in the URL: at least one must match for a link to be an article."""
    column_url: tuple[str, ...] = ()
    """Regular expressions of the lists (columns) that a home page of the portal leads to."""
    deny_url: tuple[str, ...] = ()
    """Regular expressions: a link that matches one is never followed."""
    lists: tuple[ListRule, ...] = ()
    next_pages: tuple[str, ...] = ()
    """Selectors of the link to the next list page, beside the general one (下一页)."""
    fragments: tuple[str, ...] = ()
    """Regular expressions that find, in a list page, the URL of its next fragment; group 1 is the URL."""
    templates: tuple[Template, ...] = ()
    url_rules: UrlRules = field(default_factory=UrlRules)
    site_names: tuple[str, ...] = ()
    """Names of the site that end a <title> (after - or _) and are no part of the headline."""
    drop: tuple[str, ...] = ()
    """Selectors of nodes inside a body that are never part of the article."""
    cron: str | None = None
    """When to crawl it (five fields, Asia/Shanghai); None: every two hours."""
    delay: float = 1.0
    """Seconds between two requests to one host."""
